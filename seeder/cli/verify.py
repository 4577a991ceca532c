"""`seeder verify`: prove that a database holds what the plan promised."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from seeder.adapter import find_adapter
from seeder.cli import clinical, options, output
from seeder.errors import PlanError, VerificationFailed
from seeder.plan.model import Plan
from seeder.verify.clinical.report import Section
from seeder.verify.clinical.report import section as clinical_section
from seeder.verify.integrity import Proof, checksums
from seeder.verify.integrity import verify as prove


@click.command()
@options.plan_argument
@options.dsn_option
@click.option("--checksum", is_flag=True, help="Also print an order-free checksum of each table.")
@click.option(
    "--clinical/--no-clinical",
    "clinical_",
    default=None,
    help="Fail where a statistical coherence rule is broken, too; or ask none.",
)
@options.format_option
def verify(
    plan_file: Path | None, dsn: str | None, checksum: bool, clinical_: bool | None, form: str
) -> int:
    """Count, join and compare: exit 5 when anything is not as planned.

    References that nobody declared are proven too, as 'implied'. 'varied' asks of each table of 50
    rows and more whether a column has one value or none, and lists it with the reason; a column
    without a reason fails. The coherence rules (`seeder rules list`) are asked of every table that
    has what they read, and patients are counted by group and condition; a place that breaks a rule
    which allows no violation fails, and with --clinical one whose share is out of tolerance.

    \b
    Example:
      seeder verify --dsn postgresql://me@localhost/staging --checksum
    """
    made = options.stored_plan(plan_file)
    if made is None:
        raise PlanError("there is no plan to verify against", "name one: seeder verify PLAN")
    url = options.resolve_dsn(dsn, made)
    proofs, sums = run(made, url, checksum)
    section = None if clinical_ is False else ask(made, url)
    broken = [] if section is None else section.broken if clinical_ else section.violated
    if form == "json":
        output.data(
            {
                "passed": all(p.passed for p in proofs) and not broken,
                "proofs": [dataclasses.asdict(p) for p in proofs],
                "checksums": {n: f"{s:016x}" for n, s in sums.items()},
                "clinical": section.data() if section else None,
            }
        )
    else:
        show(proofs, sums)
        if section is not None:
            clinical.show(section)
    failed = [p for p in proofs if not p.passed]
    if failed:
        raise VerificationFailed(
            f"{len(failed)} of {len(proofs)} proofs failed",
            "see the lines above; load again, or seeder restore after a crash",
        )
    if broken:
        raise VerificationFailed(
            f"{len(broken)} places break a coherence rule",
            "seeder rules show NAME says what each asks; --no-clinical leaves them out",
        )
    return 0


def run(made: Plan, url: str, checksum: bool = False) -> tuple[list[Proof], dict[str, int]]:
    """All proofs, and the checksums when asked."""
    adapter = find_adapter(url)
    connection = adapter.connect(url)
    try:
        proofs = list(prove(made, connection, adapter))
        return proofs, dict(checksums(made, connection, adapter)) if checksum else {}
    finally:
        connection.close()


def ask(made: Plan, url: str) -> Section:
    """The clinical section."""
    adapter = find_adapter(url)
    connection = adapter.connect(url)
    try:
        return clinical_section(made, connection, adapter)
    finally:
        connection.close()


def show(proofs: list[Proof], sums: dict[str, int]) -> None:
    """A line a kind of proof, and a line for each that failed."""
    table = Table("proof", "asked", "passed", "failed", box=None, pad_edge=False)
    for kind in dict.fromkeys(p.kind for p in proofs):
        mine = [p for p in proofs if p.kind == kind]
        good = sum(p.passed for p in mine)
        table.add_row(
            kind, str(len(mine)), str(good), str(len(mine) - good) if good < len(mine) else "-"
        )
    output.out.print(table)
    for p in proofs:
        if not p.passed:
            output.out.print(
                f"[bold red]{p.kind}[/] {escape(p.table)} {escape(p.subject)}: {p.bad:,} "
                f"{escape(p.detail)}"
            )
    for p in proofs:
        if p.passed and p.kind == "varied" and p.detail:
            output.out.print(f"[dim]{escape(p.table)}.{escape(p.subject)}: {escape(p.detail)}[/]")
    for name, value in sums.items():
        output.out.print(f"{value:016x}  {escape(name)}")
