"""Slots of the row's drug: name, dose, how it is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pyarrow as pa

from seeder.clinical.knowledge import load
from seeder.generate.stream import Ints
from seeder.text.facts import Column, Facts

_HOW = {
    "PO": ("by mouth", "PO"), "IV": ("intravenously", "IV"), "SC": ("subcutaneously", "SC"),
    "IM": ("intramuscularly", "IM"), "INH": ("by inhalation", "INH"), "TOP": ("topically", "TOP"),
    "SL": ("under the tongue", "SL"), "PR": ("rectally", "PR"), "PV": ("vaginally", "PV"),
    "OPH": ("in the eye", "OPH"), "NAS": ("in the nose", "NAS"),
}  # fmt: skip
_OFTEN = {
    "QD": ("once daily", "daily"), "BID": ("twice daily", "BID"),
    "TID": ("three times daily", "TID"),
    "QID": ("four times daily", "QID"), "QHS": ("at bedtime", "QHS"),
    "Q4H": ("every 4 hours", "q4h"),
    "Q6H": ("every 6 hours", "q6h"), "Q8H": ("every 8 hours", "q8h"),
    "Q12H": ("every 12 hours", "q12h"), "PRN": ("as needed", "PRN"),
    "QW": ("once weekly", "weekly"), "ONCE": ("once", "x1"),
}  # fmt: skip
# Form, by the last word of its name: what is taken, and the verb.
_UNITS = {
    "tablet": "1 tablet", "capsule": "1 capsule", "film": "1 film", "inhaler": "2 puffs",
    "spray": "1 spray", "drops": "1 drop", "patch": "1 patch", "cream": "a thin layer",
    "ointment": "a thin layer", "gel": "a thin layer",
}  # fmt: skip
_VERBS = {
    "PO": "take",
    "SL": "place",
    "INH": "inhale",
    "TOP": "apply",
    "OPH": "put",
    "NAS": "spray",
}


@cache
def _drug_texts(name: str) -> pa.Array:
    drugs = load().drugs.values()
    match name:
        case "drug":
            return pa.array([d.name for d in drugs])
        case "drug_class":
            return pa.array([d.drug_class for d in drugs])
        case "route":
            return pa.array([_HOW.get(d.route, (d.route,))[0] for d in drugs])
        case "how":
            return pa.array([f"{_HOW[d.route][0]} {_OFTEN[d.frequency][0]}" for d in drugs])
        case "how_terse":
            return pa.array([f"{_HOW[d.route][1]} {_OFTEN[d.frequency][1]}" for d in drugs])
        case "often":
            return pa.array([_OFTEN[d.frequency][0] for d in drugs])
        case "sig":
            return pa.array([_sig(d.form, d.route, d.frequency) for d in drugs])
        case "sig_terse":
            return pa.array([_sig_terse(d.form, d.route, d.frequency) for d in drugs])
    raise KeyError(name)


def _sig(form: str, route: str, frequency: str) -> str:
    what = _UNITS.get(form.split()[-1], "1 dose")
    verb = _VERBS.get(route, "give")
    verb = "take" if verb == "put" and what == "1 dose" else verb
    return f"{verb} {what} {_HOW[route][0]} {_OFTEN[frequency][0]}"


def _sig_terse(form: str, route: str, frequency: str) -> str:
    what = _UNITS.get(form.split()[-1], "1 dose").replace("tablet", "tab").replace("capsule", "cap")
    return f"{what} {_HOW[route][1]} {_OFTEN[frequency][1]}"


@cache
def _doses() -> tuple[pa.Array, Ints, Ints]:
    """Strengths of all drugs, one after another; first place and number of each drug's."""
    of = [d.strengths for d in load().drugs.values()]
    count = np.array([len(s) for s in of], np.int64)
    return pa.array([x for s in of for x in s]), np.cumsum(count) - count, count


def _drug(name: str) -> Callable[[Facts], Column]:
    return lambda f: (_drug_texts(name), np.maximum(f.state.drug, 0))


def _dose_place(f: Facts) -> Ints:
    _, first, count = _doses()
    drug = np.maximum(f.state.drug, 0)
    return first[drug] + np.clip(f.state.strength, 0, count[drug] - 1)


@cache
def _medicines() -> pa.Array:
    """'lisinopril 10 mg' for every drug and strength."""
    return pa.array([f"{d.name} {s}" for d in load().drugs.values() for s in d.strengths])


SLOTS: Mapping[str, Callable[[Facts], Column]] = {
    "drug": _drug("drug"),
    "drug_class": _drug("drug_class"),
    "dose": lambda f: (_doses()[0], _dose_place(f)),
    "medicine": lambda f: (_medicines(), _dose_place(f)),
    "route": _drug("route"),
    "often": _drug("often"),
    "how": _drug("how"),
    "how_terse": _drug("how_terse"),
    "sig": _drug("sig"),
    "sig_terse": _drug("sig_terse"),
}
