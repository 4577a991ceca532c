"""Parts of a population and conditions, as `seeder.yaml` names them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from seeder.clinical.changes import inside
from seeder.clinical.cohorts import Group
from seeder.clinical.knowledge import load
from seeder.clinical.population import REGIONS
from seeder.clinical.rates import STARTS, Cells
from seeder.plan.base import Model
from seeder.plan.demographics import band

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
        if self.ages is not None:
            band(self.ages)
        races = [*(r.name for r in load().population.races), "hispanic"]
        if self.race is not None and self.race not in races:
            raise ValueError(f"race: there is no {self.race!r}; known: {', '.join(races)}")
        return self

    @property
    def group(self) -> Group:
        return Group(
            None if self.ages is None else band(self.ages),
            None if self.sex is None else self.sex == "F",
            self.race,
            None if self.region is None else REGIONS.index(self.region),
        )


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
            raise ValueError(f"condition: {_unknown(name, codes)}")
    return tuple(dict.fromkeys(found))


def _unknown(name: str, codes: Sequence[str]) -> str:
    """What is said of a code that is not billable, or not known."""
    below = [c for c in codes if c.startswith(name) and name[:1].isalpha() and len(name) >= 3]
    if below:
        more = f" and {len(below) - 6} more" if len(below) > 6 else ""
        return f"{name!r} is not billable; billable codes of it: {', '.join(below[:6])}{more}"
    close = difflib.get_close_matches(name, [*codes, *load().groups], 3, 0.5)
    close = [c for c in codes if c.startswith(name[:3])][:4] or close
    return f"there is no billable code or group {name!r} in the clinical knowledge" + (
        f"; near: {', '.join(close)}" if close else ""
    )
