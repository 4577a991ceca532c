"""Triggers, indexes, keys, exclusions: how each goes away for a load, and comes back exactly.

The definitions are the server's own (``pg_get_indexdef``, ``pg_get_constraintdef``). A primary key
or unique constraint comes back as an index first, which keeps its storage options, and is made a
constraint after. An index of a partitioned table comes back as ``pg_dump`` does it: alone on the
parent, one by one on the partitions, each attached under its old name. Nothing is ever dropped
with CASCADE; what something else depends on stays, and says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seeder.adapter import Object
from seeder.schema import Name
from seeder_postgresql.connect import Connection, catalogue, literal, quote
from seeder_postgresql.deparse import rereadable
from seeder_postgresql.triggers import triggers

_PARTITIONS = """
WITH RECURSIVE named AS (
  SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN unnest(%s::text[], %s::text[]) AS w(namespace, name)
    ON w.namespace = n.nspname AND w.name = c.relname
  UNION
  SELECT i.inhrelid FROM named JOIN pg_inherits i ON i.inhparent = named.oid
  JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
)
SELECT oid FROM named
"""

_INDEXES = """
SELECT i.indexrelid, i.indrelid, n.nspname, t.relname, x.relname,
       i.indexrelid::regclass::text, i.indrelid::regclass::text, x.relkind,
       coalesce(k.oid, 0), coalesce(k.contype, ''), coalesce(k.condeferrable, false),
       coalesce(k.condeferred, false), pg_get_indexdef(i.indexrelid),
       coalesce(pg_get_constraintdef(k.oid), ''), coalesce(s.spcname, ''),
       coalesce(obj_description(i.indexrelid, 'pg_class'), ''),
       coalesce(obj_description(k.oid, 'pg_constraint'), ''),
       i.indisclustered, i.indisreplident, i.indisvalid AND i.indisready AND i.indislive,
       i.indisexclusion AND k.contype IN ('p', 'u'), i.indisunique,
       x.reloptions IS NOT NULL, coalesce(h.inhparent, 0),
       i.indisprimary AND t.relreplident = 'd' AND EXISTS (
         SELECT FROM pg_publication_tables pt JOIN pg_publication p ON p.pubname = pt.pubname
         WHERE pt.schemaname = n.nspname AND pt.tablename = t.relname
           AND (p.pubupdate OR p.pubdelete)),
       ARRAY(SELECT ARRAY[a.attnum::int, a.attstattarget::int] FROM pg_attribute a
             WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0 ORDER BY a.attnum),
       ARRAY(SELECT e.extname::text FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
             WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
               AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x' ORDER BY 1),
       t.relkind = 'p' AND EXISTS (
         SELECT FROM pg_partition_tree(t.oid) p JOIN pg_class f ON f.oid = p.relid
         WHERE f.relkind = 'f')
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid
  AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_tablespace s ON s.oid = x.reltablespace
LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid
WHERE i.indrelid = ANY (%s)
ORDER BY n.nspname COLLATE "C", t.relname COLLATE "C", x.relname COLLATE "C"
"""

_FOREIGN_KEYS = """
SELECT k.oid, k.conrelid, n.nspname, t.relname, k.conname, k.conrelid::regclass::text,
       tn.nspname, target.relname, k.conindid, pg_get_constraintdef(k.oid),
       coalesce(obj_description(k.oid, 'pg_constraint'), ''), k.convalidated,
       t.relkind = 'p' OR target.relkind = 'p',
       EXISTS (SELECT FROM pg_trigger g WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O')
FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_class target ON target.oid = k.confrelid
JOIN pg_namespace tn ON tn.oid = target.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0
  AND (k.conrelid = ANY (%s) OR k.confrelid = ANY (%s))
ORDER BY n.nspname COLLATE "C", t.relname COLLATE "C", k.conname COLLATE "C"
"""

# What hangs on an index or on its constraint, other than the two on one another, foreign keys,
# which are objects of their own, partitions of the index, and the triggers inside a constraint.
_DEPENDENTS = """
SELECT d.refobjid, pg_describe_object(d.classid, d.objid, d.objsubid)
FROM pg_depend d
WHERE ((d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY (%s))
    OR (d.refclassid = 'pg_constraint'::regclass AND d.refobjid = ANY (%s)))
  AND d.classid <> 'pg_trigger'::regclass AND d.classid <> 'pg_constraint'::regclass
  AND NOT (d.classid = 'pg_class'::regclass AND d.objid = ANY (%s))
UNION
SELECT d.objid, 'extension ' || e.extname
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.classid = 'pg_class'::regclass AND d.objid = ANY (%s) AND d.deptype = 'e'
ORDER BY 1, 2
"""

_KINDS = {"": "index", "p": "primary", "u": "unique", "x": "exclusion"}
_KEYWORDS = {"p": "PRIMARY KEY", "u": "UNIQUE"}


@dataclass(frozen=True, slots=True)
class _Index:
    """One index as the catalogue holds it; ``sql`` and ``table_sql`` are names in SQL."""

    oid: int
    table_oid: int
    namespace: str
    table: str
    name: str
    sql: str
    table_sql: str
    relkind: str
    constraint_oid: int
    contype: str
    deferrable: bool
    deferred: bool
    definition: str
    constraint: str
    tablespace: str
    comment: str
    constraint_comment: str
    clustered: bool
    replica_identity: bool
    valid: bool
    temporal: bool
    unique: bool
    has_options: bool
    parent: int
    published: bool
    statistics: list[list[int]]
    extensions: list[str]
    foreign_partition: bool


@dataclass(frozen=True, slots=True)
class _ForeignKey:
    """One foreign key; ``index_oid`` is the unique index that it relies on."""

    oid: int
    table_oid: int
    namespace: str
    table: str
    name: str
    table_sql: str
    target_namespace: str
    target: str
    index_oid: int
    definition: str
    comment: str
    validated: bool
    partitioned: bool
    triggers_changed: bool


def objects(connection: Connection, tables: Sequence[Name]) -> Iterator[Object]:
    """Every trigger that would fire, index and constraint of the tables and of their partitions,
    foreign keys before what they rest on.

    Foreign keys of other tables that point at them are among them, as kept. They can be dropped
    in the order given, and created in the reverse.
    """
    namespaces, names = [t.namespace for t in tables], [t.name for t in tables]
    with catalogue(connection):
        oids = [oid for (oid,) in connection.rows(_PARTITIONS, (namespaces, names))]
        indexes = [_Index(*row) for row in connection.rows(_INDEXES, (oids,))]
        keys = [_ForeignKey(*row) for row in connection.rows(_FOREIGN_KEYS, (oids, oids))]
        own = [i.oid for i in indexes]
        constraints = [i.constraint_oid for i in indexes if i.constraint_oid]
        switched = list(triggers(connection, oids))
        depends: dict[int, list[str]] = defaultdict(list)
        for oid, text in connection.rows(_DEPENDENTS, (own, constraints, own, own)):
            depends[oid].append(text)
    yield from switched
    staying: dict[int, str] = {}
    inside = frozenset(oids)
    for key in keys:
        found = _foreign_key(key, inside)
        if found.kept:
            staying[key.index_oid] = f"{found.table}.{found.name}"
        yield found
    yield from _trees(indexes, depends, staying)


def _foreign_key(key: _ForeignKey, inside: frozenset[int]) -> Object:
    table, target = Name(key.namespace, key.table), Name(key.target_namespace, key.target)
    name = quote(key.name)
    create = [f"ALTER TABLE {key.table_sql} ADD CONSTRAINT {name} {key.definition}"]
    if key.comment:
        create.append(_comment_on_constraint(key.name, key.table_sql, key.comment))
    return Object(
        kind="foreign",
        table=table,
        name=key.name,
        drop=(f"ALTER TABLE {key.table_sql} DROP CONSTRAINT {name}",),
        create=tuple(create),
        tables=(table,) if table == target else (table, target),
        kept=_foreign_key_stays(key, inside),
    )


def _foreign_key_stays(key: _ForeignKey, inside: frozenset[int]) -> str:
    if key.table_oid not in inside:
        return f"{key.namespace}.{key.table} is not loaded by the plan"
    if key.triggers_changed:
        return "its triggers are disabled or set to ALWAYS or REPLICA"
    if key.partitioned and not key.validated:
        return "it is NOT VALID on a partitioned table"
    return ""


def _trees(
    indexes: Sequence[_Index], depends: Mapping[int, list[str]], staying: Mapping[int, str]
) -> Iterator[Object]:
    """One object for each index that is not itself the partition of another index."""
    children: dict[int, list[_Index]] = defaultdict(list)
    known = {i.oid for i in indexes}
    for index in indexes:
        children[index.parent if index.parent in known else 0].append(index)
    for root in children[0]:
        tree = list(_descend(root, children))
        reasons = (_stays(i, depends, staying) for i in tree)
        kept = next((reason for reason in reasons if reason), "")
        yield Object(
            kind=_KINDS[root.contype],
            table=Name(root.namespace, root.table),
            name=root.name,
            drop=(_drop(root),),
            create=tuple(s for i in tree for s in (*_create(i), *_attach(i, tree))),
            tables=tuple(dict.fromkeys(Name(i.namespace, i.table) for i in tree)),
            kept=kept,
        )


def _descend(root: _Index, children: Mapping[int, list[_Index]]) -> Iterator[_Index]:
    yield root
    for child in children.get(root.oid, ()):
        yield from _descend(child, children)


def _stays(index: _Index, depends: Mapping[int, list[str]], staying: Mapping[int, str]) -> str:
    """Why an index stays during the load, or ''."""
    dependents = depends.get(index.oid, []) + depends.get(index.constraint_oid, [])
    if dependents:
        return f"{dependents[0]} depends on it"
    if index.oid in staying:
        return f"foreign key {staying[index.oid]}, which stays, needs it"
    if index.parent and index.relkind == "I" and index.has_options:
        return "it hangs on a partitioned parent and has storage options"
    for holds, reason in (
        (index.replica_identity, "it is the replica identity of its table"),
        (index.published, "it is the replica identity of a published table"),
        (not index.valid, "it is not valid: REINDEX or drop it"),
        (index.temporal, "it is WITHOUT OVERLAPS"),
        (index.foreign_partition, "a partition of its table is a foreign table"),
        (
            index.relkind == "I" and index.has_options and bool(index.contype),
            "it is a constraint of a partitioned table with storage options",
        ),
        (index.parent != 0 and index.contype == "x", "it hangs on a partitioned parent"),
    ):
        if holds:
            return reason
    return ""


def _drop(index: _Index) -> str:
    if index.contype:
        return f"ALTER TABLE {index.table_sql} DROP CONSTRAINT {quote(index.name)}"
    return f"DROP INDEX {index.sql}"


def _create(index: _Index) -> Iterator[str]:
    """Statements that bring one index back; of a partitioned table, without its partitions."""
    if index.tablespace:
        yield f"SET default_tablespace = {literal(index.tablespace)}"
    yield from _build(index)
    if index.tablespace:
        yield "SET default_tablespace = ''"
    if index.constraint_comment:
        yield _comment_on_constraint(index.name, index.table_sql, index.constraint_comment)
    if index.comment:
        yield f"COMMENT ON INDEX {index.sql} IS {literal(index.comment)}"
    for number, target in index.statistics:
        yield f"ALTER INDEX {index.sql} ALTER COLUMN {number} SET STATISTICS {target}"
    for extension in index.extensions:
        yield f"ALTER INDEX {index.sql} DEPENDS ON EXTENSION {quote(extension)}"
    if index.clustered:
        yield f"ALTER TABLE {index.table_sql} CLUSTER ON {quote(index.name)}"


def _build(index: _Index) -> Iterable[str]:
    name = quote(index.name)
    if not index.contype:
        return (rereadable(index.definition),)
    if index.contype == "x" or index.relkind == "I":
        only = "ONLY " if index.relkind == "I" else ""
        return (f"ALTER TABLE {only}{index.table_sql} ADD CONSTRAINT {name} {index.constraint}",)
    timing = " DEFERRABLE" if index.deferrable else ""
    timing += " INITIALLY DEFERRED" if index.deferred else ""
    keyword = _KEYWORDS[index.contype]
    return (
        rereadable(index.definition),
        f"ALTER TABLE {index.table_sql} ADD CONSTRAINT {name} {keyword} USING INDEX {name}{timing}",
    )


def _attach(index: _Index, tree: Sequence[_Index]) -> Iterator[str]:
    parent = next((i for i in tree if i.oid == index.parent), None)
    if parent:
        yield f"ALTER INDEX {parent.sql} ATTACH PARTITION {index.sql}"


def _comment_on_constraint(name: str, table_sql: str, text: str) -> str:
    return f"COMMENT ON CONSTRAINT {quote(name)} ON {table_sql} IS {literal(text)}"
