"""Statements around a load: emptying, settling, vacuuming, and ending a run's sessions."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from seeder.errors import LoadFailed, SeederError
from seeder.schema import Name, Schema, Table
from seeder_postgresql import rights
from seeder_postgresql.connect import Connection, literal, qualified
from seeder_postgresql.verify import source

_GONE_SECONDS = 30.0


def worker_settings(run: int, workers: int) -> Mapping[str, str]:
    """Session settings of a worker. The name lets ``end_workers`` find its sessions.

    256 MB sort the indexes of a few million rows in memory; one process a build, because the
    workers are already as many as the user wants busy.
    """
    parallel = "0" if workers > 1 else "1"
    return {
        "application_name": f"seeder run {run}",
        # The journal's last commit waits for the disk, and with it for all that came before it in
        # the log: a crash before that finds the run open, and restore starts from its journal.
        "synchronous_commit": "off",
        "maintenance_work_mem": "256MB",
        "max_parallel_maintenance_workers": parallel,
    }


@contextmanager
def relaxed(connection: Connection) -> Iterator[None]:
    """Commits in the block do not wait for the disk; ``worker_settings`` says why that is safe."""
    connection.settings(synchronous_commit="off")
    try:
        yield
    finally:
        # A session that broke in the block has nothing to reset.
        with suppress(SeederError):
            connection.execute("RESET synchronous_commit")


def end_workers(connection: Connection, run: int) -> None:
    """Terminate what is left of a run's sessions and wait until their locks are gone."""
    who = literal(f"seeder run {run}")
    left = (
        "FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database()"
        f" AND application_name = {who} AND pid <> pg_catalog.pg_backend_pid()"
    )
    deadline = time.monotonic() + _GONE_SECONDS
    while connection.rows(f"SELECT pg_catalog.pg_terminate_backend(pid) {left}"):
        if time.monotonic() > deadline:
            pids = ", ".join(str(p) for (p,) in connection.rows(f"SELECT pid {left}"))
            raise LoadFailed(
                f"sessions of run {run} do not end: {pids}", "end them, then try again"
            )
        time.sleep(0.1)


def truncate(connection: Connection, tables: Sequence[Table]) -> None:
    """Empty all the tables in one statement, without CASCADE: what is not named is not touched."""
    if tables:
        names = ", ".join(source(t) for t in tables)
        connection.execute(f"TRUNCATE {names}")


_POINTING = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class p ON p.oid = k.confrelid
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
JOIN unnest(%s::text[], %s::text[]) AS w(namespace, name)
  ON w.namespace = pn.nspname AND w.name = p.relname
WHERE k.contype = 'f' AND k.conparentid = 0
"""


def empty(connection: Connection, tables: Sequence[Table], idle: Sequence[Table]) -> None:
    """Empty tables that a run has filled; ``idle`` are those that it has not come to yet.

    TRUNCATE, together with the idle tables whose keys point here, because it refuses a table that
    another one references, however empty. DELETE where others point here too, or where we may not
    TRUNCATE: in one statement, after which the keys between the tables are checked.
    """
    if not tables:
        return
    chosen = {t.name: t for t in tables}
    known = {t.name: t for t in idle}
    while near := _pointing(connection, [*chosen]) - set(chosen):
        if not near <= set(known):
            break
        chosen |= {n: known[n] for n in near}
    if not near and all(r.truncate for r in rights.of_tables(connection, [*chosen.values()])):
        truncate(connection, [*chosen.values()])
    else:
        _delete(connection, tables)


def _pointing(connection: Connection, names: Sequence[Name]) -> set[Name]:
    """Tables with a foreign key to one of these."""
    both = ([n.namespace for n in names], [n.name for n in names])
    return {Name(*row) for row in connection.rows(_POINTING, both)}


def _delete(connection: Connection, tables: Sequence[Table]) -> None:
    parts = ", ".join(f"d{i} AS (DELETE FROM {source(t)})" for i, t in enumerate(tables))
    connection.execute(f"WITH {parts} SELECT")


def vacuum(table: Table, schema: Schema) -> tuple[str, ...]:
    """VACUUM (ANALYZE) sets the visibility map, which index-only scans need, and statistics.

    A partitioned parent gets its own statistics from ANALYZE; its partitions are vacuumed with it.
    ANALYZE would ask the other server of a foreign table below: it is left out there.
    """
    analyze = "" if _has_foreign(table.name, schema) else "(ANALYZE) "
    return (f"VACUUM {analyze}{qualified(table.name)}",)


def _has_foreign(name: Name, schema: Schema) -> bool:
    """Whether a foreign table is a partition of the table, or inherits from it."""
    below = schema.below.get(name, ())
    return any(t.kind == "foreign" or _has_foreign(t.name, schema) for t in below)
