"""The years that a database has seen, and when in them more happens than at other times.

Growth, months and weekdays are one weight a day. Events are placed evenly in a time of its own,
that runs as fast as the weights say, and read back on the clock: what was in order stays in order,
and a slice needs nothing but the table of days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seeder.generate.stream import Ints, Words, below

Floats = npt.NDArray[np.float64]

DAY = 86_400_000_000
MILLI = 1_000
_MILLION = 1_000_000
_LEAST = 1_000  # of the mean: a day that is closed still has room for what can be at no other
_OPEN = 5  # weekdays of clinics


@dataclass(frozen=True)
class Seasons:
    """How much more happens when: ``growth`` a year in millionths, weights of months and weekdays
    (Monday first) in thousandths."""

    growth: int = 0
    months: tuple[int, ...] = (MILLI,) * 12
    weekdays: tuple[int, ...] = (MILLI,) * 7


EVEN = Seasons()


@dataclass(frozen=True)
class Calendar:
    """The days from ``start`` to ``end`` (whole days, microseconds since 1970), by weight."""

    start: int
    end: int
    seasons: Seasons

    @cached_property
    def _days(self) -> tuple[Floats, Ints]:
        """The weight of each day, a mean one having the microseconds of a day; and their sums."""
        first = np.arange(self.start // DAY, -(-self.end // DAY))
        weight = _grown(len(first), self.seasons.growth)
        month = first.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
        weight = weight * np.asarray(self.seasons.months, np.float64)[month]
        weight = weight * np.asarray(self.seasons.weekdays, np.float64)[(first + 3) % 7]
        mean = _sum(weight) / len(first)
        length = np.maximum((weight / mean * DAY).astype(np.int64), DAY // _LEAST)
        sums = np.zeros(len(first) + 1, np.int64)
        np.cumsum(length, out=sums[1:])
        return length.astype(np.float64), sums

    def to(self, moments: Ints) -> Ints:
        """Moments in the time that runs by weight."""
        length, sums = self._days
        inside = np.clip(moments, self.start, self.end) - self.start
        day = np.minimum(inside // DAY, len(length) - 1)
        found: Ints = sums[day] + ((inside - day * DAY) / DAY * length[day]).astype(np.int64)
        return found

    def back(self, places: Ints) -> Ints:
        """The moments of places in that time."""
        length, sums = self._days
        day = np.clip(np.searchsorted(sums, places, "right") - 1, 0, len(length) - 1)
        part = (places - sums[day]) / length[day]
        found: Ints = self.start + day * DAY + (part * DAY).astype(np.int64)
        return found

    def between(self, low: Ints, high: Ints, word: Words) -> Ints:
        """A moment of [low, high), by weight."""
        first, last = self.to(low), self.to(high)
        drawn = self.back(first + below(word, np.maximum(last - first, 1)))
        found: Ints = np.clip(drawn, low, np.maximum(high - 1, low))
        return found

    @property
    def weekly(self) -> bool:
        """Whether weekdays have weights of their own."""
        return self.seasons.weekdays != EVEN.weekdays

    def working(self, day: Ints, word: Words) -> Ints:
        """Days, where they are of a weekend the Monday to Friday after it that ``word`` draws."""
        weights = np.maximum(np.asarray(self.seasons.weekdays[:_OPEN], np.int64), 1)
        spot = below(word, int(weights.sum()))
        drawn = np.searchsorted(np.cumsum(weights), spot, "right")
        weekday = (day + 3) % 7
        found: Ints = np.where(weekday >= _OPEN, day + 7 - weekday + drawn, day)
        return found


def _grown(days: int, growth: int) -> Floats:
    """A factor of each day: whole years by product, straight lines between."""
    year = np.arange(days) * 4 // 1461
    part = (np.arange(days) * 4 - year * 1461) / 1461
    yearly = [1.0]
    for _ in range(int(year[-1]) + 1):
        yearly.append(yearly[-1] * (1 + growth / _MILLION))
    ends = np.asarray(yearly)
    found: Floats = ends[year] + (ends[year + 1] - ends[year]) * part
    return found


def _sum(values: Sequence[float] | Floats) -> float:
    """One after the other: the same on every machine."""
    total = 0.0
    for value in np.asarray(values).tolist():
        total += value
    return total
