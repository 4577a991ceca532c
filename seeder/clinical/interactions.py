"""Drugs that are not given together: pairs by class or generic name, as the file has them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.resources.abc import Traversable

from seeder.clinical.files import Cell, rows
from seeder.clinical.model import Drug

Pairs = frozenset[tuple[str, str]]


def read_interactions(
    folder: Traversable, evidence: Collection[str], drugs: Mapping[str, Drug]
) -> Pairs:
    """Pairs of drugs by name, each in both orders."""
    found: set[tuple[str, str]] = set()
    for row in rows(folder, "interactions.csv", "one other why by"):
        row["by"].one_of(evidence, "evidence")
        row["why"].filled()
        one, other = (_named(row[side], drugs) for side in ("one", "other"))
        pairs = {(a, b) for a in one for b in other}
        if any(a == b for a, b in pairs):
            raise row["other"].error(f"{row['one'].text} would not be given with itself")
        found |= pairs | {(b, a) for a, b in pairs}
    return frozenset(found)


def _named(cell: Cell, drugs: Mapping[str, Drug]) -> list[str]:
    """The drugs of a class, or of a generic name."""
    known = {w for d in drugs.values() for w in (d.drug_class, d.generic)}
    wanted = cell.one_of(known, "class or generic name")
    return [name for name, d in drugs.items() if wanted in (d.drug_class, d.generic)]
