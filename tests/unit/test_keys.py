"""Keys: how each finds its parent, and which paths meet, proven on the rows themselves."""

from __future__ import annotations

import numpy as np

from seeder.plan.model import Plan
from seeder.schema import Table
from tests.property.hand_made import (
    CLINIC,
    ORGANISATION,
    PATIENT,
    PROVIDER,
    build,
    everything,
    key_plan,
    parents,
    planned,
    table,
    values,
)
from tests.property.integrity import faults


def agreed(plan: Plan, label: str) -> dict[tuple[str, str], str]:
    """Decisions of a table, by the columns of the two paths."""
    short = {}
    for a in plan.tables[f"h.{label}"].agreements:
        ends = [">".join(k.removesuffix("_fkey").split("_", 1)[1] for k in path)
                for path in (a.first, a.second)]  # fmt: skip
        short[ends[0], ends[1]] = a.decision
    return short


def test_a_diamond_meets_at_its_far_end() -> None:
    """encounter > provider > organisation is encounter > organisation, in every row."""
    plan = planned(CLINIC, 3000)
    world = build(plan)
    assert agreed(plan, "encounter")["organization_id", "provider_id>organization_id"] == "equal"
    near = parents(world, "encounter", "organization_id")
    far = parents(world, "encounter", "provider_id", "organization_id")
    assert np.array_equal(near, far)
    assert len(set(near.tolist())) > 1
    assert faults(plan) == []


def test_a_childs_own_reference_is_derived_from_its_owner() -> None:
    plan = planned(CLINIC, 3000)
    assert key_plan(plan, "diagnosis", "encounter_id").how == "owner"
    assert key_plan(plan, "diagnosis", "patient_id").how == "derived"
    world = build(plan)
    assert np.array_equal(
        parents(world, "diagnosis", "patient_id"),
        parents(world, "diagnosis", "encounter_id", "patient_id"),
    )


def test_a_nullable_reference_agrees_where_it_is_there() -> None:
    plan = planned(CLINIC, 3000)
    world = build(plan)
    theirs = dict(values(world, "encounter", "id", "provider_id"))
    pairs = values(world, "diagnosis", "encounter_id", "provider_id")
    assert {p is None or p == theirs[e] for e, p in pairs} == {True}
    absent = sum(p is None for _, p in pairs)
    assert 0.03 < absent / len(pairs) < 0.25


def test_below_a_known_ancestor() -> None:
    """The bed of an admission is one of the ward's that the admission names."""
    ward = table("ward", "name text")
    bed = table("bed", "ward_id bigint, label text", "ward_id -> ward")
    admission = table(
        "admission",
        "patient_id bigint, ward_id bigint, bed_id bigint, started_at timestamptz",
        "patient_id -> patient",
        "ward_id -> ward",
        "bed_id -> bed",
    )
    plan = planned((PATIENT, ward, bed, admission), 3000)
    world = build(plan)
    assert np.array_equal(
        parents(world, "admission", "ward_id"), parents(world, "admission", "bed_id", "ward_id")
    )
    assert len(set(parents(world, "admission", "bed_id").tolist())) > 10


def test_two_roles_of_one_table_are_independent() -> None:
    """A referring provider is another one by name; the reason is in the plan."""
    visit = table(
        "encounter",
        "patient_id bigint, attending_provider_id bigint, referring_provider_id bigint?",
        "patient_id -> patient",
        "attending_provider_id -> provider",
        "referring_provider_id -> provider",
    )
    plan = planned((PATIENT, ORGANISATION, PROVIDER, visit), 2000)
    pair = [a for a in plan.tables["h.encounter"].agreements if len(a.first) == len(a.second) == 1]
    assert [a.decision for a in pair] == ["independent"]
    assert pair[0].why
    world = build(plan)
    first = parents(world, "encounter", "attending_provider_id")
    second = parents(world, "encounter", "referring_provider_id")
    assert (first == second).mean() < 0.3


def test_a_composite_key_agrees_column_by_column() -> None:
    """A result's order and patient are one key to the order, and the patient another."""
    order = table(
        "lab_order", "patient_id bigint", "patient_id -> patient", unique=["id,patient_id"]
    )
    result = table(
        "lab_result",
        "lab_order_id bigint, patient_id bigint, value numeric",
        "lab_order_id,patient_id -> lab_order(id,patient_id)",
        "patient_id -> patient",
    )
    plan = planned((PATIENT, order, result), 1500)
    assert faults(plan) == []
    orders = set(values(build(plan), "lab_order", "id", "patient_id"))
    assert set(values(build(plan), "lab_result", "lab_order_id", "patient_id")) <= orders


def test_a_self_reference_is_a_tree_without_loops() -> None:
    for columns in ("parent_id bigint?, name text", "parent_id bigint, name text"):
        place = table("department", columns, "parent_id -> department")
        plan = planned((place, PATIENT), 1000, department=200)
        rows = values(build(plan), "department", "id", "parent_id")
        parent = dict(rows)
        roots = [i for i, p in rows if p is None or p == i]
        assert roots
        for start in parent:
            seen, here = set(), start
            while parent[here] is not None and parent[here] != here:
                assert here not in seen
                seen.add(here)
                here = parent[here]


