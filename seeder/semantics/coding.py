"""Columns that hold codes: which code table, which part of it, and how the entry is chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from seeder.schema import Column, Table
from seeder.semantics.neutral import NEUTRAL, plainly
from seeder.semantics.topics import PHRASES, SYSTEMS, system_of
from seeder.semantics.words import headed, tokens


@dataclass(frozen=True)
class Coded:
    """A column read as a part of a code table."""

    meaning: str
    score: float
    why: str
    generator: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Split:
    """A column's name: what it is about, the part of a code table, and its number."""

    topic: tuple[str, ...]
    part: str
    group: str

    @property
    def mark(self) -> str:
        """What tells this code apart from others of the row: 'reason', '2'."""
        marks = [w for w in self.topic if w in _MARKS]
        return "_".join([*marks, self.group] if self.group else marks)


@dataclass(frozen=True)
class _Place:
    """A column in its table, and the code table that the table's rows are about."""

    column: Column
    table: Table
    words: tuple[str, ...]
    role: str
    own: str | None


# What a part of a code table is called where no sense names it better.
MEANINGS = frozenset(f"code.{part}" for part in "code description short snomed".split())

# Tables of things that are lists too, and those whose reasons are no diagnoses.
_LISTED = frozenset("payer insurer department".split())
_OTHER_REASONS = frozenset("adjustment denial payment transfer appointment refund cancel".split())
_KINDS = frozenset(("text", "integer", "decimal", "float", "json"))
_TESTS = ("labs", "vitals", "observations")
# Roles whose rows are someone or some place: their bare code and name are not of a code table.
_THINGS = frozenset("patient staff organisation place person other log".split())
_PARTS = {
    "code": "code", "abbreviation": "code", "symbol": "code", "mnemonic": "code",
    "description": "name", "name": "name", "display": "name", "text": "name", "title": "name",
    "label": "name", "term": "name",
}  # fmt: skip
# What is numbered, or has no room to be told in words, is a code.
_CONDITIONS = frozenset("diagnosis procedure condition".split())
_TOLD = 20
_QUALIFIERS = frozenset("code short long generic full common preferred standard source".split())
_SAID = frozenset("description name display text title".split())
_MARKS = frozenset(
    "primary secondary principal admitting discharge reason cause referral working final death "
    "underlying preop postop stop".split()
)
# Bare topics that hold a code, and those that hold its name.
_TOLD_APART = frozenset("drugs units routes frequencies vaccines allergens specimens".split())
_CODES = frozenset("icd icd10 icd10cm icd9 loinc cvx ndc rxnorm pcs icd10pcs opcs".split())
_IN_PHRASES = frozenset(w for phrase in PHRASES for w in phrase)
_NAMED = frozenset(
    "specialty language country nationality race ethnicity religion currency specimen route "
    "frequency severity priority occupation education vaccine allergen reaction manifestation "
    "medication drug modality disposition substance organism diagnosis condition procedure "
    "operation surgery ward department role relationship indication complaint problem allergy "
    "citizenship profession "
    "panel analyte urgency payer insurer".split()
)


def table_system(table: Table, words: tuple[str, ...]) -> str | None:
    """The code table that a table's rows are about."""
    if words[0] == "concept" and SYSTEMS.get(words[-1]) in _TOLD_APART:
        words = words[1:]  # concept_medication_forms: a list of what stands behind
    own = system_of(words)
    if own == "relationships" and any("concept" in tokens(c.name)[0] for c in table.columns):
        return "concept_relationships"
    return own


@lru_cache(maxsize=32768)
def _plain(name: str) -> tuple[tuple[str, ...], str]:
    """A column's words; what holds a source's code says 'code', and nothing about sources."""
    words, group = tokens(name)
    words = plainly(words)
    if "of" in words and not any(words[i : i + 3] in PHRASES for i in range(len(words))):
        words = headed(words)
    if words[-2:] == ("source", "value"):
        words = words[:-2] if words[-3:-2] == ("unit",) else (*words[:-2], "code")
    if words[-1] == "code" and words[-2:-1] in (("source",), ("standard",), ("value",)):
        words = (*words[:-2], "code")
    return words, group


