"""Codes with their names, units and ranges, drawn as one entry of one table.

Columns of a row that name the same system and group tell of the same entry: code, description
and unit agree. Three ways to choose the entry: *drawn* by weight, or distinct where a key asks for
it; *listed* by row number (lookup tables); *label*, which looks up what another column says.
SNOMED CT and CPT are not redistributable: columns named after them get placeholders of their shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.data import Entries, entries
from seeder.generate.decimals import numeric
from seeder.generate.defaults import PLAIN_SCALE
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.skew import is_distinct
from seeder.generate.spans import DAY
from seeder.generate.stream import Ints
from seeder.generate.text import (
    TURNS,
    choose,
    code_capacity,
    codes,
    digits,
    join,
    limit,
    number,
    pick,
    shown,
)
from seeder.generate.told import entry
from seeder.schema import Type

KINDS = "text integer decimal float json"
SYSTEM = Parameter(str, "icd10cm", "the table of codes: icd10cm, icd10pcs, labs, drugs, ...")
PART = Parameter(str, "code", "which column of the table: code, name, unit, low, high, ...")
GROUP = Parameter(str, "", "tells several codes of one row apart: '1', 'reason'")

# What a column that names the code system holds; tables not listed have codes of their own.
SYSTEM_NAMES = {
    "icd10cm": "ICD-10-CM", "icd10pcs": "ICD-10-PCS", "labs": "LOINC", "vitals": "LOINC",
    "observations": "LOINC", "vaccines": "CVX", "units": "UCUM", "modalities": "DICOM",
}  # fmt: skip

# Integer columns get numbers from here on, far from those of any code system in use.
_FIRST = 9_000_000
_FIRST_SMALL = 1_000


def stream(params: Mapping[str, Any]) -> str:
    """The stream that columns of one system and group share."""
    group = params.get("group", "")
    return f"code:{params['system']}" + (f":{group}" if group else "")


def drawn(call: Call) -> Ints:
    """The entry of each row, by weight: one draw for all that is told of it."""
    system, name = call.params["system"], stream(call.params)

    def make() -> Ints:
        told = entry(call, system, call.params.get("group", ""))
        if told is not None:
            return told
        table, word = entries(system), call.words(0, name)
        index = table.draw(word)
        if "minor" in table.columns:
            index = np.where(is_minor(call), table.draw_minor(word), index)
        return index

    made: Ints = call.once(f"drawn {system} {name}", make)
    return made


def ranges(call: Call) -> tuple[Ints, Ints] | None:
    """Low and high of the row's own test for its patient, in 1/10000; None without a story."""
    story = getattr(call, "story", None)
    if story is None or call.params["system"] not in ("labs", "vitals", "observations"):
        return None
    told = story.measured(call.params["system"])
    return told[1], told[2]


def is_minor(call: Call) -> npt.NDArray[np.bool_]:
    """Whether the row's person is under 18, or died before."""
    born, until, _ = call.life
    minor: npt.NDArray[np.bool_] = until - born < 18 * 365 * DAY
    return minor


def system_name(system: str, kind: Type) -> str:
    """The name of a code system, without punctuation where the column is short."""
    name = SYSTEM_NAMES.get(system, "Local")
    return name if kind.length is None or len(name) <= kind.length else name.replace("-", "")


def _one_system(params: Mapping[str, Any]) -> str:
    if params["part"] != "system":
        return ""
    return f"all codes beside it are of one system: {SYSTEM_NAMES.get(params['system'], 'Local')}"


def is_code(part: str) -> bool:
    """Whether the part must never be cut: a code that loses its end is another code."""
    return part in ("code", "alpha3", "class", "sop", "ndc", "rxnorm")


@lru_cache(maxsize=256)
def _numbers(table: Entries, part: str) -> tuple[Ints, int] | None:
    """A column of plain numbers as units and their scale, or None."""
    values = table.columns[part]
    try:
        scale = max((len(v.partition(".")[2]) for v in values), default=0)
        return np.asarray([round(float(v) * 10**scale) for v in values], np.int64), scale
    except ValueError:
        return None


