"""Colours of bodies: notes of one chart have bodies of different colours, hence different bodies.

The notes of a chart are of rows that differ: one has a drug, the next has a result, and each may
have other bodies. A row knows its place in its chart, and nothing of the other rows. So its place
says a colour, and the colours are dealt so that every row that there can be has a body of each.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from seeder.generate.stream import Ints
from seeder.text import phrases, pictures, tags

Bools = npt.NDArray[np.bool_]
MOST = 256  # colours: two parts have more pairs of them than any chart has notes


def rows(relevant: int) -> Ints:
    """The tags of all rows that there can be, of them those that are ``relevant``."""
    found = np.unique(phrases.tags() & relevant)
    silent = tags.bit("silent")
    quiet = (phrases.tags() & relevant)[phrases.silence() > 0] | silent & relevant
    found = np.unique(np.concatenate([found, quiet]))
    # A picture of another region than the condition's shows nothing of it.
    elsewhere = found & ~pictures.OF_PICTURES
    shown = [elsewhere | tags.bit(f"{r}_image") & relevant for r in pictures.REGIONS]
    found = np.unique(np.concatenate([found, *shown]))
    for group in _APART:
        one = [0, *(tags.bit(name) & relevant for name in group)]
        found = np.unique(np.concatenate([found | bit for bit in one]))
    return found


# Of each of these a row has one or none.
_APART = (
    ("infant", "child", "elder"),
    ("inpatient", "emergency", "telehealth"),
    ("drug", "once"),
    ("given",),
    ("lab",),
    ("comorbid",),
)


def dealt(fits: Bools, group: Ints, same: Ints) -> tuple[Ints, Ints]:
    """The colour of each body, and how many colours there are for it.

    ``fits``: which rows (first axis) may have the bodies of which group; ``group``: that of each
    body; ``same``: bodies of one number are one to a reader. Bodies between which no row chooses
    may have different numbers of colours.
    """
    of: dict[int, int] = {}
    for item, number in zip(same.tolist(), group.tolist(), strict=True):
        of[item] = of.get(item, 0) | 1 << number
    # Items of the same groups are equal to all rows.
    kinds = sorted(set(of.values()))
    holds = np.array([[k >> g & 1 for g in range(fits.shape[1])] for k in kinds], np.bool_)
    has = np.stack([fits[:, one].any(axis=1) for one in holds], axis=1)
    members: dict[int, list[int]] = {k: [] for k in kinds}
    for item, kind in of.items():
        members[kind].append(item)
    sizes = np.array([len(members[k]) for k in kinds], np.int64)
    colour, many = np.zeros((2, int(same.max()) + 1), np.int64)
    many += 1
    for whole, least in _components(has):
        count, found = _painted(whole, least, sizes)
        for place, own in found.items():
            mine = np.array(members[kinds[place]], np.int64)
            colour[mine] = own[np.arange(len(mine)) % count]
            many[mine] = count
    return colour[same], many[same]


def _components(has: Bools) -> Iterator[tuple[Ints, Bools]]:
    """What is chosen among by rows that have something in common with one another: its places, and
    the choices of rows, without those that hold all of another's."""
    width = has.shape[1]
    sets = sorted({int("".join("01"[b] for b in row), 2) for row in has.tolist()} - {0})
    least: list[int] = []
    for one in sorted(sets, key=int.bit_count):
        if not any(other & one == other for other in least):
            least.append(one)
    joined: list[int] = []
    for one in sets:
        touching = [j for j in joined if j & one]
        joined = [j for j in joined if not j & one] + [_union([one, *touching])]
    for whole in sorted(joined):
        mine = [f"{one:0{width}b}" for one in (whole, *(o for o in least if o & whole))]
        holds = np.array([[c == "1" for c in one] for one in mine], np.bool_)
        yield np.flatnonzero(holds[0]), holds[1:]


def _union(sets: list[int]) -> int:
    found = 0
    for one in sets:
        found |= one
    return found


def _painted(whole: Ints, choices: Bools, sizes: Ints) -> tuple[int, dict[int, Ints]]:
    """The most colours of which each choice has all, and the colours of each place in order."""
    count = min(int((choices * sizes).sum(axis=1).min()), MOST)
    while True:
        made = _paint(whole, choices, sizes, count)
        if made is not None:
            return count, made
        count -= max(count // 32, 1)


def _paint(whole: Ints, choices: Bools, sizes: Ints, count: int) -> dict[int, Ints] | None:
    """The colours of each place in order, or None where a choice lacks one. What most choices have
    is dealt first: what only one has can fill its gaps. First come the colours that most choices
    lack, and of these the ones that are rare so far."""
    lacking = np.ones((len(choices), count), np.bool_)
    used, found = np.zeros(count, np.int64), {}
    for place in whole[np.lexsort((-sizes[whole], -choices[:, whole].sum(axis=0)))].tolist():
        here, size = choices[:, place], int(sizes[place])
        order = np.lexsort((used, -lacking[here].sum(axis=0)))
        found[place] = order
        lacking[np.ix_(here, order[:size])] = False
        used += size // count
        used[order[: size % count]] += 1
    return None if lacking.any() else found