def _split(column: Column, table: Table) -> _Split | None:
    words, group = _plain(column.name)
    tail, topic = words[-1], words[:-1]
    if words[-2:] in (("ndc", "code"), ("rxnorm", "code")) or tail in ("ndc", "rxnorm"):
        return _Split(words, "ndc" if "ndc" in words else "rxnorm", group)
    if tail in _CODES:
        return _Split(words, "code", group)
    if (
        tail in ("description", "name", "display", "text", "title")
        and topic
        and topic[-1] in _QUALIFIERS
    ):
        part = topic[-1] if topic[-1] in ("short", "generic") else "name"
        return _Split(topic[:-1], part, group)
    if tail in _PARTS:
        return _Split(topic, _PARTS[tail], group)
    if tail == "unit":
        return _Split(words, "unit", group)
    if words in (("system",), ("code", "system"), ("coding", "system"), ("code", "type")):
        return _Split((), "system", group)
    return _bare(column, table, words, group)


def _bare(column: Column, table: Table, words: tuple[str, ...], group: str) -> _Split | None:
    """A name without a word for its part: diagnosis1, specialty, and text keys of lookup tables."""
    text = column.type.kind == "text"
    if not text and not set(words[:-1]) <= _MARKS:
        return None
    if words[-1] in _NAMED or words in PHRASES:
        coded = words[-1] in _CONDITIONS and (bool(group) or (column.type.length or _TOLD) < _TOLD)
        return _Split(words, "code" if coded or not text else "name", group)
    key = table.primary_key
    if text and words[-1] == "id" and key is not None and key.columns == (column.name,):
        return _Split(words[:-1], "code", group)
    return None


def _beside(place: _Place, group: str) -> str | None:
    """The system of a neighbour with the same number: description1 beside reaction1."""
    for other in place.table.columns:
        words, number = tokens(other.name)
        if number == group and other.name != place.column.name:
            for word in reversed(words):
                if SYSTEMS.get(word) and word not in ("severity", "status"):
                    return SYSTEMS[word]
    return None


def _unique(column: Column, table: Table) -> tuple[bool, bool]:
    """Whether the column is unique alone, and whether with others."""
    alone = any(u.columns == (column.name,) for u in table.uniques)
    return alone, any(column.name in u.columns and len(u.columns) > 1 for u in table.uniques)


def _keyed(place: _Place, system: str, mark: str) -> Column | None:
    """The column that a key holds and that tells of the same entry, if the table has one."""
    for column in place.table.columns:
        split = _split(column, place.table)
        if (
            split is None
            or split.part not in ("code", "name", "ndc", "rxnorm")
            or split.mark != mark
        ):
            continue
        known = system_of(split.topic) if split.topic else place.own
        if known == system and any(_unique(column, place.table)):
            return column
    return None


def coded(column: Column, table: Table, words: tuple[str, ...], role: str) -> Coded | None:
    """The column as a part of a code table, or None when it is not coded."""
    split = _split(column, table) if column.type.kind in _KINDS else None
    if split is None or (column.type.kind != "text" and split.part in ("name", "unit", "generic")):
        return None
    place = _Place(column, table, words, role, table_system(table, words))
    special = _special(place, split)
    return special if special or split.part == "system" else _ordinary(place, split)


def _special(place: _Place, split: _Split) -> Coded | None:
    """Systems that may not be copied, and what a drug brings with it."""
    words = tokens(place.column.name)[0]
    if split.part == "system":
        if place.own is None:
            return None
        params = {"system": place.own, "part": "system"}
        return Coded("code.system", 0.95, "the system of the table's codes", "code.drawn", params)
    if "snomed" in words:
        return Coded("code.snomed", 0.93, "named snomed", "code.snomed")
    if words[0] in ("cpt", "hcpcs", "cdt"):
        return Coded("code.cpt", 0.93, "named after a licensed code system", "code.cpt")
    last = split.topic[-1] if split.topic else ""
    if place.own == "drugs" and last in ("route", "frequency", "form"):
        params = {"system": "drugs", "part": last}
        return Coded(f"drug.{last}", 0.94, "of the row's drug", "code.drawn", params)
    return None


