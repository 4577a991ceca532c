"""How often people come: visits a person and year, by what the knowledge says of their conditions.

A new condition is one visit, a chronic one as many a year as it leads to. The same rates decide how
many visits a database has for a patient, which patients have more of them, and what those are for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seeder.clinical.chance import Floats, exponential
from seeder.clinical.conditions import Conditions
from seeder.clinical.episodes import INPATIENT, Course
from seeder.clinical.model import SETTINGS
from seeder.clinical.pregnancy import CARE
from seeder.clinical.rates import STARTS
from seeder.generate.stream import Ints

ALL = -1  # of every setting


@dataclass(frozen=True)
class Attendance:
    """Visits a year, of all settings or of one, by its place among ``SETTINGS``."""

    course: Course

    @cached_property
    def _visits(self) -> Floats:
        """Visits a year that each condition of each cell leads to: (cells, conditions)."""
        rates, course = self.course.rates, self.course
        wanted = rates.main & ~rates.newborn
        times = np.where(rates.chronic, rates.contacts, course.brought) * wanted
        return np.asarray(rates.table * times, np.float64)

    def _in(self, setting: int) -> Floats:
        """The share of each condition's visits that are of a setting."""
        if setting == ALL:
            return np.ones(len(self.course.rates.conditions))
        return self.course.leading[:, setting]

    def yearly(self, setting: int = ALL) -> Floats:
        """Visits a year of a person of each cell."""
        return np.asarray((self._visits * self._in(setting)).sum(axis=1), np.float64)

    def mean(self, setting: int = ALL) -> float:
        """Visits a year of a person of the population."""
        return float((self.yearly(setting) * self.course.rates.cells.weights).sum())

    def counted(self, years: float, setting: int = ALL) -> float:
        """Visits of a patient in so many years, by the ages of the population; of a single setting
        those of the patients who came at all: nobody else is known where there is nothing but it.
        """
        cells = self.course.rates.cells
        lived = np.asarray([_lived(band, years) for band in range(len(STARTS))])[cells.axes[0]]
        visits = self.yearly(setting) * lived
        if setting == ALL:
            return float((visits * cells.weights).sum())
        came = 1 - exponential(-visits)
        return float((visits * cells.weights).sum() / max((came * cells.weights).sum(), 1e-9))

    def of(self, chronic: Conditions, cell: Ints, setting: int = ALL) -> Floats:
        """Visits a year of patients in their cells, with the chronic conditions that they have."""
        new, more = self._parts(setting)
        found = new[cell]
        # Place by place: as long as a list is, whoever else is asked for, the sum is the same.
        for place in range(chronic.listed.shape[1]):
            listed = chronic.listed[:, place]
            found = found + np.where(listed >= 0, more[listed], 0.0)
        return found

    def expecting(self, setting: int = ALL) -> float:
        """Visits more of a woman who was pregnant."""
        return {ALL: CARE, INPATIENT: 1.0}.get(setting, 0.0)

    def _parts(self, setting: int) -> tuple[Floats, Floats]:
        """Of each cell the visits for something new, but for pregnancies, and of each condition
        those that it leads to."""
        rates, share = self.course.rates, self._in(setting)
        new = (self._visits * np.where(rates.chronic | rates.pregnancy, 0.0, share)).sum(axis=1)
        return new, np.where(rates.chronic, rates.contacts * share, 0.0)


def setting_named(name: str) -> int:
    """The place of a setting; ALL for ''."""
    return SETTINGS.index(name) if name else ALL


def _lived(band: int, years: float) -> float:
    """Of the last ``years`` so many that people of a band of ages have lived, on average."""
    first, last = STARTS[band], (*STARTS[1:], STARTS[-1] + 1)[band]
    ages = np.arange(first, max(last, first + 1)) + 0.5
    return float(np.minimum(ages, years).mean())
