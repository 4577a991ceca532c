"""PostgreSQL's types as ``schema.Type``: domains, arrays, ranges and type modifiers resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seeder.schema import Type

# Built-in type -> (kind, bits). Types of pg_catalog only: a user's type may have the same name.
_BUILT_IN: Mapping[str, tuple[str, int | None]] = {
    "bool": ("boolean", None),
    "int2": ("integer", 16),
    "int4": ("integer", 32),
    "int8": ("integer", 64),
    "numeric": ("decimal", None),
    "float4": ("float", 32),
    "float8": ("float", 64),
    "money": ("money", None),
    "text": ("text", None),
    "varchar": ("text", None),
    "bpchar": ("text", None),
    "name": ("text", None),
    "char": ("text", None),
    "bytea": ("bytes", None),
    "date": ("date", None),
    "time": ("time", None),
    "timetz": ("timetz", None),
    "timestamp": ("timestamp", None),
    "timestamptz": ("timestamptz", None),
    "interval": ("interval", None),
    "uuid": ("uuid", None),
    "json": ("json", None),
    "jsonb": ("json", None),
    "inet": ("inet", None),
    "cidr": ("cidr", None),
    "macaddr": ("macaddr", None),
    "macaddr8": ("macaddr", None),
    "bit": ("bit", None),
    "varbit": ("bit", None),
    "xml": ("xml", None),
    "tsvector": ("tsvector", None),
    "oid": ("oid", None),
    **dict.fromkeys(
        ("point", "line", "lseg", "box", "path", "polygon", "circle"), ("geometric", None)
    ),
}
_TIMES = ("time", "timetz", "timestamp", "timestamptz")
# Bytes of an identifier less its terminator; a "char" holds one byte.
_NAME_LENGTH, _CHAR_LENGTH = 63, 1


@dataclass(frozen=True, slots=True)
class Row:
    """One row of pg_type."""

    oid: int
    namespace: str
    name: str
    kind: str
    category: str
    base: int
    base_modifier: int
    element: int
    inner: int
    not_null: bool
    native: str
    labels: list[str] | None
    checks: list[str] | None
    fields: list[tuple[str, int, int, str]] | None = None


class Types:
    """The types of one database, by oid. ``lacking``: built-in ones that the server has by name
    only; ``plain``: a domain's CHECK without the functions that it calls."""

    def __init__(
        self,
        rows: Sequence[tuple[Any, ...]],
        lacking: frozenset[str] = frozenset(),
        plain: Callable[[str], str] = str,
    ) -> None:
        self._lacking, self._plain = lacking, plain
        self._rows = {row[0]: Row(*row) for row in rows}

    def not_null(self, oid: int) -> bool:
        """Whether a domain, or one that it is based on, forbids NULL."""
        row = self._rows[oid]
        return row.kind == "d" and (row.not_null or self.not_null(row.base))

    def resolve(self, oid: int, modifier: int, native: str = "") -> Type:
        """The type of a column, through its domains."""
        row = self._rows[oid]
        native = native or row.native
        if row.kind == "d":
            inner = self.resolve(row.base, row.base_modifier)
            return replace(
                inner,
                native=native,
                domains=(row.native, *inner.domains),
                checks=(*map(self._plain, row.checks or ()), *inner.checks),
            )
        if row.kind == "e":
            return Type("enum", native, values=tuple(row.labels or ()))
        if row.kind in "rm" and row.inner:
            kind = "range" if row.kind == "r" else "multirange"
            return Type(kind, native, element=self.resolve(row.inner, -1))
        if row.category == "A" and row.element and row.name.startswith("_"):
            return Type("array", native, element=self.resolve(row.element, modifier))
        if row.kind == "c":
            fields = tuple((n, self.resolve(o, m, text)) for n, o, m, text in row.fields or ())
            return Type("composite", native, fields=fields)
        if row.name == "citext":
            return Type("text", native)
        if row.name in ("ltree", "hstore") and row.kind == "b":
            return Type(row.name, native)
        known = row.name in _BUILT_IN and row.name not in self._lacking
        if row.namespace == "pg_catalog" and known:
            return _built_in(row.name, modifier, native)
        return Type("other", native)


def _built_in(name: str, modifier: int, native: str) -> Type:
    kind, bits = _BUILT_IN[name]
    if name in ("varchar", "bpchar"):
        fixed = name == "bpchar" and modifier > 0
        length = modifier - 4 if modifier > 0 else None
        return Type(kind, native or name, length=length, fixed=fixed)
    if kind == "bit":
        return Type(kind, native, length=modifier if modifier > 0 else None, fixed=name == "bit")
    if kind == "decimal" and modifier > 0:
        precision, scale = (modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF
        # Eleven bits with sign, since version 15; earlier scales are positive and fit as well.
        return Type(kind, native, precision=precision, scale=(scale ^ 1024) - 1024)
    if kind in _TIMES and modifier >= 0:
        return Type(kind, native, precision=modifier)
    if kind == "interval" and modifier >= 0 and modifier & 0xFFFF != 0xFFFF:
        return Type(kind, native, precision=modifier & 0xFFFF)
    if name == "name":
        return Type(kind, native, length=_NAME_LENGTH)
    if name == "char":
        return Type(kind, native, length=_CHAR_LENGTH)
    return Type(kind, native, bits=bits)
