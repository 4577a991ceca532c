"""Killed, interrupted, locked out: whatever happens, every index and key comes back."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.e2e.tool import hospital, seeder, start
from tests.helpers.dump import pg_dump
from tests.helpers.servers import Databases, query, run_sql

_PATIENCE = 60.0
_LOADING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'seeder run %' AND query LIKE 'COPY%'
"""


@dataclass(frozen=True)
class Struck:
    """A hospital with a plan for it, and what pg_dump said before."""

    url: str
    folder: Path
    before: str

    @property
    def rows(self) -> int:
        """Rows of the tables that are filled first, and last."""
        tables = query(
            self.url,
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname IN ('hospital', 'billing') AND c.relkind = 'r'",
        )
        every = " UNION ALL ".join(f"(SELECT 1 FROM {name} LIMIT 1)" for (name,) in tables)
        return len(query(self.url, every))

    @property
    def missing(self) -> int:
        """Objects in the journal that are not back."""
        ((there,),) = query(self.url, "SELECT to_regclass('seeder.ddl') IS NOT NULL")
        if not there:
            return 0
        ((count,),) = query(self.url, "SELECT count(*) FROM seeder.ddl WHERE NOT restored")
        assert isinstance(count, int)
        return count

    def as_before(self) -> None:
        assert self.rows == 0
        assert self.missing == 0
        assert pg_dump(self.url) == self.before
        running = "SELECT count(*) FROM seeder.run WHERE status = 'running'"
        assert query(self.url, running) == [(0,)]


def prepared(make: Databases, folder: Path, rows: str) -> Struck:
    url = hospital(make())
    before = pg_dump(url)
    answer = seeder(folder, "plan", "--dsn", url, "--rows", rows, "--reference-date", "2025-06-30")
    assert answer.code == 0, answer.err
    return Struck(url, folder, before)


@pytest.fixture
def struck(embedded_database: Databases, tmp_path: Path) -> Struck:
    return prepared(embedded_database, tmp_path, "250k")


def until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for something that happens during a load."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        if process.poll() is not None:
            output = process.stdout.read() if process.stdout else ""
            pytest.fail(f"the load ended too early ({process.returncode}): {output}")
        assert time.monotonic() < deadline, "the load did not come so far"
        time.sleep(0.02)


def copying(struck: Struck) -> bool:
    return bool(query(struck.url, _LOADING)[0][0])


def rebuilding(struck: Struck) -> bool:
    """Some objects are back, and others are not."""
    ((there,),) = query(struck.url, "SELECT to_regclass('seeder.ddl') IS NOT NULL")
    if not there:
        return False
    done = query(struck.url, "SELECT DISTINCT restored FROM seeder.ddl")
    return len(done) == 2


def workers(pid: int) -> list[int]:
    """The processes that hold a session of the load: neither the coordinator nor what forks."""
    tree = [pid]
    for each in tree:
        tree += map(int, Path(f"/proc/{each}/task/{each}/children").read_text().split())
    names = {each: Path(f"/proc/{each}/cmdline").read_bytes() for each in tree}
    parents = {int(Path(f"/proc/{each}/stat").read_text().split()[3]) for each in tree}
    return [e for e in tree[1:] if e not in parents and b"resource_tracker" not in names[e]]


@contextmanager
def loading(struck: Struck, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = start(struck.folder, "load", "--dsn", struck.url, *options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=60)


@pytest.mark.parametrize("when", [copying, rebuilding])
def test_killed_and_restored(struck: Struck, when: Callable[[Struck], bool]) -> None:
    """kill -9 of the coordinator; until `restore` nothing else is allowed."""
    with loading(struck) as process:
        until(lambda: when(struck), process)
        process.kill()
        process.wait(timeout=30)
    assert struck.missing
    for command in ("load", "plan"):
        answer = seeder(struck.folder, command, "--dsn", struck.url)
        assert answer.code == 4, (command, answer.err)
        assert "seeder restore" in answer.err
    answer = seeder(struck.folder, "restore", "--dsn", struck.url)
    assert answer.code == 0, answer.err
    struck.as_before()
    answer = seeder(struck.folder, "restore", "--dsn", struck.url)
    assert answer.code == 0
    assert "nothing to restore" in answer.err


def test_a_load_after_a_kill_and_a_restore(embedded_database: Databases, tmp_path: Path) -> None:
    struck = prepared(embedded_database, tmp_path, "60k")
    with loading(struck) as process:
        until(lambda: struck.missing > 0, process)
        process.kill()
        process.wait(timeout=30)
    assert seeder(struck.folder, "restore", "--dsn", struck.url).code == 0
    assert seeder(struck.folder, "load", "--dsn", struck.url).code == 0
    assert seeder(struck.folder, "verify", "--dsn", struck.url).code == 0
    assert pg_dump(struck.url) == struck.before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(struck: Struck, number: signal.Signals) -> None:
    """Ctrl-C goes to the whole group: exit 1, tables empty, keys back."""
    with loading(struck) as process:
        until(lambda: copying(struck), process)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 1, said
    assert "interrupted" in said
    assert "Traceback" not in said
    struck.as_before()


def test_interrupted_during_rebuild_and_struck_again(struck: Struck) -> None:
    with loading(struck) as process:
        until(lambda: rebuilding(struck), process)
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.1)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 1, said
    assert "Traceback" not in said
    struck.as_before()


