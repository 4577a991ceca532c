"""Seconds that a load takes: guessed from what it has to do, by rates that were measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seeder.plan.model import Plan

# measured: sample hospital of 500 k and 2 M rows, Synthea of 300 k and 1 M, OMOP of 500 k, each
# task timed by the coordinator; 2 workers on 2 cores, PostgreSQL 15 on the same machine, everything
# in its memory, no other jobs. Seconds of one worker while the other works too.
MEASURED = "2 cores that PostgreSQL 15 shared"
_START = 0.8  # processes, the plan compiled, rights asked
_OBJECT = 0.0007  # one DROP, with its journal row
_TABLE = 0.012  # the first batch of a table
_ROW = 0.5e-6
_BYTE = 20e-9  # generated, encoded, sent and written
_TEXT = 2.2  # a table as text COPY takes that much longer: 530 instead of 1150 thousand rows/s
_BUILD, _ENTRY = 0.003, 0.65e-6  # an index built afterwards, each of its entries
_CHECK, _CHECKED = 0.0025, 0.2e-6  # a foreign key created afterwards, each row that it checks
_LIVE_ENTRY = 1.3e-6  # an index entry, where the index stays alive
_LIVE_CHECK = 3.0e-6  # a row's foreign key, where the key stays alive
_VACUUM, _VACUUMED = 0.012, 11e-9  # VACUUM (ANALYZE) of a table, each byte of it
_ALONE = 0.86  # a worker that has both cores to itself needs only that much of the time


@dataclass(frozen=True, slots=True)
class Duration:
    """Seconds in all, and what they are reckoned from."""

    seconds: float
    workers: int
    rows: int
    bytes: int
    entries: int
    checks: int


def estimate(plan: Plan, encoded: Mapping[str, int], workers: int, cores: int) -> Duration:
    """How long a load of the plan takes.

    ``encoded``: bytes of each table on the wire (``size.estimate``). ``cores``: of this machine;
    more workers than cores make nothing faster.
    """
    work = 0.0
    entries = checks = 0
    for name, table in plan.generated.items():
        size = encoded.get(name, 0)
        slower = _TEXT if name in plan.strategy.text else 1.0
        work += _TABLE + table.rows * _ROW + size * _BYTE * slower
        work += _VACUUM + size * _VACUUMED
        for item in plan.indexes.get(name, []):
            kept = item.action == "keep"
            if item.kind == "foreign":
                checks += table.rows
                work += table.rows * _LIVE_CHECK if kept else _CHECK + table.rows * _CHECKED
            else:
                entries += table.rows
                work += table.rows * _LIVE_ENTRY if kept else _BUILD + table.rows * _ENTRY
    rebuilt = sum(i.action == "rebuild" for items in plan.indexes.values() for i in items)
    lanes = 1 / _ALONE if min(workers, cores) == 1 else min(workers, cores)
    seconds = _START + rebuilt * _OBJECT + work / lanes
    return Duration(seconds, workers, plan.rows, sum(encoded.values()), entries, checks)
