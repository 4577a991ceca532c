"""Clinical states made by stream, for tests of texts: any condition, with what the knowledge says
of its ages, sex, drugs and laboratory tests."""

from __future__ import annotations

from functools import cache

import numpy as np

from seeder.clinical.knowledge import load
from seeder.clinical.model import VALUE
from seeder.generate import stream
from seeder.generate.data.known import strengths
from seeder.generate.stream import Ints
from seeder.text.state import State

DAY = 86_400_000_000
_KEY = stream.key(5, "stories")
_MIDDLE = {
    "temperature": 37.4, "pulse": 82, "respiration": 17, "systolic": 126, "diastolic": 77,
    "oxygen": 94, "weight": 72, "height": 170, "bmi": 26, "pain": 4,
}  # fmt: skip


@cache
def _listed(field: str) -> tuple[Ints, Ints, Ints]:
    """Drugs or laboratory tests of each condition, flat: numbers, first place, count."""
    names = list(getattr(load(), field))
    of = [
        [names.index(n) for n, _ in getattr(c.profile, field)] or [-1]
        for c in load().conditions.values()
    ]
    count = np.array([len(x) for x in of], np.int64)
    return np.concatenate(of), np.cumsum(count) - count, count


def story(n: int, *, charts: int = 0, first: int = 0) -> State:
    """``n`` rows; with ``charts``, that many patients whose notes follow one another."""
    rows = np.arange(first, first + n, dtype=np.int64)

    def draw(limit: int | Ints, number: int) -> Ints:
        return stream.below(stream.words(_KEY, rows, number), limit)

    known = tuple(load().conditions.values())
    condition = draw(len(known), 0)
    only = np.array([{"": -1, "M": 0, "F": 1}[c.sex] for c in known])[condition]
    female = np.where(only >= 0, only == 1, draw(2, 1) == 1)
    low = np.array([0, 5, 18, 45, 65, 80])
    rates = np.cumsum([[r * 1000 for r in c.rates] for c in known], axis=1)[condition]
    place = (draw(np.maximum(rates[:, -1], 1), 2)[:, None] >= rates).sum(axis=1).clip(0, 5)
    age = low[place] * 366 + draw(np.array([5, 13, 27, 20, 15, 15])[place] * 364, 3)
    newborn = np.array([c.code[0] == "P" or c.group == "newborn" for c in known])[condition]
    age = np.where(newborn, draw(20, 4), age)
    other = np.array([i for i, c in enumerate(known) if c.chronic and c.code[0] in "EIJ"])
    comorbid = np.stack(
        [np.where(draw(3, 5 + j) == 0, other[draw(len(other), 8 + j)], -1) for j in range(3)],
        axis=1,
    )
    drugs, at, count = _listed("drugs")
    given = drugs[at[condition] + draw(count[condition], 11)]
    entry, several = (
        table[np.maximum(given, 0), np.minimum(age // 366, 120)] for table in strengths()
    )
    drug = np.where(given >= 0, entry + draw(several, 19), -1)
    labs, at, count = _listed("labs")
    lab = labs[at[condition] + draw(count[condition], 12)]
    middle = np.array([x.adult.middle for x in load().labs.values()])
    value = np.where(lab >= 0, middle[lab] * (60 + draw(100, 13)) // 100, 0)
    start = (19_000 + draw(1500, 14)) * DAY + draw(86_400, 15) * 1_000_000
    spread = {name: draw(100, 20 + place) for place, name in enumerate(_MIDDLE)}
    chart = rows % charts if charts else None
    return State(
        condition=condition,
        comorbid=comorbid,
        female=female,
        age_days=age,
        setting=draw(4, 16),
        start=start,
        end=start + draw(10 * 86_400, 17) * 1_000_000,
        key=stream.words(_KEY, rows, 40).view(np.int64),
        ordinal=draw(3, 18),
        drug=drug,
        vital=lambda name: np.int64(_MIDDLE[name] * VALUE) * (950 + spread[name]) // 1000,
        lab=lambda number: (lab, value) if number == 0 else (np.full(n, -1), np.zeros(n, np.int64)),
        chart=chart,
        place=None if chart is None else rows // charts,
    )
