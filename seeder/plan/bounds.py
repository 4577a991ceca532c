"""What is left of one column's values, and the generator parameters that stay inside it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from seeder.errors import PlanError
from seeder.generate.makers.clock import iso_of, moment_of, time_of
from seeder.generate.registry import Definition
from seeder.plan.operands import Unsolved
from seeder.schema import Column

NUMBERS = frozenset(("integer", "decimal", "float", "money"))
TIMES = frozenset(("date", "time", "timetz", "timestamp", "timestamptz"))
_DATES = frozenset(("date", "timestamp", "timestamptz"))
# Only to compare 'reference - 120 years' with a date of the calendar: 2025-01-01.
_NOMINAL = 1_735_689_600_000_000
# A bound above the clock's must still hold when the plan is loaded a year later.
_MARGIN = " + 366 days"
_SHOWN = 5  # values in a message
_YEAR = 366 * 86_400_000_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is left of one column's values. Texts are in the engine's form.

    ``values``: only these (empty: only NULL). ``low`` and ``high`` are inclusive unless open; for
    times they may be 'reference', or 'reference - 18 years' and the like. ``min_length`` and
    ``max_length`` count characters, bytes or elements. ``never``: not these.
    """

    values: tuple[str, ...] | None = None
    low: str | None = None
    high: str | None = None
    low_open: bool = False
    high_open: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    pattern_insensitive: bool = False
    not_null: bool = False
    never: tuple[str, ...] = ()


def described(bounds: Bounds) -> str:
    """What is left of a column's values, in words; '' when nothing is taken."""
    said = []
    if bounds.values is not None:
        shown = ", ".join(bounds.values[:_SHOWN])
        said.append(f"only {shown}" + (" ..." if len(bounds.values) > _SHOWN else ""))
    if bounds.low is not None:
        said.append(f"{'more than' if bounds.low_open else 'at least'} {bounds.low}")
    if bounds.high is not None:
        said.append(f"{'less than' if bounds.high_open else 'at most'} {bounds.high}")
    if bounds.min_length is not None:
        said.append(f"at least {bounds.min_length} long")
    if bounds.max_length is not None:
        said.append(f"at most {bounds.max_length} long")
    if bounds.pattern is not None:
        said.append(f"what matches {bounds.pattern}")
    if bounds.never:
        said.append(f"never {', '.join(bounds.never[:_SHOWN])}")
    return ", ".join(said)


# Order of values ------------------------------------------------------------------------------


def number(value: str) -> Decimal:
    """A number's exact value. Raises Unsolved when the text is none."""
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise Unsolved(f"{value!r} is no number") from None
    if not found.is_finite():
        raise Unsolved(f"{value!r} is no finite number")
    return found


def order(kind: str, value: str) -> Decimal:
    """Where a value of that kind stands among others. Raises Unsolved when it has no place."""
    if kind in NUMBERS:
        return number(value)
    try:
        if kind in _DATES:
            return Decimal(moment_of(value, _NOMINAL))
        return Decimal(time_of(value.split("+")[0]))
    except PlanError as error:
        raise Unsolved(error.message) from None


def _among(kind: str, value: str, bounds: Bounds) -> bool:
    """Whether a value of a list is within the other bounds too."""
    if value in bounds.never:
        return False
    flags = re.IGNORECASE if bounds.pattern_insensitive else 0
    if bounds.pattern is not None and not re.search(bounds.pattern, value, flags):
        return False
    if bounds.min_length is not None and len(value) < bounds.min_length:
        return False
    if bounds.max_length is not None and len(value) > bounds.max_length:
        return False
    if kind not in NUMBERS | TIMES:
        return True
    place = order(kind, value)
    if bounds.low is not None:
        low = order(kind, bounds.low)
        if place < low or (bounds.low_open and place == low):
            return False
    if bounds.high is not None:
        high = order(kind, bounds.high)
        if place > high or (bounds.high_open and place == high):
            return False
    return True


# Ends of a stretch ----------------------------------------------------------------------------


def _step(column: Column | None, kind: str) -> Decimal:
    """The distance between two neighbouring values; 0 where there is none."""
    if kind == "integer":
        return Decimal(1)
    if kind == "money" or (kind == "decimal" and (column is None or column.type.scale is None)):
        return Decimal("0.01")
    if kind == "decimal" and column is not None:
        return Decimal(1).scaleb(-(column.type.scale or 0))
    return Decimal(0)


