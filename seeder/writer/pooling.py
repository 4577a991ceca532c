"""The command that writes a pool: which model, which old pool, what is recorded of it."""

from __future__ import annotations

import json
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from seeder.errors import SeederError
from seeder.text import pool
from seeder.text.pool import Body
from seeder.writer import convert, couples, foreign, pairs, safe, sample, units, write
from seeder.writer.guide import Guide
from seeder.writer.judge import Judge, with_articles
from seeder.writer.sample import Drawn, Sampling
from seeder.writer.units import Unit


@dataclass(frozen=True)
class Wanted:
    """A pool that is to be written or grown."""

    file: Path
    model: Path | None
    bodies: int
    minutes: float | None
    notes: Path | None
    sampling: Sampling
    workers: int = 1


def shipped() -> Path:
    """The folder of the package's model."""
    found = Path(str(resources.files("seeder.text").joinpath("data/model")))
    if not (found / "model.bin").is_file():
        raise SeederError("this package has no model", "name one with --model")
    return found


def opened(folder: Path, sampling: Sampling) -> foreign.Foreign | sample.Model:
    """The model in a folder: ours, or an imported one."""
    card = folder / foreign.CARD
    return foreign.Foreign(folder, sampling) if card.is_file() else sample.Model(folder, sampling)


# Means of the logarithm of a token's probability, below which our model's text is no prose: where
# people wrote every four words of it, and where they did not.
_LEAST, _LIKELY = -2.1, -1.25
_TUNED = -1.28  # the same of a tuned model, whose pieces are larger


class Liking(couples.Liking, Protocol):
    """What finds texts likely: our model, or one that was tuned."""

    def scores(self, texts: Sequence[Unit]) -> list[float]: ...


def _trusted(bodies: list[Body], judge: Judge, model: Liking) -> list[Body]:
    """Bodies of an older pool that the model finds likely in one of the tones that are asked for,
    and their like in abbreviations."""
    full = [b for b in bodies if b.style == "full" and judge.keeps(b)]
    asked = (
        [
            Unit(units.kinds_of(b.section)[0], b.section, b.condition, "adult", "full", tone,
                 with_articles(b.body))
            for b in full
        ]
        for tone in write.TONES
    )  # fmt: skip
    scores = [max(both) for both in zip(*map(model.scores, asked), strict=True)]
    kept = {
        b
        for b, score in zip(full, scores, strict=True)
        if judge.trusts(with_articles(b.body), score)
    }
    short = {(b.section, safe.terse(b.body)) for b in kept}
    return [b for b in bodies if b in kept or (b.section, b.body) in short]


Draw = Callable[[int], list[Drawn]]  # what is drawn in a round, by its number


@contextmanager
def _rounds(folder: Path, sampling: Sampling, runs: frozenset[int], workers: int
            ) -> Iterator[write.Rounds]:  # fmt: skip
    """What draws: each round by a worker of its own, the rounds in order. A round is the same
    whoever draws it, and whatever was drawn before."""
    if workers == 1:
        draw = _drawing(folder, sampling, runs)
        yield lambda numbers: (draw(n) for n in numbers)
        return
    spawned = multiprocessing.get_context("spawn")
    with spawned.Pool(workers, _start, (folder, sampling, runs)) as processes:
        yield lambda numbers: _ahead(processes, numbers, 2 * workers)


def _ahead(processes: Any, numbers: Iterator[int], most: int) -> Iterator[list[Drawn]]:
    """The rounds in order, so many of them begun before they are asked for."""
    begun = deque(processes.apply_async(_drawn, (next(numbers),)) for _ in range(most))
    while True:
        yield begun.popleft().get()
        begun.append(processes.apply_async(_drawn, (next(numbers),)))


def _drawing(folder: Path, sampling: Sampling, runs: frozenset[int]) -> Draw:
    """Our model is guided by the runs of words; an imported one, and one without such runs, are
    asked freely."""
    if (folder / foreign.CARD).is_file() or not runs:
        return partial(_freely, folder, sampling)
    return _Guided(folder, sampling, runs)


