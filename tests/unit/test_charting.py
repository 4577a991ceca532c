"""Notes fit the visit that they are written of."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from seeder.clinical.model import SETTINGS
from seeder.generate import charting
from seeder.generate.data import entries
from seeder.generate.rows import Rows
from seeder.generate.world import build
from seeder.text.kinds import RULES
from tests.property.hand_made import name, planned, table

_NOTES = 12_000
_TABLES = (
    table("patient", "first_name text, last_name text, birth_date date, sex text"),
    table("encounter", "patient_id bigint, status text, started_at timestamptz, "
          "ended_at timestamptz", "patient_id -> patient"),
    table("clinical_note", "encounter_id bigint, note_type text, note_text text",
          "encounter_id -> encounter"),
)  # fmt: skip


def test_the_table_has_kinds_that_there_are() -> None:
    kinds = {kind for kind, _ in RULES}
    assert set(entries("note_kinds").columns["code"]) - {""} <= kinds
    assert set(SETTINGS) <= set(entries("note_kinds").columns)


@pytest.mark.parametrize(
    ("values", "known"),
    [(("Nursing", "Progress note", "ECG"), True), (("red", "green", "Progress note"), False)],
)
def test_values_that_name_kinds_are_told_from_others(values: tuple[str, ...], known: bool) -> None:
    assert charting.understood(values) is known


def test_no_summary_of_a_discharge_without_a_stay() -> None:
    plan = planned(_TABLES, _NOTES + 6_000, patient=1_000, encounter=5_000, clinical_note=_NOTES)
    rows = Rows(build(plan), name("clinical_note"), np.arange(_NOTES))
    assert rows.story is not None
    setting = rows.story.episodes.setting
    written = [str(t).lower() for t in rows.cells("note_type").to_pylist()]
    outpatient = Counter(t for t, s in zip(written, setting, strict=True) if s == 0)
    inpatient = Counter(t for t, s in zip(written, setting, strict=True) if s == 2)
    assert not any("discharge" in t for t in outpatient)
    assert any("discharge" in t for t in inpatient)
    first = (rows.ordinal == 0) & (setting == 2)
    assert {written[n] for n in np.flatnonzero(first)} == {"history and physical"}
