"""One session: settings that concern nobody else, COPY in chunks, errors that help."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, cast

import psycopg
from psycopg.pq import TransactionStatus

from seeder.errors import LoadFailed, SeederError
from seeder.schema import Name, Table
from seeder_postgresql import failures
from seeder_postgresql import url as urls

CONNECT_TIMEOUT = 10  # seconds
LOCK_TIMEOUT = "10s"
# A local socket holds 208 kB unless asked, and takes more only when three quarters of that are
# read: the server would wait for each turn of the sending thread. Linux grants up to its wmem_max.
_SEND_BUFFER = 4 << 20  # bytes; COPY of wide rows 1.1 times as fast, for half of the client's CPU

# Per session only. search_path stays the role's own: triggers, CHECKs and functions of indexes
# were written for it. Catalogue queries narrow it for themselves (``catalogue``).
_SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
    "xmloption": "content",
    "default_tablespace": "",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "transaction_timeout": "0",
    "lock_timeout": LOCK_TIMEOUT,
}

_APPLY = """
SELECT pg_catalog.set_config(s.name, w.value, false)
FROM pg_catalog.pg_settings s
JOIN unnest(%s::text[], %s::text[]) AS w(name, value) ON pg_catalog.lower(s.name) = w.name
"""

# Everybody who holds or awaits a lock on a relation that the statement names, on the table of an
# index that it names, or on the other end of one of their foreign keys.
_BLOCKERS = """
WITH named AS (
  SELECT c.oid FROM pg_catalog.pg_class c
  WHERE c.relkind IN ('r', 'p', 'i', 'I', 'f') AND c.relnamespace <> 'pg_catalog'::regnamespace
    AND pg_catalog.strpos(%s, c.relname) > 0
), tables AS (
  SELECT oid FROM named
  UNION SELECT i.indrelid FROM pg_catalog.pg_index i JOIN named ON i.indexrelid = named.oid
  UNION SELECT k.confrelid FROM pg_catalog.pg_constraint k JOIN named ON k.conrelid = named.oid
  WHERE k.contype = 'f'
)
SELECT DISTINCT a.pid, a.usename, a.application_name, a.query_start::timestamptz(0),
       pg_catalog.left(a.query, 60)
FROM pg_catalog.pg_locks l
JOIN tables t ON t.oid = l.relation
JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND l.pid NOT IN (%s, pg_catalog.pg_backend_pid())
ORDER BY 4, 1 LIMIT 10
"""


def quote(name: str) -> str:
    """An identifier in SQL, always quoted."""
    return '"' + name.replace('"', '""') + '"'


def qualified(name: Name) -> str:
    """A table's name in SQL."""
    return f"{quote(name.namespace)}.{quote(name.name)}"


def literal(text: str) -> str:
    """A string in SQL, whatever ``standard_conforming_strings`` says."""
    doubled = text.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in text else f"'{doubled}'"


