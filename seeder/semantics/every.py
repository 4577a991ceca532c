"""Every column of a table with its likeliest meaning: keys too, and what is too weak to be used.

For reports and measurements; a plan uses ``read_table``, which is silent where it is not sure.
"""

from __future__ import annotations

import re
from dataclasses import replace

from seeder.schema import Column, Schema, Table, Type
from seeder.semantics.catalogue import ENTRIES
from seeder.semantics.coding import MEANINGS
from seeder.semantics.context import Context, context, within
from seeder.semantics.neutral import plainly
from seeder.semantics.read import THRESHOLD, Reading, likeliest, sensed, skipped, trusted
from seeder.semantics.senses import meanings
from seeder.semantics.words import headed, singular, tokens

# What a column is when neither name nor comment says more: by its last word, by its type, weakly.
_BY_WORD = {
    word: meaning
    for meaning, words in {
        "thing.name": "name label title caption display meaning",
        "thing.code": "code symbol abbreviation mnemonic acronym",
        "thing.description": "description definition",
        "thing.category": "type category kind class group method mode level domain scheme format "
        "classification preference style nature pattern position intent purpose",
        "status.word": "status state stage phase",
        "prose.comment": "comment note remark reason information info explanation justification "
        "instruction detail details",
        "prose.note": "text",
        "number.count": "count total size visits attempts counter",
        "number.quantity": "quantity",
        "money.charge": "amount price cost fee",
        "flag.any": "flag indicator is has include toggle",
        "care.position": "order sequence index rank position line",
        "id.version": "version revision lock",
        "file.path": "file path folder",
        "key.other": "uuid guid uid",
        "staff.name": "by",
        "audit.created_by": "owner",
        "score.risk": "score ratio percent average",
        "json.payload": "payload blob data content image",
        "lab.value": "value",
        "lab.text": "result answer",
        "care.finding": "abdomen tongue reflex skin pupil lungs chest throat symptom finding "
        "consciousness auscultation palpation",
        "status.outcome": "outcome",
        "moment.year": "year",
        "id.other": "identifier number reference",
    }.items()
    for word in words.split()
}
_BY_KIND = {
    "boolean": "flag.any", "bytes": "json.payload", "json": "json.payload", "xml": "json.payload",
    "uuid": "key.other", "time": "moment.clock", "date": "moment.any", "timestamp": "moment.any",
    "timestamptz": "moment.any", "range": "moment.valid_from",
}  # fmt: skip
# Meanings that a column keeps where a key was only implied.
_AS_KEY = re.compile(r"audit\.|id\.mrn|.*code(_system)?\Z")
_STATES = frozenset("currently still already previously left".split())
_OWNERS = frozenset("patient person encounter visit user owner provider parent doctor pid".split())
# Text that is named after a thing that has a table of its own; people and units are told by name.
_THINGS = frozenset(
    "patient encounter visit appointment employee customer template record request prescription "
    "order parent".split()
)
_FIRST = frozenset("is has can should was allow require include".split())
_MANY = frozenset("number count total quantity".split())
_ANY = frozenset("code short long full local official display own".split())
_WEAK, _GUESS = 0.55, 0.4
_KEYS = frozenset("id key sk".split())
# Last words that say of themselves what a column is, whatever stands in front of them.
_SAYING_WHAT = (frozenset(_BY_WORD) | _KEYS) - frozenset(
    "code name description text value reason".split()
)
# Types that a name may mean where the column's own says nothing of it.
_OTHER_TYPES = (
    Type("text", "text"), Type("boolean", "boolean"), Type("integer", "integer"),
    Type("timestamp", "timestamp"),
)  # fmt: skip


def read_every(table: Table, schema: Schema) -> dict[str, Reading]:
    """The likeliest reading of each column; ``chance`` says how far it is to be trusted."""
    where = context(table, schema)
    keyed = {c for k in table.foreign_keys for c in k.columns}
    declared = {c for k in table.foreign_keys if k.declared for c in k.columns}
    leave = skipped(table, where.role)
    found = {c: _named(_read(c, where, keyed, leave), c, where) for c in table.columns}
    return {c.name: trusted(r, c, where, c.name in keyed - declared) for c, r in found.items()}


