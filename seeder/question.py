"""What a rule asks of one place of a schema: all that an adapter needs to compose the query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from seeder.schema import ForeignKey, Name, Table


@dataclass(frozen=True, slots=True)
class Hop:
    """One key on the way from a row to another: ``back`` goes from the target to the one row of
    ``table`` that points at it."""

    table: Name
    key: ForeignKey
    back: bool = False

    @property
    def end(self) -> Name:
        return self.table if self.back else self.key.target

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(column here, column there)."""
        pairs = zip(self.key.columns, self.key.target_columns, strict=True)
        return tuple((b, a) for a, b in pairs) if self.back else tuple(pairs)


Path = tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A column at the end of a path ('' is NULL in each row), read as ``kind``: moment, day,
    number, text, label, icd, code, drug, sex, flag, or raw."""

    path: Path
    column: str
    kind: str
    native: str = ""  # the kind of the column's type

    @property
    def own(self) -> bool:
        """Whether it is a column of the row itself."""
        return not self.path and bool(self.column)


@dataclass(frozen=True, slots=True)
class Listing:
    """Knowledge as rows: numbers and texts; the first columns are what is looked up."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of a table with named facts; ``key`` tells whose they are."""

    table: Table
    facts: Mapping[str, Fact]
    key: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """How many rows a rule applies to, and how many of them break it.

    ``form`` row: each row by itself. next: with the one before it of the same key, in the order
    of ``order``. group: the rows of a key together. among: whether rows of ``others`` with the
    same key meet ``where``, whose names are theirs, and those of the row behind 'mine.'.
    ``alike``: other columns of the table that are asked the same, where the form is among.
    A row counts when its facts, the ``optional`` aside, are there, ``look`` finds them and ``when``
    is true. The expressions are comparisons of plain SQL, with the functions that
    ``seeder.verify.clinical.rule.FUNCTIONS`` lists.
    """

    source: Source
    when: str
    holds: str
    reference: dt.datetime
    form: str = "row"
    optional: frozenset[str] = frozenset()
    look: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Listing] = field(default_factory=dict)
    order: str = ""
    others: tuple[Source, ...] = ()
    where: str = ""
    alike: tuple[Source, ...] = ()
