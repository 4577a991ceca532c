"""`seeder rules`: what `seeder verify` asks of patients' rows."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from seeder.cli import options, output
from seeder.verify.clinical.rule import Rule, placed, rule, rules


@click.group("rules")
def rules_() -> None:
    """List and show the coherence rules that a verification asks."""


@rules_.command("list")
@options.format_option
def list_(form: str) -> int:
    """Every rule with a line of help.

    \b
    Example:
      seeder rules list
    """
    known = list(rules().values())
    if form == "json":
        output.data([describe(r) for r in known])
        return 0
    table = Table("rule", "topic", "tolerance", "says", box=None, pad_edge=False)
    for r in known:
        table.add_row(r.rule, r.topic, tolerance(r), escape(r.says))
    output.out.print(table)
    return 0


@rules_.command()
@click.argument("name", nargs=-1, required=True, metavar="NAME")
@options.format_option
def show(name: tuple[str, ...], form: str) -> int:
    """One rule: what it reads, when it applies, what must hold, rows that keep and that break it.

    \b
    Example:
      seeder rules show pregnancy in a man
    """
    found = rule(" ".join(name))
    if form == "json":
        output.data(describe(found))
        return 0
    output.out.print(f"[bold]{escape(found.rule)}[/]: {escape(found.says)}")
    for label, text in lines(found):
        output.out.print(f"{label}: {escape(text)}")
    return 0


def tolerance(r: Rule) -> str:
    """The share of violations that passes."""
    return "none" if r.expect is None else f"{r.expect.share:.0%} ± {r.expect.within:.0%}"


def lines(r: Rule) -> list[tuple[str, str]]:
    """What a reader wants to know of a rule beside its sentence."""
    read = "; ".join(f"{n} is {w}" for n, w in r.facts.items())
    found = [("reads", read)]
    if r.per:
        found.append(("together", f"the rows of each {r.per}"))
    if r.order:
        found.append(("in order of", f"{r.order}, each with the one before it, 'previous'"))
    if r.among:
        others = ", ".join(f"{n} is {placed(w)[0]}" for n, w in r.among.facts.items())
        found.append(("found", f"a row with {others} where {r.among.where}"))
    if r.when != "TRUE":
        found.append(("applies when", r.when))
    found += [("holds", r.holds), ("violations allowed", tolerance(r))]
    found += [("good", _rows(r.example.clean)), ("bad", _rows(r.example.bad))]
    return found


def _rows(rows: list[dict[str, Any]]) -> str:
    return "; ".join(", ".join(f"{n} {v}" for n, v in row.items()) for row in rows)


def describe(r: Rule) -> dict[str, Any]:
    """A rule as plain data."""
    return r.model_dump(mode="json")
