"""Plan files: YAML in, YAML out, and the user's edits carried over to a new budget."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from seeder import schema
from seeder.collector import uncollected
from seeder.errors import PlanError
from seeder.plan import sparing
from seeder.plan.check import check
from seeder.plan.inputs import sweep
from seeder.plan.model import FORMAT, GENERATION, Options, Plan
from seeder.plan.planner import make_plan
from seeder.plan.roles import NO_RIGHT

DEFAULT = Path("seeder-plan.yaml")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

_HEADER = """\
# The plan of a synthetic database, written by `seeder plan`. Reviewable, diffable, editable:
# change rows, roles, generators and their parameters below; `seeder load` does what it says.
# The last part, `schema`, is what was reflected; it is not for editing.
"""


@uncollected
def to_text(plan: Plan) -> str:
    """The plan as YAML; defaults are left out."""
    data = plan.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data = {"format": plan.format, "generation": plan.generation, **data}
    return _HEADER + str(
        yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    )


def write(plan: Plan, path: Path) -> None:
    """Write a plan file, whole or not at all; then the inputs of the one before it go."""
    inputs = {
        name: item.model_copy(update={"file": os.path.relpath(item.file, path.parent)})
        for name, item in plan.inputs.items()
    }
    plan = plan.model_copy(update={"inputs": inputs})
    part = path.with_name(path.name + ".part")
    part.write_text(to_text(plan), encoding="utf-8")
    part.replace(path)
    sweep(path.with_suffix(".inputs"), plan)


@uncollected
def read(path: Path) -> Plan:
    """Read a plan file. Raises PlanError that says where it is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PlanError(
            f"cannot read {path}: {error.strerror}", "make a plan first: seeder plan --dsn ..."
        ) from None
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader, in C where there is one
    except yaml.YAMLError as error:
        raise PlanError(f"{path} is not YAML: {error}") from None
    plan = parse(data, str(path))
    inputs = {
        name: item.model_copy(update={"file": str(path.parent / item.file)})
        for name, item in plan.inputs.items()
    }
    return plan.model_copy(update={"inputs": inputs})


def parse(data: Any, where: str) -> Plan:
    """Validate a plan's data. Raises PlanError on another version, unknown keys, wrong values."""
    if not isinstance(data, dict):
        raise PlanError(f"{where} is not a plan", "make one: seeder plan --dsn ...")
    for name, ours in (("format", FORMAT), ("generation", GENERATION)):
        theirs = data.get(name)
        if theirs != ours:
            raise PlanError(
                f"{where} has {name} {theirs!r}, this seeder writes {ours}",
                "make a new plan with this version: seeder plan --dsn ...",
            )
    try:
        plan = Plan.model_validate(data)
        database = plan.database
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:10]]
        raise PlanError(f"{where} is not valid:\n" + "\n".join(lines), _near(error)) from None
    except (KeyError, TypeError, ValueError) as error:
        raise PlanError(
            f"the schema part of {where} was changed: {error}", "make a new plan"
        ) from None
    if plan.reflected.fingerprint != plan.fingerprint:
        raise PlanError(
            f"the schema part of {where} does not match its fingerprint: it was edited",
            "make a new plan, and edit only its tables",
        )
    _check_names(plan, database, where)
    check(plan, where)
    return plan


def _near(error: ValidationError) -> str:
    import difflib

    for problem in error.errors():
        if problem["type"] == "extra_forbidden":
            from seeder.plan import model

            known = {f for m in (model.Plan, model.TablePlan, model.ColumnPlan, model.KeyPlan,
                                 model.Options) for f in m.model_fields}  # fmt: skip
            close = difflib.get_close_matches(str(problem["loc"][-1]), known, 1)
            if close:
                return f"did you mean {close[0]}?"
    return ""


def _check_names(plan: Plan, database: schema.Schema, where: str) -> None:
    for text, table_plan in plan.tables.items():
        try:
            table = database[schema.Name.parse(text)]
        except (KeyError, ValueError):
            raise PlanError(f"{where}: there is no table {text!r} in its schema") from None
        for column in table_plan.columns:
            if column not in table.by_name:
                raise PlanError(f"{where}: {text} has no column {column!r}")
        for key in (*table_plan.keys, *([table_plan.owner] if table_plan.owner else ())):
            if key not in table.keys_by_name:
                raise PlanError(f"{where}: {text} has no foreign key {key!r}")


