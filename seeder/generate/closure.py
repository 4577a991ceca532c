"""A few rows of every table together with all the rows that they point at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from seeder.generate.rows import Rows
from seeder.generate.stream import Ints
from seeder.generate.world import Population, World
from seeder.schema import Name


def closed(world: World, order: Sequence[Name], count: int, limit: int) -> dict[Name, Rows]:
    """About ``count`` rows a table, in ascending order of their numbers, closed under parents.

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


def _closed(world: World, order: Sequence[Name], count: int, limit: int) -> dict[Name, Rows] | None:
    place = {name: at for at, name in enumerate(order)}
    found: dict[Name, Rows] = {}
    pending = {n: _spread(world.populations[n], count) for n in order}
    while pending:
        # Children first: a parent is then asked once for all of them, and its rows stay as made.
        name = max(pending, key=place.__getitem__)
        known = found[name].numbers if name in found else pending[name][:0]
        rows = Rows(world, name, np.setdiff1d(pending.pop(name), known))
        if not len(rows):
            continue
        whole = np.union1d(known, rows.numbers)
        found[name] = Rows(world, name, whole) if len(known) else rows
        if sum(map(len, found.values())) > limit:
            return None
        for target, parents in pointed(rows, rows.population.links):
            if target in place:
                waiting = pending.get(target, parents[:0])
                pending[target] = np.union1d(waiting, parents[parents >= 0])
    return found


def pointed(rows: Rows, keys: Iterable[str]) -> list[tuple[Name, Ints]]:
    """For each key its target and the parent of each row, -1 for none."""
    links = rows.population.links
    return [(links[k].target, rows.parents(k)) for k in keys]


def _spread(population: Population, count: int) -> Ints:
    """Row numbers evenly over the table, the first and the last among them."""
    total = population.rows
    chosen = min(count, total)
    return np.unique(np.arange(chosen) * (total - 1) // max(chosen - 1, 1))
