"""The worker processes of a load, as the coordinator sees them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Any

from seeder.adapter import Adapter
from seeder.load import worker
from seeder.load.signals import handler
from seeder.plan.model import Plan


def prepare(adapter: Adapter) -> BaseContext:
    """How workers are started. Where the system can, all are forked from one fresh process that
    has imported what they need, once; it begins to do so now, while the coordinator goes on.

    A fork of the coordinator itself would carry its threads' locks and its sessions along.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([worker.__name__, type(adapter).__module__])
    with handler(signal.SIGINT, signal.SIG_IGN):
        forkserver.ensure_running()
    return context


@contextmanager
def _nobodys_program() -> Iterator[None]:
    """A started process imports the program that started it, which a worker has no use for: it
    costs half a second, and a script without the ``__name__`` guard would begin again in it."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


class Worker:
    """The coordinator's end of a worker process."""

    def __init__(self, context: Any, plan: Plan, url: str) -> None:
        self.pipe, other = context.Pipe()
        self.ready = False
        self.process = context.Process(
            target=worker.run, args=(other, url, plan, dict(os.environ)), daemon=True
        )
        # Ignored while it starts, a Ctrl-C stays ignored in the child, which answers to us alone.
        with handler(signal.SIGINT, signal.SIG_IGN), _nobodys_program():
            self.process.start()
        other.close()

    def dismiss(self) -> None:
        """Tell it to end."""
        with suppress(OSError):
            self.pipe.send(None)

    def stop(self) -> None:
        """Wait for its end, not long."""
        self.process.join(timeout=2.0 if self.ready else 0.1)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.pipe.close()


@contextmanager
def workers(context: Any, plan: Plan, url: str, count: int) -> Iterator[list[Worker]]:
    """``count`` workers (at least one), which end with the block."""
    started: list[Worker] = []
    try:
        for _ in range(max(1, count)):
            started.append(Worker(context, plan, url))
        yield started
    finally:
        for each in started:
            each.dismiss()
        for each in started:
            each.stop()
