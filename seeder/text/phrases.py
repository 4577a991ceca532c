"""What can be said of each condition: names, symptoms, findings, plans, procedures, as phrases.

They come from the clinical knowledge; ``phrases.yaml`` makes noun phrases of what is none, and says
where a group's phrase does not suit one of its conditions. Lists are written out beforehand, in all
orders, so that a row takes one by number.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.clinical.knowledge import load
from seeder.clinical.model import Condition
from seeder.generate.data import entries
from seeder.generate.stream import Ints
from seeder.text import abroad, compiled
from seeder.text.grammar import GrammarError, _yaml, home
from seeder.text.pictures import REGIONS
from seeder.text.said import Said, Speech
from seeder.text.tags import bit

_DIGITS = re.compile(r"\d+")
_VARIANTS = 60
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
).split()


@dataclass(frozen=True)
class Table:
    """Texts of each condition: those of condition c are ``count[c]`` from ``first[c]`` on."""

    values: pa.StringArray
    first: Ints
    count: Ints


def said(language: str = "en") -> tuple[Said, ...]:
    """What is said of each condition of the knowledge, and last of none at all."""
    return _english() if language == "en" else _abroad(language)


@cache
def _abroad(language: str) -> tuple[Said, ...]:
    return abroad.said(language, _english())


@cache
def speech(language: str = "en") -> Speech:
    """How the language joins phrases."""
    if language == "en":
        return Speech()
    nothing = _yaml(home(language), "phrases.yaml")["picture"]
    return replace(Speech.of(_yaml(home(language), "words.yaml")), nothing=nothing)


@cache
def _english() -> tuple[Said, ...]:
    given = _yaml(home(), "phrases.yaml")
    names = _names()
    found = [_said(c, given, names) for c in load().conditions.values()]
    return (*found, _nothing(given, found))


def _names() -> Mapping[str, tuple[str, str]]:
    text = home().joinpath("names.tsv").read_text("utf-8")
    rows = csv.reader(io.StringIO(text), delimiter="\t")
    return {r[0]: (r[1], r[2] if len(r) > 2 else r[1]) for r in rows if r and r[0][:1] != "#"}


# A plan that says when the patient is seen next.
_DATED = re.compile(
    r"\b(?:recheck|review|return|visit|check|weeks?)\b.*\bin\b|by schedule|yearly", re.I
)


def _said(c: Condition, given: Mapping[str, Any], names: Mapping[str, tuple[str, str]]) -> Said:
    own = given["codes"].get(c.code, {})
    name, short = names.get(c.code) or (_plain(c.description),) * 2
    symptoms = tuple(own.get("symptoms") or c.profile.symptoms)
    nouns = _nouns(symptoms, given, c.sex)
    findings = _nouns(own.get("findings") or c.profile.findings, given, c.sex)
    plan = tuple(map(_worded, own.get("plan") or c.profile.plan))
    absent = sum(s in given["silent"] for s in symptoms)
    text = " ".join((*nouns, *findings, name)).lower()
    procedures = tuple(n for n, _ in c.profile.procedures)
    pictured = own.get("imaging", procedures)
    operations = tuple(p for p in procedures if _is(p, given["operations"]))
    pictures = tuple(p for p in pictured if _is(p, given["imaging"]))
    region, imaged = _region(pictures, text, given["regions"])
    there = given["regions"][region]
    tags = (
        _tags(c, given)
        | bit(region + "_image")
        | (bit("imaged") if imaged else 0)
        | (bit("surgical") if operations else 0)
        | (bit("dated") if any(map(_DATED.search, plan)) else 0)
        | (bit("pain") if "pain" in " ".join(nouns) else 0)
    )
    return Said(
        code=c.code,
        name=name,
        short=short,
        symptoms=nouns or ("no new complaints",),
        silent=2 if not nouns else int(absent > 0),
        findings=findings or ("no abnormal findings",),
        plan=plan,
        denied=tuple(d["say"] for d in given["denied"] if not _touches(text, d["near"])),
        normal=tuple(
            (n["full"], n["terse"]) for n in given["normal"] if not _touches(text, n["near"])
        )
        or ((given["well"]["full"], given["well"]["terse"]),),
        operations=tuple(o[:1].lower() + o[1:] for o in operations) or tuple(given["operation"]),
        imaging=tuple(_lower(p) for p in pictures if _is(p, there["words"]))
        or (_lower(there["usual"]),),
        image_normal=tuple(n["say"] for n in there["normal"] if not _touches(text, n["near"]))
        or ("No other abnormality is seen",),
        pictures=tuple(given["pictures"].get(c.group, ())),
        tissue=given["tissues"].get(c.group, "biopsy tissue"),
        specialties=_specialties(c.profile.specialties),
        tags=tags,
    )


def _region(pictures: tuple[str, ...], text: str, regions: Mapping[str, Any]) -> tuple[str, bool]:
    """The region of the first picture, else of the condition's words, else the last of all; and
    whether the condition itself says so."""
    first = pictures[0].lower() if pictures else ""
    named = (r for r, given in regions.items() if _touches(first, given["words"]))
    near = (r for r, given in regions.items() if _touches(text, given["near"]))
    found = next(named, None) or next(near, None)
    return found or list(regions)[-1], found is not None


def _nothing(given: Mapping[str, Any], found: list[Said]) -> Said:
    """For a row without a condition: a visit for no complaint."""
    like = next(s for s in found if s.code == given["none"]["like"])
    return Said(
        **{f: getattr(like, f) for f in like.__dataclass_fields__}
        | {"code": "", "name": given["none"]["name"], "short": given["none"]["short"]}
    )


def _nouns(phrases: Iterable[str], given: Mapping[str, Any], sex: str) -> tuple[str, ...]:
    """The phrases as noun phrases, without those that say nothing, or tell a sex that the
    condition leaves open."""
    made = [given["nouns"].get(p, p) for p in phrases if p not in given["silent"]]
    open_ = given["sexes"] if not sex else given["sexes"]["M" if sex == "F" else "F"]
    words = [w for part in open_.values() for w in part] if isinstance(open_, dict) else open_
    return tuple(_worded(p) for p in made if p and not _touches(p.lower(), words))


def _touches(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words begins a word of the text."""
    return _beginning(tuple(words)).search(text) is not None


