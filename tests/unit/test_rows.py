"""Rows: every column of the sample hospital is the same in one batch, in slices, row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from seeder.adapter import find_adapter
from seeder.errors import PlanError
from seeder.generate.rows import Rows
from seeder.generate.world import World, build
from seeder.plan.model import ColumnPlan, Options
from seeder.plan.planner import make_plan
from seeder.schema import Name, Schema
from seeder_hospital import migrate
from tests.helpers.servers import Databases
from tests.property.hand_made import CLINIC, everything, planned, table, values

_RNG = np.random.default_rng(20250630)


@pytest.fixture(scope="module")
def hospital(embedded_url: str) -> Iterator[Schema]:
    databases = Databases(embedded_url)
    try:
        url = databases()
        migrate(url)
        adapter = find_adapter(url)
        connection = adapter.connect(url)
        schema = adapter.reflect(connection)
        connection.close()
        yield schema
    finally:
        databases.drop()


@pytest.fixture(scope="module")
def world(hospital: Schema) -> World:
    options = Options(rows=20_000, seed=3, reference_date=dt.date(2025, 6, 30))
    return build(make_plan(hospital, options))


def differing(world: World, name: Name, whole: pa.RecordBatch, numbers: np.ndarray) -> list[str]:
    """Columns whose cells for ``numbers`` are not those of the whole table."""
    part = Rows(world, name, numbers).batch()
    wanted = whole.take(pa.array(numbers))
    return [f"{name}.{c}" for c in whole.schema.names if not wanted[c].equals(part[c])]


def test_every_column_in_any_slice_and_any_order(world: World) -> None:
    bad: list[str] = []
    for name, population in world.populations.items():
        rows = population.rows
        whole = Rows(world, name, np.arange(rows)).batch()
        edges = sorted({0, rows, *_RNG.integers(0, rows + 1, 3).tolist()})
        for low, high in pairwise(edges):
            bad += differing(world, name, whole, np.arange(low, high))
        bad += differing(world, name, whole, _RNG.permutation(rows)[:300])
        bad += differing(world, name, whole, _RNG.integers(0, rows, 50))
        for number in (0, rows - 1, *_RNG.integers(0, rows, 3).tolist()):
            bad += differing(world, name, whole, np.array([number]))
    assert sorted(set(bad)) == []


def test_no_rows_have_the_same_types(world: World) -> None:
    none = np.empty(0, np.int64)
    for name in world.populations:
        empty = Rows(world, name, none).batch()
        assert empty.num_rows == 0
        assert empty.schema == Rows(world, name, np.zeros(1, np.int64)).batch().schema


def test_a_batch_is_a_function_of_the_plan(world: World) -> None:
    """Compiled again, from the same plan: the same cells."""
    again = build(world.plan)
    for name in list(world.populations)[:8]:
        numbers = np.arange(min(200, world.populations[name].rows))
        assert Rows(world, name, numbers).batch().equals(Rows(again, name, numbers).batch())


def test_columns_keep_their_order_and_leave_out_what_the_server_makes(world: World) -> None:
    for name, population in world.populations.items():
        columns = population.table.columns
        names = [c.name for c in columns if not c.generated]
        assert [c for c in names if c in population.columns] == list(population.columns), name
        generated = {c.name for c in columns if c.generated}
        assert not generated & set(population.columns)


def test_times_lie_inside_the_owners() -> None:
    built = build(planned(CLINIC, 3000))
    visits, findings = everything(built, "encounter"), everything(built, "diagnosis")
    owner = findings.parents("diagnosis_encounter_id_fkey")
    start, end = visits.span
    first, last = findings.span
    assert (first >= start[owner]).all()
    assert (last <= end[owner]).all()
    born, died_at, _ = findings.life
    assert (born <= first).all()
    assert (last <= died_at).all()
    assert (died_at <= built.reference).all()


def test_visits_of_a_patient_do_not_overlap() -> None:
    built = build(planned(CLINIC, 3000))
    visits = everything(built, "encounter")
    start, end = visits.span
    same = np.diff(visits.parents("encounter_patient_id_fkey")) == 0
    assert same.sum() > 100
    assert (end[:-1][same] <= start[1:][same]).all()


def test_nulls_come_by_their_share_and_never_elsewhere() -> None:
    plan = planned(CLINIC, 20_000)
    label = "h.diagnosis"
    old = plan.tables[label]
    column = old.columns["code"].model_copy(update={"nulls": 0.25})
    tables = {**plan.tables, label: old.model_copy(
        update={"columns": {**old.columns, "code": column}})}  # fmt: skip
    built = build(plan.model_copy(update={"tables": tables}))
    cells = [v for (v,) in values(built, "diagnosis", "code")]
    assert 0.22 < cells.count(None) / len(cells) < 0.28
    assert None not in [v for (v,) in values(built, "encounter", "patient_id")]


@pytest.mark.parametrize(("op", "field"), [(">", "after"), (">=", "not_before")])
def test_later_columns_are_raised_to_earlier_ones(op: str, field: str) -> None:
    """A CHECK that compares two columns; ``after`` is strict, ``not_before`` is not."""
    stay = table("stay", "opened date, closed date", checks=[f"closed {op} opened"])
    plan = planned((stay,), 3000)
    assert getattr(plan.tables["h.stay"].columns["closed"], field) == ["opened"]
    pairs = values(build(plan), "stay", "opened", "closed")
    opened, closed = (np.array(side, "datetime64[D]") for side in zip(*pairs, strict=True))
    assert ((closed > opened) if op == ">" else (closed >= opened)).all()


def test_an_unknown_generator_names_the_nearest() -> None:
    plan = planned(CLINIC, 100)
    old = plan.tables["h.patient"]
    columns = {**old.columns, "sex": ColumnPlan(generator="person.sax")}
    tables = {**plan.tables, "h.patient": old.model_copy(update={"columns": columns})}
    with pytest.raises(PlanError, match=r"no generator 'person.sax'[\s\S]*person.sex"):
        build(plan.model_copy(update={"tables": tables}))
