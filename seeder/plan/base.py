"""The base of every model of our files: frozen, and unknown keys are refused."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from seeder.errors import UsageError


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Misplaced(ValueError):
    """Something wrong further down in what is checked; ``path`` leads to it."""

    def __init__(self, path: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.path = path


class OverrideError(UsageError):
    """An override that cannot be followed. ``path`` leads to it in the user's file."""

    def __init__(self, path: tuple[str, ...], message: str, hint: str = "") -> None:
        named = (step for step in path if not step.isdecimal())  # the line says which of a list
        super().__init__(f"{': '.join(named)}: {message}", hint)
        self.path = path
