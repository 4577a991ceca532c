"""The figures of ``make text-report`` as one table: grammar, pool, real notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FOREIGN = ("condition", "drug", "sex", "part")
_KIND = "progress_note"  # the kind whose skeletons the table shows; build/text.json has all
_SIDES = ("grammar", "pool", "real")


def table(found: Mapping[str, Any]) -> str:
    """Rows of Markdown."""
    lines = [("", *_SIDES), ("---",) * 4]
    lines += [(title, *(_cell(of, found, side) for side in _SIDES)) for title, of in _ROWS.items()]
    for kind, figures in (found.get("realism") or {}).items():
        for unit in ("texts", "sentences"):
            lines.append((f"{kind} told from real ones, by {unit}: AUC (95 %)",
                          *_told(figures, unit)))  # fmt: skip
    if "bits_per_character" in found:
        bits = found["bits_per_character"]
        lines.append(("bits per character of held-out notes", "",
                      f"{bits['model']} (5-gram model: {bits['5-gram']})", ""))  # fmt: skip
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _told(figures: Mapping[str, Any], unit: str) -> tuple[str, str, str]:
    if figures.get("auc"):
        return (str(figures["auc"]), f"{figures['real']} documents", "")
    given = (figures.get(side, {}).get(unit) for side in ("grammar", "pool"))
    first, second = (f"{a['auc']} ({a['low']} to {a['high']})" if a else "" for a in given)
    return (first, second, "0.50")


def _cell(of: Any, found: Mapping[str, Any], side: str) -> str:
    try:
        value = of(found[side])
    except KeyError:
        return ""
    return f"{value:,}" if isinstance(value, int) else str(value)


def _foreign(side: Mapping[str, Any]) -> str:
    wrong = sum(side["problems"].get(code, 0) for code in _FOREIGN)
    return f"{wrong} ({100 * wrong / side['bodies']:.2f} %)"


def _true(schema: str) -> Any:
    """Facts of loaded texts that a row confirms, of those that rows speak of at all."""

    def cell(side: Mapping[str, Any]) -> str:
        found = side["loaded"][schema]
        told = found["true"] + found["contradicted"]
        share = 100 * found["true"] / max(told, 1)
        return f"{share:.2f} % ({found['true']:,} of {told:,}; {found['stated']:,} stated)"

    return cell


_ROWS = {
    "slots filled from the row and true (hospital, 10,000 notes read again)": _true("hospital"),
    "the same in OMOP": _true("OMOP"),
    "bodies": lambda side: side["bodies"],
    "bodies with a foreign condition, drug, sex or part of the body": _foreign,
    f"distinct skeletons among 100,000 notes ({_KIND})":
        lambda side: side["kinds"][_KIND]["skeletons"],
    f"charts of 5,000 with a skeleton twice among 20 notes ({_KIND})":
        lambda side: side["kinds"][_KIND]["charts_that_repeat"],
    "fewest skeletons of any kind": lambda side: min(
        k["skeletons"] for k in side["kinds"].values()
    ),
    "charts that repeat, of any kind": lambda side: sum(
        k["charts_that_repeat"] for k in side["kinds"].values()
    ),
    "distinct pairs of words in 100,000 words": lambda side: side["bigrams"],
    "longest run of words that an open note has": lambda side: side["longest_shared_run"],
}  # fmt: skip
