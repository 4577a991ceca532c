"""Texts from a model: the same prompts in the same order give the same texts.

That holds for a fresh generator, one worker, and one batch size: two workers share a stream.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from seeder.errors import SeederError
from seeder.writer import vocabulary
from seeder.writer.units import Unit


@dataclass(frozen=True)
class Sampling:
    """How texts are drawn."""

    seed: int = 1
    batch: int = 64
    temperature: float = 1.0
    likely: int = 100  # the most likely tokens that one is drawn from; 0 for all
    mass: float = 0.97  # and no more of them than have that probability together
    longest: int = 80


class Drawn(NamedTuple):
    """A text with the mean logarithm of its tokens' probabilities."""

    unit: Unit
    score: float
    tokens: int


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
            prompts = [
                [vocabulary.START, *vocabulary.prompt(u), *self.pieces.encode(u.text, out_type=str)]
                for u in batch
            ]
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
