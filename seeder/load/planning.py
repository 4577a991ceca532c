"""A database as it is becomes a plan: reflected, its kept rows copied, and planned by options."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from seeder.adapter import Adapter, find_adapter
from seeder.errors import UsageError
from seeder.load import batch as next_rows
from seeder.load.foresight import foreseen
from seeder.load.run import decided, refuse_unfinished
from seeder.plan import choosing, coded, overrides_file, packs, pieces, rights, selecting, sparing
from seeder.plan.asked import Asked, asked
from seeder.plan.batch import growing, started
from seeder.plan.file import updated
from seeder.plan.inputs import mapped, pointed_at, store
from seeder.plan.joining import joined
from seeder.plan.model import IndexPlan, Input, Options, Plan
from seeder.plan.overrides import Overrides
from seeder.plan.planner import make_plan
from seeder.plan.stories import LISTED
from seeder.schema import Facts, Name, Schema, Table
from seeder.semantics import role_of


def connected(url: str) -> tuple[Adapter, Any]:
    """The adapter of a URL and a session."""
    adapter = find_adapter(url)
    return adapter, adapter.connect(url)


# What becomes of a plan that was just made: it, and a function that plans anew by other options.
Edited = Callable[[Plan, Callable[[Options], Plan]], Plan]


@dataclass(frozen=True)
class Added:
    """That rows are added, by a seed that was asked for, or any."""

    seed: int | None


def planned(
    url: str,
    wanted: Options,
    inputs: Path | None,
    edited: Edited | None = None,
    batch: Added | None = None,
) -> Plan:
    """The plan of a database as it is, by options, and by the hand of ``edited``; ``inputs``: the
    folder of key snapshots, a temporary one where there is none. ``batch``: rows are added."""
    adapter, connection = connected(url)
    try:
        refuse_unfinished(connection, adapter)
        making = _Making(adapter, connection, url, wanted, inputs, edited, batch)
        made, stuck = making.planned()
        while stuck:
            # Asked for as it is, a table cannot be left as it is.
            if not set(stuck) - set(making.standing):
                lines = "\n".join(f"  {name}: {why}" for name, why in sorted(stuck.items()))
                raise UsageError(
                    f"rows are asked for in tables that take no more of them:\n{lines}",
                    "leave their role and rows to seeder, or set generators with more values",
                )
            making = replace(making, standing={**making.standing, **stuck})
            made, stuck = making.planned()
        return made
    finally:
        connection.close()


@dataclass(frozen=True)
class _Making:
    """A plan on its way. ``standing``: tables that a batch cannot add to."""

    adapter: Adapter
    connection: Any
    url: str
    wanted: Options
    inputs: Path | None
    edited: Edited | None
    batch: Added | None
    standing: Mapping[Name, str] = field(default_factory=dict)

    def planned(self) -> tuple[Plan, Mapping[Name, str]]:
        """The plan; and tables that cannot take rows after all and why, so that it is none."""
        adapter, connection = self.adapter, self.connection
        schema = adapter.reflect(connection)
        facts = adapter.facts(connection, schema)
        layers = packs.layers(schema, packs.packs())
        wanted = self.wanted.model_copy(update={"packs": layers})
        whole = joined(schema, choosing.implied(schema, wanted)[0])
        wishes = asked(whole, wanted)
        grows = growing(whole) - set(self.standing) if self.batch is not None else None
        kept = _kept(whole, facts, wishes, grows)
        rights.refuse(rights.missing(schema, kept, facts, ("keep",)))
        found, stored = _stored(adapter, connection, whole, kept, wishes, wanted, self.inputs)
        if self.batch is not None:
            adding = [
                t.name for t in whole.countable if t.kind != "partition" and t.name not in kept
            ]
            there, seed = next_rows.found(connection, adapter, whole, facts, adding, self.standing)
            next_rows.refuse_other_seed(self.batch.seed, seed)
            found = found.model_copy(
                update={"batch": there, "seed": found.seed if seed is None else seed}
            )

        def plain(options: Options) -> Plan:
            made = make_plan(schema, options, facts=facts, dsn=adapter.public_url(self.url))
            return made.model_copy(update={"inputs": stored})

        def plan(options: Options) -> Plan:
            made = plain(options)
            if self.edited is not None:
                made = self.edited(made, plain)
                begun = started(made.tables, options.batch, made.database)
                made = made.model_copy(update={"tables": begun})
            return made

        planned = plan(found)
        if self.batch is not None:
            planned, stuck = next_rows.apart(
                planned, connection, adapter,
                lambda b: plan(planned.options.model_copy(update={"batch": b})),
            )  # fmt: skip
            if stuck:
                return planned, stuck
        indexes = _indexes(adapter, connection, planned, facts)
        return foreseen(planned.model_copy(update={"indexes": indexes}), adapter), {}


def next_batch(url: str, old: Plan, rows: int | None, inputs: Path | None) -> Plan:
    """The plan of the batch after that of ``old``, with its options and edits."""
    wanted = old.options.model_copy(update={"rows": rows or old.options.rows, "batch": None})

    def edited(base: Plan, again: Callable[[Options], Plan]) -> Plan:
        return updated(old, base, again)[0]

    return planned(url, wanted, inputs, edited, Added(old.options.seed))


def updated_plan(
    url: str, old: Plan, inputs: Path | None, config: Path | None = None
) -> tuple[Plan, list[str]]:
    """The plan for the database as it is now, with the options and edits of ``old``, and the
    overrides of the file ``config`` in the place of those that it has; and what became of both, a
    line each."""
    notes: list[str] = []
    given = overrides_file.read(config) if config is not None else overrides_file.Given()
    wanted = old.options if config is None else _overridden(old.options, given.overrides)

    def edited(base: Plan, again: Callable[[Options], Plan]) -> Plan:
        made, found = updated(old, base, again)
        notes.extend(found)
        return made

    with given.located():
        return planned(url, wanted, inputs, edited), notes


def _overridden(options: Options, said: Overrides) -> Options:
    """Options with other overrides. Of what the command line wins over, only what has changed in
    the file counts: the rest may be the command line's."""
    changed = {
        key: value
        for key in ("rows", "seed", "reference_date", "namespaces", "locale")
        if (value := getattr(said, key)) is not None and value != getattr(options.overrides, key)
    }
    return options.model_copy(update={**changed, "overrides": said})