@cache
def _beginning(words: tuple[str, ...]) -> re.Pattern[str]:
    """A word that begins with one of the words; of no words, nothing."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})" if words else r"(?!)")


def _is(name: str, words: Iterable[str]) -> bool:
    return _touches(name.lower(), words)


def _worded(phrase: str) -> str:
    """Numbers spelled out: outside slots a body has no digits. Names such as HbA1c keep theirs."""
    return re.sub(
        r"(?<![\w.])\d{1,2}(?![\w.%])",
        lambda m: _WORDS[int(m[0])] if int(m[0]) < len(_WORDS) else _tens(int(m[0])),
        phrase,
    )


def _tens(number: int) -> str:
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    head, rest = tens[number // 10 - 2], number % 10
    return f"{head}-{_WORDS[rest]}" if rest else head


def _plain(description: str) -> str:
    """A classification's description as a clinician would say it."""
    text = re.sub(r"\s*[\[(][^\])]*[\])]", "", description)
    text = re.sub(r",? (unspecified|initial encounter|not elsewhere classified).*$", "", text)
    text = text.split(", ")[0]
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _specialties(codes: tuple[str, ...]) -> tuple[str, ...]:
    table = entries("specialties")
    known = dict(zip(table.columns["code"], table.columns["name"], strict=True))
    return tuple(known[c].lower() for c in codes if c in known) or ("internal medicine",)


