"""Which vaccine is due at an age."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seeder.clinical.chance import Choices
from seeder.clinical.model import Vaccine
from seeder.generate.stream import Ints, Words

_MONTHS = 121 * 12
_NEAR = 3  # months around the day that a vaccine is due in which it is mostly given


@dataclass(frozen=True)
class Vaccination:
    """A schedule, compiled for drawing."""

    vaccines: tuple[Vaccine, ...]

    @cached_property
    def _choices(self) -> Choices:
        """By month of age: what is due about now by far the most, what is still missing little."""
        weights = np.zeros((_MONTHS, len(self.vaccines)))
        month = np.arange(_MONTHS)
        for number, vaccine in enumerate(self.vaccines):
            first, last = vaccine.months[0], vaccine.months[-1]
            if vaccine.yearly:
                due = (month >= first) & (month <= last)
                weights[due, number] = 12.0 if vaccine.route == "IM" else 3.0
                continue
            for at in vaccine.months:
                weights[np.abs(month - at) <= _NEAR, number] += 30.0
            # A dose that was missed is given later: for children within two years, else any time.
            late = (month > first) & (month <= max(last + 24, 0 if last < 216 else _MONTHS))
            weights[late, number] += 0.3
        return Choices(weights)

    def draw(self, months: Ints, word: Words) -> Ints:
        """A vaccine for each age in months; the first of the schedule where none is due."""
        drawn = self._choices.draw(np.clip(months, 0, _MONTHS - 1), word)
        return np.maximum(drawn, 0)
