"""What a patient does not tolerate: entries of the table of allergens, and the drugs that they are.

Drugs stand at the first places of a patient's list only, so that whoever asks which drugs to avoid
needs no count of the rows that a table of allergies has.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from seeder.clinical.chance import Bools, Draw
from seeder.clinical.knowledge import load
from seeder.generate.data import entries
from seeder.generate.stream import Ints, below

_PLACES = 64  # of a patient's list, that have a word of their own
_DRUGS_AT = 4  # the places that a drug may stand at


@cache
def avoided() -> Bools:
    """Whether an allergen (rows) is a drug of the knowledge (columns), by stems of its name."""
    generics = [d.generic.lower() for d in load().drugs.values()]
    stems = [tuple(filter(None, s.split("|"))) for s in entries("allergens").columns["stems"]]
    return np.asarray([[any(s in g for s in each) for g in generics] for each in stems])


@cache
def _harmless() -> Ints:
    """The allergens that are no drugs."""
    return np.flatnonzero(np.asarray(entries("allergens").columns["category"]) != "medication")


def allergen(patient: Ints, place: Ints, draw: Draw) -> Ints:
    """The entry at a place of each patient's list."""
    word = draw("allergen", patient * _PLACES + place % _PLACES, 0)
    others = _harmless()
    drawn = entries("allergens").draw(word)
    return np.where(place % _PLACES < _DRUGS_AT, drawn, others[below(word, len(others))])


def tolerated(patient: Ints, drug: Ints, draw: Draw) -> Bools:
    """Whether each patient has no allergy to a drug; true for none (-1)."""
    fine = np.ones(len(drug), np.bool_)
    table, first = entries("allergens"), patient * _PLACES
    for place in range(_DRUGS_AT):
        found = table.draw(draw("allergen", first + place, 0))
        fine &= ~avoided()[found, drug]  # of no drug the last one's, and put right below
    return fine | (drug < 0)
