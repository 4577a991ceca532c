"""`seeder generators`: what can fill a column."""

from __future__ import annotations

import click
from rich.markup import escape
from rich.table import Table

from seeder.cli import options, output
from seeder.errors import PlanError, UsageError
from seeder.generate.registry import Definition, definition, definitions


@click.group()
def generators() -> None:
    """List and show the generators that a plan can name."""


@generators.command("list")
@options.format_option
def list_(form: str) -> int:
    """Every generator with a line of help.

    \b
    Example:
      seeder generators list
    """
    known = [definitions()[n] for n in sorted(definitions())]
    if form == "json":
        output.data([describe(d) for d in known])
        return 0
    table = Table("generator", "fills", "what it makes", box=None, pad_edge=False)
    for d in known:
        table.add_row(d.name, " ".join(sorted(d.accepts)), escape(d.summary))
    output.out.print(table)
    return 0


@generators.command()
@click.argument("name")
@options.format_option
def show(name: str, form: str) -> int:
    """One generator: its parameters and the types that it fills.

    \b
    Example:
      seeder generators show choice
    """
    try:
        found = definition(name)
    except PlanError as error:
        raise UsageError(error.message, error.hint) from None
    if form == "json":
        output.data(describe(found))
        return 0
    output.out.print(f"[bold]{found.name}[/]: {escape(found.summary)}")
    output.out.print(f"fills: {' '.join(sorted(found.accepts))}")
    output.out.print("can be distinct: " + ("yes" if found.capacity else "no"))
    for parameter, p in found.parameters.items():
        output.out.print(
            f"  {parameter} ({p.type.__name__}, default {p.default!r}): {escape(p.help)}"
        )
    return 0


def describe(d: Definition) -> dict[str, object]:
    """A definition as plain data."""
    return {
        "name": d.name,
        "summary": d.summary,
        "accepts": sorted(d.accepts),
        "distinct": d.capacity is not None,
        "parameters": {
            n: {"type": p.type.__name__, "default": p.default, "help": p.help}
            for n, p in d.parameters.items()
        },
    }
