"""Slots of time: dates in the column's style, hours, stays, how long it has lasted."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pyarrow as pa

from seeder.generate.stream import below
from seeder.text import tags
from seeder.text.facts import Column, Facts

DAY = 86_400_000_000
_EPOCH = datetime.date(1970, 1, 1)
_FIRST, _DAYS = -25_600, 58_500  # 1899-11-29 to 2060: days that a date table holds
_MINUTES = 1_440
DATES = ("mdy", "iso", "dmy", "dmy/", "long")
# How a country writes dates; others as mdy.
_OF_LOCALE = {"de_DE": "dmy", "en_GB": "dmy/", "fr_FR": "dmy/", "es_ES": "dmy/"}


def dates_of(locale: str) -> str:
    """The style of dates of a country."""
    return _OF_LOCALE.get(locale, "mdy")


def days() -> list[datetime.date]:
    """The days that a table of dates holds."""
    return [_EPOCH + datetime.timedelta(days=d) for d in range(_FIRST, _FIRST + _DAYS)]


@cache
def _dates(style: str) -> pa.Array:
    months = "January February March April May June July August September October November December"
    name = months.split()
    match style:
        case "iso":
            return pa.array([d.isoformat() for d in days()])
        case "dmy":
            return pa.array([f"{d.day:02}.{d.month:02}.{d.year}" for d in days()])
        case "dmy/":
            return pa.array([f"{d.day:02}/{d.month:02}/{d.year}" for d in days()])
        case "long":
            return pa.array([f"{name[d.month - 1]} {d.day}, {d.year}" for d in days()])
        case _:
            return pa.array([f"{d.month:02}/{d.day:02}/{d.year}" for d in days()])


@cache
def _clock() -> pa.Array:
    return pa.array([f"{m // 60:02}:{m % 60:02}" for m in range(_MINUTES)])


_WEEK = pa.array("Thursday Friday Saturday Sunday Monday Tuesday Wednesday".split())


def _date(end: bool) -> Callable[[Facts], Column]:
    def column(f: Facts) -> Column:
        day = (f.state.end if end else f.state.start) // DAY
        return _dates(f.dates), np.clip(day - _FIRST, 0, _DAYS - 1)

    return column


def _time(f: Facts) -> Column:
    return _clock(), f.state.start // 60_000_000 % _MINUTES


def _weekday(f: Facts) -> Column:
    return _WEEK, f.state.start // DAY % 7


_COUNTS = pa.array(["less than a day", "1 day", *(f"{d} days" for d in range(2, 400))])


def _stay(f: Facts) -> Column:
    return _COUNTS, np.clip((f.state.end - f.state.start + DAY // 2) // DAY, 0, 399)


_ACUTE = "1 day|2 days|3 days|4 days|5 days|a week|10 days|2 weeks|a few days|several days"
_SUDDEN = "2 hours|3 hours|4 hours|6 hours|12 hours|a few hours|several hours|half a day"
_LONG = "2 months|3 months|6 months|a year|several months|2 years|several years"
_LAST = pa.array([t for texts in (_SUDDEN, _ACUTE, _LONG) for t in texts.split("|")])


def _lasting(f: Facts) -> Column:
    sudden, acute, long = (len(t.split("|")) for t in (_SUDDEN, _ACUTE, _LONG))
    # A small child has not had anything for years.
    most = np.where(tags.years(f.state.age_days) < 6, 2, long)
    kinds = [(f.tags & tags.bit(n)) != 0 for n in ("sudden", "chronic")]
    count = np.select(kinds, [np.full(len(f), sudden), most], acute)
    first = np.select(kinds, [0, sudden + acute], sudden)
    return _LAST, first + below(f.episode(2), count)


SLOTS: Mapping[str, Callable[[Facts], Column]] = {
    "stay": _stay,
    "lasting": _lasting,
    "date": _date(end=False),
    "end_date": _date(end=True),
    "time": _time,
    "weekday": _weekday,
}
