"""Globs: what they match, what lies over what, and what is said when nothing matches."""

from __future__ import annotations

import dataclasses

import pytest

from seeder.plan.asked import asked
from seeder.plan.base import OverrideError
from seeder.plan.model import Options
from seeder.plan.overrides import Layer, Overrides
from tests.property.hand_made import CLINIC, name, options, schema, table

ODD = dataclasses.replace(table("odd", "weird text"), name=name('h."Odd.table"'))
SCHEMA = schema(*CLINIC, ODD)


def given(**sections: object) -> Options:
    return options().model_copy(update={"overrides": Overrides.model_validate(sections)})


@pytest.mark.parametrize(
    ("glob", "tables"),
    [
        ("h.patient", {"patient"}),
        ("*.p*", {"patient", "provider"}),
        ("h.?rganization", {"organization"}),
        ("h.[ep]*r", {"encounter", "provider"}),
        ('h."Odd.table"', {"Odd.table"}),
        ("h.Odd*", {"Odd.table"}),
        ("*.*", {"patient", "provider", "organization", "encounter", "diagnosis", "Odd.table"}),
    ],
)
def test_tables(glob: str, tables: set[str]) -> None:
    found = asked(SCHEMA, given(tables={glob: {"rows": 5}})).tables
    assert {n.name for n in found} == tables


@pytest.mark.parametrize("glob", ["h.encounter.patient_id", "h.*.encounter_patient_id_fkey"])
def test_a_key_by_its_columns_or_its_name(glob: str) -> None:
    found = asked(SCHEMA, given(references={glob: {"nulls": 0}})).keys
    assert list(found) == [(name("encounter"), "encounter_patient_id_fkey")]


@pytest.mark.parametrize(
    ("section", "glob", "says"),
    [
        ("tables", "h.pateint", "did you mean h.patient"),
        ("tables", "H.patient", "did you mean h.patient"),
        ("tables", "patient", "namespace.table"),
        ("columns", "h.patient.sexx", "did you mean h.patient.sex"),
        ("columns", "h.patient", "namespace.table.column"),
        ("references", "h.encounter.patient", "did you mean h.encounter.patient_id"),
        ("references", "h.patient.sex", "no key"),
    ],
)
def test_a_glob_without_a_match_is_refused(section: str, glob: str, says: str) -> None:
    with pytest.raises(OverrideError) as error:
        asked(SCHEMA, given(**{section: {glob: {"nulls": 0} if section != "tables" else {}}}))
    assert says in str(error.value)
    assert error.value.path == (section, glob)


def test_later_entries_are_laid_over_earlier_ones() -> None:
    found = asked(SCHEMA, given(columns={
        "*.*.code": {"generator": "choice", "params": {"values": ["a"]}, "nulls": 0.5},
        "h.diagnosis.*": {"nulls": 0.25},
        "h.diagnosis.code": {"values": ["b"]},
    })).columns[name("diagnosis"), "code"]  # fmt: skip
    assert (found.what.generator, found.what.params) == (None, None)
    assert (found.what.values, found.what.nulls) == (["b"], 0.25)
    assert found.exact


def test_a_role_drops_the_rows_of_a_wider_glob() -> None:
    wishes = asked(SCHEMA, given(tables={"h.*": {"rows": 9}, "h.patient": {"role": "empty"}}))
    assert name("patient") not in wishes.rows
    assert wishes.rows[name("encounter")] == 9


def test_the_user_wins_over_a_pack() -> None:
    pack = Overrides.model_validate({"columns": {"h.patient.sex": {"values": ["x"], "nulls": 0.5}}})
    both = given(columns={"h.patient.sex": {"values": ["y"]}}).model_copy(
        update={"packs": {"p": Layer(overrides=pack)}}
    )
    found = asked(SCHEMA, both).columns[name("patient"), "sex"]
    assert (found.what.values, found.what.nulls) == (["y"], 0.5)
    assert found.own
    assert found.packs == ("p",)


def test_nothing_asked_is_nothing() -> None:
    assert asked(SCHEMA, options()).columns == {}
