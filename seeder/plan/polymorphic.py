"""Pairs of columns of which one names a table and the other a row of it: entity_type, entity_id."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from seeder.plan.implied import compatible
from seeder.plan.model import ColumnPlan, Finding
from seeder.plan.naming import named
from seeder.plan.narrowing import narrow
from seeder.schema import Column, Name, Schema, Table
from seeder.semantics.roles import table_words
from seeder.semantics.words import tokens

GENERATOR = "key.typed"

_NAMING = frozenset("type table class model entity kind".split())
_KEYS = ("id", "uuid", "guid", "key", "pk")
# What has no table of its own, so that the name of one must stand beside it.
_ANYTHING = frozenset(
    "entity object owner subject target resource record source parent reference related content "
    "model row linked ref referenced associated foreign".split()
)


@dataclass(frozen=True, slots=True)
class Pair:
    """``kind`` names a table, ``key`` a row of it. ``tables``: what the values of ``kind`` name,
    each with its key; ``values``: all of them, empty where nothing lists them."""

    kind: Column
    key: Column
    values: tuple[str, ...]
    tables: Mapping[str, tuple[Name, str]]


def pairs(schema: Schema, table: Table, members: Collection[Name]) -> Iterator[Pair]:
    """The pairs of a table, by their names; their tables are ``members``, which have keys of the
    plan's own making."""
    taken = {c for k in table.foreign_keys for c in k.columns}
    taken |= {c for u in table.uniques for c in u.columns}
    free = [c for c in table.columns if c.name not in taken and not c.generated]
    by_words = {tokens(c.name)[0]: c for c in free if c.type.kind in ("integer", "uuid", "text")}
    narrowed = narrow(table).columns
    for kind in free:
        words = tokens(kind.name)[0]
        about = words[:-1]
        if not about or words[-1] not in _NAMING or kind.type.kind not in ("text", "enum"):
            continue
        key = next((by_words[(*about, k)] for k in _KEYS if (*about, k) in by_words), None)
        if key is None:
            continue
        bounds = narrowed.get(kind.name)
        values = kind.type.values or (bounds.values if bounds else None) or ()
        named_so = ((v, _named(schema, members, v, key, table.name.namespace)) for v in values)
        found = {v: place for v, place in named_so if place is not None}
        if about[-1] in _ANYTHING or about[-1].endswith("able") or len(found) > 1:
            yield Pair(kind, key, tuple(values), found)


def _named(
    schema: Schema, members: Collection[Name], value: str, key: Column, namespace: str
) -> tuple[Name, str] | None:
    """The table that a value names, Visit or visits or App\\Models\\Visit, and its key; the
    namespace's own before another one's."""
    words = tokens(re.split(r"[\\.:/]", value)[-1])[0]
    found = []
    for name in sorted(members):
        table = schema[name]
        primary = table.primary_key
        if primary is None or len(primary.columns) != 1:
            continue
        column = table.column(primary.columns[0])
        same = words and words in (table_words(table), tokens(name.name)[0])
        if same and compatible(key.type, column.type):
            found.append((name, column.name))
    near = [place for place in found if place[0].namespace == namespace] or found
    return near[0] if len(near) == 1 else None


def planned(pair: Pair, columns: Mapping[str, ColumnPlan]) -> dict[str, ColumnPlan]:
    """The plans of both columns under which they agree; empty when no value names a table."""
    if not pair.tables or pair.key.name not in columns or pair.kind.name not in columns:
        return {}
    # A key that may not be absent needs a table in every row.
    values = [v for v in pair.values if v in pair.tables or pair.key.nullable]
    nulls = 0.08 if pair.kind.nullable and pair.key.nullable else 0.0
    together = f"{pair.kind.name}, {pair.key.name}" if nulls else ""
    names = ", ".join(sorted({str(n) for n, _ in pair.tables.values()}))
    return {
        pair.kind.name: columns[pair.kind.name].model_copy(
            update={"generator": "choice", "params": {"values": values}, "nulls": nulls,
                    "nulls_with": together, "why": f"names the table of {pair.key.name}"}
        ),
        pair.key.name: ColumnPlan(
            generator=GENERATOR,
            params={
                "of": pair.kind.name,
                "tables": {v: [str(n), c] for v, (n, c) in sorted(pair.tables.items())},
            },
            nulls=nulls,
            nulls_with=together,
            why=f"a row of what {pair.kind.name} names: {names}",
        ),
    }  # fmt: skip


def unplanned(table: Table, pair: Pair) -> Finding:
    """A pair whose values nothing lists, or name no table that is filled."""
    why = "its values name no table that is filled" if pair.values else "nothing lists its values"
    return _told(table, pair.kind.name, pair.key.name, "A", why)


def _told(table: Table, kind: str, key: str, value: str, why: str) -> Finding:
    return Finding(
        severity="info", code="polymorphic", place=f"{table.name}.{kind}, {key}",
        message=f"{kind} seems to name the table that {key} points into, but {why}: the two do "
        "not agree",
        hint=f"in the plan, {kind}: {{generator: choice, params: {{values: [{value}]}}}} and "
        f"{key}: {{generator: {GENERATOR}, params: {{of: {kind}, tables: "
        f"{{{value}: [namespace.table, key]}}}}}}",
    )  # fmt: skip


def events(table: Table) -> Iterator[Finding]:
    """OMOP's event_id beside the concept of the field that it points into."""
    taken = {c for k in table.foreign_keys for c in k.columns}
    taken |= set(table.primary_key.columns if table.primary_key else ())
    fields = [c for c in table.columns if _ends(c, "event field concept id")]
    keys = [c for c in table.columns if c.name not in taken and _ends(c, "event id")]
    for key, field in zip(keys, fields, strict=False):
        yield _told(table, field.name, key.name, "1147070", "by the number of a concept")


def _ends(column: Column, words: str) -> bool:
    wanted = tuple(words.split())
    return named(column.name)[-len(wanted) :] == wanted
