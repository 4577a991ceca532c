"""A worker: one process, one session. It generates and encodes on one thread and sends on another,
so that the server, which is the slower side of a COPY, never waits for a batch."""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.adapter import Adapter, find_adapter
from seeder.errors import SeederError
from seeder.generate.rows import Rows
from seeder.generate.world import World, build
from seeder.load import heap
from seeder.load.tasks import Task
from seeder.plan import inputs
from seeder.plan.model import Plan
from seeder.schema import Name

# Generation likes long batches (a call costs the same for few rows and many), encoding likes short
# ones that stay in the cache: 27 columns take 730 + 680 ns a row at 64 k rows, 1130 + 450 at 8 k.
# Rows that tell a story hold much while they are made, and notes are made by kind: the sample
# hospital takes a tenth less CPU at 12 MB and 32 k rows than at 6 MB and 16 k.
_BATCH_BYTES = 12 << 20
_BATCH_ROWS = 1 << 15
_PIECE_BYTES = 1 << 20
# The sending thread must not wait five milliseconds for its turn whenever the socket has room.
_SWITCH_SECONDS = 0.0005
_FIRST = 16  # the first batch of a COPY is a sixteenth of the others
_SAMPLE = 256  # rows that tell the encoded width of a table
_DEPTH = 4  # encoded batches that may wait for the server


@dataclass(frozen=True, slots=True)
class Progress:
    """What a worker has done since its last message: rows and bytes of a task."""

    task: int
    rows: int
    bytes: int
    done: bool = False
    error: SeederError | None = None


