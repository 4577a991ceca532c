"""Fallbacks for the types that travel as text: addresses, bits, markup, search vectors, oids.

Each writes the form in which PostgreSQL reads the type (chapter 8 of its manual).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.generate import skew, text
from seeder.generate.registry import Call, generator
from seeder.generate.stream import Ints
from seeder.generate.vocabulary import WORDS
from seeder.schema import Type

Params = Mapping[str, Any]
_WORDS = pa.array(sorted(set(WORDS)), pa.string())
# A bit string without length: a byte of flags.
_BITS = 8


def _octet(number: Ints, shift: int) -> pa.Array:
    return text.number(number >> shift & 255)


@generator(
    "type.inet",
    "Host addresses of the private network 10.0.0.0/8.",
    accepts="inet",
    capacity=lambda *_: 1 << 24,
)
def inet(call: Call) -> pa.Array:
    host = call.index(1 << 24)
    return text.join("10.", _octet(host, 16), ".", _octet(host, 8), ".", _octet(host, 0))


@generator(
    "type.cidr",
    "Networks of 256 addresses inside 10.0.0.0/8.",
    accepts="cidr",
    capacity=lambda *_: 1 << 16,
)
def cidr(call: Call) -> pa.Array:
    network = call.index(1 << 16)
    return text.join("10.", _octet(network, 8), ".", _octet(network, 0), ".0/24")


@generator(
    "type.macaddr",
    "Hardware addresses, locally administered.",
    accepts="macaddr",
    capacity=lambda *_: 1 << 40,
)
def macaddr(call: Call) -> pa.Array:
    wide = call.type.native.startswith("macaddr8")
    template = "02:00:00:" + "??:??:??:??:??" if wide else "02:??:??:??:??:??"
    return text.digits(template, call.index(1 << 40))


def _bit_width(kind: Type) -> int:
    return kind.length or (1 if kind.native == "bit" else _BITS)


@generator(
    "type.bit",
    "Strings of bits, as long as the type.",
    accepts="bit",
    capacity=lambda kind, _: 1 << min(_bit_width(kind), 61),
)
def bit(call: Call) -> pa.Array:
    width = _bit_width(call.type)
    fixed = min(width, 61)
    index = call.index(1 << fixed)
    cells = np.empty((call.n, width), np.uint8)
    for start in range(fixed, width, 64):
        _spread(cells[:, start : start + 64], call.words(1 + start))
    _spread(cells[:, :fixed], index.view(np.uint64))
    return text.from_matrix(cells)


def _spread(cells: Any, word: Any) -> None:
    for place in range(cells.shape[1]):
        cells[:, place] = (word >> np.uint64(place) & np.uint64(1)) + np.uint64(ord("0"))


def _word(call: Call, draw: int) -> pa.Array:
    return _WORDS.take(pa.array(call.below(len(_WORDS), draw)))


@generator("type.xml", "Small XML elements.", accepts="xml")
def xml(call: Call) -> pa.Array:
    return text.join("<item><label>", _word(call, 0), "</label></item>")


@generator("type.tsvector", "Search vectors of three words, or queries of two.", accepts="tsvector")
def tsvector(call: Call) -> pa.Array:
    first, second, third = (_word(call, draw) for draw in range(3))
    if call.type.native == "tsquery":
        return text.join("'", first, "' & '", second, "'")
    return text.join("'", first, "':1 '", second, "':2 '", third, "':3")


@generator(
    "type.oid",
    "Object numbers in the range of user objects.",
    accepts="oid",
    capacity=lambda *_: (1 << 31) - 16_384,
)
def oid(call: Call) -> pa.Array:
    room = (1 << 31) - 16_384
    if skew.is_distinct(call):
        return text.number(16_384 + call.index(room))
    return text.number(skew.tail(call.words(), 16_384, 1 << 20))
