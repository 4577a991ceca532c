"""A load from start to end: journal, drop, copy, rebuild, settle; and its undoing."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import wait
from typing import Any

from seeder import __version__
from seeder.adapter import Adapter, Object
from seeder.errors import Interrupted, LoadFailed, PlanError, Refused, SeederError
from seeder.generate.world import World, build
from seeder.load import emptying, heap, processes, texts, worker
from seeder.load.append import Append, alive, refuse_no_batch
from seeder.load.batch import refuse_stale
from seeder.load.drift import difference
from seeder.load.events import Event, LoadOptions, Result
from seeder.load.preflight import Terms, preflight, refuse
from seeder.load.processes import Worker
from seeder.load.restore import restore
from seeder.load.signals import terminated_like_interrupted, uninterrupted
from seeder.load.tasks import Queue, Rebuild, build_tasks, partition_rows
from seeder.plan import inputs, rights, sparing, strategy
from seeder.plan.model import Plan, Triggers
from seeder.schema import Facts, Name

# Findings about the server that forbid a load.
UNWRITABLE = ("read-replica", "read-only", "pooler")


def digest(plan: Plan) -> str:
    """SHA-256 of the plan, for the journal."""
    return hashlib.sha256(plan.model_dump_json(by_alias=True).encode()).hexdigest()


def load(
    plan: Plan,
    url: str,
    adapter: Adapter,
    options: LoadOptions | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
) -> Result:
    """Fill the database that ``plan`` was made for.

    Raises PlanError when it has drifted, Refused when tables hold rows or an earlier run was not
    restored, LoadFailed when the server refuses something, Interrupted on Ctrl-C. Whatever is
    raised after the first DROP, the tables are empty again and every index and key is back.
    """
    options = options or LoadOptions()
    refuse_no_batch(plan, options.append)
    inputs.check(plan)
    context = None if options.append else processes.prepare(adapter)
    world = build(plan, inputs.opened(plan))
    texts.refuse_missing(world)
    connection = adapter.connect(url)
    try:
        objects, facts = _ready(plan, connection, adapter, options)

        def tried() -> None:
            if options.preflight is not False:
                terms = Terms(outward=bool(options.preflight), truncate=options.truncate)
                refuse(preflight(world, connection, adapter, objects, facts, terms))

        # Either way every generator has run once before anything is written.
        if options.append:
            tried()
            width = worker.widths(world, adapter)
            adding = Append(plan, world, width, adapter, options, on_event, connection)
            result = adding.go(objects, digest(plan))
        else:
            # Workers need a second or two to get ready: meanwhile the database is asked for more,
            # and indexes and keys are dropped.
            with processes.workers(context, plan, url, options.workers) as workers:
                tried()
                world.memory.clear()  # from here on only workers make rows
                heap.tidy()
                if options.preflight is False:
                    _compiled(workers)
                run = _Run(plan, world, url, adapter, options, on_event, connection)
                result = run.go(objects, workers)
        return _with_views(result, world, facts, options, connection, adapter, on_event)
    finally:
        connection.close()


def _with_views(
    result: Result,
    world: World,
    facts: Facts,
    options: LoadOptions,
    connection: Any,
    adapter: Adapter,
    on_event: Callable[[Event], None],
) -> Result:
    """The result, with materialised views read again where that was asked for."""
    if not options.refresh:
        return result
    views = [d.name for d in facts.stale(world.filled)]
    return replace(result, refreshed=_refreshed(views, connection, adapter, on_event))


def _refreshed(
    views: Sequence[Name], connection: Any, adapter: Adapter, on_event: Callable[[Event], None]
) -> int:
    """Read materialised views again, each after those that it reads."""
    on_event(Event("start", "refresh"))
    for name in views:
        statement = adapter.refresh(name)
        try:
            connection.execute(statement)
        except LoadFailed as error:
            raise LoadFailed(
                f"the rows are loaded, and a materialised view is not up to date: {error.message}",
                f"as its owner: {statement}",
            ) from None
    return len(views)


def refuse_unfinished(connection: Any, adapter: Adapter) -> None:
    """Raise Refused while the journal holds a run that neither finished nor was undone."""
    if adapter.journal.open_runs(connection) or adapter.journal.unfinished(connection):
        raise Refused(
            "another load is going on, or an earlier one did not finish: its indexes or keys are "
            "not all back",
            "wait for it, or run: seeder restore --dsn ...",
        )


def refuse_unwritable(facts: Facts) -> None:
    """Raise Refused when the server takes no rows, or not as a load needs it."""
    for code, message, hint in facts.notes:
        if code in UNWRITABLE:
            raise Refused(message, hint)


def holding(ours: Sequence[Name], facts: Facts) -> None:
    """Raise Refused when tables that are to be filled hold rows."""
    filled = [n for n in ours if facts.tables[n].holds_rows]
    if filled:
        names = ", ".join(str(n) for n in filled[:5]) + (" ..." if len(filled) > 5 else "")
        raise Refused(
            f"{len(filled)} tables that the plan fills hold rows already: {names}",
            "empty them first, or let seeder do it: --truncate --yes",
        )


def _ready(
    plan: Plan, connection: Any, adapter: Adapter, options: LoadOptions
) -> tuple[list[Object], Facts]:
    """Everything that can refuse a load, before anything is written."""
    refuse_unfinished(connection, adapter)
    schema = adapter.reflect(connection)
    if schema.fingerprint != plan.fingerprint:
        raise PlanError(
            "the database's schema is not the one that the plan was made for"
            + difference(plan.reflected, schema),
            "bring the plan up to date, edits kept: seeder plan --update",
        )
    facts = adapter.facts(connection, schema)
    refuse_unwritable(facts)
    ours = [Name.parse(n) for n in plan.generated]
    purposes = needed(plan, options.truncate)
    rights.refuse([*facts.lacks, *rights.missing(schema, ours, facts, purposes)])
    if options.append:
        refuse_stale(plan, connection, adapter)
    elif options.truncate:
        emptying.refuse_cascade(schema, ours, facts)
    else:
        holding(ours, facts)
    objects = list(adapter.objects(connection, sorted(ours)))
    return decided(objects, plan, facts), facts


def needed(plan: Plan, truncate: bool) -> tuple[str, ...]:
    """What a load of the plan does, of that for which rights are asked: a batch reads as well."""
    adding = plan.options.batch is not None
    return ("load", *(["truncate"] * truncate), *(["keep"] * adding))


def decided(objects: Sequence[Object], plan: Plan, facts: Facts) -> list[Object]:
    """What may go away during the load, and what stays, with the reason."""
    allowed = [as_allowed(o, facts, plan.options.triggers) for o in objects]
    if plan.options.batch is not None:
        return alive(plan, allowed)
    few = sparing.spared([_item(o) for o in allowed], plan)
    return [
        replace(o, kept=sparing.REASON) if (o.table, o.kind, o.name) in few else o for o in allowed
    ]


def _item(o: Object) -> sparing.Item:
    # A key to its own table locks that one only.
    target = o.tables[-1] if o.kind == "foreign" else None
    return sparing.Item(o.kind, o.table, o.name, target, bool(o.kept))


def as_allowed(item: Object, facts: Facts, triggers: Triggers) -> Object:
    """What we may not take away, could not bring back, or are asked to leave stays as it is."""
    reason = item.kept or _not_allowed(item, facts)
    if item.kind == "trigger" and triggers == "on":
        reason = "left on, as --triggers on asks"
    return item if reason == item.kept else replace(item, kept=reason)


def _not_allowed(item: Object, facts: Facts) -> str:
    tables = facts.tables
    mine = (item.table,) if item.kind == "foreign" else (item.table, *item.tables)
    if not all(tables[n].owned for n in mine):
        return "we do not own the table"
    if item.kind != "foreign":
        closed = next((n for n in mine if not tables[n].can_build), None)
        return f"no right to create in namespace {closed.namespace}" if closed else ""
    far = next((n for n in item.tables if not tables[n].can_reference), None)
    return f"no right to reference {far}" if far else ""


class _Run:
    """One run's effects; lives only inside ``load``."""

    def __init__(
        self,
        plan: Plan,
        world: World,
        url: str,
        adapter: Adapter,
        options: LoadOptions,
        on_event: Callable[[Event], None],
        connection: Any,
    ) -> None:
        self.plan, self.world, self.url, self.adapter = plan, world, url, adapter
        self.options, self.emit, self.connection = options, on_event, connection
        self.seconds: dict[str, float] = {}
        self.number = 0
        self.rows = self.bytes = 0

    @contextmanager
    def _phase(self, name: str, rows: int = 0) -> Iterator[None]:
        self.emit(Event("start", name, rows=rows))
        began = time.monotonic()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - began

    def go(self, objects: Sequence[Object], workers: list[Worker]) -> Result:
        journal, connection = self.adapter.journal, self.connection
        schema = self.plan.database
        tables = [schema[n] for n in self.world.filled]
        dropped = _dropping_order([o for o in objects if not o.kept])
        live = self._live(objects)
        journal.create_if_missing(connection)
        if self.options.truncate:
            ours = [Name.parse(n) for n in self.plan.generated]
            self.adapter.truncate(connection, emptying.emptied(schema, ours))
        ranges = {str(t.name): [0, self.plan.tables[str(t.name)].rows] for t in tables}
        self.number = journal.open_run(
            connection, digest(self.plan), __version__, ranges, self.plan.options.seed
        )
        journal.claim(connection, self.number)
        with terminated_like_interrupted():
            try:
                settings = dict(self.adapter.worker_settings(self.number, len(workers)))
                for each in workers:
                    each.pipe.send(settings)
                saved = journal.save_objects(connection, self.number, dropped, self.plan.reflected)
                with self.adapter.relaxed(connection):
                    self._drop(saved)
                    self._work(workers, saved, live)
                journal.close_run(connection, self.number, "done")
            except BaseException as error:  # noqa: BLE001  undone, then raised again
                self._undo(error)
        return Result(self.number, self.rows, self.bytes, len(dropped), self.seconds)

    def _live(self, objects: Sequence[Object]) -> dict[Name, set[Name]]:
        """Which tables must wait for which, because a key between them stays."""
        kept = [(o.table, o.name) for o in objects if o.kind == "foreign" and o.kept]
        waiting = strategy.live(self.plan, kept)
        strategy.refuse_live_circles(waiting)
        return waiting

    def _drop(self, saved: Sequence[Any]) -> None:
        with self._phase("drop"):
            for item in saved:
                with self.connection.transaction():
                    for statement in item.object.drop:
                        self.connection.execute(statement)

    def _work(
        self, workers: list[Worker], saved: Sequence[Any], live: Mapping[Name, set[Name]]
    ) -> None:
        schema = self.plan.database
        names = self.world.filled
        width = _compiled(workers)
        rows = {n: self.plan.tables[str(n)].rows for n in names}
        size = {n: self.options.partition_rows or partition_rows(width[n]) for n in names}
        rebuilds = [
            Rebuild(
                i, s.object.kind, s.object.table, s.object.name, s.object.tables, s.object.create
            )
            for i, s in reversed(list(enumerate(saved)))
        ]
        tasks = build_tasks(
            rows,
            size,
            width,
            rebuilds,
            {n: self.adapter.settle(schema[n]) for n in names},
            {n: self.adapter.vacuum(schema[n], schema) for n in names}
            if self.options.vacuum
            else {},
            live,
        )
        with self._phase("load", rows=sum(rows.values())):
            self._dispatch(workers, Queue.of(tasks), saved)

    def _dispatch(self, workers: list[Worker], todo: Queue, saved: Sequence[Any]) -> None:
        idle: list[Worker] = []
        alive: dict[Any, Worker] = {w.pipe: w for w in workers}
        while not todo.empty:
            for each in list(idle):
                task = todo.next()
                if task is None:
                    break
                idle.remove(each)
                each.pipe.send(task)
            if todo.waiting and not todo.running and len(idle) == len(workers):
                raise SeederError("the tasks of this load wait for one another: a defect of seeder")
            for pipe in wait(list(alive), timeout=1.0):
                self._hear(alive[pipe], todo, saved, idle)

    def _hear(self, who: Worker, todo: Queue, saved: Sequence[Any], idle: list[Worker]) -> None:
        said: worker.Progress = who.hear()
        if said.error is not None:
            raise said.error
        if said.rows or said.bytes:
            self.rows += said.rows
            self.bytes += said.bytes
            self.emit(Event("progress", "load", rows=said.rows, bytes=said.bytes))
        if said.done:
            who.ready = True
            idle.append(who)
            if said.task >= 0:
                task = todo.running[said.task]
                if task.positions:
                    back = [saved[p] for p in task.positions]
                    self.adapter.journal.mark_restored(self.connection, back)
                todo.finish(said.task)
                self.emit(Event("done", task.kind, task.label))

    def _undo(self, error: BaseException) -> None:
        """Leave the database as it was found, then raise what happened."""
        self.emit(Event("start", "undo"))
        try:
            # A second Ctrl-C must not leave the database without its keys.
            with uninterrupted():
                if not getattr(self.connection, "idle", True) or isinstance(
                    error, KeyboardInterrupt
                ):
                    self.connection.close()
                    self.connection = self.adapter.connect(self.url)
                restore(self.connection, self.adapter)
        except SeederError as failure:
            raise LoadFailed(
                f"{_words(error)}\n  and putting the database back failed: {failure.message}",
                "run: seeder restore --dsn ...",
            ) from error
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(
                "interrupted: the tables of this run are empty again, keys and indexes are back"
            ) from None
        raise error


def _compiled(workers: Sequence[Worker]) -> Mapping[Name, float]:
    """Encoded bytes a row by table, when all workers have compiled the plan."""
    width, *_ = [each.widths() for each in workers]
    return width


def _dropping_order(objects: Sequence[Object]) -> list[Object]:
    """Foreign keys before the keys that they rest on."""
    rank = {"trigger": 0, "foreign": 0, "index": 1, "exclusion": 1, "unique": 2, "primary": 3}
    return sorted(objects, key=lambda o: rank.get(o.kind, 1))


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
