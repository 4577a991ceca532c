"""Columns that together choose the partition of a row: all of one row tell of the same one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from seeder.errors import PlanError
from seeder.generate.makers.clock import DAY, SECOND, moment_of
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import Ints, below


@generator(
    "leaf",
    "A value of the row's partition, of partitions that divide by several columns.",
    accepts="integer text enum boolean date timestamp timestamptz",
    values=Parameter(list, [], "the values of each partition: a list of lists"),
    ranges=Parameter(list, [], "or the first and last value of each partition: a list of pairs"),
    group=Parameter(str, "", "columns with the same name here fall into the same partition"),
)
def leaf(call: Call) -> Any:
    values, ranges = call.params["values"], call.params["ranges"]
    count = len(values or ranges)
    if not count:
        raise PlanError("generator leaf has no partitions", "values: [[a, b], [c]]")
    which = call.below(count, 0, "leaf:" + call.params["group"])
    if values:
        flat = pa.array([str(v) for of_one in values for v in of_one])
        sizes = np.array([len(of_one) for of_one in values], np.int64)
        first = np.cumsum(sizes) - sizes
        at = first[which] + below(call.words(), sizes[which])
        chosen = flat.take(pa.array(at))
        return chosen.cast(pa.int64()) if call.type.kind == "integer" else chosen
    return _between(call, which, ranges)


def _between(call: Call, which: Ints, ranges: list[list[Any]]) -> Any:
    if call.type.kind == "integer":
        ends = np.array([[int(low), int(high)] for low, high in ranges], np.int64)
    else:
        step = DAY if call.type.kind == "date" else SECOND
        ends = np.array(
            [[moment_of(str(v), call.reference) // step for v in pair] for pair in ranges], np.int64
        )
    low, high = ends[which, 0], ends[which, 1]
    made = low + below(call.words(), np.maximum(high - low, 0) + 1)
    if call.type.kind == "integer":
        return made
    if call.type.kind == "date":
        return pa.array(made.astype(np.int32)).view(pa.date32())
    zone = "UTC" if call.type.kind == "timestamptz" else None
    return pa.array(made * SECOND).view(pa.timestamp("us", zone))
