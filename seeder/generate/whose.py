"""Who stands behind rows: their patients, what these are, and what they have for good.

Everything is a function of the patient's number, drawn by streams of the patients' own table, so
that every table that leads to a patient says the same of them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from seeder.clinical.clinic import Clinic
from seeder.clinical.cohorts import Cohorts
from seeder.clinical.conditions import Conditions, chronic
from seeder.clinical.population import People
from seeder.clinical.pregnancy import Pregnancy
from seeder.clinical.twins import persons
from seeder.generate import stream
from seeder.generate.permutation import permute
from seeder.generate.stream import Ints, Words
from seeder.plan.model import TimePlan

if TYPE_CHECKING:
    from seeder.generate.rows import Rows
    from seeder.generate.story import Story


class Whose:
    """The patients of ``rows``; everything is evaluated when first asked for, and kept."""

    def __init__(self, rows: Rows, clinic: Clinic, plan: TimePlan) -> None:
        self._rows, self.clinic, self._plan = rows, clinic, plan

    @cached_property
    def _root(self) -> tuple[Rows, Ints]:
        """The distinct patients, and where each row's stands among them."""
        if not self._plan.person:
            return self._rows, np.arange(len(self._rows))
        rows, take = self._rows.follow(self._plan.person[0])
        for step in self._plan.person[1:]:
            rows, further = rows.follow(step)
            take = further[take]
        return rows, take

    @property
    def _is_root(self) -> bool:
        return not self._plan.person

    def draw(self, purpose: str, numbers: Ints, draw: int) -> Words:
        """Words of numbers of the patients' table: of patients, episodes, tests."""
        root = self._root[0]
        return stream.words(root.world.key(root.population.name, "patient", purpose), numbers, draw)

    @cached_property
    def patient(self) -> Ints:
        """The patient's row number, one a row."""
        rows, take = self._root
        return rows.numbers[take]

    @cached_property
    def person(self) -> Ints:
        """The number of the person that each row's patient is: of another patient, where somebody
        was registered twice."""
        rows, take = self._root
        if not rows.world.twice or not rows.rooted:
            return self.patient
        if not self._is_root:
            return story_of(rows).person[take]
        taken = sum(c.patients for c in self.clinic.cohorts)
        key = rows.world.key(rows.population.name, "patient", "cohorts")
        return persons(rows.numbers, key, rows.population.rows, taken, rows.world.twice)

    @cached_property
    def people(self) -> People:
        rows, take = self._root
        if not self._is_root:
            return story_of(rows).people.take(take)
        return rows.world.memory.of(rows, "people", lambda each: story_of(each)._drawn_people)

    @property
    def _drawn_people(self) -> People:
        rows, reference = self._rows, self._rows.world.reference
        people = self.clinic.demography.draw(self.person, reference, self.draw, rows.world.seen)
        if self.cohorts is None:
            return people
        return self.cohorts.people(people, self.member, rows.numbers, reference, self.draw)

    @cached_property
    def cohorts(self) -> Cohorts | None:
        """The cohorts among the patients, if any are asked for."""
        return self.clinic.enrolled(self._root[0].population.rows)

    @cached_property
    def member(self) -> Ints:
        """The cohort of each row's patient, -1 for none."""
        rows, take = self._root
        if not self._is_root:
            return story_of(rows).member[take]
        assert self.cohorts is not None
        key = rows.world.key(rows.population.name, "patient", "cohorts")
        return self.cohorts.member(permute(key, self.cohorts.size, rows.numbers))

    @cached_property
    def enrolled_for(self) -> Ints:
        """The condition that each row's patient is in a cohort for, -1 for none."""
        assert self.cohorts is not None
        return self.cohorts.own(self.member, self.patient, self.draw)

    @cached_property
    def chronic(self) -> Conditions:
        rows, take = self._root
        if not self._is_root:
            return story_of(rows).chronic.take(take)
        return rows.world.memory.of(rows, "chronic", lambda each: story_of(each)._drawn_chronic)

    @property
    def _drawn_chronic(self) -> Conditions:
        rows, people = self._rows, self.people
        cell = self.cell_at(people, people.died_at)
        found = chronic(self.clinic.rates, cell, self.person, self.draw)
        if self.cohorts is None:
            return found
        own, reference = self.enrolled_for, rows.world.reference
        return self.cohorts.chronic(found, people, self.member, own, reference)

    @cached_property
    def pregnancy(self) -> Pregnancy:
        """The last pregnancy of each row's patient; of members of cohorts none."""
        rows, take = self._root
        if not self._is_root:
            return story_of(rows).pregnancy.take(take)
        return rows.world.memory.of(rows, "pregnancy", lambda each: story_of(each)._drawn_pregnancy)

    @property
    def _drawn_pregnancy(self) -> Pregnancy:
        rows, world = self._rows, self._rows.world
        found = self.clinic.expecting.draw(
            self.people, rows.span[0], world.reference, world.window, self.person, self.draw
        )
        return found if self.cohorts is None else found.among(self.member < 0)

    def cell_at(self, people: People, when: Ints) -> Ints:
        """The cell of the population of each row's patient at a moment."""
        return self.clinic.rates.cells.of(people, self.clinic.demography.regions, people.age(when))


def story_of(rows: Rows) -> Story:
    """The story of rows that have one."""
    assert rows.story is not None
    return rows.story
