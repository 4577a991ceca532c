"""What was evaluated of patients and of visits, kept for the next table that shows them.

Everything about a patient is a function of the row number, and a dozen tables ask for it. Blocks of
rows are kept, as they were evaluated, until the room is full; then the others are evaluated again.
Nothing is put out for something newer: tables are read from end to end, one after the other, and
the block that has waited longest would always be the next that somebody wants.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from seeder.generate.stream import Ints
from seeder.schema import Name

if TYPE_CHECKING:
    from seeder.generate.rows import Rows

BLOCK = 1 << 11  # rows
_ROOM = 32 << 20  # bytes, of all blocks: the patients and visits of some 15 million rows
# Rows of blocks to evaluate, and to put together, for each row that is asked for: beyond that it is
# quicker to evaluate the rows alone.
_FRESH, _SPARSE = 4, 64

# A dataclass or a tuple of arrays with one entry a row.
Value = TypeVar("Value")


@dataclass
class Memory:
    """Blocks of values, by table and what they are; ``room``: bytes that are left."""

    room: int = _ROOM
    _kept: dict[tuple[Name, str, int], Any] = field(default_factory=dict)
    _full: bool = False

    def of(self, rows: Rows, what: str, make: Callable[[Rows], Value]) -> Value:
        """What ``make`` says of the rows, put together from blocks where that pays."""
        name, numbers, many = rows.population.name, rows.numbers, len(rows) / BLOCK
        blocks = np.unique(numbers // BLOCK)
        kept: dict[int, Any] = {n: self._kept.get((name, what, n)) for n in blocks.tolist()}
        fresh = [n for n, block in kept.items() if block is None]
        alone = len(fresh) > _FRESH * many or len(blocks) > _SPARSE * many
        if alone or not kept or (fresh and self._full):
            return make(rows)
        for number in fresh:
            stop = min((number + 1) * BLOCK, rows.population.rows)
            block = make(rows.at(name, np.arange(number * BLOCK, stop)))
            self._keep((name, what, number), block)
            kept[number] = block
        found: Value = _taken(list(kept.values()), _places(numbers, blocks))
        return found

    def clear(self) -> None:
        """Forget everything: nobody will ask again."""
        self._kept.clear()

    def _keep(self, place: tuple[Name, str, int], block: Any) -> None:
        size = sum(a.nbytes for a in _arrays(block))
        self._full = self._full or size > self.room
        if not self._full:
            self.room -= size
            self._kept[place] = block


def _places(numbers: Ints, blocks: Ints) -> Ints | slice:
    """Where rows stand in their blocks, put one behind the other."""
    first = int(numbers[0])
    if int(numbers[-1]) - first == len(numbers) - 1 and bool((np.diff(numbers) == 1).all()):
        return slice(first % BLOCK, first % BLOCK + len(numbers))
    return np.searchsorted(blocks, numbers // BLOCK) * BLOCK + numbers % BLOCK


def _arrays(value: Any) -> list[npt.NDArray[Any]]:
    return (
        list(value) if isinstance(value, tuple) else [getattr(value, f.name) for f in fields(value)]
    )


def _taken(parts: list[Value], places: Ints | slice) -> Value:
    """Values of rows at places of parts that follow one another."""
    columns = zip(*(_arrays(part) for part in parts), strict=True)
    found = [_joined(column)[places] for column in columns]
    kind = type(parts[0])
    return kind(found) if issubclass(kind, tuple) else kind(*found)


def _joined(arrays: tuple[npt.NDArray[Any], ...]) -> npt.NDArray[Any]:
    """Arrays one behind the other; lists are made as long as the longest, with -1 behind."""
    if len(arrays) == 1:
        return arrays[0]
    if arrays[0].ndim == 1:
        return np.concatenate(arrays)
    width = max(a.shape[1] for a in arrays)
    return np.concatenate(
        [np.pad(a, ((0, 0), (0, width - a.shape[1])), constant_values=-1)
         if a.shape[1] < width else a for a in arrays]
    )  # fmt: skip
