"""How often a condition is met in whom, as tables over cells of the population.

A cell is an age band, a sex, a race, an origin and a region. A chronic condition is there or not:
a Poisson process whose mean is ``rate(p)`` hits it at least once with probability p, so that a
patient's conditions are a count and as many draws, and not a draw for each of hundreds. Members of
one family (the stages of a disease) exclude one another: the family is hit, and its first hit says
which. A comorbidity multiplies the mean in those who have its cause: the rest of the population
then has that much less, so that the share of all stays what the knowledge says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seeder.clinical.chance import Bools, Choices, Counts, Floats, exponential, rate
from seeder.clinical.chapters import is_newborn, is_pregnancy
from seeder.clinical.model import AGE_BANDS, MILLI, MILLION, Condition, Knowledge, Population
from seeder.clinical.population import REGIONS, People
from seeder.generate.stream import Ints

# First years of the bands of cells: those of the knowledge, divided where children differ.
STARTS = (0, 1, 5, 12, 18, 30, 45, 65, 80)
BANDS = len(STARTS)
QUARTERS = 4
_OLDEST = 110


@dataclass(frozen=True)
class Cells:
    """The cells of a population, and who is in which. ``actual``: another one than that of the
    knowledge, whose rates stay what they are for each part of it."""

    knowledge: Knowledge
    actual: Population | None = None

    @property
    def races(self) -> int:
        return len(self.knowledge.population.races)

    @property
    def size(self) -> int:
        return BANDS * 2 * self.races * 2 * len(REGIONS)

    @cached_property
    def axes(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Age band, sex, race, origin and region of each cell."""
        shape = (BANDS, 2, self.races, 2, len(REGIONS))
        grid = np.indices(shape).reshape(5, -1).astype(np.int64)
        return grid[0], grid[1], grid[2], grid[3], grid[4]

    def of(self, people: People, regions: Ints, years: Ints) -> Ints:
        """The cell of each patient at an age in whole years; ``regions``: of each state."""
        band = np.searchsorted(np.asarray(STARTS), np.maximum(years, 0), "right") - 1
        cell = (band * 2 + people.female) * self.races + people.race
        return (cell * 2 + people.hispanic) * len(REGIONS) + regions[people.state]

    @cached_property
    def _living(self) -> Floats:
        """Weights of bands and sexes of the knowledge's population."""
        return _living(self.knowledge.population)

    @cached_property
    def weights(self) -> Floats:
        """The share of the population in each cell; shares of age and sex, race and region are
        independent of one another."""
        return self._known if self.actual is None else self._weights(self.actual)

    @cached_property
    def _known(self) -> Floats:
        return self._weights(self.knowledge.population)

    def _weights(self, population: Population) -> Floats:
        band, sex, race, hispanic, region = self.axes
        people = _living(population).reshape(-1, 2)
        races = np.asarray([r.weight for r in population.races], np.float64)
        origin = np.asarray([r.hispanic for r in population.races], np.float64) / MILLION
        places = np.zeros(len(REGIONS))
        for _, name, weight in population.regions:
            places[REGIONS.index(name)] += weight
        found: Floats = people[band, sex] / people.sum()
        found = found * races[race] / races.sum()
        found = found * np.where(hispanic == 1, origin[race], 1 - origin[race])
        return np.asarray(found * places[region] / places.sum(), np.float64)

    def base(self, condition: Condition) -> Floats:
        """Rates of a condition by cell, per person: of people who have it, or of new ones a year.

        The knowledge has the rate of everybody of an age; ratios of sexes and races divide it up.
        """
        band, sex, race, hispanic, _ = self.axes
        of_age = self._by_band(condition)[band]
        by_sex = np.asarray(
            [0.0, 1.0] if condition.sex == "F" else [1.0, 0.0] if condition.sex == "M"
            else [1.0, condition.female / MILLI]
        )[sex]  # fmt: skip
        names = [r.name for r in self.knowledge.population.races]
        factors = np.ones(len(names))
        origin = 1.0
        for name, factor in condition.race:
            if name == "hispanic":
                origin = factor / MILLI
            else:
                factors[names.index(name)] = factor / MILLI
        ratio = by_sex * factors[race] * np.where(hispanic == 1, origin, 1.0)
        mean = np.zeros(BANDS)
        for number in range(BANDS):
            mine = band == number
            mean[number] = (ratio[mine] * self._known[mine]).sum() / self._known[mine].sum()
        return of_age * ratio / mean[band]

    def _by_band(self, condition: Condition) -> Floats:
        """The rate in each band of cells. Where a condition is met in a part of a band of the
        knowledge only, that part has all of it."""
        least, most = self.knowledge.limits.get(condition.code, (0, _OLDEST))
        ends = (*(s - 1 for s in STARTS[1:]), _OLDEST)
        living = self._living.sum(axis=1)
        inside = np.asarray(
            [
                max(0, min(b, most) - max(a, least) + 1) / (b - a + 1)
                for a, b in zip(STARTS, ends, strict=True)
            ]
        )
        found = np.zeros(BANDS)
        for (low, high), rate_ in zip(AGE_BANDS, condition.rates, strict=True):
            mine = np.asarray([low <= s <= high for s in STARTS])
            open_ = mine & (inside > 0.5)
            if not open_.any():
                open_ = mine & (inside == inside[mine].max())
            found[open_] = rate_ / MILLION * living[mine].sum() / living[open_].sum()
        return np.minimum(found, 0.95) if condition.chronic else found


