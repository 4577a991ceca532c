"""What CHECKs and domains leave of a column's values, and the generators that stay inside.

A check holds for a row when it is true *or unknown*, so a test of a column says nothing about its
NULLs. Checks that are not validated bind new rows too, and count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from seeder.generate import patterns
from seeder.plan.bounds import NUMBERS, TIMES, Bounds, merge, number, order, params_for
from seeder.plan.intersect import both
from seeder.plan.operands import Unsolved
from seeder.plan.predicates import (
    All,
    Condition,
    Formula,
    Presence,
    Some,
    alternatives,
    read,
)
from seeder.schema import Column, Table

__all__ = [
    "Alternatives",
    "Bounds",
    "Narrowing",
    "Order",
    "Presence",
    "Relation",
    "merge",
    "narrow",
    "params_for",
    "settle",
]

_OPAQUE = frozenset("range multirange json composite other geometric array xml tsvector".split())


@dataclass(frozen=True, slots=True)
class Order:
    """``left op right`` between two columns; ``op`` is < or <=."""

    left: str
    op: str
    right: str


@dataclass(frozen=True, slots=True)
class Relation:
    """``left op right`` between two columns; ``op`` is = or <>."""

    left: str
    op: str
    right: str


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Conjunctions of conditions over several columns; one of them must hold.

    ``status <> 'x' OR y IS NOT NULL`` has two options of one condition each.
    """

    options: tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True)
class Narrowing:
    """All that a table's checks and domains ask. ``unsolved`` pairs a check's name with why."""

    columns: Mapping[str, Bounds] = field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    relations: tuple[Relation, ...] = ()
    implications: tuple[Presence | Alternatives, ...] = ()
    unsolved: tuple[tuple[str, str], ...] = ()


def narrow(table: Table, more: Iterable[Condition] = ()) -> Narrowing:
    """What the table's checks, its columns' domains and ``more`` leave. Never raises."""
    found = Narrowing()
    for condition in more:
        found = _apply(found, table, condition.column, condition)
    for check in table.checks:
        found = _checked(found, table, check.name, check.inlined or check.expression)
    for column in table.columns:
        name = column.type.domains[0] if column.type.domains else column.name
        for expression in column.type.checks:
            found = _checked(found, table, name, expression, column.name)
    return found


def _checked(found: Narrowing, table: Table, name: str, text: str, value: str = "") -> Narrowing:
    for part in read(text, value):
        if isinstance(part, Unsolved):
            found = _unsolved(found, name, part.reason)
        else:
            found = _apply(found, table, name, part)
    return found


def _unsolved(found: Narrowing, name: str, reason: str) -> Narrowing:
    return replace(found, unsolved=(*found.unsolved, (name, reason)))


def _apply(found: Narrowing, table: Table, name: str, formula: Formula) -> Narrowing:
    """The parts of a conjunction one by one: what is solved of a check is kept."""
    if isinstance(formula, All):
        for part in formula.parts:
            found = _apply(found, table, name, part)
        return found
    try:
        if isinstance(formula, Some):
            return _either(found, table, name, alternatives(formula))
        if isinstance(formula, Presence):
            return replace(found, implications=(*found.implications, formula))
        return _condition(found, table, formula)
    except Unsolved as why:
        return _unsolved(found, name, why.reason)


# Conditions -----------------------------------------------------------------------------------


def _condition(found: Narrowing, table: Table, condition: Condition) -> Narrowing:
    for name in condition.columns:
        if name not in table.by_name:
            raise Unsolved(f"{name} is no column of the table")
    if condition.other:
        return _between(found, condition)
    column = table.column(condition.column)
    bounds = found.columns.get(column.name, Bounds())
    bounds = _bounded(bounds, column, condition)
    if _empty(bounds, column):
        raise Unsolved(f"nothing is left for {column.name} beside the other checks")
    return replace(found, columns={**found.columns, column.name: bounds})


