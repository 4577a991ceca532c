"""Texts tell of vital signs, results, drugs and staff that rows beside them have."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from seeder.generate.call import CellCall
from seeder.generate.rows import Rows
from seeder.generate.scene import scene
from seeder.generate.story import Story
from seeder.generate.world import World, build
from seeder.text.state import State
from tests.property.hand_made import name, planned, table

_NOTES = 3_000
_OF_VISIT = "encounter_id -> encounter"
_BASE = (
    table("patient", "first_name text, last_name text, birth_date date, sex text"),
    table("staff", "first_name text, last_name text, job_title text, npi text"),
    table("encounter", "patient_id bigint, attending_staff_id bigint, status text, "
          "started_at timestamptz, ended_at timestamptz",
          "patient_id -> patient", "attending_staff_id -> staff"),
    table("clinical_note", "encounter_id bigint, note_type text, note_text text", _OF_VISIT),
)  # fmt: skip
_SIGNS = table("vital_sign", "encounter_id bigint, heart_rate integer, systolic_bp integer, "
               "diastolic_bp integer, recorded_at timestamptz", _OF_VISIT)  # fmt: skip
_RESULT = "loinc_code text, result_value numeric, unit text, resulted_at timestamptz"
_RESULTS = table("lab_result", f"encounter_id bigint, {_RESULT}", _OF_VISIT)
_ORDERS = (
    table("lab_order", "encounter_id bigint, ordered_at timestamptz", _OF_VISIT),
    table("lab_result", f"lab_order_id bigint, {_RESULT}", "lab_order_id -> lab_order"),
)


def _told(*more: object, **rows: int) -> tuple[World, Rows, State]:
    given = {"patient": 300, "staff": 40, "encounter": 1_500, "clinical_note": _NOTES, **rows}
    world = build(planned((*_BASE, *more), sum(given.values()), **given))
    notes = Rows(world, name("clinical_note"), np.arange(_NOTES))
    maker = notes.population.makers["note_text"]
    call = CellCall(notes, maker, notes.population.table.column("note_text").type)
    found = scene(call)
    assert found is not None
    return world, notes, found


def _visit(rows: Rows) -> npt.NDArray[np.int64]:
    assert rows.story is not None
    at = rows.story.beside
    assert at is not None
    return at.visit


def _beside(world: World, notes: Rows, table: str) -> tuple[npt.NDArray[np.int64], Story]:
    """The visits of another table's rows, and its story."""
    rows = Rows(world, name(table), np.arange(world.populations[name(table)].rows))
    assert rows.story is not None
    return _visit(rows), rows.story


def _rows(*columns: npt.NDArray[np.int64]) -> list[tuple[int, ...]]:
    return list(zip(*(c.tolist() for c in columns), strict=True))


def test_vital_signs_are_those_of_a_row_of_the_visit() -> None:
    world, notes, state = _told(_SIGNS, vital_sign=4_000)
    visit, story = _beside(world, notes, "vital_sign")
    there = set(_rows(visit, story.vital("pulse"), story.vital("systolic")))
    has = set(visit.tolist())
    mine = _rows(_visit(notes), state.vital("pulse"), state.vital("systolic"))
    checked = [m in there for m in mine if m[0] in has]
    assert len(checked) > 1000
    assert all(checked)


@pytest.mark.parametrize("ordered", [True, False])
def test_results_are_those_of_a_row_of_the_visit(ordered: bool) -> None:
    tables = _ORDERS if ordered else (_RESULTS,)
    rows = {"lab_order": 2_000} if ordered else {}
    world, notes, state = _told(*tables, lab_result=5_000, **rows)
    visit, story = _beside(world, notes, "lab_result")
    there = set(_rows(visit, story.test, story.result[0]))
    has = set(visit.tolist())
    for number in (0, 1):
        mine = _rows(_visit(notes), *state.lab(number))
        told = [m for m in mine if m[1] >= 0]
        assert len(told) > 500
        assert all(m in there for m in told)
        if number == 0:
            assert all((m[1] >= 0) == (m[0] in has) for m in mine)


def test_without_such_tables_a_note_tells_all_the_same() -> None:
    _, _, state = _told()
    assert (state.lab(0)[0] >= 0).all()
    assert (state.vital("pulse") > 0).all()


def test_staff_are_those_that_rows_name() -> None:
    world, notes, state = _told()

    def told(role: str, of: State = state) -> list[str]:
        assert of.names is not None
        found = of.names(role)
        assert found is not None
        return pc.take(found[0], pa.array(found[1])).to_pylist()  # type: ignore[no-any-return]

    staff = Rows(world, name("staff"), np.arange(40)).cells("last_name").to_pylist()
    visits, take = notes.follow(notes.population.plan.owner)
    attending = visits.parents(visits.population.table.foreign_keys[1].name)[take]
    assert told("provider") == [staff[n] for n in attending]
    for role in ("consultant", "nurse"):
        assert set(told(role)) <= set(staff)
    some = np.array([7, 3, 2_000])
    assert told("nurse", state.take(some)) == [told("nurse")[n] for n in some]
