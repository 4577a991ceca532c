"""What our role may do, asked before anything is written, and the GRANT for what it may not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seeder.schema import Lack, Table
from seeder_postgresql.connect import Connection
from seeder_postgresql.sequences import fed

# Tables are found by name: a cast to regclass fails where a namespace is closed to us.
_TABLES = """
SELECT pg_catalog.format('%%I.%%I', n.nspname, c.relname), pg_catalog.quote_ident(n.nspname),
       has_schema_privilege(n.oid, 'USAGE'), has_schema_privilege(n.oid, 'CREATE'),
       pg_has_role(c.relowner, 'USAGE'), pg_relation_size(c.oid) > 0,
       has_table_privilege(c.oid, 'INSERT'), has_table_privilege(c.oid, 'SELECT'),
       has_table_privilege(c.oid, 'TRUNCATE'), has_table_privilege(c.oid, 'DELETE'),
       has_table_privilege(c.oid, 'REFERENCES')
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS w(namespace, name, place)
JOIN pg_catalog.pg_namespace n ON n.nspname = w.namespace
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
ORDER BY w.place
"""

_SEQUENCES = """
SELECT s.name, pg_catalog.quote_ident(n.nspname), has_schema_privilege(n.oid, 'USAGE'),
       has_sequence_privilege(c.oid, 'SELECT'), has_sequence_privilege(c.oid, 'UPDATE')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN unnest(%s::text[]) AS s(name)
  ON s.name = pg_catalog.format('%%I.%%I', n.nspname, c.relname)
WHERE c.relkind = 'S'
"""

_JOURNAL = """
SELECT pg_catalog.quote_ident(current_database()), n.oid IS NOT NULL, count(c.oid) = 2,
       has_database_privilege(current_database(), 'CREATE'),
       coalesce(has_schema_privilege(n.oid, 'USAGE'), false),
       coalesce(has_schema_privilege(n.oid, 'CREATE'), false),
       coalesce(bool_and(has_table_privilege(c.oid, 'SELECT')), false),
       coalesce(bool_and(has_table_privilege(c.oid, 'INSERT')), false),
       coalesce(bool_and(has_table_privilege(c.oid, 'UPDATE')), false)
FROM (SELECT) AS one
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = 'seeder'
LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname IN ('run', 'ddl')
  AND c.relkind = 'r'
GROUP BY n.oid
"""


@dataclass(frozen=True, slots=True)
class Rights:
    """What our role may do with one table; names are quoted as SQL needs them."""

    name: str
    namespace: str
    usage: bool
    create: bool
    owned: bool
    sized: bool
    insert: bool
    select: bool
    truncate: bool
    delete: bool
    references: bool


@dataclass(frozen=True, slots=True)
class _Sequence:
    name: str
    namespace: str
    usage: bool
    select: bool
    update: bool


def role(connection: Connection) -> str:
    """The role whose rights count, quoted."""
    ((name,),) = connection.rows("SELECT pg_catalog.quote_ident(current_user)")
    return str(name)


def of_tables(connection: Connection, tables: Sequence[Table]) -> tuple[Rights, ...]:
    """The rights on each of the tables, in their order."""
    names = ([t.name.namespace for t in tables], [t.name.name for t in tables])
    return tuple(Rights(*row) for row in connection.rows(_TABLES, names))


def of_sequences(connection: Connection, tables: Sequence[Table]) -> dict[str, _Sequence]:
    """The rights on the sequences that a load of the tables moves, by name."""
    wanted = sorted({c.sequence for t in tables for c in fed(t)})
    rows = connection.rows(_SEQUENCES, (wanted,)) if wanted else []
    return {row[0]: _Sequence(*row) for row in rows}


def lacks(
    table: Table, rights: Rights, sequences: dict[str, _Sequence], who: str
) -> tuple[Lack, ...]:
    """What a load of the table needs and our role may not."""
    return tuple(_lacks(table, rights, sequences, who))


def _lacks(table: Table, has: Rights, sequences: dict[str, _Sequence], who: str) -> Iterator[Lack]:
    moved = [sequences[c.sequence] for c in fed(table) if c.sequence in sequences]
    closed = {s.namespace for s in moved if not s.usage} | (set() if has.usage else {has.namespace})
    for namespace in sorted(closed):
        yield Lack("USAGE", "schema", namespace, f"GRANT USAGE ON SCHEMA {{}} TO {who}")
    # A failed load must empty what it filled: TRUNCATE does it at once, DELETE row by row.
    undo = has.truncate or has.delete
    wanted = {"INSERT": has.insert, "SELECT": has.select or not moved, "TRUNCATE": undo}
    yield from _denied(wanted, "table", has.name, who)
    if undo and not has.truncate:
        yield from _denied({"TRUNCATE": False}, "table", has.name, who, "truncate")
    if not has.select:
        yield from _denied({"SELECT": False}, "table", has.name, who, "keep")
    for sequence in moved:
        wanted = {"SELECT": sequence.select, "UPDATE": sequence.update}
        yield from _denied(wanted, "sequence", sequence.name, who)


def _denied(
    wanted: dict[str, bool], what: str, on: str, who: str, purpose: str = "load"
) -> Iterator[Lack]:
    """One Lack for all the rights that are False."""
    names = ", ".join(name for name, there in wanted.items() if not there)
    if names:
        noun = "" if what == "table" else f"{what.upper()} "
        yield Lack(names, what, on, f"GRANT {names} ON {noun}{{}} TO {who}", purpose)


def of_journal(connection: Connection, who: str) -> tuple[Lack, ...]:
    """What the journal needs: to make it, or to write in the one that is there."""
    ((database, there, made, in_database, usage, in_namespace, select, insert, update),) = (
        connection.rows(_JOURNAL)
    )
    if not there:
        return tuple(_denied({"CREATE": in_database}, "database", database, who))
    opened = {"USAGE": usage} if made else {"USAGE": usage, "CREATE": in_namespace}
    rights = {"SELECT": select, "INSERT": insert, "UPDATE": update} if made else {}
    return (
        *_denied(opened, "schema", "seeder", who),
        *_denied(rights, "table", "seeder.run, seeder.ddl", who),
    )
