"""What a generator sees of the rows whose cells it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.generate.cells import without
from seeder.generate.defaults import wire_type
from seeder.generate.registry import Person
from seeder.generate.stream import Ints, Key, Words, below, words
from seeder.schema import Name, Type

if TYPE_CHECKING:
    from seeder.generate.rows import Rows
    from seeder.generate.story import Story
    from seeder.generate.world import Maker


class CellCall:
    """What a generator sees of its rows; implements ``registry.Call``."""

    def __init__(self, rows: Rows, maker: Maker, type_: Type, first_draw: int = 0) -> None:
        self._rows, self._maker, self._first = rows, maker, first_draw
        self.maker = maker.definition.name
        self.n = len(rows)
        how = maker.plan.distinct
        # Values of listed and of numbered things go on where the batch before ended.
        self.rows = rows.numbers + how.start if how is not None and how.start else rows.numbers
        self.type = type_
        self.params: Mapping[str, Any] = maker.params
        self.reference = rows.world.reference
        self.distinct = maker.plan.distinct is not None

    @property
    def place(self) -> str:
        """Table and column."""
        mine = self._rows.population
        column = next((c for c, m in mine.makers.items() if m is self._maker), "")
        return f"{mine.name}.{column}"

    def words(self, draw: int = 0, stream: str = "") -> Words:
        if stream:
            return self._rows.shared_words(stream, draw)
        same = "duplicates" in self._maker.plan.noise
        numbers = self._rows.alike if same else self.rows
        return words(self._maker.stream, numbers, draw + self._first)

    def below(self, limit: int, draw: int = 0, stream: str = "") -> Ints:
        return below(self.words(draw, stream), limit)

    def index(self, capacity: int) -> Ints:
        how = self._maker.plan.distinct
        if how is None:
            return self.below(capacity)
        return self._rows.distinct(how, capacity, self._maker.lasting)

    def cells(self, column: str) -> pa.Array:
        return self._rows.cells(column)

    def sibling(self, meaning: str) -> pa.Array | None:
        column = self._rows.population.meanings.get(meaning)
        return self._rows.cells(column) if column is not None else None

    def nearby(self, meaning: str) -> pa.Array | None:
        """The cells of that meaning of the row, or else of its owner and of that one's."""
        rows, take = self._rows, np.arange(self.n)
        while (column := rows.population.meanings.get(meaning)) is None:
            owner = rows.population.plan.owner
            if not owner or rows.population.plan.kind == "patient":
                return None
            rows, at = rows.follow(owner)
            take = at[take]
        return rows.column(column).take(pa.array(take))

    def elsewhere(self, table: str, column: str, draw: int = 0) -> pa.Array:
        name = Name.parse(table)
        world = self._rows.world
        found = world.populations.get(name)
        if found is None or not found.rows:
            return pa.nulls(self.n, wire_type(self.type))
        return self._rows.at(name, self.below(found.rows, draw)).cells(column)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What several columns of these rows need, made by the first that asks."""
        shared = self._rows.shared
        if name not in shared:
            shared[name] = make()
        return shared[name]

    @property
    def ordinal(self) -> Ints:
        return self._rows.ordinal

    @property
    def siblings(self) -> Ints:
        return self._rows.siblings

    @property
    def span(self) -> tuple[Ints, Ints]:
        return self._rows.span

    @property
    def story(self) -> Story | None:
        return self._rows.story

    @property
    def rooted(self) -> bool:
        """Whether the rows are the patients themselves."""
        return self._rows.rooted

    @property
    def apart(self) -> Key | None:
        """Where the column's values are apart among the rows of one owner, the stream in which
        they are; columns of a group share it. None where they are not, or are in the table."""
        how = self._maker.plan.distinct
        if how is None or how.how != "siblings":
            return None
        if how.group:
            return self._rows.world.lasting(self._rows.population.name, "group", how.group)
        return self._maker.lasting

    @property
    def life(self) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        return self._rows.life

    def parent(self, key: str, column: str) -> pa.Array:
        rows, take = self._rows.follow(key)
        if column not in {*rows.population.makers, *rows.population.printed}:
            return pa.nulls(self.n, pa.string())
        absent = self._rows.parents(key) < 0
        return without(rows.cells(column).take(pa.array(take)), absent)

    @property
    def person(self) -> Person | None:
        return self._rows.person

    def person_words(self, numbers: Ints, draw: int = 0, stream: str = "") -> Words:
        key = self._rows.world.key(self._rows.persons, "shared", stream)
        return words(key, numbers, draw)
