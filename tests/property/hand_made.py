"""Schemas written by hand, a line a table, and the worlds that are planned from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from seeder.generate.rows import Rows
from seeder.generate.world import World, build
from seeder.plan.model import KeyPlan, Options, Plan
from seeder.plan.planner import make_plan
from seeder.schema import Check, Column, ForeignKey, Name, Schema, Table, Type, Unique

KINDS = {
    "bigint": Type("integer", "bigint", bits=64),
    "integer": Type("integer", "integer", bits=32),
    "smallint": Type("integer", "smallint", bits=16),
    "text": Type("text", "text"),
    "char1": Type("text", "character varying(1)", length=1),
    "code": Type("text", "character varying(12)", length=12),
    "boolean": Type("boolean", "boolean"),
    "date": Type("date", "date"),
    "timestamptz": Type("timestamptz", "timestamp with time zone"),
    "uuid": Type("uuid", "uuid"),
    "numeric": Type("decimal", "numeric(10,2)", precision=10, scale=2),
    "other": Type("other", "pg_lsn"),
}
DATE = dt.date(2025, 6, 30)


def name(text: str) -> Name:
    """A table's name, in namespace ``h`` unless it says another."""
    return Name.parse(text, "h")


def column(text: str) -> Column:
    """``name kind`` with an optional ``?`` for a column that may be NULL."""
    label, kind = text.rstrip("?").split()
    return Column(label, KINDS[kind], nullable=text.endswith("?"))


def table(
    label: str,
    columns: str,
    *keys: str,
    primary: str = "id",
    unique: Sequence[str] = (),
    checks: Sequence[str] = (),
) -> Table:
    """A table. ``columns`` by commas; a key reads ``a,b -> target`` or ``a -> target(column)``.

    The primary key's columns that are not listed become bigint columns, first in the table.
    """
    made = [column(c.strip()) for c in columns.split(",") if c.strip()]
    known = {c.name for c in made}
    first = [Column(c, KINDS["bigint"], nullable=False)
             for c in primary.split(",") if primary and c not in known]  # fmt: skip
    uniques = [Unique(f"{label}_pkey", tuple(primary.split(",")), primary=True)] if primary else []
    uniques += [Unique(f"{label}_{u.replace(',', '_')}_key", tuple(u.split(","))) for u in unique]
    return Table(
        name(label),
        (*first, *made),
        uniques=tuple(uniques),
        checks=tuple(Check(f"{label}_check{i}", text) for i, text in enumerate(checks)),
        foreign_keys=tuple(_key(label, k) for k in keys),
    )


def _key(label: str, text: str) -> ForeignKey:
    mine, _, theirs = (part.strip() for part in text.partition("->"))
    target, _, targets = theirs.rstrip(")").partition("(")
    columns = tuple(mine.split(","))
    return ForeignKey(
        f"{label}_{'_'.join(columns)}_fkey",
        columns,
        name(target),
        tuple((targets or "id").split(",")),
    )


def schema(*tables: Table) -> Schema:
    return Schema("postgresql", tuple(sorted(tables, key=lambda t: t.name)))


def options(rows: int = 2000, seed: int = 0, **tables: int) -> Options:
    """Options with a fixed reference date; keywords are rows of tables of namespace ``h``."""
    given = {f"h.{n}": count for n, count in tables.items()}
    return Options(rows=rows, seed=seed, reference_date=DATE, tables=given)


def planned(tables: Iterable[Table], rows: int = 2000, seed: int = 0, **counts: int) -> Plan:
    """The plan of tables written by hand; fails on a finding of severity error."""
    plan = make_plan(schema(*tables), options(rows, seed, **counts))
    assert [f.message for f in plan.findings if f.severity == "error"] == []
    return plan


def key_plan(plan: Plan, label: str, columns: str) -> KeyPlan:
    """The plan of the key over ``columns`` of table ``label``."""
    return plan.tables[str(name(label))].keys[f"{label}_{columns.replace(',', '_')}_fkey"]


def everything(world: World, label: str) -> Rows:
    """All rows of a table."""
    population = world.populations[name(label)]
    return Rows(world, population.name, np.arange(population.rows))


def values(world: World, label: str, *columns: str) -> list[tuple[object, ...]]:
    """The loaded values of some columns of a table, row by row."""
    rows = everything(world, label)
    return list(zip(*(rows.column(c).to_pylist() for c in columns), strict=True))


def parents(world: World, label: str, *columns: str) -> npt.NDArray[np.int64]:
    """The parent rows along a path: names of key columns, the first of table ``label``."""
    rows, take = everything(world, label), None
    found = None
    for step in columns:
        key = next(k for k in rows.population.links if k.endswith(f"_{step}_fkey"))
        found = rows.parents(key) if take is None else rows.parents(key)[take]
        following, further = rows.follow(key)
        take = further if take is None else further[take]
        rows = following
    assert found is not None
    return found


PATIENT = table("patient", "first_name text, birth_date date, sex char1")
ORGANISATION = table("organization", "name text, city text")
PROVIDER = table(
    "provider",
    "organization_id bigint, name text, specialty text",
    "organization_id -> organization",
)
ENCOUNTER = table(
    "encounter",
    "patient_id bigint, organization_id bigint, provider_id bigint, started_at timestamptz",
    "patient_id -> patient",
    "organization_id -> organization",
    "provider_id -> provider",
)
DIAGNOSIS = table(
    "diagnosis",
    "encounter_id bigint, patient_id bigint, provider_id bigint?, code code",
    "encounter_id -> encounter",
    "patient_id -> patient",
    "provider_id -> provider",
)
CLINIC = (PATIENT, ORGANISATION, PROVIDER, ENCOUNTER, DIAGNOSIS)


__all__ = [
    "CLINIC",
    "ORGANISATION",
    "PATIENT",
    "PROVIDER",
    "build",
    "everything",
    "key_plan",
    "options",
    "parents",
    "planned",
    "schema",
    "table",
    "values",
]
