"""One meaning of the catalogue, and the score of a column for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from seeder.semantics.words import tokens

NUMBER = "integer decimal float"
WHEN = "date timestamp timestamptz time text integer"


@dataclass(frozen=True)
class Entry:
    """A meaning that columns may have.

    ``patterns`` are phrases: their words are spelled out and sought in the column's. A leading
    '=' asks for the whole name; '#2' at the end asks for that number. ``kinds``: types that fit.
    ``tables``: words of the table's name, or kinds of role behind ':', that make the meaning
    likelier; with ``only`` they are required, and those of ``never`` rule it out. ``beside``:
    words of neighbouring columns that make it likelier, ``without``: that rule it out,
    ``needs``: one of which must be there.
    ``comment``: words of a column's comment that, all together, name the meaning.
    ``bits``: the narrowest integer column that holds the values.
    ``group``: the parameter that takes the number or the prefix that tells columns apart.
    """

    meaning: str
    patterns: tuple[str, ...]
    generator: str
    kinds: str
    params: Mapping[str, Any] = field(default_factory=dict)
    tables: str = ""
    only: bool = False
    never: str = ""
    without: str = ""
    needs: str = ""
    beside: str = ""
    comment: str = ""
    group: bool = False
    bits: int = 0

    def __hash__(self) -> int:
        return hash((self.meaning, self.patterns))

    @cached_property
    def phrases(self) -> tuple[tuple[tuple[str, ...], bool, str], ...]:
        """(words, whether the whole name is asked for, number)."""
        found = []
        for pattern in self.patterns:
            text, _, number = pattern.lstrip("=").partition("#")
            words = tuple(w for part in text.split() for w in tokens(part)[0])
            found.append((words, pattern.startswith("="), number))
        return tuple(found)

    @cached_property
    def kind_set(self) -> frozenset[str]:
        return frozenset(self.kinds.split())

    @cached_property
    def table_words(self) -> frozenset[str]:
        return frozenset(self.tables.split())

    @cached_property
    def beside_words(self) -> frozenset[str]:
        return frozenset(self.beside.split())

    @cached_property
    def without_words(self) -> frozenset[str]:
        return frozenset(self.without.split())

    @cached_property
    def needs_words(self) -> frozenset[str]:
        return frozenset(self.needs.split())

    @cached_property
    def comment_words(self) -> frozenset[str]:
        return frozenset(self.comment.split())

    @cached_property
    def never_words(self) -> frozenset[str]:
        return frozenset(self.never.split())


def entry(
    meaning: str, patterns: str, generator: str, kinds: str = "text", /, **rest: Any
) -> Entry:
    """An Entry; ``patterns`` are separated by '|'. Unknown options are its parameters."""
    known = {
        k: rest.pop(k)
        for k in tuple(rest)
        if k
        in ("tables", "only", "never", "without", "needs", "beside", "comment", "group", "bits")
    }
    return Entry(
        meaning, tuple(p.strip() for p in patterns.split("|")), generator, kinds, rest, **known
    )


def match(words: tuple[str, ...], phrase: tuple[str, ...], whole: bool) -> float:
    """How well a phrase describes a name, 0 to 1: the last word of a name says what it is."""
    size, extra = len(phrase), len(words) - len(phrase)
    if extra < 0 or not size:
        return 0.0
    bonus = 0.02 * min(size, 4)
    if words == phrase:
        return 0.88 + bonus
    if whole:
        return 0.0
    if words[extra:] == phrase:
        return 0.80 - 0.03 * min(extra, 4) + bonus
    if words[:size] == phrase:
        return 0.56 - 0.03 * min(extra, 4) + bonus
    inside = any(words[i : i + size] == phrase for i in range(1, extra))
    return 0.52 - 0.03 * min(extra, 4) + bonus if inside else 0.0
