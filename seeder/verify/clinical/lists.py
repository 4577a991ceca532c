"""Lists that rules look up, made of the clinical knowledge and of the package's code lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from math import exp

from seeder.clinical.knowledge import load
from seeder.clinical.model import MILLI, VALUE, Drug, Lab, Range
from seeder.errors import UsageError
from seeder.generate import data
from seeder.question import Listing

LOCALE = "en_US"  # states, ZIP and area codes, and names by sex are those of one country

_BEYOND = 8  # standard deviations
_UNIT = re.compile(r"[A-Za-z%]+")
Rows = Iterator[tuple[object, ...]]


def entries(name: str) -> Iterator[dict[str, str]]:
    """A code list of the package, row by row."""
    columns = data.entries(name).columns
    for row in zip(*columns.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


def icd(code: str) -> str:
    """A code as it is compared: without its dot."""
    return code.replace(".", "").upper()


def _words(system: str, code: str) -> Iterator[str]:
    """A code, its name, and the other words that schemas have for it."""
    for item in entries(system):
        if item["code"] == code:
            yield from (_label(code), _label(item["name"]))
    for item in entries("synonyms"):
        if (item["system"], item["code"]) == (system, code):
            yield from map(_label, item["words"].split("|"))


def _label(text: str) -> str:
    return text.strip().lower()


@cache
def _drug_codes() -> dict[str, tuple[str, ...]]:
    """Codes of the package's own list of drugs by the generic that they stand for."""
    found: dict[str, list[str]] = {}
    for item in entries("drugs"):
        mine = found.setdefault(_label(item["generic"]), [])
        mine += [_label(item[f]) for f in ("code", "rxnorm") if item.get(f)]
    return {n: tuple(dict.fromkeys(codes)) for n, codes in found.items()}


def _drugs() -> Iterator[tuple[str, Drug]]:
    """Drugs by every name and code that rows may have for them."""
    seen = set()
    for drug in load().drugs.values():
        generic = _label(drug.generic)
        for key in (generic, drug.name, *_drug_codes().get(generic, ())):
            if (key, drug.name) not in seen:
                seen.add((key, drug.name))
                yield key, drug


def _conditions() -> Rows:
    for c in load().conditions.values():
        stay = c.profile.stay
        yield icd(c.code), _label(c.description), c.sex, stay.minutes / 60, stay.sigma / MILLI


def _drug_ages() -> Rows:
    lowest: dict[str, tuple[int, int]] = {}
    for key, drug in _drugs():
        low, high = lowest.get(key, drug.ages)
        lowest[key] = (min(low, drug.ages[0]), max(high, drug.ages[1]))
    for key, ages in lowest.items():
        yield (key, *ages)


def _indications() -> Rows:
    codes: dict[str, list[str]] = {}
    for c in load().conditions.values():
        codes.setdefault(c.group, []).append(icd(c.code))
    for key, drug in _drugs():
        for group in drug.indications:
            for code in codes.get(group, ()):
                yield key, code


def _interactions() -> Rows:
    keys: dict[str, list[str]] = {}
    for key, drug in _drugs():
        keys.setdefault(drug.name, []).append(key)
    for one, other in sorted(load().interactions):
        for first in keys[one]:
            for second in keys[other]:
                yield first, second


def _routes() -> Rows:
    words = {route: tuple(_words("routes", route)) for route in {d.route for _, d in _drugs()}}
    for key, drug in _drugs():
        yield key, _label(drug.route)
        for word in words[drug.route]:
            yield key, word


def _forms(drug: Drug) -> Iterator[Drug]:
    """A drug as adults get it, and as it is given at other ages."""
    yield drug
    for form in load().forms.get(drug.name, ()):
        yield load().given(drug.name, form.ages[0])


def _units() -> Rows:
    for key, drug in ((k, f) for k, d in _drugs() for f in _forms(d)):
        for strength in drug.strengths:
            for part in _UNIT.findall(strength):
                yield key, _label(part)
        yield key, _label(drug.form)
        yield key, _label(drug.form.split()[-1])


def _doses() -> Rows:
    for key, drug in ((k, f) for k, d in _drugs() for f in _forms(d)):
        for strength in drug.strengths:
            number = strength.split()[0].rstrip("%").replace(",", "")
            if number.replace(".", "", 1).isdigit():
                yield key, float(number)


def _largest() -> Rows:
    largest: dict[str, float] = {}
    for key, dose in _doses():
        largest[str(key)] = max(float(str(dose)), largest.get(str(key), 0))
    yield from largest.items()


def _frequencies() -> Rows:
    for item in entries("frequencies"):
        for word in _words("frequencies", item["code"]):
            yield (word,)
    for _, drug in _drugs():
        yield (_label(drug.frequency),)


