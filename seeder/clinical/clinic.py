"""Everything that a patient's story is drawn from, compiled once a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from seeder.clinical.attendance import Attendance
from seeder.clinical.changes import Change, changed
from seeder.clinical.cohorts import Cohort, Cohorts
from seeder.clinical.episodes import Course
from seeder.clinical.knowledge import load
from seeder.clinical.measures import Measures
from seeder.clinical.mix import NO_MIX, Mix, mixed
from seeder.clinical.model import Condition, Knowledge, Population
from seeder.clinical.population import Demography
from seeder.clinical.pregnancy import Expecting
from seeder.clinical.rates import Cells, Rates, plain
from seeder.clinical.treatment import Treatment
from seeder.clinical.vaccination import Vaccination


@dataclass(frozen=True)
class Clinic:
    """The knowledge, compiled: who comes, with what, and what is done and measured then."""

    knowledge: Knowledge
    cohorts: tuple[Cohort, ...] = ()
    changes: tuple[Change, ...] = ()
    mix: Mix = NO_MIX

    def enrolled(self, patients: int) -> Cohorts | None:
        """The cohorts among so many patients, or None where none is asked for."""
        return (
            Cohorts(self.cohorts, self.rates, self.demography, patients) if self.cohorts else None
        )

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(self.knowledge.conditions.values())

    @cached_property
    def demography(self) -> Demography:
        return Demography(self.population)

    @cached_property
    def population(self) -> Population:
        """Who lives there: by the knowledge, or as the user wants it."""
        return mixed(self.knowledge.population, self.mix)

    @cached_property
    def rates(self) -> Rates:
        cells = Cells(self.knowledge, self.population if self.mix != NO_MIX else None)
        table = changed(plain(cells, self.conditions), cells, self.changes)
        counted = [number for cohort in self.cohorts for number in cohort.conditions]
        return Rates.compile(cells, table, counted)

    @cached_property
    def course(self) -> Course:
        return Course(self.rates, self.demography.regions)

    @cached_property
    def attendance(self) -> Attendance:
        return Attendance(self.course)

    @cached_property
    def expecting(self) -> Expecting:
        return Expecting(self.rates)

    @cached_property
    def treatment(self) -> Treatment:
        return Treatment(self.knowledge)

    @cached_property
    def vaccination(self) -> Vaccination:
        return Vaccination(tuple(self.knowledge.vaccines.values()))

    @cached_property
    def measures(self) -> Measures:
        return Measures(self.knowledge)


@lru_cache(maxsize=8)
def clinic(
    cohorts: tuple[Cohort, ...] = (), changes: tuple[Change, ...] = (), mix: Mix = NO_MIX
) -> Clinic:
    """The clinic of the package's own knowledge, with what a user wants otherwise."""
    return Clinic(load(), cohorts, changes, mix)
