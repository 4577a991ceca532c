"""Loaded texts, read again by a reader that knows nothing of their making, say what their rows say;
and what is untrue is found."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.helpers.servers import Databases
from tests.helpers.shared import shared_data
from tests.reread.loaded import create, fill, reread

# Facts that a patient's own rows must have, not one text in ten.
_COMMON = ("age", "sex", "article", "condition", "drug", "result", "unit of a result")


def _read(url: str, schema: str, writer: str, notes: int = 1000) -> dict[str, Any]:
    create(url, schema)
    fill(url, schema, writer, notes)
    with psycopg.connect(url) as connection:
        return reread(connection, schema, notes)


def _wrong(figures: dict[str, Any]) -> list[str]:
    return [said for of in figures["kinds"].values() for said in of["examples"]]


@pytest.mark.parametrize("writer", ["grammar", "pool"])
def test_texts_of_the_hospital_are_true(embedded_database: Databases, writer: str) -> None:
    figures = _read(embedded_database(), "hospital", writer)
    assert not _wrong(figures)
    kinds = figures["kinds"]
    for kind in (*_COMMON, "vital sign", "date", "time of day", "length of stay", "staff"):
        assert kinds[kind]["true"] >= 10, kind
    # Every value that is told is that of a row; what a note has beside it, such as a condition
    # that no row lists, is rare.
    assert not kinds["result"]["absent"]
    assert not kinds["staff"]["absent"]
    assert kinds["vital sign"]["absent"] < 0.03 * kinds["vital sign"]["stated"]
    assert kinds["condition"]["absent"] < 0.05 * kinds["condition"]["stated"]
    assert figures["texts"]["hospital.clinical_note.body"] == 1000


@pytest.mark.parametrize("writer", ["grammar", "pool"])
def test_texts_of_omop_are_true(
    embedded_database: Databases, writer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEEDER_SHARED_DATA", str(shared_data("omop_cdm54").parent))
    figures = _read(embedded_database(), "OMOP", writer)
    assert not _wrong(figures)
    for kind in ("age", "sex", "condition", "result", "unit of a result", "staff"):
        assert figures["kinds"][kind]["true"] >= 10, kind


_NOTES = "UPDATE hospital.clinical_note SET body = "
_BROKEN = {
    "age": r"regexp_replace(body, '\m(\d+)-year-old', '\19-year-old')",
    "article": r"regexp_replace(body, '\m[Aa] (\d+-year-old)', 'an \1')",
    "sex": r"replace(replace(body, 'She ', 'He '), ' yo F', ' yo M')",
    "age of the noun": r"regexp_replace(body, '(year-old) (wom|m)an', '\1 boy')",
    "condition": r"regexp_replace(body, '(Dx|Imp|Assessment:) ', '\1 sarcoidosis, ')",
    "drug": r"regexp_replace(body, '(\d+) mg', '9\1 mg')",
    "how it is taken": r"replace(replace(body, 'by mouth', 'rectally'), ' PO ', ' IV ')",
    "result": r"regexp_replace(body, '([Gg]lucose[^.\d]{0,20})(\d+)', '\17\2')",
    "flag of a result": r"replace(replace(body, ', normal', ', high'), '(normal)', '(low)')",
    "unit of a result": r"replace(body, 'mg/dL', 'g/L')",
    "vital sign": r"regexp_replace(body, '(pulse |HR |heart rate |P )(\d+)', '\11\2')",
    "fever": r"replace(body, 'afebrile', 'febrile')",
    "date": r"regexp_replace(body, '(\d\d/\d\d)/20', '\1/19')",
    "time of day": r"regexp_replace(body, '\m\d\d:(\d\d)', '33:\1')",
    "length of stay": r"regexp_replace(body, '(\d+ days?)', '9\1')",
    "place": r"replace(body, 'the clinic', 'the ward')",
    "no drug": r"replace(body, 'Continue ', 'No regular medicines are listed. Keep ')",
    "no result": r"body || ' No new labs.'",
    "form": r"replace(body, ' with ', ' with {condition} ')",
}
_ROWS = {
    "age": "UPDATE hospital.patient SET birth_date = birth_date - 3000",
    "sex": "UPDATE hospital.patient SET sex = CASE sex WHEN 'male' THEN 'female' ELSE 'male' END"
    "::hospital.sex",
    "condition": "UPDATE hospital.diagnosis SET icd10_code = 'D86.9'",
    "drug": "UPDATE hospital.medication SET strength = 'a lot'",
    "how it is taken": "UPDATE hospital.medication_order SET route = 'PR'",
    "result": "UPDATE hospital.lab_result SET value_numeric = value_numeric + 1",
    "flag of a result": "UPDATE hospital.lab_result SET abnormal_flag = 'LL'",
    "vital sign": "UPDATE hospital.vital_sign SET heart_rate = heart_rate + 1",
    "date": "UPDATE hospital.encounter SET started_at = started_at - interval '40 days'",
    "length of stay": "UPDATE hospital.encounter SET ended_at = ended_at + interval '40 days'",
}


@pytest.mark.slow
def test_what_is_untrue_is_found(embedded_database: Databases) -> None:
    """Each kind of fact is counted, when texts are made wrong, and when rows are."""
    url, column = embedded_database(), "hospital.clinical_note.body"
    create(url, "hospital")
    fill(url, "hospital", "grammar", 500)
    broken = [(kind, _NOTES + how) for kind, how in _BROKEN.items()] + list(_ROWS.items())
    with psycopg.connect(url) as connection:
        assert not _wrong(reread(connection, "hospital", 500, [column]))
        for kind, statement in broken:
            with connection.transaction(force_rollback=True):
                connection.execute(statement.encode())
                found = reread(connection, "hospital", 500, [column])["kinds"]
            assert found[kind]["contradicted"], statement
