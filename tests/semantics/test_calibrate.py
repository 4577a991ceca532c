"""The chances of readings come true on schemas that they were not fitted to."""

from __future__ import annotations

from functools import cache

import pytest

from seeder.semantics.trust import CONFIDENT, _points, percent
from tests.semantics.calibrate import Sight, fit, left_out, nested, sights, threshold


@cache
def _judged() -> list[tuple[Sight, int]]:
    return left_out(sights())


def test_the_points_are_those_that_the_script_writes() -> None:
    assert fit(sights()) == dict(_points())


def test_few_are_confidently_wrong_on_a_schema_left_out() -> None:
    judged = _judged()
    wrong = sum(c >= CONFIDENT and not s.right for s, c in judged)
    assert wrong < 0.02 * len(judged)
    assert threshold(judged) == CONFIDENT
    assert sum(c >= CONFIDENT for _, c in judged) > 0.28 * len(judged)


def test_few_are_where_ridge_and_threshold_are_chosen_without_it() -> None:
    judged = nested(sights())
    assert sum(confident and not s.right for s, confident in judged) < 0.02 * len(judged)


@pytest.mark.parametrize("low", range(10, 100, 10))
def test_chances_come_true(low: int) -> None:
    right = [s.right for s, c in _judged() if low <= c < low + 10]
    assert abs(sum(right) / len(right) - (low + 5) / 100) < 0.2


def test_marks_that_are_not_known_say_nothing() -> None:
    assert percent(("found:unheard of",)) == percent(())


def test_a_chance_is_never_certain() -> None:
    assert percent(["x"], {"base": 10_000, "x": 1}) == 99
    assert percent(["x"], {"base": -10_000, "x": 1}) == 0
