"""`seeder check`: would a load go through? Nothing in the database is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from seeder.cli import options, output
from seeder.cli.plan import show_findings
from seeder.errors import UsageError
from seeder.load.check import Report
from seeder.load.check import check as examine
from seeder.load.planning import connected
from seeder.load.preflight import ROWS, Terms


@click.command()
@options.plan_argument
@options.dsn_option
@options.planning_options
@options.preflight_option
@click.option("--truncate", is_flag=True, help="Check a load with --truncate.")
@click.option(
    "--sample",
    type=click.IntRange(1, 1000),
    default=ROWS,
    show_default=True,
    help="Rows of each table that are tried, with all that they point at.",
)
@options.format_option
def check(
    plan_file: Path | None, dsn: str | None, preflight: bool | None, truncate: bool, sample: int,
    form: str, **planning: Any,
) -> int:  # fmt: skip
    """List at once whatever would stop a load: missing rights with their GRANTs, drift, rows in the
    way; then try a few rows of each table, with every constraint alive, and roll them back. The
    exit code is the one with which a load would refuse.

    \b
    Example:
      seeder check --dsn postgresql://me@localhost/staging
    """
    made, url, _ = options.chosen_plan(plan_file, dsn, dry_run=True, **planning)
    if truncate and made.options.batch is not None:
        raise UsageError("the plan adds a batch, and --truncate is of a whole load", "choose one")
    adapter, connection = connected(url)
    try:
        terms = Terms(sample, bool(preflight), truncate)
        report = examine(made, connection, adapter, terms, preflight is not False)
    finally:
        connection.close()
    if form == "json":
        output.data(_data(report))
    else:
        _show(report)
    return report.code


def _data(report: Report) -> dict[str, Any]:
    return {
        "passed": not report.code,
        "server": report.server,
        "tried": report.rows,
        "findings": [f.model_dump() for f in report.findings],
    }


def _show(report: Report) -> None:
    engine, version = report.server["engine"], report.server["version"]
    output.out.print(f"server: {engine} {version}, {report.server['encoding']}")
    if report.rows is not None:
        rows, tables = sum(report.rows.values()), sum(map(bool, report.rows.values()))
        output.out.print(
            f"preflight: the database took {rows:,} rows of {tables} tables, rolled back again"
        )
    show_findings(report.findings)
    output.note("a load would refuse, see above" if report.code else "ready to load")
