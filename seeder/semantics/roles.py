"""What a table is for: its role, from its columns, keys and the words of its name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from seeder.schema import ForeignKey, Schema, Table
from seeder.semantics.prefix import glued
from seeder.semantics.senses import subjects
from seeder.semantics.words import tokens

KINDS = (
    "patient",
    "staff",
    "organisation",
    "place",
    "encounter",
    "event",
    "reference",
    "junction",
    "log",
    "person",
    "other",
)


@dataclass(frozen=True, slots=True)
class Role:
    """``kind`` is one of KINDS; ``why`` says in words what gave it away."""

    kind: str
    why: str


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PATIENT = _words(
    "patient person subject member client resident individual beneficiary enrollee insuree insured "
    "participant inpatient"
)
STAFF = _words(
    "staff provider practitioner clinician doctor physician nurse employee caregiver surgeon "
    "therapist technician user personnel carer worker officer prescriber consultant "
    "pharmacist midwife"
)
_ORGANISATION = _words(
    "organization hospital facility clinic payer insurer company practice vendor supplier "
    "manufacturer pharmacy laboratory institution tenant agency sponsor store site hf orgunit"
)
_PLACE = _words(
    "location address ward room bed department city unit building floor floorplan campus zone area "
    "country region state county district station theatre"
)
ENCOUNTER = _words(
    "encounter visit admission stay episode hospitalization hospitalisation attendance icustay opd "
    "ipd consultation"
)
_LOG = _words("log audit trail logging changelog journal")
_CODED = _words(
    "type code status category lookup class vocabulary domain catalog dictionary "
    "formulary codeset concept terminology kind enum reference list dim specialty role "
    "language race ethnicity currency relationship modality reason"
)
# What a system is set up with: a few rows, though they have dates and keys.
_SET_UP = _words(
    "definition metadata setting configuration config template parameter option preference source"
)
_LABEL = _words("name code description label title display abbreviation value key text meaning")
_EXTRA = _words("is_active active sort order position id system version date loinc low high flag")
_PERSON = _words("contact guarantor relative kin actor customer author carer emergency")

# Words that say how a table is kept, and nothing of what it holds.
_MARKS = ("tbl", "table", "dim", "dimension", "fact", "stg", "tb", "ref")
_DATED = ("date", "timestamp", "timestamptz")
# Who keeps a row and when tells nothing of what the row is.
_KEPT = _words(
    "created updated modified deleted audit changed voided retired inserted locked creator valid "
    "create update modify delete"
)
# Short words in front of a table's name that do say what it holds.
_SAYING = _words("ed er or ip op iv id bp")


def table_words(table: Table) -> tuple[str, ...]:
    """The words of a table's name, without prefixes such as tbl, dim or fact."""
    return _words_of(table.name.name)


@lru_cache(maxsize=16384)
def _words_of(name: str) -> tuple[str, ...]:
    words, _ = tokens(name)
    kept = tuple(w for w in words if w not in _MARKS)
    while len(kept) > 1 and len(kept[0]) <= 2 and kept[0] not in _SAYING:
        kept = kept[1:]  # OH_PATIENT, d_labitems
    return kept or words


def _own(table: Table) -> list[tuple[tuple[str, ...], str]]:
    """Words and kind of the columns that belong to no foreign key."""
    keyed = {c for k in table.foreign_keys for c in k.columns}
    prefix = glued(tuple(c.name for c in table.columns))
    own = (
        (_of_the_row(c.name.removeprefix(prefix)), c.type.kind)
        for c in table.columns
        if c.name not in keyed
    )
    return [(words, kind) for words, kind in own if words]


@lru_cache(maxsize=32768)
def _of_the_row(name: str) -> tuple[str, ...]:
    """The words of a column's name, () where it tells who keeps the row and when."""
    words, _ = tokens(name)
    return () if _KEPT & set(words) else words


def _telling(table: Table) -> list[ForeignKey]:
    """The keys that are not of who made or changed the row."""
    return [k for k in table.foreign_keys if not any(_KEPT & set(tokens(c)[0]) for c in k.columns)]


def _sexed(table: Table) -> bool:
    return any("sex" in tokens(c.name)[0] for c in table.columns)


def _has(own: list[tuple[tuple[str, ...], str]], *wanted: str) -> bool:
    return any(all(w in words for w in wanted) for words, _ in own)


def _born(own: list[tuple[tuple[str, ...], str]]) -> bool:
    return any("birth" in w and {"date", "year", "datetime", "time"} & set(w) for w, _ in own)


def _named(own: list[tuple[tuple[str, ...], str]]) -> bool:
    return (
        _has(own, "first", "name")
        or _has(own, "last", "name")
        or (("first",) in {w for w, _ in own} and ("last",) in {w for w, _ in own})
    )


