"""What reflection found: frozen, engine-neutral, comparable.

A *namespace* is what PostgreSQL calls a schema. Nothing here knows a database; adapters build
these values, and the planner reads them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

_PLAIN = re.compile(r"[^.\"]+\Z")
_PART = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')


class Name(NamedTuple):
    """A table's name. ``str(name)`` reads ``ns.table``; parts with dots or quotes are quoted."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return ".".join(
            p if _PLAIN.match(p) else '"' + p.replace('"', '""') + '"' for p in self if p
        )

    @classmethod
    def parse(cls, text: str, default_namespace: str = "public") -> Name:
        """The inverse of ``str``. Raises ValueError when there are not one or two parts."""
        return _parsed(text, default_namespace)


@lru_cache(maxsize=1 << 16)
def _parsed(text: str, default_namespace: str) -> Name:
    parts: list[str] = []
    end = 0
    for match in _PART.finditer(text):
        if match.start() != end + bool(parts) or (parts and text[end] != "."):
            break
        parts.append(match[1].replace('""', '"') if match[1] is not None else match[2])
        end = match.end()
    if end != len(text) or not 1 <= len(parts) <= 2:
        raise ValueError(f"{text!r} is not a table name (namespace.table)")
    return Name(*parts) if len(parts) == 2 else Name(default_namespace, parts[0])


