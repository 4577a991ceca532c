"""Unique indexes of some rows: at most one of an owner's rows is the primary, active or current
one; and those of what documents say, of which ours say nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from seeder.generate.makers.prose import PAYLOAD_KEYS
from seeder.generate.makers.scalars import JSON_KEYS
from seeder.plan.model import ColumnPlan
from seeder.plan.predicates import Condition, read
from seeder.schema import Column, Unique

# What our documents say something of, by generator.
_KEYS = {"type.json": JSON_KEYS, "json.payload": PAYLOAD_KEYS}
# data -> 'subject', ((data)::jsonb ->> 'id'): the first step into a document.
_STEP = re.compile(r"""\(*"?(?P<column>[^"\s()]+)"?\)*(?:::jsonb?\)?)?\s*->>?\s*'(?P<key>[^']*)'""")


def absent(unique: Unique, columns: Mapping[str, ColumnPlan]) -> bool:
    """Whether the index reads a key that no document of ours has: NULL in each row, and NULLs are
    distinct."""
    if unique.nulls_not_distinct:
        return False
    for expression in unique.expressions:
        step = _STEP.match(expression)
        plan = columns.get(step["column"]) if step else None
        if step and plan and step["key"] not in _KEYS.get(plan.generator, (step["key"],)):
            return True
    return False


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
    if column.type.kind == "integer" and len(asked.values) == 1:
        return _numbered(plan, int(asked.values[0]), why)
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


def _numbered(plan: ColumnPlan, first: int, why: str) -> ColumnPlan | None:
    """Versions counted from the one that may be there once."""
    counts = plan.generator in ("type.integer", "counter", "ordinal", "id.version")
    if not counts or plan.params.get("max_value") is not None:
        return None
    if plan.distinct is not None and plan.distinct.how != "siblings":
        return None
    params = {} if first == 1 else {"start": first}
    return plan.model_copy(
        update={"generator": "ordinal", "params": params, "nulls": 0.0, "meaning": "", "why": why}
    )
