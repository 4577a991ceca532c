"""What the bounds of partitions, on all levels, leave of the values of the dividing columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from seeder.plan.bounds import Bounds, ends, order
from seeder.plan.operands import Unsolved
from seeder.schema import Name, Schema, Table

_RANGE = re.compile(r"FOR VALUES FROM \((.+)\) TO \((.+)\)\Z", re.S)
_LIST = re.compile(r"FOR VALUES IN \((.+)\)\Z", re.S)
_LITERAL = re.compile(r"'((?:[^']|'')*)'(?:::[a-z ]+)?|(NULL|MINVALUE|MAXVALUE|-?[0-9.]+)", re.I)
# How far an open end reaches in a partition chosen by several columns.
_REACH = {"integer": 1000, "date": 366, "timestamp": 366, "timestamptz": 366}


NO_PARTITIONS = "it has no partitions"


@dataclass(frozen=True, slots=True)
class Piece:
    """What one partition takes in of a column: ``values`` (None among them for NULL), or a stretch
    from ``low`` to before ``high``, '' for endless."""

    values: tuple[str | None, ...] = ()
    low: str = ""
    high: str = ""


Leaf = Mapping[str, Piece]


@dataclass(frozen=True)
class Divided:
    """Bounds of columns that divide each by itself; parameters of ``leaf`` for those that choose a
    partition together; and why something is not understood."""

    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    together: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    problem: str = ""


def undivided(schema: Schema) -> dict[Name, str]:
    """Tables that can hold no row, and why: those without partitions, and those that need one of
    them as a parent."""
    found = {t.name: NO_PARTITIONS for t in schema if divided(t, schema).problem == NO_PARTITIONS}
    more = dict(found)
    while more:
        more = {
            t.name: f"it needs a row of {key.target}, and {found[key.target]}"
            for t in (schema if found else ())
            if t.name not in found
            for key in t.foreign_keys
            if key.target in found and not t.nullable(key)
        }
        found |= more
    return found


def divided(table: Table, schema: Schema) -> Divided:
    """What a partitioned table's partitions leave; nothing where they take in everything."""
    if table.partitioning is None:
        return Divided()
    leaves = list(_leaves(table, _children(schema)))
    columns = sorted({c for leaf in leaves for c in leaf})
    if not leaves:
        return Divided(problem="" if table.partitioning.has_default else NO_PARTITIONS)
    try:
        if len(columns) <= 1 or _complete(leaves, columns):
            return Divided(
                {c: _bounds(table, c, leaves) for c in columns if _everywhere(c, leaves)}
            )
        return Divided(together=_together(table, leaves, columns))
    except Unsolved as why:
        return Divided(problem=why.reason)


def _children(schema: Schema) -> dict[Name, list[Table]]:
    found: dict[Name, list[Table]] = {}
    for table in schema:
        if table.partition_of is not None:
            found.setdefault(table.partition_of, []).append(table)
    return found


def _leaves(table: Table, children: Mapping[Name, list[Table]]) -> Iterator[Leaf]:
    """The partitions that hold rows, with all that is asked of a row on the way to each."""
    parts = table.partitioning
    if parts is None:
        yield {}
        return
    free = parts.has_default or parts.strategy == "hash"
    for child in children.get(table.name, ()):
        own = {} if free else _piece(parts.columns, child.bound)
        for deeper in _leaves(child, children):
            yield {**own, **deeper}


def _piece(columns: tuple[str, ...], bound: str) -> dict[str, Piece]:
    """Of several columns the first one counts, with room to spare at its ends."""
    if (found := _LIST.match(bound)) and columns[0]:
        return {columns[0]: Piece(values=tuple(_literals(found[1])))}
    if (found := _RANGE.match(bound)) and columns[0]:
        low, high = _literals(found[1])[0] or "", _literals(found[2])[0] or ""
        return {
            columns[0]: Piece(
                low="" if low.upper() == "MINVALUE" else low,
                high="" if high.upper() == "MAXVALUE" else high,
            )
        }
    return {}


def _literals(text: str) -> list[str | None]:
    return [
        None if m[2] and m[2].upper() == "NULL" else m[2] or m[1].replace("''", "'")
        for m in _LITERAL.finditer(text)
    ]


def _everywhere(column: str, leaves: list[Leaf]) -> bool:
    """Whether each partition asks something of the column: else any value finds its place."""
    return all(column in leaf for leaf in leaves)


def _complete(leaves: list[Leaf], columns: list[str]) -> bool:
    """Whether every combination of what is asked of single columns has its partition."""
    combinations = 1
    for column in columns:
        combinations *= len({leaf.get(column) for leaf in leaves})
    return combinations == len({tuple(leaf.get(c) for c in columns) for leaf in leaves})


def _bounds(table: Table, column: str, leaves: list[Leaf]) -> Bounds:
    pieces = list(dict.fromkeys(leaf[column] for leaf in leaves))
    if any(p.values for p in pieces):
        values = tuple(dict.fromkeys(v for p in pieces for v in p.values))
        known = tuple(v for v in values if v is not None)
        return Bounds(values=known, not_null=None not in values)
    several = table.partitioning is not None and len(table.partitioning.columns) > 1
    found = _run(table.column(column).type.kind, pieces)
    return replace(found, low_open=several and found.low is not None)


def _run(kind: str, pieces: list[Piece]) -> Bounds:
    """The longest run of stretches of which each begins where the one before ends."""
    ranges = sorted(pieces, key=lambda p: (bool(p.low), order(kind, p.low) if p.low else 0))
    runs = [[ranges[0]]]
    for before, after in pairwise(ranges):
        if before.high == after.low:
            runs[-1].append(after)
        else:
            runs.append([after])
    best = max(runs, key=len)
    low, high = best[0].low or None, best[-1].high or None
    return Bounds(low=low, high=high, high_open=high is not None, not_null=True)


def _together(table: Table, leaves: list[Leaf], columns: list[str]) -> dict[str, dict[str, object]]:
    """Parameters under which all columns of a row choose the same partition."""
    found: dict[str, dict[str, object]] = {}
    for column in columns:
        kind = table.column(column).type.kind
        usual = next(leaf[column] for leaf in leaves if column in leaf)
        pieces = [leaf.get(column, usual) for leaf in leaves]
        listed = [[v for v in p.values if v is not None] for p in pieces]
        if all(listed):
            found[column] = {"values": listed}
        elif not any(p.values for p in pieces) and kind in _REACH:
            found[column] = {"ranges": [_ends(kind, p) for p in pieces]}
        else:
            raise Unsolved(f"partitions choose by {column} in more than one way")
        found[column]["group"] = str(table.name)
    return found


def _ends(kind: str, piece: Piece) -> list[object]:
    """First and last value of a stretch."""
    found = ends(
        Bounds(low=piece.low or None, high=piece.high or None, high_open=bool(piece.high)), kind
    )
    low: Any = found.get("min_value")
    high: Any = found.get("max_value")
    reach = _REACH[kind]
    if kind == "integer":
        low = high - reach if low is None else low
        return [low, low + reach if high is None else high]
    if low is None or high is None:
        raise Unsolved("a partition of several columns without first or last date")
    return [low, high]
