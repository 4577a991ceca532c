"""Neighbouring words that people wrote or reviewed: what nobody wrote is no prose."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np

from seeder.text.pool import LIGHT, SLOT

FILE = "pairs.npy"
_TOKEN = re.compile(r"\{[a-z_]+\}|[a-z][a-z'/-]*|[,;.!?]")


def words(text: str) -> list[str]:
    """Words, slots and stops, with a mark where the text begins."""
    return [".", *_TOKEN.findall(SLOT.sub(lambda m: m[0].lower(), text.lower()))]


def of(text: str, size: int = 2) -> Iterator[int]:
    """A number for each run of so many neighbours."""
    found = words(text)
    for run in zip(*(found[place:] for place in range(size)), strict=False):
        yield number(run)


def number(run: Iterable[str]) -> int:
    """The number of a run of words."""
    digest = hashlib.blake2b(" ".join(run).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


_LIGHT = LIGHT.union(
    (
        ". , ; ? ! {pronoun} {possessive} {object} patient pt she he it there not no also any other"
    ).split()
)
_ENDINGS = ("ing", "ed", "es", "s")
# Slots that stand for one another in a sentence.
_LIKE = {"symptoms": "symptom", "short": "condition", "diagnosis": "condition", "a_who": "who",
         "an_age": "who", "age": "who", "sex": "who", "medicine": "drug",
         "findings": "finding"}  # fmt: skip


def stem(word: str) -> str:
    """A word without its ending; '' where it says little."""
    if word in _LIGHT:
        return ""
    if word[0] == "{":
        name = word[1:-1].removesuffix("_terse")
        return "{" + _LIKE.get(name, name) + "}"
    end = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= 4), "")
    word = word.removesuffix(end)
    return "" if word in _LIGHT else word


def beside(one: str, other: str) -> int:
    """A number for two stems in one sentence."""
    return number(("&", *sorted((one, other))))


def together(text: str) -> Iterator[int]:
    """A number for each two words of a sentence that say something."""
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        yield from (beside(*two) for two in combinations(sorted(_stems(sentence)), 2))


def _stems(sentence: str) -> set[str]:
    return {s for w in words(sentence) if (s := stem(w))}


@cache
def _sayable() -> frozenset[str]:
    """The stems of all words that a body may have."""
    from seeder.text import slots
    from seeder.writer import lexicon

    return frozenset(map(stem, (*lexicon.allowed(), *("{" + n + "}" for n in slots.names()))))


def known(texts: Iterable[str]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """The runs of two, three and four of texts, and the words that stand together, in order."""
    found: set[int] = set()
    two: set[tuple[str, ...]] = set()
    for text in texts:
        for size in (2, 3, 4):
            found.update(of(text, size))
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            two.update(combinations(sorted(_stems(sentence) & _sayable()), 2))
    found.update(beside(*pair) for pair in two)
    return np.array(sorted(found), np.uint64)


def read(folder: Path) -> frozenset[int]:
    """Those that were kept beside a model; none where the model has no such file."""
    file = folder / FILE
    return frozenset(np.load(file).tolist()) if file.is_file() else frozenset()
