"""What other rows of its visit a text tells of: vital signs and results, as they stand there.

The rows of a visit lie in equal parts of its time, each table in as many as it has rows there. A
row tells of the last row of another table whose part is over when its own begins, or of the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from seeder.clinical.chance import Bools
from seeder.generate.stream import Ints
from seeder.schema import Name

if TYPE_CHECKING:
    from seeder.generate.rows import Rows
    from seeder.generate.world import Link, Population, World

_ROUND = 2  # vital signs in a row, from which on it is a round of them


class Place(NamedTuple):
    """Where rows stand: in which visits, and as which of how many rows of the visit."""

    world: World
    visits: Name
    visit: Ints
    ordinal: Ints
    siblings: Ints


class Result(NamedTuple):
    """A result, as measures number it: its event in the visit and its place there; and how many
    results stand there from it on, 0 where the visit has none."""

    event: Ints
    place: Ints
    left: Ints


def place(rows: Rows) -> Place | None:
    """The visits that rows belong to, along their owners; None where they belong to none."""
    if (found := climbed(rows)) is None:
        return None
    visits, take, ordinal, siblings = found
    return Place(rows.world, visits.population.name, visits.numbers[take], ordinal, siblings)


def climbed(rows: Rows) -> tuple[Rows, Ints, Ints, Ints] | None:
    """The visits that rows belong to, along their owners; of each row the place of its visit among
    them, and as which of how many rows it stands there. None where rows belong to no visit."""
    take = np.arange(len(rows))
    ordinal, siblings = np.zeros(len(rows), np.int64), np.ones(len(rows), np.int64)
    while rows.population.plan.kind != "encounter":
        plan = rows.population.plan
        if plan.time is None or plan.time.story != "owner":
            return None
        ordinal, siblings = rows.ordinal[take], rows.siblings[take]
        rows, at = rows.follow(plan.owner)
        take = at[take]
    return rows, take, ordinal, siblings


def signs(at: Place) -> Ints | None:
    """The place in its visit of the vital signs that each row tells of; None where no table of a
    visit's has them."""
    for table, above in _tables(at):
        told = sum(m.startswith("vital.") for m in table.meanings)
        if above is None and told >= _ROUND and "vitals" not in table.told:
            first, stop = _owned(table).fan_out.offsets(at.visit)
            return _over(at, stop - first)
    return None


def results(at: Place) -> Result | None:
    """The result that each row tells of; None where no table of a visit's has them."""
    for table, orders in _tables(at):
        if "labs" not in table.told or "lab.value" not in table.meanings:
            continue
        if orders is not None:
            return _ordered(at, orders, table)
        first, stop = _owned(table).fan_out.offsets(at.visit)
        here = _over(at, stop - first)
        return Result(np.zeros_like(here), here, stop - first - here)
    return None


def treated(at: Place) -> Bools | None:
    """Whether drugs are ordered in the visit of each row; None where no table of a visit's has
    such orders."""
    for table, above in _tables(at):
        if above is None and "drugs" in table.told:
            first, stop = _owned(table).fan_out.offsets(at.visit)
            return stop > first
    return None


def _ordered(at: Place, orders: Population, table: Population) -> Result:
    """The first result of the last order that is over and has one; else of the first that has."""
    link = _owned(table)
    first, stop = _owned(orders).fan_out.offsets(at.visit)
    over = np.minimum(first + _over(at, stop - first) + 1, stop)
    low, until, high = (_before(link, orders_) for orders_ in (first, over, stop))
    chosen = np.clip(np.where(until > low, until - 1, low), 0, table.rows - 1)
    order, _, siblings = link.fan_out.locate(chosen)
    return Result(order - first, np.zeros_like(order), np.where(high > low, siblings, 0))


def _before(link: Link, parents: Ints) -> Ints:
    """How many children all parents before each one have; it may be behind the last."""
    begin, end = link.fan_out.offsets(np.minimum(parents, link.parents - 1))
    return np.where(parents < link.parents, begin, end)


def _over(at: Place, count: Ints) -> Ints:
    """The last of ``count`` equal parts that is over when the row's own part begins; else 0."""
    found: Ints = np.maximum(at.ordinal * count // np.maximum(at.siblings, 1) - 1, 0)
    return found


def _owned(table: Population) -> Link:
    return table.links[table.plan.owner]


def _tables(at: Place) -> Iterator[tuple[Population, Population | None]]:
    """Tables with rows that belong to a visit: its own (None), or those of an order of it."""
    for table in at.world.populations.values():
        if not _follows(table):
            continue
        if _owned(table).target == at.visits:
            yield table, None
            continue
        above = at.world.populations.get(_owned(table).target)
        if above is not None and _follows(above) and _owned(above).target == at.visits:
            yield table, above


def _follows(table: Population) -> bool:
    """Whether a table's rows tell of what owns them, each owner's one behind the other."""
    plan = table.plan
    told = plan.time is not None and plan.time.story == "owner" and plan.rows > 0
    return told and plan.owner in table.links and _owned(table).listed is None
