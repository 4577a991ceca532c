"""Implied references as foreign keys of the schema that is planned.

The schema that was reflected stays as it is, and so does its fingerprint: only the planner, the
generator and the proofs see these keys, and the server has none of them to drop or to build.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seeder.schema import ForeignKey, Name, Schema, Table, Unique


@dataclass(frozen=True, slots=True)
class Implied:
    """``columns`` of ``table`` seem to hold ``target_columns`` of ``target``.

    ``score``: from SHOWN to 1. ``why``: what gave it away.
    """

    table: Name
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]
    score: float
    why: str

    @property
    def place(self) -> str:
        return f"{self.table}.{', '.join(self.columns)}"

    @property
    def told(self) -> str:
        return f"{self.target} ({', '.join(self.target_columns)})"


def joined(schema: Schema, keys: Iterable[Implied]) -> Schema:
    """The schema with the implied references among its foreign keys, and what they point at among
    its unique columns; the fingerprint of what was reflected is that of ``schema`` alone."""
    by_table: dict[Name, list[Implied]] = defaultdict(list)
    needed: dict[Name, set[tuple[str, ...]]] = defaultdict(set)
    for key in keys:
        by_table[key.table].append(key)
        needed[key.target].add(key.target_columns)
    if not by_table:
        return schema
    return dataclasses.replace(
        schema,
        tables=tuple(_joined(t, by_table.get(t.name, ()), needed.get(t.name, ())) for t in schema),
    )


def _joined(table: Table, keys: Sequence[Implied], needed: Iterable[tuple[str, ...]]) -> Table:
    known = {u.columns for u in table.uniques if not u.predicate and not u.expressions}
    uniques = [
        Unique(f"implied_{'_'.join(c)}", c, declared=False)
        for c in sorted(needed)
        if not any(set(k) == set(c) for k in known)
    ]
    if not keys and not uniques:
        return table
    return dataclasses.replace(
        table,
        foreign_keys=(*table.foreign_keys, *(_foreign_key(table, k) for k in keys)),
        uniques=(*table.uniques, *uniques),
    )


def _foreign_key(table: Table, key: Implied) -> ForeignKey:
    name = key_name(table, key.columns)
    return ForeignKey(name, key.columns, key.target, key.target_columns, declared=False)


def key_name(table: Table, columns: Sequence[str]) -> str:
    """The name of an implied key; no declared key of the table has it."""
    name = f"implied_{'_'.join(columns)}"
    while name in table.keys_by_name:
        name += "_"
    return name
