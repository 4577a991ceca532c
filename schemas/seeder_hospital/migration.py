"""Bringing a database to a revision, without an alembic.ini and without a shell."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from seeder.errors import ConnectionFailed, SeederError, UsageError

_SCHEME = re.compile(r"postgres(?:ql)?(?:\+[a-z0-9_]+)?://", re.IGNORECASE)
_FOLDER = Path(__file__).parent / "migrations"
# Any number will do, as long as every run of these migrations asks for the same one.
_LOCK = 7_310_448_001


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` to ``revision``, upwards or, with its data lost, downwards.

    ``url`` is a libpq URI or SQLAlchemy's spelling of one; sockets are named by ``?host=/path``,
    and what it leaves open comes from libpq's environment. ``revision`` is one of base, 0001,
    0002, head. One transaction: after an error the database is as it was. Two runs at once wait
    for each other. Raises UsageError for a URL or a revision that cannot be read, ConnectionFailed
    when the server does not answer, SeederError when it refuses a statement.
    """
    scheme = _SCHEME.match(url)
    if not scheme:
        raise UsageError(
            "the sample hospital needs a PostgreSQL URL",
            "it looks like postgresql://user@host:5432/database",
        )
    conninfo = f"postgresql://{_unambiguous(url[scheme.end() :])}"
    # libpq reads the URL, not SQLAlchemy: several hosts, service files, .pgpass all work.
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: _connect(conninfo), poolclass=NullPool
    )
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            _go(connection, revision)
    except (psycopg.Error, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise SeederError(
            f"the sample hospital: the server refused a statement: {str(cause).strip()}",
            "an empty database and the right to CREATE in it are needed: createdb hospital",
        ) from error


def _unambiguous(rest: str) -> str:
    """A URL's rest, refused when libpq would take a piece of the password for host or port."""
    authority, _, path = rest.partition("?")[0].partition("/")
    if authority.count("@") > 1 or "@" in path:
        raise UsageError(
            "the password in the URL holds '@' or '/'",
            "write @ as %40 and / as %2F, or put the password into PGPASSWORD or ~/.pgpass",
        )
    return rest


def _connect(conninfo: str) -> psycopg.Connection:
    try:
        return psycopg.connect(conninfo)
    except psycopg.ProgrammingError:  # its text may hold the password
        raise UsageError(
            "libpq cannot read the URL of the sample hospital",
            "it looks like postgresql://user@host:5432/database",
        ) from None
    except psycopg.OperationalError as error:
        raise ConnectionFailed(
            f"the sample hospital: {str(error).strip()}", "is the server up? try: psql URL"
        ) from error


def _go(connection: Connection, revision: str) -> None:
    config = Config(attributes={"connection": connection})
    # Doubled, because the option is read by ConfigParser, which interpolates.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    ledger = MigrationContext.configure(connection, opts={"version_table_schema": "public"})
    try:
        wanted = scripts.as_revision_number(revision)
        if wanted in _behind(scripts, ledger.get_current_revision()):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
    except CommandError as error:
        known = ", ".join(s.revision for s in scripts.walk_revisions())
        raise UsageError(
            f"the sample hospital: {error}", f"the revisions are head, {known}, base"
        ) from error


def _behind(scripts: ScriptDirectory, current: str | None) -> set[str | None]:
    """The revisions below the current one; None stands for base, the empty database."""
    if current is None:
        return set()
    passed = {script.revision for script in scripts.iterate_revisions(current, "base")}
    return {None, *passed} - {current}