def test_a_tree_stays_inside_its_owner() -> None:
    comment = table(
        "note",
        "patient_id bigint, parent_note_id bigint?, body text",
        "patient_id -> patient",
        "parent_note_id -> note",
    )
    plan = planned((PATIENT, comment), 1500, patient=200)
    world = build(plan)
    mine = dict(values(world, "note", "id", "patient_id"))
    pairs = values(world, "note", "id", "parent_note_id")
    assert {mine[i] == mine[p] for i, p in pairs if p is not None} == {True}
    # Where hardly an owner has two, siblings would leave the column empty.
    plan = planned((PATIENT, comment), 1500, patient=1000)
    pairs = values(build(plan), "note", "id", "parent_note_id")
    assert {p < i for i, p in pairs if p is not None} == {True}  # type: ignore[operator]
    assert sum(p is None for _, p in pairs) < len(pairs) / 2


def test_the_row_before_is_of_the_same_owner() -> None:
    visit = table(
        "encounter",
        "patient_id bigint, previous_encounter_id bigint?, started_at timestamptz",
        "patient_id -> patient",
        "previous_encounter_id -> encounter",
    )
    plan = planned((PATIENT, visit), 1500)
    assert key_plan(plan, "encounter", "previous_encounter_id").how == "previous"
    rows = {i: (p, q, t) for i, p, q, t in
            values(build(plan), "encounter", "id", "patient_id", "previous_encounter_id",
                   "started_at")}  # fmt: skip
    before = [(rows[i], rows[r[1]]) for i, r in rows.items() if r[1] is not None]
    assert len(before) > 200
    assert {a[0] == b[0] for a, b in before} == {True}


def test_a_subtype_has_one_row_each() -> None:
    """The primary key is the reference."""
    inpatient = table(
        "admission", "encounter_id bigint, ward text", "encounter_id -> encounter",
        primary="encounter_id",
    )  # fmt: skip
    plan = planned((*CLINIC, inpatient), 3000)
    owner = key_plan(plan, "admission", "encounter_id")
    assert (owner.how, owner.fan_out.high) == ("owner", 1)
    found = [v for (v,) in values(build(plan), "admission", "encounter_id")]
    assert len(set(found)) == len(found) == plan.tables["h.admission"].rows


def test_a_junction_has_each_pair_once() -> None:
    role = table("role", "code code, name text")
    pair = table(
        "provider_role", "provider_id bigint, role_id bigint",
        "provider_id -> provider", "role_id -> role", primary="provider_id,role_id",
    )  # fmt: skip
    plan = planned((ORGANISATION, PROVIDER, role, pair, PATIENT), 2000)
    found = values(build(plan), "provider_role", "provider_id", "role_id")
    assert len(set(found)) == len(found) == plan.tables["h.provider_role"].rows > 10
    assert len({r for _, r in found}) > 2


def _cycle(*required: str) -> tuple[Table, ...]:
    return (
        table("concept", f"domain_id bigint{required[0]}, name text", "domain_id -> domain"),
        table("domain", f"concept_id bigint{required[1]}, name text", "concept_id -> concept"),
    )


def test_cycles_of_keys_without_nulls() -> None:
    for shape in (("", ""), ("?", ""), ("", "?"), ("?", "?")):
        plan = planned(_cycle(*shape), 400)
        assert faults(plan) == []
        assert plan.rows == 400


def test_references_have_heavy_hitters_that_are_not_the_first_rows() -> None:
    payer = table("payer", "name text, city text")
    cover = table(
        "claim",
        "patient_id bigint, payer_id bigint",
        "patient_id -> patient",
        "payer_id -> payer",
    )
    plan = planned((PATIENT, payer, cover), 20_000, payer=100)
    counts = np.bincount(parents(build(plan), "claim", "payer_id"), minlength=100)
    assert counts.max() > 3 * counts.mean()
    assert int(counts.argmax()) > 0


def test_a_path_breaks_off_where_a_parent_is_absent() -> None:
    """A NULL on the way gives NULL, never a wrong row."""
    visit = table(
        "encounter", "patient_id bigint?, started_at timestamptz", "patient_id -> patient"
    )
    finding = table(
        "diagnosis", "encounter_id bigint?, patient_id bigint?",
        "encounter_id -> encounter", "patient_id -> patient",
    )  # fmt: skip
    plan = planned((PATIENT, visit, finding), 2000)
    world = build(plan)
    theirs = dict(values(world, "encounter", "id", "patient_id"))
    for encounter, patient in values(world, "diagnosis", "encounter_id", "patient_id"):
        if encounter is not None and patient is not None and theirs[encounter] is not None:
            assert patient == theirs[encounter]


def test_every_row_of_a_table_is_some_rows_slice() -> None:
    """Keys of one row are those of the whole table."""
    world = build(planned(CLINIC, 1000))
    whole = everything(world, "diagnosis")
    one = type(whole)(world, whole.population.name, np.array([17, 3, 200]))
    for key in whole.population.links:
        assert one.parents(key).tolist() == whole.parents(key)[[17, 3, 200]].tolist()
