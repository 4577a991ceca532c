"""psycopg's errors as SeederError: by SQLSTATE, in the server's own words, with a way out."""

from __future__ import annotations

import re

import psycopg

from seeder.errors import ConnectionFailed, LoadFailed, Refusal, SeederError

_UNREACHABLE = "is the server running, and are host and port right? try: pg_isready -h HOST -p PORT"

# SQLSTATE, or its class of two characters -> hint. The longest key wins.
_HINTS = {
    "08": _UNREACHABLE,
    "28": "check user and password: SEEDER_DSN, PGPASSWORD or ~/.pgpass can carry the secret",
    "3D000": "create it with: createdb NAME, or name another database in the DSN",
    "53": "the server is short of connections, memory or disk; free some, then load again",
    "53100": "the server's disk is full; free space, then load again",
    "53300": "too many connections: use fewer --workers",
    "57P": "the server was stopped or restarted; wait until it answers, then load again",
    "42501": "connect as the owner of the tables, or GRANT the missing right",
    "55P03": "wait for the sessions below, end them, or raise the lock timeout",
    "25006": "connect to the primary server; a read replica cannot be loaded",
    "22021": "the server encoding cannot hold a value; use a database with ENCODING UTF8",
    "22P05": "the server encoding cannot hold a value; use a database with ENCODING UTF8",
    "23": "a row breaks a constraint; run: seeder plan, and see the findings of that table",
    "42P01": "the table is gone; the schema changed since the plan was made: seeder plan",
    "42703": "a column is gone; the schema changed since the plan was made: seeder plan",
    "40P01": "two sessions waited for one another; load again while nothing else writes",
    "0A000": "",
}
_CONNECTION_CLASSES = ("08", "28", "3D", "57P")


# SQLSTATE, or its class -> kind of refusal. The longest key wins.
_REFUSED = {
    "22": "value",
    "23502": "missing",
    "23503": "foreign",
    "23505": "unique",
    "23514": "check",
    "23P01": "exclusion",
    "42501": "right",
    "P0": "raised",
}
_COPIED_COLUMN = re.compile(r"COPY .*, line \d+, column (.+?)(?::|$)")


def _hint(state: str) -> str:
    for length in (5, 3, 2):
        if state[:length] in _HINTS:
            return _HINTS[state[:length]]
    return ""


def message(error: psycopg.Error) -> str:
    """The server's message and detail, on one line each, with the place where it happened."""
    diag = error.diag
    lines = [diag.message_primary or str(error).strip() or type(error).__name__]
    if diag.message_detail:
        lines.append(diag.message_detail)
    if diag.context and diag.context.startswith("COPY"):
        lines.append(diag.context.splitlines()[0])
    return "\n  ".join(lines)


def refusal(error: psycopg.Error) -> Refusal:
    """What the server refused, and where."""
    diag, state = error.diag, error.sqlstate or ""
    kind = next((_REFUSED[state[:n]] for n in (5, 2) if state[:n] in _REFUSED), "")
    if kind == "check" and not diag.constraint_name:
        # A partition's bounds have no name, and neither has the lack of a partition.
        kind = "partition"
    context = (diag.context or "").splitlines()
    named = _COPIED_COLUMN.match(context[-1]) if context else None
    return Refusal(
        kind=kind,
        table=diag.table_name or "",
        column=diag.column_name or (named[1] if named else ""),
        constraint=diag.constraint_name or "",
        domain=(diag.datatype_name or "") if not diag.table_name else "",
    )


def failure(error: psycopg.Error, doing: str, lost: bool = False) -> SeederError:
    """The SeederError for a psycopg error met while ``doing`` something.

    ``lost``: the connection did not survive it.
    """
    state = error.sqlstate or ""
    text = f"{doing}: {message(error)}"
    if lost or state.startswith(_CONNECTION_CLASSES):
        return ConnectionFailed(text, _hint(state) or _UNREACHABLE)
    found = LoadFailed(text, error.diag.message_hint or _hint(state))
    found.refusal = refusal(error)
    return found


def connection_failure(error: psycopg.Error, target: str) -> ConnectionFailed:
    """The error for a connection that never came to be; libpq gives no SQLSTATE for it."""
    text = message(error)
    hint = _UNREACHABLE
    if "authentication failed" in text or "no password supplied" in text:
        hint = _HINTS["28"]
    elif "role" in text and "does not exist" in text:
        hint = "name a role that exists, as in postgresql://ROLE@host/database"
    elif "database" in text and "does not exist" in text:
        hint = _HINTS["3D000"]
    elif "too many" in text or "remaining connection slots" in text:
        hint = _HINTS["53300"]
    return ConnectionFailed(f"cannot connect to {target}: {text}", hint)
