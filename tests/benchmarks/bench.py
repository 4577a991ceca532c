"""What every benchmark needs: a server, fresh databases, turns, and how much to do."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from rich.console import Console

from seeder.adapter import Adapter, Object, find_adapter
from seeder.plan.findings import refuse_errors
from seeder.plan.model import Options, Plan
from seeder.plan.overrides import Overrides
from seeder.plan.planner import make_plan
from seeder.schema import Name
from tests.helpers.servers import Databases, short_folder

REFERENCE = dt.date(2026, 1, 1)


@dataclass(frozen=True)
class Bench:
    """One run of the benchmarks; ``folder`` is for files, ``quick`` sets pairs and rows."""

    server: str
    folder: Path
    console: Console
    quick: bool = False
    full: bool = False

    @property
    def pairs(self) -> int:
        return 3 if self.quick else 7

    def rows(self, usual: int) -> int:
        """``usual`` rows, or a quarter of them in quick mode."""
        return usual // 4 if self.quick else usual

    def say(self, text: str) -> None:
        self.console.print(f"[dim]{text}[/]", highlight=False)

    @contextmanager
    def database(self, ddl: str = "") -> Iterator[str]:
        """A new database, dropped afterwards."""
        databases = Databases(self.server)
        try:
            yield databases(ddl)
        finally:
            databases.drop()

    def checkpoint(self) -> None:
        """Let no measurement pay for the pages that the one before it made dirty."""
        execute(self.server, "CHECKPOINT")

    def turns(
        self, sides: Mapping[str, Callable[[], float]], pairs: int | None = None, warm: bool = False
    ) -> dict[str, list[float]]:
        """Run the sides in turns, A B A B ..., with a CHECKPOINT before each.

        A side returns the seconds that count. ``warm`` adds a first round that does not count.
        """
        seconds: dict[str, list[float]] = {name: [] for name in sides}
        for number in range(-1 if warm else 0, pairs or self.pairs):
            for name, side in sides.items():
                self.checkpoint()
                took = side()
                if number >= 0:
                    seconds[name].append(took)
            if number >= 0:
                self.say("   ".join(f"{n} {s[-1]:.2f} s" for n, s in seconds.items()))
        return seconds


@contextmanager
def opened(dsn: str | None, console: Console, *, quick: bool, full: bool) -> Iterator[Bench]:
    """A Bench on the server of ``dsn``, or on an embedded one that goes away afterwards."""
    from seeder import embedded

    with short_folder("seeder-b-") as folder:
        own = folder / "server"
        server = dsn or embedded.start(own)
        try:
            if dsn is None:
                # Ours alone: no autovacuum may fall into one side of a pair.
                execute(server, "ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()")
            yield Bench(server, folder, console, quick, full)
        finally:
            if dsn is None:
                embedded.remove(own)


def execute(url: str, *statements: str) -> None:
    """Run statements, each in a transaction of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def plan_for(
    url: str,
    rows: int,
    tables: Mapping[str, int] | None = None,
    overrides: Overrides | None = None,
) -> tuple[Plan, Adapter]:
    """Reflect and plan, as ``seeder plan`` does."""
    adapter = find_adapter(url)
    connection = adapter.connect(url)
    try:
        schema = adapter.reflect(connection)
        facts = adapter.facts(connection, schema)
    finally:
        connection.close()
    options = Options(
        rows=rows, reference_date=REFERENCE, tables=dict(tables or {}),
        overrides=overrides or Overrides(),
    )  # fmt: skip
    plan = make_plan(schema, options, facts=facts)
    refuse_errors(plan)
    return plan, adapter


def drop_objects(url: str, adapter: Adapter, plan: Plan) -> list[Object]:
    """Take all indexes and keys of the plan's tables away; returns them in that order."""
    connection = adapter.connect(url)
    rank = {"foreign": 0, "index": 1, "exclusion": 1, "unique": 2, "primary": 3}
    try:
        names = sorted(plan.database.by_name)
        found = [o for o in adapter.objects(connection, names) if not o.kept]
        found.sort(key=lambda o: rank[o.kind])
        for item in found:
            for statement in item.drop:
                connection.execute(statement)
    finally:
        connection.close()
    return found


def empty(url: str, adapter: Adapter, plan: Plan) -> None:
    """Truncate the plan's tables."""
    connection = adapter.connect(url)
    try:
        adapter.truncate(connection, [plan.database[Name.parse(n)] for n in plan.generated])
    finally:
        connection.close()


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """The work as a side of ``Bench.turns``: it returns the seconds that it took."""

    def side() -> float:
        began = time.monotonic()
        work()
        return time.monotonic() - began

    return side
