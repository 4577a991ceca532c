"""Parents that differ from those of the row's other keys: two keys to one table that never meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from seeder.generate.stream import Ints


def skipped(places: Ints, others: Sequence[Ints]) -> Ints:
    """``places`` of [0, size - len(others)) as places of [0, size) that are none of ``others``.

    Distinct places stay distinct wherever the others are the same, so that a bijection stays one.
    A place of -1 is nobody's.
    """
    for taken in np.sort(np.stack(others), axis=0) if others else ():
        places = places + (places >= taken)
    return places


def stepped(
    places: Ints, first: Ints | int, sizes: Ints | int, others: Sequence[Ints],
    row: Callable[[Ints], Ints],
) -> Ints:  # fmt: skip
    """``places`` of [first, first + sizes), moved on where their row is one of ``others``.

    Among as many places as there are others, and one, some place is free; where there are fewer
    the place may stay as it is.
    """
    for _ in others:
        rows = row(places)
        same = np.any([rows == other for other in others], axis=0)
        places = np.where(same, first + (places - first + 1) % np.maximum(sizes, 1), places)
    return places
