"""Generators that need to be told: a value of a list, one value, none, a number of the row."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.errors import PlanError
from seeder.generate import skew, text
from seeder.generate.defaults import wire_type
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import Ints, Words, below
from seeder.generate.told import choice as told_choice
from seeder.schema import Type

Params = Mapping[str, Any]

_ALL = (
    "boolean integer decimal float text bytes date time timetz timestamp timestamptz interval uuid "
    "json inet cidr macaddr bit money xml tsvector range multirange geometric oid enum array"
)
_NUMBERS = "integer decimal float text"
_TRUE = {"true", "t", "yes", "y", "on", "1"}
_FALSE = {"false", "f", "no", "n", "off", "0"}


# From the engine's text form ------------------------------------------------------------------


def _boolean(value: str) -> bool:
    if value.lower() not in _TRUE | _FALSE:
        raise ValueError(value)
    return value.lower() in _TRUE


def _zoned(value: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _bytes(value: str) -> bytes:
    return bytes.fromhex(value[2:]) if value.startswith("\\x") else value.encode()


_READ: Mapping[str, Callable[[str], Any]] = {
    "boolean": _boolean,
    "integer": int,
    "float": float,
    "bytes": _bytes,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "timestamp": dt.datetime.fromisoformat,
    "timestamptz": _zoned,
    "uuid": lambda value: uuid.UUID(value).bytes,
}


def _read(kind: Type, value: str) -> Any:
    if kind.kind == "decimal":
        step = Decimal(1).scaleb(-wire_type(kind).scale)
        return Decimal(value).quantize(step)
    if kind.kind == "array" and kind.element is not None:
        inner = value.removeprefix("{").removesuffix("}")
        if value[:1] != "{" or value[-1:] != "}" or set(inner) & set('{}"\\'):
            raise ValueError(value)
        parts = [p.strip() for p in inner.split(",")] if inner.strip() else []
        return [None if p.upper() == "NULL" else _read(kind.element, p) for p in parts]
    return _READ.get(kind.kind, str)(value)


@lru_cache(maxsize=256)
def _pool(kind: Type, values: tuple[str, ...]) -> pa.Array:
    made = []
    for value in values:
        try:
            made.append(_read(kind, value))
        except (ValueError, InvalidOperation):
            raise PlanError(
                f"{value!r} is no value of type {kind.native}",
                "write the values as the database prints them",
            ) from None
    try:
        return pa.array(made, wire_type(kind))
    except (pa.ArrowInvalid, OverflowError):
        raise PlanError(f"{', '.join(values)}: a value does not fit {kind.native}") from None


# Choices --------------------------------------------------------------------------------------


def _texts(params: Params) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(_text(v) for v in params["values"]))
    if not values:
        raise PlanError("generator choice has no values", "values: [first, second]")
    return values


def _text(value: object) -> str:
    # YAML reads yes, 12 and 2024-01-01 as what they look like.
    return str(value).lower() if isinstance(value, bool) else str(value)


def _weights(params: Params, count: int) -> tuple[int, ...]:
    given = params.get("weights")
    if not given:
        # Each value two thirds as likely as the one before, none below a fiftieth of the first.
        return tuple(max(60 * 2**k // 3**k, 2) if k < 12 else 2 for k in range(count))
    if (
        len(given) != len(params["values"])
        or not all(isinstance(w, int) and 0 <= w < 1 << 32 for w in given)
        or sum(given) <= 0
    ):
        raise PlanError(
            f"generator choice: {len(given)} weights for {len(params['values'])} values",
            "write one whole number of at least 0 for each value, not all 0",
        )
    by_value: dict[str, int] = {}
    for value, weight in zip(params["values"], given, strict=True):
        by_value[_text(value)] = by_value.get(_text(value), 0) + weight
    return tuple(by_value.values())


def weighted(word: Words, weights: Sequence[int]) -> Ints:
    """Which of the weights a word falls into: a bisection of the prefix sums."""
    ends = np.cumsum(np.asarray(weights, np.int64))
    spot = below(word, int(ends[-1]))
    return np.searchsorted(ends, spot, side="right").astype(np.int64)


@generator(
    "choice",
    "A value of a list, the first ones most often unless weights say otherwise.",
    accepts=_ALL,
    capacity=lambda _, params: len(_texts(params)),
    width=lambda _, params: max(map(len, _texts(params))),
    values=Parameter(list, [], "the values, as the database prints them"),
    weights=Parameter(list, [], "whole numbers, one a value: how often, by comparison"),
    tells=Parameter(str, "", "what of the patient's story the values tell: encounters, state, ..."),
)
def choice(call: Call) -> pa.Array:
    values = _texts(call.params)
    told = told_choice(call, call.params["tells"], values) if call.params["tells"] else None
    if told is not None and not skew.is_distinct(call):
        drawn = weighted(call.words(), _weights(call.params, len(values)))
        return _pool(call.type, values).take(pa.array(np.where(told < 0, drawn, told)))
    if skew.is_distinct(call):
        index = call.index(len(values))
    else:
        index = weighted(call.words(), _weights(call.params, len(values)))
    return _pool(call.type, values).take(pa.array(index))


@generator(
    "first",
    "One value in the first of an owner's rows, others in the rest: the primary address.",
    accepts=_ALL,
    width=lambda _, params: max(map(len, map(_text, [params["value"], *params["others"]]))),
    value=Parameter(object, "true", "the value of the first row"),
    others=Parameter(list, ["false"], "the values of the other rows"),
)
def first(call: Call) -> pa.Array:
    others = _texts({"values": call.params["others"]})
    pool = _pool(call.type, (_text(call.params["value"]), *others))
    rest = 1 + weighted(call.words(), _weights({}, len(others)))
    return pool.take(pa.array(np.where(call.ordinal == 0, 0, rest)))


@generator(
    "constant",
    "The same value in every row.",
    accepts=_ALL,
    width=lambda _, params: len(_text(params["value"])),
    value=Parameter(object, "", "the value, as the database prints it"),
)
def constant(call: Call) -> pa.Array:
    pool = _pool(call.type, (_text(call.params["value"]),))
    return pool.take(pa.array(np.zeros(call.n, np.int64)))


@generator("null", "NULL in every row.", accepts=_ALL + " composite other")
def null(call: Call) -> pa.Array:
    return pa.nulls(call.n, wire_type(call.type))


# Numbers of the row ---------------------------------------------------------------------------


def _nines(digits: int) -> int:
    return int("9" * digits or "0")


def _largest(kind: Type, params: Params) -> int:
    """The largest number that the type can show."""
    if kind.kind == "integer":
        return (1 << ((kind.bits or 64) - 1)) - 1
    if kind.kind == "float":
        return 1 << (24 if kind.bits == 32 else 53)
    if kind.kind == "decimal":
        wire = wire_type(kind)
        digits = wire.precision - max(wire.scale, 0)
        return _nines(min(digits, 18))
    digits = min((kind.length or 18) - len(params["prefix"]), 18)
    if params["digits"]:
        digits = min(params["digits"], digits)
    return _nines(digits)


def _counter_capacity(kind: Type, params: Params) -> int:
    start, step = int(params["start"]), int(params["step"])
    if step == 0:
        return 1
    if step > 0:
        room = (_largest(kind, params) - start) // step
    else:
        lowest = 0 if kind.kind == "text" else -_largest(kind, params)
        room = (start - lowest) // -step
    return max(min(room + 1, skew.WIDEST), 0)


def _counter_width(kind: Type, params: Params) -> int:
    digits = params["digits"] or len(str(_largest(kind, params)))
    return len(params["prefix"]) + digits


def _shown(number: Ints, kind: Type, params: Params) -> Any:
    if kind.kind == "text":
        if params["digits"]:
            body = text.digits("#" * min(params["digits"], 18), number)
        else:
            body = text.number(number)
        return text.join(params["prefix"], body) if params["prefix"] else body
    if kind.kind == "float":
        return number.astype(np.float64)
    if kind.kind == "decimal":
        wanted = wire_type(kind)
        return pa.array(number).cast(pa.decimal128(19, 0)).cast(wanted)
    return number


@generator(
    "copy",
    "What another column of the row holds.",
    accepts=_ALL,
    column=Parameter(str, "", "the other column"),
)
def copy(call: Call) -> pa.Array:
    return call.cells(call.params["column"])


@generator(
    "counter",
    "Numbers one after another; for text with a prefix and leading zeros.",
    accepts=_NUMBERS,
    capacity=_counter_capacity,
    width=_counter_width,
    start=Parameter(int, 1, "the first number"),
    step=Parameter(int, 1, "the distance to the next"),
    prefix=Parameter(str, "", "text in front, for text columns"),
    digits=Parameter(int, 0, "leading zeros up to so many digits, for text columns"),
)
def counter(call: Call) -> Any:
    capacity = max(_counter_capacity(call.type, call.params), 1)
    number = call.params["start"] + call.index(capacity) * call.params["step"]
    return _shown(number, call.type, call.params)


@generator(
    "ordinal",
    "The row's number among its owner's rows: line numbers, sequence numbers.",
    accepts=_NUMBERS,
    start=Parameter(int, 1, "the number of the first"),
)
def ordinal(call: Call) -> Any:
    number = call.params["start"] + call.ordinal
    return _shown(number, call.type, {"prefix": "", "digits": 0})
