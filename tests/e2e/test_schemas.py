"""From an empty database to a proven one, on schemas that nobody here wrote and on our own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from seeder.load.events import LoadOptions
from tests.e2e.loading import failed, load_and_prove, plan_of
from tests.e2e.tool import hospital
from tests.helpers.dump import pg_dump
from tests.helpers.omop import omop_ddl
from tests.helpers.servers import Databases, query
from tests.helpers.synthea import synthea_ddl

Make = Callable[[Databases], str]

SCHEMAS: dict[str, tuple[Make, int]] = {
    "synthea": (lambda make: make(synthea_ddl()), 20_000),
    "omop": (lambda make: make(omop_ddl()), 20_000),
    "hospital": (lambda make: hospital(make()), 30_000),
}


@pytest.mark.parametrize("which", SCHEMAS)
def test_plan_load_verify(which: str, fresh_database: Databases) -> None:
    """No configuration, no failed proof, and a schema that pg_dump cannot tell from before."""
    make, rows = SCHEMAS[which]
    url = make(fresh_database)
    before = pg_dump(url)
    plan = plan_of(url, rows)
    assert plan.rows == rows
    proofs, _ = load_and_prove(plan, url)
    assert failed(proofs) == []
    assert {p.kind for p in proofs} >= {"rows", "reference", "restored", "catalogue"}
    assert pg_dump(url) == before
    ((journal,),) = query(url, "SELECT count(*) FROM seeder.ddl WHERE NOT restored")
    assert journal == 0


@pytest.mark.slow
def test_the_same_rows_whatever_the_workers_and_partitions(fresh_database: Databases) -> None:
    """One worker and four, large partitions and small ones: the same checksum of every table."""
    sums = []
    for settings in (
        LoadOptions(workers=1),
        LoadOptions(workers=4, partition_rows=701, vacuum=False),
        LoadOptions(workers=2, partition_rows=2500, vacuum=False),
    ):
        url = hospital(fresh_database())
        proofs, found = load_and_prove(plan_of(url, 20_000), url, settings)
        assert failed(proofs) == []
        sums.append(found)
    assert sums[0] == sums[1] == sums[2]


def test_another_seed_gives_other_rows(embedded_database: Databases) -> None:
    sums = []
    for seed in (1, 2):
        url = hospital(embedded_database())
        sums.append(load_and_prove(plan_of(url, 5_000, seed), url, LoadOptions(vacuum=False))[1])
    same = [name for name in sums[0] if sums[0][name] == sums[1][name]]
    assert same == []
