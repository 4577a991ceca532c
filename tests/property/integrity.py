"""Whether a world keeps what its schema and its plan promise, found without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from seeder.generate.rows import Rows
from seeder.generate.world import World, build
from seeder.plan.model import Plan
from seeder.schema import Name, Table

Value = tuple[object, ...]


class Contents:
    """All cells of a world's tables, by table and column, as Python values."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.world = plan, build(plan)
        self.cells = {name: _cells(self.world, name) for name in self.world.populations}

    def tuples(self, name: Name, columns: tuple[str, ...]) -> list[Value]:
        """The values of some columns, row by row; a column that is not written is NULL."""
        cells = self.cells[name]
        rows = self.world.populations[name].rows
        return list(zip(*(cells.get(c, [None] * rows) for c in columns), strict=True))

    def faults(self) -> Iterator[str]:
        """What is broken, in words; nothing when all is well."""
        for population in self.world.populations.values():
            yield from self._nulls(population.table)
            yield from self._uniques(population.table)
            yield from self._references(population.table)
            yield from self._agreements(population.table)

    def _nulls(self, table: Table) -> Iterator[str]:
        for column in table.columns:
            found = self.cells[table.name].get(column.name)
            filled = not (column.nullable or column.default or column.generated)
            if filled and (found is None or None in found):
                yield f"{table.name}.{column.name}: NULL"

    def _uniques(self, table: Table) -> Iterator[str]:
        for unique in table.uniques:
            values = [v for v in self.tuples(table.name, unique.columns) if None not in v]
            twice = [v for v, n in Counter(values).items() if n > 1]
            if twice:
                yield f"{table.name}: {unique.name}: {len(twice)} values twice, as {twice[0]}"

    def _references(self, table: Table) -> Iterator[str]:
        for key in table.foreign_keys:
            values = {v for v in self.tuples(table.name, key.columns) if None not in v}
            if values and key.target not in self.cells:
                yield f"{table.name}: {key.name}: points at a table that is not filled"
                continue
            there = set(self.tuples(key.target, key.target_columns)) if values else set()
            if values - there:
                lost = values - there
                yield f"{table.name}: {key.name}: {len(lost)} orphans, as {next(iter(lost))}"

    def _agreements(self, table: Table) -> Iterator[str]:
        for agreement in self.plan.tables[str(table.name)].agreements:
            if agreement.decision != "equal":
                continue
            ends = [self._end(table, path) for path in (agreement.first, agreement.second)]
            bad = [(a, b) for a, b in zip(*ends, strict=True) if a != b and None not in (a, b)]
            if bad:
                yield f"{table.name}: {agreement.first} and {agreement.second} differ: {bad[0]}"

    def _end(self, table: Table, path: list[str]) -> list[int | None]:
        """The row at the end of a path of keys, by the values that stand in the columns."""
        ends: list[int | None] = list(range(self.world.populations[table.name].rows))
        for step in path:
            key = table.keys_by_name[step]
            values = self.tuples(table.name, key.columns)
            place = {v: i for i, v in enumerate(self.tuples(key.target, key.target_columns))}
            ends = [None if e is None else place.get(values[e]) for e in ends]
            table = self.plan.database[key.target]
        return ends


def _cells(world: World, name: Name) -> dict[str, list[object]]:
    batch = Rows(world, name, np.arange(world.populations[name].rows)).batch()
    return {c: batch.column(c).to_pylist() for c in batch.schema.names}


def faults(plan: Plan) -> list[str]:
    """What a plan's rows break."""
    return list(Contents(plan).faults())
