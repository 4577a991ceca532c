"""Neighbouring words that people wrote or reviewed: what nobody wrote is no prose."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from seeder.text.pool import SLOT

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


def known(texts: Iterable[str]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """The runs of two, three and four of texts, in order."""
    found: set[int] = set()
    for text in texts:
        for size in (2, 3, 4):
            found.update(of(text, size))
    return np.array(sorted(found), np.uint64)


def read(folder: Path) -> frozenset[int]:
    """Those that were kept beside a model; none where the model has no such file."""
    file = folder / FILE
    return frozenset(np.load(file).tolist()) if file.is_file() else frozenset()
