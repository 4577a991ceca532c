"""Where a schema has what a rule reads: the columns by meaning, and the keys that lead to them."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from seeder.plan.model import Plan
from seeder.question import Fact, Hop, Path, Source
from seeder.schema import ForeignKey, Name, Table
from seeder.semantics.context import context
from seeder.semantics.read import read_column
from seeder.semantics.roles import role_of
from seeder.verify.clinical.rule import Rule, facts, placed

_FAR = 4  # keys from a row to its patient or visit, at most
_PERSONS = ("patient",)
_VISITS = ("encounter",)


@dataclass(frozen=True)
class Place:
    """One way to ask a rule: of which rows, and the columns as the report names them."""

    source: Source
    told: str


@dataclass(frozen=True)
class Atlas:
    """A plan's schema by meaning."""

    plan: Plan

    @cached_property
    def filled(self) -> tuple[Table, ...]:
        schema = self.plan.database
        return tuple(schema[Name.parse(n)] for n, t in self.plan.generated.items() if t.rows)

    @cached_property
    def _known(self) -> frozenset[Name]:
        kept = {n for n, t in self.plan.tables.items() if t.role == "keep"}
        return frozenset((*(t.name for t in self.filled), *map(Name.parse, kept)))

    @cached_property
    def kinds(self) -> Mapping[Name, str]:
        schema = self.plan.database
        return {
            t.name: self.plan.tables[str(t.name)].kind
            if str(t.name) in self.plan.generated
            else role_of(t, schema).kind
            for t in schema
            if t.name in self._known
        }

    @cached_property
    def parts(self) -> frozenset[Name]:
        """Tables of parts of visits, which are no visits: a stay is not as long as each of them."""
        timed = ((Name.parse(n), t.time) for n, t in self.plan.generated.items())
        return frozenset(
            n
            for n, time in timed
            if time is not None
            and (time.kind, time.story) == ("slot", "owner")
            and self.kinds.get(n) == "encounter"
        )

    @cached_property
    def meanings(self) -> Mapping[Name, Mapping[str, str]]:
        """Of each table the meaning of its columns, with the code system behind a '/'."""
        return {t.name: self._meanings(t) for t in self.plan.database if t.name in self._known}

    def _meanings(self, table: Table) -> dict[str, str]:
        made = self.plan.tables[str(table.name)]
        where = context(table, self.plan.database)
        keyed = {c for k in table.foreign_keys for c in k.columns}
        found: dict[str, str] = {}
        for column in table.columns:
            chosen = made.columns.get(column.name)
            if chosen is not None and chosen.meaning:
                meaning, params = chosen.meaning, chosen.params
            elif column.name in keyed or column.type.kind in ("array", "range", "composite"):
                continue
            elif chosen is not None and chosen.generator.startswith("type."):
                continue  # too short, or of another type, for what its name says
            else:
                # What the plan makes by CHECK or enum, or not at all, may have a meaning too.
                reading = read_column(column, where)
                if reading is None or not reading.confident:
                    continue
                meaning, params = reading.meaning, reading.params
            system = params.get("system")
            found[column.name] = f"{meaning}/{system}" if system else meaning
        return found

    # Columns ------------------------------------------------------------------------------------

    def columns(self, table: Name, fact: str) -> list[Fact]:
        """The columns of a table that have a fact, best first: one, or all where each counts."""
        definition, found = facts()[fact], list[Fact]()
        types = self.plan.database[table].by_name
        for wanted in definition.meanings:
            for column, meaning in self.meanings.get(table, {}).items():
                if definition.whole and column in self._shares(table):
                    continue
                if wanted in (meaning, meaning.partition("/")[0]):
                    fact_ = Fact((), column, definition.kind, types[column].type.kind)
                    if fact_ not in found:
                        found.append(fact_)
        if definition.kind == "moment":
            found.sort(key=lambda f: f.native == "date")
        return found if definition.every else found[:1]

    def _shares(self, table: Name) -> frozenset[str]:
        """The amounts of a table that are parts of another, as the price of one piece is."""
        columns = self.plan.tables[str(table)].columns
        return frozenset(n for n, c in columns.items() if c.params.get("low", 1.0) != 1.0)

    def _own(self, table: Name, fact: str) -> list[Fact]:
        """Columns of the table, else of a list that it references, of codes or of organisations."""
        if found := self.columns(table, fact):
            return found
        definition = facts()[fact]
        lists = ("reference",) * definition.entry + ("organisation",) * definition.lent
        for key in self.plan.database[table].foreign_keys:
            if self.kinds.get(key.target) not in lists or key.target in self._mixed:
                continue
            if there := self.columns(key.target, fact):
                return [_moved(f, (Hop(table, key),)) for f in there]
        return []

    def _beside(self, table: Name, fact: str) -> list[Fact]:
        """Columns of the table, else of another with one row for each of its, as OMOP's death."""
        if found := self._own(table, fact):
            return found
        for other in self.filled:
            for key in other.foreign_keys:
                once = facts()[fact].once or _single(other, key)
                if key.target != table or other.name == table or not once:
                    continue
                if there := self.columns(other.name, fact):
                    return [_moved(f, (Hop(other.name, key, back=True),)) for f in there]
        return []

    @cached_property
    def _mixed(self) -> frozenset[Name]:
        """Lists of everything, as a vocabulary is: that a table has several keys to one says that
        its codes are of several kinds, and none of a row's keys tells which."""
        found: set[Name] = set()
        for table in self.plan.database:
            targets = Counter(k.target for k in table.foreign_keys if k.target != table.name)
            found.update(
                name
                for name, keys in targets.items()
                if keys > 1 and self.kinds.get(name) == "reference"
            )
        return frozenset(found)

    # Ways ---------------------------------------------------------------------------------------

    def patient(self, table: Name) -> Path | None:
        """The keys to the patient of a row; () in the patient's own table."""
        return self._patients.get(table)

    @cached_property
    def _patients(self) -> Mapping[Name, Path]:
        found: dict[Name, Path] = {}
        for table in self.filled:
            time = self.plan.tables[str(table.name)].time
            path = self._named(table, time.person) if time and time.person else None
            if path is None:
                path = next((p for _, p in self._ways(table.name, _PERSONS)), None)
            if path is not None:
                found[table.name] = path
        return found

    def _named(self, table: Table, names: list[str]) -> Path:
        path: list[Hop] = []
        for name in names:
            key = table.keys_by_name[name]
            path.append(Hop(table.name, key))
            table = self.plan.database[key.target]
        return tuple(path)

    def visits(self, table: Name) -> Iterator[tuple[Name, Path]]:
        """The visits of a row, the nearest first, and the keys to each."""
        return self._ways(table, _VISITS)

    def _ways(self, table: Name, kinds: tuple[str, ...]) -> Iterator[tuple[Name, Path]]:
        """Breadth first; a way ends at a patient, and leads through no list and no member of
        staff, whose patient or visit would be another's."""
        seen, ways = {table}, [(table, Path())]
        while ways:
            here, path = ways.pop(0)
            if self.kinds.get(here) in kinds:
                yield here, path
            if len(path) == _FAR or (path and self._stops(here)):
                continue
            keys = sorted(
                self.plan.database[here].foreign_keys,
                key=lambda k: self.plan.database[here].nullable(k),
            )
            for key in keys:
                if key.target not in seen and key.target in self._known:
                    seen.add(key.target)
                    ways.append((key.target, (*path, Hop(here, key))))

    def _stops(self, table: Name) -> bool:
        return self.kinds.get(table) not in ("encounter", "event", "junction", "other")

    # Rules --------------------------------------------------------------------------------------

    def places(self, rule: Rule) -> Iterator[Place]:
        """Every table that has what a rule reads, and each of its columns that is asked."""
        for table in self.filled:
            kind = "part" if table.name in self.parts else self.kinds[table.name]
            if rule.of and kind not in rule.of:
                continue
            if rule.theirs and self.patient(table.name) is None:
                continue
            if not self.has(table, rule.without):
                yield from self.sources(
                    table, rule.facts, rule.per, frozenset(rule.optional), frozenset(rule.lacking)
                )

    def has(self, table: Table, any_: Iterable[str]) -> bool:
        """Whether a table has one of some facts."""
        return any(self.columns(table.name, fact) for fact in any_)

    def sources(
        self,
        table: Table,
        named: Mapping[str, str],
        per: str,
        optional: frozenset[str],
        lacking: frozenset[str] = frozenset(),
    ) -> Iterator[Place]:
        """The ways in which a table has the facts that are ``named``; ``optional`` and ``lacking``
        as in ``Rule``."""
        candidates: dict[str, list[Fact]] = {}
        for name, written in named.items():
            candidates[name] = self._found(table.name, *placed(written))
            if not candidates[name] and name not in optional | lacking:
                return
        if optional and not any(candidates[n] for n in optional):
            return
        for name in optional | lacking:
            # No such column: NULL in each row.
            kind = facts()[placed(named[name])[0]].kind
            candidates[name] = candidates[name] or [Fact((), "", kind)]
        key = () if per in named else self._key(table, per)
        # Of a patient's rows the entry of a list that each names is the row's own.
        mine = [n for n, written in named.items() if per and not placed(written)[1]]
        if key is None or not any(
            f.own or (n in mine and f.path) for n, c in candidates.items() for f in c
        ):
            return
        for chosen in map(_alike, _combined(candidates)):
            told = ", ".join(
                dict.fromkeys(_told(f) for n, f in chosen.items() if f.own or n in mine)
            )
            yield Place(
                Source(table, chosen, (chosen[per],) if per in named else key),
                f"{table.name}.{told}",
            )

    def _found(self, table: Name, fact: str, place: str) -> list[Fact]:
        if place == "":
            return self._own(table, fact)
        if place == "patient":
            path = self.patient(table)
            if path is None:
                return []
            end = path[-1].end if path else table
            return [_moved(f, path) for f in self._beside(end, fact)]
        for end, path in self.visits(table):
            if there := self._beside(end, fact):
                return [_moved(f, path) for f in there]
        return []

    def _key(self, table: Table, per: str) -> tuple[Fact, ...] | None:
        """The columns that tell whose a row is: its patient's or its visit's key."""
        if not per:
            return ()
        if per == "patient":
            path = self.patient(table.name)
        else:
            path = next((p for _, p in self.visits(table.name) if p), None)
        if path is None:
            return None
        if path:
            return tuple(Fact(path[:-1], here, "raw") for here, _ in sorted(path[-1].pairs, key=_b))
        primary = table.primary_key
        return tuple(Fact((), c, "raw") for c in sorted(primary.columns)) if primary else None


