"""Fan-out: exact in total, inside its bounds, invertible, the same in any order and slice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seeder.generate.fanout import BLOCK, FanOut
from seeder.generate.stream import key


@st.composite
def fan_outs(draw: st.DrawFn) -> tuple[FanOut, int, int | None]:
    """Any fan-out that can be met, with its bounds; around the edges of blocks most of all."""
    edges = [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 1]
    parents = draw(st.sampled_from(edges) | st.integers(1, 3000))
    low = draw(st.integers(0, 4))
    high = draw(st.none() | st.integers(max(low, 1), low + 12))
    most = (high if high is not None else low + 40) * parents
    children = draw(st.integers(max(low * parents, 1), most))
    stream = key(draw(st.integers(0, 2**32)), "t", "key")
    return FanOut.build(stream, parents, children, low, high), low, high


@given(fan_outs())
def test_the_total_is_exact_and_the_bounds_hold(made: tuple[FanOut, int, int | None]) -> None:
    fan_out, low, high = made
    first, last = fan_out.offsets(np.arange(fan_out.parents))
    counts = last - first
    assert first[0] == 0
    assert last[-1] == fan_out.children
    assert np.array_equal(first[1:], last[:-1])
    assert counts.min() >= low
    assert high is None or counts.max() <= high


@given(fan_outs(), st.data())
def test_locate_is_the_inverse_of_offsets(
    made: tuple[FanOut, int, int | None], data: st.DataObject
) -> None:
    fan_out, _, _ = made
    first, last = fan_out.offsets(np.arange(fan_out.parents))
    parent = np.repeat(np.arange(fan_out.parents), last - first)
    rows = np.arange(fan_out.children)
    wanted = parent, rows - first[parent], (last - first)[parent]
    for found, want in zip(fan_out.locate(rows), wanted, strict=True):
        assert np.array_equal(found, want)
    a = data.draw(st.integers(0, fan_out.children - 1))
    b = data.draw(st.integers(a + 1, fan_out.children))
    some = data.draw(st.lists(st.integers(0, fan_out.children - 1), min_size=1, max_size=12))
    for chosen in (rows[a:b], np.array(some, np.int64), rows[a:b][::-1], rows[a : a + 1]):
        for found, want in zip(fan_out.locate(chosen), wanted, strict=True):
            assert np.array_equal(found, want[chosen])


@given(fan_outs(), st.data())
def test_offsets_of_any_parents_in_any_order(
    made: tuple[FanOut, int, int | None], data: st.DataObject
) -> None:
    fan_out, _, _ = made
    first, last = fan_out.offsets(np.arange(fan_out.parents))
    some = data.draw(st.lists(st.integers(0, fan_out.parents - 1), min_size=1, max_size=12))
    chosen = np.array(some, np.int64)
    found = fan_out.offsets(chosen)
    assert np.array_equal(found[0], first[chosen])
    assert np.array_equal(found[1], last[chosen])
