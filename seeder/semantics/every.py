"""Every column of a table with its likeliest meaning: keys too, and what is too weak to be used.

For reports and measurements; a plan uses ``read_table``, which is silent where it is not sure.
"""

from __future__ import annotations

import re
from dataclasses import replace

from seeder.schema import Column, Schema, Table, Type
from seeder.semantics.catalogue import ENTRIES
from seeder.semantics.read import THRESHOLD, Context, Reading, context, likeliest, sensed, skipped
from seeder.semantics.senses import meanings
from seeder.semantics.words import tokens

# What a column is when neither name nor comment says more: by its last word, by its type, weakly.
_BY_WORD = {
    word: meaning
    for meaning, words in {
        "thing.name": "name label title caption display",
        "thing.code": "code symbol abbreviation mnemonic acronym",
        "thing.description": "description definition",
        "thing.category": "type category kind class group method mode level domain",
        "status.word": "status state stage phase",
        "prose.comment": "comment note remark reason",
        "prose.note": "text",
        "number.count": "count total",
        "number.quantity": "quantity",
        "money.charge": "amount price cost fee",
        "flag.any": "flag indicator is has include",
        "care.position": "order sequence index rank position line",
        "id.version": "version revision lock",
        "key.other": "uuid guid uid",
        "staff.name": "by",
        "score.risk": "score ratio percent average",
        "json.payload": "payload blob data content image",
        "lab.value": "value",
        "moment.year": "year",
        "id.other": "identifier number reference",
    }.items()
    for word in words.split()
}
_BY_KIND = {
    "boolean": "flag.any", "bytes": "json.payload", "json": "json.payload", "xml": "json.payload",
    "uuid": "key.other", "time": "moment.clock", "date": "moment.any", "timestamp": "moment.any",
    "timestamptz": "moment.any",
}  # fmt: skip
# Meanings that a column keeps where a key was only implied.
_AS_KEY = re.compile(r"audit\.|id\.mrn|.*code(_system)?\Z")
_FIRST = frozenset("is has can should was allow require include".split())
_WEAK, _GUESS = 0.55, 0.4
_KEYS = frozenset("id key sk".split())
# Last words that say of themselves what a column is, whatever stands in front of them.
_SAYING_WHAT = frozenset(_BY_WORD) - frozenset("code name description text value reason".split())
# Types that a name may mean where the column's own says nothing of it.
_OTHER_TYPES = (
    Type("text", "text"), Type("boolean", "boolean"), Type("integer", "integer"),
    Type("timestamp", "timestamp"),
)  # fmt: skip


def read_every(table: Table, schema: Schema) -> dict[str, Reading]:
    """The likeliest reading of each column; ``score`` says how far it is to be trusted."""
    where = context(table, schema)
    keyed = {c for k in table.foreign_keys for c in k.columns}
    leave = skipped(table, where.role)
    return {c.name: _read(c, where, keyed, leave) for c in table.columns}


def _read(column: Column, where: Context, keyed: set[str], leave: set[str]) -> Reading:
    if column.name in keyed:
        return _reference(column, where)
    if column.name in leave and not column.generated:
        return Reading("key.surrogate", 0.97, "a key that nothing else tells of", "", "")
    found = likeliest(column, where)
    if found is not None and found.score >= THRESHOLD:
        return found
    if found is not None and tokens(column.name)[0][-1] not in _SAYING_WHAT:
        return found
    return _by_other_type(column, where) or _guess(column, where)


def _reference(column: Column, where: Context) -> Reading:
    """A key's column; where nobody declared the key, a code or an author stays what it is."""
    implied = not any(column.name in k.columns for k in where.table.foreign_keys if k.declared)
    found = (likeliest(column, where) or _by_other_type(column, where)) if implied else None
    if found is not None and _AS_KEY.match(found.meaning):
        return found
    return Reading("key.reference", 0.99, "a foreign key", "", "")


def _by_other_type(column: Column, where: Context) -> Reading | None:
    """What the name would mean in a column of another type; too weak to be used."""
    if tokens(column.name)[0][-1:] == ("id",):
        return None
    for other in _OTHER_TYPES:
        found = likeliest(replace(column, type=other), where)
        if found is not None and found.score >= THRESHOLD:
            return replace(found, score=_WEAK, why=f"{found.why}, but for its type", generator="")
    return None


def _guess(column: Column, where: Context) -> Reading:
    words, _ = tokens(column.name)
    kind = column.type.kind
    if words[-1:] and words[-1] in _KEYS and kind in ("integer", "decimal", "uuid"):
        whose = "key.reference" if len(words) > 1 else "key.surrogate"
        return Reading(whose, _GUESS, f"named '{words[-1]}'", "", "")
    base = "flag.any" if words[:1] and words[0] in _FIRST else ""
    base = base or (_BY_WORD.get(words[-1], "") if words else "")
    why = f"by a word of its name, '{words[-1] if words else ''}'"
    if not base or kind in ("boolean", "bytes", "uuid"):
        base, why = _BY_KIND.get(kind, base), f"by type {column.type.native}"
    if not base:
        base = "flag.any" if column.type.fixed and column.type.length == 1 else "none"
    alone = all(w in where.words or w == "code" for w in words[:-1]) or base in (
        "moment.any",
        "prose.note",
    )
    return Reading(sensed(base, {}, column, where) if alone else base, _GUESS, why, "", "")


def known_meanings() -> frozenset[str]:
    """Every meaning that a column can have."""
    keys = {"key.reference", "key.surrogate", *_BY_KIND.values(), *_BY_WORD.values()}
    return frozenset({e.meaning for e in ENTRIES} | meanings() | keys)