def _freely(folder: Path, sampling: Sampling, number: int) -> list[Drawn]:
    """A round of a model that is opened for it: an open one goes on with its random numbers."""
    writer = opened(folder, sampling.of(number))
    return [*writer.draw(write.asked(sampling.seed, number))]


class _Guided:
    """Our model with its guide, in one process."""

    def __init__(self, folder: Path, sampling: Sampling, runs: frozenset[int]) -> None:
        self.model = sample.Model(folder, sampling)
        self.guide = Guide(self.model.pieces, runs)

    def __call__(self, number: int) -> list[Drawn]:
        asked = write.asked(self.model.sampling.seed, number)
        return [*self.model.guided(asked, self.guide, number)]


_worker: Draw | None = None


def _start(*given: Any) -> None:
    global _worker
    _worker = _drawing(*given)


def _drawn(number: int) -> list[Drawn]:
    assert _worker is not None
    return _worker(number)


def _judging(
    folder: Path, judge: Judge, wanted: Wanted, sampling: Sampling
) -> tuple[Judge, Liking | None]:
    """The judge with the limits of the model in a folder, and the model itself where its own doubt
    counts: one that is only asked in prose knows no slots."""
    if foreign.is_tuned(folder):
        strict = replace(judge, fluent=True, least=_TUNED, likely=_TUNED)
        return strict, foreign.Foreign(folder, sampling, replicas=wanted.workers)
    if judge.pairs and not (folder / foreign.CARD).is_file():
        strict = replace(judge, least=_LEAST, likely=_LIKELY)
        return strict, sample.Model(folder, sampling)
    return judge, None


def written(wanted: Wanted, told: Callable[[write.Progress], None]) -> dict[str, Any]:
    """Write the pool, and say what it has."""
    folder = wanted.model or shipped()
    old = pool.read(wanted.file) if wanted.file.exists() else None
    bodies = old.bodies() if old else []
    # A pool that grows is asked other things than it was before: its digest is in the seed.
    seed = wanted.sampling.seed if old is None else int(old.digest[:12], 16)
    sampling = Sampling(**{**asdict(wanted.sampling), "seed": seed % (1 << 31)})
    runs = write.runs(wanted.notes) if wanted.notes else frozenset()
    known = pairs.read(folder) or pairs.read(_own())
    judge, liking = _judging(folder, Judge(runs, known, wanted=write.SECTIONS), wanted, sampling)
    if liking is not None:
        bodies = _trusted(bodies, judge, liking)
    with _rounds(folder, sampling, known, wanted.workers) as rounds:
        made = write.grow(rounds, judge, bodies, most=wanted.bodies, minutes=wanted.minutes,
                          told=told)  # fmt: skip
    if liking is not None and len(made) < wanted.bodies:
        for more in couples.couples(liking, judge, made, seed):
            made += more
            told(write.Progress(len(made), 0, 0, 1.0))
            if len(made) >= wanted.bodies:
                break
    made = made[: wanted.bodies]
    found = write.frozen(
        made, {**(old.provenance if old else {}), **_provenance(folder, wanted, seed)}
    )
    pool.write(found, wanted.file)
    taken = ("taken", "abbreviated")
    return {
        "file": str(wanted.file),
        "bodies": len(found),
        "bytes": wanted.file.stat().st_size,
        "sha256": found.digest,
        **{name: judge.reasons[name] for name in taken},
        "refused": {k: v for k, v in judge.reasons.most_common() if k not in taken},
    }


def _own() -> Path:
    return Path(str(resources.files("seeder.text").joinpath("data/model")))


def _provenance(folder: Path, wanted: Wanted, seed: int) -> dict[str, str]:
    cards = (folder / name for name in (convert.CARD, foreign.CARD))
    card = next((c for c in cards if c.is_file()), None)
    return {
        "writer": "model",
        "model_sha256": write.digest_of(folder),
        "card": card.read_text("utf-8") if card else "",
        "sampling": json.dumps({**asdict(wanted.sampling), "seed": seed}),
        "checked_against_notes": "yes" if wanted.notes else "no",
    }
