"""Options that several commands share, and where a DSN, its secret and a plan come from."""

from __future__ import annotations

import atexit
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from seeder.adapter import Adapter, find_adapter
from seeder.cli.output import Count, count
from seeder.errors import UsageError
from seeder.load.foresight import foreseen
from seeder.load.run import as_allowed, refuse_unfinished
from seeder.plan import rights
from seeder.plan.file import DEFAULT, read, updated, with_rows
from seeder.plan.inputs import store, wanted
from seeder.plan.model import IndexPlan, Input, Options, Plan, Triggers
from seeder.plan.planner import make_plan
from seeder.schema import Facts, Name, Schema
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


def planning_options(command: F) -> F:
    """--rows, --table, --seed, --reference-date, --namespace, --triggers."""
    for option in (
        click.option("--triggers", type=click.Choice(get_args(Triggers)), default=None,
                     help="off: while rows come in. on: they fire. route: off, and of a parent "
                     "that sends its rows to its children these are filled.  [default: route]"),
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
    inputs: Path | None = None,
) -> Plan:
    """Reflect a database and plan it; key snapshots of kept tables go to the folder ``inputs``,
    or to a temporary one that lives as long as this process."""
    # Rows reach up to the end of that day: none may lie in the server's future.
    today = reference_date or dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    return _planned(
        url,
        Options(
            rows=rows or 1_000_000,
            seed=seed or 0,
            reference_date=today.date(),
            tables=counts(tables),
            namespaces=list(namespaces),
            triggers=triggers or "route",
        ),
        inputs,
    )


def updated_plan(url: str, old: Plan, inputs: Path | None) -> tuple[Plan, list[str]]:
    """The plan for the database as it is now, with the options and edits of ``old``; and what
    became of both, a line each."""
    notes: list[str] = []

    def edited(base: Plan, again: Callable[[Options], Plan]) -> Plan:
        made, found = updated(old, base, again)
        notes.extend(found)
        return made

    return _planned(url, old.options, inputs, edited), notes


# What becomes of a plan that was just made: it, and a function that plans anew by other options.
Edited = Callable[[Plan, Callable[[Options], Plan]], Plan]


def _planned(url: str, wanted: Options, inputs: Path | None, edited: Edited | None = None) -> Plan:
    adapter, connection = connected(url)
    try:
        refuse_unfinished(connection, adapter)
        schema = adapter.reflect(connection)
        facts = adapter.facts(connection, schema)
        kept = _kept(schema, facts)
        rights.refuse(rights.missing(schema, kept, facts, ("keep",)))
        stored = _snapshots(adapter, connection, schema, kept, inputs) if kept else {}
        found = {str(n): stored[str(n)].rows if str(n) in stored else 0 for n in kept}

        def plan(options: Options) -> Plan:
            return make_plan(schema, options, facts=facts, dsn=adapter.public_url(url))

        planned = plan(wanted.model_copy(update={"kept": found}))
        if edited is not None:
            planned = edited(planned, plan)
        indexes = _indexes(adapter, connection, planned, facts)
        planned = planned.model_copy(update={"indexes": indexes, "inputs": stored})
        return foreseen(planned, adapter)
    finally:
        connection.close()


def _kept(schema: Schema, facts: Facts) -> list[Name]:
    """Tables that hold rows and look like reference data: their rows serve as parents."""
    return [
        t.name
        for t in schema.countable
        if t.name in facts.tables
        and facts.tables[t.name].holds_rows
        and role_of(t, schema).kind == "reference"
    ]


def _snapshots(
    adapter: Adapter, connection: Any, schema: Schema, kept: list[Name], folder: Path | None
) -> dict[str, Input]:
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="seeder-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    out = {}
    for number, (name, columns) in enumerate(sorted(wanted(schema, kept).items())):
        arrow, batches = adapter.snapshot(connection, schema[name], columns)
        out[str(name)] = store(batches, arrow, folder / f"{number:03}.arrow")
    return out


_WHY = {"trigger": "off while rows come in, and on again as it was"}


def _indexes(
    adapter: Adapter, connection: Any, planned: Plan, facts: Facts
) -> dict[str, list[IndexPlan]]:
    names = [Name.parse(n) for n in planned.generated]
    indexes: dict[str, list[IndexPlan]] = {}
    for item in adapter.objects(connection, names):
        kept = as_allowed(item, facts, planned.options.triggers).kept
        indexes.setdefault(str(item.table), []).append(
            IndexPlan(
                name=item.name,
                kind=item.kind,
                action="keep" if kept else "rebuild",
                why=kept or _WHY.get(item.kind, "faster to build once than to maintain row by row"),
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
    **rest: Any,
) -> tuple[Plan, str, bool]:
    """The plan to load, the URL to load it to, and whether no file holds that plan yet: it comes
    from a file where there is one, else it is made now. A dry run leaves no file behind."""
    plan = stored_plan(path)
    url = resolve_dsn(dsn, plan)
    if plan is None:
        inputs = None if dry_run else DEFAULT.with_suffix(".inputs")
        return fresh_plan(url, rows, tables, **rest, inputs=inputs), url, True
    if tables or any(v not in (None, ()) for v in rest.values()):
        raise UsageError(
            "--table, --seed, --reference-date, --namespace and --triggers belong to planning, and "
            f"there is a plan: {path or DEFAULT}",
            "edit the plan, or make a new one with seeder plan",
        )
    if rows is None or rows == plan.rows:
        return plan, url, False
    return with_rows(plan, rows), url, True
