"""`seeder scenarios`: the ready-made cohorts of patients."""

from __future__ import annotations

import click
import yaml
from rich.markup import escape
from rich.table import Table

from seeder.cli import options, output
from seeder.errors import UsageError
from seeder.plan.scenarios import ready, ready_made


@click.group()
def scenarios() -> None:
    """Cohorts of patients that come with the package, for `clinical: scenarios:` in seeder.yaml."""


@scenarios.command("list")
@options.format_option
def list_(form: str) -> int:
    """Name, patients by default, and what each is about.

    \b
    Example:
      seeder scenarios list
    """
    if form == "json":
        output.data(ready_made())
        return 0
    table = Table("scenario", "patients", "about", box=None, pad_edge=False)
    for name, made in ready_made().items():
        table.add_row(escape(name), str(made["patients"]), escape(made["about"]))
    output.out.print(table)
    return 0


@scenarios.command("show")
@click.argument("name")
@options.format_option
def show(name: str, form: str) -> int:
    """The cohorts of a scenario, as its file has them.

    \b
    Example:
      seeder scenarios show maternity-unit
    """
    try:
        made = ready(name)
    except ValueError as error:
        raise UsageError(str(error), "see seeder scenarios list") from None
    if form == "json":
        output.data(made)
    else:
        text = yaml.safe_dump({name: made}, sort_keys=False, width=100)
        output.out.print(escape(text.rstrip()))
    return 0
