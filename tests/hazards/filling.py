"""A hazard: a schema of our own making, filled through the command line and examined."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.e2e.tool import REFERENCE, Answer, called
from tests.helpers.dump import pg_dump
from tests.helpers.servers import Databases, query

_FOLDER = Path(__file__).parent / "sql"
_NEEDS = re.compile(r"^-- needs: (.+)$", re.MULTILINE)

# What pg_dump does not show, and what a validated key proves by itself.
_INVALID = """
SELECT indexrelid::regclass::text FROM pg_index WHERE NOT (indisvalid AND indisready AND indislive)
UNION ALL
SELECT conname FROM pg_constraint WHERE NOT convalidated AND conname <> ALL (%s)
"""
_TABLES = """
SELECT n.nspname, c.relname, c.relkind = 'r'
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'seeder')
ORDER BY 1, 2
"""
_LOOSE = """
SELECT array_agg(conname::text) FROM pg_constraint WHERE NOT convalidated
"""


@dataclass(frozen=True)
class Hazard:
    """A script of statements, and what it needs: a version, extensions."""

    name: str

    @property
    def script(self) -> str:
        return (_FOLDER / f"{self.name}.sql").read_text(encoding="utf-8")

    def made(self, make: Databases) -> str:
        """The URL of a database with the hazard's tables; skips what a server cannot have."""
        found = _NEEDS.search(self.script)
        extensions = []
        for need in found[1].split() if found else ():
            if need.isdigit():
                skip_before(make.server, int(need), self.name)
            else:
                skip_without(make.server, need)
                extensions.append(need)
        created = "".join(f"CREATE EXTENSION {e};\n" for e in extensions)
        return make(created + self.script)


def hazards() -> list[str]:
    """The names of all scripts."""
    return sorted(path.stem for path in _FOLDER.glob("*.sql"))


def skip_before(url: str, major: int, what: str) -> None:
    with psycopg.connect(url) as connection:
        if connection.info.server_version < major * 10000:
            pytest.skip(f"{what}: only from PostgreSQL {major} on")


def skip_without(url: str, extension: str) -> None:
    known = query(url, f"SELECT 1 FROM pg_available_extensions WHERE name = '{extension}'")
    if not known:
        pytest.skip(f"extension {extension} is not on this server")


def reads_xml(url: str) -> bool:
    """Whether the server was built with libxml."""
    try:
        query(url, "SELECT '<a/>'::xml")
    except psycopg.errors.FeatureNotSupported:
        return False
    return True


@dataclass(frozen=True)
class Filled:
    """What a load left: rows by table, columns that tell nothing and why, the plan's words."""

    url: str
    rows: dict[str, int]
    barren: dict[str, str]
    planned: Answer


def fill(url: str, folder: Path, rows: int, today: bool = False) -> Filled:
    """Plan, load and verify without configuration; asserts what no load may ever break.

    ``today``: as of the clock, for CHECKs that compare with it.
    """
    before = pg_dump(url)
    ((loose,),) = query(url, _LOOSE)
    when = [] if today else ["--reference-date", REFERENCE]
    planned = seeder(folder, "plan", "--dsn", url, "--rows", str(rows), *when)
    seeder(folder, "load", "--dsn", url, "--workers", "1")
    proven = json.loads(seeder(folder, "verify", "--dsn", url, "--format", "json").out)
    assert pg_dump(url) == before
    with psycopg.connect(url) as connection:
        assert connection.execute(_INVALID, (loose or [],)).fetchall() == []
    found = {
        f"{p['table']}.{p['subject']}": p["detail"]
        for p in proven["proofs"]
        if p["kind"] == "varied" and p["detail"]
    }
    return Filled(url, counts(url), found, planned)


def counts(url: str) -> dict[str, int]:
    """Rows of every table by ``namespace.table``."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(_TABLES).fetchall()
        return {
            f"{namespace}.{table}": connection.execute(
                sql.SQL("SELECT count(*) FROM {} {}").format(
                    sql.SQL("ONLY" if only else ""), sql.Identifier(namespace, table)
                )
            ).fetchall()[0][0]
            for namespace, table, only in tables
        }


def seeder(folder: Path, *arguments: str) -> Answer:
    """A command that must succeed."""
    answer = called(folder, *arguments)
    assert answer.code == 0, f"seeder {arguments[0]}: {answer.err}{answer.out}"
    return answer
