"""The plan of one table: its stretch of time, its keys, its columns, and their unique sets."""

from __future__ import annotations

from collections.abc import Mapping

from seeder import schema as sch
from seeder.generate.defaults import default_generator
from seeder.generate.registry import definition
from seeder.plan.exclusion import divides_time, separate
from seeder.plan.graph import Graph, echoes, one_to_one
from seeder.plan.keys import Link
from seeder.plan.model import (
    ColumnPlan,
    Distinct,
    Finding,
    KeyPlan,
    TablePlan,
    TimePlan,
)  # fmt: skip
from seeder.plan.stories import (
    Way,
    setting_of,
)
from seeder.plan.uniqueness import Keyed, assign
from seeder.schema import Name, Schema, Table, Unique
from seeder.semantics.roles import table_words

_MOMENTS = ("date", "timestamp", "timestamptz")
_LASTING = ("patient", "person", "staff", "organisation", "place")
_PLACES = frozenset(("diagnosis.rank", "care.position"))
# Parts of an entry by which the others of it are found.
_TELLING = frozenset(("code", "name"))


def _time(
    graph: Graph,
    name: Name,
    chosen: Mapping[Name, sch.ForeignKey],
    columns: Mapping[str, ColumnPlan],
    way: Way | None,
) -> TimePlan:
    """The stretch of a row, and the way to its patient's story."""
    time = _stretch(graph, name, chosen, columns, list(way.person) if way else [])
    if way is None:
        return time
    return time.model_copy(
        update={
            "story": way.story, "visit": list(way.visit), "visits": list(way.visits),
            "heads": way.heads, "ahead": _is_ahead(graph.schema[name]),
            "setting": setting_of(graph, name, way),
        }
    )  # fmt: skip


_AHEAD = frozenset("appointment appt booking reservation".split())


def _is_ahead(table: Table) -> bool:
    """Whether the table is a calendar: it holds what is to come as well."""
    return not _AHEAD.isdisjoint(table_words(table))


def _stretch(
    graph: Graph,
    name: Name,
    chosen: Mapping[Name, sch.ForeignKey],
    columns: Mapping[str, ColumnPlan],
    person: list[str],
) -> TimePlan:
    kind = graph.kinds[name]
    if kind in ("patient", "person"):
        return TimePlan(kind="life", person=person)
    owner = chosen.get(name)
    if owner is None:
        growing = kind in ("event", "log", "encounter")
        return TimePlan(kind="moment" if growing else "window", person=person)
    if not person and kind in ("staff", "place", "organisation", "reference", "junction"):
        return TimePlan(kind="window")
    if one_to_one(graph.schema[name], owner):
        return TimePlan(kind="slot", person=person)
    if kind == "encounter":
        # A part of a visit lasts as long as its part of it.
        part = graph.kinds[owner.target] == "encounter"
        return TimePlan(kind="slot" if part else "visit", person=person)
    made = {c.generator for c in columns.values()}
    if {"moment.start", "moment.end"} <= made and graph.kinds[owner.target] in _LASTING:
        # A period of somebody's life (an address, a coverage): one ends where the next begins.
        return TimePlan(kind="slot", person=person)
    # What has a length in days (a stay on a ward) is more than a moment.
    lasts = any(c.generator == "moment.length" for c in columns.values())
    brief = kind in ("event", "log") and not lasts
    return TimePlan(kind="moment" if brief else "slot", person=person)


