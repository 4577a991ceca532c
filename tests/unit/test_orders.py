"""What hangs on an order tells of its drug, and what goes on outlasts its moment."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import numpy as np
import pytest

from seeder.clinical.knowledge import load
from seeder.clinical.model import Drug
from seeder.generate.data import entries
from seeder.generate.makers.codes import _apart, _beside
from seeder.generate.world import World
from seeder.schema import Type
from tests.property.hand_made import CLINIC, build, planned, table, values

ORDER = table(
    "medication_order",
    "encounter_id bigint, drug_name text, start_at timestamptz, stop_at timestamptz?",
    "encounter_id -> encounter",
)
GIVEN = table(
    "medication_administration",
    "medication_order_id bigint, drug_name text, given_at timestamptz",
    "medication_order_id -> medication_order",
)
CONDITION = table(
    "condition",
    "encounter_id bigint, icd10_code code, start_date date, resolved_date date?",
    "encounter_id -> encounter",
)


@pytest.fixture(scope="module")
def world() -> World:
    return build(planned((*CLINIC, ORDER, GIVEN, CONDITION), 20_000))


def test_what_is_given_is_what_was_ordered(world: World) -> None:
    ordered = dict(values(world, "medication_order", "id", "drug_name"))
    given = values(world, "medication_administration", "medication_order_id", "drug_name")
    assert len(set(ordered.values())) > 50
    assert all(drug in (None, ordered[order]) for order, drug in given)


def test_a_course_outlasts_the_visit(world: World) -> None:
    days = [
        (stop - start).total_seconds() / 86_400
        for start, stop in values(world, "medication_order", "start_at", "stop_at")
        if isinstance(start, datetime) and isinstance(stop, datetime)
    ]
    assert min(days) >= 0
    assert np.median(days) > 5


def test_chronic_conditions_are_not_over(world: World) -> None:
    chronic = {c.code: c.chronic for c in load().conditions.values()}
    ends = defaultdict(list)
    for code, end in values(world, "condition", "icd10_code", "resolved_date"):
        ends[chronic[str(code)]].append(end is not None)
    assert not any(ends[True])
    assert np.mean(ends[False]) > 0.8


def test_nobody_takes_what_clashes_for_good(world: World) -> None:
    """Drugs of a patient within a month, all orders of all visits."""
    clashing = load().interactions
    drugs: dict[str, Drug] = {d.generic.lower(): d for d in load().drugs.values()}
    encounters = dict(values(world, "encounter", "id", "patient_id"))
    taken: dict[object, list[tuple[datetime, str]]] = defaultdict(list)
    for visit, name, start in values(
        world, "medication_order", "encounter_id", "drug_name", "start_at"
    ):
        generic = next((g for g in drugs if str(name).lower().startswith(g)), None)
        if generic and isinstance(start, datetime):
            taken[encounters[visit]].append((start, drugs[generic].name))
    pairs = hits = 0
    for mine in taken.values():
        for at, one in mine:
            for other_at, other in mine:
                if abs((at - other_at).days) <= 30 and one < other:
                    pairs += 1
                    hits += (one, other) in clashing
    assert pairs > 10_000
    assert hits / pairs < 0.0005


@pytest.mark.parametrize("first", [0, 5, 100, 406])
def test_drugs_of_one_order_are_all_different(first: int) -> None:
    """The story's, its other strengths, then what goes with any drug."""
    drugs = entries("drugs")
    apart = _apart(drugs, "name", Type("text", "text"))
    found = _beside(drugs, apart, np.full(len(apart), first), np.arange(len(apart)))
    assert found[0] == first
    assert sorted(found.tolist()) == sorted(apart.tolist())
    generics = [drugs.columns["generic"][n] for n in found.tolist()]
    own = generics.count(generics[0])
    assert len(set(generics[:own])) == 1
    assert drugs.columns["class"][found[own]] == "fluid"
