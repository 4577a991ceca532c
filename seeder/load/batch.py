"""What a batch finds in the tables that it adds to, and that nothing of it is there already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.adapter import Adapter, Past
from seeder.errors import Refused, UsageError
from seeder.generate.rows import Rows
from seeder.generate.world import Population, World, build
from seeder.plan import batch as batches
from seeder.plan import inputs
from seeder.plan.model import Batch, Plan
from seeder.schema import Facts, Name, Schema, Table, Unique

_STEP = 1 << 15  # rows that are looked at together
_WINDOWS = 8  # row ranges that are tried before a batch gives up


def past(connection: Any, adapter: Adapter, names: Iterable[Name]) -> list[Past]:
    """The runs that filled any of the tables, in their order."""
    wanted = {str(n) for n in names}
    return [p for p in adapter.journal.history(connection) if wanted & set(p.ranges)]


def found(
    connection: Any,
    adapter: Adapter,
    schema: Schema,
    facts: Facts,
    names: Iterable[Name],
    standing: Mapping[Name, str],
) -> tuple[Batch, int | None]:
    """The next batch of the tables, and the seed of the ones before; None where there is none.
    ``standing``: those that turned out to take no rows, and why."""
    state = facts.tables
    holding = [schema[n] for n in names if n in state and state[n].holds_rows]
    held = {n: c for n, c in adapter.proofs.counts(connection, holding).items() if c}
    runs = past(connection, adapter, held)
    seed = runs[-1].seed if runs else None
    ours = [run.ranges for run in runs if run.seed == seed]
    batch = Batch(
        number=runs[-1].batch + 1 if runs else 1,
        held={str(n): count for n, count in held.items()},
        starts={str(n): at for n in held if (at := batches.begun(ours, str(n)))},
        standing={str(n): why for n, why in sorted(standing.items())},
        highest={str(n): top for n in held if (top := _highest(connection, adapter, schema[n]))},
    )
    batches.refuse_nothing(batch)
    return batch, seed


def _highest(connection: Any, adapter: Adapter, table: Table) -> dict[str, int]:
    return adapter.highest(connection, table, batches.counters(table))


def refuse_other_seed(asked: int | None, before: int | None) -> None:
    """Raise UsageError when the batches before have another seed than the one asked for."""
    if asked is not None and before is not None and asked != before:
        raise UsageError(
            f"the rows that are there were made with seed {before}: with seed {asked} unique "
            "values of theirs might come again",
            "leave --seed out: a batch has the seed of the ones before, and rows of its own",
        )


def refuse_stale(plan: Plan, connection: Any, adapter: Adapter) -> None:
    """Raise Refused when rows came to the tables since the batch was planned."""
    batch = plan.options.batch
    assert batch is not None
    schema = plan.database
    names = [Name.parse(n) for n in batch.held if n in plan.generated]
    runs = past(connection, adapter, names)
    newer = bool(runs) and runs[-1].batch >= batch.number
    for name in [] if newer else names:
        known = batch.highest.get(str(name), {})
        now = _highest(connection, adapter, schema[name])
        newer = newer or any(top > known.get(column, top - 1) for column, top in now.items())
    if newer:
        raise Refused(
            f"rows came to the tables since batch {batch.number} was planned",
            "plan it again: seeder plan --append",
        )


def apart(
    plan: Plan, connection: Any, adapter: Adapter, again: Callable[[Batch], Plan]
) -> tuple[Plan, dict[Name, str]]:
    """The plan, with row numbers of which no unique value is in its tables; ``again`` plans anew.

    Values go on after those of earlier batches; those of others, and of rows that were planned in
    another way, are looked for. A range of row numbers that meets one is passed over. Also the
    tables to which no row can be added, and why not.
    """
    for _ in range(_WINDOWS):
        batch = plan.options.batch
        assert batch is not None
        full = {Name.parse(n): why for n, why in batches.refused(plan).items()}
        if full or any(f.severity == "error" for f in plan.findings):
            return plan, full
        met = _met(plan, connection, adapter)
        stuck = {n: _told(u, c) for n, u, c in met if not _numbered(plan, n, u)}
        if stuck or not met:
            return plan, stuck
        starts = {str(n): batch.starts.get(str(n), 0) + plan.tables[str(n)].rows for n, _, _ in met}
        plan = again(batch.model_copy(update={"starts": {**batch.starts, **starts}}))
    return plan, {n: _told(u, c) for n, u, c in met}


def _numbered(plan: Plan, name: Name, unique: Unique) -> bool:
    """Whether the number of a row makes the set distinct, so that another number may do."""
    return batches.numbered(plan.tables[str(name)], unique)


def _told(unique: Unique, count: int) -> str:
    columns = ", ".join(unique.columns)
    return f"{unique.name} ({columns}): {count:,} new rows would have what rows of it have"


def _met(plan: Plan, connection: Any, adapter: Adapter) -> list[tuple[Name, Unique, int]]:
    batch = plan.options.batch
    assert batch is not None
    world = build(plan, inputs.opened(plan))
    out = []
    for name, population in sorted(world.populations.items()):
        if population.plan.role != "generate" or not population.rows or str(name) not in batch.held:
            continue
        for unique in population.table.uniques:
            if not _fresh(world, population, unique):
                count = _count(world, population, unique, connection, adapter)
                out += [(name, unique, count)] if count else []
    return out


def _fresh(world: World, population: Population, unique: Unique) -> bool:
    """Whether the set is new by its making: it has a number above all others, or the key of a row
    that comes with the batch. A generated column says nothing before it is there."""
    known = world.plan.options.batch
    assert known is not None
    for column in unique.columns:
        if population.table.column(column).generated:
            return True
        if column in population.printed:
            link = population.links[population.printed[column][0]]
            if world.populations[link.target].plan.role == "generate":
                return True
        elif column in population.makers and not unique.expressions:
            made = population.makers[column].plan
            if batches.counts_up(made) and column in known.highest.get(str(population.name), {}):
                return True
    return False


def _count(
    world: World, population: Population, unique: Unique, connection: Any, adapter: Adapter
) -> int:
    words = frozenset(re.findall(r"\w+", unique.predicate))
    columns = [c for c in population.columns if c in unique.columns or words & {c, c.lower()}]
    if not columns:
        return 0
    part = replace(
        population.table,
        columns=tuple(population.table.column(c) for c in columns),
    )

    def batch(low: int) -> pa.RecordBatch:
        rows = Rows(
            world,
            population.name,
            np.arange(low, min(low + _STEP, population.rows), dtype=np.int64),
        )
        return pa.RecordBatch.from_arrays([rows.column(c) for c in columns], names=columns)

    first = batch(0)
    encoder = adapter.encoder(part, first.schema)

    def chunks() -> Iterator[bytes]:
        yield encoder.header()
        yield encoder.batch(first)
        for low in range(_STEP, population.rows, _STEP):
            yield encoder.batch(batch(low))
        yield encoder.footer()

    return adapter.clashes(connection, population.table, unique, columns, chunks(), encoder.method)
