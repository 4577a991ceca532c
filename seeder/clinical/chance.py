"""Chance by look-up: words to shares, normal numbers, counts and choices, the same everywhere.

Only integers, comparisons, tables and IEEE ``+ - * /``: what would need a logarithm or an
exponential is a table made of products, or was computed once and stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from seeder.generate.stream import Ints, Words

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
# One word for each number of somebody or something: (purpose, numbers, draw).
Draw = Callable[[str, Ints, int], Words]

# Quantiles of the normal distribution in 1/10000, at (128.5 + i) / 256 for i = 0 to 127: the
# middles of 256 equal parts of probability, the lower half being the same with a minus.
_HALF = (
    49, 147, 245, 343, 441, 539, 637, 735, 833, 932, 1030, 1128, 1227, 1326, 1425, 1524, 1623,
    1722, 1821, 1921, 2021, 2121, 2221, 2322, 2422, 2523, 2625, 2726, 2828, 2930, 3032, 3135, 3238,
    3341, 3445, 3549, 3654, 3758, 3864, 3969, 4076, 4182, 4289, 4397, 4505, 4614, 4723, 4833, 4943,
    5054, 5166, 5278, 5391, 5504, 5618, 5734, 5849, 5966, 6083, 6202, 6321, 6441, 6562, 6684, 6806,
    6930, 7055, 7182, 7309, 7437, 7567, 7698, 7831, 7964, 8100, 8236, 8374, 8514, 8656, 8799, 8944,
    9091, 9240, 9391, 9545, 9700, 9858, 10019, 10182, 10348, 10516, 10688, 10863, 11041, 11223,
    11409, 11599, 11793, 11992, 12195, 12404, 12618, 12838, 13064, 13298, 13539, 13788, 14045,
    14313, 14591, 14881, 15184, 15502, 15836, 16189, 16563, 16962, 17390, 17853, 18357, 18912,
    19533, 20240, 21066, 22066, 23352, 25205, 28856,
)  # fmt: skip
_EDGE = 32_000  # beyond the last knot the line goes on to 3.2 standard deviations


def share(word: Words) -> Floats:
    """A share of [0, 1) with 53 bits."""
    return (word >> np.uint64(11)).astype(np.float64) * 2.0**-53


@lru_cache(maxsize=1)
def _knots() -> Floats:
    upper = np.asarray(_HALF, np.float64)
    return np.concatenate([[-_EDGE], -upper[::-1], upper, [_EDGE]]) / 10_000


def normal(word: Words) -> Floats:
    """Standard normal numbers, within 3.2 of 0: between the knots of a table of 256 parts."""
    knots = _knots()
    place = share(word) * 256 + 0.5
    at = place.astype(np.int64)
    low = knots[at]
    found: Floats = low + (knots[at + 1] - low) * (place - at)
    return found


@lru_cache(maxsize=1)
def _powers() -> tuple[Floats, Floats]:
    """e ** (i / 1024) for i in [0, 1024), and e ** n for n in [-40, 40], as products."""
    fine, whole = [1.0], [1.0]
    for _ in range(1023):
        fine.append(fine[-1] * 1.0009770394924165)  # e ** (1 / 1024)
    for _ in range(40):
        whole.append(whole[-1] * 2.718281828459045)
    return np.asarray(fine), np.asarray([1 / w for w in whole[:0:-1]] + whole)


def exponential(x: Floats) -> Floats:
    """e ** x for x in [-40, 40], to a relative error of 5e-7: a table, and two terms between."""
    fine, whole = _powers()
    place = np.clip(x, -40.0, 39.999) * 1024
    at = np.floor(place)
    rest = (place - at) / 1024
    step = at.astype(np.int64)
    found: Floats = whole[(step >> 10) + 40] * fine[step & 1023] * (1 + rest + rest * rest / 2)
    return found


def rate(probability: Floats) -> Floats:
    """-log(1 - p): the mean of a Poisson count that is not zero with probability p < 0.999.

    log(1 - p) = 2 atanh(-p / (2 - p)), whose series converges fast enough.
    """
    p = np.minimum(probability, 0.999)
    x = p / (2 - p)
    term, total = x, x.copy()
    for n in range(3, 1400, 2):
        term = term * x * x
        total = total + term / n
        if float(term.max(initial=0.0)) < 1e-17:
            break
    return np.asarray(2 * total, np.float64)


class Counts:
    """Poisson counts of rows with means of their own: ``means`` of some kinds of row, and the
    distribution of each kind up to ``most``."""

    def __init__(self, means: Floats) -> None:
        top = float(means.max(initial=0.0))
        most = int(top + 8 * np.sqrt(top) + 8)
        term = 1 / exponential(means)
        below = np.zeros((most, len(means)))
        total = np.zeros(len(means))
        for n in range(most):
            total = total + term
            below[n] = total
            term = term * means / (n + 1)
        self._below = below.T.copy()

    def draw(self, kind: Ints, word: Words) -> Ints:
        """A count for each row, by its kind."""
        spot = share(word)
        count = np.zeros(len(kind), np.int64)
        left = np.arange(len(kind))
        for n in range(self._below.shape[1]):
            left = left[self._below[kind[left], n] <= spot[left]]
            if not len(left):
                break
            count[left] = n + 1
        return count


class Choices:
    """One of ``n`` things by weight, for rows of different kinds: ``weights`` has shape (kinds, n).

    All kinds stand in one increasing line, so that a draw is one binary search.
    """

    def __init__(self, weights: npt.NDArray[Any]) -> None:
        kinds, self.n = weights.shape
        sums = np.zeros((kinds, self.n + 1))
        for column in range(self.n):  # one after the other: the same sum on every machine
            sums[:, column + 1] = sums[:, column] + weights[:, column]
        self.total = sums[:, -1].copy()
        scale = 1 / np.where(self.total > 0, self.total, 1)
        self._line = (sums[:, 1:] * scale[:, None] + np.arange(kinds)[:, None]).ravel()

    def draw(self, kind: Ints, word: Words) -> Ints:
        """The thing drawn for each row; -1 for a kind whose weights are all zero."""
        spot = np.minimum(share(word), 1 - 2.0**-40)
        at = np.searchsorted(self._line, kind + spot, "right")
        found = np.minimum(at - kind * self.n, self.n - 1)
        return np.where(self.total[kind] > 0, found, -1)


def scores(pairs: Sequence[tuple[str, int]], index: dict[str, int]) -> Floats:
    """The weights of named things, in the order of an index."""
    out = np.zeros(len(index))
    for name, weight in pairs:
        out[index[name]] = weight
    return out
