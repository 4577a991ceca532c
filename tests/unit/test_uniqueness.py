"""Unique sets: met by arithmetic on the rows themselves, or refused with that arithmetic."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seeder.errors import PlanError
from seeder.plan.findings import refuse_errors
from seeder.plan.planner import make_plan
from seeder.schema import Table
from tests.property.hand_made import CLINIC, PATIENT, build, options, planned, schema, table, values
from tests.property.integrity import faults


def line(columns: str, primary: str = "id", unique: tuple[str, ...] = ()) -> Table:
    return table("line", columns, "patient_id -> patient", primary=primary, unique=unique)


def test_a_counter_from_one() -> None:
    world = build(planned(CLINIC, 500))
    ids = [v for (v,) in values(world, "encounter", "id")]
    assert ids == list(range(1, len(ids) + 1))


@pytest.mark.parametrize(
    "column",
    ["started_at timestamptz", "day date", "amount numeric", "seq smallint", "kind char1",
     "code code", "name text", "ref uuid", "n integer"],
)  # fmt: skip
def test_each_type_can_be_unique_alone_and_with_the_owner(column: str) -> None:
    name = column.split()[0]
    for unique in (name, f"patient_id,{name}"):
        made = planned((PATIENT, line(f"patient_id bigint, {column}", unique=(unique,))), 150)
        assert faults(made) == []


def test_an_ordinal_in_a_composite_primary_key() -> None:
    """(patient_id, line_no): the children of a patient are numbered from one."""
    made = planned(
        (PATIENT, line("patient_id bigint, line_no smallint", primary="patient_id,line_no")), 3000
    )
    assert made.tables["h.line"].columns["line_no"].generator == "ordinal"
    numbers: dict[object, list[object]] = {}
    for patient, number in values(build(made), "line", "patient_id", "line_no"):
        numbers.setdefault(patient, []).append(number)
    assert all(n == list(range(1, len(n) + 1)) for n in numbers.values())
    assert max(map(len, numbers.values())) > 3


def test_several_members_together() -> None:
    """Without an owner among them: digits of one permuted number."""
    shelf = table(
        "shelf", "aisle smallint, rack char1, label text", unique=["aisle,rack"], primary=""
    )
    made = planned((shelf,), 20_000)
    assert faults(made) == []
    assert made.tables["h.shelf"].rows == 20_000


def test_two_unique_sets_of_one_table() -> None:
    made = planned(
        (PATIENT, line("patient_id bigint, seq smallint, code code",
                       unique=("patient_id,seq", "code", "patient_id,code"))), 2000
    )  # fmt: skip
    assert faults(made) == []


def test_a_unique_column_may_still_be_null() -> None:
    thing = table("thing", "code code?, name text", unique=["code"])
    made = planned((thing,), 2000)
    codes = [c for (c,) in values(build(made), "thing", "code")]
    known = [c for c in codes if c is not None]
    assert len(set(known)) == len(known) < len(codes)


@pytest.mark.parametrize(
    ("tables", "counts", "says"),
    [
        ((PATIENT, line("patient_id bigint, seq smallint", primary="seq")),
         {"line": 40_000}, r"line: 40,000 rows .* 3\d,\d{3}"),
        ((PATIENT, line("patient_id bigint, kind char1", unique=("kind",))),
         {"line": 500}, r"line: 500 rows .* distinct values"),
        ((PATIENT, line("patient_id bigint, active boolean", unique=("patient_id,active",))),
         {"patient": 10, "line": 50}, r"line: 50 rows .*10 .* x 2 .* = 20"),
        ((PATIENT, line("patient_id bigint", unique=("patient_id",))),
         {"patient": 10, "line": 11}, r"line: 11 rows .* 10 "),
    ],
)  # fmt: skip
def test_more_rows_than_fit(tables: tuple[Table, ...], counts: dict[str, int], says: str) -> None:
    with pytest.raises(PlanError, match=says):
        refuse_errors(
            make_plan(schema(*tables, table("thing", "name text")), options(100_000, **counts))
        )


def test_generated_columns_are_left_to_the_server() -> None:
    thing = table("thing", "code code, upper text", unique=["upper"])
    columns = tuple(
        replace(c, generated="upper(code)") if c.name == "upper" else c for c in thing.columns
    )
    made = planned((replace(thing, columns=columns),), 100)
    assert "upper" not in made.tables["h.thing"].columns
