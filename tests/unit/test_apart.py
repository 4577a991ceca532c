"""Keys that a CHECK keeps apart: they differ in every row, and what is unique stays unique."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from seeder.errors import PlanError
from seeder.generate.apart import skipped, stepped
from seeder.generate.rows import Rows
from seeder.plan.planner import make_plan
from seeder.schema import Check, Table
from tests.property.hand_made import (
    build,
    everything,
    key_plan,
    options,
    parents,
    planned,
    schema,
    table,
    values,
)
from tests.property.integrity import faults

PART = table("part", "name text")


def checked(made: Table, *pairs: str) -> Table:
    """The table with a CHECK for each ``a<>b``."""
    checks = (Check(p, f"({p.replace('<>', ' <> ')})", tuple(p.split("<>"))) for p in pairs)
    return replace(made, checks=tuple(checks))


BILL = checked(
    table("bill", "whole_id bigint?, part_id bigint", "whole_id -> part", "part_id -> part"),
    "whole_id<>part_id",
)


@pytest.mark.parametrize("others", [1, 2, 3])
def test_skipped_places_are_a_bijection_onto_what_is_left(others: int) -> None:
    size = 9
    taken = np.array([3, 0, 8][:others])
    places = np.arange(size - others)
    found = skipped(places, [np.full(len(places), t) for t in taken])
    assert sorted(found.tolist()) == sorted(set(range(size)) - set(taken.tolist()))


def test_nobody_is_skipped_without_leaving_the_range() -> None:
    assert set(skipped(np.arange(8), [np.full(8, -1)]).tolist()) <= set(range(9))


def test_stepped_places_are_free_and_inside() -> None:
    places = np.array([5, 6, 7, 5])
    others = [np.array([5, 7, 7, 6]), np.array([6, 6, 5, 7])]
    found = stepped(places, 5, 3, others, lambda p: p)
    assert found.tolist() == [7, 5, 6, 5]


def test_two_keys_to_one_table_differ() -> None:
    plan = planned((PART, BILL), 4000)
    assert [f for f in plan.findings if f.code == "check-not-read"] == []
    pairs = values(build(plan), "bill", "whole_id", "part_id")
    assert all(a != b for a, b in pairs)
    assert sum(a is None for a, _ in pairs) < len(pairs) / 2
    assert len({b for _, b in pairs}) > 10
    assert faults(plan) == []


def test_any_slice_gives_the_same_parents() -> None:
    world = build(planned((PART, BILL), 4000))
    whole = everything(world, "bill")
    some = np.arange(7, len(whole), 13)
    for key in whole.population.links:
        few = Rows(world, whole.population.name, some).parents(key)
        assert np.array_equal(few, whole.parents(key)[some])


def test_every_pair_but_those_of_equals() -> None:
    """A key over both: n parts give n * (n - 1) rows, and not one more."""
    both = checked(
        table("both", "a bigint, b bigint", "a -> part", "b -> part", primary="a,b"), "a<>b"
    )
    plan = planned((PART, both), 144, part=12, both=132)
    pairs = values(build(plan), "both", "a", "b")
    assert len(set(pairs)) == 132
    assert all(a != b for a, b in pairs)
    with pytest.raises(PlanError, match="11 .*x 12 .*= 132"):
        make_plan(schema(PART, both), options(145, part=12, both=133))


def test_three_keys_of_three_parts() -> None:
    keys = ("a -> part", "b -> part", "c -> part")
    three = checked(table("three", "a bigint, b bigint, c bigint", *keys), "a<>b", "b<>c", "a<>c")
    plan = planned((PART, three), 403, part=3, three=400)
    rows = values(build(plan), "three", "a", "b", "c")
    assert {tuple(sorted(row)) for row in rows} == {(1, 2, 3)}  # type: ignore[type-var]
    assert len(set(rows)) == 6


def test_a_row_is_not_its_own_parent() -> None:
    ring = checked(
        table("ring", "next_id bigint", "next_id -> ring", unique=("next_id",)), "id<>next_id"
    )
    buddy = checked(table("buddy", "other_id bigint", "other_id -> buddy"), "other_id<>id")
    world = build(planned((ring, buddy), 600, ring=300))
    for label, key in (("ring", "next_id"), ("buddy", "other_id")):
        found = parents(world, label, key)
        assert (found != np.arange(len(found))).all()
    assert len(set(parents(world, "ring", "next_id").tolist())) == 300


def test_a_pair_of_ones_own() -> None:
    """Both unique: the second leads on from the first."""
    swap = checked(
        table("swap", "to_id bigint", "from_id -> part", "to_id -> part", primary="from_id",
              unique=("to_id",)), "from_id<>to_id",
    )  # fmt: skip
    plan = planned((PART, swap), 400)
    assert key_plan(plan, "swap", "to_id").apart
    pairs = values(build(plan), "swap", "from_id", "to_id")
    assert all(a != b for a, b in pairs)
    assert faults(plan) == []


def test_inside_one_tenant() -> None:
    """Overlapping keys: both parents have the tenant, and there are two to choose from."""
    tenant = table("tenant", "name text")
    account = table(
        "account", "tenant_id bigint, no bigint", "tenant_id -> tenant", primary="tenant_id,no"
    )
    transfer = checked(
        table("transfer", "tenant_id bigint, from_no bigint, to_no bigint",
              "tenant_id,from_no -> account(tenant_id,no)",
              "tenant_id,to_no -> account(tenant_id,no)"), "from_no<>to_no",
    )  # fmt: skip
    plan = planned((tenant, account, transfer), 3000, tenant=20, account=100)
    assert all(a != b for a, b in values(build(plan), "transfer", "from_no", "to_no"))
    assert faults(plan) == []
