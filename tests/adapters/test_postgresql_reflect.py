"""Reflection on a schema with the things that real ones have, and on the state of a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from seeder.schema import Check, Exclusion, ForeignKey, Name, Schema, Type, from_data, to_data
from seeder_postgresql import PostgreSQL
from seeder_postgresql.bookkeeping import reason
from seeder_postgresql.connect import Connection, connect
from tests.helpers.servers import Databases

SCHEMA = """
CREATE SCHEMA "Odd ""ns";
CREATE TYPE public.mood AS ENUM ('sad', 'it''s ok');
CREATE TYPE public.pair AS (a integer, b text);
CREATE DOMAIN public.code AS varchar(8) CHECK (VALUE ~ '^[A-Z]+$');
CREATE DOMAIN public.strict_code AS public.code NOT NULL CHECK (length(VALUE) > 2);
CREATE DOMAIN public.doc AS jsonb;
CREATE SEQUENCE public.shared;
CREATE TABLE public.kinds (
  b boolean, i2 smallint, i4 integer, i8 bigint, f4 real, f8 double precision,
  n numeric, n2 numeric(10, 2), t text, v varchar(12), c char(3), na name, q "char",
  by bytea, d date, tm time(3), tz timetz, ts timestamp(0), tsz timestamptz,
  iv interval day to second(3), u uuid, j json, jb jsonb, ip inet, ci cidr, m macaddr,
  m8 macaddr8, bi bit(5), vb bit varying(7), mo money, x xml, tv tsvector, r int4range,
  dr daterange, p point, o oid, e public.mood, a varchar(4)[], ea public.mood[], pr public.pair,
  sc public.strict_code, dc public.doc, tq tsquery, rc regclass
);
CREATE TABLE public.parent (
  id integer GENERATED ALWAYS AS IDENTITY, tenant integer NOT NULL, name text,
  low text GENERATED ALWAYS AS (lower(name)) STORED, amount numeric(8, 2) DEFAULT 1.5,
  period tsrange, "odd col" text,
  PRIMARY KEY (id), CONSTRAINT tenant_u UNIQUE (tenant, id),
  CONSTRAINT positive CHECK (amount > 0 AND tenant > 0),
  CONSTRAINT apart EXCLUDE USING gist (period WITH &&) WHERE (tenant > 1)
);
COMMENT ON TABLE public.parent IS 'the parent''s comment';
COMMENT ON COLUMN public.parent.name IS 'a name';
CREATE UNIQUE INDEX low_u ON public.parent (lower("odd col"), tenant) WHERE amount > 3;
CREATE INDEX parent_name ON public.parent USING hash (name);
CREATE TABLE "Odd ""ns"."Child.1" (
  id serial PRIMARY KEY, parent integer, tenant integer,
  number bigint DEFAULT nextval('public.shared'),
  label text DEFAULT 'L' || nextval('public.shared'),
  self integer REFERENCES "Odd ""ns"."Child.1" (id) NOT DEFERRABLE,
  CONSTRAINT up FOREIGN KEY (tenant, parent) REFERENCES public.parent (tenant, id) MATCH FULL
    DEFERRABLE INITIALLY DEFERRED
);
ALTER TABLE "Odd ""ns"."Child.1" ADD CONSTRAINT late CHECK (number > 0) NOT VALID;
CREATE FUNCTION public.noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON public.parent
  FOR EACH ROW EXECUTE FUNCTION public.noop();
