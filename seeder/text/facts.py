"""What is known of the rows of a chunk while their texts are written."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.generate import stream
from seeder.generate.stream import Ints, Key, Words, below
from seeder.text import phrases, pictures, tags
from seeder.text.state import State

_DAY = 86_400_000_000
# With its type said: to find that out, Arrow looks for a library of dates on the disk, each time.
NOTHING = pa.scalar("", pa.string())
_EPISODE = stream.key(0, "text")  # of what all texts of an episode tell alike
# Texts, and a number a row into them.
Column = tuple[pa.Array, Ints]


class Facts:
    """The state of some rows, with the words that their texts are drawn from.

    ``dates`` is the style of dates: mdy, iso, dmy, dmy/ or long. ``columns`` keeps the slots
    written.
    """

    def __init__(self, state: State, seed: Key, dates: str = "mdy", language: str = "en") -> None:
        self.state, self.seed, self.dates, self.language = state, seed, dates, language
        last = len(phrases.tags()) - 1
        self.condition: Ints = np.where(state.condition < 0, last, state.condition)
        self._episode: Ints = stream.words(_EPISODE, state.key.astype(np.int64)).view(np.int64)
        self.columns: dict[str, Column] = {}

    def __len__(self) -> int:
        return len(self.state)

    def episode(self, draw: int) -> Words:
        """A word for each row that all texts of its episode share, in whatever column they are."""
        return stream.words(_EPISODE, self._episode, draw)

    @cached_property
    def _notes(self) -> Ints:
        # Far apart, so that the notes of an episode are no neighbour's.
        own = stream.words(self.seed, self.state.key.astype(np.int64)).view(np.int64)
        notes: Ints = own + self.state.ordinal * np.int64(0x1E3779B97F4A7C15)
        return notes

    def note(self, draw: int) -> Words:
        """A word for each row, of its own text."""
        return stream.words(self.seed, self._notes, draw)

    @cached_property
    def months(self) -> Ints:
        """Whole months of age by the calendar, on the day of the row's start."""
        today = (self.state.start // _DAY).astype("datetime64[D]")
        born = today - np.maximum(self.state.age_days, 0).astype("timedelta64[D]")
        month = [d.astype("datetime64[M]") for d in (today, born)]
        day = [d - m for d, m in zip((today, born), month, strict=True)]
        found: Ints = (month[0] - month[1]).astype(np.int64) - (day[0] < day[1])
        return found

    @cached_property
    def tags(self) -> Ints:
        """The row's tags: what may be said of it."""
        silent = below(self.episode(90), 4) < phrases.silence()[self.condition]
        found: Ints = tags.of_row(self.state) | phrases.tags()[self.condition]
        found |= np.where(silent, tags.bit("silent"), 0)
        if self.pictured is None:
            return found
        own = pictures.usual(phrases.tags())[self.condition]
        return np.where(self.pictured, pictures.retagged(found, self.region, own), found)

    @cached_property
    def pictured(self) -> npt.NDArray[np.bool_] | None:
        """Rows that name the modality or the region of a picture; None where none does."""
        return pictures.flags(self.state.modality, self.state.site)

    @cached_property
    def region(self) -> Ints:
        """The region of each row's picture."""
        own = pictures.usual(phrases.tags())[self.condition]
        return own if self.state.site is None else pictures.region(self.state.site, own)
