"""The state of a server, of our role and of each table: what a plan must know beside the schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seeder.schema import Facts, Lack, Name, Schema, Table, TableFacts
from seeder_postgresql import rights
from seeder_postgresql.connect import Connection
from seeder_postgresql.verify import source
from seeder_postgresql.views import derived

Note = tuple[str, str, str]

# EXISTS for so many tables in one statement: each is planned and locked together.
_BATCH = 100

_SERVER = """
SELECT current_setting('server_version'), current_setting('server_encoding'),
       pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on',
       current_setting('synchronous_standby_names') <> ''
         AND current_setting('synchronous_commit') IN ('on', 'remote_write', 'remote_apply'),
       ARRAY(SELECT slot_name::text FROM pg_catalog.pg_replication_slots ORDER BY 1),
       ARRAY(SELECT DISTINCT pubname::text FROM pg_catalog.pg_publication_tables p
             WHERE p.schemaname || '.' || p.tablename = ANY (%s) ORDER BY 1),
       ARRAY(SELECT evtname::text FROM pg_catalog.pg_event_trigger
             WHERE evtenabled <> 'D' ORDER BY 1)
"""


_POOLED = (
    "a pooler in transaction mode stands before the server: the lock of a run does not survive it"
)


def facts(connection: Connection, schema: Schema) -> Facts:
    """Version, encoding, rights, whether tables hold rows, and notes about the server."""
    tables = tuple(t for t in schema if not t.bookkeeping)
    names = [f"{t.name.namespace}.{t.name.name}" for t in tables]
    (row,) = connection.rows(_SERVER, (names,))
    who = rights.role(connection)
    journal = rights.of_journal(connection, who)
    return Facts(
        version=row[0],
        encoding=row[1],
        tables=_tables(connection, tuple(schema), who),
        notes=(
            *_server_notes(connection, row),
            *_journal_notes(journal),
            *_table_notes(tables),
        ),
        lacks=journal,
        derived=derived(connection),
    )


def _tables(connection: Connection, tables: Sequence[Table], who: str) -> dict[Name, TableFacts]:
    found = rights.of_tables(connection, tables)
    sequences = rights.of_sequences(connection, tables)
    readable = [
        t for t, r in zip(tables, found, strict=True) if r.usage and r.select and _askable(t)
    ]
    filled = _filled(connection, readable)
    return {
        t.name: TableFacts(
            holds_rows=filled.get(t.name, r.sized),
            can_insert=r.usage and r.insert,
            owned=r.owned,
            can_build=r.create,
            can_reference=r.usage and r.references,
            readable=r.usage and r.select,
            lacks=rights.lacks(t, r, sequences, who),
        )
        for t, r in zip(tables, found, strict=True)
    }


def _askable(table: Table) -> bool:
    """A foreign table is on another server, and a secured one shows only what a policy lets us."""
    return table.kind != "foreign" and not table.row_security


def _filled(connection: Connection, tables: Sequence[Table]) -> dict[Name, bool]:
    found: dict[Name, bool] = {}
    for start in range(0, len(tables), _BATCH):
        batch = tables[start : start + _BATCH]
        columns = ", ".join(f"EXISTS (SELECT FROM {source(t)})" for t in batch)
        (row,) = connection.rows(f"SELECT {columns}")
        found.update(zip((t.name for t in batch), row, strict=True))
    return found


def _server_notes(connection: Connection, row: tuple[object, ...]) -> Iterator[Note]:
    version, encoding, replica, read_only, synchronous, slots, pubs, events = row
    if not 130000 <= connection.version < 190000:
        yield (
            "version",
            f"PostgreSQL {version} is not one of the versions tested, 13 to 18",
            "try a small load first, and run seeder verify after it",
        )
    if replica:
        yield "read-replica", "the server is a read replica", "connect to the primary server"
    elif read_only:
        yield (
            "read-only",
            "transactions of this role are read-only by default",
            "ALTER ROLE ... SET default_transaction_read_only = off, or use another role",
        )
    if encoding != "UTF8":
        yield (
            "encoding",
            f"the server encoding is {encoding}: characters that it lacks stop the load",
            "createdb --encoding=UTF8 --template=template0",
        )
    if connection.shares_sessions():
        yield (
            "pooler",
            _POOLED,
            "connect to the server itself, or to a pool in session mode (pool_mode = session)",
        )
    yield from _replication_notes(synchronous, slots, pubs)
    if events:
        yield (
            "event-trigger",
            f"event triggers may fire when indexes are dropped and rebuilt: {_listed(events)}",
            "ALTER EVENT TRIGGER ... DISABLE during the load, if they matter",
        )


def _journal_notes(lacks: Sequence[Lack]) -> Iterator[Note]:
    for lack in lacks:
        yield (
            "no-create",
            f"no right to {lack.rights} on {lack.what} {lack.on}, which the journal needs",
            lack.grant.replace("{}", lack.on),
        )


def _replication_notes(synchronous: object, slots: object, pubs: object) -> Iterator[Note]:
    if synchronous:
        yield (
            "synchronous-standby",
            "commits wait for a synchronous standby, which receives the whole load",
            "SET synchronous_commit = local for the role, if the standby may lag",
        )
    if slots:
        yield (
            "replication-slot",
            f"replication slots keep the log of the whole load until read: {_listed(slots)}",
            "watch the disk, or drop slots that nobody reads: pg_drop_replication_slot",
        )
    if pubs:
        yield (
            "publication",
            f"subscribers of publications receive every row: {_listed(pubs)}",
            "ALTER PUBLICATION ... DROP TABLE, if they should not",
        )


def _table_notes(tables: Sequence[Table]) -> Iterator[Note]:
    # Rows go in through the root, whose policies alone count.
    secured = [str(t.name) for t in tables if t.row_security and t.kind != "partition"]
    if secured:
        yield (
            "row-security",
            f"row security is in force for this role, and COPY refuses it: {_listed(secured)}",
            "load as the table's owner or with BYPASSRLS",
        )


def _listed(names: object) -> str:
    """The first names of a list, and how many more there are."""
    shown = [str(n) for n in names] if isinstance(names, list) else []
    more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
    return ", ".join(shown[:5]) + more