@dataclass(frozen=True, slots=True)
class Type:
    """A column's type.

    ``kind`` is one of: boolean integer decimal float text bytes date time timetz timestamp
    timestamptz interval uuid json inet cidr macaddr bit money xml tsvector range multirange
    geometric oid enum array composite ltree hstore other. ``native`` is how the engine prints it,
    for messages and casts. ``bits``: width of integer and float (16, 32, 64). ``length``: most
    characters (text) or bits (bit). ``fixed``: exactly that length. ``precision``/``scale``:
    decimal digits; for times the fractional digits are in ``precision``. ``values``: enum labels in
    order. ``element``: of an array, a range or a multirange. ``fields``: of a composite, names and
    types. ``domains``: names of the domains it was declared through, outermost first; their CHECKs,
    on VALUE, are in ``checks``.
    """

    kind: str
    native: str
    bits: int | None = None
    length: int | None = None
    fixed: bool = False
    precision: int | None = None
    scale: int | None = None
    values: tuple[str, ...] = ()
    element: Type | None = None
    fields: tuple[tuple[str, Type], ...] = ()
    domains: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """``default`` and ``generated`` are SQL text; ``identity`` is '', 'always' or 'by default'.

    ``sequence`` is the qualified name, in SQL, of the sequence that feeds the default.
    ``nullable`` takes domains and primary keys into account.
    """

    name: str
    type: Type
    nullable: bool = True
    default: str = ""
    generated: str = ""
    identity: str = ""
    sequence: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Unique:
    """A set of columns that no two rows share; from a key, a constraint or a unique index.

    ``predicate``: of a partial index, SQL. ``expressions``: of an expression index, SQL, in which
    case ``columns`` are the columns that the expressions read. ``declared``: the engine knows it;
    else an implied reference needs it.
    """

    name: str
    columns: tuple[str, ...]
    primary: bool = False
    predicate: str = ""
    expressions: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    declared: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """A row's condition: SQL text of the expression alone, and the columns that it reads.
    ``inlined``: the same without the functions that it calls, where it calls some."""

    name: str
    expression: str
    columns: tuple[str, ...] = ()
    validated: bool = True
    inlined: str = ""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An EXCLUDE constraint: pairs of (column, operator), and the engine's own ``definition``.

    A column is '' where an expression stands; ``expressions`` then holds the SQL of every element.
    """

    name: str
    elements: tuple[tuple[str, str], ...]
    definition: str
    predicate: str = ""
    expressions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """``columns`` of this table reference ``target_columns`` of ``target``.

    ``declared``: the engine knows the key; else it was inferred, and only our rows keep it.
    """

    name: str
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]
    deferrable: bool = False
    initially_deferred: bool = False
    match_full: bool = False
    validated: bool = True
    declared: bool = True

    def returns(self, back: ForeignKey) -> bool:
        """Whether ``back``, a key of the target, fills what we point at with our own columns."""
        theirs = dict(zip(back.columns, back.target_columns, strict=True))
        pairs = zip(self.columns, self.target_columns, strict=True)
        return all(theirs.get(target) == mine for mine, target in pairs)


@dataclass(frozen=True, slots=True)
class Index:
    """Any index, for the plan's report; ``columns`` holds '' where an expression stands."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    method: str = "btree"
    predicate: str = ""
    constraint: str = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A user's trigger. ``enabled`` is O, D, R or A; ``event`` like 'BEFORE INSERT ROW'.

    ``does``, as its text says: fills (columns of the row), rejects, redirects (the row does not
    arrive where it was sent), writes (elsewhere, or by a sequence), unknown.
    """

    name: str
    event: str
    enabled: str
    function: str
    does: tuple[str, ...] = ()

    @property
    def fires(self) -> bool:
        """Whether new rows fire it."""
        return self.enabled in ("O", "A") and "INSERT" in self.event

    @property
    def reaches_out(self) -> bool:
        """Whether it may do what a rollback does not undo."""
        return not {"writes", "unknown"}.isdisjoint(self.does)


@dataclass(frozen=True, slots=True)
class Partitioning:
    """How a partitioned table divides its rows. ``strategy`` is range, list or hash."""

    strategy: str
    columns: tuple[str, ...]
    bounds: tuple[str, ...] = ()
    has_default: bool = False


@dataclass(frozen=True)
class Table:
    """``kind`` is 'table', 'partitioned', 'partition' or 'foreign'; views are not tables.

    A partition's rows are loaded through its root, so it is never planned by itself; ``bound`` is
    what it takes in, SQL.
    ``bookkeeping`` says why a table belongs to an extension or a migration tool, else ''.
    """

    name: Name
    columns: tuple[Column, ...]
    kind: str = "table"
    uniques: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    partition_of: Name | None = None
    bound: str = ""
    partitioning: Partitioning | None = None
    inherits: tuple[Name, ...] = ()
    comment: str = ""
    bookkeeping: str = ""
    row_security: bool = False

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {c.name: c for c in self.columns}

    @cached_property
    def keys_by_name(self) -> Mapping[str, ForeignKey]:
        return {k.name: k for k in self.foreign_keys}

    @property
    def primary_key(self) -> Unique | None:
        return next((u for u in self.uniques if u.primary), None)

    def column(self, name: str) -> Column:
        return self.by_name[name]

    def nullable(self, key: ForeignKey) -> bool:
        """Whether the reference may be absent: one NULL is enough, unless the key is MATCH FULL."""
        enough = all if key.match_full else any
        return enough(self.by_name[c].nullable for c in key.columns)

    def printed_by(self, keys: Iterable[str]) -> dict[str, str]:
        """Which of the keys gives each of their columns its value.

        Of several that share a column it is the first that is never absent, else the first: the
        row that an optional key leaves out may still be needed by the other.
        """
        names = list(keys)
        required = [n for n in names if not self.nullable(self.keys_by_name[n])]
        found: dict[str, str] = {}
        for name in (*required, *names):
            for column in self.keys_by_name[name].columns:
                found.setdefault(column, name)
        return found

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True)
class Schema:
    """Every table of a database that may concern us, in name order."""

    engine: str
    tables: tuple[Table, ...]
    enums: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())

    @cached_property
    def by_name(self) -> Mapping[Name, Table]:
        return {t.name: t for t in self.tables}

    def __getitem__(self, name: Name) -> Table:
        return self.by_name[name]

    def __contains__(self, name: Name) -> bool:
        return name in self.by_name

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables)

    @cached_property
    def below(self) -> Mapping[Name, tuple[Table, ...]]:
        """The partitions of each table, and the tables that inherit from it."""
        found: dict[Name, tuple[Table, ...]] = {}
        for table in self.tables:
            for parent in (*table.inherits, *((table.partition_of,) if table.partition_of else ())):
                found[parent] = (*found.get(parent, ()), table)
        return found

    def root(self, name: Name) -> Name:
        """The table through which rows reach a partition; of any other the table itself."""
        while name in self and (above := self[name].partition_of) is not None and above in self:
            name = above
        return name

    @cached_property
    def references(self) -> Mapping[Name, int]:
        """How many keys of other tables point at a table; those without one are left out."""
        return Counter(k.target for t in self for k in t.foreign_keys if k.target != t.name)

    @cached_property
    def countable(self) -> tuple[Table, ...]:
        """The tables that are not bookkeeping."""
        return tuple(t for t in self.tables if not t.bookkeeping)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over everything that a plan depends on; comments and indexes count too.

        Bookkeeping tables do not: a migration tool's ledger, or our own journal, is no drift. Nor
        does whether row security is in force, which depends on the role that asks.
        """
        tables = tuple(
            dataclasses.replace(t, row_security=False) if t.row_security else t
            for t in self.countable
        )
        counted = dataclasses.replace(self, tables=tables)
        text = json.dumps(to_data(counted), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Lack:
    """Rights that our role does not have. ``grant`` is the statement that gives them, with {} where
    ``on`` belongs; ``what`` is the noun for that: table, sequence, schema, database.

    ``purpose``: load, truncate (emptying tables that hold rows), keep (reading rows that stay).
    """

    rights: str
    what: str
    on: str
    grant: str
    purpose: str = "load"


@dataclass(frozen=True, slots=True)
class TableFacts:
    """The state of one table, which is no part of its schema, and what our role may do with it.

    ``can_build``: indexes, which takes a right on the namespace beside owning the table.
    ``can_reference``: create a foreign key that points at it. ``readable``: we see its rows.
    """

    holds_rows: bool = False
    can_insert: bool = True
    owned: bool = True
    can_build: bool = True
    can_reference: bool = True
    readable: bool = True
    lacks: tuple[Lack, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """A materialised view, and the tables from which it is made, through other views too."""

    name: Name
    sources: frozenset[Name]


@dataclass(frozen=True)
class Facts:
    """The state of a server and of the role that we are: read when planning and before loading.

    ``notes`` are findings-to-be about the server: (code, message, hint). ``lacks`` are the rights
    that the journal needs. ``derived``: materialised views, each after those that it reads.
    """

    version: str
    encoding: str = "UTF8"
    tables: Mapping[Name, TableFacts] = field(default_factory=dict)
    notes: tuple[tuple[str, str, str], ...] = ()
    lacks: tuple[Lack, ...] = ()
    derived: tuple[Derived, ...] = ()

    def stale(self, filled: Iterable[Name]) -> tuple[Derived, ...]:
        """The materialised views that read one of the tables."""
        names = frozenset(filled)
        return tuple(d for d in self.derived if d.sources & names)


def with_partition_keys(schema: Schema) -> Schema:
    """The schema in which a partitioned table has the foreign keys that any of its partitions
    declares for itself: rows go in through it, so they must keep them too."""
    parts: dict[Name, list[Table]] = {}
    for table in schema:
        if table.partition_of is not None:
            parts.setdefault(table.partition_of, []).append(table)

    def lifted(table: Table) -> Table:
        known = {(k.columns, k.target) for k in table.foreign_keys}
        extra: dict[tuple[tuple[str, ...], Name], ForeignKey] = {}
        for part in parts.get(table.name, []):
            for key in part.foreign_keys:
                if (key.columns, key.target) not in known:
                    extra.setdefault((key.columns, key.target), key)
        return dataclasses.replace(table, foreign_keys=(*table.foreign_keys, *extra.values()))

    return dataclasses.replace(
        schema, tables=tuple(lifted(t) if t.name in parts else t for t in schema)
    )


def redirecting(schema: Schema) -> dict[Name, tuple[Table, ...]]:
    """Parents whose rows are sent to tables that inherit from them, with these: a trigger keeps new
    rows out, and CHECKs divide them among the children. One that a foreign key points at has rows
    of its own, and is none."""
    pointed = {key.target for table in schema for key in table.foreign_keys}
    found = {}
    for table in schema:
        children = tuple(c for c in schema.below.get(table.name, ()) if table.name in c.inherits)
        if (
            children
            and table.name not in pointed
            and any(t.fires and "redirects" in t.does for t in table.triggers)
            and all(_own_checks(table, c) for c in children)
        ):
            found[table.name] = children
    return found


def _own_checks(parent: Table, child: Table) -> tuple[Check, ...]:
    """What the child asks of its rows, and the parent does not."""
    known = {c.expression for c in parent.checks}
    return tuple(c for c in child.checks if c.expression not in known)


def with_redirected_keys(schema: Schema) -> Schema:
    """The schema in which the children of a redirecting parent have its foreign keys: their rows
    are its rows. Keys of the columns that divide them lead to what their CHECKs choose."""
    lifted: dict[Name, Table] = {}
    for name, children in redirecting(schema).items():
        for child in children:
            held = {k.columns for k in child.foreign_keys}
            extra = tuple(k for k in schema[name].foreign_keys if k.columns not in held)
            keys = (*child.foreign_keys, *extra)
            lifted[child.name] = dataclasses.replace(child, foreign_keys=keys)
    return (
        dataclasses.replace(schema, tables=tuple(lifted.get(t.name, t) for t in schema))
        if lifted
        else schema
    )


def to_data(value: Any) -> Any:
    """Plain lists and dicts, defaults left out, so that a plan file shows only what is said."""
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, (tuple, list)):
        return [to_data(v) for v in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: to_data(v)
            for f in dataclasses.fields(value)
            if (v := getattr(value, f.name)) != f.default or f.name in ("kind", "name")
        }
    return value


def _type(data: Mapping[str, Any]) -> Type:
    known = dict(data)
    for key in ("values", "domains", "checks"):
        known[key] = tuple(known.get(key, ()))
    known["fields"] = tuple((name, _type(kind)) for name, kind in known.get("fields", ()))
    if known.get("element"):
        known["element"] = _type(known["element"])
    return Type(**known)


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        k: tuple(tuple(i) if isinstance(i, list) else i for i in v) if isinstance(v, list) else v
        for k, v in data.items()
    }


