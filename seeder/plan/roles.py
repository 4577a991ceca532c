"""Which tables a plan fills, keeps, leaves empty or does not touch; and the rows asked for."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from seeder.errors import UsageError
from seeder.plan.asked import Asked
from seeder.plan.model import (
    Options,
)  # fmt: skip
from seeder.plan.overrides import Role
from seeder.schema import Facts, Name, Schema, Table

NO_RIGHT = "no right to insert"


def role_for(
    table: Table,
    options: Options,
    facts: Facts | None,
    routed: Mapping[Name, tuple[Name, ...]],
    wanted: Asked,
    bare: Mapping[Name, str],
) -> tuple[Role, str]:
    """The role of a table, and why it has it. ``routed``: parents whose rows go to their children;
    ``bare``: those that have no partitions, and why they stay empty."""
    if table.bookkeeping:
        return "ignore", table.bookkeeping
    if table.kind == "partition":
        return "ignore", "a partition: loaded through its parent"
    if table.kind == "foreign":
        return "ignore", "a foreign table is left alone"
    if options.namespaces and table.name.namespace not in options.namespaces:
        return "ignore", "outside the namespaces asked for"
    said = _said_role(table.name, options, wanted)
    if said is not None:
        return said
    if str(table.name) in options.kept:
        return "keep", f"holds {options.kept[str(table.name)]:,} rows, which serve as parents"
    if options.tables.get(str(table.name)) == 0:
        return "empty", "zero rows asked for"
    if table.name in bare and str(table.name) not in options.tables:
        return "empty", bare[table.name]
    if table.name in routed:
        return "empty", "its rows are in the tables that inherit from it"
    state = facts.tables.get(table.name) if facts else None
    if state is not None and not state.can_insert:
        return "ignore", NO_RIGHT
    if not any(not c.generated for c in table.columns):
        return "empty", "no column to fill"
    return "generate", ""


def _said_role(name: Name, options: Options, wanted: Asked) -> tuple[Role, str] | None:
    """The role that overrides give a table. Nothing can be kept of a table that is empty: a pack
    then leaves it to the planner, a user has said so."""
    wish = wanted.tables.get(name)
    if wish is None or wish.what.role in (None, "generate"):
        return None
    if wish.what.role != "keep":
        return wish.what.role, f"by {wish.why}"
    if options.kept.get(str(name)):
        rows = options.kept[str(name)]
        return "keep", f"holds {rows:,} rows, which serve as parents, by {wish.why}"
    if str(name) in options.kept or wish.own:
        return "keep", f"by {wish.why}; no rows of it can serve as parents"
    return None


def counts(schema: Schema, options: Options) -> dict[Name, int]:
    """Rows of single tables by the command line. Raises UsageError for names that are none."""
    out: dict[Name, int] = {}
    for text, count in options.tables.items():
        name = _find(schema, text)
        if count < 0:
            raise UsageError(f"--table {text}={count}: a count cannot be negative")
        out[name] = count
    return out


def _find(schema: Schema, text: str) -> Name:
    try:
        name = Name.parse(text)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if name in schema:
        return name
    bare = [n for n in schema.by_name if n.name == text]
    if len(bare) == 1:
        return bare[0]
    known = {n.name: n for n in schema.by_name} | {str(n): n for n in schema.by_name}
    close = difflib.get_close_matches(text, known, 1)
    raise UsageError(
        f"there is no table {text!r}",
        f"did you mean {known[close[0]]}?" if close else "see seeder plan",
    )
