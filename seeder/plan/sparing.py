"""Indexes and keys that a load leaves alone, because its rows are too few to make dropping pay."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from seeder.plan.graph import components
from seeder.plan.model import IndexPlan, Plan
from seeder.schema import Name

# By the rates in ``plan.duration``: an index that stays costs 0.7 µs a row more and saves 3.7 ms, a
# key 2.8 µs a row more and saves 3.2 ms.
FEW = 1_000
REASON = f"at most {FEW:,} rows come in: to keep it alive costs less than to build it again"


@dataclass(frozen=True, slots=True)
class Item:
    """A trigger, index or constraint. ``target``: of a foreign key; ``kept``: stays anyway."""

    kind: str
    table: Name
    name: str
    target: Name | None = None
    kept: bool = False


def spared(items: Collection[Item], plan: Plan) -> set[tuple[Name, str, str]]:
    """Table, kind and name of each index and key that stays although it could go.

    A foreign key stays where both its tables get few rows, so that the key it rests on stays too,
    and where the keys that stay lead around in no circle: their tables are filled in that order.
    """
    filled = {Name.parse(n) for n in plan.generated}
    few = {n for n in plan.database.by_name if _rows(plan, n) <= FEW}

    def cheap(item: Item) -> bool:
        if item.kept or item.kind == "trigger" or item.table not in few:
            return False
        return item.kind != "foreign" or (
            item.table in filled and item.target in filled and item.target in few
        )

    found = [i for i in items if cheap(i)]
    circles = _circles([i for i in items if i.kept] + found, filled)
    return {
        (i.table, i.kind, i.name)
        for i in found
        if i.kind != "foreign" or circles[i.table] != circles[i.target] or i.table == i.target
    }


def revised(plan: Plan) -> dict[str, list[IndexPlan]]:
    """The plan's indexes and keys for rows that are others now."""
    again = {
        name: [_undecided(i) if i.why == REASON else i for i in items]
        for name, items in plan.indexes.items()
    }
    items = [
        Item(i.kind, Name.parse(n), i.name, _target(plan, n, i), i.action == "keep")
        for n, among in again.items()
        for i in among
    ]
    few = spared(items, plan)
    return {
        name: [
            i.model_copy(update={"action": "keep", "why": REASON})
            if (Name.parse(name), i.kind, i.name) in few
            else i
            for i in among
        ]
        for name, among in again.items()
    }


DROPPED = "faster to build once than to maintain row by row"


def _undecided(item: IndexPlan) -> IndexPlan:
    return item.model_copy(update={"action": "rebuild", "why": DROPPED})


def _target(plan: Plan, table: str, item: IndexPlan) -> Name | None:
    if item.kind != "foreign":
        return None
    key = plan.database[Name.parse(table)].keys_by_name.get(item.name)
    return key.target if key is not None else None


def _rows(plan: Plan, name: Name) -> int:
    """Rows that come in through a table or, of a partition, through its uppermost parent."""
    planned = plan.tables.get(str(plan.database.root(name)))
    return planned.rows if planned is not None and planned.role == "generate" else 0


def _circles(staying: Iterable[Item], filled: Collection[Name]) -> dict[Name | None, int]:
    """The number of the circle that each table is in, by the foreign keys that stay."""
    edges: dict[Name, list[Name]] = {}
    for item in staying:
        if item.target is not None and item.table in filled and item.target in filled:
            edges.setdefault(item.table, []).append(item.target)
    groups = components(filled, lambda n: edges.get(n, []))
    return {name: number for number, group in enumerate(groups) for name in group}