def _between(found: Narrowing, condition: Condition) -> Narrowing:
    left, test, right = condition.column, condition.test, condition.other
    if left == right:
        if test in ("=", "<=", ">="):
            return found
        raise Unsolved(f"{left} {test} {right} is never true")
    if test in ("=", "<>"):
        return replace(found, relations=(*found.relations, Relation(left, test, right)))
    if test in (">", ">="):
        left, test, right = right, test.replace(">", "<"), left
    return replace(found, orders=(*found.orders, Order(left, test, right)))


def _bounded(bounds: Bounds, column: Column, condition: Condition) -> Bounds:
    test, values = condition.test, condition.values
    if test == "null":
        return replace(bounds, values=())
    if test == "not null":
        return replace(bounds, not_null=True)
    if test in ("in", "not in"):
        return _listed(bounds, column, test, values)
    if test in ("like", "ilike"):
        return _patterned(bounds, column, values[0], test == "ilike")
    if test in ("shortest", "longest"):
        return _measured(bounds, column, test, int(values[0]))
    return _ranged(bounds, column, test, values[0])


def _listed(bounds: Bounds, column: Column, test: str, values: tuple[str, ...]) -> Bounds:
    if column.type.kind in _OPAQUE:
        raise Unsolved(f"single values of {column.name}, a {column.type.native}")
    if column.type.kind in ("integer", "decimal") and test == "in":
        for value in values:
            number(value)
    if column.type.kind == "boolean" and test == "not in":
        test, values = "in", tuple(v for v in ("true", "false") if v not in values)
    if test == "not in":
        return replace(bounds, never=tuple(dict.fromkeys(bounds.never + values)))
    if bounds.values is not None:
        values = tuple(v for v in bounds.values if v in values)
    return replace(bounds, values=tuple(dict.fromkeys(values)))


def _patterned(bounds: Bounds, column: Column, pattern: str, insensitive: bool) -> Bounds:
    if column.type.kind != "text":
        raise Unsolved(f"a pattern on {column.name}, a {column.type.native}")
    try:
        if bounds.pattern is not None and bounds.pattern != pattern:
            if insensitive != bounds.pattern_insensitive:
                raise Unsolved(f"{column.name} has two patterns")
            pattern = both(bounds.pattern, pattern)
        patterns.fit(pattern, 0, column.type.length)
    except ValueError as error:
        raise Unsolved(str(error)) from None
    return replace(bounds, pattern=pattern, pattern_insensitive=insensitive)


def _measured(bounds: Bounds, column: Column, test: str, length: int) -> Bounds:
    if column.type.kind not in ("text", "bytes", "array"):
        raise Unsolved(f"the length of {column.name}, a {column.type.native}")
    if test == "shortest":
        return replace(bounds, min_length=max(bounds.min_length or 0, length))
    known = bounds.max_length
    return replace(bounds, max_length=length if known is None else min(known, length))


def _ranged(bounds: Bounds, column: Column, test: str, value: str) -> Bounds:
    kind, is_open = column.type.kind, len(test) == 1
    if kind == "interval" and test[0] == ">" and value.strip("0:") in ("", " days", " seconds"):
        return bounds  # ours are always longer than nothing
    if kind not in NUMBERS | TIMES:
        raise Unsolved(f"a range of {column.name}, a {column.type.native}")
    if value.lstrip("+-").lower() in ("infinity", "inf"):
        return bounds
    place = order(kind, value)
    if test[0] == ">":
        if bounds.low is None or (place, is_open) > (order(kind, bounds.low), bounds.low_open):
            return replace(bounds, low=value, low_open=is_open)
        return bounds
    if bounds.high is None or (place, not is_open) < (
        order(kind, bounds.high),
        not bounds.high_open,
    ):
        return replace(bounds, high=value, high_open=is_open)
    return bounds


def _empty(bounds: Bounds, column: Column) -> bool:
    """Whether no value is left, although NULL was not asked for."""
    kind = column.type.kind
    if bounds.values is not None:
        return bool(bounds.values) and set(bounds.values) <= set(bounds.never)
    if bounds.low is not None and bounds.high is not None:
        low, high = order(kind, bounds.low), order(kind, bounds.high)
        if low > high or (low == high and (bounds.low_open or bounds.high_open)):
            return True
    least, most = bounds.min_length, bounds.max_length
    return least is not None and most is not None and least > most


