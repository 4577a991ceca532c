"""Fallbacks by type: numbers, truth, uuids, documents and bytes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.generate import skew, text
from seeder.generate.decimals import from_units
from seeder.generate.defaults import PLAIN_PRECISION, PLAIN_SCALE, wire_type
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import Ints, chance
from seeder.generate.vocabulary import WORDS
from seeder.schema import Type

Params = Mapping[str, Any]

_USUAL = (0, 1000)
_LARGEST_FLOAT = {32: 3.0e38, 64: 8.0e307}
_USUAL_BYTES, _MOST_BYTES = 16, 1 << 16


def _both(params: Params) -> bool:
    return params.get("min_value") is not None and params.get("max_value") is not None


# Integers -------------------------------------------------------------------------------------


def _integers(kind: Type, params: Params) -> tuple[int, int]:
    limit = 1 << ((kind.bits or 64) - 1)
    bounds = params.get("min_value"), params.get("max_value")
    return skew.stretch(*bounds, _USUAL, (-limit, limit - 1))


def _integer_room(kind: Type, params: Params) -> tuple[int, int]:
    """As ``_integers``, an open end running to the type's limit: room for distinct values."""
    low, high = _integers(kind, params)
    if params.get("max_value") is None:
        high = max(high, (1 << ((kind.bits or 64) - 1)) - 1)
    return low, min(high, low + skew.WIDEST - 1)


def _integer_capacity(kind: Type, params: Params) -> int:
    low, high = _integer_room(kind, params)
    return high - low + 1


@generator(
    "type.integer",
    "Whole numbers within bounds, small ones most often.",
    accepts="integer",
    capacity=_integer_capacity,
    min_value=Parameter(int, None, "smallest value"),
    max_value=Parameter(int, None, "largest value"),
)
def integer(call: Call) -> Ints:
    room = _integer_room if skew.is_distinct(call) else _integers
    return skew.draw(call, *room(call.type, call.params), _both(call.params))


# Exact and inexact fractions ------------------------------------------------------------------


def _units(kind: Type, params: Params) -> tuple[int, int, int]:
    """The lowest and the highest count of units, and the scale of a unit.

    Up to 18 digits a unit is the type's last digit; a wider type gets six decimals at most, so
    that its units still fit int64.
    """
    precision = PLAIN_PRECISION if kind.precision is None else min(kind.precision, 38)
    scale = PLAIN_SCALE if kind.precision is None else kind.scale or 0
    if precision > 18:
        precision, scale = min(precision - scale + min(scale, 6), 18), min(scale, 6)
    if params.get("scale") is not None and params["scale"] < scale:
        precision, scale = precision - scale + params["scale"], params["scale"]
    limit = 10 ** max(precision, 0) - 1
    given = [
        None if value is None else int(_scaled(value, scale).to_integral_value(way))
        for value, way in (
            (params.get("min_value"), ROUND_CEILING),
            (params.get("max_value"), ROUND_FLOOR),
        )
    ]
    top = min(int(_scaled(10_000, scale)) or 1, limit)
    low, high = skew.stretch(given[0], given[1], (0, top), (-limit, limit))
    return low, high, scale


def _scaled(value: float, scale: int) -> Decimal:
    # repr is the shortest text that reads back: 0.1 means a tenth here.
    return Decimal(repr(value)).scaleb(scale)


def _decimal_capacity(kind: Type, params: Params) -> int:
    low, high, _ = _units(kind, params)
    return min(high - low, skew.WIDEST) + 1


@generator(
    "type.decimal",
    "Exact amounts within bounds and the type's digits, small ones most often.",
    accepts="decimal",
    capacity=_decimal_capacity,
    min_value=Parameter(float, None, "smallest value"),
    max_value=Parameter(float, None, "largest value"),
    scale=Parameter(int, None, "digits after the point, where fewer than the type's are wanted"),
)
def decimal(call: Call) -> pa.Array:
    low, high, scale = _units(call.type, call.params)
    units = skew.draw(call, low, high, _both(call.params))
    wanted = wire_type(call.type)
    if wanted.scale == scale:
        return from_units(units, wanted.precision, scale)
    return from_units(units, 38 - max(wanted.scale - scale, 0), scale).cast(wanted)


