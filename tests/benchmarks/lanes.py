"""Lanes: processes with one connection each, which copy rows of a table in two ways.

``ours`` is a worker's own code (generate, encode, send); ``raw`` sends the very same bytes,
rendered before. Both sides of a ratio thus run in the same process, on the same session.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Any

from seeder.adapter import find_adapter
from seeder.generate.world import build
from seeder.load import worker
from seeder.load.tasks import Task, partition_rows, partitions
from seeder.plan.model import Plan
from seeder.schema import Name


@dataclass(frozen=True)
class Done:
    """What a lane did: when it began and ended, on the machine's monotonic clock, and the CPU
    seconds that its process used."""

    began: float
    ended: float
    cpu: float


def width(plan: Plan, url: str, name: Name) -> float:
    """Encoded bytes a row."""
    return worker.widths(build(plan), find_adapter(url))[name]


def _lane(pipe: Pipe, url: str, plan: Plan, name: Name, start: int, stop: int, wide: float) -> None:
    """Rows [start, stop) of one table, on demand, until None comes."""
    adapter = find_adapter(url)
    world = build(plan)
    connection = adapter.connect(url)
    connection.settings(**adapter.worker_settings(0, 2))
    population = world.populations[name]
    how, _ = worker.method(world, adapter, name)
    tasks = [
        Task(i, "copy", name, "", start=start + a, stop=start + b)
        for i, (a, b) in enumerate(partitions(stop - start, partition_rows(wide)))
    ]

    def render() -> list[bytes]:
        step = worker.batch_rows(wide)
        return [c for _, c in worker.encoded(world, adapter, name, start, stop, step)]

    def ours() -> None:
        for task in tasks:
            worker.copy_rows(world, adapter, connection, task, wide, pipe.send)

    def raw() -> None:
        with connection.transaction():
            connection.copy(population.table, population.columns, rendered, how)

    work = {"ours": ours, "raw": raw, "generate": render}
    rendered = render()
    pipe.send(None)
    while (order := pipe.recv()) is not None:
        began, cpu = time.monotonic(), time.process_time()
        work[order]()
        pipe.send(Done(began, time.monotonic(), time.process_time() - cpu))
    connection.close()


class Lanes:
    """Lanes that work side by side."""

    def __init__(self, pipes: Sequence[Pipe]) -> None:
        self._pipes = pipes

    def run(self, order: str) -> list[Done]:
        """Have all lanes do the same, and wait for the last."""
        for pipe in self._pipes:
            pipe.send(order)
        return [_done(pipe) for pipe in self._pipes]

    def wall(self, order: str) -> float:
        """Seconds from the first lane's beginning to the last lane's end."""
        done = self.run(order)
        return max(d.ended for d in done) - min(d.began for d in done)

    def cpu(self, order: str) -> float:
        """CPU seconds of all lanes together."""
        return sum(d.cpu for d in self.run(order))


def _done(pipe: Pipe) -> Any:
    while not isinstance(said := pipe.recv(), Done):
        pass
    return said


@contextmanager
def lanes(url: str, plan: Plan, name: Name, number: int) -> Iterator[Lanes]:
    """``number`` lanes that share the rows of a table evenly."""
    context = multiprocessing.get_context("spawn")
    rows = plan.tables[str(name)].rows
    wide = width(plan, url, name)
    pipes, processes = [], []
    for i in range(number):
        ours, theirs = context.Pipe()
        part = (rows * i // number, rows * (i + 1) // number)
        process = context.Process(
            target=_lane, args=(theirs, url, plan, name, *part, wide), daemon=True
        )
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    try:
        for pipe in pipes:
            pipe.recv()
        yield Lanes(pipes)
        for pipe in pipes:
            pipe.send(None)
    finally:
        for process in processes:
            process.join(timeout=10)
            process.kill()
