"""What can go wrong, with the exit code that the command line promises for it.

Exit codes: 0 done, 1 failure, 2 usage, 3 plan invalid or drifted, 4 refused for safety,
5 verification failed, 6 interrupted and resumable.
"""

from __future__ import annotations

from dataclasses import dataclass


class SeederError(Exception):
    """Anything a user can mend. ``message`` says what and where, ``hint`` how to mend it."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class UsageError(SeederError):
    """The command line or an option is wrong."""

    exit_code = 2


class PlanError(SeederError):
    """The plan is invalid, cannot be met, or does not belong to this database."""

    exit_code = 3


class Refused(SeederError):
    """Nothing is wrong, but going on could destroy something the user may want."""

    exit_code = 4


class VerificationFailed(SeederError):
    """The database does not hold what the plan promised."""

    exit_code = 5


class Interrupted(SeederError):
    """Stopped from outside; the tables of this run are empty again."""

    exit_code = 1


class ConnectionFailed(SeederError):
    """The database cannot be reached, or does not let us in."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the database said no to, as far as it tells.

    ``kind``: check, unique, foreign, exclusion, missing (a value that must be there), value (one
    that its type does not take), partition (there is none for the row), right, raised (by a
    function: a trigger, or one that a CHECK calls), or ''.
    ``constraint`` of a domain is in ``domain``, with the domain's name.
    """

    kind: str = ""
    table: str = ""
    column: str = ""
    constraint: str = ""
    domain: str = ""


class LoadFailed(SeederError):
    """The database refused a row, a statement or a lock."""

    refusal = Refusal()
