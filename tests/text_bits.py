"""Bits per character of held-out notes: the model, and a 5-gram model of the same training text.

``python -m tests.text_bits MODEL`` with SEEDER_CORPORA. Both see the same tokens; the control
tokens count for neither.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from seeder.text import grammar
from seeder.writer import pooling, sample, units, vocabulary
from seeder.writer.units import Unit

_ORDER = 5


class Grams:
    """An interpolated n-gram model, smoothed as Witten and Bell have it."""

    def __init__(self, rows: Iterable[Sequence[int]], size: int) -> None:
        self.size = size
        self.seen: list[dict[tuple[int, ...], Counter[int]]] = [
            defaultdict(Counter) for _ in range(_ORDER)
        ]
        for row in rows:
            for place, token in enumerate(row):
                for order in range(min(_ORDER, place + 1)):
                    self.seen[order][tuple(row[place - order : place])][token] += 1

    def probability(self, before: tuple[int, ...], token: int) -> float:
        found = 1.0 / self.size
        for order in range(min(_ORDER, len(before) + 1)):
            counts = self.seen[order].get(before[len(before) - order :])
            if counts is None:
                break
            total, kinds = counts.total(), len(counts)
            found = (counts[token] + kinds * found) / (total + kinds)
        return found


def _rows(pieces: Any, given: Iterable[Unit]) -> list[tuple[list[int], int]]:
    return [([*pieces.encode(u.text), pieces.eos_id()], len(u.text) + 1) for u in given]


def grams(pieces: Any, train: Sequence[Unit], held: Sequence[Unit]) -> float:
    texts = [u.text for u in train] + [b.body for b in grammar.load().pool.bodies()]
    model = Grams(([*pieces.encode(t), pieces.eos_id()] for t in texts), pieces.get_piece_size())
    bits, characters = 0.0, 0
    for row, size in _rows(pieces, held):
        characters += size
        for place, token in enumerate(row):
            before = tuple(row[max(0, place - _ORDER + 1) : place])
            bits -= math.log2(model.probability(before, token))
    return bits / characters


def network(folder: Path, held: Sequence[Unit]) -> float:
    model = sample.Model(folder, sample.Sampling())
    bits, characters = 0.0, 0
    for low in range(0, len(held), 64):
        batch = held[low : low + 64]
        prompts = [
            [vocabulary.START, *vocabulary.prompt(u), *model.pieces.encode(u.text, out_type=str),
             vocabulary.END]
            for u in batch
        ]  # fmt: skip
        for unit, row in zip(batch, model.generator.score_batch(prompts), strict=True):
            bits -= sum(row.log_probs[6:]) / math.log(2)
            characters += len(unit.text) + 1
    return bits / characters


def has_model() -> bool:
    """Whether the package's model can be asked here."""
    return find_spec("ctranslate2") is not None


def shipped() -> Path:
    return pooling.shipped()


def figures(notes: Path, model: Path) -> dict[str, Any]:
    """Of the notes that no training saw: units, and bits per character of both models."""
    given = list(units.notes(notes))
    train = [u for n in given if not n.held for u in units.of_note(n)]
    held = [u for n in given if n.held for u in units.of_note(n)]
    pieces = vocabulary.read(model)
    return {
        "held_units": len(held),
        "model": round(network(model, held), 4),
        "5-gram": round(grams(pieces, train, held), 4),
    }


def main() -> int:
    folder = os.environ.get("SEEDER_CORPORA", "")
    if len(sys.argv) != 2 or not folder:
        print("SEEDER_CORPORA=NOTES python -m tests.text_bits MODEL", file=sys.stderr)
        return 2
    print(json.dumps(figures(Path(folder), Path(sys.argv[1])), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
