"""What an EXCLUDE constraint asks, and stretches that do not meet."""

from __future__ import annotations

import numpy as np
import pytest

from seeder.generate.registry import definition
from seeder.generate.sample import SampleCall
from seeder.plan.exclusion import Shape, shape
from seeder.schema import Column, Exclusion, Name, Table, Type

_DATE, _INT = Type("date", "date"), Type("integer", "integer", bits=32)
_TABLE = Table(
    Name("public", "t"),
    (
        Column("room", _INT),
        Column("a", _DATE),
        Column("b", _DATE),
        Column("r", Type("range", "daterange", element=_DATE)),
        Column("c", Type("geometric", "circle")),
    ),
)


def exclusion(*elements: tuple[str, str], expressions: tuple[str, ...] = ()) -> Exclusion:
    return Exclusion("x", elements, "EXCLUDE ...", expressions=expressions)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (exclusion(("room", "="), ("r", "&&")), Shape(("room",), ("r",))),
        (exclusion(("r", "&&")), Shape((), ("r",))),
        (exclusion(("room", "="), ("a", "=")), Shape(("room", "a"))),
        (
            exclusion(("room", "="), ("", "&&"), expressions=("room", "daterange(a, b)")),
            Shape(("room",), ("a", "b")),
        ),
        (
            exclusion(
                ("", "&&"), expressions=("daterange(a, COALESCE(b, 'infinity'), '[]'::text)",)
            ),
            Shape((), ("a", "b"), True),
        ),
        (exclusion(("c", "&&")), None),
        (exclusion(("room", "="), ("a", "<>")), None),
        (exclusion(("", "&&"), expressions=("daterange(a, b + 1)",)), None),
        (exclusion(("", "="), ("r", "&&"), expressions=("lower(x)", "r")), None),
    ],
)
def test_shapes(given: Exclusion, wanted: Shape | None) -> None:
    assert shape(_TABLE, given) == wanted


@pytest.mark.parametrize("kind", ["date", "timestamp", "timestamptz", "integer", "decimal"])
@pytest.mark.parametrize("places", [1, 7, 1000, 30_000])
def test_stretches_of_different_places_do_not_meet(kind: str, places: int) -> None:
    """Every place once, in some order: sorted by start, each ends before the next one begins."""
    count, element = min(places, 2000), Type(kind, kind, bits=32)
    found = definition("apart")
    ends = []
    for part in ("start", "end"):
        params = found.resolve({"part": part, "places": places})
        call = SampleCall(count, element, params, 1_750_000_000_000_000, distinct=True)
        cells = found.make(call)
        ends.append(np.array([int(v) for v in cells.cast("int64").to_pylist()])) if kind in (
            "timestamp", "timestamptz", "integer", "decimal",
        ) else ends.append(np.array(cells.cast("int32").to_pylist()))  # fmt: skip
    start, end = ends
    order = np.argsort(start)
    assert (end > start).all()
    assert (start[order][1:] >= end[order][:-1]).all()
