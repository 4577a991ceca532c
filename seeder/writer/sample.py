"""Texts from a model: the same prompts in the same order give the same texts.

That holds for a fresh generator, one worker, and one batch size: two workers share a stream.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
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
    stage: int = 4  # tokens that are drawn and judged at a time
    tries: int = 6  # times that tokens of a text are taken back
    longest: int = 80


# Whether a text that is begun so may go on.
Fits = Callable[[Unit, str], bool]


def _always(unit: Unit, text: str) -> bool:
    return True


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


@dataclass(eq=False)
class _Text:
    """A text that is being drawn."""

    unit: Unit
    head: list[str]
    tokens: list[str]
    stages: int = 0
    tries: int = 0
    drawn: int = 0
    score: float = 0.0
    ended: bool = False
    failed: bool = False

    @property
    def done(self) -> bool:
        return self.ended or self.failed


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

    def draw(self, asked: Sequence[Unit], fits: Fits = _always) -> Iterator[Drawn]:
        """A text for each unit asked for, in the order in which they end.

        It goes on from the unit's own text, which is usually ''. Words that do not fit are taken
        back and drawn again, a few times; a text that is given up is empty.
        """
        s = self.sampling
        waiting = deque(self._begin(u) for u in asked)
        at: list[_Text] = []
        while waiting or at:
            while waiting and len(at) < s.batch:
                at.append(waiting.popleft())
            bold = [x for x in at if not x.stages]
            self._more(bold, s.begun, s.bold, fits)
            self._more([x for x in at if x not in bold], s.stage, s.temperature, fits)
            yield from (self._drawn(x) for x in at if x.done)
            at = [x for x in at if not x.done]

    def _begin(self, unit: Unit) -> _Text:
        head = [vocabulary.START, *vocabulary.prompt(unit)]
        return _Text(unit, head, self.pieces.encode(unit.text, out_type=str))

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

    def _more(self, texts: list[_Text], most: int, temperature: float, fits: Fits) -> None:
        """Up to so many tokens more for each text."""
        if not texts:
            return
        s = self.sampling
        results = self.generator.generate_batch(
            [[*x.head, *x.tokens] for x in texts],
            max_batch_size=s.batch,
            max_length=most,
            sampling_topk=s.likely,
            sampling_topp=s.mass,
            sampling_temperature=temperature,
            suppress_sequences=self.unwanted,
            include_prompt_in_result=False,
            return_scores=True,
        )
        for text, result in zip(texts, results, strict=True):
            new = result.sequences[0]
            text.drawn += len(new)
            ended = len(result.sequences_ids[0]) < most
            self._take(text, new, ended, float(result.scores[0]), fits)

    def _take(self, text: _Text, new: list[str], ended: bool, score: float, fits: Fits) -> None:
        tokens = [*text.tokens, *new]
        said = self.pieces.decode(tokens)
        # The last word may go on: it is judged with what follows.
        if not fits(text.unit, said if ended else said.rpartition(" ")[0]):
            text.tries += 1
            text.failed = text.tries > self.sampling.tries
        else:
            text.tokens, text.stages, text.score = tokens, text.stages + 1, text.score + score
            text.ended = ended
            text.failed = not ended and len(tokens) >= self.sampling.longest

    def _drawn(self, text: _Text) -> Drawn:
        said = self.pieces.decode(text.tokens) if text.ended else ""
        mean = text.score / max(text.stages, 1)
        return Drawn(text.unit._replace(text=said.strip()), mean, text.drawn)
