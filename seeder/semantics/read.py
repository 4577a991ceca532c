"""Reading a table: every column is scored against the catalogue, and the best meaning recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from seeder.generate.data import entries
from seeder.schema import Column, Schema, Table
from seeder.semantics.candidates import WHEN, candidates
from seeder.semantics.catalogue import ENTRIES
from seeder.semantics.coding import Coded, coded, table_system
from seeder.semantics.context import Context, context, within
from seeder.semantics.entry import Entry
from seeder.semantics.neutral import plainly
from seeder.semantics.senses import sense
from seeder.semantics.trust import CONFIDENT, marks, percent
from seeder.semantics.words import tokens
from seeder.text import kinds as texts

THRESHOLD = 0.60
# Of two equal scores the meaning that the catalogue names first wins.
_ORDER = {item.meaning: place for place, item in reversed(list(enumerate(ENTRIES)))}
# Roles whose rows last: their end is mostly still to come.
_LASTING = frozenset("staff organisation place reference junction person patient".split())
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reading:
    """What a column means: the best meaning, its score (0 to 1), why, and the runner-up.

    ``generator`` and ``params`` make its values; '' as runner-up when nothing else came near.
    ``chance``: that the meaning is right, in per cent; the score only orders the candidates.
    """

    meaning: str
    score: float
    why: str
    runner_up: str
    generator: str
    params: dict[str, Any] = field(default_factory=dict)
    chance: int = 0

    @property
    def confident(self) -> bool:
        """Whether more than the column's own values may rest on the meaning."""
        return self.chance >= CONFIDENT


def trusted(reading: Reading, column: Column, where: Context, implied: bool = False) -> Reading:
    """The reading with its chance. ``implied``: a key that nobody declared holds the column."""
    found = marks(reading, column, where.words, where.role, implied)
    return replace(reading, chance=percent(found))


def _short(column: Column, system: str) -> bool:
    """Whether the column has room for the system's codes but not for a word, or a code as default.
    A description that is cut at its end is still one."""
    table, length = entries(system), column.type.length
    if "code" not in table.columns:
        return False
    if length is not None and table.widest("code") <= length < min(table.widest("name"), _WORD):
        return True
    default = column.default.partition("::")[0].strip("'")
    return bool(default) and default in table.columns["code"]


def _lettered(column: Column, system: str) -> bool:
    """Whether the system has letters, and the column no room for its codes."""
    table, length = entries(system), column.type.length
    if column.type.kind != "text" or length is None or "letter" not in table.columns:
        return False
    return length < table.widest("code")


_CLOCK = 8  # characters of a time of day written as text
_WORD = 11  # characters that a name needs to be more than a stump
_LISTABLE = ("code.drawn", "status.word", "contact.", "person.", "org.name")
_SPARSE = ("person.maiden_name", "person.suffix")


def _params(item: Entry, group: str, column: Column, where: Context) -> dict[str, Any]:
    params = dict(item.params)
    if params.get("system") == "@":
        own = table_system(where.table, where.words)
        params["system"] = own if own in ("labs", "vitals", "observations") else "labs"
    if item.group:
        prefix = _prefix(column, where)
        mark = "_".join(p for p in (prefix, group) if p)
        if mark:
            params["group"] = mark
    if item.meaning == "person.death" and (not column.nullable or "death" in where.words):
        params["always"] = True
    if column.nullable and item.meaning in _SPARSE:
        params["sparse"] = True
    if column.nullable and item.meaning == "moment.deleted":
        params["absent"] = 0.95
    if where.role == "organisation":
        if item.generator == "money.amount":
            params.setdefault("scale", "large")
        elif item.meaning == "number.count":
            params.update(typical=600, high=40_000)
    return params


_OTHERS = frozenset(
    "emergency contact guarantor spouse mother father next kin subscriber owner holder author "
    "referring attending supervising secondary billing mailing work previous guardian insured "
    "policy provider doctor physician nurse surgeon practitioner employee staff caregiver "
    "ordering beneficiary".split()
)


def _prefix(column: Column, where: Context) -> str:
    """Words that say that another person or place is meant: emergency_contact_name."""
    words, _ = tokens(column.name)
    return "_".join(w for w in words if w in _OTHERS and w not in where.words)


