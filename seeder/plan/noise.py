"""Which columns can have the noise that is asked for; and what the plan says of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seeder.generate.noise import FORGOTTEN, SLIP
from seeder.generate.rows import rooted
from seeder.generate.units import part_of
from seeder.plan.dirt import Noise
from seeder.plan.model import ColumnPlan, Finding, TablePlan
from seeder.schema import Name, Schema, Table

_TYPED = frozenset(
    "person.first_name person.middle_name person.last_name person.maiden_name person.full_name "
    "place.street place.city".split()
)
_SHORTENED = frozenset("place.street diagnosis.name procedure.name".split())
_ENTERED = frozenset("moment.created moment.entered".split())
# Numbers that a person has, and not a registration.
_LASTING = frozenset("id.ssn id.driver id.passport".split())
_ROOM = 5  # digits before the point that results in other units may need
_SHOWN = 4
# What the file calls each kind, and the plan.
_CALLED = {"typos": "typos", "abbreviations": "abbreviations", "late": "late_entries",
           "units": "units", "duplicates": "duplicates"}  # fmt: skip


@dataclass(frozen=True)
class Dirty:
    """A column that could have a kind of noise, and why it has not; '' where it has."""

    kind: str
    place: str
    reason: str = ""


def laid(
    noise: Noise, schema: Schema, tables: Mapping[Name, TablePlan],
    copied: Collection[tuple[Name, str]],
) -> tuple[dict[str, TablePlan], list[Dirty]]:  # fmt: skip
    """The plans of all tables with noise; ``copied``: columns that other tables' keys print."""
    out: dict[str, TablePlan] = {}
    said: list[Dirty] = []
    for name, plan in tables.items():
        pointed = {c for t, c in copied if t == name}
        made, more = soiled(noise, schema[name], plan, rooted(plan), pointed)
        out[str(name)] = made
        said += more
    return out, said


def soiled(
    noise: Noise, table: Table, plan: TablePlan, root: bool, fixed: Collection[str]
) -> tuple[TablePlan, list[Dirty]]:
    """The plan of a table with noise in its columns. ``root``: of patients; ``fixed``: columns that
    other tables' keys print."""
    if noise == Noise():
        return plan, []
    found: dict[str, dict[str, float]] = {}
    said: list[Dirty] = []
    for name, column in plan.columns.items():
        for kind, share in _wanted(noise, plan, name, column):
            reason = _hindrance(table, plan, name, fixed)
            said.append(Dirty(kind, f"{table.name}.{name}", reason))
            if not reason:
                found.setdefault(name, {})[kind] = share
    if noise.units:
        parts, dirty = _units(table, plan, fixed)
        said += dirty
        for name in parts:
            found.setdefault(name, {})["units"] = noise.units
    if noise.duplicates and root:
        for name, marks in _twice(table, plan, fixed).items():
            found.setdefault(name, {}).update(marks)
            said.append(Dirty("duplicates", f"{table.name}.{name}"))
    columns = {
        n: c.model_copy(update={"noise": found[n]}) if n in found else c
        for n, c in plan.columns.items()
    }
    return plan.model_copy(update={"columns": columns}), said


def _wanted(
    noise: Noise, plan: TablePlan, name: str, column: ColumnPlan
) -> Iterator[tuple[str, float]]:
    """The kinds of noise that a column is made for."""
    told = plan.time is not None and bool(plan.time.story)
    if noise.typos and column.meaning in _TYPED:
        yield "typos", noise.typos
    text = column.generator.startswith("text.")
    if noise.abbreviations and (column.meaning in _SHORTENED or text) and _english(column):
        yield "abbreviations", noise.abbreviations
    lasting = plan.kind in ("patient", "person", "staff", "organisation", "place", "reference")
    if noise.late_entries and told and not lasting and column.meaning in _ENTERED:
        yield "late", noise.late_entries


def _english(column: ColumnPlan) -> bool:
    return str(column.params.get("locale", "en")).startswith("en")


