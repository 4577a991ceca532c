"""Laboratory results and vital signs: values of a body, shifted by what ails it.

A value is what is usual for sex and age plus a number of standard deviations: a lasting trait of
the patient, a part that the tests of one panel share on one occasion, a part of its own, and the
shifts of the patient's conditions. Integers in 1/10000 of the unit, rounded to its decimals.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from seeder.clinical.chance import Choices, Draw, Floats, exponential, normal
from seeder.clinical.conditions import Conditions
from seeder.clinical.episodes import Episodes
from seeder.clinical.model import MILLI, VALUE, Condition, Knowledge, Lab, Range, Vital
from seeder.clinical.population import DAY, People
from seeder.generate.stream import Ints, below

_OLDEST = 121
_MONTHS = _OLDEST * 12
# Parts of a value's spread, whose squares sum to 1.
_TRAIT, _PANEL, _OWN = 0.6, 0.45, 0.66
# Tests that move with another one: how strongly, of -1 to 1. Physiology, not figures of a source.
_WITH = {
    "hematocrit": ("hemoglobin", 0.96), "rbc": ("hemoglobin", 0.85), "ast": ("alt", 0.75),
    "ggt": ("alp", 0.6), "ldl": ("cholesterol", 0.9), "chloride": ("sodium", 0.7),
    "bun": ("creatinine", 0.6), "egfr": ("creatinine", -0.95), "a1c": ("glucose", 0.8),
    "neutrophils": ("wbc", 0.8), "bilirubin_direct": ("bilirubin", 0.8), "inr": ("pt", 0.97),
    "esr": ("crp", 0.6), "bicarbonate": ("co2", 0.95), "ft4": ("tsh", -0.5),
}  # fmt: skip
_MOST = 4.0  # standard deviations of what is drawn; shifts come on top


@dataclass(frozen=True)
class Patient:
    """What a value depends on, one entry a row; ``patient`` numbers draw what lasts."""

    people: People
    chronic: Conditions
    episodes: Episodes
    patient: Ints
    when: Ints


@dataclass(frozen=True)
class Measures:
    """Tests and signs, compiled for drawing."""

    knowledge: Knowledge

    @cached_property
    def labs(self) -> tuple[Lab, ...]:
        return tuple(self.knowledge.labs.values())

    @cached_property
    def vitals(self) -> tuple[Vital, ...]:
        return tuple(self.knowledge.vitals.values())

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(self.knowledge.conditions.values())

    # Which tests ---------------------------------------------------------------------------------

    @cached_property
    def panels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(lab.panel for lab in self.labs))

    @cached_property
    def _tests(self) -> tuple[Ints, Ints]:
        """The tests of each panel (panels, most), -1 behind the last, and how many."""
        of = [[n for n, lab in enumerate(self.labs) if lab.panel == p] for p in self.panels]
        while any(len(of) % n == 0 for n in range(2, len(of))):
            of.append([])
        most = max(map(len, of))
        rows = np.asarray([o + [-1] * (most - len(o)) for o in of], np.int64)
        return rows, np.asarray([len(o) for o in of], np.int64)

    @cached_property
    def _ordered(self) -> Choices:
        """Panels by condition: those of the tests that it moves, and those that everybody gets."""
        weights = np.zeros((len(self.conditions), len(self.panels)))
        usual = {"metabolic": 3.0, "blood count": 3.0, "lipids": 0.5, "urine": 0.4, "liver": 0.5}
        for place, panel in enumerate(self.panels):
            weights[:, place] = usual.get(panel, 0.0)
        for number, condition in enumerate(self.conditions):
            for name, shift in condition.profile.labs:
                place = self.panels.index(self.knowledge.labs[name].panel)
                weights[number, place] += min(abs(shift) / MILLI, 3.0)
        return Choices(weights)

    def test(self, patient: Patient, event: Ints, place: Ints, draw: Draw) -> Ints:
        """The test at a place of an order: the tests of its panel in turn, then those of the other
        panels one after the other, so that no test comes twice."""
        tests, sizes = self._tests
        number = patient.episodes.number * 64 + event % 64
        panel = self._ordered.draw(patient.episodes.condition, draw("panel", number, 0))
        # The number of panels is made prime by empty ones: any step then meets each of them once.
        step = 1 + below(draw("panel", number, 1), len(sizes) - 1)
        found = np.full(len(place), -1, np.int64)
        left = place % len(self.labs)
        for _ in range(len(sizes)):
            open_ = np.flatnonzero(found < 0)
            if not len(open_):
                break
            here = left[open_] < sizes[panel[open_]]
            column = np.minimum(left[open_], tests.shape[1] - 1)
            found[open_] = np.where(here, tests[panel[open_], column], -1)
            left[open_] -= np.where(here, 0, sizes[panel[open_]])
            panel[open_] = (panel[open_] + step[open_]) % len(sizes)
        return found

    # Values --------------------------------------------------------------------------------------

    @cached_property
    def _lab_ranges(self) -> npt.NDArray[np.int64]:
        """(low, high, middle, spread) of each test by sex and age: (4, labs, 2, 121)."""
        return np.stack([_by_age((lab.adult, *lab.ranges)) for lab in self.labs], axis=1)

    @cached_property
    def _vital_ranges(self) -> npt.NDArray[np.int64]:
        return np.stack([_by_age(vital.ranges) for vital in self.vitals], axis=1)

    @cached_property
    def _lab_shifts(self) -> Floats:
        return _shifts([c.profile.labs for c in self.conditions], [lab.name for lab in self.labs])

    @cached_property
    def _vital_shifts(self) -> Floats:
        return _shifts([c.profile.vitals for c in self.conditions], [v.name for v in self.vitals])

    def lab_range(self, patient: Patient, lab: Ints) -> tuple[Ints, Ints]:
        """Low and high of the reference range for the patient's sex and age."""
        sex, age = _place(patient)
        return self._lab_ranges[0, lab, sex, age], self._lab_ranges[1, lab, sex, age]

    def vital_range(self, patient: Patient, vital: Ints) -> tuple[Ints, Ints]:
        """The same of vital signs."""
        sex, age = _place(patient)
        return self._vital_ranges[0, vital, sex, age], self._vital_ranges[1, vital, sex, age]

    def critical(self, lab: Ints) -> tuple[Ints, Ints]:
        """Critical limits, beyond anything where there are none."""
        far = 1 << 60
        low = [-far if x.critical[0] is None else x.critical[0] for x in self.labs]
        high = [far if x.critical[1] is None else x.critical[1] for x in self.labs]
        return np.asarray(low)[lab], np.asarray(high)[lab]

    def decimals(self, lab: Ints) -> Ints:
        return np.asarray([x.decimals for x in self.labs], np.int64)[lab]

    def lab_value(self, patient: Patient, lab: Ints, event: Ints, draw: Draw) -> Ints:
        """The value of each row's test, rounded to its decimals."""
        sex, age = _place(patient)
        middle = self._lab_ranges[2, lab, sex, age] / VALUE
        spread = self._lab_ranges[3, lab, sex, age] / VALUE
        away = self._deviation(patient, lab, event, draw)
        away = np.clip(away, -_MOST, _MOST) + self._shift(self._lab_shifts, patient, lab)
        bent = np.asarray([x.lognormal for x in self.labs])[lab]
        value = np.where(bent, middle * exponential(spread * away), middle + spread * away)
        least = np.asarray([1 / 10**x.decimals for x in self.labs])[lab]
        percent = np.asarray([x.unit == "%" for x in self.labs])[lab]
        value = np.maximum(value, np.where(self._lab_ranges[0, lab, sex, age] < 0, value, least))
        value = np.where(percent, np.minimum(value, 100.0), value)
        return rounded(value, self.decimals(lab))

    @cached_property
    def _partner(self) -> tuple[Ints, Floats]:
        names = [lab.name for lab in self.labs]
        partner, strength = np.arange(len(names)), np.zeros(len(names))
        for name, (other, part) in _WITH.items():
            if name in names and other in names:
                partner[names.index(name)] = names.index(other)
                strength[names.index(name)] = part
        return partner, strength

    def _deviation(self, patient: Patient, lab: Ints, event: Ints, draw: Draw) -> Floats:
        partner, strength = self._partner
        own = self._drawn(patient, lab, event, draw)
        part = strength[lab]
        linked = np.flatnonzero(part != 0)
        if len(linked):
            other = self._drawn(_rows(patient, linked), partner[lab[linked]], event[linked], draw)
            rest = np.sqrt(1 - part[linked] ** 2)
            own[linked] = part[linked] * other + rest * own[linked]
        return own

    def _drawn(self, patient: Patient, lab: Ints, event: Ints, draw: Draw) -> Floats:
        panel = np.asarray([self.panels.index(x.panel) for x in self.labs], np.int64)[lab]
        occasion = patient.episodes.number * 64 + event % 64
        return (
            _TRAIT * normal(draw("lab trait", patient.patient * 256 + lab, 0))
            + _PANEL * normal(draw("lab panel", occasion * 64 + panel, 0))
            + _OWN * normal(draw("lab value", occasion * 256 + lab, 0))
        )

    def _shift(self, shifts: Floats, patient: Patient, which: Ints | int) -> Floats:
        """What the main condition shifts, and the strongest of the chronic ones by half."""
        main = patient.episodes.condition
        found: Floats = shifts[main, which] + self._lasting(shifts, patient, which, main) / 2
        return found

    def _lasting(
        self, shifts: Floats, patient: Patient, which: Ints | int, but: Ints | None = None
    ) -> Floats:
        """The strongest shift of the patient's chronic conditions, leaving one out; of
        one measure, or of each row's."""
        row, condition = patient.chronic.flat
        shift = (
            shifts[:, which][condition] if isinstance(which, int) else shifts[condition, which[row]]
        )
        moved = np.flatnonzero(shift)
        row, condition, shift = row[moved], condition[moved], shift[moved]
        if but is not None:
            other = condition != but[row]
            row, shift = row[other], shift[other]
        most = np.zeros(len(patient.patient))
        # Written over one another the weakest first, and of equals the last.
        order = np.argsort(np.abs(shift[::-1]), kind="stable")
        most[row[::-1][order]] = shift[::-1][order]
        return most

    # Vital signs ---------------------------------------------------------------------------------

    def vital(self, patient: Patient, name: str, event: Ints, draw: Draw) -> Ints:
        """A vital sign in 1/10000 of its unit, rounded to its decimals."""
        number = [v.name for v in self.vitals].index(name)
        decimals = np.full(len(event), self.vitals[number].decimals, np.int64)
        if name == "height":
            return rounded(self._grown(patient, "height", draw), decimals)
        if name == "weight":
            return rounded(self._weight(patient, event, draw), decimals)
        if name == "bmi":
            height = self.vital(patient, "height", event, draw) / VALUE / 100
            weight = self.vital(patient, "weight", event, draw) / VALUE
            return rounded(weight / (height * height), decimals)
        value = self._sign(patient, number, event, draw)
        if name == "diastolic":
            upper = self.vital(patient, "systolic", event, draw) / VALUE
            value = np.minimum(value, upper * 0.8)
            value = np.maximum(value, upper * 0.42)
        if name == "oxygen":
            value = np.clip(value, 70.0, 100.0)
        if name == "pain":
            value = np.clip(value, 0.0, 10.0)
        return rounded(np.maximum(value, 0.0), decimals)

    def _sign(self, patient: Patient, number: int, event: Ints, draw: Draw) -> Floats:
        name = self.vitals[number].name
        sex, age = _place(patient)
        _, _, middle, spread = (r[sex, age] / VALUE for r in self._vital_ranges[:, number])
        shared = "pressure" if name in ("systolic", "diastolic") else name
        occasion = patient.episodes.number * 64 + event % 64
        away = (
            0.65 * normal(draw(f"{shared} trait", patient.patient, 0))
            + 0.5 * normal(draw(f"{shared} occasion", occasion, 0))
            + 0.55 * normal(draw(f"{name} value", occasion, 0))
        )
        away = away + self._shift(self._vital_shifts, patient, number)
        value: Floats = middle + spread * np.clip(away, -5.0, 7.0)
        return value

    def _grown(self, patient: Patient, name: str, draw: Draw) -> Floats:
        """A measure of the body at its age in months, on the patient's own percentile."""
        number = [v.name for v in self.vitals].index(name)
        middle, spread = self._growth[name]
        months = np.clip(
            (patient.when - patient.people.born) // DAY * 12 * 100 // 36525, 0, _MONTHS - 1
        )
        sex = patient.people.female.astype(np.int64)
        away = normal(draw(f"{name} trait", patient.patient, 0))
        value: Floats
        if name == "height":
            value = middle[sex, months] + spread[sex, months] * 0.95 * away
            return value
        shift = self._lasting(self._vital_shifts, patient, number)
        value = middle[sex, months] + spread[sex, months] * np.clip(0.95 * away + shift, -2.2, 4.0)
        return value

    def _weight(self, patient: Patient, event: Ints, draw: Draw) -> Floats:
        """From height and body mass, with the ups and downs of each visit."""
        height = self.vital(patient, "height", event, draw) / VALUE / 100
        mass = self._grown(patient, "bmi", draw)
        sway = 1 + 0.012 * normal(draw("weight occasion", patient.episodes.number, 0))
        return np.maximum(mass, 10.5) * height * height * sway

    @cached_property
    def _growth(self) -> dict[str, tuple[Floats, Floats]]:
        """Middle and spread of height and body mass by sex and month: between the middles of the
        knowledge's bands of age for those who grow, and from the size at birth on."""
        born = {"height": 50.0, "bmi": 13.2}
        found = {}
        for name, first in born.items():
            vital = self.knowledge.vitals[name]
            rows = [_by_month(vital.ranges, sex, first) for sex in ("M", "F")]
            found[name] = (np.stack([m for m, _ in rows]), np.stack([s for _, s in rows]))
        return found


