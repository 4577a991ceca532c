"""One table through one and two connections: our COPY against COPY of the same bytes."""

from __future__ import annotations

import os
from statistics import median

from seeder.plan.model import Plan
from seeder.schema import Name
from tests.benchmarks import tables
from tests.benchmarks.bench import Bench, drop_objects, execute, plan_for
from tests.benchmarks.figure import Figure, faster, figure, rate
from tests.benchmarks.lanes import lanes

_WITHIN = 0.93  # of the ceiling


def narrow(bench: Bench) -> list[Figure]:
    """Seven columns: an owner by fan-out, its birth date derived again, codes, values, dates."""
    return _both(bench, "narrow", tables.NARROW)


def wide(bench: Bench) -> list[Figure]:
    """Twenty-seven columns of nine types."""
    return _both(bench, "wide", tables.WIDE)


def _both(bench: Bench, label: str, measured: tables.Measured) -> list[Figure]:
    rows, parents = bench.rows(measured.rows), bench.rows(measured.parents)
    with bench.database(measured.ddl) as url:
        counts = {measured.table: rows, "public.patient": parents}
        plan, adapter = plan_for(url, rows + parents, counts)
        drop_objects(url, adapter, plan)
        return [
            each
            for number in (1, 2)
            for each in _figures(bench, url, plan, label, measured, number)
        ]


def _figures(
    bench: Bench, url: str, plan: Plan, label: str, measured: tables.Measured, number: int
) -> list[Figure]:
    name = Name.parse(measured.table)
    rows = plan.tables[measured.table].rows
    with lanes(url, plan, name, number) as side_by_side:
        cpu = [side_by_side.cpu("generate") for _ in range(3)]

        def side(order: str) -> float:
            execute(url, f"TRUNCATE {name.name}")
            bench.checkpoint()
            return side_by_side.wall(order)

        bench.say(f"{label}: {rows:,} rows, {number} connection(s)")
        sides = {"ours": lambda: side("ours"), "raw": lambda: side("raw")}
        seconds = bench.turns(sides, warm=True)
    head = f"{label}/{number}"
    to = f"COPY of the same bytes, {number} connection{'s' * (number > 1)}"
    ratio = faster(
        f"{head}: load", seconds["ours"], seconds["raw"], to, measured.targets[number - 1]
    )
    out = [
        ratio,
        rate(f"{head}: ours", rows, seconds["ours"]),
        rate(f"{head}: raw COPY", rows, seconds["raw"]),
    ]
    if number == 1:
        out.append(rate(f"{label}: generate and encode", rows, cpu, "one core, nothing sent"))
    else:
        out += _ceiling(head, ratio, seconds["raw"], median(cpu), number)
    return out


def _ceiling(head: str, ratio: Figure, raw: list[float], cpu: float, number: int) -> list[Figure]:
    """What is left when server and generation share the cores that raw COPY fills alone."""
    cores = os.cpu_count() or number
    # A lane and its server process keep less than one core busy when COPY is all they do, and
    # all cores that there are when they generate too.
    bounds = [min(1.0, cores * s / (number * s + cpu)) for s in raw]
    ceiling = figure(
        f"{head}: ceiling", "ratio", bounds, ratio_to="raw COPY",
        note=f"raw / (raw + generation and encoding CPU), {cores} cores",
    )  # fmt: skip
    shares = [r / b for r, b in zip(ratio.pairs, bounds, strict=True)]
    return [
        ceiling,
        figure(
            f"{head}: of the ceiling", "ratio", shares, ratio_to="the ceiling",
            target=_WITHIN, better="higher",
        ),
    ]  # fmt: skip
