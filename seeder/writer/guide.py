"""Which pieces may come next: a text is kept to words that its section may have, and to runs of
words that people wrote, while it is drawn.

The judge says the same of whole texts, and has the last word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from seeder.text import grammar, slots
from seeder.writer import lexicon, pairs, truth, vocabulary
from seeder.writer.units import Unit

NEW = 0.05  # the share of a text's runs of four words that nobody wrote before
_STOPS = (".", "?")
_MARKS = (*_STOPS, ",")
_LEAST = 3  # words of a text
_FREE = frozenset("pronoun possessive object reporter".split())


class Word(NamedTuple):
    """A word, a slot or a mark, and how it is spelled in pieces."""

    text: str
    pieces: tuple[str, ...]


class _Choice(NamedTuple):
    word: Word
    stem: str
    names: frozenset[str]
    written: bool


@dataclass
class State:
    """A text so far: its whole words, and the words that the last pieces may become."""

    unit: Unit
    least: int = 0  # words of its first sentence
    words: list[str] = field(default_factory=lambda: ["."])
    new: int = 0  # runs of four that nobody wrote
    told: frozenset[str] = frozenset()
    said: tuple[str, ...] = ()  # stems of its last sentence
    open: list[Word] = field(default_factory=list)
    part: tuple[str, ...] = ()
    after: dict[str, list[Word]] = field(default_factory=dict)  # by piece, behind a whole word
    whole: str = ""


class Guide:
    """The words that may follow others, by the runs that people wrote."""

    def __init__(self, pieces: Any, runs: frozenset[int]) -> None:
        self.pieces, self.runs = pieces, runs
        self._follow: dict[tuple[str, ...], list[str]] = {}
        self._choices: dict[tuple[str, ...], list[_Choice]] = {}
        self._two: dict[tuple[str, str], bool] = {}
        self._scopes: dict[tuple[str, ...], frozenset[str]] = {}
        self._spelled: dict[tuple[str, bool], tuple[str, ...]] = {}

    def begin(self, unit: Unit, least: int = 0) -> State:
        """A text without words, whose first sentence is to have so many at least."""
        state = State(unit, least)
        state.open = list(self._next(state))
        return state

    def moves(self, state: State) -> list[str]:
        """The pieces that may come next, the end among them."""
        size = len(state.part)
        found = {w.pieces[size] for w in state.open if len(w.pieces) > size}
        state.after = {}
        whole = next((w.text for w in state.open if w.pieces == state.part), "")
        state.whole = whole
        if whole:
            ahead = self._said(state, whole)
            for word in self._next(ahead):
                state.after.setdefault(word.pieces[0], []).append(word)
            found.update(state.after)
            if whole in _STOPS and len(state.words) >= _LEAST:
                found.add(vocabulary.END)
        return sorted(found)

    def take(self, state: State, piece: str) -> State:
        """The text with a piece more."""
        part = (*state.part, piece)
        longer = [w for w in state.open if w.pieces[: len(part)] == part]
        if longer:
            state.open, state.part = longer, part
            return state
        ahead = self._said(state, state.whole)
        ahead.open, ahead.part = state.after[piece], (piece,)
        return ahead

    def _said(self, state: State, word: str) -> State:
        words = [*state.words, word]
        new = state.new + (len(words) > 3 and pairs.number(words[-4:]) not in self.runs)
        stem = pairs.stem(word)
        said = () if word in _STOPS else (*state.said, stem) if stem else state.said
        return State(state.unit, state.least, words, new, state.told | _names(word), said)

    def _next(self, state: State) -> Iterator[Word]:
        allowed = self._scope(state.unit)
        free = state.new <= NEW * max(len(state.words) - 2, 0)
        for word, stem, names, written in self._ahead(tuple(state.words[-3:])):
            if word.text not in allowed or not (free or written) or names & state.told:
                continue
            if word.text in _STOPS and len(state.words) <= state.least:
                continue
            if self._goes(stem, state.said):
                yield word

    def _ahead(self, before: tuple[str, ...]) -> list[_Choice]:
        """The words that were written behind the last two; whether behind all three, too."""
        if before not in self._choices:
            begins = before[-1] in _STOPS
            self._choices[before] = [
                _Choice(
                    Word(w, self._pieces(w, begins)),
                    pairs.stem(w),
                    _names(w),
                    len(before) < 3 or pairs.number((*before, w)) in self.runs,
                )
                for w in self._following(before[-2:])
            ]
        return self._choices[before]

    def _goes(self, stem: str, said: tuple[str, ...]) -> bool:
        """Whether people say a word in one sentence with these."""
        return not stem or all(self._beside(stem, s) for s in said if s != stem)

    def _beside(self, one: str, other: str) -> bool:
        key = (one, other)
        if key not in self._two:
            self._two[key] = pairs.beside(one, other) in self.runs
        return self._two[key]

    def _following(self, before: tuple[str, ...]) -> list[str]:
        """All words that were written behind these one or two."""
        if before not in self._follow:
            known = self._following(before[1:]) if len(before) > 1 else self._all
            self._follow[before] = [w for w in known if pairs.number([*before, w]) in self.runs]
        return self._follow[before]

    @cached_property
    def _all(self) -> list[str]:
        known = lexicon.allowed()
        joined = {
            w
            for b in grammar.load().pool.bodies()
            for w in pairs.words(b.body)
            if "-" in w and all(p in known for p in w.split("-"))
        }
        plain = lexicon.lists()["plain"]
        names = ("{" + n + "}" for n in slots.names())
        return sorted(
            {w for w in (*known, *plain, *joined) if not truth.claims(w)}.union(_MARKS, names)
        )

    def _scope(self, unit: Unit) -> frozenset[str]:
        key = (unit.kind, unit.section, unit.condition)
        if key not in self._scopes:
            words = lexicon.suiting(unit.kind, unit.section, unit.condition)
            self._scopes[key] = frozenset(
                w for w in self._all if w[0] == "{" or w in _MARKS or words.issuperset(w.split("-"))
            )
        return self._scopes[key]

    def _pieces(self, word: str, begins: bool) -> tuple[str, ...]:
        key = (word, begins)
        if key not in self._spelled:
            text = word
            if word in _MARKS:
                self._spelled[key] = (word,)
                return (word,)
            if word[0] == "{" and begins:
                text = "{" + word[1].upper() + word[2:]
            elif begins or word == "i":
                text = word[:1].upper() + word[1:]
            self._spelled[key] = tuple(self.pieces.encode(text, out_type=str))
        return self._spelled[key]


def _names(word: str) -> frozenset[str]:
    """What a slot tells, which a text tells once."""
    name = word[1:-1]
    if word[0] != "{" or name in _FREE:
        return frozenset()
    return frozenset((name.split("_")[0].rstrip("s"),))
