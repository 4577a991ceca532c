"""Triggers are off while rows come in, and come back in their own state whatever happens."""

from __future__ import annotations

from pathlib import Path

from seeder.adapter import find_adapter
from seeder.schema import Name
from tests.e2e.tool import called
from tests.hazards.filling import Hazard
from tests.helpers.dump import pg_dump
from tests.helpers.servers import Databases, query

_STATES = "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal"


def _struck(url: str) -> None:
    """What a load leaves that is killed when everything is dropped and nothing loaded."""
    adapter = find_adapter(url)
    connection = adapter.connect(url)
    schema = adapter.reflect(connection)
    names = [t.name for t in schema if t.kind != "partition"]
    objects = [o for o in adapter.objects(connection, names) if not o.kept]
    adapter.journal.create_if_missing(connection)
    run = adapter.journal.open_run(connection, "", "", {str(n): [0, 1] for n in names})
    adapter.journal.save_objects(connection, run, objects, schema)
    for item in sorted(objects, key=lambda o: o.kind not in ("trigger", "foreign")):
        for statement in item.drop:
            connection.execute(statement)
    connection.close()


def test_restored_after_a_kill(fresh_database: Databases, tmp_path: Path) -> None:
    """The states O, D, R and A of each trigger, those of partitions included."""
    url = Hazard("triggers").made(fresh_database)
    before, dump = sorted(query(url, _STATES)), pg_dump(url)
    adapter = find_adapter(url)
    connection = adapter.connect(url)
    fingerprint = adapter.reflect(connection).fingerprint
    _struck(url)
    assert {state for _, _, state in query(url, _STATES)} == {"D", "R", "O"}  # O: on update
    assert adapter.reflect(connection).fingerprint == fingerprint
    assert called(tmp_path, "plan", "--dsn", url).code == 4
    answer = called(tmp_path, "restore", "--dsn", url)
    assert answer.code == 0, answer.err
    assert sorted(query(url, _STATES)) == before
    assert pg_dump(url) == dump
    assert adapter.journal.unfinished(connection) == ()
    connection.close()


def test_what_will_not_fire_is_left_alone(embedded_database: Databases) -> None:
    url = Hazard("triggers").made(embedded_database)
    adapter = find_adapter(url)
    connection = adapter.connect(url)
    found = {
        o.name: o.create[0].split(" TRIGGER")[0].rsplit(" ", 1)[1]
        for o in adapter.objects(connection, [Name("public", "account"), Name("public", "tally")])
        if o.kind == "trigger"
    }
    connection.close()
    assert found == {
        "account_history": "ENABLE",
        "account_stamp": "ENABLE",
        'Tally "always"': "ALWAYS",
        "tally_later": "ENABLE",
        "tally_rows": "ENABLE",
        "tally_statement": "ENABLE",
        "tally_truncate": "ENABLE",
    }
