"""What emptying a plan's tables would touch beside them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from seeder.errors import Refused
from seeder.schema import Facts, Name, Schema, Table

_SHOWN = 5


def pointing(schema: Schema, ours: Collection[Name]) -> dict[Name, tuple[Name, str]]:
    """Tables that are not ours and have a declared key to one that is, or to one of these: what
    TRUNCATE ... CASCADE would empty too. Each with the table that it points at, and the key."""
    found: dict[Name, tuple[Name, str]] = {}
    around = {schema.root(n) for n in ours}
    while True:
        more = {
            schema.root(t.name): (k.target, k.name)
            for t in schema
            for k in t.foreign_keys
            if k.declared and schema.root(k.target) in around and k.target in schema
            and schema.root(t.name) not in around
        }  # fmt: skip
        if not more:
            return found
        found |= more
        around |= set(more)


def refuse_cascade(schema: Schema, ours: Collection[Name], facts: Facts) -> None:
    """Raise Refused when others that hold rows point at what would be emptied."""
    near = pointing(schema, ours)
    held = [n for n in near if n in facts.tables and facts.tables[n].holds_rows]
    if held:
        first = f"{held[0]} by {near[held[0]][1]} at {near[held[0]][0]}"
        more = f" and {len(held) - _SHOWN} more" if len(held) > _SHOWN else ""
        raise Refused(
            f"{len(held)} tables that the plan does not fill hold rows and point at what "
            f"--truncate would empty: {first}; CASCADE would take the rows of "
            f"{', '.join(str(n) for n in held[:_SHOWN])}{more}, so nothing was emptied",
            "let the plan fill them too, or empty them yourself: "
            f"TRUNCATE {', '.join(str(n) for n in held[:_SHOWN])}{', ...' if more else ''};",
        )


def emptied(schema: Schema, ours: Sequence[Name]) -> list[Table]:
    """The tables to name in one TRUNCATE: ours, and those without rows that point at them, which
    the server wants to be named."""
    return [schema[n] for n in (*ours, *sorted(pointing(schema, ours)))]
