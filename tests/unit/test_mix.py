"""A population by a user's shares: they come out, and what they leave open keeps proportions."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from seeder.clinical.clinic import Clinic, clinic
from seeder.clinical.conditions import chronic
from seeder.clinical.mix import Mix, mixed
from seeder.clinical.population import DAY, REGIONS, People
from seeder.generate import stream
from seeder.generate.stream import Ints, Words
from seeder.plan.control import Clinical, compiled

REFERENCE = 20_000 * DAY
PATIENTS = 60_000
WANTED = {
    "ages": {"0-17": 0.5, "18-64": 0.2, "65-89": 0.3},
    "women": 0.7,
    "races": {"black": 0.6, "asian": 0.4},
    "hispanic": 0.25,
    "languages": {"en": 0.5, "es": 0.3, "zh": 0.2},
    "regions": {"midwest": 0.75, "NY": 0.25},
    "insurance": {"medicaid": 0.6, "commercial": 0.4},
}


def _draw(purpose: str, numbers: Ints, draw: int) -> Words:
    return stream.words(stream.key(9, purpose), numbers, draw)


@pytest.fixture(scope="module")
def made() -> tuple[Clinic, People]:
    asked = Clinical.model_validate({"population": WANTED})
    some = clinic(*compiled(asked))
    return some, some.demography.draw(np.arange(PATIENTS), REFERENCE, _draw)


def test_shares_are_those_asked_for(made: tuple[Clinic, People]) -> None:
    some, people = made
    age = people.age(np.full(PATIENTS, REFERENCE))
    region = some.demography.regions[people.state]
    living = age[~people.died]  # shares of ages are those of the living
    seen = {
        "child": ((living < 18).mean(), 0.5),
        "adult": (((living >= 18) & (living < 65)).mean(), 0.2),
        "old": (((living >= 65) & (living < 90)).mean(), 0.3),
        "women": (people.female.mean(), 0.7),
        "black": ((people.race == 1).mean(), 0.6),
        "asian": ((people.race == 2).mean(), 0.4),
        "hispanic": (people.hispanic.mean(), 0.25),
        "midwest": ((region == REGIONS.index("midwest")).mean(), 0.75),
        "NY": ((np.asarray(some.demography.states)[people.state] == "NY").mean(), 0.25),
    }  # fmt: skip
    spoken = np.asarray(some.demography.languages)[people.language]
    seen |= {code: ((spoken == code).mean(), share) for code, share in WANTED["languages"].items()}
    when = np.full(PATIENTS, REFERENCE)
    paid = some.demography.insurance(people, when, _draw("insurance", np.arange(PATIENTS), 0))
    seen["medicaid"] = ((paid == 2).mean(), 0.6)
    for name, (share, wanted) in seen.items():
        assert share == pytest.approx(wanted, abs=0.012), name


def test_what_shares_leave_open_keeps_its_proportions(made: tuple[Clinic, People]) -> None:
    _, people = made
    age = people.age(np.full(PATIENTS, REFERENCE))
    old = age[(age >= 65) & (age < 90)]
    assert 0.35 < (old < 72).mean() < 0.5  # more of 65 than of 85
    spanish = people.language == 1
    assert spanish[people.hispanic].mean() > 3 * spanish[~people.hispanic].mean()


def test_rates_of_each_part_stay_and_shares_of_all_follow(made: tuple[Clinic, People]) -> None:
    some, _ = made
    assert (some.rates.table == clinic().rates.table).all()
    everybody = clinic().rates
    child = [c.code for c in everybody.conditions].index("Z00.129")
    before = float((everybody.table[:, child] * everybody.cells.weights).sum())
    after = float((some.rates.table[:, child] * some.rates.cells.weights).sum())
    assert after > 1.8 * before  # half are children


def test_households_live_in_one_state(made: tuple[Clinic, People]) -> None:
    _, people = made
    assert (people.state[1::16] != people.state[0::16]).any()
    assert (people.state[2::16] == people.state[3::16]).all()


def test_any_slice_is_the_same_and_no_mix_changes_nothing(made: tuple[Clinic, People]) -> None:
    some, people = made
    part = np.asarray([59_999, 5, 31_000], np.int64)
    assert (some.demography.draw(part, REFERENCE, _draw).born == people.born[part]).all()
    known = clinic().knowledge.population
    assert mixed(known, Mix()) is known


def test_words_drawn_for_a_patient_stay_few(made: tuple[Clinic, People]) -> None:
    drawn = [0]

    def counting(purpose: str, numbers: Ints, draw: int) -> Words:
        drawn[0] += len(numbers)
        return _draw(purpose, numbers, draw)

    some, numbers = made[0], np.arange(5000)
    people = some.demography.draw(numbers, REFERENCE, counting)
    cell = some.rates.cells.of(people, some.demography.regions, people.age(people.died_at))
    chronic(some.rates, cell, numbers, counting)
    print(f"words: {drawn[0] / 5000:.1f} a patient of another population")
    assert drawn[0] < 25 * 5000


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"population": {"races": {"white": 0.5, "black": 0.4}}}, "0.5 . 0.4 = 0.9"),
        ({"population": {"races": {"green": 1}}}, "there is no 'green'; known: white"),
        ({"population": {"regions": {"souht": 1}}}, "did you mean south"),
        ({"population": {"regions": {"south": 0.5, "TX": 0.5}}}, "TX lies in south"),
        ({"population": {"ages": {"0-17": 0.5, "17-90": 0.5}}}, "years in common"),
        ({"population": {"ages": {"young": 1}}}, "not of the form"),
        ({"population": {"women": 1.2}}, "less than or equal to 1"),
        ({"population": {"languages": {"tlh": 1}}}, "there is no 'tlh'"),
        (
            {
                "population": {"ages": {"0-17": 1}},
                "scenarios": [{"condition": "I10", "ages": "30-60", "patients": 3}],
            },
            "nobody of ages 30-60",
        ),
        (
            {
                "population": {"women": 0},
                "prevalence": [{"condition": "I10", "sex": "F", "times": 2}],
            },
            "nobody of sex F",
        ),
        ({"prevalence": [{"condition": "I10", "ages": "40-43", "times": 2}]}, "no whole band"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Clinical.model_validate(given)
