"""Guessed seconds: they grow with the work, and shrink with workers as far as there are cores."""

from __future__ import annotations

import pytest

from seeder.cli import output
from seeder.plan import duration, size
from seeder.plan.model import IndexPlan, Plan, Strategy
from tests.property.hand_made import CLINIC, planned


def guessed(plan: Plan, workers: int = 2, cores: int = 2) -> float:
    return duration.estimate(plan, size.estimate(plan).encoded, workers, cores).seconds


def indexed(plan: Plan, kind: str, action: str) -> Plan:
    items = [IndexPlan(name="x", kind=kind, action=action, why="")]  # type: ignore[arg-type]
    return plan.model_copy(update={"indexes": dict.fromkeys(plan.generated, items)})


def test_rows_cost_in_proportion() -> None:
    small, large = guessed(planned(CLINIC, 1_000_000)), guessed(planned(CLINIC, 10_000_000))
    assert 1.5 < small < 10
    assert 5 < large / small < 10


def test_workers_help_as_far_as_there_are_cores() -> None:
    plan = planned(CLINIC, 10_000_000)
    one, two, four = (guessed(plan, n, 4) for n in (1, 2, 4))
    assert 1.5 < one / two < 2
    assert 1.5 < two / four < 2
    assert guessed(plan, 4, 2) == two


@pytest.mark.parametrize("kind", ["index", "foreign"])
def test_what_stays_alive_costs_more_than_what_is_rebuilt(kind: str) -> None:
    plan = planned(CLINIC, 5_000_000)
    rebuilt, kept = (guessed(indexed(plan, kind, action)) for action in ("rebuild", "keep"))
    assert guessed(plan) < rebuilt < kept


def test_text_costs_more_than_binary() -> None:
    plan = planned(CLINIC, 5_000_000)
    text = Strategy(text=dict.fromkeys(plan.generated, "a type"))
    assert guessed(plan.model_copy(update={"strategy": text})) > 1.3 * guessed(plan)


def test_it_counts_what_it_is_reckoned_from() -> None:
    plan = indexed(planned(CLINIC, 10_000), "foreign", "rebuild")
    found = duration.estimate(plan, size.estimate(plan).encoded, 2, 2)
    assert (found.rows, found.checks, found.entries) == (10_000, 10_000, 0)
    assert 300_000 < found.bytes < 3_000_000


@pytest.mark.parametrize(
    ("seconds", "text"), [(3.4, "3 s"), (89, "89 s"), (95, "2 min"), (7200, "2.0 h")]
)
def test_time_for_people(seconds: float, text: str) -> None:
    assert output.duration(seconds) == text
