"""Generator definitions, and the call through which a definition sees its row.

A generator is a *definition*: a name, a line of help, the kinds of type that it fits, parameters,
and a pure function of a ``Call``. ``list``, ``show`` and the reference page come from it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.errors import PlanError
from seeder.generate.stream import Ints, Words
from seeder.schema import Type


class Person(NamedTuple):
    """The row number of each row's patient, and how many rows of the table the patient has behind
    it; ``kin``: the rows are other people, whom the patient names."""

    number: Ints
    later: Ints
    kin: bool = False


class Call(Protocol):
    """What a generator may know about the rows whose cells it makes.

    All arrays have ``n`` entries. ``rows`` are row numbers of the table, in any order.
    """

    n: int
    rows: Ints
    type: Type
    params: Mapping[str, Any]
    reference: int  # the plan's reference date: microseconds since 1970-01-01 UTC

    @property
    def place(self) -> str:
        """Table and column; '' of what is no column."""

    def words(self, draw: int = 0, stream: str = "") -> Words:
        """Words of the column's own stream, or of a stream that columns of a row share by name.

        Columns that must agree (city, state, postal code; sex and first name) draw from one
        shared stream: 'place', 'sex', 'person'.
        """

    def below(self, limit: int, draw: int = 0, stream: str = "") -> Ints:
        """Uniform integers of [0, limit)."""

    def index(self, capacity: int) -> Ints:
        """An index of [0, capacity): drawn at random, or distinct for each row (or each sibling)
        when the plan has made the column unique. ``capacity`` is that of the definition."""

    def cells(self, column: str) -> pa.Array:
        """The same rows' cells of another column of the table, before NULLs are put in."""

    def sibling(self, meaning: str) -> pa.Array | None:
        """The same rows' cells of the table's first column with that meaning, if it has one."""

    def nearby(self, meaning: str) -> pa.Array | None:
        """The same of the row, or else of its owner, or of that one's."""

    def elsewhere(self, table: str, column: str, draw: int = 0) -> pa.Array:
        """Cells of another table's column, in a row drawn for each row; NULL where it has none."""

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made for these rows once: columns that share it name it alike."""

    @property
    def ordinal(self) -> Ints:
        """The row's number among the children of its owner, from 0; 0 without owner."""

    @property
    def siblings(self) -> Ints:
        """How many children the row's owner has in this table, the row included."""

    @property
    def span(self) -> tuple[Ints, Ints]:
        """The row's stretch of time: start and end, microseconds since 1970-01-01 UTC.

        It lies inside the owner's, after the patient's birth, before death and reference date."""

    @property
    def life(self) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        """Birth and death of the row's person in microseconds, and whether the person died."""

    def parent(self, key: str, column: str) -> pa.Array:
        """Cells of a column of the rows' parents along a key; NULL where there is none."""

    @property
    def person(self) -> Person | None:
        """Whose rows they are: of patients themselves, and of what belongs to one directly; None of
        others."""

    def person_words(self, numbers: Ints, draw: int = 0, stream: str = "") -> Words:
        """Words of numbers of patients (or of households), the same in every table of theirs."""


Make = Callable[[Call], "pa.Array | npt.NDArray[Any]"]
Capacity = Callable[[Type, Mapping[str, Any]], int]
Single = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A generator's parameter: its Python type, default and a line of help."""

    type: type
    default: Any
    help: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A generator. ``accepts`` holds kinds of ``Type``; ``capacity`` counts the distinct values
    that it can make for a type, when it can make them distinct at all (then it uses
    ``Call.index``); ``width`` is the most characters that it writes, when it writes text;
    ``single`` says why all its cells are alike under the parameters, '' when they are not.
    ``identity``: its values could be somebody's if they were made by chance, so that nothing else
    may stand in for it; ``variants``: parameters under which it writes them in other ways, for
    CHECKs."""

    name: str
    summary: str
    accepts: frozenset[str]
    make: Make
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    capacity: Capacity | None = None
    width: Capacity | None = None
    single: Single | None = None
    identity: bool = False
    variants: tuple[Mapping[str, Any], ...] = ()

    def resolve(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters, defaults filled in. Raises PlanError on an unknown name or wrong type."""
        for name, value in given.items():
            if name not in self.parameters:
                raise PlanError(
                    f"generator {self.name} has no parameter {name!r}",
                    _nearest(name, self.parameters),
                )
            wanted = self.parameters[name].type
            if (isinstance(value, bool) and wanted not in (bool, object)) or not (
                isinstance(value, wanted) or (wanted is float and isinstance(value, int))
            ):
                raise PlanError(
                    f"generator {self.name}: parameter {name} must be {wanted.__name__}, "
                    f"not {value!r}"
                )
        return {name: given.get(name, p.default) for name, p in self.parameters.items()}


_definitions: dict[str, Definition] = {}


def generator(
    name: str,
    summary: str,
    *,
    accepts: str,
    capacity: Capacity | None = None,
    width: Capacity | None = None,
    single: Single | None = None,
    identity: bool = False,
    variants: tuple[Mapping[str, Any], ...] = (),
    **parameters: Parameter,
) -> Callable[[Make], Make]:
    """Register the decorated function as a generator; ``accepts`` is a list of kinds by spaces."""

    def register(make: Make) -> Make:
        if name in _definitions:
            raise ValueError(f"generator {name} is defined twice")
        _definitions[name] = Definition(
            name, summary, frozenset(accepts.split()), make, parameters, capacity, width, single,
            identity, variants,
        )  # fmt: skip
        return make

    return register


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f"did you mean {close[0]}?" if close else "known: " + ", ".join(sorted(known))


def definitions() -> Mapping[str, Definition]:
    """All generators by name."""
    from seeder.generate import makers

    makers.load()
    return _definitions


def definition(name: str) -> Definition:
    """The generator of that name. Raises PlanError naming the nearest one."""
    known = definitions()
    if name not in known:
        raise PlanError(f"there is no generator {name!r}", _nearest(name, known))
    return known[name]
