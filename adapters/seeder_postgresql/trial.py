"""Rows on trial: into the tables with everything alive, and out again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import pyarrow as pa

from seeder.adapter import Object
from seeder.schema import Table
from seeder_postgresql import maintenance, textcopy
from seeder_postgresql.connect import Connection, literal, qualified, quote


class _Over(Exception):
    """Ends a trial that went well."""


@contextmanager
def trial(
    connection: Connection, off: Sequence[Object], emptied: Sequence[Table]
) -> Iterator[None]:
    """A block in a transaction that is rolled back, however it ends.

    Constraints that could wait for its end are checked by each statement. ``off``: triggers that
    the load would switch off as well; ``emptied``: tables that it would empty.
    """
    with suppress(_Over), connection.transaction():
        for item in off:
            for statement in item.drop:
                connection.execute(statement)
        maintenance.truncate(connection, emptied)
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        raise _Over


def insert_together(connection: Connection, parts: Sequence[tuple[Table, pa.RecordBatch]]) -> None:
    """Rows of several tables by one statement, after which the keys between them are checked.

    Every value is given, so that no sequence moves. Raises LoadFailed, and no row is in.
    """
    steps = [f"p{at} AS ({_insert(table, batch)})" for at, (table, batch) in enumerate(parts)]
    with connection.transaction():
        connection.execute(f"WITH {', '.join(steps)} SELECT")


def _insert(table: Table, batch: pa.RecordBatch) -> str:
    names = ", ".join(quote(name) for name in batch.schema.names)
    columns = [textcopy.literal(column).to_pylist() for column in batch.columns]
    rows = ", ".join(f"({', '.join(map(_value, row))})" for row in zip(*columns, strict=True))
    return f"INSERT INTO {qualified(table.name)} ({names}) OVERRIDING SYSTEM VALUE VALUES {rows}"


def _value(text: str | None) -> str:
    return "NULL" if text is None else literal(text)
