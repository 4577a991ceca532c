"""Scenarios: cohorts as `seeder.yaml` asks for them, and those that are ready made."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from seeder.clinical.cohorts import Cohort
from seeder.clinical.knowledge import load
from seeder.clinical.schedule import Schedule
from seeder.plan.base import Model
from seeder.plan.parts import Codes, Part, places

_OLDEST = 110
_EPOCH = dt.date(1970, 1, 1)
_MOST = 60  # visits of a trial
_OTHERS = ("condition", "name", "ages", "sex", "race", "region", "arms", "visits")


class Arm(Model):
    """An arm of a trial: its drug, and its share of the members relative to the other arms'."""

    name: str
    drug: str
    share: int = Field(default=1, gt=0)

    @model_validator(mode="after")
    def _known(self) -> Arm:
        drug_place(self.drug)
        return self


Days = Annotated[
    dict[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0, le=60)]],
    BeforeValidator(lambda v: dict.fromkeys(v, 0) if isinstance(v, list) else v),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}),
]


class Scenario(Part):
    """Exactly so many ``patients`` of a part of the population that have one of the conditions; or
    ``use``, a scenario that is ready made (seeder scenarios list).

    ``start`` and ``end``: a surge, whose patients come for the condition between the two dates; of
    a trial the days on which they enrol. ``visits``: the days of a trial's visits after the first
    one, and by how many days each may miss; ``arms``: its drugs.
    """

    name: str = ""
    condition: Codes = Field(default_factory=list)
    patients: int | None = Field(default=None, gt=0)
    use: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    visits: Days = Field(default_factory=dict)
    arms: list[Arm] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Scenario:
        if bool(self.use) == bool(self.condition):
            raise ValueError("scenarios: say either condition, or use")
        if (self.start is None) != (self.end is None):
            raise ValueError("scenarios: start and end belong together")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"scenarios: end: {self.end} is before start: {self.start}")
        if self.use:
            ready(self.use)
            said = [n for n in _OTHERS if n in self.model_fields_set and getattr(self, n)]
            if said:
                raise ValueError(
                    f"scenarios: use: {self.use} has its own {', '.join(said)}: say patients, "
                    "start and end only, or write the scenario yourself (seeder scenarios show)"
                )
            return self
        if self.patients is None:
            raise ValueError(f"scenarios: {self.name or self.condition}: patients is missing")
        _possible(self, places(self.condition))
        _refuse_visits(self.visits)
        _refuse_arms(self)
        return self


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


def _refuse_visits(visits: dict[int, int]) -> None:
    if not visits:
        return
    if len(visits) > _MOST:
        raise ValueError(f"visits: {len(visits)} are more than {_MOST}")
    if 0 not in visits:
        raise ValueError("visits: the first one is day 0: 0")
    for (one, before), (other, after) in pairwise(sorted(visits.items())):
        if one + before >= other - after:
            raise ValueError(
                f"visits: day {one} with {before} days and day {other} with {after} could change "
                f"places: {one} + {before} = {one + before} is not before {other} - {after} = "
                f"{other - after}"
            )


def _refuse_arms(scenario: Scenario) -> None:
    known = load()
    names = [arm.name for arm in scenario.arms]
    if len(set(names)) < len(names):
        raise ValueError(f"arms: two have one name: {', '.join(names)}")
    ages = scenario.group.ages or (0, _OLDEST)
    for arm in scenario.arms:
        drug = list(known.drugs.values())[drug_place(arm.drug)]
        low, high = drug.ages
        if ages[0] < low or min(ages[1], _OLDEST) > max(high, 0):
            raise ValueError(
                f"arms: {drug.name} is given from {low} to {high} years: say ages: "
                f"{max(low, ages[0])}-{min(high, ages[1])}"
            )


def drug_place(name: str) -> int:
    """The place of a drug in the knowledge. Raises ValueError naming the nearest ones."""
    known = list(load().drugs)
    if name.lower() in known:
        return known.index(name.lower())
    close = difflib.get_close_matches(name.lower(), known, 3, 0.5)
    raise ValueError(
        f"drug: there is no {name!r} in the clinical knowledge"
        + (f"; near: {', '.join(close)}" if close else "")
    )


# Ready-made ones --------------------------------------------------------------------------------


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


# Cohorts ----------------------------------------------------------------------------------------


def cohorts(scenario: Scenario) -> Iterator[Cohort]:
    """The cohorts of a scenario: of a trial one for each arm."""
    total, parts, trial = _written(scenario)
    for (name, part, _), count in zip(parts, _divided(total, [p[2] for p in parts]), strict=True):
        arms: list[Arm | None] = [*trial.arms] or [None]
        counts = _divided(count, [arm.share if arm else 1 for arm in arms])
        for arm, patients in zip(arms, counts, strict=True):
            if patients:
                yield Cohort(
                    f"{name}, {arm.name}" if arm else name,
                    places(part.condition),
                    part.group,
                    patients,
                    _schedule(scenario, trial, arm),
                )


def _written(scenario: Scenario) -> tuple[int, list[tuple[str, Scenario, int]], Scenario]:
    """Patients, parts with name and share, and what has the arms and visits of a scenario."""
    if not scenario.use:
        name = scenario.name or ", ".join(scenario.condition)
        return scenario.patients or 0, [(name, scenario, 1)], scenario
    made = ready(scenario.use)
    total = scenario.patients or int(made["patients"])
    trial = {k: made[k] for k in ("arms", "visits") if k in made}
    parts = [
        Scenario(
            **{k: v for k, v in data.items() if k not in ("share", "name")}, **trial,
            patients=total,
        )
        for data in made["cohorts"]
    ]  # fmt: skip
    named = [
        (data["name"], part, int(data["share"]))
        for data, part in zip(made["cohorts"], parts, strict=True)
    ]
    return total, named, parts[0]


def _divided(total: int, shares: Sequence[int]) -> list[int]:
    """A total by shares, exact in sum."""
    ends = [total * sum(shares[:n]) // sum(shares) for n in range(len(shares) + 1)]
    return [b - a for a, b in pairwise(ends)]


def _schedule(scenario: Scenario, trial: Scenario, arm: Arm | None) -> Schedule | None:
    first, last = (
        None if day is None else (day - _EPOCH).days for day in (scenario.start, scenario.end)
    )
    if not trial.visits and not trial.arms:
        return None if first is None else Schedule(first, last)
    rivals = tuple(drug_place(a.drug) for a in trial.arms)
    return Schedule(
        first,
        last,
        tuple(sorted((trial.visits or {0: 0}).items())),
        -1 if arm is None else drug_place(arm.drug),
        rivals,
        _usual(trial, rivals),
        trial=True,
    )


def _usual(trial: Scenario, rivals: Sequence[int]) -> int:
    """What is given for a trial's condition before it: the most frequent drug that is of no arm
    and fits all ages; -1 where there is none."""
    known, ages = load(), trial.group.ages or (0, _OLDEST)
    first = list(known.conditions.values())[places(trial.condition)[0]]
    for name, _ in sorted(first.profile.drugs, key=lambda d: -d[1]):
        place, drug = drug_place(name), known.drugs[name]
        if place not in rivals and drug.ages[0] <= ages[0] and ages[1] <= drug.ages[1]:
            return place
    return -1
