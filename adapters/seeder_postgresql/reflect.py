"""The catalogue as a ``Schema``: seven set-based queries, then pure assembly.

See docs/adr/0002-reflection.md for why this reads the catalogue itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seeder.errors import LoadFailed
from seeder.schema import (
    Check,
    Column,
    Exclusion,
    ForeignKey,
    Index,
    Name,
    Partitioning,
    Schema,
    Table,
    Trigger,
    Unique,
    with_partition_keys,
    with_redirected_keys,
)
from seeder_postgresql import bookkeeping
from seeder_postgresql import catalogue as queries
from seeder_postgresql.connect import Connection, catalogue
from seeder_postgresql.inlining import Functions, functions, inlined, known
from seeder_postgresql.journal import with_unrestored
from seeder_postgresql.triggers import does
from seeder_postgresql.types import Types

_Row = tuple[Any, ...]
_STRATEGIES = {"r": "range", "l": "list", "h": "hash"}
_KINDS = {"r": "table", "p": "partitioned", "f": "foreign"}
# Bits of pg_trigger.tgtype.
_EVENTS = ((4, "INSERT"), (16, "UPDATE"), (8, "DELETE"), (32, "TRUNCATE"))
_NEXTVAL_TEXT = re.compile(r"nextval\(\('((?:[^']|'')+)'::text\)::regclass\)")


@dataclass(frozen=True)
class _Found:
    """All rows that reflection read, by table."""

    names: Mapping[int, Name]
    columns: Mapping[int, list[_Row]]
    constraints: Mapping[int, list[_Row]]
    indexes: Mapping[int, list[_Row]]
    triggers: Mapping[int, list[_Row]]
    types: Types
    functions: Functions

    def column_names(self, table: int, numbers: Iterable[int] | None) -> tuple[str, ...]:
        """Names of columns by number; '' for 0, which stands for an expression."""
        by_number = {row[1]: row[2] for row in self.columns.get(table, ())}
        return tuple(by_number.get(n, "") for n in numbers or ())


def reflect(connection: Connection, namespaces: Sequence[str] = ()) -> Schema:
    """Every table of the database, or those of some namespaces and what they reference.

    Objects that an unfinished load took away are reported as if they were there.
    """
    with catalogue(connection):
        tables = connection.rows(queries.TABLES)
        called = known(connection.rows(functions(connection.version)))
        found = _Found(
            names={row[0]: Name(row[1], row[2]) for row in tables},
            columns=_by_table(connection.rows(queries.COLUMNS)),
            constraints=_by_table(connection.rows(queries.CONSTRAINTS)),
            indexes=_by_table(connection.rows(queries.indexes(connection.version))),
            triggers=_by_table(connection.rows(queries.TRIGGERS)),
            types=_types(connection, called),
            functions=called,
        )
        enums = connection.rows(queries.ENUMS)
    bounds = _bounds(tables)
    every = tuple(_table(row, found, bounds) for row in tables)
    schema = Schema(
        engine="postgresql",
        tables=every,
        enums=tuple((name, tuple(labels)) for name, labels in enums),
    )
    schema = with_partition_keys(with_unrestored(connection, schema))
    schema = with_redirected_keys(schema)
    return replace(schema, tables=_within(schema.tables, namespaces)) if namespaces else schema


def _types(connection: Connection, called: Functions) -> Types:
    rows = connection.rows(queries.types(connection.version))
    wanted = any(row[1:3] == ("pg_catalog", "xml") for row in rows)
    lacking = frozenset() if not wanted or _reads_xml(connection) else frozenset({"xml"})
    return Types(rows, lacking, lambda check: inlined(check, called))


def _reads_xml(connection: Connection) -> bool:
    """Whether the server was built with libxml: else the type is there, and takes no value."""
    try:
        with connection.transaction():
            connection.rows("SELECT XMLPARSE(CONTENT '')")
    except LoadFailed:
        return False
    return True


def _by_table(rows: Iterable[_Row]) -> dict[int, list[_Row]]:
    grouped: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped


def _bounds(tables: Iterable[_Row]) -> dict[Name, tuple[str, ...]]:
    """The bounds of each partitioned table's partitions, default apart, in order of their names."""
    found: dict[Name, list[str]] = defaultdict(list)
    for row in tables:
        if row[4] and row[8] != "DEFAULT":
            found[Name(*row[12][0])].append(row[8])
    return {name: tuple(texts) for name, texts in found.items()}


def _within(tables: tuple[Table, ...], namespaces: Sequence[str]) -> tuple[Table, ...]:
    """The tables of some namespaces, closed under references and partitions."""
    by_name = {t.name: t for t in tables}
    wanted: set[Name] = set()
    queue = [t.name for t in tables if t.name.namespace in namespaces]
    while queue:
        name = queue.pop()
        if name in wanted or name not in by_name:
            continue
        wanted.add(name)
        table = by_name[name]
        queue += [key.target for key in table.foreign_keys]
        queue += [t.name for t in tables if t.partition_of == name]
        queue += [table.partition_of] if table.partition_of else []
    return tuple(t for t in tables if t.name in wanted)


