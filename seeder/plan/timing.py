"""`clinical: time:` in `seeder.yaml`: the years that are filled, and when in them more happens."""

from __future__ import annotations

import datetime as dt
import difflib
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from seeder.generate.calendar import DAY, MILLI, Seasons
from seeder.generate.spans import WINDOW
from seeder.plan.base import Model, OverrideError

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHORTEST, _LONGEST = 7, 40 * 366  # days
_MILLION = 1_000_000
_EPOCH = dt.date(1970, 1, 1)


def _weights(names: tuple[str, ...], what: str) -> AfterValidator:
    def check(weights: dict[str, float]) -> dict[str, float]:
        for name in weights:
            if name not in names:
                close = difflib.get_close_matches(name.lower()[:3], names, 1)
                raise ValueError(
                    f"{what}: there is no {name!r}; "
                    + (f"did you mean {close[0]}?" if close else f"known: {', '.join(names)}")
                )
        if not any(weights.get(name, 1.0) for name in names):
            raise ValueError(f"{what}: the weights are all 0")
        return weights

    return AfterValidator(check)


def _numbered(value: Any) -> Any:
    """Months by number, 1 to 12, as well."""
    if not isinstance(value, dict):
        return value
    return {
        MONTHS[k - 1] if isinstance(k, int) and 1 <= k <= len(MONTHS) else str(k): v
        for k, v in value.items()
    }


_Weights = Annotated[
    dict[str, Annotated[float, Field(ge=0.0, le=1000.0)]],
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "number", "minimum": 0}}),
]


class Timing(Model):
    """The years that the database has seen, and when in them patients come.

    ``start`` and ``end``: the first and the last day with data; the end is the reference date.
    ``growth``: so much more happens each year, as 0.05. ``months`` (jan or 1) and ``weekdays``
    (mon): weights, 1 where none is given; clinics stay closed at weekends whatever those are.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    growth: float = Field(default=0.0, ge=-0.9, le=9.0)
    months: Annotated[_Weights, _weights(MONTHS, "months"), BeforeValidator(_numbered)] = Field(
        default_factory=dict
    )
    weekdays: Annotated[_Weights, _weights(WEEKDAYS, "weekdays")] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _ordered(self) -> Timing:
        if self.start is not None and self.end is not None:
            _refuse_length(self.start, self.end)
        return self

    @property
    def first(self) -> int | None:
        """The start, in microseconds since 1970."""
        return None if self.start is None else (self.start - _EPOCH).days * DAY

    def seen(self, reference: int) -> int:
        """How long the database has seen its patients, in microseconds."""
        return WINDOW if self.first is None else reference - self.first

    @property
    def seasons(self) -> Seasons:
        """The weights, as whole numbers."""
        return Seasons(
            _whole(self.growth, _MILLION),
            tuple(_whole(self.months.get(m, 1.0), MILLI) for m in MONTHS),
            tuple(_whole(self.weekdays.get(d, 1.0), MILLI) for d in WEEKDAYS),
        )


def _whole(value: float, unit: int) -> int:
    return int(value * unit + (0.5 if value >= 0 else -0.5))


def _refuse_length(start: dt.date, end: dt.date) -> None:
    days = (end - start).days + 1
    if not _SHORTEST <= days <= _LONGEST:
        raise ValueError(
            f"from {start} to {end} are {days:,} days: at least {_SHORTEST}, at most {_LONGEST:,}"
        )


def refuse_other_end(timing: Timing, reference: dt.date) -> None:
    """Refuses a window that does not end with the reference date. Raises UsageError."""
    if timing.end is not None and timing.end != reference:
        raise OverrideError(
            ("clinical", "time", "end"),
            f"{timing.end} is not the reference date, {reference}",
            f"leave one of them out: data end with the reference date (--reference-date "
            f"{timing.end})",
        )
    if timing.start is not None:
        try:
            _refuse_length(timing.start, reference)
        except ValueError as error:
            raise OverrideError(("clinical", "time", "start"), str(error)) from None
