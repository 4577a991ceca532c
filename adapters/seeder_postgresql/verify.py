"""Questions whose answers prove a load, each asked of the database itself and returning a number.

They read whole tables; 0 is the good answer of all but ``counts``,
``constant`` and ``checksum``.
"""

from __future__ import annotations

from collections.abc import Sequence

from seeder.schema import Check, Column, ForeignKey, Name, Table, Unique
from seeder_postgresql.coherence import coherence, tally
from seeder_postgresql.connect import Connection, literal, qualified, quote

__all__ = ["coherence", "tally"]  # the others are defined here

_BITS = 1 << 64
_FIRST = 1000  # rows that tell most columns apart


def source(table: Table) -> str:
    """A table in FROM: its own rows, and not those of tables that inherit from it."""
    return f"{'ONLY ' if table.kind == 'table' else ''}{qualified(table.name)}"


def counts(connection: Connection, tables: Sequence[Table]) -> dict[Name, int]:
    """Rows of each table."""
    return {
        t.name: _number(connection, f"SELECT pg_catalog.count(*) FROM {source(t)}") for t in tables
    }


def orphans(
    connection: Connection, table: Table, key: ForeignKey, where: tuple[str, str] | None = None
) -> int:
    """Rows whose key names no parent, by the key's own rule for NULLs (MATCH SIMPLE or FULL);
    only of those whose column has a value, where ``where`` names both."""
    columns = [f"c.{quote(name)}" for name in key.columns]
    pairs = zip(columns, key.target_columns, strict=True)
    match = " AND ".join(f"p.{quote(target)} = {column}" for column, target in pairs)
    complete = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    absent = f"NOT EXISTS (SELECT FROM {qualified(key.target)} AS p WHERE {match})"
    lost = f"({complete} AND {absent})"
    if key.match_full and len(columns) > 1:
        some = " OR ".join(f"{column} IS NOT NULL" for column in columns)
        lost += f" OR (({some}) AND NOT ({complete}))"
    if where is not None:
        lost = f"({lost}) AND c.{quote(where[0])}::text = {literal(where[1])}"
    return _number(connection, f"SELECT pg_catalog.count(*) FROM {source(table)} AS c WHERE {lost}")


def check_violations(connection: Connection, table: Table, check: Check) -> int:
    """Rows for which the condition is false; unknown passes, as in the server."""
    where = f"({check.expression}) IS FALSE"
    return _number(connection, f"SELECT pg_catalog.count(*) FROM {source(table)} WHERE {where}")


def elements(unique: Unique) -> tuple[str, ...]:
    """What a key, constraint or unique index allows once, in SQL."""
    return unique.expressions or tuple(quote(c) for c in unique.columns)


def unique_violations(connection: Connection, table: Table, unique: Unique) -> int:
    """Rows beyond the first of each group that a key, constraint or unique index allows once."""
    whole = elements(unique)
    conditions = [f"({unique.predicate})"] if unique.predicate else []
    if not unique.nulls_not_distinct:
        conditions += [f"({e}) IS NOT NULL" for e in whole]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    # Named first: GROUP BY takes no constant, which an index over (true) is.
    names = [f"e{at}" for at in range(len(whole))]
    rows = ", ".join(f"({e}) AS {name}" for e, name in zip(whole, names, strict=True))
    groups = (
        f"SELECT pg_catalog.count(*) AS n FROM (SELECT {rows} FROM {source(table)}{where}) AS r"
        f" GROUP BY {', '.join(names)}"
    )
    return _number(connection, f"SELECT pg_catalog.sum(n - 1) FROM ({groups}) AS g")


def sequence_lag(connection: Connection, table: Table, column: Column) -> int:
    """How many numbers in use the column's sequence would still hand out; 0 when it is ahead. Of
    texts, which a sequence may feed too, nothing is asked."""
    if column.type.kind not in ("integer", "decimal"):
        return 0
    name = quote(column.name)
    return _number(
        connection,
        f"""SELECT greatest(0, CASE WHEN q.seqincrement > 0 THEN t.high - n.next
  ELSE n.next - t.low END + 1)
FROM (SELECT max({name})::numeric AS high, min({name})::numeric AS low FROM {source(table)}) AS t
CROSS JOIN {column.sequence} AS s
JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = {literal(column.sequence)}::regclass
CROSS JOIN LATERAL (SELECT CASE WHEN s.is_called THEN s.last_value::numeric + q.seqincrement
  ELSE s.last_value END AS next) AS n""",
    )