def _top(kind: Type) -> int:
    """The largest whole number that a numeric column holds."""
    if kind.kind == "integer":
        return (1 << ((kind.bits or 64) - 1)) - 1
    if kind.kind == "decimal" and kind.precision is not None:
        return int(10 ** min(kind.precision - (kind.scale or 0), 18)) - 1
    return 1 << 53


def _base(kind: Type, count: int) -> int:
    """Where the placeholders of a numeric column start."""
    return next((b for b in (_FIRST, _FIRST_SMALL) if b + count <= _top(kind)), 0)


def _kept(units: Ints, scale: int, kind: Type) -> Ints:
    """Figures that are more than nothing stay so where the column has too few digits for them."""
    if kind.kind != "decimal":
        return units
    digits = (kind.scale or 0) if kind.precision is not None else PLAIN_SCALE
    least = 10 ** max(scale - digits, 0)
    return np.where(units > 0, np.maximum(units, least), units)


def column(table: Entries, part: str, kind: Type, index: Ints) -> Any:
    """The entries' part as the column's type; a part that the table lacks is its name."""
    if part == "system":
        return pick(pa.array([system_name(table.name, kind)]), np.zeros_like(index))
    part = part if part in table.columns else "name"
    if kind.kind in ("text", "json"):
        return pick(table.strings(part, kind.length, is_code(part)), index)
    known = _numbers(table, part)
    if known is not None:
        units, scale = known
        return numeric(_kept(units, scale, kind)[index], scale, kind)
    return numeric(index + _base(kind, len(table)), 0, kind)


def _width(kind: Type, params: Mapping[str, Any]) -> int:
    """Names are cut at a word's end, codes never: the two shortest codes must fit."""
    table = entries(params["system"])
    part = params.get("part", "code")
    if part == "system":
        return len(system_name(table.name, kind))
    part = part if part in table.columns else "name"
    widest = table.widest(part)
    if kind.length is None or widest <= kind.length:
        return widest
    least = sorted(map(len, table.columns[part]))[:2][-1] if is_code(part) else 8
    return min(max(least, kind.length), widest) if least <= kind.length else least


@lru_cache(maxsize=256)
def _apart(table: Entries, part: str, kind: Type) -> Ints:
    """The entries that a column of the type can tell apart."""
    if kind.kind not in ("text", "json"):
        return np.arange(min(len(table), _top(kind)), dtype=np.int64)
    room = kind.length
    seen = table.columns.get(part, table.columns["name"])
    fits = [i for i, v in enumerate(seen) if room is None or len(v) <= room]
    return np.asarray(list({seen[i]: i for i in reversed(fits)}.values())[::-1], np.int64)


def _distinct_capacity(kind: Type, params: Mapping[str, Any]) -> int:
    part = params.get("part", "code")
    return 0 if part == "system" else len(_apart(entries(params["system"]), part, kind))


# Classes of what goes with any drug of an order.
_CARRIERS = ("fluid", "vitamin", "laxative", "analgesic", "antiemetic", "sleep aid")


@lru_cache(maxsize=4)
def _in_kind(table: Entries) -> tuple[Ints, Ints]:
    """The place of each drug where carriers come first, and the strengths of one drug together; and
    the number of its drug."""
    names = table.columns["generic"]
    keys = [
        (_CARRIERS.index(c) if c in _CARRIERS else len(_CARRIERS), g, n)
        for n, (c, g) in enumerate(zip(table.columns["class"], names, strict=True))
    ]
    found = np.empty(len(keys), np.int64)
    found[[n for _, _, n in sorted(keys)]] = np.arange(len(keys))
    known = {g: n for n, g in enumerate(dict.fromkeys(names))}
    return found, np.asarray([known[g] for g in names], np.int64)


