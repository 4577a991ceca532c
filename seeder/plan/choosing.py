"""Which references that nobody declared a plan keeps: those that score, and those asked for."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping

from seeder.errors import UsageError
from seeder.plan.implied import THRESHOLD, compatible, infer
from seeder.plan.joining import Implied, key_name
from seeder.plan.model import Finding, ImpliedChoice, ImpliedKey, Options
from seeder.schema import Name, Schema, Table

Place = tuple[Name, tuple[str, ...]]


def implied(
    schema: Schema, options: Options, spared: Collection[tuple[str, str]] = ()
) -> tuple[list[Implied], list[Implied]]:
    """The implied references of a schema, less those that were ``spared`` (table and name), and
    those that are in doubt.

    Raises UsageError when the options name tables or columns that do not exist, or columns whose
    types do not agree.
    """
    asked = {_place(schema, c): _asked(schema, c) for c in options.implied}
    found = {(i.table, i.columns): i for i in infer(schema)} if options.infer else {}
    chosen: dict[Place, Implied] = {p: i for p, i in found.items() if i.score >= THRESHOLD}
    for name, key in spared:
        table = schema[Name.parse(name)]
        for place in [p for p in chosen if p[0] == table.name and key_name(table, p[1]) == key]:
            chosen.pop(place)
            found.pop(place)
    for place, choice in asked.items():
        chosen.pop(place, None)
        if choice is not None:
            chosen[place] = choice
    doubtful = [i for p, i in found.items() if p not in chosen and p not in asked]
    return [chosen[p] for p in sorted(chosen)], doubtful


def among(found: Iterable[Implied], members: Collection[Name]) -> list[Implied]:
    """Those between tables of a plan."""
    return [i for i in found if i.table in members and i.target in members]


def written(schema: Schema, found: Implied) -> ImpliedKey:
    """An implied reference as the plan has it."""
    return ImpliedKey(
        key=key_name(schema[found.table], found.columns),
        table=str(found.table),
        columns=list(found.columns),
        target=str(found.target),
        target_columns=list(found.target_columns),
        score=found.score,
        why=found.why,
    )


def doubt(found: Implied) -> Finding:
    """A reference that is not sure enough, and how it is turned on."""
    place, target = option(found.table, found.columns), option(found.target, found.target_columns)
    return Finding(
        severity="info", code="implied", place=found.place,
        message=f"may reference {found.told} (score {found.score}): {found.why}",
        hint=f"to make it do so: --implied '{place}={target}'",
    )  # fmt: skip


def option(table: Name, columns: Iterable[str]) -> str:
    """A place as ``--implied`` takes it."""
    return f"{table}({','.join(columns)})"


def _place(schema: Schema, choice: ImpliedChoice) -> Place:
    table = _table(schema, choice.table)
    return table.name, _columns(table, choice.columns)


def _asked(schema: Schema, choice: ImpliedChoice) -> Implied | None:
    if not choice.use:
        return None
    table, target = _table(schema, choice.table), _table(schema, choice.target)
    columns, wanted = _columns(table, choice.columns), _columns(target, choice.target_columns)
    if len(columns) != len(wanted):
        raise UsageError(
            f"{option(table.name, columns)} has {len(columns)} columns, and "
            f"{option(target.name, wanted)} has {len(wanted)}",
            "name as many on either side",
        )
    for mine, theirs in zip(columns, wanted, strict=True):
        kinds = table.column(mine).type, target.column(theirs).type
        if not compatible(*kinds):
            raise UsageError(
                f"{table.name}.{mine} is {kinds[0].native} and cannot hold the values of "
                f"{target.name}.{theirs}, which is {kinds[1].native}",
                "name columns of one type",
            )
    declared = [k for k in table.foreign_keys if set(k.columns) & set(columns)]
    if any(set(k.columns) == set(columns) for k in declared):
        raise UsageError(
            f"{option(table.name, columns)} has a foreign key already: {declared[0].name}",
            "leave it out of the implied references",
        )
    return Implied(table.name, columns, target.name, wanted, 1.0, "asked for")


def _table(schema: Schema, text: str) -> Table:
    known: Mapping[str, Table] = {str(t.name): t for t in schema.countable}
    bare = [t for t in schema.countable if t.name.name == text]
    if text in known or len(bare) == 1:
        return known[text] if text in known else bare[0]
    close = difflib.get_close_matches(text, [*known, *(t.name.name for t in schema.countable)], 1)
    raise UsageError(
        f"an implied reference names {text!r}, and there is no such table",
        f"did you mean {close[0]}?" if close else "write namespace.table(column)",
    )


def _columns(table: Table, names: Iterable[str]) -> tuple[str, ...]:
    columns = tuple(names)
    for name in columns:
        if name not in table.by_name:
            close = difflib.get_close_matches(name, list(table.by_name), 1)
            raise UsageError(
                f"an implied reference names {table.name}.{name}, and there is no such column",
                f"did you mean {close[0]}?" if close else "write namespace.table(column)",
            )
    if not columns:
        raise UsageError(
            f"an implied reference of {table.name} names no column",
            "write namespace.table(column)",
        )
    return columns