def read_column(column: Column, where: Context) -> Reading | None:
    """The reading of one column with its chance, or None below the threshold."""
    reading = likeliest(column, where)
    if reading is None or reading.score < THRESHOLD:
        reading = _yes_or_no(column)
    return trusted(reading, column, where) if reading is not None else None


_FLAGS = frozenset("flag indicator".split())
# Last words of what is one of several, told by a letter.
_LETTERED = frozenset(
    "type status state kind category class group level domain code grade relation relationship sex "
    "mode method scale rank initial letter key symbol version series phase stage rating source "
    "format side priority severity position activity ethnicity race value action number id "
    "middle name prefix suffix".split()
)


def _yes_or_no(column: Column) -> Reading | None:
    """One character that a name asks for or calls a flag, or that nothing says more of: is_active
    char(1), jaundice char(1)."""
    words, kind = tokens(column.name)[0], column.type
    if kind.kind != "text" or kind.length != 1:
        return None
    if _asks(column) or words[-1] in _FLAGS:
        why = "one character that its name asks for"
    elif kind.fixed and not _LETTERED & set(words):
        why = "one character that nothing says more of"
    else:
        return None
    return Reading("flag.any", THRESHOLD, why, "", "status.flag", {"share": 0.3})


def likeliest(column: Column, where: Context) -> Reading | None:
    """The likeliest reading, however weak."""
    found = sorted(candidates(column, where).values(), key=lambda c: (-c[0], _ORDER[c[1].meaning]))
    code = _coded(column, where)
    named = [
        (score, sensed(item.meaning, item.params, column, where)) for score, item, *_ in found[:2]
    ]
    if code is not None and (not found or code.score >= found[0][0]):
        meaning = sensed(code.meaning, code.params, column, where)
        return Reading(
            meaning,
            round(min(code.score, 1.0), 3),
            code.why,
            _runner_up(meaning, named),
            code.generator,
            _short_or_whole(dict(code.params), column),
        )
    if not found or (
        column.type.bits == 16 and _asks(column) and found[0][1].meaning[:5] != "flag."
    ):
        return None
    score, item, group, why = found[0]
    meaning = named[0][1]
    if code is not None:
        named.append((code.score, sensed(code.meaning, code.params, column, where)))
    if where.role in (k[1:] for k in item.table_words if k[0] == ":"):
        why += f", in a table of kind {where.role}"
    return Reading(
        meaning,
        round(min(score, 1.0), 3),
        why,
        _runner_up(meaning, named[1:]),
        *texts.meant(
            item.generator,
            _short_or_whole(_params(item, group, column, where), column),
            tokens(column.name)[0],
            where.words,
        ),
    )


_ASKING = frozenset("is has can should was allow require include show enable use needs".split())


def _asks(column: Column) -> bool:
    """Whether a name asks something of what it names: require_result_value."""
    return tokens(column.name)[0][0] in _ASKING


def _coded(column: Column, where: Context) -> Coded | None:
    """The column as a part of a code table; also by its name without the table's prefix."""
    found = coded(column, where.table, where.words, where.role)
    if found is not None or not where.prefix or not column.name.startswith(where.prefix):
        return found
    bare = replace(column, name=column.name.removeprefix(where.prefix) or column.name)
    found = coded(bare, where.plain, where.words, where.role)
    if found is not None and "of" in found.params:
        of = next(
            c.name
            for c, p in zip(where.table.columns, where.plain.columns, strict=True)
            if p.name == found.params["of"]
        )
        return replace(found, params={**found.params, "of": of})
    return found


def _runner_up(meaning: str, others: Iterable[tuple[float, str]]) -> str:
    return next((f"{m} {min(score, 1.0):.2f}" for score, m in others if m != meaning), "")


def sensed(base: str, params: Mapping[str, Any], column: Column, where: Context) -> str:
    """What a meaning of the catalogue is in this column and table."""
    words = plainly(tokens(column.name)[0])
    if where.prefix:
        words = within(column, where) or words
    system = str(params.get("system", "")) if base.startswith("code.") else ""
    if base == "code.description" and words[-1] != "name" and _short(column, system):
        base = "code.code"
    # The date of something else is not the moment of the row: isolation_date of a stay.
    own = base != "moment.any" or all(w in where.words or w in WHEN for w in words)
    kind = "time" if _of_day(column, where) else column.type.kind
    return sense(base, system, words, where.about if own else _NOTHING, kind)


