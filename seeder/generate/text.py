"""Text made column-wise: fixed templates filled from an index, pools, and joins.

A template is filled from one integer a row, in mixed radix with the last place fastest, so that
distinct indexes give distinct texts. Nothing here loops over rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.stream import Ints
from seeder.schema import Type

Bytes = npt.NDArray[np.uint8]

# Place holders and what they stand for. Base32 leaves out I, L, O and U, which are misread.
ALPHABETS = {
    "#": b"0123456789",
    "@": b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "?": b"0123456789abcdef",
    "*": b"0123456789ABCDEFGHJKMNPQRSTVWXYZ",
}
# Places filled by one look-up: 10**4 and 26**3 entries stay in the first-level cache.
_RUN = {"#": 4, "@": 3, "?": 4, "*": 3}


@lru_cache(maxsize=64)
def _runs(template: str) -> tuple[tuple[str, int, int], ...]:
    """(alphabet, first place, number of places), from the right; short enough for a table."""
    found: list[tuple[str, int, int]] = []
    place = len(template)
    while place > 0:
        place -= 1
        sign = template[place]
        if sign not in ALPHABETS:
            continue
        first = place
        while first > 0 and template[first - 1] == sign and place - first + 1 < _RUN[sign]:
            first -= 1
        found.append((sign, first, place - first + 1))
        place = first
    return tuple(found)


@lru_cache(maxsize=16)
def _table(sign: str, places: int) -> Bytes:
    letters = np.frombuffer(ALPHABETS[sign], np.uint8)
    numbers = np.arange(len(letters) ** places)
    columns = []
    for _ in range(places):
        columns.append(letters[numbers % len(letters)])
        numbers //= len(letters)
    return np.ascontiguousarray(np.stack(columns[::-1], axis=1))


def capacity(template: str) -> int:
    """How many distinct texts a template has."""
    count = 1
    for sign in template:
        count *= len(ALPHABETS.get(sign, b" "))
    return count


def matrix(template: str, index: Ints) -> Bytes:
    """A byte matrix, one row a text. ``index`` lies in [0, capacity(template))."""
    out = np.empty((len(index), len(template)), np.uint8)
    out[:] = np.frombuffer(template.encode("ascii"), np.uint8)
    rest = index
    runs = _runs(template)
    for number, (sign, first, places) in enumerate(runs):
        size = len(ALPHABETS[sign]) ** places
        if number + 1 < len(runs):
            above = rest // size
            rest, here = above, rest - above * size
        else:
            here = rest % size
        out[:, first : first + places] = _table(sign, places)[here]
    return out


def from_matrix(cells: Bytes) -> pa.StringArray:
    """ASCII texts of one width from a byte matrix, without a copy where it is contiguous."""
    rows, width = cells.shape
    offsets = (
        np.arange(0, (rows + 1) * width, width, dtype=np.int32)
        if width
        else np.zeros(rows + 1, np.int32)
    )
    data = np.ascontiguousarray(cells)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data))


def digits(template: str, index: Ints) -> pa.StringArray:
    """Texts of a template: '#' a digit, '@' a capital, '?' a hex digit, '*' base 32."""
    return from_matrix(matrix(template, index))


def number(value: Ints) -> pa.StringArray:
    """Integers as text, without leading zeros."""
    return pc.cast(pa.array(value), pa.string())


def pick(pool: pa.Array, index: Ints) -> pa.Array:
    """The pool's entries at ``index``; the caller keeps the index in range."""
    return pc.take(pool, pa.array(index), boundscheck=False)


def join(*parts: pa.Array | str, separator: str = "") -> pa.Array:
    """The parts of each row written one after another; NULL where a part is NULL."""
    arrays = [pa.scalar(p, pa.string()) if isinstance(p, str) else p for p in parts]
    return pc.binary_join_element_wise(*arrays, separator)


def choose(mask: npt.NDArray[np.bool_], yes: pa.Array | str, no: pa.Array | str) -> pa.Array:
    """``yes`` where the mask is true, else ``no``."""
    return pc.if_else(pa.array(mask), yes, no)


