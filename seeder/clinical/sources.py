"""How much of the knowledge has a source: ``python -m seeder.clinical.sources``."""

from __future__ import annotations

import re
import sys
from collections import Counter
from importlib.resources.abc import Traversable

import yaml

from seeder.clinical.files import blocks, home, mapping, rows
from seeder.clinical.knowledge import read
from seeder.clinical.people import shares

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_KEYS = {
    *("from_age", "to_age", "min_age", "max_age", "decimals", "loinc", "code", "strengths"),
    *("cvx", "or", "pediatric", "secondary", "yearly"),
}
# Not figures that rows are made from.
_APART = ("evidence.csv", "vitals.csv", "external.csv")
# Columns that have evidence of their own, where the table has that.
_OWN = {
    "low": "range_by",
    "high": "range_by",
    "critical_low": "critical_by",
    "critical_high": "critical_by",
    "dose": "dose_by",
}


def figures(folder: Traversable) -> dict[str, Counter[str]]:
    """For each file, the number of its figures by evidence."""
    found: dict[str, Counter[str]] = {}
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".csv") and entry.name not in _APART:
            found[entry.name] = _of_table(folder, entry.name)
        elif entry.name.endswith(".yaml"):
            found[entry.name] = _of_blocks(folder, entry.name)
    return found


def _of_table(folder: Traversable, name: str) -> Counter[str]:
    header = folder.joinpath(name).read_text("utf-8").partition("\n")[0].replace(",", " ")
    count: Counter[str] = Counter()
    for row in rows(folder, name, header):
        for field, cell in row.items():
            own = _OWN.get(field, "by")
            by = row[own if own in row else "by"].text
            # Limits are the one table of which the ages are the figures.
            if field in _KEYS and name != "limits.csv":
                continue
            if field in ("race", "with"):
                count[by] += cell.text.count("*")
            elif field == "months":
                count[by] += len(cell.parts())
            elif _NUMBER.fullmatch(cell.text):
                count[by] += 1
    return count


def _of_blocks(folder: Traversable, name: str) -> Counter[str]:
    count: Counter[str] = Counter()
    for _, node in blocks(folder, name):
        by = _by(name, node, "")
        for _, value in mapping(name, node).items():
            if isinstance(value, yaml.MappingNode):
                count[_by(name, value, by)] += sum(
                    bool(_NUMBER.fullmatch(str(v.value))) for _, v in value.value
                )
    return count


def _by(name: str, node: yaml.Node, default: str) -> str:
    found = [n.value for k, n in mapping(name, node).items() if k.text == "by"]
    return str(found[0]) if found else default


def report(folder: Traversable) -> str:
    """A table: figures, those with a source, and the share of each file."""
    evidence = read(folder).evidence
    lines = [f"{'file':20} {'figures':>8} {'source':>8} {'estimate':>9} {'share':>7}"]
    total: Counter[str] = Counter()
    counts = figures(folder)
    for name, used in counts.items():
        lines.append(_line(name, *shares(evidence, used)))
        total += used
    lines.append(_line("all", *shares(evidence, total)))
    return "\n".join(lines)


def _line(name: str, sourced: int, all_: int) -> str:
    share = 100 * sourced / all_ if all_ else 0.0
    return f"{name:20} {all_:8} {sourced:8} {all_ - sourced:9} {share:6.1f}%"


if __name__ == "__main__":
    sys.stdout.write(report(home()) + "\n")
