"""Reading a table: every column is scored against the catalogue, and the best meaning recorded."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from seeder.generate.data import entries
from seeder.schema import Column, Schema, Table
from seeder.semantics.catalogue import ENTRIES
from seeder.semantics.coding import Coded, coded, table_system
from seeder.semantics.entry import Entry, match
from seeder.semantics.neutral import NEUTRAL, plainly, subject_of
from seeder.semantics.roles import role_of, table_words
from seeder.semantics.senses import sense, subjects
from seeder.semantics.words import headed, tokens
from seeder.text import kinds as texts

THRESHOLD = 0.60
# Of two equal scores the meaning that the catalogue names first wins.
_ORDER = {item.meaning: place for place, item in reversed(list(enumerate(ENTRIES)))}
# Roles whose rows last: their end is mostly still to come.
_LASTING = frozenset("staff organisation place reference junction person patient".split())
_SOURCE = ("source", "value")


@dataclass(frozen=True)
class Reading:
    """What a column means: the best meaning, its score (0 to 1), why, and the runner-up.

    ``generator`` and ``params`` make its values; '' as runner-up when nothing else came near.
    """

    meaning: str
    score: float
    why: str
    runner_up: str
    generator: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What is known of the table while its columns are read."""

    table: Table
    words: tuple[str, ...]
    role: str
    hints: frozenset[str]
    names: frozenset[str]
    about: frozenset[str]
    prefix: str = ""

    @cached_property
    def heads(self) -> frozenset[str]:
        """What the rows are: the role, the last word of the table's name, the last that tells."""
        return frozenset((self.words[-1], subject_of(self.words), ":" + self.role))

    def plainly(self, rest: set[str]) -> bool:
        """Whether the words are those of the prefix that the table's columns share."""
        return bool(self.prefix) and rest <= set(tokens(self.prefix)[0])

    @cached_property
    def plain(self) -> Table:
        """The table with names that lack the prefix of all."""
        return _unprefixed(self.table, self.prefix)


@lru_cache(maxsize=1)
def _by_phrase() -> dict[tuple[str, ...], tuple[tuple[Entry, int], ...]]:
    """Entries, with the number of the phrase, by the phrase's words."""
    found: dict[tuple[str, ...], list[tuple[Entry, int]]] = defaultdict(list)
    for item in ENTRIES:
        for place, (words, _, _) in enumerate(item.phrases):
            found[words].append((item, place))
    return {words: tuple(items) for words, items in found.items()}


@dataclass(frozen=True, slots=True)
class _Match:
    """A phrase of an entry that stands in a name. ``number``: the one that the phrase asks for."""

    item: Entry
    phrase: tuple[str, ...]
    whole: bool
    number: str
    score: float


@lru_cache(maxsize=8192)
def _matches(words: tuple[str, ...]) -> tuple[_Match, ...]:
    """The phrases of entries that stand in a name, whatever column has it."""
    size, index = len(words), _by_phrase()
    runs = dict.fromkeys(words[i:j] for i in range(size) for j in range(i + 1, size + 1))
    return tuple(
        _Match(item, run, whole, number, score)
        for run in runs
        if _tells(words, run)
        for item, place in index.get(run, ())
        for _, whole, number in [item.phrases[place]]
        if (score := match(words, run, whole)) > 0
    )


def _tells(words: tuple[str, ...], run: tuple[str, ...]) -> bool:
    """Whether words of a name say what it holds: not what a source's value or an 'of' is of."""
    if words[-2:] == _SOURCE and run[-2:] != _SOURCE:
        return False
    return "of" not in words or "of" in run or words[0] in run


def context(table: Table, schema: Schema) -> Context:
    words = table_words(table)
    role = role_of(table, schema).kind
    names = frozenset(w for c in table.columns for w in tokens(c.name)[0])
    return Context(
        table,
        words,
        role,
        frozenset((*words, ":" + role)),
        names,
        _about(words, role, names),
        _prefix_of(table),
    )


_IMAGED = frozenset("modality accession series image uid dicom radiology body instance".split())


def _about(words: tuple[str, ...], role: str, names: frozenset[str]) -> frozenset[str]:
    """What the rows are about; a study is one of images only where its columns tell of images."""
    found = subjects(words, role)
    return found if "study" not in words or _IMAGED & names else found - {"imaging"}


_SHARED = 0.6  # of a table's columns, at least three, begin with its prefix: PAT_NAME, PAT_SEX


