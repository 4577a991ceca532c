"""Sessions: settings, errors that help, COPY, and who holds a lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from seeder.adapter import Connection as ConnectionProtocol
from seeder.errors import ConnectionFailed, LoadFailed, Refusal, UsageError
from seeder.schema import Column, Name, Table, Type
from seeder_postgresql import PostgreSQL
from seeder_postgresql.connect import Connection, connect
from tests.helpers.servers import Databases

TABLE = Table(Name("public", "t"), (Column("a", Type("integer", "integer", bits=32)),))


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    databases = Databases(server_url)
    yield databases()
    databases.drop()


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    with connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS public.t")
        connection.execute("CREATE TABLE public.t (a integer CHECK (a <> 13))")
        connection.execute("DROP DOMAIN IF EXISTS public.small_number")
        connection.execute(
            "CREATE DOMAIN public.small_number AS integer CONSTRAINT small CHECK (VALUE < 5)"
        )
        yield connection


def test_the_connection_follows_the_protocol(connection: Connection) -> None:
    followed: ConnectionProtocol = connection
    assert followed.rows("SELECT 1, '%%'") == [(1, "%%")]


def test_settings_are_those_of_this_session_only(connection: Connection, url: str) -> None:
    shown = "SELECT current_setting(%s)"
    for name, value in (("timezone", "UTC"), ("statement_timeout", "0"), ("lock_timeout", "10s")):
        assert connection.rows(shown, (name,)) == [(value,)]
    assert connection.rows(shown, ("application_name",)) == [("seeder",)]
    assert "public" in connection.rows(shown, ("search_path",))[0][0]
    with connect(url, maintenance_work_mem="33MB", parallel_maintenance_workers=1) as other:
        assert other.rows(shown, ("maintenance_work_mem",)) == [("33MB",)]
    assert connection.rows(shown, ("maintenance_work_mem",)) != [("33MB",)]


def test_copy_counts_the_rows_of_its_chunks(connection: Connection) -> None:
    assert connection.copy(TABLE, ["a"], [b"1\n2\n", b"3\n"], "text") == 3
    assert connection.rows("SELECT sum(a) FROM public.t") == [(6,)]


def test_a_refused_row_is_an_error_with_its_place_and_leaves_nothing(
    connection: Connection,
) -> None:
    with pytest.raises(LoadFailed, match="(?s)violates check.*COPY t, line 2"):
        connection.copy(TABLE, ["a"], [b"1\n13\n"], "text")
    assert connection.rows("SELECT count(*) FROM public.t") == [(0,)]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_an_exception_among_the_chunks_undoes_the_copy(
    connection: Connection, stop: type[BaseException]
) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"1\n"
        raise stop

    with pytest.raises(stop):
        connection.copy(TABLE, ["a"], chunks(), "text")
    assert connection.rows("SELECT count(*) FROM public.t") == [(0,)]


def test_a_transaction_is_undone_as_a_whole(connection: Connection) -> None:
    def two_steps() -> None:
        with connection.transaction():
            connection.execute("INSERT INTO public.t VALUES (1)")
            connection.execute("INSERT INTO public.nowhere VALUES (1)")

    with pytest.raises(LoadFailed, match="does not exist"):
        two_steps()
    assert connection.idle
    assert connection.rows("SELECT count(*) FROM public.t") == [(0,)]


def test_a_lock_timeout_names_the_sessions_in_the_way(connection: Connection, url: str) -> None:
    with connect(url, lock_timeout="100ms") as waiting, connection.transaction():
        connection.execute("LOCK TABLE public.t IN SHARE MODE")
        ((pid,),) = connection.rows("SELECT pg_backend_pid()")
        with pytest.raises(LoadFailed, match=f"session {pid}: user .*, application seeder, since"):
            waiting.execute('ALTER TABLE "public"."t" ADD COLUMN b integer')


def test_a_closed_session_fails_as_a_connection(url: str) -> None:
    connection = connect(url)
    with connect(url) as killer:
        ((pid,),) = connection.rows("SELECT pg_backend_pid()")
        killer.execute("SELECT pg_terminate_backend(%s)", (pid,))
    with pytest.raises(ConnectionFailed):
        connection.execute("SELECT 1")
    connection.close()
    connection.close()


@pytest.mark.parametrize(
    ("change", "said", "hint"),
    [
        ({"path": "/no_such_database"}, "does not exist", "createdb"),
        ({"netloc": "no_such_role:hunter22@"}, "no_such_role", "ROLE|password"),
    ],
)
def test_a_refused_connection_says_why(
    url: str, change: dict[str, str], said: str, hint: str
) -> None:
    parts = urlsplit(url)
    if "netloc" in change:
        change = {"netloc": change["netloc"] + parts.netloc.rpartition("@")[2]}
    with pytest.raises(ConnectionFailed, match=said) as failed:
        PostgreSQL().connect(parts._replace(**change).geturl())
    assert "hunter22" not in str(failed.value)
    assert any(word in failed.value.hint for word in hint.split("|"))


def test_nobody_listens_there() -> None:
    with pytest.raises(ConnectionFailed, match="cannot connect to postgresql://u@127.0.0.1:1/d"):
        connect("postgresql://u:hunter22@127.0.0.1:1/d?connect_timeout=2")


def test_an_unknown_host_does_not_show_the_secret() -> None:
    with pytest.raises((ConnectionFailed, UsageError)) as failed:
        connect("postgresql://u:hunter22@no.such.host.invalid/d?connect_timeout=2")
    assert "hunter22" not in str(failed.value)


class _Other:
    """Somebody else's session behind a pooler; its transaction holds the server's process."""

    def __init__(self, process: int) -> None:
        self._process = process

    def __enter__(self) -> _Other:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def execute(self, sql: str) -> _Other:
        return self

    def fetchone(self) -> tuple[int]:
        return (self._process,)


@pytest.mark.parametrize(
    ("mine", "theirs", "again", "shared"),
    [
        (11, 11, 12, True),  # what we had was given away
        (11, 12, 13, True),  # and this is not what we had
        (11, 12, 11, False),  # a pool in session mode
    ],
)
def test_a_pooler_that_shares_sessions(
    connection: Connection, monkeypatch: pytest.MonkeyPatch,
    mine: int, theirs: int, again: int, shared: bool,
) -> None:  # fmt: skip
    """As pgbouncer 1.18 answers in transaction and in session mode."""
    assert not connection.shares_sessions()
    answers: Iterator[list[tuple[Any, ...]]] = iter([[(mine,)], [(again,)]])
    monkeypatch.setattr(connection, "rows", lambda sql: next(answers))
    monkeypatch.setattr(psycopg, "connect", lambda *a, **k: _Other(theirs))
    assert connection.shares_sessions() == shared


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("INSERT INTO r VALUES (13)", Refusal("check", "r", "", "low")),
        ("INSERT INTO r VALUES (NULL)", Refusal("missing", "r", "a")),
        ("INSERT INTO r VALUES (1), (1)", Refusal("unique", "r", "", "one")),
        ("INSERT INTO r VALUES (1, 5)", Refusal("foreign", "r", "", "up")),
        ("INSERT INTO r VALUES (1, 'x')", Refusal("value")),
        ("INSERT INTO r (a, d) VALUES (1, 9)", Refusal("check", "", "", "small", "small_number")),
        ("INSERT INTO parts VALUES (5)", Refusal("partition", "parts")),
        ("DO $$BEGIN RAISE EXCEPTION 'no'; END$$", Refusal("raised")),
        ("SELECT 1 FROM nowhere", Refusal()),
    ],
)
def test_what_was_refused(connection: Connection, statement: str, refusal: Refusal) -> None:
    connection.execute(
        """CREATE TEMPORARY TABLE IF NOT EXISTS r (
             a integer NOT NULL CONSTRAINT low CHECK (a < 10) CONSTRAINT one UNIQUE,
             b integer CONSTRAINT up REFERENCES r (a), d small_number);
           CREATE TEMPORARY TABLE parts (a integer) PARTITION BY LIST (a)"""
    )
    with pytest.raises(LoadFailed) as caught:
        connection.execute(statement)
    assert caught.value.refusal == refusal


def test_the_column_of_a_refused_copy(connection: Connection) -> None:
    with pytest.raises(LoadFailed) as caught:
        connection.copy(TABLE, ["a"], [b"1\nx\n"], "text")
    assert caught.value.refusal == Refusal("value", "", "a")
