"""Parents whose trigger sends rows to children: which they are, and how their rows are shared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seeder.plan.planner import make_plan
from seeder.plan.redirect import routed, spread
from seeder.schema import Check, Schema, Table, Trigger, with_redirected_keys
from tests.property.hand_made import name, options, schema, table

_SENDS = Trigger("sent", "BEFORE INSERT ROW", "O", "f()", ("writes", "redirects"))


def _made(trigger: Trigger = _SENDS, bounds: bool = True, *more: Table) -> Schema:
    parent = replace(table("fact", "v integer, label text", primary=""), triggers=(trigger,))
    children = [
        replace(
            table(f"fact_{n}", "v integer, label text", primary=""),
            inherits=(parent.name,),
            checks=(Check(f"c{n}", f"v >= {n * 10} AND v < {n * 10 + 10}", ("v",)),) * bounds,
        )
        for n in (1, 2, 3)
    ]
    return schema(parent, *children, *more)


def test_the_children_are_filled() -> None:
    made = _made(_SENDS, True, table("event", "v text"))
    plan = make_plan(made, options(3000))
    assert plan.tables["h.fact"].role == "empty"
    assert plan.rows == 3000
    rows = [plan.tables[f"h.fact_{n}"].rows for n in (1, 2, 3)]
    assert max(rows) - min(rows) <= 2
    assert [f.place for f in plan.findings if f.code == "redirected"] == ["h.fact"]


@pytest.mark.parametrize(
    "changed",
    [
        {"enabled": "D"},
        {"enabled": "R"},
        {"event": "BEFORE UPDATE ROW"},
        {"does": ("fills",)},
    ],
)
def test_other_triggers_send_nothing(changed: dict) -> None:
    made = _made(replace(_SENDS, **changed))
    assert routed(made, options()) == {}
    assert make_plan(made, options(3000)).tables["h.fact"].role == "generate"


def test_other_parents_have_rows() -> None:
    assert routed(_made(bounds=False), options()) == {}
    points = table("visit", "fact_id bigint", "fact_id -> fact")
    assert routed(_made(_SENDS, True, points), options()) == {}
    for choice in ("off", "on"):
        asked = options().model_copy(update={"triggers": choice})
        assert routed(_made(), asked) == {}


def test_children_have_the_keys_of_their_parent() -> None:
    """That of the column which divides the rows as well: its CHECKs choose among the parents."""
    made = _made(_SENDS, True, table("person", "v text"), table("item", "v text"))
    columns = "v integer, label text, person_id bigint"
    parent = replace(
        table("fact", columns, "person_id -> person", "v -> item", primary=""), triggers=(_SENDS,)
    )
    children = [replace(t, columns=parent.columns) for t in made if t.inherits]
    others = [t for t in made if not t.inherits and t.name != parent.name]
    lifted = with_redirected_keys(schema(parent, *children, *others))
    for child in children:
        assert [k.columns for k in lifted[child.name].foreign_keys] == [("person_id",), ("v",)]
    assert with_redirected_keys(lifted) == lifted
    plan = make_plan(lifted, options(3000))
    assert plan.tables["h.fact_1"].owner == "fact_person_id_fkey"


def test_rows_asked_for_are_shared_out() -> None:
    parents = routed(_made(), options())
    fact, first, second, third = (name(n) for n in ("fact", "fact_1", "fact_2", "fact_3"))
    assert spread({fact: 100}, parents) == {first: 33, second: 33, third: 34}
    assert spread({fact: 100, second: 5}, parents) == {first: 33, second: 5, third: 34}
    assert spread({fact: 0}, parents) == {}
    assert make_plan(_made(), options(100, fact=100)).rows == 100