# Steps between the ends of a distinct float: far fewer than it has, so that none is rounded away.
_FLOAT_STEPS = {32: 1 << 20, 64: 1 << 30}
_EXACT_ENDS = 1 << 20


def _float_ends(params: Params) -> tuple[float, float]:
    low, high = params.get("min_value"), params.get("max_value")
    low = float(low) if low is not None else (0.0 if high is None else min(0.0, high - 1000.0))
    return low, float(high) if high is not None else low + max(1000.0, abs(low))


def _float_capacity(kind: Type, params: Params) -> int:
    """Distinct values of an even grid; none where the grid would be too fine for the type."""
    low, high = _float_ends(params)
    if max(abs(low), abs(high)) > _EXACT_ENDS or high - low < max(abs(low), abs(high)) / 2:
        return 0
    return _FLOAT_STEPS.get(kind.bits or 64, 1 << 20)


@generator(
    "type.float",
    "Floating-point numbers within bounds, small ones most often.",
    accepts="float",
    capacity=_float_capacity,
    min_value=Parameter(float, None, "smallest value"),
    max_value=Parameter(float, None, "largest value"),
)
def floating(call: Call) -> npt.NDArray[np.float64]:
    low, high = (call.params[name] for name in ("min_value", "max_value"))
    if skew.is_distinct(call):
        first, last = _float_ends(call.params)
        steps = _float_capacity(call.type, call.params)
        return first + (last - first) * (call.index(steps) / np.float64(max(steps - 1, 1)))
    if low is None and high is None:
        return skew.tail(call.words(), 0, 1_000_000) / np.float64(1000)
    limit = _LARGEST_FLOAT.get(call.type.bits or 64, _LARGEST_FLOAT[64])
    low = float(low) if low is not None else min(0.0, high - 1000.0)
    high = float(high) if high is not None else low + max(1000.0, abs(low))
    low, high = max(low, -limit), min(high, limit)
    if _both(call.params):
        share = skew.bell(call.words(0), call.words(1), 0, 1 << 30)
    else:
        share = skew.fraction(call.words(0))
    made = low + (high - low) * (share / np.float64(1 << 30))
    return np.clip(made, *_inside(low, high, call.type.bits))


def _inside(low: float, high: float, bits: int | None) -> tuple[float, float]:
    """The bounds as the type can hold them, rounded inwards."""
    if bits != 32:
        return low, high
    small, large = np.float32(low), np.float32(high)
    if float(small) < low:
        small = np.nextafter(small, np.float32(np.inf))
    if float(large) > high:
        large = np.nextafter(large, np.float32(-np.inf))
    return float(small), float(large)


@generator(
    "type.money",
    "Amounts of money with two decimals.",
    accepts="money",
    min_value=Parameter(float, None, "smallest value"),
    max_value=Parameter(float, None, "largest value"),
)
def money(call: Call) -> pa.Array:
    low, high, scale = _units(Type("decimal", "numeric(18,2)", precision=18, scale=2), call.params)
    units = skew.draw(call, low, high, _both(call.params))
    return from_units(units, 18, scale).cast(pa.string())


# Truth and identity ---------------------------------------------------------------------------


@generator(
    "type.boolean",
    "True or false.",
    accepts="boolean",
    capacity=lambda *_: 2,
    share=Parameter(float, 0.5, "share of true, 0 to 1"),
)
def boolean(call: Call) -> npt.NDArray[np.bool_]:
    if skew.is_distinct(call):
        return np.asarray(call.index(2) == 1)
    return chance(call.words(), call.params["share"])


def _uuid_capacity(*_: object) -> int:
    return skew.WIDEST


@generator(
    "type.uuid",
    "Random (version 4) uuids.",
    accepts="uuid",
    capacity=_uuid_capacity,
)
def uuid(call: Call) -> pa.Array:
    """RFC 4122, section 4.4: four bits of version, two of variant, the other 122 at random.

    62 of them are the index, 60 more are chance, so that the values are distinct where it is.
    """
    return _fixed(_uuid_bytes(call))