def _kept(
    schema: Schema, facts: Facts, wishes: Asked, grows: Collection[Name] | None
) -> list[Name]:
    """Tables that hold rows and look like reference data, or are asked to be kept: their rows
    serve as parents. ``grows``: the tables that a batch adds to, instead of that look."""
    return [
        t.name
        for t in schema.countable
        if t.name in facts.tables
        and facts.tables[t.name].holds_rows
        and (wishes.role(t.name) or _look(t, schema, grows)) == "keep"
    ]


def _look(table: Table, schema: Schema, grows: Collection[Name] | None) -> str:
    if grows is not None:
        return "generate" if table.name in grows else "keep"
    return "keep" if role_of(table, schema).kind == "reference" else "generate"


def _stored(
    adapter: Adapter,
    connection: Any,
    schema: Schema,
    kept: list[Name],
    wishes: Asked,
    options: Options,
    folder: Path | None,
) -> tuple[Options, dict[str, Input]]:
    """The options with what is kept and selected of it, and the files that hold it."""
    if not kept:
        return options, {}
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="seeder-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    chosen = selecting.selections(schema, wishes, frozenset(kept))
    others = [t.name for t in schema if t.name not in kept]
    checked = pieces.selections(schema, frozenset(kept), others)
    chosen |= {item.label: item for item in checked.values()}
    listing = coded.coded(schema, kept, LISTED)
    extra = selecting.carried(chosen)
    for name, more in coded.carried(listing).items():
        extra[name] = tuple(dict.fromkeys((*extra.get(name, ()), *more)))
    stored = {}
    for name, columns in sorted(pointed_at(schema, kept).items()):
        arrow, batches = adapter.snapshot(connection, schema[name], columns, extra.get(name, ()))
        stored[str(name)] = store(batches, arrow, folder)
    counted = {str(n): stored[str(n)].rows if str(n) in stored else 0 for n in kept}
    selected = {}
    for label, item in sorted(chosen.items()):
        batch, sizes = selecting.rows(mapped(stored[str(item.target)]), item)
        selected[label] = sizes
        if sum(sizes):
            stored[label] = store([batch], batch.schema, folder)
    for entry in listing:
        if (key := str(entry.target)) in stored:
            made = coded.rows(mapped(stored[key]), entry)
            if made is not None:
                selected[entry.label] = made[1]
                stored[entry.label] = store([made[0]], made[0].schema, folder)
    return options.model_copy(update={"kept": counted, "selected": selected}), stored


_WHY = {"trigger": "off while rows come in, and on again as it was"}


def _indexes(
    adapter: Adapter, connection: Any, planned: Plan, facts: Facts
) -> dict[str, list[IndexPlan]]:
    names = [Name.parse(n) for n in planned.generated]
    indexes: dict[str, list[IndexPlan]] = {}
    for item in decided(list(adapter.objects(connection, names)), planned, facts):
        indexes.setdefault(str(item.table), []).append(
            IndexPlan(
                name=item.name,
                kind=item.kind,
                action="keep" if item.kept else "rebuild",
                why=item.kept or _WHY.get(item.kind, sparing.DROPPED),
            )
        )
    return indexes


def to_come(plan: Plan, url: str) -> bool:
    """Whether a plan is one of a batch that is not in the database yet."""
    batch = plan.options.batch
    if batch is None:
        return False
    adapter, connection = connected(url)
    try:
        runs = next_rows.past(connection, adapter, map(Name.parse, batch.held))
        return not runs or runs[-1].batch < batch.number
    finally:
        connection.close()
