"""The world that a plan describes: every table's functions, compiled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.clinical.clinic import Clinic, clinic
from seeder.errors import PlanError
from seeder.generate import stream
from seeder.generate.calendar import EVEN, Calendar
from seeder.generate.defaults import wire_type
from seeder.generate.fanout import Chosen, FanOut, More
from seeder.generate.memory import Memory
from seeder.generate.permutation import permute, unpermute
from seeder.generate.registry import Definition, definition
from seeder.generate.stream import Ints, Key
from seeder.plan.control import compiled
from seeder.plan.model import ColumnPlan, KeyPlan, Plan, TablePlan, reference_instant
from seeder.schema import Name, Schema, Table

# Up to this many parents the permutation behind a skewed draw is kept as a table (4 MiB at most).
_TABLED = 1 << 19


@dataclass(frozen=True)
class Link:
    """One foreign key, compiled: parents, and the fan-out of owner and strata keys. ``lasting``:
    the stream of what is distinct among all batches. ``listed``: the rows of the parent that it
    draws from, where it is not all; ``entries``: of a kept list of codes, the entry that stands for
    each."""

    plan: KeyPlan
    stream: Key
    source: Name
    target: Name
    columns: tuple[str, ...]
    target_columns: tuple[str, ...]
    parents: int
    children: int
    lasting: Key
    listed: Ints | None = None
    entries: Ints | None = None
    state: Callable[[], npt.NDArray[np.uint8]] | None = None
    needs: Callable[[], More | None] | None = None

    @cached_property
    def fan_out(self) -> FanOut | Chosen:
        bounds = self.plan.fan_out
        state = self.state() if self.state is not None and bounds.by else None
        if state is not None and bounds.high == 1:
            return Chosen.build(self.parents, self.children, state)
        more = self.needs() if self.needs is not None and bounds.needs else None
        return FanOut.build(
            self.stream, self.parents, self.children, bounds.low, bounds.high, state, more
        )

    @cached_property
    def _permuted(self) -> Ints:
        return permute(self.stream, self.parents, np.arange(self.parents))

    def spread(self, ranks: Ints) -> Ints:
        """The place of the parent at each rank of popularity."""
        if self.parents <= _TABLED:
            return self._permuted[ranks]
        return permute(self.stream, self.parents, ranks)

    def named(self, places: Ints) -> Ints:
        """The parent rows at places of those that the key draws from."""
        return places if self.listed is None else self.listed[places]

    def placed(self, rows: Ints) -> Ints:
        """Where parent rows stand among those that the key draws from; -1 for those that do not."""
        if self.listed is None:
            return rows
        order = np.argsort(self.listed, kind="stable")
        at = order[np.minimum(np.searchsorted(self.listed, rows, sorter=order), len(order) - 1)]
        return np.where(self.listed[at] == rows, at, -1)

    def follower(self, rows: Ints) -> Ints:
        """The parent after each in a circle of them all: another one for each, and never itself
        where there are two."""
        ranks = unpermute(self.stream, self.parents, np.maximum(self.placed(rows), 0))
        return self.named(self.spread((ranks + 1) % self.parents))

    def shuffle(self, rows: Ints) -> Ints:
        """Where a child row stands in the strata of this key."""
        return permute(self.stream, self.children, rows)

    def unshuffle(self, places: Ints) -> Ints:
        return unpermute(self.stream, self.children, places)


@dataclass(frozen=True)
class Maker:
    """One column's generator with its parameters resolved. ``lasting``: the stream of what is
    distinct among all batches."""

    plan: ColumnPlan
    definition: Definition
    params: Mapping[str, object]
    stream: Key
    lasting: Key


@dataclass(frozen=True)
class Population:
    """One table of the world. ``printed`` says which key prints a column, and from which of the
    parent's columns."""

    name: Name
    table: Table
    plan: TablePlan
    links: Mapping[str, Link]
    makers: Mapping[str, Maker]
    printed: Mapping[str, tuple[str, str]]
    meanings: Mapping[str, str]
    columns: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> int:
        return self.plan.rows

    @cached_property
    def told(self) -> frozenset[str]:
        """The code tables that its columns and keys tell of."""
        columns = {str(c.params.get("system", "")) for c in self.plan.columns.values()}
        return frozenset(columns | {k.system for k in self.plan.keys.values()})

    @cached_property
    def wire(self) -> pa.Schema:
        """Of its batches, whatever its rows are."""
        kinds = ((c, self.table.column(c).type) for c in self.columns)
        return pa.schema([pa.field(c, wire_type(kind)) for c, kind in kinds])


