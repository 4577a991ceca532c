"""Partial unique indexes: at most one of an owner's rows is the primary, active or current one."""

from __future__ import annotations

from seeder.plan.model import ColumnPlan
from seeder.plan.predicates import Condition, read
from seeder.schema import Column, Unique


def condition(unique: Unique) -> Condition | None:
    """The one test of one column that the predicate is, or None when it is more than that."""
    if not unique.predicate:
        return None
    found = read(unique.predicate)
    if len(found) == 1 and isinstance(found[0], Condition) and not found[0].other:
        return found[0]
    return None


def one_of_siblings(
    plan: ColumnPlan, column: Column, asked: Condition, name: str
) -> ColumnPlan | None:
    """The column's plan under which only one row of an owner meets the condition: the first one
    for a value, the last one for NULL (what has no end yet). None when that cannot be."""
    why = f"one row of an owner, for {name}"
    if asked.test == "null" and column.nullable:
        return plan.model_copy(update={"nulls": 0.0, "nulls_at": "last", "why": why})
    if asked.test != "in" or not asked.values:
        return None
    if column.type.kind == "boolean":
        others = ["false" if asked.values[0] == "true" else "true"]
    else:
        known = plan.params.get("values", []) if plan.generator == "choice" else []
        others = [v for v in known if v not in asked.values]
    if not others:
        return None
    return plan.model_copy(
        update={
            "generator": "first",
            "params": {"value": asked.values[0], "others": others},
            "nulls": 0.0,
            "meaning": "",
            "why": why,
        }
    )
