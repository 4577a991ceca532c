"""Which indexes and keys stay, because few rows come in."""

from __future__ import annotations

import datetime as dt

import pytest

from seeder.plan.model import Options, Plan
from seeder.plan.planner import make_plan
from seeder.plan.sparing import FEW, Item, spared
from seeder.schema import Column, ForeignKey, Name, Schema, Table, Type, Unique

A, B, C = (Name("h", n) for n in "abc")


def table(name: Name, *targets: Name) -> Table:
    number = Type("integer", "bigint", bits=64)
    columns = tuple(Column(f"{t.name}_id", number) for t in targets)
    keys = tuple(
        ForeignKey(f"{name.name}_{t.name}", (f"{t.name}_id",), t, ("id",)) for t in targets
    )
    return Table(
        name,
        columns=(Column("id", number, nullable=False), *columns),
        uniques=(Unique(f"{name.name}_pkey", ("id",), primary=True),),
        foreign_keys=keys,
    )


def plan(rows: dict[Name, int], *tables: Table) -> Plan:
    options = Options(
        rows=max(sum(rows.values()), 1),
        reference_date=dt.date(2025, 6, 30),
        tables={str(n): r for n, r in rows.items()},
    )
    return make_plan(Schema("postgresql", tables), options)


def items(*tables: Table, kept: frozenset[str] = frozenset()) -> list[Item]:
    return [
        *(Item("primary", t.name, f"{t.name.name}_pkey", kept="pkey" in kept) for t in tables),
        *(
            Item("foreign", t.name, k.name, k.target, k.name in kept)
            for t in tables
            for k in t.foreign_keys
        ),
    ]


def names(tables: list[Table], rows: dict[Name, int], kept: str = "") -> set[str]:
    found = spared(items(*tables, kept=frozenset(kept.split())), plan(rows, *tables))
    return {name for _, _, name in found}


def test_all_of_small_tables_stays() -> None:
    tables = [table(A), table(B, A, B)]
    assert names(tables, {A: FEW, B: 10}) == {"a_pkey", "b_pkey", "b_a", "b_b"}


@pytest.mark.parametrize(
    ("rows", "staying"),
    [
        ({A: FEW + 1, B: 10}, {"b_pkey"}),  # what the key rests on is dropped
        ({A: 10, B: FEW + 1}, {"a_pkey"}),  # it would be asked of every row
    ],
)
def test_a_key_stays_where_both_ends_are_small(rows: dict[Name, int], staying: set[str]) -> None:
    assert names([table(A), table(B, A)], rows) == staying


def test_keys_of_a_circle_go() -> None:
    tables = [table(A, C), table(B, A), table(C, B, A)]
    pkeys = {"a_pkey", "b_pkey", "c_pkey"}
    assert names(tables, {A: 10, B: 10, C: 10}) == pkeys


def test_keys_that_stay_anyway_make_circles_too() -> None:
    tables = [table(A, B), table(B, A)]
    assert names(tables, {A: 10, B: FEW * 9}, kept="b_a") == {"a_pkey"}
    assert names(tables, {A: 10, B: 10}, kept="b_a") == {"a_pkey", "b_pkey"}
