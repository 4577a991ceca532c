"""Integrity: counts, references, agreements, uniqueness, CHECKs, sequences, catalogue, variety."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from seeder.adapter import Adapter, Step
from seeder.plan import polymorphic
from seeder.plan.model import Plan, TablePlan
from seeder.schema import ForeignKey, Name, Schema, Table
from seeder.verify.barren import Reasons, barren


@dataclass(frozen=True, slots=True)
class Proof:
    """One question that was asked of the database. ``bad`` counts what speaks against the plan."""

    kind: str
    table: str
    subject: str
    bad: int
    detail: str = ""

    @property
    def passed(self) -> bool:
        return self.bad == 0


def verify(plan: Plan, connection: Any, adapter: Adapter) -> Iterator[Proof]:
    """Every proof of a plan's tables, as they are answered; reads each table several times."""
    schema = plan.database
    filled = [schema[Name.parse(n)] for n in plan.generated]
    yield from _catalogue(plan, connection, adapter)
    counts = adapter.proofs.counts(connection, filled)
    for table in filled:
        batch = plan.options.batch
        before = batch.held.get(str(table.name), 0) if batch is not None else 0
        wanted = before + plan.tables[str(table.name)].rows
        found = counts[table.name]
        yield Proof(
            "rows", str(table.name), f"{found:,} rows", abs(found - wanted),
            "" if found == wanted else f"planned {wanted:,}",
        )  # fmt: skip
    for table in filled:
        yield from _table(plan, schema, table, connection, adapter)
    reasons = Reasons(plan)
    for table in filled:
        yield from _varied(reasons, table, counts[table.name], connection, adapter)


def _catalogue(plan: Plan, connection: Any, adapter: Adapter) -> Iterator[Proof]:
    left = adapter.journal.unfinished(connection)
    yield Proof(
        "restored", "", "indexes and keys in the journal", len(left),
        ", ".join(item.object.name for item in left[:5]),
    )  # fmt: skip
    now = adapter.reflect(connection)
    same = now.fingerprint == plan.fingerprint
    before = plan.reflected.by_name
    changed = [str(t.name) for t in now.countable if before.get(t.name) != t]
    changed += [str(t.name) for t in plan.reflected.countable if t.name not in now]
    yield Proof(
        "catalogue",
        "",
        f"{len(plan.reflected.countable)} tables as planned",
        0 if same else max(len(changed), 1),
        ", ".join(changed[:5]),
    )


def _table(
    plan: Plan, schema: Schema, table: Table, connection: Any, adapter: Adapter
) -> Iterator[Proof]:
    proofs, name = adapter.proofs, str(table.name)
    for key in table.foreign_keys:
        bad = proofs.orphans(connection, table, key)
        kind = "reference" if key.declared else "implied"
        yield Proof(kind, name, f"{key.name} -> {key.target}", bad, "orphans" if bad else "")
    for typed, params in _typed(plan.tables[name]):
        for value, (target, theirs) in params["tables"].items():
            far = ForeignKey("", (typed,), Name.parse(target), (theirs,), declared=False)
            bad = proofs.orphans(connection, table, far, (params["of"], value))
            subject = f"{typed} -> {target} where {params['of']} is {value}"
            yield Proof("implied", name, subject, bad, "orphans" if bad else "")
    for unique in table.uniques:
        bad = proofs.unique_violations(connection, table, unique)
        kind = "unique" if unique.declared else "implied"
        yield Proof(kind, name, unique.name, bad, "rows too many" if bad else "")
    for check in table.checks:
        bad = proofs.check_violations(connection, table, check)
        yield Proof("check", name, check.name, bad, check.expression if bad else "")
    for agreement in plan.tables[name].agreements:
        if agreement.decision == "equal":
            first = steps(schema, table, agreement.first)
            second = steps(schema, table, agreement.second)
            bad = proofs.disagreements(connection, table, first, second)
            subject = f"{' > '.join(agreement.first)} = {' > '.join(agreement.second)}"
            yield Proof("agreement", name, subject, bad, agreement.table)
    for column in table.columns:
        if column.sequence:
            bad = proofs.sequence_lag(connection, table, column)
            yield Proof("sequence", name, column.name, bad, "numbers in use" if bad else "")


def _typed(made: TablePlan) -> Iterator[tuple[str, dict[str, Any]]]:
    """The columns that hold keys of the tables that another column names."""
    for column, plan in made.columns.items():
        if plan.generator == polymorphic.GENERATOR:
            yield column, plan.params


def _varied(
    reasons: Reasons, table: Table, rows: int, connection: Any, adapter: Adapter
) -> Iterator[Proof]:
    """A proof for each barren column, which passes where there is a reason, or one for them all."""
    found = list(barren(reasons, connection, adapter, table, rows))
    if not found:
        yield Proof("varied", str(table.name), f"{len(table.columns)} columns", 0)
    for each in found:
        yield Proof(
            "varied", str(table.name), each.column, 0 if each.why else 1,
            f"{each.told}: {each.why or 'nothing in the plan or the schema says why'}",
        )  # fmt: skip


def steps(schema: Schema, table: Table, path: list[str]) -> list[Step]:
    """A path of key names as (table, key) pairs."""
    out: list[Step] = []
    for name in path:
        key = table.keys_by_name[name]
        out.append((table, key))
        table = schema[key.target]
    return out


def checksums(plan: Plan, connection: Any, adapter: Adapter) -> Iterator[tuple[str, int]]:
    """(table, order-free checksum of its rows), in name order."""
    schema = plan.database
    for name in sorted(plan.generated):
        yield name, adapter.proofs.checksum(connection, schema[Name.parse(name)])
