"""Materialised views: said when planning, read again after the load when asked, in order."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.tool import called
from tests.helpers.dump import pg_dump
from tests.helpers.servers import Databases, query, run_sql

DDL = """
CREATE TABLE t (id integer PRIMARY KEY, kind text NOT NULL);
CREATE TABLE p (id integer NOT NULL, at date) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p DEFAULT;
CREATE VIEW w AS SELECT * FROM t WHERE id > 0;
CREATE MATERIALIZED VIEW z AS SELECT kind, count(*) AS n FROM w GROUP BY 1;
CREATE UNIQUE INDEX ON z (kind);
CREATE MATERIALIZED VIEW "a ""sum" AS SELECT sum(n) AS n FROM z;
CREATE VIEW over AS SELECT n FROM "a ""sum";
CREATE MATERIALIZED VIEW "B" AS SELECT count(*) + (SELECT n FROM over) AS n FROM p1 WITH NO DATA;
CREATE MATERIALIZED VIEW other AS SELECT 1 AS n;
"""


def test_refreshed_in_order(fresh_database: Databases, tmp_path: Path) -> None:
    """Through views, partitions and one another; what reads no filled table stays."""
    url = fresh_database(DDL)
    before = pg_dump(url)
    answer = called(tmp_path, "plan", "--dsn", url, "--rows", "500")
    assert 'stay as they are: public.z, public."a ""sum", public.B' in answer.out
    assert "--refresh" in answer.out
    assert called(tmp_path, "load").code == 0
    assert query(url, "SELECT count(*) FROM z") == [(0,)]
    answer = called(tmp_path, "load", "--truncate", "--yes", "--refresh")
    assert answer.code == 0, answer.err
    assert "3 materialised views refreshed" in answer.err
    assert query(url, "SELECT sum(n) FROM z") == query(url, "SELECT count(*) FROM t")
    assert query(url, 'SELECT n FROM "B"') == [(500,)]
    assert pg_dump(url) == before


def test_a_view_that_fails(embedded_database: Databases, tmp_path: Path) -> None:
    """The rows stay, and the message says so."""
    url = embedded_database("CREATE TABLE t (id integer PRIMARY KEY, v integer NOT NULL)")
    run_sql(url, "CREATE MATERIALIZED VIEW m AS SELECT 1 / (v - v) AS x FROM t")
    answer = called(tmp_path, "load", "--dsn", url, "--rows", "500", "--refresh")
    assert answer.code == 1
    assert "the rows are loaded" in answer.err
    assert 'REFRESH MATERIALIZED VIEW "public"."m"' in answer.err
    assert query(url, "SELECT count(*) FROM t") == [(500,)]
    assert called(tmp_path, "restore", "--dsn", url).code == 0
