"""The sample hospital, with its indexes and keys: our load against the same load without
generation."""

from __future__ import annotations

import seeder_hospital
from seeder.adapter import Adapter
from seeder.load.events import LoadOptions
from seeder.load.run import load
from seeder.plan.model import Plan
from tests.benchmarks.bench import Bench, empty, plan_for, timed
from tests.benchmarks.figure import Figure, faster, figure, rate
from tests.benchmarks.replay import Rendered, render, replaying

ROWS = 2_000_000
_TARGET = 0.90
WORKERS = 2


def raced(
    bench: Bench, url: str, plan: Plan, adapter: Adapter, rendered: Rendered
) -> dict[str, list[float]]:
    """Seconds of whole loads, ours and of the bytes rendered before, in turns."""

    def side() -> float:
        empty(url, adapter, plan)
        bench.checkpoint()
        return timed(lambda: load(plan, url, adapter, LoadOptions(WORKERS)))()

    def raw() -> float:
        with replaying(rendered):
            return side()

    return bench.turns({"ours": side, "raw": raw}, warm=True)


def hospital(bench: Bench) -> list[Figure]:
    """Copy, rebuild and VACUUM (ANALYZE) of all tables, two workers on both sides."""
    with bench.database() as url:
        seeder_hospital.migrate(url)
        plan, adapter = plan_for(url, bench.rows(ROWS))
        bench.say(f"hospital: rendering {plan.rows:,} rows")
        rendered = render(plan, adapter, bench.folder / "rendered")

        seconds = raced(bench, url, plan, adapter, rendered)
    to = f"COPY of the same bytes, same rebuild, {WORKERS} connections"
    return [
        faster("hospital: whole load", seconds["ours"], seconds["raw"], to, _TARGET),
        rate("hospital: ours", plan.rows, seconds["ours"], f"{len(plan.generated)} tables"),
        rate("hospital: bytes rendered before", plan.rows, seconds["raw"]),
        figure("hospital: bytes a row", "B", [rendered.bytes / plan.rows]),
    ]
