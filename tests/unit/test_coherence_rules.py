"""Rules as data: what is refused, what they read, and when a share passes."""

from __future__ import annotations

import re

import pytest
import sqlglot
from pydantic import ValidationError
from sqlglot import exp

from seeder.errors import UsageError
from seeder.question import Fact
from seeder.verify.clinical.lists import listing, names
from seeder.verify.clinical.places import _combined
from seeder.verify.clinical.report import Section, Verdict
from seeder.verify.clinical.rule import FUNCTIONS, Expected, Rule, facts, rule, rules

_PLAIN = {
    "rule": "r", "says": "s", "facts": {"birth": "birth of patient"}, "holds": "TRUE",
    "example": {"clean": [{"birth": 1}], "bad": [{"birth": 2}]},
}  # fmt: skip


def test_there_are_enough_rules_and_each_has_rows_of_both_kinds() -> None:
    assert len(rules()) >= 60
    for each in rules().values():
        assert each.example.clean
        assert each.example.bad
        for row in (*each.example.clean, *each.example.bad):
            assert set(row) == set(each.facts), each.rule


@pytest.mark.parametrize("name", rules())
def test_expressions_name_only_facts_lists_and_functions(name: str) -> None:
    each = rules()[name]
    others = set(each.among.facts) if each.among else set()
    texts = [(each.when, set(each.facts)), (each.holds, {*each.facts, "found"})]
    texts += [(each.among.where, others)] if each.among else []
    for text, known in texts:
        tree = sqlglot.parse_one(text, dialect="postgres")
        called = list(tree.find_all(exp.Anonymous))
        assert {str(n.this).lower() for n in called} <= set(FUNCTIONS)
        looked = {str(n.expressions[0].name) for n in called if str(n.this) == "listed"}
        assert looked <= set(names())
        for column in tree.find_all(exp.Column):
            if column.table in each.look:
                assert column.name in listing(column.table).columns
            elif column.table in ("mine", "previous"):
                assert column.name in each.facts
            else:
                assert not column.table
                assert column.name in known | looked


@pytest.mark.parametrize("name", names())
def test_lists_have_rows_of_one_length_and_no_gaps(name: str) -> None:
    found = listing(name)
    assert found.rows
    assert {len(row) for row in found.rows} == {len(found.columns)}
    assert not any(cell is None for row in found.rows for cell in row)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"facts": {"birth": "bith"}}, "no fact 'bith'"),
        ({"facts": {"birth": "birth of ward"}}, "no fact"),
        ({"optional": ["death"]}, "does not name"),
        ({"order": "at"}, "does not name"),
        ({"per": "ward"}, "does not name"),
        ({"hold": "x"}, "extra"),
        ({"expect": {"share": 2, "within": 0.1}}, "less than or equal to 1"),
    ],
)
def test_a_rule_with_a_mistake_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(said)):
        Rule.model_validate({**_PLAIN, **change})


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="pregnancy in a man"):
        rule("pregnancy in men")


def test_facts_have_meanings() -> None:
    assert all(f.meanings for f in facts().values())


@pytest.mark.parametrize(
    ("applied", "bad", "expect", "verdict"),
    [
        (0, 0, None, "no rows"),
        (100, 0, None, "holds"),
        (100, 1, None, "broken"),
        (10_000, 550, Expected(share=0, within=0.05), "holds"),
        (10_000, 700, Expected(share=0, within=0.05), "broken"),
        (10_000, 3_000, Expected(share=0.5, within=0.1), "broken"),
        (10, 4, Expected(share=0.5, within=0.1), "holds"),
    ],
)
def test_a_share_passes_within_its_tolerance_and_the_chance_of_few_rows(
    applied: int, bad: int, expect: Expected | None, verdict: str
) -> None:
    found = Verdict("r", "t.c", applied, bad, expect)
    assert found.verdict == verdict
    assert Section((found,), (), ()).broken == ([found] if verdict == "broken" else [])


def test_columns_of_equal_number_go_together() -> None:
    codes = [Fact((), f"code{i}", "icd") for i in range(2)]
    texts = [Fact((), f"name{i}", "label") for i in range(2)]
    one = [Fact((), "born", "moment")]
    found = list(_combined({"code": codes, "name": texts, "birth": one}))
    assert [(f["code"].column, f["name"].column, f["birth"].column) for f in found] == [
        ("code0", "name0", "born"),
        ("code1", "name1", "born"),
    ]
