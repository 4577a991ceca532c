"""Keys of rows of other tables, where the row itself says of which table; and keys of rows that
other tables take in part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.decimals import numeric
from seeder.generate.defaults import wire_type
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.text import join, number
from seeder.schema import Type


@generator(
    "key.typed",
    "The key of a row of the table that another column names; NULL where that names none.",
    accepts="integer decimal text uuid",
    of=Parameter(str, "", "the column that names the table"),
    tables=Parameter(
        dict, {}, "by value of that column the table and its key: {visit: [public.visit, id]}"
    ),
)
def typed(call: Call) -> pa.Array:
    made = pa.nulls(call.n, wire_type(call.type))
    if not call.params["tables"]:
        return made
    named = call.cells(call.params["of"]).cast(pa.string())
    for draw, (value, (table, column)) in enumerate(sorted(call.params["tables"].items())):
        keys = call.elsewhere(table, column, draw).cast(made.type, safe=False)
        made = pc.if_else(pc.fill_null(pc.equal(named, value), False), keys, made)
    return made


def _sizes(pieces: Sequence[Sequence[Any]]) -> list[int]:
    return [sum(1 if isinstance(v, str) else v[1] - v[0] + 1 for v in piece) for piece in pieces]


def _pieces_capacity(kind: Type, params: Mapping[str, Any]) -> int:
    if params.get("closed"):
        return len(params["pieces"]) * min(_sizes(params["pieces"]), default=0)
    if kind.kind != "text":
        return 1 << min((kind.bits or 64) - 2, 40)
    return int(10 ** min(max((kind.length or 20) - len(_prefix(params["pieces"])), 0), 12))


def _prefix(pieces: Sequence[Sequence[Any]]) -> str:
    """What no value of the pieces starts with."""
    listed = [str(v) for piece in pieces for v in piece]
    return next(p for p in ("N", "Q", "X", "OTHER-") if not any(v.startswith(p) for v in listed))


@generator(
    "key.pieces",
    "Keys of which the CHECKs of other tables take some each: the rows serve them in turn.",
    accepts="integer decimal text",
    capacity=_pieces_capacity,
    pieces=Parameter(list, [], "by turn the texts, or the first and last number of each stretch"),
    closed=Parameter(bool, False, "no other values: rows end with the smallest piece"),
)
def pieces(call: Call) -> Any:
    given = call.params["pieces"]
    index = call.index(_pieces_capacity(call.type, call.params))
    if not given:
        return number(index) if call.type.kind == "text" else numeric(index, 0, call.type)
    turn, place = call.rows % len(given), call.rows // len(given)
    if call.type.kind == "text":
        sizes = np.array([len(piece) for piece in given], np.int64)
        first = np.cumsum(sizes) - sizes
        inside = place < sizes[turn]
        listed = pa.array([str(v) for piece in given for v in piece], pa.string())
        at = np.where(inside, first[turn] + place, 0)
        rest = join(_prefix(given), number(index))
        return pc.if_else(pa.array(inside), listed.take(pa.array(at)), rest)
    made = 1 + max(int(high) for piece in given for _, high in piece) + index
    for which, piece in enumerate(given):
        ends = np.array([[int(low), int(high)] for low, high in piece], np.int64)
        sizes = np.cumsum(ends[:, 1] - ends[:, 0] + 1)
        here = np.flatnonzero((turn == which) & (place < sizes[-1]))
        stretch = np.searchsorted(sizes, place[here], side="right")
        before = np.concatenate([np.zeros(1, np.int64), sizes[:-1]])
        made[here] = ends[stretch, 0] + place[here] - before[stretch]
    return numeric(made, 0, call.type)


@generator(
    "key.owner",
    "The number that the row's parent has in a column: the patient of its stay.",
    accepts="integer decimal text uuid",
    key=Parameter(str, "", "the foreign key that leads to the parent"),
    column=Parameter(str, "", "the column of the parent"),
)
def of_owner(call: Call) -> pa.Array:
    if not call.params["key"]:
        return pa.nulls(call.n, wire_type(call.type))
    return call.parent(call.params["key"], call.params["column"])
