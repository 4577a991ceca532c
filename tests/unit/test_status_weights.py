"""How often a column's own allowed values are met, by lists of words that are known."""

from __future__ import annotations

from seeder.generate.makers.status import usual, weights


def test_spelling_does_not_matter() -> None:
    known = usual("status.word", {"of": "order"})
    assert weights(known, ["ACTIVE", "On_Hold", "completed", "canceled"]) == [16, 2, 70, 6]


def test_what_is_not_known_is_rare_but_there() -> None:
    found = weights(usual("status.word", {"of": "claim"}), ["paid", "denied", "appealed"])
    assert found[0] > found[1] > found[2] > 0


def test_words_of_another_list_say_nothing() -> None:
    assert weights(usual("status.word", {"of": "claim"}), ["north", "south", "paid"]) == []
    assert weights({}, ["a", "b"]) == []


def test_codes_have_their_table() -> None:
    known = usual("code.drawn", {"system": "priorities"})
    routine, stat = weights(known, ["routine", "stat"])
    assert routine > stat


def test_most_subscribers_are_themselves() -> None:
    known = usual("code.drawn", {"system": "relationships"})
    of_self, *others = weights(known, ["self", "spouse", "child"])
    assert of_self >= sum(others)


def test_none_is_as_frequent_as_unspecified() -> None:
    known = usual("status.word", {"of": "laterality"})
    assert weights(known, ["left", "none"]) == [known["left"], known["unspecified"]]
