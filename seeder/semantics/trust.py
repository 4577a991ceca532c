"""How likely a reading is right, from what speaks for it.

The points of each mark are fitted to how the catalogue read schemas that it had not seen
(tests/semantics/calibrate.py writes ``catalogue/trust.csv``). 100 points multiply the odds by e.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.resources import files
from math import log
from typing import Protocol

from seeder.schema import Column
from seeder.semantics.neutral import NEUTRAL
from seeder.semantics.words import tokens

# Per cent from which a reading is relied on: of a schema left out, fewer than 2 % of the columns
# are then relied on wrongly.
CONFIDENT = 89

_STEPS = [round(100 * log(p / (100 - p))) for p in range(1, 100)]
_TOLD = re.compile(r"'([^']*)'")
_NEXT = re.compile(r"([\d.]+)$")
_CODED = re.compile(r"coded by|table is about|lookup table|the unit|row's drug|the system")
# How a reading was found, by how its reason begins.
_FOUND = (
    ("a foreign key", "key"),
    ("a key that nothing", "own key"),
    ("by type boolean", "boolean"),
    ("by type", "type"),
    ("by a word", "word"),
    ("named", "word"),
    ("name within", "within"),
    ("name without", "within"),
    ("name", "part"),
)


class Read(Protocol):
    """What is asked of a reading."""

    @property
    def meaning(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def why(self) -> str: ...
    @property
    def runner_up(self) -> str: ...


def marks(
    reading: Read, column: Column, table: Collection[str], role: str, implied: bool = False
) -> tuple[str, ...]:
    """What speaks for and against a reading. ``table``: the words of the table's name;
    ``implied``: the column belongs to a key that nobody declared."""
    words = tokens(column.name)[0]
    told = _TOLD.search(reading.why)
    phrase = tuple(told[1].split()) if told else ()
    how = _how(reading, words, phrase)
    found = [f"found:{how}", f"family:{reading.meaning.partition('.')[0]}"]
    found += [f"type:{column.type.kind}", f"role:{role}"]
    if how in ("end", "last word", "within") and len(phrase) < len(words):
        rest = [w for w in words if w not in (*phrase, *table) and w not in NEUTRAL]
        found += ["unexplained word"] * min(len(rest), 2)
    if reading.score >= _USED:
        rival = _NEXT.search(reading.runner_up)
        found += ["close rival"] * (rival is not None and reading.score - float(rival[1]) < 0.035)
        found += [f"score:{s}" for s in (0.925, 0.95) if reading.score >= s]
    if column.type.kind == "text" and _OF_TIME.match(reading.meaning):
        found.append("time in text")
    return (*found, *["implied"] * implied)


_USED = 0.6
_OF_TIME = re.compile(r"moment\.|.*(start|end|admission|discharge|resulted|collected|time|birth)\Z")


def _how(reading: Read, words: tuple[str, ...], phrase: tuple[str, ...]) -> str:
    why = reading.why
    if reading.score < _USED and "but for its type" in why:
        return "another type"
    if reading.score >= _USED and _CODED.search(why):
        return "coded"
    how = next((h for begin, h in _FOUND if why.startswith(begin)), "other")
    if how not in ("part", "within"):
        return how
    if reading.score < _USED:
        return "weak"
    if how == "part" and why.startswith("name '") and len(phrase) == len(words):
        return "one word" if len(words) == 1 else "whole name"
    return how if how == "within" else "last word" if len(phrase) == 1 else "end"


@lru_cache(maxsize=1)
def _points() -> Mapping[str, int]:
    text = (files("seeder.semantics") / "catalogue" / "trust.csv").read_text(encoding="utf-8")
    lines = (x for x in text.splitlines() if not x.startswith("#"))
    return {row["mark"]: int(row["points"]) for row in csv.DictReader(lines)}


def percent(found: Collection[str], points: Mapping[str, int] | None = None) -> int:
    """The chance that a reading with these marks is right, in per cent from 0 to 99."""
    known = _points() if points is None else points
    return bisect_right(_STEPS, known["base"] + sum(known.get(m, 0) for m in found))
