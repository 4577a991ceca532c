"""From what a generator returns to the column's exact wire type: widths, scales, lengths hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.decimals import from_units
from seeder.generate.defaults import wire_type
from seeder.generate.registry import Definition
from seeder.schema import Type


def finish(
    made: Any,
    kind: Type,
    definition: Definition | None = None,
    params: Mapping[str, Any] | None = None,
) -> pa.Array:
    """Cast to the wire type of ``kind`` and hold its limits.

    Integers are clipped to their width, decimals to their precision, text is cut to its length:
    only as a last resort, because the planner picks generators that fit.
    """
    wanted = wire_type(kind)
    if isinstance(made, np.ndarray):
        made = _from_numpy(made, wanted)
    if isinstance(made, pa.ChunkedArray):
        made = made.combine_chunks()
    if pa.types.is_dictionary(made.type):
        made = made.dictionary_decode()
    if made.type != wanted:
        made = _cast(made, wanted)
    if pa.types.is_string(made.type) and kind.kind == "text" and kind.length:
        width = definition.width(kind, params or {}) if definition and definition.width else None
        if width is None or width > kind.length:
            made = pc.utf8_slice_codeunits(made, 0, kind.length)
    return made


def _from_numpy(made: np.ndarray[Any, Any], wanted: pa.DataType) -> pa.Array:
    if pa.types.is_integer(wanted) and made.dtype.kind in "iuf":
        bits = wanted.bit_width
        limit = 1 << (bits - 1)
        return pa.array(np.clip(made, -limit, limit - 1).astype(f"i{bits // 8}"))
    if pa.types.is_decimal(wanted):
        limit = 10 ** min(wanted.precision, 18) - 1
        if made.dtype.kind == "f":
            units = np.floor(made * float(10**wanted.scale) + 0.5)
            units = np.clip(units, -float(limit), float(limit)).astype(np.int64)
        else:
            # Clipped first: the product must stay inside 64 bits.
            step = 10 ** min(wanted.scale, 18)
            units = np.clip(made, -(limit // step), limit // step) * step
        return from_units(units, wanted.precision, wanted.scale)
    return pa.array(made)


def _cast(made: pa.Array, wanted: pa.DataType) -> pa.Array:
    if pa.types.is_integer(wanted) and pa.types.is_integer(made.type):
        return (
            _from_numpy(made.to_numpy(zero_copy_only=False), wanted)
            if not made.null_count
            else made.cast(wanted)
        )
    if pa.types.is_decimal(wanted) and pa.types.is_integer(made.type):
        filled = _from_numpy(made.fill_null(0).to_numpy(zero_copy_only=False), wanted)
        return pc.if_else(made.is_valid(), filled, pa.scalar(None, wanted))
    if pa.types.is_decimal(wanted) and pa.types.is_decimal(made.type):
        if made.type.scale > wanted.scale:
            # A cast cuts: 1.018 is 1.02 where there are two decimals.
            made = pc.round(made, wanted.scale, "half_up")
        return made.cast(wanted, safe=False)
    if pa.types.is_integer(made.type) and pa.types.is_date32(wanted):
        return made.cast(pa.int32()).cast(wanted)
    return made.cast(wanted, safe=False)


def without(cells: pa.Array, mask: np.ndarray[Any, np.dtype[np.bool_]]) -> pa.Array:
    """``cells`` with NULL where the mask is true. Values are shared, not copied, where they can be:
    what lies beneath a NULL means nothing, but its length is kept by text."""
    flat = not pa.types.is_nested(cells.type) and not pa.types.is_null(cells.type)
    if not flat or cells.offset or cells.null_count:
        return pc.if_else(pa.array(mask), pa.scalar(None, cells.type), cells)
    valid = pa.py_buffer(np.packbits(~mask, bitorder="little"))
    buffers = [valid, *cells.buffers()[1:]]
    return pa.Array.from_buffers(cells.type, len(cells), buffers, int(np.count_nonzero(mask)))
