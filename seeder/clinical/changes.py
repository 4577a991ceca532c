"""Prevalence as a user wants it: absolute or relative, of everybody or of a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seeder.clinical.chance import Bools, Floats
from seeder.clinical.cohorts import Group
from seeder.clinical.rates import STARTS, Cells


@dataclass(frozen=True)
class Change:
    """Conditions (places in the knowledge) whose rate is another one in a group: ``rate`` of all
    of them together, or so many ``times`` what it is."""

    conditions: tuple[int, ...]
    group: Group
    rate: float | None = None
    times: float | None = None


def changed(table: Floats, cells: Cells, changes: Sequence[Change]) -> Floats:
    """Rates by cell and condition, after all changes in their order."""
    table = table.copy()
    for change in changes:
        mine = inside(cells, change.group)
        members = np.asarray(change.conditions, np.int64)
        place = np.ix_(np.flatnonzero(mine), members)
        if change.times is not None:
            table[place] *= change.times
            continue
        # A share of the whole group: its cells keep their proportions.
        now = table[place].sum(axis=1)
        weights = cells.weights[mine]
        mean = float((now * weights).sum() / weights.sum())
        if mean > 0:
            table[place] *= (change.rate or 0.0) / mean
        else:
            table[place] = (change.rate or 0.0) / len(members)
    return np.minimum(
        table, np.where([c.chronic for c in cells.knowledge.conditions.values()], 0.95, 50.0)
    )


def inside(cells: Cells, group: Group) -> Bools:
    """The cells of a group; of its ages the bands that lie in them for the most part."""
    band, sex, race, hispanic, region = cells.axes
    found = np.ones(cells.size, np.bool_)
    if group.ages is not None:
        starts = np.asarray(STARTS)
        ends = np.asarray([*(s - 1 for s in STARTS[1:]), 110])
        shared = np.minimum(ends, group.ages[1]) - np.maximum(starts, group.ages[0]) + 1
        found &= (np.maximum(shared, 0) * 2 >= ends - starts + 1)[band]
    if group.female is not None:
        found &= sex == int(group.female)
    if group.race == "hispanic":
        found &= hispanic == 1
    elif group.race is not None:
        names = [r.name for r in cells.knowledge.population.races]
        found &= race == names.index(group.race)
    if group.region is not None:
        found &= region == group.region
    return found
