"""How conditions run: which exclude one another, when they come, at what age, how often seen."""

from __future__ import annotations

import importlib
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from seeder.clinical.chapters import is_newborn, is_pregnancy
from seeder.clinical.files import home, rows
from seeder.clinical.knowledge import load
from seeder.clinical.model import AGE_BANDS, MILLI, MILLION, SETTINGS
from tests.helpers.knowledge import refused

KNOWN = load()


@pytest.fixture(scope="module")
def icd() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return importlib.import_module("simple_icd_10_cm")


def test_stages_and_types_exclude_one_another() -> None:
    for one, other in [
        ("E10.9", "E11.9"),
        ("E11.9", "E11.22"),
        ("E11.9", "R73.03"),
        ("I10", "I12.9"),
        ("N18.30", "N18.4"),
        ("F32.9", "F33.1"),
        ("F17.210", "Z87.891"),
        ("M17.11", "M17.12"),
    ]:
        assert KNOWN.family(one) == KNOWN.family(other), (one, other)
    for one, other in [
        ("G56.01", "G56.02"),
        ("Z79.4", "Z79.01"),
        ("H52.13", "H52.4"),
        ("G47.00", "G47.33"),
        ("I25.10", "I25.2"),
        ("I10", "E11.9"),
    ]:
        assert KNOWN.family(one) != KNOWN.family(other), (one, other)
    assert KNOWN.family("K35.33") == "K35"


def test_families_of_the_notes_are_in_the_notes(icd: Any) -> None:
    """Of each family with that evidence, every code is tied to another one by an Excludes1 note."""
    for row in rows(home(), "families.csv", "family codes rule by"):
        if row["by"].text != "excludes1":
            continue
        codes = [c.text for c in row["codes"].parts()]
        notes = {c: " ".join(_notes(icd, c)) for c in codes}
        for code in codes:
            others = [c for c in codes if c != code]
            tied = any(_names(notes[code], c) or _names(notes[c], code) for c in others)
            assert tied, (row["family"].text, code)


def _notes(icd: Any, code: str) -> list[str]:
    return [n for each in [code, *icd.get_ancestors(code)] for n in icd.get_excludes1(each)]


def _names(notes: str, code: str) -> bool:
    """Whether the notes name the code, one below or above it, or a range over its category."""
    for first, last in re.findall(r"([A-Z]\d[0-9A-Z])-([A-Z]\d[0-9A-Z])", notes):
        if first <= code[:3] <= last:
            return True
    named = [n.rstrip(".") for n in re.findall(r"[A-Z]\d[0-9A-Z](?:\.\w+)?", notes)]
    return any(n.startswith(code) or code.startswith(n) for n in named)


def test_one_family_has_room_in_every_age() -> None:
    for band in range(len(AGE_BANDS)):
        total: dict[str, int] = {}
        for c in KNOWN.conditions.values():
            if c.chronic:
                total[KNOWN.family(c.code)] = total.get(KNOWN.family(c.code), 0) + c.rates[band]
        assert max(total.values()) <= MILLION


def test_seasons() -> None:
    assert set(KNOWN.seasons) == set(KNOWN.conditions)
    for code, quarters in KNOWN.seasons.items():
        assert sum(quarters) == 4 * MILLI, code
    assert KNOWN.seasons["I10"] == (MILLI,) * 4
    assert KNOWN.seasons["J10.1"][0] > 5 * KNOWN.seasons["J10.1"][2]
    assert KNOWN.seasons["A69.20"][2] > 5 * KNOWN.seasons["A69.20"][0]
    # A condition's own row goes before the one of its group.
    assert KNOWN.seasons["H60.90"] != KNOWN.seasons["H66.90"]


def test_visits() -> None:
    assert set(KNOWN.contacts) == set(KNOWN.conditions)
    assert KNOWN.contacts["I10"].visits == 700
    assert KNOWN.contacts["H52.13"].visits == 170
    assert KNOWN.contacts["N18.6"].visits == 4200
    for (
        code
    ) in "Z79.4 Z80.3 Z85.3 Z86.73 Z87.891 Z90.710 Z91.81 Z95.1 Z96.641 Z99.2 Z72.0 Z33.1".split():
        assert KNOWN.contacts[code].secondary, code
        assert KNOWN.contacts[code].visits == 0, code
    assert not KNOWN.contacts["E11.9"].secondary


def test_what_the_classification_puts_second_is_second(icd: Any) -> None:
    for row in rows(home(), "contacts.csv", "of visits secondary by"):
        if row["by"].text == "code-first":
            assert row["secondary"].text == "1"
            above = icd.get_ancestors(row["of"].text)
            found = [icd.get_code_first(c) for c in [row["of"].text, *above]]
            assert any(found), row["of"].text


