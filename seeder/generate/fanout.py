"""Fan-out: how many children each parent has, and which parent a child row belongs to.

``count(i) = offset(i + 1) - offset(i)`` with ``offset(i) = low * i + B(W(i))``: W is the prefix sum
of integer weights, B scales it to the children that are left after every parent has its least.
Exact in total, monotone, random access, no state but one sum per block of parents. The scaling is
one IEEE multiplication, which is monotone; weights of one size use integers throughout, so that an
upper bound of the fan-out holds exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seeder.generate.stream import Ints, Key, words

Bytes = npt.NDArray[np.uint8]

# Small blocks make scattered look-ups cheap (64 words a row) for 1/8 byte a parent.
BLOCK = 64
_FLAT = 1024

# Quantiles of a log-normal with sigma 0.8, scaled to a mean of 1024, as 64 integers: most parents
# have a few children, a few have many (the largest is 4.5 times the mean).
_QUANTILES = (
    108, 162, 195, 221, 245, 266, 286, 305, 324, 342, 360, 377, 395, 412, 430, 447, 465, 483, 501,
    519, 538, 556, 576, 595, 615, 635, 656, 677, 699, 721, 744, 768, 792, 817, 843, 870, 898, 927,
    958, 989, 1022, 1057, 1093, 1132, 1172, 1215, 1260, 1309, 1360, 1416, 1476, 1541, 1612, 1690,
    1776, 1873, 1983, 2108, 2256, 2433, 2656, 2957, 3422, 4700,
)  # fmt: skip
_WEIGHTS = np.array(_QUANTILES, np.int64)
_TOP = _QUANTILES[-1]


def widest_spread(parents: int, children: int, low: int, high: int | None) -> int:
    """The most of the skew, 0 to 256, under which no parent has more than ``high`` children.

    Raises ValueError with the arithmetic when the total itself cannot be met.
    """
    if children < low * parents:
        raise ValueError(f"{children} rows are fewer than {parents} parents x at least {low}")
    if high is None:
        return 256
    if children > high * parents:
        raise ValueError(f"{children} rows are more than {parents} parents x at most {high}")
    mean = (children - low * parents) / parents
    # Bounded by the mean of the weights, which may stray from 1024 by a few per cent.
    for spread in range(256, 0, -16):
        if low + mean * _heaviest(spread) / (_FLAT * 0.9) + 2 <= high:
            return spread
    return 0


@dataclass(frozen=True)
class More:
    """What some parents need beyond what each has at least: their numbers in order, and how much
    they need before each of them, and in all."""

    parents: Ints
    sums: Ints

    @classmethod
    def of(cls, parents: Ints, needs: Ints) -> More | None:
        """None where nobody needs anything."""
        some = np.flatnonzero(needs > 0)
        order = some[np.argsort(parents[some], kind="stable")]
        sums = np.zeros(len(order) + 1, np.int64)
        np.cumsum(needs[order], out=sums[1:])
        return cls(parents[order], sums) if len(order) else None

    @property
    def total(self) -> int:
        return int(self.sums[-1])

    def before(self, parents: Ints) -> Ints:
        """What all parents before each need."""
        found: Ints = self.sums[np.searchsorted(self.parents, parents, "left")]
        return found


@dataclass(frozen=True)
class FanOut:
    """``children`` rows spread over ``parents``; see ``build``. ``sums`` has one entry a block."""

    stream: Key
    parents: int
    children: int
    low: int
    spread: int
    sums: Ints
    state: Bytes | None = None
    more: More | None = None

    @classmethod
    def build(
        cls,
        stream: Key,
        parents: int,
        children: int,
        low: int = 0,
        high: int | None = None,
        state: Bytes | None = None,
        more: More | None = None,
    ) -> FanOut:
        """One pass over the parents' weights. ``state``: how many children each parent asks for by
        what it is, relative to the others; ``more``: parents that need more than ``low``, where
        there is no ``high``. Raises ValueError when the bounds cannot be met."""
        if more is not None and children < low * parents + more.total:
            raise ValueError(
                f"{children} rows are fewer than {parents} parents x at least {low}, and "
                f"{more.total} more that some of them need"
            )
        if parents < 1 and children > 0:
            raise ValueError(f"{children} rows have no parent to belong to")
        spread = widest_spread(parents, children, low, high) if parents else 0
        heaviest = int(state.max(initial=1)) if state is not None else 1
        while True:
            sums = _block_sums(stream, parents, spread, state)
            # The mean of a few weights strays far from that of all: measure, and flatten until
            # the bound holds for the heaviest weight there can be.
            if not spread or high is None:
                break
            total = max(int(sums[-1]), 1)
            most = _heaviest(spread) * heaviest * (children - low * parents) / total
            if low + most + 2 <= high:
                break
            spread -= 16
        return cls(stream, parents, children, low, spread, sums, state if spread else None, more)

    def _offsets(self, parent: Ints, sum_: Ints) -> Ints:
        """Row offset of parents whose weights before them sum to ``sum_``."""
        left = self.children - self.low * self.parents
        if self.more is not None:
            left -= self.more.total
        if not self.spread:
            return self.low * parent + parent * left // max(self.parents, 1)
        total = int(self.sums[-1])
        scaled = (sum_.astype(np.float64) * (left / total)).astype(np.int64)
        np.minimum(scaled, left, out=scaled)
        # Only the end of the table has the full sum: force it, whatever the rounding did.
        scaled = np.where(sum_ >= total, left, scaled)
        least = self.low * parent
        return least + scaled if self.more is None else least + self.more.before(parent) + scaled

    @cached_property
    def _edges(self) -> Ints:
        parent = np.minimum(np.arange(len(self.sums)) * BLOCK, self.parents)
        return self._offsets(parent, self.sums)

    def range_offsets(self, start: int, stop: int) -> Ints:
        """Offsets of parents start..stop, both included: stop - start + 1 entries."""
        parent = np.arange(start, stop + 1)
        if not self.spread:
            return self._offsets(parent, parent)
        first = start // BLOCK * BLOCK
        weights = _weights(self.stream, first, min(stop, self.parents), self.spread, self.state)
        sums = np.empty(len(weights) + 1, np.int64)
        sums[0] = self.sums[first // BLOCK]
        np.cumsum(weights, out=sums[1:])
        sums[1:] += sums[0]
        return self._offsets(parent, sums[start - first : stop + 1 - first])

    def _block_offsets(self, blocks: Ints) -> Ints:
        """Offsets of the BLOCK + 1 parents from the start of each block: shape (n, BLOCK + 1)."""
        parent = blocks[:, None] * BLOCK + np.arange(BLOCK + 1)
        inside = np.minimum(parent, self.parents)
        if not self.spread:
            return self._offsets(inside, inside)
        weights = _raw_weights(self.stream, parent[:, :-1].ravel(), self.spread, self.state)
        weights[parent[:, :-1].ravel() >= self.parents] = 0
        sums = np.zeros(parent.shape, np.int64)
        np.cumsum(weights.reshape(-1, BLOCK), axis=1, out=sums[:, 1:])
        return self._offsets(inside, sums + self.sums[blocks][:, None])

    def offsets(self, parents: Ints) -> tuple[Ints, Ints]:
        """The children of each parent: rows [first, last), for parents in any order."""
        if not self.spread:
            return self._offsets(parents, parents), self._offsets(parents + 1, parents + 1)
        if len(parents) == 0:
            return parents, parents
        low, high = int(parents.min()), int(parents.max())
        if high - low < 4 * len(parents) + 4 * BLOCK:
            table = self.range_offsets(low, high + 1)
            return table[parents - low], table[parents - low + 1]
        blocks, where = np.unique(parents // BLOCK, return_inverse=True)
        table = self._block_offsets(blocks).ravel()
        at = where * (BLOCK + 1) + parents % BLOCK
        return table[at], table[at + 1]

    def locate(self, rows: Ints) -> tuple[Ints, Ints, Ints]:
        """(parent, ordinal, siblings) of each child row, in any order."""
        if len(rows) == 0:
            return rows, rows, rows
        if not self.spread:
            return self._locate_flat(rows)
        low, high = int(rows.min()), int(rows.max())
        edges = self._edges
        first = int(np.searchsorted(edges, low, "right")) - 1
        last = int(np.searchsorted(edges, high, "right")) - 1
        if (last - first + 1) * BLOCK <= 8 * len(rows) + 8 * BLOCK:
            start, stop = first * BLOCK, min((last + 1) * BLOCK, self.parents)
            table = self.range_offsets(start, stop)
            if high - low + 1 == len(rows) and bool((rows[1:] > rows[:-1]).all()):
                edge = np.clip(table, low, high + 1)
                counts = edge[1:] - edge[:-1]
                at = np.repeat(np.arange(len(counts)), counts)
            else:
                at = np.searchsorted(table, rows, "right") - 1
            return at + start, rows - table[at], table[at + 1] - table[at]
        block = np.searchsorted(edges, rows, "right") - 1
        blocks, where = np.unique(block, return_inverse=True)
        table = self._block_offsets(blocks)
        # Binary search inside each row's own block, all rows at once.
        at = np.zeros(len(rows), np.int64)
        step = BLOCK // 2
        while step:
            at += np.where(table[where, at + step] <= rows, step, 0)
            step //= 2
        begin, end = table[where, at], table[where, at + 1]
        return block * BLOCK + at, rows - begin, end - begin

    def _locate_flat(self, rows: Ints) -> tuple[Ints, Ints, Ints]:
        left = self.children - self.low * self.parents
        if left == 0:
            parent = rows // self.low
        else:
            # Invert low * i + i * left // parents: guess from the mean, then step at most twice.
            parent = np.minimum(rows * self.parents // self.children, self.parents - 1)
            for _ in range(2):
                parent = parent - (self._offsets(parent, parent) > rows)
            while True:
                late = (self._offsets(parent + 1, parent + 1) <= rows) & (parent < self.parents - 1)
                if not late.any():
                    break
                parent = parent + late
        begin, end = self.offsets(parent)
        return parent, rows - begin, end - begin


def _heaviest(spread: int) -> float:
    return (_TOP * spread + _FLAT * (256 - spread)) / 256


def _block_sums(stream: Key, parents: int, spread: int, state: Bytes | None) -> Ints:
    """The weights before each block of parents, and of all: one pass, nothing else is kept."""
    sums = np.zeros(-(-parents // BLOCK) + 1, np.int64)
    if not spread:
        return sums
    step = 1 << 16
    for start in range(0, parents, step):
        weights = _weights(stream, start, min(start + step, parents), spread, state)
        edges = np.arange(0, len(weights), BLOCK)
        first = start // BLOCK
        sums[first + 1 : first + 1 + len(edges)] = np.add.reduceat(weights, edges)
    return np.cumsum(sums)


def _raw_weights(stream: Key, parents: Ints, spread: int, state: Bytes | None) -> Ints:
    drawn = _WEIGHTS[(words(stream, parents) >> np.uint64(58)).view(np.int64)]
    flat = (drawn * spread + _FLAT * (256 - spread)) >> 8
    if state is None:
        return flat
    return flat * state[np.minimum(parents, len(state) - 1)]


def _weights(stream: Key, start: int, stop: int, spread: int, state: Bytes | None) -> Ints:
    return _raw_weights(stream, np.arange(start, stop), spread, state)


@dataclass(frozen=True)
class Chosen:
    """At most one child a parent: first for those that are most fit for one, then for the fit, and
    what is left is spread evenly over the others. ``first`` and ``fit``: how many of them stand
    before each parent."""

    parents: int
    children: int
    first: npt.NDArray[np.int32]
    fit: npt.NDArray[np.int32]

    @classmethod
    def build(cls, parents: int, children: int, fit: Bytes) -> Chosen:
        """One pass; ``fit`` is 0 for the others, 2 and more for the most fit. 16 bytes a parent are
        kept, and no table has many of such parents."""
        first, then = np.zeros((2, parents + 1), np.int32)
        np.cumsum(fit > 1, out=first[1:])
        np.cumsum(fit == 1, out=then[1:])
        return cls(parents, children, first, then)

    def _before(self, parent: Ints) -> Ints:
        """Children of all parents before each: of each kind its part, in the order of kinds."""
        first, fit = (n[parent].astype(np.int64) for n in (self.first, self.fit))
        left, found = self.children, np.zeros_like(parent)
        many = int(self.first[-1]), int(self.fit[-1])
        for before, all_ in ((first, many[0]), (fit, many[1]), (parent - first - fit, None)):
            size = self.parents - sum(many) if all_ is None else all_
            mine = min(left, size)
            found = found + before * mine // max(size, 1)
            left -= mine
        return found

    @cached_property
    def _line(self) -> Ints:
        return self._before(np.arange(self.parents + 1))

    def offsets(self, parents: Ints) -> tuple[Ints, Ints]:
        """The children of each parent: rows [first, last), for parents in any order."""
        return self._before(parents), self._before(parents + 1)

    def locate(self, rows: Ints) -> tuple[Ints, Ints, Ints]:
        """(parent, ordinal, siblings) of each child row, in any order."""
        parent = np.searchsorted(self._line, rows, "right") - 1
        return parent, np.zeros_like(rows), np.ones_like(rows)
