"""Partitioning of old: tables that inherit, and a trigger that sends a parent's rows to them."""

from __future__ import annotations

from collections.abc import Mapping

from seeder.plan.model import Finding, Options
from seeder.schema import Name, Schema, Table


def redirecting(schema: Schema, options: Options) -> Mapping[Name, tuple[Name, ...]]:
    """Parents that are to stay empty, each with the children that hold its rows.

    Such a parent has a trigger that keeps new rows out of it, and children whose CHECKs divide the
    rows among them. One that a foreign key points at has rows of its own.
    """
    if options.triggers != "route":
        return {}
    children: dict[Name, list[Table]] = {}
    for table in schema:
        for parent in table.inherits:
            children.setdefault(parent, []).append(table)
    pointed = {key.target for table in schema for key in table.foreign_keys}
    return {
        table.name: tuple(child.name for child in children[table.name])
        for table in schema
        if table.name in children
        and table.name not in pointed
        and any(t.fires and "redirects" in t.does for t in table.triggers)
        and all(_divides(table, child) for child in children[table.name])
    }


def _divides(parent: Table, child: Table) -> bool:
    """Whether the child asks more of its rows than the parent does."""
    return not {c.expression for c in child.checks} <= {c.expression for c in parent.checks}


def findings(routed: Mapping[Name, tuple[Name, ...]]) -> list[Finding]:
    """What the user should know of them."""
    return [
        Finding(
            severity="info", code="redirected", place=str(parent),
            message=f"its trigger sends rows to {len(children)} tables that inherit from it: they "
            "are filled by their CHECKs, and it stays empty",
            hint="--triggers off fills it like any other table",
        )
        for parent, children in sorted(routed.items())
    ]  # fmt: skip


def spread(given: Mapping[Name, int], routed: Mapping[Name, tuple[Name, ...]]) -> dict[Name, int]:
    """Rows asked for by table, those of a parent that stays empty shared out to its children."""
    out = {n: rows for n, rows in given.items() if n not in routed}
    for parent, children in routed.items():
        if given.get(parent):
            total, count = given[parent], len(children)
            for at, child in enumerate(children):
                share = total * (at + 1) // count - total * at // count
                out.setdefault(child, share)
    return out