def _uuid_bytes(call: Call) -> npt.NDArray[np.uint8]:
    index = call.index(skew.WIDEST).view(np.uint64)
    halves = np.empty((call.n, 2), ">u8")
    fill = call.words(1)
    low12 = index & np.uint64(0xFFF)
    # Above the version 48 bits of the index; below it 12; two more lead the second half.
    halves[:, 0] = ((index >> np.uint64(12)) << np.uint64(16)) | np.uint64(0x4000) | low12
    rest = (index >> np.uint64(60)) & np.uint64(3)
    halves[:, 1] = np.uint64(1 << 63) | (rest << np.uint64(60)) | (fill >> np.uint64(4))
    return halves.view(np.uint8).reshape(call.n, 16)


# Where the digits of each byte of a uuid stand among its 36 characters.
_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)
_DASHES = (8, 13, 18, 23)
_PLACES = [at for at in range(36) if at not in _DASHES]


@generator(
    "id.uuid",
    "Random (version 4) uuids in text columns.",
    accepts="text",
    capacity=_uuid_capacity,
    width=lambda kind, params: 36,
)
def uuid_text(call: Call) -> pa.Array:
    made = _uuid_bytes(call)
    cells = np.full((call.n, 36), ord("-"), np.uint8)
    cells[:, _PLACES[0::2]] = _DIGITS[made >> 4]
    cells[:, _PLACES[1::2]] = _DIGITS[made & 15]
    offsets = np.arange(call.n + 1, dtype=np.int32) * 36
    return pa.StringArray.from_buffers(call.n, pa.py_buffer(offsets), pa.py_buffer(cells))


def _fixed(cells: npt.NDArray[np.uint8]) -> pa.Array:
    kind = pa.binary(cells.shape[1])
    return pa.Array.from_buffers(kind, len(cells), [None, pa.py_buffer(cells)])


# Documents and bytes --------------------------------------------------------------------------


# The keys of our documents, as written below.
JSON_KEYS = frozenset(("label", "count", "active"))


@generator("type.json", "Small JSON objects.", accepts="json")
def json(call: Call) -> pa.Array:
    name = pa.array(WORDS).take(pa.array(call.below(len(WORDS))))
    count = text.number(skew.tail(call.words(1), 0, 200))
    flag = text.choose(chance(call.words(2), 0.7), "true", "false")
    return text.join('{"label": "', name, '", "count": ', count, ', "active": ', flag, "}")


def _lengths(params: Params) -> tuple[int, int]:
    least, most = params.get("min_length"), params.get("max_length")
    if most is None:
        most = max(_USUAL_BYTES, least or 0)
    least = min(_USUAL_BYTES, most) if least is None else min(least, most)
    return min(least, _MOST_BYTES), min(most, _MOST_BYTES)


def _bytes_capacity(_: Type, params: Params) -> int:
    least = _lengths(params)[0]
    return min(1 << (8 * min(least, 8)), skew.WIDEST)


@generator(
    "type.bytes",
    "Random bytes.",
    accepts="bytes",
    capacity=_bytes_capacity,
    min_length=Parameter(int, None, "fewest bytes (16 unless said)"),
    max_length=Parameter(int, None, "most bytes"),
)
def binary(call: Call) -> pa.Array:
    least, most = _lengths(call.params)
    columns = [call.words(draw + 1) for draw in range(-(-most // 8))]
    if columns and (capacity := _bytes_capacity(call.type, call.params)) > 1:
        # The index fills the first eight bytes, or all that every value has.
        index = call.index(capacity).view(np.uint64)
        columns[0] = index << np.uint64(64 - 8 * min(least, 8))
    cells = np.empty((call.n, len(columns)), ">u8")
    for at, column in enumerate(columns):
        cells[:, at] = column
    flat = cells.view(np.uint8).reshape(call.n, 8 * len(columns))
    width = least + call.below(most - least + 1, 999)
    kept = np.arange(flat.shape[1]) < width[:, None]
    offsets = np.zeros(call.n + 1, np.int32)
    np.cumsum(width, out=offsets[1:])
    data = pa.py_buffer(np.ascontiguousarray(flat[kept]))
    return pa.BinaryArray.from_buffers(pa.binary(), call.n, [None, pa.py_buffer(offsets), data])
