"""Who a patient is: sex, birth, death, race, origin, language, state, by the patient's number.

Everything about a patient is a fixed number of words of its number, so that any table that leads to
the patient can ask again instead of looking up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from seeder.clinical.chance import Bools, Choices, Draw, Floats, share
from seeder.clinical.model import MILLION, Aged, Population
from seeder.generate.stream import Ints, Words, chance

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE
YEAR = 365 * DAY + DAY // 4
WINDOW_YEARS = 5  # what a database has seen of a life; see spans.WINDOW
REGIONS = ("northeast", "midwest", "south", "west")
FEMALE = 1
# Of those who die, about so many die as inpatients: the others at home, in nursing homes, hospices.
_STEPS = 1000  # places in the open band at which survival is looked up
IN_HOSPITAL = 0.35
_OLDEST = 111


# Sixteen patients in a row live in twelve households: an estimate of how many of a hospital's
# patients have another one at home.
_HOUSEHOLDS = np.array([0, 1, 2, 2, 3, 4, 5, 6, 6, 6, 7, 8, 9, 10, 11, 11], np.int64)


def household(patients: Ints) -> Ints:
    """The number of each patient's household."""
    number: Ints = patients // 16 * 16 + _HOUSEHOLDS[patients & 15]
    return number


@dataclass(frozen=True)
class People:
    """Patients, one entry each. ``race``, ``language`` and ``state`` are places in the lists of the
    population; times are microseconds since 1970. ``last`` says who dies in a hospital."""

    female: Bools
    race: Ints
    hispanic: Bools
    language: Ints
    state: Ints
    born: Ints
    died_at: Ints
    died: Bools
    last: Bools

    def take(self, index: Ints) -> People:
        return People(*(getattr(self, name)[index] for name in self.__dataclass_fields__))

    def age(self, when: Ints) -> Ints:
        """Whole years at a moment, never below 0."""
        years: Ints = np.maximum(when - self.born, 0) // YEAR
        return years