# Alternatives ---------------------------------------------------------------------------------


def _either(
    found: Narrowing, table: Table, name: str, options: tuple[tuple[Condition, ...], ...]
) -> Narrowing:
    options = _without_nulls(options)
    if len(options) == 1:
        for condition in options[0]:
            found = _apply(found, table, name, condition)
        return found
    presence = _presence(options)
    if presence is not None:
        return replace(found, implications=(*found.implications, presence))
    columns = {name for option in options for c in option for name in c.columns}
    if not columns <= set(table.by_name):
        raise Unsolved(f"{', '.join(sorted(columns - set(table.by_name)))}: no such column")
    always = _always(found, table, name, options)
    if always is not None:
        return always
    if len(columns) > 1:
        return replace(found, implications=(*found.implications, Alternatives(options)))
    singles = [option[0] for option in options if len(option) == 1 and option[0].test == "in"]
    if len(singles) == len(options):
        union = tuple(v for single in singles for v in single.values)
        return _condition(found, table, Condition(singles[0].column, "in", union))
    return _first(found, table, name, options)


_RANGED = frozenset(("<", "<=", ">", ">=", "like", "ilike", "shortest", "longest"))


def _always(
    found: Narrowing, table: Table, name: str, options: tuple[tuple[Condition, ...], ...]
) -> Narrowing | None:
    """An option that asks for ranges only is kept by all rows: no case is needed."""
    for option in options:
        if all(c.test in _RANGED for c in option):
            tried = found
            for condition in option:
                tried = _apply(tried, table, name, condition)
            if tried.unsolved == found.unsolved:
                return tried
    return None


def _first(
    found: Narrowing, table: Table, name: str, options: tuple[tuple[Condition, ...], ...]
) -> Narrowing:
    """The first option that can be met stands for all of them."""
    for option in sorted(options, key=lambda o: any(c.test == "null" for c in o)):
        tried = found
        for condition in option:
            tried = _apply(tried, table, name, condition)
        if tried.unsolved == found.unsolved:
            return tried
    raise Unsolved("none of its alternatives can be met")


def settle(
    found: Narrowing,
    table: Table,
    made: frozenset[str],
    options: tuple[tuple[Condition, ...], ...],
) -> Narrowing | None:
    """The first option that all rows can meet, for what no cases tell apart; None without one.
    Of a key's columns (those not ``made``) it can only be asked that they are there."""
    possible = tuple(
        o for o in options if all(c.test == "not null" or made.issuperset(c.columns) for c in o)
    )
    try:
        return _first(found, table, "", possible)
    except Unsolved:
        return None


def _without_nulls(
    options: tuple[tuple[Condition, ...], ...],
) -> tuple[tuple[Condition, ...], ...]:
    """Without ``x IS NULL OR``, where some other option is unknown anyway when x is NULL."""
    for option in options:
        if len(option) != 1 or option[0].test != "null":
            continue
        rest = tuple(o for o in options if o != option)
        if any(all(_strict(c, option[0].column) for c in o) for o in rest):
            return _without_nulls(rest)
    return options


def _strict(condition: Condition, column: str) -> bool:
    """Whether the condition is unknown when the column is NULL."""
    return condition.test not in ("null", "not null") and column in condition.columns


def _presence(options: tuple[tuple[Condition, ...], ...]) -> Presence | None:
    """The options as counts of columns that are there, where they are just that."""
    if any(c.test not in ("null", "not null") for option in options for c in option):
        return None
    columns = tuple(dict.fromkeys(c.column for option in options for c in option))
    if len(columns) > 6:
        return None
    counts: dict[int, set[bool]] = {}
    for bits in range(1 << len(columns)):
        here = {c: bool(bits >> at & 1) for at, c in enumerate(columns)}
        holds = any(all(here[c.column] == (c.test == "not null") for c in o) for o in options)
        counts.setdefault(sum(here.values()), set()).add(holds)
    if any(len(answers) > 1 for answers in counts.values()):
        return None
    return Presence(columns, tuple(n for n, answers in sorted(counts.items()) if True in answers))
