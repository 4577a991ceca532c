"""Where the inputs are that this project did not write and does not carry."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]


def shared_data(name: str) -> Path:
    """A folder of $SEEDER_SHARED_DATA, or of ../shared/data beside the repository.

    Skips the test when it is not there.
    """
    given = os.environ.get("SEEDER_SHARED_DATA")
    folder = (Path(given) if given else _ROOT.parent / "shared" / "data") / name
    if not folder.is_dir():
        pytest.skip(f"no shared data {name} (SEEDER_SHARED_DATA names their folder)")
    return folder