def _of_day(column: Column, where: Context) -> bool:
    """Whether text that is named a time is one of day: it has no room for more, or a date beside it
    has the rest of its name."""
    name = column.name.lower()
    if column.type.kind != "text" or tokens(name)[0][-1] != "time":
        return False
    beside = name.removesuffix("time") + "date"
    return (column.type.length or _WORD) <= _CLOCK or any(
        c.name.lower() == beside for c in where.table.columns
    )


def _short_or_whole(params: dict[str, Any], column: Column) -> dict[str, Any]:
    """The code where the column has no room for the name, a letter where it has none for either."""
    if params.get("part") in ("name", "code") and _lettered(column, params["system"]):
        return {**params, "part": "letter"}
    if params.get("part") == "name" and _short(column, params["system"]):
        return {**params, "part": "code"}
    return params


def skipped(table: Table, role: str = "") -> set[str]:
    """Columns that others fill: foreign keys, generated ones, and surrogate primary keys."""
    names = {c for k in table.foreign_keys for c in k.columns}
    names |= {c.name for c in table.columns if c.generated or c.identity or c.sequence}
    key = table.primary_key
    if key is not None and len(key.columns) == 1:
        column = table.column(key.columns[0])
        named = tokens(column.name)[0][-1:] == ("id",)
        if column.type.kind in ("integer", "uuid") or (named and role != "reference"):
            names.add(column.name)
    return names


def read_table(table: Table, schema: Schema) -> dict[str, Reading]:
    """Readings of the columns that are recognised; the others are absent.

    Enumerated columns are read only where their values have a meaning of their own (sex).
    """
    where = context(table, schema)
    leave = skipped(table, where.role)
    found: dict[str, Reading] = {}
    for column in table.columns:
        if column.name in leave or column.type.kind in ("range", "composite"):
            continue
        if column.type.kind == "array":
            listed = _listed(column, where)
            if listed is not None:
                found[column.name] = listed
            continue
        reading = read_column(column, where)
        if reading is None:
            continue
        if column.type.values:
            if reading.meaning != "person.sex":
                continue
            reading.params["values"] = list(column.type.values)
        found[column.name] = _told_apart(reading, column, where)
    return found


def _listed(column: Column, where: Context) -> Reading | None:
    """An array of what its name says one of: codes, status words, people's data; nothing whose
    values belong to the row as a whole, such as its moments, amounts and identifiers."""
    element = column.type.element
    if element is None or element.values or element.kind == "array":
        return None
    reading = read_column(replace(column, type=element), where)
    if reading is None or not reading.generator.startswith(_LISTABLE):
        return None
    params = {k: v for k, v in reading.params.items() if k != "sparse"}
    return replace(
        reading,
        meaning=f"list.{reading.meaning}",
        generator="type.array",
        params={"generator": reading.generator, "element": params, "once": True},
        why=f"{reading.why}; several of them",
    )


def _told_apart(reading: Reading, column: Column, where: Context) -> Reading:
    """Rows of a lookup table are its entries in order, in every column; numbers of a sequence that
    a key holds are made by the type, which the planner counts."""
    table = where.table
    if reading.meaning == "moment.end" and column.nullable and where.role in _LASTING:
        # Staff who work here still, departments that are open: few of these have ended.
        return replace(
            reading, generator="moment.within", params={"low": 0.3, "high": 0.95, "absent": 0.92}
        )
    keyed = any(column.name in u.columns for u in table.uniques)
    own = table_system(table, where.words)
    if where.role == "reference" and reading.params.get("system") == own is not None:
        if reading.generator == "code.drawn" and "group" not in reading.params:
            return replace(reading, generator="code.listed")
        if reading.generator == "lab.range":
            return replace(reading, params={**reading.params, "listed": True})
    if reading.generator == "ordinal" and keyed and column.type.kind == "integer":
        return replace(reading, generator="type.integer", params={})
    return reading
