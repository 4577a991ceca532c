"""The sample hospital: what its catalogue holds, and that its revisions lead up and down."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

import seeder_hospital
from seeder.errors import ConnectionFailed, SeederError, UsageError
from seeder_hospital.__main__ import main
from tests.helpers.dump import pg_dump
from tests.helpers.servers import Databases, query, run_sql

# Tables as an application sees them: partitions belong to their parent.
_TABLES = """
SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ('hospital', 'billing')
"""

FEATURES = {
    "self reference": "SELECT 1 FROM pg_constraint WHERE contype = 'f' AND conrelid = confrelid",
    "deferrable key": "SELECT 1 FROM pg_constraint WHERE contype = 'f' AND condeferred",
    "key to a composite key": "SELECT 1 FROM pg_constraint f JOIN pg_constraint p"
    " ON p.conrelid = f.confrelid AND p.contype = 'p' AND p.conkey = f.confkey"
    " WHERE f.contype = 'f' AND cardinality(f.conkey) = 2",
    "overlapping keys": "SELECT 1 FROM pg_constraint a JOIN pg_constraint b USING (conrelid)"
    " WHERE a.contype = 'f' AND b.contype = 'f' AND a.oid <> b.oid AND a.conkey && b.conkey",
    "junction": "SELECT 1 FROM pg_constraint p WHERE p.contype = 'p' AND cardinality(p.conkey) = 2"
    " AND (SELECT count(*) FROM pg_constraint f WHERE f.contype = 'f'"
    " AND f.conrelid = p.conrelid AND f.conkey <@ p.conkey) = 2",
    "subtype": "SELECT 1 FROM pg_constraint p JOIN pg_constraint f USING (conrelid, conkey)"
    " WHERE p.contype = 'p' AND f.contype = 'f' AND cardinality(conkey) = 1",
    "check: value set": "SELECT 1 FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    " AND pg_get_constraintdef(oid) LIKE '%ANY (ARRAY%'",
    "check: range": "SELECT 1 FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    " AND pg_get_constraintdef(oid) ~ '>= .* AND .*<= '",
    "check: two columns": "SELECT 1 FROM pg_constraint WHERE contype = 'c'"
    " AND cardinality(conkey) = 2",
    "check: length": "SELECT 1 FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    " AND pg_get_constraintdef(oid) LIKE '%char_length%'",
    "check: regular expression": "SELECT 1 FROM pg_constraint WHERE contype = 'c'"
    " AND conrelid <> 0 AND pg_get_constraintdef(oid) LIKE '% ~ %'",
    "domain with a check": "SELECT 1 FROM pg_constraint WHERE contypid <> 0 AND contype = 'c'"
    " AND pg_get_constraintdef(oid) LIKE '%VALUE%'",
    "enum": "SELECT 1 FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
    " WHERE t.typtype = 'e'",
    "jsonb": "SELECT 1 FROM pg_attribute WHERE atttypid = 'jsonb'::regtype AND attrelid > 16383",
    "array": "SELECT 1 FROM pg_attribute WHERE atttypid = 'text[]'::regtype AND attrelid > 16383",
    "uuid key": "SELECT 1 FROM pg_constraint p JOIN pg_attribute a"
    " ON a.attrelid = p.conrelid AND a.attnum = p.conkey[1]"
    " WHERE p.contype = 'p' AND a.atttypid = 'uuid'::regtype",
    "stored generated column": "SELECT 1 FROM pg_attribute WHERE attgenerated = 's'",
    "identity, always": "SELECT 1 FROM pg_attribute WHERE attidentity = 'a'",
    "identity, by default": "SELECT 1 FROM pg_attribute WHERE attidentity = 'd'",
    "serial": "SELECT 1 FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'"
    " WHERE d.deptype = 'a' AND d.classid = 'pg_class'::regclass",
    "range partitions": "SELECT 1 FROM pg_partitioned_table WHERE partstrat = 'r'"
    " AND partdefid <> 0",
    "partial unique index": "SELECT 1 FROM pg_index WHERE indisunique AND indpred IS NOT NULL",
    "partial unique index, composite": "SELECT 1 FROM pg_index WHERE indisunique"
    " AND indpred IS NOT NULL AND indnkeyatts = 2",
    "composite unique": "SELECT 1 FROM pg_constraint WHERE contype = 'u'"
    " AND cardinality(conkey) = 2",
    "expression index": "SELECT 1 FROM pg_index WHERE indexprs IS NOT NULL AND indrelid > 16383",
    "covering index": "SELECT 1 FROM pg_index WHERE indnatts > indnkeyatts",
    "GIN index on jsonb": "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_am m ON m.oid = c.relam JOIN pg_attribute a"
    " ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
    " WHERE m.amname = 'gin' AND a.atttypid = 'jsonb'::regtype",
    "GiST index": "SELECT 1 FROM pg_class c JOIN pg_am m ON m.oid = c.relam"
    " WHERE m.amname = 'gist' AND c.oid > 16383",
    "BRIN index": "SELECT 1 FROM pg_class c JOIN pg_am m ON m.oid = c.relam"
    " WHERE m.amname = 'brin' AND c.oid > 16383",
    "extended statistics": "SELECT 1 FROM pg_statistic_ext",
    "view": "SELECT 1 FROM pg_class WHERE relkind = 'v'"
    " AND relnamespace = 'hospital'::regnamespace",
}


@pytest.fixture(scope="module")
def databases(server_url: str) -> Iterator[Databases]:
    made = Databases(server_url)
    try:
        yield made
    finally:
        made.drop()


@pytest.fixture(scope="module")
def hospital(databases: Databases) -> str:
    """A database at the newest revision, on each server in turn; tests only read it."""
    url = databases()
    seeder_hospital.migrate(url)
    return url


def _one(url: str, statement: str) -> object:
    return query(url, statement)[0][0]


def _tables(url: str) -> set[str]:
    return {f"{namespace}.{name}" for _, namespace, name in query(url, _TABLES)}


def _revision(url: str) -> object:
    return _one(url, "SELECT min(version_num) FROM public.alembic_version")


def test_tables_and_ledger(hospital: str) -> None:
    assert len(_tables(hospital)) == 42
    assert {name.partition(".")[0] for name in _tables(hospital)} == {"hospital", "billing"}
    assert _revision(hospital) == "0002"
    strangers = query(hospital, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert strangers == [("alembic_version",)]


def test_indexes_on_average(hospital: str) -> None:
    indexes = f"SELECT count(*) FROM pg_index JOIN ({_TABLES}) t ON t.oid = indrelid"
    assert int(str(_one(hospital, indexes))) / len(_tables(hospital)) >= 2.5


@pytest.mark.parametrize("feature", FEATURES)
def test_feature(hospital: str, feature: str) -> None:
    assert query(hospital, FEATURES[feature]), f"no {feature}"


def test_every_key_is_covered_by_an_index(hospital: str) -> None:
    bare = query(
        hospital,
        """
        SELECT conrelid::regclass::text, conname FROM pg_constraint k
        WHERE contype = 'f' AND conparentid = 0 AND NOT EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
            AND k.conkey @> (i.indkey::int2[])[0:cardinality(k.conkey) - 1]
            AND k.conkey <@ (i.indkey::int2[])[0:cardinality(k.conkey) - 1])
        """,
    )
    assert bare == []


def test_no_two_indexes_are_the_same(hospital: str) -> None:
    twins = query(
        hospital,
        """
        SELECT indrelid::regclass::text, array_agg(indexrelid::regclass::text) FROM pg_index
        WHERE indrelid > 16383
        GROUP BY indrelid, indkey::text, indclass::text, indoption::text,
            coalesce(pg_get_expr(indexprs, indrelid), ''),
            coalesce(pg_get_expr(indpred, indrelid), '')
        HAVING count(*) > 1
        """,
    )
    assert twins == []


def test_every_table_is_explained(hospital: str) -> None:
    silent = f"SELECT nspname, relname FROM ({_TABLES}) t WHERE obj_description(oid) IS NULL"
    assert query(hospital, silent) == []
    columns = f"SELECT count(*) FROM pg_description JOIN ({_TABLES}) t ON t.oid = objoid"
    assert int(str(_one(hospital, columns + " WHERE objsubid > 0"))) > 60


def test_partitions(hospital: str) -> None:
    bounds = query(
        hospital,
        "SELECT pg_get_expr(relpartbound, oid) FROM pg_class"
        " WHERE relispartition AND relkind = 'r' ORDER BY relname",
    )
    assert len(bounds) == 8
    assert ("DEFAULT",) in bounds


def test_no_extension_is_used(hospital: str) -> None:
    assert query(hospital, "SELECT extname FROM pg_extension") == [("plpgsql",)]


def test_the_migrations_bring_no_rows(hospital: str) -> None:
    for table in sorted(_tables(hospital)):
        assert query(hospital, f"SELECT 1 FROM {table} LIMIT 1") == [], table


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        ("'00012345'::hospital.mrn", False),
        ("'12345'::hospital.mrn", True),
        ("'1234567893'::hospital.npi", False),
        ("'3234567893'::hospital.npi", True),
        ("'ann.lee@example.org'::hospital.email", False),
        ("'Ann.Lee@example.org'::hospital.email", True),
        ("'ann lee@example.org'::hospital.email", True),
        ("0::billing.amount", False),
        ("(-0.01)::billing.amount", True),
    ],
)
def test_domains(hospital: str, value: str, refused: bool) -> None:
    if refused:
        with pytest.raises(psycopg.errors.CheckViolation):
            query(hospital, f"SELECT {value}")
    else:
        assert query(hospital, f"SELECT {value}")


def test_a_result_belongs_to_the_patient_of_its_order(hospital: str) -> None:
    with psycopg.connect(hospital) as connection:
        connection.execute("SET session_replication_role = replica")  # no keys: parents not needed
        connection.execute(
            "INSERT INTO hospital.lab_order (accession_number, encounter_id, patient_id,"
            " ordered_by_staff_id, ordered_at) VALUES ('L0000000001', 1, 1, 1, now())"
        )
        connection.execute("SET session_replication_role = origin")
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute(
                "INSERT INTO hospital.lab_result (lab_order_id, patient_id, lab_test_id, status,"
                " resulted_at) SELECT lab_order_id, 2, 1, 'final', now() FROM hospital.lab_order"
            )
        connection.rollback()


def test_up_and_down(databases: Databases) -> None:
    url = databases()
    seeder_hospital.migrate(url, "0001")
    assert len(_tables(url)) == 41
    base = pg_dump(url)
    seeder_hospital.migrate(url)
    newest = pg_dump(url)
    assert "care_team_member" in newest
    assert "no_show" in newest
    assert "care_team_member" not in base
    seeder_hospital.migrate(url)  # there already: nothing happens
    assert pg_dump(url) == newest
    seeder_hospital.migrate(url, "0001")
    assert _revision(url) == "0001"
    assert pg_dump(url) == base
    seeder_hospital.migrate(url, "base")
    assert query(url, "SELECT 1 FROM pg_namespace WHERE nspname IN ('hospital', 'billing')") == []
    assert query(url, "SELECT 1 FROM pg_type WHERE typname IN ('mrn', 'sex')") == []
    seeder_hospital.migrate(url, "head")
    assert pg_dump(url) == newest


def test_rows_survive_the_way_down(databases: Databases) -> None:
    url = databases()
    seeder_hospital.migrate(url)
    run_sql(
        url,
        """
        SET session_replication_role = replica;
        INSERT INTO hospital.appointment (patient_id, department_id, staff_id, appointment_type,
            status, scheduled_start, scheduled_end)
        VALUES (1, 1, 1, 'follow_up', 'no_show', '2026-03-01 10:00+00', '2026-03-01 10:30+00');
        INSERT INTO hospital.audit_log (occurred_at, action, table_name, record_key, session_id)
        VALUES ('2027-05-01', 'view', 'patient', '1', gen_random_uuid());
        """,
    )
    seeder_hospital.migrate(url, "0001")
    assert query(url, "SELECT status FROM hospital.appointment") == [("cancelled",)]
    home = query(url, "SELECT tableoid::regclass::text FROM hospital.audit_log")
    assert home == [("hospital.audit_log_rest",)]


def test_all_or_nothing(databases: Databases) -> None:
    url = databases("CREATE SCHEMA billing")
    with pytest.raises(SeederError, match="already exists") as caught:
        seeder_hospital.migrate(url)
    assert "createdb" in caught.value.hint
    assert query(url, "SELECT 1 FROM pg_namespace WHERE nspname = 'hospital'") == []
    assert query(url, "SELECT 1 FROM pg_tables WHERE tablename = 'alembic_version'") == []


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "postgres", "postgresql+psycopg2"])
def test_spellings_of_the_url(databases: Databases, scheme: str) -> None:
    url = databases()
    seeder_hospital.migrate(url.replace(urlsplit(url).scheme, scheme, 1), "0001")
    assert _revision(url) == "0001"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root@localhost/db",
        "hospital",
        "postgresql://ann:s3@cret@localhost/db",
        "postgresql://ann:s3/cret@localhost/db",
        "postgresql://ann:s3cret@localhost/db?nonsense=1",
    ],
)
def test_urls_that_cannot_be_read(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        seeder_hospital.migrate(url)
    assert "cret" not in str(caught.value)


def test_no_server() -> None:
    with pytest.raises(ConnectionFailed):
        seeder_hospital.migrate("postgresql://postgres:@/hospital?host=/nowhere")


def test_command_line(databases: Databases, capsys: pytest.CaptureFixture[str]) -> None:
    url = databases()
    assert main([url, "0001"]) == 0
    assert _revision(url) == "0001"
    assert main([url, "0003"]) == 2
    assert "head, 0002, 0001, base" in capsys.readouterr().err
    assert _revision(url) == "0001"


def test_only_migrate_is_public() -> None:
    assert seeder_hospital.__all__ == ["migrate"]
