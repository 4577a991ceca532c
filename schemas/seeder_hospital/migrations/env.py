"""What alembic runs for every command: the connection comes from ``seeder_hospital.migrate``."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # Named, because the role's search_path may put another namespace first.
    version_table_schema="public",
)
with context.begin_transaction():
    context.run_migrations()
