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
from seeder.plan.model import Among, ColumnPlan, KeyPlan, Options
from seeder.plan.narrowing import narrow
from seeder.plan.predicates import Condition
from seeder.plan.selecting import Selection
from seeder.schema import Column, ForeignKey, Name, Schema, Table

GENERATOR = "key.pieces"
_OPEN = 10_000  # numbers of a stretch that has no other end
_MOST = 250  # pieces of one column

Place = tuple[Name, str]
Link = tuple[Name, str]
Piece = list[Any]  # texts, or [first, last] of stretches of numbers


@dataclass(frozen=True)
class Pieces:
    """The pieces of each parent's column, and which of them each key may draw from; ``closed``: the
    columns that have no other values, by CHECKs of their own."""

    columns: Mapping[Place, Sequence[Piece]] = field(default_factory=dict)
    closed: frozenset[Place] = frozenset()
    keys: Mapping[Link, tuple[Place, tuple[int, ...]]] = field(default_factory=dict)

    @property
    def least(self) -> dict[Name, int]:
        """The fewest rows with which every key has a parent."""
        return {name: len(pieces) for (name, _), pieces in self.columns.items()}

    def column(self, place: Place, plan: ColumnPlan) -> ColumnPlan:
        params: dict[str, Any] = {"pieces": list(self.columns[place])}
        if place in self.closed:
            params["closed"] = True
        return plan.model_copy(
            update={
                "generator": GENERATOR, "params": params,
                "nulls": 0.0, "meaning": "", "why": "CHECKs of other tables take some of its keys",
            }
        )  # fmt: skip

    def limited(
        self, keys: Mapping[Link, KeyPlan], rows: Mapping[Name, int],
        chosen: Mapping[Link, Selection], options: Options,
    ) -> dict[Link, KeyPlan]:  # fmt: skip
        """The plans of keys that draw from some of the rows: their pieces, or the ``chosen`` of a
        kept parent."""
        used, sizes = options.batch.starts if options.batch else {}, options.selected
        split = {link: self.key(link, keys[link], rows, used) for link in self.keys if link in keys}
        kept = {
            link: among_rows(keys[link], item.among(sizes[item.label]))
            for link, item in chosen.items()
            if link in keys
        }
        return split | kept

    def key(
        self, link: Link, plan: KeyPlan, rows: Mapping[Name, int], used: Mapping[str, int]
    ) -> KeyPlan:
        """The plan of a key that draws from its pieces only; ``used`` rows of earlier batches."""
        place, turns = self.keys[link]
        pieces, total = self.columns[place], rows[place[0]]
        of, start = len(pieces), used.get(str(place[0]), 0)
        sizes = [_in_turn(total, turn, of, start, _size(pieces[turn])) for turn in turns]
        among = Among(input="", rows=sum(size for _, size in sizes), turns=sizes, of=of)
        return among_rows(plan, among)


def among_rows(plan: KeyPlan, among: Among) -> KeyPlan:
    """The plan of a key that draws from some rows, those that its CHECK allows."""
    return plan.model_copy(
        update={
            "how": "drawn", "path": [], "down": [], "distinct": None, "among": among,
            "why": "among the rows that a CHECK allows",
        }
    )  # fmt: skip


def _in_turn(rows: int, turn: int, of: int, start: int, size: int) -> tuple[int, int]:
    """The first row of a batch, which begins with row number ``start``, that has a value of a piece
    of ``size`` values, and how many have one: each ``of`` rows after the one before."""
    first, end = (turn - start) % of, min(rows, size * of - start)
    return first, max(-(-(end - first) // of), 0)


def _size(piece: Piece) -> int:
    return sum(1 if isinstance(v, str) else v[1] - v[0] + 1 for v in piece)


def pieces(schema: Schema, filled: Collection[Name]) -> Pieces:
    """What CHECKs on columns of keys ask of the columns that they reference."""
    asked: dict[Place, list[tuple[Link, Piece]]] = defaultdict(list)
    for name in sorted(filled):
        for key, bounds in _bound(schema[name], filled):
            place = key.target, key.target_columns[0]
            asked[place].append(
                ((name, key.name), _piece(bounds, schema[key.target].column(place[1])))
            )
    found = {place: _of_column(schema[place[0]], place[1], wants) for place, wants in asked.items()}
    return Pieces(
        {place: [piece for piece, _ in of] for place, (of, _) in found.items() if of},
        frozenset(place for place, (_, closed) in found.items() if closed),
        {
            link: (place, tuple(turn for turn, (_, links) in enumerate(of) if link in links))
            for place, (of, _) in found.items()
            for link in {link for _, links in of for link in links}
        },
    )


def _of_column(
    table: Table, name: str, wants: Sequence[tuple[Link, Piece]]
) -> tuple[list[tuple[Piece, frozenset[Link]]], bool]:
    """The pieces of one parent's column, which keys take each, and whether these are all its
    values; none where something else decides them."""
    column, own = table.column(name), _own(table, name)
    if own is None or column.generated or any(name in k.columns for k in table.foreign_keys):
        return [], False
    links = [link for link, piece in wants if piece]
    pieces = [piece for _, piece in wants if piece]
    whole = _piece(own, column) if narrowed(own) else []
    if narrowed(own) and not whole:
        return [], False
    found = _divided([*pieces, whole] if whole else pieces)
    if whole:  # what is outside the column's own CHECK no key can have
        found = [(piece, of) for piece, of in found if len(pieces) in of]
    taken = [(piece, frozenset(links[n] for n in of if n < len(links))) for piece, of in found]
    return (taken, bool(whole)) if 0 < len(taken) <= _MOST else ([], False)


def _own(table: Table, name: str) -> Bounds | None:
    """What CHECKs of its own leave of a column; None where they are more than that."""
    if any(name in k.columns and set(k.columns) != {name} for k in table.checks):
        return None
    found = narrow(table)
    unread = {n for n, _ in found.unsolved}
    if any(k.name in unread and name in k.columns for k in table.checks):
        return None
    return found.columns.get(name, Bounds())


def selections(
    schema: Schema, kept: Collection[Name], filled: Collection[Name]
) -> dict[Link, Selection]:
    """The rows of kept parents that keys with a CHECK may draw from."""
    found = {}
    for name in sorted(filled):
        for key, bounds in _bound(schema[name], kept):
            conditions = tuple(_conditions(bounds, key.target_columns[0]))
            if conditions:
                found[name, key.name] = Selection(key.target, conditions)
    return found


def selected(
    schema: Schema, kept: Collection[Name], filled: Collection[Name],
    sizes: Mapping[str, list[int]], asked: Collection[Link],
) -> dict[Link, Selection]:  # fmt: skip
    """Those selections that some row meets, of keys for which nobody ``asked`` for another one."""
    return {
        link: item
        for link, item in selections(schema, kept, filled).items()
        if link not in asked and any(sizes.get(item.label, ()))
    }


def _conditions(bounds: Bounds, column: str) -> Iterator[Condition]:
    if bounds.values is not None:
        yield Condition(column, "in", bounds.values)
    if bounds.never:
        yield Condition(column, "not in", bounds.never)
    if bounds.low is not None:
        yield Condition(column, ">" if bounds.low_open else ">=", (bounds.low,))
    if bounds.high is not None:
        yield Condition(column, "<" if bounds.high_open else "<=", (bounds.high,))


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
    if not wants:
        return []
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
