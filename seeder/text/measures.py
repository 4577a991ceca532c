"""Slots of what was measured: vital signs, laboratory results with unit and flag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.clinical.knowledge import load
from seeder.clinical.model import VALUE
from seeder.generate.stream import Ints
from seeder.text import tags
from seeder.text.facts import Column, Facts

_OLDEST = 120


@cache
def _decimals(places: int, most: int) -> pa.Array:
    """0, 1, ... ``most`` units of the last place as text."""
    numbers = pa.array(np.arange(most + 1, dtype=np.int64))
    if places == 0:
        return pc.cast(numbers, pa.string())
    whole = pc.cast(pa.array(np.arange(most + 1) // 10**places), pa.string())
    part = pc.utf8_lpad(
        pc.cast(pa.array(np.arange(most + 1) % 10**places), pa.string()), places, "0"
    )
    return pc.binary_join_element_wise(whole, part, ".")


def rounded(value: Ints, places: int) -> Ints:
    """Ten-thousandths as units of the last of so many places, rounded half up."""
    step = VALUE // 10**places
    found: Ints = (np.maximum(value, 0) + step // 2) // step
    return found


_PAINS = {"pain": " of 10", "pain_terse": "/10"}
_VITALS = {
    "temp": ("temperature", 1, 450), "pulse": ("pulse", 0, 350), "rr": ("respiration", 0, 120),
    "sat": ("oxygen", 0, 100), "weight": ("weight", 1, 4000), "height": ("height", 0, 260),
    "bmi": ("bmi", 1, 999),
}  # fmt: skip


def _vital(name: str) -> Callable[[Facts], Column]:
    of, places, most = _VITALS[name]
    return lambda f: (
        _decimals(places, most),
        np.minimum(rounded(f.state.vital(of), places), most),
    )


def _pain(name: str) -> Callable[[Facts], Column]:
    table = pa.array([f"{p}{_PAINS[name]}" for p in range(11)])
    return lambda f: (table, np.minimum(rounded(f.state.vital("pain"), 0), 10))


@cache
def _pressures() -> pa.Array:
    over, under = np.divmod(np.arange(300 * 200), 200)
    parts = (pc.cast(pa.array(x), pa.string()) for x in (over, under))
    return pc.binary_join_element_wise(*parts, "/")


def _bp(f: Facts) -> Column:
    over = np.minimum(rounded(f.state.vital("systolic"), 0), 299)
    under = np.minimum(rounded(f.state.vital("diastolic"), 0), 199)
    return _pressures(), over * 200 + under


_FEVER = 380_000  # 38.0 degrees Celsius
_FEBRILE = pa.array(["afebrile", "febrile"])


def _fever(f: Facts) -> Column:
    return _FEBRILE, (f.state.vital("temperature") >= _FEVER).astype(np.int64)


_NAMES = {
    "bun": "BUN", "co2": "bicarbonate", "protein": "total protein",
    "bilirubin_direct": "direct bilirubin",
    "alp": "alkaline phosphatase", "alt": "ALT", "ast": "AST", "ggt": "GGT", "ldh": "LDH",
    "urate": "uric acid", "ck": "CK", "bnp": "BNP", "crp": "CRP", "rbc": "red cell count",
    "wbc": "WBC", "mcv": "MCV", "mch": "MCH", "mchc": "MCHC", "esr": "ESR",
    "pt": "prothrombin time",
    "inr": "INR", "a1c": "HbA1c", "hdl": "HDL", "ldl": "LDL", "tsh": "TSH", "ft4": "free T4",
    "t4": "T4", "tibc": "TIBC", "iron_saturation": "iron saturation", "b12": "vitamin B12",
    "vitamin_d": "vitamin D", "psa": "PSA", "egfr": "eGFR", "urine_sg": "urine specific gravity",
    "urine_ph": "urine pH", "ph": "arterial pH", "pco2": "pCO2", "po2": "pO2",
    "ionized_calcium": "ionized calcium", "pth": "PTH", "rdw": "RDW", "mpv": "MPV", "aptt": "aPTT",
    "ddimer": "D-dimer", "urine_albumin_ratio": "urine albumin ratio", "hcg": "hCG",
    "ckmb": "CK-MB",
    "cd4": "CD4 count", "anion_gap": "anion gap", "ft3": "free T3",
    "rheumatoid_factor": "rheumatoid factor", "afp": "AFP", "ca125": "CA-125", "cea": "CEA",
    "vancomycin_trough": "vancomycin trough", "ethanol": "ethanol level",
    "acetaminophen": "acetaminophen level", "salicylates": "salicylate level",
    "c_peptide": "C-peptide",
}  # fmt: skip
_UNIT = {
    "10*3/uL": "K/uL", "10*6/uL": "M/uL", "{INR}": "", "{ratio}": "", "[pH]": "",
    "mm[Hg]": "mmHg", "mL/min/{1.73_m2}": "mL/min", "ug/mL{FEU}": "mcg/mL",
    "ug/mg{creat}": "mcg/mg",
    "m[IU]/mL": "mIU/mL", "[IU]/mL": "IU/mL", "ug/dL": "mcg/dL", "ug/mL": "mcg/mL",
}  # fmt: skip
_FLAGS = pa.array(["low", "normal", "high"])


@cache
def _lab_names() -> pa.Array:
    return pa.array([_NAMES.get(lab.name, lab.name) for lab in load().labs.values()])


@cache
def _units() -> pa.Array:
    units = [_UNIT.get(lab.unit, lab.unit) for lab in load().labs.values()]
    return pa.array([u if u in ("", "%") else f" {u}" for u in units])


@cache
def _places() -> Ints:
    return np.array([lab.decimals for lab in load().labs.values()], np.int64)


def _lab(number: int) -> Callable[[Facts], Column]:
    return lambda f: (_lab_names(), np.maximum(f.state.lab(number)[0], 0))


def _value(number: int) -> Callable[[Facts], Column]:
    def column(f: Facts) -> Column:
        lab, value = f.state.lab(number)
        lab = np.maximum(lab, 0)
        texts = pc.binary_join_element_wise(
            plain_numbers(value, _places()[lab]), pc.take(_units(), pa.array(lab)), ""
        )
        return texts, np.arange(len(f))

    return column


def plain_numbers(value: Ints, places: Ints) -> pa.Array:
    """Ten-thousandths as text with each row's number of places, rounded half up."""
    step = np.array([VALUE // 10**p for p in range(5)], np.int64)[places]
    units = (np.maximum(value, 0) + step // 2) // step
    whole, part = np.divmod(units, VALUE // step)
    text = pc.cast(pa.array(whole), pa.string())
    if not places.any():
        return text
    # 10**p + part has p digits behind its first: leading zeros without padding by row.
    digits = pc.utf8_slice_codeunits(pc.cast(pa.array(VALUE // step + part), pa.string()), 1)
    return pc.if_else(pa.array(places == 0), text, pc.binary_join_element_wise(text, digits, "."))


@cache
def _limits() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Low and high of each test by sex and whole year of age: arrays (test, sex, age)."""
    labs = tuple(load().labs.values())
    low = np.empty((len(labs), 2, _OLDEST + 1), np.int64)
    high = np.empty_like(low)
    for place, lab in enumerate(labs):
        low[place], high[place] = lab.adult.low, lab.adult.high
        for r in lab.ranges[::-1]:  # the first that fits wins
            sexes = slice(None) if not r.sex else int(r.sex == "F")
            ages = slice(r.ages[0], r.ages[1] + 1)
            low[place, sexes, ages], high[place, sexes, ages] = r.low, r.high
    return low, high


def _flag(number: int) -> Callable[[Facts], Column]:
    def column(f: Facts) -> Column:
        lab, value = f.state.lab(number)
        low, high = _limits()
        at = (
            np.maximum(lab, 0),
            f.state.female.astype(np.int64),
            np.minimum(tags.years(f.state.age_days), _OLDEST),
        )
        # What is shown is compared, as a reader would.
        step = np.array([VALUE // 10**p for p in range(5)], np.int64)[_places()[at[0]]]
        shown = (np.maximum(value, 0) + step // 2) // step * step
        return _FLAGS, np.where(shown < low[at], 0, np.where(shown > high[at], 2, 1))

    return column


SLOTS: Mapping[str, Callable[[Facts], Column]] = {
    "bp": _bp,
    **{name: _vital(name) for name in _VITALS},
    **{name: _pain(name) for name in _PAINS},
    "fever": _fever,
    "lab": _lab(0),
    "value": _value(0),
    "flag": _flag(0),
    "lab_two": _lab(1),
    "value_two": _value(1),
    "flag_two": _flag(1),
}
