"""What processes keep of memory that nothing uses any more."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def tidy() -> None:
    """Collect what is unreachable, and give free pages back to the system where the C library can:
    glibc by itself gives back only what lies at the end of a heap."""
    gc.collect()
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def settle() -> None:
    """No collection visits the objects that are there now: it is cheap from here on, and pages that
    nobody writes to stay shared by forks."""
    tidy()
    gc.freeze()


@contextmanager
def settled() -> Iterator[None]:
    """The same for a while."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
