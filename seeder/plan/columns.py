"""Which generator fills each column: meaning first, then what constraints leave, then the type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from seeder.generate.defaults import default_generator
from seeder.generate.makers import status
from seeder.generate.registry import definitions
from seeder.generate.told import WORDED, understood
from seeder.plan import apart, identity
from seeder.plan.cases import Cases, cases, settled
from seeder.plan.model import CaseGroup, ColumnPlan, Finding
from seeder.plan.narrowing import Bounds, Narrowing, merge, narrow, params_for
from seeder.plan.partitions import Divided
from seeder.plan.predicates import Condition
from seeder.plan.reaching import limits, scale
from seeder.plan.trial import keeps
from seeder.schema import Column, Name, Table, Type
from seeder.semantics import Reading

_NULLS = 0.08  # share of NULL in a nullable column, where no profile says better
_LIKELY = frozenset(
    "final completed complete finished fulfilled discharged closed done active signed paid "
    "resulted verified given administered routine outpatient normal primary official home "
    "accepted attended current confirmed issued".split()
)
_UNLIKELY = frozenset(
    "cancelled canceled error entered noshow show draft planned pending hold stopped rejected "
    "denied void voided aborted amended corrected unknown other refused revoked inactive "
    "progress preliminary suspended stat emergency deleted failed".split()
)


@dataclass(frozen=True)
class Columns:
    """``made``: the plan of each column; ``plain``: the generator by type of those that a CHECK
    narrows, should the first be unable to be distinct; ``cases`` of conditional CHECKs;
    ``present``: columns that a CHECK or the partitions keep from being NULL; ``bounds``: what
    constraints leave of each column's values; ``apart``: keys whose parents must differ."""

    made: dict[str, ColumnPlan]
    plain: dict[str, ColumnPlan]
    cases: tuple[CaseGroup, ...]
    present: frozenset[str]
    findings: list[Finding]
    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    apart: tuple[apart.Pair, ...] = ()


def plan_columns(
    table: Table,
    readings: Mapping[str, Reading],
    printed: Mapping[str, str],
    reference: int,
    copied: Mapping[str, Sequence[Type]] | None = None,
    parts: Divided | None = None,
    wanted: Iterable[Condition] = (),
) -> Columns:
    """How each column that no foreign key prints is filled.

    ``printed`` names the key that gives a column its value;
    ``reference`` is the plan's reference date in microseconds, for CHECKs against the clock;
    ``copied`` the types of the columns that keys fill from a column; ``parts`` what partitions
    take in; ``wanted`` what is asked of columns beside the table's own checks.
    """
    copied, parts = copied or {}, parts or Divided()
    more = [k for c in table.columns for k in limits(c.name, c.type, copied.get(c.name, ()))]
    narrowing = _wary(_with_partitions(narrow(table, (*more, *wanted)), parts), table)
    made = frozenset(c.name for c in table.columns if c.name not in printed and not c.generated)
    found = cases(table, narrowing, made)
    if found.open:
        narrowing = settled(table, narrowing, made, found)
        found = cases(table, narrowing, made)
    narrowing = _without(narrowing, found)
    findings = [
        Finding(
            severity="warning", code="check-not-read", place=str(table.name),
            message=f"CHECK {name} is not understood: {reason}",
            hint="seeder check tries it on sample rows; if they break it, set generators of its "
            f"columns in the plan, or leave the table empty: --table {table.name}=0",
        )
        for name, reason in (
            *narrowing.unsolved, *found.named, *apart.unmet(table, narrowing, printed)
        )
    ]  # fmt: skip
    columns: dict[str, ColumnPlan] = {}
    present = frozenset(c for c, b in narrowing.columns.items() if b.not_null)
    for column in table.columns:
        if column.generated or column.name in printed:
            continue
        plan = _column(column, readings.get(column.name), narrowing, reference)
        if column.name in parts.together:
            plan = plan.model_copy(
                update={
                    "generator": "leaf", "params": dict(parts.together[column.name]),
                    "nulls": 0.0, "meaning": "", "why": "by its partitions",
                }
            )  # fmt: skip
        plan, told = identity.guarded(plan, readings.get(column.name), table, column, present)
        findings += told
        if plan.generator == "null" and not column.nullable:
            if column.default:
                continue  # absent from the COPY: the server's default fills it
            findings.append(
                Finding(
                    severity="error", code="unknown-type", place=f"{table.name}.{column.name}",
                    message=f"no generator makes {column.type.native}, and the column is NOT NULL "
                    "without a default",
                    hint="give the column a default or make it nullable",
                )
            )  # fmt: skip
            continue
        digits = scale(column.type, copied.get(column.name, ()))
        columns[column.name] = plan if digits is None else _rounded(plan, digits)
    drivers = {c for g in found.groups for c in g.drivers}
    columns = {
        c: p.model_copy(update={"nulls": 0.0}) if c in drivers else p for c, p in columns.items()
    }
    return Columns(
        _unlike(_ordered(columns, narrowing), narrowing),
        _plain(table, columns, narrowing),
        found.groups,
        present,
        findings,
        narrowing.columns,
        apart.pairs(table, narrowing, printed),
    )


