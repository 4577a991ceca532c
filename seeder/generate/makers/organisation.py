"""Names of organisations and of the places inside them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pyarrow as pa

from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.skew import is_distinct
from seeder.generate.text import (
    codes,
    digits,
    distinct_phrases,
    fitting,
    join,
    number,
    phrase_capacity,
    pick,
    upto,
)
from seeder.schema import Type

_FIRST = (
    "Northridge Riverside Lakeview Cedar Summit Harbor Valley Maple Prairie Evergreen Fairview "
    "Westbrook Eastgate Stonebridge Clearwater Brookside Hillcrest Oakwood Pinecrest Silver Blue "
    "Golden Granite Meadow Willow Ridgeway Southpoint Northgate Crescent Unity Liberty Pioneer "
    "Heritage Cascade Redwood Birchwood Kingsley Ashford Linden Sterling"
).split()
_SECOND = (
    "Regional|Community|Memorial|General|Valley|County|Metropolitan|University|Children's|"
    "Mercy|Central|Family"
).split("|")
_KINDS = {
    "hospital": "Hospital|Medical Center|Health System|Clinic",
    "clinic": "Clinic|Health Center|Medical Group|Family Practice|Care Center",
    "company": "Medical Supplies|Diagnostics|Devices|Pharmaceuticals|Health Services|Biologics",
    "payer": "Health Plan|Insurance|Assurance|Benefits|Mutual|Health Cooperative",
    "pharmacy": "Pharmacy|Drugstore|Apothecary",
    "laboratory": "Laboratories|Diagnostics|Pathology",
}


@lru_cache(maxsize=8)
def _names(kind: str) -> tuple[str, ...]:
    tails = _KINDS.get(kind, _KINDS["hospital"]).split("|")
    return tuple(f"{a} {b} {c}" for c in tails for b in _SECOND for a in _FIRST)


def _phrase(call: Call, phrases: tuple[str, ...]) -> pa.Array:
    """A phrase a row: by row number where rows must be told apart, so that the first ones stay
    plain; drawn otherwise."""
    if is_distinct(call):
        return distinct_phrases(phrases, call.rows, call.type.length)
    pool = fitting(phrases, call.type.length)
    if not len(pool):
        return codes(call.below(36), call.type.length or 1)
    return pick(pool, call.below(len(pool)))


@generator(
    "org.name",
    "An invented name of a hospital, clinic, company or payer.",
    accepts="text",
    capacity=lambda kind, params: phrase_capacity(
        _names(params.get("kind", "hospital")), kind.length
    ),
    width=upto(50),
    kind=Parameter(str, "hospital", "hospital, clinic, company, payer, pharmacy or laboratory"),
)
def name(call: Call) -> pa.Array:
    return _phrase(call, _names(call.params["kind"]))


_WARDS = tuple(
    f"{floor} {wing}"
    for floor in range(1, 10)
    for wing in ("East", "West", "North", "South", "Tower", "Annex")
)


@generator(
    "org.ward",
    "A ward's name: 4 East, 7 North.",
    accepts="text",
    capacity=lambda kind, params: phrase_capacity(_WARDS, kind.length),
    width=upto(14),
)
def ward(call: Call) -> pa.Array:
    return _phrase(call, _WARDS)


_ROOMS = 9_000


def _room_places(kind: Type) -> int:
    return 4 if kind.kind != "text" or kind.length is None else min(kind.length, 4)


@generator(
    "org.room",
    "A room number: floor and number.",
    accepts="text integer",
    capacity=lambda kind, params: _ROOMS if _room_places(kind) == 4 else 10 ** _room_places(kind),
    width=lambda kind, params: _room_places(kind),
)
def room(call: Call) -> Any:
    places = _room_places(call.type)
    if places < 4:
        return digits("#" * places, call.index(10**places))
    index = call.index(_ROOMS)
    value = (index % 9 + 1) * 1_000 + index // 9
    return pa.array(value) if call.type.kind == "integer" else digits("####", value)


@generator(
    "org.bed",
    "A bed's label: room and letter.",
    accepts="text",
    capacity=lambda kind, params: 40_000 if (kind.length or 6) >= 6 else 26,
    width=lambda kind, params: 6 if (kind.length or 6) >= 6 else 1,
)
def bed(call: Call) -> pa.Array:
    if (call.type.length or 6) < 6:
        return digits("@", call.index(26))
    index = call.index(40_000)
    letter = pick(pa.array(["A", "B", "C", "D"]), index % 4)
    return join(digits("####", index // 4), letter, separator="-")


_BUILDINGS = tuple(f"{name} Building" for name in _FIRST)


@generator(
    "org.building",
    "A building or campus.",
    accepts="text",
    capacity=lambda kind, params: phrase_capacity(_BUILDINGS, kind.length),
    width=upto(25),
)
def building(call: Call) -> pa.Array:
    return _phrase(call, _BUILDINGS)


@generator("org.floor", "A floor.", accepts="text integer", width=lambda kind, params: 1)
def floor(call: Call) -> Any:
    value = 1 + call.below(9)
    return pa.array(value) if call.type.kind == "integer" else number(value)
