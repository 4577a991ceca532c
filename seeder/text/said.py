"""What can be said of one condition, in any language, and how a language joins its phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Said:
    """What is said of one condition."""

    code: str
    name: str
    short: str
    symptoms: tuple[str, ...]
    silent: int  # 0 never without symptoms, 1 now and then, 2 always
    findings: tuple[str, ...]
    plan: tuple[str, ...]
    denied: tuple[str, ...]
    normal: tuple[tuple[str, str], ...]  # full, terse
    operations: tuple[str, ...]
    imaging: tuple[str, ...]
    image_normal: tuple[str, ...]
    pictures: tuple[str, ...]
    tissue: str
    specialties: tuple[str, ...]
    tags: int


@dataclass(frozen=True)
class Speech:
    """How phrases are joined. ``mend``: patterns of what is said otherwise between two words, and
    how (Spanish 'y' before 'i')."""

    and_: str = "and"
    or_: str = "or"
    last: str = ", "  # before the last of three or more
    articles: tuple[str, ...] = ("a ", "an ", "the ")
    mend: tuple[tuple[str, str], ...] = ()
    nothing: str = "no acute abnormality"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Speech:
        """Of the words of a language that puts no comma before its 'and'."""
        return cls(
            given["and"], given["or"], " ", tuple(given["articles"]),
            tuple((a, b) for a, b in given["mend"]),
        )  # fmt: skip

    def spoken(self, items: tuple[str, ...], word: str) -> str:
        """A list as a sentence says it: 'a', 'a and b', 'a, b, and c'."""
        if len(items) < 3:
            return self.mended(f" {word} ".join(items))
        return self.mended(", ".join(items[:-1]) + f"{self.last}{word} {items[-1]}")

    def mended(self, text: str) -> str:
        for pattern, instead in self.mend:
            text = re.sub(pattern, instead, text)
        return text

    def bare(self, phrase: str) -> str:
        """A phrase without its article."""
        found = next((a for a in self.articles if phrase.startswith(a)), "")
        return phrase[len(found) :] or phrase

    def listed(self, items: Iterable[str]) -> str:
        return ", ".join(map(self.bare, items))
