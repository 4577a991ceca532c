"""The adapter for PostgreSQL 13 to 18 and its relatives that speak its protocol and catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import pyarrow as pa

from seeder.adapter import Encoder, Label, Object, Step
from seeder.schema import Facts, Name, Schema, Table, Unique
from seeder_postgresql import added, journal, maintenance, reading, sequences, verify, views
from seeder_postgresql import trial as trials
from seeder_postgresql import url as urls
from seeder_postgresql.connect import Connection, connect
from seeder_postgresql.encode import encoder
from seeder_postgresql.facts import facts
from seeder_postgresql.objects import objects
from seeder_postgresql.snapshot import snapshot


class PostgreSQL:
    """See ``seeder.adapter.Adapter``."""

    name = "postgresql"
    journal: Any = journal
    proofs: Any = verify

    def connect(self, url: str) -> Connection:
        return connect(url)

    def public_url(self, url: str) -> str:
        return urls.public_url(url)

    def reflect(self, connection: Connection, namespaces: Sequence[str] = ()) -> Schema:
        # Not at the top: it parses SQL, and a worker reads no schema.
        from seeder_postgresql.reflect import reflect

        return reflect(connection, namespaces)

    def facts(self, connection: Connection, schema: Schema) -> Facts:
        return facts(connection, schema)

    def objects(self, connection: Connection, tables: Sequence[Name]) -> Iterator[Object]:
        return objects(connection, tables)

    def encoder(self, table: Table, schema: pa.Schema) -> Encoder:
        return encoder(table, schema)

    def worker_settings(self, run: int, workers: int) -> Mapping[str, str]:
        return maintenance.worker_settings(run, workers)

    def relaxed(self, connection: Connection) -> AbstractContextManager[None]:
        return maintenance.relaxed(connection)

    def end_workers(self, connection: Connection, run: int) -> None:
        maintenance.end_workers(connection, run)

    def truncate(self, connection: Connection, tables: Sequence[Table]) -> None:
        maintenance.truncate(connection, tables)

    def empty(self, connection: Connection, tables: Sequence[Table], idle: Sequence[Table]) -> None:
        maintenance.empty(connection, tables, idle)

    def trial(
        self, connection: Connection, off: Sequence[Object], emptied: Sequence[Table]
    ) -> AbstractContextManager[None]:
        return trials.trial(connection, off, emptied)

    def insert_together(
        self, connection: Connection, parts: Sequence[tuple[Table, pa.RecordBatch]]
    ) -> None:
        trials.insert_together(connection, parts)

    def snapshot(
        self,
        connection: Connection,
        table: Table,
        columns: Sequence[str],
        carried: Sequence[str] = (),
    ) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        return snapshot(connection, table, columns, carried)

    def highest(
        self, connection: Connection, table: Table, columns: Sequence[str]
    ) -> dict[str, int]:
        return added.highest(connection, table, columns)

    def lock(self, connection: Connection, tables: Sequence[Table]) -> bool:
        return added.lock(connection, tables)

    def check_deferred(self, connection: Connection) -> None:
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def clashes(
        self,
        connection: Connection,
        table: Table,
        unique: Unique,
        columns: Sequence[str],
        chunks: Iterable[bytes],
        method: str,
    ) -> int:
        return added.clashes(connection, table, unique, columns, chunks, method)

    def related(
        self,
        connection: Connection,
        table: Table,
        path: Sequence[Step],
        where: Sequence[tuple[str, str]],
        labels: Sequence[Label],
        order: Sequence[str],
        limit: int,
        skip: int = 0,
    ) -> list[dict[str, str | None]]:
        return reading.related(connection, table, path, where, labels, order, limit, skip)

    def refresh(self, view: Name) -> str:
        return views.refresh(view)

    def settle(self, table: Table) -> tuple[str, ...]:
        return sequences.sequence_statements(table)

    def vacuum(self, table: Table, schema: Schema) -> tuple[str, ...]:
        return maintenance.vacuum(table, schema)
