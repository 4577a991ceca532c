"""What a type becomes when nothing more is known: its Arrow form and its generator."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from seeder.schema import Type

# Digits of a numeric that declares none, and of a money amount.
PLAIN_PRECISION, PLAIN_SCALE = 18, 2

_WIRE = {
    "boolean": pa.bool_(),
    "bytes": pa.binary(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
    "uuid": pa.binary(16),
}
_INTEGERS = {16: pa.int16(), 32: pa.int32(), 64: pa.int64()}

# Kinds whose generator has another name than the kind.
_SHARED = {"timestamptz": "type.timestamp"}
_NOBODY = ("other",)
_TEXT_KINDS = """
boolean integer decimal float text bytes date time timetz timestamp timestamptz interval uuid
json inet cidr macaddr bit money xml tsvector range multirange geometric oid ltree hstore
"""
_KINDS = frozenset(_TEXT_KINDS.split())


def wire_type(t: Type) -> pa.DataType:
    """The Arrow type of a column's cells: exact widths; text in the engine's input form else.

    A numeric without precision is decimal128(18, 2); one of more than 38 digits is cut to 38.
    """
    if t.kind == "integer":
        return _INTEGERS.get(t.bits or 64, pa.int64())
    if t.kind == "float":
        return pa.float32() if t.bits == 32 else pa.float64()
    if t.kind == "decimal":
        if t.precision is None:
            return pa.decimal128(PLAIN_PRECISION, PLAIN_SCALE)
        return pa.decimal128(min(t.precision, 38), t.scale or 0)
    if t.kind == "array" and t.element is not None:
        return pa.list_(wire_type(t.element))
    return _WIRE.get(t.kind, pa.string())


def default_generator(column_type: Type) -> tuple[str, dict[str, Any]]:
    """The generator and its parameters by type alone; ('null', {}) for a kind nobody knows."""
    kind = column_type.kind
    if kind == "enum" and column_type.values:
        return "choice", {"values": list(column_type.values)}
    if kind == "array":
        known = column_type.element is not None and default_generator(column_type.element)
        return ("type.array", {}) if known and known[0] != "null" else ("null", {})
    if kind in ("range", "multirange"):
        # A range over something else than the built-in elements has no text form that we know.
        inner = column_type.element
        if kind == "multirange" and inner is not None and inner.kind == "range":
            inner = inner.element
        element = inner.kind if inner is not None else ""
        if element not in ("integer", "decimal", "float", "date", "timestamp", "timestamptz"):
            return "null", {}
    if kind == "oid" and column_type.native.startswith("reg"):
        # A name that must exist; zero is the input form of none for all of them.
        return "constant", {"value": "0"}
    if kind == "composite" and column_type.fields:
        return "type.composite", {}
    if kind in _NOBODY or kind not in _KINDS:
        return "null", {}
    return _SHARED.get(kind, f"type.{kind}"), {}