def _own_npi(table: Table, own: list[tuple[tuple[str, ...], str]]) -> bool:
    """Whether the row itself has an NPI, and not a doctor whom it names (pcp_npi)."""
    about = {"npi", "number", "national", "identifier", *table_words(table)}
    return any("npi" in words and set(words) <= about for words, _ in own)


def _referenced(table: Table, schema: Schema) -> int:
    return schema.references.get(table.name, 0)


def head(words: tuple[str, ...], among: frozenset[str]) -> str:
    """The word that names the table: the whole name, or its last word, when it is of the set."""
    if len(words) == 1 and words[0] in among:
        return words[0]
    return words[-1] if words and words[-1] in among else ""


def _is_patient(table: Table, schema: Schema) -> str:
    words, own = table_words(table), _own(table)
    named = head(words, PATIENT) or (
        words[0]
        if words
        and words[0] in PATIENT
        and words[-1] in ("master", "demographic", "index", "registry", "record", "info")
        else ""
    )
    used = _referenced(table, schema)
    if named == "person" and any(_is_of(t, table) for t in schema):
        return ""
    if _own_npi(table, own) or head(words, STAFF):
        return ""
    if named and (_born(own) or (used and (_named(own) or _sexed(table)))):
        return f"named {named}, with " + ("a birth date" if _born(own) else "a person's columns")
    if named == "patient" and not any(f for f in table.foreign_keys if len(words) > 1):
        return "named patient"
    if _born(own) and used and _sexed(table) and (_named(own) or _has(own, "ssn")):
        return "birth date, sex and name, and other tables reference it"
    return ""


def _is_of(table: Table, person: Table) -> bool:
    """Whether a table of patients tells more of the rows of a table of people."""
    return table_words(table) == ("patient",) and any(
        k.target == person.name for k in table.foreign_keys
    )


def _is_staff(table: Table) -> str:
    words, own = table_words(table), _own(table)
    named = head(words, STAFF)
    if named and (len(words) == 1 or _named(own) or words[0] in STAFF or _has(own, "name")):
        return f"named {named}"
    if _own_npi(table, own) and (_named(own) or _has(own, "sex")):
        return "a person with an NPI"
    return ""


def _reaches(table: Table, schema: Schema) -> set[str]:
    """Which of patient, staff and encounter the table's keys reference."""
    found = set()
    for key in _telling(table):
        target = schema.by_name.get(key.target)
        if target is None or target.name == table.name:
            continue
        words = table_words(target)
        if _is_patient(target, schema):
            found.add("patient")
        elif _is_staff(target):
            found.add("staff")
        elif head(words, ENCOUNTER) or (words[:1] and words[0] in ENCOUNTER):
            found.add("encounter")
    return found or _names_one(table)


def _names_one(table: Table) -> set[str]:
    """The same from the names of columns, where nothing is declared: patientunitstayid."""
    keyed = {c for k in table.foreign_keys for c in k.columns}
    found = set()
    for column in table.columns:
        words = tokens(column.name)[0]
        if column.name in keyed or len(words) < 2 or words[-1] not in _KEYS:
            continue
        if set(words[:-1]) <= set(table_words(table)):
            continue  # its own key
        if words[0] in PATIENT and words[-2] not in ENCOUNTER:
            found.add("patient")
        elif words[-2] in ENCOUNTER:
            found.add("encounter")
    return found


_CLINICAL = _words(
    "drug lab vital diagnosis procedure allergy specimen imaging vaccine claim payment"
)
_KEYS = _words("id key number uuid")


def _is_junction(table: Table) -> str:
    keyed = {c for k in table.foreign_keys for c in k.columns}
    if len(table.foreign_keys) < 2:
        return ""
    key = table.primary_key
    if key is not None and len(key.columns) >= 2 and set(key.columns) <= keyed:
        return "its primary key consists of foreign keys"
    rest = [c for c in table.columns if c.name not in keyed and c.type.kind not in _DATED]
    pairs = [u for u in table.uniques if len(u.columns) >= 2 and set(u.columns) <= keyed]
    if pairs and len(rest) <= 2:
        return "unique over its foreign keys, with hardly a column of its own"
    own = {w for words, _ in _own(table) for w in words}
    if (
        len(rest) <= 1
        and not own & {"code", "sequence", "number", "value", "date"}
        and len(table.columns) <= 5
        and len(keyed) >= 2
        and not any(c.type.kind in _DATED for c in table.columns if c.name not in keyed)
    ):
        return "little more than its foreign keys"
    return ""


