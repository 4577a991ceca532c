"""Every hazard is filled with no configuration, and is afterwards as it was, but full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hazards.filling import Hazard, fill, hazards, reads_xml
from tests.helpers.servers import Databases

# Tables that must stay empty, and columns that must be constant, each with the reason.
EMPTY: dict[str, dict[str, str]] = {
    "tables": {
        "public.nothing": "no column to fill",
    },
    "inherited": {
        "public.note": "its trigger sends rows to its children",
        "public.reading": "its trigger sends rows to its children",
    },
    "part_of": {
        "public.chart": "its trigger sends rows to its children",
    },
}
_NOBODY = "a type that nobody here writes: NULL where it may be"
# What the embedded server lacks, and the other one has.
_XML = ("public.every_type.c_xml", "public.every_array.a_xml")
BARREN: dict[str, dict[str, str]] = {
    "columns": {
        "public.every_type.c_lsn": _NOBODY,
        "public.every_type.c_path2": _NOBODY,
        "public.every_type.c_snapshot": _NOBODY,
        "public.every_type.c_ts_query": _NOBODY,
        "public.every_type.c_reg": "the name of an object, of which none is sure to exist",
    },
    "inherited": {
        "public.ship.kind": "its CHECK allows one value",
    },
}
ROWS = 6_000


@pytest.mark.parametrize("name", hazards())
def test_filled_and_as_before(name: str, fresh_database: Databases, tmp_path: Path) -> None:
    url = Hazard(name).made(fresh_database)
    filled = fill(url, tmp_path, ROWS, today=name == "checks")
    reasons = dict(BARREN.get(name, {}))
    if name == "columns" and not reads_xml(url):
        reasons |= dict.fromkeys(_XML, "the server was built without libxml")
    empty = {table for table, count in filled.rows.items() if not count}
    assert empty == set(EMPTY.get(name, ()))
    # Each has its reason, or verify would have failed; no reason excuses more than these.
    assert set(filled.barren) == set(reasons), filled.barren
