"""Texts from a model: the same prompts in the same order give the same texts.

That holds for a fresh generator, one worker, and one batch size: two workers share a stream.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from seeder.errors import SeederError
from seeder.writer import vocabulary
from seeder.writer.guide import Guide
from seeder.writer.units import Unit


@dataclass(frozen=True)
class Sampling:
    """How texts are drawn."""

    seed: int = 1
    batch: int = 64
    temperature: float = 1.0
    likely: int = 100  # the most likely tokens that one is drawn from; 0 for all
    mass: float = 0.97  # and no more of them than have that probability together
    bold: float = 1.4  # the temperature of a guided text's first words, so that many begin apart
    floor: float = 0.004  # the least probability of a piece, of a guided or tuned model's text
    longest: int = 80

    def of(self, *about: object) -> Sampling:
        """The same with a seed of its own, by what is drawn."""
        digest = hashlib.sha256(" ".join(map(str, (self.seed, *about))).encode()).digest()
        return replace(self, seed=int.from_bytes(digest[:4], "big") >> 1)


class Drawn(NamedTuple):
    """A text with the mean logarithm of its tokens' probabilities."""

    unit: Unit
    score: float
    tokens: int


BEGUN = 3  # pieces that a guided text begins with
# Words that a guided text's first sentence has at least, one of these: left alone, it ends early.
_LEAST = (0, 0, 0, 5, 7, 9)
_LONG = ("opening", "course", "plan", "impression", "background")
_CONTROLS = 7  # pieces in front of a text


def _head(unit: Unit) -> list[str]:
    return [vocabulary.START, *vocabulary.prompt(unit)]


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
            prompts = [[*_head(u), *self.pieces.encode(u.text, out_type=str)] for u in batch]
            results = self.generator.generate_batch(
                prompts,
                max_batch_size=s.batch,
                max_length=s.longest,
                sampling_topk=s.likely,
                sampling_topp=s.mass,
                sampling_temperature=s.temperature,
                include_prompt_in_result=False,
                return_scores=True,
            )
            for unit, result in zip(batch, results, strict=True):
                yield self._drawn(unit, result)

    def _drawn(self, unit: Unit, result: Any) -> Drawn:
        tokens = [t for t in result.sequences[0] if t != vocabulary.END]
        text = unit.text + self.pieces.decode(tokens)
        # The end was not reached: the text has none.
        whole = len(result.sequences_ids[0]) < self.sampling.longest
        return Drawn(
            unit._replace(text=text.strip() if whole else ""), float(result.scores[0]), len(tokens)
        )

    def guided(self, asked: Sequence[Unit], guide: Guide, number: int = 0) -> Iterator[Drawn]:
        """A text for each unit that gets to its end, of the words that the guide allows: a function
        of the seed and the number, whatever was drawn before."""
        # A pool is frozen by its hash: what draws it is no part of the value path.
        rng = np.random.default_rng([self.sampling.seed, number])
        for low in range(0, len(asked), self.sampling.batch):
            made = [*self._together(asked[low : low + self.sampling.batch], guide, rng)]
            if made:
                scores = self.scores([d.unit for d in made])
                yield from (d._replace(score=s) for d, s in zip(made, scores, strict=True))

    def _together(
        self, asked: Sequence[Unit], guide: Guide, rng: np.random.Generator
    ) -> Iterator[Drawn]:
        going = [
            (_head(u), guide.begin(u, int(rng.choice(_LEAST)) if u.section in _LONG else 0))
            for u in asked
        ]
        for length in range(self.sampling.longest):
            if not going:
                return
            logits = np.asarray(self.generator.forward_batch([t for t, _ in going]))[:, -1]
            still = []
            for (tokens, state), row in zip(going, logits, strict=True):
                piece = self._piece(row, guide.moves(state), length, rng)
                if piece == vocabulary.END:
                    text = self.pieces.decode(tokens[_CONTROLS:])
                    yield Drawn(state.unit._replace(text=text.strip()), 0.0, length)
                elif piece:
                    still.append(([*tokens, piece], guide.take(state, piece)))
            going = still

    def _piece(
        self, logits: Any, moves: Sequence[str], length: int, rng: np.random.Generator
    ) -> str:
        """One of the moves by its probability; none where all are unlikely."""
        s = self.sampling
        numbers = [self.pieces.piece_to_id(m) for m in moves]
        every = logits - logits.max()
        chance = every[numbers] - np.log(np.exp(every).sum())
        bold = length < BEGUN
        good = chance >= np.log(s.floor / (10 if bold else 1))
        if not good.any():
            return ""
        heat = s.bold if bold else s.temperature
        noise = rng.gumbel(size=len(moves))
        return moves[int(np.argmax(np.where(good, chance / heat + noise, -np.inf)))]

    def scores(self, texts: Sequence[Unit]) -> list[float]:
        """The mean logarithm of each text's tokens, nothing kept from being said."""
        return [total / size for total, size in self.sums(texts)]

    def sums(self, texts: Sequence[Unit]) -> list[tuple[float, int]]:
        """The sum of the logarithms of each text's tokens, its end among them, and their number."""
        heads = [_head(u) for u in texts]
        tokens = [
            [*h, *self.pieces.encode(u.text, out_type=str), vocabulary.END]
            for h, u in zip(heads, texts, strict=True)
        ]
        found = self.generator.score_batch(tokens, max_batch_size=self.sampling.batch)
        own = [f.log_probs[len(h) - 1 :] for f, h in zip(found, heads, strict=True)]
        return [(float(np.sum(logs)), len(logs)) for logs in own]
