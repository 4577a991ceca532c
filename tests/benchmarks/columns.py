"""Where the time of generating and encoding goes, column by column.

``python -m tests.benchmarks.columns narrow|wide|hospital [--table NAME] [--top N]``. Times are
exclusive: what a column spends on a parent's cells is counted there. Keys, spans and lives are
steps of their own.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any
from unittest import mock

import numpy as np
import rich.box
from rich.console import Console
from rich.table import Table

import seeder_hospital
from seeder.generate.rows import Rows
from seeder.generate.world import Link, World, build
from seeder.load import worker
from seeder.schema import Name
from seeder_postgresql import encode
from seeder_postgresql.pgpq_rows import RowEncoder
from tests.benchmarks import tables
from tests.benchmarks.bench import Bench, opened, plan_for
from tests.benchmarks.hospital import ROWS

_BATCHES = 8  # measured, after one that warms caches

Label = tuple[str, str]  # table and step


class Clock:
    """Exclusive seconds by label."""

    def __init__(self) -> None:
        self.seconds: dict[Label, float] = defaultdict(float)
        self._stack: list[Label] = []
        self._since = time.perf_counter()

    @contextmanager
    def within(self, label: Label) -> Iterator[None]:
        self._switch()
        self._stack.append(label)
        try:
            yield
        finally:
            self._switch()
            self._stack.pop()

    def _switch(self) -> None:
        now = time.perf_counter()
        if self._stack:
            self.seconds[self._stack[-1]] += now - self._since
        self._since = now


def main() -> None:
    """Print a table for each profiled table of the database."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.columns", description=__doc__)
    parser.add_argument("what", choices=["narrow", "wide", "hospital"])
    parser.add_argument("--table", help="only this one, such as hospital.encounter")
    parser.add_argument("--top", type=int, default=20, help="steps of a table that are shown")
    options = parser.parse_args()
    console = Console(width=None if Console().is_terminal else 120)
    with opened(None, console, quick=True, full=False) as bench:
        _report(bench, options.what, options.table, options.top)


def _report(bench: Bench, what: str, only: str | None, top: int) -> None:
    measured = {"narrow": tables.NARROW, "wide": tables.WIDE}.get(what)
    with bench.database(measured.ddl if measured else "") as url:
        if measured is None:
            seeder_hospital.migrate(url)
            plan, adapter = plan_for(url, ROWS)
            names = [Name.parse(n) for n in plan.generated]
        else:
            counts = {measured.table: measured.rows, "public.patient": measured.parents}
            plan, adapter = plan_for(url, measured.rows + measured.parents, counts)
            names = [Name.parse(measured.table)]
        world = build(plan)
        widths = worker.widths(world, adapter)
        found = {}
        for name in names:
            if only in (None, str(name)):
                found[name] = _profile(world, adapter, name, widths[name])
    whole = sum(seconds * plan.tables[str(n)].rows for n, (seconds, _, _) in found.items())
    for name, (seconds, steps, rows) in sorted(
        found.items(), key=lambda item: -item[1][0] * plan.tables[str(item[0])].rows
    ):
        share = seconds * plan.tables[str(name)].rows / whole
        title = (
            f"{name}: {1 / seconds / 1000:,.0f} krow/s, {rows:,} rows a batch, "
            f"{widths[name]:.0f} B a row, {share:.0%} of all CPU"
        )
        _show(bench.console, title, steps, rows, top)


def _profile(
    world: World, adapter: Any, name: Name, width: float
) -> tuple[float, dict[Label, float], int]:
    """Seconds a row, exclusive seconds of each step, and the rows of a batch."""
    step = min(worker.batch_rows(width), world.populations[name].rows)
    rows = world.populations[name].rows
    starts = np.linspace(0, rows - step, _BATCHES + 1).astype(np.int64)

    def batch(start: int) -> None:
        list(worker.encoded(world, adapter, name, start, start + step, step))

    batch(int(starts[0]))
    began = time.perf_counter()
    for start in starts[1:]:
        batch(int(start))
    plain = (time.perf_counter() - began) / _BATCHES / step
    clock = Clock()
    with _instrumented(clock), clock.within((str(name), "(the rest)")):
        for start in starts[1:]:
            batch(int(start))
    return plain, {k: s / _BATCHES for k, s in clock.seconds.items()}, step


@contextmanager
def _instrumented(clock: Clock) -> Iterator[None]:
    """Rows and the encoder report to the clock."""

    def table(rows: Rows) -> str:
        return str(rows.population.name)

    def method(original: Callable[..., Any], label: Callable[..., Label]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            with clock.within(label(*arguments, **named)):
                return original(*arguments, **named)

        return wrapped

    def lazy(name: str, title: str) -> Any:
        found: Any = Rows.__dict__[name]
        made = cached_property(method(found.func, lambda rows: (table(rows), title)))
        made.__set_name__(Rows, name)
        return made

    def cell(rows: Rows, column: str) -> Label:
        maker = rows.population.makers.get(column)
        return table(rows), f"{column} [{maker.plan.generator if maker else 'key'}]"

    def key(rows: Rows, link: Link) -> Label:
        return table(rows), f"key to {link.target}"

    replaced = [
        (Rows, "_evaluate", method(Rows._evaluate, cell)),
        (Rows, "_find", method(Rows._find, key)),
        (Rows, "nulls", method(Rows.nulls, lambda rows, column: (table(rows), "NULLs"))),
        (Rows, "follow", method(Rows.follow, lambda rows, key: (table(rows), "distinct parents"))),
        (Rows, "_located", lazy("_located", "fan-out")),
        (Rows, "span", lazy("span", "span of time")),
        (Rows, "life", lazy("life", "life")),
        (
            encode.BinaryEncoder, "_convert",
            method(encode.BinaryEncoder._convert, lambda _, name, *rest: ("convert", name)),
        ),
        (RowEncoder, "rows", method(RowEncoder.rows, lambda *_: ("pgpq", "all columns"))),
    ]  # fmt: skip
    with ExitStack() as stack:
        for owner, name, value in replaced:
            stack.enter_context(mock.patch.object(owner, name, value))
        yield


def _show(console: Console, title: str, steps: dict[Label, float], rows: int, top: int) -> None:
    table = Table(box=rich.box.SIMPLE, title=title, title_justify="left")
    table.add_column("table")
    table.add_column("step")
    for head in ("ns a row", "share"):
        table.add_column(head, justify="right")
    total = sum(steps.values())
    for (where, step), seconds in sorted(steps.items(), key=lambda s: -s[1])[:top]:
        table.add_row(
            where, step.replace("[", r"\["), f"{seconds / rows * 1e9:.1f}", f"{seconds / total:.1%}"
        )
    console.print(table)


if __name__ == "__main__":
    main()
