"""A batch: rows added to tables that hold some. Who is added to, and where distinct values go on.

The hospital stays: its code tables, wards, staff and organisations are kept, and serve the new rows
as parents. Patients come, with all that follows from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from seeder.errors import UsageError
from seeder.plan.model import (
    Batch,
    ColumnPlan,
    Distinct,
    Finding,
    KeyPlan,
    Options,
    Plan,
    TablePlan,
)
from seeder.plan.polymorphic import events
from seeder.plan.uniqueness import NOTHING_USED, Used
from seeder.schema import Name, Schema, Table, Unique
from seeder.semantics import role_of

# Where rows come from by themselves; what points at them follows.
_COMING = frozenset(("patient", "person", "encounter", "event", "log"))
_VISITING = frozenset(("patient", "person", "encounter"))
_STANDING = frozenset(("reference", "place", "organisation", "staff"))
_GOING_ON = frozenset(("row", "shuffled", "digit"))
_COUNTERS = frozenset(("integer", "decimal"))


def growing(schema: Schema) -> frozenset[Name]:
    """The tables that a batch adds to: patients, what happens to them, and what points at either;
    a code table, a ward or a doctor only if it must. Of a schema that knows no patients all but
    what looks like reference data."""
    kinds = {t.name: role_of(t, schema).kind for t in schema.countable}
    found = {name for name, kind in kinds.items() if kind in _COMING}
    found |= {t.name for t in schema.countable if any(events(t))}
    standing = {name for name, kind in kinds.items() if kind in _STANDING} - found
    if _VISITING.isdisjoint(kinds.values()):
        return frozenset(n for n, kind in kinds.items() if kind != "reference")
    pointing: dict[Name, list[Name]] = {}
    for table in schema.countable:
        for key in table.foreign_keys:
            if table.name not in standing or not table.nullable(key):
                pointing.setdefault(key.target, []).append(table.name)
    work = list(found)
    while work:
        for name in pointing.get(work.pop(), ()):
            if name not in found:
                found.add(name)
                work.append(name)
    return frozenset(found)


def counters(table: Table) -> tuple[str, ...]:
    """Columns of whole numbers that a key of the table tells its rows apart by: a batch numbers
    them on from the highest."""
    unique = {c for u in table.uniques for c in u.columns}
    pointing = {c for k in table.foreign_keys for c in k.columns}
    return tuple(
        c.name
        for c in table.columns
        if c.name in unique - pointing and c.type.kind in _COUNTERS and not c.generated
    )


def begun(ranges: Iterable[Mapping[str, tuple[int, int]]], table: str) -> int:
    """The first row number of a table that no run has used, by the row ranges of runs in their
    order. One that begins with 0 found the table empty."""
    found = 0
    for of_run in ranges:
        if table in of_run:
            start, stop = of_run[table]
            found = stop if start == 0 else max(found, stop)
    return found


def started(
    tables: Mapping[str, TablePlan], batch: Batch | None, schema: Schema
) -> dict[str, TablePlan]:
    """The tables with their distinct values after those of earlier batches."""
    if batch is None:
        return dict(tables)
    out = dict(tables)
    for name, made in tables.items():
        if made.role == "generate" and batch.held.get(name):
            out[name] = _started(made, name, batch, tables, schema[Name.parse(name)])
    return out


def _started(
    made: TablePlan, name: str, batch: Batch, tables: Mapping[str, TablePlan], table: Table
) -> TablePlan:
    start, highest = batch.starts.get(name, 0), batch.highest.get(name, {})
    owner = table.keys_by_name[made.owner].target if made.owner else None
    standing = owner is not None and tables[str(owner)].role == "keep"
    columns = {c: _column(p, start, highest.get(c), standing) for c, p in made.columns.items()}
    keys = {
        k: p.model_copy(update={"distinct": _on(p.distinct, start)})
        if p.distinct is not None
        else p
        for k, p in made.keys.items()
    }
    return made.model_copy(update={"columns": columns, "keys": keys})


def _column(plan: ColumnPlan, start: int, highest: int | None, standing: bool) -> ColumnPlan:
    how = plan.distinct
    if how is None:
        return plan
    if highest is not None and counts_up(plan):
        # Numbers of others may lie far above ours.
        first, step = int(plan.params.get("start", 1)), int(plan.params.get("step", 1))
        start = max(start, (highest - first) // step + 1)
    if how.how == "siblings" and plan.generator == "ordinal" and standing and highest is not None:
        return plan.model_copy(update={"params": {**plan.params, "start": highest + 1}})
    return plan.model_copy(update={"distinct": _on(how, start)})


def counts_up(plan: ColumnPlan) -> bool:
    """Whether the column numbers its rows upwards: above the highest there is nothing."""
    by_row = plan.distinct is not None and plan.distinct.how == "row"
    return by_row and plan.generator == "counter" and int(plan.params.get("step", 1)) > 0


def _on(how: Distinct, start: int) -> Distinct:
    return how.model_copy(update={"start": start}) if how.how in _GOING_ON else how


def numbered(made: TablePlan, unique: Unique) -> bool:
    """Whether the number of a row makes the set distinct, so that another number may do."""
    how = [p.distinct for c, p in made.columns.items() if c in unique.columns]
    how += [p.distinct for p in made.keys.values()]
    return any(h is not None and h.how in _GOING_ON for h in how)


def used(
    batch: Batch | None, name: Name, targets: Mapping[str, Name], filled: Collection[Name]
) -> Used:
    """What earlier batches took of the distinct values of a table; ``targets``: of its keys."""
    if batch is None or not batch.held.get(str(name)):
        return NOTHING_USED
    fresh = frozenset(key for key, target in targets.items() if target in filled)
    return Used(batch.starts.get(str(name), 0), fresh)


def findings(tables: Mapping[str, TablePlan], options: Options) -> list[Finding]:
    """What a batch adds to, and distinct values that do not suffice for it."""
    batch = options.batch
    if batch is None:
        return []
    found = [
        Finding(
            severity="warning", code="stays", place=name,
            message=f"batch {batch.number} adds nothing to it: {why}",
            hint="its rows serve as parents; a generator with more values may help",
        )
        for name, why in batch.standing.items()
    ]  # fmt: skip
    for name, made in tables.items():
        held = batch.held.get(name, 0)
        if made.role != "generate" or not held:
            continue
        found.append(
            Finding(
                severity="info", code="adds", place=name,
                message=f"batch {batch.number} adds {made.rows:,} rows to the {held:,} there",
            )
        )  # fmt: skip
        places: dict[str, ColumnPlan | KeyPlan] = {**made.columns, **made.keys}
        for place, plan in places.items():
            how = plan.distinct
            if how is None or how.how not in _GOING_ON or not how.capacity:
                continue
            if how.start + made.rows > how.capacity:
                found.append(_short(name, place, how, made.rows))
    return found


def _short(name: str, place: str, how: Distinct, rows: int) -> Finding:
    left = max(how.capacity - how.start, 0)
    return Finding(
        severity="error", code="capacity", place=f"{name}.{place}",
        message=f"{rows:,} rows need distinct values, and of {how.capacity:,} the batches before "
        f"left {left:,}",
        hint=f"ask for fewer rows: --table {name}={left}",
    )  # fmt: skip


def refused(plan: Plan) -> dict[str, str]:
    """The tables that hold rows and cannot get more of them, by the plan's errors, and why."""
    batch = plan.options.batch
    held = batch.held if batch is not None else {}
    out: dict[str, str] = {}
    for finding in plan.findings:
        if finding.severity == "error":
            place = finding.place.split(":")[0] + "."
            name = next((n for n in held if place.startswith(f"{n}.")), "")
            if name and plan.tables[name].role == "generate":
                out.setdefault(name, finding.message)
    return out


def refuse_nothing(batch: Batch) -> None:
    """Raise UsageError where no table that a batch would add to holds a row."""
    if not batch.held and not batch.standing:
        raise UsageError(
            "there is nothing to append to: none of the tables holds rows",
            "load without --append",
        )
    if not batch.held:
        lines = "\n".join(f"  {name}: {why}" for name, why in batch.standing.items())
        raise UsageError(f"no table takes more rows:\n{lines}", "set other generators for them")