def _beside(table: Entries, apart: Ints, first: Ints, ordinal: Ints) -> Ints:
    """Drugs of an owner's rows, all different: that which the story tells, its other strengths,
    what goes with any drug, and the rest."""
    rank, drug = _in_kind(table)
    order = apart[np.argsort(rank[apart], kind="stable")]
    edges = np.flatnonzero(np.diff(drug[order], prepend=-1))
    counts = np.diff(edges, append=len(order))
    place = np.maximum(np.searchsorted(rank[order], rank[first], "right") - 1, 0)
    block = np.searchsorted(edges, place, "right") - 1
    start, count = edges[block], counts[block]
    own = start + (place - start + ordinal) % count
    behind = ordinal - count
    other = np.where(behind < start, behind, ordinal) % len(order)
    found: Ints = order[np.where(ordinal < count, own, other)]
    return found


@generator(
    "code.drawn",
    "A code, name, unit or range of an entry drawn by its weight.",
    accepts=KINDS,
    capacity=_distinct_capacity,
    width=_width,
    single=_one_system,
    system=SYSTEM,
    part=PART,
    group=GROUP,
)
def code_drawn(call: Call) -> Any:
    table, part = entries(call.params["system"]), call.params["part"]
    if not is_distinct(call):
        if part in ("low", "high") and (limits := ranges(call)) is not None:
            return _limit(call, limits[part == "high"])
        return column(table, part, call.type, drawn(call))
    story, key = getattr(call, "story", None), getattr(call, "apart", None)
    if story is not None and key is not None and call.params["system"] == "icd10cm":
        return column(table, part, call.type, story.apart(call.ordinal, key))
    apart = _apart(table, part, call.type)
    drugs = key is not None and call.params["system"] == "drugs"
    first = story.dose_of_owner if drugs and story is not None else None
    if first is not None:
        return column(table, part, call.type, _beside(table, apart, first, call.ordinal))
    return column(table, part, call.type, apart[call.index(len(apart))])


def _limit(call: Call, value: Ints) -> Any:
    if call.type.kind not in ("text", "json"):
        return numeric(value, 4, call.type)
    scale = np.asarray([int(s) for s in entries(call.params["system"]).columns["scale"]], np.int64)
    return limit(shown(value, scale[drawn(call)]), call.type.length)


@generator(
    "code.label",
    "What a code of another column stands for: its name, unit or range.",
    accepts=KINDS,
    width=_width,
    system=SYSTEM,
    part=PART,
    of=Parameter(str, "code", "the column that holds the code"),
    key=Parameter(str, "code", "which part the other column holds"),
)
def code_label(call: Call) -> Any:
    table = entries(call.params["system"])
    cells = call.cells(call.params["of"])
    known = column(table, call.params["key"], _of_cells(cells), np.arange(len(table)))
    keys = known if isinstance(known, pa.Array) else pa.array(known)
    found = pc.fill_null(pc.index_in(cells, keys.cast(cells.type)), 0)
    return column(table, call.params["part"], call.type, found.to_numpy().astype(np.int64))


def _of_cells(cells: pa.Array) -> Type:
    if pa.types.is_integer(cells.type):
        return Type("integer", "integer", bits=cells.type.bit_width)
    return Type("text", "text")


def _short(table: Entries, part: str, kind: Type) -> bool:
    """Whether the column is too short for the table's entries and a running number."""
    if kind.length is None:
        return False
    return kind.length < (table.widest("code") + 3 if is_code(part) else 16)


@lru_cache(maxsize=256)
def _undotted(table: Entries, part: str, length: int) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """The entries without their dots, and which of them fit and are like none of ``codes``."""
    plain = [v.replace(".", "") for v in table.columns[part]]
    single = len(set(plain)) == len(plain)
    # Ours begin with an A and go on with a letter, as long as there are not millions of rows.
    apart = [v[1:2].isdigit() or (length > 4 and not v.startswith("A")) for v in plain]
    fits = [single and len(v) <= length and a for v, a in zip(plain, apart, strict=True)]
    return pa.array(plain, pa.string()), np.array(fits, np.bool_)


