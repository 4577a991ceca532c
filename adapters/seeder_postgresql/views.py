"""Materialised views: what they read, and how they are brought up to date."""

from __future__ import annotations

from collections.abc import Iterator

from seeder.schema import Derived, Name
from seeder_postgresql.connect import Connection, qualified

# A view reads what its rule depends on. A partition is read through its root as well.
_READS = """
SELECT DISTINCT v.relkind, vn.nspname, v.relname, sn.nspname, s.relname
FROM pg_catalog.pg_rewrite w
JOIN pg_catalog.pg_class v ON v.oid = w.ev_class AND v.relkind IN ('v', 'm')
JOIN pg_catalog.pg_namespace vn ON vn.oid = v.relnamespace
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid
  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> v.oid
JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
JOIN pg_catalog.pg_class s
  ON s.oid = CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid) ELSE c.oid END
JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
WHERE vn.nspname NOT IN ('pg_catalog', 'information_schema')
"""


def derived(connection: Connection) -> tuple[Derived, ...]:
    """Every materialised view, each after those that it reads."""
    reads: dict[Name, set[Name]] = {}
    stored = set[Name]()
    for kind, namespace, view, source_namespace, source in connection.rows(_READS):
        name = Name(namespace, view)
        reads.setdefault(name, set()).add(Name(source_namespace, source))
        if kind == "m":
            stored.add(name)
    ordered: dict[Name, None] = {}
    for name in sorted(reads):
        ordered |= dict.fromkeys(_below(reads, name))
    return tuple(
        Derived(name, frozenset(n for n in _below(reads, name) if n not in reads))
        for name in ordered
        if name in stored
    )


def _below(reads: dict[Name, set[Name]], start: Name) -> Iterator[Name]:
    """What a view reads, directly or not, and in the end the view itself; sources first."""
    done = set[Name]()
    work = [(start, False)]
    while work:
        name, left = work.pop()
        if left:
            yield name
        elif name not in done:
            done.add(name)
            work.append((name, True))
            work += [(n, False) for n in sorted(reads.get(name, ()), reverse=True)]


def refresh(name: Name) -> str:
    """The statement that reads a view's sources again."""
    return f"REFRESH MATERIALIZED VIEW {qualified(name)}"
