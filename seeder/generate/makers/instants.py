"""Instants that tell rows apart: for timestamps under a unique constraint of their own."""

from __future__ import annotations

import pyarrow as pa

from seeder.generate.defaults import wire_type
from seeder.generate.registry import Call, generator
from seeder.generate.spans import SECOND, WINDOW

_SECONDS = WINDOW // SECOND


@generator(
    "moment.distinct",
    "A second of the last five years, another one in each row that must differ.",
    accepts="timestamp timestamptz",
    capacity=lambda kind, params: _SECONDS,
)
def distinct(call: Call) -> pa.Array:
    micros = call.reference - WINDOW + call.index(_SECONDS) * SECOND
    return pa.array(micros).cast(wire_type(call.type))