def _table(data: Mapping[str, Any]) -> Table:
    known = dict(data)
    known["name"] = Name.parse(known["name"])
    known["columns"] = tuple(Column(**{**c, "type": _type(c["type"])}) for c in known["columns"])
    for key, kind in (
        ("uniques", Unique),
        ("checks", Check),
        ("exclusions", Exclusion),
        ("indexes", Index),
        ("triggers", Trigger),
    ):
        known[key] = tuple(kind(**_tuples(item)) for item in known.get(key, ()))
    known["foreign_keys"] = tuple(
        ForeignKey(**{**_tuples(k), "target": Name.parse(k["target"])})
        for k in known.get("foreign_keys", ())
    )
    if known.get("partition_of"):
        known["partition_of"] = Name.parse(known["partition_of"])
    if known.get("partitioning"):
        known["partitioning"] = Partitioning(**_tuples(known["partitioning"]))
    known["inherits"] = tuple(Name.parse(n) for n in known.get("inherits", ()))
    return Table(**known)


def from_data(data: Mapping[str, Any]) -> Schema:
    """The inverse of ``to_data`` for a Schema. Raises TypeError or KeyError on malformed data."""
    return Schema(
        engine=data["engine"],
        tables=tuple(_table(t) for t in data["tables"]),
        enums=tuple((n, tuple(v)) for n, v in data.get("enums", ())),
    )
