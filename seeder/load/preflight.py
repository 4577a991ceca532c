"""The preflight: a few rows of each table, in the database itself, with everything alive, and out
again. What a plan could not know (a CHECK that nobody read, a trigger) answers for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.adapter import Adapter, Object
from seeder.errors import LoadFailed, PlanError, Refusal
from seeder.generate.closure import closed, pointed
from seeder.generate.rows import Rows
from seeder.generate.world import World
from seeder.load import emptying
from seeder.plan.graph import components
from seeder.plan.model import Finding
from seeder.schema import Facts, Name, Table

ROWS = 12  # of each table, and what they point at
_LIMIT = 20_000  # rows of all tables together
_REFUSALS = 8  # of one table: more of them tell no more
_SHOWN = 6  # values of a row in one message
_WIDE = 40  # characters of a value


@dataclass(frozen=True, slots=True)
class Terms:
    """How a preflight goes about it. ``outward``: fire also triggers that may do what no rollback
    undoes. ``truncate``: in its transaction the plan's tables are emptied, as the load would do."""

    rows: int = ROWS
    outward: bool = False
    truncate: bool = False


@dataclass(frozen=True, slots=True)
class Preflight:
    """Rows that the database took, by table, and what speaks against a load."""

    rows: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _No:
    """A row that was refused: its number and values, and the database's words."""

    number: int
    values: Mapping[str, Any]
    refusal: Refusal
    words: str
    hint: str


def preflight(
    world: World,
    connection: Any,
    adapter: Adapter,
    objects: Sequence[Object],
    facts: Facts,
    terms: Terms = Terms(),
) -> Preflight:
    """Try a sample closed under parents, in the order of references, and roll it back.

    ``objects`` as the load would find them: triggers that it switches off are off here too. Raises
    LoadFailed when the trial cannot begin, such as on a lock.
    """
    filled = [
        n for n, p in sorted(world.populations.items()) if p.plan.role == "generate" and p.rows
    ]
    off = [o for o in objects if o.kind == "trigger" and not o.kept]
    reasons = {n: _left_out(world, n, facts, off, terms) for n in filled}
    groups = components(filled, lambda n: _targets(world, n))
    order = [n for group in groups for n in group]
    sample = closed(world, order, terms.rows, _LIMIT)
    tried = [o for o in off if world.plan.database.root(o.table) in sample]
    emptied = emptying.emptied(world.plan.database, [Name.parse(n) for n in world.plan.generated])
    trial = _Trial(world, connection, adapter, sample)
    with adapter.trial(connection, tried, emptied if terms.truncate else []):
        for group in groups:
            trial.group([n for n in group if n in sample and not reasons[n]])
    findings = [*trial.findings(), *_untried(reasons, sample, filled)]
    return Preflight({str(n): len(rows) for n, rows in trial.taken.items()}, tuple(findings))


def refuse(done: Preflight) -> None:
    """Raise PlanError that lists what the preflight found, unless that is nothing."""
    errors = [f for f in done.findings if f.severity == "error"]
    if errors:
        lines = "\n".join(f"  {f.place}: {f.message}" for f in errors[:10])
        more = f"\n  and {len(errors) - 10} more" if len(errors) > 10 else ""
        raise PlanError(
            f"the database refuses rows of this plan; nothing was changed:\n{lines}{more}",
            f"{errors[0].hint}; all of it: seeder check; to load anyway: --no-preflight",
        )


def _targets(world: World, name: Name) -> list[Name]:
    links = world.populations[name].links.values()
    kept = {n for n, p in world.populations.items() if p.plan.role != "generate" or not p.rows}
    return [link.target for link in links if link.plan.how != "null" and link.target not in kept]


def _left_out(world: World, name: Name, facts: Facts, off: Sequence[Object], terms: Terms) -> str:
    """Why a table is not tried, or ''."""
    population, state = world.populations[name], facts.tables.get(name)
    adding = world.plan.options.batch is not None
    if population.table.row_security:
        return "row security is in force"
    if state is not None and not state.can_insert:
        return "no right to insert"
    if state is not None and not state.readable:
        # Pages that a rollback leaves look like rows to whoever may not read.
        return "no right to read it"
    if state is not None and state.holds_rows and not (terms.truncate or adding):
        return "it holds rows"
    own = set(population.columns)
    if any(c.sequence and c.name not in own for c in population.table.columns):
        return "a sequence fills a column, and would move"
    switched = {(o.table, o.name) for o in off}
    fired = [
        t.name
        for table in world.plan.database
        if table.triggers and world.plan.database.root(table.name) == name
        for t in table.triggers
        if t.fires and t.reaches_out and (table.name, t.name) not in switched
    ]
    if fired and not terms.outward:
        return f"trigger {fired[0]} may do what no rollback undoes; --preflight fires it"
    return ""


