"""The schema's words: names, keys, data and back, and the fingerprint."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeder.schema import (
    Check,
    Column,
    Exclusion,
    ForeignKey,
    Index,
    Name,
    Partitioning,
    Schema,
    Table,
    Trigger,
    Type,
    Unique,
    from_data,
    to_data,
)

INT = Type("integer", "bigint", bits=64)
TEXT = Type("text", "character varying(20)", length=20)
PATIENT = Name("public", "patient")
VISIT = Name("care", 'odd."name')


def hospital() -> Schema:
    """A schema in which every field of every class is used at least once."""
    mood = Type("enum", "mood", values=("sad", "glad"))
    code = Type("text", "code", length=3, fixed=True, domains=("code",), checks=("VALUE <> ''",))
    patient = Table(
        PATIENT,
        (
            Column("id", INT, nullable=False, identity="always", sequence="public.patient_id_seq"),
            Column("code", code, default="'x'::text", comment="the ward's own"),
            Column("mood", mood),
            Column("tags", Type("array", "text[]", element=Type("text", "text"))),
            Column("cost", Type("decimal", "numeric(8,2)", precision=8, scale=2)),
            Column("both", TEXT, generated="((code)::text || 'x'::text)"),
        ),
        uniques=(
            Unique("patient_pkey", ("id",), primary=True),
            Unique("one", ("code",), predicate="mood IS NULL", expressions=("lower(code)",)),
            Unique("two", ("code", "mood"), nulls_not_distinct=True),
        ),
        checks=(Check("c", "cost > 0", ("cost",), validated=False),),
        indexes=(Index("i", ("code", ""), method="gin", predicate="true", constraint="one"),),
        triggers=(Trigger("t", "BEFORE INSERT ROW", "O", "public.f"),),
        comment="people",
        row_security=True,
    )
    visit = Table(
        VISIT,
        (Column("patient", INT), Column("part", INT, nullable=False)),
        kind="partitioned",
        foreign_keys=(
            ForeignKey("k", ("patient",), PATIENT, ("id",), deferrable=True, match_full=True),
            ForeignKey("l", ("part",), PATIENT, ("id",), initially_deferred=True, validated=False),
        ),
        exclusions=(Exclusion("e", (("patient", "="), ("part", "&&")), "EXCLUDE ..."),),
        partitioning=Partitioning("range", ("part",), ("FROM (1) TO (2)",), has_default=True),
        inherits=(PATIENT,),
        bookkeeping="not really",
    )
    part = Table(Name("care", "part"), visit.columns, kind="partition", partition_of=VISIT)
    return Schema("postgresql", (patient, visit, part), enums=(("mood", ("sad", "glad")),))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (Name("public", "patient"), "public.patient"),
        (Name("a.b", "c"), '"a.b".c'),
        (Name("a", 'say "hi"'), 'a."say ""hi"""'),
        (Name("Caps", "with space"), "Caps.with space"),
    ],
)
def test_names_as_text(name: Name, text: str) -> None:
    assert str(name) == text
    assert Name.parse(text) == name


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_any_name_reads_back(namespace: str, table: str) -> None:
    name = Name(namespace, table)
    assert Name.parse(str(name)) == name


def test_a_name_alone_is_in_the_default_namespace() -> None:
    assert Name.parse("patient") == PATIENT
    assert Name.parse("patient", "care") == Name("care", "patient")


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a.b.c", 'a"b', '"a', '"a"b'])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a table name"):
        Name.parse(text)


def test_to_data_and_back() -> None:
    schema = hospital()
    data = to_data(schema)
    assert from_data(data) == schema
    assert from_data(json.loads(json.dumps(data))) == schema
    assert to_data(from_data(data)) == data


def test_data_show_only_what_is_said() -> None:
    column = to_data(Column("a", INT))
    assert column == {"name": "a", "type": {"kind": "integer", "native": "bigint", "bits": 64}}


def test_malformed_data_are_refused() -> None:
    data = to_data(hospital())
    data["tables"][0]["columns"][0]["colour"] = "red"
    with pytest.raises(TypeError, match="colour"):
        from_data(data)


def test_the_fingerprint_sees_every_change() -> None:
    schema = hospital()
    assert hospital().fingerprint == schema.fingerprint
    patient = schema[PATIENT]
    changes = (
        {"comment": "persons"},
        {"indexes": ()},
        {"columns": patient.columns[::-1]},
        {"uniques": patient.uniques[1:]},
    )
    changed = [
        dataclasses.replace(
            schema, tables=(dataclasses.replace(patient, **change), *schema.tables[1:])
        ).fingerprint
        for change in changes
    ]
    assert len({schema.fingerprint, *changed}) == 1 + len(changes)


def test_finding_one_s_way() -> None:
    schema = hospital()
    patient, visit = schema[PATIENT], schema[VISIT]
    assert PATIENT in schema
    assert Name("public", "nobody") not in schema
    assert [t.name for t in schema] == [PATIENT, VISIT, Name("care", "part")]
    assert patient.column("cost").type.scale == 2
    assert patient.primary_key is patient.uniques[0]
    assert visit.primary_key is None
    assert visit.keys_by_name["k"].target == PATIENT
    assert len({patient, visit, patient}) == 2


def test_a_key_is_nullable_when_one_of_its_columns_is() -> None:
    visit = hospital()[VISIT]
    assert visit.nullable(visit.keys_by_name["k"])
    assert not visit.nullable(visit.keys_by_name["l"])
    both = ForeignKey("m", ("part", "patient"), PATIENT, ("id", "id"))
    assert visit.nullable(both)
