"""Slots of languages that have a grammar only: the facts of the English ones, in other words.

A slot is a table of texts and a number a row; here the numbers are those of the English slot, and
the table is made of the language's ``words.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeder.clinical.knowledge import load
from seeder.generate.data import entries
from seeder.text import moments, person
from seeder.text.facts import Column, Facts
from seeder.text.grammar import GrammarError, _yaml, home

Slot = Callable[[Facts], Column]
_LOCALE = {"de": "de_DE", "fr": "fr_FR", "es": "es_ES"}
_SPANS = "sudden acute long".split()


@cache
def words(language: str) -> Mapping[str, Any]:
    """What ``words.yaml`` of the language says."""
    return _yaml(home(language), "words.yaml")


def _slots(language: str, english: Mapping[str, Slot]) -> Mapping[str, Slot]:
    w = words(language)
    told: dict[str, Slot] = {
        **{name: _retold(english["pronoun"], pa.array(pair)) for name, pair in w["sexed"].items()},
        **{name: _aged(_ages(w, name)) for name in w["ages"]},
        **{name: _person(_people(w, given)) for name, given in w["people"].items()},
        **{name: _reported(english["reporter"], of) for name, of in w["reporters"].items()},
        **{name: _staffed(language, given, name) for name, given in w["staff"].items()},
        **{name: _retold(english["lasting"], _lasting(of)) for name, of in w["lasting"].items()},
        "place": _retold(english["place"], pa.array(w["places"])),
        "date": _dated(language, english["date"]),
        "end_date": _dated(language, english["end_date"]),
        "time": english["time"],
        "weekday": _retold(english["weekday"], pa.array(w["weekdays"])),
        "stay": _retold(english["stay"], _stays(w["stay"])),
        "history": english["history"],
        "fever": _retold(english["fever"], pa.array(w["fever"])),
        "pain": _retold(english["pain"], pa.array([w["pain"].format(n=n) for n in range(11)])),
    }
    told |= {n: english[n] for n in ("bp", "pulse", "rr", "sat", "height")}
    told |= {n: _comma(english[n], w["decimal"]) for n in ("temp", "weight", "bmi")}
    labs = pa.array([w["labs"][name] for name in load().labs])
    for after in ("", "_two"):
        told["lab" + after] = _retold(english["lab" + after], labs)
        told["value" + after] = _comma(english["value" + after], w["decimal"])
        told["flag" + after] = _retold(english["flag" + after], pa.array(w["flags"]))
    tables = _drugs(w)
    return told | {name: _retold(english["drug"], table) for name, table in tables.items()}


def name(language: str) -> str:
    """The language's name, in English."""
    return "English" if language == "en" else str(words(language)["name"])


_made: dict[str, Mapping[str, Slot]] = {}


def slots(language: str, english: Mapping[str, Slot]) -> Mapping[str, Slot]:
    """The slots of a language. Raises GrammarError where a word is missing."""
    if language not in _made:
        try:
            _made[language] = _slots(language, english)
        except KeyError as error:
            raise GrammarError(f"{language}/words.yaml: there is no {error}") from None
    return _made[language]


def _retold(slot: Slot, table: pa.Array) -> Slot:
    return lambda f: (table, slot(f)[1])


def _comma(slot: Slot, decimal: str) -> Slot:
    def column(f: Facts) -> Column:
        texts, at = slot(f)
        return pc.replace_substring_regex(texts, r"([0-9])\.([0-9])", rf"\1{decimal}\2"), at

    return column


# People ------------------------------------------------------------------------------------------


def _ages(w: Mapping[str, Any], name: str) -> list[str]:
    """The texts of all ages, in the order of ``person.age_place``."""
    given = w["ages"][name]

    def said(unit: str, n: int) -> str:
        return str(given[unit][n != 1]).format(n=n)

    return [
        *(said("day", d) for d in range(31)),
        *(said("month", m) for m in range(1, 24)),
        *(said("year", y) for y in range(2, person.OLDEST + 1)),
    ]


