"""Kept tables that list codes: which of their rows each entry of a code table is.

A formulary or a list of diagnoses that stays is asked for the entry that a patient's story tells
of, by code, else by name. The rows are stored beside the key snapshot, one for each entry, like
other lists of rows that a key draws from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from seeder.generate.data import entries
from seeder.generate.stream import Ints
from seeder.generate.told import TOLD
from seeder.plan.model import Among, Options
from seeder.schema import Name, Schema
from seeder.semantics import read_table

# What tells an entry, the surest first. Parts are those of generator code.listed.
_BY = (
    ("code",), ("rxnorm",), ("generic", "strength"), ("name", "strength"), ("name",), ("generic",),
    ("short",),
)  # fmt: skip
_LEAST = 0.2  # of the entries, or of the rows, that must be found: else the list is of other things
_MOST = 500_000  # rows of a list: beyond that it is a terminology of many
_MARK = " by entries of "


@dataclass(frozen=True)
class Coded:
    """A kept table and the code table that it lists; ``parts``: the column of each part."""

    target: Name
    system: str
    parts: Mapping[str, str]

    @property
    def label(self) -> str:
        """Its name among the plan's inputs."""
        return f"{self.target}{_MARK}{self.system}"


def coded(schema: Schema, kept: Iterable[Name], systems: frozenset[str]) -> list[Coded]:
    """The kept tables that list one of the systems."""
    wanted = {part for parts in _BY for part in parts}
    found = []
    for name in sorted(kept):
        parts: dict[str, dict[str, str]] = {}
        for column, reading in read_table(schema[name], schema).items():
            of, part = reading.params.get("system"), reading.params.get("part", "code")
            lists_it = reading.generator == "code.listed" and of in systems & TOLD.keys()
            if lists_it and part in wanted:
                parts.setdefault(str(of), {}).setdefault(part, column)
        found += [Coded(name, of, mine) for of, mine in list(parts.items())[:1]]
    return found


def carried(found: Iterable[Coded]) -> dict[Name, tuple[str, ...]]:
    """The columns that each snapshot must carry beside its keys."""
    return {item.target: tuple(item.parts.values()) for item in found}


def rows(snapshot: pa.Table, item: Coded) -> tuple[pa.RecordBatch, list[int]] | None:
    """The row of each entry, and the entry that the row is of; how many entries have a row of
    their own, and how many share one. None where too few are found."""
    if len(snapshot) > _MOST:
        return None
    table = entries(item.system).columns
    found = np.full(len(entries(item.system)), -1, np.int64)
    for parts in _BY:
        if all(p in item.parts and p in table for p in parts):
            there = _numbered([snapshot.column(item.parts[p]).to_pylist() for p in parts])
            ours = zip(*(table[p] for p in parts), strict=True)
            made = np.asarray([there.get(tuple(map(_plain, each)), -1) for each in ours])
            found = np.where(found >= 0, found, made)
    known = np.flatnonzero(found >= 0)
    if len(known) < _LEAST * min(len(found), len(snapshot)) or not len(known):
        return None
    own = len(np.unique(found[known]))
    entry = _nearest(found, known)
    batch = pa.RecordBatch.from_arrays(
        [pa.array(found[entry]), pa.array(entry)], names=["row", "entry"]
    )
    return batch, [own, len(found) - own]


def _numbered(columns: list[list[object]]) -> dict[tuple[str, ...], int]:
    """The first row of each combination of values."""
    out: dict[tuple[str, ...], int] = {}
    for number, values in enumerate(zip(*columns, strict=True)):
        if all(v is not None for v in values):
            out.setdefault(tuple(map(_plain, values)), number)
    return out


def _plain(value: object) -> str:
    """A code or a name without its dots, its blanks and its capitals."""
    return re.sub(r"[^a-z0-9%/+]", "", str(value).lower())


def _nearest(found: Ints, known: Ints) -> Ints:
    """The entry that stands for each: itself, or of those in the list one near it."""
    here = np.arange(len(found))
    at = np.minimum(np.searchsorted(known, here), len(known) - 1)
    return np.where(found >= 0, here, known[at])


def lists(options: Options) -> dict[Name, tuple[str, Among, bool]]:
    """By kept table: the code table that it lists, the rows of its entries, and whether each entry
    has one of its own."""
    out = {}
    for label, (own, *others) in options.selected.items():
        target, mark, system = label.rpartition(_MARK)
        if mark:
            size = own + sum(others)
            out[Name.parse(target)] = system, Among(input=label, rows=size), own == size
    return out
