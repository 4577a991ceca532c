"""A load whose bytes were rendered before: the product's scheduler, rebuild and sessions, with
files in the page cache in place of generation and encoding.

``encoded`` is the seam. Worker processes are no forks of this one, so what they replace is
replaced in the child: ``run`` stands in for ``seeder.load.worker.run``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from seeder.adapter import Adapter
from seeder.generate.world import World, build
from seeder.load import worker
from seeder.load.tasks import partition_rows, partitions
from seeder.plan.model import Plan
from seeder.schema import Name

_Chunks = tuple[tuple[int, int], ...]  # rows and bytes of each chunk


@dataclass(frozen=True)
class Rendered:
    """The bytes of a whole load, a file for each partition, and what the workers need besides."""

    folder: Path
    widths: Mapping[Name, float]
    methods: Mapping[Name, str]
    columns: Mapping[Name, tuple[str, ...]]
    chunks: Mapping[tuple[Name, int], _Chunks]

    @property
    def rows(self) -> int:
        return sum(rows for chunks in self.chunks.values() for rows, _ in chunks)

    @property
    def bytes(self) -> int:
        return sum(size for chunks in self.chunks.values() for _, size in chunks)

    def file(self, name: Name, start: int) -> Path:
        return self.folder / f"{name}.{start}"


def render(plan: Plan, adapter: Adapter, folder: Path) -> Rendered:
    """Write the bytes of every partition of a load of ``plan`` into files."""
    folder.mkdir()
    world = build(plan)
    widths = worker.widths(world, adapter)
    out = Rendered(
        folder,
        widths,
        {n: worker.method(world, adapter, n)[0] for n in widths},
        {n: world.populations[n].columns for n in widths},
        {},
    )
    chunks: dict[tuple[Name, int], _Chunks] = {}
    for name, wide in widths.items():
        for start, stop in partitions(world.populations[name].rows, partition_rows(wide)):
            chunks[name, start] = _write(
                out.file(name, start), world, adapter, name, start, stop, wide
            )
    return Rendered(folder, widths, out.methods, out.columns, chunks)


def _write(
    path: Path, world: World, adapter: Adapter, name: Name, start: int, stop: int, wide: float
) -> _Chunks:
    sizes = []
    with path.open("wb") as file:
        step = worker.batch_rows(wide)
        for rows, chunk in worker.encoded(world, adapter, name, start, stop, step):
            file.write(chunk)
            sizes.append((rows, len(chunk)))
    return tuple(sizes)


def run(rendered: Rendered, pipes: Sequence[Pipe], url: str, plan: Plan, *rest: Any) -> None:
    """``worker.run`` in a worker process, without generation: not even a world is compiled."""

    def encoded(
        world: Any, adapter: Adapter, name: Name, start: int, stop: int, step: int, piece: int = 0
    ) -> Iterator[tuple[int, bytes]]:
        with rendered.file(name, start).open("rb", buffering=0) as file:
            for rows, size in rendered.chunks[name, start]:
                yield rows, file.read(size)

    def method(world: Any, adapter: Adapter, name: Name) -> tuple[str, str]:
        return rendered.methods[name], ""

    schema = plan.database
    world = SimpleNamespace(
        populations={
            n: SimpleNamespace(table=schema[n], columns=c, rows=plan.tables[str(n)].rows)
            for n, c in rendered.columns.items()
        }
    )
    with (
        mock.patch.object(worker, "encoded", encoded),
        mock.patch.object(worker, "method", method),
        mock.patch.object(worker, "build", return_value=world),
        mock.patch.object(worker, "widths", return_value=rendered.widths),
    ):
        _RUN(pipes, url, plan, *rest)


_RUN = worker.run


@contextmanager
def replaying(rendered: Rendered) -> Iterator[None]:
    """Every ``load`` in the block sends the rendered bytes."""
    with mock.patch.object(worker, "run", partial(run, rendered)):
        yield
