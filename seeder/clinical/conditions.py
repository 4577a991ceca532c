"""The chronic conditions of patients: a sparse draw, evaluated once per distinct patient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seeder.clinical.chance import Bools, Draw
from seeder.clinical.rates import Rates
from seeder.generate.stream import Ints


@dataclass(frozen=True)
class Conditions:
    """Chronic conditions of patients: ``listed`` (patients, most) with -1 behind the last, and
    ``count`` of each. Small numbers: every row of a patient takes the list."""

    listed: npt.NDArray[np.int16]
    count: Ints

    @cached_property
    def flat(self) -> tuple[Ints, Ints]:
        """The patient and the condition of every entry, patients ascending."""
        listed = self.listed.ravel()
        entries = np.flatnonzero(listed >= 0)
        return np.repeat(np.arange(len(self.count)), self.count), listed[entries].astype(np.int64)

    def take(self, index: Ints | slice) -> Conditions:
        return Conditions(self.listed[index], self.count[index])

    def groups(self, rates: Rates) -> Bools:
        """Whether each patient has a condition of each group: (patients, groups)."""
        found = np.zeros((len(self.count), len(rates.groups)), np.bool_)
        row, place = np.nonzero(self.listed >= 0)
        found[row, rates.group[self.listed[row, place]]] = True
        return found

    def at(self, place: Ints) -> Ints:
        """The condition at a place of each patient's list, around its end; -1 for an empty list."""
        if not self.listed.shape[1]:
            return np.full(len(place), -1, np.int64)
        inside = place % np.maximum(self.count, 1)
        return self.listed[np.arange(len(place)), inside].astype(np.int64)


def chronic(rates: Rates, cell: Ints, numbers: Ints, draw: Draw) -> Conditions:
    """The chronic conditions of patients in their cells."""
    hits = _Hits(rates, numbers, draw)
    choices, counts = rates.base
    count = counts.draw(cell, draw("chronic", numbers, 0))
    for turn in range(int(count.max(initial=0))):
        rows = np.flatnonzero(count > turn)
        drawn = choices.draw(cell[rows], draw("chronic", numbers[rows], turn + 1))
        hits.add(rows, drawn, "chronic", turn)
    for extra in rates.extras:
        assert extra.counts is not None
        mine = np.flatnonzero(hits.groups[:, extra.group])
        if not len(mine):
            continue
        purpose = f"with {rates.groups[extra.group]}"
        count = extra.counts.draw(cell[mine], draw(purpose, numbers[mine], 0))
        for turn in range(int(count.max(initial=0))):
            rows = mine[count > turn]
            which = extra.choices.draw(cell[rows], draw(purpose, numbers[rows], turn + 1))
            hits.add(rows, extra.members[which], purpose, turn)
    return hits.done()


_TIMES = 1 << 16  # draws of the times of hits, apart from those of what was hit


class _Hits:
    """Conditions that have hit patients, each at a time of its own: of a family a patient keeps
    the earliest, so that it makes no difference which was drawn first."""

    def __init__(self, rates: Rates, numbers: Ints, draw: Draw) -> None:
        self._rates, self._numbers, self._draw = rates, numbers, draw
        self._rows: list[Ints] = []
        self._conditions: list[Ints] = []
        self._times: list[Ints] = []
        self.groups = np.zeros((len(numbers), len(rates.groups)), np.bool_)

    def add(self, rows: Ints, conditions: Ints, purpose: str, turn: int) -> None:
        """One hit each of distinct patients."""
        self._rows.append(rows)
        self._conditions.append(conditions)
        word = self._draw(purpose, self._numbers[rows], _TIMES + turn)
        self._times.append((word >> np.uint64(33)).view(np.int64))
        self.groups[rows, self._rates.group[conditions]] = True

    def done(self) -> Conditions:
        """What patients have, in the order of the knowledge."""
        patients = len(self._numbers)
        none = np.empty(0, np.int64)
        row = np.concatenate([none, *self._rows])
        condition = np.concatenate([none, *self._conditions])
        time = np.concatenate([none, *self._times])
        family = self._rates.family[condition]
        order = np.lexsort((condition, time, family, row))
        row, condition, family = row[order], condition[order], family[order]
        first = np.ones(len(row), np.bool_)
        first[1:] = (row[1:] != row[:-1]) | (family[1:] != family[:-1])
        row, condition = row[first], condition[first]
        order = np.lexsort((condition, row))
        row, condition = row[order], condition[order]
        count = np.bincount(row, minlength=patients).astype(np.int64)
        start = np.cumsum(count) - count
        listed = np.full((patients, int(count.max(initial=0))), -1, np.int16)
        listed[row, np.arange(len(row)) - start[row]] = condition
        return Conditions(listed, count)
