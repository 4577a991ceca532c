"""Cohorts, counted by SQL in the database that was loaded."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.tool import REFERENCE, called, hospital
from tests.helpers.servers import Databases, query

CONFIG = """\
clinical:
  scenarios:
    - {name: cystic fibrosis under 12, condition: E84.0, ages: 0-11, patients: 40}
    - {use: maternity-unit, patients: 25}
"""
COUNT = """
SELECT count(DISTINCT patient_id) FROM hospital.diagnosis JOIN hospital.patient USING (patient_id)
WHERE icd10_code = '{code}' AND extract(year FROM age('{date}', birth_date)) BETWEEN {ages}
"""


def test_a_query_finds_exactly_the_patients_that_were_asked_for(
    embedded_database: Databases, tmp_path: Path
) -> None:
    url = hospital(embedded_database(""))
    (tmp_path / "seeder.yaml").write_text(CONFIG)
    for arguments in (("plan", "--rows", "30k", "--reference-date", REFERENCE), ("load",)):
        answer = called(tmp_path, *arguments, "--dsn", url)
        assert answer.code == 0, answer.err
    for code, ages, wanted in (("E84.0", "0 AND 11", 40), ("O80", "18 AND 43", 17)):
        assert query(url, COUNT.format(code=code, date=REFERENCE, ages=ages)) == [(wanted,)]


def test_more_patients_than_there_are_is_refused_with_the_arithmetic(
    embedded_database: Databases, tmp_path: Path
) -> None:
    url = hospital(embedded_database(""))
    (tmp_path / "seeder.yaml").write_text(CONFIG.replace("40}", "4000}"))
    answer = called(tmp_path, "plan", "--dsn", url, "--rows", "30k")
    assert answer.code == 2
    assert "4,000 + 17 + 8 = 4,025 patients" in answer.err


def test_an_unknown_code_is_said_with_its_line_and_its_neighbours(
    embedded_database: Databases, tmp_path: Path
) -> None:
    url = hospital(embedded_database(""))
    (tmp_path / "seeder.yaml").write_text(CONFIG.replace("E84.0", "E84.1"))
    answer = called(tmp_path, "plan", "--dsn", url)
    assert answer.code == 2
    assert "seeder.yaml:2" in answer.err
    assert "E84.0" in answer.err
