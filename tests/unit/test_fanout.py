"""Fan-out: refusals with their arithmetic, the skew, frozen counts; bounds in tests/property."""

from __future__ import annotations

import numpy as np
import pytest

from seeder.generate.fanout import Chosen, FanOut, widest_spread
from seeder.generate.stream import key

KEY = key(7, "public", "encounter", "key", "patient")


def counts(fan_out: FanOut) -> list[int]:
    first, last = fan_out.offsets(np.arange(fan_out.parents))
    return list((last - first).tolist())


def test_golden_counts() -> None:
    """These never change: every child row's parent depends on them."""
    assert counts(FanOut.build(KEY, 12, 40)) == [2, 5, 2, 1, 3, 10, 1, 4, 4, 2, 5, 1]
    assert counts(FanOut.build(KEY, 12, 40, 1, 8)) == [3, 3, 3, 3, 3, 5, 3, 4, 3, 3, 4, 3]


@pytest.mark.parametrize(
    ("parents", "children", "low", "high", "says"),
    [
        (10, 9, 1, None, "9 rows are fewer than 10 parents x at least 1"),
        (10, 31, 0, 3, "31 rows are more than 10 parents x at most 3"),
        (0, 1, 0, None, "1 rows have no parent to belong to"),
    ],
)
def test_what_cannot_be_met_is_refused(
    parents: int, children: int, low: int, high: int | None, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        FanOut.build(KEY, parents, children, low, high)


def test_the_skew_is_kept_where_there_is_room() -> None:
    assert widest_spread(100, 300, 0, None) == 256
    assert widest_spread(100, 300, 0, 1000) == 256
    assert 0 < widest_spread(100, 300, 0, 10) < 256
    assert widest_spread(100, 300, 0, 3) == 0


def test_some_parents_have_many_children_and_most_have_few() -> None:
    many = np.array(counts(FanOut.build(KEY, 5000, 50_000)))
    assert 40 <= many.max() <= 60
    assert np.median(many) < 9
    assert many.min() <= 2


def test_a_tight_bound_gives_everybody_the_same() -> None:
    assert counts(FanOut.build(KEY, 200, 600, 0, 3)) == [3] * 200
    assert counts(FanOut.build(KEY, 200, 200, 0, 1)) == [1] * 200


def test_one_to_one_with_fewer_children_than_parents() -> None:
    made = FanOut.build(KEY, 1000, 400, 0, 1)
    assert sorted(set(counts(made))) == [0, 1]
    parent, ordinal, siblings = made.locate(np.arange(400))
    assert len(set(parent.tolist())) == 400
    assert not ordinal.any()
    assert (siblings == 1).all()


def test_scattered_rows_of_a_large_fan_out() -> None:
    """Far apart, so that only their own blocks are evaluated."""
    made = FanOut.build(KEY, 300_000, 2_000_000)
    rows = np.array([1_999_999, 0, 777_777, 12, 1_234_567], np.int64)
    parent, ordinal, siblings = made.locate(rows)
    first, last = made.offsets(parent)
    assert np.array_equal(first + ordinal, rows)
    assert np.array_equal(last - first, siblings)


def test_nothing_in_nothing_out() -> None:
    none = np.empty(0, np.int64)
    made = FanOut.build(KEY, 10, 20)
    assert [len(a) for a in made.locate(none)] == [0, 0, 0]
    assert [len(a) for a in made.offsets(none)] == [0, 0]
    assert FanOut.build(KEY, 0, 0).children == 0


@pytest.mark.parametrize(
    ("seed", "parents", "children", "high"),
    [(1109, 37, 123, 20), (7705, 33, 110, 20), (12290, 28, 233, 50)],
)
def test_the_upper_bound_holds_whatever_the_weights(
    seed: int, parents: int, children: int, high: int
) -> None:
    """Few parents, nearly all of them with small weights, and one with the largest."""
    assert max(counts(FanOut.build(key(seed, "x"), parents, children, 0, high))) <= high


@pytest.mark.parametrize("children", [0, 1, 3, 5, 9, 20, 60, 100])
def test_chosen_parents_are_the_most_fit_then_the_fit_then_others(children: int) -> None:
    fit = np.zeros(100, np.uint8)
    fit[[3, 40, 41, 77, 99]] = 2
    fit[10:25] = 1
    made = Chosen.build(100, children, fit)
    first, end = made.offsets(np.arange(100))
    counts = end - first
    assert counts.sum() == children
    assert set(counts.tolist()) <= {0, 1}
    most, some, others = (counts[fit == n].sum() for n in (2, 1, 0))
    assert most == min(children, 5)
    assert some == min(max(children - 5, 0), 15)
    assert others == max(children - 20, 0)
    parent, ordinal, siblings = made.locate(np.arange(children))
    assert parent.tolist() == np.flatnonzero(counts).tolist()
    assert not ordinal.any()
    assert (siblings == 1).all()
