"""Single rows, for people to look at: always as text, always a few."""

from __future__ import annotations

from collections.abc import Sequence

from seeder.adapter import Label, Step
from seeder.schema import Table
from seeder_postgresql.connect import Connection, qualified, quote
from seeder_postgresql.verify import source


def related(
    connection: Connection,
    table: Table,
    path: Sequence[Step],
    where: Sequence[tuple[str, str]],
    labels: Sequence[Label],
    order: Sequence[str],
    limit: int,
    skip: int = 0,
) -> list[dict[str, str | None]]:
    """See ``seeder.adapter.Adapter.related``."""
    joins, here = _joins(path)
    shown = [f"t.{quote(c.name)}::text" for c in table.columns]
    shown += [_label(label) for label in labels]
    conditions = " AND ".join(f"{here}.{quote(c)}::text = %s" for c, _ in where) or "true"
    by = ", ".join(f"t.{quote(c)}" for c in order) or "1"
    rows = connection.rows(
        f"SELECT {', '.join(shown)} FROM {source(table)} AS t {joins} WHERE {conditions} "
        f"ORDER BY {by} LIMIT {int(limit)} OFFSET {int(skip)}",
        [value for _, value in where],
    )
    names = [*(c.name for c in table.columns), *(label.name for label in labels)]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _joins(path: Sequence[Step]) -> tuple[str, str]:
    """JOINs along a path of keys, and the alias of its end."""
    joins, here = [], "t"
    for number, (_, key) in enumerate(path):
        alias = f"p{number}"
        on = " AND ".join(
            f"{alias}.{quote(theirs)} = {here}.{quote(mine)}"
            for mine, theirs in zip(key.columns, key.target_columns, strict=True)
        )
        joins.append(f"JOIN {qualified(key.target)} AS {alias} ON {on}")
        here = alias
    return " ".join(joins), here


def _label(label: Label) -> str:
    """What the row at the end of a key is called, as a subselect."""
    key = label.key
    on = " AND ".join(
        f"l.{quote(theirs)} = t.{quote(mine)}"
        for mine, theirs in zip(key.columns, key.target_columns, strict=True)
    )
    words = " || ' ' || ".join(
        f"pg_catalog.coalesce(l.{quote(c)}::text, '')" for c in label.columns
    )
    words = words.replace("pg_catalog.coalesce", "coalesce")
    return f"(SELECT {words} FROM {qualified(key.target)} AS l WHERE {on} LIMIT 1)"
