"""Coherence rules as SQL: one scan for a table, quoted names, casts that cannot fail."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from seeder.question import Fact, Hop, Listing, Question, Source
from seeder.schema import Column, ForeignKey, Name, Table, Type
from seeder_postgresql.coherence import batch, coherence, single
from seeder_postgresql.connect import connect
from tests.helpers.servers import Databases

_TEXT = Type("text", "text")
NAME = Name("odd schema", 'a"b')
PATIENT = Name("odd schema", "p")
KEY = ForeignKey("k", ("p id",), PATIENT, ("id",))
TABLE = Table(NAME, tuple(Column(c, _TEXT) for c in ("p id", "born", "n")), foreign_keys=(KEY,))
BIRTH = Fact((Hop(NAME, KEY),), "birth", "moment", "date")


def _question(holds: str, facts: dict[str, Fact], **more: Any) -> Question:
    more = {"when": "TRUE", "reference": dt.datetime(2025, 7, 1), **more}
    return Question(source=Source(TABLE, facts, more.pop("key", ())), holds=holds, **more)


def test_rules_of_a_table_share_its_scan_its_joins_and_its_casts() -> None:
    number = Fact((), "n", "number", "text")
    sql = batch(
        [
            _question("n > 1", {"n": number, "birth": BIRTH}),
            _question("years_between(birth, reference()) > n", {"n": number, "birth": BIRTH}),
        ]
    )
    assert sql.count("LEFT JOIN") == 1
    assert sql.count('"odd schema"."a""b"') == 1
    assert sql.count("::numeric END") == 1
    assert sql.count("FILTER") == 4


def _loaded(databases: Databases) -> str:
    return databases(
        'CREATE SCHEMA "odd schema"; CREATE TABLE "odd schema".p (id text, birth date);'
        'CREATE TABLE "odd schema"."a""b" ("p id" text, born text, n text);'
        "INSERT INTO \"odd schema\".p VALUES ('1', '2000-01-01'), ('2', NULL);"
        'INSERT INTO "odd schema"."a""b" VALUES'
        "('1', '2001-01-01', ' 12.5 '), ('1', 'never', '-3'), ('2', '2001-01-01', 'many'),"
        "('1', NULL, '7'), (NULL, '1999-01-01', '9')"
    )


def test_text_that_is_no_number_or_date_is_no_value(fresh_database: Databases) -> None:
    url = _loaded(fresh_database)
    number, born = Fact((), "n", "number", "text"), Fact((), "born", "moment", "text")
    listed = Listing(("name",), (("it's",), ("a\\b",)))
    key = (Fact((), "p id", "raw"),)
    with connect(url) as connection:
        asked = [
            _question("n > 0", {"n": number}),
            _question("days_between(birth, born) > 400", {"birth": BIRTH, "born": born}),
            _question("count(*) = 1", {"n": number}, key=key, form="group"),
            _question("n > previous.n", {"n": number}, key=key, form="next", order="n"),
            _question("NOT listed(l, n)", {"n": Fact((), "n", "text")}, lists={"l": listed}),
        ]
        found = coherence(connection, asked)
    assert found == [(4, 1), (1, 1), (1, 1), (2, 0), (5, 0)]


def test_others_are_joined_once() -> None:
    number = Fact((), "n", "number", "text")
    key = (Fact((), "p id", "raw"),)
    other = Source(TABLE, {"m": number}, key)
    sql = single(
        _question(
            "found", {"n": number}, key=key, form="among", others=(other, other), where="m > mine.n"
        )
    )
    assert "EXISTS" not in sql
    assert " UNION " not in sql  # columns of one table are one scan
    assert sql.count("LATERAL") == 2
    elsewhere = replace(other, table=replace(TABLE, name=Name("other", "table")))
    further = _question(
        "found", {"n": number}, key=key, form="among", others=(other, elsewhere), where="m > mine.n"
    )
    assert single(further).count(" UNION ") == 1


def test_columns_that_are_alike_are_asked_in_one_query(fresh_database: Databases) -> None:
    url = _loaded(fresh_database)
    key = (Fact((), "p id", "raw"),)
    sources = [Source(TABLE, {"n": Fact((), "n", "number", "text")}, key) for _ in range(2)]
    asked = _question(
        "NOT found", dict(sources[0].facts), key=key, form="among", others=(sources[0],),
        where="n > mine.n", alike=(sources[1],),
    )  # fmt: skip
    with connect(url) as connection:
        once, twice = coherence(connection, [replace(asked, alike=()), asked])
    assert once[0]
    assert twice == (2 * once[0], 2 * once[1])
