"""Visits: patients come back to the same few, and what goes on has no end yet."""

from __future__ import annotations

import numpy as np

from seeder.generate.rows import Rows
from seeder.generate.world import World, build
from tests.property.hand_made import name, planned, table

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
