"""What a patient does not tolerate is not given to that patient."""

from __future__ import annotations

import numpy as np

from seeder.clinical.knowledge import load
from seeder.generate import stream
from seeder.generate.allergy import allergen, avoided, tolerated
from seeder.generate.data import entries
from seeder.generate.stream import Ints, Words

KEY = stream.key(0, "h.patient", "patient")


def draw(purpose: str, numbers: Ints, draw_: int) -> Words:
    return stream.words(stream.key(0, "h.patient", purpose), numbers, draw_)


def test_drugs_are_known_by_the_stems_of_their_names() -> None:
    generics = [d.generic for d in load().drugs.values()]
    codes = entries("allergens").columns["code"]
    penicillin = avoided()[codes.index("PEN")]
    assert {g for g, is_one in zip(generics, penicillin, strict=True) if is_one} >= {
        "Amoxicillin", "Ampicillin", "Penicillin V", "Piperacillin and tazobactam",
    }  # fmt: skip
    assert not avoided()[codes.index("PNUT")].any()


def test_drugs_stand_at_the_first_places_of_a_list_only() -> None:
    kind = np.asarray(entries("allergens").columns["category"])
    patients = np.arange(4000)
    assert (kind[allergen(patients, np.zeros(4000, np.int64), draw)] == "medication").any()
    for place in (4, 5, 63):
        later = kind[allergen(patients, np.full(4000, place), draw)]
        assert not (later == "medication").any()


def test_tolerated_is_what_no_allergen_of_the_list_is() -> None:
    patients = np.repeat(np.arange(50), len(load().drugs))
    drugs = np.tile(np.arange(len(load().drugs)), 50)
    fine = tolerated(patients, drugs, draw)
    assert 0.9 < fine.mean() < 1
    for place in range(8):
        found = allergen(patients, np.full(len(patients), place), draw)
        assert not avoided()[found, drugs][fine].any()


def test_no_drug_is_always_tolerated() -> None:
    assert tolerated(np.arange(100), np.full(100, -1), draw).all()
