"""Neighbouring words that people wrote or reviewed: a pair that nobody wrote is no prose."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
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
    runs = pairwise(found) if size == 2 else zip(found, found[1:], found[2:], strict=False)
    for run in runs:
        digest = hashlib.blake2b(" ".join(run).encode(), digest_size=8).digest()
        yield int.from_bytes(digest, "little")


def known(texts: Iterable[str]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """The pairs and triples of texts, in order."""
    found: set[int] = set()
    for text in texts:
        found.update(of(text))
        found.update(of(text, 3))
    return np.array(sorted(found), np.uint64)


def read(folder: Path) -> frozenset[int]:
    """Those that were kept beside a model; none where the model has no such file."""
    file = folder / FILE
    return frozenset(np.load(file).tolist()) if file.is_file() else frozenset()
