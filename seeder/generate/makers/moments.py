"""When things happen: every date of a row lies in its span, in the order that its name says.

``span`` and ``life`` come from the framework; a share of the span (ordered before collected
before resulted) keeps the events of one row in order without a look at its other columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.clinical.episodes import INPATIENT
from seeder.generate import spans
from seeder.generate.decimals import numeric
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.story import Story
from seeder.generate.stream import Ints, below, chance
from seeder.generate.text import number
from seeder.schema import Type

SECOND = 1_000_000
DAY = 86_400 * SECOND
KINDS = "date time timestamp timestamptz text integer float decimal json"


def years(days: Ints) -> Ints:
    """The Gregorian year of days since 1970-01-01 (Hinnant's civil calendar, by integers)."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month (1 to 12) and day of the month."""
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    whole = month.astype(np.int64)
    return whole // 12 + 1970, whole % 12 + 1, (date - month).astype(np.int64) + 1


def _text(micros: Ints, wanted: Type) -> pa.Array:
    if wanted.length is not None and wanted.length < 10:
        return number(years(micros // DAY))
    if wanted.length is not None and wanted.length < 19:
        return pa.array((micros // DAY).astype(np.int32)).cast(pa.date32()).cast(pa.string())
    return pa.array(micros // SECOND).cast(pa.timestamp("s")).cast(pa.string())


def as_type(micros: Ints, wanted: Type, form: str = "") -> Any:
    """Microseconds since 1970 as the column's type. ``form`` says what a number or a text is:
    'year', 'month', 'day', 'hour', 'weekday', 'epoch', 'date', 'time', else by the type."""
    days = micros // DAY
    if form in ("year", "month", "day") and wanted.kind in ("integer", "text", "float", "decimal"):
        part = parts(days)[("year", "month", "day").index(form)]
        return number(part) if wanted.kind == "text" else part
    if wanted.kind == "date":
        return pa.array(days.astype(np.int32)).cast(pa.date32())
    if wanted.kind == "time":
        return pa.array(micros - days * DAY).cast(pa.time64("us"))
    if wanted.kind == "timestamp":
        return pa.array(micros).cast(pa.timestamp("us"))
    if wanted.kind == "timestamptz":
        return pa.array(micros).cast(pa.timestamp("us", tz="UTC"))
    if wanted.kind in ("text", "json"):
        if form == "time":
            clock = pa.array((micros - days * DAY) // SECOND, pa.int64()).cast(pa.int32())
            shown = clock.cast(pa.time32("s")).cast(pa.string())
            return (
                shown
                if (wanted.length or 8) >= 8
                else number((micros - days * DAY) // (3600 * SECOND))
            )
        if form == "date":
            return pa.array(days.astype(np.int32)).cast(pa.date32()).cast(pa.string())
        return _text(micros, wanted)
    return _number(micros, wanted, form)


def _number(micros: Ints, wanted: Type, form: str) -> npt.NDArray[Any]:
    if form == "hour":
        return micros // (3600 * SECOND) % 24
    if form == "weekday":
        return (micros // DAY + 3) % 7 + 1
    if (wanted.bits or 64) >= 64 and form != "date":
        return micros // SECOND
    if (wanted.bits or 64) >= 32:
        year, month, day = parts(micros // DAY)
        return year * 10000 + month * 100 + day
    return years(micros // DAY)


def within(call: Call, low: float, high: float) -> Ints:
    """A moment of each row between two shares of its span, in whole seconds where they fit."""
    start, end = call.span
    length = np.maximum(end - start, 0)
    if high <= low:
        part = np.full(call.n, int(low * 65536), np.int64)
    else:
        part = int(low * 65536) + below(call.words(), max(int((high - low) * 65536), 1))
    # Split, because a span of a century in microseconds times 2**16 would overflow.
    offset = (length >> 16) * part + ((length & 65535) * part >> 16)
    moment = start + offset
    whole = moment // SECOND * SECOND
    made: Ints = np.where(whole >= start, whole, np.minimum(moment, end))
    return made


def width(kind: Type, params: Mapping[str, Any]) -> int:
    """The characters of a moment as text: a year, a date, a clock or both."""
    form = params.get("form", "")
    if form in ("year", "month", "day"):
        return 4 if form == "year" else 2
    if form == "time":
        return 8 if (kind.length or 8) >= 8 else 2
    room = kind.length or 19
    return 4 if room < 10 else 10 if room < 19 or form == "date" else 19


FORM = Parameter(str, "", "what a number or text holds: year, month, day, hour, epoch, date, time")


@generator(
    "moment.start", "When the row's stretch of time starts.", accepts=KINDS, width=width, form=FORM
)
def start(call: Call) -> Any:
    return as_type(call.span[0], call.type, call.params["form"])


@generator(
    "moment.end", "When the row's stretch of time ends.", accepts=KINDS, width=width, form=FORM
)
def end(call: Call) -> Any:
    return as_type(call.span[1], call.type, call.params["form"])


@generator(
    "moment.over",
    "When what the row's moment began is over: a course of a drug, an illness.",
    accepts=KINDS,
    width=width,
    of=Parameter(str, "drug", "drug or diagnosis"),
    open=Parameter(bool, False, "NULL of what lasts for good"),
    form=FORM,
)
def over(call: Call) -> Any:
    """In a hospital drugs are given until the discharge; chronic conditions stay."""
    start, end = call.span
    story: Story | None = getattr(call, "story", None)
    if story is None:
        return as_type(end, call.type, call.params["form"])
    drug, until = call.params["of"] == "drug", np.maximum(call.life[1], end)
    moment = spans.over(start, until, call.words(0), call.words(1), drug)
    if drug:
        stay = story.episodes.setting == INPATIENT
        moment = np.where(stay, np.minimum(moment, np.maximum(story.until, start)), moment)
        return as_type(moment, call.type, call.params["form"])
    lasts = story.clinic.rates.chronic[np.maximum(story.diagnosis(""), 0)]
    made = as_type(np.where(lasts, until, moment), call.type, call.params["form"])
    return _where(~lasts, made) if call.params["open"] else made


@generator(
    "moment.within",
    "A moment inside the row's stretch of time, between two shares of it.",
    accepts=KINDS,
    width=width,
    low=Parameter(float, 0.0, "the earliest share of the stretch, 0 to 1"),
    high=Parameter(float, 1.0, "the latest share of the stretch, 0 to 1"),
    absent=Parameter(float, 0.0, "the share of rows for which it has not come: NULL"),
    form=FORM,
)
def inside(call: Call) -> Any:
    moment = within(call, call.params["low"], call.params["high"])
    made = as_type(moment, call.type, call.params["form"])
    if not call.params["absent"]:
        return made
    come = chance(call.words(1), 1.0 - call.params["absent"])
    return _where(come, made)


def _where(come: npt.NDArray[np.bool_], made: Any) -> pa.Array:
    """NULL where it has not come to pass."""
    array = made if isinstance(made, pa.Array) else pa.array(made)
    return pc.if_else(pa.array(come), array, pa.scalar(None, array.type))


@generator(
    "moment.clock",
    "A time of the day on a quarter of an hour, between two hours.",
    accepts="time text",
    width=lambda kind, params: 8 if (kind.length or 8) >= 8 else 5,
    first=Parameter(int, 8, "the first hour"),
    last=Parameter(int, 18, "the last hour"),
)
def clock(call: Call) -> Any:
    first, last = call.params["first"], max(call.params["last"], call.params["first"])
    minutes = first * 60 + call.below((last - first) * 4 + 1) * 15
    cells = pa.array((minutes * 60).astype(np.int32)).cast(pa.time32("s"))
    if call.type.kind == "time":
        return cells.cast(pa.time64("us"))
    shown = cells.cast(pa.string())
    return shown if (call.type.length or 8) >= 8 else pc.utf8_slice_codeunits(shown, 0, 5)


@generator(
    "moment.after",
    "A date some days after the row's stretch of time: expiry, due date, next visit.",
    accepts=KINDS,
    width=width,
    least=Parameter(int, 30, "fewest days"),
    most=Parameter(int, 1095, "most days"),
    form=FORM,
)
def after(call: Call) -> Any:
    days = call.params["least"] + call.below(max(call.params["most"] - call.params["least"], 0) + 1)
    return as_type(call.span[1] + days * DAY, call.type, call.params["form"])


@generator(
    "moment.before",
    "A date some days before the row's stretch of time, not before the person's birth.",
    accepts=KINDS,
    width=width,
    least=Parameter(int, 1, "fewest days"),
    most=Parameter(int, 365, "most days"),
    form=FORM,
)
def before(call: Call) -> Any:
    days = call.params["least"] + call.below(max(call.params["most"] - call.params["least"], 0) + 1)
    moment = np.maximum(call.span[0] - days * DAY, np.minimum(call.life[0], call.span[0]))
    return as_type(moment, call.type, call.params["form"])


@generator("person.birth", "When the row's person was born.", accepts=KINDS, width=width, form=FORM)
def birth(call: Call) -> Any:
    return as_type(call.life[0], call.type, call.params["form"])


@generator(
    "person.death",
    "When the row's person died; NULL for the living.",
    accepts=KINDS,
    width=width,
    form=FORM,
    always=Parameter(bool, False, "never NULL: the reference date for the living"),
)
def death(call: Call) -> Any:
    _, when, died = call.life
    if call.params["always"]:
        # A table of deaths with more rows than there are dead: nothing comes after them either.
        return as_type(when, call.type, call.params["form"])
    return _where(died, as_type(when, call.type, call.params["form"]))


@generator(
    "person.died",
    "Whether the row's person has died.",
    accepts="boolean text integer",
    width=lambda kind, params: 1,
)
def died(call: Call) -> Any:
    flags = call.life[2]
    if call.type.kind == "boolean":
        return flags
    if call.type.kind == "integer":
        return flags.astype(np.int64)
    return pc.if_else(pa.array(flags), pa.scalar("Y"), pa.scalar("N"))


@generator(
    "person.age",
    "The person's age in whole years: at the start of the row's time, of patients today.",
    accepts="integer float decimal text",
    width=lambda kind, params: 10,
    unit=Parameter(str, "years", "years, months or days"),
)
def age(call: Call) -> Any:
    born, when = call.life[0] // DAY, call.span[getattr(call, "rooted", False)] // DAY
    lived = np.maximum(when - born, 0)
    unit = call.params["unit"]
    value = (
        lived
        if unit == "days"
        else lived * 12 // 365
        if unit == "months"
        else ((lived * 400) // 146_097)
    )
    top = (1 << ((call.type.bits or 64) - 1)) - 1 if call.type.kind == "integer" else 1 << 62
    value = np.minimum(value, top)
    return number(value) if call.type.kind == "text" else value


@generator(
    "moment.length",
    "How long the row's stretch of time is.",
    accepts="integer float decimal text",
    width=lambda kind, params: 10,
    unit=Parameter(str, "days", "seconds, minutes, hours or days"),
)
def length(call: Call) -> Any:
    begun, ended = call.span
    unit = {"seconds": SECOND, "minutes": 60 * SECOND, "hours": 3600 * SECOND, "days": DAY}
    step = unit.get(call.params["unit"], DAY)
    if call.type.kind in ("float", "decimal"):
        return numeric(np.maximum(ended - begun, 0) // (step // 10_000), 4, call.type)
    value = np.maximum(ended - begun, 0) // step
    if call.type.kind == "integer":
        return np.minimum(value, (1 << ((call.type.bits or 64) - 1)) - 1)
    return number(value) if call.type.kind == "text" else value
