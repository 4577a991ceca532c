"""`--explain`: what is said of a column and of a key, and of one that is not there."""

from __future__ import annotations

from io import StringIO
from unittest.mock import patch

import pytest
import yaml

from seeder.cli import output
from seeder.cli.plan import show
from seeder.errors import UsageError
from seeder.plan import explain as module
from seeder.plan.model import Plan
from seeder.plan.overrides import Overrides
from seeder.plan.planner import make_plan
from seeder.semantics.trust import CONFIDENT
from tests.property.hand_made import CLINIC, options, schema, table

STAY = table(
    "stay", "patient_id bigint, started_at timestamptz, kind text, note text?",
    "patient_id -> patient", checks=["kind IN ('a', 'b')"], unique=["patient_id,started_at"],
)  # fmt: skip


def planned(**sections: object) -> Plan:
    said = Overrides.model_validate(sections)
    return make_plan(schema(*CLINIC, STAY), options(2000).model_copy(update={"overrides": said}))


def test_a_column() -> None:
    found = module.explain(planned(), "h.stay.started_at")
    assert found["meaning"] == "encounter.start"
    assert 0.6 < found["score"] <= 1
    assert found["recognised by"]
    assert found["runner-up"]
    assert found["generator"] == "moment.start"
    assert found["override"] == "none"
    assert any("UNIQUE" in c for c in found["constraints"])
    assert len(found["samples"]) == 3


def test_what_narrowed_a_column() -> None:
    found = module.explain(planned(), "h.stay.kind")
    assert "together they leave only a, b" in found["constraints"]
    assert any(c.startswith("CHECK") for c in found["constraints"])
    assert set(found["samples"]) <= {"a", "b"}


def test_the_line_that_would_change_it_is_one() -> None:
    for place in ("kind", "started_at", "note"):
        line = module.explain(planned(), f"h.stay.{place}")["change"]
        again = planned(**yaml.safe_load(line))
        assert again.tables["h.stay"].columns[place].why.startswith("by columns") or (
            again.tables["h.stay"].columns[place] is not None
        )


def test_an_override_in_force() -> None:
    plan = planned(columns={"h.stay.kind": {"values": ["b"]}})
    found = module.explain(plan, "h.stay.kind")
    assert found["override"] == 'columns: h.stay.kind: {"values": ["b"]}'
    assert found["samples"] == ["b", "b", "b"]


@pytest.mark.parametrize("part", ["patient_id", "diagnosis_patient_id_fkey"])
def test_a_key_by_column_or_name(part: str) -> None:
    found = module.explain(planned(), f"h.diagnosis.{part}")
    assert found["place"] == "h.diagnosis.diagnosis_patient_id_fkey"
    assert found["how"] == "derived"
    assert found["path"][0] == "diagnosis_encounter_id_fkey"
    assert any(a.startswith("equal at h.patient") for a in found["agreements"])
    assert found["samples"]


def test_an_owner() -> None:
    found = module.explain(planned(), "h.diagnosis.encounter_id")
    assert found["how"] == "owner"
    assert "children of one parent" in found


def test_a_table_that_is_not_filled() -> None:
    plan = planned(tables={"h.stay": {"role": "empty"}})
    found = module.explain(plan, "h.stay.kind")
    assert found["table"].startswith("empty")


@pytest.mark.parametrize("target", ["h.stay.knd", "h.stay", "stay.kind", ""])
def test_what_is_not_there(target: str) -> None:
    with pytest.raises(UsageError) as error:
        module.explain(planned(), target)
    assert error.value.hint


def test_how_far_a_meaning_is_trusted() -> None:
    found = module.explain(planned(), "h.stay.started_at")
    assert found["chance"].partition(" ")[0].isdigit()
    column = planned().tables["h.stay"].columns["started_at"]
    assert found["chance"].startswith(f"{column.chance} %")


def test_what_the_user_said_has_no_chance() -> None:
    made = planned(columns={"h.stay.started_at": {"generator": "moment.start"}})
    assert made.tables["h.stay"].columns["started_at"].chance == 0


def test_the_plan_shows_chances_and_the_line_that_changes_what_is_only_likely() -> None:
    made, out = planned(), StringIO()
    with patch.object(output.out, "_file", out):
        show(made, columns=True)
    text = "".join(out.getvalue().split())
    chances = [c.chance for t in made.generated.values() for c in t.columns.values() if c.meaning]
    likely = sum(0 < c < CONFIDENT for c in chances)
    assert likely
    assert text.count("ifitisnot:") == likely
    assert f"readwithconfidence,{likely}likely" in text
