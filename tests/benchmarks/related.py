"""Seven related tables: a load without configuration against what people write today."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec

import psycopg

from seeder.adapter import Adapter
from seeder.load.events import LoadOptions
from seeder.load.run import load
from seeder.plan.model import Plan
from tests.benchmarks.bench import Bench, drop_objects, empty, plan_for, timed
from tests.benchmarks.figure import Figure, faster, figure, rate
from tests.benchmarks.hospital import WORKERS
from tests.benchmarks.related_tables import DDL, TABLES, faker_rows, insert

_ROWS = 1_700_000
_SAMPLE = 60_000  # rows that the script with Faker makes
_SLOW_PAIRS = 3
_TARGETS = {"faker": 10.0, "insert": 4.0, "keys": 3.6, "bare": 0.9}
_WORDS = {
    "faker": "Faker in every field, copy.write_row, keys live",
    "insert": "INSERT ... SELECT generate_series, keys live",
    "keys": "COPY of the same bytes, keys live",
    "bare": "COPY of the same bytes into bare tables, then keys",
}
_WRONG = """
SELECT count(*) FROM observation o JOIN encounter e ON e.id = o.encounter_id
WHERE o.patient_id <> e.patient_id
"""


def related(bench: Bench) -> list[Figure]:
    """Indexes and keys stand in the end on every side; no side is vacuumed. The others' scripts
    have one connection, as they have in life; a load has two workers, its default."""
    with bench.database(DDL) as url:
        plan, adapter = plan_for(url, bench.rows(_ROWS))
        counts = {t: plan.tables[f"public.{t}"].rows for t in TABLES}
        load(plan, url, adapter, LoadOptions(WORKERS, vacuum=False))
        with psycopg.connect(url) as connection:
            wrong = connection.execute(_WRONG).fetchall()[0][0]
            copied = {t: _copy_out(connection, t) for t in TABLES}
        script = _Script(url, adapter, plan, copied)
        sample = _scaled(counts, bench.rows(_SAMPLE))

        def fresh(work: Callable[[], object]) -> Callable[[], float]:
            def side() -> float:
                empty(url, adapter, plan)
                bench.checkpoint()
                return timed(work)()

            return side

        ours = fresh(lambda: load(plan, url, adapter, LoadOptions(WORKERS, vacuum=False)))
        sides = {
            "ours": ours,
            "insert": fresh(lambda: script.insert(counts)),
            "keys": fresh(script.copy),
        }
        if find_spec("faker") is not None:
            sides["faker"] = fresh(lambda: script.write_rows(sample))
        bench.say(f"related: {plan.rows:,} rows; Faker's script makes {sum(sample.values()):,}")
        seconds = bench.turns(sides, pairs=_SLOW_PAIRS)
        near = bench.turns({"ours": ours, "bare": script.bare(bench)}, warm=True)
    return _figures(plan, seconds, near, sum(sample.values()), wrong)


def _figures(
    plan: Plan,
    seconds: Mapping[str, list[float]],
    near: Mapping[str, list[float]],
    sampled: int,
    wrong: int,
) -> list[Figure]:
    scale = plan.rows / sampled
    theirs = {name: list(taken) for name, taken in seconds.items() if name != "ours"}
    if "faker" in theirs:
        theirs["faker"] = [s * scale for s in theirs["faker"]]
    out = [
        figure(
            "related: observations of another patient than their encounter's", "rows", [wrong],
            target=0, better="lower",
        ),
        rate("related: ours", plan.rows, near["ours"], f"{WORKERS} workers, keys rebuilt"),
    ]  # fmt: skip
    for name in (*sorted(theirs), "bare"):
        ours, other = (near["ours"], near["bare"]) if name == "bare" else (
            seconds["ours"], theirs[name],
        )  # fmt: skip
        note = f"measured on {sampled:,} rows and scaled" if name == "faker" else ""
        out += [
            faster(f"related: against {name}", ours, other, _WORDS[name], _TARGETS[name], note),
            rate(f"related: {name}", plan.rows, other),
        ]
    return out


def _scaled(counts: Mapping[str, int], rows: int) -> dict[str, int]:
    """The same proportions in fewer rows."""
    total = sum(counts.values())
    return {t: max(1, n * rows // total) for t, n in counts.items()}


def _copy_out(connection: psycopg.Connection[tuple[object, ...]], table: str) -> list[bytes]:
    with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode()) as copy:
        rows = b"".join(bytes(chunk) for chunk in copy)
    return [rows[i : i + (1 << 20)] for i in range(0, len(rows), 1 << 20)]


class _Script:
    """The other side: one connection, one transaction, tables in the order of their keys."""

    def __init__(
        self, url: str, adapter: Adapter, plan: Plan, copied: Mapping[str, list[bytes]]
    ) -> None:
        self._url, self._adapter, self._plan, self._copied = url, adapter, plan, copied

    def write_rows(self, counts: Mapping[str, int]) -> None:
        rows = faker_rows(counts)
        with psycopg.connect(self._url) as connection:
            for table in TABLES:
                with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                    for row in rows[table]:
                        copy.write_row(row)

    def insert(self, counts: Mapping[str, int]) -> None:
        with psycopg.connect(self._url) as connection:
            for table in TABLES:
                connection.execute(insert(table, counts).encode())

    def copy(self) -> None:
        with psycopg.connect(self._url) as connection:
            for table in TABLES:
                order = f"COPY {table} FROM STDIN (FORMAT binary)".encode()
                with connection.cursor().copy(order) as copy:
                    for chunk in self._copied[table]:
                        copy.write(chunk)

    def bare(self, bench: Bench) -> Callable[[], float]:
        """A side: the tables are made bare before the clock starts."""

        def side() -> float:
            empty(self._url, self._adapter, self._plan)
            objects = drop_objects(self._url, self._adapter, self._plan)
            bench.checkpoint()
            began = time.monotonic()
            self.copy()
            with psycopg.connect(self._url, autocommit=True) as connection:
                connection.execute("SET maintenance_work_mem = '256MB'")
                for item in reversed(objects):
                    for statement in item.create:
                        connection.execute(statement.encode())
            return time.monotonic() - began

        return side
