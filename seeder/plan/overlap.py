"""Keys that share a column: both parents must have the same value there.

A value is followed from the parent to where it comes from: the tenant of a site is the tenant's
own number. Where the lines of two keys meet, their rows must be the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seeder.plan.graph import Graph
from seeder.schema import ForeignKey, Name

_DEEPEST = 8  # links from a row to where a shared value comes from


@dataclass(frozen=True, slots=True)
class Meeting:
    """``table`` is where the lines of two keys meet; each path starts with a key of the row."""

    table: Name
    column: str
    first: tuple[str, ...]
    second: tuple[str, ...]


def meeting(
    graph: Graph, first: ForeignKey, second: ForeignKey, apart: bool = False
) -> Meeting | None:
    """Where the columns that two keys share come from, the nearest to ``second``'s parent; None
    when they share none. ``table`` is the row's own where nothing is common to the two.
    ``apart``: the parents must differ, so that it is not there that they meet."""
    shared = [c for c in second.columns if c in first.columns]
    found = [m for c in shared for m in _meetings(graph, first, second, c, apart)]
    if found:
        return min(found, key=lambda m: (len(m.second), len(m.first), m.table))
    return Meeting(Name("", ""), shared[0], (), ()) if shared else None


def _meetings(
    graph: Graph, first: ForeignKey, second: ForeignKey, column: str, apart: bool
) -> Iterator[Meeting]:
    left = {(t, c): path for t, c, path in _line(graph, first, column)}
    for table, theirs, path in _line(graph, second, column):
        if (table, theirs) in left and not (apart and len(path) == 1):
            yield Meeting(table, theirs, left[table, theirs], path)
            return


def _line(
    graph: Graph, key: ForeignKey, column: str
) -> Iterator[tuple[Name, str, tuple[str, ...]]]:
    """The places that a key's value of a column comes from, the parent first."""
    path: tuple[str, ...] = ()
    for _ in range(_DEEPEST):
        path = (*path, key.name)
        table = graph.schema[key.target]
        column = key.target_columns[key.columns.index(column)]
        yield table.name, column, path
        printed = table.printed_by(k.name for k in graph.keys(table.name))
        if column not in printed:
            return
        key = table.keys_by_name[printed[column]]


def overlapping(keys: Sequence[ForeignKey]) -> frozenset[str]:
    """The names of keys that share a column with another one."""
    return frozenset(
        a.name for a in keys for b in keys if a.name != b.name and set(a.columns) & set(b.columns)
    )
