"""Measured values: laboratory results in and out of their ranges, vital signs, scores.

A result's test, unit, range, value and flag are one draw (stream 'code:labs'): the value lies in
the range of that test for most rows, and the flag says where it does not.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.clinical.measures import flags
from seeder.generate.data import Entries, entries
from seeder.generate.decimals import numeric, quantile
from seeder.generate.makers.codes import GROUP, drawn, stream
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import Ints
from seeder.generate.text import join, limit, number, pick, shown, upto

SYSTEM = Parameter(str, "labs", "the table of tests: labs, vitals or observations")
_UNIT = 10_000

# A value's place relative to its range, in 1/1000 of the range's width: 0 is the low end, 1000
# the high end. Four in five lie inside; high ones are commoner than low ones, as in practice.
_SHAPE = (-700, -150, 60, 180, 290, 380, 460, 540, 620, 700, 790, 880, 960, 1040, 1250, 1900, 4200)


@lru_cache(maxsize=8)
def _ranges(table: Entries) -> tuple[Ints, Ints, Ints]:
    """Low and high of each test in 1/10000, and its decimals."""
    low = np.asarray([round(float(v) * _UNIT) for v in table.columns["low"]], np.int64)
    high = np.asarray([round(float(v) * _UNIT) for v in table.columns["high"]], np.int64)
    return low, high, np.asarray([int(v) for v in table.columns["scale"]], np.int64)


def measured(call: Call) -> tuple[Ints, Ints, Ints, Ints]:
    """Value, low, high in 1/10000, rounded to the test's decimals, and those decimals."""
    system, name = call.params["system"], stream(call.params)
    made: tuple[Ints, Ints, Ints, Ints] = call.once(
        f"measured {system} {name}", lambda: _measure(call, entries(system), name)
    )
    return made