def with_rows(plan: Plan, rows: int) -> Plan:
    """The plan for another budget: planned anew from its own schema, the user's edits kept.

    An edit is whatever differs from what the planner itself writes for the plan's options.
    Raises UsageError when edited row counts contradict the new budget.
    """
    base = make_plan(plan.reflected, plan.options)
    counts = _edited_rows(base, plan)
    wanted = plan.options.model_copy(
        update={"rows": rows, "tables": {**plan.options.tables, **counts}}
    )
    new, _ = merge_edits(base, plan, make_plan(plan.reflected, wanted, dsn=plan.dsn))
    kept = {"indexes": plan.indexes, "inputs": plan.inputs, "strategy": plan.strategy}
    new = new.model_copy(update=kept)
    return new.model_copy(update={"indexes": sparing.revised(new)})


def updated(plan: Plan, new: Plan, again: Callable[[Options], Plan]) -> tuple[Plan, list[str]]:
    """``new``, the plan of the schema as it is now by the options of ``plan``, with its edits.

    ``again`` plans anew by other options, where row counts were edited. Also returns what became
    of them: edits kept, edits of what is gone.
    """
    base = make_plan(plan.reflected, plan.options)
    counts = _edited_rows(base, plan)
    asked = {**plan.options.tables, **counts}
    known = {n: rows for n, rows in asked.items() if n in new.tables}
    lost = [
        f"edit lost: {n}: its rows ({asked[n]:,}), the table is gone"
        for n in asked
        if n not in known
    ]
    if counts or lost:
        new = again(new.options.model_copy(update={"tables": known}))
    kept = [f"edit kept: {n}: {rows:,} rows" for n, rows in counts.items() if n in known]
    new, notes = merge_edits(base, plan, new)
    return new, [*kept, *notes, *lost]


def _edited_rows(base: Plan, plan: Plan) -> dict[str, int]:
    """Rows of the tables whose number or role was edited."""
    return {
        name: table.rows if table.role == "generate" else 0
        for name, table in plan.tables.items()
        if name in base.tables
        and table.why != NO_RIGHT
        and (table.rows != base.tables[name].rows or table.role != base.tables[name].role)
    }


def merge_edits(base: Plan, edited: Plan, new: Plan) -> tuple[Plan, list[str]]:
    """``new`` with every column and key in which ``edited`` differs from ``base``, and a line for
    each of these edits: kept, or lost because its place is gone."""
    tables = dict(new.tables)
    notes: list[str] = []
    for name, table in edited.tables.items():
        if name not in base.tables or table.role != "generate":
            continue
        old, fresh = base.tables[name], tables.get(name)
        columns = {c: p for c, p in table.columns.items() if old.columns.get(c) != p}
        keys = {k: p for k, p in table.keys.items() if old.keys.get(k) != p}
        if fresh is None or fresh.role != "generate":
            notes += [f"edit lost: {name}.{e}: the table is not filled" for e in (*columns, *keys)]
            continue
        table_now = new.database[schema.Name.parse(name)]
        printed = {c for k in fresh.keys for c in table_now.keys_by_name[k].columns}
        there = {c: p for c, p in columns.items() if c in table_now.by_name and c not in printed}
        linked = {k: p for k, p in keys.items() if k in fresh.keys}
        notes += [f"edit kept: {name}.{e}" for e in (*there, *linked)]
        notes += [
            f"edit lost: {name}.{e}: it is gone, or filled in another way now"
            for e in (*columns, *keys)
            if e not in there and e not in linked
        ]
        tables[name] = fresh.model_copy(
            update={
                "columns": {**fresh.columns, **there},
                "keys": {**fresh.keys, **linked},
            }
        )
    return new.model_copy(update={"tables": tables}), notes


def json_schema() -> str:
    """The published JSON Schema of the plan file."""
    data = Plan.model_json_schema(by_alias=True)
    data["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    data["title"] = f"seeder plan, format {FORMAT}"
    return json.dumps(data, indent=2, sort_keys=True) + "\n"


__all__ = ["DEFAULT", "Options", "json_schema", "parse", "read", "to_text", "with_rows", "write"]
