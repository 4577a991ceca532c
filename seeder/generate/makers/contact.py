"""How to reach someone: addresses that can never reach anyone.

Phones lie in 555-0100 to 555-0199, which is kept free for fiction in every area code; e-mail and
web addresses use the example domains of RFC 2606; IP addresses the ranges of RFC 5737.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.data import entries
from seeder.generate.makers.people import GROUP, first_index, first_pool, last_index
from seeder.generate.registry import Call, generator
from seeder.generate.skew import is_distinct
from seeder.generate.stream import Ints
from seeder.generate.text import digits, fitting, join, number, pick
from seeder.schema import Type

_AREAS = 800  # 200 to 999
_LINES = 100
_EXTENSIONS = 10_000


def _area(call: Call) -> Ints:
    """The area code of the row's place."""
    places = entries("places")
    codes = np.asarray([int(a) for a in places.columns["area"]], np.int64)
    return codes[places.draw(call.words(0, "place"))]


def _phone_form(kind: Type) -> str:
    room = kind.length if kind.length is not None else 20
    forms = ("(###) 555-01##", "###-555-01##", "###55501##", "55501##")
    return next((f for f in forms if len(f) <= room), forms[-1])


def _extended(kind: Type) -> bool:
    """Whether an extension fits behind the number, for when numbers must not repeat."""
    return kind.kind == "text" and (kind.length is None or kind.length >= 20)


def _phones(kind: Type, params: object) -> int:
    if kind.kind == "text" and len(_phone_form(kind)) < 10:
        return _LINES
    return _AREAS * _LINES * (_EXTENSIONS if _extended(kind) else 1)


