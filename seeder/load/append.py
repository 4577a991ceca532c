"""A batch comes in whole or not at all: one transaction, with everything alive.

The tables hold rows that must not be lost, and others use them. So nothing is taken away but
triggers, and keys that lead round in a circle; whatever ends the transaction early, and be it the
power, the server itself undoes it. The run's row in the journal is written in it too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from seeder import __version__
from seeder.adapter import Adapter, Object
from seeder.errors import Interrupted, UsageError
from seeder.generate.world import World
from seeder.load.batch import refuse_stale
from seeder.load.events import Event, LoadOptions, Result
from seeder.load.heap import settled
from seeder.load.signals import Stopping, stopping
from seeder.load.tasks import Task, in_order, partition_rows, partitions
from seeder.load.worker import Progress, copy_rows
from seeder.plan import strategy
from seeder.plan.model import Batch, Plan
from seeder.schema import Name


def refuse_no_batch(plan: Plan, append: bool) -> None:
    """Raise UsageError where a plan and the way that it is to be loaded do not fit."""
    if append and plan.options.batch is None:
        raise UsageError("the plan is not one of a batch", "plan it: seeder plan --append")
    if not append and plan.options.batch is not None:
        raise UsageError(
            f"the plan adds batch {plan.options.batch.number} to tables that hold rows",
            "load it with --append, or make a plan of a whole load: seeder plan",
        )


@dataclass
class Append:
    """One batch on its way in. ``width``: encoded bytes a row, by table."""

    plan: Plan
    world: World
    width: Mapping[Name, float]
    adapter: Adapter
    options: LoadOptions
    emit: Callable[[Event], None]
    connection: Any
    stopping: Stopping = field(default_factory=Stopping)
    rows: int = 0
    bytes: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def go(self, objects: Sequence[Object], digest: str) -> Result:
        """Add the rows. Raises Interrupted on Ctrl-C, and LoadFailed, with nothing changed."""
        self.adapter.journal.create_if_missing(self.connection)
        off = [o for o in objects if not o.kept]
        waiting = _waiting(self.plan, objects)
        began = time.monotonic()
        try:
            with stopping() as self.stopping, settled(), self.connection.transaction():
                run = self._within(off, waiting, digest)
                self.stopping.heard()
        except KeyboardInterrupt:
            self.connection.close()
            raise Interrupted("interrupted: no row of this batch is there") from None
        self.seconds["load"] = time.monotonic() - began
        try:
            self._vacuum()
        except KeyboardInterrupt:
            raise Interrupted(
                f"interrupted: the rows of batch {self._batch.number} are there; VACUUM (ANALYZE) "
                "was stopped, and autovacuum will do it"
            ) from None
        return Result(run, self.rows, self.bytes, len(off), self.seconds)

    @property
    def _batch(self) -> Batch:
        batch = self.plan.options.batch
        assert batch is not None
        return batch

    def _within(self, off: Sequence[Object], waiting: Mapping[Name, set[Name]], digest: str) -> int:
        adapter, connection, schema = self.adapter, self.connection, self.plan.database
        batch = self._batch
        rows = {n: self.plan.tables[str(n)].rows for n in self.world.filled}
        order = in_order(rows, waiting)
        adapter.lock(connection, [schema[n] for n in order])
        refuse_stale(self.plan, connection, adapter)
        starts = {n: batch.starts.get(str(n), 0) for n in order}
        ranges = {str(n): [starts[n], starts[n] + rows[n]] for n in sorted(order)}
        seed = self.plan.options.seed
        run = adapter.journal.open_run(connection, digest, __version__, ranges, seed, batch.number)
        connection.settings(**adapter.worker_settings(run, 1))
        self.emit(Event("start", "load", rows=sum(rows.values())))
        for item in off:
            for statement in item.drop:
                connection.execute(statement)
        for name in order:
            self._copy(name, rows[name])
        adapter.check_deferred(connection)
        for item in reversed(off):
            self.stopping.heard()
            for statement in item.create:
                connection.execute(statement)
            self.emit(Event("done", "rebuild", item.name))
        for name in order:
            for statement in adapter.settle(schema[name]):
                connection.execute(statement)
        adapter.journal.close_run(connection, run, "done")
        return int(run)

    def _copy(self, name: Name, rows: int) -> None:
        size = self.options.partition_rows or partition_rows(self.width[name])
        for start, stop in partitions(rows, size):
            task = Task(0, "copy", name, f"COPY {name}", start=start, stop=stop)
            copy_rows(
                self.world, self.adapter, self.connection, task, self.width[name], self._report
            )

    def _report(self, said: Progress) -> None:
        self.stopping.heard()
        self.rows += said.rows
        self.bytes += said.bytes
        self.emit(Event("progress", "load", rows=said.rows, bytes=said.bytes))

    def _vacuum(self) -> None:
        schema = self.plan.database
        if not self.options.vacuum:
            return
        self.emit(Event("start", "vacuum"))
        for name in self.world.filled:
            for statement in self.adapter.vacuum(schema[name], schema):
                self.connection.execute(statement)


def _off(plan: Plan, objects: Sequence[Object]) -> list[Object]:
    """What cannot stay alive while rows come in: triggers, and the keys of circles."""
    kept = [(o.table, o.name) for o in objects if o.kind == "foreign"]
    round_ = {frozenset(group) for group in strategy.circles(strategy.live(plan, kept))}

    def circular(item: Object) -> bool:
        return any(item.table in group and set(item.tables) <= group for group in round_)

    return [
        o
        for o in objects
        if not o.kept and (o.kind == "trigger" or (o.kind == "foreign" and circular(o)))
    ]


def _waiting(plan: Plan, objects: Sequence[Object]) -> dict[Name, set[Name]]:
    """Which tables must wait for which; raises PlanError where they would for one another."""
    kept = [(o.table, o.name) for o in objects if o.kind == "foreign" and o.kept]
    waiting = strategy.live(plan, kept)
    strategy.refuse_live_circles(waiting)
    return waiting


_ALIVE = "rows are added to those that are there, with indexes and keys alive"


def alive(plan: Plan, objects: Sequence[Object]) -> list[Object]:
    """The objects as a batch treats them."""
    off = {(o.table, o.name) for o in _off(plan, objects)}
    return [o if o.kept or (o.table, o.name) in off else replace(o, kept=_ALIVE) for o in objects]
