"""SQL conditions as plain values: what a CHECK asks of the columns of one row.

``read`` turns an expression, as the engine prints it, into a formula of conditions, presences,
conjunctions and alternatives. What has no such form is Unsolved, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from seeder.plan.operands import (
    CLOCK_NODES,
    Unsolved,
    array_of,
    as_regex,
    bare,
    column_of,
    column_or_refuse,
    literal_of,
    literal_or_refuse,
    name_of,
    shown,
)

MOST_ALTERNATIVES = 32
_MOST_COUNTED = 1000
_LAST = re.compile(r"(.*?)([0-9]+|(?<![A-Za-z])[A-Za-z])")
_LONG_OVER = 2020  # a year that no clock shows any more
# How the server prints an operator that is not in pg_catalog.
_OPERATOR = re.compile(r'OPERATOR\((?:[a-z_]\w*|"(?:[^"]|"")+")\.([^\s()]+)\)')


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one column.

    ``test`` is in, not in (``values``); <, <=, >, >= (``values[0]``, or the column ``other``);
    =, <> (``other``); null, not null; like, ilike (``values[0]`` is a regular expression);
    shortest, longest (``values[0]`` characters, bytes or elements).
    """

    column: str
    test: str
    values: tuple[str, ...] = ()
    other: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column, self.other) if self.other else (self.column,)


