"""Which notes a visit has: a stay begins with a history and ends with a summary, an office visit
has a progress note, and neither is written of the other."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from seeder.clinical.episodes import INPATIENT
from seeder.clinical.model import SETTINGS
from seeder.generate.data import entries
from seeder.generate.registry import Call
from seeder.generate.story import Story
from seeder.generate.stream import Ints, below
from seeder.text import phrases, tags
from seeder.text.kinds import of_type


def understood(values: tuple[str, ...]) -> bool:
    """Whether most of a column's values name a kind of note."""
    return 2 * sum(1 for v in values if of_type(v)) >= len(values) > 1


def note_type(call: Call, story: Story, values: tuple[str, ...]) -> Ints:
    """The place of each row's note type among the values; -1 where none fits."""
    ends, first, last = _weights(values)
    setting = story.episodes.setting
    total = ends[setting, -1]
    spot = below(call.words(1), np.maximum(total, 1))
    found = (ends[setting] <= spot[:, None]).sum(axis=1)
    done = (phrases.tags()[story.episodes.condition] & tags.bit("surgical")) != 0
    found = np.where(done, found, _without_operation(values)[found])
    if story.charted:
        stay = setting == INPATIENT
        if first >= 0:
            found = np.where(stay & (call.ordinal == 0), first, found)
        if last >= 0:
            found = np.where(stay & (call.ordinal > 0) & story.closing, last, found)
    return np.where(total > 0, found, -1)


@lru_cache(maxsize=64)
def _without_operation(values: tuple[str, ...]) -> Ints:
    """What is written instead of each value where the condition has no operation: a progress note
    for an operative one."""
    named = [of_type(v) for v in values]
    usual = named.index("progress_note") if "progress_note" in named else -1
    other = [usual if k == "operative_note" and usual >= 0 else n for n, k in enumerate(named)]
    return np.asarray(other, np.int64)


@lru_cache(maxsize=64)
def _weights(values: tuple[str, ...]) -> tuple[npt.NDArray[np.int64], int, int]:
    """Running weights of the values by setting; the values that begin and end a stay, or -1."""
    table = entries("note_kinds").columns
    place = {code: n for n, code in enumerate(table["code"])}
    named = [of_type(v) for v in values]
    rows = [place.get(kind, place[""]) for kind in named]
    weights = np.asarray([[int(table[s][r]) for r in rows] for s in SETTINGS], np.int64)
    ends = [
        next((named.index(c) for c, s in zip(table["code"], table["stay"], strict=True)
              if s == end and c in named), -1)
        for end in ("first", "last")
    ]  # fmt: skip
    return np.cumsum(weights, axis=1), ends[0], ends[1]
