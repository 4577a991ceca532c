"""Where: city, state, county, postal code, coordinates and area code of one place a row.

All columns of a row draw one place from the stream 'place' (and one of its parts of town from
draw 1), so that they agree; another group (birth place, billing address) has its own. Patients of
one household live at one address, in the state that their stories are of, and relatives often do.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.clinical.chance import Choices
from seeder.generate.decimals import numeric
from seeder.generate.locale import DEFAULT, LOCALE, formats, local, of, several, table
from seeder.generate.makers.people import home_number, household, relative, words_of
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.skew import is_distinct
from seeder.generate.stream import Ints, Words, below, chance
from seeder.generate.text import join, limit, number, pick, upto
from seeder.schema import Type

GROUP = Parameter(str, "", "which place of the row, when it names several")
_SAME_HOME = 0.6  # relatives at the row's own address: an estimate
_SAME_TOWN = 0.85  # employers, and former homes, in the row's own town: an estimate
_LATER = 1 << 40  # between the numbers of a household's earlier homes
_NEAR = frozenset(("work", "employer"))


def stream(call: Call) -> str:
    group = call.params.get("group", "")
    return f"place:{group}" if group else "place"


def home(call: Call, draw: int) -> Words:
    """Words of the address of each row's place: the household's, its relatives', or another's."""
    own, who = call.words(draw, stream(call)), words_of(call)
    if relative(call):
        share = _SAME_HOME
    elif who:
        share = _SAME_TOWN if who & _NEAR and draw == 0 else 0.0
    else:
        return _own_home(call, draw)
    if not share:
        return own
    return np.where(chance(call.words(9, stream(call)), share), household(call, draw, "place"), own)


def _own_home(call: Call, draw: int) -> Words:
    """A patient's latest row of a table tells of the household; earlier ones of homes before, most
    of them in the same town."""
    person, now = call.person, household(call, draw, "place")
    if person is None or not person.later.any():
        return now
    number = home_number(person) + person.later * _LATER
    before = call.person_words(number, draw, "household:place")
    moved = person.later > 0
    if draw == 0:
        moved &= ~chance(call.person_words(number, 9, "household:place"), _SAME_TOWN)
    return np.where(moved, before, now)


def place(call: Call) -> Ints:
    """The place of each row."""
    made: Ints = call.once(f"{stream(call)} {of(call.params)}", lambda: _placed(call))
    return made


def _placed(call: Call) -> Ints:
    story = getattr(call, "story", None)
    own = not words_of(call) and not relative(call) and of(call.params) == DEFAULT
    if story is None or not own:
        return local(call, "places").draw(home(call, 0))
    return _of_states(story.clinic.demography.states).draw(story.people.state, home(call, 0))


@lru_cache(maxsize=4)
def _of_states(states: tuple[str, ...]) -> Choices:
    """The places of each state, by their weight."""
    columns = table(DEFAULT, "places").columns
    lies = np.asarray([states.index(s) for s in columns["state"]])
    weights = np.asarray([int(w) for w in columns["weight"]], np.float64)
    return Choices(np.where(np.arange(len(states))[:, None] == lies, weights, 0.0))


def _column(name: str, call: Call, whole: bool = False) -> pa.Array:
    return pick(local(call, "places").strings(name, call.type.length, whole), place(call))


@generator(
    "place.city", "A city of the row's place.", accepts="text", width=upto(26), group=GROUP,
    locale=LOCALE,
)  # fmt: skip
def city(call: Call) -> pa.Array:
    return _column("city", call, True)


@generator(
    "place.state",
    "The state, land, region or country: its code where the column is short or asks for it.",
    accepts="text",
    width=lambda kind, params: 26 if params.get("full") else 2 + _long_codes(kind, params),
    group=GROUP,
    full=Parameter(bool, False, "the whole name"),
    locale=LOCALE,
)
def state(call: Call) -> pa.Array:
    whole = call.params["full"] and (call.type.length or 26) >= 20
    return _column("state_name" if whole else "state", call, True)


def _long_codes(kind: Type, params: Mapping[str, Any]) -> bool:
    """Whether the codes have three letters, and the column room for them."""
    return table(of(params), "places").widest("state") > 2 and kind.length != 2


@generator(
    "place.county", "The county of the row's place.", accepts="text", width=upto(27), group=GROUP,
    locale=LOCALE,
)  # fmt: skip
def county(call: Call) -> pa.Array:
    names = local(call, "places").columns["county"]
    room, word = call.type.length or 99, formats(of(call.params))["county"]
    longer = pa.array(
        [
            f"{n}{word}" if not n.endswith("City") and len(n) + len(word) <= room else n[:room]
            for n in names
        ]
    )
    return pick(longer, place(call))


@lru_cache(maxsize=16)
def _codes(locale: str) -> tuple[pa.Array, Ints, Ints]:
    """Postal codes of all places, one place after the other; where each begins, and how many."""
    columns, form = table(locale, "places").columns, formats(locale)["postal"].partition(" ")[0]
    made: list[str] = []
    first: list[int] = []
    for prefix, low, high in zip(columns["zip"], columns["from"], columns["to"], strict=True):
        first.append(len(made))
        made += [form.format(prefix=prefix, number=n) for n in range(int(low), int(high) + 1)]
    counts: Ints = np.asarray([*first[1:], len(made)], np.int64) - np.asarray(first, np.int64)
    return pa.array(made), np.asarray(first, np.int64), counts


# The letters of the second half of British codes: C, I, K, M, O and V are left out.
_LETTERS = pa.array([f"{a}{b}" for a in "ABDEFGHJLNPQRSTUWXYZ" for b in "ABDEFGHJLNPQRSTUWXYZ"])


def _postal(call: Call) -> tuple[pa.Array, Ints]:
    pool, first, counts = _codes(of(call.params))
    at = place(call)
    index = first[at] + below(home(call, 1), counts[at])
    if "#" not in formats(of(call.params))["postal"]:
        return pick(pool, index), index
    part = below(home(call, 5), 10 * len(_LETTERS))
    inner = join(number(part // len(_LETTERS)), pick(_LETTERS, part % len(_LETTERS)))
    return join(pick(pool, index), inner, separator=" "), index


@generator(
    "place.zip",
    "A postal code of the city, its last digits at random.",
    accepts="text integer",
    width=lambda kind, params: 8 if "#" in formats(of(params))["postal"] else 5,
    group=GROUP,
    locale=LOCALE,
)
def postal_code(call: Call) -> Any:
    made, index = _postal(call)
    if call.type.kind != "integer":
        return made
    whole = "#" not in formats(of(call.params))["postal"]
    return made.cast(pa.int64()) if whole else index


@lru_cache(maxsize=32)
def _degrees(locale: str, name: str) -> Ints:
    return np.asarray(
        [round(float(d) * 100) for d in table(locale, "places").columns[name]], np.int64
    )


def _coordinate(call: Call, name: str, draw: int) -> Any:
    # Within about seven kilometres of the centre, to the sixth decimal.
    centre = _degrees(of(call.params), name)[place(call)] * 10_000
    return numeric(centre + below(home(call, draw), 130_000) - 65_000, 6, call.type)


@generator(
    "place.latitude",
    "The latitude of a point in the row's city.",
    accepts="decimal float text",
    width=lambda kind, params: 10,
    group=GROUP,
    locale=LOCALE,
)
def latitude(call: Call) -> Any:
    return _coordinate(call, "lat", 2)


@generator(
    "place.longitude",
    "The longitude of a point in the row's city.",
    accepts="decimal float text",
    width=lambda kind, params: 11,
    group=GROUP,
    locale=LOCALE,
)
def longitude(call: Call) -> Any:
    return _coordinate(call, "lon", 3)


@cache
def _roads(locale: str) -> pa.Array:
    form, names = formats(locale)["road"], table(locale, "streets").columns["name"]
    return pa.array([form.format(name=n, kind=k) for n in names for k in several(locale, "kinds")])


@cache
def _houses(locale: str) -> tuple[int, int]:
    """The lowest house number, and how many there are."""
    low, high = (int(n) for n in formats(locale)["houses"].split("-"))
    return low, high - low + 1


def _written(form: str, parts: dict[str, Any]) -> pa.Array:
    """Columns put into a form such as '{number} {road}'."""
    pieces: list[Any] = []
    for literal, name, _, _ in string.Formatter().parse(form):
        pieces += [literal] * bool(literal) + ([parts[name]] if name else [])
    return join(*pieces)


@cache
def _widest_street(locale: str) -> int:
    low, count = _houses(locale)
    road: int = pc.max(pc.utf8_length(_roads(locale))).as_py()
    return len(formats(locale)["street"].format(number=low + count - 1, road="")) + road


def _streets(locale: str) -> int:
    return len(_roads(locale)) * _houses(locale)[1]


def _street(call: Call, index: Ints) -> pa.Array:
    locale = of(call.params)
    roads, low = _roads(locale), _houses(locale)[0]
    parts = {
        "number": number(index // len(roads) + low),
        "road": pick(roads, index % len(roads)),
    }
    return _written(formats(locale)["street"], parts)


@generator(
    "place.street",
    "A house number and a street.",
    accepts="text",
    capacity=lambda kind, params: _streets(of(params)),
    width=lambda kind, params: _widest_street(of(params)),
    group=GROUP,
    locale=LOCALE,
)
def street(call: Call) -> pa.Array:
    size = _streets(of(call.params))
    return _street(call, call.index(size) if is_distinct(call) else below(home(call, 4), size))


@generator(
    "place.unit",
    "The second line of an address: Apt 12, Suite 300.",
    accepts="text",
    width=upto(20),
    locale=LOCALE,
)
def unit(call: Call) -> pa.Array:
    words = several(of(call.params), "unit")
    word = below(home(call, 6), len(words))
    numbers = number(1 + below(home(call, 7), 980))
    return limit(join(pick(pa.array(words), word), numbers, separator=" "), call.type.length)


@generator(
    "place.full_address",
    "Street, city, state and postal code in one line.",
    accepts="text",
    width=upto(75),
    group=GROUP,
    locale=LOCALE,
)
def full_address(call: Call) -> pa.Array:
    locale = of(call.params)
    places, at = table(locale, "places"), place(call)
    parts = {
        "street": _street(call, below(home(call, 4), _streets(locale))),
        "city": pick(places.strings("city"), at),
        "state": pick(places.strings("state"), at),
        "zip": _postal(call)[0],
    }
    return limit(_written(formats(locale)["address"], parts), call.type.length)


@generator(
    "place.birthplace", "A city and state.", accepts="text", width=upto(32), group=GROUP,
    locale=LOCALE,
)  # fmt: skip
def birthplace(call: Call) -> pa.Array:
    places = local(call, "places")
    towns = pa.array(
        [f"{c}, {s}" for c, s in zip(places.columns["city"], places.columns["state"], strict=True)]
    )
    # Most are born where they live.
    moved = chance(call.words(1, "place:birth"), 0.45)
    drawn = np.where(moved, places.draw(call.words(0, "place:birth")), place(call))
    return limit(pick(towns, drawn), call.type.length)


@cache
def _borders(locale: str) -> npt.NDArray[np.int64]:
    """The degrees of longitude between time zones, from the west."""
    return np.asarray([int(b) for b in formats(locale)["borders"].split("|") if b], np.int64)


@generator(
    "place.time_zone",
    "The IANA name of the time zone of the row's place.",
    accepts="text",
    width=upto(19),
    locale=LOCALE,
    single=lambda params: (
        "" if len(_borders(of(params))) else "the whole country has one time zone"
    ),
)
def time_zone(call: Call) -> pa.Array:
    # The borders are close enough to the real lines for the places listed.
    locale = of(call.params)
    east = _degrees(locale, "lon")[place(call)]
    zone = np.searchsorted(_borders(locale), east, "left")
    return limit(pick(pa.array(several(locale, "zones")), zone), call.type.length)


@generator(
    "place.country",
    "The country of an address: the one of the locale.",
    accepts="text",
    width=upto(14),
    single=lambda params: "all addresses are in one country, as their cities are",
    code=Parameter(bool, False, "its two letters"),
    locale=LOCALE,
)
def country(call: Call) -> pa.Array:
    written, room = formats(of(call.params)), call.type.length or 99
    fitting = [written[n] for n in ("country", "alpha3") if len(written[n]) <= room]
    short = call.params["code"] or room == 2 or not fitting
    name = written["alpha2"] if short else fitting[0]
    return pick(pa.array([name[:room]]), np.zeros(call.n, np.int64))