ALTER TABLE public.parent DISABLE TRIGGER touch;
CREATE TABLE public.event (id bigint NOT NULL, at date NOT NULL, kind text CHECK (kind <> ''),
  parent integer REFERENCES public.parent, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE public.event_a PARTITION OF public.event
  FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE public.event_b PARTITION OF public.event
  FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY RANGE (at);
CREATE TABLE public.event_b1 PARTITION OF public.event_b DEFAULT;
CREATE TABLE public.event_z PARTITION OF public.event DEFAULT;
CREATE TABLE public.base (id integer NOT NULL, CONSTRAINT small CHECK (id < 9));
CREATE TABLE public.derived (more text) INHERITS (public.base);
CREATE TABLE public.alembic_version (version_num varchar(32) NOT NULL);
CREATE VIEW public.v AS SELECT 1 AS one;
CREATE TEMPORARY TABLE gone (id integer);
"""
CHILD = Name('Odd "ns', "Child.1")


@pytest.fixture(scope="module")
def connection(server_url: str) -> Iterator[Connection]:
    databases = Databases(server_url)
    with connect(databases(SCHEMA)) as connection:
        yield connection
    databases.drop()


@pytest.fixture(scope="module")
def schema(connection: Connection) -> Schema:
    return PostgreSQL().reflect(connection)


def test_tables_of_users_only_in_name_order(schema: Schema) -> None:
    names = [t.name for t in schema]
    assert names == sorted(names)
    assert CHILD in names
    assert not {n.name for n in names} & {"v", "gone", "pg_class"}


def test_a_schema_survives_the_plan_file(schema: Schema, connection: Connection) -> None:
    assert from_data(to_data(schema)) == schema
    assert PostgreSQL().reflect(connection).fingerprint == schema.fingerprint


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("i2", Type("integer", "smallint", bits=16)),
        ("f4", Type("float", "real", bits=32)),
        ("n", Type("decimal", "numeric")),
        ("n2", Type("decimal", "numeric(10,2)", precision=10, scale=2)),
        ("v", Type("text", "character varying(12)", length=12)),
        ("c", Type("text", "character(3)", length=3, fixed=True)),
        ("na", Type("text", "name", length=63)),
        ("q", Type("text", '"char"', length=1)),
        ("tm", Type("time", "time(3) without time zone", precision=3)),
        ("ts", Type("timestamp", "timestamp(0) without time zone", precision=0)),
        ("tsz", Type("timestamptz", "timestamp with time zone")),
        ("iv", Type("interval", "interval day to second(3)", precision=3)),
        ("m8", Type("macaddr", "macaddr8")),
        ("bi", Type("bit", "bit(5)", length=5, fixed=True)),
        ("vb", Type("bit", "bit varying(7)", length=7)),
        ("r", Type("range", "int4range", element=Type("integer", "integer", bits=32))),
        ("dr", Type("range", "daterange", element=Type("date", "date"))),
        ("p", Type("geometric", "point")),
        ("e", Type("enum", "public.mood", values=("sad", "it's ok"))),
        (
            "pr",
            Type(
                "composite",
                "public.pair",
                fields=(("a", Type("integer", "integer", bits=32)), ("b", Type("text", "text"))),
            ),
        ),
        ("tq", Type("other", "tsquery")),
        ("rc", Type("other", "regclass")),
        ("dc", Type("json", "public.doc", domains=("public.doc",))),
    ],
)
def test_types(schema: Schema, column: str, expected: Type) -> None:
    assert schema[Name("public", "kinds")].column(column).type == expected


def test_arrays_pass_the_modifier_to_their_element(schema: Schema) -> None:
    kind = schema[Name("public", "kinds")].column("a").type
    assert (kind.kind, kind.native) == ("array", "character varying(4)[]")
    assert kind.element is not None
    assert (kind.element.kind, kind.element.length) == ("text", 4)
    moods = schema[Name("public", "kinds")].column("ea").type.element
    assert moods is not None
    assert moods.values == ("sad", "it's ok")


def test_domains_over_domains(schema: Schema) -> None:
    column = schema[Name("public", "kinds")].column("sc")
    assert (column.type.kind, column.type.length) == ("text", 8)
    assert column.type.domains == ("public.strict_code", "public.code")
    assert len(column.type.checks) == 2
    assert all("VALUE" in check for check in column.type.checks)
    assert not column.nullable


def test_columns(schema: Schema) -> None:
    parent, child = schema[Name("public", "parent")], schema[CHILD]
    assert parent.column("id").identity == "always"
    assert parent.column("id").sequence == "public.parent_id_seq"
    assert not parent.column("id").nullable
    assert parent.column("low").generated == "lower(name)"
    assert parent.column("low").default == ""
    assert parent.column("amount").default == "1.5"
    assert parent.column("name").comment == "a name"
    assert parent.comment == "the parent's comment"
    assert child.column("id").sequence == '"Odd ""ns"."Child.1_id_seq"'
    assert child.column("number").sequence == "public.shared"
    assert child.column("label").sequence == "public.shared"


def test_uniques(schema: Schema) -> None:
    parent = schema[Name("public", "parent")]
    assert parent.primary_key is not None
    assert parent.primary_key.columns == ("id",)
    by_name = {u.name: u for u in parent.uniques}
    assert by_name["tenant_u"].columns == ("tenant", "id")
    low = by_name["low_u"]
    assert low.expressions == ('lower("odd col")', "tenant")
    assert low.columns == ("odd col", "tenant")
    assert "amount" in low.predicate
    assert {i.name: i.method for i in parent.indexes}["parent_name"] == "hash"


def test_nulls_not_distinct(connection: Connection) -> None:
    if connection.version < 150000:
        pytest.skip("NULLS NOT DISTINCT is new in PostgreSQL 15")
    connection.execute("CREATE TABLE public.nnd (a integer UNIQUE NULLS NOT DISTINCT)")
    try:
        (unique,) = PostgreSQL().reflect(connection)[Name("public", "nnd")].uniques
        assert unique.nulls_not_distinct
    finally:
        connection.execute("DROP TABLE public.nnd")


def test_constraints(schema: Schema) -> None:
    parent, child = schema[Name("public", "parent")], schema[CHILD]
    (check,) = parent.checks
    assert (check.name, set(check.columns)) == ("positive", {"amount", "tenant"})
    assert child.checks == (Check("late", "(number > 0)", ("number",), validated=False),)
    assert parent.exclusions == (
        Exclusion(
            "apart",
            (("period", "&&"),),
            "EXCLUDE USING gist (period WITH &&) WHERE ((tenant > 1))",
            predicate="(tenant > 1)",
        ),
    )
    assert child.keys_by_name["up"] == ForeignKey(
        name="up",
        columns=("tenant", "parent"),
        target=Name("public", "parent"),
        target_columns=("tenant", "id"),
        deferrable=True,
        initially_deferred=True,
        match_full=True,
    )
    assert child.keys_by_name["Child.1_self_fkey"].target == CHILD


def test_triggers(schema: Schema) -> None:
    (trigger,) = schema[Name("public", "parent")].triggers
    assert (trigger.name, trigger.enabled) == ("touch", "D")
    assert trigger.event == "BEFORE INSERT OR UPDATE ROW"
    assert trigger.function == "public.noop()"


def test_partitions(schema: Schema) -> None:
    event = schema[Name("public", "event")]
    assert event.kind == "partitioned"
    assert event.partitioning is not None
    assert (event.partitioning.strategy, event.partitioning.columns) == ("range", ("at",))
    assert [b.partition(" FROM")[0] for b in event.partitioning.bounds] == ["FOR VALUES"] * 2
    assert event.partitioning.has_default
    assert len(event.foreign_keys) == 1
    leaf, middle = schema[Name("public", "event_a")], schema[Name("public", "event_b")]
    assert (leaf.kind, leaf.partition_of, leaf.foreign_keys) == ("partition", event.name, ())
    assert leaf.checks == ()
    assert (middle.kind, middle.partition_of) == ("partition", event.name)
    assert middle.partitioning is not None
    assert schema[Name("public", "event_b1")].partition_of == middle.name


def test_inheritance_keeps_the_checks(schema: Schema) -> None:
    derived = schema[Name("public", "derived")]
    assert (derived.kind, derived.inherits) == ("table", (Name("public", "base"),))
    assert [c.name for c in derived.checks] == ["small"]


def test_namespaces_bring_what_they_reference(connection: Connection) -> None:
    found = PostgreSQL().reflect(connection, ['Odd "ns'])
    assert [t.name for t in found] == [CHILD, Name("public", "parent")]


def test_enums(schema: Schema) -> None:
    assert schema.enums == (("public.mood", ("sad", "it's ok")),)


@pytest.mark.parametrize(
    ("namespace", "table", "columns", "extension", "expected"),
    [
        ("public", "alembic_version", ["version_num"], "", "ledger of alembic"),
        ("public", "alembic_version", ["version_num", "patient"], "", ""),
        ("public", "schema_migrations", ["version", "dirty"], "", "ledger of rails"),
        ("public", "__EFMigrationsHistory", ["MigrationId", "ProductVersion"], "", "ledger of"),
        ("public", "DATABASECHANGELOG", ["id", "author", "filename", "md5sum", "x"], "", "ledger"),
        ("seeder", "run", ["id"], "", "journal of seeder"),
        ("public", "spatial_ref_sys", ["srid"], "postgis", "belongs to extension postgis"),
        ("public", "patient", ["id"], "", ""),
    ],
)
def test_bookkeeping(
    namespace: str, table: str, columns: list[str], extension: str, expected: str
) -> None:
    found = reason(namespace, table, columns, extension)
    assert found.startswith(expected)
    assert bool(found) == bool(expected)


def test_facts(connection: Connection, schema: Schema) -> None:
    connection.execute("INSERT INTO public.base VALUES (1)")
    found = PostgreSQL().facts(connection, schema)
    assert found.encoding == "UTF8"
    assert found.version.split(".")[0] == str(connection.version // 10000)
    assert found.tables[Name("public", "base")].holds_rows
    assert not found.tables[Name("public", "derived")].holds_rows
    assert not found.tables[CHILD].holds_rows
    assert found.tables[CHILD].owned
    assert found.notes == ()


def test_facts_of_a_role_with_few_rights(connection: Connection, schema: Schema) -> None:
    role = f"seeder_poor_{connection.rows('SELECT pg_backend_pid()')[0][0]}"
    connection.execute(f"CREATE ROLE {role}")
    try:
        connection.execute(f"GRANT INSERT, SELECT ON public.base, public.event TO {role}")
        connection.execute("ALTER TABLE public.event ENABLE ROW LEVEL SECURITY")
        connection.execute("CREATE PUBLICATION seeder_pub FOR TABLE public.base")
        connection.execute(f"SET ROLE {role}")
        here = PostgreSQL().reflect(connection)
        found = PostgreSQL().facts(connection, here)
    finally:
        connection.execute("RESET ROLE")
        connection.execute("DROP PUBLICATION IF EXISTS seeder_pub")
        connection.execute("ALTER TABLE public.event DISABLE ROW LEVEL SECURITY")
        connection.execute(f"DROP OWNED BY {role}")
        connection.execute(f"DROP ROLE {role}")
    assert here[Name("public", "event")].row_security
    assert found.tables[Name("public", "base")].can_insert
    assert not found.tables[Name("public", "base")].owned
    assert not found.tables[CHILD].can_insert
    assert {note[0] for note in found.notes} == {"no-create", "row-security", "publication"}
    lost = {lack.rights: lack.grant for lack in found.tables[Name("public", "base")].lacks}
    assert lost["TRUNCATE"] == f"GRANT TRUNCATE ON {{}} TO {role}"
    assert "INSERT" not in lost
    (journal,) = found.lacks
    assert journal.grant == f"GRANT CREATE ON DATABASE {{}} TO {role}"


def test_an_owner_lacks_nothing(connection: Connection, schema: Schema) -> None:
    found = PostgreSQL().facts(connection, schema)
    assert found.lacks == ()
    assert all(t.lacks == () and t.can_build and t.can_reference for t in found.tables.values())


def test_rights_on_a_journal(connection: Connection) -> None:
    role = f"seeder_writer_{connection.rows('SELECT pg_backend_pid()')[0][0]}"
    adapter = PostgreSQL()
    connection.execute(f"CREATE ROLE {role}")
    try:
        adapter.journal.create_if_missing(connection)
        connection.execute(f"GRANT USAGE ON SCHEMA seeder TO {role}")
        connection.execute(f"GRANT SELECT, INSERT, UPDATE ON seeder.run TO {role}")
        connection.execute(f"GRANT SELECT, UPDATE ON seeder.ddl TO {role}")
        connection.execute(f"SET ROLE {role}")
        (lack,) = adapter.facts(connection, adapter.reflect(connection)).lacks
        assert (lack.rights, lack.on) == ("INSERT", "seeder.run, seeder.ddl")
        connection.execute("RESET ROLE")
        connection.execute(f"GRANT INSERT ON seeder.ddl TO {role}")
        connection.execute(f"SET ROLE {role}")
        assert adapter.facts(connection, adapter.reflect(connection)).lacks == ()
    finally:
        connection.execute("RESET ROLE")
        connection.execute("DROP SCHEMA IF EXISTS seeder CASCADE")
        connection.execute(f"DROP OWNED BY {role}")
        connection.execute(f"DROP ROLE {role}")
