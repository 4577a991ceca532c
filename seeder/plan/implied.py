"""References that nobody declared: what the columns of a schema say about each other.

A column is matched with the keys of other tables by the words of its name, its type and its
comment; each match has a score and a reason. What reaches THRESHOLD is joined to the schema that
is planned, as foreign keys that are not ``declared``: rows keep them, the server knows none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from seeder.plan.joining import Implied
from seeder.plan.naming import FAMILIES, KEYS, PLAIN_KEYS, Key, Names, Words, related
from seeder.schema import Column, Name, Schema, Table, Type
from seeder.semantics.roles import ENCOUNTER, PATIENT, STAFF
from seeder.semantics.words import singular, tokens

# From which score on a reference is planned; below it, and above SHOWN, it is a finding. Measured
# on Synthea, OMOP 5.4, MIMIC-III, MIMIC-IV and MIMIC-IV-ED without their foreign keys: all that
# was right scored 0.75 and more, all that was wrong at most 0.6 (tests/unit/test_implied.py).
THRESHOLD = 0.7
SHOWN = 0.5

# Defaults that make a value of the row's own.
_FRESH = re.compile(r"uuid|random|nextval", re.IGNORECASE)
# A number of somebody else's system, whatever it looks like.
_FOREIGN = frozenset("external legacy foreign remote alternate temporary total max min".split())
_SELF = frozenset(
    "parent manager supervisor superior previous preceding root ancestor boss".split()
)
_USERS = frozenset(["user"])
_SAID = re.compile(
    r"(?:references?|refers to|foreign key(?: to| of| for)?|fk(?: to| of)?|points? (?:at|to))"
    r"[\s:]+(?:the\s+)?(?:table\s+)?[\"']?([A-Za-z_][\w.\"]*)",
    re.IGNORECASE,
)
# What a CHECK may say of a reference: it is positive, or it is there.
_POSITIVE = re.compile(r"\W*[\w\"]+\W*(?:>=?\W*[01]\W*|IS NOT NULL\W*)\Z", re.IGNORECASE)

_COMPOSITE = 4  # columns: keys of more are those of facts, not of things


@dataclass(frozen=True, slots=True)
class _Match:
    key: Key
    score: float
    why: str


def compatible(child: Type, parent: Type) -> bool:
    """Whether a column of one type can hold the values of the other."""
    if child.kind in ("integer", "decimal") and parent.kind in ("integer", "decimal"):
        return not child.scale and not parent.scale
    return child.kind == parent.kind and child.kind in ("text", "uuid", "bytes")


def infer(schema: Schema) -> tuple[Implied, ...]:
    """What each column seems to reference, best first for a table; at most one each, SHOWN and up.

    Columns of declared foreign keys, generated ones and those with a list of values are left out.
    """
    tables = tuple(t for t in schema.countable if t.kind in ("table", "partitioned") and t.columns)
    names = Names(tables)
    found = [i for t in tables for i in (_column(names, t, c) for c in _free(t)) if i is not None]
    sure = {(i.table, i.columns[0]) for i in found if i.score >= THRESHOLD}
    keys = _several(names, sure)
    several = [k for t in tables for k in _composites(names, t, keys)]
    # What a key of several columns says of a column, it need not say alone once more.
    said = {(k.table, m, k.target, t) for k in several
            for m, t in zip(k.columns, k.target_columns, strict=True)}  # fmt: skip
    alone = [i for i in found if (i.table, i.columns[0], i.target, i.target_columns[0]) not in said]
    return tuple(sorted([*alone, *several], key=lambda i: (i.table, i.columns)))


def _free(table: Table) -> Iterator[Column]:
    """The columns that may hold an undeclared reference: nobody else decides their values."""
    taken = {c for k in table.foreign_keys for c in k.columns}
    taken |= {c for k in table.checks if not _POSITIVE.match(k.expression) for c in k.columns}
    taken |= set(table.partitioning.columns if table.partitioning else ())
    taken |= {c for e in table.exclusions for c, _ in e.elements}
    for column in table.columns:
        made = bool(column.generated or column.identity or column.sequence)
        made = made or _FRESH.search(column.default) is not None
        bound = any(not _POSITIVE.match(check) for check in column.type.checks)
        if column.name not in taken and not (made or bound or column.type.values):
            yield column


def _column(names: Names, table: Table, column: Column) -> Implied | None:
    found = (
        _by_comment(names, table, column)
        or _by_name(names, table, column)
        or _to_itself(names, table, column)
        or _by_family(names, table, column)
        or _by_writer(names, table, column)
    )
    if found is None:
        return None
    score = found.score
    if not found.key.sure:
        score -= 0.05
    if column.type.kind != found.key.column.type.kind:
        score -= 0.05
    if score < SHOWN:
        return None
    why = found.why + ("" if found.key.sure else ", which nothing declares unique")
    return Implied(
        table.name, (column.name,), found.key.table.name, (found.key.column.name,),
        round(score, 2), why,
    )  # fmt: skip


def _fits(names: Names, table: Table, column: Column, key: Key) -> bool:
    """Types agree, and the column is not the key itself, nor what makes its own table's rows."""
    if not compatible(column.type, key.column.type):
        return False
    if key.table.name == table.name and key.column.name == column.name:
        return False
    if not _own_key(names, table, column):
        return True
    # A subtype's key is its parent's: person_id of death, patient_id of patient_detail.
    about = set(names.stems[table.name][0])
    wider = any(set(s) < about for s in names.stems[key.table.name])
    named_so = names.own(key.table, key.column) and not names.own(table, column)
    return key.table.name != table.name and (wider or named_so)