_ALNUM = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", np.uint8)


def codes(index: Ints, length: int) -> pa.StringArray:
    """Codes of letters and digits, at most eight, distinct below ``code_capacity(length)``."""
    width = min(length, 8)
    out = np.empty((len(index), width), np.uint8)
    rest = index
    for place in range(width - 1, -1, -1):
        out[:, place] = _ALNUM[rest % 36]
        rest = rest // 36
    return from_matrix(out)


def code_capacity(length: int) -> int:
    """How many codes of that length there are."""
    return int(36 ** min(length, 8))


# Room for a blank and a number of four digits behind a phrase that has to be told apart.
_MARK = 5
TURNS = 9_998


@lru_cache(maxsize=128)
def fitting(phrases: tuple[str, ...], length: int | None) -> pa.StringArray:
    """The phrases of at most ``length`` characters."""
    return pa.array([p for p in phrases if length is None or len(p) <= length], pa.string())


def _plain(phrases: tuple[str, ...], length: int | None) -> pa.StringArray:
    return fitting(phrases, None if length is None else length - _MARK)


def phrase_capacity(phrases: tuple[str, ...], length: int | None) -> int:
    """How many distinct texts ``distinct_phrases`` makes for a column of that length."""
    pool = _plain(phrases, length)
    if len(pool) < 24 and length is not None:
        return code_capacity(length)
    return len(pool) * TURNS


def distinct_phrases(phrases: tuple[str, ...], rows: Ints, length: int | None) -> pa.Array:
    """A text for each row number, no two alike below ``phrase_capacity``.

    The phrases come first as they are, in an order that mixes them; then numbered: 'Oak Hall 2'.
    Where the column is too short for phrases, they are codes.
    """
    pool = _plain(phrases, length)
    if len(pool) < 24 and length is not None:
        return codes(rows, length)
    size = np.int64(len(pool))
    # A stride that no size here is a multiple of: neighbours in row number differ in every word.
    stride = np.int64(1009 if size % 1009 else 1013)
    turn, entry = rows // size, rows % size * stride % size
    made = pick(pool, entry)
    return (
        choose(turn > 0, join(made, number(turn + 1), separator=" "), made) if turn.any() else made
    )


def upto(width: int) -> Callable[[Type, Mapping[str, Any]], int]:
    """A definition's width: so many characters, or as many as the column holds."""
    return lambda kind, params: width if kind.length is None else min(width, kind.length)


def shorten(text: str, length: int | None) -> str:
    """A phrase cut at a word's end so that it fits ``length`` characters."""
    if length is None or len(text) <= length:
        return text
    cut = text[: length + 1].rsplit(" ", 1)[0] if " " in text[: length + 1] else text[:length]
    return cut[:length].rstrip(" ,;:-(")


def limit(texts: pa.Array, length: int | None) -> pa.Array:
    """Texts cut to ``length`` characters; for prose only, never for codes."""
    if length is None or len(texts) == 0:
        return texts
    longest = pc.max(pc.utf8_length(texts)).as_py() or 0
    return (
        texts
        if longest <= length
        else pc.utf8_rtrim_whitespace(pc.utf8_slice_codeunits(texts, 0, length))
    )


@lru_cache(maxsize=1)
def _fractions() -> tuple[pa.Array, Ints]:
    """What stands behind the whole number, for 0 to 4 decimals, and where each kind begins."""
    texts = [""] + [f".{n:0{d}}" for d in (1, 2, 3, 4) for n in range(10**d)]
    return pa.array(texts), np.asarray([0, 1, 11, 111, 1111], np.int64)


def shown(value: Ints, scale: Ints) -> pa.Array:
    """Numbers of 1/10000, none negative, as text with each row's own decimals."""
    texts, begin = _fractions()
    whole = value // 10_000
    rest = (value - whole * 10_000) // np.asarray([10_000, 1000, 100, 10, 1], np.int64)[scale]
    return join(number(whole), pick(texts, begin[scale] + rest))
