"""When members of a cohort come: in a surge between two dates, or by the visits of a trial.

A member's stretch of time is divided in three: visits before, the planned ones, visits after. The
first planned day is one word of the patient, its distance from the plan one of the visit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seeder.clinical.chance import Bools, Draw
from seeder.clinical.population import DAY
from seeder.generate.calendar import Calendar
from seeder.generate.spans import slot
from seeder.generate.stream import Ints, Words, below

_AFTER = 30 * DAY  # what a visit of a surge may last before the next one
_YEAR = 365
_WEEK = 7
AFTER, BEFORE, OTHERS = -1, -2, -3


@dataclass(frozen=True)
class Schedule:
    """``first`` and ``last``: days since 1970 between which members come for the first time; None
    of a trial: in the year before there is no more time. ``visits``: days after that, and by how
    many days each may miss. ``drug`` and ``rivals``: of a trial, the place of the arm's drug among
    the knowledge's and of those of all arms; ``usual``: what stands for those before it begins."""

    first: int | None = None
    last: int | None = None
    visits: tuple[tuple[int, int], ...] = ((0, 0),)
    drug: int = -1
    rivals: tuple[int, ...] = ()
    usual: int = -1
    trial: bool = False

    @property
    def length(self) -> int:
        """Days from the first visit to the latest end of the last one."""
        day, window = self.visits[-1]
        return day + window + 1

    def between(self, reference: int) -> tuple[int, int]:
        """The days between which members come for the first time."""
        last = reference // DAY - self.length if self.last is None else self.last
        return (last - _YEAR if self.first is None else self.first), last


@dataclass(frozen=True)
class Stretch:
    """Visits of members: how long the part of it is in which each lies, and how many there are."""

    start: Ints
    end: Ints
    ordinal: Ints
    siblings: Ints

    def take(self, at: Ints) -> Stretch:
        return Stretch(*(getattr(self, name)[at] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Planned:
    """Rows: ``place`` among the planned visits, AFTER or BEFORE them, OTHERS of nobody who has a
    schedule; where each one lies, and the last day on which it may begin."""

    place: Ints
    start: Ints
    end: Ints
    latest: Ints

    @classmethod
    def none(cls, n: int) -> Planned:
        """Rows of nobody who has a schedule."""
        zero = np.zeros(n, np.int64)
        return cls(zero + OTHERS, zero, zero.copy(), zero.copy())

    def laid(self, start: Ints, end: Ints, whole: bool) -> tuple[Ints, Ints]:
        """Where rows lie: by their schedule, the others as they would. ``whole``: a visit may last
        beyond the day on which it begins at the latest."""
        last = self.end if whole else np.where(self.place >= 0, self.latest + DAY, self.end)
        mine = self.place > OTHERS
        return np.where(mine, self.start, start), np.where(mine, last, end)

    def put(self, at: Ints, part: Planned) -> None:
        """Write the rows of one schedule in."""
        for name in self.__dataclass_fields__:
            getattr(self, name)[at] = getattr(part, name)


def planned(
    schedule: Schedule,
    rows: Stretch,
    patient: Ints,
    reference: int,
    draw: Draw,
    calendar: Calendar | None,
) -> Planned:
    """Where visits of members lie."""
    begin = _first(schedule, rows.start, reference, draw("schedule", patient, 0))
    many = len(schedule.visits)
    final = begin + schedule.length * DAY + (0 if schedule.trial else _AFTER)
    before, after = np.maximum(begin - DAY - rows.start, 0), np.maximum(rows.end - final, 0)
    others = np.maximum(rows.siblings - many, 0)
    ahead = (others * (before / np.maximum(before + after, 1))).astype(np.int64)
    place = rows.ordinal - ahead
    of_plan = (place >= 0) & (place < many)
    low, high = slot(rows.start, rows.start + before, rows.ordinal, np.maximum(ahead, 1), calendar)
    low_after, high_after = slot(
        rows.end - after, rows.end, place - many, np.maximum(others - ahead, 1), calendar
    )
    mine = np.where(of_plan, place, 0)
    day = _day(schedule, begin, mine, draw("schedule", patient * 64 + mine, 1))
    latest = day if schedule.trial else np.minimum(day + 2 * DAY, _last(schedule, reference) * DAY)
    end = day + DAY if schedule.trial else np.minimum(day + _AFTER, rows.end)
    late = place >= many
    return Planned(
        np.where(of_plan, place, np.where(late, AFTER, BEFORE)),
        np.where(of_plan, day, np.where(late, low_after, low)),
        np.where(of_plan, end, np.where(late, high_after, high)),
        np.where(of_plan, latest, 0),
    )


def _last(schedule: Schedule, reference: int) -> int:
    return schedule.between(reference)[1]


def _first(schedule: Schedule, start: Ints, reference: int, word: Words) -> Ints:
    """The first planned day: of a surge in the middle more than at its ends, of a trial a working
    day; not before the database saw the patient."""
    first, last = schedule.between(reference)
    low = np.maximum(first, np.minimum(start // DAY + 1, last))
    room = last - low + 1
    if schedule.trial:
        day = low + below(word, room)
        weekday = (day + 3) % _WEEK
        later = day + np.where(weekday > 4, _WEEK - weekday, 0)
        day = np.where(later <= last, later, np.maximum(day - (weekday - 4), low))
    else:
        half = below(word, room + 1) + below(word << np.uint64(32), room)
        day = low + half // 2
    found: Ints = day * DAY
    return found


def _day(schedule: Schedule, begin: Ints, place: Ints, word: Words) -> Ints:
    """The day of each planned visit, on a working day where its window has one."""
    days = np.asarray([d for d, _ in schedule.visits], np.int64)[place]
    window = np.asarray([w for _, w in schedule.visits], np.int64)[place]
    middle = begin // DAY + days
    day = middle + below(word, 2 * window + 1) - window
    if schedule.trial:
        weekday = (day + 3) % _WEEK
        off = weekday > 4
        monday, friday = day + _WEEK - weekday, day - (weekday - 4)
        day = np.where(off & (monday <= middle + window), monday, np.where(
            off & (friday >= middle - window), friday, day
        ))  # fmt: skip
    found: Ints = day * DAY
    return found


def comes(schedule: Schedule, begun: Ints, ended: Ints, reference: int) -> Bools:
    """Whether what begins between two moments may begin between the dates of a surge."""
    first, last = schedule.between(reference)
    return (begun < (last + 1) * DAY) & (ended >= first * DAY)
