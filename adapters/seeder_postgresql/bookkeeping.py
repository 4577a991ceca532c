"""Tables that belong to a tool and not to the application, recognised by name and columns."""

from __future__ import annotations

from collections.abc import Collection

JOURNAL = "seeder"

# Ledger -> (tool, columns that it has in every version of the tool).
_LEDGERS: dict[str, tuple[str, frozenset[str]]] = {
    "alembic_version": ("alembic", frozenset({"version_num"})),
    "flyway_schema_history": ("flyway", frozenset({"installed_rank", "version", "checksum"})),
    "schema_version": ("flyway", frozenset({"installed_rank", "version", "checksum"})),
    "django_migrations": ("django", frozenset({"app", "name", "applied"})),
    "databasechangelog": ("liquibase", frozenset({"id", "author", "filename", "md5sum"})),
    "databasechangeloglock": ("liquibase", frozenset({"id", "locked", "lockgranted"})),
    "schema_migrations": ("rails, golang-migrate or dbmate", frozenset({"version"})),
    "ar_internal_metadata": ("rails", frozenset({"key", "value"})),
    "__efmigrationshistory": ("entity framework", frozenset({"migrationid", "productversion"})),
    "knex_migrations": ("knex", frozenset({"name", "batch", "migration_time"})),
    "knex_migrations_lock": ("knex", frozenset({"is_locked"})),
}
# alembic_version and schema_migrations have columns that anybody might choose: an application's
# table of that name with more than these is not a ledger.
_MOST_COLUMNS = {"alembic_version": 1, "schema_migrations": 3}


def reason(namespace: str, name: str, columns: Collection[str], extension: str) -> str:
    """Why a table is bookkeeping, or '' when it is the application's own."""
    if extension:
        return f"belongs to extension {extension}"
    if namespace == JOURNAL:
        return "journal of seeder"
    tool, needed = _LEDGERS.get(name.lower(), ("", frozenset[str]()))
    found = {c.lower() for c in columns}
    if tool and needed <= found and len(found) <= _MOST_COLUMNS.get(name.lower(), 99):
        return f"ledger of {tool}"
    return ""
