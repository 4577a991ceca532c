"""Overrides in a plan: followed to the last row, or refused with what mends them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import yaml

from seeder.errors import UsageError
from seeder.plan import file
from seeder.plan.model import Plan
from seeder.plan.overrides import Overrides
from seeder.plan.planner import make_plan
from seeder.schema import Facts, TableFacts, Type
from tests.property.hand_made import (
    CLINIC,
    build,
    everything,
    key_plan,
    options,
    schema,
    table,
    values,
)
from tests.property.integrity import faults

THING = table(
    "thing",
    "code code, label text?, grade integer, size numeric?, kind text",
    unique=["code"],
    checks=["grade >= 1 AND grade <= 5", "kind IN ('a', 'b', 'c')"],
)


def planned(*tables: Any, rows: int = 1000, **sections: Any) -> Plan:
    """A plan of tables with overrides; without findings of severity error."""
    wanted = options(rows).model_copy(update={"overrides": Overrides.model_validate(sections)})
    plan = make_plan(schema(*(tables or CLINIC)), wanted)
    assert [f.message for f in plan.findings if f.severity == "error"] == []
    return plan


def column(plan: Plan, label: str, part: str) -> list[Any]:
    return [v for (v,) in values(build(plan), label, part)]


def refused(says: str, *tables: Any, **sections: Any) -> UsageError:
    with pytest.raises(UsageError) as error:
        planned(*tables, **sections)
    assert says in error.value.message, error.value.message
    return error.value


# Tables ---------------------------------------------------------------------------------------


def test_roles() -> None:
    stray = table("stray", "note text")
    plan = planned(*CLINIC, stray, tables={"h.stray": {"role": "empty"}})
    assert plan.tables["h.stray"].role == "empty"
    assert "tables: h.stray" in plan.tables["h.stray"].why
    assert plan.rows == 1000


def test_rows_of_a_table() -> None:
    plan = planned(tables={"h.p*": {"rows": 77}, "h.provider": {"rows": 5}})
    assert (plan.tables["h.patient"].rows, plan.tables["h.provider"].rows) == (77, 5)
    assert plan.rows == 1000


def test_the_command_line_wins() -> None:
    said = Overrides.model_validate({"tables": {"h.patient": {"rows": 77}}})
    wanted = options(1000, patient=50).model_copy(update={"overrides": said})
    assert make_plan(schema(*CLINIC), wanted).tables["h.patient"].rows == 50
    said = Overrides.model_validate({"tables": {"h.patient": {"role": "empty"}}})
    wanted = options(1000, patient=50).model_copy(update={"overrides": said})
    with pytest.raises(UsageError, match="contradicts --table h.patient=50"):
        make_plan(schema(*CLINIC), wanted)


def test_an_owner_by_its_columns() -> None:
    assert planned().tables["h.diagnosis"].owner == "diagnosis_encounter_id_fkey"
    plan = planned(tables={"h.diagnosis": {"owner": "patient_id"}})
    assert plan.tables["h.diagnosis"].owner == "diagnosis_patient_id_fkey"
    assert faults(plan) == []
    assert "encounter_id" in refused("no key", tables={"h.diagnosis": {"owner": "code"}}).hint


def test_owners_in_a_circle_are_refused() -> None:
    one = table("one", "two_id bigint?", "two_id -> two")
    two = table("two", "one_id bigint?", "one_id -> one")
    refused("circle", one, two, tables={"h.one": {"owner": "two_id"}, "h.two": {"owner": "one_id"}})


def test_keeping_a_table_without_rows_leaves_its_children_without_parent() -> None:
    wanted = options(500).model_copy(
        update={
            "overrides": Overrides.model_validate({"tables": {"h.organization": {"role": "keep"}}})
        }
    )
    facts = Facts("15", tables={t.name: TableFacts() for t in CLINIC})
    plan = make_plan(schema(*CLINIC), wanted, facts=facts)
    assert plan.tables["h.organization"].role == "keep"
    assert {f.code for f in plan.findings if f.severity == "error"} == {"parent-not-filled"}


# Columns --------------------------------------------------------------------------------------


def test_values_by_weight() -> None:
    plan = planned(THING, columns={"h.thing.kind": {"values": {"a": 9, "b": 1}}})
    found = column(plan, "thing", "kind")
    assert set(found) == {"a", "b"}
    assert 0.85 < found.count("a") / len(found) < 0.95
    assert plan.tables["h.thing"].columns["kind"].why == "by columns: h.thing.kind"


def test_a_generator_and_its_parameters() -> None:
    plan = planned(THING, columns={
        "h.thing.grade": {"generator": "type.integer", "params": {"min_value": 2, "max_value": 3}},
        "h.thing.size": {"nulls": 0.5},
        "h.thing.label": {"default": "'it''s'"},
    })  # fmt: skip
    assert set(column(plan, "thing", "grade")) == {2, 3}
    assert 350 < column(plan, "thing", "size").count(None) < 650
    assert {v for v in column(plan, "thing", "label") if v is not None} == {"it's"}


def test_parameters_alone_are_those_of_the_chosen_generator() -> None:
    before = planned(THING).tables["h.thing"].columns["grade"]
    assert max(column(planned(THING), "thing", "grade")) > 3
    plan = planned(THING, columns={"h.thing.grade": {"params": {"high": 3}}})
    after = plan.tables["h.thing"].columns["grade"]
    assert (after.generator, after.params) == (before.generator, {**before.params, "high": 3})
    assert max(column(plan, "thing", "grade")) <= 3


def test_a_column_left_to_the_server() -> None:
    with_default = dataclasses.replace(
        THING,
        columns=tuple(
            dataclasses.replace(c, default="'none'::text") if c.name == "label" else c
            for c in THING.columns
        ),
    )
    plan = planned(with_default, columns={"h.thing.label": {"default": True}})
    assert "label" not in everything(build(plan), "thing").batch().schema.names


@pytest.mark.parametrize(
    ("entry", "says", "hint"),
    [
        ({"grade": {"generator": "type.intger"}}, "no generator", "type.integer"),
        ({"grade": {"generator": "type.integer", "params": {"min": 1}}}, "no parameter", "min_"),
        ({"grade": {"generator": "type.text"}}, "does not fill integer", "text"),
        ({"grade": {"values": ["one"]}}, "no value of type integer", "print"),
        ({"grade": {"values": [7]}}, "at least 1", "min_value: 1"),
        ({"kind": {"values": ["d"]}}, "only a, b, c", "values: [a, b, c]"),
        ({"kind": {"nulls": 0.5}}, "NOT NULL", "nulls: 0"),
        ({"kind": {"default": True}}, "no default", "default"),
        ({"kind": {"default": "now()"}}, "an expression", "literal"),
        ({"kind": {"default": "NULL"}}, "NOT NULL", "default: true"),
        ({"code": {"generator": "constant", "params": {"value": "a"}}}, "must be distinct", ""),
        ({"code": {"values": ["longer than twelve"]}}, "18 characters", ""),
        ({"code": {"default": True}}, "no default", ""),
    ],
)
def test_what_a_column_cannot_be(entry: dict[str, Any], says: str, hint: str) -> None:
    error = refused(says, THING, columns={f"h.thing.{c}": e for c, e in entry.items()})
    assert hint in error.hint


def test_an_enum_takes_its_own_values_only() -> None:
    mood = Type("enum", "h.mood", values=("low", "high"))
    odd = dataclasses.replace(
        THING, columns=(*THING.columns, dataclasses.replace(THING.columns[-1], name="m", type=mood))
    )
    assert set(column(planned(odd, columns={"h.thing.m": {"values": ["low"]}}), "thing", "m")) == {
        "low"
    }
    refused("hi: no value of h.mood", odd, columns={"h.thing.m": {"values": ["hi"]}})


def test_a_keys_column_is_the_keys_business() -> None:
    error = refused("fills this column", columns={"h.encounter.patient_id": {"nulls": 0}})
    assert "references:" in error.hint
    # A wildcard takes what it can.
    planned(columns={"h.encounter.*": {"nulls": 0.0}})


def test_a_wildcards_nulls_stay_out_of_columns_that_take_none() -> None:
    plan = planned(THING, columns={"h.thing.*": {"nulls": 0.5}})
    chosen = plan.tables["h.thing"].columns
    assert {c for c, p in chosen.items() if p.nulls} == {"label", "size"}


# Keys -----------------------------------------------------------------------------------------


def test_nulls_and_skew_of_a_reference() -> None:
    place = table("place", "name text")
    visit = table("visit", "place_id bigint?, other_place_id bigint, at timestamptz",
                  "place_id -> place", "other_place_id -> place")  # fmt: skip
    said = {"h.visit.*_id": {"skew": "even"}, "h.visit.place_id": {"nulls": 0.6}}
    plan = planned(place, visit, rows=4000, tables={"h.place": {"rows": 100}}, references=said)
    assert key_plan(plan, "visit", "place_id").nulls == 0.6
    drawn = column(plan, "visit", "other_place_id")
    most = max(drawn.count(v) for v in set(drawn))
    assert key_plan(plan, "visit", "other_place_id").how == "drawn"
    assert most < 3 * len(drawn) / 100


def test_what_a_reference_cannot_be() -> None:
    refused("NOT NULL", references={"h.encounter.patient_id": {"nulls": 0.5}})
    error = refused(
        "filled by this plan", references={"h.encounter.provider_id": {"where": "a = 1"}}
    )
    assert "role: keep" in error.hint
    refused("not drawn", references={"h.encounter.patient_id": {"skew": "even"}})


# The plan file --------------------------------------------------------------------------------


def test_overrides_stay_when_the_rows_change() -> None:
    plan = planned(THING, columns={"h.thing.kind": {"values": ["b"]}})
    again = file.parse(yaml.safe_load(file.to_text(plan)), "plan")
    assert again == plan
    larger = file.with_rows(again, 3000)
    assert larger.rows == 3000
    assert set(column(larger, "thing", "kind")) == {"b"}
    assert larger.options.overrides == plan.options.overrides


def test_without_overrides_the_plan_says_nothing_of_them() -> None:
    text = file.to_text(planned())
    assert "overrides" not in text
    assert "packs" not in text
