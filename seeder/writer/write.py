"""Writing a pool: the model is asked, what it writes is judged, and what is good is frozen."""

from __future__ import annotations

import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

from seeder.clinical.knowledge import load
from seeder.text import checks, grammar, pool
from seeder.text.pool import Body, TextPool
from seeder.writer import units
from seeder.writer.judge import Judge, owned, sections
from seeder.writer.sample import Drawn
from seeder.writer.units import ANY, Unit

ROUND = 1024  # texts asked for at a time
_STALE = 0.002  # a round with less than this share of new bodies is the last
_OWN = 16  # bodies of a group, below which the group has those of all conditions
# How often a section is asked for, beside the others: those that tell what happened. What was
# examined, found and decided the grammar tells by the condition, and a pool would only be vague.
_WEIGHTS = {"opening": 12, "course": 20, "background": 4, "social": 2, "followup": 5,
            "medicines": 4, "denials": 3, "complaint": 1}  # fmt: skip
SECTIONS = frozenset(_WEIGHTS)
_BANDS = {"adult": 8, "elder": 2, "child": 2, "infant": 1}
TONES = ("section", "visit")  # that are asked for
# Sections that tell of the condition itself, and may do so in its own words.
_TELLING = ("opening", "course")
_SHARE = 0.12  # of what is asked for in these


# What was drawn in a round, by the round's number.
Rounds = Callable[[Iterator[int]], Iterator[list[Drawn]]]


@dataclass(frozen=True)
class Progress:
    """How far a pool is."""

    bodies: int
    asked: int
    tokens: int
    seconds: float


def asked(seed: int, number: int, tones: Sequence[str] = TONES) -> list[Unit]:
    """What is asked for in a round: a function of the pool's seed and the round's number."""
    rng = random.Random(f"{seed} {number}")  # noqa: S311 - a pool is frozen, no value path
    groups = sorted(load().groups)
    places = [s for s in sections("full") if s in _WEIGHTS for _ in range(_WEIGHTS[s])]
    bands = [b for b, weight in _BANDS.items() for _ in range(weight)]
    found = []
    for _ in range(ROUND):
        section = rng.choice(places)
        own = section in _TELLING and rng.random() < _SHARE
        found.append(
            Unit(rng.choice(units.kinds_of(section)), section, rng.choice(groups) if own else ANY,
                 rng.choice(bands), "full", rng.choice(tones), "")
        )  # fmt: skip
    return found


def length_of(unit: Unit) -> int:
    """About how many words a section's text has: the mean of the grammar's."""
    return _lengths().get((unit.section, unit.style), 0)


@cache
def _lengths() -> Mapping[tuple[str, str], int]:
    found: dict[tuple[str, str], list[int]] = {}
    for body in grammar.load().pool.bodies():
        found.setdefault((body.section, body.style), []).append(len(body.body.split()))
    return {key: sum(sizes) // len(sizes) for key, sizes in found.items()}


def runs(notes: Path) -> frozenset[int]:
    """The runs of words of all open notes in a folder, held out or not, masked as bodies are."""
    found: set[int] = set()
    for note in units.notes(notes):
        found.update(checks.runs_of(note.text))
    return frozenset(found)


def grow(
    rounds: Rounds,
    judge: Judge,
    old: Sequence[Body],
    *,
    most: int,
    minutes: float | None = None,
    told: Callable[[Progress], None] = lambda p: None,
) -> list[Body]:
    """The old bodies that the judge keeps and new ones, until there are so many, the time is over,
    or the model says little that is new."""
    bodies = [b._replace(body=owned(b.body)) for b in old if judge.keeps(b)]
    judge.known(grammar.load().pool.bodies())
    judge.known(bodies)
    begun, tokens = time.monotonic(), 0
    for number, drawn in enumerate(rounds(count())):
        before = len(bodies)
        for one in drawn:
            tokens += one.tokens
            bodies += judge.bodies(one.unit, one.score)
        spent = time.monotonic() - begun
        told(Progress(len(bodies), (number + 1) * ROUND, tokens, spent))
        stale = len(bodies) - before < _STALE * ROUND
        if stale or len(bodies) >= most or (minutes and spent > 60 * minutes):
            break
    return bodies[:most] if len(bodies) > most else bodies


def settled(bodies: Iterable[Body]) -> list[Body]:
    """Without the bodies of groups that have too few: rows of those would repeat them."""
    given = list(bodies)
    count = Counter((b.section, b.style, b.condition) for b in given)
    return [
        b for b in given if b.condition == ANY or count[b.section, b.style, b.condition] >= _OWN
    ]


def frozen(bodies: Sequence[Body], provenance: Mapping[str, str]) -> TextPool:
    """The pool, its bodies in one order whatever order they were written in."""
    return pool.pool_of(sorted(settled(bodies)), provenance)


def digest_of(folder: Path) -> str:
    """SHA-256 of a model's files, by name."""
    found = hashlib.sha256()
    for file in sorted(p for p in folder.iterdir() if p.is_file()):
        found.update(file.name.encode() + b"\xff" + file.read_bytes())
    return found.hexdigest()
