"""Visits: patients come back to the same few, and what goes on has no end yet."""

from __future__ import annotations

import numpy as np

from seeder.generate.rows import Rows
from seeder.generate.world import World, build
from seeder.plan.overrides import Overrides
from seeder.plan.planner import make_plan
from tests.property.hand_made import name, options, planned, schema, table

_TABLES = (
    table("patient", "first_name text, last_name text, birth_date date, sex text"),
    table("doctor", "first_name text, last_name text, specialty text"),
    table(
        "encounter",
        "patient_id bigint, doctor_id bigint, status text, started_at timestamptz, "
        "ended_at timestamptz?, discharge_disposition text?",
        "patient_id -> patient",
        "doctor_id -> doctor",
    ),
)
_ROWS = 6_000


def _world() -> World:
    return build(planned(_TABLES, _ROWS + 800, patient=500, doctor=300, encounter=_ROWS))


def test_patients_come_back_to_few() -> None:
    world = _world()
    assert world.plan.tables["h.encounter"].keys["encounter_doctor_id_fkey"].regular
    rows = Rows(world, name("encounter"), np.arange(_ROWS))
    patient = rows.parents("encounter_patient_id_fkey")
    doctor = rows.parents("encounter_doctor_id_fkey")
    visits = np.bincount(patient, minlength=500)
    pairs = np.unique(patient * 1000 + doctor)
    doctors = np.bincount(pairs // 1000, minlength=500)
    often = visits >= 8
    assert often.sum() > 50
    # Half of the visits are to the first of them: nobody sees somebody new each time.
    assert (doctors[often] < visits[often]).mean() > 0.95
    assert len(np.unique(doctor)) > 200


def test_what_goes_on_has_no_end_and_nothing_else() -> None:
    world = _world()
    columns = world.plan.tables["h.encounter"].columns
    for ended in ("ended_at", "discharge_disposition"):
        assert columns[ended].nulls_at == "open"
    rows = Rows(world, name("encounter"), np.arange(_ROWS))
    missing = np.asarray(rows.column("ended_at").is_null())
    recent = rows.span[1] > world.reference - 43_200_000_000
    assert (missing == recent).all()
    assert (np.asarray(rows.column("discharge_disposition").is_null()) == recent).all()


def test_members_of_a_scenario_have_the_sex_that_they_are_counted_by() -> None:
    said = {"scenarios": [{"condition": "E11.9", "sex": "F", "ages": "40-80", "patients": 300}]}
    asked = options(_ROWS + 2_300, patient=2_000, doctor=300, encounter=_ROWS).model_copy(
        update={"overrides": Overrides.model_validate({"clinical": said})}
    )
    plan = make_plan(schema(*_TABLES), asked)
    patients = plan.tables["h.patient"]
    sex = patients.columns["sex"].model_copy(
        update={"params": {"values": ["female", "male", "other", "unknown"]}}
    )
    patients = patients.model_copy(update={"columns": {**patients.columns, "sex": sex}})
    plan = plan.model_copy(update={"tables": {**plan.tables, "h.patient": patients}})
    rows = Rows(build(plan), name("patient"), np.arange(2_000))
    assert rows.story is not None
    found = np.asarray(rows.cells("sex").to_pylist())
    assert set(found[rows.story.member >= 0]) == {"female"}
    assert "other" in set(found[rows.story.member < 0])
