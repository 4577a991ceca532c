"""References that nobody declared: what gives one away, and what looks like one and is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeder.errors import UsageError
from seeder.plan.implied import SHOWN, THRESHOLD, infer
from seeder.plan.joining import joined
from seeder.plan.model import ImpliedChoice
from seeder.plan.planner import make_plan
from seeder.schema import Column, Partitioning, Table
from tests.property.hand_made import KINDS, name, options, schema, table

PATIENT = table("patients", "first_name text, birth_date date, sex char1")
VISIT = table("visits", "started_at timestamptz", primary="visit_id")


def found(*tables: Table) -> dict[str, tuple[str, float]]:
    """By place what it references, and the score."""
    return {i.place: (i.told, i.score) for i in infer(schema(*tables))}


def used(*tables: Table) -> dict[str, str]:
    return {p: told for p, (told, score) in found(*tables).items() if score >= THRESHOLD}


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        ("patient_id bigint", "h.patients (id)"),
        ("patientid bigint", "h.patients (id)"),
        ("id_patient integer", "h.patients (id)"),
        ("fk_patient bigint", "h.patients (id)"),
        ("patient_fk bigint", "h.patients (id)"),
        ("referred_patient_id bigint", "h.patients (id)"),
        ("subject_id bigint", "h.patients (id)"),
        ("visit_id bigint", "h.visits (visit_id)"),
        ("encounter_id bigint", "h.visits (visit_id)"),
        ("parent_id bigint?", "h.note (id)"),
        ("previous_note_id bigint?", "h.note (id)"),
    ],
)
def test_names_that_give_a_reference_away(columns: str, target: str) -> None:
    note = table("note", columns + ", body text")
    assert used(PATIENT, VISIT, note) == {f"h.note.{columns.split()[0]}": target}


@pytest.mark.parametrize(
    "columns",
    [
        "patient_id text",  # another type
        "patient_id date",
        "patient integer",  # a number of it
        "patients integer",
        "total_patients bigint",
        "external_patient_id bigint",  # of another system
        "order_id bigint",  # no such table
        "name text, first_name text, sex char1",
        "parent_id bigint",  # never absent: the first row would have none
        "version bigint, code text, row_id bigint, uid uuid",
    ],
)
def test_what_is_none(columns: str) -> None:
    assert used(PATIENT, VISIT, table("note", columns + ", body text")) == {}


def test_who_decides_a_column_already() -> None:
    """A foreign key, a CHECK, a default of its own, a partition's bounds, a sequence."""
    note = table("note", "patient_id bigint, visit_id bigint", "patient_id -> patients")
    assert used(PATIENT, VISIT, note) == {"h.note.visit_id": "h.visits (visit_id)"}
    plain = table("note", "patient_id bigint")
    bounded = table("note", "patient_id bigint", checks=["patient_id IN (1, 2)"])
    bounded = replace(bounded, checks=(replace(bounded.checks[0], columns=("patient_id",)),))
    assert used(PATIENT, bounded) == {}
    positive = replace(bounded.checks[0], expression="(patient_id > 0)")
    assert used(PATIENT, replace(bounded, checks=(positive,))) == used(PATIENT, plain) != {}
    assert used(PATIENT, replace(plain, partitioning=Partitioning("list", ("patient_id",)))) == {}
    changes: list[dict[str, Any]] = [
        {"default": "nextval('s')"}, {"identity": "always"}, {"generated": "id + 1"}
    ]  # fmt: skip
    for change in changes:
        column = replace(plain.by_name["patient_id"], **change)
        assert used(PATIENT, replace(plain, columns=(plain.columns[0], column))) == {}


def test_a_column_of_every_table_is_nobodys_key() -> None:
    """A row's own mark, unique in one table only (as rowguid in AdventureWorks)."""
    first = table("document", "rowguid uuid", unique=["rowguid"])
    assert used(first, *(table(f"t{i}", "rowguid uuid") for i in range(5))) == {}


def test_a_comment_says_so() -> None:
    column = Column("who", KINDS["bigint"], comment="FK to patients.id, the one who complained")
    note = replace(
        table("note", "body text"), columns=(*table("note", "body text").columns, column)
    )
    assert found(PATIENT, note) == {"h.note.who": ("h.patients (id)", 0.95)}


def test_keys_of_several_columns() -> None:
    visit = table("visit", "patient_num bigint, visit_num bigint", primary="visit_num,patient_num")
    patient = table("patient", "birth_date date", primary="patient_num")
    fact = table("fact", "patient_num bigint, visit_num bigint, value numeric", primary="")
    assert used(patient, visit, fact) == {
        "h.fact.patient_num": "h.patient (patient_num)",
        "h.fact.visit_num, patient_num": "h.visit (visit_num, patient_num)",
        "h.visit.patient_num": "h.patient (patient_num)",
    }


