"""Results in another unit than their test's usual one: value, limits and unit change together."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.cells import finish
from seeder.generate.data import entries
from seeder.generate.decimals import numeric
from seeder.generate.stream import Ints
from seeder.generate.text import join, limit, pick, shown

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
_UNIT = 10_000
PARTS = ("value", "low", "high", "unit", "range")


@lru_cache(maxsize=8)
def _table(system: str) -> tuple[Bools, Floats, Floats, Ints, pa.Array]:
    """Of each entry of a table of tests: whether it has another unit, factor, offset, decimals and
    the unit."""
    known = entries("conversions").columns
    place = {code: n for n, code in enumerate(known["code"])}
    of = [place.get(code, -1) for code in entries(system).columns["code"]]
    at = np.maximum(np.asarray(of), 0)
    return (
        np.asarray(of) >= 0,
        np.asarray([float(f) for f in known["factor"]])[at],
        np.asarray([float(o) for o in known["offset"]])[at] * _UNIT,
        np.asarray([int(s) for s in known["scale"]], np.int64)[at],
        pa.array([known["unit"][n] for n in at.tolist()]),
    )


def part_of(generator: str, params: dict[str, Any]) -> str:
    """What of a result a generator makes: one of PARTS, '' for anything else."""
    if generator in ("lab.value", "lab.range"):
        return generator.removeprefix("lab.")
    part = str(params.get("part", ""))
    measured = params.get("system") in ("labs", "vitals", "observations")
    return part if generator == "code.drawn" and measured and part in PARTS else ""


def other_unit(call: Any, cells: pa.Array, changed: Bools) -> pa.Array:
    """The cells of one part of a result, in the other unit where ``changed`` and there is one."""
    from seeder.generate.makers.clinical import measured
    from seeder.generate.makers.codes import drawn

    part = part_of(call.maker, dict(call.params))
    has, factor, offset, scale, unit = _table(call.params["system"])
    test = drawn(call)
    mask = changed & has[test]
    if not mask.any():
        return cells
    if part == "unit":
        made: Any = limit(pick(unit, test), call.type.length)
    else:
        value, low, high, _ = measured(call)
        decimals = scale[test]
        units = [_converted(v, factor[test], offset[test], decimals) for v in (value, low, high)]
        if part == "range":
            made = limit(join(shown(units[1], decimals), " - ", shown(units[2], decimals)),
                         call.type.length)  # fmt: skip
        else:
            mine = units[("value", "low", "high").index(part)]
            text = call.type.kind == "text"
            made = limit(shown(mine, decimals), call.type.length) if text else numeric(
                mine, 4, call.type
            )  # fmt: skip
    return pc.if_else(pa.array(mask), finish(made, call.type), cells)


def _converted(units: Ints, factor: Floats, offset: Floats, decimals: Ints) -> Ints:
    """Ten-thousandths of another unit, to its decimals."""
    step = np.asarray([10_000, 1000, 100, 10, 1], np.int64)[decimals]
    found: Ints = np.floor((units * factor + offset) / step + 0.5).astype(np.int64) * step
    return found
