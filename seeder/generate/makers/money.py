"""Amounts of money, counts and rates, in exact units.

The amounts of one row share a base (stream 'money'): what a payer covers never exceeds what was
charged, and a total is at least its parts' base.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from seeder.generate.decimals import numeric, quantile, share
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import Ints, chance

KINDS = "decimal integer float money text"

# Cents at equal steps of probability: skewed, as bills are.
SCALES: dict[str, tuple[int, ...]] = {
    "small": (100, 500, 1_000, 1_500, 2_000, 2_500, 3_500, 5_000, 8_000, 15_000, 60_000),
    "service": (
        1_500,
        4_500,
        7_500,
        9_800,
        12_500,
        15_800,
        21_000,
        32_000,
        58_000,
        140_000,
        1_800_000,
    ),
    "stay": (
        50_000,
        210_000,
        340_000,
        480_000,
        640_000,
        860_000,
        1_150_000,
        1_650_000,
        2_600_000,
        5_200_000,
        42_000_000,
    ),
    "year": (
        2_000_000,
        3_200_000,
        4_100_000,
        5_000_000,
        5_900_000,
        6_900_000,
        8_100_000,
        9_800_000,
        12_500_000,
        18_500_000,
        60_000_000,
    ),
    "large": (
        1_000_000,
        4_000_000,
        9_000_000,
        16_000_000,
        30_000_000,
        55_000_000,
        90_000_000,
        160_000_000,
        300_000_000,
        700_000_000,
        2_000_000_000,
    ),
}
SCALE = Parameter(str, "service", "how large: small, service, stay, year or large")


def base(call: Call, scale: str) -> Ints:
    """The amount in cents that all amounts of the row are parts of."""
    return quantile(call.words(0, "money"), SCALES.get(scale, SCALES["service"]))


def _limited(cents: Ints, call: Call) -> Ints:
    """Cents halved until the column's digits hold them."""
    kind = call.type
    if kind.kind == "decimal" and kind.precision is not None:
        whole = kind.precision - (kind.scale or 0)
        top = 10 ** min(whole + 2, 17) - 1
    elif kind.kind == "integer":
        top = ((1 << ((kind.bits or 64) - 1)) - 1) * 100 if (kind.bits or 64) < 64 else 1 << 60
    else:
        return cents
    return np.where(cents > top, cents % top, cents)


@generator(
    "money.amount",
    "An amount of money: a part of the row's base amount.",
    accepts=KINDS,
    width=lambda kind, params: 12,
    scale=SCALE,
    low=Parameter(float, 1.0, "the least part of the base amount"),
    high=Parameter(float, 1.0, "the greatest part of the base amount"),
    none=Parameter(float, 0.0, "the share of rows where it is zero"),
)
def amount(call: Call) -> Any:
    cents = base(call, call.params["scale"])
    low, high = call.params["low"], call.params["high"]
    if (low, high) != (1.0, 1.0):
        cents = share(cents, call.words(0), low, high)
    if call.params["none"]:
        cents = np.where(chance(call.words(1), call.params["none"]), 0, cents)
    return numeric(_limited(cents, call), 2, call.type)


@generator(
    "number.count",
    "A small whole number: mostly the least, seldom many.",
    accepts="integer decimal float text",
    width=lambda kind, params: max(len(str(params.get(k, 20))) for k in ("low", "high")),
    single=lambda params: (
        f"what it means has one value, {params['low']}" if params["low"] == params["high"] else ""
    ),
    low=Parameter(int, 0, "the least"),
    typical=Parameter(int, 3, "what half of the rows do not exceed"),
    high=Parameter(int, 20, "the greatest"),
)
def count(call: Call) -> Any:
    low, middle, high = (call.params[k] for k in ("low", "typical", "high"))
    knots = (
        low,
        low,
        (low + middle) // 2,
        middle,
        middle,
        middle + (high - middle) // 8,
        middle + (high - middle) // 4,
        middle + (high - middle) // 2,
        high,
    )
    return numeric(quantile(call.words(), knots), 0, call.type)


@generator(
    "number.share",
    "A number between two bounds, with as many decimals as the column keeps.",
    accepts="integer decimal float text",
    width=lambda kind, params: len(str(int(params.get("high", 100)))) + 1 + params.get("digits", 1),
    low=Parameter(float, 0.0, "the least"),
    high=Parameter(float, 100.0, "the greatest"),
    digits=Parameter(int, 1, "decimals"),
    group=Parameter(str, "", "a stream that other columns of the row share"),
)
def between(call: Call) -> Any:
    unit = 10 ** call.params["digits"]
    low, high = round(call.params["low"] * unit), round(call.params["high"] * unit)
    word = call.words(0, call.params["group"])
    return numeric(quantile(word, (low, (low + high) // 2, high)), call.params["digits"], call.type)
