"""Calls of functions of one expression become what the functions return; others stay."""

from __future__ import annotations

import pytest

from seeder_postgresql.inlining import inlined, known

ROWS = [
    ("rule", "is_tag", "plpgsql", "\nBEGIN\n  -- why\n  RETURN tag ~ '^[a-z]';\nEND;\n", None,
     ["tag"], 1),
    ("rule", "within", "sql", "SELECT $1 > 0 AND $1 < $2;", None, None, 2),
    ("rule", "listed", "sql", "", "RETURN (a = ANY (ARRAY['x'::text]))", ["a"], 1),
    ("rule", "counted", "sql", "SELECT EXISTS (SELECT 1 FROM t WHERE id = $1)", None, None, 1),
    ("rule", "long", "plpgsql", "BEGIN IF x THEN RETURN true; END IF; RETURN false; END;", None,
     ["x"], 1),
    ("rule", "twice", "sql", "SELECT rule.is_tag($1)", None, None, 1),
    ("one", "same", "sql", "SELECT $1", None, None, 1),
    ("two", "same", "sql", "SELECT NOT $1", None, None, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "plain"),
    [
        ("rule.is_tag((code)::text)", "((CAST((code) AS TEXT)) ~ '^[a-z]')"),
        ("(a IS NULL OR rule.within(a, b))", "(a IS NULL OR ((a) > 0 AND (a) < (b)))"),
        ("rule.listed(VALUE)", "(((VALUE) = ANY(ARRAY[CAST('x' AS TEXT)])))"),
        ("rule.twice(z)", "((((z)) ~ '^[a-z]'))"),
    ],
)
def test_what_is_read_through(check: str, plain: str) -> None:
    assert inlined(check, known(ROWS)) == plain


@pytest.mark.parametrize(
    "check",
    [
        "rule.counted(a)",
        "rule.long(a)",
        "elsewhere.is_tag(a)",
        "one.same(a)",
        "a > 3",
        "rule.is_tag((",
    ],
)
def test_what_stays(check: str) -> None:
    assert inlined(check, known(ROWS)).replace(" ", "") == check.replace(" ", "")
