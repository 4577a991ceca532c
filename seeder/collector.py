"""The garbage collector, paused where very many objects are made that all stay.

Each of its rounds looks at everything that is alive, and finds nothing: of a plan of 1,000 tables
reading the YAML takes 1.5 s without it and 5.5 s with it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def paused() -> Iterator[None]:
    """No collection in the block; one that others have paused stays so."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def uncollected(function: Callable[P, T]) -> Callable[P, T]:
    """The function, with the collector paused while it runs."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        with paused():
            return function(*args, **kwargs)

    return run
