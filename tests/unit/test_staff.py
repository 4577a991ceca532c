"""Specialties fit the department of the row, or of its parent."""

from __future__ import annotations

import numpy as np
import pytest

from seeder.generate.data import entries
from seeder.generate.rows import Rows
from seeder.generate.world import build
from tests.property.hand_made import name, planned, table

_FITS = entries("department_specialties").columns
_NAMES = dict(zip(*(entries("specialties").columns[c] for c in ("code", "name")), strict=True))


def _fitting() -> dict[str, set[str]]:
    """Names of specialties by name of department."""
    listed = dict(zip(_FITS["department"], _FITS["specialties"], strict=True))
    departments = entries("departments").columns
    return {
        label: {_NAMES[c] for c in listed[code].split("|")}
        for code, label in zip(departments["code"], departments["name"], strict=True)
    }


def test_every_department_has_specialties_that_there_are() -> None:
    assert set(_FITS["department"]) == set(entries("departments").columns["code"])
    assert all(s for s in _fitting().values())


@pytest.mark.parametrize("nullable", ["", "?"])
def test_specialties_fit_the_parents_department(nullable: str) -> None:
    plan = planned(
        (
            table("department", "department_name text"),
            table("staff", f"department_id bigint{nullable}, first_name text, last_name text, "
                  "specialty text", "department_id -> department"),
        ),
        960, department=60,
    )  # fmt: skip
    assert plan.tables["h.staff"].columns["specialty"].generator == "staff.specialty"
    world = build(plan)
    staff = Rows(world, name("staff"), np.arange(900))
    departments = Rows(world, name("department"), np.arange(60)).cells("department_name")
    fitting = _fitting()
    parents = staff.parents("staff_department_id_fkey")
    for parent, specialty in zip(parents, staff.cells("specialty").to_pylist(), strict=True):
        label = departments[int(parent)].as_py().rstrip("0123456789 ")
        assert specialty in fitting[label], (label, specialty)


def test_specialty_and_code_fit_the_rows_department() -> None:
    columns = "first_name text, last_name text, department text, specialty text"
    plan = planned((table("physician", columns + ", specialty_code text"),), 400)
    world = build(plan)
    rows = Rows(world, name("physician"), np.arange(400))
    told = [rows.cells(c).to_pylist() for c in ("department", "specialty", "specialty_code")]
    for department, specialty, code in zip(*told, strict=True):
        assert specialty in _fitting()[department]
        assert _NAMES[code] == specialty


def test_without_a_department_any_specialty() -> None:
    plan = planned((table("physician", "first_name text, last_name text, specialty text"),))
    assert plan.tables["h.physician"].columns["specialty"].generator == "code.drawn"
