"""How a load goes about it: what stays alive, what waits for what, and circles of keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from seeder.errors import PlanError
from seeder.plan.graph import components
from seeder.plan.model import CyclePlan, Finding, Plan, Strategy
from seeder.plan.sparing import REASON
from seeder.schema import Name, Schema

Key = tuple[Name, str]
_REBUILT = "rebuilt after the load"


def strategy(plan: Plan, text: Mapping[str, str]) -> Strategy:
    """The strategy of a load of the plan; ``text``: tables without a binary form, and why."""
    return Strategy(text=dict(text), careful=careful(plan), cycles=cycles(plan))


def careful(plan: Plan) -> dict[str, str]:
    """Tables all of whose indexes and keys stay, and the reasons."""
    out: dict[str, str] = {}
    for name, items in sorted(plan.indexes.items()):
        if name in plan.generated and items and all(i.action == "keep" for i in items):
            reasons = [r for r in dict.fromkeys(i.why for i in items) if r != REASON]
            # A table that could be stripped, and is not because of its few rows, is on no path.
            out |= {name: "; ".join(reasons)} if reasons else {}
    return out


def kept_keys(plan: Plan) -> set[Key]:
    """The foreign keys that stay alive during the load, as the plan foresees."""
    return {
        (Name.parse(name), item.name)
        for name, items in plan.indexes.items()
        for item in items
        if item.kind == "foreign" and item.action == "keep"
    }


def live(plan: Plan, kept: Iterable[Key]) -> dict[Name, set[Name]]:
    """Which tables must wait for which, because a key between them stays.

    A deferred key makes them wait too: each partition commits by itself, and is checked then. A
    key that is always NULL is checked against nothing.
    """
    out: dict[Name, set[Name]] = {}
    for name, key in (_through(plan.database, *item) for item in kept):
        table = plan.generated.get(str(name))
        if table is not None and key in table.keys and table.keys[key].how != "null":
            out.setdefault(name, set()).add(plan.database[name].keys_by_name[key].target)
    return out


def _through(schema: Schema, name: Name, key: str) -> Key:
    """A key of a partition as the table has it through which rows come."""
    root = schema.root(name)
    if root == name:
        return name, key
    mine = schema[name].keys_by_name[key]
    same = (k.name for k in schema[root].foreign_keys
            if (k.columns, k.target) == (mine.columns, mine.target))  # fmt: skip
    return root, next(same, key)


def circles(edges: Mapping[Name, Collection[Name]]) -> list[list[Name]]:
    """Groups of several tables, each of which can be reached from each other one of its group."""
    groups = components(edges, lambda n: [*edges.get(n, ())])
    return sorted(sorted(group) for group in groups if len(group) > 1)


def refuse_live_circles(waiting: Mapping[Name, Collection[Name]]) -> None:
    """Raise PlanError when tables wait for one another."""
    for group in circles(waiting):
        raise PlanError(_circular(group), _OWNER)


_OWNER = "load as the owner of the tables, so that keys can be dropped and rebuilt"


def _circular(group: Iterable[Name]) -> str:
    names = ", ".join(map(str, group))
    return f"keys of {names} stay alive during the load and form a cycle"


def cycles(plan: Plan) -> list[CyclePlan]:
    """The circles among the tables that the plan fills."""
    schema = plan.database
    kept = kept_keys(plan)
    edges: dict[Name, set[Name]] = {}
    for text, table in plan.generated.items():
        name = Name.parse(text)
        for key in table.keys:
            edges.setdefault(name, set()).add(schema[name].keys_by_name[key].target)
    out = []
    for group in circles(edges):
        keys = {
            f"{name}.{key}": _satisfied(plan, name, key, kept)
            for name in group
            for key in plan.tables[str(name)].keys
            if schema[name].keys_by_name[key].target in group
        }
        out.append(CyclePlan(tables=[str(n) for n in group], keys=keys))
    return out


def _satisfied(plan: Plan, name: Name, key: str, kept: Collection[Key]) -> str:
    if plan.tables[str(name)].keys[key].how == "null":
        return "always NULL"
    if not plan.database[name].keys_by_name[key].declared:
        return "not declared: nothing checks it"
    if (name, key) not in kept:
        return _REBUILT
    target = plan.database[name].keys_by_name[key].target
    if target == name:
        return "alive: earlier rows are filled first"
    return f"alive: {target} is filled first"


def findings(plan: Plan) -> list[Finding]:
    """Circles of keys that all stay alive: a load cannot fill them."""
    waiting = live(plan, kept_keys(plan))
    return [
        Finding(
            severity="error", code="live-cycle", place=str(group[0]),
            message=_circular(group), hint=_OWNER,
        )
        for group in circles(waiting)
    ]  # fmt: skip
