"""Texts from a model: the same prompts in the same order give the same texts.

That holds for a fresh generator, one worker, and one batch size: two workers share a stream.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from seeder.errors import SeederError
from seeder.writer import lexicon, vocabulary
from seeder.writer.units import Unit


@dataclass(frozen=True)
class Sampling:
    """How texts are drawn."""

    seed: int = 1
    batch: int = 64
    temperature: float = 1.0
    likely: int = 100  # the most likely tokens that one is drawn from; 0 for all
    mass: float = 0.97  # and no more of them than have that probability together
    begun: int = 3  # tokens that a text begins with, drawn more boldly, so that many begin apart
    bold: float = 1.4
    longest: int = 80


class Drawn(NamedTuple):
    """A text with the mean logarithm of its tokens' probabilities."""

    unit: Unit
    score: float
    tokens: int


_ODD = re.compile(r"[\d#;:()\[\]]")  # what no body has: control tokens have it too


def unwanted(pieces: Any) -> list[list[str]]:
    """Runs of pieces that no text may have: words that are foreign in every section.

    A run that an allowed word begins with is none of them.
    """
    allowed = lexicon.allowed()
    begun = {
        tuple(run[:size])
        for word in allowed
        for spelled in (word, word.capitalize())
        for run in (pieces.encode(spelled, out_type=str),)
        for size in range(1, len(run) + 1)
    }
    known = [pieces.id_to_piece(i) for i in range(pieces.get_piece_size())]
    odd = [[p] for p in known if _ODD.search(p)]
    whole = [p[1:] for p in known if p[:1] == _BLANK and p[1:].isalpha() and len(p) > 2]
    foreign = {w.lower() for w in (*whole, *lexicon.foreign())} - allowed
    runs = [
        pieces.encode(s, out_type=str) for w in sorted(foreign) for s in (w, w.capitalize())
    ]
    return [*odd, *(r for r in runs if tuple(r) not in begun)]


_BLANK = "\u2581"  # what a piece has in front where a word begins


class Model:
    """Our own model: control tokens in front of the text."""

    def __init__(self, folder: Path, sampling: Sampling) -> None:
        translate = vocabulary.library("ctranslate2", "text")
        if not (folder / "model.bin").is_file():
            raise SeederError(
                f"{folder}: no model: model.bin is missing",
                "import one: seeder text import PATH, or train one: seeder text train",
            )
        self.pieces = vocabulary.read(folder)
        self.sampling = sampling
        self.unwanted = unwanted(self.pieces)
        try:
            translate.set_random_seed(sampling.seed)
            self.generator = translate.Generator(
                str(folder), device="cpu", inter_threads=1, intra_threads=1, compute_type="int8"
            )
        except (RuntimeError, ValueError) as error:
            raise SeederError(f"{folder}: the model cannot be read: {error}") from None

    def draw(self, asked: Sequence[Unit]) -> Iterator[Drawn]:
        """A text for each unit asked for; it goes on from the unit's own, which is usually ''."""
        s = self.sampling
        for low in range(0, len(asked), s.batch):
            batch = asked[low : low + s.batch]
            heads = [[vocabulary.START, *vocabulary.prompt(u)] for u in batch]
            given = [self.pieces.encode(u.text, out_type=str) for u in batch]
            begun = self._more(heads, given, s.begun, s.bold)
            going = [i for i, (tokens, _) in enumerate(begun) if tokens[-1:] != [vocabulary.END]]
            rest = self._more([heads[i] for i in going], [begun[i][0] for i in going], s.longest,
                              s.temperature)  # fmt: skip
            for place, drawn in zip(going, rest, strict=True):
                begun[place] = drawn
            for unit, (tokens, score) in zip(batch, begun, strict=True):
                yield self._drawn(unit, tokens, score)

    def scores(self, texts: Sequence[Unit]) -> list[float]:
        """The mean logarithm of each text's tokens, nothing kept from being said."""
        heads = [[vocabulary.START, *vocabulary.prompt(u)] for u in texts]
        tokens = [
            [*h, *self.pieces.encode(u.text, out_type=str), vocabulary.END]
            for h, u in zip(heads, texts, strict=True)
        ]
        found = self.generator.score_batch(tokens, max_batch_size=self.sampling.batch)
        return [
            float(np.mean(f.log_probs[len(h) - 1 :])) for f, h in zip(found, heads, strict=True)
        ]

    def _more(
        self, heads: list[list[str]], given: list[list[str]], most: int, temperature: float
    ) -> list[tuple[list[str], float]]:
        """What is given and up to so many tokens more, the end where it is reached; their score."""
        if not heads:
            return []
        s = self.sampling
        results = self.generator.generate_batch(
            [[*h, *g] for h, g in zip(heads, given, strict=True)],
            max_batch_size=s.batch,
            max_length=most,
            sampling_topk=s.likely,
            sampling_topp=s.mass,
            sampling_temperature=temperature,
            suppress_sequences=self.unwanted,
            include_prompt_in_result=False,
            return_scores=True,
        )
        found = []
        for before, result in zip(given, results, strict=True):
            new = result.sequences[0]
            ended = len(result.sequences_ids[0]) < most
            found.append(([*before, *new, *([vocabulary.END] if ended else ())], result.scores[0]))
        return found

    def _drawn(self, unit: Unit, tokens: list[str], score: float) -> Drawn:
        whole = tokens[-1:] == [vocabulary.END]  # a text whose end was not reached has none
        text = self.pieces.decode([t for t in tokens if t != vocabulary.END]) if whole else ""
        return Drawn(unit._replace(text=text.strip()), float(score), len(tokens))
