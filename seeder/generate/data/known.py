"""Code tables that the clinical knowledge fills: conditions, drugs, tests, signs, procedures.

An entry's number is its place in the knowledge, so that what a patient's story draws is an entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from seeder.clinical.knowledge import load
from seeder.clinical.model import VALUE, Drug, Lab, Procedure, Vital
from seeder.generate.stream import Ints

Columns = dict[str, tuple[str, ...]]
_STRENGTH = re.compile(r"([\d.]+) ?(\S+)")


def _columns(header: str, rows: Iterator[tuple[object, ...]]) -> Columns:
    cells = [tuple(str(v) for v in row) for row in rows]
    return {name: tuple(row[i] for row in cells) for i, name in enumerate(header.split())}


def _conditions() -> Columns:
    # How often a code is met somewhere: the mean of its rates over the ages.
    rows = (
        (c.code, c.description, max(sum(c.rates) // 1000, 1)) for c in load().conditions.values()
    )
    return _columns("code name weight", rows)


def _variants() -> Iterator[tuple[int, Drug, tuple[int, int]]]:
    """Each drug as adults get it, then as it is given at some ages: (number, drug, ages)."""
    known = load()
    for number, drug in enumerate(known.drugs.values()):
        yield number, drug, (0, 120)
        for form in known.forms.get(drug.name, ()):
            yield number, known.given(drug.name, form.ages[0]), form.ages


def _drugs() -> Columns:
    return _columns(
        "code name ndc rxnorm generic strength dose dose_unit form route frequency class weight",
        (
            _drug(place, drug, strength)
            for place, (drug, strength) in enumerate(
                (drug, strength) for _, drug, _ in _variants() for strength in drug.strengths
            )
        ),
    )


def _drug(place: int, drug: Drug, strength: str) -> tuple[object, ...]:
    found = _STRENGTH.match(strength)
    dose, unit = found.groups() if found else ("1", drug.form)
    return (
        f"RX{1001 + place}",
        f"{drug.generic} {strength} {drug.form}",
        f"99999-{1001 + place}-01",  # a labeler that does not exist
        f"9{1001 + place:06}",  # beyond the numbers that RxNorm has given
        drug.generic,
        strength,
        dose,
        unit.partition("/")[0],
        drug.form,
        drug.route,
        drug.frequency,
        drug.drug_class,
        len(drug.indications),
    )


@cache
def strengths() -> tuple[Ints, Ints]:
    """The first entry and the number of entries of each drug at each age: (drugs, 121)."""
    count = len(load().drugs)
    first, many = np.zeros((count, 121), np.int64), np.zeros((count, 121), np.int64)
    place = 0
    for number, drug, (low, high) in _variants():
        first[number, low : high + 1] = place
        many[number, low : high + 1] = len(drug.strengths)
        place += len(drug.strengths)
    return first, many


def _shown(value: int, decimals: int) -> str:
    return f"{value / VALUE:.{decimals}f}"


def _measure(each: Lab | Vital, low: int, high: int, category: str) -> tuple[object, ...]:
    short = each.title.split(" [")[0].split("/")[0].removesuffix(" in Blood").strip()
    if isinstance(each, Vital):
        short = _SHORT.get(each.name, each.name.capitalize())
    unit, scale = each.unit, each.decimals
    shown = (_shown(low, scale), _shown(high, scale))
    return each.loinc, each.title, short, *shown, unit, scale, category, 10


_SHORT = {"oxygen": "SpO2", "bmi": "BMI", "systolic": "Systolic BP", "diastolic": "Diastolic BP"}
_MEASURE = "code name short low high unit scale category weight"


def _labs() -> Columns:
    rows = (_measure(x, x.adult.low, x.adult.high, x.panel) for x in load().labs.values())
    return _columns(_MEASURE, rows)


def _vitals() -> Columns:
    def adult(vital: Vital) -> tuple[int, int]:
        return next((r.low, r.high) for r in vital.ranges if r.ages[0] <= 40 <= r.ages[1])

    rows = (_measure(v, *adult(v), "vital-signs") for v in load().vitals.values())
    return _columns(_MEASURE, rows)


def _observations() -> Columns:
    signs, tests = _vitals(), _labs()
    return {name: signs[name] + tests[name] for name in signs}


def _procedures() -> Columns:
    rows = (
        (p.code, p.description, p.name, p.minutes, p.modality, p.site, 10)
        for p in _by_code().values()
    )
    return _columns("code name short minutes modality site weight", rows)


@cache
def _by_code() -> dict[str, Procedure]:
    """Procedures by code, the first of each: some names are told by one code."""
    found: dict[str, Procedure] = {}
    for each in load().procedures.values():
        if each.code:
            found.setdefault(each.code, each)
    return found


@cache
def coded() -> Ints:
    """The entry of each procedure of the knowledge; 0 for those without a code."""
    place = {code: n for n, code in enumerate(_by_code())}
    return np.asarray([place.get(p.code, 0) for p in load().procedures.values()], np.int64)


def _specialties() -> Columns:
    groups = tuple(load().groups.values())
    rows = (
        (s.code, s.title, s.department, 1 + sum(s.code in g.profile.specialties for g in groups))
        for s in load().specialties.values()
    )
    return _columns("code name department weight", rows)


def _vaccines() -> Columns:
    rows = (
        (v.code, v.name, v.route, f"{v.dose / VALUE:g}", 30 if v.yearly else 6)
        for v in load().vaccines.values()
    )
    return _columns("code name route dose weight", rows)


# Tables that hold nothing but what the knowledge has.
TABLES: dict[str, Callable[[], Columns]] = {
    "icd10cm": _conditions,
    "drugs": _drugs,
    "labs": _labs,
    "vitals": _vitals,
    "observations": _observations,
    "icd10pcs": _procedures,
    "specialties": _specialties,
    "vaccines": _vaccines,
}
