"""Bytes on disk that a plan asks for, from rows that it really makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from seeder.generate.rows import Rows
from seeder.generate.world import Population, World, build
from seeder.plan import inputs
from seeder.plan.model import Plan
from seeder.schema import Name, Table

_SAMPLE = 64
# So many tables, those with the most rows, are sampled: a table takes 2 ms. The columns of others
# are as wide as those of their type are in these.
_TABLES = 200
# A tuple's header and line pointer, and of an index entry (PostgreSQL documentation, chapter
# "Database Page Layout"); pages are filled to about 96 % by COPY and to 90 % by index builds.
_TUPLE, _ENTRY = 28, 16
_UNKNOWN = 8.0
_FIELD = 4  # the length of each field in a COPY, binary or text (there: separators and digits)


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes. ``wal`` is written once for the heap and once for the rebuilt indexes; ``encoded`` is
    what travels to the server, by table."""

    heap: int
    indexes: int
    encoded: Mapping[str, int] = field(default_factory=dict)

    @property
    def wal(self) -> int:
        return self.heap + self.indexes


def estimate(plan: Plan) -> Size:
    """Heap and index bytes of all generated tables."""
    world = build(plan, inputs.opened(plan))
    filled = sorted((world.populations[n] for n in world.filled), key=lambda p: -p.rows)
    found = {p.name: _sampled(world, p) for p in filled[:_TABLES]}
    usual = _usual(world, found)
    heap = indexes = 0.0
    encoded: dict[str, int] = {}
    for population in filled:
        widths = found.get(population.name) or {
            c: usual.get(population.table.column(c).type.kind, _UNKNOWN) for c in population.columns
        }
        heap += population.rows * (_TUPLE + sum(widths.values())) / 0.96
        wire = sum(widths.values()) + _FIELD * len(widths)
        encoded[str(population.name)] = int(population.rows * wire)
        indexes += population.rows * _index_width(population.table, widths)
    return Size(int(heap), int(indexes), encoded)


def _sampled(world: World, population: Population) -> dict[str, float]:
    """The mean width of each column in some of the table's rows."""
    rows = population.rows
    numbers = np.arange(0, rows, max(rows // _SAMPLE, 1))[:_SAMPLE]
    batch = Rows(world, population.name, numbers).batch()
    return {
        column: array.nbytes / len(numbers)
        for column, array in zip(population.columns, batch.columns, strict=True)
    }


def _usual(world: World, found: Mapping[Name, Mapping[str, float]]) -> dict[str, float]:
    """The mean width of the columns of each kind of type."""
    widths: dict[str, list[float]] = {}
    for name, columns in found.items():
        table = world.populations[name].table
        for column, width in columns.items():
            widths.setdefault(table.column(column).type.kind, []).append(width)
    return {kind: sum(each) / len(each) for kind, each in widths.items()}


def _index_width(table: Table, widths: Mapping[str, float]) -> float:
    return sum(
        (_ENTRY + sum(widths.get(c, 8.0) for c in index.columns)) / 0.9 for index in table.indexes
    )
