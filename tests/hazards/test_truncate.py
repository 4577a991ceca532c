"""`--truncate` empties what the plan fills, all at once, and nothing else; and it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeder.load.emptying import pointing
from seeder.schema import Column, ForeignKey, Name, Schema, Table, Type
from tests.e2e.tool import called, seeder
from tests.helpers.servers import Databases, query, run_sql

# Filled: parent, child, circle, part. Theirs: an invoice, and what points at it.
_SCRIPT = """
CREATE TABLE parent (id integer PRIMARY KEY, v text, child_id integer);
CREATE TABLE child (id integer PRIMARY KEY, parent_id integer NOT NULL REFERENCES parent);
ALTER TABLE parent ADD FOREIGN KEY (child_id) REFERENCES child;
CREATE TABLE part (id integer NOT NULL, parent_id integer) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part DEFAULT;
ALTER TABLE part_1 ADD FOREIGN KEY (parent_id) REFERENCES parent;
CREATE SCHEMA theirs;
CREATE TABLE theirs.invoice (id integer PRIMARY KEY, child_id integer REFERENCES child);
CREATE TABLE theirs.line (id integer PRIMARY KEY, invoice_id integer REFERENCES theirs.invoice);
CREATE TABLE theirs.apart (id integer PRIMARY KEY);
INSERT INTO theirs.apart VALUES (1);
"""
_COUNTS = "SELECT (SELECT count(*) FROM parent), (SELECT count(*) FROM theirs.apart)"


@pytest.fixture
def url(fresh_database: Databases, tmp_path: Path) -> str:
    url = fresh_database(_SCRIPT)
    plan = ("plan", "--dsn", url, "--namespace", "public", "--rows", "900")
    assert called(tmp_path, *plan).code == 0
    assert called(tmp_path, "load").code == 0
    return url


def test_only_what_is_filled_is_emptied(url: str, tmp_path: Path) -> None:
    """Keys of others that hold no rows are no hindrance; cycles and partitions neither."""
    before = query(url, _COUNTS)
    assert called(tmp_path, "load").code == 4
    answer = called(tmp_path, "load", "--truncate", "--yes")
    assert answer.code == 0, answer.err
    assert query(url, _COUNTS) == before
    assert called(tmp_path, "verify").code == 0


def test_what_cascade_would_take_is_said(url: str, tmp_path: Path) -> None:
    before = query(url, _COUNTS)
    run_sql(url, "INSERT INTO theirs.invoice VALUES (1, NULL); INSERT INTO theirs.line VALUES (1)")
    for command in (("load", "--truncate", "--yes"), ("check", "--truncate")):
        answer = called(tmp_path, *command)
        said = " ".join((answer.err + answer.out).split())
        assert answer.code == 4, said
        assert "CASCADE would take the rows of theirs.invoice, theirs.line" in said
        assert "invoice_child_id_fkey at public.child" in said
    assert query(url, _COUNTS) == before


def test_it_asks(url: str, tmp_path: Path) -> None:
    before = query(url, _COUNTS)
    answer = seeder(tmp_path, "load", "--truncate")
    assert answer.code == 1
    assert "empty 3 tables, of which 3 hold rows: public.child, public.parent" in answer.err
    assert query(url, _COUNTS) == before


def test_tables_that_point_at_those_that_point() -> None:
    number = Type("integer", "integer", bits=32)
    names = [Name("h", n) for n in "abcd"]

    def table(name: Name, target: Name | None) -> Table:
        keys = (ForeignKey(f"{name.name}_fk", ("up",), target, ("id",)),) if target else ()
        return Table(name, columns=(Column("id", number), Column("up", number)), foreign_keys=keys)

    a, b, c, d = names
    schema = Schema("postgresql", (table(a, None), table(b, a), table(c, b), table(d, d)))
    assert pointing(schema, [a]) == {b: (a, "b_fk"), c: (b, "c_fk")}
    assert pointing(schema, [a, b]) == {c: (b, "c_fk")}
    assert pointing(schema, [c, d]) == {}