@generator(
    "contact.phone",
    "A telephone number of the fictional exchange 555-01xx, in the row's area code; with an "
    "extension where no two may be alike.",
    accepts="text integer",
    capacity=_phones,
    width=lambda kind, params: max(len(_phone_form(kind)), 20 if _extended(kind) else 0),
    group=GROUP,
)
def phone(call: Call) -> Any:
    apart = is_distinct(call)
    index = (
        call.index(_phones(call.type, {})) if apart else _area(call) * _LINES + call.below(_LINES)
    )
    local = index % (_AREAS * _LINES) + 200 * _LINES if apart else index
    if call.type.kind == "integer":
        return local // _LINES * 10_000_000 + 5_550_100 + local % _LINES
    form = _phone_form(call.type)
    if len(form) < 10:
        return digits(form, local % _LINES)
    if not (apart and _extended(call.type)):
        return digits(form, local)
    # One template for both, so that number and extension are one byte matrix.
    return digits("(###) 555-01## x####", local * _EXTENSIONS + index // (_AREAS * _LINES))


_DOMAINS = pa.array(["example.com", "example.org", "example.net"])
_MAILS = 3 * 10**8
_NUMBERS = 100  # two digits look natural; more are needed only where addresses must not repeat


@lru_cache(maxsize=1)
def _mail_parts() -> tuple[pa.Array, pa.Array, pa.Array]:
    """First names with a dot, last names, and the ends of addresses, ready to be joined."""
    firsts, _ = first_pool(None)
    lasts = entries("last_names").strings("name", None, True)
    ends = [f"{n}@{d}" for n in range(_NUMBERS) for d in _DOMAINS.to_pylist()]
    return pc.ascii_lower(join(firsts, ".")), pc.ascii_lower(lasts), pa.array(ends)


@generator(
    "contact.email",
    "first.last and a number at example.com, example.org or example.net (RFC 2606).",
    accepts="text",
    capacity=lambda kind, params: _MAILS,
    width=lambda kind, params: 42 if (kind.length or 99) >= 42 else 21,
    group=GROUP,
)
def email(call: Call) -> pa.Array:
    apart = is_distinct(call)
    index = call.index(_MAILS) if apart else call.below(3 * _NUMBERS)
    if (call.type.length or 99) < 42:
        return join(digits("p########", index // 3), pick(_DOMAINS, index % 3), separator="@")
    firsts, lasts, ends = _mail_parts()
    end = join(number(index // 3), "@", pick(_DOMAINS, index % 3)) if apart else pick(ends, index)
    return join(pick(firsts, first_index(call)), pick(lasts, last_index(call)), end)


_PAGES = 10**9
_FOLDERS = pa.array(["records", "documents", "portal", "images", "reports", "appointments"])


@generator(
    "contact.url",
    "A web address at example.org.",
    accepts="text",
    capacity=lambda kind, params: _PAGES,
    width=lambda kind, params: 46 if (kind.length or 99) >= 46 else 29,
)
def url(call: Call) -> pa.Array:
    index = call.index(_PAGES)
    if (call.type.length or 99) < 46:
        return digits("https://example.org/#########", index)
    return join(
        "https://www.example.org/", pick(_FOLDERS, index % 6), "/", number(index // 6 + 1000)
    )


@generator(
    "net.ip",
    "An IPv4 address of the ranges kept for documentation (RFC 5737).",
    accepts="text inet",
    width=lambda kind, params: 15,
)
def ip(call: Call) -> pa.Array:
    nets = pa.array(["192.0.2.", "198.51.100.", "203.0.113."])
    index = call.below(3 * 254)
    return join(pick(nets, index // 254), number(index % 254 + 1))


_HOSTS = 5 * 10**5


@generator(
    "net.host",
    "A computer's name: a kind and a number.",
    accepts="text",
    capacity=lambda kind, params: _HOSTS,
    width=lambda kind, params: 9,
)
def host(call: Call) -> pa.Array:
    index = call.index(_HOSTS)
    return join(
        pick(pa.array(["ws", "srv", "lab", "rad", "adm"]), index % 5),
        number(index // 5),
        separator="-",
    )


@lru_cache(maxsize=1)
def _agents() -> pa.Array:
    systems = (
        "Windows NT 10.0; Win64; x64",
        "Macintosh; Intel Mac OS X 10_15_7",
        "X11; Linux x86_64",
        "X11; CrOS x86_64 14541.0.0",
    )
    tails = [
        f"Chrome/{v}.0.0.0 Safari/537.36{edge}"
        for v in range(110, 130)
        for edge in ("", f" Edg/{v}.0.0.0")
    ]
    return pa.array(
        [
            f"Mozilla/5.0 ({s}) AppleWebKit/537.36 (KHTML, like Gecko) {t}"
            for s in systems
            for t in tails
        ]
    )


@generator(
    "net.agent", "A browser's name for itself.", accepts="text", width=lambda kind, params: 140
)
def agent(call: Call) -> pa.Array:
    return pick(_agents(), call.below(len(_agents())))


_RECORDS = (
    "patient",
    "encounter",
    "diagnosis",
    "order",
    "result",
    "medication",
    "note",
    "claim",
    "appointment",
    "user",
)


@generator(
    "net.table",
    "The name of a kind of record.",
    accepts="text",
    width=lambda kind, params: 11 if (kind.length or 99) >= 11 else 5,
)
def table(call: Call) -> pa.Array:
    pool = fitting(_RECORDS, 11 if (call.type.length or 99) >= 11 else 5)
    return pick(pool, call.below(len(pool)))


_FILES = 10**9


@generator(
    "file.name",
    "A document's file name.",
    accepts="text",
    capacity=lambda kind, params: _FILES,
    width=lambda kind, params: 21,
)
def file_name(call: Call) -> pa.Array:
    index = call.index(_FILES)
    stems = pick(pa.array(["report_", "scan_", "consent_", "image_", "letter_"]), index % 5)
    ends = pick(pa.array([".pdf", ".pdf", ".pdf", ".jpg", ".txt"]), index % 5)
    return join(stems, number(index // 5 + 1), ends)


@generator(
    "file.path",
    "Where a document lies.",
    accepts="text",
    capacity=lambda kind, params: _FILES,
    width=lambda kind, params: 23,
)
def file_path(call: Call) -> pa.Array:
    return digits("/archive/##/#######.pdf", call.index(_FILES))