def _tags(c: Condition, given: Mapping[str, Any]) -> int:
    tags = bit("chronic") if c.chronic else 0
    first = c.code[0]
    if first in "STVWXY" and not c.group.startswith(("poison", "allerg", "complic")):
        tags |= bit("injury")
    if first == "P" or c.group == "newborn":
        tags |= bit("newborn")
    if first == "O" or c.group.startswith("pregnancy"):
        tags |= bit("pregnant")
    if c.group in given["cancers"]:
        tags |= bit("cancer")
    if c.group in given["tissues"]:
        tags |= bit("tissue")
    if c.group in given["pictures"]:
        tags |= bit("pictured")
    if c.group in given["sudden"] and not c.chronic:
        tags |= bit("sudden")
    return tags | (bit("visit") if c.group in given["visits"] else 0)


# Tables ------------------------------------------------------------------------------------------


def bare(phrase: str) -> str:
    """An English phrase without its article."""
    return Speech().bare(phrase)


def _orders(items: tuple[str, ...], sizes: tuple[int, ...]) -> list[tuple[str, ...]]:
    """Ordered choices of so many of the items, or of all where there are fewer."""
    found = [o for size in sizes for o in permutations(items, min(size, len(items)))]
    return list(dict.fromkeys(found))[:_VARIANTS]


def _sentences(items: tuple[str, ...]) -> str:
    return ". ".join(i[:1].upper() + i[1:] for i in items) + "."


_TABLES: Mapping[str, Callable[[Said, Speech], list[str]]] = {
    "condition": lambda s, w: [s.name],
    "diagnosis": lambda s, w: [w.bare(s.name)],
    "short": lambda s, w: [s.short],
    # The first of those that are told together: one draw says both.
    "symptom": lambda s, w: [o[0] for o in _orders(s.symptoms, (2, 3))],
    "symptom_terse": lambda s, w: [w.bare(o[0]) for o in _orders(s.symptoms, (2, 3))],
    "symptoms": lambda s, w: [w.spoken(o, w.and_) for o in _orders(s.symptoms, (2, 3))],
    "symptoms_terse": lambda s, w: [w.listed(o) for o in _orders(s.symptoms, (2, 3))],
    "finding": lambda s, w: list(s.findings),
    "findings": lambda s, w: [w.spoken(o, w.and_) for o in _orders(s.findings, (2, 3))],
    "findings_terse": lambda s, w: [w.listed(o) for o in _orders(s.findings, (2, 3))],
    "plans": lambda s, w: [_sentences(o) for o in _orders(s.plan, (2, 3))],
    "plan": lambda s, w: list(s.plan),
    "plans_terse": lambda s, w: ["; ".join(o) for o in _orders(s.plan, (2, 3))],
    "denied": lambda s, w: [w.spoken(o, w.or_) for o in _few(s.denied)],
    "denied_terse": lambda s, w: ["/".join(o) for o in _few(s.denied)],
    "normal": lambda s, w: [" ".join(f"{f}." for f, _ in o) for o in _spread(s.normal, 2)],
    "normal_terse": lambda s, w: [", ".join(t for _, t in o) for o in _spread(s.normal, 2)],
    "operation": lambda s, w: list(s.operations),
    "imaging": lambda s, w: list(s.imaging),
    "picture": lambda s, w: list(s.pictures) or [w.nothing],
    "image_normal": lambda s, w: [_stops(o) for o in _spread(s.image_normal, 3)],
    "tissue": lambda s, w: [s.tissue],
    "specialty": lambda s, w: list(s.specialties),
}


def _stops(sentences: Iterable[str]) -> str:
    return " ".join(f"{n}." for n in sentences)


