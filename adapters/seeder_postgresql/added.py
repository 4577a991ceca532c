"""What tables that are added to hold already: the highest numbers, and values that new rows have
too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from seeder.errors import LoadFailed
from seeder.schema import Name, Table, Unique
from seeder_postgresql.connect import Connection, qualified, quote
from seeder_postgresql.verify import elements, source

_NEW = Name("pg_temp", "seeder new")


def highest(connection: Connection, table: Table, columns: Sequence[str]) -> dict[str, int]:
    """The highest value of each column of numbers, fractions left off; none of one without any."""
    if not columns:
        return {}
    asked = ", ".join(f"pg_catalog.max({quote(c)})" for c in columns)
    ((*found,),) = connection.rows(f"SELECT {asked} FROM {source(table)}")
    return {c: int(top) for c, top in zip(columns, found, strict=True) if top is not None}


def lock(connection: Connection, tables: Sequence[Table]) -> bool:
    """Keep others from writing to the tables until the transaction ends; they may read. False, and
    no lock, where our rights do not reach so far."""
    names = ", ".join(qualified(t.name) for t in tables)
    try:
        with connection.transaction():
            connection.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
    except LoadFailed as error:
        if error.refusal.kind != "right":
            raise
        return False
    return True


def clashes(
    connection: Connection,
    table: Table,
    unique: Unique,
    columns: Sequence[str],
    chunks: Iterable[bytes],
    method: str,
) -> int:
    """How many of the new rows, ``chunks`` of a COPY of some columns, have what the unique set
    allows once, and a row of the table has. Nothing of it stays."""
    names = ", ".join(quote(c) for c in columns)
    whole = elements(unique)
    shown = ", ".join(f"({e}) AS e{at}" for at, e in enumerate(whole))
    where = f" WHERE ({unique.predicate})" if unique.predicate else ""
    equal = " AND ".join(f"n.e{at} = o.e{at}" for at in range(len(whole)))
    connection.execute(
        f"CREATE TEMPORARY TABLE {quote(_NEW.name)} AS SELECT {names} FROM {source(table)}"
        " WITH NO DATA"
    )
    try:
        connection.copy(replace(table, name=_NEW), columns, chunks, method)
        ((found,),) = connection.rows(
            f"SELECT pg_catalog.count(*) FROM (SELECT {shown} FROM {qualified(_NEW)}{where}) AS n"
            f" JOIN (SELECT {shown} FROM {source(table)}{where}) AS o ON {equal}"
        )
    finally:
        connection.execute(f"DROP TABLE IF EXISTS {qualified(_NEW)}")
    return int(found)
