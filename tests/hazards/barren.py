"""Columns that tell nothing: constant, or NULL in every row."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

FEWEST = 50  # rows from which on a column has no excuse

_TABLES = """
SELECT n.nspname, c.relname, c.relkind = 'r',
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'seeder')
ORDER BY 1, 2
"""


def barren(url: str) -> tuple[dict[str, int], dict[str, str]]:
    """Rows by ``namespace.table``; and of the tables with rows enough, ``namespace.table.column``
    -> 'constant' or 'NULL'."""
    counts: dict[str, int] = {}
    found: dict[str, str] = {}
    with psycopg.connect(url) as connection:
        for namespace, table, only, columns in connection.execute(_TABLES).fetchall():
            count, *measures = _measured(connection, (namespace, table), only, columns)
            counts[f"{namespace}.{table}"] = count
            if count < FEWEST:
                continue
            for name, there, least, most in zip(columns, *_by_three(measures), strict=True):
                if least == most:
                    found[f"{namespace}.{table}.{name}"] = "constant" if there else "NULL"
    return counts, found


def unexplained(found: Mapping[str, str], reasons: Mapping[str, str]) -> dict[str, str]:
    """What is barren without a reason, and the reasons that nothing needs any more."""
    idle = {name: "not barren: the reason is out of date" for name in reasons if name not in found}
    return {name: what for name, what in found.items() if name not in reasons} | idle


def _by_three(measures: list[object]) -> tuple[list[object], list[object], list[object]]:
    return measures[::3], measures[1::3], measures[2::3]


def _measured(
    connection: psycopg.Connection, name: tuple[str, str], only: bool, columns: list[str]
) -> tuple[int, ...]:
    """Rows; and for each column how many are not NULL, and the ends of its values as text,
    because not every type has an order."""
    asked = [sql.SQL("count(*)")] + [
        sql.SQL('count({0}), min({0}::text COLLATE "C"), max({0}::text COLLATE "C")').format(
            sql.Identifier(column)
        )
        for column in columns
    ]
    query = sql.SQL("SELECT {} FROM {} {}").format(
        sql.SQL(", ").join(asked), sql.SQL("ONLY" if only else ""), sql.Identifier(*name)
    )
    (row,) = connection.execute(query).fetchall()
    return row
