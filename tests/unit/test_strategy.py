"""The strategy of a load: what stays alive, what waits, and how circles of keys are met."""

from __future__ import annotations

import pytest

from seeder.errors import PlanError
from seeder.plan import strategy
from seeder.plan.file import parse, to_text
from seeder.plan.model import IndexPlan, Plan
from seeder.schema import Name
from tests.property.hand_made import CLINIC, name, planned, table

CIRCLE = (
    table("dept", "head_id bigint, title text", "head_id -> person"),
    table("person", "dept_id bigint, boss_id bigint?", "dept_id -> dept", "boss_id -> person"),
)
A, B, C = (Name("h", n) for n in "abc")


def with_keys(plan: Plan, **actions: str) -> Plan:
    """The plan with its foreign keys kept or rebuilt, by name."""
    indexes: dict[str, list[IndexPlan]] = {}
    for table_name in plan.generated:
        for key in plan.database[Name.parse(table_name)].foreign_keys:
            action = actions.get(key.name, "rebuild")
            indexes.setdefault(table_name, []).append(
                IndexPlan(name=key.name, kind="foreign", action=action, why=f"to {action}")  # type: ignore[arg-type]
            )
    return plan.model_copy(update={"indexes": indexes})


def test_groups_of_a_circle() -> None:
    assert strategy.circles({A: {B}, B: {C}, C: {A}}) == [[A, B, C]]
    assert strategy.circles({A: {A, B}, B: {C}}) == []
    assert strategy.circles({}) == []


def test_a_circle_whose_keys_are_rebuilt() -> None:
    found = strategy.cycles(with_keys(planned(CIRCLE, 500)))
    assert [c.tables for c in found] == [["h.dept", "h.person"]]
    assert found[0].keys == dict.fromkeys(
        ["h.dept.dept_head_id_fkey", "h.person.person_dept_id_fkey",
         "h.person.person_boss_id_fkey"], "rebuilt after the load",
    )  # fmt: skip


def test_one_live_key_of_a_circle_gives_an_order() -> None:
    plan = with_keys(planned(CIRCLE, 500), person_dept_id_fkey="keep", person_boss_id_fkey="keep")
    (found,) = strategy.cycles(plan)
    assert found.keys["h.person.person_dept_id_fkey"] == "alive: h.dept is filled first"
    assert found.keys["h.person.person_boss_id_fkey"] == "alive: earlier rows are filled first"
    assert strategy.findings(plan) == []
    waiting = strategy.live(plan, strategy.kept_keys(plan))
    assert waiting == {name("person"): {name("dept"), name("person")}}


def test_a_circle_that_is_all_alive_is_refused_and_found() -> None:
    plan = with_keys(planned(CIRCLE, 500), person_dept_id_fkey="keep", dept_head_id_fkey="keep")
    (found,) = strategy.findings(plan)
    assert (found.severity, found.code) == ("error", "live-cycle")
    with pytest.raises(PlanError, match="h.dept, h.person"):
        strategy.refuse_live_circles(strategy.live(plan, strategy.kept_keys(plan)))


def test_a_key_that_is_always_null_waits_for_nothing() -> None:
    plan = with_keys(planned(CIRCLE, 500), person_dept_id_fkey="keep", dept_head_id_fkey="keep")
    dept = plan.tables["h.dept"]
    nothing = dept.keys["dept_head_id_fkey"].model_copy(update={"how": "null"})
    dept = dept.model_copy(update={"keys": {"dept_head_id_fkey": nothing}})
    plan = plan.model_copy(update={"tables": {**plan.tables, "h.dept": dept}})
    assert strategy.findings(plan) == []
    assert strategy.cycles(plan)[0].keys["h.dept.dept_head_id_fkey"] == "always NULL"


def test_careful_tables_are_those_that_keep_everything() -> None:
    plan = with_keys(planned(CIRCLE, 500), person_dept_id_fkey="keep", dept_head_id_fkey="keep")
    assert strategy.careful(plan) == {"h.dept": "to keep"}


def test_the_file_holds_it() -> None:
    import yaml

    plan = with_keys(planned(CLINIC, 500))
    plan = plan.model_copy(update={"strategy": strategy.strategy(plan, {"h.patient": "a type"})})
    assert parse(yaml.safe_load(to_text(plan)), "plan").strategy.text == {"h.patient": "a type"}
