"""Pregnancies: whose, how many, and what their visits are about in which week."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeder.clinical.clinic import clinic
from seeder.clinical.population import DAY, YEAR, People
from seeder.clinical.pregnancy import WEEK, Pregnancy
from seeder.generate import stream
from seeder.generate.stream import Ints, Words

CLINIC = clinic()
EXPECTING = CLINIC.expecting
CODES = np.asarray([c.code for c in CLINIC.conditions])
REFERENCE = 20_000 * DAY
SEEN = 5 * YEAR
PATIENTS = 60_000


def _draw(purpose: str, numbers: Ints, draw: int) -> Words:
    return stream.words(stream.key(1, purpose), numbers, draw)


def _drawn(numbers: Ints) -> tuple[People, Pregnancy]:
    people = CLINIC.demography.draw(numbers, REFERENCE, _draw)
    start = np.maximum(people.born, REFERENCE - SEEN)
    return people, EXPECTING.draw(people, start, REFERENCE, SEEN, numbers, _draw)


@pytest.fixture(scope="module")
def everybody() -> tuple[People, Pregnancy]:
    return _drawn(np.arange(PATIENTS))


def test_women_of_an_age_are_pregnant(everybody: tuple[People, Pregnancy]) -> None:
    people, found = everybody
    mine = found.there
    assert people.female[mine].all()
    age = (found.ended - people.born)[mine] / YEAR
    assert age.min() > 14
    assert age.max() < 51
    gone = people.died & mine
    assert (found.ended[gone] < people.died_at[gone]).all()
    assert (found.ended[mine] > REFERENCE - SEEN).all()
    assert (found.ended[mine] < REFERENCE + YEAR + DAY).all()


def test_there_are_as_many_births_as_the_file_says(everybody: tuple[People, Pregnancy]) -> None:
    people, found = everybody
    last = found.there & (found.ended > REFERENCE - YEAR) & (found.ended <= REFERENCE)
    births = (last & EXPECTING.births[np.maximum(found.outcome, 0)]).sum()
    age = (REFERENCE - YEAR // 2 - people.born) // YEAR
    rows = CLINIC.knowledge.population.births
    wanted = sum(
        (people.female & (age >= r.ages[0]) & (age <= r.ages[1])).sum()
        * dict(r.figures)["per_1000_women"] / 1e6
        for r in rows
    )  # fmt: skip
    assert births == pytest.approx(wanted, rel=0.12)


def test_weeks_are_those_of_the_codes(everybody: tuple[People, Pregnancy]) -> None:
    _, found = everybody
    mine = np.flatnonzero(found.there)
    weeks = (found.ended - found.began)[mine] / WEEK
    term = np.isin(CODES[found.outcome[mine]], ["O80", "O82"])
    assert weeks[term].min() > 37
    assert weeks[term].max() < 42.5
    stages = CLINIC.knowledge.stages
    for week in (7, 12, 18, 26, 30, 36):
        start = found.began[mine] + week * WEEK + DAY
        about = EXPECTING.about(found.take(mine), start, mine, _draw)
        told = about >= 0
        assert 0.7 < told[start < found.ended[mine]].mean() < 0.95
        before = told & (start < found.ended[mine])
        for code in np.unique(CODES[about[before]]).tolist():
            assert stages[code].weeks[0] <= week <= stages[code].weeks[1], code


def test_a_pregnancy_is_called_the_same_from_its_beginning(
    everybody: tuple[People, Pregnancy],
) -> None:
    _, found = everybody
    mine = np.flatnonzero(found.there)[:3000]
    kinds = [set[str]() for _ in mine]
    for week in (8, 16, 24, 32):
        start = found.began[mine] + week * WEEK
        about = EXPECTING.about(found.take(mine), start, mine * 64 + week, _draw)
        for place, condition in enumerate(about.tolist()):
            if condition >= 0 and CODES[condition].startswith(("Z34.0", "Z34.9", "O09.5")):
                kinds[place].add(CODES[condition][:5])
    assert max(map(len, kinds)) == 1


def test_any_slice_is_the_same(everybody: tuple[People, Pregnancy]) -> None:
    _, found = everybody
    some = np.array([17, 4, 59_999, 1234, 17])
    _, again = _drawn(some)
    for name in ("began", "ended", "outcome", "series"):
        assert getattr(again, name).tolist() == getattr(found, name)[some].tolist()


@given(
    start=st.integers(17_000, 19_000),
    years=st.integers(1, 8),
    began=st.integers(-400, 3000),
    long=st.integers(60, 290),
    there=st.booleans(),
)
def test_time_runs_slower_while_pregnant(
    start: int, years: int, began: int, long: int, there: bool
) -> None:
    low, high = start * DAY, start * DAY + years * YEAR
    n = 97
    even = low + (high - low) * np.arange(n + 1) // n
    one = np.ones(n + 1, np.int64)
    found = Pregnancy(
        one * (low + began * DAY), one * (low + (began + long) * DAY), one * (there - 1), one * 0
    )
    moved = found.dense(even, one * low, one * high)
    assert (np.diff(moved) >= 0).all()
    assert moved[0] == low
    assert abs(moved[-1] - high) <= DAY * 6
    assert (moved >= low).all()
    assert (moved <= high).all()
    if not there:
        assert moved.tolist() == even.tolist()
        return
    inside = [((x > found.began) & (x < found.ended)).sum() for x in (even, moved)]
    assert inside[1] >= inside[0] - 2