def _turns(table: Entries, part: str, kind: Type) -> int:
    """How often the entries can be gone through with a running number that fits behind them."""
    if kind.length is None or not is_code(part):
        return TURNS
    digits_left = kind.length - table.widest("code") - 1
    return int(min(TURNS, 10 ** min(digits_left, 9) - 1))


def _listed_from(kind: Type) -> int:
    """The first number of a list of codes: one in columns of few digits."""
    return _FIRST_SMALL if _top(kind) >= 10 * _FIRST_SMALL else 1


def _listed_capacity(kind: Type, params: Mapping[str, Any]) -> int:
    table, part = entries(params["system"]), params.get("part", "code")
    if params.get("whole"):
        return len(_apart(table, part, kind))
    if kind.kind not in ("text", "json"):
        return _top(kind) - _listed_from(kind) + 1 if part == "code" else len(table)
    if _short(table, part, kind):
        return code_capacity(kind.length or 1)
    return len(table) * _turns(table, part, kind)


@generator(
    "code.listed",
    "The entries of a table in order, one a row; past its end they are numbered (Routine 2).",
    accepts=KINDS,
    capacity=_listed_capacity,
    width=lambda kind, params: kind.length or 160,
    single=_one_system,
    system=SYSTEM,
    part=PART,
    group=GROUP,
    whole=Parameter(bool, False, "nothing but entries: none is numbered, and rows end with them"),
)
def code_listed(call: Call) -> Any:
    table = entries(call.params["system"])
    size = np.int64(len(table))
    part = call.params["part"] if call.params["part"] in table.columns else "name"
    entry = call.rows % size
    if call.type.kind not in ("text", "json"):
        if part == "code":
            first = _listed_from(call.type)
            return numeric(first + call.rows % (_top(call.type) - first + 1), 0, call.type)
        return column(table, part, call.type, entry)
    if part not in ("code", "name", "short", "generic", "alpha3", "ndc", "rxnorm"):
        return column(table, part, call.type, entry)
    if call.params["whole"]:
        return pick(table.strings(part, call.type.length, is_code(part)), entry)
    if _short(table, part, call.type):
        made = codes(call.rows, call.type.length or 1)
        known, fits = _undotted(table, part, call.type.length or 1)
        inside = (call.rows < size) & fits[entry]
        return choose(inside, known.take(pa.array(entry)), made) if inside.any() else made
    room = None if call.type.length is None else max(call.type.length - 5, 1)
    whole = is_code(part)
    plain = pick(table.strings(part, call.type.length if whole else room, whole), entry)
    turn = call.rows // size % _turns(table, part, call.type)
    if not turn.any():
        return plain
    mark = "-" if whole else " "
    return choose(turn > 0, join(plain, number(turn + 1), separator=mark), plain)


_PLACEHOLDERS = 10**6


@generator(
    "code.snomed",
    "A placeholder of SNOMED CT's shape, never one of its codes.",
    accepts="text integer decimal",
    width=lambda kind, params: 15,
    capacity=lambda kind, params: (
        min(_PLACEHOLDERS, _top(kind) + 1) if kind.kind != "text" else _PLACEHOLDERS
    ),
    group=GROUP,
)
def snomed(call: Call) -> Any:
    if call.type.kind == "text":
        return digits("900000000######", call.index(_PLACEHOLDERS))
    top = _top(call.type)
    index = call.index(min(_PLACEHOLDERS, top + 1))
    base = next((b for b in (900_000_000_000_000, 900_000_000, 0) if b + _PLACEHOLDERS <= top), 0)
    return numeric(index + base, 0, call.type)


@generator(
    "code.cpt",
    "A placeholder of CPT's shape (99X##), never one of its codes.",
    accepts="text integer",
    width=lambda kind, params: 5,
)
def cpt(call: Call) -> Any:
    if call.type.kind == "integer":
        return (
            10_000 + call.below(1000) if (call.type.bits or 64) < 32 else 99_000 + call.below(100)
        )
    return digits("X####", call.below(10_000))