def _b(pair: tuple[str, str]) -> str:
    return pair[1]


def _told(fact: Fact) -> str:
    """The column of the row, or its key to the entry that has the fact."""
    return ", ".join(fact.path[0].key.columns) if fact.path else fact.column


def _moved(fact: Fact, path: Path) -> Fact:
    return Fact((*path, *fact.path), fact.column, fact.kind, fact.native)


def _single(table: Table, key: ForeignKey) -> bool:
    return any(set(u.columns) == set(key.columns) and not u.predicate for u in table.uniques)


def _alike(chosen: dict[str, Fact]) -> dict[str, Fact]:
    """Of a row that has days and moments the days of both: midnight is before all of its day."""
    own = {n: f for n, f in chosen.items() if f.own and f.kind == "moment"}
    if len({f.native == "date" for f in own.values()}) < 2:
        return chosen
    return chosen | {n: replace(f, kind="day") for n, f in own.items()}


def _combined(candidates: Mapping[str, list[Fact]]) -> Iterator[dict[str, Fact]]:
    """One fact for each name. Names with equally many columns go together in their order, as code1
    with name1; what has one column goes with all."""
    by_count: dict[int, list[str]] = defaultdict(list)
    for name, found in candidates.items():
        by_count[len(found)].append(name)
    by_count.pop(0, None)
    for places in itertools.product(*(range(n) for n in by_count)):
        yield {
            name: candidates[name][at]
            for at, names in zip(places, by_count.values(), strict=True)
            for name in names
        }