def _lower(name: str) -> str:
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _spread(items: tuple[Any, ...], size: int) -> list[tuple[Any, ...]]:
    """Ordered choices that begin everywhere, at most so many as a table holds."""
    found = list(permutations(items, min(size, len(items))))
    step = max(len(found) // _VARIANTS, 1)
    return found[::step]


def _few(items: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Choices of one to four of the items that begin everywhere, some more often two or three."""
    return list(dict.fromkeys(tuple([items[i] for i in pick]) for pick in _picks(len(items))))


@cache
def _picks(n: int) -> tuple[tuple[int, ...], ...]:
    """The places of the items of each choice."""
    found: dict[tuple[int, ...], None] = {}
    for number in range(2 * _VARIANTS):
        step = 1 + number * 5 % max(n - 1, 1)
        size = (1, 2, 3, 2, 3, 4)[number // n % 6 if n > 6 else number % 6]
        found[tuple(dict.fromkeys((number + k * step) % n for k in range(size)))] = None
    return tuple(found)


def table_names() -> tuple[str, ...]:
    return tuple(_TABLES)


def table(name: str, language: str = "en") -> Table:
    """The texts of all conditions for a slot; the last place is that of no condition."""
    return _table(name, language)


@cache
def _table(name: str, language: str) -> Table:
    kept = compiled.thing(f"table {name}") if language == "en" else None
    return Table(**kept) if kept else compile_table(name, language)


def compile_table(name: str, language: str = "en") -> Table:
    """The table from the sources."""
    words = speech(language)
    return _tabled(name, [(s.code, _TABLES[name](s, words)) for s in said(language)])


def _tabled(name: str, given: Iterable[tuple[str, list[str]]]) -> Table:
    texts = []
    for code, found in given:
        if not found:
            raise GrammarError(f"phrases.yaml: {code} has nothing to say for {{{name}}}")
        texts.append(tuple(found))
    count = np.array([len(t) for t in texts], np.int64)
    if count.max() == 1:  # can be taken by the condition's number
        return Table(pa.array([t[0] for t in texts]), np.arange(len(texts)), count)
    # What several conditions have stands there once: all rows of a chunk carry it along.
    first: dict[tuple[str, ...], int] = {}
    own: list[str] = []
    for each in texts:
        if each not in first:
            first[each] = len(own)
            own += each
    return Table(pa.array(own), np.array([first[t] for t in texts], np.int64), count)


def tags() -> Ints:
    """Tags of each condition, and last of none."""
    return _of_conditions()["tags"]


@cache
def _of_conditions() -> Mapping[str, Ints]:
    return compiled.thing("conditions") or compile_conditions()


def compile_conditions() -> Mapping[str, Ints]:
    """Tags and silence from the sources."""
    return {
        "tags": np.array([s.tags for s in said()], np.int64),
        "silence": np.array([(0, 1, 4)[s.silent] for s in said()], np.int64),
    }


# Pictures of other regions than the condition's own ----------------------------------------------


def elsewhere(language: str = "en") -> Table:
    """What is normal in a picture, by condition and region: place c * len(REGIONS) + region."""
    return _elsewhere(language)


@cache
def _elsewhere(language: str) -> Table:
    kept = compiled.thing("elsewhere") if language == "en" else None
    return Table(**kept) if kept else compile_elsewhere(language)


def compile_elsewhere(language: str = "en") -> Table:
    """The table from the sources."""
    near = abroad.normal_pictures(language) if language != "en" else _normal_pictures()
    own = {tuple(n): None for of in near for n in of}
    texts = _tabled("image_normal", [("", [_stops(o) for o in _spread(n, 3)]) for n in own])
    number = {n: at for at, n in enumerate(own)}
    at = np.array([number[tuple(n)] for of in near for n in of], np.int64)
    return Table(texts.values, texts.first[at], texts.count[at])


def _normal_pictures() -> list[list[tuple[str, ...]]]:
    given = _yaml(home(), "phrases.yaml")
    found = []
    for one, c in zip(_english(), [*load().conditions.values(), None], strict=True):
        words = " ".join((one.name, *(one.symptoms if c else ()), *(one.findings if c else ())))
        said = words.lower()
        found.append([
            tuple(n["say"] for n in given["regions"][r]["normal"]
                  if not n.get("own") and not _touches(said, n["near"]))
            or ("No other abnormality is seen",)
            for r in REGIONS
        ])  # fmt: skip
    return found


def silence() -> Ints:
    """How often a condition has no symptoms, in quarters: 0, 1 or 4."""
    return _of_conditions()["silence"]
