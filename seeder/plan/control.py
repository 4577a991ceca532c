"""What a user wants of the patients: `clinical:` in `seeder.yaml`, prevalence and cohorts.

Codes and groups are those of the clinical knowledge. Everything is checked when the file is read,
but for the number of patients, which the planner knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field, model_validator

from seeder.clinical.changes import Change
from seeder.clinical.cohorts import Cohort, Group, overlap
from seeder.clinical.knowledge import load
from seeder.clinical.mix import NO_MIX, Mix, mixed
from seeder.clinical.population import DAY
from seeder.clinical.rates import Cells
from seeder.generate.locale import DEFAULT
from seeder.plan.base import Misplaced, Model, OverrideError
from seeder.plan.demographics import Demographics
from seeder.plan.dirt import Noise
from seeder.plan.parts import Codes, Part, absent, places
from seeder.plan.scenarios import Scenario, cohorts
from seeder.plan.timing import Timing
from seeder.schema import Name


class Prevalence(Part):
    """How often conditions are met in a part of the population: ``rate`` is the share of people who
    have one of them (chronic), or new episodes a person and year (acute); ``times`` is relative."""

    condition: Codes
    rate: float | None = Field(default=None, ge=0.0, le=1.0)
    times: float | None = Field(default=None, ge=0.0, le=1000.0)

    @model_validator(mode="after")
    def _one(self) -> Prevalence:
        if (self.rate is None) == (self.times is None):
            raise ValueError("prevalence: say either rate or times")
        places(self.condition)
        return self


class Clinical(Model):
    """The section `clinical:` of `seeder.yaml`.

    ``missing``: the share of NULL by column (a glob of ``ns.table.column``) or by meaning (a glob
    of what ``seeder plan --columns`` shows, such as ``contact.*``); later ones win.
    """

    population: Demographics = Demographics()
    time: Timing = Timing()
    noise: Noise = Noise()
    missing: dict[str, Annotated[float, Field(ge=0.0, le=1.0)]] = Field(default_factory=dict)
    prevalence: list[Prevalence] = Field(default_factory=list)
    scenarios: Annotated[
        list[Scenario],
        BeforeValidator(lambda v: [{"use": s} if isinstance(s, str) else s for s in v]
                        if isinstance(v, list) else v),
    ] = Field(default_factory=list)  # fmt: skip

    @model_validator(mode="after")
    def _apart(self) -> Clinical:
        numbered = [(n, c) for n, s in enumerate(self.scenarios) for c in cohorts(s)]
        for (first, one), (place, other) in combinations(numbered, 2):
            arms = first == place and one.schedule is not None and one.group == other.group
            if not arms and _same(one, other):
                raise Misplaced(
                    ("scenarios", str(place)),
                    f"scenarios: {one.name!r} and {other.name!r} count the same patients: they "
                    "share a condition, and somebody could be of both groups; keep their ages or "
                    "sexes apart, or the dates of two surges",
                )
        return self

    @model_validator(mode="after")
    def _there(self) -> Clinical:
        """Refuses parts that the population does not have."""
        known = load()
        cells = Cells(known, mixed(known.population, self.population.mix))
        sections: dict[str, Sequence[Prevalence | Scenario]]
        sections = {"prevalence": self.prevalence, "scenarios": self.scenarios}
        for section, parts in sections.items():
            for number, part in enumerate(parts):
                for group in _groups(part):
                    if problem := absent(cells, group, bands=section == "prevalence"):
                        raise Misplaced((section, str(number)), f"{section}: {problem}")
        return self


def _same(one: Cohort, other: Cohort) -> bool:
    """Whether two cohorts would count the same patients; surges that are apart in time do not,
    where what they share is acute."""
    shared = set(one.conditions) & set(other.conditions)
    if not shared or not overlap(one.group, other.group):
        return False
    known = list(load().conditions.values())
    if any(known[n].chronic for n in shared) or one.dated is None or other.dated is None:
        return True
    spans = [(s.first or 0, s.last or 0) for s in (one.dated, other.dated)]
    return spans[0][0] <= spans[1][1] and spans[1][0] <= spans[0][1]


def _groups(part: Prevalence | Scenario) -> list[Group]:
    """The parts of the population that an entry is about."""
    if isinstance(part, Scenario):
        return [cohort.group for cohort in cohorts(part)]
    return [part.group]


def _cohorts(clinical: Clinical) -> tuple[Cohort, ...]:
    return tuple(cohort for scenario in clinical.scenarios for cohort in cohorts(scenario))


class Compiled(NamedTuple):
    """What is asked for, as ``clinic`` takes it."""

    cohorts: tuple[Cohort, ...] = ()
    changes: tuple[Change, ...] = ()
    mix: Mix = NO_MIX


@lru_cache(maxsize=8)
def _compiled(text: str) -> Compiled:
    clinical = Clinical.model_validate_json(text)
    changes = [Change(places(p.condition), p.group, p.rate, p.times) for p in clinical.prevalence]
    return Compiled(_cohorts(clinical), tuple(changes), clinical.population.mix)


def compiled(clinical: Clinical) -> Compiled:
    """The cohorts, the changes of prevalence and the population that are asked for."""
    return _compiled(clinical.model_dump_json())


def refuse_abroad(clinical: Clinical, locale: str) -> None:
    """Refuses regions where addresses are not of the country that they lie in."""
    regional = clinical.population.regions or any(
        group.region is not None for s in clinical.scenarios for group in _groups(s)
    )
    if regional and locale != DEFAULT:
        raise OverrideError(
            ("clinical",),
            f"regions and states are those of {DEFAULT}, and addresses are of {locale}",
            f"leave regions out, or ask for --locale {DEFAULT}",
        )


def enough(
    asked: Sequence[Cohort], patients: Mapping[Name, int], visits: Mapping[Name, int]
) -> None:
    """Refuses cohorts that are more than the patients of a plan, or need more visits than it has;
    both: rows by table."""
    if not asked:
        return
    if not patients:
        raise OverrideError(
            ("clinical", "scenarios"),
            "the plan fills no table of patients",
            "leave scenarios out, or fill the table of patients",
        )
    name, most = max(patients.items(), key=lambda item: item[1])
    wanted = sum(c.patients for c in asked)
    if wanted > most:
        parts = " + ".join(f"{c.patients:,}" for c in asked)
        raise OverrideError(
            ("clinical", "scenarios"),
            f"{parts} = {wanted:,} patients, and {name} has {most:,} rows",
            f"ask for more rows (--rows, or --table {name}={wanted}), or for fewer patients",
        )
    if not visits:
        return
    name, rows = max(visits.items(), key=lambda item: item[1])
    parts = " + ".join(f"{c.patients:,} x {c.visits}" for c in asked)
    needed = sum(c.patients * c.visits for c in asked)
    if needed > rows:
        raise OverrideError(
            ("clinical", "scenarios"),
            f"{parts} = {needed:,} visits, and {name} has {rows:,} rows",
            f"ask for more rows (--rows, or --table {name}={needed}), or for fewer patients",
        )


def timely(clinical: Clinical, reference: int) -> None:
    """Refuses schedules that do not lie in the time that is filled."""
    begins = (reference - clinical.time.seen(reference)) // DAY
    for number, scenario in enumerate(clinical.scenarios):
        for cohort in cohorts(scenario):
            said = _untimely(cohort, reference // DAY, reference, begins)
            if said:
                place = ("clinical", "scenarios", str(number))
                raise OverrideError(place, f"{cohort.name}: {said[0]}", said[1])


def _untimely(cohort: Cohort, today: int, reference: int, begins: int) -> tuple[str, str] | None:
    """What is wrong with the dates of a cohort, and what mends it; days since 1970."""
    if cohort.schedule is None:
        return None
    first, last = cohort.schedule.between(reference)
    ages, end = cohort.group.ages, last + cohort.schedule.length
    if first <= begins:
        return (
            f"{_date(first)} is not after {_date(begins)}, when data begin",
            "let it begin later, or say clinical: time: start",
        )
    if end > today:
        until = f"until {_date(end - 1)}: after the reference date"
        return (
            f"what begins on {_date(last)} lasts {cohort.schedule.length} days, {until}",
            "let it end earlier, or take a later --reference-date",
        )
    if ages is not None and (ages[1] + 1) * 365 - 3 <= today - first + 1:
        return (
            f"nobody who is at most {ages[1]} at the reference date was born before {_date(first)}",
            "say other ages or dates",
        )
    return None


def _date(day: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=day)
