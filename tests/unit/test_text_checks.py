"""Each check finds what it is there for, and spares a good body."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seeder.text import checks
from seeder.text.pool import Body

GOOD = Body("note", "opening", "full", "*", "*", "", "{A_who} was seen for {condition} on {date}.")


def _codes(*bodies: Body) -> list[str]:
    return [p.code for p in checks.problems(bodies)]


def test_a_good_body_passes() -> None:
    assert _codes(GOOD) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Seen with {colour} today.", "slot"),
        ("Seen after 3 days.", "digit"),
        ("Seen <b>today</b>.", "markup"),
        ("Seen {date today.", "markup"),
        ("Seen and", "sentence"),
        ("Seen. and gone.", "sentence"),
        ("She was seen today.", "sex"),
        ("Given metformin today.", "drug"),
        ("Known for sepsis since then.", "condition"),
        ("Pain of the knee today.", "part"),
        ("Takes {medicine} daily.", "required"),
        ("The {lab} is {value}.", "required"),
    ],
)
def test_a_bad_body_is_found(text: str, code: str) -> None:
    assert code in _codes(GOOD._replace(body=text))


def test_a_section_needs_its_slots() -> None:
    assert _codes(GOOD._replace(section="vitals", body="Vital signs are stable.")) == ["required"]
    assert _codes(GOOD._replace(section="vitals", body="Vital signs: {bp} mmHg.")) == []


def test_a_condition_is_not_foreign_to_its_own_bodies() -> None:
    body = GOOD._replace(body="Treated for sepsis.", condition="sepsis")
    assert _codes(body) == []
    assert _codes(body._replace(condition="pneumonia")) == ["condition"]


def test_names_with_a_digit_are_no_facts() -> None:
    assert _codes(GOOD._replace(body="SpO2 {sat}% and HbA1c pending.")) == []


def test_tags_and_bands_are_known() -> None:
    assert _codes(GOOD._replace(when="sunny")) == ["tag"]
    assert _codes(GOOD._replace(band="teen")) == ["tag"]


def test_near_duplicates_are_found() -> None:
    twin = GOOD._replace(body="{A_who} was seen with the {condition} on {date}.")
    assert _codes(GOOD, twin) == ["near-duplicate"]
    assert _codes(GOOD, twin._replace(section="other")) == []


def test_runs_of_an_open_note_are_found() -> None:
    note = "The patient was then taken to the recovery room in stable condition overnight."
    known = replace(checks.lexicon(), runs=frozenset(checks.runs_of(note)))
    copied = GOOD._replace(body="The patient was then taken to the recovery room after all.")
    assert [p.code for p in checks.problems([copied, GOOD], known)] == ["copied"]
    shorter = GOOD._replace(body="The patient was then taken to {place}.")
    assert checks.problems([shorter], known) == []
