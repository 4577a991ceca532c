"""By which words the columns of other tables may name a table's rows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from seeder.schema import Column, Name, Table
from seeder.semantics.roles import ENCOUNTER, PATIENT, STAFF, table_words
from seeder.semantics.words import KNOWN, SPELLED, tokens

Words = tuple[str, ...]

KEYS = frozenset("id uuid guid oid key sk pk ide number code".split())
PLAIN_KEYS = frozenset("id uuid guid oid key sk pk".split())
# Words that say nothing of whose key it is: a name made of them alone matches nothing by itself.
_GENERIC = KEYS | frozenset(
    "row rowid rowguid uid name label title value type status description date time version order "
    "position line sequence ordinal index level sort rank record entry group class category".split()
)
_SPOKEN = KNOWN.union(*(words.split() for words in SPELLED.values()))
FAMILIES = (PATIENT, ENCOUNTER, STAFF)
_MANY = 16


@dataclass(frozen=True, slots=True)
class Key:
    """A column by which other tables may name the rows of its table. ``sure``: it is unique."""

    table: Table
    column: Column
    primary: bool
    sure: bool


@dataclass(frozen=True)
class Names:
    """The tables whose keys can be named, and by which words."""

    tables: tuple[Table, ...]

    @cached_property
    def _prefixes(self) -> frozenset[tuple[str, str]]:
        """First words that many tables of a namespace share (hms_patient, hms_visit): most of them,
        or a few where the word is an abbreviation that nobody knows."""
        first: dict[str, Counter[str]] = defaultdict(Counter)
        for table in self.tables:
            first[table.name.namespace][_about(table)[0]] += 1
        return frozenset(
            (namespace, word)
            for namespace, counted in first.items()
            for word, count in counted.items()
            if count > 2
            and (count * 2 > counted.total() or (len(word) < 4 and word not in _SPOKEN))
        )

    @cached_property
    def stems(self) -> Mapping[Name, tuple[Words, ...]]:
        """What each table is about: the words of its name without what all tables have."""
        return {t.name: self._stems(t) for t in self.tables}

    def _stems(self, table: Table) -> tuple[Words, ...]:
        words = _about(table)
        if len(words) > 1 and (table.name.namespace, words[0]) in self._prefixes:
            words = words[1:]
        while len(words) > 1 and len(words[0]) == 1:
            words = words[1:]
        found = [words]
        if len(words) > 1 and words[-1] in ("dimension", "master", "list", "info", "data", "base"):
            found.append(words[:-1])
        return tuple(found)

    @cached_property
    def _run(self) -> Mapping[str, Words]:
        """The stems as one word, for names without separators (businessentityid)."""
        return {
            "".join(s): s for stems in self.stems.values() for s in stems if len("".join(s)) > 3
        }

    @cached_property
    def _known(self) -> dict[str, Words]:
        return {}

    def named(self, name: str) -> Words:
        """The words of a column's name, where a table's name and its key's may run together."""
        if name not in self._known:
            words = named(name)
            words = (*words[:-1], *self._apart(words[-1]))
            number = f"#{tokens(name)[1]}"
            if number in self._numbers:
                at = len(words) - (words[-1] in KEYS)
                words = (*words[:at], number, *words[at:])
            self._known[name] = words
        return self._known[name]

    @cached_property
    def _numbers(self) -> frozenset[str]:
        """The numbers that tables have in their names."""
        every = (w for stems in self.stems.values() for s in stems for w in s)
        return frozenset(w for w in every if w.startswith("#"))

    def _apart(self, word: str) -> Words:
        for tail in ("id", "key", "code", "uuid", "guid"):
            about = word.removesuffix(tail)
            if about == word:
                continue
            for start in range(len(about) - 3):
                if about[start:] in self._run:
                    before = (about[:start],) if start else ()
                    return (*before, *self._run[about[start:]], tail)
        return (word,)

    @cached_property
    def keys(self) -> Mapping[Name, tuple[Key, ...]]:
        return {t.name: tuple(self._keys(t)) for t in self.tables}

    def _keys(self, table: Table) -> Iterator[Key]:
        whole = [u for u in table.uniques if not u.predicate and not u.expressions]
        for unique in sorted(whole, key=lambda u: not u.primary):
            if len(unique.columns) == 1:
                yield Key(table, table.column(unique.columns[0]), unique.primary, True)
        if not whole:
            guessed = (c for c in table.columns if not c.nullable and self.own(table, c))
            for column in list(guessed)[:1]:
                yield Key(table, column, True, False)

    def own(self, table: Table, column: Column) -> bool:
        """Whether a column is, by its name, the number of its table's own rows, and no other
        table has a better claim to the name."""
        strength = self._strength(table, self.named(column.name))
        return strength > 1 or strength == self._strongest[self.named(column.name)] == 1

    @cached_property
    def _strongest(self) -> Mapping[Words, int]:
        found: dict[Words, int] = defaultdict(int)
        for table in self.tables:
            for column in table.columns:
                words = self.named(column.name)
                found[words] = max(found[words], self._strength(table, words))
        return found

    def _strength(self, table: Table, words: Words) -> int:
        """How well a key's name fits a table: 3 its own name, 2 a part, 1 a word for the same."""
        if len(words) == 1 or words[-1] not in PLAIN_KEYS | {"number"}:
            return 3 if words in (("id",), ("uuid",), ("guid",)) else 0
        about, stems = words[:-1], self.stems[table.name]
        if any("".join(about) == "".join(stem) for stem in stems):
            return 3
        if len(about) > 1:
            return 0
        # itemid of d_labitems, stay_id of icustays; not event_id of a visit_event.
        ends = (stem[-1] for stem in stems if stem[-1] != about[0])
        if len(about[0]) > 3 and any(end.endswith(about[0]) for end in ends):
            return 2
        return int(any(len(stem) == 1 and related(stem[0], about[0]) for stem in stems))

    @cached_property
    def by_words(self) -> Mapping[Words, tuple[tuple[Key, str], ...]]:
        """Keys by the names that point at them; with each how: same, key or bare."""
        found: dict[Words, dict[tuple[Name, str], tuple[Key, str]]] = defaultdict(dict)
        for keys in self.keys.values():
            for key in keys:
                for words, how in self._named(key):
                    found[words].setdefault((key.table.name, key.column.name), (key, how))
        return {words: tuple(keys.values()) for words, keys in found.items()}

    def pointed(self, words: Words, namespace: str) -> tuple[tuple[Key, str], ...]:
        """The keys of a name; where a hundred tenants have it, those of the namespace alone."""
        found = self.by_words.get(words, ())
        if len(found) > _MANY:
            near = self._by_namespace.get((namespace, words))
            if near is None:
                near = tuple(f for f in found if f[0].table.name.namespace == namespace)
                self._by_namespace[namespace, words] = near
            return near or found[:_MANY]
        return found

    @cached_property
    def _by_namespace(self) -> dict[tuple[str, Words], tuple[tuple[Key, str], ...]]:
        return {}

    def _named(self, key: Key) -> Iterator[tuple[Words, str]]:
        words = self.named(key.column.name)
        natural = not key.primary and words[-1] not in KEYS and not words[-1].endswith("id")
        if not natural and any(w not in _GENERIC and len(w) > 1 for w in words):
            yield words, "same"
        for stem in self.stems[key.table.name]:
            tail = words[len(stem) :] if words[: len(stem)] == stem else words
            if set(tail) <= KEYS | {"row"}:
                yield stem + tail, "key"
                if key.primary and len(tail) <= 1 and set(tail) <= PLAIN_KEYS:
                    yield (*stem, "id"), "key"
                    yield stem, "bare"

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Table, ...]]:
        found: dict[str, list[Table]] = defaultdict(list)
        for table in self.tables:
            found[table.name.name.lower()].append(table)
        return {name: tuple(tables) for name, tables in found.items()}

    def about(self, words: frozenset[str]) -> tuple[Table, ...]:
        """The tables whose whole name is one of the words."""
        if words not in self._alone:
            self._alone[words] = tuple(
                t
                for t in self.tables
                if any(len(s) == 1 and s[0] in words for s in self.stems[t.name])
            )
        return self._alone[words]

    @cached_property
    def _alone(self) -> dict[frozenset[str], tuple[Table, ...]]:
        return {}


def _about(table: Table) -> Words:
    """The words of a table's name, its number last: thing_7 is not thing_8."""
    name = table.name.name
    words = (table_words(table) if name.isascii() else _parts(name)) or (name.lower(),)
    number = tokens(name)[1]
    return (*words, f"#{number}") if number.isdigit() else words


def _parts(name: str) -> Words:
    """The words of a name in another alphabet, as they stand."""
    return tuple(w for w in re.split(r"[\W_]+", name.lower()) if w)


def named(name: str) -> Words:
    """The words of a column's name, ``id`` last, without marks of a foreign key."""
    words = tokens(name)[0] if name.isascii() else _parts(name)
    if len(words) > 1 and words[0] == "fk":
        words = words[1:]
    if len(words) > 1 and words[-1] == "fk":
        words = words[:-1]
    if len(words) > 1 and words[0] == "id":
        words = (*words[1:], "id")
    return words or (name.lower(),)


def related(one: str, other: str) -> bool:
    """Whether two words are about the same: patient and subject, visit and encounter."""
    return one == other or any(one in f and other in f for f in FAMILIES[:2])
