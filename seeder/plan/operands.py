"""The leaves of a SQL condition: columns, constants and the clock, through casts and brackets."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

_CLOCKS = {"now", "clock_timestamp", "statement_timestamp", "transaction_timestamp"}
CLOCK_NODES = tuple(
    getattr(exp, name)
    for name in ("CurrentDate", "CurrentTimestamp", "CurrentDatetime", "Localtimestamp")
    if hasattr(exp, name)
)
_SPAN = re.compile(r"(\d+) (day|mon|month|year)s?")


class Unsolved(Exception):
    """The condition has no form that a generator can be bent to; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def bare(node: Any) -> Any:
    while isinstance(node, exp.Paren | exp.Collate):
        node = node.this
    return node


def shown(node: Any) -> str:
    return str(node.sql(dialect="postgres"))[:80]


def name_of(node: Any) -> str:
    return str(node.this).lower() if isinstance(node, exp.Anonymous) else ""


def column_of(node: Any, value: str) -> str:
    """The column that the node is, through casts and trims; '' when it is none."""
    while isinstance(node, exp.Paren | exp.Collate | exp.Cast | exp.Trim):
        node = node.this
    if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier):
        return ""
    name = str(node.this.this)
    if value and name.upper() == "VALUE" and not node.this.quoted:
        return value
    return name


def column_or_refuse(node: Any, value: str) -> str:
    column = column_of(node, value)
    if not column:
        raise Unsolved(f"{shown(node)} is no column")
    return column


def literal_of(node: Any) -> str | None:
    """A constant's text, 'reference' and what lies so far from it for the clock, else None."""
    while isinstance(node, exp.Paren | exp.Collate | exp.Cast):
        node = node.this
    if isinstance(node, exp.Literal):
        return str(node.this)
    if isinstance(node, exp.Boolean):
        return "true" if node.this else "false"
    if isinstance(node, exp.Neg):
        inner = literal_of(node.this)
        return None if inner is None else "-" + inner
    return _clock(node)


def _clock(node: Any) -> str | None:
    if isinstance(node, CLOCK_NODES) or name_of(node) in _CLOCKS:
        return "reference"
    if name_of(node) == "timezone" and len(node.expressions) == 2:
        return _clock(node.expressions[1])
    if isinstance(node, exp.Add | exp.Sub):
        start, span = literal_of(node.this), literal_of(node.expression)
        sign = "+" if isinstance(node, exp.Add) else "-"
        if start and start.startswith("reference") and span is not None:
            return _shifted(start, sign, span)
    return None


def _shifted(start: str, sign: str, span: str) -> str | None:
    """``reference - 18 years``: a whole number of days, months or years at a time."""
    if span.isdigit():
        return f"{start} {sign} {span} days"
    terms = _SPAN.findall(span)
    if not terms or _SPAN.sub("", span).strip():
        return None
    for number, unit in terms:
        start += f" {sign} {number} {'month' if unit == 'mon' else unit}s"
    return start


def literal_or_refuse(node: Any) -> str:
    literal = literal_of(node)
    if literal is None:
        raise Unsolved(f"{shown(node)} is no constant")
    return literal


def array_of(node: Any) -> tuple[str, ...] | None:
    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    if isinstance(node, exp.Array):
        values = [literal_of(e) for e in node.expressions]
        known = [v for v in values if v is not None]
        return tuple(known) if len(known) == len(values) else None
    if isinstance(node, exp.Literal) and re.fullmatch(r"\{[^{}\"\\]*\}", str(node.this)):
        return tuple(p.strip() for p in str(node.this)[1:-1].split(","))
    return None


def as_regex(like: str) -> str:
    """A LIKE pattern as a regular expression."""
    parts, escaped = [], False
    for sign in like:
        if escaped or sign not in "%_\\":
            parts.append("\\" + sign if sign in "^$.|?*+()[]{}\\" else sign)
            escaped = False
        elif sign == "\\":
            escaped = True
        else:
            parts.append(".*" if sign == "%" else ".")
    return "".join(parts)
