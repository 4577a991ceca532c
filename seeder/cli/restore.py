"""`seeder restore`: bring back what an unfinished load took away."""

from __future__ import annotations

from pathlib import Path

import click

from seeder.cli import options, output
from seeder.load.planning import connected
from seeder.load.restore import restore as restore_database


@click.command()
@options.plan_argument
@options.dsn_option
@options.format_option
def restore(plan_file: Path | None, dsn: str | None, form: str) -> int:
    """Undo an unfinished load: end its sessions, empty the tables that it was filling (they were
    empty when it began), and create every index and key that is missing. The database is that of
    --dsn, or of PLAN.

    \b
    Example:
      seeder restore --dsn postgresql://me@localhost/staging
    """
    # A plan is only asked where the database is: one that is broken is no reason not to restore.
    named = plan_file is not None or not options.given_dsn(dsn)
    url = options.resolve_dsn(dsn, options.stored_plan(plan_file) if named else None)
    adapter, connection = connected(url)
    try:
        done = restore_database(connection, adapter)
    finally:
        connection.close()
    if form == "json":
        output.data({"done": done})
    else:
        for line in done:
            output.note(line)
        output.note("nothing to restore" if not done else "the database is as it was")
    return 0
