"""Options that several commands share, and where a DSN, its secret and a plan come from."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from seeder.cli.output import Count, count
from seeder.errors import UsageError
from seeder.generate.locale import DEFAULT as DEFAULT_LOCALE
from seeder.generate.locale import checked
from seeder.load.planning import Added, next_batch, planned, to_come
from seeder.plan import overrides_file
from seeder.plan.file import DEFAULT, read, with_rows
from seeder.plan.model import ImpliedChoice, Options, Plan, Triggers

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
        return planned(url, wanted, inputs, batch=Added(asked_seed) if append else None)


def user_file(config: Path | None) -> Path | None:
    """The user's overrides: the file that was named, or the one in this folder, or None."""
    return config or (overrides_file.DEFAULT if overrides_file.DEFAULT.exists() else None)


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
    if append and (rows is not None or not to_come(plan, url)):
        return next_batch(url, plan, rows, inputs), url, True
    if rows is None or rows == plan.rows:
        return plan, url, False
    return with_rows(plan, rows), url, True
