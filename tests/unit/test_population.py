"""The population model: shares of the knowledge come out, and any slice is the same."""

from __future__ import annotations

import numpy as np
import pytest

from seeder.clinical.chance import exponential, normal, rate
from seeder.clinical.clinic import clinic
from seeder.clinical.conditions import Conditions, chronic
from seeder.clinical.episodes import INPATIENT, numbered
from seeder.clinical.population import DAY, YEAR, People
from seeder.generate import stream
from seeder.generate.stream import Ints, Words

REFERENCE = 20_000 * DAY
PATIENTS = 200_000
CLINIC = clinic()


def _draw(purpose: str, numbers: Ints, draw: int) -> Words:
    return stream.words(stream.key(1, purpose), numbers, draw)


def _patients(numbers: Ints) -> tuple[People, Ints, Conditions]:
    people = CLINIC.demography.draw(numbers, REFERENCE, _draw)
    cell = CLINIC.rates.cells.of(people, CLINIC.demography.regions, people.age(people.died_at))
    return people, cell, chronic(CLINIC.rates, cell, numbers, _draw)


@pytest.fixture(scope="module")
def everybody() -> tuple[People, Ints, Ints]:
    """All patients, their cells, and how many have each condition."""
    step = 1 << 15
    people, cells, counts = [], [], np.zeros(len(CLINIC.conditions), np.int64)
    for start in range(0, PATIENTS, step):
        some, cell, found = _patients(np.arange(start, min(start + step, PATIENTS)))
        people.append(some)
        cells.append(cell)
        counts += np.bincount(found.listed[found.listed >= 0], minlength=len(counts))
    fields = People.__dataclass_fields__
    whole = People(*(np.concatenate([getattr(p, f) for p in people]) for f in fields))
    return whole, np.concatenate(cells), counts


def test_every_chronic_condition_is_as_frequent_as_its_target(
    everybody: tuple[People, Ints, Ints],
) -> None:
    _, cells, counts = everybody
    target = CLINIC.rates.table[cells].sum(axis=0)
    for number, condition in enumerate(CLINIC.conditions):
        if not condition.chronic:
            continue
        # Four times the sampling error, for what is rare.
        allowed = max(0.1 * target[number], 4 * np.sqrt(target[number]) + 1)
        assert abs(counts[number] - target[number]) <= allowed, condition.code


def test_age_and_sex_are_those_of_the_pyramid(everybody: tuple[People, Ints, Ints]) -> None:
    people, _, _ = everybody
    age = people.age(np.full(PATIENTS, REFERENCE))[~people.died]
    pyramid = CLINIC.knowledge.population.pyramid
    total = sum(n for band in pyramid for _, n in band.figures)
    for band in pyramid[:-1]:
        wanted = sum(n for _, n in band.figures) / total
        seen = ((age >= band.ages[0]) & (age <= band.ages[1])).mean()
        assert seen == pytest.approx(wanted, rel=0.05), band.ages
    assert people.female[~people.died].mean() == pytest.approx(0.5075, abs=0.005)


def test_the_old_die_more_often_than_the_young(everybody: tuple[People, Ints, Ints]) -> None:
    people, _, _ = everybody
    age = people.age(people.died_at)
    assert people.died[age >= 85].mean() > 20 * people.died[(age >= 18) & (age < 45)].mean()
    assert (people.died_at[people.died] >= people.born[people.died]).all()


def test_nobody_has_two_conditions_of_a_family() -> None:
    _, _, found = _patients(np.arange(20_000))
    family = np.where(found.listed >= 0, CLINIC.rates.family[found.listed], -1)
    for row in family[found.count > 1][:5000]:
        mine = row[row >= 0]
        assert len(set(mine.tolist())) == len(mine)


def test_any_slice_in_any_order_is_the_same() -> None:
    people, _, found = _patients(np.arange(5000))
    some = np.asarray([4999, 17, 0, 2500], np.int64)
    again, _, part = _patients(some)
    assert (again.born == people.born[some]).all()
    for row, number in enumerate(some.tolist()):
        mine = found.listed[number][found.listed[number] >= 0]
        assert (part.listed[row][part.listed[row] >= 0] == mine).all()


def test_words_drawn_for_a_patient_are_few() -> None:
    drawn = [0]

    def counting(purpose: str, numbers: Ints, draw: int) -> Words:
        drawn[0] += len(numbers)
        return _draw(purpose, numbers, draw)

    numbers = np.arange(20_000)
    people = CLINIC.demography.draw(numbers, REFERENCE, counting)
    cell = CLINIC.rates.cells.of(people, CLINIC.demography.regions, people.age(people.died_at))
    found = chronic(CLINIC.rates, cell, numbers, counting)
    a_patient, drawn[0] = drawn[0] / len(numbers), 0
    start = people.died_at - YEAR
    no = np.zeros(len(numbers), np.bool_)
    CLINIC.course.draw(people, found, numbered(numbers, numbers), start, no, no, counting)
    an_episode = drawn[0] / len(numbers)
    print(f"words: {a_patient:.1f} a patient, {an_episode:.1f} an episode")
    assert a_patient < 25
    assert an_episode < 10


def test_stays_are_as_long_as_the_condition_asks_for() -> None:
    numbers = np.arange(40_000)
    people, _, found = _patients(numbers)
    no = np.zeros(len(numbers), np.bool_)
    made = CLINIC.course.draw(people, found, numbered(numbers, numbers), people.died_at - YEAR,
                              no, no, _draw)  # fmt: skip
    stays = made.setting == INPATIENT
    assert 0.01 < stays.mean() < 0.12
    ratio = made.minutes[stays] / CLINIC.course.stays[0][made.condition[stays]]
    assert np.median(ratio) == pytest.approx(1.0, abs=0.1)


def test_tables_stand_for_functions() -> None:
    x = np.linspace(-8, 8, 4001)
    assert np.allclose(exponential(x), np.exp(x), rtol=1e-6)
    p = np.linspace(0, 0.99, 1000)
    assert np.allclose(rate(p), -np.log1p(-p), atol=1e-9)
    drawn = normal(_draw("normal", np.arange(200_000), 0))
    assert abs(drawn.mean()) < 0.01
    assert drawn.std() == pytest.approx(1.0, abs=0.01)
