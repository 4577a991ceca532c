"""Bodies of two sentences: of sentences that were taken, those that the model finds to follow one
another.

A small model loses its thread over two sentences, and still knows which of a thousand goes on best.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Protocol

from seeder.text.pool import Body
from seeder.writer import units
from seeder.writer.judge import Judge, sentences
from seeder.writer.units import ANY, Unit

SECTIONS = ("course",)
_ROUND = 1024  # couples that are compared at a time
_BEST = 0.15  # the share of them that the judge sees
_STALE = 0.01  # a round with a smaller share of new bodies is the last


class Liking(Protocol):
    """What finds one text likelier than another, as a model does."""

    def sums(self, texts: Sequence[Unit]) -> list[tuple[float, int]]: ...


def singles(bodies: Sequence[Body], section: str, judge: Judge) -> list[Body]:
    """The bodies of one sentence that may be put together: those that the judge is sure of."""
    return [
        b
        for b in bodies
        if b.section == section
        and b.style == "full"
        and b.condition == ANY
        and len(sentences(b.body)) == 1
        and (judge.fluent or not judge.pairs or judge.sure(b.body))
    ]


def couples(model: Liking, judge: Judge, bodies: Sequence[Body], seed: int) -> Iterator[list[Body]]:
    """New bodies, round by round."""
    for section in SECTIONS:
        given = singles(bodies, section, judge)
        if len(given) < 2:
            continue
        alone = dict(zip(given, model.sums([_unit(b.body, section) for b in given]), strict=True))
        rng = random.Random(f"{seed} {section}")  # noqa: S311 - a pool is frozen, no value path
        while True:
            made = [*_round(model, judge, given, alone, section, rng)]
            yield made
            if len(made) < _STALE * _ROUND:
                break


def _round(
    model: Liking,
    judge: Judge,
    given: Sequence[Body],
    alone: dict[Body, tuple[float, int]],
    section: str,
    rng: random.Random,
) -> Iterator[Body]:
    two = [(a, b) for _ in range(_ROUND) if _agree(*(c := rng.sample(given, 2))) for a, b in (c,)]
    asked = [_unit(f"{a.body} {b.body}", section) for a, b in two]
    found = []
    for (a, b), unit, (whole, size) in zip(two, asked, model.sums(asked), strict=True):
        # How much likelier the pieces of the second are behind the first than alone.
        gain = (whole - alone[a][0] - alone[b][0]) / alone[b][1]
        found.append((gain, whole / size, unit))
    found.sort(key=lambda one: -one[0])
    for _, mean, unit in found[: int(_BEST * len(found))]:
        yield from judge.bodies(unit, mean)


def _unit(text: str, section: str) -> Unit:
    return Unit(units.kinds_of(section)[0], section, ANY, "adult", "full", "section", text)


def _agree(one: Body, other: Body) -> bool:
    """Whether no tag of one rules the other out."""
    tags = {*one.when.split(), *other.when.split()}
    return not any("!" + tag in tags for tag in tags)