def _is_reference(table: Table, schema: Schema, reaches: set[str]) -> str:
    if reaches:
        return ""
    words, own = table_words(table), _own(table)
    labels = [w for w, kind in own if kind in ("text", "enum") and _LABEL & set(w)]
    if not labels:
        return ""
    used = _referenced(table, schema)
    coded = sorted(_CODED & set(words[-2:]))
    dated = sum(kind in _DATED for _, kind in own)
    if coded and (used or len(own) <= 6) and len(own) <= 14:
        return f"named as a list of codes ({coded[0]}), with " + " and ".join(labels[0])
    has_code = any("code" in w or "abbreviation" in w for w in labels)
    if used and len(own) <= 12 and has_code and dated <= 3:
        return "other tables reference it; it has a code and a name"
    key = table.primary_key
    keyed_by_code = (
        key is not None
        and len(key.columns) <= 2
        and any("code" in tokens(c)[0] for c in key.columns)
    )
    if keyed_by_code and not table.foreign_keys and len(own) <= 6 and not dated:
        return "its primary key is a code"
    keys = len(_telling(table))
    if _named(own):
        return ""
    keys = len(_telling(table))
    if used and len(own) <= 5 and dated <= 2 and keys <= 1:
        return "other tables reference it; it has few columns besides its name"
    if head(words, _ORGANISATION | _PLACE | STAFF | _PERSON):
        return ""
    if keys <= 1 and not dated and has_code:
        return "a code and a name, no date of its own, and hardly a key"
    if used and keys <= 2 and not dated:
        return "other tables reference it; it has a name and no date of its own"
    return ""


def _is_log(table: Table) -> str:
    words, own = table_words(table), _own(table)
    named = sorted(_LOG & set(words))
    if named:
        return f"named {named[0]}"
    if _has(own, "action") and (_has(own, "old") or _has(own, "ip") or _has(own, "user")):
        return "it has an action and who did it"
    return ""


def _by_name(table: Table, reaches: set[str]) -> Role | None:
    words = table_words(table)
    own = _own(table)
    first = next((w for w in words if w in ENCOUNTER), "")
    if (
        first
        and words[0] in ENCOUNTER
        and (len(words) == 1 or words[-1] in ("occurrence", "detail", "stay", "record", "episode"))
    ):
        return Role("encounter", f"named {first}")
    if head(words, ENCOUNTER) and "patient" in reaches:
        return Role("encounter", f"named {head(words, ENCOUNTER)}, and references a patient")
    if reaches & {"patient", "encounter"}:
        return None
    if head(words, _ORGANISATION):
        return Role("organisation", f"named {head(words, _ORGANISATION)}")
    if head(words, _PLACE) and (len(words) <= 2):
        return Role("place", f"named {head(words, _PLACE)}")
    if _has(own, "latitude") or (_has(own, "city") and _has(own, "name") and not _named(own)):
        return Role("organisation", "a name and an address")
    return None


def _by_what_it_has(table: Table, reaches: set[str]) -> Role:
    """The role of a table that neither its name nor its shape gives away."""
    words, own = table_words(table), _own(table)
    if reaches & {"patient", "encounter"}:
        if (_has(own, "first", "name") and _named(own)) or head(words, _PERSON):
            return Role("person", "names a person beside the patient")
        return Role(
            "event", "references " + " and ".join(sorted(reaches & {"patient", "encounter"}))
        )
    if _named(own):
        return Role("person", "first and last name")
    if head(words, _SET_UP):
        return Role("reference", f"named {head(words, _SET_UP)}: what a system is set up with")
    if any(kind in _DATED for _, kind in own) and _telling(table):
        return Role("event", "a date, and foreign keys")
    clinical = subjects(words) & _CLINICAL
    if clinical and table.foreign_keys:
        return Role("event", f"about {min(clinical)}, and it has foreign keys")
    return Role("other", "nothing tells more")


def role_of(table: Table, schema: Schema) -> Role:
    """The role of a table, and why. Names decide only together with columns and keys."""
    words, own = table_words(table), _own(table)
    why = _is_log(table)
    if why:
        return Role("log", why)
    why = _is_patient(table, schema)
    if why:
        return Role("patient", why)
    why = _is_junction(table)
    if why:
        return Role("junction", why)
    reaches = _reaches(table, schema)
    why = _is_staff(table)
    # A provider may be a person of a table that holds the patients as well.
    apart = "patient" not in reaches or (words[0] in STAFF and "encounter" not in reaches)
    if why and apart:
        return Role("staff", why)
    small = len(own) <= 4 and not (head(words, _PLACE) in ("address", "location") or reaches)
    why = _is_reference(table, schema, reaches)
    if why and (_CODED & set(words[-1:]) or (small and not head(words, _PLACE | _ORGANISATION))):
        return Role("reference", why)
    named = _by_name(table, reaches)
    if named is not None:
        return named
    if why:
        return Role("reference", why)
    return _by_what_it_has(table, reaches)
