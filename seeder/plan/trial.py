"""Trying a generator before it is chosen: do its values keep what the constraints ask?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from seeder.errors import SeederError
from seeder.generate.makers.clock import moment_of
from seeder.generate.registry import definitions
from seeder.generate.sample import sample
from seeder.plan.bounds import NUMBERS, Bounds
from seeder.schema import Type

_DATES = frozenset(("date", "timestamp", "timestamptz"))


def keeps(
    generator: str, params: Mapping[str, Any], kind: Type, bounds: Bounds, reference: int
) -> bool:
    """Whether some thousand values of the generator all lie inside the bounds.

    A trial, not a proof: it tells meanings that a CHECK agrees with from those that it excludes.
    """
    found = definitions().get(generator)
    if found is None or kind.kind not in found.accepts:
        return False
    try:
        cells = sample(found, params, kind, reference)
    except (SeederError, KeyError, ValueError, pa.ArrowException):
        return False
    cells = cells.drop_null()
    if len(cells) == 0:
        return True
    return _ends_hold(cells, kind, bounds, reference) and _texts_hold(cells, kind, bounds)


def _ends_hold(cells: pa.Array, kind: Type, bounds: Bounds, reference: int) -> bool:
    if bounds.low is None and bounds.high is None:
        return True
    if kind.kind not in NUMBERS and kind.kind not in _DATES:
        return False
    if pa.types.is_string(cells.type):
        return False
    ends = pc.min_max(cells)
    for text, end, is_open, sign in (
        (bounds.low, ends["min"], bounds.low_open, 1),
        (bounds.high, ends["max"], bounds.high_open, -1),
    ):
        if text is None:
            continue
        try:
            limit = _place(text, kind, reference)
        except (SeederError, ArithmeticError):
            return False
        gap = (_number(end) - limit) * sign
        if gap < 0 or (is_open and gap == 0):
            return False
    return True


def _place(text: str, kind: Type, reference: int) -> Decimal:
    return Decimal(moment_of(text, reference)) if kind.kind in _DATES else Decimal(text)


def _number(scalar: pa.Scalar) -> Decimal:
    if pa.types.is_date32(scalar.type):
        return Decimal(scalar.cast(pa.int32()).as_py()) * 86_400_000_000
    if pa.types.is_timestamp(scalar.type):
        return Decimal(scalar.cast(pa.int64()).as_py())
    return Decimal(str(scalar.as_py()))


def _texts_hold(cells: pa.Array, kind: Type, bounds: Bounds) -> bool:
    asked = (bounds.values, bounds.pattern, bounds.min_length, bounds.max_length)
    if all(a is None for a in asked) and not bounds.never:
        return True
    if kind.kind not in ("text", "integer", "enum"):
        return False
    texts = pc.unique(cells.cast(pa.string())).to_pylist()
    if bounds.values is not None and not set(texts) <= set(bounds.values):
        return False
    if set(texts) & set(bounds.never):
        return False
    lengths = [len(t) for t in texts]
    if bounds.min_length is not None and min(lengths) < bounds.min_length:
        return False
    if bounds.max_length is not None and max(lengths) > bounds.max_length:
        return False
    return bounds.pattern is None or _matches(texts, bounds)


def _matches(texts: list[str], bounds: Bounds) -> bool:
    try:
        pattern = re.compile(bounds.pattern or "", re.I if bounds.pattern_insensitive else 0)
    except re.error:
        return False
    return all(pattern.search(text) for text in texts)
