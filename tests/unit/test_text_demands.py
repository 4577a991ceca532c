"""What the words of a body ask of its row, whatever tags its pool gave it."""

from __future__ import annotations

import pytest

from seeder.text import book, demands, grammar
from seeder.text.pool import Body, pool_of
from seeder.writer import truth


@pytest.mark.parametrize(
    "body",
    [
        "Nothing was prescribed.",
        "{Pronoun} takes {medicine} three times a week.",
        "{A_who} with {symptoms} for the past few weeks.",
        "{Possessive} only medication is {drug}.",
        "{Pronoun} was told to discontinue {drug}.",
        "Take {medicine} {how_terse} PRN.",
        "It began over the last week.",
    ],
)
def test_what_no_row_is_known_to_be_is_refused(body: str) -> None:
    assert demands.refused(body)
    assert truth.untrue("course", body)


@pytest.mark.parametrize(
    "body",
    [
        "Nothing was prescribed for this.",
        "Continue {medicine} {how}.",
        "{A_who} with {symptoms} for {lasting}.",
        "There was no visit to the emergency department in the meantime.",
    ],
)
def test_what_a_row_can_be_is_not(body: str) -> None:
    assert not demands.refused(body)


@pytest.mark.parametrize(
    ("body", "given", "found"),
    [
        ("Past medical history is otherwise unremarkable.", "", "!comorbid"),
        ("Family history is unremarkable.", "", ""),
        ("{A_who} seen in the clinic.", "!inpatient", "!inpatient !telehealth"),
        ("The mother states that all is well.", "", "child"),
        ("The mother states that all is well.", "infant", "infant"),
    ],
)
def test_words_ask_for_tags(body: str, given: str, found: str) -> None:
    assert demands.tags(body, given).split() == found.split()


def test_the_grammar_has_nothing_to_refuse() -> None:
    assert not [b.body for b in grammar.load().pool.bodies() if demands.refused(b.body)]


def test_a_pool_is_bound_without_what_is_refused() -> None:
    kind = grammar.Kind(
        "one", "One", (grammar.Layout("plain", "full", 1, (("", "says"),), ""),), True
    )
    bodies = [
        Body("one", "says", "full", "*", "*", "", b) for b in ("Nothing was prescribed.", "Seen.")
    ]
    (page,) = book.bind(kind, pool_of(bodies)).pages
    assert len(page.parts[0].bodies) == 1
