"""Blocks that are kept: the same values as evaluated anew, and no more of them than there is room
for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seeder.clinical.conditions import Conditions
from seeder.generate.memory import BLOCK, Memory
from seeder.schema import Name

_ROWS = 3 * BLOCK + 100


class _Rows:
    """As much of ``Rows`` as a memory looks at."""

    def __init__(self, numbers: Any) -> None:
        self.numbers = np.asarray(numbers, np.int64)
        self.population = SimpleNamespace(name=Name("n", "t"), rows=_ROWS)

    def __len__(self) -> int:
        return len(self.numbers)

    def at(self, name: Name, numbers: Any) -> _Rows:
        return _Rows(numbers)


def _pair(rows: Any) -> tuple[Any, Any]:
    return rows.numbers * 3, rows.numbers % 7


def _listed(rows: Any) -> Conditions:
    """Lists that are as long as the longest of the rows asks for."""
    count = rows.numbers // BLOCK + 1
    width = int(count.max())
    listed = np.where(np.arange(width) < count[:, None], rows.numbers[:, None], -1)
    return Conditions(listed.astype(np.int16), count)


@pytest.mark.parametrize(
    "numbers",
    [
        np.arange(_ROWS),
        np.arange(BLOCK - 5, 2 * BLOCK + 7),
        np.arange(100, 200),
        np.repeat(np.arange(0, _ROWS, 2), 2),
        np.arange(_ROWS)[::-1],
        np.arange(0, _ROWS, 50),
        np.array([_ROWS - 1]),
        np.array([], np.int64),
    ],
    ids=["all", "over edges", "few", "twice", "backwards", "scattered", "last", "none"],
)
def test_as_evaluated_anew(numbers: Any) -> None:
    memory = Memory()
    for _ in range(2):
        for found, expected in zip(
            memory.of(_Rows(numbers), "pair", _pair),
            _pair(_Rows(numbers)),
            strict=True,
        ):
            assert np.array_equal(found, expected)
        memory.of(_Rows(np.arange(_ROWS)), "pair", _pair)


def test_lists_of_two_lengths() -> None:
    numbers = np.arange(BLOCK - 3, BLOCK + 3)
    memory = Memory()
    memory.of(_Rows(np.arange(_ROWS)), "listed", _listed)
    found = memory.of(_Rows(numbers), "listed", _listed)
    assert found.listed.tolist() == _listed(_Rows(numbers)).listed.tolist()
    assert found.count.tolist() == _listed(_Rows(numbers)).count.tolist()


def test_each_block_is_evaluated_once() -> None:
    asked: list[int] = []

    def make(rows: Any) -> tuple[Any, Any]:
        asked.append(len(rows))
        return _pair(rows)

    memory = Memory()
    for low in range(0, _ROWS, 700):
        numbers = np.arange(low, min(low + 700, _ROWS))
        memory.of(_Rows(numbers), "pair", make)
    assert asked == [BLOCK, BLOCK, BLOCK, 100]


def test_few_scattered_rows_are_evaluated_alone() -> None:
    asked: list[int] = []

    def make(rows: Any) -> tuple[Any, Any]:
        asked.append(len(rows))
        return _pair(rows)

    Memory().of(_Rows(np.array([1, BLOCK + 1])), "pair", make)
    assert asked == [2]


def test_no_more_than_there_is_room_for() -> None:
    memory = Memory(room=2 * BLOCK * 16)
    for _ in range(2):
        found = memory.of(_Rows(np.arange(_ROWS)), "pair", _pair)
        assert np.array_equal(found[0], np.arange(_ROWS) * 3)
        assert [block for _, _, block in memory._kept] == [0, 1]
        assert memory.room == 0


def test_full_it_evaluates_what_is_asked_for_alone() -> None:
    asked: list[int] = []

    def make(rows: Any) -> tuple[Any, Any]:
        asked.append(len(rows))
        return _pair(rows)

    memory = Memory(room=BLOCK * 16)
    memory.of(_Rows(np.arange(_ROWS)), "pair", _pair)
    memory.of(_Rows(np.arange(BLOCK, 2 * BLOCK - 9)), "pair", make)
    assert asked == [BLOCK - 9]
