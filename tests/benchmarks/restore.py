"""The job that users do today: ``pg_restore`` of a dump of the very same database."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg

import seeder_hospital
from seeder.adapter import Adapter
from seeder.load import run as loading
from seeder.load.events import Event, LoadOptions
from seeder.load.run import load
from seeder.load.tasks import Task, build_tasks
from seeder.plan.model import Plan
from tests.benchmarks.bench import Bench, empty, execute, plan_for, timed
from tests.benchmarks.figure import Figure, faster, figure, rate
from tests.benchmarks.hospital import ROWS, WORKERS
from tests.helpers.dump import programs_for

_TARGET_DATA, _TARGET_WHOLE = 1.4, 1.2
_KINDS = {"uncompressed": "none", "compressed": "gzip"}


def restore(bench: Bench) -> list[Figure]:
    """Two sessions on both sides, with the same settings; empty tables on both sides.

    pg_restore's tables are made before the clock starts. No side is vacuumed: pg_restore leaves
    that to others.
    """
    with bench.database() as url, bench.database() as target:
        seeder_hospital.migrate(url)
        plan, adapter = plan_for(url, bench.rows(ROWS))
        load(plan, url, adapter, LoadOptions(WORKERS, vacuum=False))
        job = _Restore(bench, target, programs_for(url), _pgoptions(adapter))
        sizes = {kind: job.dump(url, kind, method) for kind, method in _KINDS.items()}
        bench.say(f"restore: {plan.rows:,} rows; data phases, then whole jobs")

        def whole() -> float:
            empty(url, adapter, plan)
            bench.checkpoint()
            return timed(lambda: load(plan, url, adapter, LoadOptions(WORKERS, vacuum=False)))()

        def data() -> float:
            empty(url, adapter, plan)
            bench.checkpoint()
            return _data_phase(plan, url, adapter)

        sides: dict[str, Callable[[], float]] = {"seeder data": data}
        sides |= {f"{kind} data": job.side(kind, "data") for kind in _KINDS}
        sides["seeder"] = whole
        sides |= {kind: job.side(kind, "data", "post-data") for kind in _KINDS}
        seconds = bench.turns(sides)
    out = [
        rate("restore: seeder, data phase", plan.rows, seconds["seeder data"]),
        rate("restore: seeder, whole job", plan.rows, seconds["seeder"]),
    ]
    for kind in _KINDS:
        to = f"pg_restore --jobs={WORKERS}, {kind} dump"
        ours, theirs = seconds["seeder data"], seconds[f"{kind} data"]
        out += [
            faster(f"restore: data phase, {kind}", ours, theirs, to, _TARGET_DATA),
            faster(
                f"restore: whole job, {kind}", seconds["seeder"], seconds[kind], to, _TARGET_WHOLE
            ),
            rate(f"restore: pg_restore data phase, {kind}", plan.rows, theirs),
            rate(f"restore: pg_restore whole job, {kind}", plan.rows, seconds[kind]),
            figure(f"restore: size of the dump, {kind}", "MB", [sizes[kind] / 1e6]),
        ]
    return out


def _data_phase(plan: Plan, url: str, adapter: Adapter) -> float:
    """Seconds from the start of the workers to the end of the last COPY.

    Rebuilding must wait for all of it here, as it does between sections of pg_restore; a load
    lets the two overlap.
    """
    marks: dict[str, float] = {}

    def on_event(event: Event) -> None:
        if event.kind == "start" or event.phase == "copy":
            marks[event.phase] = time.monotonic()

    def copies_first(*arguments: Any) -> list[Task]:
        tasks = build_tasks(*arguments)
        copies = frozenset(t.number for t in tasks if t.kind == "copy")
        return [
            t if t.kind == "copy" else dataclasses.replace(t, needs=t.needs | copies) for t in tasks
        ]

    with mock.patch.object(loading, "build_tasks", copies_first):
        load(plan, url, adapter, LoadOptions(WORKERS, vacuum=False), on_event)
    return marks["copy"] - marks["load"]


def _pgoptions(adapter: Adapter) -> str:
    """The session settings of our workers, as libpq's environment takes them."""
    settings = adapter.worker_settings(0, WORKERS)
    ours = {k: v for k, v in settings.items() if k != "application_name"}
    return " ".join(
        f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in ours.items()
    )


class _Restore:
    """pg_restore into one target database, whose tables are made again before each run."""

    def __init__(self, bench: Bench, target: str, programs: Path, options: str) -> None:
        self._bench, self._target, self._programs = bench, target, programs
        self._environment = {**os.environ, "PGOPTIONS": options}

    def dump(self, url: str, kind: str, method: str) -> int:
        """Dump to a folder; returns its size. The sample hospital only: no journal, no ledger."""
        folder = self._folder(kind)
        shutil.rmtree(folder, ignore_errors=True)
        compress = f"--compress={method}" if _version(url) >= 16 else _old_compress(method)
        self._call(
            "pg_dump", "--format=directory", f"--jobs={WORKERS}", compress,
            "--exclude-schema=seeder", f"--file={folder}", url,
        )  # fmt: skip
        return sum(f.stat().st_size for f in folder.iterdir())

    def side(self, kind: str, *sections: str) -> Callable[[], float]:
        """A side that restores ``sections`` into tables that are there and empty."""

        def run() -> float:
            self._empty(kind)
            self._bench.checkpoint()
            began = time.monotonic()
            self._restore(kind, *sections)
            return time.monotonic() - began

        return run

    def _empty(self, kind: str) -> None:
        with psycopg.connect(self._target) as connection:
            found = connection.execute(
                "SELECT quote_ident(nspname) FROM pg_namespace"
                " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
            ).fetchall()
        statements = [f"DROP SCHEMA {name} CASCADE" for (name,) in found]
        execute(self._target, *statements, "CREATE SCHEMA public")
        self._restore(kind, "pre-data")

    def _restore(self, kind: str, *sections: str) -> None:
        self._call(
            "pg_restore", "--exit-on-error", "--no-owner", f"--jobs={WORKERS}",
            *(f"--section={s}" for s in sections), f"--dbname={self._target}",
            str(self._folder(kind)),
        )  # fmt: skip

    def _folder(self, kind: str) -> Path:
        return self._bench.folder / f"dump-{kind}"

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def _version(url: str) -> int:
    with psycopg.connect(url) as connection:
        return connection.info.server_version // 10000


def _old_compress(method: str) -> str:
    return "--compress=0" if method == "none" else "--compress=6"
