"""Parts: what each row chooses among."""

from __future__ import annotations

import numpy as np
import pytest

from seeder.clinical.knowledge import load
from seeder.generate.stream import Ints
from seeder.text import book, grammar, parts, tags
from seeder.text.pool import Body, PoolError, pool_of

_KIND = grammar.Kind(
    "one",
    "One",
    (
        grammar.Layout("plain", "full", 1, (("", "says"),), ""),
        grammar.Layout("plain", "terse", 1, (("", "says"),), ""),
    ),
    True,
)


def _part(*bodies: tuple[str, str, str, str], spare: int = 0) -> tuple[parts.Part, book.Book]:
    """A part of (register, condition, tags, text), of which the last so many are another's."""
    made = [Body("one", "says", r, c, "*", w, text) for r, c, w, text in bodies]
    own = made[: len(made) - spare]
    source = book.bind(_KIND, pool_of(own), pool_of(made[len(own) :]))
    assert source.pages[0].parts == source.pages[1].parts
    return source.pages[0].parts[0], source


def _texts(given: tuple[parts.Part, book.Book], register: str, tagged: str = "") -> set[str]:
    part, source = given
    bits = sum(tags.bit(t) for t in tagged.split())
    return {source.text(int(n)) for n in part.of_row(register, bits, 0)}


def test_a_row_has_what_its_tags_and_the_register_allow() -> None:
    given = _part(
        ("full", "*", "", "Seen."), ("full", "*", "drug", "Treated."), ("terse", "*", "", "Sn.")
    )
    assert _texts(given, "full") == {"Seen."}
    assert _texts(given, "full", "drug") == {"Seen.", "Treated."}
    assert _texts(given, "terse", "drug") == {"Sn."}


def test_spare_bodies_are_for_rows_that_few_others_suit() -> None:
    many = [("full", "*", "drug", f"Seen {'very ' * n}well.") for n in range(parts.ENOUGH)]
    given = _part(("terse", "*", "", "Sn."), *many, ("full", "*", "", "Nothing to say."), spare=1)
    assert len(_texts(given, "full", "drug")) == parts.ENOUGH
    assert _texts(given, "full") == {"Nothing to say."}


def test_each_colour_of_a_row_is_kept_apart() -> None:
    part, _ = _part(
        ("terse", "*", "", "Sn."),
        *[("full", "*", "", f"Seen {'very ' * n}well.") for n in range(9)],
    )
    zero: Ints = np.zeros(1, np.int64)
    choice = part.of("full", zero, zero)
    assert choice.colours.tolist() == [9]
    drawn = part.body(choice.at + np.arange(9), np.zeros(9, np.int64))
    assert sorted(drawn.tolist()) == sorted(part.of_row("full", 0, 0).tolist())
    # Any number takes one of several.
    assert part.body(choice.at, np.array([1 << 40])).tolist() == drawn[:1].tolist()


def test_bodies_of_a_condition_have_colours_of_their_own() -> None:
    code = next(iter(load().conditions))
    part, _ = _part(
        ("terse", "*", "", "Sn."),
        ("full", code, "", "Own."),
        *[("full", "*", "", f"Seen {'very ' * n}well.") for n in range(9)],
    )
    zero: Ints = np.zeros(2, np.int64)
    assert part.of("full", zero, np.array([0, 1])).colours.tolist() == [1, 9]


def test_a_row_without_a_text_is_refused() -> None:
    part, _ = _part(("terse", "*", "", "Sn."), ("full", "*", "drug", "Treated."))
    with pytest.raises(PoolError, match="one: says: no text for a row that is plain"):
        part.of_row("full", 0, 0)
