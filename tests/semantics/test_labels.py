"""The labelled set keeps its own rules. What the catalogue makes of it is scored elsewhere."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from seeder.schema import Schema, from_data, to_data
from tests.semantics.labelled import (
    FIELDS,
    LabelledSchema,
    labelled_schemas,
    meanings,
    parse_type,
    schema_of,
)

_HERE = Path(__file__).parent
_FILES = sorted((_HERE / "labels").glob("*.csv"))
_EACH = pytest.mark.parametrize("labelled", labelled_schemas(), ids=lambda s: s.name)


def test_the_list_is_of_distinct_defined_meanings() -> None:
    names = Counter(m.name for m in meanings())
    assert [n for n, count in names.items() if count > 1] == []
    assert 180 <= len(names) <= 220
    assert all(m.name.isidentifier() and m.domain and m.definition for m in meanings())
    assert "other" in names


def test_the_set_is_large_enough() -> None:
    columns = [c for s in labelled_schemas() for c in s.columns]
    assert len(labelled_schemas()) >= 7
    assert len(columns) >= 750
    # Keys and the rows' own bookkeeping are easy: the rest alone must be large enough.
    easy = {m.name for m in meanings() if m.domain == "audit"} | {"surrogate_key", "foreign_key"}
    assert sum(c.label not in easy for c in columns) >= 600


def test_every_domain_is_met() -> None:
    domain = {m.name: m.domain for m in meanings()}
    met = {domain[c.label] for s in labelled_schemas() for c in s.columns}
    assert met == set(domain.values())


@pytest.mark.parametrize("path", _FILES, ids=lambda p: p.stem)
def test_a_file_is_of_the_agreed_form(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == FIELDS
    assert [r for r in rows if len(r) != len(FIELDS)] == []
    for row in (dict(zip(FIELDS, r, strict=True)) for r in rows[1:]):
        assert all(row[f] for f in ("namespace", "table", "column", "type", "label")), row
        assert row["nullable"] in ("yes", "no"), row
        assert row["sure"] in ("yes", "no"), row


@_EACH
def test_labels_are_of_the_list(labelled: LabelledSchema) -> None:
    known = {m.name for m in meanings()}
    assert [c for c in labelled.columns if not c.labels <= known or c.label == c.second] == []


@_EACH
def test_no_column_is_labelled_twice(labelled: LabelledSchema) -> None:
    seen = Counter((c.namespace, c.table, c.column) for c in labelled.columns)
    assert [c for c, count in seen.items() if count > 1] == []


@_EACH
def test_a_declared_reference_is_labelled_as_one(labelled: LabelledSchema) -> None:
    assert [c for c in labelled.columns if c.target and c.label != "foreign_key"] == []


@_EACH
def test_a_primary_key_is_never_null(labelled: LabelledSchema) -> None:
    assert [c for c in labelled.columns if c.primary and c.nullable] == []


@_EACH
def test_the_schema_holds_every_labelled_column_and_target(labelled: LabelledSchema) -> None:
    schema = schema_of(labelled)
    assert isinstance(schema, Schema)
    assert from_data(to_data(schema)) == schema
    by_place = {(str(t.name.namespace), t.name.name): t for t in schema}
    for column in labelled.columns:
        found = by_place[column.namespace, column.table].column(column.column)
        assert (found.type, found.nullable) == (column.type, column.nullable)
    for table in schema:
        for key in table.foreign_keys:
            target = schema[key.target].primary_key
            assert target is not None
            assert target.columns == key.target_columns


def test_types_are_read_as_reflection_would() -> None:
    assert parse_type("varchar(50)").native == "character varying(50)"
    assert (parse_type("char(7)").length, parse_type("char(7)").fixed) == (7, True)
    assert (parse_type("numeric(18,2)").precision, parse_type("numeric(18,2)").scale) == (18, 2)
    assert parse_type("timestamp(3)").native == "timestamp(3) without time zone"
    assert parse_type("smallint").bits == 16
    with pytest.raises(ValueError, match="no type of the labelled files"):
        parse_type("varchar2(50)")
