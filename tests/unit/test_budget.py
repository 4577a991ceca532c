"""The row budget: exact in sum, the user's counts kept, capacity and contradiction refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeder.errors import PlanError, UsageError
from seeder.plan.planner import make_plan
from tests.property.hand_made import CLINIC, options, planned, schema, table

SMALL = table("grade", "code smallint, label text", primary="code")


@given(st.integers(5, 10**12))
def test_the_sum_is_exact(rows: int) -> None:
    plan = planned(CLINIC, rows)
    assert plan.rows == rows
    assert all(t.rows > 0 for t in plan.tables.values())


@given(st.integers(100, 10**7), st.integers(0, 60))
def test_counts_of_single_tables_stay(rows: int, patients: int) -> None:
    plan = planned(CLINIC, rows, patient=max(patients, 1), provider=7)
    assert plan.tables["h.patient"].rows == max(patients, 1)
    assert plan.tables["h.provider"].rows == 7
    assert plan.rows == rows


def test_small_tables_stay_small() -> None:
    plan = planned((*CLINIC, table("payer", "name text, city text")), 5_000_000)
    rows = {n: t.rows for n, t in plan.tables.items()}
    assert rows["h.organization"] < 3000
    assert rows["h.payer"] < 3000
    assert rows["h.patient"] < rows["h.encounter"] < rows["h.diagnosis"]


def test_too_few_rows_and_too_many_counts() -> None:
    with pytest.raises(UsageError, match="too few"):
        planned(CLINIC, 3)
    with pytest.raises(UsageError, match=r"sum to 90 rows, more than --rows 50"):
        planned(CLINIC, 50, patient=90)
    with pytest.raises(UsageError, match=r"sum to 5 rows, not --rows 50"):
        planned(CLINIC, 50, patient=1, provider=1, organization=1, encounter=1, diagnosis=1)


def test_a_count_beyond_a_unique_column_is_refused_with_the_arithmetic() -> None:
    with pytest.raises(PlanError, match=r"grade: 40,000 rows .* = 3\d,\d+ distinct values"):
        planned((SMALL, *CLINIC), 100_000, grade=40_000)


def test_capped_tables_leave_their_rows_to_the_others() -> None:
    level = table("level", "name text, kind char1", unique=["kind"])
    plan = planned((level, *CLINIC), 50_000)
    assert plan.rows == 50_000
    assert plan.tables["h.level"].rows <= 62


def test_when_every_table_is_at_its_capacity() -> None:
    with pytest.raises(PlanError, match=r"can hold [\d,]+ rows, not 10,000,000"):
        planned((SMALL,), 10_000_000)


def test_the_arithmetic_of_a_capacity_is_said() -> None:
    switch = table("switch", "state boolean", unique=["state"])
    with pytest.raises(PlanError, match=r"h\.switch: switch_state_key is unique over 2 \(state\)"):
        planned((switch,), 20_000)


def test_zero_rows_make_a_table_empty() -> None:
    made = make_plan(schema(*CLINIC, SMALL), options(1000, grade=0))
    assert made.tables["h.grade"].role == "empty"
    assert made.rows == 1000


@pytest.mark.parametrize(
    ("name", "says"), [("patiant", "did you mean"), ("a.b.c", "not a table name")]
)
def test_counts_of_unknown_tables(name: str, says: str) -> None:
    wanted = options(1000).model_copy(update={"tables": {name: 5}})
    with pytest.raises(UsageError) as caught:
        make_plan(schema(*CLINIC), wanted)
    assert says in str(caught.value)


def test_one_table_gets_everything() -> None:
    assert planned((table("thing", "name text"),), 1).rows == 1
    assert planned((table("thing", "name text"),), 12_345).rows == 12_345
