"""Whether a plan that may have been edited still holds together, before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seeder.errors import PlanError
from seeder.generate.registry import definition
from seeder.plan.findings import feasible
from seeder.plan.model import Plan, TablePlan
from seeder.plan.polymorphic import GENERATOR
from seeder.schema import Name, Table


def check(plan: Plan, where: str) -> None:
    """Raise PlanError that lists every place where the plan contradicts itself or its schema."""
    problems = [p for name in plan.generated for p in _table(plan, name)]
    problems += [f"{f.place}: {f.message}" for f in feasible(plan.tables, plan.database)]
    if problems:
        lines = "\n".join(f"  {p}" for p in problems[:10])
        more = f"\n  and {len(problems) - 10} more" if len(problems) > 10 else ""
        raise PlanError(
            f"{where} does not hold together:\n{lines}{more}",
            "mend these lines, or make a new plan: seeder plan",
        )


def _table(plan: Plan, text: str) -> Iterator[str]:
    table = plan.database[Name.parse(text)]
    made = plan.tables[text]
    yield from _keys(plan, table, made, text)
    printed = {c for k in made.keys for c in table.keys_by_name[k].columns}
    for column in table.columns:
        planned = column.name in made.columns or column.name in printed
        if not planned and not (column.nullable or column.default or column.generated):
            yield f"{text}.{column.name}: the column is NOT NULL, and nothing fills it"
    for name, column_plan in made.columns.items():
        try:
            params = definition(column_plan.generator).resolve(column_plan.params)
            if column_plan.generator == GENERATOR:
                yield from (f"{text}.{name}: {p}" for p in _typed(plan, params))
        except PlanError as error:
            yield f"{text}.{name}: {error.message}" + (f"; {error.hint}" if error.hint else "")


def _typed(plan: Plan, params: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the tables that a column's values name."""
    for value, place in params["tables"].items():
        if not isinstance(place, list) or len(place) != 2:
            yield f"tables: {value}: write [namespace.table, key column]"
            continue
        text, column = map(str, place)
        if text not in plan.generated:
            yield f"tables: {value}: this plan does not fill a table {text!r}"
        elif column not in plan.database[Name.parse(text)].by_name:
            yield f"tables: {value}: {text} has no column {column!r}"


def _keys(plan: Plan, table: Table, made: TablePlan, text: str) -> Iterator[str]:
    owners = [k for k, p in made.keys.items() if p.how == "owner"]
    if owners != ([made.owner] if made.owner else []):
        said = made.owner or "(none)"
        yield f"{text}: owner is {said}, but the keys say {', '.join(owners) or '(none)'}"
    for key in table.foreign_keys:
        target = plan.tables.get(str(key.target))
        filled = target is not None and target.role in ("generate", "keep")
        if key.name in made.keys and not filled:
            yield f"{text}.{key.name}: points at {key.target}, which this plan does not fill"
        elif key.name in made.keys and target is not None and made.rows and not target.rows:
            yield f"{text}.{key.name}: points at {key.target}, which has 0 rows in this plan"
        elif key.name not in made.keys and filled and not table.nullable(key):
            yield f"{text}.{key.name}: the key is NOT NULL, and the plan says nothing of it"
