"""Bytes on disk: of the order that a server then shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seeder.plan.size import estimate
from seeder.schema import Index
from tests.property.hand_made import CLINIC, planned


def test_rows_cost_what_they_hold() -> None:
    small, large = (estimate(planned(CLINIC, n)) for n in (10_000, 100_000))
    assert 9 < large.heap / small.heap < 11
    assert 30 * 10_000 < small.heap < 200 * 10_000
    assert small.indexes == 0
    assert small.wal == small.heap


def test_each_index_is_counted() -> None:
    tables = [replace(t, indexes=(Index(f"{t.name.name}_pkey", ("id",), unique=True),))
              for t in CLINIC]  # fmt: skip
    found = estimate(planned(tables, 100_000))
    assert found.indexes == pytest.approx(100_000 * 26, rel=0.15)
    assert found.wal == found.heap + found.indexes