def _own_key(names: Names, table: Table, column: Column) -> bool:
    return any(k.column.name == column.name for k in names.keys[table.name])


def _by_comment(names: Names, table: Table, column: Column) -> _Match | None:
    said = _SAID.search(column.comment)
    if said is None:
        return None
    parts = said[1].replace('"', "").strip(".").split(".")
    for at in range(len(parts)):
        for target in names.by_name.get(parts[at].lower(), ()):
            wanted = parts[at + 1].lower() if at + 1 < len(parts) else ""
            for key in names.keys[target.name]:
                if wanted in ("", key.column.name.lower()) and _fits(names, table, column, key):
                    return _Match(key, 0.95, f"its comment says so: {said[0]}")
    return None


def _by_name(names: Names, table: Table, column: Column) -> _Match | None:
    words = names.named(column.name)
    # concept_id_2 is a second concept_id, unless there is a table of that number.
    plain = tuple(w for w in words if not w.startswith("#"))
    for name in dict.fromkeys((words, plain)):
        for start in range(len(name)):
            found = [
                (key, how)
                for key, how in names.pointed(name[start:], table.name.namespace)
                if _fits(names, table, column, key)
            ]
            if found:
                return _chosen(names, table, column, found, name[:start])
    return None


def _chosen(
    names: Names, table: Table, column: Column, found: Sequence[tuple[Key, str]], before: Words
) -> _Match | None:
    """The one among the keys of one name that is meant; ``before``: words that only say which."""
    telling = [f for f in found if f[1] != "bare"] or list(found)
    # Where a table has the name by right, others have it as its subtypes.
    telling = [f for f in telling if names.own(f[0].table, f[0].column)] or telling
    ranked = sorted(telling, key=lambda f: (-_near(names, table, f[0]), f[0].table.name))
    key, how = ranked[0]
    score, why = _scored(names, column, key, how, before)
    if score < SHOWN:
        return None
    if len(ranked) > 1:
        ahead = _near(names, table, key) - _near(names, table, ranked[1][0])
        led = not _anchor(names, key) and not _affinity(names, table, key)
        if not ahead or (led and any(_anchor(names, k) for k, _ in ranked[1:])):
            others = ", ".join(str(k.table.name) for k, _ in ranked[1:3])
            return _Match(key, 0.55, f"{why}; but {others} has one too")
        return _Match(key, min(score, 0.85), f"{why}, and the nearest of {len(ranked)} tables")
    return _Match(key, score, why)


def _scored(names: Names, column: Column, key: Key, how: str, before: Words) -> tuple[float, str]:
    if how == "bare":
        if singular(column.name.lower()) != column.name.lower() or (
            before and column.type.kind != "uuid"
        ):
            return 0.0, ""
        score = 0.9 if column.type.kind == "uuid" or "fk" in tokens(column.name)[0] else 0.6
        why = f"named after {key.table.name}"
    elif how == "key" or _anchor(names, key):
        score, why = 0.95, f"named after {key.table.name} and its key"
    else:
        score, why = 0.9, f"named like the key of {key.table.name}"
    if not before:
        return score, why
    if set(before) & _FOREIGN:
        return 0.55, f"{why}, but {' '.join(before)} may be of another system"
    return score - 0.08, f"{why}, as {' '.join(before)}"


def _anchor(names: Names, key: Key) -> bool:
    words = names.named(key.column.name)
    return any(words[:-1] == s or words == s for s in names.stems[key.table.name])


def _affinity(names: Names, table: Table, key: Key) -> int:
    """How much the names of two tables have in common."""
    mine, theirs = names.stems[table.name][0], names.stems[key.table.name][0]
    shared = len(set(mine) & set(theirs))
    if shared:
        return shared
    return int("".join(mine)[:3] == "".join(theirs)[:3])


def _near(names: Names, table: Table, key: Key) -> int:
    same = key.table.name.namespace == table.name.namespace
    return 3 * _affinity(names, table, key) + 2 * same + _anchor(names, key)