def _people(w: Mapping[str, Any], given: Mapping[str, list[str]]) -> pa.Array:
    ages = {name: _ages(w, name) for name in w["ages"]}
    found = []
    for place in range(len(ages["age"])):
        grown = place >= person.age_of_years(18)
        for text in given["grown" if grown else "child"]:
            found.append(text.format(**{name: texts[place] for name, texts in ages.items()}))
    return pa.array(found)


def _aged(texts: list[str]) -> Slot:
    table = pa.array(texts)
    return lambda f: (table, person.age_place(f.state.age_days, f.months))


def _person(table: pa.Array) -> Slot:
    return lambda f: (table, person.age_place(f.state.age_days, f.months) * 2 + f.state.female)


def _reported(slot: Slot, given: list[str]) -> Slot:
    """The patient of either sex, and those who speak for a child."""
    table = pa.array(given)

    def column(f: Facts) -> Column:
        who = slot(f)[1]
        return table, np.where(who == 0, f.state.female.astype(np.int64), who + 1)

    return column


def _staffed(language: str, titles: list[str], name: str) -> Slot:
    """Names of the country, each with one of the titles."""
    families = entries(f"{_LOCALE[language]}/last_names")
    table = pa.array(
        [titles[i % len(titles)].format(name=n) for i, n in enumerate(families.columns["name"])]
    )
    draw = {"provider": 3, "consultant": 4, "nurse": 5}[name]
    return lambda f: (table, families.draw(f.episode(draw)))


# Time --------------------------------------------------------------------------------------------


def _dated(language: str, slot: Slot) -> Slot:
    def column(f: Facts) -> Column:
        texts, at = slot(f)
        return (_long(language) if f.dates == "long" else texts), at

    return column


@cache
def _long(language: str) -> pa.Array:
    w = words(language)
    return pa.array(
        [
            w["long"].format(d=d.day, month=w["months"][d.month - 1], y=d.year)
            for d in moments.days()
        ]
    )


def _stays(given: list[str]) -> pa.Array:
    less, one, many = given
    return pa.array([less, one, *(many.format(n=d) for d in range(2, 400))])


def _lasting(given: Mapping[str, list[str]]) -> pa.Array:
    if [len(given[s]) for s in _SPANS] != [8, 10, 7]:
        raise GrammarError("words.yaml: lasting has 8 sudden, 10 acute and 7 long times")
    return pa.array([t for s in _SPANS for t in given[s]])


# Drugs -------------------------------------------------------------------------------------------


def drug_name(w: Mapping[str, Any], generic: str) -> str:
    """A generic name as the language spells it."""
    if generic in w["drugs"]:
        return str(w["drugs"][generic])
    name = generic if w["capital_drugs"] else generic[:1].lower() + generic[1:]
    for pattern, instead in w["drug_rules"]:
        name = re.sub(pattern, instead, name)
    return name


def _drugs(w: Mapping[str, Any]) -> Mapping[str, pa.Array]:
    """Texts of each entry of the table of drugs, by slot."""
    columns = entries("drugs").columns
    names = [drug_name(w, g) for g in columns["generic"]]
    point = partial(re.sub, r"(\d)\.(\d)", rf"\1{w['decimal']}\2")
    doses = [point(s) for s in columns["strength"]]
    often = [w["frequencies"][f] for f in columns["frequency"]]
    how = [w["routes"][r] for r in columns["route"]]
    what = [w["units"].get(f.split()[-1], w["units"][""]) for f in columns["form"]]
    sigs = [
        w["sig"].format(what=a, how=b, often=c) for a, b, c in zip(what, how, often, strict=True)
    ]
    return {
        "drug": pa.array(names),
        "dose": pa.array(doses),
        "medicine": pa.array([f"{n} {d}" for n, d in zip(names, doses, strict=True)]),
        "route": pa.array(how),
        "often": pa.array(often),
        "how": pa.array([f"{h} {o}" for h, o in zip(how, often, strict=True)]),
        "sig": pa.array(sigs),
    }
