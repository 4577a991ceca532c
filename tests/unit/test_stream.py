"""Streams: addressable, uniform, distinct, and frozen to the byte."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeder.generate.stream import below, chance, key, words

KEY = key(1, "public.patient", "birth_date", "value")


def test_golden_words() -> None:
    """These never change: every database ever made from a plan depends on them."""
    assert tuple(KEY) == (16196665120912887003, 6518565431426520782)
    assert words(KEY, np.arange(3)).tolist() == [
        8547553579201498760,
        15698024222654724188,
        2082819748640125967,
    ]
    many = words(KEY, np.arange(100_000), 3)
    digest = hashlib.sha256(many.astype("<u8").tobytes()).hexdigest()
    assert digest == "052427f2a994177d742e0f5eaa706fd632320c17b356d31c0126e35177358bcd"


def test_keys_of_different_paths_differ() -> None:
    paths = [(1, "a", "b"), (1, "ab"), (1, "a", "b", ""), (2, "a", "b"), (1, "b", "a")]
    assert len({key(seed, *parts) for seed, *parts in paths}) == len(paths)


@given(
    rows=st.lists(st.integers(0, 2**62), max_size=50),
    draw=st.integers(0, 1000),
    seed=st.integers(0, 2**63),
)
def test_any_rows_in_any_order(rows: list[int], draw: int, seed: int) -> None:
    stream = key(seed, "t", "c")
    together = words(stream, np.array(rows, np.int64), draw)
    one_by_one = [words(stream, np.array([row], np.int64), draw)[0] for row in rows]
    assert together.tolist() == one_by_one


def test_slices_across_the_chunk_boundary() -> None:
    rows = np.arange(200_000)
    whole = words(KEY, rows)
    assert np.array_equal(whole[31_000:140_001], words(KEY, rows[31_000:140_001]))
    assert np.array_equal(whole[::7], words(KEY, rows[::7]))


def test_rows_may_be_of_any_integer_type() -> None:
    expected = words(KEY, np.arange(1000))
    for kind in (np.int32, np.uint64, np.uint16):
        assert np.array_equal(expected, words(KEY, np.arange(1000).astype(kind)))


def test_no_rows() -> None:
    assert len(words(KEY, np.empty(0, np.int64))) == 0
    assert len(below(words(KEY, np.empty(0, np.int64)), np.empty(0, np.int64))) == 0


def test_every_bit_is_fair() -> None:
    many = words(KEY, np.arange(200_000))
    for bit in range(64):
        share = ((many >> np.uint64(bit)) & np.uint64(1)).mean()
        assert abs(share - 0.5) < 0.006, bit


@pytest.mark.parametrize("other", ["draw", "column", "seed", "row"])
def test_streams_are_independent(other: str) -> None:
    rows = np.arange(100_000)
    first = words(KEY, rows)
    second = {
        "draw": lambda: words(KEY, rows, 1),
        "column": lambda: words(key(1, "public.patient", "birth_datf", "value"), rows),
        "seed": lambda: words(key(2, "public.patient", "birth_date", "value"), rows),
        "row": lambda: words(KEY, rows + 1),
    }[other]()
    assert abs(np.corrcoef(first.astype(float), second.astype(float))[0, 1]) < 0.015
    bits = np.unpackbits((first ^ second).view(np.uint8))
    assert abs(bits.mean() - 0.5) < 0.002


def test_draws_do_not_walk_one_another() -> None:
    rows = np.arange(2000)
    everything = np.concatenate([words(KEY, rows, draw) for draw in range(50)])
    assert len(np.unique(everything)) == len(everything)


@given(
    limit=st.one_of(st.integers(1, 2**32 + 5), st.integers(1, 2**63 - 1)),
    word=st.integers(0, 2**64 - 1),
)
def test_below_is_multiply_high(limit: int, word: int) -> None:
    one = np.array([word], np.uint64)
    exact = (word >> 32) * limit >> 32 if limit <= 1 << 32 else word * limit >> 64
    assert below(one, limit).tolist() == [exact]
    assert below(one, np.array([limit], np.int64)).tolist() == [exact]
    assert 0 <= exact < limit


@pytest.mark.parametrize("limit", [1, 2, 7, 1000, 2**32, 2**32 + 1, 2**62, 2**63 - 1])
def test_below_fills_its_range_evenly(limit: int) -> None:
    got = below(words(KEY, np.arange(70_000)), limit)
    assert got.min() >= 0
    assert got.max() < limit
    if limit <= 7:
        counts = np.bincount(got, minlength=limit)
        assert (abs(counts / (70_000 / limit) - 1) < 0.04).all()
    else:
        assert abs(got.astype(float).mean() / (limit - 1) - 0.5) < 0.01


def test_below_takes_a_limit_for_each_row() -> None:
    limits = np.array([1, 5, 1 << 40, 3], np.int64)
    word = words(KEY, np.arange(4))
    got = below(word, limits)
    assert (got < limits).all()
    assert got[0] == 0


@pytest.mark.parametrize("limit", [0, -1])
def test_below_refuses_an_empty_range(limit: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        below(words(KEY, np.arange(3)), limit)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.25, 0.5, 0.999, 1.0, -1.0, 2.0])
def test_chance(share: float) -> None:
    got = chance(words(KEY, np.arange(100_000)), share).mean()
    clipped = min(max(share, 0.0), 1.0)
    assert got == clipped if clipped in (0.0, 1.0) else abs(got - clipped) < 0.006
