"""Schemas that hypothesis invents: a plan is refused with a reason, or its rows are sound."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from seeder.errors import PlanError, UsageError
from seeder.plan.findings import refuse_errors
from seeder.plan.planner import make_plan
from tests.property.hand_made import options, schema, table
from tests.property.integrity import faults

_NAMES = (
    "patient", "encounter", "facility", "department", "staff", "diagnosis", "role_type", "payer",
    "note", "audit_log",
)  # fmt: skip
_PLAIN = ("name text", "code code", "started_at timestamptz", "amount numeric?", "seq smallint",
          "birth_date date", "active boolean", "day date", "kind char1")  # fmt: skip


class Sketch(NamedTuple):
    """What ``table`` needs; short, so that a failure can be read."""

    label: str
    columns: str
    keys: list[str]
    unique: list[str]


@st.composite
def sketches(draw: st.DrawFn, cycles: bool) -> list[Sketch]:
    """Two to six tables; keys point at any table when ``cycles``, else at earlier ones."""
    labels = draw(st.lists(st.sampled_from(_NAMES), min_size=2, max_size=6, unique=True))
    made: list[Sketch] = []
    for place, label in enumerate(labels):
        columns = draw(st.lists(st.sampled_from(_PLAIN), max_size=4, unique=True))
        among = labels if cycles else labels[: place + 1]
        keys = []
        for number, target in enumerate(draw(st.lists(st.sampled_from(among), max_size=3))):
            prefix = draw(st.sampled_from(["", "parent_", "main_", "prior_"]))
            column = f"{prefix}{target}{number}_id"
            optional = target == label or draw(st.booleans())
            columns.append(f"{column} bigint{'?' * optional}")
            keys.append(f"{column} -> {target}")
        names = [c.split()[0] for c in columns]
        some = st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)
        wanted: bool = bool(names) and draw(st.booleans())
        unique = [",".join(draw(some))] if wanted else []
        made.append(Sketch(label, ", ".join(columns), keys, unique))
    return made


def sound(made: list[Sketch], rows: int, seed: int) -> None:
    """Refused with words, or without a fault."""
    tables = [table(s.label, s.columns, *s.keys, unique=s.unique) for s in made]
    try:
        plan = make_plan(schema(*tables), options(rows, seed))
        refuse_errors(plan)
    except (PlanError, UsageError):
        return
    assert plan.rows == rows
    assert faults(plan) == []


# Without explaining, which takes minutes for inputs of this size.
_settings = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


@_settings
@given(sketches(cycles=False), st.integers(20, 400), st.integers(0, 2**31))
def test_keys_to_earlier_tables(made: list[Sketch], rows: int, seed: int) -> None:
    sound(made, rows, seed)


@_settings
@given(sketches(cycles=True), st.integers(20, 400), st.integers(0, 2**31))
def test_keys_to_any_table(made: list[Sketch], rows: int, seed: int) -> None:
    sound(made, rows, seed)


# Found by the two tests above, and by many more random schemas.
KEPT: dict[str, tuple[int, int, list[Sketch]]] = {
    "lives that begin together": (109, 538, [
        Sketch("patient", "started_at timestamptz, main_note1_id bigint",
               ["main_note1_id -> note"], ["started_at,main_note1_id"]),
        Sketch("note", "", [], []),
    ]),
    "a date and an optional key to oneself": (62, 2782, [
        Sketch("staff", "birth_date date, prior_staff0_id bigint?",
               ["prior_staff0_id -> staff"], ["birth_date,prior_staff0_id"]),
    ]),
    "an ancestor without descendants": (77, 401, [
        Sketch("note", "", [], []),
        Sketch("staff", "main_note0_id bigint?", ["main_note0_id -> note"], []),
        Sketch("audit_log", "note0_id bigint?, staff1_id bigint",
               ["note0_id -> note", "staff1_id -> staff"], []),
    ]),
    "a ring of ancestors": (101, 1130, [
        Sketch("staff", "department0_id bigint?, parent_patient2_id bigint",
               ["department0_id -> department", "parent_patient2_id -> patient"], []),
        Sketch("department", "encounter1_id bigint?", ["encounter1_id -> encounter"], []),
        Sketch("patient", "encounter0_id bigint", ["encounter0_id -> encounter"], []),
        Sketch("encounter", "", [], []),
    ]),
    "two that are each other's only one": (124, 2782, [
        Sketch("role_type", "facility0_id bigint?", ["facility0_id -> facility"],
               ["facility0_id"]),
        Sketch("facility", "main_role_type0_id bigint", ["main_role_type0_id -> role_type"],
               ["main_role_type0_id"]),
    ]),
    "a key that is both descended and made unique": (87, 2840, [
        Sketch("role_type", "code code, main_payer0_id bigint, prior_facility1_id bigint?",
               ["main_payer0_id -> payer", "prior_facility1_id -> facility"], []),
        Sketch("staff", "", [], []),
        Sketch("facility", "main_role_type0_id bigint, prior_payer1_id bigint, staff2_id bigint",
               ["main_role_type0_id -> role_type", "prior_payer1_id -> payer",
                "staff2_id -> staff"], ["main_role_type0_id,staff2_id"]),
        Sketch("patient", "", [], []),
        Sketch("payer", "facility0_id bigint, parent_patient1_id bigint",
               ["facility0_id -> facility", "parent_patient1_id -> patient"], []),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("which", KEPT)
def test_what_was_unsound_once(which: str) -> None:
    rows, seed, made = KEPT[which]
    sound(made, rows, seed)
