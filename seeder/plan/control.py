"""What a user wants of the patients: `clinical:` in `seeder.yaml`, prevalence and cohorts.

Codes and groups are those of the clinical knowledge. Everything is checked when the file is read,
but for the number of patients, which the planner knows.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from itertools import combinations
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from seeder.clinical.changes import Change, inside
from seeder.clinical.cohorts import Cohort, Group, overlap
from seeder.clinical.knowledge import load
from seeder.clinical.mix import NO_MIX, Mix, mixed
from seeder.clinical.population import REGIONS
from seeder.clinical.rates import STARTS, Cells
from seeder.errors import UsageError
from seeder.generate.locale import DEFAULT
from seeder.plan.base import Misplaced, Model
from seeder.plan.demographics import Demographics
from seeder.plan.timing import Timing
from seeder.schema import Name

_AGES = re.compile(r"(\d{1,3})(?:\s*-\s*(\d{1,3}))?")
_OLDEST = 110
_TEXTS = WithJsonSchema(
    {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Codes = Annotated[list[str], BeforeValidator(_listed), _TEXTS]
Region = Literal["northeast", "midwest", "south", "west"]


class Part(Model):
    """A part of the population: ages such as 0-11, at the reference date; sex, race or hispanic,
    region. What is left out is everybody."""

    ages: Annotated[str | None, BeforeValidator(lambda v: v if v is None else str(v))] = None
    sex: Literal["F", "M"] | None = None
    race: str | None = None
    region: Region | None = None

    @model_validator(mode="after")
    def _known(self) -> Part:
        found = _AGES.fullmatch(self.ages.strip()) if self.ages is not None else None
        if self.ages is not None and found is None:
            raise ValueError(f"ages: {self.ages!r} is not of the form 0-11 or 65")
        if found is not None and not int(found[1]) <= int(found[2] or found[1]) <= _OLDEST:
            raise ValueError(f"ages: {self.ages} ends before it begins, or after {_OLDEST}")
        races = [*(r.name for r in load().population.races), "hispanic"]
        if self.race is not None and self.race not in races:
            raise ValueError(f"race: there is no {self.race!r}; known: {', '.join(races)}")
        return self

    @property
    def group(self) -> Group:
        found = _AGES.fullmatch(self.ages.strip()) if self.ages is not None else None
        return Group(
            (int(found[1]), int(found[2] or found[1])) if found else None,
            None if self.sex is None else self.sex == "F",
            self.race,
            None if self.region is None else REGIONS.index(self.region),
        )


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


class Scenario(Part):
    """Exactly so many ``patients`` of a part of the population that have one of the conditions; or
    ``use``, a scenario that is ready made (seeder scenarios list)."""

    name: str = ""
    condition: Codes = Field(default_factory=list)
    patients: int | None = Field(default=None, gt=0)
    use: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Scenario:
        if bool(self.use) == bool(self.condition):
            raise ValueError("scenarios: say either condition, or use")
        if self.use:
            ready(self.use)
        else:
            if self.patients is None:
                raise ValueError(f"scenarios: {self.name or self.condition}: patients is missing")
            _possible(self, places(self.condition))
        return self


class Clinical(Model):
    """The section `clinical:` of `seeder.yaml`."""

    population: Demographics = Demographics()
    time: Timing = Timing()
    prevalence: list[Prevalence] = Field(default_factory=list)
    scenarios: Annotated[
        list[Scenario],
        BeforeValidator(lambda v: [{"use": s} if isinstance(s, str) else s for s in v]
                        if isinstance(v, list) else v),
    ] = Field(default_factory=list)  # fmt: skip

    @model_validator(mode="after")
    def _apart(self) -> Clinical:
        numbered = [(n, c) for n, s in enumerate(self.scenarios) for c in _of(s)]
        for (_, one), (place, other) in combinations(numbered, 2):
            if set(one.conditions) & set(other.conditions) and overlap(one.group, other.group):
                raise Misplaced(
                    ("scenarios", str(place)),
                    f"scenarios: {one.name!r} and {other.name!r} count the same patients: they "
                    "share a condition, and somebody could be of both groups; keep their ages or "
                    "sexes apart",
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


def _groups(part: Prevalence | Scenario) -> list[Group]:
    """The parts of the population that an entry is about."""
    if isinstance(part, Scenario):
        return [cohort.group for cohort in _of(part)]
    return [part.group]


def absent(cells: Cells, group: Group, bands: bool) -> str:
    """Why a population has nobody of a group, '' if it has; ``bands``: the group must be made of
    bands of ages, as rates are."""
    if bands and group.ages is not None and not inside(cells, group).any():
        starts = ", ".join(map(str, STARTS))
        return (
            f"ages {group.ages[0]}-{group.ages[1]} have no whole band: rates are by bands of ages "
            f"that begin with {starts}"
        )
    wider = group if bands else replace(group, ages=None)
    some = float(cells.weights[inside(cells, wider)].sum()) > 0
    if some and group.ages is not None:
        population = cells.actual or cells.knowledge.population
        some = any(
            aged.ages[0] <= group.ages[1] and group.ages[0] <= aged.ages[1]
            and sum(n for _, n in aged.figures)
            for aged in population.pyramid
        )  # fmt: skip
    said = [
        "" if group.ages is None else f"ages {group.ages[0]}-{group.ages[1]}",
        "" if group.female is None else f"sex {'F' if group.female else 'M'}",
        "" if group.race is None else f"race {group.race}",
        "" if group.region is None else f"region {REGIONS[group.region]}",
    ]
    return "" if some else f"the population has nobody of {', '.join(s for s in said if s)}"


def places(names: Sequence[str]) -> tuple[int, ...]:
    """The places of conditions in the knowledge, by codes or groups. Raises ValueError naming the
    nearest ones."""
    known = load()
    codes = list(known.conditions)
    found: list[int] = []
    for name in names:
        if name in known.conditions:
            found.append(codes.index(name))
        elif name in known.groups:
            found += [n for n, c in enumerate(codes) if known.conditions[c].group == name]
        else:
            close = difflib.get_close_matches(name, [*codes, *known.groups], 3, 0.5)
            close = [c for c in codes if c.startswith(name[:3])][:4] or close
            raise ValueError(
                f"condition: there is no billable code or group {name!r} in the clinical knowledge"
                + (f"; near: {', '.join(close)}" if close else "")
            )
    return tuple(dict.fromkeys(found))


def _possible(scenario: Scenario, members: Sequence[int]) -> None:
    """Refuses groups in which the knowledge never meets a condition."""
    known = load()
    for code in (list(known.conditions)[n] for n in members):
        condition, group = known.conditions[code], scenario.group
        wrong = (
            group.female is not None and condition.sex and (condition.sex == "F") != group.female
        )
        if wrong or (condition.sex and scenario.sex is None):
            raise ValueError(f"scenarios: {code} is met in one sex only: say sex: {condition.sex}")
        low, high = known.limits.get(code, (0, _OLDEST))
        ages = group.ages or (0, _OLDEST)
        if ages[0] < low or (ages[1] > high and group.ages is not None):
            raise ValueError(
                f"scenarios: {code} is met from {low} to {high} years: say ages: {low}-{high} or "
                "a part of it"
            )


@lru_cache(maxsize=1)
def ready_made() -> dict[str, Any]:
    """Scenarios that come with the package, as their file has them."""
    text = resources.files("seeder.plan").joinpath("scenarios.yaml").read_text("utf-8")
    made: dict[str, Any] = yaml.safe_load(text)
    return made


def ready(name: str) -> dict[str, Any]:
    """A ready-made scenario. Raises ValueError naming the nearest."""
    known = ready_made()
    if name not in known:
        close = difflib.get_close_matches(name, known, 1)
        raise ValueError(
            f"scenarios: there is no {name!r}; "
            + (f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}")
        )
    found: dict[str, Any] = known[name]
    return found


def _cohorts(clinical: Clinical) -> tuple[Cohort, ...]:
    return tuple(cohort for scenario in clinical.scenarios for cohort in _of(scenario))


def _of(scenario: Scenario) -> Iterator[Cohort]:
    if not scenario.use:
        name = scenario.name or ", ".join(scenario.condition)
        yield Cohort(name, places(scenario.condition), scenario.group, scenario.patients or 0)
        return
    made = ready(scenario.use)
    total = scenario.patients or int(made["patients"])
    shares = [int(c["share"]) for c in made["cohorts"]]
    ends = [total * sum(shares[: n + 1]) // sum(shares) for n in range(len(shares))]
    for number, data in enumerate(made["cohorts"]):
        part = Part(**{k: v for k, v in data.items() if k in ("ages", "sex", "race", "region")})
        count = ends[number] - (ends[number - 1] if number else 0)
        if count:
            yield Cohort(data["name"], places(data["condition"]), part.group, count)


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
        raise UsageError(
            f"clinical: regions and states are those of {DEFAULT}, and addresses are of {locale}",
            f"leave regions out, or ask for --locale {DEFAULT}",
        )


def enough(cohorts: Sequence[Cohort], patients: Mapping[Name, int]) -> None:
    """Refuses cohorts that are more than the patients of a plan; ``patients``: rows by table."""
    if not cohorts:
        return
    if not patients:
        raise UsageError(
            "clinical: scenarios: the plan fills no table of patients",
            "leave scenarios out, or fill the table of patients",
        )
    name, most = max(patients.items(), key=lambda item: item[1])
    asked = sum(c.patients for c in cohorts)
    if asked > most:
        parts = " + ".join(f"{c.patients:,}" for c in cohorts)
        raise UsageError(
            f"clinical: scenarios: {parts} = {asked:,} patients, and {name} has {most:,} rows",
            f"ask for more rows (--rows, or --table {name}={asked}), or for fewer patients",
        )