def _table(row: _Row, found: _Found, bounds: Mapping[Name, tuple[str, ...]]) -> Table:
    oid, namespace, name, relkind, is_partition, secured, comment, extension = row[:8]
    strategy, attributes, has_default, parents = row[9:13]
    columns = _columns(found, oid)
    full = Name(namespace, name)
    parent_names = tuple(Name(*p) for p in parents or ())
    constraints = found.constraints.get(oid, [])
    return Table(
        name=full,
        columns=columns,
        kind="partition" if is_partition and relkind != "f" else _KINDS[relkind],
        uniques=_uniques(found, oid),
        checks=tuple(_check(found, k) for k in constraints if k[2] == "c"),
        foreign_keys=tuple(_foreign_key(found, k) for k in constraints if k[2] == "f"),
        exclusions=tuple(_exclusion(found, k) for k in constraints if k[11]),
        indexes=tuple(
            Index(i[2], found.column_names(oid, i[6]), i[3], i[5], i[7], i[9])
            for i in found.indexes.get(oid, ())
        ),
        triggers=tuple(
            Trigger(g[1], _event(g[2]), g[3], g[4], does(g[2], g[5], g[6]))
            for g in found.triggers.get(oid, ())
        ),
        partition_of=parent_names[0] if is_partition else None,
        bound=row[8] or "" if is_partition else "",
        partitioning=Partitioning(
            _STRATEGIES[strategy],
            found.column_names(oid, attributes),
            bounds.get(full, ()),
            bool(has_default),
        )
        if strategy
        else None,
        inherits=() if is_partition else parent_names,
        comment=comment,
        bookkeeping=bookkeeping.reason(namespace, name, [c.name for c in columns], extension),
        row_security=secured,
    )


def _columns(found: _Found, table: int) -> tuple[Column, ...]:
    return tuple(_column(found.types, row) for row in found.columns.get(table, ()))


def _column(types: Types, row: _Row) -> Column:
    name, type_oid, modifier, native, not_null, identity, generated, text, sequence = row[2:11]
    if not sequence and (named := _NEXTVAL_TEXT.search(text)):
        sequence = named[1].replace("''", "'")
    return Column(
        name=name,
        type=types.resolve(type_oid, modifier, native),
        nullable=not (not_null or types.not_null(type_oid)),
        default="" if generated else text,
        generated=text if generated else "",
        identity={"a": "always", "d": "by default"}.get(identity, ""),
        sequence=sequence,
        comment=row[11],
    )


def _check(found: _Found, row: _Row) -> Check:
    text = row[10]
    plain = inlined(text, found.functions)
    return Check(
        row[1], text, found.column_names(row[0], row[3]), row[8], "" if plain == text else plain
    )


def _foreign_key(found: _Found, row: _Row) -> ForeignKey:
    return ForeignKey(
        name=row[1],
        columns=found.column_names(row[0], row[3]),
        target=found.names[row[4]],
        target_columns=found.column_names(row[4], row[5]),
        deferrable=row[6],
        initially_deferred=row[7],
        match_full=row[9],
        validated=row[8],
    )


def _exclusion(found: _Found, row: _Row) -> Exclusion:
    index = next(i for i in found.indexes[row[0]] if i[1] == row[13])
    elements = tuple(zip(found.column_names(row[0], index[6]), row[12], strict=True))
    return Exclusion(row[1], elements, row[11], index[7], tuple(index[10] or ()))


def _uniques(found: _Found, table: int) -> tuple[Unique, ...]:
    """Keys, constraints and bare unique indexes, which are all unique indexes in the end."""
    rows = [i for i in found.indexes.get(table, ()) if i[3]]
    return tuple(
        Unique(
            name=i[2],
            columns=_read(i) if i[10] else found.column_names(table, i[6]),
            primary=i[4],
            predicate=i[7],
            expressions=tuple(i[10] or ()),
            nulls_not_distinct=i[8],
        )
        for i in sorted(rows, key=lambda i: (not i[4], i[2]))
    )


def _read(index: _Row) -> tuple[str, ...]:
    """Columns that the key elements of an expression index read; its predicate's are left out."""
    text = " ".join(index[10])
    return tuple(
        name
        for name in sorted(index[11] or ())
        if re.search(rf'(?<![\w"]){re.escape(name)}(?![\w"])', text)
        or '"' + name.replace('"', '""') + '"' in text
    )


def _event(bits: int) -> str:
    """Such as 'BEFORE INSERT OR UPDATE ROW'."""
    when = "BEFORE" if bits & 2 else "INSTEAD OF" if bits & 64 else "AFTER"
    events = " OR ".join(word for bit, word in _EVENTS if bits & bit)
    return f"{when} {events} {'ROW' if bits & 1 else 'STATEMENT'}"
