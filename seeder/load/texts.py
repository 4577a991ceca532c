"""Texts of rows that a model writes before a load: which there must be, and whether they are there.

What a row's text is written for is a digest of its draft: kind, bodies, tags and condition. A plan
that gives the row another story has another digest, and its texts are not taken for these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from seeder.errors import PlanError
from seeder.generate.call import CellCall
from seeder.generate.makers import notes
from seeder.generate.rows import Rows
from seeder.generate.stream import Ints
from seeder.generate.world import World
from seeder.plan.model import Plan
from seeder.schema import Name
from seeder.text import frozen, grammar
from seeder.text.fill import Draft


@dataclass(frozen=True, order=True)
class Piece:
    """Rows [start, stop) of a column: those of one file."""

    table: str
    column: str
    number: int
    start: int
    stop: int

    @property
    def place(self) -> str:
        return f"{self.table}.{self.column}"


def columns(plan: Plan) -> list[tuple[str, str, int, str]]:
    """Table, column, rows and model of each column that a model writes."""
    return [
        (name, column, table.rows, str(how.params["text"]))
        for name, table in plan.generated.items()
        for column, how in table.columns.items()
        if how.generator.startswith("text.") and _modelled(how.params)
    ]


def _modelled(params: Mapping[str, Any]) -> bool:
    """Whether a model writes anything of a column."""
    kind = grammar.load().kinds.get(str(params.get("kind")))
    return frozen.is_model(params.get("text")) and kind is not None and frozen.writes(kind)


def pieces(plan: Plan) -> list[Piece]:
    """The files that there must be."""
    return [
        Piece(table, column, low // frozen.SHARD, low, min(low + frozen.SHARD, rows))
        for table, column, rows, _ in columns(plan)
        for low in range(0, rows, frozen.SHARD)
    ]


def drafts(world: World, piece: Piece) -> list[tuple[str, Ints, Draft]]:
    """What is to be written for the rows of a file."""
    name = Name.parse(piece.table)
    rows = Rows(world, name, np.arange(piece.start, piece.stop, dtype=np.int64))
    population = rows.population
    kind = population.table.column(piece.column).type
    return list(notes.drafts(CellCall(rows, population.makers[piece.column], kind)))


def digest(given: list[tuple[str, Ints, Draft]]) -> str:
    """For which rows texts are written."""
    found = hashlib.sha256()
    for kind, rows, draft in given:
        found.update(kind.encode() + rows.tobytes())
        for array in (draft.page, draft.tags, draft.condition):
            found.update(np.ascontiguousarray(array, np.int64).tobytes())
        for number in draft.bodies.ravel().tolist():
            found.update((draft.source.text(number) if number >= 0 else "").encode() + b"\xff")
    return found.hexdigest()


def missing(world: World) -> Iterator[tuple[Piece, str]]:
    """Files that are not there, or were written for other rows, each with its reason."""
    for piece in pieces(world.plan):
        file = frozen.file_of(piece.place, piece.number)
        if not file.is_file():
            yield piece, "not written yet"
        elif frozen.read(file).about.get("rows") != digest(drafts(world, piece)):
            yield piece, "written for other rows"


def refuse_missing(world: World) -> None:
    """Raise PlanError where a text of a row is not there, before anything is touched."""
    found = list(missing(world))
    if found:
        piece, why = found[0]
        files = f"{len(found):,} of {len(pieces(world.plan)):,} files"
        raise PlanError(
            f"texts of rows: {files} are missing, such as {piece.place} from row {piece.start:,} "
            f"on: {why}",
            "write them first: seeder text rows",
        )
