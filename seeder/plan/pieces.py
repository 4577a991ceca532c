"""Keys to a part of the parents: ``kind_id REFERENCES kind CHECK (kind_id BETWEEN 10 AND 19)``.

The values that such CHECKs ask for are divided into pieces, and the rows of the parent's table have
a value of each piece in turn; a key draws from the rows whose turns are within its CHECK.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from seeder.plan.bounds import Bounds, ends
from seeder.plan.columns import narrowed
from seeder.plan.model import Among, ColumnPlan, KeyPlan
from seeder.plan.narrowing import narrow
from seeder.schema import Column, ForeignKey, Name, Schema, Table

GENERATOR = "key.pieces"
_OPEN = 10_000  # numbers of a stretch that has no other end
_MOST = 250  # pieces of one column

Place = tuple[Name, str]
Link = tuple[Name, str]
Piece = list[Any]  # texts, or [first, last] of stretches of numbers


@dataclass(frozen=True)
class Pieces:
    """The pieces of each parent's column, and which of them each key may draw from."""

    columns: Mapping[Place, Sequence[Piece]] = field(default_factory=dict)
    keys: Mapping[Link, tuple[Place, tuple[int, ...]]] = field(default_factory=dict)

    @property
    def least(self) -> dict[Name, int]:
        """The fewest rows with which every key has a parent."""
        return {name: len(pieces) for (name, _), pieces in self.columns.items()}

    def column(self, place: Place, plan: ColumnPlan) -> ColumnPlan:
        return plan.model_copy(
            update={
                "generator": GENERATOR, "params": {"pieces": list(self.columns[place])},
                "nulls": 0.0, "meaning": "", "why": "CHECKs of other tables take some of its keys",
            }
        )  # fmt: skip

    def key(self, link: Link, plan: KeyPlan, rows: Mapping[Name, int]) -> KeyPlan:
        """The plan of a key that draws from its pieces only."""
        place, turns = self.keys[link]
        pieces, total = self.columns[place], rows[place[0]]
        sizes = [(turn, min(_size(pieces[turn]), _in_turn(total, turn, len(pieces))))
                 for turn in turns]  # fmt: skip
        among = Among(input="", rows=sum(size for _, size in sizes), turns=sizes, of=len(pieces))
        return plan.model_copy(
            update={
                "how": "drawn", "path": [], "down": [], "distinct": None, "among": among,
                "why": "among the rows that a CHECK allows",
            }
        )  # fmt: skip


def _in_turn(rows: int, turn: int, of: int) -> int:
    return max(rows - turn + of - 1, 0) // of


def _size(piece: Piece) -> int:
    return sum(1 if isinstance(v, str) else v[1] - v[0] + 1 for v in piece)


def pieces(schema: Schema, filled: Collection[Name]) -> Pieces:
    """What CHECKs on columns of keys ask of the columns that they reference."""
    asked: dict[Place, list[tuple[Link, Piece]]] = defaultdict(list)
    for name in sorted(filled):
        for key, bounds in _bound(schema[name], filled):
            target = schema[key.target]
            column = target.column(key.target_columns[0])
            piece = _piece(bounds, column)
            if piece and _free(target, column):
                asked[target.name, column.name].append(((name, key.name), piece))
    columns: dict[Place, list[Piece]] = {}
    keys: dict[Link, tuple[Place, tuple[int, ...]]] = {}
    for place, wants in asked.items():
        found = _divided([piece for _, piece in wants])
        if len(found) > _MOST:
            continue
        columns[place] = [piece for piece, _ in found]
        for number, (link, _) in enumerate(wants):
            turns = tuple(t for t, (_, of) in enumerate(found) if number in of)
            keys[link] = place, turns
    return Pieces(columns, keys)


def _bound(table: Table, filled: Collection[Name]) -> Iterator[tuple[ForeignKey, Bounds]]:
    """The keys of one column that CHECKs narrow."""
    checked = {c for k in table.checks for c in k.columns}
    for key in table.foreign_keys:
        if len(key.columns) != 1 or key.target not in filled or key.target == table.name:
            continue
        column = table.column(key.columns[0])
        if column.name in checked or column.type.checks:
            bounds = narrow(table).columns.get(column.name, Bounds())
            if narrowed(bounds):
                yield key, bounds


def _free(table: Table, column: Column) -> bool:
    """Whether nothing else decides the values of a parent's column."""
    keyed = {c for k in table.foreign_keys for c in k.columns}
    checked = {c for k in table.checks for c in k.columns}
    return not (column.name in keyed | checked or column.type.checks or column.generated)


def _piece(bounds: Bounds, column: Column) -> Piece:
    """The texts, or the stretches of whole numbers, within the bounds; [] for what is neither."""
    kind = column.type
    if kind.kind == "text":
        known = [v for v in bounds.values or () if v not in bounds.never]
        return known if all(len(v) <= (kind.length or len(v)) for v in known) else []
    if kind.kind not in ("integer", "decimal") or kind.scale:
        return []
    if bounds.values is not None:
        return [[int(v), int(v)] for v in bounds.values if v not in bounds.never and _whole(v)]
    found = ends(bounds, "integer", column)
    low, high = found.get("min_value"), found.get("max_value")
    if low is None and high is None:
        return []
    first = int(low) if low is not None else 1 if int(high or 0) >= 1 else int(high or 0) - _OPEN
    last = int(high) if high is not None else min(first + _OPEN, (1 << ((kind.bits or 64) - 1)) - 1)
    return [[first, last]] if first <= last else []


def _whole(text: str) -> bool:
    return text.lstrip("-").isdigit()


def _divided(wants: Sequence[Piece]) -> list[tuple[Piece, frozenset[int]]]:
    """Pieces without a value in common, and which of ``wants`` each is within."""
    found: dict[frozenset[int], Piece] = {}
    if isinstance(wants[0][0], str):
        for value in dict.fromkeys(v for want in wants for v in want):
            of = frozenset(n for n, want in enumerate(wants) if value in want)
            found.setdefault(of, []).append(value)
    else:
        cuts = sorted({c for want in wants for low, high in want for c in (low, high + 1)})
        for low, after in pairwise(cuts):
            of = frozenset(n for n, want in enumerate(wants) if any(a <= low <= b for a, b in want))
            if of:
                found.setdefault(of, []).append([low, after - 1])
    return [(piece, of) for of, piece in found.items()]
