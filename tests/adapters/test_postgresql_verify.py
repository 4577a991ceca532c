"""Questions that prove a load, each on rows that break what is asked; and sequences after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from seeder.schema import Check, Name, Schema, Table, Unique
from seeder_postgresql import PostgreSQL, verify
from seeder_postgresql.connect import Connection, connect
from seeder_postgresql.sequences import fed, sequence_statements
from tests.helpers.servers import Databases

SCHEMA = """
CREATE TABLE public.parent (a integer, b integer, t text, PRIMARY KEY (a, b));
CREATE TABLE public.child (id integer, a integer, b integer, label text, amount integer,
  CONSTRAINT simple FOREIGN KEY (a, b) REFERENCES public.parent NOT VALID,
  CONSTRAINT full_ FOREIGN KEY (a, b) REFERENCES public.parent MATCH FULL NOT VALID,
  CONSTRAINT positive CHECK (amount > 0) NOT VALID);
ALTER TABLE public.child DISABLE TRIGGER ALL;
ALTER TABLE public.child DROP CONSTRAINT positive;
CREATE TABLE public.base (id integer);
CREATE TABLE public.derived () INHERITS (public.base);
CREATE TABLE public.split (id integer, v text) PARTITION BY HASH (id);
CREATE TABLE public.split_0 PARTITION OF public.split FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE public.split_1 PARTITION OF public.split FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE SEQUENCE public.shared;
CREATE SEQUENCE public.down INCREMENT -1 START -1;
CREATE TABLE public.numbered (
  id bigint GENERATED ALWAYS AS IDENTITY (INCREMENT 5), s smallserial,
  n numeric DEFAULT nextval('public.shared'), d integer DEFAULT nextval('public.down'),
  label text DEFAULT 'L' || nextval('public.shared'));
CREATE TABLE public.dull (id integer, one text, none point, late text,
  few text, j json, x numeric);
INSERT INTO public.dull SELECT n, 'a', NULL, CASE WHEN n = 5000 THEN 'b' ELSE 'a' END,
  CASE WHEN n > 4000 THEN 'c' END, '{}', CASE n WHEN 1 THEN 1.0 ELSE 1.00 END
  FROM generate_series(1, 5000) AS n;
INSERT INTO public.parent VALUES (1, 1, 'x'), (2, 2, NULL);
INSERT INTO public.child VALUES
  (1, 1, 1, 'a', 1), (2, 1, 2, 'A', 0), (3, NULL, 9, 'b', NULL), (4, NULL, NULL, NULL, -1),
  (4, 2, 2, NULL, 5);
INSERT INTO public.base VALUES (1);
INSERT INTO public.derived VALUES (2), (3);
INSERT INTO public.split SELECT n, 'v' || n FROM generate_series(1, 10) AS n;
"""


@pytest.fixture(scope="module")
def connection(server_url: str) -> Iterator[Connection]:
    databases = Databases(server_url)
    with connect(databases(SCHEMA)) as connection:
        yield connection
    databases.drop()


@pytest.fixture(scope="module")
def schema(connection: Connection) -> Schema:
    return PostgreSQL().reflect(connection)


def _table(schema: Schema, name: str) -> Table:
    return schema[Name("public", name)]


def test_counts_leave_heirs_out_and_partitions_in(connection: Connection, schema: Schema) -> None:
    tables = [_table(schema, n) for n in ("base", "derived", "split", "split_0", "child")]
    found = {name.name: n for name, n in verify.counts(connection, tables).items()}
    assert (found["base"], found["derived"], found["split"], found["child"]) == (1, 2, 10, 5)
    assert 0 < found["split_0"] < 10


def test_orphans_by_either_match(connection: Connection, schema: Schema) -> None:
    child = _table(schema, "child")
    assert verify.orphans(connection, child, child.keys_by_name["simple"]) == 1
    assert verify.orphans(connection, child, child.keys_by_name["full_"]) == 2


def test_checks(connection: Connection, schema: Schema) -> None:
    check = Check("positive", "(amount > 0)", ("amount",))
    assert verify.check_violations(connection, _table(schema, "child"), check) == 2


def test_uniques(connection: Connection, schema: Schema) -> None:
    child = _table(schema, "child")

    def count(**options: object) -> int:
        return verify.unique_violations(connection, child, Unique("u", **options))  # type: ignore[arg-type]

    assert count(columns=("id",)) == 1
    assert count(columns=("id", "amount")) == 0
    assert count(columns=("label",)) == 0
    assert count(columns=("label",), nulls_not_distinct=True) == 1
    assert count(columns=("label",), expressions=("lower(label)",)) == 1
    assert count(columns=("id",), predicate="(id < 4)") == 0


def test_the_checksum_is_of_the_set_of_rows(connection: Connection, schema: Schema) -> None:
    split = _table(schema, "split")
    before = verify.checksum(connection, split)
    assert 0 < before < 1 << 64
    connection.execute("TRUNCATE public.split")
    assert verify.checksum(connection, split) == 0
    connection.execute(
        "INSERT INTO public.split SELECT n, 'v' || n FROM generate_series(10, 1, -1) AS n"
    )
    assert verify.checksum(connection, split) == before
    connection.execute("UPDATE public.split SET v = 'v' WHERE id = 1")
    assert verify.checksum(connection, split) != before


def test_sequences_move_to_the_largest_number(connection: Connection, schema: Schema) -> None:
    numbered = _table(schema, "numbered")
    assert [c.name for c in fed(numbered)] == ["id", "s", "n", "d"]

    def settle() -> list[int]:
        for statement in sequence_statements(numbered):
            connection.rows(statement)
        return [verify.sequence_lag(connection, numbered, c) for c in fed(numbered)]

    assert settle() == [0, 0, 0, 0]
    ((first,),) = connection.rows("SELECT nextval('public.numbered_s_seq')")
    assert first == 1  # an empty table moves nothing
    connection.execute(
        "INSERT INTO public.numbered (id, s, n, d) OVERRIDING SYSTEM VALUE"
        " VALUES (100, 32767, 7, -5), (3, 1, 2, -1)"
    )
    lags = [verify.sequence_lag(connection, numbered, c) for c in fed(numbered)]
    assert all(lag > 0 for lag in lags)
    assert settle() == [0, 0, 0, 0]
    assert connection.rows("SELECT nextval('public.numbered_id_seq')") == [(105,)]
    assert connection.rows("SELECT nextval('public.shared')") == [(8,)]
    assert connection.rows("SELECT nextval('public.down')") == [(-6,)]
    settle()
    assert connection.rows("SELECT nextval('public.shared')") == [(9,)]  # never back


def test_columns_that_tell_nothing(connection: Connection, schema: Schema) -> None:
    """One value, NULLs aside, or none; what differs in the last row only, differs."""
    table = _table(schema, "dull")
    names = [c.name for c in table.columns]
    found = verify.constant(connection, table, names)
    assert found == {"one": 5000, "none": 0, "few": 1000, "j": 5000}
    assert verify.constant(connection, table, []) == {}
    assert verify.constant(connection, _table(schema, "split"), ["id", "v"]) == {}


def test_orphans_of_one_kind(connection: Connection, schema: Schema) -> None:
    child = _table(schema, "child")
    key = child.keys_by_name["simple"]
    assert verify.orphans(connection, child, key, ("label", "A")) == 1
    assert verify.orphans(connection, child, key, ("label", "a")) == 0