def _to_itself(names: Names, table: Table, column: Column) -> _Match | None:
    words = names.named(column.name)
    if len(words) > 1 and words[-1] in KEYS:
        words = words[:-1]
    rest = [w for w in words if w not in _SELF]
    about = {w for s in names.stems[table.name] for w in s}
    if len(rest) == len(words) or not set(rest) <= about or not column.nullable:
        return None
    for key in names.keys[table.name]:
        if key.primary and _fits(names, table, column, key):
            which = next(w for w in words if w in _SELF)
            staff = any(set(s) & STAFF for s in names.stems[table.name])
            lead = which in ("manager", "supervisor", "superior", "boss") and not staff
            return _Match(key, 0.6 if lead else 0.85, f"the {which} of a row, by its name")
    return None


def _by_family(names: Names, table: Table, column: Column) -> _Match | None:
    """subject_id where the only such table is patients."""
    words = names.named(column.name)
    if len(words) < 2 or words[-1] not in PLAIN_KEYS | {"number"} or _own_key(names, table, column):
        return None
    family = next((f for f in FAMILIES if words[-2] in f), None)
    tables = names.about(family) if family is not None else ()
    keys = [k for t in tables for k in names.keys[t.name][:1] if _fits(names, table, column, k)]
    if len(tables) != 1 or not keys or keys[0].table.name == table.name:
        return None
    plain = len(words) == 2
    about = "".join(names.stems[tables[0].name][-1])
    score = 0.75 if plain and words[-2] in PATIENT | ENCOUNTER else 0.6
    return _Match(keys[0], score, f"{words[-2]} is a word for {about}, and no table has that name")


def _by_writer(names: Names, table: Table, column: Column) -> _Match | None:
    """created_by, where there is one table of users."""
    words = names.named(column.name)
    if words[-1] != "by" and words != ("creator",) and words[-2:] != ("by", "id"):
        return None
    users = names.about(_USERS)
    keys = [k for t in users for k in names.keys[t.name][:1] if _fits(names, table, column, k)]
    if len(users) != 1 or not keys:
        return None
    score = 0.75 if column.type.kind in ("integer", "uuid") else 0.6
    return _Match(keys[0], score, "who did it, and there is one table of users")


def _several(
    names: Names, singles: set[tuple[Name, str]]
) -> Mapping[str, Sequence[tuple[Table, tuple[str, ...]]]]:
    """Keys of several columns that things have, by the name of their first one in lower case."""
    found: dict[str, list[tuple[Table, tuple[str, ...]]]] = defaultdict(list)
    for table in names.tables:
        for unique in table.uniques:
            whole = not (unique.predicate or unique.expressions)
            if (
                whole
                and 2 <= len(unique.columns) <= _COMPOSITE
                and _of_its_own(names, table, unique.columns, singles)
            ):
                found[unique.columns[0].lower()].append((table, unique.columns))
    return found


def _composites(
    names: Names, table: Table, keys: Mapping[str, Sequence[tuple[Table, tuple[str, ...]]]]
) -> Iterator[Implied]:
    """Keys of several columns, all of which the table has under the same names."""
    mine = {c.name.lower(): c for c in _free(table)}
    own = [frozenset(u.columns) for u in table.uniques]
    found: dict[frozenset[str], list[tuple[int, Table, tuple[str, ...]]]] = defaultdict(list)
    near_by = (key for name in mine for key in keys.get(name, ()))
    for target, columns in near_by:
        if target.name == table.name or any(c.lower() not in mine for c in columns):
            continue
        if frozenset(mine[c.lower()].name for c in columns) in own:
            continue
        if all(compatible(mine[c.lower()].type, target.column(c).type) for c in columns):
            near = _near(names, table, Key(target, target.column(columns[0]), True, True))
            found[frozenset(columns)].append((near, target, columns))
    for options in found.values():
        options.sort(key=lambda o: (-o[0], o[1].name))
        _, target, columns = options[0]
        if len(options) > 1 and options[0][0] == options[1][0]:
            continue
        yield Implied(
            table.name, tuple(mine[c.lower()].name for c in columns), target.name, columns,
            0.85, f"it has all columns of the key of {target.name}",
        )  # fmt: skip


def _of_its_own(
    names: Names, target: Table, columns: Sequence[str], singles: set[tuple[Name, str]]
) -> bool:
    """Whether a key of several columns is the name of a thing: one column at least says so, and
    the others are references or codes."""
    keyed = {c for k in target.foreign_keys for c in k.columns}
    for column in columns:
        if column in keyed or (target.name, column) in singles:
            continue
        words = names.named(column)
        if not set(words) & KEYS and words[-1] != "version":
            return False
    return any(
        any(
            related(w, s)
            for w in names.named(c)[:-1]
            for stem in names.stems[target.name]
            for s in stem
        )
        for c in columns
        if c not in keyed and (target.name, c) not in singles and names.named(c)[-1] in KEYS
    )
