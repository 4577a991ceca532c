"""What cannot be filled is said when planning, with a way out, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.tool import REFERENCE, called
from tests.hazards.filling import skip_without
from tests.helpers.servers import Databases, query

# Statements, what the plan says, and what helps. All forbid a load.
ERRORS = {
    "circles that may not touch": (
        "CREATE TABLE t (id integer, c circle, EXCLUDE USING gist (c WITH &&))",
        "is not understood",
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
        """CREATE FUNCTION fine(text) RETURNS boolean LANGUAGE sql AS 'SELECT length(md5($1)) = 32';
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


def test_more_stretches_than_days(embedded_database: Databases, tmp_path: Path) -> None:
    url = embedded_database(
        "CREATE TABLE t (d daterange NOT NULL, EXCLUDE USING gist (d WITH &&));"
        "CREATE TABLE u (id integer PRIMARY KEY)"
    )
    answer = called(tmp_path, "plan", "--dsn", url, "--rows", "90000")
    assert answer.code == 0
    assert "reduced to 36,500 rows" in " ".join((answer.out + answer.err).split())
    answer = called(tmp_path, "plan", "--dsn", url, "--rows", "90000", "--table", "public.t=40000")
    assert "and there are 36,500" in " ".join((answer.out + answer.err).split())
    assert called(tmp_path, "load", "--dsn", url).code == 3


def test_parents_without_partitions(embedded_database: Databases, tmp_path: Path) -> None:
    """They and what needs them stay empty, which is said; the rest is filled."""
    url = embedded_database(
        "CREATE TABLE t (id integer PRIMARY KEY) PARTITION BY RANGE (id);"
        "CREATE TABLE child (id integer PRIMARY KEY, t_id integer NOT NULL REFERENCES t);"
        "CREATE TABLE loose (id integer PRIMARY KEY, t_id integer REFERENCES t)"
    )
    answer = called(tmp_path, "plan", "--dsn", url, "--rows", "500")
    said = " ".join((answer.out + answer.err).split())
    assert "warning public.t: it has no partitions: it stays empty" in said
    assert "warning public.child: it needs a row of public.t" in said
    assert called(tmp_path, "load", "--dsn", url).code == 0
    assert query(url, "SELECT count(*), count(t_id) FROM loose") == [(500, 0)]
    answer = called(tmp_path, "plan", "--dsn", url, "--rows", "500", "--table", "public.t=5")
    assert "error public.t: it has no partitions" in " ".join((answer.out + answer.err).split())


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
