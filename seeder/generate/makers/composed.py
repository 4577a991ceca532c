"""Types made of named parts, and those of extensions whose text form is well known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate import text
from seeder.generate.cells import finish
from seeder.generate.defaults import default_generator
from seeder.generate.registry import Call, definition, generator
from seeder.generate.vocabulary import WORDS
from seeder.schema import Type

_WORDS = pa.array(sorted(set(WORDS)), pa.string())
_PATHS = 1 << 32
# The draws of one field lie this far from those of the next one.
_DRAWS = 4096
# Kinds whose cells are bytes or lists, which have no text form here: such a field is NULL.
_MUTE = frozenset(("bytes", "uuid", "array"))


class _Field:
    """The call of one field of a composite: the same rows, draws of its own."""

    def __init__(self, call: Call, kind: Type, params: Mapping[str, Any], place: int) -> None:
        self._call, self._place = call, place
        self.type, self.params = kind, params
        self.distinct = False

    def words(self, draw: int = 0, stream: str = "") -> Any:
        return self._call.words((self._place + 1) * _DRAWS + draw, stream)

    def below(self, limit: int, draw: int = 0, stream: str = "") -> Any:
        return self._call.below(limit, (self._place + 1) * _DRAWS + draw, stream)

    def index(self, capacity: int) -> Any:
        return self.below(capacity)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)


def _quoted(cells: pa.Array) -> pa.Array:
    """A field in double quotes, quotes and backslashes doubled; nothing for NULL."""
    doubled = pc.replace_substring(pc.replace_substring(cells, "\\", "\\\\"), '"', '""')
    return pc.fill_null(text.join('"', doubled, '"'), "")


def _shown(call: Call, kind: Type, place: int) -> pa.Array:
    name, params = default_generator(kind)
    if name == "null" or kind.kind in _MUTE:
        return pa.array([""]).take(pa.array([0] * call.n, pa.int64()))
    made = definition(name)
    inner: Any = _Field(call, kind, made.resolve(params), place)
    return _quoted(finish(made.make(inner), kind, made, inner.params).cast(pa.string()))


@generator(
    "type.composite", "Rows of a composite type, each field by its type.", accepts="composite"
)
def composite(call: Call) -> pa.Array:
    fields = [_shown(call, kind, place) for place, (_, kind) in enumerate(call.type.fields)]
    if not fields:
        return pa.array(["()"] * call.n)
    return text.join("(", text.join(*fields, separator=","), ")")


@generator(
    "type.ltree",
    "Paths of labels such as top.science.r12ab.",
    accepts="ltree",
    capacity=lambda *_: _PATHS,
)
def ltree(call: Call) -> pa.Array:
    first = _WORDS.take(pa.array(call.below(12, 1)))
    second = _WORDS.take(pa.array(call.below(len(_WORDS), 2)))
    return text.join(first, second, text.digits("r????????", call.index(_PATHS)), separator=".")


@generator("type.hstore", "A few pairs of key and value.", accepts="hstore")
def hstore(call: Call) -> pa.Array:
    value = _WORDS.take(pa.array(call.below(len(_WORDS), 1)))
    count = text.number(call.below(100, 2))
    return text.join('"label"=>"', value, '", "count"=>"', count, '"')
