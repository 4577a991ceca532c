"""Filling: the stream picks each row's bodies, and their slots are written from its state.

The pieces of all rows of a chunk are one flat list of numbers into one array of texts; a take and
a join make the rows. Nothing loops over rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate import stream
from seeder.generate.stream import Ints, Key, below
from seeder.text import tags, tongue
from seeder.text.book import Book, Cut, Page, Pieces, book
from seeder.text.facts import NOTHING, Facts
from seeder.text.slots import column
from seeder.text.state import State

# 16 Ki rows of 600 characters are 10 MB: texts and pieces of a chunk stay near the cache.
CHUNK = 1 << 14
# The bodies of a text's first parts are one number below this; its places are those of the chart.
_SPAN = 1 << 45
# A prime above the number of bodies of any part, hence coprime to every product of such numbers.
_STRIDE = 1_000_003
_PLACES = 1 << 31  # times the stride, still below 2**63
_TURNS = np.uint64((1 << 48) - 1)


def write(
    kind: str,
    state: State,
    seed: Key,
    *,
    length: int | None = None,
    dates: str = "mdy",
    styles: tuple[str, ...] = (),
    language: str = "en",
    from_book: Book | None = None,
    again: int = 0,
) -> pa.Array:
    """A text of the kind for each row of the state.

    ``length``: the most characters; a longer text ends at the last sentence that fits, and is NULL
    where not even one does. ``styles`` keeps to plain, soap or headed texts. Texts of one chart
    have no two the same bodies, up to the number of texts that the kind has. ``again`` numbers
    other bodies in the kind's shortest layout, for rows whose text did not fit.
    """
    source = from_book or book(kind, language)
    pages = fitting(source, 0 if again else length, styles)
    chunks = []
    for low in range(0, len(state), CHUNK):
        facts = Facts(state.take(slice(low, low + CHUNK)), seed, dates, language)
        chunks.append(fill(source, facts, choose(pages, facts, again)))
    texts = pa.concat_arrays(chunks) if chunks else pa.array([], pa.string())
    return texts if length is None else cut(texts, length)


@dataclass(frozen=True)
class Draft:
    """Texts before they are filled: the page and the bodies of each row, as ``write`` takes them;
    tags and conditions of the rows."""

    source: Book
    pages: tuple[Page, ...]
    page: Ints
    bodies: Ints
    tags: Ints
    condition: Ints


def draft(
    kind: str, state: State, seed: Key, length: int | None, styles: tuple[str, ...] = ()
) -> Draft:
    """What ``write`` would fill for these rows."""
    source = book(kind)
    pages = fitting(source, length, styles)
    facts = Facts(state, seed)
    return Draft(
        source, pages, _paged(pages, facts), choose(pages, facts), facts.tags, facts.condition
    )


def told(texts: Sequence[str], state: State, seed: Key, dates: str, where: str) -> pa.Array:
    """Slotted texts, one a row, filled."""
    chunks = []
    for low in range(0, len(texts), CHUNK):
        pieces = Pieces()
        numbers = [pieces.add(t) for t in texts[low : low + CHUNK]]
        pieces.refuse_unknown(where, "en")
        facts = Facts(state.take(slice(low, low + CHUNK)), seed, dates)
        chunks.append(fill(pieces.cut(), facts, np.array(numbers, np.int64)[:, None]))
    return pa.concat_arrays(chunks) if chunks else pa.array([], pa.string())


def fitting(source: Book, length: int | None, styles: tuple[str, ...] = ()) -> tuple[Page, ...]:
    """The pages that a column of that length has room for, or else the shortest ones.

    Pages that are far shorter than the room are kept for columns that have no other.
    """
    pages = [p for p in source.pages if not styles or p.layout.style in styles] or source.pages
    if length is None:
        longest = max(p.typical for p in pages)
        return tuple(p for p in pages if 4 * p.typical >= longest)
    fits = [p for p in pages if p.room <= length]
    if not fits:
        return (min(pages, key=lambda p: p.typical),)
    longest = max(p.typical for p in fits)
    return tuple(p for p in fits if 2 * p.typical >= longest)


def choose(pages: tuple[Page, ...], facts: Facts, again: int = 0) -> Ints:
    """The bodies of each row: a matrix of numbers, -1 where a row has fewer. ``again`` numbers
    others of the same colours."""
    page = _paged(pages, facts)
    width = max(len(p.parts) for p in pages) + 1
    bodies = np.full((len(facts), width), -1, np.int64)
    for number, one in enumerate(pages):
        rows = np.flatnonzero(page == number)
        if len(rows):
            bodies[rows, : len(one.parts)] = _bodies(one, facts, rows, again)
            bodies[rows, len(one.parts)] = one.tail
    return bodies


def _paged(pages: tuple[Page, ...], facts: Facts) -> Ints:
    """The number of each row's page."""
    weights = np.cumsum([p.layout.weight for p in pages])
    return np.searchsorted(weights, below(facts.note(0), int(weights[-1])), side="right")


