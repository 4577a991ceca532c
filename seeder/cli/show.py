"""`seeder show patient`: the rows of one patient, as a story."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click
from rich.markup import escape

from seeder.cli import options, output
from seeder.errors import PlanError
from seeder.load.drift import difference
from seeder.load.planning import connected
from seeder.verify.patient import Story, lines, show_patient


@click.group()
def show() -> None:
    """Look at what was loaded."""


@show.command()
@options.plan_argument
@options.dsn_option
@click.option("--table", default="", help="The table of patients, where the plan does not tell.")
@click.option("--id", "identifier", default="", help="Key or identifier (such as an MRN).")
@click.option("--nth", default=1, type=click.IntRange(1), help="The place among all patients.")
@click.option("--limit", default=50, type=click.IntRange(1), help="Most rows of a table.")
@click.option("--all-columns", is_flag=True, help="Keys and bookkeeping too.")
@options.format_option
def patient(
    plan_file: Path | None,
    dsn: str | None,
    table: str,
    identifier: str,
    nth: int,
    limit: int,
    all_columns: bool,
    form: str,
) -> int:
    """Follow the keys from one patient and print its rows in the order of time. Only reads.

    \b
    Example:
      seeder show patient --dsn postgresql://me@localhost/staging --nth 7
    """
    made = options.stored_plan(plan_file)
    if made is None:
        raise PlanError("there is no plan to read by", "name one: seeder show patient PLAN")
    url = options.resolve_dsn(dsn, made)
    adapter, connection = connected(url)
    try:
        changed = difference(made.reflected, adapter.reflect(connection, made.options.namespaces))
        if changed:
            raise PlanError(
                f"the plan is not of this database:{changed}", "make a new one: seeder plan"
            )
        story = show_patient(
            made, connection, adapter, table=table, identifier=identifier, nth=nth, limit=limit,
            everything=all_columns,
        )  # fmt: skip
    finally:
        connection.close()
    if form == "json":
        output.data(dataclasses.asdict(story))
    else:
        _print(story)
    return 0


def _print(story: Story) -> None:
    said = ", ".join(f"{name} {value}" for name, value in story.patient.items())
    output.out.print(f"[bold]{escape(story.table)}[/]  {escape(said)}")
    for when, table, says, texts in lines(story):
        output.out.print(f"[cyan]{when or '-':16}[/]  [bold]{escape(table)}[/]  {escape(says)}")
        for text in texts:
            output.out.print(f"{'':18}{escape(text)}", style="dim")
