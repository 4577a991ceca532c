"""Reads and checks the files about laboratory tests and vital signs, with their ranges."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from importlib.resources.abc import Traversable

from seeder.clinical.files import Cell, Row, once, rows
from seeder.clinical.model import SEXES, VALUE, Lab, Range, Vital

_LOINC = re.compile(r"\d{1,5}-\d")
_RANGE = "low high middle spread"


def _range(row: Row, sex: str, ages: tuple[int, int]) -> Range:
    low, high, middle, spread = (row[f].fixed(VALUE) for f in _RANGE.split())
    if low > high:
        raise row["low"].error(f"{row['low'].text} is above the high of {row['high'].text}")
    if spread <= 0:
        raise row["spread"].error("is not positive")
    return Range(sex, ages, low, high, middle, spread)


def _banded(row: Row) -> Range:
    sex = row["sex"].one_of(("", *SEXES), "sex")
    ages = (row["from_age"].fixed(1, 0, 120), row["to_age"].fixed(1, 0, 120))
    if ages[0] > ages[1]:
        raise row["to_age"].error("ends before it begins")
    return _range(row, sex, ages)


def read_labs(folder: Traversable, evidence: Collection[str]) -> dict[str, Lab]:
    """Laboratory tests by name."""
    columns = (
        f"lab loinc name panel unit decimals {_RANGE.replace('high', 'high critical_low')}"
    ).replace("critical_low", "critical_low critical_high shape")
    found: dict[str, Lab] = {}
    for row in rows(folder, "labs.csv", f"{columns} range_by critical_by by"):
        once(found, row["lab"])
        row["range_by"].one_of(evidence, "evidence")
        row["by"].one_of(evidence, "evidence")
        limits = _critical(row)
        if any(x is not None for x in limits):
            row["critical_by"].one_of(evidence, "evidence")
        found[row["lab"].text] = Lab(
            name=row["lab"].text,
            loinc=_loinc(row["loinc"]),
            title=row["name"].filled(),
            panel=row["panel"].filled(),
            unit=row["unit"].filled(),
            decimals=row["decimals"].fixed(1, 0, 4),
            critical=limits,
            lognormal=row["shape"].one_of(("normal", "lognormal"), "shape") == "lognormal",
            adult=_range(row, "", (0, 120)),
            ranges=(),
        )
    ranges: dict[str, list[Range]] = defaultdict(list)
    for row in rows(folder, "lab_ranges.csv", f"lab sex from_age to_age {_RANGE} by"):
        row["by"].one_of(evidence, "evidence")
        ranges[row["lab"].one_of(found, "lab")].append(_banded(row))
    return {n: replace(lab, ranges=tuple(ranges[n])) for n, lab in found.items()}


def _critical(row: Row) -> tuple[int | None, int | None]:
    low, high = (
        row[f].fixed(VALUE) if row[f].text else None for f in ("critical_low", "critical_high")
    )
    if low is not None and low > row["low"].fixed(VALUE):
        raise row["critical_low"].error("is above the reference range")
    if high is not None and high < row["high"].fixed(VALUE):
        raise row["critical_high"].error("is below the reference range")
    return low, high


def _loinc(cell: Cell) -> str:
    if not _LOINC.fullmatch(cell.text):
        raise cell.error(f"{cell.text!r} is not of the form 12345-6")
    return cell.text


def read_vitals(folder: Traversable, evidence: Collection[str]) -> dict[str, Vital]:
    """Vital signs by name."""
    signs = rows(folder, "vitals.csv", "vital loinc name unit decimals")
    names = {r["vital"].text for r in signs}
    ranges: dict[str, list[Range]] = defaultdict(list)
    for row in rows(folder, "vital_ranges.csv", f"vital sex from_age to_age {_RANGE} by"):
        row["by"].one_of(evidence, "evidence")
        ranges[row["vital"].one_of(names, "vital sign")].append(_banded(row))
    found: dict[str, Vital] = {}
    for row in signs:
        once(found, row["vital"])
        mine = ranges[row["vital"].text]
        for sex in SEXES:
            gapless(row["vital"], [r.ages for r in mine if r.sex in ("", sex)], 120)
        found[row["vital"].text] = Vital(
            name=row["vital"].text,
            loinc=_loinc(row["loinc"]),
            title=row["name"].filled(),
            unit=row["unit"].filled(),
            decimals=row["decimals"].fixed(1, 0, 4),
            ranges=tuple(mine),
        )
    return found


def gapless(place: Cell, ages: list[tuple[int, int]], last: int) -> None:
    """Refuses bands that leave an age out or count one twice."""
    expected = 0
    for start, stop in ages:
        if start != expected:
            what = "a gap" if start > expected else "an overlap"
            raise place.error(f"{what} in the age bands at {min(start, expected)} years")
        expected = stop + 1
    if expected <= last:
        raise place.error(f"a gap in the age bands from {expected} years on")
