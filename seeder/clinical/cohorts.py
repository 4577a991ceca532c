"""Cohorts: exactly so many patients of a description with a condition, whatever chance would give.

A patient's number has a rank by a keyed permutation of all patients; the first ranks belong to the
cohorts, one after the other. Members are made to fit the description and have the condition in
their first visit; of the others nobody who fits it has that condition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from seeder.clinical.chance import Bools, Draw, share
from seeder.clinical.conditions import Conditions
from seeder.clinical.population import DAY, YEAR, Demography, People
from seeder.clinical.rates import Rates
from seeder.clinical.schedule import Planned, Schedule, Stretch, comes, planned
from seeder.generate.calendar import Calendar
from seeder.generate.stream import Ints, below

_HISPANIC = "hispanic"
When = Callable[[], tuple[Ints, Ints]]


@dataclass(frozen=True)
class Group:
    """Part of a population; None is everybody. Ages are whole years, both ends included."""

    ages: tuple[int, int] | None = None
    female: bool | None = None
    race: str | None = None
    region: int | None = None


@dataclass(frozen=True)
class Cohort:
    """``patients`` of a group that have one of the conditions (places in the knowledge), from the
    first visit on or by a ``schedule``."""

    name: str
    conditions: tuple[int, ...]
    group: Group
    patients: int
    schedule: Schedule | None = None

    @property
    def visits(self) -> int:
        """How many visits each member needs."""
        return 1 if self.schedule is None else len(self.schedule.visits)

    @property
    def dated(self) -> Schedule | None:
        """The schedule of a surge, whose patients are counted between its dates only."""
        return None if self.schedule is None or self.schedule.trial else self.schedule


@dataclass(frozen=True)
class Cohorts:
    """All cohorts of a plan; ``size`` is the number of patients of the database."""

    cohorts: tuple[Cohort, ...]
    rates: Rates
    demography: Demography
    size: int

    @cached_property
    def ends(self) -> Ints:
        return np.cumsum(np.asarray([c.patients for c in self.cohorts], np.int64))

    def member(self, ranks: Ints) -> Ints:
        """The cohort of each rank, -1 for none."""
        found = np.searchsorted(self.ends, ranks, "right")
        return np.where(found < len(self.cohorts), found, -1)

    def people(
        self, people: People, member: Ints, numbers: Ints, reference: int, draw: Draw
    ) -> People:
        """Patients with those of cohorts made to fit their description; they are alive."""
        for place, cohort in enumerate(self.cohorts):
            mine = member == place
            if mine.any():
                people = self._fit(people, mine, cohort, numbers, reference, draw)
        return people

    def _fit(
        self, people: People, mine: Bools, cohort: Cohort, numbers: Ints, reference: int, draw: Draw
    ) -> People:
        born, group = people.born, cohort.group
        least = 0 if cohort.schedule is None else self._least(cohort.schedule, reference)
        if group.ages is not None:
            low, high = group.ages
            days, first = (high + 1 - low) * 365 - 3, (low * YEAR) // DAY + 2
            days, first = (days + min(first - least, 0), max(first, least))
            lived = first + (days * share(draw("cohort age", numbers, 0))).astype(np.int64)
            born = np.where(mine, (reference // DAY - 1 - lived) * DAY, born)
        elif least:
            late = mine & (reference // DAY - 1 - born // DAY < least)
            lived = least + below(draw("cohort age", numbers, 0), 60 * 365)
            born = np.where(late, (reference // DAY - 1 - lived) * DAY, born)
        female = (
            people.female if group.female is None else np.where(mine, group.female, people.female)
        )
        race, hispanic = people.race, people.hispanic
        if group.race == _HISPANIC:
            hispanic = hispanic | mine
        elif group.race is not None:
            names = [r.name for r in self.demography.population.races]
            race = np.where(mine, names.index(group.race), race)
        state = people.state
        if group.region is not None:
            places = np.flatnonzero(self.demography.regions == group.region)
            inside = places[below(draw("cohort state", numbers, 0), len(places))]
            state = np.where(mine, inside, state)
        return replace(
            people, born=born, female=female, race=race, hispanic=hispanic, state=state,
            died=people.died & ~mine, last=people.last & ~mine,
            died_at=np.where(mine, reference, people.died_at),
        )  # fmt: skip

    @staticmethod
    def _least(schedule: Schedule, reference: int) -> int:
        """The age in days of somebody who was born before the schedule begins."""
        return reference // DAY - schedule.between(reference)[0] + 1

    @property
    def scheduled(self) -> bool:
        return any(c.schedule is not None for c in self.cohorts)

    def planned(
        self, member: Ints, patient: Ints, rows: Stretch, reference: int, draw: Draw,
        calendar: Calendar | None,
    ) -> Planned:  # fmt: skip
        """Where the visits of members lie that have a schedule."""
        found = Planned.none(len(member))
        for place, cohort in enumerate(self.cohorts):
            at = np.flatnonzero(member == place)
            if cohort.schedule is not None and len(at):
                part = rows.take(at)
                made = planned(cohort.schedule, part, patient[at], reference, draw, calendar)
                found.put(at, made)
        return found

    def in_trial(self, member: Ints) -> Bools:
        """Whose cohort is an arm of a trial."""
        of = [c.schedule is not None and c.schedule.trial for c in self.cohorts]
        return np.asarray([*of, False])[member]

    def given(self, drug: Ints, member: Ints, study: Bools, before: Bools) -> Ints:
        """Drugs of rows, with that of the arm where a row is of the ``study`` treatment; no member
        is given another arm's, nor either ``before`` the trial."""
        for place, cohort in enumerate(self.cohorts):
            schedule = cohort.schedule
            if schedule is None or schedule.drug < 0:
                continue
            mine = (member == place) & (study | np.isin(drug, schedule.rivals))
            early = before & (schedule.usual >= 0)
            drug = np.where(mine, np.where(early, schedule.usual, schedule.drug), drug)
        return drug

    def fits(self, people: People, group: Group, reference: int) -> Bools:
        """Who is of a group at the reference date."""
        found = np.ones(len(people.born), np.bool_)
        if group.ages is not None:
            age = people.age(np.full(len(people.born), reference))
            found &= (age >= group.ages[0]) & (age <= group.ages[1])
        if group.female is not None:
            found &= people.female == group.female
        if group.race == _HISPANIC:
            found &= people.hispanic
        elif group.race is not None:
            names = [r.name for r in self.demography.population.races]
            found &= people.race == names.index(group.race)
        if group.region is not None:
            found &= self.demography.regions[people.state] == group.region
        return found

    def own(self, member: Ints, numbers: Ints, draw: Draw) -> Ints:
        """The condition that each patient's cohort is about; -1 for those of none."""
        found = np.full(len(member), -1, np.int64)
        word = draw("cohort condition", numbers, 0)
        for place, cohort in enumerate(self.cohorts):
            among = np.asarray(cohort.conditions, np.int64)
            found = np.where(member == place, among[below(word, len(among))], found)
        return found

    def forbidden(self, people: People, member: Ints, reference: int) -> list[tuple[Cohort, Bools]]:
        """For each cohort, who would be counted in it without being a member."""
        return [
            (cohort, self.fits(people, cohort.group, reference) & (member != place))
            for place, cohort in enumerate(self.cohorts)
        ]

    def cleared(
        self, condition: Ints, people: People, member: Ints, own: Ints, reference: int, when: When
    ) -> Ints:
        """Conditions of rows, less those that would make somebody one of a cohort by chance: an
        examination stands there instead. ``when``: between which moments each row begins."""
        years = people.age(np.full(len(condition), reference))
        other = self.rates.examination(years)
        for cohort, stranger in self.forbidden(people, member, reference):
            hit = np.isin(condition, cohort.conditions) & stranger
            if cohort.dated is None:
                hit &= condition != own
            elif hit.any():
                hit &= comes(cohort.dated, *when(), reference)
            condition = np.where(hit, other, condition)
        return condition

    def chronic(
        self, found: Conditions, people: People, member: Ints, own: Ints, reference: int
    ) -> Conditions:
        """Chronic conditions with those of the cohorts first, and without those by chance."""
        listed = found.listed
        for cohort, stranger in self.forbidden(people, member, reference):
            listed = np.where(np.isin(listed, cohort.conditions) & stranger[:, None], -1, listed)
        lasting = (own >= 0) & self.rates.chronic[np.maximum(own, 0)]
        family = self.rates.family
        same = lasting[:, None] & (
            family[np.maximum(listed, 0)] == family[np.maximum(own, 0)][:, None]
        )
        first = np.where(lasting, own, -1)[:, None]
        listed = np.concatenate([first, np.where(same, -1, listed)], axis=1)
        order = np.argsort(listed < 0, axis=1, kind="stable")
        listed = np.take_along_axis(listed, order, axis=1)
        return Conditions(listed.astype(np.int16), (listed >= 0).sum(axis=1).astype(np.int64))


def overlap(one: Group, other: Group) -> bool:
    """Whether somebody could be of both groups."""
    pairs: list[tuple[object, object]] = [(one.female, other.female), (one.region, other.region)]
    if _HISPANIC not in (one.race, other.race):
        pairs.append((one.race, other.race))  # a race and an origin do not exclude one another
    if any(a is not None and b is not None and a != b for a, b in pairs):
        return False
    if one.ages is None or other.ages is None:
        return True
    return one.ages[0] <= other.ages[1] and other.ages[0] <= one.ages[1]
