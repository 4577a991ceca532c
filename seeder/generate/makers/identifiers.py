"""Numbers that name someone or something, in forms that are never issued to anyone.

A form is data: a template and, where its kind has one, a check digit. Each is a bijection of the
index, so that a unique column of tens of millions of rows never repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import Ints
from seeder.generate.text import Bytes, capacity, digits, from_matrix, join, matrix, number, pick
from seeder.schema import Type

# Name: (summary, templates from the longest to the shortest). Prefixes keep kinds apart by eye.
FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "id.account": ("An account number.", ("AC########", "########", "######")),
    "id.accession": (
        "A laboratory's or radiology's accession number.",
        ("@-########", "########", "######"),
    ),
    "id.encounter": ("A visit number.", ("V#########", "########", "######")),
    "id.claim": ("A claim number.", ("CLM##########", "##########", "######")),
    "id.invoice": ("An invoice or receipt number.", ("INV-########", "########", "######")),
    "id.order": ("An order number.", ("ORD########", "########", "######")),
    "id.prescription": ("A prescription number.", ("RX#########", "#########", "######")),
    "id.member": ("An insurance member number.", ("@0@#########", "00#######", "00####")),
    "id.group": ("An insurance group number.", ("GRP-#####", "#####", "####")),
    "id.authorization": ("A prior authorisation number.", ("AUTH########", "########", "######")),
    "id.license": (
        "A professional licence number of a state that does not exist.",
        ("ZZ-@######", "Z@#####", "Z###"),
    ),
    "id.driver": (
        "A driving licence number, of a series that is not issued.",
        ("0S0######", "0S0###"),
    ),
    "id.passport": (
        "A passport number, of a series that is not issued.",
        ("X99######X", "X######"),
    ),
    "id.employee": ("An employee number.", ("E######", "######", "####")),
    "id.serial": ("A serial number.", ("SN-@@######", "########", "######")),
    "id.lot": ("A lot or batch number.", ("@@####@#", "@####", "####")),
    "id.barcode": ("A specimen or wristband barcode.", ("B############", "########", "######")),
    "id.tax": (
        "An employer number with the prefix 00, which is not issued.",
        ("00-#######", "00#######"),
    ),
    "id.vehicle": ("A vehicle's call sign.", ("AMB-####", "####")),
    "id.batch": ("A batch or run number.", ("BAT-######", "######", "####")),
    "id.reference": ("A reference number.", ("REF-########", "########", "######")),
    "id.badge": ("A badge number.", ("######", "####")),
    "id.contract": ("A contract or policy number.", ("POL-@########", "########", "######")),
    "id.taxonomy": ("A provider taxonomy code of a group that does not exist.", ("999X#####X",)),
    "id.other": ("A number that names something else.", ("########", "######", "####")),
    "id.message": ("A message control number.", ("MSG##########", "##########", "########")),
    "id.token": ("A random token.", ("???????????????", "????????")),
}


def form(name: str, kind: Type) -> str:
    """The longest template of an identifier that fits the column."""
    room = kind.length if kind.length is not None else 64
    fitting = [t for t in FORMS[name][1] if len(t) <= room]
    return fitting[0] if fitting else "#" * max(min(room, 9), 1)


def _whole(kind: Type) -> int:
    """How many numbers an integer column may hold for an identifier."""
    return min(10**9, (1 << ((kind.bits or 64) - 1)) - 1)


def _capacity_of(name: str) -> Any:
    def count(kind: Type, params: Mapping[str, Any]) -> int:
        return _whole(kind) if kind.kind == "integer" else min(capacity(form(name, kind)), 1 << 60)

    return count


def _register(name: str) -> None:
    @generator(
        name,
        FORMS[name][0],
        accepts="text integer",
        capacity=_capacity_of(name),
        width=lambda kind, params: len(form(name, kind)),
    )
    def make(call: Call) -> Any:
        if call.type.kind == "integer":
            return call.index(_whole(call.type))
        template = form(name, call.type)
        return digits(template, call.index(min(capacity(template), 1 << 60)))


for _name in FORMS:
    _register(_name)


def luhn(cells: Bytes, extra: int = 0) -> Ints:
    """The Luhn check digit of each row of ASCII digits; ``extra`` is added to the sum."""
    total = np.full(len(cells), extra, np.int64)
    doubled = np.asarray([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], np.int64)
    for place in range(cells.shape[1]):
        digit = (cells[:, place] - 48).astype(np.int64)
        total += doubled[digit] if (cells.shape[1] - place) % 2 else digit
    return (10 - total % 10) % 10


def _checked(template: str, index: Ints, extra: int, first: int) -> pa.Array:
    """A template's texts, and behind them the Luhn digit of the digits from ``first``."""
    cells = matrix(template + "0", index)
    cells[:, -1] = luhn(cells[:, first:-1], extra) + 48
    return from_matrix(cells)


