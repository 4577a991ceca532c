"""Slots of who is told of, and of the people around: ages, sex, names of staff."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.data import Entries, entries
from seeder.generate.stream import Ints, below
from seeder.text import tags
from seeder.text.facts import Column, Facts

OLDEST = 120


def article(text: str) -> str:
    """The article of a text that begins with a number or a word."""
    number = text.split("-")[0]
    if number.isdigit():
        return "an" if number in ("11", "18") or number[0] == "8" else "a"
    return "an" if text[0] in "aeiou" else "a"


@cache
def _people() -> tuple[str, ...]:
    """'62-year-old woman' for every age and sex: 31 days, 23 months, then years; male first."""
    ages = [f"{d}-day-old" for d in range(31)] + [f"{m}-month-old" for m in range(1, 24)]
    ages += [f"{y}-year-old" for y in range(2, OLDEST + 1)]
    found = []
    for place, age in enumerate(ages):
        years = place - 52 if place >= 54 else 0
        for child, grown in (("boy", "man"), ("girl", "woman")):
            found.append(f"{age} {grown if years >= 18 else child}")
    return tuple(found)


def age_place(days: Ints, months: Ints) -> Ints:
    """The place of an age in the tables: days to a month, months to two years, then years."""
    place: Ints = np.where(
        months < 1,
        np.clip(days, 0, 30),
        np.where(months < 24, months + 30, np.minimum(months // 12, OLDEST) + 52),
    )
    return place


def age_of_years(years: int) -> int:
    """The place of whole years in the tables of ages."""
    return years + 52


@cache
def _strings(name: str) -> pa.Array:
    match name:
        case "who":
            return pa.array(_people())
        case "a_who":
            return pa.array([f"{article(p)} {p}" for p in _people()])
        case "age":
            return pa.array([p.rsplit(" ", 1)[0] for p in _people()[::2]])
        case "an_age":
            return pa.array([f"{article(a)} {a}" for a in _strings("age").to_pylist()])
        case "age_terse":
            short = {"day": "do", "month": "mo", "year": "yo"}
            parts = [p.split(" ")[0].split("-") for p in _people()]
            return pa.array([f"{p[0]} {short[p[1]]} {'MF'[i % 2]}" for i, p in enumerate(parts)])
    raise KeyError(name)


def _person(name: str) -> Callable[[Facts], Column]:
    return lambda f: (_strings(name), age_place(f.state.age_days, f.months) * 2 + f.state.female)


def _sexed(male: str, female: str) -> Callable[[Facts], Column]:
    table = pa.array([male, female])
    return lambda f: (table, f.state.female.astype(np.int64))


_NOUNS = pa.array(["boy", "girl", "man", "woman"])
_REPORTERS = pa.array(["the patient", "the mother", "the father", "the caregiver"])


def _noun(f: Facts) -> Column:
    return _NOUNS, (f.months >= 216) * 2 + f.state.female.astype(np.int64)


def _reporter(f: Facts) -> Column:
    young = tags.years(f.state.age_days) < 12
    # Of six children, four come with the mother.
    who = np.array([1, 1, 1, 1, 2, 3])[below(f.episode(1), 6)]
    return _REPORTERS, np.where(young, who, 0)


def _families() -> Entries:
    return entries("en_US/last_names")


@cache
def _staff(before: str, after: str) -> pa.Array:
    return pa.array([f"{before}{n}{after}" for n in _families().columns["name"]])


def _staffed(before: str, after: str, draw: int, role: str) -> Callable[[Facts], Column]:
    def column(f: Facts) -> Column:
        texts, at = _staff(before, after), _families().draw(f.episode(draw))
        named = f.state.names(role) if f.state.names is not None else None
        if named is None:
            return texts, at
        own = pc.binary_join_element_wise(before, named[0], after, "")
        known = np.where(named[1] >= 0, named[1] + len(texts), at)
        return pa.concat_arrays([texts, own]), known

    return column


SLOTS: Mapping[str, Callable[[Facts], Column]] = {
    "who": _person("who"),
    "a_who": _person("a_who"),
    "age_terse": _person("age_terse"),
    "age": lambda f: (_strings("age"), age_place(f.state.age_days, f.months)),
    "an_age": lambda f: (_strings("an_age"), age_place(f.state.age_days, f.months)),
    "sex": _sexed("male", "female"),
    "pronoun": _sexed("he", "she"),
    "possessive": _sexed("his", "her"),
    "object": _sexed("him", "her"),
    "sex_word": _noun,
    "reporter": _reporter,
    "provider": _staffed("Dr ", "", 3, "provider"),
    "consultant": _staffed("Dr ", "", 4, "consultant"),
    "nurse": _staffed("", " RN", 5, "nurse"),
}
