"""Fallbacks for types made of others: arrays, ranges, multiranges, geometry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.generate import skew, text
from seeder.generate.data import entries
from seeder.generate.decimals import from_units
from seeder.generate.defaults import default_generator, wire_type
from seeder.generate.makers.codes import column
from seeder.generate.registry import Call, Parameter, definition, generator
from seeder.generate.story import Story
from seeder.generate.stream import Ints, Words, below
from seeder.schema import Type

_LONGEST = 4
_SECOND, _DAY = 1_000_000, 86_400_000_000
# Draws of one element lie this far apart, so that those of two elements never meet.
_DRAWS = 4096


# Arrays ---------------------------------------------------------------------------------------


class _Elements:
    """The call of an array's elements: each row's entries as rows of their own."""

    def __init__(self, call: Call, kind: Type, params: Mapping[str, Any], lengths: Ints) -> None:
        self._call, self._lengths = call, lengths
        self._places = int(lengths.max(initial=0))
        self._kept = np.arange(self._places) < lengths[:, None]
        self.n = int(lengths.sum())
        self.type, self.params = kind, params
        self.reference = call.reference
        self.distinct = False
        self.rows = self._spread(call.rows)

    def _spread(self, cells: Any) -> Any:
        return np.repeat(cells, self._lengths)

    place = ""  # of no column

    def words(self, draw: int = 0, stream: str = "") -> Words:
        out = np.empty((self._call.n, self._places), np.uint64)
        for place in range(self._places):
            out[:, place] = self._call.words((place + 1) * _DRAWS + draw, stream)
        return out[self._kept]

    def below(self, limit: int, draw: int = 0, stream: str = "") -> Ints:
        return below(self.words(draw, stream), limit)

    def index(self, capacity: int) -> Ints:
        return self.below(capacity)

    def cells(self, column: str) -> pa.Array:
        return self._taken(self._call.cells(column))

    def sibling(self, meaning: str) -> pa.Array | None:
        found = self._call.sibling(meaning)
        return None if found is None else self._taken(found)

    def nearby(self, meaning: str) -> pa.Array | None:
        found = self._call.nearby(meaning)
        return None if found is None else self._taken(found)

    def elsewhere(self, table: str, column: str, draw: int = 0) -> pa.Array:
        return self._taken(self._call.elsewhere(table, column, draw))

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        return make()

    def _taken(self, cells: pa.Array) -> pa.Array:
        return cells.take(pa.array(self._spread(np.arange(self._call.n))))

    @property
    def ordinal(self) -> Ints:
        ends = np.cumsum(self._lengths)
        first: Ints = np.repeat(ends - self._lengths, self._lengths)
        return np.arange(self.n, dtype=np.int64) - first

    @property
    def siblings(self) -> Ints:
        return self._lengths.repeat(self._lengths)

    @property
    def span(self) -> tuple[Ints, Ints]:
        start, end = self._call.span
        return self._spread(start), self._spread(end)

    @property
    def life(self) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        born, died, dead = self._call.life
        return self._spread(born), self._spread(died), self._spread(dead)

    def parent(self, key: str, column: str) -> pa.Array:
        return self._taken(self._call.parent(key, column))

    @property
    def person(self) -> None:
        """Elements are no rows of a patient's."""

    def person_words(self, numbers: Ints, draw: int = 0, stream: str = "") -> Words:
        return self._call.person_words(numbers, draw, stream)


@generator(
    "type.array",
    "Short arrays of the element type's default values.",
    accepts="array",
    min_length=Parameter(int, 0, "fewest elements"),
    max_length=Parameter(int, None, "most elements; four unless said"),
    generator=Parameter(str, "", "the elements' generator; that of their type unless said"),
    element=Parameter(dict, {}, "its parameters"),
    once=Parameter(bool, False, "each value once, whatever that leaves of the length"),
)
def array(call: Call) -> pa.Array:
    least, most = call.params["min_length"], call.params["max_length"]
    most = max(_LONGEST, least) if most is None else most
    lengths = min(least, most) + call.below(max(most - least, 0) + 1)
    element = call.type.element or Type("text", "text")
    name, params = default_generator(element)
    if call.params["generator"]:
        name, params = call.params["generator"], call.params["element"]
    if (listed := _listed(call, name, params)) is not None:
        return _of_story(call, element, params, lengths, listed)
    made = definition(name)
    inner = _Elements(call, element, made.resolve(params), lengths)
    values = made.make(inner)
    flat = pa.array(values) if isinstance(values, np.ndarray) else values
    if call.params["once"] and not least:
        flat, lengths = _once_each(flat, lengths)
    offsets = np.zeros(call.n + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), flat.cast(wire_type(element), safe=False))


def _listed(call: Call, name: str, params: Mapping[str, Any]) -> Story | None:
    """The story that tells what the elements are: the diagnoses of the row's visit, in order."""
    told = name == "code.drawn" and params.get("system") == "icd10cm" and not params.get("group")
    return getattr(call, "story", None) if told else None


