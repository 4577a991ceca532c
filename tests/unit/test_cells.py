"""From what a generator returns to the column's wire type: widths, scales and lengths hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeder.generate.cells import finish
from seeder.generate.registry import Definition
from seeder.schema import Type

SMALL = Type("integer", "smallint", bits=16)
PRICE = Type("decimal", "numeric(6,2)", precision=6, scale=2)


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1), st.sampled_from([16, 32, 64]))
def test_integers_are_held_inside_their_width(numbers: list[int], bits: int) -> None:
    limit = 1 << (bits - 1)
    found = finish(np.array(numbers, np.int64), Type("integer", "int", bits=bits))
    assert found.type == {16: pa.int16(), 32: pa.int32(), 64: pa.int64()}[bits]
    assert found.to_pylist() == [min(max(n, -limit), limit - 1) for n in numbers]
    again = finish(pa.array(numbers, pa.int64()), Type("integer", "int", bits=bits))
    assert again.equals(found)


@given(st.lists(st.integers(-(10**4) + 1, 10**4 - 1), min_size=1))
def test_whole_numbers_as_decimals(numbers: list[int]) -> None:
    found = finish(np.array(numbers, np.int64), PRICE)
    assert found.type == pa.decimal128(6, 2)
    assert found.to_pylist() == [Decimal(n) for n in numbers]


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1))
def test_decimals_are_held_inside_their_precision(numbers: list[int]) -> None:
    for kind in (PRICE, Type("decimal", "numeric"), Type("decimal", "numeric(30,10)",
                                                        precision=30, scale=10)):  # fmt: skip
        found = finish(np.array(numbers, np.int64), kind)
        assert found.null_count == 0
        small = [v for v, n in zip(found.to_pylist(), numbers, strict=True) if abs(n) < 1000]
        assert small == [Decimal(n) for n in numbers if abs(n) < 1000]
        assert all((v > 0) == (n > 0) for v, n in zip(found.to_pylist(), numbers, strict=True))


def test_floats_are_rounded_to_the_scale() -> None:
    found = finish(np.array([1.005, -2.5, 1e12]), PRICE)
    assert found.to_pylist()[1:] == [Decimal("-2.50"), Decimal("9999.99")]


def test_text_is_cut_to_its_length_as_a_last_resort() -> None:
    kind = Type("text", "varchar(3)", length=3)
    assert finish(pa.array(["äöüß", "ab", None]), kind).to_pylist() == ["äöü", "ab", None]
    fits = Definition("x", "", frozenset({"text"}), lambda call: None, width=lambda t, p: 3)
    given_ = pa.array(["abcd"])
    assert finish(given_, kind, fits, {}).to_pylist() == ["abcd"]  # it said that it fits


def test_dictionaries_and_chunks_become_plain_arrays() -> None:
    words = pa.array(["a", "b", "a"])
    for made in (words.dictionary_encode(), pa.chunked_array([words[:1], words[1:]])):
        found = finish(made, Type("text", "text"))
        assert found.equals(words)


@pytest.mark.parametrize(
    ("made", "kind", "wanted"),
    [
        (pa.array([0, 365], pa.int64()), Type("date", "date"),
         [dt.date(1970, 1, 1), dt.date(1971, 1, 1)]),
        (pa.array([1, None], pa.int64()), SMALL, [1, None]),
        (pa.array([1, None], pa.int64()), PRICE, [Decimal(1), None]),
        (pa.array([Decimal("1.256")]), PRICE, [Decimal("1.25"), Decimal("1.26")]),
        (pa.array([7], pa.int32()), Type("text", "text"), ["7"]),
    ],
)  # fmt: skip
def test_casts(made: pa.Array, kind: Type, wanted: list[object]) -> None:
    found = finish(made, kind).to_pylist()
    assert found == wanted or set(found) < set(wanted)
