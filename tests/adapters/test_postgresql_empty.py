"""Emptying after a failed load: whatever points at the tables, and with either right."""

from __future__ import annotations

import pytest

from seeder.schema import Name, Table
from seeder_postgresql import PostgreSQL
from seeder_postgresql.connect import connect
from tests.helpers.servers import Databases

DDL = """
CREATE TABLE a (id int PRIMARY KEY, c_id int);
CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a, b_id int REFERENCES b);
CREATE TABLE c (id int PRIMARY KEY, b_id int REFERENCES b);
ALTER TABLE a ADD FOREIGN KEY (c_id) REFERENCES c;
CREATE TABLE other (id int PRIMARY KEY);
INSERT INTO other VALUES (1);
INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1, 1);
"""
FULL = "INSERT INTO c VALUES (1, 1); UPDATE a SET c_id = 1;"
OUTSIDE = "ALTER TABLE other ADD a_id int REFERENCES a;"
A, B, C = (Table(Name("public", n), ()) for n in "abc")


@pytest.mark.parametrize(
    ("more", "tables", "idle"),
    [
        ("", [A, B], [C]),
        (FULL, [C, A, B], []),
        (OUTSIDE, [A, B], [C]),
        (OUTSIDE + FULL, [A, B, C], []),
    ],
)
def test_tables_that_others_point_at(
    fresh_database: Databases, more: str, tables: list[Table], idle: list[Table]
) -> None:
    """Keys to tables that are empty, in circles, and from tables that are not ours."""
    with connect(fresh_database(DDL + more)) as connection:
        PostgreSQL().empty(connection, tables, idle)
        counted = ", ".join(f"(SELECT count(*) FROM {name})" for name in ("a", "b", "c", "other"))
        assert connection.rows(f"SELECT {counted}") == [(0, 0, 0, 1)]
        PostgreSQL().empty(connection, [], [])
