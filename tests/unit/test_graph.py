"""The key graph: qualifiers, relations, reach, order, components, owners."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeder.plan.graph import Graph, components, is_relation, one_to_one, owners, qualifiers
from seeder.schema import ForeignKey, Name, Schema
from seeder.semantics import role_of
from tests.property.hand_made import CLINIC, name, schema, table


def graph(made: Schema) -> Graph:
    kinds = {t.name: role_of(t, made).kind for t in made}
    return Graph(made, kinds, frozenset(kinds))


def key(column: str, target: str) -> ForeignKey:
    return ForeignKey("k", (column,), name(target), ("id",))


@pytest.mark.parametrize(
    ("column", "target", "words"),
    [
        ("patient_id", "patient", set()),
        ("patientId", "patients", set()),
        ("attending_staff_id", "staff", {"attending"}),
        ("attending", "providers", {"attending"}),
        ("parent_department_id", "department", {"parent"}),
        ("primary_care_provider_id", "provider", {"primary", "care"}),
        ("gender_concept_id", "concept", {"gender"}),
        ("itemid", "d_labitems", set()),
    ],
)
def test_what_a_column_says_beyond_its_target(column: str, target: str, words: set[str]) -> None:
    assert qualifiers(key(column, target)) == words


def test_relations_point_elsewhere() -> None:
    assert is_relation(key("referring_provider_id", "provider"))
    assert is_relation(key("previous_visit_id", "visit"))
    assert not is_relation(key("attending_provider_id", "provider"))


def test_the_order_has_parents_first() -> None:
    made = graph(schema(*CLINIC))
    order = made.order()
    for each in CLINIC:
        for k in each.foreign_keys:
            assert order.index(k.target) < order.index(each.name)


def test_reach_takes_the_plain_paths() -> None:
    reach = graph(schema(*CLINIC)).reach(name("diagnosis"))
    assert set(reach) == {name(n) for n in ("encounter", "patient", "provider", "organization")}
    assert len(reach[name("encounter")]) == 1


def test_owners_are_the_telling_keys_and_a_forest() -> None:
    chosen = {n.name: k.target.name for n, k in owners(graph(schema(*CLINIC))).items()}
    assert chosen["diagnosis"] == "encounter"
    assert chosen["encounter"] == "patient"
    assert "patient" not in chosen


def test_owners_of_a_cycle() -> None:
    made = schema(
        table("visit", "bill_id bigint", "bill_id -> bill"),
        table("bill", "visit_id bigint", "visit_id -> visit"),
    )
    assert len(owners(graph(made))) <= 1


def test_one_to_one_by_key_or_constraint() -> None:
    each = table("admission", "encounter_id bigint", "encounter_id -> encounter",
                 unique=["encounter_id"])  # fmt: skip
    assert one_to_one(each, each.foreign_keys[0])
    other = table("admission", "encounter_id bigint, n smallint", "encounter_id -> encounter",
                  unique=["encounter_id,n"])  # fmt: skip
    assert not one_to_one(other, other.foreign_keys[0])


@given(st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=4)))
def test_components_are_those_of_reachability(edges: dict[int, list[int]]) -> None:
    nodes = [Name("h", str(i)) for i in range(10)]
    following = {nodes[i]: [nodes[j] for j in edges.get(i, [])] for i in range(10)}
    reach = {n: {n} for n in nodes}
    for _ in nodes:
        for n in nodes:
            reach[n] |= {r for m in following[n] for r in reach[m]}
    found = components(nodes, lambda n: following[n])
    assert sorted(n for c in found for n in c) == sorted(nodes)
    place = {n: i for i, c in enumerate(found) for n in c}
    for a in nodes:
        for b in nodes:
            assert (place[a] == place[b]) == (b in reach[a] and a in reach[b])
        assert all(place[b] <= place[a] for b in following[a])
