"""Which words a body may have, and of which conditions a sentence may be said.

A word is everyday (``plain.yaml``), of the grammar's own sentences of the section, or of a group of
conditions: all else is foreign.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from seeder.clinical.knowledge import load
from seeder.text import checks, grammar, phrases
from seeder.text.grammar import _yaml, home
from seeder.text.pool import SLOT

WORD = re.compile(r"[a-z][a-z'/-]*")


def words(text: str) -> set[str]:
    """The words of a body, slots left out; a hyphen joins what are words of their own."""
    found: set[str] = set()
    for word in WORD.findall(SLOT.sub(" ", text).lower()):
        found.update(w.strip("'-/") for w in word.split("-"))
    return found - {""}


@cache
def lists() -> Mapping[str, frozenset[str]]:
    """The lists of plain.yaml."""
    return {name: frozenset(given.split()) for name, given in _yaml(home(), "plain.yaml").items()}


@cache
def everyday() -> frozenset[str]:
    """Words for every row."""
    plain = {p for w in lists()["plain"] for p in w.split("-")}
    never = lists()["clinical"] | checks.SEX | checks.PARTS
    return frozenset(plain - never)


@cache
def sections() -> Mapping[tuple[str, str], frozenset[str]]:
    """The words of the grammar's sentences of each kind and section."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for body in grammar.load().pool.bodies():
        found[body.kind, body.section].update(words(body.body))
    return {key: frozenset(given) for key, given in found.items()}


@cache
def groups() -> Mapping[str, frozenset[str]]:
    """The words that only some groups have, by group: those of every condition of the group."""
    found: dict[str, set[str]] = {}
    for said, condition in zip(phrases.said(), load().conditions.values(), strict=False):
        own = {w for text in (said.name, *said.symptoms, *said.findings) for w in words(text)}
        found.setdefault(condition.group, own).intersection_update(own)
    drugs = {w for d in checks.lexicon().drugs for w in words(d)}
    return {g: frozenset(w - drugs - checks.SEX) for g, w in found.items()}


@cache
def allowed() -> frozenset[str]:
    """The words that some body may have."""
    of_lists = (lists()[name] for name in ("grown", "injury", "hurting"))
    return frozenset().union(everyday(), *of_lists, *sections().values(), *groups().values())


def suiting(kind: str, section: str, condition: str) -> frozenset[str]:
    """The words that a body of a kind, a section and a condition may have."""
    of_lists = (lists()[name] for name in ("grown", "injury", "hurting"))
    own = sections().get((kind, section), frozenset())
    return everyday().union(*of_lists, own, groups().get(condition, frozenset()))


NEGATION = re.compile(
    r"\b(?:no|not|denie[sd]|deny|without|negative|never|none|nor|neither|w/o|neg|free of"
    r"|resolved)\b|n't\b", re.I,
)  # fmt: skip


def of(text: str, kind: str, section: str) -> tuple[str, ...]:
    """'*' where the sentence suits any condition, the groups it suits, or nothing."""
    allowed = everyday() | lists()["grown"] | lists()["injury"] | lists()["hurting"]
    rest = words(text) - allowed - sections().get((kind, section), frozenset())
    if not rest:
        return ("*",)
    if NEGATION.search(text):
        return ()
    return tuple(sorted(g for g, known in groups().items() if rest <= known))