def _hindrance(
    table: Table, plan: TablePlan, name: str, fixed: Collection[str], among: Collection[str] = ()
) -> str:
    """Why a column's cells must stay as they are, '' if they need not. CHECKs that only compare the
    columns of ``among`` with one another do not hinder."""
    column = table.column(name)
    if plan.columns[name].distinct is not None or any(name in u.columns for u in table.uniques):
        return "it is unique"
    if name in fixed or any(name in k.columns for k in table.foreign_keys):
        return "keys need it"
    if column.type.checks or column.type.kind == "enum":
        return "its type has a CHECK"
    if any(name in c.columns and not _compares(c.expression, c.columns, among)
           for c in table.checks):  # fmt: skip
        return "a CHECK reads it"
    if table.partitioning is not None and name in table.partitioning.columns:
        return "the partitions are chosen by it"
    if any(name == n for e in table.exclusions for n, _ in e.elements):
        return "an EXCLUDE constraint reads it"
    if any(name in {*p.unlike, *p.not_before, *p.after, p.params.get("column")} and n not in among
           for n, p in plan.columns.items()):  # fmt: skip
        return "another column follows it"
    return ""


def _compares(expression: str, columns: Sequence[str], among: Collection[str]) -> bool:
    bare = expression
    for column in sorted(columns, key=len, reverse=True):
        bare = bare.replace(column, "")
    return set(columns) <= set(among) and re.search(r"\d|'", bare) is None


def _units(table: Table, plan: TablePlan, fixed: Collection[str]) -> tuple[list[str], list[Dirty]]:
    """The columns of one result that can change together: its value and its unit at least."""
    parts = {n: p for n, c in plan.columns.items() if (p := part_of(c.generator, c.params))}
    place = f"{table.name}"
    if plan.time is None or not plan.time.story or "value" not in parts.values():
        return [], []
    if "unit" not in parts.values():
        return [], [Dirty("units", place, "it has no column for the unit")]
    if len({str(plan.columns[n].params.get("group", "")) for n in parts}) > 1:
        return [], [Dirty("units", place, "it has several results")]
    for name in parts:
        column = table.column(name)
        reason = _hindrance(table, plan, name, fixed, tuple(parts))
        kind = column.type
        if not reason and kind.kind == "integer":
            reason = "it holds whole numbers only"
        if not reason and kind.kind == "decimal" and kind.precision is not None:
            reason = "" if kind.precision - (kind.scale or 0) >= _ROOM else "it has no room"
        if reason:
            return [], [Dirty("units", f"{place}.{name}", reason)]
    return list(parts), [Dirty("units", f"{place}.{n}") for n in parts]


def _anew(meaning: str) -> bool:
    """Whether a second registration has another value: a number of its own, another time."""
    return meaning.startswith("moment.") or (meaning.startswith("id.") and meaning not in _LASTING)


def _twice(table: Table, plan: TablePlan, fixed: Collection[str]) -> Mapping[str, dict[str, float]]:
    """Columns that a second registration has from the first one: with how many slips, and how
    often forgotten."""
    found: dict[str, dict[str, float]] = {}
    for name, column in plan.columns.items():
        unique = any(name in u.columns for u in table.uniques)
        if unique or column.distinct is not None or _anew(column.meaning):
            continue
        free = not _hindrance(table, plan, name, fixed)
        found[name] = {"duplicates": SLIP if free and column.meaning in _TYPED else 0.0}
        loose = column.meaning.startswith("contact.") or column.meaning == "person.middle_name"
        cased = any(name in (*g.drivers, *(c for k in g.cases for c in (*k.null, *k.present)))
                    for g in plan.cases)  # fmt: skip
        if loose and table.column(name).nullable and not cased and name not in fixed:
            found[name]["forgotten"] = FORGOTTEN
    return found


def findings(noise: Noise, said: Sequence[Dirty]) -> Iterator[Finding]:
    """What is on, and where it is not."""
    for kind, called in _CALLED.items():
        share = getattr(noise, called)
        if not share:
            continue
        done = [d.place for d in said if d.kind == kind and not d.reason]
        kept = [f"{d.place} ({d.reason})" for d in said if d.kind == kind and d.reason]
        message = f"{called}: {share:.1%} of {_listed(done)}" if done else f"{called}: nowhere"
        yield Finding(
            severity="info" if done else "warning", code="noise", place="clinical: noise",
            message=message + (f"; not of {_listed(kept)}" if kept else ""),
            hint="these rows are dirty because seeder.yaml wants them to be",
        )  # fmt: skip


def _listed(places: Sequence[str]) -> str:
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return ", ".join(places[:_SHOWN]) + more
