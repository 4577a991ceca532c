"""Two patterns as one: every text of it matches both."""

from __future__ import annotations

import re

import pytest

from seeder.generate import patterns
from seeder.plan.intersect import both

PAIRS = [
    ("^[A-Za-z]", "^[A-Za-z0-9]{11}$"),
    ("^[0-9]{5}$", "^1.*$"),
    ("^[A-Z]+$", "^[A-C-]{3}"),
    (r"^[a-z]{2}\d*$", "^.{6}$"),
    (r"^[\]\-a]{4}$", "^[^b]"),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_texts_match_both(first: str, second: str) -> None:
    for one, two in ((first, second), (second, first)):
        places = patterns.places(patterns.parse(both(one, two)))
        for end in (0, -1):
            text = "".join(letters[end] for letters in places)
            assert re.search(first, text), text
            assert re.search(second, text), text


@pytest.mark.parametrize(
    ("first", "second"), [("^[a-c]", "^[d-f]{2}$"), ("^a|b$", "^a"), ("^[0-9]{5}$", "1$")]
)
def test_what_is_not_seen_is_refused(first: str, second: str) -> None:
    with pytest.raises(ValueError, match="no text is seen"):
        both(first, second)
