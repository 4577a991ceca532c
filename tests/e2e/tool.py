"""The command line as a process of its own, and the databases that it is tried on."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from seeder.cli import main
from seeder_hospital import migrate

SEEDER = [sys.executable, "-c", "from seeder.cli import main; main()"]
REFERENCE = "2025-06-30"


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """This process's, less everything that names a database."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "SEEDER_"))}
    return {**kept, "COLUMNS": "200", **more}


def seeder(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
    """Run ``seeder`` in a folder; its plan file lies there."""
    done = subprocess.run(
        [*SEEDER, *arguments],
        cwd=folder,
        env=environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def called(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
    """The same in this process, which spares the second that importing takes."""
    out, err = io.StringIO(), io.StringIO()
    wanted = environment(**(env or {}))
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(wanted):
            patch.delenv(name)
        for name, value in wanted.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["seeder", *arguments])
        patch.setattr(sys, "stdin", io.StringIO())
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as end:
            main()
    return Answer(int(end.value.code or 0), out.getvalue(), err.getvalue())


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start ``seeder`` in a process group of its own, so that it can be struck."""
    return subprocess.Popen(
        [*SEEDER, *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def hospital(url: str) -> str:
    """The sample hospital's tables in the database at ``url``."""
    migrate(url)
    return url
