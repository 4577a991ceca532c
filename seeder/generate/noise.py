"""Dirty data on demand: what a column's cells become after they have been made.

Other columns, keys and other tables still see the clean cell: only what is written is changed. Of
each kind a row has one word, and only where the plan says that the column has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate import spans
from seeder.generate.data import entries
from seeder.generate.stream import Ints, Words, below, chance
from seeder.generate.units import other_unit

if TYPE_CHECKING:
    from seeder.generate.call import CellCall
    from seeder.generate.rows import Rows

Bools = npt.NDArray[np.bool_]
SLIP = 0.25  # of the texts of somebody who is registered twice, those that were typed otherwise
FORGOTTEN = 0.3  # and of the values that may be missing, those that are
_LATEST = 30  # days that an entry comes late
_SHORTEST = 4  # letters of a text in which a letter may be left out


def soiled(rows: Rows, column: str, cells: pa.Array, call: Callable[[], CellCall]) -> pa.Array:
    """The cells of a column with the noise that the plan has for it."""
    noise: Mapping[str, float] = rows.population.makers[column].plan.noise
    if "units" in noise:
        # The columns of one result change together.
        changed = chance(rows.words("noise", "units"), noise["units"])
        cells = other_unit(call(), cells, changed)
    if "late" in noise:
        cells = _late(rows, cells, noise["late"])
    if "abbreviations" in noise:
        word = rows.words("noise", "abbreviations", column)
        cells = _where(cells, chance(word, noise["abbreviations"]), abbreviated)
    if "typos" in noise:
        word = rows.words("noise", "typos", column)
        cells = _mistyped(cells, chance(word, noise["typos"]), word)
    if noise.get("duplicates") and rows.again.any():
        word = rows.words("noise", "duplicates", column)
        cells = _mistyped(cells, rows.again & chance(word, noise["duplicates"]), word)
    return cells


def forgotten(rows: Rows, column: str) -> Bools | None:
    """Where a second registration lacks a value that the first one has."""
    noise = rows.population.makers[column].plan.noise
    if "forgotten" not in noise or not rows.again.any():
        return None
    lost: Bools = rows.again & chance(rows.words("noise", "forgotten", column), noise["forgotten"])
    return lost


def _where(cells: pa.Array, mask: Bools, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Cells, changed where the mask says so."""
    if not mask.any():
        return cells
    mask_ = pa.array(mask)
    return pc.replace_with_mask(cells, mask_, change(cells.filter(mask_)).cast(cells.type))


def _mistyped(cells: pa.Array, mask: Bools, word: Words) -> pa.Array:
    return _where(cells, mask, lambda some: mistyped(some, word[mask] << np.uint64(20)))


def mistyped(texts: pa.Array, word: Words) -> pa.Array:
    """Texts with two letters in the wrong order, or with one left out; none becomes longer."""
    length = pc.fill_null(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    at = 1 + below(word, np.maximum(length - 2, 1))
    drop = ((word & np.uint64(1)).view(np.int64) == 1) & (length > _SHORTEST)
    found = texts
    for place in np.unique(at).tolist():
        for lost in (False, True):
            mask = (at == place) & (drop == lost) & (length > 2)
            if mask.any():
                found = _where(found, mask, _slips(place, lost))
    return found


def _slips(place: int, lost: bool) -> Callable[[pa.Array], pa.Array]:
    """A slip at a place of texts: of two neighbours, the first one at ``place``."""

    def slip(some: pa.Array) -> pa.Array:
        head = pc.utf8_slice_codeunits(some, 0, place)
        one = pc.utf8_slice_codeunits(some, place, place + 1)
        other = pc.utf8_slice_codeunits(some, place + 1, place + 2)
        tail = pc.utf8_slice_codeunits(some, place + 2)
        parts = (head, other, tail) if lost else (head, other, one, tail)
        return pc.binary_join_element_wise(*parts, "")

    return slip


@lru_cache(maxsize=1)
def _pairs() -> tuple[tuple[str, str], ...]:
    table = entries("abbreviations").columns
    return tuple(zip(table["long"], table["short"], strict=True))


def abbreviated(texts: pa.Array) -> pa.Array:
    """Texts with the short forms of the words that have one; none becomes longer."""
    for long, short in _pairs():
        texts = pc.replace_substring_regex(texts, rf"(?i)\b{long}\b", short)
    return texts


def _late(rows: Rows, cells: pa.Array, share: float) -> pa.Array:
    """Moments up to a month later, and not in the future; a date and a time of a row alike."""
    word = rows.words("noise", "late")
    mask = chance(word, share)
    if not mask.any():
        return cells
    days = pa.types.is_date32(cells.type)
    unit, whole = (spans.DAY, pa.int32()) if days else (1, pa.int64())
    made = cells.cast(whole).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64) * unit
    # Most come within days: the square of a share of the month.
    part = below(word << np.uint64(20), _LATEST * 24 * 60)
    delay = (part * part // (_LATEST * 24 * 60) + 24 * 60) * spans.MINUTE
    last = max(rows.world.reference - spans.MINUTE, 0)
    moved: Ints = np.maximum(np.minimum(made + delay, last), made) // unit
    changed = pa.array(moved).cast(whole).cast(cells.type)
    return pc.if_else(pa.array(mask) if not cells.null_count else pc.and_(
        pa.array(mask), cells.is_valid()), changed, cells)  # fmt: skip
