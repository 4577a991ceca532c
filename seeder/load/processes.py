"""The worker processes of a load, as the coordinator sees them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Any

from seeder.adapter import Adapter
from seeder.errors import LoadFailed, SeederError
from seeder.load import worker
from seeder.load.signals import handler
from seeder.plan.model import Plan
from seeder.schema import Name


def prepare(adapter: Adapter) -> BaseContext:
    """How processes are started. Where the system can, by a fork of one fresh process that imports
    what they need; it begins to do so now, while the coordinator goes on.

    A fork of the coordinator itself would carry its threads' locks and its sessions along.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"{__package__}.preload", type(adapter).__module__])
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

    def __init__(self, pipe: Any) -> None:
        self.pipe = pipe
        self.ready = False
        self._widths: Mapping[Name, float] | None = None

    def widths(self) -> Mapping[Name, float]:
        """Encoded bytes a row by table, when the worker has compiled the plan."""
        if self._widths is None:
            said = self.hear()
            if isinstance(said, SeederError):
                raise said
            self._widths = said
        return self._widths

    def hear(self) -> Any:
        """What the worker says next. Raises LoadFailed when it is gone."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            raise LoadFailed(
                "a worker process ended unexpectedly", "was it killed, or is memory short?"
            ) from None

    def dismiss(self) -> None:
        """Tell it to end."""
        with suppress(OSError):
            self.pipe.send(None)


@contextmanager
def workers(context: Any, plan: Plan, url: str, count: int) -> Iterator[list[Worker]]:
    """``count`` workers (at least one), which end with the block.

    Where processes can be forked, one of them compiles the plan, and the workers are its forks;
    else each compiles it by itself.
    """
    pairs = [context.Pipe() for _ in range(max(1, count))]
    started = [Worker(ours) for ours, _ in pairs]
    theirs = [pipe for _, pipe in pairs]
    forks = context.get_start_method() == "forkserver"
    processes = [
        context.Process(target=worker.run, args=(group, url, plan, dict(os.environ)), daemon=True)
        for group in ([theirs] if forks else [[pipe] for pipe in theirs])
    ]
    try:
        # Ignored while it starts, a Ctrl-C stays ignored in the child, which answers to us alone.
        with handler(signal.SIGINT, signal.SIG_IGN), _nobodys_program():
            for process in processes:
                process.start()
        for pipe in theirs:
            pipe.close()
        yield started
    finally:
        for each in started:
            each.dismiss()
        for process in processes:
            _end(process, 2.0 if all(w.ready for w in started) else 0.1)
        for each in started:
            each.pipe.close()


def _end(process: Any, patience: float) -> None:
    """Wait for a process's end, not long."""
    if process.pid is None:
        return
    process.join(patience)
    if process.is_alive():
        process.terminate()
        process.join(1.0)
    if process.is_alive():
        process.kill()
        process.join()
