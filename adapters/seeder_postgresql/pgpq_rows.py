"""pgpq, one batch at a time: the rows of a batch as binary COPY has them, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pgpq
import pyarrow as pa
from pgpq.encoders import LargeStringEncoderBuilder, StringEncoderBuilder
from pgpq.schema import Jsonb

# Signature, flags and length of the extension; a count of -1 fields ends the stream.
HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"


class RowEncoder:
    """Encodes batches of one Arrow schema."""

    def __init__(self, schema: pa.Schema, jsonb: Collection[str] = ()) -> None:
        self.schema = schema
        self._builders: Mapping[str, Any] = {
            field.name: _jsonb(field)
            if field.name in jsonb
            else pgpq.ArrowToPostgresBinaryEncoder.infer_encoder(field)
            for field in schema
        }

    def opened(self) -> Any:
        """An encoder of pgpq that has written its header. It keeps up to a megabyte to itself
        until it is finished, and making one costs as much as encoding a thousand rows."""
        encoder = pgpq.ArrowToPostgresBinaryEncoder.new_with_encoders(self.schema, self._builders)
        encoder.write_header()
        return encoder

    def batch(self, arrays: list[pa.Array]) -> pa.RecordBatch:
        """Equally long arrays, one for each field of the schema, as an open encoder takes them."""
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def rows(self, arrays: list[pa.Array]) -> bytes:
        """All rows of the arrays, and nothing else."""
        encoder = self.opened()
        written = encoder.write_batch(self.batch(arrays))
        return bytes(written + encoder.finish()[: -len(TRAILER)])


def _jsonb(field: pa.Field) -> Any:
    large = pa.types.is_large_string(field.type)
    builder = LargeStringEncoderBuilder if large else StringEncoderBuilder
    return builder.new_with_output(field, Jsonb())
