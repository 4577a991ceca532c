"""The clinical section of `seeder verify`, as people read it."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from seeder.cli import output
from seeder.verify.clinical.report import Section

_NUMBERS = ("applied", "violations", "share")
_TOP = 20  # conditions shown; --format json has all


def show(section: Section) -> None:
    """A line for each rule and place, then the rules that nothing answered, then the patients."""
    table = Table(box=None, pad_edge=False)
    for title in ("rule", "place", "applied", "violations", "share", "tolerance", "verdict"):
        table.add_column(title, justify="right" if title in _NUMBERS else "left")
    for v in section.verdicts:
        if v.applied:
            shown = f"[bold red]{v.verdict}[/]" if v.broken else v.verdict
            shown = f"[yellow]{v.verdict}[/]" if v.verdict == "noise" else shown
            table.add_row(
                escape(v.rule), escape(v.place), f"{v.applied:,}", f"{v.bad:,}", f"{v.share:.2%}",
                v.tolerance, shown,
            )  # fmt: skip
    output.out.print(table)
    proving = set(section.proving)
    silent = list(dict.fromkeys(v.rule for v in section.verdicts if v.rule not in proving))
    output.out.print(
        f"{len(proving)} rules applied to rows, {len(section.broken)} of"
        f" {sum(v.applied > 0 for v in section.verdicts)} places break theirs"
    )
    for v in section.verdicts:
        if v.verdict == "noise":
            said = f"noise, as the plan wants it: {v.rule} ({v.place}): {v.wanted.why}"
            output.out.print(f"[yellow]{escape(said)}[/]")
    if silent:
        output.out.print(f"[dim]applied to no row: {escape(', '.join(silent))}[/]")
    _subgroups(section)
    _prevalence(section)


def _subgroups(section: Section) -> None:
    if not section.subgroups:
        return
    table = Table("patients by", "group", "patients", "share", "target", box=None, pad_edge=False)
    for g in section.subgroups:
        target = "-" if g.target is None else f"{g.target:.1%}"
        table.add_row(g.by, escape(g.group), f"{g.patients:,}", f"{g.share:.1%}", target)
    output.out.print(table)


def _prevalence(section: Section) -> None:
    if not section.prevalence:
        return
    titles = ("condition", "description", "patients", "recorded", "model")
    table = Table(*titles, box=None, pad_edge=False)
    for p in section.prevalence[:_TOP]:
        target = "-" if p.target is None else f"{p.target:.2%}"
        table.add_row(p.code, escape(p.description), f"{p.patients:,}", f"{p.share:.2%}", target)
    output.out.print(table)
    if len(section.prevalence) > _TOP:
        output.out.print(f"[dim]and {len(section.prevalence) - _TOP} more[/]")
