"""Arrow batches of one table to the bytes of one COPY: binary when every column allows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from seeder.errors import LoadFailed
from seeder.schema import Table
from seeder_postgresql import textcopy
from seeder_postgresql.binary import Codec, codec
from seeder_postgresql.pgpq_rows import HEADER, RowEncoder


class BinaryEncoder:
    """Binary COPY through pgpq."""

    method = "binary"
    reason = ""

    def __init__(self, table: Table, codecs: Mapping[str, Codec]) -> None:
        self._table = table
        self._codecs = codecs
        schema = pa.schema([pa.field(name, c.wire) for name, c in codecs.items()])
        self._open: Any = None
        self._rows = RowEncoder(schema, [name for name, c in codecs.items() if c.jsonb])

    def header(self) -> bytes:
        self._open = self._rows.opened()
        return HEADER

    def batch(self, batch: pa.RecordBatch) -> bytes:
        """What is ready of the rows so far, the batch's included; the footer brings the rest. Its
        columns stand in the order of the encoder's schema."""
        columns = [
            self._convert(name, c, column)
            for (name, c), column in zip(self._codecs.items(), batch.columns, strict=True)
        ]
        written: bytes = self._open.write_batch(self._rows.batch(columns))
        return written

    def footer(self) -> bytes:
        rest: bytes = self._open.finish()
        return rest

    def _convert(self, name: str, codec: Codec, column: pa.Array) -> pa.Array:
        try:
            return codec.convert(column)
        except (ValueError, OSError) as error:  # ArrowInvalid is a ValueError
            kind = self._table.column(name).type.native
            raise LoadFailed(f"{self._table.name}.{name}: no value of {kind}: {error}") from None


class TextEncoder:
    """Text COPY, for tables with a column that has no binary codec."""

    method = "text"

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def header(self) -> bytes:
        return b""

    def batch(self, batch: pa.RecordBatch) -> bytes:
        return textcopy.rows(batch)

    def footer(self) -> bytes:
        return b""


def encoder(table: Table, schema: pa.Schema) -> BinaryEncoder | TextEncoder:
    """The encoder for batches of ``schema``, whose fields are columns of the table.

    Columns that are not in the schema are left out of COPY's column list by the caller, so that
    the server fills them: defaults, identities, generated columns.
    """
    codecs: dict[str, Codec] = {}
    for field in schema:
        column = table.column(field.name)
        found = codec(column.type, field.type)
        if found is None:
            return TextEncoder(f"column {column.name} ({column.type.native}) has no binary codec")
        codecs[field.name] = found
    return BinaryEncoder(table, codecs)
