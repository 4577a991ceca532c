"""How to reach someone: addresses that can never reach anyone.

Phones lie in 555-0100 to 555-0199, which is kept free for fiction in every area code; e-mail and
web addresses use the example domains of RFC 2606; IP addresses the ranges of RFC 5737.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.locale import LOCALE, of, several, table
from seeder.generate.makers.people import GROUP, first_index, last_index, plain_pools
from seeder.generate.makers.place import home, place, stream
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.skew import is_distinct
from seeder.generate.stream import Ints, below
from seeder.generate.text import capacity, digits, fitting, join, number, pick
from seeder.schema import Type

LINE = Parameter(str, "", "which of the person's lines: mobile, work or fax; the one at home")
FORM = Parameter(int, 0, "which of the locale's ways to write it, from 1; 0: the first that fits")


@cache
def _lines(locale: str) -> tuple[list[tuple[str, str]], Ints]:
    """Area code and line of each range kept for fiction, and the range of each place."""
    columns = table(locale, "places").columns
    ranges = list(zip(columns["area"], columns["line"], strict=True))
    known = list(dict.fromkeys(ranges))
    return known, np.asarray([known.index(r) for r in ranges], np.int64)


def _forms(locale: str) -> tuple[str, ...]:
    return several(locale, "phone") + several(locale, "dialled") + several(locale, "short")


def _as_digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit() or c == "#")


def _templates(locale: str, form: str) -> list[str]:
    """The form with each range's digits; '#' for those that are free."""
    return [
        form.format(
            area=area,
            line=line,
            end=_as_digits(line),
            digits=_as_digits(area + line),
            significant=_as_digits(area + line).lstrip("0"),
        )
        for area, line in _lines(locale)[0]
    ]


@lru_cache(maxsize=64)
def _numbers_of(locale: str, form: str) -> tuple[pa.Array, Ints, Ints]:
    """All numbers of all ranges, one range after the other; where each begins, and how many."""
    made = [digits(t, np.arange(capacity(t))) for t in _templates(locale, form)]
    counts = np.asarray([len(m) for m in made], np.int64)
    return pa.concat_arrays(made), np.cumsum(counts) - counts, counts


@lru_cache(maxsize=256)
def _form(locale: str, asked: int, room: int, whole: bool) -> str:
    """How a number is written in a column of ``room`` characters; ``whole``: as an integer."""
    forms = _forms(locale)
    if asked > len(forms) or asked < 0:
        raise ValueError(f"form: {locale} has {len(forms)}")
    if asked:
        return forms[asked - 1]
    if whole:
        return "{digits}"
    free = several(locale, "phone") + several(locale, "short")
    return next((f for f in free if _width(locale, f) <= room), free[-1])


def _width(locale: str, form: str) -> int:
    return max(map(len, _templates(locale, form)))


def _phone_form(kind: Type, params: Mapping[str, Any]) -> str:
    room = kind.length if kind.length is not None else 99
    return _form(of(params), params.get("form", 0), room, kind.kind == "integer")


@lru_cache(maxsize=64)
def _apart(locale: str, form: str, room: int, whole: bool) -> tuple[pa.Array, str] | None:
    """Beginnings and the free digits behind them of numbers that no country has given out; None
    where the column has no room for them."""
    ways, forms = several(locale, "apart"), _forms(locale)
    place = forms.index(form) if form in forms else len(ways)
    wanted = ways[place:][:1] or ways
    fitting = [w for w in wanted if len(w.format(p="000", n="0")) <= room] or [
        w for w in ways if len(w.format(p="000", n="0")) <= room
    ]
    if whole:
        fitting = [w for w in ways if w.startswith("{p}") and w.strip("{pn}#") == ""]
    if not fitting:
        return None
    head, tail = fitting[0].partition("#")[0], fitting[0][fitting[0].index("#") :]
    firsts = [str(n) for n in range(2, 10)] if "{n}" in head else [""]
    return pa.array([head.format(p=p, n=n) for p in _prefixes(locale) for n in firsts]), tail


def _prefixes(locale: str) -> list[str]:
    ends = [p.partition("-") for p in several(locale, "prefixes")]
    return [str(n) for low, _, high in ends for n in range(int(low), int(high or low) + 1)]


def _set_apart(kind: Type, params: Mapping[str, Any]) -> tuple[pa.Array, str] | None:
    room = kind.length if kind.length is not None else 99
    return _apart(of(params), _phone_form(kind, params), room, kind.kind == "integer")


