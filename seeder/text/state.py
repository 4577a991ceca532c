"""The clinical state of rows, as far as a text needs it. Arrays of n rows; nothing is drawn here.

Indexes are into the tuples of the clinical knowledge: conditions and laboratory tests in the order
of their files, settings as in ``seeder.clinical.model.SETTINGS``; drugs are entries of the table of
drugs, strength and form included. -1 is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.generate.stream import Ints

DAY = 86_400_000_000
# Texts, and each row's number among them, -1 for none.
Named = tuple[pa.Array, Ints]
Names = Callable[[str], Named | None]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class State:
    """What is true of each row. Times are microseconds since 1970-01-01 UTC, ages are days.

    ``key`` numbers the patient's episode: texts of one episode tell the same complaint. ``ordinal``
    is the note's number in the episode. ``chart`` numbers the patient and ``place`` the note within
    the patient's chart: no two notes of a chart get the same sentences. Without them, the episode
    counts as the chart. ``modality`` and ``site``: those of the row's own picture, in the order of
    their tables. ``moment``: the row's own moment, in its visit. ``names``: family names of staff
    by role, None where no table has any. ``vital`` and ``lab`` give values in ten-thousandths
    of the unit.
    """

    condition: Ints
    comorbid: Ints
    female: Flags
    age_days: Ints
    setting: Ints
    start: Ints
    end: Ints
    key: npt.NDArray[Any]
    ordinal: Ints
    drug: Ints
    vital: Callable[[str], Ints]
    lab: Callable[[int], tuple[Ints, Ints]]
    chart: npt.NDArray[Any] | None = None
    place: Ints | None = None
    modality: Ints | None = None
    site: Ints | None = None
    moment: Ints | None = None
    names: Names | None = None

    def __len__(self) -> int:
        return len(self.condition)

    def of_moment(self) -> State:
        """The state at the row's own moment, instead of the beginning of its visit."""
        if self.moment is None:
            return self
        return replace(
            self, start=self.moment, age_days=self.age_days + self.moment // DAY - self.start // DAY
        )

    def take(self, rows: npt.NDArray[Any] | slice) -> State:
        """The state of some of the rows, by index or slice."""
        vital, lab = self.vital, self.lab

        def of_lab(number: int) -> tuple[Ints, Ints]:
            which, value = lab(number)
            return which[rows], value[rows]

        return replace(
            self,
            **{name: getattr(self, name)[rows] for name in _ARRAYS},
            vital=lambda name: vital(name)[rows],
            lab=of_lab,
            names=None if self.names is None else _some(self.names, rows),
            **{name: _taken(getattr(self, name), rows) for name in _OPTIONAL},
        )


def _some(names: Names, rows: npt.NDArray[Any] | slice) -> Names:
    """The names of some of the rows."""

    def of(role: str) -> Named | None:
        found = names(role)
        return None if found is None else (found[0], found[1][rows])

    return of


def _taken(values: npt.NDArray[Any] | None, rows: npt.NDArray[Any] | slice) -> Any:
    return None if values is None else values[rows]


_ARRAYS = "condition comorbid female age_days setting start end key ordinal drug".split()
_OPTIONAL = "chart place modality site moment".split()


def blank(numbers: Ints) -> State:
    """Rows behind which no patient stands, told apart by their numbers."""
    n = len(numbers)
    none, zero = np.full(n, -1, np.int64), np.zeros(n, np.int64)
    return State(
        condition=none,
        comorbid=np.empty((n, 0), np.int64),
        female=np.zeros(n, np.bool_),
        age_days=zero,
        setting=zero,
        start=zero,
        end=zero,
        key=numbers,
        ordinal=zero,
        drug=none,
        vital=lambda name: zero,
        lab=lambda number: (none, zero),
    )
