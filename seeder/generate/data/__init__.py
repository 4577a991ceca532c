"""Small tables of public facts and of invented names, read when first needed.

Each is a tab-separated file with a header; a column ``weight`` holds integers that say how often
an entry is drawn. What depends on language and country lies in a folder for each locale.
Sources and licences stand in NOTICE.md beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.generate.data.known import TABLES
from seeder.generate.stream import Ints, Words
from seeder.generate.text import shorten

# 2**14 places resolve a weight of 1 in 16,384 and fit in the first-level cache as int16 or int32.
_BITS = 14


@dataclass(frozen=True)
class Entries:
    """A table: its columns as tuples of text, and ladders from words to entries.

    Column ``weight`` says how often an entry is drawn, and ``minor`` how often for those under 18.
    """

    name: str
    columns: dict[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __hash__(self) -> int:
        return hash(self.name)

    @cached_property
    def ladder(self) -> npt.NDArray[np.int64]:
        return self._ladder("weight")

    @cached_property
    def minors(self) -> npt.NDArray[np.int64]:
        return self._ladder("minor")

    def _ladder(self, column: str) -> npt.NDArray[np.int64]:
        return ladder_of([int(w) for w in self.columns.get(column, ("1",) * len(self))])

    def draw(self, word: Words) -> Ints:
        """The entry of each word, by weight."""
        drawn: Ints = self.ladder[word >> np.uint64(64 - _BITS)]
        return drawn

    def draw_minor(self, word: Words) -> Ints:
        """The same for persons under 18."""
        drawn: Ints = self.minors[word >> np.uint64(64 - _BITS)]
        return drawn

    def ladders(self, columns: tuple[str, ...]) -> npt.NDArray[np.int16]:
        """A ladder for each column of weights; see ``draw_among``."""
        return np.stack([self._ladder(column).astype(np.int16) for column in columns])

    def strings(self, column: str, length: int | None = None, whole: bool = False) -> pa.Array:
        """A column as Arrow text, each entry made to fit ``length``; see ``_strings``."""
        return _strings(self, column, length, whole)

    def widest(self, column: str) -> int:
        return max(map(len, self.columns[column]))


def ladder_of(weights: Sequence[int]) -> npt.NDArray[np.int64]:
    """The entry at each of 2**14 even places, by the entries' weights."""
    total = np.cumsum(np.asarray(weights, np.int64))
    places = np.arange(1 << _BITS, dtype=np.int64) * total[-1] >> _BITS
    ladder: Ints = np.searchsorted(total, places, "right").astype(np.int64)
    return ladder


def draw_among(ladders: npt.NDArray[np.int16], which: Ints, word: Words) -> Ints:
    """The entry of each word, by the ladder that ``which`` gives."""
    place = (which << _BITS) + (word >> np.uint64(64 - _BITS)).view(np.int64)
    drawn: Ints = ladders.ravel()[place].astype(np.int64)
    return drawn


@cache
def entries(name: str) -> Entries:
    """The table of that name. Raises FileNotFoundError for a name that does not exist."""
    if name in TABLES:
        return Entries(name, TABLES[name]())
    text = resources.files(__name__).joinpath(f"{name}.tsv").read_text("utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]
    header, rows = lines[0], lines[1:]
    wrong = [r for r in rows if len(r) != len(header)]
    if wrong:
        raise ValueError(
            f"{name}.tsv: a row has {len(wrong[0])} of {len(header)} fields: {wrong[0]}"
        )
    return Entries(name, {h: tuple(r[i] for r in rows) for i, h in enumerate(header)})


@lru_cache(maxsize=512)
def _strings(table: Entries, column: str, length: int | None, whole: bool) -> pa.Array:
    """Entries that are too long are cut at a word's end, or, when ``whole``, give way to the next
    that fits, so that a code is never cut and indexes stay what they are. Cut entries that have
    become alike are numbered."""
    values = list(table.columns[column])
    if length is None or max(map(len, values)) <= length:
        return pa.array(values, pa.string())
    if whole:
        plain = [v.replace(".", "") for v in values]
        if max(map(len, plain)) <= length and len(set(plain)) == len(set(values)):
            return pa.array(plain, pa.string())  # as billing writes them
        fitting = [v for v in values if len(v) <= length] or [v[:length] for v in values]
        return pa.array(
            [v if len(v) <= length else fitting[i % len(fitting)] for i, v in enumerate(values)],
            pa.string(),
        )
    apart = len(set(values)) == len(values)
    return pa.array(
        _cut(values, length) if apart else [shorten(v, length) for v in values], pa.string()
    )


def _cut(values: list[str], length: int) -> list[str]:
    taken = {v for v in values if len(v) <= length}
    made: list[str] = []
    for value in values:
        short, mark = value, 1
        while len(short) > length or (short != value and short in taken):
            tail = "" if mark == 1 else f" {mark}"
            short = shorten(value, max(length - len(tail), 1)) + tail
            mark += 1
            if mark > 9_999:
                return [shorten(v, length) for v in values]
            if short not in taken and len(short) <= length:
                break
        taken.add(short)
        made.append(short)
    return made
