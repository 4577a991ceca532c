"""Names of the staff that a text speaks of: those whom its row and its visit name, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate import beside
from seeder.generate.stream import Ints, below

if TYPE_CHECKING:
    from seeder.generate.chart import Chart
    from seeder.generate.rows import Rows
    from seeder.schema import Name
    from seeder.text.state import Named

_NAMES = ("person.last_name", "staff.name")
_OTHERS = ("consultant", "nurse")


def names(story: Chart, rows: Rows, role: str) -> Named | None:
    """The family name of each row's 'author', of the 'provider' who sees the patient in the visit,
    or of a 'consultant' or 'nurse' of the same hospital; None where no table names staff."""
    visits, take = (rows, np.arange(len(rows))) if role == "author" else _visits(rows)
    key = _key(visits)
    if key is None:
        visits, take, key = rows, np.arange(len(rows)), _key(rows)
    if key is None:
        return None
    target = visits.population.links[key].target
    if role not in _OTHERS:
        return _named(visits, target, visits.parents(key)[take])
    # Drawn for the visit, and never the one who sees the patient.
    many = visits.world.populations[target].rows
    drawn = below(story.draw(role, story.episodes.number, 0), max(many, 1))
    same = drawn == visits.parents(key)[take]
    return _named(visits, target, np.where(same, (drawn + 1) % many, drawn))


def _visits(rows: Rows) -> tuple[Rows, Ints]:
    """The visits that rows belong to, and where each row's is among them; else the rows."""
    found = beside.climbed(rows)
    return (rows, np.arange(len(rows))) if found is None else found[:2]


def _key(rows: Rows) -> str | None:
    """The first key of a table that leads to staff who have names."""
    for name, link in rows.population.links.items():
        staff = rows.world.populations.get(link.target)
        if staff is not None and staff.plan.kind == "staff" and _column(rows, link.target):
            return name
    return None


def _column(rows: Rows, staff: Name) -> str | None:
    found = rows.world.populations[staff]
    columns = (found.meanings.get(meaning) for meaning in _NAMES)
    return next((c for c in columns if c is not None and c in found.makers), None)


def _named(rows: Rows, staff: Name, numbers: Ints) -> Named:
    """The family names of staff, and each row's among them: -1 for none."""
    column = _column(rows, staff)
    assert column is not None
    distinct, take = np.unique(numbers, return_inverse=True)
    cells = rows.at(staff, np.maximum(distinct, 0)).column(column).cast(pa.string())
    if column == rows.world.populations[staff].meanings.get("staff.name"):
        # 'Jane Doe, MD' and 'Doe, Jane' are both Doe.
        cells = pc.replace_substring_regex(
            pc.replace_substring_regex(cells, ",.*$", ""), "^.* ", ""
        )
    there = (distinct >= 0) & cells.is_valid().to_numpy(zero_copy_only=False)
    return cells.fill_null(""), np.where(there[take], take, -1)
