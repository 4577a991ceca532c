"""References that nobody declared: found, and no others; kept by the rows, proven, adjustable."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seeder.adapter import find_adapter
from seeder.plan.implied import THRESHOLD, infer
from seeder.schema import Schema
from tests.e2e.tool import called
from tests.hazards.filling import Hazard, fill, seeder
from tests.helpers.dump import pg_dump
from tests.helpers.omop import omop_ddl
from tests.helpers.servers import Databases, query
from tests.helpers.synthea import synthea_ddl

FOUND = {
    ("facts.observation_fact", "encounter_num, patient_num", "facts.visit_dimension"),
    ("facts.observation_fact", "patient_num", "facts.patient_dimension"),
    ("facts.visit_dimension", "patient_num", "facts.patient_dimension"),
    ("record.tbl_charges", "parent_charge_no", "record.tbl_charges"),
    ("record.tbl_charges", "reversal_of", "record.tbl_charges"),
    ("record.tbl_charges", "visit", "record.tbl_visits"),
    ("record.tbl_comments", "patient_id", "record.tbl_patients"),
    ("record.tbl_notes", "patientid", "record.tbl_patients"),
    ("record.tbl_users", "manager_id", "record.tbl_users"),
    ("record.tbl_visit_details", "visit_id", "record.tbl_visits"),
    ("record.tbl_visits", "attending_user_id", "record.tbl_users"),
    ("record.tbl_visits", "created_by", "record.tbl_users"),
    ("record.tbl_visits", "patient_id", "record.tbl_patients"),
    ("record.tbl_visits", "ward_code", "record.tbl_wards"),
    ("record.tbl_wards", "parent_code", "record.tbl_wards"),
}
ROWS = ("--rows", "3000", "--reference-date", "2025-06-30")


def _plan(folder: Path, url: str, *more: str) -> dict[str, Any]:
    answer = seeder(folder, "plan", "--dsn", url, *ROWS, "--format", "json", *more)
    made: dict[str, Any] = json.loads(answer.out)
    return made


def _found(made: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(k["table"], ", ".join(k["columns"]), k["target"]) for k in made["implied"]}


def test_what_is_found_and_nothing_else(embedded_database: Databases, tmp_path: Path) -> None:
    url = Hazard("undeclared").made(embedded_database)
    made = _plan(tmp_path, url)
    assert _found(made) == FOUND
    assert all(0.7 <= k["score"] <= 1 and k["why"] for k in made["implied"])
    told = {f["place"] for f in made["findings"] if f["code"] == "polymorphic"}
    assert told == {"record.tbl_comments.owner_type, owner_id"}
    shown = seeder(tmp_path, "plan", "--dsn", url, *ROWS, "--columns", "--dry-run").out
    assert "ward_code -> record.tbl_wards (code) implied 0.95 named after record.tbl_wards" in shown
    assert "implied: 15 references that nobody declared" in shown


def test_rows_keep_them_and_verify_proves_them(
    embedded_database: Databases, tmp_path: Path
) -> None:
    url = Hazard("undeclared").made(embedded_database)
    fill(url, tmp_path, 3000)
    orphans = {
        (
            "SELECT count(*) FROM record.tbl_visits AS v WHERE NOT EXISTS "
            "(SELECT FROM record.tbl_patients AS p WHERE p.id = v.patient_id)"
        ),
        (
            "SELECT count(*) FROM facts.observation_fact AS o WHERE NOT EXISTS (SELECT FROM "
            "facts.visit_dimension AS v WHERE (v.encounter_num, v.patient_num) = "
            "(o.encounter_num, o.patient_num))"
        ),
        (
            "SELECT count(*) FROM record.tbl_comments AS c WHERE entity_type = 'Patient' AND NOT "
            "EXISTS (SELECT FROM record.tbl_patients AS p WHERE p.id = c.entity_id)"
        ),
        (
            "SELECT count(*) FROM record.tbl_comments WHERE subject_type = 'nobody' AND "
            "subject_id IS NOT NULL"
        ),
    }
    for question in orphans:
        assert query(url, question) == [(0,)]
    query_ = "SELECT count(DISTINCT entity_id) > 10, count(DISTINCT entity_type) FROM "
    assert query(url, query_ + "record.tbl_comments") == [(True, 2)]
    query(url, "UPDATE record.tbl_visits SET patient_id = -1 WHERE visit_id = "
               "(SELECT min(visit_id::text)::uuid FROM record.tbl_visits) RETURNING 1")  # fmt: skip
    query(url, "UPDATE record.tbl_comments SET entity_id = -1 WHERE id = 1 RETURNING 1")
    answer = called(tmp_path, "verify", "--dsn", url, "--format", "json")
    assert answer.code == 5
    failed = [p for p in json.loads(answer.out)["proofs"] if p["bad"] and p["kind"] == "implied"]
    assert [(p["table"], p["bad"]) for p in failed] == [
        ("record.tbl_comments", 1),
        ("record.tbl_visits", 1),
    ]


def test_they_are_turned_off_and_on(embedded_database: Databases, tmp_path: Path) -> None:
    url = Hazard("undeclared").made(embedded_database)
    before = pg_dump(url)
    assert _plan(tmp_path, url, "--no-implied")["implied"] == []
    off = _plan(tmp_path, url, "--implied", "record.tbl_visits(created_by)=")
    assert _found(off) == FOUND - {("record.tbl_visits", "created_by", "record.tbl_users")}
    wanted = "record.tbl_charges(payer)=record.tbl_patients(id)"
    added = ("record.tbl_charges", "payer", "record.tbl_patients")
    assert _found(_plan(tmp_path, url, "--implied", wanted)) == FOUND | {added}
    seeder(tmp_path, "load", "--dsn", url, "--workers", "1", "--rows", "2000")
    seeder(tmp_path, "verify", "--dsn", url)
    assert pg_dump(url) == before


def test_what_cannot_be_a_reference_is_refused(
    embedded_database: Databases, tmp_path: Path
) -> None:
    url = Hazard("undeclared").made(embedded_database)
    for text, words in {
        "tbl_visits.created_by": "not a reference",
        "record.tbl_visit(created_by)=record.tbl_users(user_id)": "did you mean record.tbl_visits?",
        "record.tbl_visits(create_by)=record.tbl_users(user_id)": "did you mean created_by?",
        "record.tbl_visits(start_time)=record.tbl_users(user_id)": "cannot hold the values",
        "record.tbl_visits(created_by,ward_code)=record.tbl_users(user_id)": "as many",
    }.items():
        answer = called(tmp_path, "plan", "--dsn", url, "--implied", text)
        assert answer.code == 2
        assert words in answer.err
    assert not (tmp_path / "seeder-plan.yaml").exists()


def test_a_column_that_tells_nothing_fails_without_a_reason(
    embedded_database: Databases, tmp_path: Path
) -> None:
    url = Hazard("undeclared").made(embedded_database)
    fill(url, tmp_path, 20_000)
    query(url, "UPDATE record.tbl_patients SET last_name = 'Doe' RETURNING 1")
    answer = called(tmp_path, "verify", "--dsn", url)
    assert answer.code == 5
    assert "varied record.tbl_patients last_name: 1 one value in every row: nothing" in answer.out


# References that are right and that neither schema declares.
TRUE = {
    "claims.supervisingproviderid", "claims_transactions.supervisingproviderid",
    "payer_transitions.secondary_payer",
    "cohort.cohort_definition_id", "cohort.subject_id", "cost.payer_plan_period_id",
    "episode.episode_parent_id", "note_nlp.note_id", "relationship.reverse_relationship_id",
    "source_to_concept_map.source_vocabulary_id",
}  # fmt: skip


@pytest.mark.parametrize(("ddl", "recall"), [(synthea_ddl, 0.94), (omop_ddl, 1.0)])
@pytest.mark.parametrize("keys", [True, False], ids=["primary-keys", "no-key-at-all"])
def test_the_keys_that_a_schema_declares_are_found_without_them(
    ddl: Callable[[], str], recall: float, keys: bool, embedded_database: Databases
) -> None:
    """What is found is declared, but for what is right all the same; little is missed."""
    whole = _reflected(embedded_database(ddl()))
    bare = replace(
        whole,
        tables=tuple(replace(t, foreign_keys=(), uniques=t.uniques if keys else ()) for t in whole),
    )
    declared = {
        (t.name, k.columns, k.target, k.target_columns) for t in whole for k in t.foreign_keys
    }
    found = {
        (i.table, i.columns, i.target, i.target_columns)
        for i in infer(bare)
        if i.score >= THRESHOLD
    }
    wrong = {f"{t.name}.{c}" for t, (c, *_), _, _ in found - declared}
    assert wrong - TRUE == set()
    assert len(found & declared) >= recall * len(declared)


def _reflected(url: str) -> Schema:
    adapter = find_adapter(url)
    connection = adapter.connect(url)
    try:
        return adapter.reflect(connection)
    finally:
        connection.close()