def _number_ends(bounds: Bounds, column: Column | None, kind: str) -> dict[str, Any]:
    """``min_value`` and ``max_value``, the open ends and the forbidden values stepped over."""
    step = _step(column, kind)
    low = None if bounds.low is None else _up(number(bounds.low), step, bounds.low_open)
    high = None if bounds.high is None else _down(number(bounds.high), step, bounds.high_open)
    low, high = _around(low, high, sorted(number(v) for v in bounds.never), step)
    found: dict[str, Any] = {}
    if low is not None:
        found["min_value"] = int(low) if kind == "integer" else _float(low, up=True)
    if high is not None:
        found["max_value"] = int(high) if kind == "integer" else _float(high, up=False)
    return found


def _up(value: Decimal, step: Decimal, is_open: bool) -> Decimal:
    if not step:
        return Decimal(repr(math.nextafter(float(value), math.inf))) if is_open else value
    whole = (value / step).to_integral_value(ROUND_CEILING) * step
    return whole + step if is_open and whole == value else whole


def _down(value: Decimal, step: Decimal, is_open: bool) -> Decimal:
    if not step:
        return Decimal(repr(math.nextafter(float(value), -math.inf))) if is_open else value
    whole = (value / step).to_integral_value(ROUND_FLOOR) * step
    return whole - step if is_open and whole == value else whole


def _around(
    low: Decimal | None, high: Decimal | None, never: list[Decimal], step: Decimal
) -> tuple[Decimal | None, Decimal | None]:
    """The widest stretch between forbidden values; upwards where it is endless both ways."""
    inside = [v for v in never if (low is None or v >= low) and (high is None or v <= high)]
    if not inside:
        return low, high
    if high is None:
        return _up(inside[-1], step, True), None
    if low is None:
        return None, _down(inside[0], step, True)
    edges = [
        (low, _down(inside[0], step, True)),
        *((_up(left, step, True), _down(right, step, True)) for left, right in pairwise(inside)),
        (_up(inside[-1], step, True), high),
    ]
    return max(edges, key=lambda edge: edge[1] - edge[0])


def _float(value: Decimal, up: bool) -> int | float:
    """A parameter's number, never outside the exact one; whole numbers stay whole."""
    if value == value.to_integral_value() and abs(value) < 1 << 53:
        return int(value)
    near = float(value)
    if up and Decimal(repr(near)) < value:
        return math.nextafter(near, math.inf)
    if not up and Decimal(repr(near)) > value:
        return math.nextafter(near, -math.inf)
    return near


