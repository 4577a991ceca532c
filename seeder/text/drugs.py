"""Slots of the row's drug: name, dose, how it is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pyarrow as pa

from seeder.generate.data import entries
from seeder.text import tags
from seeder.text.facts import Column, Facts

# How a route is said, the words of the table of routes where it is not named here.
_HOW = {
    "PO": "by mouth", "IV": "intravenously", "SC": "subcutaneously", "IM": "intramuscularly",
    "INH": "by inhalation", "TOP": "topically", "SL": "under the tongue", "PR": "rectally",
    "PV": "vaginally", "OPH": "in the eye", "NAS": "in the nose", "TD": "on the skin",
    "OT": "in the ear", "EP": "by epidural catheter",
}  # fmt: skip
# How it is said behind the verb of an instruction, where the verb does not say it.
_TAKEN = {
    "INH": "by nebulizer", "TOP": "to the skin", "TD": "to the skin", "IU": "in the uterus",
}  # fmt: skip
_OFTEN_TERSE = {"QD": "daily", "QW": "weekly", "ONCE": "x1"}


def _how(route: str) -> str:
    return _HOW.get(route) or f"by {_named('routes')[route].lower()} route"


def _often(frequency: str) -> str:
    return _named("frequencies")[frequency].lower()


def _often_terse(frequency: str) -> str:
    short = frequency if not frequency[1:2].isdigit() else frequency.lower()
    return _OFTEN_TERSE.get(frequency, short)


@cache
def _named(table: str) -> Mapping[str, str]:
    columns = entries(table).columns
    return dict(zip(columns["code"], columns["name"], strict=True))


# Form, by the last word of its name: what is taken, and the verb.
_UNITS = {
    "tablet": "1 tablet", "capsule": "1 capsule", "film": "1 film", "inhaler": "2 puffs",
    "spray": "1 spray", "drops": "1 drop", "patch": "1 patch", "cream": "a thin layer",
    "ointment": "a thin layer", "gel": "a thin layer", "device": "1 device",
}  # fmt: skip
_VERBS = {
    "PO": "take", "SL": "place", "INH": "inhale", "TOP": "apply", "TD": "apply", "PR": "apply",
    "OPH": "put", "OT": "put", "NAS": "use", "IU": "place", "SC": "inject", "IM": "inject",
}  # fmt: skip
_YOUNG = 12  # years, from which on a patient takes, and is not given


@cache
def _drug_texts(name: str) -> pa.Array:
    """A text for each entry of the table of drugs."""
    columns = entries("drugs").columns
    names = [_small(n) for n in columns["generic"]]
    taken = tuple(zip(columns["route"], columns["frequency"], strict=True))
    forms = tuple(zip(columns["form"], columns["route"], columns["frequency"], strict=True))
    match name:
        case "drug":
            return pa.array(names)
        case "dose":
            return pa.array(columns["strength"])
        case "medicine":
            return pa.array([f"{n} {s}" for n, s in zip(names, columns["strength"], strict=True)])
        case "drug_class":
            return pa.array(columns["class"])
        case "route":
            return pa.array([_how(r) for r in columns["route"]])
        case "often":
            return pa.array([_often(f) for f in columns["frequency"]])
        case "how":
            return pa.array([f"{_how(r)} {_often(f)}" for r, f in taken])
        case "how_terse":
            return pa.array([f"{r} {_often_terse(f)}" for r, f in taken])
        case "sig":
            return pa.array([_sig(*f, young) for f in forms for young in (False, True)])
        case "amount":
            return pa.array([_amount(f, r) for f, r, _ in forms])
        case "sig_terse":
            return pa.array([_sig_terse(*f) for f in forms])
    raise KeyError(name)


def _small(name: str) -> str:
    """A generic name inside a sentence; abbreviations stay."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _amount(form: str, route: str) -> str:
    drops = form.endswith("drops") and route == "PO"
    return "1 dose" if drops else _UNITS.get(form.split()[-1], "1 dose")


def _amount_terse(form: str, route: str) -> str:
    return _amount(form, route).replace("tablet", "tab").replace("capsule", "cap")


def _sig(form: str, route: str, frequency: str, young: bool = False) -> str:
    verb = _VERBS.get(route, "give")
    verb = "give" if young and verb == "take" else verb
    how = "" if form == "inhaler" else f" {_TAKEN.get(route) or _how(route)}"
    return f"{verb} {_amount(form, route)}{how} {_often(frequency)}"


def _sig_terse(form: str, route: str, frequency: str) -> str:
    return f"{_amount_terse(form, route)} {route} {_often_terse(frequency)}"


def _instruction(f: Facts) -> Column:
    """A small child is given what others take."""
    young = tags.years(f.state.age_days) < _YOUNG
    return _drug_texts("sig"), np.maximum(f.state.drug, 0) * 2 + young


def _drug(name: str) -> Callable[[Facts], Column]:
    return lambda f: (_drug_texts(name), np.maximum(f.state.drug, 0))


_NAMES = "drug dose medicine drug_class route often how how_terse amount sig_terse"
SLOTS: Mapping[str, Callable[[Facts], Column]] = {
    **{name: _drug(name) for name in _NAMES.split()},
    "sig": _instruction,
}
