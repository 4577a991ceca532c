"""Where: city, state, county, postal code, coordinates and area code of one place a row.

All columns of a row draw one place from the stream 'place' (and one of its parts of town from
draw 1), so that they agree; another group (birth place, billing address) has its own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.generate.data import entries
from seeder.generate.decimals import numeric
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import Ints
from seeder.generate.text import digits, join, limit, number, pick, upto

GROUP = Parameter(str, "", "which place of the row, when it names several")


def stream(call: Call) -> str:
    group = call.params.get("group", "")
    return f"place:{group}" if group else "place"


def place(call: Call) -> Ints:
    """The place of each row."""
    return entries("places").draw(call.words(0, stream(call)))


def _column(name: str, call: Call, whole: bool = False) -> pa.Array:
    return pick(entries("places").strings(name, call.type.length, whole), place(call))


@generator("place.city", "A city of the row's place.", accepts="text", width=upto(16), group=GROUP)
def city(call: Call) -> pa.Array:
    return _column("city", call, True)


@generator(
    "place.state",
    "The state: its two letters where the column is short or asks for it.",
    accepts="text",
    width=lambda kind, params: 20 if params.get("full") else 2,
    group=GROUP,
    full=Parameter(bool, False, "the whole name"),
)
def state(call: Call) -> pa.Array:
    whole = call.params["full"] and (call.type.length or 20) >= 20
    return _column("state_name" if whole else "state", call, True)


@generator(
    "place.county", "The county of the row's place.", accepts="text", width=upto(27), group=GROUP
)
def county(call: Call) -> pa.Array:
    names = entries("places").columns["county"]
    room = call.type.length or 99
    longer = pa.array(
        [
            f"{n} County" if not n.endswith("City") and len(n) + 7 <= room else n[:room]
            for n in names
        ]
    )
    return pick(longer, place(call))


@lru_cache(maxsize=1)
def _prefixes() -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.asarray([int(z) for z in entries("places").columns["zip"]], np.int64)


@generator(
    "place.zip",
    "A postal code: the city's first three digits, and two more.",
    accepts="text integer",
    width=lambda kind, params: 5,
    group=GROUP,
)
def postal_code(call: Call) -> Any:
    code = _prefixes()[place(call)] * 100 + 1 + call.below(98, 1, stream(call))
    return code if call.type.kind == "integer" else digits("#####", code)


@lru_cache(maxsize=2)
def _degrees(name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.asarray([round(float(d) * 100) for d in entries("places").columns[name]], np.int64)


def _coordinate(call: Call, name: str, draw: int) -> Any:
    # Within about seven kilometres of the centre, to the sixth decimal.
    units = _degrees(name)[place(call)] * 10_000 + call.below(130_000, draw, stream(call)) - 65_000
    return numeric(units, 6, call.type)


@generator(
    "place.latitude",
    "The latitude of a point in the row's city.",
    accepts="decimal float text",
    width=lambda kind, params: 10,
    group=GROUP,
)
def latitude(call: Call) -> Any:
    return _coordinate(call, "lat", 2)


@generator(
    "place.longitude",
    "The longitude of a point in the row's city.",
    accepts="decimal float text",
    width=lambda kind, params: 11,
    group=GROUP,
)
def longitude(call: Call) -> Any:
    return _coordinate(call, "lon", 3)


_STREETS = (
    "Oak Maple Cedar Pine Elm Walnut Birch Willow Chestnut Spruce Park Lake Hill River Spring "
    "Meadow Forest Church Mill Main Washington Franklin Jefferson Madison Lincoln Jackson Adams "
    "Highland Sunset Prospect Garden Valley Ridge Orchard Prairie Canyon Harbor College Union "
    "Liberty Railroad Water Center Market School Pleasant Summit Grove Laurel Magnolia Hickory "
    "Sycamore Dogwood Juniper Aspen Poplar Holly Ivy Rose Lilac"
).split()
_HOUSES = 9_800
_KINDS = "St Ave Rd Dr Ln Ct Blvd Way Pl Ter".split()


@lru_cache(maxsize=1)
def _roads() -> pa.Array:
    return pa.array([f"{s} {k}" for s in _STREETS for k in _KINDS])


@generator(
    "place.street",
    "A house number and a street.",
    accepts="text",
    capacity=lambda kind, params: len(_STREETS) * len(_KINDS) * _HOUSES,
    width=lambda kind, params: 20,
    group=GROUP,
)
def street(call: Call) -> pa.Array:
    roads = _roads()
    index = call.index(len(roads) * _HOUSES)
    return join(number(index // len(roads) + 100), pick(roads, index % len(roads)), separator=" ")


@generator(
    "place.unit",
    "The second line of an address: Apt 12, Suite 300.",
    accepts="text",
    width=upto(10),
)
def unit(call: Call) -> pa.Array:
    word = call.below(4)
    numbers = number(1 + call.below(980, 1))
    return limit(
        join(pick(pa.array(["Apt", "Suite", "Unit", "Apt"]), word), numbers, separator=" "),
        call.type.length,
    )


@generator(
    "place.full_address",
    "Street, city, state and postal code in one line.",
    accepts="text",
    width=upto(60),
    group=GROUP,
)
def full_address(call: Call) -> pa.Array:
    places = entries("places")
    at = place(call)
    roads = _roads()
    index = call.below(len(roads) * _HOUSES, 4, stream(call))
    code = _prefixes()[at] * 100 + 1 + call.below(98, 1, stream(call))
    town = pa.array(
        [
            f", {c}, {s} "
            for c, s in zip(places.columns["city"], places.columns["state"], strict=True)
        ]
    )
    made = join(
        number(index // len(roads) + 100),
        " ",
        pick(roads, index % len(roads)),
        pick(town, at),
        digits("#####", code),
    )
    return limit(made, call.type.length)


@generator("place.birthplace", "A city and state.", accepts="text", width=upto(24), group=GROUP)
def birthplace(call: Call) -> pa.Array:
    places = entries("places")
    towns = pa.array(
        [f"{c}, {s}" for c, s in zip(places.columns["city"], places.columns["state"], strict=True)]
    )
    drawn = places.draw(call.words(0, "place:birth"))
    return limit(pick(towns, drawn), call.type.length)


@generator(
    "place.time_zone", "The IANA name of a United States time zone.", accepts="text", width=upto(19)
)
def time_zone(call: Call) -> pa.Array:
    zones = pa.array(
        ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]
    )
    # West of 115, 101 and 87 degrees: close enough to the real lines for the places listed.
    east = _degrees("lon")[entries("places").draw(call.words(0, "place"))]
    zone = 3 - ((east > -11_500).astype(np.int64) + (east > -10_100) + (east > -8_700))
    return limit(pick(zones, zone), call.type.length)


@generator(
    "place.country",
    "The country of an address: the United States.",
    accepts="text",
    width=upto(13),
    single=lambda params: "all addresses are in the United States, as their cities are",
)
def country(call: Call) -> pa.Array:
    room = call.type.length or 99
    name = "United States" if room >= 13 else "USA" if room == 3 else "US"
    return pick(pa.array([name[:room]]), np.zeros(call.n, np.int64))