def _labs() -> Rows:
    """Keys are LOINC codes and titles. Between ``least`` and ``greatest`` lie all values of the
    living: some deviations beyond what the conditions shift the test by."""
    shifts: dict[str, list[int]] = {}
    for condition in load().conditions.values():
        for name, shift in condition.profile.labs:
            shifts.setdefault(name, []).append(shift)
    for lab in load().labs.values():
        mine = [0, *shifts.get(lab.name, ())]
        low, high = min(mine) / MILLI - _BEYOND, max(mine) / MILLI + _BEYOND
        ranges = (lab.adult, *lab.ranges)
        least = min(_shifted(lab, r, low) for r in ranges)
        if all(r.low >= 0 for r in ranges):
            least = max(least, 0.0)
        greatest = max(_shifted(lab, r, high) for r in ranges)
        for key in (lab.loinc.lower(), _label(lab.title)):
            yield key, _label(lab.title), lab.unit, least, greatest


def _shifted(lab: Lab, range_: Range, deviations: float) -> float:
    """The value that lies so many standard deviations off the middle."""
    middle, spread = range_.middle / VALUE, range_.spread / VALUE
    if lab.lognormal:
        return middle * exp(deviations * spread)
    return middle + deviations * spread


def _vitals() -> Rows:
    for vital in load().vitals.values():
        for key in (vital.loinc, _label(vital.title)):
            yield key, _label(vital.title), vital.unit


def _names(sex: str, opposite: str) -> Rows:
    other = {item["name"] for item in entries(f"{LOCALE}/first_names_{opposite}")}
    for item in entries(f"{LOCALE}/first_names_{sex}"):
        if item["name"] not in other:
            yield (_label(item["name"]),)


def _places(second: str) -> Rows:
    for item in entries(f"{LOCALE}/places"):
        for state in (item["state"], item["state_name"]):
            yield item[second], _label(state)


def _races() -> Rows:
    for race in load().population.races:
        for key in (race.name, race.code, race.title):
            yield (_label(key),)
    for item in entries("races"):
        yield (_label(item["letter"]),)


def _classes(classes: str) -> Rows:
    """Codes and words for the class of a visit."""
    for item in entries("encounters"):
        if item["class"] in classes.split():
            for word in (item["class"], *_words("encounters", item["code"])):
                yield (word,)


def _expired() -> Rows:
    """Words for a death in hospital."""
    for word in _words("dispositions", "EXP"):
        yield (word,)


def _codes(system: str) -> Rows:
    for item in entries(system):
        yield item["code"].upper(), _label(item["name"])


_LISTS: dict[str, tuple[str, Callable[[], Rows]]] = {
    "conditions": ("code name sex stay_hours stay_sigma", _conditions),
    "drug_ages": ("drug low high", _drug_ages),
    "drug_indications": ("drug code", _indications),
    "drug_interactions": ("drug other", _interactions),
    "drug_interactions_of": ("drug", lambda: ((d,) for d, _ in _interactions())),
    "drug_routes": ("drug route", _routes),
    "drug_units": ("drug unit", _units),
    "drug_doses": ("drug dose", _doses),
    "frequencies": ("frequency", _frequencies),
    "labs": ("code name unit least greatest", _labs),
    "vitals": ("code name unit", _vitals),
    "female_names": ("name", lambda: _names("female", "male")),
    "male_names": ("name", lambda: _names("male", "female")),
    "zips": ("zip state", lambda: _places("zip")),
    "area_codes": ("area state", lambda: _places("area")),
    "cities": ("city state", lambda: ((_label(str(c)), s) for c, s in _places("city"))),
    "drug_indications_of": ("drug", lambda: ((d,) for d, _ in _indications())),
    "drug_largest": ("drug dose", _largest),
    "zip_prefixes": ("zip", lambda: ((z,) for z, _ in _places("zip"))),
    "city_names": ("city", lambda: ((_label(str(c)),) for c, _ in _places("city"))),
    "states": ("state", lambda: ((s,) for _, s in _places("city"))),
    "inpatient": ("class", lambda: _classes("inpatient")),
    "outpatient": ("class", lambda: _classes("outpatient ambulatory wellness")),
    "emergency": ("class", lambda: _classes("emergency")),
    "medicare": ("payer", lambda: ((w,) for w in _words("payers", "MCR"))),
    "expired": ("disposition", _expired),
    "races": ("race", _races),
    "procedures": ("code name", lambda: _codes("icd10pcs")),
    "vaccines": ("code name", lambda: _codes("vaccines")),
}  # fmt: skip


def names() -> tuple[str, ...]:
    return tuple(_LISTS)


@cache
def listing(name: str) -> Listing:
    """A list by name; rows that say the same stand there once."""
    if name not in _LISTS:
        raise UsageError(f"there is no list {name!r}", f"known: {', '.join(_LISTS)}")
    columns, made = _LISTS[name]
    return Listing(tuple(columns.split()), tuple(dict.fromkeys(made())))
