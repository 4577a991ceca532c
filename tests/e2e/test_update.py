"""`seeder plan --update`: the schema has changed, the plan's options and the user's edits stay."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from seeder_hospital import migrate
from tests.e2e.tool import REFERENCE, called
from tests.helpers.servers import Databases, query, run_sql

PLAN = "seeder-plan.yaml"


def edit(folder: Path, table: str, **columns: object) -> None:
    """Change the generators of columns, or with ``rows`` the number of rows."""
    path = folder / PLAN
    data = yaml.safe_load(path.read_text())
    rows = columns.pop("rows", None)
    if rows:
        data["tables"][table]["rows"] = rows
    data["tables"][table]["columns"].update(columns)
    path.write_text(yaml.safe_dump(data, sort_keys=False))


def test_the_hospitals_second_migration(embedded_database: Databases, tmp_path: Path) -> None:
    url = embedded_database()
    migrate(url, "0001")
    assert (
        called(
            tmp_path, "plan", "--dsn", url, "--rows", "20000", "--seed", "7",
            "--reference-date", REFERENCE, "--table", "hospital.ward=30",
        ).code
        == 0
    )  # fmt: skip
    edit(
        tmp_path,
        "hospital.patient",
        family_name={"generator": "constant", "params": {"value": "X"}},
    )
    edit(tmp_path, "hospital.bed", rows=77)
    before = (tmp_path / PLAN).read_text()
    migrate(url, "0002")
    answer = called(tmp_path, "load")
    assert answer.code == 3
    for line in (
        "new: hospital.care_team_member",
        "changed: hospital.patient (columns: new needs_interpreter)",
        "changed: hospital.audit_log (partitioning (bounds: new FOR VALUES FROM ('2027-",
        "changed: hospital.appointment (checks: changed appointment_status_check)",
        "seeder plan --update",
    ):
        assert line in answer.err
    answer = called(tmp_path, "plan", "--update", "--dry-run")
    assert answer.code == 0, answer.err
    assert (tmp_path / PLAN).read_text() == before
    answer = called(tmp_path, "plan", "--update")
    assert answer.code == 0, answer.err
    for line in (
        "new: hospital.care_team_member",
        "hospital.patient.needs_interpreter: not planned -> status.flag",
        "edit kept: hospital.patient.family_name",
        "edit kept: hospital.bed: 77 rows",
    ):
        assert line in answer.err
    data = yaml.safe_load((tmp_path / PLAN).read_text())
    assert data["options"]["seed"] == 7
    assert str(data["options"]["reference_date"]) == REFERENCE
    assert data["tables"]["hospital.bed"]["rows"] == 77
    assert data["tables"]["hospital.ward"]["rows"] == 30
    assert sum(t.get("rows", 0) for t in data["tables"].values()) == 20000
    answer = called(tmp_path, "load")
    assert answer.code == 0, answer.err
    assert called(tmp_path, "verify").code == 0
    assert query(url, "SELECT DISTINCT family_name FROM hospital.patient") == [("X",)]
    # Nothing has changed since: the edits are no longer edits to the rows of the options.
    answer = called(tmp_path, "plan", "--update", "--dry-run")
    assert "schema: as it was planned" in answer.err


def test_edits_of_what_is_gone(embedded_database: Databases, tmp_path: Path) -> None:
    url = embedded_database(
        "CREATE TABLE a (id integer PRIMARY KEY, v text NOT NULL, w integer NOT NULL);"
        "CREATE TABLE b (id integer PRIMARY KEY, v text NOT NULL, a_id integer REFERENCES a)"
    )
    assert called(tmp_path, "plan", "--dsn", url, "--rows", "500").code == 0
    edit(tmp_path, "public.a", w={"generator": "constant", "params": {"value": 5}})
    edit(tmp_path, "public.b", rows=100, v={"generator": "constant", "params": {"value": "x"}})
    run_sql(url, "DROP TABLE b; ALTER TABLE a DROP COLUMN w")
    answer = called(tmp_path, "plan", "--update")
    assert answer.code == 0, answer.err
    assert "gone: public.b" in answer.err
    assert "changed: public.a (columns: gone w)" in answer.err
    assert "edit lost: public.a.w" in answer.err
    assert "edit lost: public.b.v" in answer.err
    assert "edit lost: public.b: its rows (100), the table is gone" in answer.err
    assert called(tmp_path, "load").code == 0
    assert query(url, "SELECT count(*) FROM a") == [(500,)]


def test_bad_calls(embedded_database: Databases, tmp_path: Path) -> None:
    url = embedded_database("CREATE TABLE a (id integer PRIMARY KEY, v text NOT NULL)")
    assert called(tmp_path, "plan", "--update", "--dsn", url).code == 3
    assert called(tmp_path, "plan", "--dsn", url, "--rows", "500").code == 0
    answer = called(tmp_path, "plan", "--update", "--rows", "600")
    assert answer.code == 2
    assert "--update keeps the options" in answer.err


def test_with_json(embedded_database: Databases, tmp_path: Path) -> None:
    url = embedded_database("CREATE TABLE a (id integer PRIMARY KEY, v text NOT NULL)")
    assert called(tmp_path, "plan", "--dsn", url, "--rows", "500").code == 0
    run_sql(url, "ALTER TABLE a ADD w integer")
    answer = called(tmp_path, "plan", "--update", "--format", "json")
    assert answer.code == 0
    assert "w" in json.loads(answer.out)["tables"]["public.a"]["columns"]


def test_with_a_file_of_overrides(embedded_database: Databases, tmp_path: Path) -> None:
    """Overrides are those of the file, edits stay, and of rows and seed what has changed counts."""
    url = embedded_database(
        "CREATE TABLE a (id integer PRIMARY KEY, v text NOT NULL, w text NOT NULL, x text NOT NULL)"
    )
    config = tmp_path / "mine.yaml"
    config.write_text("rows: 100\nseed: 3\ncolumns:\n  public.a.v: {values: [old]}\n")
    planned = ("plan", "--dsn", url, "--config", "mine.yaml", "--rows", "700")
    assert called(tmp_path, *planned).code == 0
    edit(tmp_path, "public.a", w={"generator": "constant", "params": {"value": "edited"}})
    config.write_text("rows: 100\nseed: 4\ncolumns:\n  public.a.x: {values: [new]}\n")
    answer = called(tmp_path, "plan", "--update", "--config", "mine.yaml")
    assert answer.code == 0, answer.err
    assert "edit kept: public.a.w" in answer.err
    data = yaml.safe_load((tmp_path / PLAN).read_text())
    assert (data["options"]["rows"], data["options"]["seed"]) == (700, 4)
    assert called(tmp_path, "load").code == 0
    assert query(url, "SELECT DISTINCT w, x FROM a") == [("edited", "new")]
    assert query(url, "SELECT 1 FROM a WHERE v = 'old'") == []
    config.write_text("columns:\n  public.a.y: {values: [new]}\n")
    answer = called(tmp_path, "plan", "--update", "--config", "mine.yaml")
    assert answer.code == 2
    assert "mine.yaml:2" in answer.err
