"""Reads and checks the files about the course of conditions: families, seasons, visits, ages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from importlib.resources.abc import Traversable

from seeder.clinical.chapters import is_pregnancy
from seeder.clinical.files import Cell, Row, once, rows
from seeder.clinical.model import AGE_BANDS, MILLI, MILLION, Condition, Contact, Stage

_QUARTERS = ("q1", "q2", "q3", "q4")
_STAGES = ("first", "second", "third", "prenatal", "loss", "delivery", "postpartum")

Conditions = Mapping[str, Condition]


def _named(
    folder: Traversable,
    file: str,
    columns: str,
    evidence: Collection[str],
    conditions: Conditions,
) -> Iterator[tuple[str, Row]]:
    """Each condition with the row that it follows: its own, else the one of its group."""
    groups = {c.group for c in conditions.values()}
    table: dict[str, Row] = {}
    for row in rows(folder, file, f"of {columns} by"):
        row["by"].one_of(evidence, "evidence")
        once(table, row["of"])
        row["of"].one_of({*groups, *conditions}, "group or condition")
        table[row["of"].text] = row
    for code, condition in conditions.items():
        row_ = table.get(code) or table.get(condition.group)
        if row_ is not None:
            yield code, row_


def read_families(
    folder: Traversable, evidence: Collection[str], conditions: Conditions
) -> dict[str, str]:
    """The family of each condition: its category, but for what the file says of longer codes."""
    rules: dict[str, str] = {}
    places: dict[str, Cell] = {}
    for row in rows(folder, "families.csv", "family codes rule by"):
        row["by"].one_of(evidence, "evidence")
        row["family"].filled()
        rule = row["rule"].one_of(("one", "apart"), "rule")
        for code in row["codes"].parts():
            once(rules, code)
            rules[code.text] = row["family"].text if rule == "one" else ""
            places[row["family"].text] = row["family"]
    found = {code: _family(code, rules) for code in conditions}
    _room(found, conditions, places)
    _possible(found, conditions, places)
    return found


def _family(code: str, rules: Mapping[str, str]) -> str:
    """By the longest beginning of the code that has a rule; apart is a family of itself."""
    for length in range(len(code), 2, -1):
        if code[:length] in rules:
            return rules[code[:length]] or code
    return code[:3]


def _room(families: Mapping[str, str], conditions: Conditions, places: Mapping[str, Cell]) -> None:
    """Who has one of a family has none of the others, so that together they cannot be more."""
    total: dict[tuple[str, int], int] = defaultdict(int)
    for code, condition in conditions.items():
        for band, rate in enumerate(condition.rates if condition.chronic else ()):
            total[families[code], band] += rate
    for (family, band), rate in total.items():
        if rate > MILLION:
            place = places.get(family, Cell(family, "conditions.csv", 1, "a0"))
            ages = "{} to {}".format(*AGE_BANDS[band])
            raise place.error(
                f"the conditions of {family} are {rate / MILLI:g} of 1000 at {ages} years",
                "lower their rates, or set them apart in families.csv",
            )


def _possible(
    families: Mapping[str, str], conditions: Conditions, places: Mapping[str, Cell]
) -> None:
    """What cannot be in the same person cannot be its cause."""
    members: dict[str, set[str]] = defaultdict(set)
    for code, condition in conditions.items():
        if condition.chronic:
            members[condition.group].add(families[code])
    for code, condition in conditions.items():
        for group, factor in condition.comorbidity if condition.chronic else ():
            if factor > MILLI and members[group] == {families[code]}:
                place = places.get(families[code], Cell(code, "conditions.csv", 1, "with"))
                raise place.error(f"{code} is more frequent with {group}, which excludes it")


def read_seasons(
    folder: Traversable, evidence: Collection[str], conditions: Conditions
) -> dict[str, tuple[int, ...]]:
    """Factors by quarter of each condition."""
    found: dict[str, tuple[int, ...]] = dict.fromkeys(conditions, (MILLI,) * 4)
    columns = " ".join(_QUARTERS)
    for code, row in _named(folder, "seasons.csv", columns, evidence, conditions):
        factors = tuple(row[q].fixed(MILLI, 0, 4 * MILLI) for q in _QUARTERS)
        if sum(factors) != 4 * MILLI:
            raise row["q1"].error(f"the quarters have a mean of {sum(factors) / 4000:g}, not 1")
        found[code] = factors
    return found


def read_contacts(
    folder: Traversable, evidence: Collection[str], conditions: Conditions
) -> dict[str, Contact]:
    """Visits a year of each condition; one visit where the file is silent."""
    found = dict.fromkeys(conditions, Contact(MILLI, False))
    for code, row in _named(folder, "contacts.csv", "visits secondary", evidence, conditions):
        secondary = row["secondary"].one_of(("0", "1"), "answer") == "1"
        visits = row["visits"].fixed(MILLI, 0, 366 * MILLI)
        if secondary and visits:
            raise row["visits"].error("what is never a main condition leads to no visits")
        found[code] = Contact(visits, secondary)
    return found


def read_limits(
    folder: Traversable, evidence: Collection[str], conditions: Conditions
) -> dict[str, tuple[int, int]]:
    """The ages in which each condition may be first seen; without a row, the bands with a rate."""
    found = {code: _seen(condition) for code, condition in conditions.items()}
    for code, row in _named(folder, "limits.csv", "from_age to_age", evidence, conditions):
        ages = (row["from_age"].fixed(1, 0, 120), row["to_age"].fixed(1, 0, 120))
        if ages[0] > ages[1]:
            raise row["to_age"].error("ends before it begins")
        _agree(row["of"], ages, conditions[code])
        found[code] = ages
    return found


def _seen(condition: Condition) -> tuple[int, int]:
    bands = [b for b, rate in zip(AGE_BANDS, condition.rates, strict=True) if rate]
    return (bands[0][0], bands[-1][1]) if bands else (0, 120)


def _agree(place: Cell, ages: tuple[int, int], condition: Condition) -> None:
    """Nobody has it before it may be seen; afterwards, only what lasts can still be there."""
    for (start, stop), rate in zip(AGE_BANDS, condition.rates, strict=True):
        outside = stop < ages[0] or (start > ages[1] and not condition.chronic)
        if rate and outside:
            raise place.error(
                f"{condition.code} is seen at {ages[0]} to {ages[1]} years, "
                f"but has a rate at {start} to {stop}"
            )


def read_stages(
    folder: Traversable, evidence: Collection[str], conditions: Conditions
) -> dict[str, Stage]:
    """The stage of each condition of pregnancy."""
    wanted = [c for c in conditions if is_pregnancy(c)]
    found: dict[str, Stage] = {}
    table = rows(folder, "pregnancy.csv", "condition stage from_week to_week by")
    for row in table:
        once(found, row["condition"])
        row["by"].one_of(evidence, "evidence")
        row["condition"].one_of(wanted, "condition of pregnancy")
        weeks = (row["from_week"].fixed(1, 0, 52), row["to_week"].fixed(1, 0, 52))
        if weeks[0] > weeks[1]:
            raise row["to_week"].error("ends before it begins")
        found[row["condition"].text] = Stage(row["stage"].one_of(_STAGES, "stage"), weeks)
    for code in wanted:
        if code not in found:
            raise Cell(code, "pregnancy.csv", 1, "condition").error(f"{code} has no stage")
    return found
