"""Receive formats of intervals, times with zone and ranges, from PostgreSQL's text form.

Like ``payloads``: vectorised, NULL stays NULL, ValueError names the first text that does not parse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.schema import Type
from seeder_postgresql.payloads import fixed, present, ragged, spread

_Ints = npt.NDArray[np.int64]
_SECOND, _MINUTE, _HOUR = 1_000_000, 60_000_000, 3_600_000_000
# PostgreSQL counts days and microseconds from 2000-01-01.
_EPOCH_DAYS = 10_957
_EPOCH_MICROS = _EPOCH_DAYS * 24 * _HOUR

# What PostgreSQL prints (1 year 2 mons -3 days 04:05:06.7) and the words that people write.
_INTERVAL = (
    r"^(?:(?P<years>[+-]?\d+) years? ?)?(?:(?P<months>[+-]?\d+) mon(?:th)?s? ?)?"
    r"(?:(?P<weeks>[+-]?\d+) weeks? ?)?(?:(?P<days>[+-]?\d+) days? ?)?"
    r"(?:(?P<hours>[+-]?\d+) hours? ?)?(?:(?P<minutes>[+-]?\d+) min(?:ute)?s? ?)?"
    r"(?:(?P<seconds>[+-]?\d+) sec(?:ond)?s? ?)?"
    r"(?:(?P<sign>[+-]?)(?P<h>\d+):(?P<m>\d\d)(?::(?P<s>\d\d)(?:\.(?P<f>\d{1,6}))?)?)?$"
)
_TIMETZ = (
    r"^(?P<h>\d\d):(?P<m>\d\d)(?::(?P<s>\d\d)(?:\.(?P<f>\d{1,6}))?)?"
    r"(?P<sign>[+-])(?P<zh>\d\d)(?::?(?P<zm>\d\d))?$"
)
_RANGE = r'^(?P<open>[\[(])"?(?P<low>[^",]*)"?,"?(?P<high>[^",]*)"?(?P<close>[\])])$'
# src/include/utils/rangetypes.h
_EMPTY, _LOW_INCLUDED, _HIGH_INCLUDED, _NO_LOW, _NO_HIGH = 1, 2, 4, 8, 16


class _Parts:
    """The named groups of a pattern over an array without NULLs."""

    def __init__(self, values: pa.Array, pattern: str, what: str) -> None:
        self._found = pc.extract_regex(values, pattern)
        if self._found.null_count:
            wrong = values.filter(self._found.is_null())[0].as_py()
            raise ValueError(f"{wrong!r} is not read as {what}")

    def text(self, name: str) -> pa.Array:
        return self._found.field(name)

    def number(self, name: str) -> _Ints:
        """A group as integers, 0 where it is absent."""
        digits = pc.replace_substring(self.text(name), "+", "")
        filled = pc.if_else(pc.equal(digits, ""), "0", digits)
        return np.asarray(pc.cast(filled, pa.int64()).to_numpy(), np.int64)

    def is_(self, name: str, text: str) -> npt.NDArray[np.bool_]:
        return np.asarray(pc.equal(self.text(name), text).to_numpy(zero_copy_only=False))

    def clock(self) -> _Ints:
        """Groups h, m, s and f, a fraction of up to six digits, in microseconds."""
        digits = pc.ascii_rpad(self.text("f"), 6, "0")
        fraction = np.asarray(pc.cast(digits, pa.int64()).to_numpy(), np.int64)
        whole = self.number("h") * _HOUR + self.number("m") * _MINUTE + self.number("s") * _SECOND
        return whole + fraction


def interval(array: pa.Array) -> pa.Array:
    """Intervals as microseconds, days and months: 8, 4 and 4 bytes."""
    values, there = present(array)
    parts = _Parts(values, _INTERVAL, "an interval such as '1 mon 2 days 03:04:05'")
    clock = parts.clock()
    spoken = (
        parts.number("hours") * _HOUR
        + parts.number("minutes") * _MINUTE
        + parts.number("seconds") * _SECOND
    )
    out = np.empty(len(values), [("micros", ">i8"), ("days", ">i4"), ("months", ">i4")])
    out["micros"] = spoken + np.where(parts.is_("sign", "-"), -clock, clock)
    out["days"] = parts.number("weeks") * 7 + parts.number("days")
    out["months"] = parts.number("years") * 12 + parts.number("months")
    return spread(fixed(out.view(np.uint8).reshape(-1, 16)), there)


def timetz(array: pa.Array) -> pa.Array:
    """Times with zone as microseconds and seconds west of UTC: 8 and 4 bytes."""
    values, there = present(array)
    parts = _Parts(values, _TIMETZ, "a time with zone such as '08:30:00+00'")
    east = parts.number("zh") * 3600 + parts.number("zm") * 60
    out = np.empty(len(values), [("micros", ">i8"), ("west", ">i4")])
    out["micros"] = parts.clock()
    out["west"] = np.where(parts.is_("sign", "-"), east, -east)
    return spread(fixed(out.view(np.uint8).reshape(-1, 12)), there)


@dataclass(frozen=True, slots=True)
class Bound:
    """How the bounds of a range are read and how many bytes each has on the wire."""

    read: Callable[[pa.Array], _Ints]
    width: int


def _integers(texts: pa.Array) -> _Ints:
    return np.asarray(pc.cast(texts, pa.int64()).to_numpy(), np.int64)


def _days(texts: pa.Array) -> _Ints:
    days = pc.cast(pc.cast(texts, pa.date32()), pa.int32()).to_numpy()
    return np.asarray(days, np.int64) - _EPOCH_DAYS


def _micros(texts: pa.Array) -> _Ints:
    # Only UTC is written with a zone: what the generators write, and what our sessions print.
    naive = pc.replace_substring_regex(texts, r"(\+00(:?00)?|Z)$", "")
    moments = pc.cast(pc.cast(naive, pa.timestamp("us")), pa.int64()).to_numpy()
    return np.asarray(moments, np.int64) - _EPOCH_MICROS


def bound(element: Type) -> Bound | None:
    """How to read the bounds of a range over a type, or None when its ranges travel as text."""
    if element.kind == "integer" and element.bits in (16, 32, 64):
        return Bound(_integers, element.bits // 8)
    if element.kind == "date":
        return Bound(_days, 4)
    return Bound(_micros, 8) if element.kind in ("timestamp", "timestamptz") else None


def ranges(array: pa.Array, bound: Bound) -> pa.Array:
    """Ranges such as '[1,5)', '(,5]' or 'empty': flags, then length and value of each bound."""
    values, there = present(array)
    empty = np.asarray(pc.equal(values, "empty").to_numpy(zero_copy_only=False))
    parts = _Parts(
        pc.if_else(pc.equal(values, "empty"), "(,)", values), _RANGE, "a range such as '[1,5)'"
    )
    no_low, no_high = parts.is_("low", ""), parts.is_("high", "")
    flags = _LOW_INCLUDED * (parts.is_("open", "[") & ~no_low)
    flags = flags | _HIGH_INCLUDED * (parts.is_("close", "]") & ~no_high)
    flags = np.where(empty, _EMPTY, flags | _NO_LOW * no_low | _NO_HIGH * no_high)
    size = 4 + bound.width
    low, high = (_bounds(parts.text(name), bound) for name in ("low", "high"))
    # Without a lower bound the upper one moves to its place.
    first = np.where(no_low[:, None], high, low)
    matrix = np.hstack([flags.astype(np.uint8)[:, None], first, high])
    lengths = 1 + size * (~no_low).astype(np.int64) + size * (~no_high)
    return spread(ragged(matrix, lengths), there)


def _bounds(texts: pa.Array, bound: Bound) -> npt.NDArray[np.uint8]:
    """Length and value of each bound; rubbish where there is none."""
    absent = pc.equal(texts, "")
    out = np.zeros((len(texts), 4 + bound.width), np.uint8)
    out[:, 3] = bound.width
    given = np.asarray(pc.invert(absent).to_numpy(zero_copy_only=False))
    numbers = bound.read(texts.filter(pc.invert(absent)))
    limit = 1 << (8 * bound.width - 1)
    if bound.width < 8 and ((numbers < -limit) | (numbers >= limit)).any():
        raise ValueError("a bound is outside of the range's type")
    wide = numbers.astype(">i8").view(np.uint8).reshape(-1, 8)
    out[given, 4:] = wide[:, 8 - bound.width :]
    return out
