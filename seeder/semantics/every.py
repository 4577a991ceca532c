"""Every column of a table with its likeliest meaning: keys too, and what is too weak to be used.

For reports and measurements; a plan uses ``read_table``, which is silent where it is not sure.
"""

from __future__ import annotations

from seeder.schema import Column, Schema, Table
from seeder.semantics.catalogue import ENTRIES
from seeder.semantics.read import Context, Reading, context, likeliest, skipped
from seeder.semantics.senses import meanings
from seeder.semantics.words import tokens

# What a column is when neither name nor comment says more: by its type, and weakly.
_BY_KIND = {
    "boolean": "flag.any", "bytes": "json.payload", "json": "json.payload", "xml": "json.payload",
    "uuid": "key.other", "time": "moment.clock", "date": "moment.any", "timestamp": "moment.any",
    "timestamptz": "moment.any",
}  # fmt: skip
_GUESS = 0.4
_KEYS = frozenset("id key uuid guid sk".split())


def read_every(table: Table, schema: Schema) -> dict[str, Reading]:
    """The likeliest reading of each column; ``score`` says how far it is to be trusted."""
    where = context(table, schema)
    keyed = {c for k in table.foreign_keys for c in k.columns}
    leave = skipped(table, where.role)
    return {c.name: _read(c, where, keyed, leave) for c in table.columns}


def _read(column: Column, where: Context, keyed: set[str], leave: set[str]) -> Reading:
    if column.name in keyed:
        return Reading("key.reference", 0.99, "a foreign key", "", "")
    if column.name in leave and not column.generated:
        return Reading("key.surrogate", 0.97, "a key that nothing else tells of", "", "")
    found = likeliest(column, where)
    return found if found is not None else _guess(column)


def _guess(column: Column) -> Reading:
    words, _ = tokens(column.name)
    if words[-1:] and words[-1] in _KEYS and column.type.kind in ("integer", "decimal"):
        return Reading("key.reference", _GUESS, f"named '{words[-1]}'", "", "")
    meaning = _BY_KIND.get(column.type.kind, "none")
    return Reading(meaning, _GUESS, f"by type {column.type.native}", "", "")


def known_meanings() -> frozenset[str]:
    """Every meaning that a column can have."""
    keys = {"key.reference", "key.surrogate", *_BY_KIND.values()}
    return frozenset({e.meaning for e in ENTRIES} | meanings() | keys)
