"""Columns of existing rows, streamed out of the server into Arrow: the parents that are kept."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import pyarrow as pa
from pyarrow import csv

from seeder.schema import Table
from seeder_postgresql.connect import Connection, quote
from seeder_postgresql.verify import source


def snapshot(
    connection: Connection, table: Table, columns: Sequence[str], carried: Sequence[str] = ()
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """The Arrow schema and the batches of the columns, ordered by the bytes of their text.

    The order makes the snapshot, and with it every row that draws from it, the same on any server.
    Rows with a NULL among the columns cannot be referenced, and are left out; what is ``carried``
    beside them may be NULL.
    """
    from seeder.generate.defaults import wire_type

    every = tuple(dict.fromkeys((*columns, *carried)))
    wanted = pa.schema([pa.field(c, wire_type(table.column(c).type)) for c in every])
    shown = pa.schema([pa.field(f.name, _readable(f.type)) for f in wanted])
    names = ", ".join(quote(c) for c in every)
    order = ", ".join(f'{quote(c)}::text COLLATE "C"' for c in columns)
    present = " AND ".join(f"{quote(c)} IS NOT NULL" for c in columns)
    sql = (
        f"COPY (SELECT {names} FROM {source(table)} WHERE {present} ORDER BY {order})"
        " TO STDOUT (FORMAT csv)"
    )
    return wanted, _batches(connection.copy_out(sql), shown, wanted)


def _readable(kind: pa.DataType) -> pa.DataType:
    """What the CSV reader makes of a column; a uuid comes as its text."""
    return pa.string() if pa.types.is_fixed_size_binary(kind) else kind


def _batches(
    chunks: Iterator[bytes], shown: pa.Schema, wanted: pa.Schema
) -> Iterator[pa.RecordBatch]:
    stream = _Stream(chunks)
    if stream.empty:
        return
    reader = csv.open_csv(
        io.BufferedReader(stream, 1 << 20),
        read_options=csv.ReadOptions(column_names=shown.names),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=shown,
            # The server quotes an empty text, and leaves NULL empty.
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
            null_values=[""],
            timestamp_parsers=[csv.ISO8601, "%Y-%m-%d %H:%M:%S%z"],
        ),
    )
    for batch in reader:
        yield pa.RecordBatch.from_arrays(
            [_wire(a, f.type) for a, f in zip(batch.columns, wanted, strict=True)], schema=wanted
        )


def _wire(array: pa.Array, kind: pa.DataType) -> pa.Array:
    if array.type == kind:
        return array
    return pa.array([bytes.fromhex(t.replace("-", "")) for t in array.to_pylist()], kind)


class _Stream(io.RawIOBase):
    """An iterator of chunks as a file to read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = next(chunks, b"")
        self.empty = not self._rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = next(self._chunks, b"")
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
