"""A folder that is written whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seeder.errors import SeederError


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """The name of a folder beside ``out``, which takes its place when the block ends well; whatever
    ends it otherwise, the old one stays. Raises SeederError where the disk refuses."""
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        yield part
        shutil.rmtree(out, ignore_errors=True)
        part.replace(out)
    except OSError as error:
        raise SeederError(f"{out}: the model cannot be written: {error}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