def _untried(
    reasons: Mapping[Name, str], sample: Mapping[Name, Rows], filled: Sequence[Name]
) -> Iterable[Finding]:
    if filled and not sample:
        yield _info("preflight", f"a sample with all its parents has more than {_LIMIT:,} rows")
    for name, reason in reasons.items():
        if reason:
            yield _info(str(name), reason)


def _info(place: str, reason: str) -> Finding:
    return Finding(
        severity="info", code="not-tried", place=place, message=f"no row was tried: {reason}"
    )


class _Trial:
    """The rows of one preflight; lives only inside its transaction."""

    def __init__(
        self, world: World, connection: Any, adapter: Adapter, sample: Mapping[Name, Rows]
    ) -> None:
        self.world, self.connection, self.adapter = world, connection, adapter
        self.sample = sample
        self.taken: dict[Name, set[int]] = {}
        self.refused: dict[Name, list[_No]] = {}
        self.swallowed: dict[Name, int] = {}

    def group(self, names: Sequence[Name]) -> None:
        """Try the rows of tables that point at one another, or of one table."""
        ready = {n: self._ready(n, names) for n in names}
        if len(names) == 1:
            self._table(names[0], ready[names[0]])
        elif any(len(rows) for rows in ready.values()):
            self._circle(ready)

    def _ready(self, name: Name, together: Sequence[Name]) -> Rows:
        """The rows of the sample whose parents are there; the others would only repeat them."""
        rows = self.sample[name]
        here = np.ones(len(rows), np.bool_)
        for target, parents in pointed(rows, rows.population.links):
            if target in together or target not in self.sample:
                continue
            there = np.fromiter(self.taken.get(target, ()), np.int64)
            here &= (parents < 0) | np.isin(parents, there)
        return rows if here.all() else Rows(self.world, name, rows.numbers[here])

    def _circle(self, ready: Mapping[Name, Rows]) -> None:
        parts = [(rows.population.table, rows.batch()) for rows in ready.values() if len(rows)]
        try:
            self.adapter.insert_together(self.connection, parts)
        except LoadFailed as error:
            name = next((n for n in ready if n.name == error.refusal.table), min(ready))
            self.refused[name] = [_No(-1, {}, error.refusal, error.message, error.hint)]
        else:
            self.taken |= {n: set(rows.numbers.tolist()) for n, rows in ready.items()}

    def _table(self, name: Name, rows: Rows) -> None:
        """All rows at once; where that is refused, halves of them, until the bad ones are alone."""
        if not len(rows):
            return
        batch = rows.batch()
        self.taken[name], self.refused[name] = set(), []
        self._halves(rows, batch, 0, len(rows))
        # Rows that point at later ones of their own table come in once those are there.
        early = [n for n in self.refused[name] if self._inward(rows, n)]
        if early and len(early) < len(rows):
            numbers = np.array([n.number for n in early], np.int64)
            again = Rows(self.world, name, numbers)
            self.refused[name] = [n for n in self.refused[name] if n not in early]
            self._halves(again, again.batch(), 0, len(again))

    def _inward(self, rows: Rows, no: _No) -> bool:
        keys = rows.population.table.keys_by_name
        key = keys.get(no.refusal.constraint)
        return (
            no.refusal.kind == "foreign" and key is not None and key.target == rows.population.name
        )

    def _halves(self, rows: Rows, batch: pa.RecordBatch, start: int, stop: int) -> None:
        name = rows.population.name
        if len(self.refused[name]) >= _REFUSALS:
            return
        try:
            count = self._copy(rows.population.table, batch.slice(start, stop - start))
        except LoadFailed as error:
            if stop - start > 1:
                middle = (start + stop) // 2
                self._halves(rows, batch, start, middle)
                self._halves(rows, batch, middle, stop)
            else:
                values = {c: batch.column(c)[start].as_py() for c in batch.schema.names}
                number = int(rows.numbers[start])
                no = _No(number, values, error.refusal, error.message, error.hint)
                self.refused[name].append(no)
        else:
            self.taken[name] |= set(rows.numbers[start:stop].tolist())
            if count < stop - start:
                self.swallowed[name] = self.swallowed.get(name, 0) + stop - start - count

    def _copy(self, table: Table, batch: pa.RecordBatch) -> int:
        """One COPY, as the load would do it."""
        encoder = self.adapter.encoder(table, batch.schema)
        chunks = [encoder.header(), encoder.batch(batch), encoder.footer()]
        with self.connection.transaction():
            count: int = self.connection.copy(table, batch.schema.names, chunks, encoder.method)
        return count

    def findings(self) -> Iterable[Finding]:
        """One for each constraint of a table that refused rows, then what became of others."""
        for name, refused in self.refused.items():
            table = self.world.plan.database[name]
            same: dict[Refusal, list[_No]] = {}
            for no in refused:
                same.setdefault(replace(no.refusal, table=""), []).append(no)
            for refusal, among in same.items():
                yield _finding(table, refusal, among, len(self.sample[name]))
        for name, count in self.swallowed.items():
            yield Finding(
                severity="warning", code="swallowed", place=str(name),
                message=f"{count} of {len(self.sample[name])} sample rows did not arrive: a "
                "trigger keeps them out, or sends them elsewhere",
                hint="--triggers off, as the owner of the table",
            )  # fmt: skip


