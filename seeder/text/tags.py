"""Tags: facts of a row that decide which bodies may be said of it, as bits of one number."""

from __future__ import annotations

from functools import cache

import numpy as np

from seeder.clinical.model import SETTINGS
from seeder.errors import SeederError
from seeder.generate.data import entries
from seeder.generate.stream import Ints
from seeder.text.state import State

TAGS = (
    "infant child elder silent visit injury chronic pregnant newborn surgical drug lab comorbid "
    "inpatient emergency telehealth sudden cancer pictured head_image breast_image "
    "abdomen_image spine_image limb_image chest_image pelvis_image imaged tissue pain once given "
    "dated"
).split()
BANDS = {"infant": (0, 1), "child": (1, 18), "adult": (18, 65), "elder": (65, 200)}
YEAR_400 = 146_097  # days of 400 years

_BIT = {name: 1 << place for place, name in enumerate(TAGS)}
# A word that stands for the absence of others.
_ABSENT = {
    "adult": ("infant", "child"),
    "middle": ("infant", "child", "elder"),
    "outpatient": ("inpatient", "emergency", "telehealth"),
    "ill": ("visit", "injury", "newborn", "pregnant"),
}


def bit(name: str) -> int:
    return _BIT[name]


def masks(when: str) -> tuple[int, int]:
    """The tags that a condition asks for and those that it rules out, as masks.

    Raises SeederError for a word that is no tag.
    """
    need = forbid = 0
    for word in when.split():
        name = word.lstrip("!")
        if name in _ABSENT and not word.startswith("!"):
            forbid |= sum(_BIT[n] for n in _ABSENT[name])
        elif name not in _BIT:
            known = ", ".join((*TAGS, *_ABSENT))
            raise SeederError(f"{word!r} is no tag", f"known: {known}")
        elif word.startswith("!"):
            forbid |= _BIT[name]
        else:
            need |= _BIT[name]
    return need, forbid


def years(age_days: Ints) -> Ints:
    """Whole years of an age in days."""
    found: Ints = np.clip(age_days, 0, None) * 400 // YEAR_400
    return found


def of_age(age_days: Ints) -> Ints:
    """The tag of each row's age band."""
    age = years(age_days)
    return np.where(
        age < 1,
        _BIT["infant"],
        np.where(age < 18, _BIT["child"], np.where(age >= 65, _BIT["elder"], 0)),
    ).astype(np.int64)


_OF_SETTING = np.array([_BIT.get(name, 0) for name in SETTINGS], np.int64)


_STAFF = frozenset(("IV", "IVIT", "EP", "IU"))  # routes that nobody uses alone


@cache
def _of_drugs() -> Ints:
    """Tags of each drug, and last (-1) of none: a single dose is not gone on with."""
    columns = entries("drugs").columns
    taken = zip(columns["form"], columns["route"], columns["frequency"], strict=True)
    return np.array([*(_taken(*t) for t in taken), 0], np.int64)


def _taken(form: str, route: str, frequency: str) -> int:
    once = frequency == "ONCE"
    given = route in _STAFF or (form == "injection" and (route == "IM" or once))
    return _BIT["once" if once else "drug"] | (_BIT["given"] if given else 0)


def of_row(state: State) -> Ints:
    """Tags of age, setting, drug, laboratory test and other conditions."""
    tags = of_age(state.age_days) | _OF_SETTING[state.setting]
    tags |= _of_drugs()[state.drug]
    tags |= np.where(state.lab(0)[0] >= 0, _BIT["lab"], 0)
    if state.comorbid.shape[1]:
        tags |= np.where((state.comorbid >= 0).any(axis=1), _BIT["comorbid"], 0)
    found: Ints = tags
    return found