def _measure(call: Call, table: Entries, name: str) -> tuple[Ints, Ints, Ints, Ints]:
    test = drawn(call)
    low, high, scale = (c[test] for c in _ranges(table))
    story = getattr(call, "story", None)
    if story is not None:
        told = story.measured(call.params["system"])
        return (*told, scale)
    place = quantile(call.words(1, name), _SHAPE)
    value = low + (high - low) * place // 1000
    # A narrow range far from zero (sodium) never strays as far as a range that starts at zero.
    value = np.clip(value, low - low // 3, high + np.maximum(high // 2, (high - low) * 2))
    percent = _percent(table)[test]
    value = np.where(percent, np.minimum(value, 100 * _UNIT), np.maximum(value, 0))
    step = np.asarray([10_000, 1000, 100, 10, 1], np.int64)[scale]
    return value // step * step, low, high, scale


@lru_cache(maxsize=8)
def _percent(table: Entries) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray([u == "%" for u in table.columns["unit"]])


@generator(
    "lab.value",
    "A measured value of the row's test, mostly inside its range.",
    accepts="integer decimal float text",
    width=lambda kind, params: 9,
    system=SYSTEM,
    group=GROUP,
)
def lab_value(call: Call) -> Any:
    value, _, _, scale = measured(call)
    if call.type.kind == "text":
        return limit(shown(value, scale), call.type.length)
    return numeric(value, 4, call.type)


@generator(
    "lab.range",
    "The row's reference range as text: 3.5 - 5.0.",
    accepts="text",
    width=upto(17),
    system=SYSTEM,
    group=GROUP,
    listed=Parameter(bool, False, "one entry a row, in order, as in a lookup table"),
)
def lab_range(call: Call) -> pa.Array:
    table = entries(call.params["system"])
    if not call.params["listed"] and getattr(call, "story", None) is not None:
        _, low, high, scale = measured(call)
        return limit(join(shown(low, scale), " - ", shown(high, scale)), call.type.length)
    texts = pa.array(
        [f"{a} - {b}" for a, b in zip(table.columns["low"], table.columns["high"], strict=True)]
    )
    drawn = table.draw(call.words(0, stream(call.params)))
    test = call.rows % len(table) if call.params["listed"] else drawn
    return limit(pick(texts, test), call.type.length)


@generator(
    "lab.flag",
    "N, L, H, LL or HH, as the row's value lies to its range.",
    accepts="text boolean",
    width=lambda kind, params: 2 if (kind.length or 2) > 1 else 1,
    system=SYSTEM,
    group=GROUP,
)
def lab_flag(call: Call) -> Any:
    value, low, high, _ = measured(call)
    if call.type.kind == "boolean":
        return (value < low) | (value > high)
    flag = _flags(call, value, low, high)
    words = ["N", "L", "H", "LL", "HH"]
    if (call.type.length or 2) < 2:
        words = ["N", "L", "H", "L", "H"]
    return pick(pa.array(words), flag)


def _flags(call: Call, value: Ints, low: Ints, high: Ints) -> Ints:
    """0 normal, 1 low, 2 high, 3 critically low, 4 critically high."""
    story = getattr(call, "story", None)
    if story is not None and call.params["system"] == "labs":
        least, most = story.clinic.measures.critical(story.test)
    else:
        width = high - low
        least, most = low - width // 2 - 1, high + width + 1
    return flags(value, low, high, least, most)


# Knots at equal steps of probability, and the decimals of their unit.
SIGNS: dict[str, tuple[tuple[int, ...], int]] = {
    "heart_rate": ((42, 58, 64, 69, 74, 79, 85, 94, 168), 0),
    "systolic": ((84, 106, 113, 119, 125, 131, 139, 150, 205), 0),
    "diastolic": ((44, 62, 67, 71, 75, 79, 84, 91, 124), 0),
    "temperature": ((355, 363, 365, 367, 368, 370, 371, 375, 403), 1),
    "temperature_f": ((959, 973, 977, 981, 982, 986, 988, 995, 1045), 1),
    "respiratory": ((8, 13, 14, 15, 16, 17, 18, 20, 38), 0),
    "venous_pressure": ((1, 4, 6, 7, 8, 10, 12, 15, 26), 0),
    "st_segment": ((-15, -4, -2, -1, 0, 1, 2, 4, 18), 1),
    "birth_weight": ((640, 2560, 2900, 3110, 3290, 3470, 3680, 3980, 5150), 0),
    "spo2": ((82, 94, 95, 96, 97, 98, 98, 99, 100), 0),
    "oxygen": ((5, 10, 20, 20, 30, 40, 60, 100, 150), 1),
    "pain": ((0, 0, 0, 1, 2, 3, 5, 7, 10), 0),
    "gcs": ((3, 13, 15, 15, 15, 15, 15, 15, 15), 0),
    "apgar": ((2, 7, 8, 8, 9, 9, 9, 9, 10), 0),
    "glucose": ((54, 82, 90, 97, 105, 116, 136, 178, 460), 0),
    "waist": ((620, 760, 830, 890, 940, 990, 1050, 1140, 1520), 1),
    "gestation": ((24, 36, 37, 38, 39, 39, 40, 40, 42), 0),
    "height": ((1420, 1560, 1610, 1650, 1690, 1730, 1770, 1820, 2020), 1),
    "weight": ((420, 560, 620, 680, 740, 810, 890, 1010, 1680), 1),
}


def _body(call: Call) -> tuple[Ints, Ints]:
    """Height in millimetres and weight in tenths of a kilogram, of one build."""
    height = quantile(call.words(0, "body"), SIGNS["height"][0])
    index = quantile(call.words(1, "body"), (165, 200, 220, 240, 260, 280, 300, 340, 480))
    return height, index * height * height // 1_000_000


# What a story calls each sign, and the factor and offset from 1/10000 of its unit, with the
# decimals that come out.
_TOLD = {
    "heart_rate": "pulse", "systolic": "systolic", "diastolic": "diastolic",
    "temperature": "temperature", "respiratory": "respiration", "spo2": "oxygen", "pain": "pain",
    "height": "height", "weight": "weight", "bmi": "bmi",
}  # fmt: skip


def _told(call: Call, name: str) -> tuple[Ints, int] | None:
    story = getattr(call, "story", None)
    if story is None:
        return None
    if name == "temperature_f":
        celsius = call.once("vital temperature", lambda: story.vital("temperature"))
        return (celsius * 9 // 5 + 320_000 + 500) // 1000, 1
    if name not in _TOLD:
        return None
    made = call.once(f"vital {name}", lambda: story.vital(_TOLD[name]))
    return made // 1000, 1


def _sign(call: Call, name: str) -> tuple[Ints, int]:
    told = _told(call, name)
    if told is not None:
        value, scale = told
        whole = name in ("heart_rate", "systolic", "diastolic", "respiratory", "spo2", "pain")
        return (value // 10, 0) if whole else (value, scale)
    if name in ("height", "weight", "bmi"):
        height, weight = _body(call)
        if name == "bmi":
            return weight * 1_000_000 // np.maximum(height * height, 1), 1
        return (height, 1) if name == "height" else (weight, 1)
    if name in ("systolic", "diastolic", "mean_pressure"):
        upper = quantile(call.words(0, "pressure"), SIGNS["systolic"][0])
        if name == "systolic":
            return upper, 0
        lower = upper * (52 + call.below(16, 1, "pressure")) // 100
        return (lower if name == "diastolic" else (upper + 2 * lower) // 3), 0
    knots, scale = SIGNS.get(name, SIGNS["heart_rate"])
    return quantile(call.words(0, f"sign:{name}"), knots), scale


@generator(
    "vital.sign",
    "A vital sign or score of an adult; height, weight and BMI of a row agree.",
    accepts="integer decimal float text",
    width=upto(6),
    of=Parameter(str, "heart_rate", "heart_rate, systolic, diastolic, temperature, spo2, ..."),
)
def sign(call: Call) -> Any:
    value, scale = _sign(call, call.params["of"])
    if call.type.kind == "text" and scale == 0:
        return limit(number(value), call.type.length)
    return numeric(value, scale, call.type)


@generator("vital.pressure", "A blood pressure as text: 124/78.", accepts="text", width=upto(7))
def pressure(call: Call) -> pa.Array:
    upper, _ = _sign(call, "systolic")
    lower, _ = _sign(call, "diastolic")
    return limit(join(number(upper), number(lower), separator="/"), call.type.length)