def rounded(value: Floats, decimals: Ints) -> Ints:
    """Values as integers of 1/10000, rounded to each one's decimals."""
    step = np.asarray([10_000, 1_000, 100, 10, 1], np.int64)[decimals]
    return (np.floor(value * VALUE / step + 0.5)).astype(np.int64) * step


def _rows(patient: Patient, index: Ints) -> Patient:
    return Patient(
        patient.people.take(index),
        patient.chronic.take(index),
        patient.episodes.take(index),
        patient.patient[index],
        patient.when[index],
    )


def _place(patient: Patient) -> tuple[Ints, Ints]:
    age = np.minimum(patient.people.age(patient.when), _OLDEST - 1)
    return patient.people.female.astype(np.int64), age


def _by_age(ranges: Sequence[Range]) -> npt.NDArray[np.int64]:
    """(low, high, middle, spread) by sex and age, later ranges over earlier ones: (4, 2, 121)."""
    out = np.zeros((4, 2, _OLDEST), np.int64)
    for each in ranges:
        for sex in (0, 1) if not each.sex else ("MF".index(each.sex),):
            first, last = each.ages
            figures = (each.low, each.high, each.middle, each.spread)
            out[:, sex, first : last + 1] = np.asarray(figures)[:, None]
    return out


def _by_month(ranges: Sequence[Range], sex: str, first: float) -> tuple[Floats, Floats]:
    """Middles and spreads along the months, straight between the middles of bands under 20."""
    mine = [r for r in ranges if r.sex in ("", sex)]
    knots = [(0.0, first, mine[0].spread / VALUE / 3)]
    for each in mine:
        low, high = each.ages[0] * 12, (each.ages[1] + 1) * 12
        middle, spread = each.middle / VALUE, each.spread / VALUE
        if each.ages[1] < 18:
            # The spread of a band of children is mostly growth: what is left at one age is less.
            knots.append(((low + high) / 2, middle, min(spread, middle * 0.05)))
        else:
            knots += [(18 * 12, middle, spread)] if each.ages[0] <= 18 else []
            knots.append(((low + high) / 2, middle, spread))
    month = np.arange(_MONTHS, dtype=np.float64)
    middle_line, spread_line = np.empty(_MONTHS), np.empty(_MONTHS)
    for (a, x, s), (b, y, t) in itertools.pairwise(knots):
        here = (month >= a) & (month <= b)
        part = (month[here] - a) / max(b - a, 1.0)
        middle_line[here] = x + (y - x) * part
        spread_line[here] = s + (t - s) * part
    after = month > knots[-1][0]
    middle_line[after], spread_line[after] = knots[-1][1], knots[-1][2]
    return middle_line, spread_line


def _shifts(pairs: Sequence[tuple[tuple[str, int], ...]], names: Sequence[str]) -> Floats:
    """Shifts in standard deviations: (conditions, measures)."""
    out = np.zeros((len(pairs), len(names)))
    for number, mine in enumerate(pairs):
        for name, shift in mine:
            out[number, names.index(name)] = shift / MILLI
    return out


def flags(value: Ints, low: Ints, high: Ints, least: Ints, most: Ints) -> Ints:
    """0 normal, 1 low, 2 high, 3 critically low, 4 critically high."""
    below_, above = value < low, value > high
    found = below_ * 1 + above * 2 + (below_ & (value <= least)) * 2 + (above & (value >= most)) * 2
    return np.asarray(found, np.int64)
