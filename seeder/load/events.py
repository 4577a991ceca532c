"""What a load is told, what it says on its way, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """What happens during a load. ``kind``: start (of a phase), progress, done (of a task)."""

    kind: str
    phase: str
    label: str = ""
    rows: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What a load did: rows, bytes, indexes and keys rebuilt, and seconds of each phase."""

    run: int
    rows: int
    bytes: int
    rebuilt: int
    seconds: Mapping[str, float] = field(default_factory=dict)
    refreshed: int = 0


@dataclass(frozen=True)
class LoadOptions:
    """``partition_rows`` 0 means by width. ``truncate``: the user has agreed that the tables of
    the plan be emptied first. ``preflight``: try a few rows first; True: even where a trigger that
    they fire may do what no rollback undoes; None: but not there. ``refresh``: materialised views
    that read filled tables are read again in the end. ``append``: the plan is one of a batch, whose
    rows are added to those that are there."""

    workers: int = 2
    partition_rows: int = 0
    vacuum: bool = True
    truncate: bool = False
    preflight: bool | None = None
    refresh: bool = False
    append: bool = False
