"""Stretches that do not meet: of one owner's rows, or of one group, for EXCLUDE constraints.

Each row has a place of its own among equal places, and its stretch stays inside. Which place: of an
owner's rows the row's own part of the owner's time; else a number that the plan makes distinct
within a group.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from seeder.generate import spans, text
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import Ints, below
from seeder.schema import Type

_KINDS = frozenset("date timestamp timestamptz integer decimal float".split())
_MOMENTS = ("timestamp", "timestamptz")
# Twenty years up to the reference date are shared out; ten numbers of a numeric range.
_YEARS = 4 * spans.WINDOW
_NUMBERS = 10
# Where an owner's time is too short for a unit a row: far before anything else that it has.
_BEFORE = 60 * 365 * spans.DAY


def unit(kind: str) -> int:
    """Microseconds of the smallest stretch of time; 1 for numbers."""
    return {"date": spans.DAY, "timestamp": spans.SECOND, "timestamptz": spans.SECOND}.get(kind, 1)


def places(kind: str) -> int:
    """How many places there are at most: days of a century, seconds, numbers of 32 bits."""
    return {"date": 36_500, "timestamp": 1 << 31, "timestamptz": 1 << 31}.get(
        kind, (1 << 31) // _NUMBERS - 1
    )


def _own(call: Call, kind: str) -> tuple[Ints, Ints]:
    """Ends of the row's own part of its owner's time, in units."""
    if kind not in ("date", *_MOMENTS):
        return call.ordinal * _NUMBERS, (call.ordinal + 1) * _NUMBERS
    step = unit(kind)
    start, end = call.span
    # Rounded up at both ends: where one part ends the next one begins.
    low, high = -(-start // step), -(-end // step)
    short = end - start < 2 * step
    past = (call.reference - _BEFORE) // step + 2 * call.ordinal
    return np.where(short, past, low), np.where(short, past + 1, high)


def _shared(call: Call, kind: str, count: int) -> tuple[Ints, Ints]:
    """Ends of a stretch inside the row's place among ``count`` places."""
    place = call.index(count)
    if kind in ("date", *_MOMENTS):
        step = unit(kind)
        width = max(_YEARS // step // count, 1)
        low = call.reference // step - (count - place) * width
    else:
        width, low = _NUMBERS, place * _NUMBERS
    first = below(call.words(0, "apart"), (width + 1) // 2)
    return low + first, low + first + 1 + below(call.words(1, "apart"), width - first)


def _shown(value: Ints, element: Type) -> pa.Array:
    if element.kind == "date":
        return pa.array(value.astype(np.int32)).view(pa.date32()).cast(pa.string())
    if element.kind in _MOMENTS:
        shown = pa.array(value).view(pa.timestamp("s")).cast(pa.string())
        return text.join('"', shown, '+00"' if element.kind == "timestamptz" else '"')
    return text.number(value)


@generator(
    "apart",
    "Stretches that do not meet within a group, as ranges or as their starts and ends.",
    accepts="range date timestamp timestamptz integer decimal float",
    part=Parameter(str, "range", "range, start, end, or last: the end, when it is included"),
    places=Parameter(int, 0, "places in a group; 0: the row's own part of its owner's time"),
)
def apart(call: Call) -> pa.Array:
    element = (call.type.element or Type("integer", "integer")) if call.type.kind == "range" else (
        call.type
    )  # fmt: skip
    kind, count = element.kind, call.params["places"]
    low, high = _shared(call, kind, count) if count else _own(call, kind)
    if call.type.kind == "range":
        return text.join("[", _shown(low, element), ",", _shown(high, element), ")")
    part = call.params["part"]
    end = low if part == "start" else high - (part == "last")
    if kind in _MOMENTS:
        zone = "UTC" if kind == "timestamptz" else None
        return pa.array(end * spans.SECOND).view(pa.timestamp("us", zone))
    if kind == "date":
        return pa.array(end.astype(np.int32)).view(pa.date32())
    return pa.array(end)
