"""Conditional CHECKs: which columns of a row are NULL, and which are not."""

from __future__ import annotations

from seeder.plan.cases import cases
from seeder.plan.narrowing import narrow
from seeder.schema import Check, Column, Name, Table, Type

_TEXT, _BOOL = Type("text", "text"), Type("boolean", "boolean")


def solved(*checks: str, **columns: Type) -> list[tuple[dict[str, str], str, str]]:
    """(values, NULL columns, columns that are there) of each case of the first group."""
    table = Table(
        Name("public", "t"),
        tuple(Column(n, t) for n, t in columns.items()),
        checks=tuple(Check(f"c{at}", text) for at, text in enumerate(checks)),
    )
    found = cases(table, narrow(table), frozenset(columns))
    assert found.unsolved == ()
    return [(c.given, " ".join(c.null), " ".join(c.present)) for g in found.groups for c in g.cases]


def test_one_of_several() -> None:
    found = solved("num_nonnulls(a, b) = 1", a=_TEXT, b=_TEXT)
    assert sorted(found, key=str) == [({}, "a", "b"), ({}, "b", "a")]


def test_a_sum_of_truths_is_a_count() -> None:
    text = "((a IS NOT NULL)::integer + (b IS NOT NULL)::integer) = 2"
    assert solved(text, a=_TEXT, b=_TEXT) == [({}, "", "a b")]


def test_a_value_asks_for_another_column() -> None:
    found = solved(
        "k = ANY (ARRAY['x'::text, 'y'::text])", "(k = 'x') = (a IS NOT NULL)", k=_TEXT, a=_TEXT
    )
    assert found == [({"k": "x"}, "", "a"), ({"k": "y"}, "a", "")]


def test_rules_that_share_a_column_hold_together() -> None:
    found = solved(
        "NOT done OR at IS NOT NULL", "(at IS NULL) = (who IS NULL)",
        done=_BOOL, at=_TEXT, who=_TEXT,
    )  # fmt: skip
    assert found == [
        ({"done": "true"}, "", "at who"),
        ({"done": "false"}, "at who", ""),
        ({"done": "false"}, "", "at who"),
    ]


def test_case_when() -> None:
    found = solved("CASE WHEN b THEN a IS NOT NULL ELSE a IS NULL END", a=_TEXT, b=_BOOL)
    assert found == [({"b": "true"}, "", "a"), ({"b": "false"}, "a", "")]


def test_a_value_with_which_no_row_can_be() -> None:
    table = Table(
        Name("public", "t"),
        (Column("k", _TEXT, nullable=False), Column("a", _TEXT, nullable=False)),
        checks=(Check("c", "k IN ('x', 'y')"), Check("d", "k <> 'x' OR a IS NULL")),
    )
    found = cases(table, narrow(table), frozenset({"k", "a"}))
    assert found.without == {"k": ("x",)}