@dataclass(frozen=True)
class Demography:
    """A population, compiled for drawing. ``regions`` is the region of each state."""

    population: Population
    _tables: dict[str, Choices] = field(default_factory=dict, compare=False)

    def _choices(self, name: str, rows: Sequence[Sequence[int]]) -> Choices:
        if name not in self._tables:
            self._tables[name] = Choices(np.asarray(rows, np.float64))
        return self._tables[name]

    @cached_property
    def regions(self) -> Ints:
        return np.asarray([REGIONS.index(r) for _, r, _ in self.population.regions], np.int64)

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(state for state, _, _ in self.population.regions)

    @cached_property
    def bands(self) -> tuple[Ints, Ints]:
        """First and last year of each band of the pyramid."""
        ages = [a.ages for a in self.population.pyramid]
        return np.asarray([a for a, _ in ages]), np.asarray([b for _, b in ages])

    def draw(self, numbers: Ints, reference: int, draw: Draw, seen: int | None = None) -> People:
        """The patients of these numbers, as known at the reference date (microseconds), of whom the
        database has seen the last ``seen`` microseconds."""
        band, female = self._band(draw("age", numbers, 0))
        low, high = (b[band] for b in self.bands)
        part = share(draw("age", numbers, 1))
        # The last band is open: every further year has fewer people.
        part = np.where(high == _OLDEST - 1, part * part * part, part)
        days = low * 365 + low // 4 + (part * ((high - low + 1) * 365)).astype(np.int64)
        born = (reference // DAY - 1 - days) * DAY
        race, hispanic = self._race(draw("race", numbers, 0), draw("race", numbers, 1))
        died_at, died = self._death(
            born, female, reference, draw("death", numbers, 0), seen or WINDOW_YEARS * YEAR
        )
        return People(
            female,
            race,
            hispanic,
            self._language(race, hispanic, draw("language", numbers, 0)),
            self._state(draw("state", household(numbers), 0)),
            born,
            died_at,
            died,
            died & chance(draw("death", numbers, 1), IN_HOSPITAL),
        )

    def _band(self, word: Words) -> tuple[Ints, Bools]:
        cell = self._born.draw(np.zeros(len(word), np.int64), word)
        return cell // 2, cell % 2 == FEMALE  # figures stand in the order male, female

    @cached_property
    def _born(self) -> Choices:
        """Choices among bands and sexes. The pyramid counts the living: for those who have died
        since the database began, as many more are drawn."""
        weights = np.asarray([[n for _, n in a.figures] for a in self.population.pyramid])
        return Choices((weights / self._left).reshape(1, -1))

    @cached_property
    def _left(self) -> Floats:
        """The share of each band and sex that is alive at the reference date, of those who would
        be of that age by then: shape (bands, 2)."""
        yearly = self._yearly.reshape(2, _OLDEST)
        ages = np.arange(_OLDEST)
        alive = np.ones((2, _OLDEST))
        for back in range(WINDOW_YEARS, 0, -1):
            # Half of those of an age were a year older than they were so many years before.
            then = np.maximum(ages - back, 0)
            risk = (yearly[:, then] + yearly[:, then + (ages >= back)]) / 2
            alive = alive * (1 - risk * (ages >= back))
        low, high = self.bands
        found = np.stack([alive[:, a : b + 1].mean(axis=1) for a, b in zip(low, high, strict=True)])
        part = (np.arange(_STEPS) + 0.5) / _STEPS
        years = low[-1] + (part * part * part * (high[-1] - low[-1] + 1)).astype(np.int64)
        found[-1] = alive[:, years].mean(axis=1)
        return found

    def _race(self, word: Words, other: Words) -> tuple[Ints, Bools]:
        races = self.population.races
        drawn = self._choices("race", [[r.weight for r in races]])
        race = drawn.draw(np.zeros(len(word), np.int64), word)
        origin = np.asarray([r.hispanic for r in races], np.float64) / MILLION
        return race, share(other) < origin[race]

    @cached_property
    def languages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for _, code, _ in self.population.languages))

    def _language(self, race: Ints, hispanic: Bools, word: Words) -> Ints:
        names = [*(r.name for r in self.population.races), "hispanic"]
        weights = [[0] * len(self.languages) for _ in names]
        for name, code, weight in self.population.languages:
            weights[names.index(name)][self.languages.index(code)] += weight
        group = np.where(hispanic, len(names) - 1, race)
        return self._choices("language", weights).draw(group, word)

    def _state(self, word: Words) -> Ints:
        weights = [[w for _, _, w in self.population.regions]]
        return self._choices("state", weights).draw(np.zeros(len(word), np.int64), word)

    @cached_property
    def _yearly(self) -> Floats:
        """The probability of dying within a year, by age and sex: shape (2 * 111,)."""
        return _by_age(self.population.mortality, ("male", "female")).T.ravel() / MILLION

    def _death(
        self, born: Ints, female: Bools, reference: int, word: Words, seen: int
    ) -> tuple[Ints, Bools]:
        """Whether and when a patient died in the years that the database has seen."""
        spot = share(word)
        died_at = np.full(len(born), reference)
        alive = np.ones(len(born))
        first = np.maximum(born, reference - seen)
        for back in range(-(-seen // YEAR), 0, -1):
            start = reference - back * YEAR
            lived = np.maximum(start + YEAR - np.maximum(first, start), 0) / YEAR
            age = np.clip((start - born) // YEAR, 0, _OLDEST - 1)
            risk = self._yearly[female * _OLDEST + age] * lived
            dies = (died_at == reference) & (1 - alive <= spot) & (spot < 1 - alive * (1 - risk))
            # Where in the year: what is left of the share, spread over the part that was lived.
            part = (spot - (1 - alive)) / np.where(risk > 0, alive * risk, 1)
            moment = start + YEAR - ((1 - part) * lived * YEAR).astype(np.int64)
            died_at = np.where(dies, np.maximum(moment // MINUTE * MINUTE, born + MINUTE), died_at)
            alive = alive * (1 - risk)
        died = died_at < reference
        return np.where(died, died_at, reference), died

    def marital(self, people: People, when: Ints, word: Words) -> Ints:
        """never married, married, separated, divorced or widowed, at a moment."""
        rows = self.population.marital
        return self._aged("marital", rows, people.age(when), people.female, word)

    def insurance(self, people: People, when: Ints, word: Words) -> Ints:
        """A place among the kinds of insurance of the population's file, at a moment."""
        rows = self.population.insurance
        return self._aged("insurance", rows, people.age(when), people.female, word)

    def _aged(self, name: str, rows: Sequence[Aged], age: Ints, female: Bools, word: Words) -> Ints:
        if name not in self._tables:
            names = [n for n, _ in rows[0].figures]
            by_sex = [
                np.stack(
                    [_by_age([r for r in rows if r.sex in ("", sex)], (n,))[:, 0] for n in names]
                )
                for sex in ("M", "F")
            ]
            self._tables[name] = Choices(np.concatenate([b.T for b in by_sex]))
        kind = female * _OLDEST + np.minimum(age, _OLDEST - 1)
        return self._tables[name].draw(kind, word)


def _by_age(rows: Sequence[Aged], names: Sequence[str]) -> Floats:
    """Figures by single years of age: shape (111, names)."""
    out = np.zeros((_OLDEST, len(names)))
    for row in rows:
        figures = dict(row.figures)
        for place, name in enumerate(names):
            out[row.ages[0] : row.ages[1] + 1, place] = figures[name]
    return out