def constant(connection: Connection, table: Table, columns: Sequence[str]) -> dict[str, int]:
    """Columns with one value in all rows, NULLs aside, or with none; and how many rows have it.

    The first rows acquit most columns; only the others are looked at in all rows, until a second
    value is found.
    """
    if not columns:
        return {}
    quoted = [quote(c) for c in columns]
    sides = [f'{end}({c}::text COLLATE "C")' for c in quoted for end in ("min", "max")]
    first = f"SELECT {', '.join(quoted)} FROM {source(table)} LIMIT {_FIRST}"
    ((*found,),) = connection.rows(f"SELECT {', '.join(sides)} FROM ({first}) AS r")
    pairs = zip(columns, quoted, found[::2], found[1::2], strict=True)
    suspects = [(name, column) for name, column, low, high in pairs if low == high]
    if not suspects:
        return {}
    asked = []
    for _, column in suspects:
        known = f"FROM {source(table)} WHERE {column} IS NOT NULL"
        one = f"(SELECT {column}::text {known} LIMIT 1)"
        asked.append(f'EXISTS (SELECT {known} AND {column}::text COLLATE "C" <> {one})')
    ((*differ,),) = connection.rows(f"SELECT {', '.join(asked)}")
    barren = [pair for pair, differs in zip(suspects, differ, strict=True) if not differs]
    if not barren:
        return {}
    sums = ", ".join(f"pg_catalog.count({column})" for _, column in barren)
    ((*there,),) = connection.rows(f"SELECT {sums} FROM {source(table)}")
    return {name: int(count) for (name, _), count in zip(barren, there, strict=True)}


def checksum(connection: Connection, table: Table) -> int:
    """The sum, modulo 2**64, of a 64-bit hash of each row's text: the same set, the same number.

    The session's settings fix the text (UTC, ISO dates, all digits of a float).
    """
    alias = quote("seeder row")
    ((total,),) = connection.rows(
        f"SELECT pg_catalog.sum(pg_catalog.hashtextextended(({alias}.*)::text, 0)::numeric)"
        f" FROM {source(table)} AS {alias}"
    )
    return int(total or 0) % _BITS


def disagreements(
    connection: Connection,
    table: Table,
    first: Sequence[tuple[Table, ForeignKey]],
    second: Sequence[tuple[Table, ForeignKey]],
) -> int:
    """Rows whose two paths of keys end at different rows; a NULL on the way excuses a row."""
    joins: list[str] = []
    # Keys to different columns of the table where they end are compared in a column of both rows.
    asked = sorted(second[-1][1].target_columns)
    whole = sorted(first[-1][1].target_columns) != asked

    def walk(path: Sequence[tuple[Table, ForeignKey]], prefix: str) -> list[str]:
        here = "t"
        for number, (_, key) in enumerate(path if whole else path[:-1]):
            alias = f"{prefix}{number}"
            on = " AND ".join(
                f"{alias}.{quote(theirs)} = {here}.{quote(mine)}"
                for mine, theirs in zip(key.columns, key.target_columns, strict=True)
            )
            joins.append(f"JOIN {qualified(key.target)} AS {alias} ON {on}")
            here = alias
        last = path[-1][1]
        mine = dict(zip(last.target_columns, last.columns, strict=True))
        return [f"{here}.{quote(c if whole else mine[c])}" for c in asked]

    left, right = walk(first, "a"), walk(second, "b")
    differ = " OR ".join(f"{a} <> {b}" for a, b in zip(left, right, strict=True))
    ((count,),) = connection.rows(
        f"SELECT pg_catalog.count(*) FROM {source(table)} AS t {' '.join(joins)} WHERE {differ}"
    )
    return int(count)


def _number(connection: Connection, sql: str) -> int:
    ((value,),) = connection.rows(sql)
    return int(value or 0)
