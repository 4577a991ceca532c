"""The SQL of a revision: numbered scripts lead to it in order, ``down.sql`` leads back.

The tables are written in SQL and not in alembic's operations, because half of what they show
(domains, partitions, comments, partial and expression indexes) would be SQL in strings anyway.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

_FOLDER = Path(__file__).parent / "sql"


def up(revision: str) -> None:
    """Run the scripts that lead to a revision; only within a migration."""
    for script in sorted((_FOLDER / revision).glob("[0-9]*.sql")):
        _run(script)


def down(revision: str) -> None:
    """Run the script that takes a revision back; only within a migration."""
    _run(_FOLDER / revision / "down.sql")


def _run(script: Path) -> None:
    # The driver's own connection: it sends a whole script at once, and leaves % and : alone.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(script.read_text(encoding="utf-8"))