def _prefix_of(table: Table) -> str:
    """What the names of a table's columns begin with, and that so says nothing: 'PAT_', 'VEO'."""
    first = Counter(m[0] for c in table.columns if (m := _HEAD.match(c.name)))
    prefix, count = first.most_common(1)[0] if first else ("", 0)
    return prefix if count >= max(3, _SHARED * len(table.columns)) else ""


_HEAD = re.compile(r"[A-Za-z]{1,6}?_(?=[A-Za-z])|[A-Z]{2,4}(?=[A-Z][a-z])")


def _unprefixed(table: Table, prefix: str) -> Table:
    """The table as it would be without that prefix."""

    def bare(name: str) -> str:
        return name.removeprefix(prefix) or name

    return replace(
        table,
        columns=tuple(replace(c, name=bare(c.name)) for c in table.columns),
        uniques=tuple(replace(u, columns=tuple(map(bare, u.columns))) for u in table.uniques),
    )


def _within(column: Column, where: Context) -> tuple[str, ...]:
    """The words of a name without the prefix that all columns of its table have."""
    name = column.name
    rest = name[len(where.prefix) :] if where.prefix and name.startswith(where.prefix) else ""
    return tokens(rest)[0] if rest else ()


# Last words that only say the type: age_num, name_char.
_TYPED: Mapping[str, tuple[str, ...]] = {
    "integer": ("number",), "decimal": ("number",), "float": ("number",),
    "text": ("char", "string", "text"),
}  # fmt: skip
# Units that a name gives behind what it measures: weight_kg, spo2_pct.
_MEASURES = frozenset(
    "ml l cc mg mcg gram g kg lb cm mm inch mmhg bpm percent celsius lpm mmol meq iu dl".split()
)
# date_created is a created date.
_WHEN = frozenset("date time datetime".split())
_NOTHING: frozenset[str] = frozenset()
_NUMBERED = "name of a number"
_WITHIN = "name within its table"


# What is done to a row, as it is named and as the catalogue names it; an id is of who did it.
_DONE: Mapping[str, str] = {
    "create": "created", "insert": "inserted", "enter": "entered", "modify": "modified",
    "update": "updated", "change": "changed", "edit": "modified", "delete": "deleted",
    "cancel": "cancelled", "void": "voided", "archive": "archived",
}  # fmt: skip
_DOERS = frozenset("id user by person".split())


def _done(words: tuple[str, ...]) -> tuple[str, ...]:
    """modify_time is a modified time, create_id says by whom a row was created."""
    if len(words) != 2 or words[0] not in _DONE:
        return ()
    if words[1] in _DOERS:
        return (_DONE[words[0]], "by")
    return (_DONE[words[0]], words[1]) if words[1] in _WHEN or words[1] in ("at", "on") else ()


def _names(column: Column, where: Context) -> list[tuple[tuple[str, ...], str, str]]:
    """The column's words, and again without the table's own name in front of them."""
    words, group = tokens(column.name)
    words = plainly(words)
    found = [(words, group, "name")]
    if len(words) > 2 and words[-2:] == _SOURCE:
        found.append((words[:-2], group, "name without 'source value'"))
    own = set(where.words) | ({"patient", "person"} if where.role == "patient" else set())
    rest = words
    while len(rest) > 1 and rest[0] in own:
        rest = rest[1:]
    if rest != words:
        found.append((rest, group, _WITHIN))
    if len(words) > 1 and words[0] in _WHEN and words[-1] not in _WHEN:
        found.append(((*words[1:], words[0]), group, "name, turned round"))
    if len(words) > 1 and words[-1] in _MEASURES and column.type.kind != "boolean":
        found.append((words[:-1], group, f"name without '{words[-1]}'"))
    done = _done(words)
    if done:
        found.append((done, group, "name of what was done"))
    turned = headed(words)
    if turned != words:
        found.append((turned, group, "name, its head last:"))
    if len(words) > 1 and words[-1] in ("number", "id"):
        found.append((words[:-1], group, _NUMBERED))
    if len(words) > 1 and words[-1] in _TYPED.get(column.type.kind, ()):
        found.append((words[:-1], group, f"name without '{words[-1]}'"))
    within = _within(column, where)
    if within and within not in (rest, words):
        found.append((within, group, "name without the table's prefix"))
    return found


