"""The journal of loads, in the target itself: what a run took away, until it is back.

Two tables in namespace ``seeder``: ``run``, one row for each run, and ``ddl``, the objects that a
run drops, with the statements that bring them back. They are committed before the first DROP, so
that a crash at any point leaves what ``seeder restore`` needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seeder.adapter import Object, Past
from seeder.schema import Name, Schema, Table, from_data, to_data
from seeder_postgresql import triggers
from seeder_postgresql.connect import Connection

_CREATE = (
    "CREATE SCHEMA IF NOT EXISTS seeder",
    """CREATE TABLE IF NOT EXISTS seeder.run (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan text NOT NULL,
  version text NOT NULL,
  started timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  finished timestamptz,
  status text NOT NULL DEFAULT 'running',
  ranges jsonb NOT NULL DEFAULT '{}',
  before jsonb,
  seed numeric,
  batch integer
)""",
    """CREATE TABLE IF NOT EXISTS seeder.ddl (
  run bigint NOT NULL REFERENCES seeder.run (id),
  position integer NOT NULL,
  kind text NOT NULL,
  "table" text NOT NULL,
  name text NOT NULL,
  drop_sql text[] NOT NULL,
  create_sql text[] NOT NULL,
  tables text[] NOT NULL,
  restored boolean NOT NULL DEFAULT false,
  PRIMARY KEY (run, position)
)""",
    "COMMENT ON SCHEMA seeder IS 'Journal of hospital-seeder: runs, and indexes to be restored'",
)

# Of a journal that an earlier version made.
_WIDEN = (
    "ALTER TABLE seeder.run ADD COLUMN IF NOT EXISTS seed numeric,"
    " ADD COLUMN IF NOT EXISTS batch integer"
)
_KNOWS_BATCHES = """
SELECT count(*) = 2 FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n
  ON n.oid = c.relnamespace
WHERE n.nspname = 'seeder' AND c.relname = 'run' AND a.attname IN ('seed', 'batch')
"""

# to_regclass would fail where the namespace is closed to us.
_LOCK = 0x5EEDE4  # the first half of our advisory locks; the second is the run

_READABLE = """
SELECT count(*) = 2, coalesce(bool_and(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_table_privilege(c.oid, 'SELECT')), false)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'seeder' AND c.relname IN ('run', 'ddl') AND c.relkind = 'r'
"""

_PRESENT = """
SELECT n.nspname, t.relname, k.conname
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE k.contype IN ('p', 'u', 'x', 'f') AND k.conname = ANY (%s)
UNION
SELECT n.nspname, t.relname, x.relname
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE x.relname = ANY (%s)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid
                  AND k.contype IN ('p', 'u', 'x'))
"""


@dataclass(frozen=True, slots=True)
class Saved:
    """An object that a run dropped, or was about to drop, and that is not marked as restored."""

    run: int
    position: int
    object: Object


def create_if_missing(connection: Connection) -> None:
    """Make the journal's tables. Raises LoadFailed without CREATE on the database."""
    ((exist, _),) = connection.rows(_READABLE)
    if not exist:
        with connection.transaction():
            for statement in _CREATE:
                connection.execute(statement)
    elif not _knows_batches(connection):
        connection.execute(_WIDEN)


def open_run(
    connection: Connection,
    plan: str,
    version: str,
    ranges: Mapping[str, Any],
    seed: int = 0,
    batch: int = 1,
) -> int:
    """Note the start of a run: the plan's digest, our version, row ranges by table, the seed, and
    which batch of rows it is."""
    ((run,),) = connection.rows(
        "INSERT INTO seeder.run (plan, version, ranges, seed, batch)"
        " VALUES (%s, %s, %s::jsonb, %s, %s) RETURNING id",
        (plan, version, json.dumps(ranges), seed, batch),
    )
    return int(run)


def history(connection: Connection) -> tuple[Past, ...]:
    """The runs that ended well and whose rows are told by seed and batch, oldest first."""
    if not _readable(connection) or not _knows_batches(connection):
        return ()
    rows = connection.rows(
        "SELECT id, seed, batch, ranges FROM seeder.run"
        " WHERE status = 'done' AND seed IS NOT NULL AND batch IS NOT NULL ORDER BY id"
    )
    return tuple(
        Past(run, int(seed), batch, {t: (int(a), int(b)) for t, (a, b) in ranges.items()})
        for run, seed, batch, ranges in rows
    )


def _knows_batches(connection: Connection) -> bool:
    ((known,),) = connection.rows(_KNOWS_BATCHES)
    return bool(known)


def claim(connection: Connection, run: int) -> bool:
    """Take the run for this session, until it ends; False while another session has it.

    An advisory lock, so that a coordinator that was killed lets go with its session.
    """
    ((taken,),) = connection.rows("SELECT pg_catalog.pg_try_advisory_lock(%s, %s)", (_LOCK, run))
    return bool(taken)


def close_run(connection: Connection, run: int, status: str) -> None:
    """Note the end of a run, such as 'done', 'undone' or 'failed'."""
    connection.execute(
        "UPDATE seeder.run SET status = %s, finished = pg_catalog.clock_timestamp(), before = NULL"
        " WHERE id = %s",
        (status, run),
    )