@dataclass(frozen=True)
class Extra:
    """What people who have a group get more of: local choices among ``members``."""

    group: int
    members: Ints
    choices: Choices
    counts: Counts | None


@dataclass(frozen=True)
class Rates:
    """Rates of all conditions, compiled for drawing. ``table`` has shape (cells, conditions):
    the share of people who have a chronic condition, new episodes a year of an acute one."""

    cells: Cells
    conditions: tuple[Condition, ...]
    groups: tuple[str, ...]
    group: Ints
    family: Ints
    chronic: Bools
    table: Floats
    order: tuple[tuple[str, bool], ...]
    counted: Bools

    @classmethod
    def compile(
        cls, cells: Cells, adjusted: Floats | None = None, counted: Sequence[int] = ()
    ) -> Rates:
        """``adjusted`` replaces the table of the knowledge, where the user wants other rates;
        ``counted`` are conditions of cohorts, which are never noted in passing."""
        knowledge = cells.knowledge
        conditions = tuple(knowledge.conditions.values())
        groups = tuple(knowledge.groups)
        families: dict[str, int] = {}
        family = [families.setdefault(knowledge.family(c.code), len(families)) for c in conditions]
        table = adjusted if adjusted is not None else plain(cells, conditions)
        return cls(
            cells,
            conditions,
            groups,
            np.asarray([groups.index(c.group) for c in conditions], np.int64),
            np.asarray(family, np.int64),
            np.asarray([c.chronic for c in conditions]),
            table,
            knowledge.order,
            np.isin(np.arange(len(conditions)), np.asarray(counted, np.int64)),
        )

    @cached_property
    def means(self) -> Floats:
        """The means of the processes behind chronic conditions, before comorbidity is shared out:
        of a family's mean each member has its share."""
        found = np.where(self.chronic, self.table, 0.0)
        for number in np.unique(self.family[self.chronic]).tolist():
            members = np.flatnonzero(self.chronic & (self.family == number))
            total = found[:, members].sum(axis=1)
            factor = rate(total) / np.where(total > 0, total, 1)
            found[:, members] *= factor[:, None]
        return found

    @cached_property
    def having(self) -> Floats:
        """The share of each cell that a chronic condition of each group hits."""
        found = np.zeros((self.cells.size, len(self.groups)))
        for number in range(len(self.groups)):
            members = np.flatnonzero(self.chronic & (self.group == number))
            found[:, number] = 1 - exponential(-self.means[:, members].sum(axis=1))
        return found

    @cached_property
    def factors(self) -> dict[int, list[tuple[int, float]]]:
        """By group: the conditions that people who have it get more of, and how much more."""
        found: dict[int, list[tuple[int, float]]] = {}
        for number, condition in enumerate(self.conditions):
            for name, factor in condition.comorbidity:
                found.setdefault(self.groups.index(name), []).append((number, factor / MILLI - 1))
        return found

    @cached_property
    def shared(self) -> Floats:
        """Means (of chronic) and rates (of acute conditions) in people without any cause."""
        causes: dict[int, list[tuple[int, float]]] = {}
        for cause, members in self.factors.items():
            for member, factor in members:
                causes.setdefault(member, []).append((cause, factor))
        found = np.where(self.chronic, self.means, self.table)
        for member, mine in causes.items():
            found[:, member] = self._without(found[:, member], mine, bool(self.chronic[member]))
        return found

    def _without(self, mean: Floats, causes: list[tuple[int, float]], counted: bool) -> Floats:
        """The mean in people without the causes, so that the mean of all comes out: of those who
        have it at least once where it is ``counted`` as there or not, else of episodes."""
        more = np.ones_like(mean)
        for cause, factor in causes:
            more += factor * self.having[:, cause]
        base = mean / more
        for _ in range(8 if counted else 0):
            spared = exponential(-base)
            for cause, factor in causes:
                has = self.having[:, cause]
                spared = spared * (1 - has + has * exponential(-base * factor))
            base = base * mean / np.where(mean > 0, np.maximum(rate(1 - spared), 1e-12), 1)
        return base

    @cached_property
    def newborn(self) -> Bools:
        """Conditions of the first weeks, which belong to nobody older."""
        return np.asarray([is_newborn(c.code) for c in self.conditions])

    @cached_property
    def pregnancy(self) -> Bools:
        return np.asarray([is_pregnancy(c.code) for c in self.conditions])

    @cached_property
    def illness(self) -> Bools:
        """What ails somebody, and not an examination, a status or a past."""
        return np.asarray([c.code[0] != "Z" for c in self.conditions])

    @cached_property
    def fitting(self) -> tuple[Ints, Ints]:
        """By cell: all conditions, those first that somebody in it may have, and how many those
        are. The first weeks' and pregnancy's stay behind: they are not noted in passing."""
        passing = ~self.newborn & ~self.pregnancy & ~self.counted
        fits = (self.table > 0) & passing
        order = np.argsort(~fits, axis=1, kind="stable").astype(np.int64)
        return order, fits.sum(axis=1).astype(np.int64)

    @cached_property
    def contacts(self) -> Floats:
        """Visits a year that each chronic condition leads to."""
        known = [self.cells.knowledge.contacts[c.code] for c in self.conditions]
        return np.asarray([0.0 if c.secondary else c.visits / MILLI for c in known])

    @cached_property
    def main(self) -> Bools:
        """Conditions that a visit may be about."""
        known = self.cells.knowledge.contacts
        return np.asarray([not known[c.code].secondary for c in self.conditions])

    @cached_property
    def seasons(self) -> Floats:
        """A factor of each condition's rate by quarter: shape (quarters, conditions)."""
        known = [self.cells.knowledge.seasons[c.code] for c in self.conditions]
        return np.asarray(known, np.float64).T / MILLI

    @cached_property
    def base(self) -> tuple[Choices, Counts]:
        """Chronic conditions that have no cause: which, and how many."""
        weights = np.where(self.chronic, self.shared, 0.0)
        choices = Choices(weights)
        return choices, Counts(choices.total)

    @cached_property
    def extras(self) -> tuple[Extra, ...]:
        """Chronic conditions that come with others, causes first."""
        return tuple(e for e in map(self._extra_chronic, self._causes) if len(e.members))

    @cached_property
    def _causes(self) -> list[int]:
        ordered = [self.groups.index(g) for g, chronic in self.order if chronic]
        return [g for g in dict.fromkeys(ordered) if g in self.factors]

    def _extra(self, cause: int, wanted: Bools, counted: bool) -> Extra:
        mine = [(m, f) for m, f in self.factors[cause] if wanted[m]]
        members = np.asarray([m for m, _ in mine], np.int64)
        more = np.asarray([f for _, f in mine], np.float64)
        choices = Choices(self.shared[:, members] * more)
        return Extra(cause, members, choices, Counts(choices.total) if counted else None)

    def _extra_chronic(self, cause: int) -> Extra:
        return self._extra(cause, self.chronic, True)

    @cached_property
    def _early(self) -> Bools:
        """Groups that only newborns have: what comes with others is for older patients too."""
        return np.asarray(
            [bool(self.newborn[self.group == n].all()) for n in range(len(self.groups))]
        )

    @cached_property
    def limits(self) -> tuple[Ints, Ints]:
        """The first and last year of age at which each condition is met."""
        known = self.cells.knowledge.limits
        ages = [known.get(c.code, (0, _OLDEST)) for c in self.conditions]
        return np.asarray([a for a, _ in ages]), np.asarray([b for _, b in ages])

    def examination(self, years: Ints) -> Ints:
        """The code of a routine examination at an age in years."""
        codes = [c.code for c in self.conditions]
        return np.where(years >= 18, codes.index("Z00.00"), codes.index("Z00.129"))

    def plausible(self, condition: Ints, years: Ints) -> Ints:
        """The condition, or where the age is beyond its limits an examination of that age."""
        first, last = (limit[condition] for limit in self.limits)
        fits = (years >= first) & (years <= last) | (condition < 0)
        return np.where(fits, condition, self.examination(years))

    @cached_property
    def complications(self) -> tuple[Extra, ...]:
        """Acute conditions that come with others; those of a pregnancy come with it."""
        return tuple(
            e
            for cause in sorted(self.factors)
            for e in [
                self._extra(
                    cause,
                    ~self.chronic
                    & ~self.counted
                    & ~self.pregnancy
                    & (self._early[cause] | ~self.newborn),
                    False,
                )
            ]
            if len(e.members)
        )


def _living(population: Population) -> Floats:
    """Weights of bands and sexes, from the pyramid's years."""
    found = np.zeros((BANDS, 2))
    for aged in population.pyramid:
        low, high = aged.ages
        years = np.arange(low, high + 1)
        band = np.searchsorted(np.asarray(STARTS), years, "right") - 1
        for number in band.tolist():
            found[number] += [n / len(years) for _, n in aged.figures]
    return found


def plain(cells: Cells, conditions: Sequence[Condition]) -> Floats:
    """The rates of the knowledge: shape (cells, conditions)."""
    return np.stack([cells.base(c) for c in conditions], axis=1)
