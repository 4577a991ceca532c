"""Everything that a patient's story is drawn from, compiled once a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

from seeder.clinical.episodes import Course
from seeder.clinical.knowledge import load
from seeder.clinical.measures import Measures
from seeder.clinical.model import Condition, Knowledge
from seeder.clinical.population import Demography
from seeder.clinical.rates import Rates
from seeder.clinical.treatment import Treatment
from seeder.clinical.vaccination import Vaccination


@dataclass(frozen=True)
class Clinic:
    """The knowledge, compiled: who comes, with what, and what is done and measured then."""

    knowledge: Knowledge

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(self.knowledge.conditions.values())

    @cached_property
    def demography(self) -> Demography:
        return Demography(self.knowledge.population)

    @cached_property
    def rates(self) -> Rates:
        return Rates.compile(self.knowledge)

    @cached_property
    def course(self) -> Course:
        return Course(self.rates, self.demography.regions)

    @cached_property
    def treatment(self) -> Treatment:
        return Treatment(self.knowledge)

    @cached_property
    def vaccination(self) -> Vaccination:
        return Vaccination(tuple(self.knowledge.vaccines.values()))

    @cached_property
    def measures(self) -> Measures:
        return Measures(self.knowledge)


@cache
def clinic() -> Clinic:
    """The clinic of the package's own knowledge."""
    return Clinic(load())