def _time_ends(bounds: Bounds, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if bounds.low is not None:
        found["min_value"] = _later(bounds.low, kind, bounds.low_open, bounds.high)
    if bounds.high is not None:
        found["max_value"] = _earlier(bounds.high, kind, bounds.high_open)
    return found


def _later(value: str, kind: str, is_open: bool, high: str | None) -> str:
    if value.startswith("reference"):
        wide = high is None or order(kind, high) - order(kind, value) > 2 * _YEAR
        return value + (_MARGIN if wide else " + 1 days")
    return _moved(value, kind, 1) if is_open else _iso(value)


def _earlier(value: str, kind: str, is_open: bool) -> str:
    if value.startswith("reference"):
        return value + " - 1 days" if is_open else value
    return _moved(value, kind, -1) if is_open else _iso(value)


def _iso(value: str) -> str:
    return value.split("+")[0] if re.fullmatch(r"\d\d:\d\d(:[\d.]+)?\+\d\d", value) else value


def _moved(value: str, kind: str, way: int) -> str:
    """One unit of the kind later or earlier: a day of a date, a second of anything else."""
    if kind not in _DATES:
        micros = min(max(time_of(_iso(value)) + way * 1_000_000, 0), 86_399_000_000)
        seconds = micros // 1_000_000
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    unit = 86_400_000_000 if kind == "date" else 1_000_000
    return iso_of(moment_of(value, _NOMINAL) + way * unit, date_only=kind == "date")


# Parameters -----------------------------------------------------------------------------------


def _lengths(bounds: Bounds, kind: str) -> dict[str, Any]:
    least = bounds.min_length or 0
    # A text of ours is never empty anyway.
    found = {"min_length": least} if least > (kind == "text") else {}
    return found | ({} if bounds.max_length is None else {"max_length": bounds.max_length})


def _values(bounds: Bounds, column: Column) -> list[str] | None:
    kind = column.type.kind
    known = bounds.values
    if known is None and bounds.never and kind in ("enum", "boolean"):
        known = column.type.values or ("true", "false")
    return None if known is None else [v for v in known if _among(kind, v, bounds)]


def params_for(bounds: Bounds, column: Column) -> tuple[str, dict[str, Any]] | None:
    """The generator by type that stays within the bounds, and its parameters.

    None when they narrow nothing; ('null', {}) when only NULL is left.
    """
    values = _values(bounds, column)
    if values is not None:
        return ("choice", {"values": values}) if values else ("null", {})
    kind, params = column.type.kind, ends(bounds, column.type.kind, column)
    if not params:
        return None
    name = "timestamp" if kind == "timestamptz" else kind
    return f"type.{name}", params


def ends(bounds: Bounds, kind: str, column: Column | None = None) -> dict[str, Any]:
    """The parameters of the generator by type, without a list of values."""
    if kind in NUMBERS:
        return _number_ends(bounds, column, kind)
    if kind in TIMES:
        return _time_ends(bounds, kind)
    if kind not in ("text", "bytes", "array"):
        return {}
    found = _lengths(bounds, kind)
    if bounds.pattern is not None and kind == "text":
        found["pattern"] = bounds.pattern
    return found


def merge(
    params: Mapping[str, Any],
    bounds: Bounds,
    definition: Definition,
    column: Column | None = None,
) -> dict[str, Any] | None:
    """The parameters of a meaning's generator, bent to the bounds; None when it cannot be bent.

    ``column`` makes open ends and lengths exact; without it they are judged by the parameters.
    """
    known = definition.parameters
    if bounds.values is not None:
        return _merged_values(params, bounds, known)
    if bounds.never and not _never_met(params, bounds, known):
        return None
    kind = column.type.kind if column is not None else _kind_of(known)
    wanted = ends(bounds, kind, column)
    longest = wanted.get("max_length")
    if longest is not None and "max_length" not in known and definition.width and column:
        resolved = definition.resolve(params)
        if definition.width(column.type, resolved) <= longest:
            wanted.pop("max_length")
    if not set(wanted) <= set(known):
        return None
    return _intersected(dict(params), wanted, known, kind)


def _kind_of(known: Mapping[str, Any]) -> str:
    parameter = known.get("min_value") or known.get("max_value")
    if parameter is None:
        return "text"
    return {int: "integer", float: "float"}.get(parameter.type, "timestamp")


def _merged_values(
    params: Mapping[str, Any], bounds: Bounds, known: Mapping[str, Any]
) -> dict[str, Any] | None:
    if "values" not in known or not bounds.values:
        return None
    mine = [str(v) for v in params.get("values") or known["values"].default or ()]
    both = [v for v in mine if v in bounds.values] or list(bounds.values)
    kept = [v for v in both if v not in bounds.never]
    if not kept:
        return None
    rest = {k: v for k, v in params.items() if k not in ("values", "weights")}
    if kept == mine and params.get("weights"):
        rest["weights"] = params["weights"]
    return {**rest, "values": kept}


def _never_met(params: Mapping[str, Any], bounds: Bounds, known: Mapping[str, Any]) -> bool:
    """Whether the generator does not write the forbidden values as it is."""
    if bounds.never == ("",):
        return True
    values = params.get("values") if "values" in known else None
    return bool(values) and not {str(v) for v in values or ()} & set(bounds.never)


def _intersected(
    params: dict[str, Any], wanted: Mapping[str, Any], known: Mapping[str, Any], kind: str
) -> dict[str, Any] | None:
    for name, value in wanted.items():
        parameter = known[name]
        if parameter.type is int and isinstance(value, float):
            value = math.ceil(value) if name.startswith("min") else math.floor(value)
        mine = params.get(name, parameter.default)
        if mine is not None and mine != "" and name != "pattern":
            pick = max if name.startswith("min") else min
            if name.endswith("value") and kind in TIMES:
                value = pick((mine, value), key=lambda text: order(kind, text))
            else:
                value = pick(mine, value)
        elif name == "pattern" and mine and mine != value:
            return None
        params[name] = value
    return params
