"""The planner: roles, findings, determinism."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seeder.errors import PlanError, UsageError
from seeder.generate.data import entries
from seeder.plan.findings import refuse_errors
from seeder.plan.planner import make_plan
from seeder.schema import Check, Facts, TableFacts
from tests.property.hand_made import CLINIC, build, name, options, planned, schema, table, values


def test_a_plan_is_a_function_of_its_arguments() -> None:
    assert planned(CLINIC, 5000) == planned(tuple(reversed(CLINIC)), 5000)
    assert planned(CLINIC, 5000).model_dump_json() == planned(CLINIC, 5000).model_dump_json()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"bookkeeping": "alembic's ledger"}, "alembic's ledger"),
        ({"kind": "foreign"}, "foreign table"),
    ],
)
def test_what_is_never_filled(change: dict[str, str], why: str) -> None:
    made = make_plan(schema(*CLINIC, replace(table("other", "n text"), **change)), options(500))
    other = made.tables["h.other"]
    assert other.role == "ignore"
    assert why in other.why
    assert made.rows == 500


def test_partitions_are_loaded_through_their_root() -> None:
    part = replace(table("part", "n text"), kind="partition", partition_of=name("patient"))
    made = make_plan(schema(*CLINIC, part), options(500))
    assert "h.part" not in made.generated


def test_other_namespaces_are_left_alone() -> None:
    stray = replace(table("stray", "n text"), name=name("elsewhere.stray"))
    wanted = options(500).model_copy(update={"namespaces": ["h"]})
    made = make_plan(schema(*CLINIC, stray), wanted)
    assert made.tables["elsewhere.stray"].role == "ignore"


def test_keys_to_tables_that_are_not_filled() -> None:
    facts = Facts("15", tables={name("organization"): TableFacts(can_insert=False)} | {
        t.name: TableFacts() for t in CLINIC if t.name.name != "organization"})  # fmt: skip
    made = make_plan(schema(*CLINIC), options(500), facts=facts)
    found = {f.place for f in made.findings if f.code == "parent-not-filled"}
    assert any("provider" in place for place in found)
    with pytest.raises(PlanError, match="organization"):
        refuse_errors(made)


def test_a_type_that_nobody_knows() -> None:
    made = make_plan(schema(table("thing", "name text, place other?")), options(50))
    assert made.tables["h.thing"].columns["place"].generator == "null"
    made = make_plan(schema(table("thing", "name text, place other")), options(50))
    with pytest.raises(PlanError, match="pg_lsn"):
        refuse_errors(made)


def test_nothing_to_fill() -> None:
    with pytest.raises(UsageError, match="no table to fill"):
        make_plan(schema(), options(50))


def test_notes_of_the_server_become_findings() -> None:
    facts = Facts("15", tables={t.name: TableFacts() for t in CLINIC},
                  notes=(("slots", "a replication slot", "mind the WAL"),))  # fmt: skip
    made = make_plan(schema(*CLINIC), options(500), facts=facts)
    assert [(f.code, f.hint) for f in made.findings if f.place == "server"] == [
        ("slots", "mind the WAL")
    ]


def test_a_check_between_two_keys_is_said() -> None:
    part = table("part", "name text")
    bill = table(
        "bill", "whole_id bigint, part_id bigint",
        "whole_id -> part", "part_id -> part",
    )  # fmt: skip
    ordered = Check("ordered", "(whole_id < part_id)", ("whole_id", "part_id"))
    bill = replace(bill, checks=(ordered,))
    made = make_plan(schema(part, bill), options(500))
    (found,) = [f for f in made.findings if f.code == "check-not-read"]
    assert found.place == str(bill.name)
    assert found.message.startswith("CHECK ordered is not understood: it compares whole_id and")


def test_a_check_that_is_not_understood_is_said() -> None:
    odd = table("thing", "n integer", checks=["strange_function(n) > 3"])
    made = make_plan(schema(odd), options(50))
    assert [f.code for f in made.findings] == ["check-not-read"]


def test_a_sort_order_without_an_owner_counts_the_table() -> None:
    kind = table("kind", "label text, sort_order integer")
    small = table("small", "label text, sort_order smallint")
    made = make_plan(schema(kind, small), options(100_000))
    plan = made.tables[str(kind.name)].columns["sort_order"]
    assert (plan.generator, plan.distinct and plan.distinct.how) == ("counter", "row")
    assert made.tables[str(small.name)].rows > 32_767
    assert made.tables[str(small.name)].columns["sort_order"].generator == "ordinal"


def test_columns_of_an_entry_follow_the_one_that_a_key_keeps_apart() -> None:
    """The drug is part of the key, so it is not the one that the visit's story tells of."""
    order = table(
        "prescription",
        "encounter_id bigint, drug_name text, route text?, dose_unit text?",
        "encounter_id -> encounter",
        primary="encounter_id,drug_name",
    )
    made = planned((*CLINIC, order), rows=4000)
    columns = made.tables["h.prescription"].columns
    assert columns["drug_name"].distinct is not None
    for column in ("route", "dose_unit"):
        assert columns[column].generator == "code.label"
        assert columns[column].params["of"] == "drug_name"
    drugs = entries("drugs").columns
    known = set(zip(drugs["name"], drugs["route"], drugs["dose_unit"], strict=True))
    found = values(build(made), "prescription", "drug_name", "route", "dose_unit")
    told = [row for row in found if None not in row]
    assert len(told) > 50
    assert set(told) <= known


def test_ranks_count_from_one_also_in_a_key_that_another_member_keeps_apart() -> None:
    coded = table("icd_entry", "icd_code code, title text", primary="icd_code")
    rank = table(
        "visit_diagnosis",
        "encounter_id bigint, diagnosis_rank integer, icd_code code",
        "encounter_id -> encounter",
        "icd_code -> icd_entry(icd_code)",
        primary="encounter_id,diagnosis_rank,icd_code",
    )
    loose = table(
        "note_line", "encounter_id bigint, line_number integer?", "encounter_id -> encounter"
    )
    made = build(planned((*CLINIC, coded, rank, loose), rows=4000))
    for label, column in (("visit_diagnosis", "diagnosis_rank"), ("note_line", "line_number")):
        places: dict[object, list[int]] = {}
        for visit, place in values(made, label, "encounter_id", column):
            places.setdefault(visit, []).append(int(str(place)))
        assert places
        assert all(sorted(p) == list(range(1, len(p) + 1)) for p in places.values())