def _ordinary(place: _Place, split: _Split) -> Coded | None:
    if split.part == "unit":
        return _unit(split, place.own)
    topic = tuple(w for w in split.topic if w not in ("code", "source"))
    system = system_of(topic) if topic else None
    why = f"'{' '.join(topic)}' is coded by {system}"
    if system == "departments" and topic[-1] == "service" and _sold(place, split):
        system = "icd10pcs"
        why = "a service that is charged"
    if system is None and split.group:
        system = _beside(place, split.group)
        why = f"a neighbour numbered {split.group} is coded by {system}"
    inherited = system is None or bool(topic and place.own and set(topic) <= set(place.words))
    if topic and topic[-1] == "reason" and set(place.words) & _OTHER_REASONS:
        return None
    if inherited:
        if not set(topic) <= set(place.words) | _MARKS:
            return None
        system = place.own or system
        why = f"the table is about {' '.join(place.words)}"
    listed = place.role == "reference"
    thing = place.role in _THINGS and place.words[-1] not in _LISTED
    if system is None or (inherited and thing):
        if not listed:
            return None
        if topic == () and _tail(place.column) == "description" and _named(place):
            return None  # it tells more of what a column beside it names
        system, why = "categories", "a lookup table without a code system of its own"
    tail = _tail(place.column)
    if inherited and not listed and split.part == "name" and tail in ("title", "text"):
        return None
    found = _choose(place, system, split, why)
    return replace(found, score=_WEAK) if _unexplained(topic, system, place) else found


def _tail(column: Column) -> str:
    return tokens(column.name)[0][-1]


def _named(place: _Place) -> bool:
    """Whether the table has a name for its rows."""
    return any(tokens(c.name)[0][-1] == "name" for c in place.table.columns)


_WEAK = 0.55  # of a code whose name has a word that nothing explains


def _unexplained(topic: tuple[str, ...], system: str, place: _Place) -> bool:
    rest = set(topic) - NEUTRAL - _MARKS - _QUALIFIERS - set(place.words)
    return any(SYSTEMS.get(w) is None and w not in _IN_PHRASES for w in rest)


_SALES = frozenset(
    "bill billing claim invoice charge transaction price tariff item line order procedure".split()
)


def _sold(place: _Place, split: _Split) -> bool:
    """Whether the service that is meant is one that is done and charged, not a department."""
    return split.part == "code" or bool(_SALES & set(place.words))


def _unit(split: _Split, own: str | None) -> Coded | None:
    """A text column of units: of the table's measurements, of its doses, or of any kind."""
    if own in _TESTS:
        why, score, params = "of the table's measurements", 0.93, {"system": own, "part": "unit"}
    elif own == "drugs" or "dose" in split.topic:
        why, score, params = "of a dose", 0.93, {"system": "drugs", "part": "dose_unit"}
    elif split.topic == ("unit",):
        why, score, params = "of measurement", 0.91, {"system": "units", "part": "code"}
    else:
        return None
    return Coded("code.unit", score, f"the unit {why}", "code.drawn", params)


def _choose(place: _Place, system: str, split: _Split, why: str) -> Coded:
    """How the entry is chosen: a row each in lookup tables, apart in keys, else by weight."""
    meaning = f"code.{'description' if split.part == 'name' else split.part}"
    score = 0.91 if split.part == "name" else 0.93
    params: dict[str, Any] = {"system": system, "part": split.part}
    if system == "sop_classes":  # a column of the modalities, so that image and device agree
        params = {"system": "modalities", "part": "sop" if split.part == "code" else "sop_name"}
    if split.mark:
        params["group"] = split.mark

    def made(generator: str, reason: str, /, **more: str) -> Coded:
        return Coded(meaning, score, why + reason, generator, {**params, **more})

    lists = place.role == "reference" or place.words[-1] in _LISTED
    if lists and system == place.own and not split.mark:
        return made("code.listed", "; a row for each entry")
    if place.role == "reference" and not split.mark and place.own is None:
        return made("code.listed", "; a row for each entry")
    alone, together = _unique(place.column, place.table)
    if alone or together:
        return made("code.listed" if alone else "code.drawn", "; part of a key")
    keyed = _keyed(place, system, split.mark)
    if keyed is None:
        return made("code.drawn", "")
    if _unique(keyed, place.table)[0]:
        # What is told of an event is told again of the next one, whatever its key is called.
        named = place.role == "event" and tokens(keyed.name)[0][-1] == "id"
        return made("code.drawn" if named else "code.listed", "")
    params.pop("group", None)
    other = _split(keyed, place.table)
    part = other.part if other else "code"
    return made("code.label", f"; looked up from {keyed.name}", of=keyed.name, key=part)
