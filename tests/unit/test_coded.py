"""Lists of codes that stay: a story's entry is looked for in them, by code, else by name."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from seeder.generate.data import entries
from seeder.plan import coded
from seeder.plan.stories import LISTED
from seeder.schema import Name
from tests.property.hand_made import schema, table

NAME = Name("h", "medication")
DRUGS = entries("drugs").columns
FORMULARY = table("medication", "generic_name text, strength text, rxnorm_code text")


def snapshot(order: list[int], codes: bool = False) -> pa.Table:
    """A formulary of some entries of ours, in another order and writing."""
    return pa.table({
        "id": pa.array(order, pa.int64()),
        "generic_name": [DRUGS["generic"][n].upper() for n in order],
        "strength": [DRUGS["strength"][n].replace(" ", "") for n in order],
        "rxnorm_code": [DRUGS["rxnorm"][n] if codes else f"X{n}" for n in order],
    })  # fmt: skip


def item() -> coded.Coded:
    (found,) = coded.coded(schema(FORMULARY), [NAME], LISTED)
    return found


def test_a_formulary_is_told_by_its_columns() -> None:
    assert item().system == "drugs"
    assert {"generic", "strength"} <= set(item().parts)
    assert coded.coded(schema(table("ward", "name text")), [Name("h", "ward")], LISTED) == []


def test_entries_lead_to_their_rows_by_name_and_strength() -> None:
    order = list(range(len(DRUGS["code"])))[::-1]
    made = coded.rows(snapshot(order), item())
    assert made is not None
    rows = made[0].column("row").to_numpy()
    pairs = list(zip(DRUGS["generic"], DRUGS["strength"], strict=True))
    assert all(pairs[order[r]] == pairs[n] for n, r in enumerate(rows))


def test_what_is_not_there_is_another_row_and_counted() -> None:
    order = list(range(0, len(DRUGS["code"]), 2))
    made = coded.rows(snapshot(order, codes=True), item())
    assert made is not None
    batch, (own, others) = made
    assert own + others == len(DRUGS["code"])
    assert others > 0
    assert np.isin(batch.column("row").to_numpy(), np.arange(len(order))).all()


def test_a_list_of_other_things_is_none() -> None:
    strange = snapshot([0] * 50)
    strange = strange.set_column(1, "generic_name", pa.array([f"thing {n}" for n in range(50)]))
    assert coded.rows(strange, item()) is None
