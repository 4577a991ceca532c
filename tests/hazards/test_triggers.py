"""Triggers are off while rows come in, and come back in their own state whatever happens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seeder.adapter import find_adapter
from seeder.schema import Name
from tests.e2e.tool import called
from tests.hazards.filling import Hazard
from tests.helpers.dump import pg_dump
from tests.helpers.servers import Databases, query, run_sql

_STATES = "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal"


def _struck(url: str) -> None:
    """What a load leaves that is killed when everything is dropped and nothing loaded."""
    adapter = find_adapter(url)
    connection = adapter.connect(url)
    schema = adapter.reflect(connection)
    names = [t.name for t in schema if t.kind != "partition"]
    objects = [o for o in adapter.objects(connection, names) if not o.kept]
    adapter.journal.create_if_missing(connection)
    run = adapter.journal.open_run(connection, "", "", {str(n): [0, 1] for n in names})
    adapter.journal.save_objects(connection, run, objects, schema)
    for item in sorted(objects, key=lambda o: o.kind not in ("trigger", "foreign")):
        for statement in item.drop:
            connection.execute(statement)
    connection.close()


def test_restored_after_a_kill(fresh_database: Databases, tmp_path: Path) -> None:
    """The states O, D, R and A of each trigger, those of partitions included."""
    url = Hazard("triggers").made(fresh_database)
    before, dump = sorted(query(url, _STATES)), pg_dump(url)
    adapter = find_adapter(url)
    connection = adapter.connect(url)
    fingerprint = adapter.reflect(connection).fingerprint
    _struck(url)
    assert {state for _, _, state in query(url, _STATES)} == {"D", "R", "O"}  # O: on update
    assert adapter.reflect(connection).fingerprint == fingerprint
    assert called(tmp_path, "plan", "--dsn", url).code == 4
    answer = called(tmp_path, "restore", "--dsn", url)
    assert answer.code == 0, answer.err
    assert sorted(query(url, _STATES)) == before
    assert pg_dump(url) == dump
    assert adapter.journal.unfinished(connection) == ()
    connection.close()


def test_what_will_not_fire_is_left_alone(embedded_database: Databases) -> None:
    url = Hazard("triggers").made(embedded_database)
    adapter = find_adapter(url)
    connection = adapter.connect(url)
    found = {
        o.name: o.create[0].split(" TRIGGER")[0].rsplit(" ", 1)[1]
        for o in adapter.objects(connection, [Name("public", "account"), Name("public", "tally")])
        if o.kind == "trigger"
    }
    connection.close()
    assert found == {
        "account_history": "ENABLE",
        "account_stamp": "ENABLE",
        'Tally "always"': "ALWAYS",
        "tally_later": "ENABLE",
        "tally_rows": "ENABLE",
        "tally_statement": "ENABLE",
        "tally_truncate": "ENABLE",
    }


def test_children_of_a_redirecting_parent(fresh_database: Databases, tmp_path: Path) -> None:
    """By default they share what the parent would get, each by its CHECK, and the parent is empty;
    the rows asked for of the parent are theirs."""
    url = Hazard("inherited").made(fresh_database)
    plan = ("plan", "--dsn", url, "--rows", "6000")
    answer = called(tmp_path, *plan, "--table", "public.reading=1000", "--format", "json")
    assert answer.code == 0, answer.err
    data = json.loads(answer.out)
    told = {f["place"]: f["message"] for f in data["findings"] if f["code"] == "redirected"}
    assert set(told) == {"public.reading", "public.note"}
    assert "3 tables that inherit" in told["public.reading"]
    tables = data["tables"]
    assert [tables[f"public.reading_{n}"]["rows"] for n in (1, 2, 3)] == [333, 333, 334]
    assert tables["public.reading"]["role"] == "empty"
    assert tables["public.vessel"]["role"] == "generate"
    notes = [tables[f"public.note_{year}"]["rows"] for year in (2023, 2024)]
    assert abs(notes[0] - notes[1]) <= 1
    assert sum(notes) < tables["public.voyage"]["rows"]
    assert called(tmp_path, "load").code == 0
    # The parent's key, which the server does not ask of its children, holds all the same.
    assert query(url, "SELECT count(*) FROM reading JOIN subject s ON s.id = subject") == [(1000,)]
    assert query(url, "SELECT count(*) FROM ONLY reading") == [(0,)]
    assert query(url, "SELECT count(*) FROM reading") == [(1000,)]
    assert called(tmp_path, "verify").code == 0


def test_triggers_off(fresh_database: Databases, tmp_path: Path) -> None:
    """The parent is a table like any other."""
    url = Hazard("inherited").made(fresh_database)
    answer = called(tmp_path, "load", "--dsn", url, "--rows", "3000", "--triggers", "off")
    assert answer.code == 0, answer.err
    ((own,),) = query(url, "SELECT count(*) FROM ONLY reading")
    assert isinstance(own, int)
    assert own > 0
    assert called(tmp_path, "verify").code == 0


_STAMPED = """
CREATE TABLE account (id integer PRIMARY KEY, name text NOT NULL, touched timestamptz, v integer);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW.v := -7; RETURN NEW; END $$;
CREATE TRIGGER stamped BEFORE INSERT ON account FOR EACH ROW EXECUTE FUNCTION stamp();
"""


def test_triggers_on(fresh_database: Databases, tmp_path: Path) -> None:
    """They fire, and stay as they were; a plan says what they do."""
    url = fresh_database(_STAMPED)
    before, dump = query(url, _STATES), pg_dump(url)
    answer = called(tmp_path, "plan", "--dsn", url, "--rows", "300", "--triggers", "on")
    assert answer.code == 0
    assert "stamped (fills columns): fires for the rows" in answer.out
    assert "left on, as --triggers on asks" in answer.out
    assert called(tmp_path, "load").code == 0
    assert query(url, "SELECT DISTINCT v FROM account") == [(-7,)]
    assert (query(url, _STATES), pg_dump(url)) == (before, dump)
    answer = called(tmp_path, "load", "--triggers", "off")
    assert answer.code == 2
    assert "belong to planning" in answer.err


def test_a_trigger_that_swallows_rows(embedded_database: Databases, tmp_path: Path) -> None:
    """On, it would leave a load short of rows: the preflight counts them."""
    url = embedded_database(
        """CREATE TABLE t (id integer PRIMARY KEY, v text NOT NULL);
        CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN IF NEW.id % 2 = 0 THEN RETURN NULL; END IF; RETURN NEW; END $$;
        CREATE TRIGGER odd BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION odd()"""
    )
    answer = called(tmp_path, "check", "--dsn", url, "--rows", "500", "--triggers", "on")
    assert "odd (keeps rows out of the table): fires" in answer.out
    assert "sample rows did not arrive" in answer.out
    answer = called(tmp_path, "load", "--dsn", url, "--rows", "500")
    assert answer.code == 0, answer.err
    assert query(url, "SELECT count(*) FROM t") == [(500,)]


@pytest.mark.parametrize(
    ("body", "does"),
    [
        ("BEGIN NEW.a := 1; RETURN NEW; END", ("fills",)),
        ('BEGIN NEW."a b" = 1; -- INSERT INTO\n RETURN NEW; END', ("fills",)),
        ("BEGIN SELECT 1 INTO NEW.a; RETURN NEW; END", ("fills",)),
        ("BEGIN RAISE EXCEPTION 'no'; END", ("rejects",)),
        ("BEGIN RAISE 'no'; END", ("rejects",)),
        ("BEGIN RAISE NOTICE 'so'; RETURN NEW; END", ()),
        ("BEGIN RETURN NULL; END", ("redirects",)),
        ("BEGIN INSERT INTO t2 VALUES (NEW.*); RETURN NULL; END", ("writes", "redirects")),
        ("BEGIN PERFORM pg_notify('c', ''); RETURN NEW; END", ("writes",)),
        ("BEGIN EXECUTE 'x'; RETURN NEW; END", ("writes",)),
        ("BEGIN /* delete */ RETURN NEW; END", ()),
    ],
)
def test_what_a_trigger_does(
    body: str, does: tuple[str, ...], embedded_database: Databases
) -> None:
    url = embedded_database(
        'CREATE TABLE t (a integer, "a b" integer); CREATE TABLE t2 (a integer)'
    )
    run_sql(
        url,
        f"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $${body}$$;"
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
    )
    adapter = find_adapter(url)
    connection = adapter.connect(url)
    (trigger,) = adapter.reflect(connection)[Name("public", "t")].triggers
    connection.close()
    assert trigger.does == does