def _wary(narrowing: Narrowing, table: Table) -> Narrowing:
    """A column of which a CHECK asks what is not understood is never NULL: that is what such CHECKs
    refuse most, as ``is_blank(x) IS FALSE`` does."""
    unread = {name for name, _ in narrowing.unsolved}
    columns = dict(narrowing.columns)
    for check in table.checks:
        if check.name in unread and len(check.columns) == 1:
            (name,) = check.columns
            columns[name] = replace(columns.get(name, Bounds()), not_null=True)
    return replace(narrowing, columns=columns)


def _without(narrowing: Narrowing, found: Cases) -> Narrowing:
    """Values of a driver with which no row could exist are not drawn."""
    columns = dict(narrowing.columns)
    for name, values in (found.without or {}).items():
        bounds = columns.get(name, Bounds())
        columns[name] = replace(bounds, never=(*bounds.never, *values))
    return replace(narrowing, columns=columns)


def _unlike(columns: dict[str, ColumnPlan], narrowing: Narrowing) -> dict[str, ColumnPlan]:
    """CHECKs that two columns differ, or are the same."""
    for relation in narrowing.relations:
        if relation.left not in columns or relation.right not in columns:
            continue
        plan = columns[relation.right]
        if relation.op == "<>":
            change: dict[str, Any] = {"unlike": sorted({*plan.unlike, relation.left})}
        else:
            change = {"generator": "copy", "params": {"column": relation.left}, "meaning": ""}
        columns[relation.right] = plan.model_copy(update=change)
    return columns


def _plain(
    table: Table, columns: Mapping[str, ColumnPlan], narrowing: Narrowing
) -> dict[str, ColumnPlan]:
    found = {}
    for name, bounds in narrowing.columns.items():
        made = params_for(bounds, table.column(name)) if narrowed(bounds) else None
        if made is not None and name in columns:
            found[name] = columns[name].model_copy(
                update={"generator": made[0], "params": made[1], "meaning": "", "why": "by CHECK"}
            )
    return found


def _with_partitions(narrowing: Narrowing, parts: Divided) -> Narrowing:
    """Partition bounds narrow a column that no CHECK narrows already."""
    return replace(narrowing, columns={**parts.bounds, **narrowing.columns})


# Words that other columns of the row go by.
_READ = frozenset(("prose.note_type",))
# What a row is there for is never missing, where nothing asks for it.
_TOLD = frozenset("lab.value lab.text vital.value diagnosis.code diagnosis.name drug.name".split())


def _column(
    column: Column, reading: Reading | None, narrowing: Narrowing, reference: int
) -> ColumnPlan:
    bounds = narrowing.columns.get(column.name, Bounds())
    nulls = _NULLS if column.nullable and not bounds.not_null else 0.0
    generator, params = default_generator(column.type)
    meaning, why = "", f"by type {column.type.native}"
    chance = reading.chance if reading is not None else 0
    if reading is not None and _fits(reading, column):
        generator, params = reading.generator, dict(reading.params)
        meaning, why = reading.meaning, reading.why
        if reading.runner_up:
            why = f"{why}; else {reading.runner_up}"
    if narrowed(bounds) and not (
        meaning and keeps(generator, params, column.type, bounds, reference)
    ):
        written = (
            identity.variant(generator, params, column, bounds, reference) if meaning else None
        )
        if written is not None:
            return ColumnPlan(
                generator=generator, params=written, nulls=nulls, meaning=meaning,
                chance=chance, why=f"{why}; written as CHECK asks",
            )  # fmt: skip
        merged = _bounded(generator, params, bounds, column)
        if merged is not None and (
            not meaning or keeps(generator, merged, column.type, bounds, reference)
        ):
            params, why = merged, f"{why}; bounded by CHECK"
        elif (other := params_for(bounds, column)) is not None:
            (generator, params), why, meaning = other, "by CHECK", ""
    if generator == "type.text" and not meaning:
        params = {"about": spoken(column.name), **params}
    if generator == "type.array" and not meaning and column.type.element is not None:
        params = {**params, **_elements(column)}
    if generator == "choice" and "weights" not in params:
        params, meaning = _words(params, reading, meaning)
    # Some put NULLs in by themselves, because being absent is the meaning.
    if generator == "person.death" or params.get("sparse") or meaning in _TOLD:
        nulls = 0.0
    if generator == "null":
        nulls = 1.0
    together = f"{params['system']}:{params.get('group', '')}" if generator == "code.drawn" else ""
    return ColumnPlan(
        generator=generator,
        params=params,
        nulls=nulls,
        nulls_with=together if nulls else "",
        meaning=meaning,
        chance=chance if meaning else 0,
        why=why,
    )


