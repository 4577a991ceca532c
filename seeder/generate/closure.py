"""A few rows of every table together with all the rows that they point at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from seeder.generate.rows import Rows
from seeder.generate.stream import Ints
from seeder.generate.world import Population, World
from seeder.schema import Name


def closed(world: World, order: Sequence[Name], count: int, limit: int) -> dict[Name, Ints]:
    """Row numbers, ascending, of about ``count`` rows a table, closed under parents.

    ``order``: the tables to choose from, parents first where they can be. Rows that are kept are
    not named: they are there already. A chain of rows that point at one another can be as long as
    a table: fewer rows are chosen until all of them together are at most ``limit``, and none when
    even one a table is too many.
    """
    while count:
        found = _closed(world, order, count, limit)
        if found is not None:
            return found
        count //= 4
    return {}


def _closed(world: World, order: Sequence[Name], count: int, limit: int) -> dict[Name, Ints] | None:
    place = {name: at for at, name in enumerate(order)}
    found: dict[Name, Ints] = {n: np.empty(0, np.int64) for n in order}
    pending = {n: _spread(world.populations[n], count) for n in order}
    while any(len(rows) for rows in pending.values()):
        # Children first: a parent is then asked once for all of them.
        name = max((n for n, rows in pending.items() if len(rows)), key=place.__getitem__)
        fresh = np.setdiff1d(pending.pop(name), found[name])
        found[name] = np.union1d(found[name], fresh)
        if sum(map(len, found.values())) > limit:
            return None
        if len(fresh):
            rows = Rows(world, name, fresh)
            for target, parents in pointed(rows, rows.population.links):
                if target in place:
                    known = pending.get(target, fresh[:0])
                    pending[target] = np.union1d(known, parents[parents >= 0])
    return {name: rows for name, rows in found.items() if len(rows)}


def pointed(rows: Rows, keys: Iterable[str]) -> list[tuple[Name, Ints]]:
    """For each key its target and the parent of each row, -1 for none."""
    links = rows.population.links
    return [(links[k].target, rows.parents(k)) for k in keys]


def _spread(population: Population, count: int) -> Ints:
    """Row numbers evenly over the table, the first and the last among them."""
    total = population.rows
    chosen = min(count, total)
    return np.unique(np.arange(chosen) * (total - 1) // max(chosen - 1, 1))
