"""The labelled columns as frozen data, and the schemas that they came from, without a database.

``meanings()`` is the fixed list, ``labelled_schemas()`` one entry for each file of ``labels/``, and
``schema_of()`` what reflection would have found there: names, types, NULLs and keys.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from seeder.schema import Column, ForeignKey, Name, Schema, Table, Type, Unique

_HERE = Path(__file__).parent
FIELDS = "namespace table column type nullable key comment label second sure".split()

# SQL name -> (kind, bits, how PostgreSQL prints it).
_TYPES: Mapping[str, tuple[str, int | None, str]] = {
    "boolean": ("boolean", None, "boolean"),
    "smallint": ("integer", 16, "smallint"),
    "integer": ("integer", 32, "integer"),
    "bigint": ("integer", 64, "bigint"),
    "real": ("float", 32, "real"),
    "double precision": ("float", 64, "double precision"),
    "numeric": ("decimal", None, "numeric"),
    "text": ("text", None, "text"),
    "varchar": ("text", None, "character varying"),
    "char": ("text", None, "character"),
    "bytea": ("bytes", None, "bytea"),
    "date": ("date", None, "date"),
    "time": ("time", None, "time without time zone"),
    "timestamp": ("timestamp", None, "timestamp without time zone"),
    "timestamptz": ("timestamptz", None, "timestamp with time zone"),
    "uuid": ("uuid", None, "uuid"),
}
_TYPE = re.compile(r"([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?\Z")
_KEY = re.compile(r"(PK)? ?(?:FK -> (\S+))?\Z")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One entry of the list. ``domain`` groups the entries, for reports."""

    name: str
    domain: str
    definition: str


@dataclass(frozen=True, slots=True)
class LabelledColumn:
    """A column and what it means. ``second`` is a label that is right as well, or ''.

    ``target`` is the table that a declared foreign key points at, or ''. ``sure`` is false where a
    careful reader could decide otherwise.
    """

    namespace: str
    table: str
    column: str
    type: Type
    nullable: bool
    primary: bool
    target: str
    comment: str
    label: str
    second: str
    sure: bool

    @property
    def labels(self) -> frozenset[str]:
        """Every label that counts as right."""
        return frozenset({self.label, self.second} - {""})


@dataclass(frozen=True, slots=True)
class LabelledSchema:
    """The labelled columns of one public schema, in the order of its tables."""

    name: str
    columns: tuple[LabelledColumn, ...]


@cache
def meanings() -> tuple[Meaning, ...]:
    """The fixed list of meanings."""
    return tuple(Meaning(**row) for row in _rows(_HERE / "meanings.csv"))


@cache
def labelled_schemas() -> tuple[LabelledSchema, ...]:
    """Every labelled schema, by name. Raises ValueError on a type or key that it cannot read."""
    files = sorted((_HERE / "labels").glob("*.csv"))
    return tuple(LabelledSchema(f.stem, tuple(map(_column, _rows(f)))) for f in files)


def parse_type(text: str) -> Type:
    """A type as the files write it, such as ``varchar(50)`` or ``numeric(18,2)``."""
    if text == "tstzrange":
        return Type("range", text, element=parse_type("timestamptz"))
    match = _TYPE.match(text)
    if match is None or match[1] not in _TYPES:
        raise ValueError(f"{text!r} is no type of the labelled files; see _TYPES in {__name__}")
    kind, bits, native = _TYPES[match[1]]
    first, scale = (int(m) if m else None for m in match.group(2, 3))
    if kind == "text":
        printed = native if first is None else f"{native}({first})"
        return Type(kind, printed, length=first, fixed=match[1] == "char")
    if kind == "decimal" and first is not None:
        return Type(kind, f"numeric({first},{scale or 0})", precision=first, scale=scale or 0)
    if first is not None:
        word, _, rest = native.partition(" ")
        return Type(kind, f"{word}({first}) {rest}".rstrip(), precision=first)
    return Type(kind, native, bits=bits)


def schema_of(labelled: LabelledSchema) -> Schema:
    """The schema of one file. A table that is referenced but was not labelled stands there with a
    key column ``id`` alone, so that the graph of keys is whole."""
    tables: dict[str, list[LabelledColumn]] = {}
    for column in labelled.columns:
        tables.setdefault(column.table, []).append(column)
    keys = {name: [c.column for c in cs if c.primary] for name, cs in tables.items()}
    names = {name: Name(cs[0].namespace, name) for name, cs in tables.items()}
    stubs: dict[str, Table] = {}
    for column in labelled.columns:
        if column.target and column.target not in tables:
            stubs.setdefault(column.target, _stub(column))
            names[column.target] = stubs[column.target].name
            keys[column.target] = ["id"]
    built = [_table(names, keys, name, columns) for name, columns in tables.items()]
    return Schema("postgresql", tuple(sorted([*built, *stubs.values()], key=lambda t: t.name)))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _column(row: Mapping[str, str]) -> LabelledColumn:
    key = _KEY.match(row["key"])
    if key is None:
        raise ValueError(f"{row['table']}.{row['column']}: {row['key']!r} is no key")
    return LabelledColumn(
        namespace=row["namespace"],
        table=row["table"],
        column=row["column"],
        type=parse_type(row["type"]),
        nullable=row["nullable"] == "yes",
        primary=key[1] is not None,
        target=key[2] or "",
        comment=row["comment"],
        label=row["label"],
        second=row["second"],
        sure=row["sure"] == "yes",
    )


def _stub(column: LabelledColumn) -> Table:
    return Table(
        Name(column.namespace, column.target),
        (Column("id", column.type, nullable=False),),
        uniques=(Unique(f"{column.target}_pkey", ("id",), primary=True),),
    )


def _table(
    names: Mapping[str, Name],
    keys: Mapping[str, list[str]],
    name: str,
    columns: Iterable[LabelledColumn],
) -> Table:
    columns = list(columns)
    primary = tuple(keys[name])
    foreign = [
        ForeignKey(f"{name}_{c.column}_fkey", (c.column,), names[c.target], (_only(keys, c),))
        for c in columns
        if c.target
    ]
    return Table(
        names[name],
        tuple(Column(c.column, c.type, c.nullable, comment=c.comment) for c in columns),
        uniques=(Unique(f"{name}_pkey", primary, primary=True),) if primary else (),
        foreign_keys=tuple(foreign),
    )


def _only(keys: Mapping[str, list[str]], column: LabelledColumn) -> str:
    if len(keys[column.target]) != 1:
        raise ValueError(
            f"{column.table}.{column.column}: the key of {column.target} is not of one column"
        )
    return keys[column.target][0]