# Words of a begin or an end that says nothing of what begins or ends.
_SPAN = frozenset(
    "date time datetime start begin began started from end ended stop stopped to thru through "
    "until term period valid "
    "effective active at on timestamp finish finished since expiry expiration termination".split()
)


def _named(reading: Reading, column: Column, where: Context) -> Reading:
    """The begin of what the catalogue lacks, last_menstruation_start, is not the row's."""
    if reading.meaning not in ("moment.start", "moment.end"):
        return reading
    own = set(plainly(tokens(column.name)[0])) - set(where.words)
    return reading if own <= _SPAN else replace(reading, meaning="moment.other")


def _read(column: Column, where: Context, keyed: set[str], leave: set[str]) -> Reading:
    if column.name in keyed:
        return _reference(column, where)
    if column.name in leave and not column.generated:
        return Reading("key.surrogate", 0.97, "a key that nothing else tells of", "", "")
    if _typed_code(column, where):
        return Reading("diagnosis.code_system", _WEAK, "the system of a neighbour's code", "", "")
    found = likeliest(column, where)
    if found is not None and found.meaning == "key.reference" and _own_id(column, where):
        return replace(found, meaning="key.surrogate")
    if found is not None and _names_its_key(found, column, where):
        return replace(found, meaning="key.surrogate", score=_WEAK)
    if found is not None and found.score >= THRESHOLD:
        return found if not _numbers_another(found, column, where) else _KEY_OF_ANOTHER
    words = tokens(column.name)[0]
    if words[-1] == "number" and _keyed_by_number(column, where):
        return Reading("key.reference", _GUESS, "a number, as the table's own key", "", "")
    if found is not None and words[-1] not in _SAYING_WHAT and words[0] not in _FIRST:
        return found
    if column.type.kind == "integer" and _plural(column.name) and words[-1] not in _SAYING_WHAT:
        return _guess(column, where)
    return _by_other_type(column, where) or _guess(column, where)


def _names_its_key(found: Reading, column: Column, where: Context) -> bool:
    """Whether a table's key of text is called a name: nobody is known by a name that is unique."""
    key = where.table.primary_key
    return (
        key is not None
        and key.columns == (column.name,)
        and where.role != "reference"
        and found.meaning.endswith(("name", ".full_name"))
    )


def _keyed_by_number(column: Column, where: Context) -> bool:
    """Whether the table's own key is called a number too: ward_nr beside nr."""
    key = where.table.primary_key
    return (
        column.type.kind == "integer"
        and key is not None
        and any(tokens(c)[0][-1] == "number" for c in key.columns)
    )


_CODED_IN = frozenset("diagnosis procedure condition drug".split())


def _typed_code(column: Column, where: Context) -> bool:
    """Whether the column tells the system of a code beside it: dx_type beside dx."""
    words = plainly(tokens(column.name)[0])
    return (
        words[-1] == "type"
        and words[-2:-1] != ()
        and words[-2] in _CODED_IN
        and any(plainly(tokens(c.name)[0]) == words[:-1] for c in where.table.columns)
    )


# patient_num of a visit: a number, and whose it is, the patient's.
_KEY_OF_ANOTHER = Reading("key.reference", _WEAK, "the number of another table's rows", "", "")
_NUMBERS = {"id.mrn": ("patient", "person"), "id.encounter": ("encounter",)}


def _numbers_another(found: Reading, column: Column, where: Context) -> bool:
    whose = _NUMBERS.get(found.meaning, (where.role,))
    return column.type.kind == "integer" and where.role not in whose


def _reference(column: Column, where: Context) -> Reading:
    """A key's column; where nobody declared the key, a code or an author stays what it is."""
    implied = not any(column.name in k.columns for k in where.table.foreign_keys if k.declared)
    found = (likeliest(column, where) or _by_other_type(column, where)) if implied else None
    if found is not None and _AS_KEY.match(found.meaning):
        return found
    return Reading("key.reference", 0.99, "a foreign key", "", "")


