"""Which rows of a kept parent a key draws from: filters and weights, as lists of row numbers.

A selection is a list of row numbers of the parent's key snapshot, group by group. It is made when
planning, stored beside the snapshot and mapped into memory, so that drawing a row is one look-up.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.plan.asked import Asked, Wish
from seeder.plan.model import Among
from seeder.plan.overrides import ReferenceOverride, whole
from seeder.plan.predicates import Condition, read
from seeder.schema import Name, Schema, Table

Mask = npt.NDArray[np.bool_]

# Ranges come from CHECKs on columns of keys; nobody can ask for them in words.
_RANGES = {
    "<": pc.less, "<=": pc.less_equal, ">": pc.greater, ">=": pc.greater_equal,
}  # fmt: skip
_TESTS = ("in", "not in", "null", "not null")
_KINDS = frozenset("text integer boolean date decimal enum".split())
_EXAMPLE = "where: \"kind = 'a'\", or where: \"kind IN ('a', 'b') AND active = true\""


@dataclass(frozen=True)
class Selection:
    """Rows of ``target`` that meet every condition, in groups of the values of ``by``."""

    target: Name
    where: tuple[Condition, ...] = ()
    by: str = ""
    weights: tuple[tuple[str, int], ...] = ()

    @property
    def label(self) -> str:
        """Its name among the plan's inputs."""
        parts = [f"{c.column} {_shown(c)}" for c in self.where]
        said = f"{self.target} where {' and '.join(parts)}" if parts else str(self.target)
        values = ", ".join(v for v, _ in self.weights)
        return f"{said} by {self.by}: {values}" if self.by else said

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys((*(c.column for c in self.where), *((self.by,) * bool(self.by))))
        )

    def among(self, sizes: list[int]) -> Among:
        """What a key's plan says of it, given the rows of each group."""
        groups = [(w, n) for (_, w), n in zip(self.weights, sizes, strict=True)] if self.by else []
        return Among(input=self.label, rows=sum(sizes), groups=groups)


def _shown(condition: Condition) -> str:
    if condition.test in ("null", "not null"):
        return f"is {condition.test}"
    if condition.test in _RANGES:
        return f"{condition.test} {condition.values[0]}"
    values = ", ".join(f"'{v}'" for v in condition.values)
    if len(condition.values) == 1 and condition.test == "in":
        return f"= {values}"
    return f"{condition.test} ({values})"


def selection(wish: Wish[ReferenceOverride], parent: Table) -> Selection | None:
    """What a wish selects of a parent, or None. Raises OverrideError when it makes no sense."""
    where, weights = wish.what.where, wish.what.weights
    if not where and not weights:
        return None
    conditions = tuple(_conditions(wish, parent, where)) if where else ()
    (by, shares), *_ = (weights or {"": {}}).items()
    if by:
        _column(wish, parent, by, "weights")
    numbers = tuple((v, w) for v, w in whole(shares).items() if w > 0) if by else ()
    return Selection(parent.name, conditions, by, numbers)


def _conditions(wish: Wish[ReferenceOverride], parent: Table, text: str) -> Iterator[Condition]:
    for found in read(text):
        if not isinstance(found, Condition) or found.test not in _TESTS:
            raise wish.refuse(f"the filter {text!r} is not understood", _EXAMPLE)
        if found.other:
            raise wish.refuse(f"the filter {text!r} compares two columns", _EXAMPLE)
        _column(wish, parent, found.column, "where")
        yield found


def _column(wish: Wish[ReferenceOverride], parent: Table, name: str, key: str) -> None:
    if name not in parent.by_name:
        close = difflib.get_close_matches(name, parent.by_name, 1)
        raise wish.refuse(
            f"{key}: {parent.name} has no column {name}",
            f"did you mean {close[0]}?" if close else "columns: " + ", ".join(parent.by_name),
        )
    kind = parent.column(name).type
    if kind.kind not in _KINDS:
        raise wish.refuse(f"{key}: {parent.name}.{name} is {kind.native}, which cannot be compared")


def selections(schema: Schema, wishes: Asked, kept: frozenset[Name]) -> dict[str, Selection]:
    """Every selection that a key to a kept table asks for, by its label."""
    found = {}
    for (name, key), wish in wishes.keys.items():
        target = schema[name].keys_by_name[key].target
        made = selection(wish, schema[target]) if target in kept and name not in kept else None
        if made is not None:
            found[made.label] = made
    return found


def carried(chosen: Mapping[str, Selection]) -> dict[Name, tuple[str, ...]]:
    """The columns that each snapshot must carry beside its keys."""
    found: dict[Name, dict[str, None]] = {}
    for item in chosen.values():
        found.setdefault(item.target, {}).update(dict.fromkeys(item.columns))
    return {name: tuple(columns) for name, columns in found.items()}


def rows(snapshot: pa.Table, item: Selection) -> tuple[pa.RecordBatch, list[int]]:
    """The row numbers of a selection, group by group, and how many each group has."""
    mask = np.ones(len(snapshot), np.bool_)
    for condition in item.where:
        mask &= _meets(snapshot.column(condition.column), condition)
    groups = [mask]
    if item.by:
        column = snapshot.column(item.by)
        groups = [mask & _in(column, (value,)) for value, _ in item.weights]
    numbers = [np.flatnonzero(g) for g in groups]
    listed = np.concatenate(numbers) if numbers else np.empty(0, np.int64)
    batch = pa.RecordBatch.from_arrays([pa.array(listed.astype(np.int64))], names=["row"])
    return batch, [len(n) for n in numbers]


def _meets(column: pa.ChunkedArray, condition: Condition) -> Mask:
    if condition.test in ("null", "not null"):
        absent: Mask = column.is_null().to_numpy()
        return absent if condition.test == "null" else ~absent
    if condition.test in _RANGES:
        bound = pa.array([condition.values[0]]).cast(column.type)[0]
        there = pc.fill_null(_RANGES[condition.test](column, bound), False)
        within: Mask = there.to_numpy()
        return within
    found = _in(column, condition.values)
    if condition.test == "in":
        return found
    valid: Mask = column.is_valid().to_numpy()
    return ~found & valid


def _in(column: pa.ChunkedArray, values: tuple[str, ...]) -> Mask:
    """Where the column holds one of the values, given as text; one that its type cannot hold is
    in no row."""
    known = []
    for value in values:
        try:
            known.append(pa.array([value]).cast(column.type)[0].as_py())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue  # no row can hold it, and an override that no row meets is refused
    found: Mask = pc.is_in(column, value_set=pa.array(known, column.type)).to_numpy()
    return found
