"""Servers and databases for all tests, and a closing list of what was skipped."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.helpers.servers import Databases, embedded_server, system_binaries, system_server

# A shared machine is slow now and then: a deadline would find that and nothing else.
settings.register_profile("seeder", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("seeder")


@pytest.fixture(scope="session")
def embedded_url() -> Iterator[str]:
    """The URL of an embedded PostgreSQL 18 of this run."""
    with embedded_server() as url:
        yield url


@pytest.fixture(scope="session")
def system_programs() -> Path:
    """The folder of the system's own PostgreSQL; a bare machine may have none."""
    programs = system_binaries()
    if programs is None:
        pytest.skip("no PostgreSQL server of the system (Debian: apt-get install postgresql)")
    return programs


@pytest.fixture(scope="session")
def debian_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a server of the system's packages (SEEDER_TEST_DSN names a running one)."""
    if given := os.environ.get("SEEDER_TEST_DSN"):
        yield given
        return
    with system_server(request.getfixturevalue("system_programs")) as url:
        yield url


@pytest.fixture(
    scope="session", params=["embedded", pytest.param("system", marks=pytest.mark.server15)]
)
def server_url(request: pytest.FixtureRequest) -> str:
    """The URL of each server in turn."""
    fixture = {"embedded": "embedded_url", "system": "debian_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
def fresh_database(server_url: str) -> Iterator[Databases]:
    """``fresh_database(ddl) -> URL`` of a new database, on each server in turn."""
    yield from _databases(server_url)


@pytest.fixture
def embedded_database(embedded_url: str) -> Iterator[Databases]:
    """The same on the embedded server alone."""
    yield from _databases(embedded_url)


def _databases(server: str) -> Iterator[Databases]:
    databases = Databases(server)
    try:
        yield databases
    finally:
        databases.drop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped and why, so that a green run cannot hide it."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    terminalreporter.section(f"skipped: {reasons.total()}")
    for reason, number in sorted(reasons.items()):
        terminalreporter.line(f"{number:5}  {reason}")