def test_a_worker_is_killed(struck: Struck) -> None:
    with loading(struck) as process:
        until(lambda: copying(struck), process)
        os.kill(workers(process.pid)[0], signal.SIGKILL)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 1, said
    assert "a worker process ended unexpectedly" in said
    struck.as_before()


def test_the_server_ends_the_workers_sessions(struck: Struck) -> None:
    with loading(struck) as process:
        until(lambda: copying(struck), process)
        query(
            struck.url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name LIKE 'seeder run %'",
        )
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 1, said
    assert "Traceback" not in said
    struck.as_before()


@pytest.mark.slow  # the lock's timeout, twice
def test_a_lock_names_who_holds_it(embedded_database: Databases, tmp_path: Path) -> None:
    """Before anything is dropped or while dropping: the blocking session is listed, all is back."""
    struck = prepared(embedded_database, tmp_path, "100k")
    with psycopg.connect(struck.url, application_name="a long report") as other:
        other.execute("SELECT 1 FROM hospital.encounter LIMIT 1")
        pid = other.info.backend_pid
        answer = seeder(struck.folder, "load", "--dsn", struck.url)
        assert answer.code == 1, answer.err
        assert re.search(rf"session {pid}: user postgres, application a long report", answer.err)
        assert "Traceback" not in answer.err
    if struck.missing:
        assert "seeder restore" in answer.err
        assert seeder(struck.folder, "restore", "--dsn", struck.url).code == 0
    struck.as_before()


def test_rows_that_the_database_refuses(embedded_database: Databases, tmp_path: Path) -> None:
    """A function that no plan can look into: the error names it, and everything is as before."""
    url = embedded_database(
        "CREATE FUNCTION no(text) RETURNS boolean LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'not on my watch'; END $$;"
        "CREATE TABLE patient (id bigint PRIMARY KEY, last_name text NOT NULL);"
        "ALTER TABLE patient ADD CHECK (no(last_name));"
        "CREATE INDEX ON patient (last_name);"
    )
    before = pg_dump(url)
    answer = seeder(tmp_path, "load", "--rows", "500", "--dsn", url)
    assert answer.code == 3
    assert "not on my watch" in answer.err
    answer = seeder(tmp_path, "load", "--rows", "500", "--dsn", url, "--no-preflight")
    assert answer.code == 1
    assert "not on my watch" in answer.err
    assert "Traceback" not in answer.err
    assert pg_dump(url) == before
    assert query(url, "SELECT 1 FROM patient") == []


def test_a_restore_after_somebody_helped(struck: Struck) -> None:
    """An index that was made again by hand is left alone."""
    with loading(struck) as process:
        until(lambda: copying(struck), process)
        process.kill()
        process.wait(timeout=30)
    rows = query(
        struck.url,
        "SELECT create_sql[1] FROM seeder.ddl WHERE kind = 'index' AND NOT restored LIMIT 1",
    )
    deadline = time.monotonic() + 20
    while query(struck.url, _LOADING)[0][0] and time.monotonic() < deadline:
        time.sleep(0.05)
    run_sql(struck.url, str(rows[0][0]))
    answer = seeder(struck.folder, "restore", "--dsn", struck.url)
    assert answer.code == 0, answer.err
    struck.as_before()


def test_a_running_load_is_not_restored_away(struck: Struck) -> None:
    """Who meets a load that is going on and tries `restore` neither ends nor empties it."""
    with loading(struck) as process:
        until(lambda: copying(struck), process)
        os.kill(process.pid, signal.SIGSTOP)  # it holds its run, and cannot come to its end
        refused = seeder(struck.folder, "plan", "--dsn", struck.url, "-o", "other.yaml")
        answer = seeder(struck.folder, "restore", "--dsn", struck.url)
        os.kill(process.pid, signal.SIGCONT)
        said, _ = process.communicate(timeout=120)
    assert (refused.code, "going on" in refused.err) == (4, True), refused.err
    assert (answer.code, "still going on" in answer.err) == (4, True), answer.err
    assert process.returncode == 0, said
    assert query(struck.url, "SELECT DISTINCT status FROM seeder.run") == [("done",)]
    assert seeder(struck.folder, "verify", "--dsn", struck.url).code == 0
