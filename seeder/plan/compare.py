"""What differs between two plans, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seeder.plan.model import ColumnPlan, KeyPlan, Plan, TablePlan

_NOTHING = TablePlan(role="ignore")


def changes(old: Plan, new: Plan) -> list[str]:
    """A line for each table, column and key that is planned in another way; those whose number of
    rows alone differs come last."""
    lines: list[str] = []
    counts: list[str] = []
    for name in sorted({*old.tables, *new.tables}):
        before, after = old.tables.get(name, _NOTHING), new.tables.get(name, _NOTHING)
        filled = before.role == after.role == "generate"
        if _said(before) != _said(after):
            (counts if filled else lines).append(f"{name}: {_said(before)} -> {_said(after)}")
        if filled:
            lines += (f"{name}.{line}" for line in _table(before, after))
    return lines + counts


def _said(table: TablePlan) -> str:
    if table is _NOTHING:
        return "not planned"
    return f"{table.rows:,} rows" if table.role == "generate" else table.role


def _table(before: TablePlan, after: TablePlan) -> Iterator[str]:
    yield from _items(before.columns, after.columns)
    yield from _items(before.keys, after.keys)
    if before.owner != after.owner:
        yield f"owner: {before.owner or 'none'} -> {after.owner or 'none'}"


def _items(
    before: Mapping[str, ColumnPlan] | Mapping[str, KeyPlan],
    after: Mapping[str, ColumnPlan] | Mapping[str, KeyPlan],
) -> Iterator[str]:
    for name in {**before, **after}:
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        how, then = _how(was), _how(now)
        yield f"{name}: {how} -> {then}" if how != then else f"{name}: {how}, other parameters"


def _how(plan: ColumnPlan | KeyPlan | None) -> str:
    if plan is None:
        return "not planned"
    return plan.how if isinstance(plan, KeyPlan) else plan.generator
