"""Cohorts, counted by SQL in the databases that were loaded: the sample hospital, Synthea, OMOP."""

from __future__ import annotations

from dataclasses import dataclass
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
    - {name: cystic fibrosis under 12, condition: E84.0, ages: 0-11, patients: 40}
    - {use: maternity-unit, patients: 25}
"""
SCHEDULED = """\
clinical:
  scenarios:
    - {name: cystic fibrosis under 12, condition: E84.0, ages: 0-11, patients: 15}
    - {name: winter surge, condition: [J10.1, J11.1], ages: 0-64, patients: 60,
       start: 2024-12-15, end: 2025-01-31}
    - {use: two-arm-drug-trial, patients: 31}
"""


@dataclass(frozen=True)
class Words:
    """How a schema says: rows of diagnoses with patient, code, day and age; rows of drugs."""

    ddl: str
    told: str
    drugs: str
    names: tuple[str, str] = ("Empagliflozin%", "Glipizide%")


AGE = f"extract(year from age('{REFERENCE}', {{}}))"
SCHEMAS = {
    "hospital": Words(
        "",
        f"SELECT d.patient_id, icd10_code, started_at::date, {AGE.format('birth_date')} FROM "
        "hospital.diagnosis d JOIN hospital.encounter USING (encounter_id) JOIN hospital.patient p "
        "ON p.patient_id = d.patient_id",
        "SELECT patient_id, generic_name, ordered_at::date FROM hospital.medication_order JOIN "
        "hospital.medication USING (medication_id)",
    ),
    "synthea": Words(
        "synthea",
        f"SELECT c.patient, c.code::text, e.start::date, {AGE.format('birthdate')} FROM "
        "synthea.conditions c JOIN synthea.encounters e ON e.id = c.encounter JOIN "
        "synthea.patients p ON p.id = c.patient",
        "SELECT patient, description, start::date FROM synthea.medications",
    ),
    "omop": Words(
        "omop",
        "SELECT c.person_id, condition_source_value, condition_start_date, "
        + AGE.format("make_date(year_of_birth, month_of_birth, day_of_birth)")
        + " FROM omop.condition_occurrence c JOIN omop.person USING (person_id)",
        "SELECT person_id, drug_source_value, drug_exposure_start_date FROM omop.drug_exposure",
        ("RX1122", "RX1169"),
    ),
}


def _loaded(url: str, folder: Path, config: str, rows: str) -> None:
    (folder / "seeder.yaml").write_text(config)
    for arguments in (("plan", "--rows", rows, "--reference-date", REFERENCE), ("load",)):
        answer = called(folder, *arguments, "--dsn", url)
        assert answer.code == 0, answer.err


def _patients(told: str, where: str) -> str:
    return f"SELECT DISTINCT patient FROM ({told}) t (patient, code, day, age) WHERE {where}"


def _only(url: str, sql: str) -> int:
    ((found,),) = query(url, f"SELECT count(*) FROM ({sql}) q")
    return int(str(found))


@pytest.mark.parametrize("schema", sorted(SCHEMAS))
def test_surge_and_trial_are_found_as_they_were_asked_for(
    schema: str, embedded_database: Databases, tmp_path: Path
) -> None:
    words, url = SCHEMAS[schema], embedded_database("")
    if not words.ddl:
        hospital(url)
    else:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute((omop_ddl if schema == "omop" else synthea_ddl)().encode())
    _loaded(url, tmp_path, SCHEDULED, "120k")

    rare = "code = 'E84.0' AND age BETWEEN 0 AND 11"
    assert _only(url, _patients(words.told, rare)) == 15
    surge = (
        "code IN ('J10.1', 'J11.1') AND age BETWEEN 0 AND 64 "
        "AND day BETWEEN '2024-12-15' AND '2025-01-31'"
    )
    assert _only(url, _patients(words.told, surge)) == 60

    members = _patients(words.told, "code = 'E11.9' AND age BETWEEN 30 AND 75")
    assert _only(url, members) == 31
    days: list[set[int]] = []
    for name, wanted in zip(words.names, (15, 16), strict=True):
        rows = f"({words.drugs}) d (patient, drug, day)"
        given = f"SELECT patient, day FROM {rows} WHERE drug LIKE '{name}'"
        arm = f"SELECT DISTINCT patient FROM ({given}) g WHERE patient IN ({members})"
        assert _only(url, arm) == wanted
        since = query(
            url,
            "SELECT patient, array_agg(DISTINCT day - first) FROM (SELECT patient, day, min(day) "
            f"OVER (PARTITION BY patient) AS first FROM ({given}) g WHERE patient IN ({members})) "
            "s GROUP BY 1",
        )
        days += [set(found) for _, found in since]
    for planned, window in ((0, 0), (14, 3), (28, 3), (56, 5), (84, 7), (168, 10)):
        seen = [any(abs(day - planned) <= window for day in found) for found in days]
        assert all(seen), (planned, seen)


COUNT = """
SELECT count(DISTINCT patient_id) FROM hospital.diagnosis JOIN hospital.patient USING (patient_id)
WHERE icd10_code = '{code}' AND extract(year FROM age('{date}', birth_date)) BETWEEN {ages}
"""


def test_a_query_finds_exactly_the_patients_that_were_asked_for(
    embedded_database: Databases, tmp_path: Path
) -> None:
    url = hospital(embedded_database(""))
    _loaded(url, tmp_path, CONFIG, "30k")
    for code, ages, wanted in (("E84.0", "0 AND 11", 40), ("O80", "18 AND 43", 17)):
        assert query(url, COUNT.format(code=code, date=REFERENCE, ages=ages)) == [(wanted,)]


def test_more_patients_than_there_are_is_refused_with_the_arithmetic(
    embedded_database: Databases, tmp_path: Path
) -> None:
    url = hospital(embedded_database(""))
    (tmp_path / "seeder.yaml").write_text(CONFIG.replace("40}", "9000}"))
    answer = called(tmp_path, "plan", "--dsn", url, "--rows", "30k")
    assert answer.code == 2
    assert "9,000 + 17 + 8 = 9,025 patients" in answer.err


def test_what_is_wrong_is_said_with_its_line(embedded_database: Databases, tmp_path: Path) -> None:
    url = hospital(embedded_database(""))
    for old, new, line, said in (
        ("E84.0", "E84.1", 3, "E84.0"),
        ("ages: 0-11", "ages: 11-2", 3, "ends before it begins"),
        ("patients: 25", "patients: 25, start: 2024-01-01", 4, "start and end belong together"),
        ("scenarios:", "population: {races: {white: 0.5}}\n  scenarios:", 2, "0.5 = 0.5"),
    ):
        (tmp_path / "seeder.yaml").write_text(CONFIG.replace(old, new))
        answer = called(tmp_path, "plan", "--dsn", url)
        assert answer.code == 2
        assert f"seeder.yaml:{line}" in answer.err, answer.err
        assert said in answer.err
    assert query(url, "SELECT count(*) FROM hospital.patient") == [(0,)]
