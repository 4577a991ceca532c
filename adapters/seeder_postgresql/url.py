"""PostgreSQL URLs: libpq's URI, SQLAlchemy's spelling of it, ``${VAR}`` inside, and no secrets out.

``postgresql://user:secret@host:5432/db?sslmode=require``, ``postgresql+psycopg://...`` and sockets
(``postgresql://postgres:@/db?host=/run/postgresql``) are accepted. What the URL leaves open comes
from libpq's environment (``PGHOST``, ``PGPASSWORD``, ...) and from ``.pgpass``.
"""

from __future__ import annotations

import os
import re
from urllib.parse import quote, unquote

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from seeder.errors import UsageError

_SCHEME = re.compile(r"postgres(?:ql)?(?:\+[a-z0-9_]+)?://", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ONLY_VARIABLES = re.compile(r"(?:\$\{[A-Za-z_][A-Za-z0-9_]*\})+\Z")
_SECRET_PARAMETERS = ("password", "sslpassword")
_HINT = "a DSN looks like postgresql://user@host:5432/database"


def expand(url: str) -> str:
    """Replace each ``${VAR}`` by that environment variable, percent-encoded.

    Raises UsageError when the variable is not set.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise UsageError(
                f"the DSN refers to ${{{match[1]}}}, which is not set",
                f"export {match[1]}=... and try again",
            )
        return quote(os.environ[match[1]], safe="")

    return _VARIABLE.sub(value, url)


def _split(url: str) -> tuple[str, str, str]:
    """Authority, path and query of a URL. Raises UsageError on another scheme."""
    scheme = _SCHEME.match(url)
    if not scheme:
        raise UsageError("the DSN is not a PostgreSQL URL", _HINT)
    rest, _, query = url[scheme.end() :].partition("?")
    # An unescaped '/' in a password must not end the authority, or its rest would be shown.
    slash = rest.find("/", rest.rfind("@") + 1)
    return (rest, "", query) if slash < 0 else (rest[:slash], rest[slash:], query)


def _public_user(user: str) -> str:
    name, colon, secret = user.partition(":")
    return f"{name}:{secret}" if colon and _ONLY_VARIABLES.match(secret) else name


def _is_secret(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return name.lower() in _SECRET_PARAMETERS and not _ONLY_VARIABLES.match(value)


def public_url(url: str) -> str:
    """The URL without its secret, fit for a file; a ``${VAR}`` in the secret's place stays."""
    authority, path, query = _split(url)
    user, at, host = authority.rpartition("@")
    shown = "&".join(pair for pair in query.split("&") if pair and not _is_secret(pair))
    return f"postgresql://{_public_user(user)}{at}{host}{path}{'?' + shown if shown else ''}"


def secrets(url: str) -> tuple[str, ...]:
    """The secrets in an expanded URL, as written and as decoded, longest first."""
    authority, _, query = _split(url)
    found = [authority.rpartition("@")[0].partition(":")[2]]
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name.lower() in _SECRET_PARAMETERS:
            found.append(value)
    both = {text for secret in found for text in (secret, unquote(secret)) if text}
    return tuple(sorted(both, key=lambda text: (-len(text), text)))


def parameters(url: str) -> dict[str, str]:
    """libpq's parameters of a URL. Raises UsageError, which never shows the secret."""
    whole = expand(url)
    authority, path, query = _split(whole)
    if authority.count("@") > 1 or "/" in authority.rpartition("@")[0]:
        raise UsageError(
            "the password in the DSN holds '@' or '/'",
            "write @ as %40 and / as %2F, or put the password into PGPASSWORD or ~/.pgpass",
        )
    libpq = f"postgresql://{authority}{path}{'?' + query if query else ''}"
    try:
        found = conninfo_to_dict(libpq)
    except ProgrammingError as error:
        message = mask(str(error).strip(), secrets(whole))
        raise UsageError(f"the DSN cannot be read: {message}", _HINT) from None
    for port in str(found.get("port") or "").split(","):
        if port and not (port.isdecimal() and 0 < int(port) < 65536):
            raise UsageError(f"the DSN's port {port!r} is not a number from 1 to 65535", _HINT)
    return {name: str(value) for name, value in found.items() if value is not None}


def mask(text: str, hidden: tuple[str, ...]) -> str:
    """Text in which each secret reads ``***``."""
    for secret in hidden:
        text = text.replace(secret, "***")
    return text