def _of_story(
    call: Call, element: Type, params: Mapping[str, Any], lengths: Ints, story: Story
) -> pa.Array:
    """Arrays of the first diagnoses of each row's visit, each of them once."""
    lengths = np.maximum(lengths, min(int(lengths.max(initial=0)), 1))
    places = int(lengths.max(initial=0))
    made = np.empty((call.n, places), np.int64)
    for place in range(places):
        made[:, place] = story.condition(np.full(call.n, place))
    index = made[np.arange(places) < lengths[:, None]]
    codes = column(entries("icd10cm"), str(params.get("part", "code")), element, index)
    flat, lengths = _once_each(pa.array(codes), lengths)
    offsets = np.zeros(call.n + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), flat.cast(wire_type(element), safe=False))


def _once_each(flat: pa.Array, lengths: Ints) -> tuple[pa.Array, Ints]:
    """The entries without those that their row has already, and how many are left of each row."""
    codes = flat.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    row = np.repeat(np.arange(len(lengths)), lengths)
    _, first = np.unique(row * (codes.max(initial=0) + 1) + codes, return_index=True)
    kept = np.sort(first)
    return flat.take(pa.array(kept)), np.bincount(row[kept], minlength=len(lengths))


# Ranges ---------------------------------------------------------------------------------------


def _points(element: Type, call: Call, part: int) -> tuple[Any, Any]:
    """Lower and upper ends as text; ``part`` numbers the ranges of a multirange, in order."""
    word, more = call.words(2 * part), call.words(2 * part + 1)
    if element.kind in ("date", "timestamp", "timestamptz"):
        unit = _DAY if element.kind == "date" else 60 * _SECOND
        start, end = call.span
        room = np.maximum((end - start) // unit // 2, 0)
        first = start // unit + part * room + below(word, room // 2 + 1)
        last = first + 1 + below(more, room // 2 + 1)
        return _moments(first * unit, element), _moments(last * unit, element)
    low = 1000 * part + skew.tail(word, 0, 500)
    high = low + 1 + skew.tail(more, 0, 400)
    if element.kind == "integer":
        return text.number(low), text.number(high)
    exact = [from_units(end * 10 + 5, 18, 1).cast(pa.string()) for end in (low, high)]
    return exact[0], exact[1]


def _moments(value: Ints, element: Type) -> pa.Array:
    if element.kind == "date":
        days = pa.array((value // _DAY).astype(np.int32)).view(pa.date32())
        return days.cast(pa.string())
    shown = pa.array(value // _SECOND).view(pa.timestamp("s")).cast(pa.string())
    return text.join('"', shown, '+00"' if element.kind == "timestamptz" else '"')


def _element(call: Call) -> Type:
    element = call.type.element or Type("integer", "integer", bits=32)
    # A multirange is made of ranges, and those of their elements.
    return element.element or element if element.kind == "range" else element


@generator("type.range", "Half-open ranges; those of time lie in the row's.", accepts="range")
def range_(call: Call) -> pa.Array:
    low, high = _points(_element(call), call, 0)
    return text.join("[", low, ",", high, ")")


@generator("type.multirange", "Two ranges that do not meet.", accepts="multirange")
def multirange(call: Call) -> pa.Array:
    ends = [_points(_element(call), call, part) for part in range(2)]
    parts = [text.join("[", low, ",", high, ")") for low, high in ends]
    return text.join("{", parts[0], ",", parts[1], "}")


# Geometry -------------------------------------------------------------------------------------


def _numbers(call: Call, count: int) -> list[pa.Array]:
    """Coordinates of [0, 100) with two decimals."""
    return [from_units(call.below(10_000, d), 18, 2).cast(pa.string()) for d in range(count)]


def _pairs(call: Call, count: int) -> list[pa.Array]:
    flat = _numbers(call, 2 * count)
    return [text.join("(", x, ",", y, ")") for x, y in zip(flat[::2], flat[1::2], strict=True)]


def _line(call: Call) -> pa.Array:
    # A and B are not both zero: B is at least one.
    a, c = _numbers(call, 2)
    return text.join("{", a, ",", text.number(1 + call.below(9, 2)), ",", c, "}")


def _circle(call: Call) -> pa.Array:
    return text.join("<", *_pairs(call, 1), ",", text.number(1 + call.below(20, 2)), ">")


_SHAPES = {
    "point": lambda call: _pairs(call, 1)[0],
    "line": _line,
    "lseg": lambda call: text.join("[", text.join(*_pairs(call, 2), separator=","), "]"),
    "box": lambda call: text.join(*_pairs(call, 2), separator=","),
    "path": lambda call: text.join("[", text.join(*_pairs(call, 3), separator=","), "]"),
    "polygon": lambda call: text.join("(", text.join(*_pairs(call, 3), separator=","), ")"),
    "circle": _circle,
}


@generator("type.geometric", "Points, lines, boxes, paths, polygons.", accepts="geometric")
def geometric(call: Call) -> pa.Array:
    return _SHAPES.get(call.type.native, _SHAPES["point"])(call)
