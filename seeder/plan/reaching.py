"""What the columns that reference a column leave of its values: a copy must fit where it goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from seeder.plan.partitions import Divided
from seeder.plan.predicates import Condition
from seeder.schema import Name, Schema, Type

Place = tuple[Name, str]  # a table and one of its columns


def copies(schema: Schema, members: Collection[Name]) -> Mapping[Place, tuple[Place, ...]]:
    """The columns that the keys of ``members`` fill from a column, near and far."""
    direct: dict[Place, list[Place]] = defaultdict(list)
    for name in members:
        for key in schema[name].foreign_keys:
            for mine, theirs in zip(key.columns, key.target_columns, strict=True):
                direct[key.target, theirs].append((name, mine))
    return {place: _all(direct, place) for place in list(direct)}


def types_of(
    copied: Mapping[Place, Sequence[Place]], schema: Schema, name: Name
) -> dict[str, tuple[Type, ...]]:
    """The types of the columns that a table's columns are copied to."""
    return {
        column: tuple(dict.fromkeys(schema[n].column(c).type for n, c in places))
        for (table, column), places in copied.items()
        if table == name
    }


def _all(direct: Mapping[Place, list[Place]], start: Place) -> tuple[Place, ...]:
    found: dict[Place, None] = {}
    edge = [start]
    while edge:
        for place in direct.get(edge.pop(), ()):
            if place not in found and place != start:
                found[place] = None
                edge.append(place)
    return tuple(found)


def limits(column: str, own: Type, others: Collection[Type]) -> list[Condition]:
    """Conditions under which a value of ``own`` fits all the other types too."""
    found: list[Condition] = []
    for other in others:
        most = _largest(other)
        if own.kind in ("integer", "decimal") and most is not None:
            mine = _largest(own)
            if mine is None or most < mine:
                found.append(Condition(column, "<=", (str(most),)))
        if own.kind == "text" and other.length and other.length < (own.length or 1 << 30):
            found.append(Condition(column, "longest", (str(other.length),)))
    return found


def of_parts(
    copied: Mapping[Place, Sequence[Place]], parts: Mapping[Name, Divided], name: Name
) -> list[Condition]:
    """What the partitions of the tables that a table's values are copied to leave of them."""
    found: list[Condition] = []
    for (table, column), places in copied.items():
        for where, theirs in places if table == name else ():
            bounds = parts[where].bounds.get(theirs) if where in parts else None
            if bounds is None:
                continue
            if bounds.values is not None:
                found.append(Condition(column, "in", bounds.values))
            if bounds.low is not None:
                found.append(Condition(column, ">" if bounds.low_open else ">=", (bounds.low,)))
            if bounds.high is not None:
                found.append(Condition(column, "<" if bounds.high_open else "<=", (bounds.high,)))
    return found


def scale(own: Type, others: Collection[Type]) -> int | None:
    """The digits after the point that all the other types keep; None where those are all."""
    kept = [
        0 if other.kind == "integer" else other.scale or 0
        for other in others
        if other.kind == "integer" or (other.kind == "decimal" and other.precision is not None)
    ]
    fewest = min(kept, default=None)
    if own.kind != "decimal" or fewest is None:
        return None
    return fewest if own.precision is None or fewest < (own.scale or 0) else None


def _largest(kind: Type) -> int | None:
    """The largest whole number of a type; None where that is no limit."""
    if kind.kind == "integer":
        return (1 << ((kind.bits or 64) - 1)) - 1
    if kind.kind == "decimal" and kind.precision is not None:
        return int(10 ** max(kind.precision - (kind.scale or 0), 0)) - 1
    return None
