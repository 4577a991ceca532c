"""How many visits a patient gets: by the population, the years, and the table's name."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from seeder.clinical.clinic import clinic
from seeder.clinical.episodes import EMERGENCY, INPATIENT
from seeder.plan.control import Clinical
from seeder.plan.model import Plan
from seeder.plan.overrides import Overrides
from seeder.plan.planner import make_plan
from seeder.plan.timing import Timing
from seeder.schema import Table
from tests.property.hand_made import CLINIC, DATE, PATIENT, build, options, planned, schema, table

ADMISSION = table(
    "admission",
    "patient_id bigint, admitted_at timestamptz, discharged_at timestamptz, reason_code code",
    "patient_id -> patient",
)
EMERGENCIES = table(
    "emergency_visit",
    "patient_id bigint, started_at timestamptz, ended_at timestamptz, triage_notes text",
    "patient_id -> patient",
)
STAYED = table(
    "diagnosis", "admission_id bigint, code code, rank smallint", "admission_id -> admission"
)


def _each(plan: Plan, child: str, parent: str) -> float:
    return plan.tables[f"h.{child}"].rows / plan.tables[f"h.{parent}"].rows


def test_a_patient_has_the_visits_of_five_years() -> None:
    found = _each(planned(CLINIC, 400_000), "encounter", "patient")
    assert found == pytest.approx(clinic().attendance.counted(5), rel=0.03)


def test_a_short_window_has_fewer() -> None:
    wanted = options(400_000)
    start = DATE - dt.timedelta(days=365)
    clinical = Clinical(time=Timing(start=start))
    short = wanted.model_copy(update={"overrides": Overrides(clinical=clinical)})
    found = _each(make_plan(schema(*CLINIC), short), "encounter", "patient")
    assert found == pytest.approx(clinic().attendance.counted(1), rel=0.05)


def test_counts_of_the_user_stay() -> None:
    plan = planned(CLINIC, 100_000, patient=500, encounter=700)
    assert plan.tables["h.patient"].rows == 500
    assert plan.tables["h.encounter"].rows == 700


@pytest.mark.parametrize(("visits", "setting"), [(ADMISSION, INPATIENT), (EMERGENCIES, EMERGENCY)])
def test_a_table_of_stays_has_stays(visits: Table, setting: int) -> None:
    plan = planned((PATIENT, visits), 60_000)
    name = visits.name.name
    found = _each(plan, name, "patient")
    assert found == pytest.approx(clinic().attendance.counted(5, setting), rel=0.05)
    (key,) = plan.tables[f"h.{name}"].keys.values()
    assert (key.fan_out.by, key.fan_out.low) == ("burden", 1)


def test_a_stay_has_more_rows_than_a_visit() -> None:
    stays = _each(planned((PATIENT, ADMISSION, STAYED), 100_000), "diagnosis", "admission")
    visits = _each(planned(CLINIC, 100_000), "diagnosis", "encounter")
    assert stays == pytest.approx(4 * visits, rel=0.05)


def test_the_ill_have_more_visits_and_few_have_most() -> None:
    world = build(planned(CLINIC, 60_000))
    encounter = next(p for n, p in world.populations.items() if n.name == "encounter")
    link = encounter.links[encounter.plan.owner]
    first, end = link.fan_out.offsets(np.arange(link.parents))
    count = end - first
    assert count.sum() == encounter.rows
    assert count.max() > 3 * count.mean()
    top = np.sort(count)[::-1][: len(count) // 10].sum() / count.sum()
    assert 0.2 < top < 0.5


def test_cohorts_make_the_patients_that_they_need() -> None:
    scenario = {"condition": "E11.9", "patients": 900, "ages": "40-80"}
    clinical = Clinical.model_validate({"scenarios": [scenario]})
    asked = options(50_000).model_copy(update={"overrides": Overrides(clinical=clinical)})
    usual = planned(CLINIC, 50_000).tables["h.patient"].rows
    plan = make_plan(schema(*CLINIC), asked)
    assert usual < 900 <= plan.tables["h.patient"].rows
    assert plan.tables["h.encounter"].rows >= plan.tables["h.patient"].rows
    assert plan.rows == 50_000


def test_members_of_cohorts_are_not_among_the_dead() -> None:
    death = table(
        "death",
        "patient_id bigint, death_date date",
        "patient_id -> patient",
        unique=["patient_id"],
    )
    scenario = {"condition": "E11.9", "patients": 900, "ages": "40-80"}
    clinical = Clinical.model_validate({"scenarios": [scenario]})
    asked = options(60_000, patient=1000).model_copy(
        update={"overrides": Overrides(clinical=clinical)}
    )
    plan = make_plan(schema(*CLINIC, death), asked)
    assert plan.tables["h.death"].rows <= 5
    assert any(f.code == "capped" and "900 patients" in f.message for f in plan.findings)
    without = planned((*CLINIC, death), 60_000, patient=1000)
    assert without.tables["h.death"].rows > 20
