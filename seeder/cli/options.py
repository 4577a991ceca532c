"""Options that several commands share, and where a DSN, its secret and a plan come from."""

from __future__ import annotations

import atexit
import datetime as dt
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from seeder.adapter import Adapter, find_adapter
from seeder.cli.output import Count, count
from seeder.errors import UsageError
from seeder.generate.locale import DEFAULT as DEFAULT_LOCALE
from seeder.generate.locale import checked
from seeder.load import batch as next_rows
from seeder.load.foresight import foreseen
from seeder.load.run import decided, refuse_unfinished
from seeder.plan import choosing, overrides_file, packs, pieces, rights, selecting, sparing
from seeder.plan.asked import Asked, asked
from seeder.plan.batch import growing, started
from seeder.plan.file import DEFAULT, read, updated, with_rows
from seeder.plan.inputs import mapped, pointed_at, store
from seeder.plan.joining import joined
from seeder.plan.model import ImpliedChoice, IndexPlan, Input, Options, Plan, Triggers
from seeder.plan.overrides import Overrides
from seeder.plan.planner import make_plan
from seeder.schema import Facts, Name, Schema, Table
from seeder.semantics import role_of

F = TypeVar("F", bound=Callable[..., Any])

WORKERS = 2

dsn_option = click.option(
    "--dsn", metavar="URL", help="The database; default SEEDER_DSN, the plan's, then PG*."
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
preflight_option = click.option(
    "--preflight/--no-preflight",
    default=None,
    help="Try a few rows first, and roll them back. With --preflight also where a live trigger may "
    "do what no rollback undoes.  [default: but not there]",
)
plan_argument = click.argument(
    "plan_file", metavar="[PLAN]", required=False, type=click.Path(path_type=Path)
)


def _locale(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        return checked(value)
    except ValueError as error:
        raise UsageError(f"--locale {value}: {error}") from None


def planning_options(command: F) -> F:
    """--rows, --table, --seed, --reference-date, --namespace, --locale, ..."""
    for option in (
        click.option("--no-implied", is_flag=True, default=None,
                     help="Do not look for references that nobody declared."),
        click.option("--implied", "implied", multiple=True, metavar="T(C)=T(C)",
                     help="A reference that nobody declared; T(C)= turns one off; repeat."),
        click.option("--triggers", type=click.Choice(get_args(Triggers)), default=None,
                     help="off: while rows come in. on: they fire. route: off, and of a parent "
                     "that sends its rows to its children these are filled.  [default: route]"),
        click.option("--config", type=click.Path(path_type=Path), default=None, metavar="FILE",
                     help="Your overrides; default seeder.yaml, if it is there."),
        click.option("--locale", type=click.UNPROCESSED, callback=_locale, default=None,
                     help="Of names, addresses and formats: en_US, en_GB, de_DE, es_ES, fr_FR.  "
                     "[default: en_US]"),
        click.option("--namespace", "namespaces", multiple=True, help="Only this one; repeat."),
        click.option("--reference-date", type=click.DateTime(["%Y-%m-%d"]),
                     help="The 'today' of the rows; default: yesterday, written into the plan."),
        click.option("--seed", type=int, default=None, help="Another seed, other rows."),
        click.option("--table", "tables", multiple=True, metavar="NS.NAME=N",
                     help="Rows of one table; repeat."),
        click.option("--rows", type=Count(), default=None, help="All rows together: 200k, 5M."),
    ):  # fmt: skip
        command = option(command)
    return command


def counts(pairs: Sequence[str]) -> dict[str, int]:
    """``ns.name=N`` pairs as a mapping."""
    out = {}
    for pair in pairs:
        name, equals, text = pair.rpartition("=")
        if not equals:
            raise UsageError(f"--table {pair}: write --table namespace.table=200k")
        out[name] = 0 if text.strip() == "0" else count(text)
    return out


_CHOICE = re.compile(r"(.+?)\(([^()]+)\)=(?:(.+?)\(([^()]+)\))?\Z")


def choices(texts: Sequence[str]) -> list[ImpliedChoice]:
    """``ns.table(column)=ns.target(column)`` as choices; nothing behind the sign turns one off."""
    out = []
    for text in texts:
        said = _CHOICE.match(text)
        if said is None:
            raise UsageError(
                f"--implied {text}: not a reference",
                "write --implied 'namespace.table(column)=namespace.target(column)', and nothing "
                "behind the = to turn one off",
            )
        table, columns, target, wanted = said.groups()
        out.append(
            ImpliedChoice(
                table=table.strip(),
                columns=[c.strip() for c in columns.split(",")],
                target=(target or "").strip(),
                target_columns=[c.strip() for c in (wanted or "").split(",") if c.strip()],
                use=target is not None,
            )
        )
    return out


def given_dsn(dsn: str | None) -> str:
    """The DSN that wins over a plan's: --dsn, then SEEDER_DSN; '' when neither is given."""
    return dsn or os.environ.get("SEEDER_DSN") or ""


def resolve_dsn(dsn: str | None, plan: Plan | None = None) -> str:
    """The DSN to use: --dsn, SEEDER_DSN, the plan's, PG*. Raises UsageError when there is none."""
    found = given_dsn(dsn) or (plan.dsn if plan else "")
    if found:
        return found
    if any(os.environ.get(v) for v in ("PGHOST", "PGDATABASE", "PGSERVICE", "PGUSER")):
        return "postgresql://"
    raise UsageError(
        "which database?", "give --dsn postgresql://user@host:5432/database, or set SEEDER_DSN"
    )


def connected(url: str) -> tuple[Adapter, Any]:
    """The adapter of a URL and a session."""
    adapter = find_adapter(url)
    return adapter, adapter.connect(url)


def fresh_plan(
    url: str,
    rows: int | None,
    tables: Sequence[str] = (),
    seed: int | None = None,
    reference_date: dt.datetime | None = None,
    namespaces: Sequence[str] = (),
    triggers: Triggers | None = None,
    config: Path | None = None,
    implied: Sequence[str] = (),
    no_implied: bool | None = None,
    inputs: Path | None = None,
    locale: str | None = None,
    append: bool = False,
) -> Plan:
    """Reflect a database and plan it, with the overrides of the file ``config``. Key snapshots of
    kept tables go to the folder ``inputs``, or to a temporary one that lives as long as this
    process. ``append``: the rows are a batch, beside those that are there."""
    given = overrides_file.read(config) if config is not None else overrides_file.Given()
    said = given.overrides
    # Rows reach up to the end of that day: none may lie in the server's future.
    yesterday = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).date()
    asked_for = reference_date.date() if reference_date else said.reference_date
    asked_for = asked_for or said.clinical.time.end
    asked_seed = seed if seed is not None else said.seed
    wanted = Options(
        rows=rows or said.rows or 1_000_000,
        seed=asked_seed or 0,
        reference_date=asked_for or yesterday,
        tables=counts(tables),
        namespaces=list(namespaces or said.namespaces or ()),
        triggers=triggers or "route",
        overrides=said,
        locale=locale or said.locale or DEFAULT_LOCALE,
        infer=not no_implied,
        implied=choices(implied),
    )
    with given.located():
        return _planned(url, wanted, inputs, batch=_Batch(asked_seed) if append else None)


def next_batch(url: str, old: Plan, rows: int | None, inputs: Path | None) -> Plan:
    """The plan of the batch after that of ``old``, with its options and edits."""
    wanted = old.options.model_copy(update={"rows": rows or old.options.rows, "batch": None})

    def edited(base: Plan, again: Callable[[Options], Plan]) -> Plan:
        return updated(old, base, again)[0]

    return _planned(url, wanted, inputs, edited, _Batch(old.options.seed))


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
        return _planned(url, wanted, inputs, edited), notes


def _overridden(options: Options, said: Overrides) -> Options:
    """Options with other overrides. Of what the command line wins over, only what has changed in
    the file counts: the rest may be the command line's."""
    changed = {
        key: value
        for key in ("rows", "seed", "reference_date", "namespaces", "locale")
        if (value := getattr(said, key)) is not None and value != getattr(options.overrides, key)
    }
    return options.model_copy(update={**changed, "overrides": said})


# What becomes of a plan that was just made: it, and a function that plans anew by other options.
Edited = Callable[[Plan, Callable[[Options], Plan]], Plan]


@dataclass(frozen=True)
class _Batch:
    """That rows are added, by a seed that was asked for, or any."""

    seed: int | None


def _planned(
    url: str,
    wanted: Options,
    inputs: Path | None,
    edited: Edited | None = None,
    batch: _Batch | None = None,
) -> Plan:
    adapter, connection = connected(url)
    try:
        refuse_unfinished(connection, adapter)
        making = _Making(adapter, connection, url, wanted, inputs, edited, batch)
        planned, stuck = making.planned()
        while stuck:
            making = replace(making, standing={**making.standing, **stuck})
            planned, stuck = making.planned()
        return planned
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
    batch: _Batch | None
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


def user_file(config: Path | None) -> Path | None:
    """The user's overrides: the file that was named, or the one in this folder, or None."""
    return config or (overrides_file.DEFAULT if overrides_file.DEFAULT.exists() else None)


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
    extra = selecting.carried(chosen)
    stored = {}
    for number, (name, columns) in enumerate(sorted(pointed_at(schema, kept).items())):
        arrow, batches = adapter.snapshot(connection, schema[name], columns, extra.get(name, ()))
        stored[str(name)] = store(batches, arrow, folder / f"{number:03}.arrow")
    counted = {str(n): stored[str(n)].rows if str(n) in stored else 0 for n in kept}
    selected = {}
    for number, (label, item) in enumerate(sorted(chosen.items())):
        batch, sizes = selecting.rows(mapped(stored[str(item.target)]), item)
        selected[label] = sizes
        if sum(sizes):
            stored[label] = store([batch], batch.schema, folder / f"rows-{number:03}.arrow")
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


def stored_plan(path: Path | None) -> Plan | None:
    """The plan that was named, or the one in this folder, or None."""
    if path is not None:
        return read(path)
    return read(DEFAULT) if DEFAULT.exists() else None


def chosen_plan(
    path: Path | None,
    dsn: str | None,
    rows: int | None,
    tables: Sequence[str] = (),
    dry_run: bool = False,
    config: Path | None = None,
    append: bool = False,
    **rest: Any,
) -> tuple[Plan, str, bool]:
    """The plan to load, the URL to load it to, and whether no file holds that plan yet: it comes
    from a file where there is one, else it is made now. A dry run leaves no file behind.
    ``append``: it is one of a batch; that of a batch which is there is planned on from."""
    plan = stored_plan(path)
    url = resolve_dsn(dsn, plan)
    inputs = None if dry_run else (path or DEFAULT).with_suffix(".inputs")
    if plan is None:
        made = fresh_plan(
            url, rows, tables, **rest, config=user_file(config), inputs=inputs, append=append
        )
        return made, url, True
    if tables or config is not None or any(v not in (None, ()) for v in rest.values()):
        raise UsageError(
            "--table, --seed, --reference-date, --namespace, --locale, --implied, --triggers and "
            f"--config belong to planning, and there is a plan: {path or DEFAULT}",
            "edit the plan, or make a new one with seeder plan",
        )
    if append and (rows is not None or not _to_come(plan, url)):
        return next_batch(url, plan, rows, inputs), url, True
    if rows is None or rows == plan.rows:
        return plan, url, False
    return with_rows(plan, rows), url, True


def _to_come(plan: Plan, url: str) -> bool:
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