def widths(world: World, adapter: Adapter) -> Mapping[Name, float]:
    """Encoded bytes a row of each table, measured on a few of its rows."""
    out: dict[Name, float] = {}
    for name, population in world.populations.items():
        if population.plan.role != "generate" or not population.rows:
            continue
        step = max(population.rows // _SAMPLE, 1)
        numbers = np.arange(0, population.rows, step, dtype=np.int64)[:_SAMPLE]
        batch = Rows(world, name, numbers).batch()
        encoder = adapter.encoder(population.table, batch.schema)
        encoder.header()
        # An encoder may keep a small batch back until the footer.
        body = len(encoder.batch(batch)) + len(encoder.footer())
        out[name] = max(body / len(numbers), 1.0)
    return out


def batch_rows(width: float) -> int:
    """Rows of a batch, for rows of ``width`` encoded bytes."""
    return int(min(max(_BATCH_BYTES / max(width, 1.0), 2048), _BATCH_ROWS))


def piece_rows(width: float) -> int:
    """Rows that are encoded and sent at once."""
    return int(max(_PIECE_BYTES / max(width, 1.0), 1024))


def batches(start: int, stop: int, step: int) -> Iterator[tuple[int, int]]:
    """Row ranges of ``step`` rows; the first ones are shorter, so that the server, which has
    nothing to do until the first is there, soon has."""
    size = max(step // _FIRST, 1)
    while start < stop:
        yield start, (start := min(start + size, stop))
        size = min(size * 2, step)


def encoded(
    world: World, adapter: Adapter, name: Name, start: int, stop: int, step: int, piece: int = 0
) -> Iterator[tuple[int, bytes]]:
    """The bytes of one COPY of rows [start, stop), with their row counts: generated ``step`` rows
    at a time, encoded ``piece`` rows at a time (0: ``step``). Neither changes a byte of the whole.
    """
    population = world.populations[name]
    encoder: Any = None
    for low, high in batches(start, stop, step):
        numbers = np.arange(low, high, dtype=np.int64)
        batch = Rows(world, name, numbers).batch()
        if encoder is None:
            encoder = adapter.encoder(population.table, batch.schema)
            yield 0, encoder.header()
        for at in range(0, len(numbers), piece or step):
            part = batch.slice(at, piece or step)
            yield len(part), encoder.batch(part)
        # Rows and their stories hold one another, and several batches of them until somebody looks.
        # What was there before the first is frozen, so that looking takes a tenth of a millisecond.
        del batch, part
        gc.collect()
    if encoder is not None:
        yield 0, encoder.footer()


def ahead(chunks: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """The same chunks, made by a thread that runs a few of them ahead."""
    ready: queue.Queue[Any] = queue.Queue(_DEPTH)
    stop = threading.Event()

    def fill() -> None:
        try:
            for chunk in chunks:
                while not stop.is_set():
                    try:
                        ready.put(chunk, timeout=0.2)
                        break
                    except queue.Full:
                        continue
                if stop.is_set():
                    return
            ready.put(None)
        except BaseException as error:  # noqa: BLE001  handed to the thread that reads
            ready.put(error)

    thread = threading.Thread(target=fill, name="seeder-encoder", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        # The thread ends by itself after its batch. Waiting for it here, where the collector may be
        # closing what is left of a failed table, would swallow the signal that ends the worker.
        stop.set()


def method(world: World, adapter: Adapter, name: Name) -> tuple[str, str]:
    """'binary' or 'text', and why not binary."""
    population = world.populations[name]
    encoder = adapter.encoder(population.table, population.wire)
    return encoder.method, encoder.reason


def copy_bundle(world: World, adapter: Adapter, connection: Any, task: Task, report: Any) -> None:
    """Fill a bundle of small tables and settle them, in one transaction."""
    with connection.transaction():
        for name in task.bundle:
            population = world.populations[name]
            how, _ = method(world, adapter, name)
            rows = population.rows
            whole = rows * _FIRST  # one batch, and no shorter ones before it
            body = b"".join(chunk for _, chunk in encoded(world, adapter, name, 0, rows, whole))
            connection.copy(population.table, population.columns, [body], how)
            report(Progress(task.number, rows, len(body)))
        for statement in task.statements:
            connection.execute(statement)


def copy_rows(
    world: World, adapter: Adapter, connection: Any, task: Task, width: float, report: Any
) -> int:
    """Run a copy task in one transaction; returns the rows that the server took."""
    population = world.populations[task.table]
    how, _ = method(world, adapter, task.table)
    chunks = encoded(
        world, adapter, task.table, task.start, task.stop, batch_rows(width), piece_rows(width)
    )

    def counted() -> Iterator[bytes]:
        for rows, chunk in ahead(chunks):
            yield chunk
            report(Progress(task.number, rows, len(chunk)))

    with connection.transaction():
        taken: int = connection.copy(population.table, population.columns, counted(), how)
    return taken


def run(pipes: Sequence[Pipe], url: str, plan: Plan, environment: Mapping[str, str]) -> None:
    """A worker process for each pipe; it ends quietly when the coordinator is gone, and its session
    with it. What all need is compiled before they part.

    ``environment`` is the coordinator's, where the secrets of a DSN may be.
    """
    os.environ.clear()
    os.environ.update(environment)
    # The terminal sends Ctrl-C to the whole group; only the coordinator answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setswitchinterval(_SWITCH_SECONDS)
    # Arrow's own pool keeps what it has had; malloc gives it back, 40 MB a worker, as fast.
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        adapter = find_adapter(url)
        world = build(plan, inputs.opened(plan))
        # Every generator runs once, which compiles what it rests on and weighs the parents.
        width = widths(world, adapter)
    except SeederError as error:
        for each in pipes:
            each.send(error)
        return
    heap.settle()
    pipe = _parted(pipes) if len(pipes) > 1 else pipes[0]
    if pipe is None:
        return
    try:
        _serve(pipe, url, world, adapter, width)
    except (EOFError, ConnectionError):
        os._exit(1)


def _parted(pipes: Sequence[Pipe]) -> Pipe | None:
    """Fork a process for each pipe, in which the answer is that pipe. The one that was forked
    waits for them all, and takes them with it when it is told to end; there the answer is None."""
    children = []
    for mine in pipes:
        if not (child := os.fork()):
            for other in pipes:
                if other is not mine:
                    other.close()
            return mine
        children.append(child)
    for pipe in pipes:
        pipe.close()

    def end(*_: object) -> None:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGTERM, end)
    for child in children:
        os.waitpid(child, 0)
    return None


def _serve(
    pipe: Pipe, url: str, world: World, adapter: Adapter, width: Mapping[Name, float]
) -> None:
    """Encoded widths by table out and session settings in, then tasks in and progress out, until
    the other end says None."""
    pipe.send(width)
    settings = pipe.recv()
    if settings is None:
        return
    try:
        connection = adapter.connect(url)
        connection.settings(**settings)
    except SeederError as error:
        pipe.send(Progress(-1, 0, 0, True, error))
        return
    pipe.send(Progress(-1, 0, 0, True))
    task: Task | None
    while (task := pipe.recv()) is not None:
        pipe.send(_do(task, world, adapter, connection, pipe, width))
    connection.close()


def _do(
    task: Task,
    world: World,
    adapter: Adapter,
    connection: Any,
    pipe: Pipe,
    width: Mapping[Name, float],
) -> Progress:
    try:
        if task.bundle:
            copy_bundle(world, adapter, connection, task, pipe.send)
        elif task.kind == "copy":
            copy_rows(world, adapter, connection, task, width[task.table], pipe.send)
        elif task.kind == "rebuild":
            with connection.transaction():
                for statement in task.statements:
                    connection.execute(statement)
        else:
            for statement in task.statements:
                connection.execute(statement)
    except SeederError as error:
        return Progress(task.number, 0, 0, True, error)
    except (EOFError, ConnectionError):
        raise
    except Exception as error:  # noqa: BLE001  a defect of ours must not hang the coordinator
        import traceback

        detail = traceback.format_exc(limit=-4)
        return Progress(
            task.number,
            0,
            0,
            True,
            SeederError(f"{task.label}: {error!r}", f"please report:\n{detail}"),
        )
    return Progress(task.number, 0, 0, True)
