"""Time that runs by weight: in order, the same for any slice, and as dense as was asked for."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from seeder.errors import UsageError
from seeder.generate import spans, stream
from seeder.generate.calendar import DAY, EVEN, MILLI, Calendar, Seasons
from seeder.generate.stream import Ints
from seeder.plan.timing import Timing, refuse_other_end

START, DAYS = 18_993 * DAY, 1096  # 2022 to 2024
END = START + DAYS * DAY
WEIGHTED = Calendar(
    START, END, Seasons(200_000, (1500, *[MILLI] * 5, 500, *[MILLI] * 5), (*[MILLI] * 5, 300, 0))
)
KEY = stream.key(1, "calendar")


def _placed(calendar: Calendar, n: int) -> Ints:
    return calendar.between(np.full(n, START), np.full(n, END), stream.words(KEY, np.arange(n)))


def test_density_follows_growth_months_and_weekdays() -> None:
    day = _placed(WEIGHTED, 300_000) // DAY
    year = day.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    counts = [int((year == y).sum()) for y in (2022, 2023, 2024)]
    assert counts[1] / counts[0] == pytest.approx(1.2, abs=0.02)
    assert counts[2] / counts[1] == pytest.approx(1.2, abs=0.02)
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    assert (month == 0).sum() / (month == 6).sum() == pytest.approx(3 * 1.2**-0.5, rel=0.04)
    weekday = (day + 3) % 7
    assert (weekday == 5).sum() / (weekday == 2).sum() == pytest.approx(0.3, abs=0.02)
    assert (weekday == 6).mean() < 0.001


@given(st.lists(st.integers(START, END), min_size=2, max_size=50))
def test_the_two_times_keep_order_and_meet(moments: list[int]) -> None:
    ordered = np.sort(np.asarray(moments, np.int64))
    places = WEIGHTED.to(ordered)
    assert (np.diff(places) >= 0).all()
    assert (np.diff(WEIGHTED.back(places)) >= 0).all()
    # Of a closed day, whose thousandth part is all there is, a moment is met to the second.
    assert (np.abs(WEIGHTED.back(places) - np.minimum(ordered, END)) <= 1_000_000).all()


def test_slots_divide_a_stretch_without_gap_or_overlap() -> None:
    siblings = np.full(7, 7)
    start, end = np.full(7, START + DAY), np.full(7, END - 3 * DAY)
    low, high = spans.slot(start, end, np.arange(7), siblings, WEIGHTED)
    assert (low[1:] == high[:-1]).all()
    assert (high > low).all()
    assert low[0] == START + DAY
    assert high[-1] >= END - 3 * DAY - spans.MINUTE


def test_clinics_come_on_working_days_by_their_weights() -> None:
    calendar = Calendar(START, END, Seasons(weekdays=(2000, 500, 500, 500, 500, 2000, 2000)))
    n = 40_000
    words = [stream.words(KEY, np.arange(n), d) for d in (1, 2)]
    begun, _ = spans.stay(
        np.full(n, START), np.full(n, END), np.full(n, 20 * spans.MINUTE), np.ones(n, np.bool_),
        *words, calendar=calendar,
    )  # fmt: skip
    weekday = (begun // DAY + 3) % 7
    assert (weekday > 4).mean() < 0.001
    assert (weekday == 0).mean() == pytest.approx(0.5, abs=0.02)


def test_an_even_calendar_is_the_clock() -> None:
    even = Calendar(START, END, EVEN)
    some = np.asarray([START, START + 12_345_678_901, END - 1], np.int64)
    assert (np.abs(even.to(some) + START - some) <= 1).all()


def test_weights_are_read_by_name_and_number() -> None:
    read = Timing.model_validate({"months": {1: 2, "jul": 0.5}, "weekdays": {"sun": 0}})
    assert read.seasons.months[:2] == (2000, 1000)
    assert read.seasons.months[6] == 500
    assert read.seasons.weekdays[6] == 0
    assert Timing().seasons == EVEN


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"months": {"january": 2}}, "did you mean jan"),
        ({"months": {13: 2}}, "there is no '13'"),
        ({"weekdays": {"monday": 2}}, "did you mean mon"),
        ({"weekdays": dict.fromkeys("mon tue wed thu fri sat sun".split(), 0)}, "all 0"),
        ({"start": "2025-01-01", "end": "2024-01-01"}, "are -365 days"),
        ({"growth": -1}, "greater than or equal to -0.9"),
    ],
)
def test_what_cannot_be_is_refused(given_: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Timing.model_validate(given_)


def test_the_end_is_the_reference_date() -> None:
    timing = Timing(start=dt.date(2024, 1, 1), end=dt.date(2024, 12, 31))
    refuse_other_end(timing, dt.date(2024, 12, 31))
    with pytest.raises(UsageError, match="not the reference date"):
        refuse_other_end(timing, dt.date(2025, 1, 1))
    with pytest.raises(UsageError, match="at least 7"):
        refuse_other_end(Timing(start=dt.date(2024, 1, 1)), dt.date(2024, 1, 2))
