"""A part: the bodies of one place of a layout, and which of them each row may have."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from seeder.generate.stream import Ints
from seeder.text import colours, tags
from seeder.text.pool import PoolError

ENOUGH = 32  # bodies of a file that suit a row, below which the grammar's are taken too
_TAGS = len(tags.TAGS)
_REGISTERS = ("full", "terse")


class Choice(NamedTuple):
    """What each row chooses among: bodies of so many ``colours``, kept from place ``at`` on."""

    colours: Ints
    at: Ints


@dataclass
class Part:
    """The bodies of one place of a layout, with the tags that they need and rule out.

    ``terse``: those in abbreviations; a layout has these or the others. ``scopes``: conditions that
    have bodies of their own, by their place in the knowledge. ``spare`` bodies are for rows that
    few others suit. ``same``: bodies of one number differ in nothing but their slots.
    """

    bodies: npt.NDArray[np.int32]
    terse: npt.NDArray[np.bool_]
    need: Ints
    forbid: Ints
    scope: Ints
    where: str
    scopes: Ints
    spare: npt.NDArray[np.bool_]
    same: Ints
    _at: dict[int, tuple[int, int]] = field(default_factory=dict)
    _alike: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    _flat: list[int] = field(default_factory=list)
    _first: list[int] = field(default_factory=list)
    _count: list[int] = field(default_factory=list)
    _kept: list[Ints] = field(default_factory=list)

    @cached_property
    def relevant(self) -> int:
        """The tags that decide."""
        return int(np.bitwise_or.reduce(self.need | self.forbid))

    def of(self, register: str, row_tags: Ints, condition: Ints) -> Choice:
        """What each row may have in a layout of that register."""
        scope = self.scopes[condition] if len(self.scopes) else np.zeros(len(condition), np.int64)
        cells = scope * 2 + _REGISTERS.index(register) << _TAGS | row_tags & self.relevant
        known, back = np.unique(cells, return_inverse=True)
        found = np.array([self._find(int(c)) for c in known], np.int64).reshape(-1, 2)
        return Choice(found[back, 0], found[back, 1])

    def body(self, at: Ints, turn: Ints) -> Ints:
        """The bodies of rows whose colour is kept at a place; ``turn`` takes one of several."""
        if not self._kept or len(self._kept[0]) != len(self._first):
            self._kept = [np.array(n, np.int64) for n in (self._first, self._count, self._flat)]
        first, count, flat = self._kept
        found: Ints = flat[first[at] + turn % count[at]]
        return found

    def of_row(self, register: str, row_tags: int, condition: int) -> Ints:
        """All bodies that a row may have."""
        scope = int(self.scopes[condition]) if len(self.scopes) else 0
        found = self._suiting(scope, _REGISTERS.index(register), row_tags)
        return self.bodies[found].astype(np.int64)

    def _find(self, cell: int) -> tuple[int, int]:
        if cell not in self._at:
            scope, terse = divmod(cell >> _TAGS, 2)
            suiting = self._suiting(scope, terse, cell & (1 << _TAGS) - 1)
            key = suiting.tobytes()
            # Cells that have the same bodies share them.
            if key not in self._alike:
                self._alike[key] = self._place(suiting)
            self._at[cell] = self._alike[key]
        return self._at[cell]

    def _suiting(self, scope: int, terse: int, row: int) -> Ints:
        """The places of the bodies that suit a row."""
        rows, of = np.array([row], np.int64), self._groups[1]
        found = np.flatnonzero(self._fits(scope, terse, rows)[0][of])
        if len(found) == 0:
            found = np.flatnonzero(self._fits(0, terse, rows)[0][of])
        if len(found) == 0:
            named = " ".join(n for n in tags.TAGS if row & tags.bit(n))
            raise PoolError(f"{self.where}: no text for a row that is {named or 'plain'}")
        return found

    @cached_property
    def _groups(self) -> tuple[Ints, Ints]:
        """Bodies that the same rows may have: scope, register, need, forbid and spare of each such
        group, and the group of each body."""
        each = np.stack([self.scope, self.terse, self.need, self.forbid, self.spare], axis=1)
        groups, of = np.unique(each.astype(np.int64), axis=0, return_inverse=True)
        return groups.T, of.reshape(-1)

    def _fits(self, scope: int, terse: int, rows: Ints) -> npt.NDArray[np.bool_]:
        """Which rows may have which groups of a scope and register."""
        (scopes, registers, need, forbid, spare), of = self._groups
        row, extra = rows[:, None], spare == 1
        fits: npt.NDArray[np.bool_] = ((row & need) == need) & ((row & forbid) == 0)
        fits &= (scopes == scope) & (registers == terse)
        sizes = np.bincount(of, minlength=len(spare))
        enough = (fits[:, ~extra] * sizes[~extra]).sum(axis=1) >= ENOUGH
        fits[enough] &= ~extra
        return fits

    @cached_property
    def _colours(self) -> tuple[Ints, Ints]:
        """The colour of each body, and how many there are for it: by scope, as no row chooses among
        those of two. A full text and a terse one may read alike: they are dealt together."""
        colour, many = np.zeros(len(self.bodies), np.int64), np.ones(len(self.bodies), np.int64)
        rows, of = colours.rows(self.relevant), self._groups[1]
        for scope in np.unique(self.scope).tolist():
            mine = np.flatnonzero(self.scope == scope)
            fits = np.concatenate([self._fits(scope, terse, rows) for terse in (0, 1)])
            colour[mine], many[mine] = colours.dealt(fits, of[mine], self.same[mine])
        return colour, many

    def _place(self, suiting: Ints) -> tuple[int, int]:
        """How many colours these bodies have, and where those of the first are kept."""
        colour, many = (n[suiting] for n in self._colours)
        count, at, begin = int(many.max()), len(self._first), len(self._flat)
        order = np.argsort(colour, kind="stable")
        self._flat += self.bodies[suiting][order].tolist()
        each = np.bincount(colour, minlength=count)
        first = begin + np.cumsum(each) - each
        # No row that there can be lacks a colour; what is asked for others is any body.
        self._first += np.where(each > 0, first, begin).tolist()
        self._count += np.where(each > 0, each, len(suiting)).tolist()
        return count, at
