"""People live at addresses of their own, not where they are treated."""

from __future__ import annotations

import numpy as np

from seeder.generate.rows import Rows
from seeder.generate.world import build
from tests.property.hand_made import name, planned, table

_TABLES = (
    table("location", "address_1 text, city text, zip text"),
    table("care_site", "care_site_name text, location_id bigint", "location_id -> location"),
    table("provider", "provider_name text, npi text, care_site_id bigint",
          "care_site_id -> care_site"),
    table("patient", "first_name text, last_name text, birth_date date, sex text, "
          "location_id bigint, provider_id bigint", "location_id -> location",
          "provider_id -> provider"),
)  # fmt: skip


def test_addresses_grow_with_patients_and_sites_do_not() -> None:
    small, large = planned(_TABLES, 2_000), planned(_TABLES, 20_000)

    def rows(of: str) -> list[int]:
        return [p.tables[f"h.{of}"].rows for p in (small, large)]

    addresses, patients, sites = rows("location"), rows("patient"), rows("care_site")
    assert all(a > p / 3 for a, p in zip(addresses, patients, strict=True))
    assert sites[1] < 50


def test_patients_do_not_live_at_their_doctors() -> None:
    plan = planned(_TABLES, 4_000)
    rows = Rows(build(plan), name("patient"), np.arange(plan.tables["h.patient"].rows))
    home = rows.parents("patient_location_id_fkey")
    doctor, take = rows.follow("patient_provider_id_fkey")
    work = doctor.along(["provider_care_site_id_fkey", "care_site_location_id_fkey"])[take]
    assert (home == work).mean() < 0.1
    assert len(np.unique(home)) > len(home) / 3
