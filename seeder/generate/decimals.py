"""Exact numbers from integers: decimals without floating point, and quantile tables.

A value is an integer count of units of 10**-scale until the last moment, so that the same seed
gives the same cents everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.generate.stream import Ints, Words
from seeder.schema import Type

_S32 = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


def from_units(units: Ints, precision: int, scale: int) -> pa.Decimal128Array:
    """Decimals from int64 counts of 10**-scale: two's complement, low half first."""
    halves = np.empty((len(units), 2), np.int64)
    halves[:, 0] = units
    np.right_shift(units, 63, out=halves[:, 1])
    kind = pa.decimal128(precision, scale)
    return pa.Decimal128Array.from_buffers(kind, len(units), [None, pa.py_buffer(halves)])


def rescale(units: Ints, scale: int, wanted: int) -> Ints:
    """Units of 10**-scale as units of 10**-wanted, rounded half up."""
    if wanted >= scale:
        return units * np.int64(10 ** (wanted - scale))
    step = np.int64(10 ** (scale - wanted))
    rounded: Ints = (units + step // 2) // step
    return rounded


def numeric(units: Ints, scale: int, wanted: Type) -> pa.Array | npt.NDArray[Any]:
    """Units of 10**-scale as the column's type: decimal, float, integer, text or json.

    Values beyond the type's digits or bits are clamped to its largest.
    """
    if wanted.kind == "float":
        return units / np.float64(10**scale)
    if wanted.kind == "integer":
        whole = rescale(units, scale, 0)
        top = (1 << ((wanted.bits or 64) - 1)) - 1
        return np.clip(whole, -top, top)
    if wanted.kind in ("decimal", "money"):
        digits = wanted.scale if wanted.scale is not None else scale
        digits = max(min(digits, 12), 0) if wanted.kind == "decimal" else 2
        precision = min(wanted.precision or 38, 38)
        exact = rescale(units, scale, digits)
        top = 10 ** min(precision, 18) - 1
        return from_units(np.clip(exact, -top, top), max(precision, digits), digits)
    return from_units(units, 18, scale).cast(pa.string())


def quantile(word: Words, knots: Sequence[int]) -> Ints:
    """Integers through an inverse distribution: ``knots`` at equal steps of probability.

    The first is the minimum, the last the maximum; between two knots the value is linear. Knots
    stay below 2**31.
    """
    steps = np.uint64(len(knots) - 1)
    table = np.asarray(knots, np.int64)
    spread = (word >> _S32) * steps
    at = (spread >> _S32).view(np.int64)
    rest = (spread & _LOW).view(np.int64)
    low = table[at]
    return low + ((table[at + 1] - low) * (rest >> 1) >> 31)


def share(value: Ints, word: Words, low: float, high: float) -> Ints:
    """A part of each value between the shares ``low`` and ``high``, by integers only."""
    lowest, width = int(low * 65536), max(int((high - low) * 65536), 0)
    part = lowest + ((word >> np.uint64(48)) * np.uint64(width) >> np.uint64(16)).view(np.int64)
    return value * part >> 16
