"""Kinds of text are found by the words of column and table, and by the row's own note type."""

from __future__ import annotations

import pytest

from seeder.generate.registry import definitions
from seeder.schema import Column, Name, Schema, Table, Type
from seeder.semantics.read import read_table
from seeder.text import grammar, kinds


@pytest.mark.parametrize(
    ("generator", "column", "table", "kind"),
    [
        ("prose.note", "note text", "encounter", "progress_note"),
        ("prose.note", "note text", "nursing note", "nursing_note"),
        ("prose.note", "discharge summary", "admission", "discharge_summary"),
        ("prose.note", "hpi", "visit", "present_illness"),
        ("prose.note", "physical exam", "visit", "examination"),
        ("prose.note", "assessment", "visit", "assessment"),
        ("prose.note", "plan", "visit", "plan"),
        ("prose.note", "report text", "imaging study", "radiology_report"),
        ("prose.note", "impression", "imaging study", "image_impression"),
        ("prose.note", "finding", "radiology report", "image_findings"),
        ("prose.note", "gross description", "specimen", "pathology_report"),
        ("prose.note", "body", "patient message", "patient_message"),
        ("prose.note", "text", "referral", "referral_letter"),
        ("prose.comment", "comment", "lab result", "lab_comment"),
        ("prose.comment", "remark", "claim line", "claim_remark"),
        ("prose.comment", "message", "audit log", "audit_message"),
        ("prose.comment", "detail", "allergy", "allergy_reaction"),
        ("prose.comment", "comment", "room", "comment"),
        ("prose.complaint", "chief complaint", "encounter", "chief_complaint"),
        ("prose.complaint", "reason", "appointment", "appointment_reason"),
        ("prose.sig", "sig", "prescription", "sig"),
    ],
)
def test_words_mean_a_kind(generator: str, column: str, table: str, kind: str) -> None:
    name, params = kinds.meant(generator, {}, column.split(), table.split())
    assert params["kind"] == kind
    assert name in definitions()


def test_what_is_no_prose_is_left_alone() -> None:
    assert kinds.meant("code.drawn", {"system": "labs"}, ("note",), ("note",)) == (
        "code.drawn",
        {"system": "labs"},
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Discharge summary", "discharge_summary"),
        ("RADIOLOGY", "radiology_report"),
        ("Nursing note", "nursing_note"),
        ("History and physical", "history_physical"),
        ("Consult", "consultation"),
        ("Telephone encounter", ""),
    ],
)
def test_a_note_type_means_a_kind(name: str, kind: str) -> None:
    assert kinds.of_type(name) == kind


def test_every_kind_of_the_rules_has_a_grammar() -> None:
    known = grammar.load().kinds
    assert {kind for kind, _ in kinds.RULES} <= set(known)


def test_columns_of_a_schema_get_their_kinds() -> None:
    text = Type("text", "text")
    table = Table(
        Name("h", "nursing_note"),
        (Column("id", Type("integer", "bigint", bits=64)), Column("note_text", text)),
    )
    reading = read_table(table, Schema("postgresql", (table,)))["note_text"]
    assert reading.generator == "text.note"
    assert reading.params["kind"] == "nursing_note"
