"""A few cells of a generator outside any table: what the planner tries a choice on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.generate import spans, stream
from seeder.generate.cells import finish
from seeder.generate.registry import Definition, Person
from seeder.generate.stream import Ints, Words
from seeder.schema import Type


class SampleCall:
    """Implements ``registry.Call`` for ``n`` rows of no table: one row an owner, lives and spans
    as a patient's visits have them, one in four as a ward's that stands for years, no sibling
    columns."""

    def __init__(
        self, n: int, kind: Type, params: Mapping[str, Any], reference: int, distinct: bool = False
    ) -> None:
        self.n = n
        self.rows: Ints = np.arange(n, dtype=np.int64)
        self.type = kind
        self.params = params
        self.reference = reference
        self.distinct = distinct

    place = ""  # of no column

    def words(self, draw: int = 0, stream: str = "") -> Words:
        return _words(_key(0, "sample", stream or "own"), self.rows, draw)

    def below(self, limit: int, draw: int = 0, stream: str = "") -> Ints:
        return _below(self.words(draw, stream), limit)

    def index(self, capacity: int) -> Ints:
        if self.distinct:
            return self.rows % capacity
        return self.below(capacity)

    def cells(self, column: str) -> pa.Array:
        raise KeyError(column)

    def sibling(self, meaning: str) -> pa.Array | None:
        return None

    def nearby(self, meaning: str) -> pa.Array | None:
        return None

    def elsewhere(self, table: str, column: str, draw: int = 0) -> pa.Array:
        raise KeyError(table)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        return make()

    @property
    def ordinal(self) -> Ints:
        return np.zeros(self.n, np.int64)

    @property
    def siblings(self) -> Ints:
        return np.ones(self.n, np.int64)

    @property
    def life(self) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        born = spans.birth(self.reference, self.words(0, "age"), self.words(1, "age"), False)
        died_at, died = spans.death(
            self.reference, born, self.words(2, "age"), self.words(3, "age")
        )
        return born, died_at, died

    def parent(self, key: str, column: str) -> pa.Array:
        raise KeyError(key)

    @property
    def person(self) -> Person | None:
        return Person(self.rows, np.zeros(self.n, np.int64))

    def person_words(self, numbers: Ints, draw: int = 0, stream: str = "") -> Words:
        return _words(_key(0, "sample", stream), numbers, draw)

    @property
    def span(self) -> tuple[Ints, Ints]:
        born, died_at, _ = self.life
        start, end = spans.observed(self.reference, born, died_at)
        visit = spans.visit(start, end, *(self.words(d, "span") for d in (0, 1, 2)))
        standing = spans.standing(self.reference, self.rows, self.words(3, "span"))
        lasting = self.rows % 4 == 3
        return np.where(lasting, standing[0], visit[0]), np.where(lasting, standing[1], visit[1])


def sample(
    definition: Definition, params: Mapping[str, Any], kind: Type, reference: int, n: int = 2048
) -> pa.Array:
    """``n`` finished cells. Raises whatever the generator raises on parameters that do not fit."""
    resolved = definition.resolve(params)
    call = SampleCall(n, kind, resolved, reference)
    return finish(definition.make(call), kind, definition, resolved)


_key, _words, _below = stream.key, stream.words, stream.below
