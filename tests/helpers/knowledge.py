"""A copy of the clinical knowledge with something wrong in it, and what is said about it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from seeder.clinical.files import KnowledgeError, home
from seeder.clinical.knowledge import read


def refused(folder: Path, file: str, old: str, new: str) -> str:
    """The error of the package's files when the first ``old`` of one of them becomes ``new``."""
    shutil.copytree(Path(str(home())), folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        read(folder)
    return str(caught.value)
