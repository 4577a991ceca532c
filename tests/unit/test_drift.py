"""Differences in words: of schemas, of plans."""

from __future__ import annotations

from dataclasses import replace

from seeder.load.drift import difference
from seeder.plan.compare import changes
from seeder.plan.model import ColumnPlan
from seeder.schema import Partitioning, Schema
from tests.property.hand_made import CLINIC, PATIENT, planned, schema, table


def test_nothing_changed() -> None:
    assert difference(schema(*CLINIC), schema(*CLINIC)) == ""
    assert changes(planned(CLINIC), planned(CLINIC)) == []


def test_tables_come_go_and_change() -> None:
    old = schema(PATIENT, table("gone", "v text"))
    now = schema(
        replace(table("patient", "first_name text, sex boolean, more text"), comment="me"),
        table("fresh", "v text"),
    )
    lines = difference(old, now).strip().split("\n  ")
    assert lines == [
        "gone: h.gone",
        "new: h.fresh",
        "changed: h.patient (columns: new more, gone birth_date, changed sex; comment: '' -> 'me')",
    ]


def test_parts_and_orders() -> None:
    parts = replace(PATIENT, partitioning=Partitioning("range", ("id",), ("one",)))
    more = replace(PATIENT, partitioning=Partitioning("range", ("id",), ("one", "two")))
    assert "(partitioning (bounds: new two))" in difference(schema(parts), schema(more))
    turned = replace(PATIENT, columns=PATIENT.columns[::-1])
    assert "(columns: another order)" in difference(schema(PATIENT), schema(turned))


def test_many_are_cut() -> None:
    many = schema(*(table(f"t{n}", "v text") for n in range(30)))
    text = difference(Schema("postgresql", ()), many)
    assert text.count("\n") == 21
    assert text.endswith("...")


def test_plans() -> None:
    """Ways before mere numbers of rows."""
    old = planned(CLINIC, 2000)
    new = planned([*CLINIC, table("fresh", "v text")], 3000)
    patient = new.tables["h.patient"]
    columns = dict(patient.columns)
    columns["sex"] = ColumnPlan(generator="choice", params={"values": ["X"]})
    tables = {**new.tables, "h.patient": patient.model_copy(update={"columns": columns})}
    lines = changes(old, new.model_copy(update={"tables": tables}))
    before, now = old.tables["h.patient"], new.tables["h.patient"]
    assert lines[0] == f"h.fresh: not planned -> {new.tables['h.fresh'].rows:,} rows"
    assert lines[1].startswith("h.patient.sex: ")
    assert lines[1].endswith((" -> choice", ": choice, other parameters"))
    assert f"h.patient: {before.rows:,} rows -> {now.rows:,} rows" in lines[2:]
