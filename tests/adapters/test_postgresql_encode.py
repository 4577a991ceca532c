"""Encoders: the server must read back what was sent, by binary and by text COPY alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from seeder.errors import LoadFailed
from seeder.generate.defaults import wire_type
from seeder.schema import Column, Name, Table, Type
from seeder_postgresql import PostgreSQL
from seeder_postgresql.connect import Connection, connect
from seeder_postgresql.encode import TextEncoder, encoder
from tests.helpers.servers import Databases

UUID = bytes.fromhex("a0eebc999c0b4ef8bb6d6bb9bd380a11")
UTC = pa.timestamp("us", "UTC")
MOMENT = dt.datetime(1999, 12, 31, 23, 59, 59, 5)
TEXT = 'a\tb\\c\n\r"x" é€😀'
HARD = ['a"b', "c\\d,{}", "NULL", "", " x ", "\t\n"]

# SQL type, Arrow type, values, their text in PostgreSQL.
CASES: list[tuple[str, pa.DataType, list[Any], list[str]]] = [
    ("boolean", pa.bool_(), [True, False], ["true", "false"]),
    ("smallint", pa.int16(), [-32768, 32767], ["-32768", "32767"]),
    ("integer", pa.int64(), [-1, 2**31 - 1], ["-1", "2147483647"]),
    ("bigint", pa.int64(), [-(2**63), 7], ["-9223372036854775808", "7"]),
    ("real", pa.float32(), [1.5, float("nan")], ["1.5", "NaN"]),
    ("double precision", pa.float64(), [0.1, float("-inf")], ["0.1", "-Infinity"]),
    (
        "numeric(12,3)",
        pa.decimal128(12, 3),
        [Decimal("1.250"), Decimal("-99999999.999")],
        ["1.250", "-99999999.999"],
    ),
    ("numeric", pa.decimal128(38, 0), [Decimal(0), Decimal(10**37)], ["0", "1" + "0" * 37]),
    ("numeric", pa.int64(), [0, -10000], ["0", "-10000"]),
    ("money", pa.string(), ["12.34", "-5.00"], ["$12.34", "-$5.00"]),
    ("money", pa.decimal128(18, 2), [Decimal("12.34"), Decimal("0.01")], ["$12.34", "$0.01"]),
    ("text", pa.string(), [TEXT, ""], [TEXT, ""]),
    ("text", pa.large_string(), [TEXT, "\\N"], [TEXT, "\\N"]),
    ("text", pa.dictionary(pa.int8(), pa.string()), ["x", "y"], ["x", "y"]),
    ("varchar(5)", pa.string(), ["", "abcde"], ["", "abcde"]),
    ("char(3)", pa.string(), ["abc", "xyz"], ["abc", "xyz"]),
    ("name", pa.string(), ["n", "m"], ["n", "m"]),
    ('"char"', pa.string(), ["n", "m"], ["n", "m"]),
    ("public.mood", pa.string(), ["it's ok", "sad"], ["it's ok", "sad"]),
    ("bytea", pa.binary(), [b"", b"\x00\xff\\"], ["\\x", "\\x00ff5c"]),
    (
        "date",
        pa.date32(),
        [dt.date(1900, 1, 1), dt.date(2024, 2, 29)],
        ["1900-01-01", "2024-02-29"],
    ),
    (
        "time",
        pa.time64("us"),
        [dt.time(1, 2, 3, 4), dt.time(23, 59, 59)],
        ["01:02:03.000004", "23:59:59"],
    ),
    (
        "timetz",
        pa.string(),
        ["01:02:03.5-05:30", "23:59:00+00"],
        ["01:02:03.5-05:30", "23:59:00+00"],
    ),
    (
        "timestamp",
        pa.timestamp("us"),
        [MOMENT, dt.datetime(2024, 1, 1)],
        ["1999-12-31 23:59:59.000005", "2024-01-01 00:00:00"],
    ),
    (
        "timestamptz",
        UTC,
        [MOMENT, dt.datetime(2024, 1, 1)],
        ["1999-12-31 23:59:59.000005+00", "2024-01-01 00:00:00+00"],
    ),
    (
        "interval",
        pa.duration("us"),
        [dt.timedelta(days=2), dt.timedelta(seconds=-1)],
        ["48:00:00", "-00:00:01"],
    ),
    (
        "interval",
        pa.string(),
        ["1 year 2 mons -3 days -04:05:06.7", "26 hours 3 minutes"],
        ["1 year 2 mons -3 days -04:05:06.7", "26:03:00"],
    ),
    (
        "uuid",
        pa.binary(16),
        [UUID, bytes(16)],
        ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000"],
    ),
    (
        "uuid",
        pa.string(),
        ["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "0" * 32],
        ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000"],
    ),
    ("json", pa.string(), ['{"a": "x\\ny"}', "[]"], ['{"a": "x\\ny"}', "[]"]),
    ("jsonb", pa.string(), ['{"a":"x\\ny"}', "[]"], ['{"a": "x\\ny"}', "[]"]),
    ("jsonb", pa.large_string(), ['{"a":1}', "2"], ['{"a": 1}', "2"]),
    ("inet", pa.string(), ["10.1.2.3", "2001:db8::1/64"], ["10.1.2.3/32", "2001:db8::1/64"]),
    ("inet", pa.string(), ["10.1.2.3/8", "255.0.0.255"], ["10.1.2.3/8", "255.0.0.255/32"]),
    ("cidr", pa.string(), ["10.0.0.0/8", "2001:db8::/32"], ["10.0.0.0/8", "2001:db8::/32"]),
    (
        "macaddr",
        pa.string(),
        ["08:00:2b:01:02:03", "08002b010204"],
        ["08:00:2b:01:02:03", "08:00:2b:01:02:04"],
    ),
    (
        "macaddr8",
        pa.string(),
        ["08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:06"],
        ["08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:06"],
    ),
    ("bit(10)", pa.string(), ["0101010101", "1111111111"], ["0101010101", "1111111111"]),
    ("bit varying", pa.string(), ["", "101"], ["", "101"]),
    ("oid", pa.string(), ["1", "4294967295"], ["1", "4294967295"]),
    ("oid", pa.int64(), [1, 4294967295], ["1", "4294967295"]),
    ("int4range", pa.string(), ["[1,5)", "(,7]"], ["[1,5)", "(,8)"]),
    ("int8range", pa.string(), ["[1,)", "empty"], ["[1,)", "empty"]),
    (
        "daterange",
        pa.string(),
        ["[2020-01-01,2020-02-01)", "(,)"],
        ["[2020-01-01,2020-02-01)", "(,)"],
    ),
    (
        "tsrange",
        pa.string(),
        ['["2020-01-01 00:00:00","2020-01-01 10:00:00")', "(,2020-01-01]"],
        ['["2020-01-01 00:00:00","2020-01-01 10:00:00")', '(,"2020-01-01 00:00:00"]'],
    ),
    (
        "tstzrange",
        pa.string(),
        ['["2020-01-01 00:00:00+00","2020-01-01 10:00:00+00")', "empty"],
        ['["2020-01-01 00:00:00+00","2020-01-01 10:00:00+00")', "empty"],
    ),
    ("integer[]", pa.list_(pa.int32()), [[1, None, -2], []], ["{1,NULL,-2}", "{}"]),
    ("smallint[]", pa.list_(pa.int16()), [[1], [2, 3]], ["{1}", "{2,3}"]),
    ("boolean[]", pa.list_(pa.bool_()), [[True, False], []], ["{t,f}", "{}"]),
    ("double precision[]", pa.large_list(pa.float64()), [[0.5], [None]], ["{0.5}", "{NULL}"]),
    (
        "text[]",
        pa.list_(pa.string()),
        [HARD, [None]],
        ['{"a\\"b","c\\\\d,{}","NULL",""," x ","\t\n"}', "{NULL}"],
    ),
    ("varchar(4)[]", pa.list_(pa.string()), [["ab", "c"], []], ["{ab,c}", "{}"]),
    (
        "uuid[]",
        pa.list_(pa.binary(16)),
        [[UUID, None], []],
        ["{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,NULL}", "{}"],
    ),
    ("timestamptz[]", pa.list_(UTC), [[MOMENT], []], ['{"1999-12-31 23:59:59.000005+00"}', "{}"]),
    ("date[]", pa.list_(pa.date32()), [[dt.date(2020, 1, 2)], []], ["{2020-01-02}", "{}"]),
    ("jsonb[]", pa.list_(pa.string()), [['{"a":1}', None], []], ['{"{\\"a\\": 1}",NULL}', "{}"]),
    ("bytea[]", pa.list_(pa.binary()), [[b"\x01\xff", b""], []], ['{"\\\\x01ff","\\\\x"}', "{}"]),
    ("inet[]", pa.list_(pa.string()), [["10.0.0.1", "::1"], []], ["{10.0.0.1,::1}", "{}"]),
    (
        "interval[]",
        pa.list_(pa.string()),
        [["1 day", "02:00:00"], []],
        ['{"1 day",02:00:00}', "{}"],
    ),
]
# Types that only text COPY carries.
TEXT_ONLY: list[tuple[str, pa.DataType, list[Any], list[str]]] = [
    ("tsvector", pa.string(), ["'a':1 'b':2", ""], ["'a':1 'b':2", ""]),
    ("numrange", pa.string(), ["[1.5,2.5)", "empty"], ["[1.5,2.5)", "empty"]),
    ("point", pa.string(), ["(1,2)", "(3.5,4)"], ["(1,2)", "(3.5,4)"]),
    ("public.pair", pa.string(), ['(1,"a b")', "(,)"], ['(1,"a b")', "(,)"]),
    ("public.mood[]", pa.list_(pa.string()), [["it's ok", "sad"], []], ['{"it\'s ok",sad}', "{}"]),
    (
        "numeric(6,2)[]",
        pa.list_(pa.decimal128(6, 2)),
        [[Decimal("1.50"), None], []],
        ["{1.50,NULL}", "{}"],
    ),
    ("integer[]", pa.list_(pa.list_(pa.int32())), [[[1, 2], [3, 4]], []], ["{{1,2},{3,4}}", "{}"]),
    ("public.doc", pa.string(), ['{"a":1}', "[]"], ['{"a": 1}', "[]"]),
]


@pytest.fixture(scope="module")
def connection(server_url: str) -> Iterator[Connection]:
    databases = Databases(server_url)
    types = """
      CREATE TYPE public.mood AS ENUM ('sad', 'it''s ok');
      CREATE TYPE public.pair AS (a integer, b text);
      CREATE DOMAIN public.doc AS jsonb;
    """
    with connect(databases(types)) as connection:
        yield connection
    databases.drop()


def _round_trip(
    connection: Connection, sql_type: str, arrow: pa.DataType, values: list[Any], forced: str = ""
) -> tuple[str, list[Any]]:
    """How the values went, and their text as the server prints it."""
    connection.execute("DROP TABLE IF EXISTS public.one")
    connection.execute(f"CREATE TABLE public.one (k integer, v {sql_type})")
    table = PostgreSQL().reflect(connection)[Name("public", "one")]
    schema = pa.schema([("k", pa.int32()), ("v", arrow)])
    column = pa.array([*values, None], arrow)
    batch = pa.record_batch([pa.array(range(len(column)), pa.int32()), column], schema=schema)
    used = TextEncoder(forced) if forced else encoder(table, schema)
    # Slices: an offset in the buffers must not be forgotten.
    chunks = [
        used.header(),
        used.batch(batch.slice(0, 1)),
        used.batch(batch.slice(1)),
        used.batch(batch.slice(0, 0)),
        used.footer(),
    ]
    assert connection.copy(table, ["k", "v"], chunks, used.method) == len(column)
    rows = connection.rows("SELECT v::text FROM public.one ORDER BY k")
    return used.method, [v for (v,) in rows]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]} from {c[1]}")
def test_binary(
    connection: Connection, case: tuple[str, pa.DataType, list[Any], list[str]]
) -> None:
    sql_type, arrow, values, texts = case
    assert _round_trip(connection, sql_type, arrow, values) == ("binary", [*texts, None])


@pytest.mark.parametrize("case", CASES + TEXT_ONLY, ids=lambda c: f"{c[0]} from {c[1]}")
def test_text(connection: Connection, case: tuple[str, pa.DataType, list[Any], list[str]]) -> None:
    sql_type, arrow, values, texts = case
    found = _round_trip(connection, sql_type, arrow, values, forced="to compare")
    assert found == ("text", [*texts, None])


@pytest.mark.parametrize("case", TEXT_ONLY, ids=lambda c: c[0])
def test_other_types_travel_as_text_and_say_why(
    connection: Connection, case: tuple[str, pa.DataType, list[Any], list[str]]
) -> None:
    assert _round_trip(connection, *case[:3])[0] == "text"
    table = PostgreSQL().reflect(connection)[Name("public", "one")]
    assert "column v (" in encoder(table, pa.schema([("v", case[1])])).reason


def test_a_column_of_nothing_does_not_slow_its_table_down(connection: Connection) -> None:
    found = _round_trip(connection, "tsvector", pa.null(), [None])
    assert found == ("binary", [None, None])
    assert _round_trip(connection, "point", pa.null(), [None], forced="to compare")[1] == [None] * 2


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Type("uuid", "uuid"), "no uuid"),
        (Type("inet", "inet"), "10.0.0"),
        (Type("macaddr", "macaddr"), "08:00:2b:01:02:zz"),
        (Type("bit", "bit(3)"), "1x1"),
        (Type("interval", "interval"), "soon"),
        (Type("money", "money"), "much"),
        (Type("oid", "oid"), "-1"),
        (Type("timetz", "timetz"), "noon"),
        (
            Type("range", "int4range", element=Type("integer", "integer", bits=32)),
            "[1,99999999999)",
        ),
        (Type("range", "daterange", element=Type("date", "date")), "[1,2"),
    ],
    ids=lambda v: v.kind if isinstance(v, Type) else "",
)
def test_a_text_that_does_not_parse_names_its_column(kind: Type, value: str) -> None:
    table = Table(Name("public", "t"), (Column("odd", kind),))
    schema = pa.schema([("odd", pa.string())])
    made = encoder(table, schema)
    with pytest.raises(LoadFailed, match=r"public\.t\.odd: no value of"):
        made.batch(pa.record_batch([pa.array([None, value])], schema=schema))


def test_columns_left_out_are_filled_by_the_server(connection: Connection) -> None:
    connection.execute(
        "CREATE TABLE public.filled (id integer GENERATED ALWAYS AS IDENTITY, a integer,"
        " b integer GENERATED ALWAYS AS (a * 2) STORED, c text DEFAULT 'x')"
    )
    table = PostgreSQL().reflect(connection)[Name("public", "filled")]
    schema = pa.schema([("a", pa.int32())])
    used = encoder(table, schema)
    batch = pa.record_batch([pa.array([1, 2], pa.int32())], schema=schema)
    chunks = [used.header(), used.batch(batch), used.footer()]
    assert connection.copy(table, ["a"], chunks, used.method) == 2
    assert connection.rows("SELECT * FROM public.filled ORDER BY id") == [
        (1, 1, 2, "x"),
        (2, 2, 4, "x"),
    ]


def test_identities_take_explicit_values(connection: Connection) -> None:
    connection.execute("CREATE TABLE public.ident (id bigint GENERATED ALWAYS AS IDENTITY)")
    table = PostgreSQL().reflect(connection)[Name("public", "ident")]
    schema = pa.schema([("id", wire_type(table.column("id").type))])
    used = encoder(table, schema)
    batch = pa.record_batch([pa.array([41, 42], pa.int64())], schema=schema)
    chunks = [used.header(), used.batch(batch), used.footer()]
    assert connection.copy(table, ["id"], chunks, used.method) == 2