# Meanings whose words say what a column holds whatever stands in front of them: any e-mail, amount,
# date or remark is one. The others need their whole name.
_PLAIN = re.compile(
    r"contact\.|money\.|moment\.|flag\.|audit\.|key\.|file\.|status\.|id\.|place\.(?!longitude|latitude)"
    r"|number\.|prose\.(comment|description)|care\.position|person\.(first|last|middle)_name"
    r"|person\.(sex|birth_date|died|death|prefix|suffix)|stock\.|score\."
)
_LOOSE = 0.2  # off for a word that nothing explains


def _unexplained(
    item: Entry, words: tuple[str, ...], phrase: tuple[str, ...], where: Context
) -> float:
    """What a match loses for words of the name that it leaves unexplained."""
    if len(phrase) == len(words) or _PLAIN.match(item.meaning):
        return 0.0
    rest = set(words) - set(phrase) - NEUTRAL - set(where.words)
    return _LOOSE if rest and not where.plainly(rest) else 0.0


_ASIDE = 0.35  # off for a bare word in a table that is of something of the entry's: ward_stock.name


def _score(found: _Match, column: Column, where: Context) -> float:
    item, base = found.item, found.score + (0.05 if found.number else 0.0)
    aside = item.only and found.whole and not item.table_words & where.heads
    return _placed(item, base - (_ASIDE if aside else 0.0), column, where)


def _placed(item: Entry, base: float, column: Column, where: Context) -> float:
    """The score with what the table and its columns add, 0 where they rule the meaning out."""
    if item.table_words & where.hints:
        # The last word of a table's name says what its rows are.
        base += 0.06 if where.words[-1] in item.table_words else 0.05
    elif item.only:
        return 0.0
    if item.never_words & where.hints:
        return 0.0
    if item.without_words & where.names:
        return 0.0
    if item.needs:
        if not item.needs_words & where.names:
            return 0.0
        base += 0.03
    if item.beside_words & where.names:
        base += 0.03
    if item.comment_words and item.comment_words <= _comment(column):
        base += 0.05
    return base


_Best = dict[str, tuple[float, Entry, str, str]]


def _candidates(column: Column, where: Context) -> _Best:
    """The best score of each meaning that fits the column's type."""
    best: _Best = {}
    for words, group, why in _names(column, where):
        for found in _matches(words):
            item = found.item
            if not _may_be(item, column) or (found.number and found.number != group):
                continue
            if why == _NUMBERED and not (words == found.phrase and item.meaning[:3] == "id."):
                continue
            score = _score(found, column, where)
            if not score:
                continue
            score -= _unexplained(item, words, found.phrase, where)
            if why == _WITHIN and len(words) == 1:
                score -= 0.03  # patient_type of a visit: its two words say more than one
            if score > best.get(item.meaning, (0.0,))[0]:
                best[item.meaning] = (score, item, group, f"{why} '{' '.join(found.phrase)}'")
    return best | _said(column, where, best)


def _may_be(item: Entry, column: Column) -> bool:
    """Whether the column's type can hold the meaning."""
    return column.type.kind in item.kind_set and item.bits <= (column.type.bits or 64)


def _said(column: Column, where: Context, best: _Best) -> _Best:
    """Meanings that only the column's comment names."""
    said = _comment(column)
    found: _Best = {}
    for item in ENTRIES if said else ():
        if not item.comment or item.meaning in best or not _may_be(item, column):
            continue
        if item.comment_words <= said:
            score = _placed(item, 0.58, column, where)
            if score > 0:
                found[item.meaning] = (score, item, "", f"comment: {item.comment}")
    return found


@lru_cache(maxsize=1024)
def _words_of(comment: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", comment.lower()))


def _comment(column: Column) -> frozenset[str]:
    return _words_of(column.comment) if column.comment else frozenset()


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
    """The reading of one column, or None below the threshold."""
    reading = likeliest(column, where)
    return reading if reading is not None and reading.score >= THRESHOLD else None


def likeliest(column: Column, where: Context) -> Reading | None:
    """The likeliest reading, however weak."""
    found = sorted(_candidates(column, where).values(), key=lambda c: (-c[0], _ORDER[c[1].meaning]))
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
        words = _within(column, where) or words
    system = str(params.get("system", "")) if base.startswith("code.") else ""
    if base == "code.description" and words[-1] != "name" and _short(column, system):
        base = "code.code"
    # The date of something else is not the moment of the row: isolation_date of a stay.
    own = base != "moment.any" or all(w in where.words or w in _WHEN for w in words)
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
    """The code where the column has no room for the name."""
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