def _by_other_type(column: Column, where: Context) -> Reading | None:
    """What the name would mean in a column of another type; too weak to be used."""
    words = tokens(column.name)[0]
    if column.type.kind in ("boolean", "bytes") or (words[0] in _FIRST and column.type.bits == 16):
        return None
    keyed = words[-1:] == ("id",)
    for other in _OTHER_TYPES:
        found = likeliest(replace(column, type=other), where)
        if keyed and (found is None or not found.meaning.startswith("audit.")):
            continue
        if found is not None and found.meaning[:6] == "place." and column.type.kind != "text":
            continue
        if found is not None and found.meaning[:7] == "moment." and _is(column):
            continue  # is_sent is when it was sent only of a moment's type
        if found is not None and found.score >= THRESHOLD:
            return replace(found, score=_WEAK, why=f"{found.why}, but for its type", generator="")
    return None


def _is(column: Column) -> bool:
    return tokens(column.name)[0][0] in ("is", "has")


def _guess(column: Column, where: Context) -> Reading:
    words = within(column, where) or tokens(column.name)[0]
    kind = column.type.kind
    if kind == "uuid" and words[:1] == ("external",):
        return Reading("key.other", _GUESS, "a key for others", "", "")
    if words[-1:] and words[-1] in _KEYS and kind in ("integer", "decimal", "uuid"):
        whose = "key.surrogate" if _own_id(column, where) else "key.reference"
        return Reading(whose, _GUESS, f"named '{words[-1]}'", "", "")
    if words and words[-1] in _OWNERS and kind in ("integer", "uuid"):
        return Reading("key.reference", _GUESS, f"a number named '{words[-1]}'", "", "")
    words = headed(words)
    base = "flag.any" if words[:1] and words[0] in _FIRST else ""
    base = base or (_BY_WORD.get(words[-1], "") if words else "")
    if words[-2:] == ("code", "text"):
        base = "thing.name"
    if kind == "integer" and not base and (words[0] in _MANY or _plural(column.name)):
        base = "number.count"
    why = f"by a word of its name, '{words[-1] if words else ''}'"
    if not base or kind in ("boolean", "bytes", "uuid"):
        base, why = _BY_KIND.get(kind, base), f"by type {column.type.native}"
    if not base and kind == "text" and words and (_past(words[-1]) or words[0] in _STATES):
        base, why = "flag.any", f"'{words[-1]}' is or is not so"
    if not base and kind == "text" and words[-1] in _THINGS:
        base, why = "key.reference", f"named after a '{words[-1]}'"
    if not base:
        small = column.type.bits == 16 or (column.type.fixed and column.type.length == 1)
        base = "flag.any" if small else "none"
    alone = all(w in where.words or w in _ANY for w in words[:-1]) or base in (
        "moment.any",
        "prose.note",
    )
    return Reading(sensed(base, {}, column, where) if alone else base, _GUESS, why, "", "")


_NOT_PAST = frozenset("snomed need seed bed med feed speed red ed shed embed".split())


def _past(word: str) -> bool:
    return word[-2:] == "ed" and word not in _NOT_PAST


def _plural(name: str) -> bool:
    """Whether a name ends in a noun of which there are several: failed_logins."""
    last = re.findall(r"[A-Za-z][a-z]+|[A-Z]+", name)[-1:]
    return bool(last) and len(last[0]) > 4 and singular(last[0].lower()) != last[0].lower()


def _own_id(column: Column, where: Context) -> bool:
    """Whether a table without a declared key has this column for one: lab.labid, stay.id."""
    words = tokens(column.name)[0]
    if len(words) == 1:
        return True
    if where.table.primary_key is not None or words[-1] not in _KEYS:
        return False
    first = where.table.columns[0].name == column.name
    return first and set(words[:-1]) <= set(where.words)


def known_meanings() -> frozenset[str]:
    """Every meaning that a column can have."""
    guessed = {
        "none",
        "moment.other",
        "key.reference",
        "key.surrogate",
        *_BY_KIND.values(),
        *_BY_WORD.values(),
    }
    return frozenset({e.meaning for e in ENTRIES} | meanings() | guessed | MEANINGS)
