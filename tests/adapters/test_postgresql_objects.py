"""Indexes and keys leave and come back exactly, by the word of pg_dump; and the journal of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from seeder.adapter import Object
from seeder.errors import LoadFailed
from seeder.schema import Name
from seeder_postgresql import PostgreSQL, journal
from seeder_postgresql.connect import Connection, connect
from tests.helpers.dump import pg_dump
from tests.helpers.servers import Databases

SCHEMA = r"""
CREATE SCHEMA "My App"; CREATE SCHEMA other;
CREATE TYPE "My App"."mood" AS ENUM ('sad', 'o''k');
CREATE FUNCTION "My App".norm(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower(t)';
CREATE TABLE "My App"."Parent" (
  id integer GENERATED ALWAYS AS IDENTITY, code text NOT NULL, "odd "" name" text,
  m "My App"."mood",
  a int, b int, r int4range, note text,
  CONSTRAINT "Parent PK" PRIMARY KEY (id) INCLUDE (code) WITH (fillfactor=70),
  CONSTRAINT code_u UNIQUE (code) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT ab_u UNIQUE (a, b) WITH (fillfactor=55),
  CONSTRAINT no_overlap EXCLUDE USING gist (r WITH &&) WHERE (a > 3)
);
COMMENT ON CONSTRAINT "Parent PK" ON "My App"."Parent" IS 'it''s a \ key';
COMMENT ON INDEX "My App"."Parent PK" IS 'the index';
COMMENT ON CONSTRAINT no_overlap ON "My App"."Parent" IS 'excl';
CREATE UNIQUE INDEX "low ix" ON "My App"."Parent"
  (lower(code) text_pattern_ops DESC NULLS LAST, a) INCLUDE (b)
  WITH (fillfactor=66) WHERE b > 0 AND m <> 'sad';
ALTER INDEX "My App"."low ix" ALTER COLUMN 1 SET STATISTICS 333;
COMMENT ON INDEX "My App"."low ix" IS 'c1';
CREATE INDEX fn_ix ON "My App"."Parent" ("My App".norm("odd "" name") COLLATE "C");
CREATE INDEX hash_ix ON "My App"."Parent" USING hash (a);
CREATE INDEX brin_ix ON "My App"."Parent" USING brin (a, b)
  WITH (pages_per_range=32, autosummarize=on);
CREATE INDEX gin_ix ON "My App"."Parent" USING gin (to_tsvector('english', note))
  WITH (fastupdate=off);
ALTER TABLE "My App"."Parent" CLUSTER ON code_u;
CREATE TABLE other.child (
  id bigserial PRIMARY KEY, k bigint, parent int, a int, b int, pcode text,
  CONSTRAINT "fk 1" FOREIGN KEY (parent) REFERENCES "My App"."Parent" (id)
    ON DELETE CASCADE ON UPDATE SET NULL,
  CONSTRAINT fk_ab FOREIGN KEY (a, b) REFERENCES "My App"."Parent" (a, b)
    MATCH FULL DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT self FOREIGN KEY (k) REFERENCES other.child (id)
);
ALTER TABLE other.child ADD CONSTRAINT late CHECK (a > 0) NOT VALID;
ALTER TABLE other.child ADD CONSTRAINT late_fk FOREIGN KEY (b)
  REFERENCES other.child (id) NOT VALID;
COMMENT ON CONSTRAINT late_fk ON other.child IS 'why';
ALTER TABLE other.child CLUSTER ON child_pkey;
CREATE TABLE other.viewed (id int PRIMARY KEY, name text);
CREATE VIEW other.v AS SELECT id, name, count(*) FROM other.viewed GROUP BY id;
CREATE TABLE other.repl (id int PRIMARY KEY, k int NOT NULL);
CREATE UNIQUE INDEX repl_k ON other.repl (k);
ALTER TABLE other.repl REPLICA IDENTITY USING INDEX repl_k;
CREATE TABLE other.outside (id int REFERENCES other.repl (id));
CREATE TABLE other.disabled (id int PRIMARY KEY, p bigint REFERENCES other.child (id));
ALTER TABLE other.disabled DISABLE TRIGGER ALL;
CREATE TABLE other.part (id int NOT NULL, at date NOT NULL, v text,
  p int REFERENCES "My App"."Parent" (id),
  PRIMARY KEY (id, at), CONSTRAINT part_u UNIQUE (at, v)) PARTITION BY RANGE (at);
CREATE TABLE other.part_1 PARTITION OF other.part FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE other.part_2 PARTITION OF other.part
  FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY RANGE (at);
CREATE TABLE other.part_2a PARTITION OF other.part_2
  FOR VALUES FROM ('2021-01-01') TO ('2021-06-01');
ALTER TABLE other.part_2a ADD CONSTRAINT own_name UNIQUE (v, id);
CREATE TABLE other.part_2d PARTITION OF other.part_2 DEFAULT;
CREATE INDEX part_v ON other.part (v) ;
CREATE INDEX part_1_local ON other.part_1 (v, id);
COMMENT ON INDEX other.part_v IS 'pv';
COMMENT ON INDEX other.part_2a_v_idx IS 'leaf';
ALTER INDEX other.part_2a_v_idx SET (fillfactor=50);
CREATE TABLE other.ref_part (id int, at date, FOREIGN KEY (id, at) REFERENCES other.part (id, at));
CREATE TABLE other.inh (extra int, PRIMARY KEY (id)) INHERITS (other.viewed);
CREATE TABLE other.gen (id int PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a * 2) STORED UNIQUE);
CREATE STATISTICS other.st ON a, g FROM other.gen;
"""
VIEWED, REPLICATED = Name("other", "viewed"), Name("other", "repl")


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    databases = Databases(server_url)
    yield databases(SCHEMA)
    databases.drop()


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    with connect(url) as connection:
        yield connection


def _objects(connection: Connection, *, outside: tuple[str, ...] = ("outside",)) -> list[Object]:
    schema = PostgreSQL().reflect(connection)
    tables = [t.name for t in schema if t.kind != "partition" and t.name.name not in outside]
    return list(PostgreSQL().objects(connection, tables))


def _drop(connection: Connection, objects: list[Object]) -> None:
    for item in objects:
        for statement in item.drop:
            connection.execute(statement)


def test_everything_comes_back_exactly(connection: Connection, url: str) -> None:
    before, schema = pg_dump(url), PostgreSQL().reflect(connection)
    found = _objects(connection)
    going = [o for o in found if not o.kept]
    assert len(going) > 20
    _drop(connection, going)
    assert len(pg_dump(url)) < len(before) * 0.75
    for item in reversed(going):
        with connection.transaction():
            for statement in item.create:
                connection.execute(statement)
    assert pg_dump(url) == before
    assert PostgreSQL().reflect(connection) == schema
    assert _objects(connection) == found


def test_what_stays_says_why(connection: Connection) -> None:
    kept = {(str(o.table), o.name): o.kept for o in _objects(connection) if o.kept}
    assert kept == {
        ("other.disabled", "disabled_p_fkey"): "its triggers are disabled or set to ALWAYS or"
        " REPLICA",
        ("other.outside", "outside_id_fkey"): "other.outside is not loaded by the plan",
        ("other.child", "child_pkey"): "foreign key other.disabled.disabled_p_fkey, which stays,"
        " needs it",
        ("other.repl", "repl_pkey"): "foreign key other.outside.outside_id_fkey, which stays,"
        " needs it",
        ("other.repl", "repl_k"): "it is the replica identity of its table",
        ("other.viewed", "viewed_pkey"): "rule _RETURN on view other.v depends on it",
    }


def test_a_key_of_a_published_table_stays(connection: Connection) -> None:
    connection.execute("CREATE PUBLICATION p FOR TABLE other.gen WITH (publish = 'insert, update')")
    kept = {o.name: o.kept for o in _objects(connection) if o.table.name == "gen"}
    assert kept == {"gen_pkey": "it is the replica identity of a published table", "gen_g_key": ""}


def test_an_invalid_index_stays(connection: Connection) -> None:
    connection.execute("INSERT INTO other.inh (id, extra) VALUES (1, 7), (2, 7)")
    with pytest.raises(LoadFailed):
        connection.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON other.inh (extra)")
    (broken,) = [o for o in _objects(connection) if o.name == "broken"]
    assert broken.kept == "it is not valid: REINDEX or drop it"


def test_a_temporal_key_stays(connection: Connection) -> None:
    if connection.version < 180000:
        pytest.skip("WITHOUT OVERLAPS is new in PostgreSQL 18")
    connection.execute(
        "CREATE TABLE other.temporal (r int4range, d daterange,"
        " PRIMARY KEY (r, d WITHOUT OVERLAPS))"
    )
    (key,) = [o for o in _objects(connection) if o.table.name == "temporal"]
    assert key.kept == "it is WITHOUT OVERLAPS"
    table = PostgreSQL().reflect(connection)[Name("other", "temporal")]
    assert table.exclusions[0].elements == (("r", "="), ("d", "&&"))


def test_foreign_keys_first_and_both_tables_named(connection: Connection) -> None:
    found = _objects(connection)
    kinds = [o.kind for o in found]
    assert kinds == sorted(kinds, key=lambda kind: kind != "foreign")
    by_name = {o.name: o for o in found}
    assert by_name["fk 1"].tables == (Name("other", "child"), Name("My App", "Parent"))
    assert by_name["self"].tables == (Name("other", "child"),)
    assert len(by_name["part_v"].tables) == 5


def test_nothing_cascades(connection: Connection) -> None:
    statements = [s for o in _objects(connection) for s in (*o.drop, *o.create)]
    assert not [s for s in statements if "CASCADE" in s and "ON DELETE CASCADE" not in s]


def test_an_index_whose_function_relies_on_the_search_path_comes_back(
    connection: Connection, url: str
) -> None:
    if connection.version >= 170000:
        pytest.skip("PostgreSQL 17 and later build every index with a safe search path")
    connection.execute(
        "CREATE FUNCTION public.inner_one(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE"
        " AS 'BEGIN RETURN upper(t); END'"
    )
    connection.execute(
        "CREATE FUNCTION public.outer_one(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE"
        " AS 'BEGIN RETURN inner_one(t); END'"
    )
    connection.execute("CREATE INDEX careless ON other.viewed (public.outer_one(name))")
    connection.execute("INSERT INTO other.viewed VALUES (1, 'x')")
    before = pg_dump(url)
    (index,) = [o for o in _objects(connection) if o.name == "careless"]
    _drop(connection, [index])
    for statement in index.create:
        connection.execute(statement)
    assert pg_dump(url) == before


def test_the_journal_survives_a_crash_at_any_point(connection: Connection, url: str) -> None:
    before, schema = pg_dump(url), PostgreSQL().reflect(connection)
    going = [o for o in _objects(connection) if not o.kept]
    journal.create_if_missing(connection)
    journal.create_if_missing(connection)
    whole = PostgreSQL().reflect(connection)
    run = journal.open_run(connection, "digest", "1.0", {"public.t": [0, 10]})
    saved = journal.save_objects(connection, run, going, whole)
    _drop(connection, going[:-5])

    # The process is gone; another one comes and finds what is missing.
    with connect(url) as later:
        assert PostgreSQL().reflect(later) == whole
        found = journal.unfinished(later)
        assert found == tuple(reversed(saved))
        there = journal.present(later, found)
        assert [item.object for item in reversed(there)] == going[-5:]
        journal.mark_restored(later, there)
        for item in found:
            if item not in there:
                with later.transaction():
                    for statement in item.object.create:
                        later.execute(statement)
                    journal.mark_restored(later, [item])
        assert journal.unfinished(later) == ()
        journal.close_run(later, run, "done")
        assert later.rows("SELECT status, ranges, before FROM seeder.run") == [
            ("done", {"public.t": [0, 10]}, None)
        ]
    assert pg_dump(url) == before
    tables = [t for t in PostgreSQL().reflect(connection) if t.name.namespace != "seeder"]
    assert tables == list(schema)


def test_the_journal_is_never_saved_inside_a_transaction(connection: Connection) -> None:
    journal.create_if_missing(connection)
    schema = PostgreSQL().reflect(connection)
    with connection.transaction(), pytest.raises(RuntimeError, match="before the first DROP"):
        journal.save_objects(connection, 1, [], schema)


def test_a_database_without_journal_has_nothing_unfinished(connection: Connection) -> None:
    assert journal.unfinished(connection) == ()


def test_a_stranger_may_reflect_a_database_with_a_journal(connection: Connection) -> None:
    journal.create_if_missing(connection)
    role = f"seeder_stranger_{connection.rows('SELECT pg_backend_pid()')[0][0]}"
    connection.execute(f"CREATE ROLE {role}")
    try:
        connection.execute(f"SET ROLE {role}")
        assert VIEWED in PostgreSQL().reflect(connection)
        assert journal.unfinished(connection) == ()
    finally:
        connection.execute("RESET ROLE")
        connection.execute(f"DROP ROLE {role}")


def test_tablespaces_come_back(connection: Connection, url: str) -> None:
    if connection.version < 150000:
        pytest.skip("allow_in_place_tablespaces is new in PostgreSQL 15")
    name = f"seeder_space_{connection.rows('SELECT pg_backend_pid()')[0][0]}"
    connection.execute("SET allow_in_place_tablespaces = on")
    connection.execute(f"CREATE TABLESPACE {name} LOCATION ''")
    try:
        connection.execute(f"CREATE INDEX spaced ON other.gen (a) TABLESPACE {name}")
        connection.execute(
            f"ALTER TABLE other.gen ADD CONSTRAINT su UNIQUE (a, id) USING INDEX TABLESPACE {name}"
        )
        before = pg_dump(url)
        going = [o for o in _objects(connection) if o.name in ("spaced", "su")]
        _drop(connection, going)
        for item in reversed(going):
            for statement in item.create:
                connection.execute(statement)
        assert pg_dump(url) == before
    finally:
        connection.execute("ALTER TABLE other.gen DROP CONSTRAINT IF EXISTS su")
        connection.execute("DROP INDEX IF EXISTS other.spaced")
        connection.execute(f"DROP TABLESPACE {name}")
