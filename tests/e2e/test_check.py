"""`seeder check`, and the preflight of `seeder load`: rows on trial, found out and rolled back."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.e2e.tool import REFERENCE, Answer, called, hospital
from tests.helpers.dump import pg_dump
from tests.helpers.schemas import wide_schema
from tests.helpers.servers import (
    Databases,
    query,
    run_sql,
    system_server,
)

CLINIC = """
CREATE TABLE patient (id serial PRIMARY KEY, name text NOT NULL, code text NOT NULL UNIQUE);
CREATE TABLE visit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  patient_id integer NOT NULL REFERENCES patient, at timestamptz NOT NULL, v numeric(6,2)
);
CREATE TABLE bill (id serial PRIMARY KEY, visit_id bigint NOT NULL REFERENCES visit, a integer);
"""
# What a rolled-back trial must leave alone.
_STATE = """
SELECT c.relname, pg_sequence_last_value(c.oid)::text FROM pg_class c WHERE c.relkind = 'S'
UNION ALL SELECT tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'seeder', (to_regnamespace('seeder') IS NOT NULL)::text ORDER BY 1, 2
"""


def check(folder: Path, url: str, *more: str) -> Answer:
    return called(
        folder, "check", "--dsn", url, "--rows", "2000", "--reference-date", REFERENCE, *more
    )


def found(folder: Path, url: str, *more: str) -> tuple[int, dict[str, Any]]:
    answer = check(folder, url, "--format", "json", *more)
    assert answer.out, answer.err
    data: dict[str, Any] = json.loads(answer.out)
    return answer.code, data


def codes(data: dict[str, Any], severity: str = "error") -> list[tuple[str, str]]:
    return [(f["code"], f["place"]) for f in data["findings"] if f["severity"] == severity]


def test_the_sample_hospital_is_ready(fresh_database: Databases, tmp_path: Path) -> None:
    """Rows of all 42 tables go in with everything alive; nothing is left of them."""
    url = hospital(fresh_database())
    before, dump = query(url, _STATE), pg_dump(url)
    assert called(tmp_path, "plan", "--dsn", url, "--rows", "50000").code == 0
    began = time.monotonic()
    answer = called(tmp_path, "check", "--format", "json")
    assert time.monotonic() - began < 5  # 0.6 s on two cores that other tests share
    assert answer.code == 0, answer.err
    data = json.loads(answer.out)
    assert data["passed"]
    assert len(data["tried"]) == 42
    assert min(data["tried"].values()) > 0
    assert query(url, _STATE) == before
    assert pg_dump(url) == dump
    assert query(url, "SELECT count(*) FROM hospital.encounter") == [(0,)]
    assert "ready to load" in called(tmp_path, "check").err


# What is added to the clinic; the table or column found, what is said, and the values shown.
BROKEN = {
    "a sum that nobody read": (
        "ALTER TABLE bill ADD b integer, ADD c integer, ADD CONSTRAINT adds CHECK (c = a + b)",
        ("public.bill", "CHECK adds", r"c=-?\d+, a=-?\d+, b=-?\d+"),
    ),
    "a domain of two patterns": (
        """CREATE DOMAIN zip AS text CHECK (VALUE ~ '^[0-9]{5}$');
        CREATE DOMAIN local_zip AS zip CHECK (VALUE ~ '1$');
        ALTER TABLE patient ADD z local_zip NOT NULL""",
        ("public.patient.z", "CHECK local_zip", "z="),
    ),
    "a function that says no to some": (
        """CREATE FUNCTION even(integer) RETURNS boolean LANGUAGE sql AS 'SELECT $1 % 2 = 0';
        ALTER TABLE visit ADD n integer NOT NULL CONSTRAINT is_even CHECK (even(n))""",
        ("public.visit.n", "CHECK is_even", r"n=-?\d+"),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_check_that_was_not_read_is_tried(
    name: str, fresh_database: Databases, tmp_path: Path
) -> None:
    script, (place, says, values) = BROKEN[name]
    url = fresh_database(CLINIC + script)
    before = query(url, _STATE)
    code, data = found(tmp_path, url)
    assert code == 3
    assert codes(data) == [("refused-row", place)]
    (error,) = [f for f in data["findings"] if f["severity"] == "error"]
    assert says in error["message"]
    assert re.search(values, error["message"])
    assert "set the generator" in error["hint"]
    assert query(url, _STATE) == before
    # The load says so before it touches anything; and does what it is told to.
    answer = called(tmp_path, "load", "--dsn", url, "--rows", "2000")
    assert answer.code == 3
    assert says in answer.err
    assert "--no-preflight" in answer.err
    assert query(url, _STATE) == before
    answer = called(tmp_path, "load", "--dsn", url, "--rows", "2000", "--no-preflight")
    assert answer.code == 1, answer.err


def test_a_check_that_was_not_read_and_holds(fresh_database: Databases, tmp_path: Path) -> None:
    url = fresh_database(
        CLINIC + "CREATE FUNCTION fine(text) RETURNS boolean LANGUAGE sql AS "
        "'SELECT length(md5($1)) = 32';"
        "ALTER TABLE patient ADD CONSTRAINT asked CHECK (fine(name))"
    )
    code, data = found(tmp_path, url)
    assert code == 0
    (told,) = [f for f in data["findings"] if f["code"] == "check-not-read"]
    assert told["severity"] == "info"
    rows = data["tried"]["public.patient"]
    assert "CHECK asked is not understood: " in told["message"]
    assert told["message"].endswith(f"held in all {rows} sample rows")


def test_every_refusal_is_found_alone(fresh_database: Databases, tmp_path: Path) -> None:
    """Two tables refuse rows for three reasons; rows that only lack their parents are no news."""
    url = fresh_database(
        CLINIC + "ALTER TABLE patient ADD n integer NOT NULL, ADD m integer NOT NULL;"
        "CREATE FUNCTION odd(integer) RETURNS boolean LANGUAGE sql AS 'SELECT $1 % 2 <> 0';"
        "ALTER TABLE patient ADD CONSTRAINT n_odd CHECK (odd(n));"
        "ALTER TABLE patient ADD CONSTRAINT m_odd CHECK (odd(m));"
        "ALTER TABLE bill ADD CONSTRAINT never CHECK (odd(id) AND odd(id + 1))"
    )
    code, data = found(tmp_path, url, "--sample", "40")
    assert code == 3
    assert set(codes(data)) == {
        ("refused-row", "public.patient.n"),
        ("refused-row", "public.patient.m"),
        ("refused-row", "public.bill.id"),
    }
    assert data["tried"]["public.patient"] > 0
    assert data["tried"]["public.visit"] > 0


def test_circles_that_are_not_deferrable(fresh_database: Databases, tmp_path: Path) -> None:
    """All NOT NULL and checked at once: one statement for all their rows."""
    url = fresh_database(
        """CREATE TABLE a (id integer PRIMARY KEY, b_id integer NOT NULL, "it's" text[],
             t timestamptz NOT NULL, j jsonb, y bytea, n numeric(5,1), z uuid, w boolean);
        CREATE TABLE b (id integer PRIMARY KEY, a_id integer NOT NULL REFERENCES a,
             CONSTRAINT b_even CHECK (id % 1 = 0));
        ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;
        CREATE TABLE boss (id integer PRIMARY KEY, boss_id integer NOT NULL REFERENCES boss)"""
    )
    code, data = found(tmp_path, url)
    assert code == 0, data
    assert min(data["tried"].values()) > 0
    run_sql(url, "ALTER TABLE b ADD v integer NOT NULL CONSTRAINT no CHECK (v * v < 0)")
    code, data = found(tmp_path, url)
    assert code == 3
    assert codes(data) == [("refused-row", "public.b.v")]
    assert data["tried"]["public.boss"] > 0


def test_all_that_is_missing_at_once(embedded_database: Databases, tmp_path: Path) -> None:
    """Rights with their GRANTs, rows in the way, and drift: none hides the others."""
    url = embedded_database(CLINIC)
    role = f"looker_{urlsplit(url).path[1:]}"
    run_sql(
        url,
        f"CREATE ROLE {role} LOGIN; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {role}",
    )
    theirs = url.replace("//postgres", f"//{role}", 1)
    try:
        assert called(tmp_path, "plan", "--dsn", url, "--rows", "2000").code == 0
        run_sql(url, "ALTER TABLE bill ADD more text; INSERT INTO patient VALUES (1, 'x', 'y')")
        answer = called(tmp_path, "check", "--dsn", theirs)
        assert answer.code == 3
        assert "changed: public.bill (columns: new more)" in answer.out
        assert "hold rows already: public.patient" in answer.out
        tables = "public.bill, public.patient, public.visit"
        assert f"GRANT TRUNCATE ON {tables} TO {role}" in answer.out
        assert "preflight:" not in answer.out
        answer = called(tmp_path, "plan", "--update", "--dsn", url)
        assert answer.code == 0, answer.err
        assert called(tmp_path, "check", "--dsn", theirs).code == 1
        assert called(tmp_path, "check", "--dsn", url).code == 4
        assert called(tmp_path, "check", "--dsn", url, "--truncate").code == 0
        assert query(url, "SELECT id FROM patient") == [(1,)]
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP OWNED BY {role}".encode())
            connection.execute(f"DROP ROLE {role}".encode())


def test_kept_parents_that_are_gone(embedded_database: Databases, tmp_path: Path) -> None:
    """The snapshot still names them; the database does not know them any more."""
    url = embedded_database(
        """CREATE TABLE country_codes (code text PRIMARY KEY, name text NOT NULL);
        INSERT INTO country_codes VALUES ('DE', 'Germany'), ('FR', 'France');
        CREATE TABLE patient (id serial PRIMARY KEY,
          country_code text NOT NULL REFERENCES country_codes)"""
    )
    assert called(tmp_path, "plan", "--dsn", url, "--rows", "500").code == 0
    assert called(tmp_path, "check").code == 0
    run_sql(url, "DELETE FROM country_codes WHERE code = 'FR'")
    answer = called(tmp_path, "load")
    assert answer.code == 3
    assert "country_code=FR" in answer.err
    assert "seeder plan --update" in answer.err


def test_a_trigger_that_may_reach_out(fresh_database: Databases, tmp_path: Path) -> None:
    """Off like in the load; where it stays on, it is fired only when asked."""
    url = fresh_database(
        CLINIC
        + """CREATE TABLE log (id bigserial PRIMARY KEY, what text NOT NULL);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN INSERT INTO log (what) VALUES (NEW.name); RETURN NEW; END $$;
        CREATE TRIGGER noted BEFORE INSERT ON patient FOR EACH ROW EXECUTE FUNCTION note();
        CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'bills are closed'; END $$;
        CREATE TRIGGER stopped AFTER INSERT ON bill FOR EACH ROW EXECUTE FUNCTION stop();"""
    )
    before = query(url, _STATE)
    code, data = found(tmp_path, url)
    assert (code, codes(data)) == (0, [])
    assert query(url, _STATE) == before
    code, data = found(tmp_path, url, "--triggers", "on")
    assert code == 0  # the bills' parents were not tried
    assert ("not-tried", "public.patient") in codes(data, "info")
    assert data["tried"]["public.log"] > 0
    assert query(url, _STATE) == before
    code, data = found(tmp_path, url, "--triggers", "on", "--preflight")
    assert code == 3
    # The log's own rows meet those that the trigger wrote.
    assert set(codes(data)) == {("refused-row", "public.bill"), ("refused-row", "public.log.id")}
    assert "bills are closed" in str(data["findings"])
    assert query(url, "SELECT last_value > 1 FROM log_id_seq") == [(True,)]  # it was asked for


def test_many_tables(embedded_database: Databases, tmp_path: Path) -> None:
    url = embedded_database(wide_schema(200, 400))
    answer = check(tmp_path, url, "--format", "json")
    assert answer.code == 0, answer.err
    assert len(json.loads(answer.out)["tried"]) == 200


@pytest.mark.server15
def test_a_read_replica(system_programs: Path, tmp_path: Path) -> None:
    with system_server(system_programs, standby=CLINIC) as url:
        assert called(tmp_path, "plan", "--dsn", url, "--rows", "500").code == 0
        for command in (["load"], ["check"], ["load", "--truncate", "--yes"]):
            answer = called(tmp_path, *command)
            assert answer.code == 4
            assert "read replica" in answer.out + answer.err
            assert "connect to the primary" in answer.out + answer.err


def test_a_role_that_only_reads(embedded_database: Databases, tmp_path: Path) -> None:
    url = embedded_database(CLINIC)
    name = urlsplit(url).path[1:]
    run_sql(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    answer = called(tmp_path, "load", "--dsn", url, "--rows", "500")
    assert answer.code == 4
    assert "default_transaction_read_only" in answer.err


def test_bad_calls(embedded_database: Databases, tmp_path: Path) -> None:
    url = embedded_database(CLINIC)
    assert called(tmp_path, "check").code == 2
    assert called(tmp_path, "check", "nowhere.yaml").code == 3
    assert check(tmp_path, url, "--sample", "0").code == 2
    assert check(tmp_path, url, "--no-preflight").code == 0
    assert list(tmp_path.iterdir()) == []
