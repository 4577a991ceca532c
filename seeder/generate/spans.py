"""Stretches of time: lives, slots, visits and moments, as int64 microseconds since 1970 UTC.

Children of one owner divide its stretch in the order of their numbers, so that they do not
overlap and nothing happens before birth, after death or after the reference date.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seeder.generate.calendar import Calendar
from seeder.generate.stream import Ints, Words, below, chance

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# Five years: what a staging database usually holds of its production's history.
WINDOW = 1826 * DAY

# Ages in years at 32 equal shares of the persons that a hospital knows: older than the population,
# with a bulge of newborns. An estimate, until the clinical model gives it by source.
_AGES = np.array(
    [0, 1, 4, 8, 13, 18, 21, 24, 27, 30, 33, 36, 39, 42, 45, 48,
     51, 53, 56, 58, 61, 63, 65, 68, 70, 72, 75, 77, 80, 83, 87, 92], np.int64
)  # fmt: skip
# Minutes that a visit lasts: most are outpatient, one in five stays for days.
_VISITS = np.array(
    [10, 15, 15, 15, 20, 20, 20, 25, 25, 30, 30, 30, 30, 40, 45, 45,
     45, 60, 60, 75, 90, 120, 180, 240, 360, 1500, 2400, 3600, 5000, 7200, 11000, 24000], np.int64
)  # fmt: skip
# Minutes between a moment's start and its end: order to result, specimen to report.
_MOMENTS = np.array(
    [2, 3, 5, 5, 8, 10, 10, 12, 15, 15, 20, 20, 25, 30, 30, 35,
     40, 45, 45, 60, 60, 75, 90, 90, 120, 150, 180, 240, 360, 600, 1440, 2880], np.int64
)  # fmt: skip


# The hour at which 32 equal shares of short visits begin: clinics by day, emergencies by night.
_ARRIVALS = np.array(
    [1, 4, 7, 8, 8, 8, 9, 9, 9, 9, 9, 10, 10, 10, 10, 11,
     11, 11, 12, 13, 13, 13, 14, 14, 14, 15, 15, 16, 16, 17, 19, 22], np.int64
)  # fmt: skip
# The hour at which 32 equal shares of appointments begin.
_OFFICE = np.array(
    [8, 8, 8, 8, 9, 9, 9, 9, 9, 10, 10, 10, 10, 10, 11, 11,
     11, 11, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 16, 16], np.int64
)  # fmt: skip
# Days that a treatment goes on.
_COURSES = np.array(
    [1, 3, 5, 5, 7, 7, 7, 7, 10, 10, 10, 14, 14, 14, 21, 28,
     30, 30, 30, 30, 30, 30, 30, 60, 60, 90, 90, 90, 90, 90, 180, 365], np.int64
)  # fmt: skip
_SHORT = 6 * HOUR
_WEEKEND = 0.7  # the share of short visits that weekends have less than other days


def _pick(table: Ints, word: Words) -> tuple[Ints, Ints]:
    """An entry and the next one, for drawing between them."""
    at = (word >> np.uint64(59)).view(np.int64)
    return table[at], table[np.minimum(at + 1, len(table) - 1)]


def _between(table: Ints, word: Words, unit: int, fine: Words) -> Ints:
    low, high = _pick(table, word)
    return low * unit + below(fine, np.maximum((high - low) * unit, unit))


def birth(reference: int, age: Words, fine: Words, adult: bool) -> Ints:
    """When a person was born: midnight UTC. ``adult``: of working age (staff)."""
    days = 23 * 365 + below(age, 43 * 365) if adult else _between(_AGES, age, 365, fine)
    return (reference // DAY - 1 - days) * DAY


def death(
    reference: int, born: Ints, word: Words, fine: Words
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """(time of death or the reference date, whether the person died), within the window."""
    years = (reference - born) // (365 * DAY)
    # The share of the dead grows with the square of the age, to 30 % at one hundred.
    died = below(word, 100 * 100 * 10) < years * years * 3
    since = np.maximum(np.minimum(reference - born, WINDOW), 1)
    moment = (reference - below(fine, since)) // MINUTE * MINUTE
    return np.where(died, np.maximum(moment, born + MINUTE), reference), died


def observed(reference: int, born: Ints, died_at: Ints, window: int = WINDOW) -> tuple[Ints, Ints]:
    """The part of a life that the database has seen."""
    return np.minimum(np.maximum(born, reference - window), died_at), died_at


def standing(reference: int, rows: Ints, word: Words, window: int = WINDOW) -> tuple[Ints, Ints]:
    """Things that stand for years (a ward, a payer): from before the window until today."""
    start = reference - window - 3 * WINDOW + below(word, 3 * WINDOW)
    return start // DAY * DAY, np.full(len(rows), reference)


def in_order(
    reference: int, rows: Ints, total: int, word: Words, calendar: Calendar | None = None,
    window: int = WINDOW,
) -> tuple[Ints, Ints]:  # fmt: skip
    """A log without an owner: the row number is the order in time, over the whole window."""
    if calendar is not None:
        whole = int(calendar.to(np.asarray([reference]))[0])
        step = max(whole // max(total, 1), 1)
        place = rows * step
        return calendar.back(place + below(word, step)), calendar.back(place + step)
    step = max(window // max(total, 1), 1)
    start = reference - window + rows * step
    return start + below(word, step), start + step


def inside(start: Ints, end: Ints, first: Ints, last: Ints, word: Words) -> tuple[Ints, Ints]:
    """Stretches that do not lie between two moments, moved there."""
    length = np.minimum(end - start, last - first)
    out = (start < first) | (end > last)
    moved = first + below(word, last - first - length + 1)
    return np.where(out, moved, start), np.where(out, moved + length, end)


def slot(
    start: Ints, end: Ints, ordinal: Ints, siblings: Ints, calendar: Calendar | None = None
) -> tuple[Ints, Ints]:
    """The ordinal-th of equal parts of the owner's stretch."""
    if calendar is not None:
        parts = slot(calendar.to(start), calendar.to(end), ordinal, siblings)
        low, high = (np.clip(calendar.back(p) // SECOND * SECOND, start, end) for p in parts)
        return low, high
    part = (end - start) // np.maximum(siblings, 1)
    part = np.where(part > SECOND, part // SECOND * SECOND, part)
    low = start + part * ordinal
    return low, low + part


def visit(
    start: Ints, end: Ints, word: Words, fine: Words, where: Words,
    *, calendar: Calendar | None = None,
) -> tuple[Ints, Ints]:  # fmt: skip
    """A stay inside the slot, to the minute, at its own random place; short ones come by day and
    mostly on weekdays, where the slot has days to choose from."""
    room = np.maximum(end - start, 0)
    length = np.minimum(_between(_VISITS, word, MINUTE, fine) // MINUTE * MINUTE, room)
    begin, over = _place(start, room, length, where, calendar)
    day = begin // DAY
    # The upper bits chose the place; of the lower ones, five give the hour and others the day.
    off = ((day + 3) % 7 > 4) & chance(where << np.uint64(32), _WEEKEND)
    hour = _ARRIVALS[(where & np.uint64(31)).view(np.int64)]
    moved = (day + 2 * off) * DAY + hour * HOUR + begin // MINUTE * MINUTE % HOUR
    fits = (length <= _SHORT) & (moved >= start) & (moved + length <= end)
    begin = np.where(fits, moved, begin)
    return begin, np.where(fits, moved + length, over)


# The same of what cannot wait for the morning.
_URGENT = np.array(
    [0, 1, 3, 5, 7, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
     14, 14, 15, 15, 16, 16, 17, 17, 18, 18, 19, 20, 20, 21, 22, 23], np.int64
)  # fmt: skip


def stay(
    start: Ints,
    end: Ints,
    length: Ints,
    by_day: npt.NDArray[np.bool_],
    fine: Words,
    where: Words,
    *,
    calendar: Calendar | None = None,
) -> tuple[Ints, Ints]:
    """A visit of a given length inside the slot: on a weekday in business hours if ``by_day``, else
    at any hour, as people come to an emergency department."""
    room = np.maximum(end - start, 0)
    length = np.minimum(length // MINUTE * MINUTE, room)
    begin, over = _place(start, room, length, where, calendar)
    day = begin // DAY
    off = by_day & ((day + 3) % 7 > 4)
    clock = (where & np.uint64(31)).view(np.int64)
    hour = np.where(by_day, _OFFICE[clock], _URGENT[clock])
    minute = below(fine, 60)
    # Clinics see people on the quarter of an hour, or at least on the five minutes.
    minute = np.where(by_day, minute // 5 * 5, minute)
    weekday = day + 2 * off
    if calendar is not None and calendar.weekly:
        weekday = np.where(off, calendar.working(day, where << np.uint64(32)), day)
    moved = weekday * DAY + hour * HOUR + minute * MINUTE
    back = moved - 7 * DAY  # when the end of the slot is nearer than the next working day
    moved = np.where((moved + length > end) & (back >= start), back, moved)
    fits = (moved >= start) & (moved + length <= end)
    begin = np.where(fits, moved, begin)
    return begin, np.where(fits, moved + length, over)


def planned(
    start: Ints,
    latest: Ints,
    end: Ints,
    length: Ints,
    by_day: npt.NDArray[np.bool_],
    fine: Words,
    where: Words,
) -> tuple[Ints, Ints]:
    """A visit that begins on the day of ``start``, or where that is of a weekend and the clinic is
    closed on the Monday after, if that is not behind ``latest``; it ends before ``end``."""
    day = start // DAY
    weekday = (day + 3) % 7
    monday = day + 7 - weekday
    day = np.where(by_day & (weekday > 4) & (monday <= latest // DAY), monday, day)
    clock = (where & np.uint64(31)).view(np.int64)
    hour, minute = np.where(by_day, _OFFICE[clock], _URGENT[clock]), below(fine, 60)
    begin = day * DAY + hour * HOUR + np.where(by_day, minute // 5 * 5, minute) * MINUTE
    return begin, np.maximum(np.minimum(begin + length // MINUTE * MINUTE, end), begin)


_BOOKED = 120  # days that calendars are filled ahead


def booked(
    reference: int, start: Ints, end: Ints, coming: npt.NDArray[np.bool_], word: Words
) -> tuple[Ints, Ints]:
    """Appointments: those that are ``coming`` on a working day of the next months, in business
    hours, as long as they were."""
    day = reference // DAY + below(word, _BOOKED)
    day = day + np.where((day + 3) % 7 > 4, 2, 0)
    hour = _OFFICE[(word & np.uint64(31)).view(np.int64)]
    quarter = ((word >> np.uint64(5)) & np.uint64(3)).view(np.int64)
    begin = day * DAY + hour * HOUR + quarter * 15 * MINUTE
    length = np.clip(end - start, 15 * MINUTE, HOUR) // (5 * MINUTE) * 5 * MINUTE
    return np.where(coming, begin, start), np.where(coming, begin + length, end)


def course(
    start: Ints, end: Ints, until: Ints, word: Words, fine: Words, where: Words
) -> tuple[Ints, Ints]:
    """Something that begins in a visit and goes on for days or weeks after it."""
    begin, _ = moment(start, end, word, fine, where)
    length = _between(_COURSES, word, DAY, fine)
    return begin, np.maximum(np.minimum(begin + length, until), begin)


# Days that a new illness goes on.
_ILLNESSES = np.array(
    [1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 7, 8, 9, 10, 10, 11,
     12, 14, 14, 14, 16, 18, 20, 21, 21, 25, 28, 30, 35, 42, 60, 90], np.int64
)  # fmt: skip


def over(start: Ints, until: Ints, word: Words, fine: Words, drug: bool) -> Ints:
    """When a course of a drug or a new illness that began is over, at the latest ``until``."""
    length = _between(_COURSES if drug else _ILLNESSES, word, DAY, fine)
    found: Ints = np.maximum(np.minimum(start + length // MINUTE * MINUTE, until), start)
    return found


def moment(
    start: Ints, end: Ints, word: Words, fine: Words, where: Words,
    *, calendar: Calendar | None = None,
) -> tuple[Ints, Ints]:  # fmt: skip
    """An event inside the slot, and when what it began was done."""
    room = np.maximum(end - start, 0)
    length = np.minimum(_between(_MOMENTS, word, MINUTE, fine), room // 2)
    return _place(start, room, length, where, calendar)


def _place(
    start: Ints, room: Ints, length: Ints, where: Words, calendar: Calendar | None = None
) -> tuple[Ints, Ints]:
    free = np.maximum(room - length, 1)
    begin = (
        start + below(where, free)
        if calendar is None
        else calendar.between(start, start + free, where)
    )
    # To the second, towards the owner's start: clocks of hospital systems show no microseconds.
    whole = np.maximum(begin // SECOND * SECOND, start)
    return whole, np.maximum(np.minimum(whole + length // SECOND * SECOND, start + room), whole)