@dataclass(frozen=True)
class World:
    """Compiled from a plan. ``snapshots`` holds the columns of ``keep`` tables that are read."""

    plan: Plan
    populations: Mapping[Name, Population]
    snapshots: Mapping[Name, pa.Table]

    @cached_property
    def seed(self) -> int:
        return self.plan.options.seed

    @cached_property
    def reference(self) -> int:
        """The end of the reference date, in microseconds since 1970."""
        return reference_instant(self.plan.options)

    @cached_property
    def window(self) -> int:
        """How long the database has seen its patients, in microseconds."""
        return self.plan.options.overrides.clinical.time.seen(self.reference)

    @property
    def seen(self) -> int | None:
        """The same, where it was asked for."""
        return self.window if self.plan.options.overrides.clinical.time.start else None

    @cached_property
    def calendar(self) -> Calendar | None:
        """When in that time more happens; None where it is even."""
        seasons = self.plan.options.overrides.clinical.time.seasons
        if seasons == EVEN:
            return None
        return Calendar(self.reference - self.window, self.reference, seasons)

    @cached_property
    def twice(self) -> int:
        """The share of patients who are second registrations, in millionths."""
        return self.plan.options.overrides.clinical.noise.twice

    @cached_property
    def clinic(self) -> Clinic:
        """Who the patients are and what they have."""
        return clinic(*compiled(self.plan.options.overrides.clinical))

    @cached_property
    def memory(self) -> Memory:
        """What many tables ask for, kept."""
        return Memory()

    @cached_property
    def filled(self) -> list[Name]:
        """The tables that get rows, in the order of their names."""
        return sorted(
            n for n, p in self.populations.items() if p.plan.role == "generate" and p.rows
        )

    def key(self, table: Name, *purpose: str) -> Key:
        """A stream of this batch."""
        return stream.key(self.seed, *_part(table, *purpose), *batched(self.plan))

    def lasting(self, table: Name, *purpose: str) -> Key:
        """A stream of all batches: what is distinct goes on in it where the one before ended."""
        return stream.key(self.seed, *_part(table, *purpose))


def _part(table: Name, *purpose: str) -> tuple[str, ...]:
    return table.namespace, table.name, *purpose


def batched(plan: Plan) -> tuple[str, ...]:
    """What the streams of a batch are told by; nothing of the first."""
    batch = plan.options.batch
    return ("batch", str(batch.number)) if batch is not None and batch.number > 1 else ()


def build(plan: Plan, inputs: Mapping[str, pa.Table] | None = None) -> World:
    """Compile a plan; ``inputs`` by the names that it has for them.

    Raises PlanError when a generator or parameter is unknown."""
    schema, inputs = plan.database, inputs or {}
    rows = {Name.parse(n): t.rows for n, t in plan.tables.items()}
    populations = {}
    made: list[World] = []
    for text, table_plan in plan.tables.items():
        name = Name.parse(text)
        if table_plan.role in ("generate", "keep"):
            populations[name] = _population(plan, schema[name], table_plan, rows, inputs, made)
    snapshots = {n: inputs[str(n)] for n in populations if str(n) in inputs}
    made.append(World(plan, populations, snapshots))
    return made[0]


