"""`seeder load`: fill the database that a plan was made for."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from seeder import schema
from seeder.adapter import find_adapter
from seeder.cli import options, output
from seeder.errors import UsageError
from seeder.load.events import Event, LoadOptions, Result
from seeder.load.foresight import foreseen
from seeder.load.planning import connected
from seeder.load.run import load as load_plan
from seeder.plan import file
from seeder.plan.findings import refuse_errors
from seeder.plan.model import Plan


@click.command()
@options.plan_argument
@options.dsn_option
@options.planning_options
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=options.WORKERS,
    show_default=True,
    help="Processes, each with a connection.",
)
@click.option("--partition-rows", type=click.IntRange(1), default=None, hidden=True)
@click.option("--no-vacuum", is_flag=True, help="Leave VACUUM (ANALYZE) to autovacuum.")
@options.preflight_option
@click.option(
    "--refresh", is_flag=True, help="Refresh materialised views of the plan's tables in the end."
)
@click.option("--truncate", is_flag=True, help="Empty the plan's tables first; needs --yes.")
@click.option(
    "--append", is_flag=True, help="Add a batch to the rows that are there: all of it, or nothing."
)
@click.option("--yes", is_flag=True, help="Agree to what --truncate destroys.")
@click.option("--dry-run", is_flag=True, help="Show what would be loaded, change nothing.")
@options.format_option
def load(
    plan_file: Path | None, dsn: str | None, workers: int, partition_rows: int | None,
    no_vacuum: bool, preflight: bool | None, refresh: bool, truncate: bool, append: bool,
    yes: bool, dry_run: bool, form: str, **planning: Any,
) -> int:  # fmt: skip
    """Load a plan: seeder-plan.yaml, PLAN, or one that is made on the spot.

    \b
    Example:
      seeder load --dsn postgresql://me@localhost/staging --rows 5M
    """
    if append and truncate:
        raise UsageError(
            "--append keeps the rows that are there, and --truncate destroys them", "choose one"
        )
    made, url, new = options.chosen_plan(plan_file, dsn, dry_run=dry_run, append=append, **planning)
    refuse_errors(made)
    if truncate and not (yes or dry_run):
        _confirm(made, url)
    if dry_run:
        from seeder.cli.plan import show

        # The user's edits may have changed how a table travels.
        show(foreseen(made, find_adapter(url)), False, workers)
        return 0
    settings = LoadOptions(
        workers, partition_rows or 0, not no_vacuum, truncate, preflight, refresh, append
    )
    result = perform(made, url, settings, quiet=form == "json")
    if new:
        # What was loaded is what `seeder verify` must find.
        path = plan_file or file.DEFAULT
        file.write(made, path)
        output.note(f"wrote {path}, the plan that was loaded; prove it with: seeder verify")
    if form == "json":
        output.data(
            {
                "run": result.run, "rows": result.rows, "bytes": result.bytes,
                "refreshed": result.refreshed,
                "seconds": {k: round(v, 3) for k, v in result.seconds.items()},
            }
        )  # fmt: skip
    return 0


def _confirm(made: Plan, url: str) -> None:
    """Ask before rows are destroyed, naming the tables that hold some."""
    adapter, connection = connected(url)
    try:
        ours = [schema.Name.parse(n) for n in made.generated]
        facts = adapter.facts(connection, adapter.reflect(connection))
    finally:
        connection.close()
    held = [str(n) for n in ours if n in facts.tables and facts.tables[n].holds_rows]
    names = f": {', '.join(held[:8])}{' ...' if len(held) > 8 else ''}" if held else ""
    asked = f"empty {len(ours)} tables, of which {len(held)} hold rows{names}?"
    if not click.confirm(asked, err=True):
        raise UsageError("--truncate was not agreed to", "add --yes")


def perform(made: Plan, url: str, settings: LoadOptions, quiet: bool = False) -> Result:
    """Load with progress on standard error; readable when that is a pipe."""
    adapter = find_adapter(url)
    if quiet:
        return load_plan(made, url, adapter, settings)
    began = time.monotonic()
    if output.err.is_terminal:
        with Bars(made.rows) as bars:
            result = load_plan(made, url, adapter, settings, bars.on_event)
    else:
        result = load_plan(made, url, adapter, settings, Lines(made.rows).on_event)
    seconds = time.monotonic() - began
    output.note(
        f"loaded {result.rows:,} rows, {output.size(result.bytes)}, in {seconds:.1f} s "
        f"({output.rough(result.rows / seconds)}rows/s), {result.rebuilt} indexes and keys rebuilt"
        + (f", {result.refreshed} materialised views refreshed" if result.refreshed else "")
    )
    return result


class Bars:
    """Live progress on a terminal."""

    def __init__(self, rows: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<8}"), BarColumn(), TextColumn("{task.fields[facts]}"),
            TimeElapsedColumn(), TimeRemainingColumn(), console=output.err,
        )  # fmt: skip
        self._rows = self._progress.add_task("rows", total=rows, facts="")
        self._tasks = self._progress.add_task("rebuild", total=None, facts="")
        self._bytes, self._began, self._built = 0, time.monotonic(), 0

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()

    def on_event(self, event: Event) -> None:
        if event.kind == "progress":
            self._bytes += event.bytes
            task = self._progress.tasks[0]
            seconds = max(time.monotonic() - self._began, 0.1)
            rate = f"{output.rough((task.completed + event.rows) / seconds)}rows/s"
            self._progress.update(
                self._rows, advance=event.rows,
                facts=f"{int(task.completed + event.rows):,} rows  {rate}  "
                f"{output.size(self._bytes / seconds)}/s",
            )  # fmt: skip
        elif event.kind == "start" and event.phase == "load":
            self._began = time.monotonic()
        elif event.kind == "start" and event.phase == "undo":
            self._progress.update(self._tasks, facts="putting the database back")
        elif event.kind == "done" and event.phase == "rebuild":
            self._built += 1
            self._progress.update(self._tasks, facts=f"{self._built} done, last {event.label}")


class Lines:
    """A line every few seconds, for logs."""

    def __init__(self, rows: int, every: float = 5.0) -> None:
        self._total, self._every = rows, every
        self._rows = self._bytes = self._built = 0
        self._began = self._said = time.monotonic()

    def on_event(self, event: Event) -> None:
        if event.kind == "progress":
            self._rows += event.rows
            self._bytes += event.bytes
        elif event.kind == "done" and event.phase == "rebuild":
            self._built += 1
        elif event.kind == "start":
            output.note(f"{event.phase} ...")
        now = time.monotonic()
        if now - self._said >= self._every:
            self._said = now
            seconds = now - self._began
            output.note(
                f"{self._rows:,} of {self._total:,} rows, "
                f"{output.rough(self._rows / seconds)}rows/s, "
                f"{output.size(self._bytes / seconds)}/s, {self._built} indexes and keys rebuilt"
            )
