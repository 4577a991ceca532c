"""Dirty data in databases: constraints hold, and verify tells what was wanted from defects."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from tests.e2e.tool import REFERENCE, called, hospital
from tests.helpers.omop import omop_ddl
from tests.helpers.servers import Databases, query
from tests.helpers.synthea import synthea_ddl

CONFIG = """\
clinical:
  scenarios:
    - {name: cystic fibrosis under 12, condition: E84.0, ages: 0-11, patients: 20}
  noise: {duplicates: 0.1, typos: 0.05, abbreviations: 0.3, late_entries: 0.1, units: 0.2}
"""


@pytest.mark.parametrize("schema", ["hospital", "synthea", "omop"])
def test_wanted_noise_is_no_defect(
    schema: str, embedded_database: Databases, tmp_path: Path
) -> None:
    url = embedded_database("")
    if schema == "hospital":
        hospital(url)
    else:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute((omop_ddl if schema == "omop" else synthea_ddl)().encode())
    (tmp_path / "seeder.yaml").write_text(CONFIG)
    for arguments in (("plan", "--rows", "40k", "--reference-date", REFERENCE), ("load",)):
        answer = called(tmp_path, *arguments, "--dsn", url)
        assert answer.code == 0, answer.err
    answer = called(tmp_path, "verify", "--dsn", url, "--format", "json")
    assert answer.code == 0, answer.err
    rules = json.loads(answer.out)["clinical"]["rules"]
    dirty = [r for r in rules if r["verdict"] == "noise"]
    assert dirty
    assert all(r["noise"] for r in dirty)
    assert {"unit not of its test"} <= {r["rule"] for r in dirty}
    for rule in rules:
        if rule["verdict"] == "broken":
            assert not any(w in rule["rule"] for w in ("unit", "description", "name", "impossible"))


def test_people_who_are_registered_twice_are_found_by_a_query(
    embedded_database: Databases, tmp_path: Path
) -> None:
    url = hospital(embedded_database(""))
    (tmp_path / "seeder.yaml").write_text(CONFIG)
    for arguments in (("plan", "--rows", "60k", "--reference-date", REFERENCE), ("load",)):
        answer = called(tmp_path, *arguments, "--dsn", url)
        assert answer.code == 0, answer.err
    ((patients,),) = query(url, "SELECT count(*) FROM hospital.patient")
    ((pairs,),) = query(
        url,
        "SELECT count(*) FROM hospital.patient a JOIN hospital.patient b ON a.birth_date = "
        "b.birth_date AND a.sex = b.sex AND a.patient_id < b.patient_id AND (a.given_name = "
        "b.given_name OR a.family_name = b.family_name OR a.phone = b.phone)",
    )
    assert isinstance(patients, int)
    assert isinstance(pairs, int)
    assert patients // 10 - 3 <= pairs <= patients // 10 + 3
    assert query(
        url,
        "SELECT count(DISTINCT patient_id) FROM hospital.diagnosis JOIN hospital.patient USING "
        f"(patient_id) WHERE icd10_code = 'E84.0' AND extract(year FROM age('{REFERENCE}', "
        "birth_date)) <= 11",
    ) == [(20,)]