def _bounded(
    generator: str, params: Mapping[str, Any], bounds: Bounds, column: Column
) -> dict[str, Any] | None:
    """The parameters with which a generator may keep the bounds, if it has such."""
    if generator == "code.listed":
        return {**params, "whole": True}
    return merge(params, bounds, definitions()[generator], column)


def _words(
    params: Mapping[str, Any], reading: Reading | None, meaning: str
) -> tuple[dict[str, Any], str]:
    """Allowed values, the likely ones first; and what of a patient's story they tell."""
    values = likely_first(params["values"])
    if reading is not None and understood(told_of(reading), tuple(map(str, values))):
        return {**params, "values": values, "tells": told_of(reading)}, reading.meaning
    if reading is not None:
        known = status.usual(reading.generator, reading.params)
        usual = status.weights(known, list(map(str, values)))
        if usual:
            return {**params, "values": values, "weights": usual}, reading.meaning
    if reading is not None and reading.meaning in _READ:
        return {**params, "values": values}, reading.meaning
    return {**params, "values": values}, meaning


def told_of(reading: Reading) -> str:
    """What a patient's story says of a column with the meaning, as ``choice`` has it; '' for
    nothing."""
    if reading.generator == "status.word":
        return WORDED.get(str(reading.params.get("of")), "")
    if reading.generator == "lab.flag":
        return "flag"
    of = reading.params.get("system", "") if reading.generator.startswith("code.") else ""
    return "" if reading.params.get("group") else of


def _elements(column: Column) -> dict[str, Any]:
    """Parameters of an array under which its elements keep the CHECKs of their domain."""
    kind = column.type.element
    assert kind is not None
    one = Column("element", kind)
    bounds = narrow(Table(Name("", ""), (one,))).columns.get("element", Bounds())
    made = params_for(bounds, one) if narrowed(bounds) else None
    if made is None and kind.kind == "text":
        made = "type.text", {"about": spoken(column.name)}
    return {} if made is None else {"generator": made[0], "element": made[1]}


def spoken(name: str) -> str:
    """A column's name as words: ``rule_grp`` and ``ruleGrp`` read 'Rule grp'."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^\w]+|_+", " ", name).split()
    text = " ".join(w if w.isupper() else w.lower() for w in words)
    return text[:1].upper() + text[1:]


def likely_first(values: Sequence[str]) -> list[str]:
    """Values in the order in which a database full of history shows them: what is over and
    routine first, what is rare or still open last; otherwise as declared."""

    def rank(value: str) -> int:
        words = set(re.split(r"[^a-z]+", str(value).lower()))
        return 0 if words & _LIKELY else 2 if words & _UNLIKELY else 1

    return sorted(values, key=rank)


def narrowed(bounds: Bounds) -> bool:
    """Whether the bounds say anything about values that are not NULL."""
    return replace(bounds, not_null=False) != Bounds()


def _rounded(plan: ColumnPlan, digits: int) -> ColumnPlan:
    """The column's plan with fewer digits after the point, for a key whose type keeps no more."""
    if plan.generator in ("choice", "counter", "null"):
        return plan
    ends = {k: v for k, v in plan.params.items() if k in ("min_value", "max_value")}
    return plan.model_copy(
        update={"generator": "type.decimal", "params": {**ends, "scale": digits}, "meaning": ""}
    )


def _fits(reading: Reading, column: Column) -> bool:
    """Whether the meaning's generator can write this type, within its length."""
    found = definitions().get(reading.generator)
    if found is None or column.type.kind not in found.accepts:
        return False
    limit = column.type.length
    if column.type.kind == "text" and limit and found.width is not None:
        return found.width(column.type, found.resolve(reading.params)) <= limit
    return True


def _ordered(columns: dict[str, ColumnPlan], narrowing: Narrowing) -> dict[str, ColumnPlan]:
    """CHECKs that compare two columns: the later one is raised to the earlier one."""
    for order in narrowing.orders:
        if order.left in columns and order.right in columns:
            if _reaches(columns, order.left, order.right):
                continue
            old = columns[order.right]
            name = "after" if order.op == "<" else "not_before"
            columns[order.right] = old.model_copy(
                update={name: sorted({*getattr(old, name), order.left})}
            )
    return columns


def _reaches(columns: Mapping[str, ColumnPlan], start: str, goal: str) -> bool:
    if start == goal:
        return True
    plan = columns[start]
    return any(_reaches(columns, c, goal) for c in (*plan.after, *plan.not_before) if c in columns)
