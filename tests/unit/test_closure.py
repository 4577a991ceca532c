"""Closure: a few rows, and every row that they point at; fewer of them where chains are long."""

from __future__ import annotations

import numpy as np
import pytest

from seeder.generate.closure import closed, pointed
from seeder.generate.world import World, build
from tests.property.hand_made import CLINIC, name, planned, table


def _order(world: World) -> list:
    return sorted(n for n, p in world.populations.items() if p.rows)


@pytest.mark.parametrize("count", [1, 7, 100_000])
def test_every_parent_is_there(count: int) -> None:
    world = build(planned(CLINIC, 3000, seed=3))
    found = closed(world, _order(world), count, 100_000)
    assert set(found) == set(_order(world))
    for each, rows in found.items():
        population = world.populations[each]
        assert len(rows) >= min(count, population.rows)
        assert np.all(np.diff(rows.numbers) > 0)
        assert rows.numbers[0] >= 0
        assert rows.numbers[-1] < population.rows
        assert {0, population.rows - 1} <= set(rows.numbers.tolist()) or count == 1
        for target, parents in pointed(rows, population.links):
            assert set(parents[parents >= 0].tolist()) <= set(found[target].numbers.tolist())


def test_circles_and_trees() -> None:
    world = build(
        planned(
            [
                table("a", "b_id bigint, boss_id bigint?", "b_id -> b", "boss_id -> a"),
                table("b", "a_id bigint, v text", "a_id -> a"),
            ],
            2000,
        )
    )
    found = closed(world, _order(world), 5, 100_000)
    for rows in found.values():
        for target, parents in pointed(rows, rows.population.links):
            assert set(parents[parents >= 0].tolist()) <= set(found[target].numbers.tolist())


def test_too_many_are_none() -> None:
    """Fewer rows a table first; nothing when one a table is more than may be."""
    world = build(planned(CLINIC, 3000, seed=3))
    order = _order(world)
    assert sum(map(len, closed(world, order, 64, 200).values())) <= 200
    assert closed(world, order, 64, 3) == {}


def test_rows_that_are_kept_are_not_named() -> None:
    world = build(planned(CLINIC, 3000, seed=3))
    order = [n for n in _order(world) if n != name("patient")]
    assert name("patient") not in closed(world, order, 5, 100_000)
