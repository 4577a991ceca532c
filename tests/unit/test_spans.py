"""Stretches of time: inside the owner's, in order, after birth, before death and reference date."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seeder.generate import spans, stream
from seeder.generate.stream import Words

REFERENCE = 20_270 * spans.DAY


def words(n: int, draw: int = 0, seed: int = 1) -> Words:
    return stream.words(stream.key(seed, "t"), np.arange(n), draw)


@given(seed=st.integers(0, 2**32), reference=st.integers(0, 30_000))
def test_birth_before_death_before_the_reference_date(seed: int, reference: int) -> None:
    today = reference * spans.DAY
    for adult in (False, True):
        born = spans.birth(today, words(500, 0, seed), words(500, 1, seed), adult)
        assert (born < today).all()
        assert (born % spans.DAY == 0).all()
        died_at, died = spans.death(today, born, words(500, 2, seed), words(500, 3, seed))
        assert (died_at > born).all()
        assert (died_at <= today).all()
        assert (died_at[~died] == today).all()
        start, end = spans.observed(today, born, died_at)
        assert (start >= born).all()
        assert (start <= end).all()
        assert (end == died_at).all()


def test_ages_of_staff_and_the_share_of_the_dead() -> None:
    born = spans.birth(REFERENCE, words(20_000), words(20_000, 1), True)
    years = (REFERENCE - born) / spans.DAY / 365
    assert years.min() >= 23
    assert years.max() < 66.1
    born = spans.birth(REFERENCE, words(20_000), words(20_000, 1), False)
    _, died = spans.death(REFERENCE, born, words(20_000, 2), words(20_000, 3))
    assert 0.03 < died.mean() < 0.12


@given(
    start=st.integers(-(2**50), 2**50),
    length=st.integers(0, 2**47),
    siblings=st.integers(1, 60),
    seed=st.integers(0, 2**32),
)
def test_siblings_divide_their_owners_stretch(
    start: int, length: int, siblings: int, seed: int
) -> None:
    ordinal = np.arange(siblings)
    whole = np.full(siblings, start), np.full(siblings, start + length)
    low, high = spans.slot(*whole, ordinal, np.full(siblings, siblings))
    assert (low >= start).all()
    assert (high <= start + length).all()
    assert (low[1:] >= high[:-1]).all()
    draws = [words(siblings, d, seed) for d in range(3)]
    for inside in (spans.visit, spans.moment):
        begin, end = inside(low, high, *draws)
        assert (begin >= low).all()
        assert (begin <= end).all()
        assert (end <= high).all()


def test_short_visits_come_by_day_and_on_weekdays() -> None:
    start = np.full(20_000, REFERENCE - 400 * spans.DAY)
    begin, end = spans.visit(
        start, start + 200 * spans.DAY, *(words(20_000, d, 5) for d in range(3))
    )
    short = end - begin <= 6 * spans.HOUR
    assert 0.6 < short.mean() < 0.95
    hour = begin[short] // spans.HOUR % 24
    assert 0.85 < ((hour >= 7) & (hour < 18)).mean() < 0.95
    assert (hour < 6).any()
    weekend = (begin[short] // spans.DAY + 3) % 7 > 4  # the epoch was a Thursday
    assert 0.05 < weekend.mean() < 0.12
    assert (begin % spans.SECOND == 0).all()
    assert (end % spans.SECOND == 0).all()


def test_a_log_without_owner_is_in_the_order_of_its_rows() -> None:
    rows = np.arange(5000)
    start, end = spans.in_order(REFERENCE, rows, 5000, words(5000))
    assert (np.diff(start) > 0).all()
    assert (start < end).all()
    assert end.max() <= REFERENCE
    assert start.min() >= REFERENCE - spans.WINDOW


def test_standing_things_are_older_than_the_window() -> None:
    start, end = spans.standing(REFERENCE, np.arange(1000), words(1000))
    assert (start < REFERENCE - spans.WINDOW).all()
    assert (end == REFERENCE).all()


def test_visits_and_moments_have_their_usual_lengths() -> None:
    n = 20_000
    slot = np.zeros(n, np.int64), np.full(n, 90 * spans.DAY)
    draws = [words(n, d) for d in range(3)]
    begin, end = spans.visit(*slot, *draws)
    assert 30 <= np.median(end - begin) / spans.MINUTE <= 90
    assert (end - begin).max() > spans.DAY
    begin, end = spans.moment(*slot, *draws)
    assert (end - begin).max() < 3 * spans.DAY
    assert (begin % spans.SECOND == 0).all()
    assert (end % spans.SECOND == 0).all()


@given(start=st.integers(0, 4000), length=st.integers(0, 900), first=st.integers(0, 4000))
def test_what_lies_outside_a_life_is_moved_into_it(start: int, length: int, first: int) -> None:
    one = np.ones(50, np.int64)
    begun, ended = one * start * spans.DAY, one * (start + length) * spans.DAY
    born, died = one * first * spans.DAY, one * (first + 600) * spans.DAY
    low, high = spans.inside(begun, ended, born, died, words(50))
    assert (low >= born).all()
    assert (high <= died).all()
    assert (high - low == min(length, 600) * spans.DAY).all()
    if first <= start and start + length <= first + 600:
        assert (low == begun).all()


def test_courses_and_illnesses_last_for_days_until_the_end_of_a_life() -> None:
    start = REFERENCE - words(5000, 5).astype(np.int64) % (400 * spans.DAY)
    until = np.full(5000, REFERENCE)
    for drug in (True, False):
        end = spans.over(start, until, words(5000), words(5000, 1), drug)
        assert (end >= start).all()
        assert (end <= until).all()
        days = (end - start)[start < REFERENCE - 380 * spans.DAY] / spans.DAY
        assert 5 < np.median(days) < 40
