"""What a database looks like to ``pg_dump``: the proof that is not ours."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import psycopg
import pytest

from seeder import embedded
from tests.helpers.servers import system_binaries, version_of_folder

# pg_dump brackets its output with a random word since the releases of August 2025.
_RESTRICT = re.compile(r"^\\(un)?restrict .*\n", re.MULTILINE)


def pg_dump(url: str, *, leave_out: tuple[str, ...] = ("seeder",)) -> str:
    """``pg_dump --schema-only`` of the database, less the namespaces in ``leave_out``.

    Two dumps are equal exactly when the schemas are. Skips the test when no pg_dump is installed
    that knows the server's version.
    """
    return _RESTRICT.sub("", _dump(url, "--schema-only", leave_out))


def programs_for(url: str) -> Path:
    """The folder of a pg_dump, pg_restore and psql of the server's major version."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10000
    candidates = [p for p in (system_binaries(), embedded.binaries()) if p]
    candidates += Path("/usr/lib/postgresql").glob("*/bin")
    for folder in candidates:
        if _major(folder) == major and (folder / "pg_dump").exists():
            return folder
    pytest.skip(f"no pg_dump of PostgreSQL {major} is installed")


def _major(folder: Path) -> int:
    return 18 if folder == embedded.binaries() else version_of_folder(folder)


def _dump(url: str, kind: str, leave_out: tuple[str, ...]) -> str:
    done = subprocess.run(
        [
            str(programs_for(url) / "pg_dump"),
            kind,
            *(f"--exclude-schema={namespace}" for namespace in leave_out),
            f"--dbname={url}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
