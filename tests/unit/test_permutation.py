"""Permutations: bijections of any size, invertible, addressable, frozen to the byte."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeder.generate.permutation import permute, permute_each, unpermute
from seeder.generate.stream import key

KEY = key(7, "public.patient", "mrn", "unique")


def test_golden_permutation() -> None:
    """These never change: every unique column ever made from a plan depends on them."""
    assert permute(KEY, 10, np.arange(10)).tolist() == [2, 7, 5, 4, 8, 9, 1, 0, 6, 3]
    assert permute(KEY, 10**9, np.arange(4)).tolist() == [
        470647061,
        700438602,
        699178303,
        235500937,
    ]
    many = permute(KEY, 123_456_789, np.arange(50_000))
    digest = hashlib.sha256(many.astype("<i8").tobytes()).hexdigest()
    assert digest == "2cdcf8533077512508d7c9304020b5edc8b58cb027531c2b7d233ba8634d679d"


@pytest.mark.parametrize("size", [*range(1, 40), 63, 64, 65, 1000, 4096, 65_537, 100_003])
def test_each_size_is_a_bijection(size: int) -> None:
    numbers = np.arange(size)
    moved = permute(KEY, size, numbers)
    assert np.array_equal(np.sort(moved), numbers)
    assert np.array_equal(unpermute(KEY, size, moved), numbers)


@given(size=st.integers(1, 2**62 - 1), data=st.data(), seed=st.integers(0, 2**32))
def test_the_inverse_of_any_number(size: int, data: st.DataObject, seed: int) -> None:
    numbers = np.array(
        data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=20)), np.int64
    )
    stream = key(seed, "t")
    moved = permute(stream, size, numbers)
    assert ((moved >= 0) & (moved < size)).all()
    assert np.array_equal(unpermute(stream, size, moved), numbers)
    assert permute(stream, size, numbers[-1:]).tolist() == moved[-1:].tolist()


def test_keys_give_different_permutations() -> None:
    numbers = np.arange(1000)
    one, other = (permute(key(seed, "t"), 1000, numbers) for seed in (1, 2))
    assert (one == other).sum() < 10


def test_neighbours_are_scattered() -> None:
    size = 1_000_000
    moved = permute(KEY, size, np.arange(20_000))
    assert abs(np.corrcoef(moved[:-1], moved[1:])[0, 1]) < 0.03
    assert abs(np.corrcoef(moved, np.arange(20_000))[0, 1]) < 0.03
    assert np.bincount(moved * 10 // size, minlength=10).min() > 1800


@pytest.mark.parametrize("size", [0, -5])
def test_an_empty_range_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        permute(KEY, size, np.arange(1))


def test_each_group_has_a_bijection_of_its_own() -> None:
    sizes = np.array([1, 2, 3, 7, 8, 9, 64, 100, 1000], np.int64)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    starts = np.cumsum(sizes) - sizes
    numbers = np.arange(len(rows)) - starts[rows]
    moved = permute_each(KEY, sizes[rows], rows, numbers)
    for group, size in enumerate(sizes):
        assert sorted(moved[rows == group].tolist()) == list(range(size)), size


@given(
    size=st.integers(1, 2**40),
    group=st.integers(0, 2**40),
    taken=st.integers(1, 30),
)
def test_the_first_elements_of_a_group_are_distinct(size: int, group: int, taken: int) -> None:
    n = min(size, taken)
    numbers = np.arange(n)
    full = np.full(n, size, np.int64), np.full(n, group, np.int64)
    moved = permute_each(KEY, *full, numbers)
    assert len(set(moved.tolist())) == n
    assert ((moved >= 0) & (moved < size)).all()
    last = permute_each(KEY, full[0][-1:], full[1][-1:], numbers[-1:])
    assert last.tolist() == moved[-1:].tolist()


def test_groups_differ_and_use_their_whole_range() -> None:
    groups = np.arange(20_000)
    first = permute_each(KEY, np.full(20_000, 10), groups, np.zeros(20_000, np.int64))
    counts = np.bincount(first, minlength=10)
    assert counts.min() > 1500
    assert counts.max() < 2500


def test_no_groups() -> None:
    none = np.empty(0, np.int64)
    assert len(permute_each(KEY, none, none, none)) == 0
