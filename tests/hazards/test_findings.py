"""What cannot be filled is said when planning, with a way out, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.tool import REFERENCE, called
from tests.hazards.filling import skip_without
from tests.helpers.servers import Databases, query

# Statements, what the plan says, and what helps. All forbid a load.
ERRORS = {
    "partitioned without partitions": (
        "CREATE TABLE t (id integer, at date) PARTITION BY RANGE (at)",
        "it has no partitions",
        "DEFAULT",
    ),
    "circles that may not touch": (
        "CREATE TABLE t (id integer, c circle, EXCLUDE USING gist (c WITH &&))",
        "is not understood",
        "--table public.t=0",
    ),
    "more stretches than days": (
        "CREATE TABLE t (d daterange NOT NULL, EXCLUDE USING gist (d WITH &&))",
        "and there are 36,500",
        "--table public.t=0",
    ),
    "a type that nobody knows, NOT NULL": (
        "CREATE TABLE t (id integer, v pg_lsn NOT NULL)",
        "no generator makes pg_lsn",
        "default",
    ),
    "keys that share a column and have nothing in common": (
        """CREATE TABLE a (x integer, y integer, PRIMARY KEY (x, y));
        CREATE TABLE b (x integer, z integer, PRIMARY KEY (x, z));
        CREATE TABLE t (id integer PRIMARY KEY, x integer NOT NULL, y integer NOT NULL,
         z integer NOT NULL, FOREIGN KEY (x, y) REFERENCES a, FOREIGN KEY (x, z) REFERENCES b)""",
        "share a column",
        "--table public.t=0",
    ),
}

# Statements, and the check that the plan warns of: a load may fail with its name.
WARNINGS = {
    "a sum": (
        "CREATE TABLE t (a integer, b integer, c integer, CONSTRAINT adds CHECK (c = a + b))",
        "adds",
    ),
    "a function": (
        """CREATE FUNCTION fine(text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
        CREATE TABLE t (a text CONSTRAINT asked CHECK (fine(a)))""",
        "asked",
    ),
    "two patterns": (
        """CREATE DOMAIN zip AS text CHECK (VALUE ~ '^[0-9]{5}$');
        CREATE DOMAIN local_zip AS zip CHECK (VALUE ~ '1$');
        CREATE TABLE t (z local_zip)""",
        "local_zip",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str, embedded_database: Databases, tmp_path: Path) -> None:
    script, says, helps = ERRORS[name]
    url = embedded_database(script)
    answer = called(
        tmp_path, "plan", "--dsn", url, "--rows", "90000", "--reference-date", REFERENCE
    )
    said = " ".join((answer.out + answer.err).split())
    assert "error public." in said
    assert says in said
    assert helps in said
    assert called(tmp_path, "load", "--dsn", url).code == 3
    assert query(url, "SELECT 1 FROM pg_namespace WHERE nspname = 'seeder'") == []


@pytest.mark.parametrize("name", WARNINGS)
def test_warnings(name: str, embedded_database: Databases, tmp_path: Path) -> None:
    script, check = WARNINGS[name]
    answer = called(tmp_path, "plan", "--dsn", embedded_database(script), "--rows", "100")
    assert answer.code == 0
    assert check in answer.out + answer.err


def test_more_rows_than_a_unique_column_has_values(
    embedded_database: Databases, tmp_path: Path
) -> None:
    """Reduced to what fits; refused where a number was asked for."""
    url = embedded_database(
        "CREATE TABLE t (code text PRIMARY KEY CHECK (code IN ('a', 'b', 'c')), v text);"
        "CREATE TABLE u (id integer PRIMARY KEY, v text)"
    )
    answer = called(tmp_path, "plan", "--dsn", url, "--rows", "500")
    assert answer.code == 0
    assert "= 3 distinct values" in answer.out + answer.err
    answer = called(tmp_path, "plan", "--dsn", url, "--rows", "500", "--table", "public.t=7")
    assert answer.code == 3
    assert "--table public.t=3" in answer.err


def test_an_exclusion_by_another_operator(fresh_database: Databases, tmp_path: Path) -> None:
    """All rows of a room in one building: met by rooms that occur once."""
    skip_without(fresh_database.server, "btree_gist")
    url = fresh_database(
        "CREATE EXTENSION btree_gist;"
        "CREATE TABLE t (room integer NOT NULL, building integer NOT NULL,"
        " EXCLUDE USING gist (room WITH =, building WITH <>))"
    )
    for command in (("load", "--rows", "300", "--dsn", url), ("verify", "--dsn", url)):
        answer = called(tmp_path, *command)
        assert answer.code == 0, answer.err