def _mrn_digits(kind: Type) -> int:
    return 8 if kind.length is None or kind.length >= 9 else max(kind.length - 1, 1)


@generator(
    "id.mrn",
    "A medical record number, its last digit a Luhn check digit.",
    accepts="text integer",
    width=lambda kind, params: _mrn_digits(kind) + 1,
    capacity=lambda kind, params: (
        10 ** (_mrn_digits(kind) if kind.kind == "text" else 8 if (kind.bits or 64) >= 32 else 3)
    ),
)
def mrn(call: Call) -> Any:
    if call.type.kind == "integer":
        places = 8 if (call.type.bits or 64) >= 32 else 3
        index = call.index(10**places)
        return index * 10 + luhn(matrix("#" * places, index))
    places = _mrn_digits(call.type)
    return _checked("#" * places, call.index(10**places), 0, 0)


def record_number(index: Ints) -> pa.Array:
    """Record numbers of nine digits, the last a check digit."""
    return _checked("########", index, 0, 0)


def provider_number(index: Ints) -> pa.Array:
    """Provider numbers of an index below 10**8."""
    # 24 is what the constant prefix 80840 adds to the Luhn sum.
    return _checked("2########", index, 24, 0)


_DEA = 26 * 10**6


@generator(
    "id.dea",
    "A DEA-shaped number with its check digit, of the registrant type Z, which there is not.",
    accepts="text",
    capacity=lambda kind, params: _DEA,
    width=lambda kind, params: 9,
    identity=True,
)
def dea(call: Call) -> pa.Array:
    cells = matrix("Z@######0", call.index(_DEA))
    ones = (cells[:, 2:8] - 48).astype(np.int64)
    total = ones[:, ::2].sum(axis=1) + 2 * ones[:, 1::2].sum(axis=1)
    cells[:, 8] = total % 10 + 48
    return from_matrix(cells)


# The characters of each place of a Medicare number; S, the second, is not among its letters.
_DIGITS, _LETTERS = "0123456789", "ACDEFGHJKMNPQRTUVWXY"
_BOTH = _DIGITS + _LETTERS
_MBI = ("123456789", "S", _BOTH, _DIGITS, _LETTERS, _BOTH, _DIGITS, _LETTERS, _LETTERS, _DIGITS,
        _DIGITS)  # fmt: skip
_MBIS = prod(map(len, _MBI))


@generator(
    "id.mbi",
    "A Medicare number whose second character is S, which is not among its letters.",
    accepts="text",
    capacity=lambda kind, params: _MBIS,
    width=lambda kind, params: 13 if (kind.length or 13) >= 13 and params.get("dashes") else 11,
    identity=True,
    variants=({"dashes": True},),
    dashes=Parameter(bool, False, "dashes as on the card"),
)
def mbi(call: Call) -> pa.Array:
    rest = call.index(_MBIS)
    cells = np.empty((call.n, len(_MBI)), np.uint8)
    for place in range(len(_MBI) - 1, -1, -1):
        signs = np.frombuffer(_MBI[place].encode(), np.uint8)
        cells[:, place] = signs[rest % len(signs)]
        rest = rest // len(signs)
    if call.params["dashes"] and (call.type.length or 13) >= 13:
        cells = np.insert(cells, (4, 7), ord("-"), axis=1)
    return from_matrix(cells)


@generator(
    "id.npi",
    "A provider number: ten digits from 2, Luhn-valid as the prefix 80840 asks.",
    accepts="text integer",
    width=lambda kind, params: 10,
    capacity=lambda kind, params: 10**8,
    identity=True,
)
def npi(call: Call) -> Any:
    made = provider_number(call.index(10**8))
    return made.cast(pa.int64()) if call.type.kind == "integer" else made


_LONG_UID = len("2.25.1") + 30