class Connection:
    """A session in autocommit mode; ``transaction()`` makes several statements one.

    Every error is a SeederError.
    """

    def __init__(self, session: psycopg.Connection[tuple[Any, ...]], target: str) -> None:
        self._session = session
        self._target = target
        self.version: int = session.info.server_version

    @contextmanager
    def _errors(self, doing: str, sql: str = "") -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            found = failures.failure(error, doing, self._session.broken)
            if error.sqlstate == "55P03":
                found = type(found)(found.message + self._blockers(sql), found.hint)
            raise found from None

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement. Raises LoadFailed or ConnectionFailed."""
        with self._errors(_short(sql), sql):
            self._session.execute(sql, parameters or None)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one query and fetch all of its rows."""
        with self._errors(_short(sql), sql):
            cursor = self._session.execute(sql, parameters or None)
            return cursor.fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit when the block ends well, roll back otherwise; nested blocks are savepoints."""
        with self._errors("commit"), self._session.transaction():
            yield

    def copy(
        self, table: Table, columns: Sequence[str], chunks: Iterable[bytes], method: str
    ) -> int:
        """Stream one COPY; returns the rows that the server counted.

        ``method`` is 'binary' or 'text'. If ``chunks`` raises, or on Ctrl-C, the server drops
        the rows of this COPY and the exception goes on.
        """
        names = ", ".join(quote(c) for c in columns)
        sql = f"COPY {qualified(table.name)} ({names}) FROM STDIN (FORMAT {method})"
        with self._errors(f"COPY into {table.name}", sql), self._session.cursor() as cursor:
            with cursor.copy(sql) as copy:
                for chunk in chunks:
                    copy.write(chunk)
            return cursor.rowcount

    def copy_out(self, sql: str) -> Iterator[bytes]:
        """The bytes of a COPY ... TO STDOUT, as they come."""
        with (
            self._errors(_short(sql), sql),
            self._session.cursor() as cursor,
            cursor.copy(sql) as copy,
        ):
            for chunk in copy:
                yield bytes(chunk)

    def close(self) -> None:
        """End the session; an open transaction is rolled back. Safe to call twice."""
        with suppress(psycopg.Error):
            self._session.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def idle(self) -> bool:
        """Whether no transaction is open."""
        return self._session.info.transaction_status == TransactionStatus.IDLE

    def shares_sessions(self) -> bool:
        """Whether a pooler gives each transaction another session of the server.

        A pooler announces a process number of its own. If the server's process that just answered
        us answers somebody else a moment later, or another one answers us, nothing that outlasts a
        transaction (settings, the lock that says whose a run is) can be relied on.
        """
        ((mine,),) = self.rows("SELECT pg_catalog.pg_backend_pid()")
        info = self._session.info
        if mine == info.backend_pid:
            return False
        with (
            self._errors("asking the pooler"),
            psycopg.connect(info.dsn, password=info.password, connect_timeout=3) as other,
        ):
            # Its transaction stays open, and with it the server's session stays its own.
            (theirs,) = other.execute("SELECT pg_catalog.pg_backend_pid()").fetchone() or (None,)
            if theirs == mine:
                return True
            ((again,),) = self.rows("SELECT pg_catalog.pg_backend_pid()")
            return bool(again != mine)

    def settings(self, **values: str) -> None:
        """Set parameters for this session, such as ``maintenance_work_mem='1GB'``."""
        with self._errors("session settings"):
            self._session.execute(_APPLY, (list(values), list(values.values())))

    def _blockers(self, sql: str) -> str:
        """Who stands in the way, asked over a second session: ours may be in a failed block."""
        info = self._session.info
        try:
            with psycopg.connect(
                info.dsn, password=info.password, connect_timeout=3, autocommit=True
            ) as other:
                found = other.execute(_BLOCKERS, (sql, info.backend_pid)).fetchall()
        except psycopg.Error:
            return ""
        lines = [
            f"\n  session {pid}: user {user}, application {app or '?'}, since {start}: {query}"
            for pid, user, app, start, query in found
        ]
        return "".join(lines)


def _widen(session: psycopg.Connection[Any]) -> None:
    """More room between us and a server on this machine; over TCP the system sees to it itself."""
    with suppress(OSError), socket.socket(fileno=os.dup(session.fileno())) as end:
        if end.family == getattr(socket, "AF_UNIX", None):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)


def _short(sql: str) -> str:
    """The beginning of a statement, to say what failed."""
    line = " ".join(sql.split())
    return line if len(line) <= 100 else line[:97] + "..."


@contextmanager
def catalogue(connection: Connection) -> Iterator[None]:
    """A block in which the server prints every name outside pg_catalog with its namespace.

    One read of the catalogue is one transaction. The search path is put back even when the block
    is nested in a transaction of the caller.
    """
    with connection.transaction():
        ((before,),) = connection.rows("SELECT pg_catalog.current_setting('search_path')")
        connection.execute("SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)")
        yield
        connection.rows("SELECT pg_catalog.set_config('search_path', %s, true)", (before,))


def connect(
    url: str,
    *,
    lock_timeout: str = LOCK_TIMEOUT,
    maintenance_work_mem: str = "",
    parallel_maintenance_workers: int | None = None,
) -> Connection:
    """Open a session. Raises UsageError on a malformed URL, ConnectionFailed when it is refused.

    ``maintenance_work_mem`` (such as '512MB') and ``parallel_maintenance_workers`` are the server's
    own unless given.
    """
    parameters = urls.parameters(url)
    parameters.setdefault("connect_timeout", str(CONNECT_TIMEOUT))
    parameters |= {"application_name": "seeder", "client_encoding": "UTF8"}
    target = urls.public_url(urls.expand(url))
    try:
        session = psycopg.connect(
            "", autocommit=True, prepare_threshold=None, **cast(dict[str, Any], parameters)
        )
    except psycopg.Error as error:
        # A secret equal to the user's name would only blot out the name.
        user = parameters.get("user", "")
        hidden = tuple(s for s in urls.secrets(urls.expand(url)) if len(s) > 3 and s != user)
        found = failures.connection_failure(error, target)
        raise type(found)(urls.mask(found.message, hidden), found.hint) from None
    _widen(session)
    connection = Connection(session, target)
    chosen = {**_SETTINGS, "lock_timeout": lock_timeout}
    if maintenance_work_mem:
        chosen["maintenance_work_mem"] = maintenance_work_mem
    if parallel_maintenance_workers is not None:
        chosen["max_parallel_maintenance_workers"] = str(parallel_maintenance_workers)
    try:
        connection.settings(**chosen)
    except SeederError as error:
        connection.close()
        raise LoadFailed(error.message, "is this a PostgreSQL server, 13 or later?") from None
    return connection
