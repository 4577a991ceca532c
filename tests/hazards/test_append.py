"""A batch joins the rows that are there: all of it, or nothing, and nothing that collides."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import psycopg
import pytest
import yaml

from tests.e2e.tool import REFERENCE, called, hospital, start
from tests.hazards.filling import Hazard, counts, hazards, seeder
from tests.helpers.dump import pg_dump
from tests.helpers.servers import Databases, query, run_sql

PEOPLE = """
CREATE TABLE sex (code text PRIMARY KEY, label text NOT NULL);
INSERT INTO sex VALUES ('F', 'female'), ('M', 'male');
CREATE TABLE patient (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  mrn varchar(12) NOT NULL UNIQUE,
  email text NOT NULL,
  sex text NOT NULL REFERENCES sex (code),
  mother integer REFERENCES patient (id),
  born date NOT NULL,
  badge smallint NOT NULL UNIQUE
);
CREATE UNIQUE INDEX patient_email ON patient (lower(email));
CREATE TABLE visit (
  patient integer NOT NULL REFERENCES patient (id),
  line integer NOT NULL,
  at timestamptz NOT NULL,
  first_of text,
  PRIMARY KEY (patient, line)
);
CREATE TABLE note (id bigserial PRIMARY KEY, patient integer, line integer, words text NOT NULL,
  FOREIGN KEY (patient, line) REFERENCES visit (patient, line));
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'the trigger fired'; END $$;
CREATE TRIGGER stamped BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION stamp();
"""


def proven(folder: Path, url: str) -> dict[str, int]:
    """Rows by table, after every proof."""
    seeder(folder, "verify", "--dsn", url)
    return counts(url)


@pytest.mark.parametrize("name", hazards())
def test_two_batches(name: str, embedded_database: Databases, tmp_path: Path) -> None:
    """Every hazard takes a batch more, with every key alive, and is as it was."""
    url = Hazard(name).made(embedded_database)
    before = pg_dump(url)
    when = [] if name == "checks" else ["--reference-date", REFERENCE]
    seeder(tmp_path, "load", "--dsn", url, "--rows", "3000", "--workers", "1", *when)
    first = counts(url)
    seeder(tmp_path, "load", "--dsn", url, "--append", "--rows", "1500")
    second = proven(tmp_path, url)
    assert sum(second.values()) > sum(first.values())
    assert all(second[table] >= first[table] for table in first)
    assert pg_dump(url) == before


def test_after_rows_of_others(embedded_database: Databases, tmp_path: Path) -> None:
    """Identities above those of others, and unique texts that nobody has, whoever wrote them."""
    url = embedded_database(PEOPLE)
    made = ("load", "--dsn", url, "--rows", "900", "--reference-date", REFERENCE)
    seeder(tmp_path, *made)
    kept = query(url, "SELECT md5(array_agg(p ORDER BY id)::text) FROM patient p")
    # What the next batch would have: the values of a load of more rows.
    ahead = embedded_database(PEOPLE)
    other = tmp_path / "ahead"
    other.mkdir()
    seeder(other, "load", "--dsn", ahead, "--rows", "2700", "--reference-date", REFERENCE)
    ((n,),) = query(url, "SELECT count(*) FROM patient")
    ((mrn, email),) = query(
        ahead, f"SELECT mrn, upper(email) FROM patient ORDER BY id OFFSET {n} LIMIT 1"
    )
    run_sql(
        url,
        "INSERT INTO patient OVERRIDING SYSTEM VALUE VALUES "
        f"(2000000, '{mrn}', '{email}', 'F', NULL, '1990-01-01', 20000)",
    )
    answer = called(tmp_path, "load", "--dsn", url, "--append", "--rows", "900")
    assert answer.code == 0, answer.err
    rows = proven(tmp_path, url)
    assert rows["public.sex"] == 2
    assert rows["public.patient"] > int(str(n)) + 1
    ours = f"SELECT md5(array_agg(p ORDER BY id)::text) FROM patient p WHERE id <= {n}"
    assert query(url, ours) == kept
    ((low, badge),) = query(url, "SELECT min(id), min(badge) FROM patient WHERE id > 2000000")
    assert (low, badge) == (2000001, 20001)
    # The next one that the application inserts has a number of its own.
    run_sql(
        url,
        "INSERT INTO patient (mrn, email, sex, born, badge)"
        " VALUES ('x', 'x@example.org', 'M', '2000-01-01', -1)",
    )


def test_batches_differ_and_can_be_repeated(embedded_database: Databases, tmp_path: Path) -> None:
    """New rows in each batch; the same ones wherever the same batches are loaded."""
    sums = []
    for place in ("a", "b"):
        folder = tmp_path / place
        folder.mkdir()
        url = embedded_database(PEOPLE)
        seeder(folder, "load", "--dsn", url, "--rows", "900", "--reference-date", REFERENCE)
        for _ in range(2):
            seeder(folder, "load", "--dsn", url, "--append", "--rows", "600")
        sums.append(query(url, "SELECT md5(array_agg(p ORDER BY id)::text) FROM patient p"))
        repeated = query(url, "SELECT count(*) - count(DISTINCT (born, email)) FROM patient")
        assert repeated == [(0,)]
    assert sums[0] == sums[1]


def test_capacity_that_batches_share(embedded_database: Databases, tmp_path: Path) -> None:
    """A smallint holds 32,767 badges: a batch gets what is left, then one is refused."""
    url = embedded_database(PEOPLE)
    table = ("--table", "patient=32000")
    when = ("--reference-date", REFERENCE)
    seeder(tmp_path, "load", "--dsn", url, "--rows", "40k", *table, *when)
    plan = ("plan", "--dsn", url, "--append", "--rows", "40k", "--format", "json", *when)
    made = json.loads(seeder(tmp_path, *plan).out)
    assert made["tables"]["public.patient"]["rows"] == 767
    seeder(tmp_path, "load", "--dsn", url, "--append")
    answer = called(tmp_path, *plan, "--table", "patient=100")
    assert answer.code in (2, 3)
    assert "badge" in answer.out + answer.err


def test_refused(embedded_database: Databases, tmp_path: Path) -> None:
    url = embedded_database(PEOPLE)
    nothing = called(tmp_path, "load", "--dsn", url, "--append", "--rows", "900")
    assert nothing.code == 2
    assert "nothing to append to" in nothing.err
    seeder(tmp_path, "load", "--dsn", url, "--rows", "900", "--reference-date", REFERENCE)
    other = called(tmp_path, "plan", "--dsn", url, "--append", "--rows", "900", "--seed", "9")
    assert other.code == 2
    assert "seed 0" in other.err
    both = called(tmp_path, "load", "--dsn", url, "--append", "--truncate", "--yes")
    assert both.code == 2
    seeder(tmp_path, "plan", "--dsn", url, "--append", "--rows", "900")
    assert called(tmp_path, "load", "--dsn", url).code == 2  # its plan is one of a batch
    run_sql(
        url,
        "INSERT INTO patient (mrn, email, sex, born, badge)"
        " VALUES ('x', 'x@example.org', 'M', '2000-01-01', 32000)",
    )
    before = counts(url)
    stale = called(tmp_path, "load", "--dsn", url, "--append")
    assert stale.code == 4
    assert "rows came to the tables" in stale.err
    assert counts(url) == before


def test_a_batch_is_checked_and_its_plan_keeps_edits(
    embedded_database: Databases, tmp_path: Path
) -> None:
    url = embedded_database(PEOPLE)
    seeder(tmp_path, "load", "--dsn", url, "--rows", "900", "--reference-date", REFERENCE)
    plan = tmp_path / "seeder-plan.yaml"
    text = plan.read_text(encoding="utf-8")
    made = yaml.safe_load(text)
    made["tables"]["public.visit"]["columns"]["first_of"] = {"generator": "contact.url"}
    plan.write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")
    seeder(tmp_path, "plan", "--dsn", url, "--append", "--rows", "600")
    again = yaml.safe_load(plan.read_text(encoding="utf-8"))
    assert again["tables"]["public.visit"]["columns"]["first_of"] == {"generator": "contact.url"}
    answer = seeder(tmp_path, "check", "--dsn", url)
    assert "ready to load" in answer.err
    assert called(tmp_path, "check", "--dsn", url, "--truncate").code == 2
    run_sql(
        url,
        "INSERT INTO patient (mrn, email, sex, born, badge)"
        " VALUES ('x', 'x@example.org', 'M', '2000-01-01', 32000)",
    )
    stale = called(tmp_path, "check", "--dsn", url)
    assert stale.code == 4
    assert "rows came to the tables" in stale.out


def test_rows_asked_for_where_none_fit(embedded_database: Databases, tmp_path: Path) -> None:
    """Rows of parents that stay may be there already: left alone, or an error where the user wants
    them."""
    sides = ", ".join(f"'{side}'" for side in "abcdefgh")
    url = embedded_database(
        "CREATE TABLE patient (id integer PRIMARY KEY, name text);"
        "CREATE TABLE ward (id integer PRIMARY KEY, name text);"
        "CREATE TABLE bed (ward integer NOT NULL REFERENCES ward, side text NOT NULL"
        f" CHECK (side IN ({sides})), PRIMARY KEY (ward, side));"
    )
    table = ("--table", "ward=3", "--table", "bed=12")
    when = ("--reference-date", REFERENCE)
    seeder(tmp_path, "load", "--dsn", url, "--rows", "90", *table, *when)
    (tmp_path / "seeder-plan.yaml").unlink()
    adding = ("load", "--dsn", url, "--append", "--rows", "90", *when)
    (tmp_path / "seeder.yaml").write_text("tables: {public.bed: {role: generate, rows: 12}}\n")
    answer = called(tmp_path, *adding)
    assert answer.code == 2
    assert "public.bed: bed_pkey (ward, side): " in answer.err
    assert "take no more" in answer.err
    (tmp_path / "seeder.yaml").unlink()
    seeder(tmp_path, *adding)
    assert proven(tmp_path, url)["public.bed"] == 12


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_struck(blow: signal.Signals, embedded_database: Databases, tmp_path: Path) -> None:
    """Interrupted or killed: not one row of the batch is there, and it can come again."""
    url = hospital(embedded_database())
    seeder(tmp_path, "load", "--dsn", url, "--rows", "5k", "--reference-date", REFERENCE)
    before, rows = pg_dump(url, leave_out=()), counts(url)
    process = start(tmp_path, "load", "--dsn", url, "--append", "--rows", "400k")
    _until_copying(url)
    process.send_signal(blow)
    said, _ = process.communicate(timeout=60)
    if blow == signal.SIGINT:
        assert process.returncode == 1, said
        assert "Traceback" not in said
        assert "ignored" not in said
        assert "no row of this batch" in said
    _until_alone(url)
    assert counts(url) == rows
    assert pg_dump(url, leave_out=()) == before
    assert query(url, "SELECT count(*) FROM seeder.run") == [(1,)]
    seeder(tmp_path, "load", "--dsn", url, "--append", "--rows", "2k")
    assert sum(proven(tmp_path, url).values()) > sum(rows.values())


_COPYING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND {}"
)


def _until_copying(url: str) -> None:
    _until(url, _COPYING.format("application_name LIKE 'seeder run %' AND query LIKE 'COPY%'"), 1)


def _until_alone(url: str) -> None:
    _until(url, _COPYING.format("application_name LIKE 'seeder%'"), 0)


def _until(url: str, statement: str, wanted: int) -> None:
    deadline = time.monotonic() + 60
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(statement).fetchone() != (wanted,):
            assert time.monotonic() < deadline
            time.sleep(0.02)
