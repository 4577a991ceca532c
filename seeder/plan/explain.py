"""Why a column or a key is planned as it is: what spoke for it, and the line that would change it.

What is said is plain data, in the order in which it is read.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from seeder.errors import UsageError
from seeder.generate.rows import Rows
from seeder.generate.world import build
from seeder.plan import inputs
from seeder.plan.asked import asked, spellings, split
from seeder.plan.bounds import Bounds, described
from seeder.plan.model import ColumnPlan, KeyPlan, Plan, TablePlan
from seeder.plan.narrowing import narrow
from seeder.schema import Column, ForeignKey, Name, Table
from seeder.semantics import read_every
from seeder.semantics.read import THRESHOLD

_SAMPLES = 3


def explain(plan: Plan, target: str) -> dict[str, Any]:
    """What the plan decided about ``namespace.table.column`` or ``namespace.table.key``, and why.

    Raises UsageError naming the nearest one when there is none."""
    table, part = _found(plan, target)
    made = plan.tables.get(str(table.name))
    if made is None or made.role != "generate":
        role = made.role if made is not None else "ignore"
        why = f": {made.why}" if made is not None and made.why else ""
        return {"place": f"{table.name}.{part}", "table": f"{role}{why}",
                "change": _line("tables", str(table.name), "role: generate")}  # fmt: skip
    key = next((k for k in table.foreign_keys if part in spellings(k)), None)
    if key is None:
        # A column that several keys share is given by one of them.
        printing = table.printed_by(made.keys).get(part)
        key = table.keys_by_name[printing] if printing is not None else None
    if key is not None and key.name in made.keys:
        return dict(_key(plan, table, made, key, made.keys[key.name]))
    if part not in table.by_name:
        parent = next(k.target for k in table.foreign_keys if part in spellings(k))
        return {
            "place": f"{table.name}.{part}",
            "key": f"stays NULL: {parent} is not filled by this plan",
            "change": _line("tables", str(parent), "role: generate"),
        }
    return dict(_column(plan, table, made, table.column(part)))


def _found(plan: Plan, target: str) -> tuple[Table, str]:
    parts = [text for text, _ in split(target)]
    known: dict[str, tuple[Table, str]] = {}
    for table in plan.database.countable:
        names = [c.name for c in table.columns]
        names += [s for k in table.foreign_keys for s in spellings(k)]
        known |= {".".join((*table.name, n)): (table, n) for n in names}
    whole = ".".join(parts)
    if whole not in known:
        close = difflib.get_close_matches(whole, known, 1, 0.4)
        raise UsageError(
            f"--explain {target}: there is no column or key of that name",
            f"did you mean {close[0]}?" if close else "write namespace.table.column",
        )
    return known[whole]


def _column(plan: Plan, table: Table, made: TablePlan, column: Column) -> Iterator[tuple[str, Any]]:
    name, chosen = column.name, made.columns.get(column.name)
    yield "place", f"{table.name}.{name}"
    yield "type", column.type.native + ("" if column.nullable else " NOT NULL")
    yield from _meaning(plan, table, name, chosen)
    yield "constraints", list(_constraints(table, column))
    if chosen is None:
        yield "filled by", column.generated or column.default or "nothing: it stays NULL"
    else:
        yield "generator", chosen.generator
        yield "params", dict(chosen.params)
        yield "nulls", chosen.nulls
        if chosen.distinct is not None:
            yield "distinct", f"{chosen.distinct.how}, {chosen.distinct.capacity:,} values"
        after = [*chosen.not_before, *chosen.after]
        if after:
            yield "not before", after
        yield "why", chosen.why
    yield "override", _override(plan, "columns", table.name, name)
    yield "samples", samples(plan, table.name, name) if chosen is not None else []
    yield "change", change(table, column, chosen)


def _meaning(
    plan: Plan, table: Table, name: str, chosen: ColumnPlan | None
) -> Iterator[tuple[str, Any]]:
    reading = read_every(table, plan.database)[name]
    if reading.meaning == "none":
        yield "meaning", "none was recognised"
        return
    used = chosen is not None and chosen.meaning == reading.meaning
    weak = f", too weak to be used (below {THRESHOLD:g})" if reading.score < THRESHOLD else ""
    yield "meaning", reading.meaning + ("" if used else weak or ", not used")
    yield "score", reading.score
    yield "chance", f"{reading.chance} %" + ("" if reading.confident else ", not confident")
    yield "recognised by", reading.why
    yield "runner-up", reading.runner_up or "none"


def _constraints(table: Table, column: Column) -> Iterator[str]:
    name = column.name
    for check in table.checks:
        if name in check.columns or (not check.columns and name in check.expression):
            yield f"CHECK {check.name}: {check.expression}"
    for domain, text in zip(column.type.domains, column.type.checks, strict=False):
        yield f"domain {domain}: {text}"
    left = described(narrow(table).columns.get(name, Bounds()))
    if left:
        yield f"together they leave {left}"
    for unique in table.uniques:
        if name in unique.columns:
            what = "PRIMARY KEY" if unique.primary else "UNIQUE"
            yield f"{what} {unique.name} ({', '.join(unique.columns)})"
    for exclusion in table.exclusions:
        if name in {c for c, _ in exclusion.elements}:
            yield f"{exclusion.name}: {exclusion.definition}"
    if table.partitioning is not None and name in table.partitioning.columns:
        yield f"partitioned by {table.partitioning.strategy}"


def _key(
    plan: Plan, table: Table, made: TablePlan, key: ForeignKey, chosen: KeyPlan
) -> Iterator[tuple[str, Any]]:
    target = plan.tables[str(key.target)]
    yield "place", f"{table.name}.{key.name}"
    yield "key", f"({', '.join(key.columns)}) -> {key.target} ({', '.join(key.target_columns)})"
    yield "optional", table.nullable(key)
    yield "parents", f"{target.rows:,} rows, role {target.role}"
    yield "how", chosen.how
    if chosen.path:
        yield "path", chosen.path
    if chosen.down:
        yield "down", [f"{t}.{k}" for t, k in chosen.down]
    if chosen.how in ("owner", "strata"):
        high = chosen.fan_out.high
        yield "children of one parent", f"{chosen.fan_out.low} to {'any' if high is None else high}"
    if chosen.among is not None:
        which = chosen.among.input or "those that its CHECK allows"
        yield "draws among", f"{chosen.among.rows:,} rows: {which}"
    if chosen.how == "drawn":
        yield "skew", chosen.skew
    yield "nulls", chosen.nulls
    yield "why", chosen.why
    agreed = [a for a in made.agreements if key.name in (a.first[0], a.second[0])]
    if agreed:
        yield (
            "agreements",
            [
                f"{a.decision} at {a.table}: {' > '.join(a.first)}, {' > '.join(a.second)}: {a.why}"
                for a in agreed
            ],
        )
    yield "override", _override(plan, "references", table.name, key.name)
    yield "samples", samples(plan, table.name, key.columns[0])
    place = f"{table.name}.{','.join(key.columns)}"
    if target.role == "keep":
        yield "change", _line("references", place, f'where: "{_filter(plan, table.name, key)}"')
    elif table.nullable(key):
        yield "change", _line("references", place, f"nulls: {chosen.nulls:g}")
    elif chosen.how == "owner":
        yield "change", _line("tables", str(table.name), "owner: [another_key_column]")
    else:
        yield "change", _line("tables", str(table.name), f"owner: [{', '.join(key.columns)}]")


def _override(plan: Plan, section: str, name: Name, part: str) -> str:
    wishes = asked(plan.database, plan.options)
    found = (wishes.columns if section == "columns" else wishes.keys).get((name, part))
    if found is None:
        return "none"
    said = {k: v for k, v in found.what if v is not None}
    return f"{found.why}: {json.dumps(said, ensure_ascii=False, default=str)}"


def _filter(plan: Plan, name: Name, key: ForeignKey) -> str:
    """The filter in force, to be edited, or the shape of one."""
    wish = asked(plan.database, plan.options).keys.get((name, key.name))
    return (wish.what.where if wish else None) or "column = 'value'"


def change(table: Table, column: Column, chosen: ColumnPlan | None) -> str:
    """The line of seeder.yaml that fills a column in another way, to be edited."""
    place = f"{table.name}.{column.name}"
    if chosen is None:
        return _line("columns", place, "generator: NAME")
    if chosen.generator == "choice":
        values = json.dumps(chosen.params.get("values", []), ensure_ascii=False)
        return _line("columns", place, f"values: {values}")
    params = json.dumps(chosen.params, ensure_ascii=False, default=str)
    more = f", params: {params}" if chosen.params else ""
    return _line("columns", place, f"generator: {chosen.generator}{more}")


def _line(section: str, place: str, text: str) -> str:
    return f"{section}: {{{json.dumps(place, ensure_ascii=False)}: {{{text}}}}}"


def samples(plan: Plan, name: Name, column: str) -> list[str | None]:
    """A few values of the column, from the first row to the last."""
    world = build(plan, inputs.opened(plan))
    population = world.populations[name]
    if not population.rows or column not in population.columns:
        return []
    numbers = np.linspace(0, population.rows - 1, min(_SAMPLES, population.rows)).astype(np.int64)
    found = Rows(world, name, numbers).column(column)
    return [None if v is None else v.hex() if isinstance(v, bytes) else str(v)
            for v in found.to_pylist()]  # fmt: skip