@dataclass(frozen=True, slots=True)
class Presence:
    """How many of the columns may be not NULL at once: any of ``counts``."""

    columns: tuple[str, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple[Formula, ...]


Formula = Condition | Presence | All | Some

TRUE = All(())
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_OPPOSITE = {
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "=": "<>",
    "<>": "=",
    "in": "not in",
    "not in": "in",
    "null": "not null",
    "not null": "null",
}
_COMPARISONS: Mapping[type, str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_LENGTHS = {"char_length", "character_length", "length", "octet_length", "cardinality"}


def read(expression: str, value: str = "") -> tuple[Formula | Unsolved, ...]:
    """The formulas that an expression joins by AND, each by itself or why it is not solved.

    ``value`` is the column that a domain's VALUE stands for. Never raises.
    """
    try:
        plain = _OPERATOR.sub(r" \1 ", expression)
        tree: Any = sqlglot.parse_one(plain, dialect="postgres")
        return _ranges(_read(node, value) for node in _joined(tree))
    except (SqlglotError, RecursionError) as error:
        return (Unsolved(f"it cannot be parsed ({str(error).splitlines()[0][:80]})"),)


def _ranges(parts: Iterable[Formula | Unsolved]) -> tuple[Formula | Unsolved, ...]:
    """``x >= 'PN_01' AND x <= 'PN_21'`` of texts that count up, as the list of these."""
    found = list(parts)
    for low in [p for p in found if isinstance(p, Condition) and p.test == ">="]:
        for high in found:
            if isinstance(high, Condition) and (high.column, high.test) == (low.column, "<="):
                values = _counted_up(low, high)
                if values:
                    found[found.index(low)] = Condition(low.column, "in", values)
                    found.remove(high)
                    break
    return tuple(found)


def _counted_up(low: Condition, high: Condition) -> tuple[str, ...]:
    """From one text to the other by their last digits, or their last letter: whatever the order
    of the texts, these lie between."""
    ends = [_LAST.fullmatch(c.values[0]) if c.values else None for c in (low, high)]
    first, last = ends
    if first is None or last is None or first[1] != last[1] or len(first[2]) != len(last[2]):
        return ()
    if not first[2].isdigit():
        signs = range(ord(first[2]), ord(last[2]) + 1)
        same = first[2].isupper() == last[2].isupper()
        return tuple(first[1] + chr(s) for s in signs) if same else ()
    if not first[1][:1].isalpha():
        return ()
    width, start, stop = len(first[2]), int(first[2]), int(last[2])
    if stop - start >= _MOST_COUNTED:
        return ()
    return tuple(f"{first[1]}{n:0{width}}" for n in range(start, stop + 1))


def _joined(node: Any) -> list[Any]:
    node = bare(node)
    if isinstance(node, exp.And):
        return [*_joined(node.this), *_joined(node.expression)]
    return [node]


def _read(node: Any, value: str) -> Formula | Unsolved:
    try:
        return _formula(node, value)
    except Unsolved as why:
        return why


def _formula(node: Any, value: str) -> Formula:
    node = bare(node)
    if isinstance(node, exp.And):
        return All((_formula(node.this, value), _formula(node.expression, value)))
    if isinstance(node, exp.Or):
        return Some((_formula(node.this, value), _formula(node.expression, value)))
    if isinstance(node, exp.Not):
        return negate(_formula(node.this, value))
    if isinstance(node, exp.Boolean):
        if node.this:
            return TRUE
        raise Unsolved("it is never true")
    if isinstance(node, exp.Case):
        return _chosen(node, value)
    if isinstance(node, exp.Between):
        column = column_or_refuse(node.this, value)
        ends = [literal_or_refuse(node.args[k]) for k in ("low", "high")]
        return All((Condition(column, ">=", (ends[0],)), Condition(column, "<=", (ends[1],))))
    reader = next((r for kind, r in _READERS.items() if isinstance(node, kind)), None)
    if reader is not None:
        made = reader(node, value)
        return negate(made) if node.args.get("negate") else made
    column = column_of(node, value)
    if column:
        return Condition(column, "in", ("true",))
    raise Unsolved(f"{shown(node)} is not understood")


def _chosen(node: Any, value: str) -> Formula:
    """CASE WHEN a THEN b ELSE c END: (NOT a OR b) AND (a OR c)."""
    default = node.args.get("default")
    rest: Formula = TRUE if default is None else _formula(default, value)
    for branch in reversed(node.args.get("ifs") or ()):
        asked = branch.this if node.this is None else exp.EQ(this=node.this, expression=branch.this)
        test, then = _formula(asked, value), _formula(branch.args["true"], value)
        rest = All((_or(negate(test), then), _or(test, rest)))
    return rest


def _or(left: Formula, right: Formula) -> Formula:
    return TRUE if TRUE in (left, right) else Some((left, right))


def negate(formula: Formula) -> Formula:
    """The opposite, NULLs apart: an unknown condition passes a CHECK either way."""
    if isinstance(formula, All):
        return Some(tuple(negate(p) for p in formula.parts))
    if isinstance(formula, Some):
        return All(tuple(negate(p) for p in formula.parts))
    if isinstance(formula, Presence):
        every = range(len(formula.columns) + 1)
        return Presence(formula.columns, tuple(n for n in every if n not in formula.counts))
    if formula.test == "shortest":
        return Condition(formula.column, "longest", (str(int(formula.values[0]) - 1),))
    if formula.test == "longest":
        return Condition(formula.column, "shortest", (str(int(formula.values[0]) + 1),))
    if formula.test not in _OPPOSITE:
        raise Unsolved(f"the opposite of a pattern on {formula.column}")
    return Condition(formula.column, _OPPOSITE[formula.test], formula.values, formula.other)


def alternatives(formula: Formula) -> tuple[tuple[Condition, ...], ...]:
    """Conjunctions of conditions of which one must hold. Raises Unsolved above a limit."""
    if isinstance(formula, Condition):
        return ((formula,),)
    if isinstance(formula, Presence):
        return tuple(
            tuple(
                Condition(c, "not null" if here else "null")
                for c, here in zip(formula.columns, chosen, strict=True)
            )
            for chosen in product((False, True), repeat=len(formula.columns))
            if sum(chosen) in formula.counts
        )
    parts = [alternatives(p) for p in formula.parts]
    if isinstance(formula, Some):
        found = tuple(option for part in parts for option in part)
    else:
        found = ((),)
        for part in parts:
            found = tuple((*left, *right) for left in found for right in part)
            if len(found) > MOST_ALTERNATIVES:
                break
    if len(found) > MOST_ALTERNATIVES:
        raise Unsolved("it has too many alternatives")
    return found


# Conditions -----------------------------------------------------------------------------------


def _compare(node: Any, value: str) -> Formula:
    test = _COMPARISONS[type(node)]
    left, right = bare(node.this), bare(node.expression)
    if _is_predicate(left) and _is_predicate(right) and test in ("=", "<>"):
        return _equivalent(_formula(left, value), _formula(right, value), test)
    if literal_of(left) is not None or isinstance(left, CLOCK_NODES):
        left, right, test = right, left, _FLIPPED[test]
    for reader in (_counted, _measured, _listed, _of_year, _cased, _filled, _plain):
        made = reader(left, right, test, value)
        if made is not None:
            return made
    raise Unsolved(f"{shown(node)} is not understood")


def _is_predicate(node: Any) -> bool:
    return isinstance(node, (exp.Is, exp.Not, exp.And, exp.Or, exp.In, *_COMPARISONS))


def _equivalent(left: Formula, right: Formula, test: str) -> Formula:
    if test == "<>":
        right = negate(right)
    return Some((All((left, right)), All((negate(left), negate(right)))))


def _counted(left: Any, right: Any, test: str, value: str) -> Formula | None:
    """num_nonnulls(a, b) = 1 and its like."""
    name = name_of(left)
    if isinstance(left, exp.Add):
        return _summed(left, right, test, value)
    if name not in ("num_nonnulls", "num_nulls"):
        return None
    arguments = left.expressions
    if len(arguments) == 1 and isinstance(arguments[0], exp.Variadic):
        arguments = arguments[0].this.expressions
    columns = tuple(column_or_refuse(a, value) for a in arguments)
    number = int(literal_or_refuse(right))
    total = len(columns)
    counts = [n for n in range(total + 1) if _holds(n, test, number)]
    if name == "num_nulls":
        counts = sorted(total - n for n in counts)
    return Presence(columns, tuple(counts))


def _summed(left: Any, right: Any, test: str, value: str) -> Formula | None:
    """(a IS NOT NULL)::integer + (b IS NOT NULL)::integer = 1"""
    terms, work = [], [left]
    while work:
        node = bare(work.pop())
        if isinstance(node, exp.Add):
            work += [node.this, node.expression]
        else:
            terms.append(_formula(node.this, value) if isinstance(node, exp.Cast) else TRUE)
    literal = literal_of(right)
    known = [t for t in terms if isinstance(t, Condition) and t.test == "not null"]
    if len(known) != len(terms) or literal is None or not literal.isdigit():
        return None
    counts = tuple(n for n in range(len(known) + 1) if _holds(n, test, int(literal)))
    return Presence(tuple(sorted(t.column for t in known)), counts)


def _holds(left: int, test: str, right: int) -> bool:
    return {
        "=": left == right,
        "<>": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[test]


def _measured(left: Any, right: Any, test: str, value: str) -> Formula | None:
    """length(x) >= 3; jsonb_typeof(x) = 'object'."""
    literal = literal_of(right)
    if name_of(left) in ("jsonb_typeof", "json_typeof") and (test, literal) == ("=", "object"):
        return TRUE
    if not isinstance(left, exp.Length | exp.ArraySize) and name_of(left) not in _LENGTHS:
        return None
    column = column_of(
        left.this if not isinstance(left, exp.Anonymous) else left.expressions[0], value
    )
    if not column or literal is None or not literal.isdigit():
        return None
    number = int(literal)
    low = {"=": number, ">=": number, ">": number + 1, "<>": 1 if number == 0 else None}.get(test)
    high = {"=": number, "<=": number, "<": number - 1}.get(test)
    if low is None and high is None:
        return None
    found = []
    if low is not None:
        found.append(Condition(column, "shortest", (str(low),)))
    if high is not None:
        found.append(Condition(column, "longest", (str(high),)))
    return All(tuple(found)) if len(found) > 1 else found[0]


def _listed(left: Any, right: Any, test: str, value: str) -> Formula | None:
    """x = ANY (ARRAY[...]), x <> ALL (ARRAY[...]), and the same of upper(x) or lower(x)."""
    wanted = {"=": ("any", "in"), "<>": ("all", "not in")}.get(test)
    folded = left.this if isinstance(left, exp.Lower | exp.Upper) else left
    column = column_of(folded, value)
    if wanted is None or not column:
        return None
    if isinstance(right, exp.Any | exp.All):
        name, array = type(right).__name__.lower(), right.this
    elif name_of(right) in ("any", "all") and right.expressions:
        name, array = name_of(right), right.expressions[0]
    else:
        return None
    values = array_of(array)
    if name != wanted[0] or values is None:
        return None
    if folded is not left:
        values = tuple(v for v in values if v == _folded(left, v))
    return Condition(column, wanted[1], values)


def _of_year(left: Any, right: Any, test: str, value: str) -> Formula | None:
    """extract(year from x) >= 1900."""
    if not isinstance(left, exp.Extract):
        return None
    column, year = column_of(left.expression, value), literal_of(right)
    part = (literal_of(left.this) or left.this.name).lower()
    if part != "year" or not column or year is None or not re.fullmatch(r"\d{4}", year):
        return None
    first = {">=": int(year), ">": int(year) + 1, "=": int(year)}.get(test)
    last = {"<=": int(year), "<": int(year) - 1, "=": int(year)}.get(test)
    found = []
    if first is not None:
        found.append(Condition(column, ">=", (f"{first:04}-01-01",)))
    if last is not None:
        found.append(Condition(column, "<=", (f"{last:04}-12-31",)))
    return All(tuple(found)) if found else None


def _cased(left: Any, right: Any, test: str, value: str) -> Formula | None:
    """upper(x) = x and lower(x) = x."""
    for one, two in ((left, right), (right, left)):
        if isinstance(one, exp.Upper | exp.Lower) and test == "=":
            column = column_of(one.this, value)
            if column and column == column_of(two, value):
                letters = "A-Z" if isinstance(one, exp.Upper) else "a-z"
                return Condition(column, "like", (f"^[{letters}0-9]+$",))
    return None


def _filled(left: Any, right: Any, test: str, value: str) -> Formula | None:
    """COALESCE(x, 0) < COALESCE(y, 1): of values that are there."""
    sides = [left, right]
    stood = [bare(s) for s in sides]
    if not any(isinstance(s, exp.Coalesce) for s in stood):
        return None
    inner = [s.this if isinstance(s, exp.Coalesce) else s for s in stood]
    there = [
        Condition(column_or_refuse(s.this, value), "not null")
        for s in stood if isinstance(s, exp.Coalesce)
    ]  # fmt: skip
    made = _plain(inner[0], inner[1], test, value)
    return None if made is None else All((made, *there))


def _plain(left: Any, right: Any, test: str, value: str) -> Formula | None:
    """x >= 3; x <= y; lower(x) = 'a', which small letters satisfy."""
    folded = left.this if isinstance(left, exp.Lower | exp.Upper) and test in ("=", "<>") else left
    column, literal = column_of(folded, value), literal_of(right)
    if not column:
        return None
    if literal is not None:
        if folded is not left and literal != _folded(left, literal):
            return None
        if test in ("=", "<>"):
            return Condition(column, "in" if test == "=" else "not in", (literal,))
        return Condition(column, test, (literal,))
    if test in ("<", "<=") and _this_year(right):
        return Condition(column, test, (str(_LONG_OVER),))
    other = column_of(right, value)
    return Condition(column, test, other=other) if other and folded is left else None


def _this_year(node: Any) -> bool:
    """extract(year from now()), of which only an upper end is sure: it was later than that."""
    node = bare(node)
    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    if not isinstance(node, exp.Extract):
        return False
    part = (literal_of(node.this) or node.this.name).lower()
    return part == "year" and (literal_of(node.expression) or "").startswith("reference")


def _folded(node: Any, literal: str) -> str:
    return literal.upper() if isinstance(node, exp.Upper) else literal.lower()


def _is(node: Any, value: str) -> Formula:
    column = column_of(node.this, value)
    right = bare(node.expression)
    if not column:
        raise Unsolved(f"{shown(node)} is not understood")
    if isinstance(right, exp.Null):
        return Condition(column, "null")
    if isinstance(right, exp.Boolean):
        truth = Condition(column, "in", ("true" if right.this else "false",))
        return All((truth, Condition(column, "not null")))
    raise Unsolved(f"{shown(node)} is not understood")


def _in(node: Any, value: str) -> Formula:
    column = column_or_refuse(node.this, value)
    return Condition(column, "in", tuple(literal_or_refuse(e) for e in node.expressions))


def _matches(test: str) -> Callable[[Any, str], Formula]:
    def reader(node: Any, value: str) -> Formula:
        column = column_or_refuse(node.this, value)
        return Condition(column, test, (literal_or_refuse(node.expression),))

    return reader


def _like(test: str) -> Callable[[Any, str], Formula]:
    def reader(node: Any, value: str) -> Formula:
        column = column_or_refuse(node.this, value)
        pattern = literal_or_refuse(node.expression)
        return Condition(column, test, (f"^{as_regex(pattern)}$",))

    return reader


def _distinct_from(node: Any, value: str) -> Formula:
    column, literal = column_or_refuse(node.this, value), literal_of(node.expression)
    unequal = isinstance(node, exp.NullSafeNEQ)
    if literal is not None:
        same = All((Condition(column, "in", (literal,)), Condition(column, "not null")))
        return negate(same) if unequal else same
    other = column_or_refuse(node.expression, value)
    return Condition(column, "<>" if unequal else "=", other=other)


_READERS: Mapping[type, Callable[[Any, str], Formula]] = {
    **dict.fromkeys(_COMPARISONS, _compare),
    exp.Is: _is,
    exp.In: _in,
    exp.RegexpLike: _matches("like"),
    exp.RegexpILike: _matches("ilike"),
    exp.Like: _like("like"),
    exp.ILike: _like("ilike"),
    exp.NullSafeEQ: _distinct_from,
    exp.NullSafeNEQ: _distinct_from,
}