def save_objects(
    connection: Connection, run: int, objects: Sequence[Object], schema: Schema
) -> tuple[Saved, ...]:
    """Commit what is about to be dropped, in dropping order, and the schema as it stands.

    Raises RuntimeError inside a transaction: a rollback would lose the journal with the drops.
    """
    if not connection.idle:
        raise RuntimeError("the journal must be committed before the first DROP")
    touched = {name for o in objects for name in o.tables}
    before = replace(schema, tables=tuple(t for t in schema if t.name in touched), enums=())
    saved = tuple(Saved(run, position, o) for position, o in enumerate(objects))
    with connection.transaction():
        connection.execute(
            "UPDATE seeder.run SET before = %s::jsonb WHERE id = %s",
            (json.dumps(to_data(before)), run),
        )
        for item in saved:
            _save(connection, item)
    return saved


def _save(connection: Connection, item: Saved) -> None:
    o = item.object
    values = (item.run, item.position, o.kind, str(o.table), o.name)
    arrays = ([*o.drop], [*o.create], [str(t) for t in o.tables])
    connection.execute(
        'INSERT INTO seeder.ddl (run, position, kind, "table", name, drop_sql, create_sql, tables)'
        " VALUES (%s, %s, %s, %s, %s, %s::text[], %s::text[], %s::text[])",
        values + arrays,
    )


def mark_restored(connection: Connection, saved: Iterable[Saved]) -> None:
    """Note that objects are back; in the transaction that created them, or after it."""
    items = list(saved)
    if items:
        connection.execute(
            "UPDATE seeder.ddl d SET restored = true FROM unnest(%s::bigint[], %s::integer[])"
            " AS back(run, position) WHERE (d.run, d.position) = (back.run, back.position)",
            ([i.run for i in items], [i.position for i in items]),
        )


def unfinished(connection: Connection) -> tuple[Saved, ...]:
    """What runs took away and did not bring back, in the order in which to create it."""
    if not _readable(connection):
        return ()
    rows = connection.rows(
        'SELECT run, position, kind, "table", name, drop_sql, create_sql, tables FROM seeder.ddl'
        " WHERE NOT restored ORDER BY run, position DESC"
    )
    return tuple(
        Saved(
            run,
            position,
            Object(
                kind,
                Name.parse(table),
                name,
                tuple(drop),
                tuple(create),
                tuple(Name.parse(t) for t in tables),
            ),
        )
        for run, position, kind, table, name, drop, create, tables in rows
    )


def open_runs(connection: Connection) -> tuple[tuple[int, Mapping[str, Any]], ...]:
    """Runs that neither finished nor were undone, oldest first: number and row ranges by table."""
    if not _readable(connection):
        return ()
    rows = connection.rows(
        "SELECT id, ranges FROM seeder.run WHERE status = 'running' AND finished IS NULL"
        " ORDER BY id"
    )
    return tuple((int(run), ranges) for run, ranges in rows)


def present(connection: Connection, saved: Iterable[Saved]) -> tuple[Saved, ...]:
    """Those of the objects that exist: never dropped, or created again and not yet marked."""
    items = tuple(saved)
    names = [item.object.name for item in items]
    built = {(Name(n, t), name) for n, t, name in connection.rows(_PRESENT, (names, names))}
    on = {(Name(n, t), name) for n, t, name in connection.rows(triggers.PRESENT, (names,))}
    return tuple(
        i
        for i in items
        if (i.object.table, i.object.name) in (on if i.object.kind == "trigger" else built)
    )


def with_unrestored(connection: Connection, schema: Schema) -> Schema:
    """The schema as it stood before unfinished runs took objects away."""
    if not _readable(connection):
        return schema
    rows = connection.rows(
        "SELECT before FROM seeder.run r WHERE before IS NOT NULL"
        " AND EXISTS (SELECT FROM seeder.ddl d WHERE d.run = r.id AND NOT d.restored)"
        " ORDER BY id DESC"
    )
    for (before,) in rows:
        known = from_data(before).by_name
        tables = tuple(_merged(t, known[t.name]) if t.name in known else t for t in schema)
        schema = replace(schema, tables=tables)
    return schema


def _merged(now: Table, before: Table) -> Table:
    return replace(
        now,
        uniques=_union(now.uniques, before.uniques, lambda u: (not u.primary, u.name)),
        foreign_keys=_union(now.foreign_keys, before.foreign_keys, lambda k: k.name),
        exclusions=_union(now.exclusions, before.exclusions, lambda x: x.name),
        indexes=_union(now.indexes, before.indexes, lambda i: i.name),
        # Switched off, not gone: what they were before counts.
        triggers=_union(before.triggers, now.triggers, lambda t: t.name),
    )


def _union(now: tuple[Any, ...], before: tuple[Any, ...], order: Any) -> tuple[Any, ...]:
    """Both by name, in reflection's order; what is there now wins."""
    by_name = {item.name: item for item in (*before, *now)}
    return tuple(sorted(by_name.values(), key=order))


def _readable(connection: Connection) -> bool:
    ((exist, allowed),) = connection.rows(_READABLE)
    return bool(exist and allowed)