def test_visits_of_a_year_are_those_of_a_country() -> None:
    """Each person some visits a year, by rates and visits; emergencies and stays are few."""
    people = [0] * len(AGE_BANDS)
    for row in KNOWN.population.pyramid:
        band = next(i for i, (_, stop) in enumerate(AGE_BANDS) if row.ages[0] <= stop)
        people[band] += sum(n for _, n in row.figures)
    total = dict.fromkeys(SETTINGS, 0.0)
    for c in KNOWN.conditions.values():
        contact = KNOWN.contacts[c.code]
        if contact.secondary:
            continue
        share = sum(r * p for r, p in zip(c.rates, people, strict=True)) / MILLION / sum(people)
        visits = share * (contact.visits / MILLI if c.chronic else 1)
        weight = sum(w for _, w in c.profile.settings)
        for setting, w in c.profile.settings:
            total[setting] += visits * w / weight
    assert 3 < sum(total.values()) < 7, total
    assert 0.2 < total["emergency"] < 0.8, total
    assert 0.06 < total["inpatient"] < 0.3, total


def test_ages() -> None:
    assert set(KNOWN.limits) == set(KNOWN.conditions)
    for code in ("O80", "O82"):
        assert KNOWN.limits[code] == (12, 55)
    assert KNOWN.limits["G30.9"][0] == KNOWN.limits["C61"][0] == 40
    assert KNOWN.limits["N95.1"] == (40, 70)
    assert KNOWN.limits["P22.1"] == (0, 0)
    assert KNOWN.limits["I10"] == (0, 120)


def test_pregnancy_and_birth() -> None:
    for c in KNOWN.conditions.values():
        if is_pregnancy(c.code):
            assert c.sex == "F", c.code
            assert KNOWN.stages[c.code].name
            assert not is_newborn(c.code)
        if is_newborn(c.code):
            assert c.rates[0], c.code
            assert not any(c.rates[1:]), c.code
            assert KNOWN.limits[c.code] == (0, 0), c.code
    assert set(KNOWN.stages) == {c for c in KNOWN.conditions if is_pregnancy(c)}
    assert KNOWN.stages["O80"].name == "delivery"
    assert KNOWN.stages["Z34.01"].weeks[1] <= 13
    assert is_newborn("Z38.00")
    assert is_newborn("P07.39")
    assert not is_newborn("Z39.2")


def test_as_many_mothers_as_newborns() -> None:
    """Births counted at the mother and at the child, within a tenth."""
    people = [0] * len(AGE_BANDS)
    for row in KNOWN.population.pyramid:
        band = next(i for i, (_, stop) in enumerate(AGE_BANDS) if row.ages[0] <= stop)
        people[band] += sum(n for _, n in row.figures)

    def births(codes: list[str]) -> int:
        rates = [KNOWN.conditions[c].rates for c in codes]
        return sum(r[b] * people[b] for r in rates for b in range(len(people)))

    mothers = births([c for c, s in KNOWN.stages.items() if s.name == "delivery"])
    children = births(["Z38.00", "Z38.01"])
    assert 0.9 < mothers / children < 1.1, mothers / children


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("families.csv", "E08 E09", "E08 E08", "twice"),
        ("families.csv", ",one,excludes1", ",both,excludes1", "both"),
        ("families.csv", "I10 I11 I12 I13", "E78 E66 H25 M17 I10", "of 1000 at"),
        (
            "conditions.csv",
            ",ckd,chronic,0,0.05,2,14,55,110,,0.95,black*2,",
            ",ckd,chronic,0,0.05,2,14,55,110,,0.95,black*2,hypertension*3 ",
            "excludes it",
        ),
        ("seasons.csv", "influenza,2.3,", "influenza,2.4,", "mean of 1.025"),
        ("seasons.csv", "influenza,", "influensa,", "influenza"),
        ("contacts.csv", "history,0,1", "history,2,1", "leads to no visits"),
        ("contacts.csv", "N18.6,4.2", "N18.9,4.2", "N18.9"),
        ("limits.csv", "dementia,40,120", "dementia,50,120", "but has a rate at 18 to 44"),
        ("limits.csv", "delivery,12,55", "delivery,12,40", "but has a rate at 45 to 64"),
        ("limits.csv", "menopause,40,70", "menopause,70,40", "before it begins"),
        ("pregnancy.csv", "O80,delivery", "I10,delivery", "I10"),
        ("pregnancy.csv", "O80,delivery,37,41,gestation\n", "", "O80 has no stage"),
        ("pregnancy.csv", "O80,delivery", "O80,birth", "birth"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(
    file: str, old: str, new: str, said: str, tmp_path: Path
) -> None:
    message = refused(tmp_path / "data", file, old, new)
    place = "families.csv" if said == "excludes it" else file
    assert message.startswith(f"{place}:"), message
    assert said in message, message
