"""Shapes of chance for values of which nothing is known but their bounds.

Data is rarely even: counts are small, amounts have a long tail, percentages lie in the middle.
Everything is a quantile table or a sum of words, in integers.
"""

from __future__ import annotations

import numpy as np

from seeder.generate.decimals import quantile
from seeder.generate.registry import Call
from seeder.generate.stream import Ints, Words, below

# Shares of the stretch, in 1/2**30, at equal steps of probability: half of all values lie in
# the lowest twentieth, a sixteenth in the upper half.
_SHARES = (0, 20, 45, 75, 110, 155, 215, 300, 420, 580, 800, 1100, 1500, 2100, 3100, 5000, 10000)
_TAIL = tuple(share * (1 << 30) // 10_000 for share in _SHARES)
# The widest stretch: sums and differences of two such numbers still fit int64.
WIDEST = (1 << 62) - 1


def is_distinct(call: Call, unknown: bool = True) -> bool:
    """Whether ``Call.index`` gives distinct numbers, so that no skew may be laid over them.

    An evaluator says so by the attribute ``distinct``. One that says nothing is taken at the safe
    end: the index is used as it comes, which is right for both.
    """
    return bool(getattr(call, "distinct", unknown))


def fraction(word: Words) -> Ints:
    """Long-tailed integers of [0, 2**30]."""
    return quantile(word, _TAIL)


def tail(word: Words, low: int, high: int) -> Ints:
    """Integers of [low, high], most of them near ``low``."""
    width = min(high - low, WIDEST)
    part = fraction(word)
    if width < 1 << 32:
        return low + ((width + 1) * part >> 30).clip(0, width)
    return low + (width >> 30) * part


def head(word: Words, low: int, high: int) -> Ints:
    """Integers of [low, high], most of them near ``high``."""
    return low + (high - tail(word, low, high))


def bell(first: Words, second: Words, low: int, high: int) -> Ints:
    """Integers of [low, high], most of them in the middle: the mean of two even draws."""
    width = min(high - low, WIDEST)
    twice = below(first, width + 1) + below(second, width + 1)
    return low + (twice + ((second & np.uint64(1)).view(np.int64))).clip(0, 2 * width) // 2


def stretch(
    minimum: int | None, maximum: int | None, usual: tuple[int, int], limit: tuple[int, int]
) -> tuple[int, int]:
    """The stretch of values: as given, else the usual one moved to meet what is given.

    ``limit`` is what the type can hold. Where the bounds exclude one another the lower one wins,
    so that there always is a value; the planner has said so before.
    """
    width = usual[1] - usual[0]
    low, high = minimum, maximum
    if low is None and high is None:
        low, high = usual
    elif low is None:
        assert high is not None
        low = usual[0] if high > usual[0] else high - width
        high = min(high, max(low + width, usual[1]))
    elif high is None:
        high = usual[1] if low < usual[0] else low + width
    low = min(max(low, limit[0]), limit[1])
    return low, max(min(high, limit[1]), low)


def draw(call: Call, low: int, high: int, bounded: bool) -> Ints:
    """Integers of [low, high]: distinct where asked, else bell-shaped when both ends are given,
    else long-tailed."""
    if is_distinct(call):
        return low + call.index(min(high - low, WIDEST) + 1)
    if bounded:
        return bell(call.words(0), call.words(1), low, high)
    return tail(call.words(0), low, high)
