"""Bytes on disk that a plan asks for, from rows that it really makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from seeder.generate.rows import Rows
from seeder.generate.world import build
from seeder.plan import inputs
from seeder.plan.model import Plan
from seeder.schema import Table

_SAMPLE = 64
# A tuple's header and line pointer, and of an index entry (PostgreSQL documentation, chapter
# "Database Page Layout"); pages are filled to about 96 % by COPY and to 90 % by index builds.
_TUPLE, _ENTRY = 28, 16
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
    heap = indexes = 0.0
    encoded: dict[str, int] = {}
    for name, population in world.populations.items():
        if population.plan.role != "generate" or not population.rows:
            continue
        numbers = np.arange(0, population.rows, max(population.rows // _SAMPLE, 1))[:_SAMPLE]
        batch = Rows(world, name, numbers).batch()
        widths = {
            column: array.nbytes / len(numbers)
            for column, array in zip(population.columns, batch.columns, strict=True)
        }
        heap += population.rows * (_TUPLE + sum(widths.values())) / 0.96
        encoded[str(name)] = int(population.rows * (sum(widths.values()) + _FIELD * len(widths)))
        indexes += population.rows * _index_width(population.table, widths)
    return Size(int(heap), int(indexes), encoded)


def _index_width(table: Table, widths: dict[str, float]) -> float:
    return sum(
        (_ENTRY + sum(widths.get(c, 8.0) for c in index.columns)) / 0.9 for index in table.indexes
    )