def _phones(kind: Type, params: Mapping[str, Any]) -> int:
    apart = _set_apart(kind, params)
    if apart is None:
        return len(_numbers_of(of(params), _phone_form(kind, params))[0].unique())
    return len(apart[0]) * capacity(apart[1])


def _phone_width(kind: Type, params: Mapping[str, Any]) -> int:
    apart = _set_apart(kind, params)
    width = _width(of(params), _phone_form(kind, params))
    return width if apart is None else max(width, len(apart[0][0].as_py()) + len(apart[1]))


@generator(
    "contact.phone",
    "A telephone number kept for fiction, such as 555-0100 to 555-0199, in the row's area code; of "
    "area codes that are not given out where no two may be alike.",
    accepts="text integer",
    capacity=_phones,
    width=_phone_width,
    variants=tuple({"form": n} for n in range(1, 12)),
    identity=True,
    group=GROUP,
    line=LINE,
    form=FORM,
    locale=LOCALE,
)
def phone(call: Call) -> Any:
    made = _distinct_phone(call) if is_distinct(call) else _phone(call)
    if call.type.kind != "integer":
        return made
    return pc.replace_substring_regex(made, r"\D", "").cast(pa.int64())


def _phone(call: Call) -> pa.Array:
    locale = of(call.params)
    pool, first, counts = _numbers_of(locale, _phone_form(call.type, call.params))
    area = _lines(locale)[1][place(call)]
    line, second = call.params["line"], _second(call.params["group"])
    at_home = home(call, 8 + 16 * second)
    word = call.words(second, f"{stream(call)}:{line}") if line else at_home
    return pick(pool, first[area] + below(word, counts[area]))


def _second(group: str) -> int:
    """The number of the column: 2 of the row's second telephone."""
    numbers = [int(w) for w in group.split("_") if w.isdigit() and len(w) < 3]
    return numbers[0] if numbers else 0


def _distinct_phone(call: Call) -> pa.Array:
    apart = _set_apart(call.type, call.params)
    index = call.index(_phones(call.type, call.params))
    if apart is None:
        return pick(
            _numbers_of(of(call.params), _phone_form(call.type, call.params))[0].unique(), index
        )
    heads, tail = apart
    size = capacity(tail)
    return join(pick(heads, index // size), digits(tail, index % size))


_DOMAINS = pa.array(["example.com", "example.org", "example.net"])
_MAILS = 3 * 10**8
_NUMBERS = 100  # two digits look natural; more are needed only where addresses must not repeat


@cache
def _mail_parts(locale: str) -> tuple[pa.Array, pa.Array, pa.Array]:
    """First names with a dot, last names, and the ends of addresses, ready to be joined."""
    firsts, lasts = plain_pools(locale)
    ends = [f"{n}@{d}" for n in range(_NUMBERS) for d in _DOMAINS.to_pylist()]
    return join(firsts, "."), lasts, pa.array(ends)


@generator(
    "contact.email",
    "first.last and a number at example.com, example.org or example.net (RFC 2606).",
    accepts="text",
    capacity=lambda kind, params: _MAILS,
    width=lambda kind, params: 42 if (kind.length or 99) >= 42 else 21,
    identity=True,
    group=GROUP,
    locale=LOCALE,
)
def email(call: Call) -> pa.Array:
    apart = is_distinct(call)
    index = call.index(_MAILS) if apart else call.below(3 * _NUMBERS)
    if (call.type.length or 99) < 42:
        return join(digits("p########", index // 3), pick(_DOMAINS, index % 3), separator="@")
    firsts, lasts, ends = _mail_parts(of(call.params))
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


_NETS = pa.array(["192.0.2.", "198.51.100.", "203.0.113."])
_V4 = 3 * 254
_V6 = 16**12
_LONG = len("2001:db8:1111:2222:3333:0000:0000:0001")


def _v6(kind: Type) -> bool:
    return kind.length is None or kind.length >= _LONG


@generator(
    "net.ip",
    "An address of the ranges kept for documentation: IPv4 (RFC 5737), or, where no two may be "
    "alike, IPv6 (RFC 3849).",
    accepts="text inet",
    capacity=lambda kind, params: _V6 if _v6(kind) else _V4,
    width=lambda kind, params: _LONG if _v6(kind) else 15,
)
def ip(call: Call) -> pa.Array:
    if is_distinct(call) and _v6(call.type):
        return digits("2001:db8:????:????:????::1", call.index(_V6))
    index = call.index(_V4) if is_distinct(call) else call.below(_V4)
    return join(pick(_NETS, index // 254), number(index % 254 + 1))


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
def record(call: Call) -> pa.Array:
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