@generator(
    "id.dicom_uid",
    "A DICOM UID below the root 2.25, which needs no registration.",
    accepts="text",
    capacity=lambda kind, params: 10**15,
    width=lambda kind, params: _LONG_UID if (kind.length or 64) >= _LONG_UID else 21,
)
def dicom_uid(call: Call) -> pa.Array:
    index = call.index(10**15)
    if (call.type.length or 64) < _LONG_UID:
        return digits("2.25.1###############", index)
    high = matrix("2.25.1###############", call.below(10**15, 5))
    return from_matrix(np.concatenate([high, matrix("###############", index)], axis=1))


def _gtin(index: Ints) -> Bytes:
    """A GTIN-14 of the prefix 952, which GS1 keeps for demonstrations, with its check digit."""
    cells = matrix("0952#########0", index)
    sums = (cells[:, :13] - 48).astype(np.int64)
    total = sums[:, ::2].sum(axis=1) * 3 + sums[:, 1::2].sum(axis=1)
    cells[:, 13] = (10 - total % 10) % 10 + 48
    return cells


@generator(
    "id.udi",
    "A device identifier: GTIN, making, expiry, lot and serial, as GS1 writes it.",
    accepts="text",
    capacity=lambda kind, params: 10**12 if (kind.length or 99) >= 68 else 10**9,
    width=lambda kind, params: 68 if (kind.length or 99) >= 68 else 14,
)
def udi(call: Call) -> pa.Array:
    if (call.type.length or 99) < 68:
        return from_matrix(_gtin(call.index(10**9)))
    index = call.index(10**12)
    year, month, day = call.below(8, 2) + 16, call.below(12, 3) + 1, call.below(28, 4) + 1
    made = year * 10_000 + month * 100 + day
    parts = (
        matrix("(01)", made),
        _gtin(call.below(10**9, 1)),
        matrix("(11)######", made),
        matrix("(17)######", made + 40_000),
        matrix("(10)##########", call.below(10**10, 5)),
        matrix("(21)############", index),
    )
    return from_matrix(np.concatenate(parts, axis=1))


@generator(
    "id.mac",
    "A MAC address of the locally administered kind.",
    accepts="text macaddr",
    capacity=lambda kind, params: 16**10,
    width=lambda kind, params: 17,
)
def mac(call: Call) -> pa.Array:
    return digits("02:??:??:??:??:??", call.index(16**10))


def _hex_places(kind: Type, wanted: int) -> int:
    return wanted if kind.kind != "text" or kind.length is None else min(wanted, kind.length)


@generator(
    "id.hash",
    "Hexadecimal digits like those of a hash.",
    accepts="text bytes",
    capacity=lambda kind, params: 16 ** min(_hex_places(kind, params.get("digits", 64)), 15),
    width=lambda kind, params: _hex_places(kind, params.get("digits", 64)),
    digits=Parameter(int, 64, "how many hexadecimal digits"),
)
def hexadecimal(call: Call) -> Any:
    width = _hex_places(call.type, call.params["digits"])
    # 15 digits are the index, which tells rows apart; the others are chance.
    head = min(width, 15)
    parts = [matrix("?" * head, call.index(16**head))]
    for draw in range(1, (width + 14) // 15):
        left = min(width - 15 * draw, 15)
        parts.append(matrix("?" * left, call.below(16**left, draw)))
    whole = from_matrix(np.concatenate(parts, axis=1))
    return whole.cast(pa.binary()) if call.type.kind == "bytes" else whole


@generator(
    "id.version",
    "A version number.",
    accepts="text integer float decimal",
    width=lambda kind, params: 5,
)
def version(call: Call) -> Any:
    if call.type.kind != "text":
        return 1 + call.below(5) * call.below(2, 1)
    texts = [f"{a}.{b}.{c}" for a in range(1, 6) for b in range(10) for c in range(5)]
    return pick(pa.array(texts), call.below(len(texts)))


_FIRST = (
    "north south east west upper lower blue green red silver gold clear bright calm swift quiet "
    "grand new prime first"
).split()
_SECOND = (
    "river lake field ridge harbor garden bridge tower forest valley meadow stone canyon summit "
    "prairie island coast grove spring hill"
).split()
_SLUGS = len(_FIRST) * len(_SECOND) * 10_000


@generator(
    "id.slug",
    "A short readable key: two words and a number.",
    accepts="text",
    capacity=lambda kind, params: _SLUGS,
    width=lambda kind, params: 19,
)
def slug(call: Call) -> pa.Array:
    index = call.index(_SLUGS)
    pairs = pa.array([f"{a}-{b}" for a in _FIRST for b in _SECOND])
    return join(pick(pairs, index % len(pairs)), number(index // len(pairs)), separator="-")
