"""Numbers that rows carry of their owner's: the patient's number in each result of a stay, where no
key says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from seeder.plan.model import ColumnPlan
from seeder.plan.naming import PLAIN_KEYS, named
from seeder.schema import ForeignKey, Name, Schema, Table

_NUMBERS = PLAIN_KEYS | {"number"}


def carried(
    table: Table, owner: ForeignKey | None, schema: Schema, filled: Collection[Name],
    columns: Mapping[str, ColumnPlan], fixed: Collection[str],
) -> dict[str, ColumnPlan]:  # fmt: skip
    """The plans of the columns that repeat one of the owner's: of its name and type, and named as
    the number of something else. Not those that are ``fixed``, nor where there may be no owner."""
    if owner is None or owner.target not in filled or table.nullable(owner):
        return {}
    above = schema[owner.target]
    held = {c for u in table.uniques for c in u.columns} | {
        c for k in table.checks for c in k.columns
    }
    found = {}
    for name, plan in columns.items():
        words = named(name)
        if name in held or name in fixed or len(words) < 2 or words[-1] not in _NUMBERS:
            continue
        theirs = above.by_name.get(name)
        if theirs is None or theirs.nullable or theirs.type != table.column(name).type:
            continue
        found[name] = plan.model_copy(
            update={
                "generator": "key.owner", "params": {"key": owner.name, "column": name},
                "nulls": 0.0, "nulls_with": "", "meaning": "",
                "why": f"as in its row of {above.name}",
            }
        )  # fmt: skip
    return found