def test_facts_are_nobodys_parents() -> None:
    """A table that has the columns of another one's key of references and dates."""
    item = table("items", "label text", primary="item_id")
    reading = table("reading", "day date", primary="visit_id,item_id,day")
    other = table("other_reading", "visit_id bigint, item_id bigint, day date", primary="")
    assert set(used(VISIT, item, reading, other)) == {
        "h.reading.visit_id", "h.reading.item_id", "h.other_reading.visit_id",
        "h.other_reading.item_id",
    }  # fmt: skip


def test_a_subtype_has_its_parents_key() -> None:
    death = table("death", "day date", primary="person_id")
    person = table("person", "birth_date date", primary="person_id")
    detail = table("person_detail", "body text", primary="person_id")
    assert used(person, death, detail) == {
        "h.death.person_id": "h.person (person_id)",
        "h.person_detail.person_id": "h.person (person_id)",
    }


def test_of_two_tables_the_nearest() -> None:
    """d_items and d_labitems of MIMIC-III; where nothing tells them apart it is a question."""
    items = table("d_items", "label text", primary="itemid")
    labs = table("d_labitems", "label text", primary="itemid")
    events = table("labevents", "itemid bigint"), table("chartevents", "itemid bigint")
    assert used(items, labs, *events) == {
        "h.labevents.itemid": "h.d_labitems (itemid)",
        "h.chartevents.itemid": "h.d_items (itemid)",
    }
    one, two = table("a.thing", "x text"), table("b.thing", "x text")
    user = table("c.user_of", "thing_id bigint")
    ((told, score),) = found(one, two, user).values()
    assert (told, score) == ("a.thing (id)", 0.55)
    made = make_plan(schema(one, two, user), options(60))
    (finding,) = (f for f in made.findings if f.code == "implied")
    assert finding.hint.endswith("--implied 'c.user_of(thing_id)=a.thing(id)'")
    assert made.implied == []


def test_tables_without_any_key() -> None:
    """A column that is by its name the number of its table's rows serves, and is made unique."""
    patient = table("patients", "subject_id bigint, birth_date date", primary="")
    note = table("note", "subject_id bigint, body text", primary="")
    made = make_plan(schema(patient, note), options(500))
    (key,) = made.implied
    assert (key.table, key.target, key.score) == ("h.note", "h.patients", 0.85)
    assert made.tables["h.patients"].columns["subject_id"].distinct is not None
    assert made.reflected.fingerprint == made.fingerprint == schema(patient, note).fingerprint
    assert made.database[name("note")].foreign_keys[0].declared is False
    assert made.reflected[name("note")].foreign_keys == ()


def test_bookkeeping_and_tables_that_are_not_filled_are_no_parents() -> None:
    note = table("note", "patient_id bigint, body text")
    assert used(replace(PATIENT, bookkeeping="a ledger"), note) == {}
    made = make_plan(schema(PATIENT, note), options(500, patients=0))
    assert made.implied == []
    assert [f for f in made.findings if f.code == "parent-not-filled"] == []


def test_the_user_has_the_last_word() -> None:
    note = table("note", "patient_id bigint, author bigint, body text")
    everything = schema(PATIENT, note)
    off = ImpliedChoice(table="note", columns=["patient_id"], use=False)
    on = ImpliedChoice(table="h.note", columns=["author"], target="patients", target_columns=["id"])
    made = make_plan(everything, options(500).model_copy(update={"implied": [off, on]}))
    assert [(k.columns, k.score, k.why) for k in made.implied] == [(["author"], 1.0, "asked for")]
    none = make_plan(everything, options(500).model_copy(update={"infer": False, "implied": [on]}))
    assert [k.columns for k in none.implied] == [["author"]]
    declared = schema(PATIENT, table("note", "patient_id bigint", "patient_id -> patients"))
    twice = on.model_copy(update={"columns": ["patient_id"]})
    with pytest.raises(UsageError, match="has a foreign key already"):
        make_plan(declared, options(500).model_copy(update={"implied": [twice]}))


NAMES = st.text(min_size=1, max_size=12) | st.sampled_from(
    "id uuid key fk number id_id _ patient_id PatientID übung_id x9 parent".split()
)


@given(st.lists(st.tuples(NAMES, st.lists(NAMES, min_size=1, max_size=4)), min_size=1, max_size=4))
def test_any_names_will_do(tables: list[tuple[str, list[str]]]) -> None:
    """Whatever the names: no failure, scores within bounds, the same types on either side."""
    made = {
        label: Table(
            name("t")._replace(name=label),
            tuple(Column(c, KINDS["bigint"], nullable=False) for c in dict.fromkeys(columns)),
        )
        for label, columns in tables
    }
    everything = schema(*made.values())
    keys = infer(everything)
    assert all(SHOWN <= k.score <= 1 and k.why for k in keys)
    assert all((k.table, k.columns) != (k.target, k.target_columns) for k in keys)
    whole = joined(everything, keys)
    assert sum(len(t.foreign_keys) for t in whole) == len(keys)
