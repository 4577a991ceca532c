"""Servers and databases for tests: the embedded one, and the one that the system has installed."""

from __future__ import annotations

import itertools
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from seeder import embedded

_SETTINGS = "-c listen_addresses='' -c shared_buffers=128MB -c max_wal_size=2GB"
_numbers = itertools.count(1)


def system_binaries() -> Path | None:
    """The programs of the newest PostgreSQL server that the system's packages installed."""
    found = [
        path.parent
        for pattern in ("lib/postgresql/*/bin/postgres", "pgsql-*/bin/postgres")
        for path in Path("/usr").glob(pattern)
    ]
    return max(found, key=version_of_folder, default=None)


def version_of_folder(folder: Path) -> int:
    """The major version that a folder such as /usr/lib/postgresql/15/bin is named after."""
    match = re.search(r"(\d+)/bin$", str(folder))
    return int(match[1]) if match else 0


@contextmanager
def short_folder(prefix: str) -> Iterator[Path]:
    """A temporary folder with a path short enough for a Unix socket, which every user may enter."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def embedded_server() -> Iterator[str]:
    """The URL of an embedded server of its own."""
    with short_folder("seeder-e-") as folder:
        try:
            yield embedded.start(folder)
        finally:
            embedded.remove(folder)


@contextmanager
def system_server(programs: Path, standby: str = "") -> Iterator[str]:
    """The URL of a fresh server of the system's programs; as root it runs as user postgres.

    ``standby``: after this script, a read replica whose primary is gone.
    """
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None

    def run(program: str, *arguments: str) -> None:
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(programs / program), "-D", str(data), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=() if user else None,
                check=False,
            )
            output.seek(0)
            assert done.returncode == 0, output.read()

    with short_folder("seeder-s-") as folder:
        data = folder / "data"
        data.mkdir(mode=0o700)
        if user:
            os.chown(data, user.pw_uid, user.pw_gid)
        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        start = ("start", "-w", "-l", f"{data}/log", "-o", f"-k {data} {_SETTINGS}")
        url = f"postgresql://postgres@/postgres?host={data}"
        run("pg_ctl", *start)
        if standby:
            run_sql(url, standby)
            run("pg_ctl", "stop", "-w", "-m", "fast")
            (data / "standby.signal").touch()
            run("pg_ctl", *start)
        try:
            yield url
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")


def on_database(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path="/" + name))


class Databases:
    """Makes empty databases on one server, and drops them all in the end."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._made: list[str] = []

    def __call__(self, ddl: str = "") -> str:
        """The URL of a new database, in which ``ddl`` has been run."""
        name = f"seeder_test_{os.getpid()}_{next(_numbers)}"
        self._admin("CREATE DATABASE {}", name)
        self._made.append(name)
        url = on_database(self.server, name)
        if ddl:
            run_sql(url, ddl)
        return url

    def drop(self) -> None:
        """Drop what was made, whoever is still connected."""
        while self._made:
            self._admin("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._made.pop())

    def _admin(self, statement: str, name: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def run_sql(url: str, script: str) -> None:
    """Run a script of statements in one transaction."""
    with psycopg.connect(url) as connection:
        connection.execute(script.encode())


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    """The rows of one query."""
    with psycopg.connect(url) as connection:
        return connection.execute(statement.encode()).fetchall()
