"""Patients who were registered twice: two numbers, one person."""

from __future__ import annotations

import numpy as np

from seeder.generate.permutation import permute, unpermute
from seeder.generate.stream import Ints, Key

_MILLION = 1_000_000


def persons(numbers: Ints, key: Key, size: int, taken: int, share: int) -> Ints:
    """The person behind each patient's number: another patient's, where somebody was registered
    twice. ``size``: patients in all; ``taken``: the first ranks of the permutation of ``key``,
    which belong to cohorts; ``share``: second registrations among all, in millionths."""
    pairs = min(size * share // _MILLION, (size - taken) // 2)
    rank = permute(key, size, numbers)
    place = rank - taken
    again = (place >= 0) & (place < 2 * pairs) & (place % 2 == 1)
    found = numbers.copy()
    found[again] = unpermute(key, size, rank[again] - 1)
    return np.asarray(found, np.int64)
