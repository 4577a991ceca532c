"""The chronic conditions of patients: a sparse draw, evaluated once per distinct patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seeder.clinical.chance import Bools, Draw
from seeder.clinical.rates import Rates
from seeder.generate.stream import Ints


@dataclass(frozen=True)
class Conditions:
    """Chronic conditions of patients: ``listed`` (patients, most) with -1 behind the last,
    ``count`` of each, and ``groups`` (patients, groups): whether the patient has one of it."""

    listed: Ints
    count: Ints
    groups: Bools

    def take(self, index: Ints) -> Conditions:
        return Conditions(self.listed[index], self.count[index], self.groups[index])

    def at(self, place: Ints) -> Ints:
        """The condition at a place of each patient's list, around its end; -1 for an empty list."""
        if not self.listed.shape[1]:
            return np.full(len(place), -1, np.int64)
        inside = place % np.maximum(self.count, 1)
        return self.listed[np.arange(len(place)), inside]


def chronic(rates: Rates, cell: Ints, numbers: Ints, draw: Draw) -> Conditions:
    """The chronic conditions of patients in their cells."""
    found = _Found(rates, len(numbers))
    choices, counts = rates.base
    count = counts.draw(cell, draw("chronic", numbers, 0))
    for turn in range(int(count.max(initial=0))):
        rows = np.flatnonzero(count > turn)
        found.add(rows, choices.draw(cell[rows], draw("chronic", numbers[rows], turn + 1)))
    for extra in rates.extras:
        assert extra.counts is not None
        mine = np.flatnonzero(found.groups[:, extra.group])
        if not len(mine):
            continue
        purpose = f"with {rates.groups[extra.group]}"
        count = extra.counts.draw(cell[mine], draw(purpose, numbers[mine], 0))
        for turn in range(int(count.max(initial=0))):
            rows = mine[count > turn]
            which = extra.choices.draw(cell[rows], draw(purpose, numbers[rows], turn + 1))
            found.add(rows, extra.members[which])
    return found.done()


class _Found:
    """What has been found so far: of each family a patient keeps the first."""

    def __init__(self, rates: Rates, patients: int) -> None:
        self._rates = rates
        self._family = np.zeros((patients, int(rates.family.max()) + 1), np.bool_)
        self._has = np.zeros((patients, len(rates.conditions)), np.bool_)
        self.groups = np.zeros((patients, len(rates.groups)), np.bool_)

    def add(self, rows: Ints, conditions: Ints) -> None:
        """One condition each of distinct patients."""
        families = self._rates.family[conditions]
        new = ~self._family[rows, families]
        rows, conditions = rows[new], conditions[new]
        self._family[rows, families[new]] = True
        self._has[rows, conditions] = True
        self.groups[rows, self._rates.group[conditions]] = True

    def done(self) -> Conditions:
        row, condition = np.nonzero(self._has)
        count = np.bincount(row, minlength=len(self._has)).astype(np.int64)
        first = np.cumsum(count) - count
        listed = np.full((len(self._has), int(count.max(initial=0))), -1, np.int64)
        listed[row, np.arange(len(row)) - first[row]] = condition
        return Conditions(listed, count, self.groups)