def _bodies(page: Page, facts: Facts, rows: npt.NDArray[np.int64], again: int) -> Ints:
    """One body of each part, so that the places of a chart get different ones.

    A row's number is that of the colours of its bodies, one digit a part. Rows that may have other
    bodies may have other numbers of colours: then no body of theirs is the same.
    """
    alike, back = _alike(page, facts, rows)
    told, register = (facts.tags[alike], facts.condition[alike]), page.layout.register
    choices = [part.of(register, *told) for part in page.parts]
    product, joint = np.ones(len(alike), np.int64), []
    fits = np.ones(len(alike), np.bool_)
    for choice in choices:
        fits = fits & (product <= _SPAN // choice.colours)
        product = np.where(fits, product * choice.colours, product)
        joint.append(fits)
    number, turn = _places(facts, rows, product[back])
    out = np.empty((len(rows), len(choices)), np.int64)
    for place, (part, choice) in enumerate(zip(page.parts, choices, strict=True)):
        count, mine = choice.colours[back], joint[place][back]
        rest = number // count
        colour = number - rest * count
        if mine.all():
            number = rest
        else:
            colour = np.where(mine, colour, below(facts.note(10 + place)[rows], count))
            number = np.where(mine, rest, number)
        out[:, place] = part.body(choice.at[back] + colour, (turn >> (5 * place % 40)) + again)
    return out


def _alike(page: Page, facts: Facts, rows: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
    """Rows of which no two choose among the same bodies, and which of them each row is like."""
    told = facts.tags[rows]
    if any(len(part.scopes) for part in page.parts):
        told = told | facts.condition[rows] << len(tags.TAGS)
    _, first, back = np.unique(told, return_index=True, return_inverse=True)
    return rows[first], back


def _places(facts: Facts, rows: npt.NDArray[np.int64], product: Ints) -> tuple[Ints, Ints]:
    """A number below the product for each row, the chart's start and the note's steps from it; and
    a number that is another each time that the chart has used up the product."""
    state = facts.state
    chart = (state.key if state.chart is None else state.chart)[rows].astype(np.int64)
    place = (state.ordinal if state.place is None else state.place)[rows] % _PLACES
    words = stream.words(facts.seed, chart, 5)
    number = (below(words, product) + place * _STRIDE % product) % product
    # The lower bits: the upper ones say where the chart starts.
    return number, (words & _TURNS).view(np.int64) + place // product


def fill(source: Cut, facts: Facts, bodies: Ints) -> pa.StringArray:
    """The texts of rows whose bodies are chosen."""
    n, width = bodies.shape
    flat = bodies.ravel()
    lengths = np.where(flat < 0, 0, source.lengths[flat])
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    at = np.repeat(source.first[flat] - (ends - lengths), lengths) + np.arange(total)
    codes = source.codes[at].astype(np.int64)
    offsets = np.zeros(n + 1, np.int32)
    offsets[1:] = ends[width - 1 :: width]
    values: list[pa.Array] = [source.literals]
    size = len(source.literals)
    slotted = np.flatnonzero(codes < 0)
    number = -1 - codes[slotted]
    row = np.repeat(np.arange(n), np.diff(offsets))[slotted]
    used = np.flatnonzero(np.bincount(number, minlength=len(source.slots)))
    places = np.zeros((len(source.slots), n), np.int32)
    for slot in used:
        texts, where = column(facts, source.slots[slot])
        places[slot] = where + size
        values.append(texts)
        size += len(texts)
    codes[slotted] = places[number, row]
    pieces = pc.take(_joined(values), pa.array(codes.astype(np.int32)), boundscheck=False)
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), pieces), NOTHING)


def _joined(values: list[pa.Array]) -> pa.StringArray:
    whole = [v.combine_chunks() if isinstance(v, pa.ChunkedArray) else v for v in values]
    return pa.concat_arrays([v.cast(pa.string()) for v in whole])


def fitted(
    kind: str, texts: pa.Array, state: State, seed: Key, length: int, language: str = "en"
) -> pa.Array:
    """The texts, and where not a sentence of the kind fits, others of its shortest ones, then the
    words of a shorter kind that do."""
    # First others of the same colours, which no other text of the chart has.
    tries = [(kind, seed, n) for n in range(1, _AGAIN + 1)]
    tries += [(kind, Key(seed.first + n, seed.second), n) for n in range(1, _AGAIN + 1)]
    tries += [(shorter, seed, 0) for shorter in _SHORTER.get(kind, ("word",))]
    for shorter, key, again in tries:
        if texts.null_count == 0:
            break
        rows = np.flatnonzero(np.asarray(pc.is_null(texts)))
        one = state.take(rows)
        made = write(shorter, one, key, length=length, language=language, again=again)
        spread = np.full(len(texts), -1, np.int64)
        spread[rows] = np.arange(len(rows))
        texts = pc.coalesce(texts, pc.take(made, pa.array(spread, mask=spread < 0)))
    word = "done" if language == "en" else str(tongue.words(language)["stump"])
    stump = pa.scalar(word[:length])
    return texts if texts.null_count == 0 else pc.fill_null(texts, stump)


_AGAIN = 3  # draws with the same colours, and with others, before a shorter kind is taken
_SHORTER = {"sig": ("sig_word", "word")}


# A sentence's end is a stop before a blank: decimals and hours have none.
_SENTENCES = r"(?s)^(.*[.!?])\s.*$"


def cut(texts: pa.Array, length: int) -> pa.Array:
    """Texts of at most ``length`` characters, ended at a sentence; NULL where none fits."""
    over = pc.greater(pc.utf8_length(texts), length)
    if not pc.any(over).as_py():
        return texts
    # One character more: a stop at the very end is followed by a blank.
    head = pc.utf8_slice_codeunits(texts, 0, length + 1)
    ended = pc.replace_substring_regex(head, _SENTENCES, r"\1")
    good = pc.less(pc.utf8_length(ended), pc.utf8_length(head))
    return pc.if_else(over, pc.if_else(good, ended, pa.scalar(None, pa.string())), texts)
