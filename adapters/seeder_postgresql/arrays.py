"""Arrays in binary: the bytes that ``array_recv`` reads, with the element type's own oid.

pgpq writes arrays too, but announces every text as ``text`` and every binary as ``bytea``, and the
server refuses an element oid that is not the column's. So the elements are encoded by pgpq as rows
of one column, and the frames around them are made here. Format: src/backend/utils/adt/arrayfuncs.c.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder_postgresql.pgpq_rows import RowEncoder

_Ints = npt.NDArray[np.int64]

# Built-in types never change their oid (src/include/catalog/pg_type.dat).
OIDS: Mapping[str, int] = {
    "boolean": 16,
    "bytea": 17,
    '"char"': 18,
    "name": 19,
    "bigint": 20,
    "smallint": 21,
    "integer": 23,
    "text": 25,
    "json": 114,
    "xml": 142,
    "real": 700,
    "double precision": 701,
    "macaddr": 829,
    "inet": 869,
    "cidr": 650,
    "character": 1042,
    "character varying": 1043,
    "date": 1082,
    "time without time zone": 1083,
    "timestamp without time zone": 1114,
    "timestamp with time zone": 1184,
    "interval": 1186,
    "uuid": 2950,
    "jsonb": 3802,
    "int4range": 3904,
    "daterange": 3912,
    "int8range": 3926,
}
# Before the elements: dimensions, whether NULLs are in it, oid, length, lower bound.
_FRAME, _EMPTY_FRAME = 20, 12
# Before each element in pgpq's rows: the number of fields, which arrays do not have, and a length.
_FIELDS, _LENGTH = 2, 4


def measurable(wire: pa.DataType) -> bool:
    """Whether the length of an encoded element is known without decoding it."""
    return bool(
        pa.types.is_binary(wire)
        or pa.types.is_string(wire)
        or pa.types.is_duration(wire)
        or (_is_fixed(wire) and not pa.types.is_decimal(wire))
    )


def _is_fixed(wire: pa.DataType) -> bool:
    return bool(pa.types.is_primitive(wire) or pa.types.is_fixed_size_binary(wire))


class Elements:
    """Encodes lists of one element type."""

    def __init__(self, oid: int, wire: pa.DataType, jsonb: bool) -> None:
        self._oid = oid
        self._wire = wire
        self._jsonb = jsonb
        schema = pa.schema([pa.field("element", wire)])
        self._rows = RowEncoder(schema, ["element"] if jsonb else [])

    def __call__(self, lists: pa.Array, convert: Callable[[pa.Array], pa.Array]) -> pa.Array:
        """Lists as Arrow binary; ``convert`` brings their elements into the wire's Arrow type."""
        flat = convert(lists.flatten())
        counts = pc.cast(pc.list_value_length(lists).fill_null(0), pa.int64()).to_numpy()
        sizes = self._sizes(flat) + _LENGTH
        elements = self._elements(flat, sizes)
        ends = np.concatenate([[0], np.cumsum(counts)])
        reach = np.concatenate([[0], np.cumsum(sizes)])
        bodies = reach[ends[1:]] - reach[ends[:-1]]
        nulls = np.concatenate([[0], np.cumsum(flat.is_null().to_numpy(zero_copy_only=False))])
        has_null = nulls[ends[1:]] > nulls[ends[:-1]]
        framed = self._framed(counts, bodies, has_null, elements)
        return pc.if_else(lists.is_valid(), framed, None) if lists.null_count else framed

    def _sizes(self, flat: pa.Array) -> _Ints:
        """Bytes of each encoded element; 0 of a NULL."""
        if pa.types.is_string(self._wire) or pa.types.is_binary(self._wire):
            lengths = pc.cast(pc.binary_length(flat), pa.int64())
            sizes = pc.add(lengths, 1) if self._jsonb else lengths
            return np.asarray(sizes.fill_null(0).to_numpy(), np.int64)
        width = 16 if pa.types.is_duration(self._wire) else max(self._wire.bit_width // 8, 1)
        return np.where(flat.is_valid().to_numpy(zero_copy_only=False), width, 0).astype(np.int64)

    def _elements(self, flat: pa.Array, sizes: _Ints) -> npt.NDArray[np.uint8]:
        """Length and payload of each element, one after the other."""
        rows = np.frombuffer(self._rows.rows([flat]), np.uint8)
        if len(rows) != int(sizes.sum()) + _FIELDS * len(sizes):
            raise ValueError("the encoder wrote another length than its elements have")
        starts = np.concatenate([[0], np.cumsum(sizes + _FIELDS)])[:-1].astype(np.int64)
        kept = np.ones(len(rows), np.bool_)
        kept[starts], kept[starts + 1] = False, False
        return rows[kept]

    def _framed(
        self,
        counts: _Ints,
        bodies: _Ints,
        has_null: npt.NDArray[np.bool_],
        elements: npt.NDArray[np.uint8],
    ) -> pa.Array:
        frames = np.zeros((len(counts), _FRAME // 4), ">i4")
        frames[:, 0] = counts > 0
        frames[:, 1] = has_null
        frames[:, 2] = self._oid
        frames[:, 3] = counts
        frames[:, 4] = 1
        widths = np.where(counts > 0, _FRAME, _EMPTY_FRAME)
        offsets = np.concatenate([[0], np.cumsum(widths + bodies)]).astype(np.int64)
        out = np.empty(int(offsets[-1]), np.uint8)
        is_frame = np.zeros(len(out), np.bool_)
        steps = np.arange(_FRAME)
        within = steps < widths[:, None]
        is_frame[(offsets[:-1, None] + steps)[within]] = True
        out[is_frame] = frames.view(np.uint8).reshape(-1, _FRAME)[within]
        out[~is_frame] = elements
        buffers = [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(out)]
        return pa.Array.from_buffers(pa.binary(), len(counts), buffers)
