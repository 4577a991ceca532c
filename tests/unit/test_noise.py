"""Dirty data on demand: how cells become dirty, who is registered twice, which columns can be."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from seeder.clinical.twins import persons
from seeder.errors import UsageError
from seeder.generate import stream
from seeder.generate.data import entries
from seeder.generate.noise import abbreviated, mistyped
from seeder.generate.rows import Rows
from seeder.generate.stream import Ints, Words
from seeder.generate.units import _converted, _table
from seeder.generate.world import build
from seeder.plan.control import Clinical
from seeder.plan.model import Options, Plan
from seeder.plan.overrides import Overrides
from seeder.plan.planner import make_plan
from seeder.schema import Check, Column, ForeignKey, Name, Schema, Table, Type, Unique

KEY = stream.key(2, "noise")
TEXT, SHORT = Type("text", "text"), Type("text", "varchar(20)", length=20)
BIG, DAY = Type("integer", "bigint", bits=64), Type("date", "date")
NOW = Type("timestamptz", "timestamptz")


def _column(name: str, kind: Type, nullable: bool = False) -> Column:
    return Column(name, kind, nullable=nullable)


def _schema() -> Schema:
    patient = Table(
        Name("h", "patient"),
        (
            _column("patient_id", BIG), _column("mrn", SHORT), _column("first_name", TEXT),
            _column("middle_name", TEXT, nullable=True), _column("last_name", TEXT),
            _column("birth_date", DAY), _column("phone", TEXT, nullable=True),
            _column("city", TEXT), _column("street_address", TEXT),
        ),
        uniques=(Unique("pk", ("patient_id",), primary=True), Unique("mrn", ("mrn",))),
        checks=(Check("city", "city <> 'Nowhere'", ("city",)),),
    )  # fmt: skip
    visit = Table(
        Name("h", "encounter"),
        (
            _column("encounter_id", BIG), _column("patient_id", BIG), _column("started_at", NOW),
            _column("ended_at", NOW), _column("created_at", NOW),
        ),
        uniques=(Unique("pk", ("encounter_id",), primary=True),),
        foreign_keys=(
            ForeignKey("of_patient", ("patient_id",), Name("h", "patient"), ("patient_id",)),
        ),
    )  # fmt: skip
    return Schema("postgresql", (patient, visit))


def _plan(**clinical: object) -> Plan:
    asked = Overrides(clinical=Clinical.model_validate(clinical))
    options = Options(
        rows=6000, reference_date=dt.date(2025, 6, 30), overrides=asked,
        tables={"h.patient": 2000, "h.encounter": 4000},
    )  # fmt: skip
    return make_plan(_schema(), options)


def _cells(plan: Plan, table: str, rows: Ints | None = None) -> pa.RecordBatch:
    name = Name("h", table)
    numbers = np.arange(plan.tables[f"h.{table}"].rows) if rows is None else rows
    return Rows(build(plan), name, numbers).batch()


def _differing(one: pa.RecordBatch, other: pa.RecordBatch, column: str) -> float:
    pairs = zip(one.column(column).to_pylist(), other.column(column).to_pylist(), strict=True)
    return float(sum(a != b for a, b in pairs) / one.num_rows)


def test_slips_change_a_text_and_never_make_it_longer() -> None:
    texts = pa.array(["Kimberly", "Li", "Anne", "Österreich", None, ""] * 500)
    made = mistyped(texts, stream.words(KEY, np.arange(len(texts))))
    for before, after in zip(texts.to_pylist(), made.to_pylist(), strict=True):
        if before is None or len(before) < 3:
            assert after == before
        else:
            assert len(before) - 1 <= len(after) <= len(before)
            assert after[0] == before[0]
            assert sorted(after) == sorted(before) or len(after) == len(before) - 1
    assert len(set(made.to_pylist())) > 20


def test_short_forms_are_shorter_and_stand_for_whole_words() -> None:
    made = abbreviated(
        pa.array(["12 North Street", "Type 2 diabetes mellitus", "Streetwise", None])
    )
    assert made.to_pylist() == ["12 N St", "Type 2 DM", "Streetwise", None]
    table = entries("abbreviations").columns
    assert all(len(s) < len(g) for s, g in zip(table["short"], table["long"], strict=True))


def test_so_many_are_registered_twice_and_none_of_a_cohort() -> None:
    numbers = np.arange(10_000)
    made = persons(numbers, KEY, 10_000, 3000, 50_000)
    again = made != numbers
    assert again.sum() == 500
    assert (made[made[again]] == made[again]).all()  # of first ones, and once each
    assert len(np.unique(made[again])) == 500
    some = np.asarray([77, 9_999, 5])
    assert (persons(some, KEY, 10_000, 3000, 50_000) == made[some]).all()
    assert (persons(numbers, KEY, 10_000, 9_999, 50_000) == numbers).all()


def test_other_units_keep_the_order_of_limits() -> None:
    has, factor, offset, scale, unit = _table("observations")
    known = entries("observations").columns
    for place in np.flatnonzero(has).tolist():
        low, high = (round(float(known[c][place]) * 10_000) for c in ("low", "high"))
        one = np.asarray([place])
        made = _converted(np.asarray([low, high]), factor[one], offset[one], scale[one])
        assert made[0] < made[1], known["name"][place]
        assert unit[place].as_py() != known["unit"][place]
    assert set(entries("conversions").columns["code"]) <= set(known["code"])


def test_noise_is_where_it_was_asked_for_and_nowhere_else() -> None:
    clean = _plan()
    dirty = _plan(noise={"typos": 0.1, "abbreviations": 0.3, "late_entries": 0.2})
    people = _cells(clean, "patient"), _cells(dirty, "patient")
    assert _differing(*people, "first_name") == pytest.approx(0.1, abs=0.03)
    assert _differing(*people, "street_address") == pytest.approx(0.1, abs=0.06)
    for column in ("mrn", "birth_date", "phone", "city", "patient_id"):
        assert _differing(*people, column) == 0, column
    visits = _cells(clean, "encounter"), _cells(dirty, "encounter")
    assert _differing(*visits, "created_at") == pytest.approx(0.2, abs=0.03)
    assert _differing(*visits, "started_at") == 0
    late = np.asarray(visits[1].column("created_at").cast(pa.int64()))
    assert late.max() < (dt.date(2025, 7, 1) - dt.date(1970, 1, 1)).days * 86_400_000_000
    said = [f.message for f in dirty.findings if f.code == "noise"]
    assert len(said) == 3
    assert any("h.patient.city (a CHECK reads it)" in s for s in said)
    assert not any(f.code == "noise" for f in clean.findings)
    assert not any(c.noise for t in clean.tables.values() for c in t.columns.values())


def test_a_second_registration_is_the_same_person_with_another_number() -> None:
    plan = _plan(noise={"duplicates": 0.1})
    made = _cells(plan, "patient")
    rows = Rows(build(plan), Name("h", "patient"), np.arange(2000))
    again = np.flatnonzero(rows.again)
    assert len(again) == 200
    first = rows.alike[again]
    values = {c: made.column(c).to_pylist() for c in made.schema.names}
    for column in ("birth_date", "last_name", "first_name"):
        same = sum(
            values[column][a] == values[column][b] for a, b in zip(again, first, strict=True)
        )
        assert same / 200 > (0.99 if column == "birth_date" else 0.6), column
        assert column == "birth_date" or same < 200
    assert len(set(values["mrn"])) == 2000
    part = np.asarray([again[0], first[0], again[7]])
    assert _cells(plan, "patient", part).to_pylist() == [
        {c: values[c][n] for c in values} for n in part.tolist()
    ]


def test_noise_draws_one_word_a_cell_and_none_where_it_is_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = [0]
    words = stream.words

    def counting(key: stream.Key, numbers: Ints, draw: int = 0) -> Words:
        drawn[0] += len(numbers)
        return words(key, numbers, draw)

    counts = {}
    monkeypatch.setattr(stream, "words", counting)
    for name, noise in (("off", {}), ("on", {"typos": 0.1, "late_entries": 0.1})):
        plan, drawn[0] = _plan(noise=noise), 0
        _cells(plan, "patient")
        counts[name] = drawn[0] / 2000
    print(f"words: {counts['off']:.1f} a patient without noise, {counts['on']:.1f} with typos")
    assert counts["on"] - counts["off"] <= 5


def test_values_are_missing_by_column_and_by_meaning() -> None:
    plan = _plan(missing={"contact.*": 0.4, "h.*.middle_name": 0.9})
    made = _cells(plan, "patient")
    assert made.column("phone").null_count / 2000 == pytest.approx(0.4, abs=0.05)
    assert made.column("middle_name").null_count / 2000 == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize(
    ("glob", "said"),
    [
        ("h.patient.last_name", "the column is NOT NULL"),
        ("h.patient.fone", "there is no column of that name"),
        ("contact.fone", "no column has that meaning"),
        ("h.encounter.patient_id", "a key fills this column"),
    ],
)
def test_what_cannot_be_missing_is_refused(glob: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        _plan(missing={glob: 0.5})


def test_shares_lie_between_0_and_1() -> None:
    for given in (
        {"noise": {"typos": 1.5}},
        {"noise": {"duplicates": 0.5}},
        {"missing": {"a.b": 2}},
    ):
        with pytest.raises(ValidationError, match="less than or equal"):
            Clinical.model_validate(given)
    with pytest.raises(ValidationError, match="Extra inputs"):
        Clinical.model_validate({"noise": {"typo": 0.1}})