def planned(
    graph: Graph,
    name: Name,
    chosen: Mapping[Name, sch.ForeignKey],
    keys: Mapping[Link, KeyPlan],
    columns: dict[str, ColumnPlan],
    rows: Mapping[Name, int],
    needed: frozenset[str],
    plain: Mapping[str, ColumnPlan],
    fixed: frozenset[str],
    way: Way | None,
) -> tuple[TablePlan, list[Finding]]:
    """``needed``: columns that are never NULL, as other keys point at them or a CHECK or the
    partitions say so; ``plain``: what can be distinct where a column's own generator cannot;
    ``fixed``: columns that overrides name."""
    table = graph.schema[name]
    owner = chosen[name].name if name in chosen else ""
    outside = {
        c for k in table.foreign_keys if k.target not in graph.members for c in k.columns
        if table.column(c).nullable
    }  # fmt: skip
    columns = {
        c: p
        if c not in outside
        else ColumnPlan(generator="null", nulls=1.0, why="its parent is not filled")
        for c, p in columns.items()
    }
    mine = {k: keys[name, k] for k in table.keys_by_name if (name, k) in keys}
    ordered = dict(sorted(mine.items(), key=lambda k: (k[0] != owner, k[0])))
    time = _time(graph, name, chosen, columns, way)
    if divides_time(table, chosen.get(name)) and time.kind in ("window", "visit", "moment"):
        time = time.model_copy(update={"kind": "slot", "visit": [], "visits": []})
        if time.story in ("visit", "spread"):
            time = time.model_copy(update={"story": "own"})
    if time.kind == "window":
        columns = {c: columns[c] if c in fixed else p for c, p in _ended(table, columns).items()}
    if time.story and time.kind == "moment":
        columns = {
            c: p if c in fixed else _lasting(table, c, p, needed) for c, p in columns.items()
        }
    if time.story and time.kind in ("visit", "slot", "moment"):
        columns = {
            c: p if c in fixed or c in needed or c in outside else _open(table, c, p)
            for c, p in columns.items()
        }
    if not owner:
        columns = {
            c: p if c in fixed else _numbered(table, c, p, rows[name]) for c, p in columns.items()
        }
    in_turn = bool(owner) and time.kind in ("slot", "visit", "moment")
    keyed, findings = assign(
        Keyed(
            table,
            owner,
            ordered,
            columns,
            rows,
            in_turn,
            echoes(graph, chosen, name),
            _uniques(graph.schema, table),
            plain,
        )
    )
    keyed, unmet = separate(keyed)
    findings += unmet
    final = {
        k: p.model_copy(update={"nulls": 0.0}) if _required(table, k, needed) else p
        for k, p in keyed.keys.items()
    }
    return TablePlan(
        role="generate",
        kind=graph.kinds[name],
        rows=rows[name],
        owner=owner,
        time=time,
        keys=final,
        columns=_following(_in_order(keyed.columns, fixed) if owner else keyed.columns, fixed),
        why="",
    ), findings


def _in_order(columns: Mapping[str, ColumnPlan], fixed: frozenset[str]) -> dict[str, ColumnPlan]:
    """Places among an owner's rows count from 1 and have no gap: also where they are part of a key
    that another member keeps apart already."""
    found = dict(columns)
    for name, plan in columns.items():
        if plan.meaning not in _PLACES or plan.distinct is not None or name in fixed:
            continue
        if plan.generator == "type.integer" and not plan.params:
            found[name] = plan.model_copy(update={"generator": "ordinal"})
        elif plan.generator == "ordinal":
            found[name] = plan.model_copy(update={"nulls": 0.0})
    return found


def _following(columns: Mapping[str, ColumnPlan], fixed: frozenset[str]) -> dict[str, ColumnPlan]:
    """Columns that tell of the entry that another one holds, where a key keeps that apart from the
    row's story: the dose of a drug that the key names is that of the drug."""
    found = dict(columns)
    heads = [
        (name, plan) for name, plan in columns.items()
        if plan.generator == "code.drawn" and plan.distinct is not None
        and plan.distinct.how == "siblings" and plan.params.get("part", "code") in _TELLING
    ]  # fmt: skip
    for head, of in heads:
        for name, plan in columns.items():
            alike = all(plan.params.get(k, "") == of.params.get(k, "") for k in ("system", "group"))
            if plan.generator != "code.drawn" or not alike or plan.distinct or name in fixed:
                continue
            params = {**plan.params, "of": head, "key": of.params.get("part", "code")}
            params.pop("group", None)
            why = f"{plan.why}; looked up from {head}, which a key keeps apart"
            found[name] = plan.model_copy(
                update={"generator": "code.label", "params": params, "why": why}
            )
    return found