def _giving(schema: Schema, table: Table, table_plan: TablePlan) -> list[str]:
    """The keys whose parents give columns their values; a parent that has its own from the row
    itself does not."""
    return [
        key
        for key, how in table_plan.keys.items()
        if not (
            how.how == "within"
            and not how.path
            and len(how.down) == 1
            and table.keys_by_name[key].returns(
                schema[Name.parse(how.down[0][0])].keys_by_name[how.down[0][1]]
            )
        )
    ]


def _entries(plan: KeyPlan, inputs: Mapping[str, pa.Table]) -> Ints | None:
    """The entry that stands for each of a code table, where the rows of a kept list are theirs."""
    if plan.how != "listed" or plan.among is None or plan.among.input not in inputs:
        return None
    found: Ints = inputs[plan.among.input].column("entry").to_numpy()
    return found


def _listed(plan: KeyPlan, inputs: Mapping[str, pa.Table]) -> Ints | None:
    """The row numbers that a key draws from, as they lie in the mapped file, or in turn."""
    if plan.among is None:
        return None
    if plan.among.turns:
        of = plan.among.of
        rows = [np.arange(turn, turn + times * of, of) for turn, times in plan.among.turns]
        return np.sort(np.concatenate(rows))
    if plan.among.input not in inputs:
        raise PlanError(
            f"the plan has no input {plan.among.input!r}", "make a new plan: seeder plan"
        )
    column = inputs[plan.among.input].column("row")
    found: Ints = column.chunk(0).to_numpy() if column.num_chunks == 1 else column.to_numpy()
    return found


def _population(
    plan: Plan,
    table: Table,
    table_plan: TablePlan,
    rows: Mapping[Name, int],
    inputs: Mapping[str, pa.Table],
    made: list[World],
) -> Population:
    """``made`` holds the world, when it is there: fan-outs ask it for their parents' stories."""
    name = table.name

    setting = table_plan.time.setting if table_plan.time is not None else ""

    def state(target: Name, by: str) -> npt.NDArray[np.uint8]:
        from seeder.generate.weighing import weights  # it evaluates rows of the world

        return weights(made[0], target, by, setting)

    def needs(target: Name, low: int) -> More | None:
        from seeder.generate.weighing import needs

        return needs(made[0], target, low)

    def keys(*purpose: str) -> tuple[Key, Key]:
        """The stream of this batch, and that of all."""
        seed, part = plan.options.seed, _part(name, *purpose)
        return stream.key(seed, *part, *batched(plan)), stream.key(seed, *part)

    links: dict[str, Link] = {}
    for key_name, key_plan in table_plan.keys.items():
        foreign = table.keys_by_name[key_name]
        ours, lasting = keys("key", key_name)
        links[key_name] = Link(
            plan=key_plan,
            stream=ours,
            lasting=lasting,
            source=name,
            target=foreign.target,
            columns=foreign.columns,
            target_columns=foreign.target_columns,
            parents=key_plan.among.rows if key_plan.among else rows[foreign.target],
            children=table_plan.rows,
            listed=_listed(key_plan, inputs),
            entries=_entries(key_plan, inputs),
            state=partial(state, foreign.target, key_plan.fan_out.by),
            needs=partial(needs, foreign.target, key_plan.fan_out.low),
        )
    printed = {
        mine: (key_name, theirs)
        for mine, key_name in table.printed_by(_giving(plan.database, table, table_plan)).items()
        for ours, theirs in zip(
            table.keys_by_name[key_name].columns,
            table.keys_by_name[key_name].target_columns,
            strict=True,
        )
        if ours == mine
    }
    makers: dict[str, Maker] = {}
    meanings: dict[str, str] = {}
    for column, column_plan in table_plan.columns.items():
        found = definition(column_plan.generator)
        makers[column] = Maker(
            column_plan, found, found.resolve(column_plan.params), *keys("column", column)
        )
        if column_plan.meaning:
            meanings.setdefault(column_plan.meaning, column)
    written = tuple(
        c.name for c in table.columns if not c.generated and (c.name in printed or c.name in makers)
    )
    return Population(name, table, table_plan, links, makers, printed, meanings, written)
