"""Plan, load and prove through the library, as the command line does it."""

from __future__ import annotations

import datetime as dt

from seeder.adapter import find_adapter
from seeder.cli import options
from seeder.load.events import LoadOptions
from seeder.load.run import load
from seeder.plan.findings import refuse_errors
from seeder.plan.model import Plan
from seeder.verify.integrity import Proof, checksums, verify

REFERENCE = dt.datetime(2025, 6, 30)


def plan_of(url: str, rows: int, seed: int = 0) -> Plan:
    """A plan for the database, as `seeder plan` makes it."""
    made = options.fresh_plan(url, rows, seed=seed, reference_date=REFERENCE)
    refuse_errors(made)
    return made


def load_and_prove(
    plan: Plan, url: str, settings: LoadOptions | None = None
) -> tuple[list[Proof], dict[str, int]]:
    """Load; returns every proof, and the checksums by table."""
    adapter = find_adapter(url)
    result = load(plan, url, adapter, settings or LoadOptions())
    assert result.rows == plan.rows
    connection = adapter.connect(url)
    try:
        proofs = list(verify(plan, connection, adapter))
        return proofs, dict(checksums(plan, connection, adapter))
    finally:
        connection.close()


def failed(proofs: list[Proof]) -> list[Proof]:
    return [p for p in proofs if not p.passed]
