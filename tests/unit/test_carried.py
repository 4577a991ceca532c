"""Numbers that rows carry of their owner's are the owner's, in every row."""

from __future__ import annotations

import numpy as np

from seeder.generate.rows import Rows
from seeder.generate.world import build
from seeder.plan.planner import make_plan
from tests.property.hand_made import name, options, schema, table

STAY = table("stay", "subject_id bigint, arrival timestamptz")
SIGN = table(
    "vital_sign", "stay_id bigint, subject_id bigint, taken_at timestamptz, pulse integer",
    "stay_id -> stay",
)  # fmt: skip


def test_the_owner_has_it() -> None:
    made = make_plan(schema(STAY, SIGN), options(400))
    plan = made.tables["h.vital_sign"].columns["subject_id"]
    assert (plan.generator, plan.params["column"]) == ("key.owner", "subject_id")
    world = build(made)
    rows = Rows(world, name("vital_sign"), np.arange(made.tables["h.vital_sign"].rows))
    above, take = rows.follow(made.tables["h.vital_sign"].owner)
    wanted = above.column("subject_id").take(take)
    assert rows.column("subject_id").equals(wanted)
    assert len(set(wanted.to_pylist())) > 20


def test_a_number_of_its_own_stays() -> None:
    made = make_plan(
        schema(STAY, table("bill", "stay_id bigint, bill_number text", "stay_id -> stay")),
        options(400),
    )
    assert made.tables["h.bill"].columns["bill_number"].generator != "key.owner"
