"""`clinical: population:` in `seeder.yaml`: another population than that of the knowledge."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from seeder.clinical.knowledge import load
from seeder.clinical.mix import OLDEST, Mix, whole
from seeder.clinical.population import REGIONS
from seeder.plan.base import Model

_BAND = re.compile(r"(\d{1,3})(?:\s*-\s*(\d{1,3})|\s*(\+))?")
_ROUNDED = 0.001  # shares written with three decimals may miss 1 by so much


def band(text: str) -> tuple[int, int]:
    """The years of `0-17`, `65` or `65+`. Raises ValueError."""
    found = _BAND.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"ages: {text!r} is not of the form 0-17, 65 or 65+")
    low = int(found[1])
    high = OLDEST if found[3] else int(found[2] or low)
    if not low <= high <= OLDEST:
        raise ValueError(f"ages: {text} ends before it begins, or after {OLDEST}")
    return low, high


def _texts(value: Any) -> Any:
    # YAML reads 65 and 0 as numbers.
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else value


def _whole_of(shares: dict[str, float], what: str) -> dict[str, float]:
    if not shares:
        raise ValueError(f"{what}: name at least one")
    total = sum(shares.values())
    if abs(total - 1) > _ROUNDED:
        parts = " + ".join(f"{s:g}" for s in shares.values())
        raise ValueError(f"{what}: shares must sum to 1: {parts} = {total:.4g}")
    return shares


def _known(what: str, known: Callable[[], Collection[str]]) -> AfterValidator:
    def check(shares: dict[str, float]) -> dict[str, float]:
        for name in shares:
            if name not in known():
                close = difflib.get_close_matches(name, known(), 1)
                raise ValueError(
                    f"{what}: there is no {name!r}; "
                    + (f"did you mean {close[0]}?" if close else f"known: {', '.join(known())}")
                )
        return _whole_of(shares, what)

    return AfterValidator(check)


def _apart(shares: dict[str, float]) -> dict[str, float]:
    bands = sorted(band(text) for text in shares)
    for one, other in pairwise(bands):
        if other[0] <= one[1]:
            raise ValueError(
                f"ages: {one[0]}-{one[1]} and {other[0]}-{other[1]} have years in common"
            )
    return _whole_of(shares, "ages")


def _inside(shares: dict[str, float]) -> dict[str, float]:
    for state, region, _ in load().population.regions:
        if state in shares and region in shares:
            raise ValueError(f"regions: {state} lies in {region}: name one of the two")
    return shares


@lru_cache(maxsize=1)
def _places() -> list[str]:
    return [*REGIONS, *(state for state, _, _ in load().population.regions)]


def _races() -> list[str]:
    return [race.name for race in load().population.races]


@lru_cache(maxsize=1)
def _languages() -> list[str]:
    return list(dict.fromkeys(code for _, code, _ in load().population.languages))


def _insurances() -> list[str]:
    return [name for name, _ in load().population.insurance[0].figures]


Share = Annotated[float, Field(ge=0.0, le=1.0)]
_Shares = Annotated[
    dict[str, Share],
    BeforeValidator(_texts),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "number", "minimum": 0}}),
]


class Demographics(Model):
    """Who the patients are: shares that replace those of the knowledge; each list sums to 1.

    ``ages``: by bands of years at the reference date, such as ``0-17`` or ``65+``; what no band
    names has nobody. ``women`` and ``hispanic``: of all. ``languages`` by code; ``regions``:
    northeast, midwest, south, west, or states; ``insurance``: commercial, medicare, medicaid,
    military, self_pay.
    """

    ages: Annotated[_Shares, AfterValidator(_apart)] | None = None
    women: Share | None = None
    races: Annotated[_Shares, _known("races", _races)] | None = None
    hispanic: Share | None = None
    languages: Annotated[_Shares, _known("languages", _languages)] | None = None
    regions: Annotated[_Shares, _known("regions", _places), AfterValidator(_inside)] | None = None
    insurance: Annotated[_Shares, _known("insurance", _insurances)] | None = None

    @property
    def mix(self) -> Mix:
        """The same, for the population model."""

        def scores(shares: dict[str, float] | None) -> tuple[tuple[str, int], ...]:
            return tuple((name, whole(share)) for name, share in (shares or {}).items())

        return Mix(
            ages=tuple(sorted((band(t), whole(s)) for t, s in (self.ages or {}).items())),
            women=None if self.women is None else whole(self.women),
            races=scores(self.races),
            hispanic=None if self.hispanic is None else whole(self.hispanic),
            languages=scores(self.languages),
            regions=scores(self.regions),
            insurance=scores(self.insurance),
        )
