"""Binary COPY: how an Arrow column of each type becomes what the server's receive function reads.

A codec turns a column into an Arrow array that pgpq writes as is. The server never looks at the
name of a type on the wire, only at the bytes, so any receive format can travel as Arrow binary.
Formats: PostgreSQL source, src/backend/utils/adt (``*_recv``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from seeder.schema import Type
from seeder_postgresql import arrays, payloads, spans
from seeder_postgresql.payloads import is_text

Convert = Callable[[pa.Array], pa.Array]


@dataclass(frozen=True, slots=True)
class Codec:
    """``convert`` gives an array of type ``wire``; ``jsonb``: its text gets jsonb's version."""

    wire: pa.DataType
    convert: Convert
    jsonb: bool = False


Find = Callable[[Type, pa.DataType], Codec | None]


def _cast(wire: pa.DataType, jsonb: bool = False) -> Codec:
    return Codec(wire, lambda array: array if array.type == wire else pc.cast(array, wire), jsonb)


def _plain(wire: pa.DataType) -> Find:
    """Any Arrow type that casts to ``wire`` without passing through text."""
    return lambda _, arrow: None if is_text(arrow) else _cast(wire)


def _integer(kind: Type, arrow: pa.DataType) -> Codec | None:
    if not pa.types.is_integer(arrow):
        return None
    return _cast({16: pa.int16(), 32: pa.int32()}.get(kind.bits or 64, pa.int64()))


def _float(kind: Type, arrow: pa.DataType) -> Codec | None:
    if is_text(arrow):
        return None
    return _cast(pa.float32() if kind.bits == 32 else pa.float64())


def _decimal(_: Type, arrow: pa.DataType) -> Codec | None:
    if pa.types.is_decimal128(arrow) and arrow.scale >= 0:
        return _cast(arrow)
    if pa.types.is_integer(arrow):
        return _cast(pa.decimal128(20, 0))
    return None


def _text(_: Type, arrow: pa.DataType) -> Codec | None:
    return _cast(arrow) if is_text(arrow) else None


def _json(kind: Type, arrow: pa.DataType) -> Codec | None:
    # A domain's name hides whether it is json or jsonb, and the two read different bytes.
    if kind.domains or not is_text(arrow):
        return None
    wire = pa.large_string() if pa.types.is_large_string(arrow) else pa.string()
    return _cast(wire, jsonb=kind.native == "jsonb")


def _uuid(_: Type, arrow: pa.DataType) -> Codec | None:
    if arrow == pa.binary(16):
        return _cast(arrow)
    return Codec(pa.binary(16), payloads.uuid) if is_text(arrow) else None


def _moment(zone: str | None) -> Find:
    def codec(_: Type, arrow: pa.DataType) -> Codec | None:
        return _cast(pa.timestamp("us", zone)) if pa.types.is_timestamp(arrow) else None

    return codec


def _money(_: Type, arrow: pa.DataType) -> Codec | None:
    """Cents. Other currencies' digits are the server's locale: their tables must be loaded so."""
    known = is_text(arrow) or (pa.types.is_decimal128(arrow) and arrow.scale == 2)
    return Codec(pa.int64(), payloads.cents) if known else None


def _oid(_: Type, arrow: pa.DataType) -> Codec | None:
    known = is_text(arrow) or pa.types.is_integer(arrow)
    return Codec(pa.int32(), payloads.unsigned) if known else None


def _interval(_: Type, arrow: pa.DataType) -> Codec | None:
    if pa.types.is_duration(arrow):
        return _cast(pa.duration("us"))
    return Codec(pa.binary(16), spans.interval) if is_text(arrow) else None


def _from_text(wire: pa.DataType, convert: Convert) -> Find:
    return lambda _, arrow: Codec(wire, convert) if is_text(arrow) else None


def _range(kind: Type, arrow: pa.DataType) -> Codec | None:
    bound = spans.bound(kind.element) if kind.element else None
    if bound is None or not is_text(arrow):
        return None
    return Codec(pa.binary(), lambda array: spans.ranges(array, bound))


def _array(kind: Type, arrow: pa.DataType) -> Codec | None:
    """Arrays of one dimension whose element is a built-in type with a codec."""
    if kind.element is None or not (pa.types.is_list(arrow) or pa.types.is_large_list(arrow)):
        return None
    oid = arrays.OIDS.get(kind.element.native.partition("(")[0])
    inner = codec(kind.element, arrow.value_type)
    if oid is None or inner is None or kind.element.domains or not arrays.measurable(inner.wire):
        return None
    encode = arrays.Elements(oid, inner.wire, inner.jsonb)
    return Codec(pa.binary(), lambda array: encode(array, inner.convert))


_CODECS: Mapping[str, Find] = {
    "boolean": _plain(pa.bool_()),
    "integer": _integer,
    "float": _float,
    "decimal": _decimal,
    "text": _text,
    "enum": _text,
    "xml": _text,
    "json": _json,
    "bytes": _plain(pa.binary()),
    "date": _plain(pa.date32()),
    "time": _plain(pa.time64("us")),
    "timestamp": _moment(None),
    "timestamptz": _moment("UTC"),
    "interval": _interval,
    "uuid": _uuid,
    "money": _money,
    "oid": _oid,
    "inet": _from_text(pa.binary(), payloads.inet),
    "cidr": _from_text(pa.binary(), payloads.cidr),
    "macaddr": _from_text(pa.binary(), payloads.macaddr),
    "bit": _from_text(pa.binary(), payloads.bits),
    "timetz": _from_text(pa.binary(12), spans.timetz),
    "range": _range,
    "array": _array,
}


def codec(kind: Type, arrow: pa.DataType) -> Codec | None:
    """How a column of an Arrow type goes into a column of a PostgreSQL type, or None: as text."""
    if pa.types.is_null(arrow):
        return Codec(pa.binary(), lambda array: pa.nulls(len(array), pa.binary()))
    if pa.types.is_dictionary(arrow):
        inner = codec(kind, arrow.value_type)
        if inner is None:
            return None
        return Codec(
            inner.wire,
            lambda array: inner.convert(array.dictionary_decode()),
            inner.jsonb,
        )
    find = _CODECS.get(kind.kind)
    return find(kind, arrow) if find else None
