"""The schemas that other tests stand on are what they claim to be, on each server."""

from __future__ import annotations

import pytest

from tests.helpers.dump import pg_dump
from tests.helpers.omop import omop_ddl
from tests.helpers.schemas import wide_schema
from tests.helpers.servers import Databases, query, run_sql
from tests.helpers.synthea import synthea_ddl

_COUNT = """
SELECT (SELECT count(*) FROM pg_tables WHERE schemaname = '{0}'),
       (SELECT count(*) FROM pg_constraint
        WHERE contype = 'f' AND connamespace = '{0}'::regnamespace),
       (SELECT count(*) FROM pg_constraint
        WHERE contype = 'p' AND connamespace = '{0}'::regnamespace)
"""


def test_omop_has_the_counts_of_the_published_ddl(fresh_database: Databases) -> None:
    url = fresh_database(omop_ddl())
    assert query(url, _COUNT.format("omop")) == [(39, 176, 28)]


def test_omop_has_a_cycle_without_nulls(fresh_database: Databases) -> None:
    url = fresh_database(omop_ddl(namespace="cdm"))
    cycle = query(
        url,
        """
        SELECT conrelid::regclass::text, confrelid::regclass::text, attnotnull
        FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'f' AND 'cdm.concept'::regclass IN (conrelid, confrelid)
          AND conrelid::regclass::text IN
              ('cdm.concept', 'cdm.domain', 'cdm.vocabulary', 'cdm.concept_class')
        """,
    )
    assert len(cycle) == 6
    assert all(required for *_, required in cycle)


def test_synthea_has_its_tables_and_keys(fresh_database: Databases) -> None:
    assert query(fresh_database(synthea_ddl()), _COUNT.format("synthea"))[0][:2] == (18, 35)


@pytest.mark.parametrize(("tables", "keys"), [(1, 0), (7, 3), (20, 40)])
def test_wide_schema_has_what_was_asked(
    embedded_database: Databases, tables: int, keys: int
) -> None:
    url = embedded_database(wide_schema(tables, keys))
    assert query(url, _COUNT.format("wide")) == [(tables, keys, tables)]


def test_dumps_are_equal_exactly_when_schemas_are(fresh_database: Databases) -> None:
    ddl = "CREATE TABLE t (a int PRIMARY KEY, b text); CREATE INDEX i ON t (b);"
    url, other = fresh_database(ddl), fresh_database(ddl)
    assert pg_dump(url) == pg_dump(other)

    run_sql(other, "INSERT INTO t VALUES (1, 'x'); CREATE SCHEMA seeder CREATE TABLE run (a int);")
    assert pg_dump(url) == pg_dump(other)

    run_sql(other, "COMMENT ON INDEX i IS 'changed'")
    assert pg_dump(url) != pg_dump(other)
