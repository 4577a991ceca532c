"""What Ctrl-C and SIGTERM do while a load runs, and where they must wait."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM (a CI job that is cancelled) undoes the load just as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with handler(signal.SIGTERM, interrupt):
        yield


class Stopping:
    """Whether a signal asked for the end; ``heard`` raises KeyboardInterrupt then."""

    def __init__(self) -> None:
        self._asked = False

    def ask(self, *_: object) -> None:
        if self._asked:  # asked twice: at once
            raise KeyboardInterrupt
        self._asked = True

    def heard(self) -> None:
        if self._asked:
            raise KeyboardInterrupt


@contextmanager
def stopping() -> Iterator[Stopping]:
    """Both signals are heard where the block asks for them: between two pieces of a COPY, which
    the server then drops in good order. A second one does not wait."""
    found = Stopping()
    with handler(signal.SIGINT, found.ask), handler(signal.SIGTERM, found.ask):
        yield found


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Neither signal is heard in the block."""
    with handler(signal.SIGINT, signal.SIG_IGN), handler(signal.SIGTERM, signal.SIG_IGN):
        yield


@contextmanager
def handler(number: signal.Signals, action: Any) -> Iterator[None]:
    """Another action for a signal in the block; nothing outside the main thread."""
    try:
        before = signal.signal(number, action)
    except ValueError:  # not the main thread: the host program handles signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(number, before)
