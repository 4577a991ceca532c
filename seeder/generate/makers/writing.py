"""Fallbacks for text: phrases of plain words, patterns, and short codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeder.errors import PlanError
from seeder.generate import patterns, skew, text
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.vocabulary import pool
from seeder.schema import Type

Params = Mapping[str, Any]

# A text column without length is unbounded; a phrase of half a line reads well in a client.
_PHRASE, _SHORT, _LONGEST = 40, 3, 200
# How many different texts a column of unknown meaning has, most rows sharing a few of them.
_KINDS, _DIGITS = 900, 3
# Code widths: without a length, the widest that is not padded to fit, and where hashes begin.
_CODE, _WIDEST_CODE, _HASH = 10, 14, 24

_LEAST = Parameter(int, None, "fewest characters")
_MOST = Parameter(int, None, "most characters; the type's length holds in any case")
_PATTERN = Parameter(str, "", "a regular expression that every value matches")


def _bounds(kind: Type, params: Params) -> tuple[int, int | None]:
    """Fewest and most characters, the most None when nothing limits it."""
    given = [m for m in (kind.length, params.get("max_length")) if m is not None]
    longest = min(given) if given else None
    if kind.fixed and kind.length is not None and params.get("max_length") is None:
        return kind.length, kind.length
    least = max(params.get("min_length") or 1, 1)
    return (least if longest is None else min(least, longest)), longest


def _tree(kind: Type, params: Params) -> patterns.Node:
    least = params.get("min_length") or 0
    _, longest = _bounds(kind, params)
    try:
        return patterns.fit(params["pattern"], least, longest)
    except ValueError as error:
        raise PlanError(f"no text can be made for {kind.native}: {error}") from None


# Codes ----------------------------------------------------------------------------------------


def _template(kind: Type, params: Params) -> str:
    """'*' and the like (see ``text.ALPHABETS``), as long as a code of this type is."""
    least, longest = _bounds(kind, params)
    width = min(longest, _WIDEST_CODE) if longest is not None else _CODE
    if longest is not None and not kind.fixed and longest > _WIDEST_CODE:
        width = _CODE
    width = max(width, least)
    if width >= _HASH:
        return "?" * width
    if width <= 6:
        return "*" * width
    return "@@" + ("-" if width >= 8 else "") + "#" * (width - 2 - (width >= 8))


def _code_capacity(kind: Type, params: Params) -> int:
    if params.get("pattern"):
        return patterns.count(patterns.places(_tree(kind, params)))
    return min(text.capacity(_template(kind, params)), skew.WIDEST)


def _width(kind: Type, params: Params) -> int:
    if params.get("pattern"):
        return patterns.widths(_tree(kind, params))[1]
    least, longest = _bounds(kind, params)
    return max(min(longest or _PHRASE, _LONGEST), least, len(_template(kind, params)))


def _code_width(kind: Type, params: Params) -> int:
    return len(_template(kind, params))


@generator(
    "type.code",
    "Short codes of capitals and digits, fitted to the type's length.",
    accepts="text",
    capacity=_code_capacity,
    width=_code_width,
    min_length=_LEAST,
    max_length=_MOST,
)
def code(call: Call) -> pa.Array:
    template = _template(call.type, call.params)
    cells = text.matrix(template, call.index(_code_capacity(call.type, call.params)))
    # A hash's index fills the last 15 places; words of the stream fill those before.
    for draw, end in enumerate(range(max(len(template) - 15, 0), 0, -15), start=1):
        if template[0] != "?":
            break
        start = max(end - 15, 0)
        fill = (call.words(draw) >> np.uint64(4)).view(np.int64)
        cells[:, start:end] = text.matrix("?" * (end - start), fill % 16 ** (end - start))
    return text.from_matrix(cells)


# Text -----------------------------------------------------------------------------------------


@generator(
    "type.text",
    "The column's own name and a number, plain words, or texts that match a pattern.",
    accepts="text",
    capacity=_code_capacity,
    width=_width,
    about=Parameter(str, "", "what it is: 'Billing group' makes 'Billing group 17'"),
    pattern=_PATTERN,
    min_length=_LEAST,
    max_length=_MOST,
)
def prose(call: Call) -> pa.Array:
    """A fixed char(n) and a distinct column get codes: words run out, or would be padded."""
    if call.params["pattern"]:
        return _matching(call)
    least, longest = _bounds(call.type, call.params)
    if call.type.fixed or longest == 1 or skew.is_distinct(call, unknown=False):
        return code(call)
    most = max(min(longest or _PHRASE, _PHRASE), least)
    about = call.params["about"][: max(most - _DIGITS - 1, 0)].rstrip()
    if len(about) >= max(_SHORT, least):
        return text.join(about, text.number(1 + skew.tail(call.words(), 0, _KINDS)), separator=" ")
    if most > _LONGEST:
        return _long(call, most)
    texts = pool(max(least, min(most, _SHORT)), most)
    return texts.take(pa.array(call.below(len(texts))))


def _long(call: Call, most: int) -> pa.Array:
    """Several phrases, one after another, cut to ``most`` characters; the last is a full stop."""
    parts = pool(_LONGEST - 1, _LONGEST - 1)
    full = [parts.take(pa.array(call.below(len(parts), d))) for d in range(most // _LONGEST + 1)]
    cut = pc.utf8_slice_codeunits(text.join(*full, separator=" "), 0, most - 1)
    return text.join(cut, ".")


def _matching(call: Call) -> pa.Array:
    tree = _tree(call.type, call.params)
    if skew.is_distinct(call):
        classes = patterns.places(tree)
        return patterns.write_distinct(classes, call.index(patterns.count(classes)))
    return patterns.write(call, tree)
