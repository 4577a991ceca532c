"""Why a column may have one value or none; and that nothing else is a reason."""

from __future__ import annotations

from typing import Any

import pytest

from seeder.plan.model import ColumnPlan, KeyPlan, Plan
from seeder.schema import Name
from seeder.verify.barren import Reasons
from tests.property.hand_made import CLINIC, planned, table

PATIENT = Name("h", "patient")
ENCOUNTER = Name("h", "encounter")


def changed(plan: Plan, name: Name, **update: Any) -> Plan:
    """The plan with parts of a table's columns and keys replaced, as a user edits it."""
    inner = plan.tables[str(name)]
    merged = {part: {**getattr(inner, part), **new} for part, new in update.items()}
    tables = {**plan.tables, str(name): inner.model_copy(update=merged)}
    return plan.model_copy(update={"tables": tables})


def test_a_column_that_could_vary_has_no_reason() -> None:
    plan = planned(CLINIC, 2000)
    for name, made in plan.generated.items():
        for column in made.columns:
            assert Reasons(plan).why(Name.parse(name), column) == "", (name, column)


@pytest.mark.parametrize(
    ("columns", "column", "why"),
    [
        ("place other?", "place", "no generator makes pg_lsn"),
        (
            "country text, city text, zip text",
            "country",
            "all addresses are in one country, as their cities are",
        ),
    ],
)
def test_what_the_generator_cannot_help(columns: str, column: str, why: str) -> None:
    plan = planned((table("thing", columns + ", name text"),), 100)
    assert Reasons(plan).why(Name("h", "thing"), column) == why


def test_a_check_that_allows_one_value() -> None:
    thing = table("thing", "kind text, name text", checks=["kind = 'only'"])
    thing = thing.__class__(**{
        **{f: getattr(thing, f) for f in ("name", "columns", "uniques", "foreign_keys")},
        "checks": (thing.checks[0].__class__("one", "kind = 'only'", ("kind",)),),
    })  # fmt: skip
    plan = planned((thing,), 100)
    assert Reasons(plan).why(thing.name, "kind") == "its CHECK allows one value"
    assert Reasons(plan).why(thing.name, "name") == ""


def test_what_a_key_brings() -> None:
    plan = planned(CLINIC, 2000)
    (key,) = (k for k, p in plan.tables[str(ENCOUNTER)].keys.items() if p.how == "owner")
    (column,) = plan.database[ENCOUNTER].keys_by_name[key].columns
    assert Reasons(plan).why(ENCOUNTER, column) == ""
    lonely = plan.model_copy(update={"tables": {
        **plan.tables, str(PATIENT): plan.tables[str(PATIENT)].model_copy(update={"rows": 1})
    }})  # fmt: skip
    assert Reasons(lonely).why(ENCOUNTER, column) == "h.patient has one row"
    none = changed(plan, ENCOUNTER, keys={key: KeyPlan(how="null", why="left out")})
    assert Reasons(none).why(ENCOUNTER, column) == "left out"


def test_the_users_wish_is_reason_enough() -> None:
    plan = planned(CLINIC, 2000)
    column = next(iter(plan.tables[str(PATIENT)].columns))
    wish = ColumnPlan(generator="constant", params={"value": "1"})
    edited = changed(plan, PATIENT, columns={column: wish})
    assert Reasons(edited).why(PATIENT, column) == "the plan was edited to say so"


def test_what_is_chance_in_few_rows() -> None:
    """One row with a value, or a rare choice; and what no chance explains."""
    flag = {"values": ["often", "seldom"], "weights": [99, 1]}
    plan = changed(
        planned(CLINIC, 2000), PATIENT,
        columns={"sex": ColumnPlan(generator="choice", params=flag),
                 "first_name": ColumnPlan(generator="constant", params={"value": "x"})},
    )  # fmt: skip
    reasons = Reasons(plan)
    assert reasons.luck(PATIENT, "sex", 60) == "a matter of chance in 60 rows"
    assert reasons.luck(PATIENT, "sex", 2000) == ""
    assert reasons.luck(PATIENT, "first_name", 60) == ""
    assert reasons.luck(PATIENT, "first_name", 1) == "one row has a value"
