"""Partitioning of old: tables that inherit, and a trigger that sends a parent's rows to them."""

from __future__ import annotations

from collections.abc import Mapping

from seeder.plan.model import Finding, Options
from seeder.schema import Name, Schema, redirecting


def routed(schema: Schema, options: Options) -> Mapping[Name, tuple[Name, ...]]:
    """Parents that are to stay empty, each with the children that hold its rows."""
    if options.triggers != "route":
        return {}
    return {n: tuple(c.name for c in children) for n, children in redirecting(schema).items()}


def findings(parents: Mapping[Name, tuple[Name, ...]]) -> list[Finding]:
    """What the user should know of them."""
    return [
        Finding(
            severity="info", code="redirected", place=str(parent),
            message=f"its trigger sends rows to {len(children)} tables that inherit from it: they "
            "are filled by their CHECKs, and it stays empty",
            hint="--triggers off fills it like any other table",
        )
        for parent, children in sorted(parents.items())
    ]  # fmt: skip


def spread(given: Mapping[Name, int], parents: Mapping[Name, tuple[Name, ...]]) -> dict[Name, int]:
    """Rows asked for by table, those of a parent that stays empty shared out to its children."""
    out = {n: rows for n, rows in given.items() if n not in parents}
    for parent, children in parents.items():
        if given.get(parent):
            total, count = given[parent], len(children)
            for at, child in enumerate(children):
                share = total * (at + 1) // count - total * at // count
                out.setdefault(child, share)
    return out
