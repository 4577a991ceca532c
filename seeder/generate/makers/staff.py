"""Who works where: specialties that fit a department."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.data import draw_among, entries, ladder_of
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import Ints
from seeder.generate.text import pick


@cache
def _departments() -> pa.Array:
    """Names, then codes, of the departments, in small letters."""
    columns = entries("departments").columns
    return pc.utf8_lower(pa.array([*columns["name"], *columns["code"]]))


@cache
def _ladders() -> npt.NDArray[np.int16]:
    """A ladder of specialties for each department, and one of all of them for other places."""
    codes = entries("specialties").columns["code"]
    weights = [int(w) for w in entries("specialties").columns["weight"]]
    fits = entries("department_specialties").columns
    listed = dict(zip(fits["department"], fits["specialties"], strict=True))
    rows = [listed[code].split("|") for code in entries("departments").columns["code"]]
    rows.append(list(codes))
    return np.stack(
        [
            ladder_of([w if c in row else 0 for c, w in zip(codes, weights, strict=True)])
            for row in rows
        ]
    ).astype(np.int16)


def _department(call: Call) -> Ints:
    """The row's department, as an entry of the table; behind its end where there is none."""
    key, column = call.params["key"], call.params["department"]
    size = len(entries("departments"))
    try:
        cells = call.parent(key, column) if key else call.cells(column)
    except KeyError:  # in a trial outside of any table
        return np.full(call.n, size)
    # Cardiology 2 is another cardiology.
    plain = pc.replace_substring_regex(pc.utf8_lower(cells.cast(pa.string())), r" \d+$", "")
    found = pc.fill_null(pc.index_in(plain, _departments()), 2 * size).to_numpy()
    place: Ints = np.where(found < 2 * size, found % size, size).astype(np.int64)
    return place


@generator(
    "staff.specialty",
    "A specialty that fits the department in another column of the row, or of the row's parent.",
    accepts="text",
    width=lambda kind, params: entries("specialties").widest(params.get("part", "name")),
    part=Parameter(str, "name", "name or code"),
    department=Parameter(str, "", "the column with the department, by name or code"),
    key=Parameter(str, "", "the key to the parent that has the column; the row itself without"),
)
def specialty(call: Call) -> Any:
    def make() -> Ints:
        return draw_among(_ladders(), _department(call), call.words(0, "code:specialties"))

    drawn = call.once("specialty", make)
    return pick(entries("specialties").strings(call.params["part"], call.type.length, True), drawn)
