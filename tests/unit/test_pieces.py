"""Keys to a part of the parents: pieces have no value in common, and each key's are within it."""

from __future__ import annotations

import numpy as np
import pytest

from seeder.generate.registry import definition
from seeder.generate.sample import sample
from seeder.plan.model import KeyPlan
from seeder.plan.pieces import Pieces, _divided, pieces
from seeder.schema import Check, Column, ForeignKey, Name, Schema, Table, Type, Unique

NUMBER = Type("integer", "integer", bits=32)


def child(name: str, check: str) -> Table:
    return Table(
        Name("h", name), (Column("kind", NUMBER),), checks=(Check("c", check, ("kind",)),),
        foreign_keys=(ForeignKey("to_kind", ("kind",), Name("h", "kind"), ("id",)),),
    )  # fmt: skip


def found(*children: Table, checks: tuple[Check, ...] = ()) -> Pieces:
    parent = Table(
        Name("h", "kind"), (Column("id", NUMBER, nullable=False),), checks=checks,
        uniques=(Unique("pk", ("id",), primary=True),),
    )  # fmt: skip
    schema = Schema(engine="none", tables=(parent, *children))
    return pieces(schema, [t.name for t in schema])


def test_stretches_are_cut_where_they_meet() -> None:
    made = _divided([[[1, 10]], [[5, 7], [20, 20]], [[20, 30]]])
    assert [(p, sorted(of)) for p, of in made] == [
        ([[1, 4], [8, 10]], [0]), ([[5, 7]], [0, 1]), ([[20, 20]], [1, 2]), ([[21, 30]], [2]),
    ]  # fmt: skip
    assert _divided([["a", "b"], ["b"]]) == [(["a"], frozenset([0])), (["b"], frozenset([0, 1]))]


def test_a_key_draws_from_its_turns() -> None:
    made = found(child("a", "(kind >= 10 AND kind < 13)"), child("b", "(kind = 12 OR kind = 40)"))
    key = Name("h", "b"), "to_kind"
    plan = made.key(key, KeyPlan(how="strata"), {Name("h", "kind"): 9}, {})
    assert plan.how == "drawn"
    assert plan.among is not None
    assert (plan.among.of, plan.among.turns, plan.among.rows) == (3, [(1, 1), (2, 1)], 2)
    assert made.least == {Name("h", "kind"): 3}


def test_values_of_rows() -> None:
    params = {"pieces": [[[10, 11]], [[12, 12], [40, 41]]]}
    cells = sample(definition("key.pieces"), params, NUMBER, 0, 64)
    values = np.asarray(cells.to_pylist())
    assert all(v in (10, 11, 12, 40, 41) or v >= 42 for v in values.tolist())


@pytest.mark.parametrize("start", [0, 1, 5, 6, 11])
def test_a_batch_goes_on_in_the_pieces(start: int) -> None:
    """Whatever number a batch begins with, a key's rows are those with values of its pieces."""
    made = found(child("a", "(kind >= 10 AND kind < 14)"), child("b", "(kind > 12 AND kind < 40)"))
    place, rows = (Name("h", "kind"), "id"), 7
    params = {"pieces": list(made.columns[place])}
    cells = sample(definition("key.pieces"), params, NUMBER, 0, start + rows)
    values = np.asarray(cells.to_pylist())[start:]
    for name, low, high in (("a", 10, 13), ("b", 13, 39)):
        key = Name("h", name), "to_kind"
        among = made.key(key, KeyPlan(how="strata"), {place[0]: rows}, {"h.kind": start}).among
        assert among is not None
        mine = {first + n * among.of for first, count in among.turns for n in range(count)}
        assert mine == {n for n, v in enumerate(values.tolist()) if low <= v <= high}
        assert among.rows == len(mine)


def test_a_check_of_the_parent_leaves_no_others() -> None:
    own = (Check("own", "(id >= 1 AND id <= 20)", ("id",)),)
    made = found(child("a", "(kind < 6)"), checks=own)
    assert list(made.columns.values()) == [[[[1, 5]], [[6, 20]]]]
    assert len(made.closed) == 1
    capacity = definition("key.pieces").capacity
    assert capacity is not None
    assert capacity(NUMBER, {"pieces": [[[1, 5]], [[6, 20]]], "closed": True}) == 10


def test_what_is_not_read_leaves_the_key_alone() -> None:
    odd = (Check("odd", "((id % 2) = 1)", ("id",)),)
    assert not found(child("a", "(kind < 6)"), checks=odd).keys