def _numbered(table: Table, name: str, plan: ColumnPlan, rows: int) -> ColumnPlan:
    """Places among an owner's rows, where there is no owner: places in the table, if its type and
    CHECKs have room for them; and any row for the first of an owner's."""
    column = table.column(name)
    counted = definition("counter")
    if plan.generator == "status.first" and plan.distinct is None:
        return plan.model_copy(
            update={
                "generator": "status.flag", "params": {},
                "why": f"{plan.why}; some rows, as the table has no owner",
            }
        )  # fmt: skip
    if plan.generator != "ordinal" or plan.params or plan.distinct is not None:
        return plan
    if column.type.checks or any(name in check.columns for check in table.checks):
        return plan
    if counted.capacity is None or counted.capacity(column.type, counted.resolve({})) < rows:
        return plan
    return plan.model_copy(
        update={
            "generator": "counter", "distinct": Distinct(how="row"),
            "why": f"{plan.why}; of the whole table, which has no owner",
        }
    )  # fmt: skip


# What goes on when the moment in which it was noted is over.
_COURSES = {"drug.end": "drug", "diagnosis.end": "diagnosis"}


def _lasting(table: Table, name: str, plan: ColumnPlan, needed: frozenset[str]) -> ColumnPlan:
    """A course of a drug goes on for days, and some illnesses for good."""
    if plan.generator != "moment.end" or plan.params or plan.meaning not in _COURSES:
        return plan
    open_ = table.column(name).nullable and name not in needed
    params = {"of": _COURSES[plan.meaning], "open": open_}
    return plan.model_copy(update={"generator": "moment.over", "params": params})


def _open(table: Table, name: str, plan: ColumnPlan) -> ColumnPlan:
    """An end that may be NULL is so while what the row tells of is going on, and only then."""
    end = plan.generator in ("moment.end", "moment.length") or (
        plan.generator == "code.drawn" and plan.params.get("system") == "dispositions"
    )
    if not end or not table.column(name).nullable or plan.nulls_at != "random":
        return plan
    return plan.model_copy(update={"nulls": 0.0, "nulls_with": "", "nulls_at": "open"})


def _ended(table: Table, columns: Mapping[str, ColumnPlan]) -> dict[str, ColumnPlan]:
    """What stands for years stands until today, in every row: an end that has come is some moment
    since the start."""
    starts = [c for c, p in columns.items() if p.generator == "moment.start" and not p.params]
    out = dict(columns)
    for name, plan in columns.items():
        kind = table.column(name).type.kind
        if plan.generator in ("moment.start", "moment.end", "moment.day") and kind == "time":
            # What stands for years begins and ends at midnight: the clock is of something else.
            generator, params = default_generator(table.column(name).type)
            out[name] = plan.model_copy(update={"generator": generator, "params": params})
            continue
        if plan.generator == "moment.end" and not plan.params and kind == "text":
            # A text is not put behind the start when it is earlier: some later part of the stretch.
            later = {"generator": "moment.within", "params": {"low": 0.1, "high": 1.0}}
            out[name] = plan.model_copy(update=later)
        if plan.generator == "moment.end" and not plan.params and kind in _MOMENTS:
            generator, params = default_generator(table.column(name).type)
            before = sorted({*plan.not_before, *starts})
            out[name] = plan.model_copy(
                update={"generator": generator, "params": params, "not_before": before}
            )
    return out


def _uniques(schema: Schema, table: Table) -> dict[Name, tuple[Unique, ...]]:
    return {k.target: schema[k.target].uniques for k in table.foreign_keys if k.target in schema}


def _required(table: Table, key: str, needed: frozenset[str] = frozenset()) -> bool:
    foreign = table.keys_by_name[key]
    return not table.nullable(foreign) or not needed.isdisjoint(foreign.columns)
