"""How long it takes to reflect and to plan a schema of 500 tables."""

from __future__ import annotations

import time

from seeder.adapter import find_adapter
from seeder.plan.model import Options
from seeder.plan.planner import make_plan
from tests.benchmarks.bench import REFERENCE, Bench
from tests.benchmarks.figure import Figure, figure
from tests.helpers.schemas import wide_schema

_TABLES, _KEYS = 500, 1000
_REFLECT_SECONDS = 2.0


def planning(bench: Bench) -> list[Figure]:
    """Reflection from a new session, then the pure planner."""
    reflect, plan = [], []
    with bench.database(wide_schema(_TABLES, _KEYS)) as url:
        adapter = find_adapter(url)
        for _ in range(bench.pairs):
            connection = adapter.connect(url)
            began = time.monotonic()
            schema = adapter.reflect(connection)
            reflect.append(time.monotonic() - began)
            facts = adapter.facts(connection, schema)
            connection.close()
            began = time.monotonic()
            make_plan(schema, Options(rows=10_000_000, reference_date=REFERENCE), facts=facts)
            plan.append(time.monotonic() - began)
    note = f"{_TABLES} tables, {_KEYS:,} foreign keys"
    return [
        figure(
            "planning: reflect", "s", reflect, target=_REFLECT_SECONDS, better="lower", note=note
        ),
        figure("planning: plan", "s", plan, note=note),
    ]
