"""The number by which a country knows a person: of each locale, in a range that is never issued.

Each is a bijection of the index below its capacity, with the check digit that its country asks for.
docs/explanation/identifiers.md says why each can belong to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.locale import LOCALE, formats, of
from seeder.generate.makers.identifiers import provider_number, record_number
from seeder.generate.makers.people import female
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import Ints
from seeder.generate.text import Bytes, digits, from_matrix, matrix
from seeder.schema import Type


@dataclass(frozen=True)
class National:
    """``plain`` characters, ``spaced`` with signs between them; ``make`` writes those of an index,
    spaced or plain."""

    plain: int
    spaced: int
    capacity: int
    make: Callable[[Call, Ints, bool], pa.Array]


_SERIALS = 99 * 9999


def _ssn(call: Call, index: Ints, spaced: bool) -> pa.Array:
    """Social security numbers of the areas 000 and 666."""
    value = ssn_value(index)
    return digits("###-##-####" if spaced else "#########", value)


def ssn_value(index: Ints) -> Ints:
    area, rest = index // _SERIALS * 666, index % _SERIALS
    return area * 1_000_000 + (rest // 9999 + 1) * 10_000 + rest % 9999 + 1


def _weighted(cells: Bytes, weights: tuple[int, ...]) -> Ints:
    total = np.zeros(len(cells), np.int64)
    for place, weight in enumerate(weights):
        total += (cells[:, place] - 48).astype(np.int64) * weight
    return total


def _nhs(call: Call, index: Ints, spaced: bool) -> pa.Array:
    """NHS numbers of the range 999, kept for tests; the check digit is modulo 11."""
    cells = matrix("999######0", index // 9 * 10)
    rest = _weighted(cells, (10, 9, 8, 7, 6, 5, 4, 3)) % 11
    # Of the digits for the last place one may ask for the check digit 10, which there is not.
    bad = (1 - rest) % 11 * 6 % 11
    last = index % 9
    last += last >= bad
    cells[:, 8] = last + 48
    cells[:, 9] = (11 - (rest + 2 * last) % 11) % 11 + 48
    return from_matrix(_spread(cells, "0123456789", "012 345 6789") if spaced else cells)


def _spread(cells: Bytes, plain: str, spaced: str) -> Bytes:
    """Blanks put between the characters."""
    out = np.full((len(cells), len(spaced)), 32, np.uint8)
    out[:, [i for i, c in enumerate(spaced) if c in plain]] = cells
    return out


_PENSION = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)


def _rvnr(call: Call, index: Ints, spaced: bool) -> pa.Array:
    """German pension insurance numbers of the area 00, which no institution has."""
    rest, serial = index // 100, index % 100
    rest, letter = rest // 26, rest % 26
    rest, year = rest // 100, rest % 100
    day, month = rest // 12 + 1, rest % 12 + 1
    birth = day * 10_000 + month * 100 + year
    cells = matrix("00############", ((birth * 100 + letter + 1) * 100 + serial) * 100)[:, :12]
    total = np.zeros(len(index), np.int64)
    for place, weight in enumerate(_PENSION):
        product = (cells[:, place] - 48).astype(np.int64) * weight
        total += product // 10 + product % 10
    out = np.concatenate([cells[:, :8], np.zeros((len(index), 1), np.uint8), cells[:, 10:]], axis=1)
    out[:, 8] = letter + 65
    made = np.concatenate([out, (total % 10 + 48).astype(np.uint8)[:, None]], axis=1)
    return from_matrix(_spread(made, "0123456789ab", "01 234567 8 9ab") if spaced else made)


# French departments but Corsica, whose code has a letter.
_DEPARTMENTS = np.array([d for d in range(1, 96) if d != 20], np.int64)


def _nir(call: Call, index: Ints, spaced: bool) -> pa.Array:
    """French numbers of the commune 000, which no department has."""
    rest, order = index // 999, index % 999 + 1
    rest, department = rest // len(_DEPARTMENTS), _DEPARTMENTS[rest % len(_DEPARTMENTS)]
    rest, month = rest // 12, rest % 12 + 1
    sex = np.where(female(call), 2, 1)
    value = ((sex * 100 + rest) * 100 + month) * 100 + department
    value = value * 1_000_000 + order
    key = 97 - value % 97
    cells = matrix("#" * 15, value * 100 + key)
    form = "0 12 34 56 789 abc de" if spaced else ""
    return from_matrix(_spread(cells, "0123456789abcde", form) if spaced else cells)


_NEVER = np.frombuffer(b"IOU", np.uint8)


def _dni(call: Call, index: Ints, spaced: bool) -> pa.Array:
    """Spanish numbers with a letter that is no check letter."""
    cells = matrix("########A", index // 3)
    cells[:, 8] = _NEVER[index % 3]
    return from_matrix(_spread(cells, "012345678", "01234567-8".replace("-", " ")) if spaced
                       else cells)  # fmt: skip


NATIONAL: Mapping[str, National] = {
    "ssn": National(9, 11, 2 * _SERIALS, _ssn),
    "nhs": National(10, 12, 900_000, _nhs),
    "rvnr": National(12, 15, 28 * 12 * 100 * 26 * 100, _rvnr),
    "nir": National(15, 21, 100 * 12 * 94 * 999, _nir),
    "dni": National(9, 10, 3 * 10**8, _dni),
}


def _national(params: Mapping[str, Any]) -> National:
    return NATIONAL[formats(of(params))["national"]]


def _spaced(kind: Type, params: Mapping[str, Any]) -> bool:
    found = _national(params)
    wide = kind.length is None or kind.length >= found.spaced
    return wide and not params.get("plain", False)


def _width(kind: Type, params: Mapping[str, Any]) -> int:
    found = _national(params)
    return found.spaced if _spaced(kind, params) else found.plain


@generator(
    "id.ssn",
    "A social security number, or its like in the locale, in a range that is never issued: of the "
    "areas 000 and 666.",
    accepts="text integer",
    capacity=lambda kind, params: _national(params).capacity,
    width=_width,
    identity=True,
    variants=({"plain": True},),
    plain=Parameter(bool, False, "without signs between the digits"),
    locale=LOCALE,
)
def ssn(call: Call) -> Any:
    found = _national(call.params)
    index = call.index(found.capacity)
    if call.type.kind == "integer":
        return ssn_value(index % (2 * _SERIALS))
    return found.make(call, index, _spaced(call.type, call.params))


# What a row's kind of identifier asks for, by words in it; a record number is the rest.
_TYPES = {
    "ssn|social|national|nhs|nir|dni|sin|tax|insurance number": "",
    "passport": "X99#######X",
    "driver|licen": "0S0#########",
    "npi|provider": "2?",
}


@generator(
    "id.of_type",
    "The number that another column of the row names the kind of: social security, passport, "
    "driving licence, in ranges that are never issued; else a record number.",
    accepts="text",
    capacity=lambda kind, params: min(_national(params).capacity, 10**7),
    width=lambda kind, params: max(12, _width(kind, params)),
    identity=True,
    column=Parameter(str, "", "the column with the kind"),
    locale=LOCALE,
)
def of_type(call: Call) -> pa.Array:
    found = _national(call.params)
    index = call.index(min(found.capacity, 10**7))
    made = record_number(index + 10**7)
    kinds = _kinds(call)
    if kinds is None:
        return made
    for words, template in _TYPES.items():
        named = pc.fill_null(pc.match_substring_regex(kinds, words), False)
        if pc.any(named).as_py():
            made = pc.if_else(named, _of_kind(call, template, index), made)
    return made


def _kinds(call: Call) -> pa.Array | None:
    """The kind of each row's identifier, in small letters; None without such a column, as in a
    trial outside of any table."""
    if not call.params["column"]:
        return None
    try:
        return pc.utf8_lower(call.cells(call.params["column"]).cast(pa.string()))
    except KeyError:
        return None


def _of_kind(call: Call, template: str, index: Ints) -> pa.Array:
    if template == "2?":
        return provider_number(index)
    if template:
        return digits(template, index)
    return _national(call.params).make(call, index, _spaced(call.type, call.params))


@generator(
    "id.ssn_last4",
    "The last four digits of the row's social security number.",
    accepts="text integer",
    width=lambda kind, params: 4,
    locale=LOCALE,
)
def ssn_last4(call: Call) -> Any:
    whole = call.sibling("id.ssn") if formats(of(call.params))["national"] == "ssn" else None
    if whole is None:
        value = 1 + call.below(9999)
    else:
        plain = pc.replace_substring(whole.cast(pa.string()), "-", "")
        value = plain.cast(pa.int64()).to_numpy() % 10_000
    return value if call.type.kind == "integer" else digits("####", value)
