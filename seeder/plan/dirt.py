"""`clinical: noise:` in `seeder.yaml`: how much of the data is dirty, and in which way."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from seeder.plan.base import Model

_MILLION = 1_000_000
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Noise(Model):
    """Dirty data, all of it off unless it is asked for.

    ``duplicates``: the share of patients who are second registrations of another one, with small
    differences. ``typos``: of names, streets and cities. ``abbreviations``: of streets, diagnoses,
    procedures and notes, the share with short forms. ``late_entries``: of the moments at which rows
    were entered, those that come days later. ``units``: of results, those in another unit, limits
    included.
    """

    duplicates: Annotated[float, Field(ge=0.0, le=0.4)] = 0.0
    typos: Share = 0.0
    abbreviations: Share = 0.0
    late_entries: Share = 0.0
    units: Share = 0.0

    @property
    def twice(self) -> int:
        """The share of second registrations, in millionths."""
        return int(self.duplicates * _MILLION + 0.5)
