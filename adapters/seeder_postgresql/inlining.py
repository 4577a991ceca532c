"""CHECKs read through the functions that they call: ``is_uid(x)`` as what ``is_uid`` returns.

Only functions that are one expression of their arguments are read; any other call stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

_NESTED = 3  # calls within calls that are followed
_COMMENT = re.compile(r"--[^\n]*")
_RETURN = re.compile(r"\s*BEGIN\s+RETURN\s+([^;]+);\s*END\s*\w*\s*;?\s*", re.IGNORECASE)
_SQL_RETURN = re.compile(r"\s*RETURN\s+(.+?);?\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of one expression; ``body`` names ``arguments``, or has $1 and so on."""

    namespace: str
    name: str
    arguments: tuple[str, ...]
    body: Any


Functions = Mapping[tuple[str, int], Function]


def functions(version: int) -> str:
    """The query of the functions that CHECKs of tables and domains call."""
    body = "pg_get_function_sqlbody(p.oid)" if version >= 140000 else "NULL"
    return f"""
SELECT n.nspname, p.proname, l.lanname, p.prosrc, {body}, p.proargnames, p.pronargs
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE l.lanname IN ('sql', 'plpgsql') AND NOT p.proretset AND p.oid IN (
  SELECT d.refobjid FROM pg_depend d
  WHERE d.classid = 'pg_constraint'::regclass AND d.refclassid = 'pg_proc'::regclass)
ORDER BY p.oid
"""


def known(rows: Iterable[Sequence[Any]]) -> Functions:
    """The functions that are one expression, by name and number of arguments; of several of one
    name and number none, as only the types of a call would tell them apart."""
    found: dict[tuple[str, int], Function | None] = {}
    for namespace, name, language, source, body, names, count in rows:
        expression = _expression(language, source, body)
        made = None
        if expression is not None:
            made = Function(namespace, name, tuple((names or [])[:count]), expression)
        found[name, count] = None if (name, count) in found else made
    return {key: made for key, made in found.items() if made is not None}


def _expression(language: str, source: str, body: str | None) -> Any:
    text = body or _COMMENT.sub("", source)
    said = (_SQL_RETURN if body else _RETURN).fullmatch(text)
    if said is None and (language != "sql" or body):
        return None
    try:
        tree = sqlglot.parse_one(f"SELECT {said[1]}" if said else text, dialect="postgres")
    except SqlglotError:
        return None
    plain = isinstance(tree, exp.Select) and len(tree.expressions) == 1
    if not plain or any(v for k, v in tree.args.items() if k != "expressions"):
        return None
    nested = any(select is not tree for select in tree.find_all(exp.Select))
    return None if nested else tree.expressions[0].unalias()


def inlined(text: str, by_name: Functions) -> str:
    """The expression with every call of a known function replaced by what it returns."""
    if not any(name in text for name, _ in by_name):
        return text
    try:
        tree: Any = sqlglot.parse_one(text, dialect="postgres")
        for _ in range(_NESTED):
            tree = tree.transform(lambda node: _replaced(node, by_name))
        return str(tree.sql(dialect="postgres"))
    except (SqlglotError, RecursionError):
        return text


def _replaced(node: Any, by_name: Functions) -> Any:
    qualified = isinstance(node, exp.Dot)
    call = node.expression if qualified else node
    if not isinstance(call, exp.Anonymous) or isinstance(node.parent, exp.Dot):
        return node
    given = call.expressions
    function = by_name.get((str(call.this), len(given)))
    if function is None or (qualified and node.this.name != function.namespace):
        return node
    values = {name: value for name, value in zip(function.arguments, given, strict=False) if name}

    def bound(leaf: Any) -> Any:
        if isinstance(leaf, exp.Parameter) and str(leaf.this).isdigit():
            return exp.Paren(this=given[int(str(leaf.this)) - 1].copy())
        if isinstance(leaf, exp.Column) and leaf.table in ("", function.name):
            value = values.get(leaf.name)
            return leaf if value is None else exp.Paren(this=value.copy())
        return leaf

    return exp.Paren(this=function.body.copy().transform(bound))
