"""`seeder show patient` on schemas that it knows nothing of but the plan."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.tool import REFERENCE, called, hospital
from tests.helpers.omop import omop_ddl
from tests.helpers.servers import Databases, query
from tests.helpers.synthea import synthea_ddl

CLINIC = """
CREATE TABLE ward (id serial PRIMARY KEY, ward_name text NOT NULL);
CREATE TABLE person (
  pid bigint PRIMARY KEY, mrn text UNIQUE, last_name text, first_name text,
  birth_date date NOT NULL, sex char(1)
);
CREATE TABLE stay (
  id bigint PRIMARY KEY, pid bigint NOT NULL REFERENCES person,
  ward_id int NOT NULL REFERENCES ward,
  admitted_at timestamp NOT NULL, discharged_at timestamp
);
CREATE TABLE stay_diagnosis (
  id bigint PRIMARY KEY, stay_id bigint NOT NULL REFERENCES stay, icd10_code text NOT NULL,
  description text NOT NULL, diagnosed_at timestamp NOT NULL
);
"""


@pytest.fixture
def loaded(embedded_database: Databases, tmp_path: Path) -> tuple[Path, str]:
    url = embedded_database(CLINIC)
    for arguments in (("plan", "--rows", "3k", "--reference-date", REFERENCE), ("load",)):
        answer = called(tmp_path, *arguments, "--dsn", url)
        assert answer.code == 0, answer.err
    return tmp_path, url


def test_a_patients_rows_in_the_order_of_time(loaded: tuple[Path, str]) -> None:
    folder, url = loaded
    answer = called(folder, "show", "patient", "--dsn", url, "--nth", "5", "--format", "json")
    assert answer.code == 0, answer.err
    story = json.loads(answer.out)
    ((pid, mrn, last),) = query(
        url, "SELECT pid, mrn, last_name FROM person ORDER BY pid OFFSET 4 LIMIT 1"
    )
    assert (story["patient"]["mrn"], story["patient"]["last_name"]) == (mrn, last)
    moments = [e["when"] for e in story["events"]]
    assert moments == sorted(moments)
    ((stays, codes),) = query(
        url,
        f"SELECT count(DISTINCT s.id), count(d.id) FROM stay s LEFT JOIN stay_diagnosis d "
        f"ON d.stay_id = s.id WHERE pid = {pid}",
    )
    shown = [e["table"] for e in story["events"]]
    assert shown.count("public.stay") == min(stays, 50)
    assert shown.count("public.stay_diagnosis") == min(codes, 50)
    # A key into a thing with a name is told by it, and the key itself is not.
    one = next(e for e in story["events"] if e["table"] == "public.stay")
    assert "ward" in one["says"]
    assert "ward_id" not in one["says"]


def test_by_identifier_and_as_text(loaded: tuple[Path, str]) -> None:
    folder, url = loaded
    ((mrn, last),) = query(url, "SELECT mrn, last_name FROM person ORDER BY pid DESC LIMIT 1")
    answer = called(folder, "show", "patient", "--dsn", url, "--id", mrn)
    assert answer.code == 0, answer.err
    assert f"last_name {last}" in answer.out
    assert "icd10_code" in answer.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--id", "nobody"), "has no row 'nobody' by pid, mrn"),
        (("--nth", "999999"), "has no row number 999999"),
        (("--table", "wards"), "there is no table 'wards'"),
    ],
)
def test_what_is_not_there_is_said(
    loaded: tuple[Path, str], arguments: tuple[str, ...], said: str
) -> None:
    folder, url = loaded
    answer = called(folder, "show", "patient", "--dsn", url, *arguments)
    assert answer.code == 2
    assert said in answer.err


def test_a_plan_of_another_database_is_refused(
    loaded: tuple[Path, str], embedded_database: Databases
) -> None:
    folder, _ = loaded
    other = hospital(embedded_database(""))
    answer = called(folder, "show", "patient", "--dsn", other)
    assert answer.code == 3
    assert "not of this database" in answer.err


@pytest.mark.parametrize(
    ("ddl", "patient", "tables"),
    [
        (omop_ddl, "omop.person", {"omop.visit_occurrence", "omop.condition_occurrence"}),
        (synthea_ddl, "synthea.patients", {"synthea.encounters", "synthea.medications"}),
    ],
    ids=["omop", "synthea"],
)
def test_schemas_that_others_wrote(
    ddl: Callable[[], str],
    patient: str,
    tables: set[str],
    embedded_database: Databases,
    tmp_path: Path,
) -> None:
    url = embedded_database(ddl())
    for arguments in (("plan", "--rows", "20k", "--reference-date", REFERENCE), ("load",)):
        answer = called(tmp_path, *arguments, "--dsn", url)
        assert answer.code == 0, answer.err
    answer = called(tmp_path, "show", "patient", "--dsn", url, "--nth", "3", "--format", "json")
    assert answer.code == 0, answer.err
    story = json.loads(answer.out)
    assert story["table"] == patient
    assert tables <= {e["table"] for e in story["events"]}
    moments = [e["when"] for e in story["events"]]
    assert moments == sorted(moments)
    # What the database has of this patient, by the key that the plan follows.
    key = "person_id" if patient == "omop.person" else "patient"
    primary = "person_id" if patient == "omop.person" else "id"
    visits = next(t for t in tables if "visit" in t or "encounters" in t)
    ((count,),) = query(
        url,
        f"SELECT count(*) FROM {visits} WHERE {key} ="
        f" (SELECT {primary} FROM {patient} ORDER BY {primary} OFFSET 2 LIMIT 1)",
    )
    assert [e["table"] for e in story["events"]].count(visits) == min(int(str(count)), 50)
