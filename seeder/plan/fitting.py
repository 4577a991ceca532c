"""Columns that follow another column, of the row or of its parent: specialties a department."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from seeder.schema import Name, Schema, Table
from seeder.semantics import Reading, read_table

_CODED = ("code.drawn", "code.listed")


def fitted(
    readings: Mapping[str, Reading], table: Table, schema: Schema, filled: Collection[Name]
) -> dict[str, Reading]:
    """The readings with specialties that fit the department of the row, or of a parent of it."""
    asked = [c for c, r in readings.items() if _of(r, "specialties") and "group" not in r.params]
    source = _department(readings, table, schema, filled) if asked else None
    if source is None:
        return dict(readings)
    key, column, where = source
    params = {"department": column} | ({"key": key} if key else {})
    return {
        c: replace(
            r, generator="staff.specialty", params={"part": r.params["part"], **params},
            why=f"{r.why}; fits {where}",
        )
        if c in asked
        else r
        for c, r in readings.items()
    }  # fmt: skip


def _of(reading: Reading, system: str) -> bool:
    params = reading.params
    told = params.get("system") == system and params.get("part") in ("name", "code")
    return told and reading.generator in _CODED


def _department(
    readings: Mapping[str, Reading], table: Table, schema: Schema, filled: Collection[Name]
) -> tuple[str, str, str] | None:
    """The key, '' for the row itself, and the column that says the department, and both in words;
    None without."""
    for column, reading in readings.items():
        if _of(reading, "departments"):
            return "", column, column
    for key in table.foreign_keys:
        if key.target not in filled or key.target == table.name:
            continue
        for column, reading in read_table(schema[key.target], schema).items():
            if _of(reading, "departments"):
                return key.name, column, f"{column} of {key.target}"
    return None
