"""Filters and weights: the rows that a key draws from, and nothing else, by one look-up a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from seeder.errors import PlanError
from seeder.generate.rows import Rows
from seeder.generate.world import build
from seeder.plan import selecting
from seeder.plan.asked import asked
from seeder.plan.base import OverrideError
from seeder.plan.model import Options, Plan
from seeder.plan.overrides import Overrides
from seeder.plan.planner import make_plan
from tests.property.hand_made import CLINIC, name, options, schema, table
from tests.property.hand_made import values as loaded

CODE = table("code", "kind text, grade integer?, active boolean, name text")
FACT = table("fact", "code_id bigint, other_code_id bigint?, at timestamptz",
             "code_id -> code", "other_code_id -> code")  # fmt: skip
PARENTS = 1000
SNAPSHOT = pa.table(
    {
        "id": pa.array(range(10, 10 * PARENTS + 1, 10), pa.int64()),
        "kind": pa.array(["a", "b", "c", "it's"] * (PARENTS // 4)),
        "grade": pa.array([None if i % 5 == 0 else i % 5 for i in range(PARENTS)], pa.int32()),
        "active": pa.array([i % 2 == 0 for i in range(PARENTS)]),
    }
)


def wanted(**references: Any) -> Options:
    said = Overrides.model_validate(
        {"references": {f"h.fact.{k}": v for k, v in references.items()}}
    )
    return options(3000).model_copy(update={"overrides": said, "kept": {"h.code": PARENTS}})


def selected(given: Options) -> tuple[Options, dict[str, pa.Table]]:
    """What `seeder plan` does between a snapshot and the planner."""
    made = schema(CODE, FACT)
    chosen = selecting.selections(made, asked(made, given), frozenset([name("code")]))
    inputs, sizes = {"h.code": SNAPSHOT}, {}
    for label, item in chosen.items():
        batch, sizes[label] = selecting.rows(SNAPSHOT, item)
        inputs[label] = pa.Table.from_batches([batch])
    return given.model_copy(update={"selected": sizes}), inputs


def drawn(**references: Any) -> tuple[Plan, list[int]]:
    """The plan, and the rows of the parent that the first key draws."""
    given, inputs = selected(wanted(**references))
    plan = make_plan(schema(CODE, FACT), given)
    world = build(plan, inputs)
    rows = Rows(world, name("fact"), np.arange(world.populations[name("fact")].rows))
    return plan, [int(v) // 10 - 1 for v in rows.column("code_id").to_pylist()]


@pytest.mark.parametrize(
    ("where", "keeps"),
    [
        ("kind = 'a'", lambda i: i % 4 == 0),
        ("kind IN ('a', 'b')", lambda i: i % 4 in (0, 1)),
        ("kind = 'it''s'", lambda i: i % 4 == 3),
        ("kind <> 'a'", lambda i: i % 4 != 0),
        ("grade = 3", lambda i: i % 5 == 3),
        ("grade IS NULL", lambda i: i % 5 == 0),
        ("grade IS NOT NULL AND active = true", lambda i: i % 5 and i % 2 == 0),
        ("kind = 'a' AND grade = 1", lambda i: i % 4 == 0 and i % 5 == 1),
    ],
)
def test_every_row_meets_the_filter(where: str, keeps: Any) -> None:
    plan, rows = drawn(code_id={"where": where})
    assert len(rows) == plan.tables["h.fact"].rows == 3000
    assert all(keeps(i) for i in rows)
    assert len(set(rows)) > 0.4 * sum(1 for i in range(PARENTS) if keeps(i))
    among = plan.tables["h.fact"].keys["fact_code_id_fkey"].among
    assert among is not None
    assert among.rows == sum(1 for i in range(PARENTS) if keeps(i))


def test_weights_by_a_column() -> None:
    plan, rows = drawn(code_id={"weights": {"kind": {"a": 3, "b": 1, "nothing": 5}}})
    share = sum(i % 4 == 0 for i in rows) / len(rows)
    assert 0.7 < share < 0.8
    assert {i % 4 for i in rows} == {0, 1}
    among = plan.tables["h.fact"].keys["fact_code_id_fkey"].among
    assert among is not None
    assert among.groups == [(3, 250), (1, 250), (5, 0)]


def test_weights_and_a_filter() -> None:
    _, rows = drawn(code_id={"where": "active = false", "weights": {"kind": {"b": 1, "a": 1}}})
    assert {i % 4 for i in rows} == {1}


def test_the_other_key_stays_free() -> None:
    plan, _ = drawn(code_id={"where": "kind = 'a'"})
    assert plan.tables["h.fact"].keys["fact_other_code_id_fkey"].among is None


def test_heavy_hitters_exist_unless_even_is_asked() -> None:
    def most(skew: str) -> int:
        _, rows = drawn(code_id={"where": "kind = 'a'", "skew": skew})
        return int(np.bincount(rows).max())

    assert most("steep") > 60
    assert most("even") < 30


def test_any_slice_gives_the_same_rows() -> None:
    given, inputs = selected(
        wanted(code_id={"where": "kind = 'a'", "weights": {"grade": {"1": 2}}})
    )
    world = build(make_plan(schema(CODE, FACT), given), inputs)
    whole = Rows(world, name("fact"), np.arange(3000)).column("code_id").to_pylist()
    part = Rows(world, name("fact"), np.array([2999, 5, 1200])).column("code_id").to_pylist()
    assert part == [whole[2999], whole[5], whole[1200]]


@pytest.mark.parametrize(
    ("entry", "says", "hint"),
    [
        ({"where": "knd = 'a'"}, "no column knd", "kind"),
        ({"where": "kind LIKE 'a%'"}, "not understood", "where:"),
        ({"where": "kind = name"}, "", "where:"),
        ({"where": "kind = "}, "not understood", "where:"),
        ({"where": "kind = 'zzz'"}, "no row", "values"),
        ({"where": "grade = 'x'"}, "no row", "values"),
        ({"weights": {"knd": {"a": 1}}}, "no column knd", "kind"),
    ],
)
def test_what_cannot_be_selected(entry: dict[str, Any], says: str, hint: str) -> None:
    with pytest.raises(OverrideError) as error:
        drawn(code_id=entry)
    assert says in error.value.message
    assert hint in error.value.hint


def test_a_unique_key_counts_only_what_it_may_draw() -> None:
    """Rows are capped by the rows that the filter leaves, not by all parents."""
    one = table("one", "code_id bigint", "code_id -> code", unique=["code_id"])
    many = table("many", "one_id bigint, note text", "one_id -> one")
    said = Overrides.model_validate({"references": {"h.one.code_id": {"where": "kind = 'a'"}}})
    made = schema(CODE, one, many)
    given = options(5000).model_copy(update={"overrides": said, "kept": {"h.code": PARENTS}})
    (item,) = selecting.selections(made, asked(made, given), frozenset([name("code")])).values()
    batch, sizes = selecting.rows(SNAPSHOT, item)
    plan = make_plan(made, given.model_copy(update={"selected": {item.label: sizes}}))
    key = plan.tables["h.one"].keys["one_code_id_fkey"]
    assert (key.how, key.fan_out.high) == ("owner", 1)
    assert plan.tables["h.one"].rows <= 250
    world = build(plan, {"h.code": SNAPSHOT, item.label: pa.Table.from_batches([batch])})
    rows = Rows(world, name("one"), np.arange(plan.tables["h.one"].rows))
    found = rows.column("code_id").to_pylist()
    assert len(set(found)) == len(found)
    assert all((v // 10 - 1) % 4 == 0 for v in found)


def test_an_input_that_is_missing() -> None:
    given, _ = selected(wanted(code_id={"where": "kind = 'a'"}))
    with pytest.raises(PlanError, match="no input"):
        build(make_plan(schema(CODE, FACT), given), {"h.code": SNAPSHOT})


def test_columns_that_a_snapshot_carries() -> None:
    made = schema(CODE, FACT)
    given = wanted(code_id={"where": "kind = 'a'"}, other_code_id={"weights": {"grade": {"1": 1}}})
    chosen = selecting.selections(made, asked(made, given), frozenset([name("code")]))
    assert {n: set(c) for n, c in selecting.carried(chosen).items()} == {
        name("code"): {"kind", "grade"}
    }


def test_patients_that_are_kept_structure_what_belongs_to_them() -> None:
    """Every diagnosis is of its encounter's patient, and both are of patients that the filter
    leaves."""
    said = Overrides.model_validate({
        "tables": {"h.patient": {"role": "keep"}},
        "references": {"h.encounter.patient_id": {"where": "sex = 'F'"}},
    })  # fmt: skip
    made = schema(*CLINIC)
    given = options(3000).model_copy(update={"overrides": said, "kept": {"h.patient": 200}})
    women = pa.table({"id": range(1, 201), "sex": ["F" if i % 3 == 0 else "M" for i in range(200)]})
    (item,) = selecting.selections(made, asked(made, given), frozenset([name("patient")])).values()
    batch, sizes = selecting.rows(women, item)
    plan = make_plan(made, given.model_copy(update={"selected": {item.label: sizes}}))
    assert [f.message for f in plan.findings if f.severity == "error"] == []
    assert plan.tables["h.encounter"].owner == "encounter_patient_id_fkey"
    assert plan.tables["h.diagnosis"].keys["diagnosis_patient_id_fkey"].how == "derived"
    world = build(plan, {"h.patient": women, item.label: pa.Table.from_batches([batch])})
    of_visit = dict(loaded(world, "encounter", "id", "patient_id"))
    assert {(int(str(p)) - 1) % 3 for p in of_visit.values()} == {0}
    assert len(set(of_visit.values())) > 50
    pairs = loaded(world, "diagnosis", "encounter_id", "patient_id")
    assert all(of_visit[visit] == patient for visit, patient in pairs)
