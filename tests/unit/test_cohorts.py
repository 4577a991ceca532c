"""Cohorts are exact, for any number of patients and any slice of them."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from seeder.clinical.clinic import Clinic, clinic
from seeder.clinical.cohorts import Cohort, Group, overlap
from seeder.clinical.conditions import chronic
from seeder.generate import stream
from seeder.generate.permutation import permute
from seeder.generate.stream import Ints, Words
from seeder.plan.control import Clinical, compiled
from seeder.plan.parts import places
from seeder.plan.scenarios import ready_made

REFERENCE = 20_000 * 86_400_000_000
PATIENTS = 20_000


def _draw(purpose: str, numbers: Ints, draw: int) -> Words:
    return stream.words(stream.key(3, purpose), numbers, draw)


def _counted(made: Clinic, numbers: Ints) -> tuple[Ints, Ints, Ints]:
    """Female, age, and the first three chronic conditions of patients."""
    cohorts = made.enrolled(PATIENTS)
    assert cohorts is not None
    people = made.demography.draw(numbers, REFERENCE, _draw)
    member = cohorts.member(permute(stream.key(3, "ranks"), PATIENTS, numbers))
    people = cohorts.people(people, member, numbers, REFERENCE, _draw)
    cell = made.rates.cells.of(people, made.demography.regions, people.age(people.died_at))
    own = cohorts.own(member, numbers, _draw)
    found = chronic(made.rates, cell, numbers, _draw)
    found = cohorts.chronic(found, people, member, own, REFERENCE)
    age = people.age(np.full(len(numbers), REFERENCE))
    return people.female.astype(np.int64), age, found.listed


def test_a_quota_is_met_exactly_whatever_chance_would_give() -> None:
    diabetes = places(["E11.9"])
    cohort = Cohort("d", diabetes, Group((40, 49), True), 321)
    female, age, listed = _counted(clinic((cohort,)), np.arange(PATIENTS))
    has = (listed == diabetes[0]).any(axis=1)
    asked = has & (female == 1) & (age >= 40) & (age <= 49)
    assert int(asked.sum()) == 321
    # Others have it as often as ever.
    assert int((has & ~asked).sum()) > 300


def test_a_slice_has_the_same_members() -> None:
    cohort = Cohort("d", places(["E84.0"]), Group((0, 11)), 50)
    whole = _counted(clinic((cohort,)), np.arange(PATIENTS))
    some = np.asarray([7, 19_999, 3, 12_345], np.int64)
    for one, part in zip(whole[:2], _counted(clinic((cohort,)), some)[:2], strict=True):
        assert (one[some] == part).all()


def test_groups_overlap() -> None:
    assert overlap(Group((0, 11)), Group((11, 20)))
    assert not overlap(Group((0, 11)), Group((12, 20)))
    assert not overlap(Group(female=True), Group(female=False))
    assert overlap(Group(race="black"), Group(race="hispanic"))
    assert not overlap(Group(race="black"), Group(race="white"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"scenarios": [{"condition": "E84.1", "patients": 3}]}, "near: E84"),
        ({"scenarios": [{"condition": "O80", "patients": 3}]}, "say sex: F"),
        ({"scenarios": [{"condition": "O80", "sex": "M", "patients": 3}]}, "one sex only"),
        ({"scenarios": [{"condition": "F03.90", "ages": "0-20", "patients": 3}]}, "is met from"),
        ({"scenarios": [{"condition": "E84.0", "ages": "12-3", "patients": 3}]}, "ends before"),
        ({"scenarios": [{"condition": "E84.0"}]}, "patients is missing"),
        ({"scenarios": ["maternity-unti"]}, "did you mean maternity-unit"),
        (
            {
                "scenarios": [
                    {"name": "a", "condition": "I10", "ages": "20-60", "patients": 3},
                    {"name": "b", "condition": "I10", "ages": "50-70", "patients": 3},
                ]
            },
            "count the same patients",
        ),
        ({"prevalence": [{"condition": "I10", "rate": 1.5}]}, "less than or equal to 1"),
        ({"prevalence": [{"condition": "I10"}]}, "either rate or times"),
        ({"prevalence": [{"condition": "I10", "rate": 0.2, "race": "green"}]}, "known: white"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Clinical.model_validate(given)


def test_every_ready_made_scenario_can_be_used_and_adds_up() -> None:
    for name in ready_made():
        cohorts = compiled(
            Clinical.model_validate({"scenarios": [{"use": name, "patients": 97}]})
        ).cohorts
        assert sum(c.patients for c in cohorts) == 97


@pytest.mark.parametrize(("rate", "times"), [(0.4, None), (None, 0.5)])
def test_prevalence_is_changed_where_asked_and_nowhere_else(
    rate: float | None, times: float | None
) -> None:
    wanted = {"condition": "I10", "ages": "45-64", "sex": "F", "rate": rate, "times": times}
    changes = compiled(Clinical.model_validate({"prevalence": [wanted]})).changes
    (place,) = places(["I10"])
    plain, made = clinic(), clinic((), changes)
    band, sex, *_ = plain.rates.cells.axes
    mine = (band == 6) & (sex == 1)
    weights = plain.rates.cells.weights
    before = float((plain.rates.table[mine, place] * weights[mine]).sum() / weights[mine].sum())
    after = float((made.rates.table[mine, place] * weights[mine]).sum() / weights[mine].sum())
    assert after == pytest.approx(rate if rate is not None else before * 0.5, rel=0.02)
    assert (made.rates.table[~mine] == plain.rates.table[~mine]).all()
