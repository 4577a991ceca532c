"""Every coherence rule catches the violation that its own example plants, and that one only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from seeder.schema import Schema
from seeder.verify.clinical.external import MEASURES, compare
from seeder.verify.clinical.places import Atlas
from seeder.verify.clinical.report import section, verdicts
from seeder.verify.clinical.rule import rules
from seeder_postgresql import PostgreSQL
from seeder_postgresql.connect import Connection, connect
from tests.e2e.loading import load_and_prove, plan_of
from tests.e2e.planted import Planted, planted
from tests.e2e.tool import Answer, called, hospital
from tests.helpers.servers import Databases

ALL = planted(list(rules().values()))


@pytest.fixture(scope="module")
def database(server_url: str) -> Iterator[tuple[Connection, Schema]]:
    databases = Databases(server_url)
    url = databases()
    with psycopg.connect(url) as session:
        for each in ALL:
            for statement in each.ddl():
                session.execute(statement)
            for statement, values in each.rows():
                session.execute(statement, values)
    with connect(url) as connection:
        yield connection, PostgreSQL().reflect(connection)
    databases.drop()


@pytest.mark.parametrize("each", ALL, ids=[p.rule.rule for p in ALL])
def test_each_rule_catches_what_is_planted(
    each: Planted, database: tuple[Connection, Schema]
) -> None:
    connection, schema = database
    atlas = Atlas(each.plan(schema))
    found = list(verdicts(atlas, connection, PostgreSQL(), [each.rule]))
    # The other rows that a rule looks for may be of a kind that it asks, too.
    answered = [v for v in found if v.applied and ".row." in v.place]
    assert len(answered) == 1, found
    (verdict,) = answered
    assert verdict.bad == each.broken
    assert verdict.applied > verdict.bad
    if each.rule.expect is None:
        assert verdict.verdict == "broken"


def test_sections_of_a_loaded_hospital(fresh_database: Databases) -> None:
    """Most rules find rows in the sample hospital, and patients are counted by group."""
    url = hospital(fresh_database())
    plan = plan_of(url, 100_000)
    load_and_prove(plan, url)
    with connect(url) as connection:
        found = section(plan, connection, PostgreSQL())
    assert len(found.proving) >= 80
    silent = [v for v in found.verdicts if not v.applied]
    assert all(v.verdict in ("no rows", "no such columns") for v in silent)
    patients = plan.tables["hospital.patient"].rows
    by = {g.by for g in found.subgroups}
    assert by == {"age", "sex", "race", "region"}
    assert sum(g.patients for g in found.subgroups if g.by == "sex") <= patients
    assert found.prevalence
    assert all(0 < p.share <= 1 for p in found.prevalence)
    chronic = [p for p in found.prevalence if p.target is not None]
    assert chronic
    assert all(0 < p.target < 1 for p in chronic if p.target is not None)
    # What is recorded of a chronic condition is part of what the patients have.
    recorded, having = (sum(getattr(p, n) for p in chronic) for n in ("share", "target"))
    assert 0.2 * having < recorded < 1.1 * having


def test_public_figures_beside_a_loaded_hospital(fresh_database: Databases) -> None:
    """The hospital tells every measure; its ages and sexes are those of the public figures."""
    url = hospital(fresh_database())
    plan = plan_of(url, 60_000)
    load_and_prove(plan, url)
    with connect(url) as connection:
        found = compare(plan, connection, PostgreSQL())
    told = {c.figure.measure for c in found if c.rows}
    assert told == set(MEASURES)
    ages = [c for c in found if c.figure.measure == "age_share"]
    assert sum(c.ours or 0 for c in ages) == pytest.approx(100.0)


def test_a_violation_fails_a_verification(fresh_database: Databases, tmp_path: Path) -> None:
    """What a rule forbids fails; a share out of tolerance with --clinical only; nothing without."""
    url = hospital(fresh_database())
    for command in (("plan", "--rows", "20k"), ("load",)):
        assert called(tmp_path, *command, "--dsn", url).code == 0

    def verified(*more: str) -> Answer:
        return called(tmp_path, "verify", "--dsn", url, *more)

    assert verified("--clinical").code == 0
    with psycopg.connect(url) as session:
        session.execute("UPDATE hospital.patient SET given_name = 'Mary' WHERE sex = 'male'")
    assert verified().code == 0
    shares = verified("--clinical")
    assert shares.code == 5
    assert "female name of a man" in shares.out
    with psycopg.connect(url) as session:
        session.execute(
            "UPDATE hospital.diagnosis SET description = 'Asthma, planted' WHERE diagnosis_id ="
            " (SELECT min(diagnosis_id) FROM hospital.diagnosis WHERE icd10_code NOT LIKE 'J45%')"
        )
    planted_ = verified()
    assert planted_.code == 5
    assert "1 places break a coherence rule" in planted_.err
    assert not json.loads(verified("--format", "json").out)["passed"]
    assert verified("--no-clinical").code == 0


def test_a_claim_lists_the_diagnoses_of_its_visit(fresh_database: Databases) -> None:
    url = hospital(fresh_database())
    load_and_prove(plan_of(url, 60_000), url)
    with psycopg.connect(url) as session:
        ((claims, main, known),) = session.execute(
            "SELECT count(*), count(*) FILTER (WHERE d.icd10_code = c.diagnosis_codes[1]),"
            " count(*) FILTER (WHERE c.diagnosis_codes <@ ARRAY(SELECT icd10_code FROM"
            " hospital.diagnosis o WHERE o.patient_id = c.patient_id)::varchar[])"
            " FROM billing.claim c JOIN billing.invoice i USING (invoice_id)"
            " JOIN hospital.diagnosis d ON d.encounter_id = i.encounter_id AND d.sequence_no = 1"
        ).fetchall()
    assert claims > 50
    assert main == claims
    assert known > 0.6 * claims