def _finding(table: Table, refusal: Refusal, among: Sequence[_No], tried: int) -> Finding:
    first = among[0]
    columns = _columns(table, refusal)
    place = f"{table.name}.{columns[0]}" if len(columns) == 1 else str(table.name)
    values = _shown({c: first.values[c] for c in columns or first.values if c in first.values})
    more = "at least " if len(among) >= _REFUSALS else ""
    count = f"{more}{len(among)} of {tried} sample rows refused" if values else "rows refused"
    row = f", the first with {values}" if values else ""
    named = refusal.domain or refusal.constraint
    said = f"{_KINDS.get(refusal.kind, 'refused')}{' ' + named if named else ''}"
    # A constraint's name and the values say it all.
    words = "" if named and values else f" ({first.words.splitlines()[0]})"
    return Finding(
        severity="error", code="refused-row", place=place,
        message=f"{said}: {count}{row}{words}",
        hint=_mend(table, refusal, columns) or first.hint,
    )  # fmt: skip


_KINDS = {
    "check": "CHECK",
    "unique": "unique key",
    "foreign": "foreign key",
    "exclusion": "EXCLUDE",
    "missing": "NOT NULL",
    "value": "a value that its type does not take",
    "partition": "no partition takes the row",
    "right": "a right or policy",
    "raised": "a function raised an error",
}


def _columns(table: Table, refusal: Refusal) -> tuple[str, ...]:
    """The columns that a refusal is about."""
    if refusal.column:
        return (refusal.column,)
    if refusal.domain:
        return tuple(c.name for c in table.columns if refusal.domain in _domains(c.type.domains))
    named: dict[str, tuple[str, ...]] = {
        **{c.name: c.columns for c in table.checks},
        **{u.name: u.columns for u in table.uniques},
        **{k.name: k.columns for k in table.foreign_keys},
    }
    found = named.get(refusal.constraint, ())
    if not found and refusal.kind == "partition" and table.partitioning is not None:
        found = table.partitioning.columns
    return tuple(found)


def _domains(names: Sequence[str]) -> set[str]:
    return {Name.parse(n).name for n in names}


def _mend(table: Table, refusal: Refusal, columns: Sequence[str]) -> str:
    where = " and ".join(f"tables.{table.name}.columns.{c}" for c in columns[:3])
    if refusal.kind == "raised":
        fired = any(t.fires for t in table.triggers)
        either = "--triggers off, as the owner of the table" if fired else ""
        return either or "set generators whose values the functions in its CHECKs take"
    if refusal.kind == "partition":
        return f"CREATE TABLE ... PARTITION OF {table.name} DEFAULT, or other values in the plan"
    if refusal.kind == "foreign":
        return "rows of the parent were changed since the plan was made: seeder plan --update"
    if refusal.kind in ("check", "unique", "exclusion", "missing", "value") and where:
        return f"set the generator in the plan: {where} (seeder generators list)"
    return ""


def _shown(values: Mapping[str, Any]) -> str:
    """Some values of a row, none of them long."""
    parts = []
    for name, value in list(values.items())[:_SHOWN]:
        text = "NULL" if value is None else str(value)
        parts.append(f"{name}={text if len(text) <= _WIDE else text[: _WIDE - 3] + '...'}")
    return ", ".join(parts) + (", ..." if len(values) > _SHOWN else "")
