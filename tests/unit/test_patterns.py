"""Texts of a regular expression: they match, they fit, and they are distinct when asked."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeder.generate import patterns
from tests.unit.test_type_makers import FakeCall

PATTERNS = [
    r"^[A-Z]{2}\d{4}$",
    r"^\d{5}(-\d{4})?$",
    r"^[^@]+@[^@]+\.[a-z]{2,3}$",
    r"^(M|F|other)$",
    r"^\+?[0-9 ]{7,15}$",
    r"^[[:alpha:]][[:alnum:]_]*$".replace("[:alpha:]", "a-zA-Z").replace("[:alnum:]", "a-z0-9"),
    r"^(?:ab|c[de]{2,}){1,3}$",
    r"^\S+$",
    r"^.{3}$",
    r"^a*?b$",
    r"^\w+-\W\s\D$",
    r"^é[à-ü]x$",
    r"^[]a-]$",
    r"^\(\d\)$",
    r"^$",
    r"[0-9]|^$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_text_matches(pattern: str) -> None:
    texts = patterns.write(FakeCall(500), patterns.fit(pattern, 0, None)).to_pylist()
    assert all(re.fullmatch(pattern, t) for t in texts), texts[:3]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_distinct_indexes_give_distinct_texts(pattern: str) -> None:
    classes = patterns.places(patterns.fit(pattern, 0, None))
    count = patterns.count(classes)
    index = np.unique(np.linspace(0, min(count, 1 << 40) - 1, 200).astype(np.int64))
    texts = patterns.write_distinct(classes, index).to_pylist()
    assert len(set(texts)) == len(index)
    assert all(re.fullmatch(pattern, t) for t in texts), texts[:3]


@given(st.integers(0, 12), st.integers(0, 12))
def test_lengths_hold(shortest: int, more: int) -> None:
    tree = patterns.fit(r"^[a-z]+[0-9]*$", shortest, shortest + more + 1)
    texts = patterns.write(FakeCall(50), tree).to_pylist()
    assert all(shortest <= len(t) <= shortest + more + 1 for t in texts)


def test_a_branch_that_fits_is_taken() -> None:
    assert patterns.widths(patterns.fit(r"^(\d{3}|\d{9})$", 0, 4)) == (3, 3)


@pytest.mark.parametrize(
    "pattern",
    [r"(?=a)b", r"(a)\1", r"\yword", "a^b", "a$b", "(a", "a)", "[b-a]", "*a", "a{3", "[[:nix:]]",
     "a{4,2}", "a{2000}", "a++", "[^\\x]", "a\\"],
)  # fmt: skip
def test_what_is_not_understood_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern|class"):
        patterns.parse(pattern)


def test_a_length_that_cannot_be_met_is_refused() -> None:
    with pytest.raises(ValueError, match="no text of 0 to 3"):
        patterns.fit(r"^\d{4}$", 0, 3)
