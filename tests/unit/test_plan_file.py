"""Plan files: written and read back, refused where wrong, edits kept under a new budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from seeder.errors import PlanError, UsageError
from seeder.plan.file import json_schema, parse, read, to_text, with_rows, write
from seeder.plan.model import ColumnPlan, Plan
from tests.property.hand_made import CLINIC, planned


@pytest.fixture
def plan() -> Plan:
    return planned(CLINIC, 2000, seed=5)


def data_of(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(to_text(plan))
    return found


def test_there_and_back(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    write(plan, path)
    assert read(path) == plan
    assert to_text(read(path)) == to_text(plan)
    assert [p.name for p in tmp_path.iterdir()] == ["plan.yaml"]


def test_the_text_is_for_people(plan: Plan) -> None:
    """Defaults are left out, tables come before the schema, a comment says what it is."""
    text = to_text(plan)
    assert text.startswith("# The plan of a synthetic database")
    assert text.index("\ntables:") < text.index("\nschema:")
    assert "nulls: 0.0" not in text
    assert "distinct: null" not in text


@pytest.mark.parametrize(
    ("place", "key", "says"),
    [
        ((), "tabels", "did you mean tables"),
        (("tables", "h.patient"), "row", "did you mean rows"),
        (("tables", "h.patient", "columns", "sex"), "generater", "did you mean generator"),
        (("options",), "sead", "did you mean seed"),
    ],
)
def test_unknown_keys_name_the_nearest(
    plan: Plan, place: tuple[str, ...], key: str, says: str
) -> None:
    data = data_of(plan)
    inner = data
    for step in place:
        inner = inner[step]
    inner[key] = 1
    with pytest.raises(PlanError) as caught:
        parse(data, "plan.yaml")
    assert key in caught.value.message
    assert says in caught.value.hint


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 2}, "format 2"),
        ({"format": None}, "format None"),
        ({"generation": 999}, "generation 999"),
        ({"fingerprint": "0" * 64}, "does not match its fingerprint"),
        ({"tables": []}, "tables"),
        ({"schema": {}}, "schema part"),
    ],
)
def test_other_versions_and_schemas(plan: Plan, change: dict[str, Any], says: str) -> None:
    with pytest.raises(PlanError, match=says):
        parse({**data_of(plan), **change}, "plan.yaml")


@pytest.mark.parametrize("text", ["", "just words", "[1]", "a: [", "a: !!python/object:os.x {}"])
def test_files_that_are_no_plans(text: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(text)
    with pytest.raises(PlanError, match=r"plan\.yaml"):
        read(path)
    with pytest.raises(PlanError, match="cannot read"):
        read(tmp_path / "nowhere.yaml")


def _edited(plan: Plan, **columns: ColumnPlan) -> Plan:
    table = plan.tables["h.patient"]
    new = table.model_copy(update={"columns": {**table.columns, **columns}})
    return plan.model_copy(update={"tables": {**plan.tables, "h.patient": new}})


def _counted(plan: Plan, **rows: int) -> Plan:
    tables = {
        n: t.model_copy(update={"rows": rows.get(n.removeprefix("h."), t.rows)})
        for n, t in plan.tables.items()
    }
    return plan.model_copy(update={"tables": tables})


def test_another_budget_is_planned_anew(plan: Plan) -> None:
    larger = with_rows(plan, 30_000)
    assert larger.rows == 30_000
    assert larger == planned(CLINIC, 30_000, seed=5)


def test_edits_of_columns_survive(plan: Plan) -> None:
    edit = ColumnPlan(generator="choice", params={"values": ["X"]})
    larger = with_rows(_edited(plan, sex=edit), 30_000)
    assert larger.tables["h.patient"].columns["sex"] == edit
    assert larger.rows == 30_000
    assert (
        larger.tables["h.patient"].columns["birth_date"]
        == plan.tables["h.patient"].columns["birth_date"]
    )


def test_edits_of_counts_survive_and_may_contradict(plan: Plan) -> None:
    edited = _counted(plan, patient=123)
    larger = with_rows(edited, 30_000)
    assert larger.tables["h.patient"].rows == 123
    assert larger.rows == 30_000
    for rows in (122, 100):
        with pytest.raises(UsageError, match=r"123 rows, more than --rows") as caught:
            with_rows(edited, rows)
        assert caught.value.exit_code == 2
    every = dict.fromkeys((n.removeprefix("h.") for n in plan.tables), 11)
    with pytest.raises(UsageError) as caught:
        with_rows(_counted(plan, **every), 30_000)
    assert caught.value.exit_code == 2


def test_the_published_schema_knows_every_part(plan: Plan) -> None:
    found = json.loads(json_schema())
    assert set(data_of(plan)) <= set(found["properties"])
    assert found["additionalProperties"] is False
    assert "TablePlan" in found["$defs"]
