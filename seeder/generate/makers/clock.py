"""Fallbacks by type for time: dates, times of day, moments and intervals."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.errors import PlanError
from seeder.generate import skew, text
from seeder.generate.decimals import quantile
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import Ints, below
from seeder.schema import Type

SECOND = 1_000_000
DAY = 86_400 * SECOND
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_RELATIVE = re.compile(r"reference((?: [+-] \d+ (?:day|month|year)s?)*)\Z")
_TERM = re.compile(r"([+-]) (\d+) (day|month|year)")
# How far an open end runs beyond the bound when the row's own stretch lies outside: ten years.
_REACH = 3652 * DAY

_LOW = Parameter(str, "", "earliest, ISO 8601; or 'reference - 30 days'")
_HIGH = Parameter(str, "", "latest, in the same forms")


# Dates and moments ----------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _parse(value: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise PlanError(
            f"{value!r} is no date", "write 2024-12-31, 2024-12-31 08:30:00 or reference - 30 days"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def moment_of(value: str, reference: int) -> int:
    """A bound in microseconds since 1970-01-01 UTC. Raises PlanError when it is no date."""
    relative = _RELATIVE.match(value)
    if not relative:
        return (_parse(value) - _EPOCH) // dt.timedelta(microseconds=1)
    moment = reference
    for sign, count, unit in _TERM.findall(relative[1]):
        number = int(count) if sign == "+" else -int(count)
        if unit == "day":
            moment += number * DAY
        else:
            moment = _months_later(moment, number * (12 if unit == "year" else 1))
    return moment


def iso_of(moment: int, date_only: bool = False) -> str:
    """The inverse of ``moment_of``: ISO 8601 without a zone."""
    shown = (_EPOCH + dt.timedelta(microseconds=moment)).replace(tzinfo=None)
    return shown.date().isoformat() if date_only else shown.isoformat(" ")


def _months_later(moment: int, months: int) -> int:
    """The same day of another month, or that month's last one."""
    day = (_EPOCH + dt.timedelta(days=moment // DAY)).date()
    count = day.year * 12 + day.month - 1 + months
    first = dt.date(min(max(count // 12, 1), 9998), count % 12 + 1, 1)
    following = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
    number = min(first.toordinal() + day.day - 1, following.toordinal() - 1)
    return (number - _EPOCH.toordinal()) * DAY + moment % DAY


def _bounds(call: Call) -> tuple[int | None, int | None]:
    low, high = call.params["min_value"], call.params["max_value"]
    return (
        moment_of(low, call.reference) if low else None,
        moment_of(high, call.reference) if high else None,
    )


def _meet(
    start: Ints, end: Ints, low: int | None, high: int | None, reach: int
) -> tuple[Ints, Ints]:
    """The row's stretch cut to the bounds; the bounds themselves where the two do not meet."""
    first = start if low is None else np.maximum(start, low)
    last = end if high is None else np.minimum(end, high)
    apart = first > last
    if not apart.any():
        return first, last
    outer_low = low if low is not None else (high or 0) - reach
    outer_high = high if high is not None else outer_low + reach
    return np.where(apart, outer_low, first), np.where(apart, max(outer_high, outer_low), last)


def _days(call: Call) -> tuple[Ints, Ints]:
    start, end = call.span
    low, high = _bounds(call)
    first, last = _meet(
        start // DAY,
        end // DAY,
        None if low is None else -(-low // DAY),
        None if high is None else high // DAY,
        _REACH // DAY,
    )
    return first, np.maximum(first, last)


def _day_capacity(_: Type, params: Mapping[str, Any]) -> int:
    low, high = params.get("min_value"), params.get("max_value")
    if not low or not high or "reference" in low + high:
        return 36_525
    return max((moment_of(high, 0) - moment_of(low, 0)) // DAY + 1, 1)


@generator(
    "type.date",
    "Dates within the row's stretch of time, or within bounds.",
    accepts="date",
    capacity=_day_capacity,
    min_value=_LOW,
    max_value=_HIGH,
)
def date(call: Call) -> pa.Array:
    if skew.is_distinct(call, unknown=False):
        # A distinct date leaves the row's stretch: days counted back from the last allowed one.
        low, high = _bounds(call)
        last = (call.reference if high is None else high) // DAY
        index = call.index(_day_capacity(call.type, call.params))
        days = last - index if high is not None or low is None else -(-low // DAY) + index
    else:
        first, last_day = _days(call)
        days = first + below(call.words(), last_day - first + 1)
    return pa.array(days.astype(np.int32)).view(pa.date32())


@generator(
    "type.timestamp",
    "Moments within the row's stretch of time, or within bounds.",
    accepts="timestamp timestamptz",
    min_value=_LOW,
    max_value=_HIGH,
)
def timestamp(call: Call) -> pa.Array:
    """Whole seconds, unless the stretch is shorter than one."""
    start, end = call.span
    first, last = _meet(start, end, *_bounds(call), _REACH)
    made = first + below(call.words(), np.maximum(last - first, 0) + 1)
    whole = np.maximum(made // SECOND * SECOND, first)
    zone = "UTC" if call.type.kind == "timestamptz" else None
    return pa.array(whole).view(pa.timestamp("us", zone))


# Times of day ---------------------------------------------------------------------------------

# Seconds of the day at equal steps of probability: three quarters between 07:00 and 18:00.
_STEPS = (0, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22)
_HOURS = (*(hour * 3600 for hour in _STEPS), 86_399)


@lru_cache(maxsize=256)
def time_of(value: str) -> int:
    """A time of day in microseconds. Raises PlanError when it is none."""
    try:
        found = dt.time.fromisoformat(value)
    except ValueError:
        if value.startswith("24:00"):
            return DAY
        raise PlanError(f"{value!r} is no time of day", "write 08:30:00") from None
    seconds = (found.hour * 60 + found.minute) * 60 + found.second
    return seconds * SECOND + found.microsecond


def _time_bounds(params: Mapping[str, Any]) -> tuple[int, int]:
    low, high = params["min_value"], params["max_value"]
    first = time_of(low) if low else 0
    return first, max(time_of(high) if high else DAY - SECOND, first)


def _time_capacity(_: Type, params: Mapping[str, Any]) -> int:
    low, high = _time_bounds(params)
    return (high - low) // SECOND + 1


def _times(call: Call) -> Ints:
    low, high = _time_bounds(call.params)
    if skew.is_distinct(call):
        return low + call.index(_time_capacity(call.type, call.params)) * SECOND
    if not call.params["min_value"] and not call.params["max_value"]:
        return quantile(call.words(), _HOURS) // 60 * (60 * SECOND)
    made = low + below(call.words(), high - low + 1)
    return np.maximum(made // SECOND * SECOND, low)


@generator(
    "type.time",
    "Times of day, most of them in working hours.",
    accepts="time",
    capacity=_time_capacity,
    min_value=Parameter(str, "", "earliest, as 08:00:00"),
    max_value=Parameter(str, "", "latest"),
)
def time(call: Call) -> pa.Array:
    return pa.array(_times(call)).view(pa.time64("us"))


@generator(
    "type.timetz",
    "Times of day at UTC.",
    accepts="timetz",
    capacity=_time_capacity,
    min_value=Parameter(str, "", "earliest, as 08:00:00"),
    max_value=Parameter(str, "", "latest"),
)
def timetz(call: Call) -> pa.Array:
    seconds = _times(call) // SECOND
    digits = (seconds // 3600 * 100 + seconds // 60 % 60) * 100 + seconds % 60
    return text.digits("##:##:##+00", digits)


@generator(
    "type.interval",
    "Lengths of time: minutes most often, days at times.",
    accepts="interval",
)
def interval(call: Call) -> pa.Array:
    if re.search(r"(month|year)$", call.type.native):
        # Its finer fields would be cut off: years and months only.
        months = skew.tail(call.words(), 1, 600)
        return text.join(
            text.number(months // 12 + 1), " years ", text.number(months % 12), " mons"
        )
    minutes = skew.tail(call.words(), 1, 30 * 1440)
    clock = text.digits("##:##:00", minutes // 60 % 24 * 100 + minutes % 60)
    return text.join(text.number(minutes // 1440), " days ", clock)
