"""The work of a load as data: what must be done, what must come before, what may not meet.

A pure queue decides what a free worker does next; no thread, no clock, no connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from seeder.plan.graph import components
from seeder.schema import Name

_SMALL = 20_000  # rows of a table whose objects are rebuilt by one task
# Rows of a table that is filled in one transaction with others, and tables of such a bundle: going
# to and fro, a commit and a task for each would take longer than their rows.
_FEW = 1_000
_BUNDLE = 64


@dataclass(frozen=True, slots=True)
class Task:
    """One unit of work for one worker.

    ``kind``: copy, rebuild, settle or vacuum. ``needs``: numbers of tasks that must be done.
    ``shares``/``alone``: tables that it locks with others of its kind, or alone. ``cost`` orders
    tasks that are ready, the largest first. A copy has ``start`` and ``stop``; or it is a
    ``bundle`` of small tables, filled in this order in one transaction, and then has the
    ``statements`` that settle them. The others have ``statements``; a rebuild the ``positions`` of
    its objects.
    """

    number: int
    kind: str
    table: Name
    label: str
    needs: frozenset[int] = frozenset()
    shares: frozenset[Name] = frozenset()
    alone: frozenset[Name] = frozenset()
    cost: float = 0.0
    start: int = 0
    stop: int = 0
    statements: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()
    bundle: tuple[Name, ...] = ()


@dataclass
class Queue:
    """Hands out tasks whose needs are met and whose locks are free."""

    waiting: dict[int, Task]
    running: dict[int, Task] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> Queue:
        return cls({t.number: t for t in sorted(tasks, key=lambda t: (-t.cost, t.number))})

    def next(self) -> Task | None:
        """The most expensive task that may start now, or None."""
        for number, task in self.waiting.items():
            if task.needs <= self.done and self._free(task):
                del self.waiting[number]
                self.running[number] = task
                return task
        return None

    def finish(self, number: int) -> None:
        del self.running[number]
        self.done.add(number)

    @property
    def empty(self) -> bool:
        return not self.waiting and not self.running

    def _free(self, task: Task) -> bool:
        for other in self.running.values():
            if task.alone & (other.alone | other.shares) or task.shares & other.alone:
                return False
            if task.kind != other.kind and task.shares & other.shares:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Rebuild:
    """An object to create again, as the journal has it: kind, place and statements."""

    position: int
    kind: str
    table: Name
    name: str
    tables: tuple[Name, ...]
    statements: tuple[str, ...]


_PARTITION_BYTES = 48 << 20


def partition_rows(width: float) -> int:
    """Rows of a partition, for rows of ``width`` encoded bytes."""
    return max(int(_PARTITION_BYTES / width), 10_000)


def partitions(rows: int, size: int) -> list[tuple[int, int]]:
    """Row ranges of about ``size`` rows, equal to within one."""
    count = max(1, -(-rows // size))
    edges = [rows * i // count for i in range(count + 1)]
    return [(a, b) for a, b in pairwise(edges) if b > a]


def build_tasks(
    rows: Mapping[Name, int],
    sizes: Mapping[Name, int],
    widths: Mapping[Name, float],
    rebuilds: Sequence[Rebuild],
    settle: Mapping[Name, tuple[str, ...]],
    vacuum: Mapping[Name, tuple[str, ...]],
    live: Mapping[Name, Iterable[Name]],
) -> list[Task]:
    """All tasks of a load.

    ``rows`` and ``sizes`` (rows of a partition) by table; ``widths`` bytes a row, for the order;
    ``live``: the tables that must be complete before a table, because a key between them stays
    alive during the load (the table itself means: one partition after the other).
    """
    tasks, copies = _copies(rows, sizes, widths, settle, live)
    bundled = [task.bundle for task in tasks if task.bundle]
    indexed = {name: list(numbers) for name, numbers in copies.items()}
    for group in _grouped((r for r in rebuilds if r.kind != "foreign"), rows):
        here = frozenset(t for r in group for t in r.tables)
        shared = all(r.kind == "index" for r in group)
        filled = frozenset(n for t in here for n in copies.get(t, ()))
        indexed.setdefault(group[0].table, []).append(len(tasks))
        tasks.append(
            _rebuild(
                len(tasks), group, filled, rows.get(group[0].table, 0) * 60.0,
                shares=here if shared else frozenset(), alone=frozenset() if shared else here,
            )
        )  # fmt: skip
    ready = {name: list(numbers) for name, numbers in indexed.items()}
    small = {name for bundle in bundled for name in bundle}
    single = [(name,) for name in copies if name not in small]
    for kind, groups, statements in (
        ("settle", single, settle),
        ("vacuum", [*single, *bundled], vacuum),
    ):
        for names in groups:
            work = tuple(s for name in names for s in statements.get(name, ()))
            if not work:
                continue
            after = frozenset(n for name in names for n in indexed[name])
            for name in names if kind == "vacuum" else ():
                ready[name].append(len(tasks))
            tasks.append(
                Task(
                    len(tasks), kind, names[0], f"{kind} {_among(names)}", after,
                    alone=frozenset(names), cost=sum(rows[n] for n in names) * 20.0,
                    statements=work,
                )
            )  # fmt: skip
    for group in _grouped((r for r in rebuilds if r.kind == "foreign"), rows):
        here = frozenset(t for r in group for t in r.tables)
        after = frozenset(n for t in here for n in ready.get(t, ()))
        cost = rows.get(group[0].table, 0) * 30.0
        tasks.append(_rebuild(len(tasks), group, after, cost, frozenset(), here))
    return tasks


def _copies(
    rows: Mapping[Name, int],
    sizes: Mapping[Name, int],
    widths: Mapping[Name, float],
    settle: Mapping[Name, tuple[str, ...]],
    live: Mapping[Name, Iterable[Name]],
) -> tuple[list[Task], dict[Name, list[int]]]:
    """The copies, those of bundles first, and their numbers by table."""
    order = in_order(rows, live)
    tasks: list[Task] = []
    copies: dict[Name, list[int]] = {}
    for bundle in bundles(order, rows, live):
        number = len(tasks)
        copies |= {name: [number] for name in bundle}
        before = {copies[n][0] for name in bundle for n in live.get(name, ()) if n in copies}
        tasks.append(
            Task(
                number, "copy", bundle[0], f"COPY {_among(bundle)}", frozenset(before - {number}),
                shares=frozenset(bundle), cost=float(sum(rows[n] for n in bundle)) * 4,
                statements=tuple(s for name in bundle for s in settle.get(name, ())),
                bundle=bundle,
            )
        )  # fmt: skip
    for name in order:
        if name in copies:
            continue
        copies[name] = []
        before = {n for up in live.get(name, ()) if up != name for n in copies.get(up, ())}
        for start, stop in partitions(rows[name], sizes[name]):
            needs = set(before)
            if name in live.get(name, ()) and copies[name]:
                needs.add(copies[name][-1])
            copies[name].append(len(tasks))
            cost = rows[name] * widths[name] * 4
            tasks.append(
                Task(
                    len(tasks), "copy", name, f"COPY {name}", frozenset(needs),
                    shares=frozenset({name}), cost=cost, start=start, stop=stop,
                )
            )  # fmt: skip
    return tasks, copies


def bundles(
    order: Sequence[Name], rows: Mapping[Name, int], live: Mapping[Name, Iterable[Name]]
) -> list[tuple[Name, ...]]:
    """Small tables that are filled together: those that wait for nothing but one another."""
    found: dict[Name, None] = {}
    for name in order:
        if rows[name] <= _FEW and all(
            n == name or n in found for n in live.get(name, ()) if n in rows
        ):
            found[name] = None
    names = list(found)
    return [tuple(names[i : i + _BUNDLE]) for i in range(0, len(names), _BUNDLE)]


def _among(names: Sequence[Name]) -> str:
    more = f" and {len(names) - 1} more tables" if len(names) > 1 else ""
    return f"{names[0]}{more}"


def _grouped(rebuilds: Iterable[Rebuild], rows: Mapping[Name, int]) -> list[list[Rebuild]]:
    """What is rebuilt by one task: an object, or all objects of a small table, where going to and
    fro takes longer than the work."""
    groups: dict[object, list[Rebuild]] = {}
    for item in rebuilds:
        small = rows.get(item.table, 0) < _SMALL
        groups.setdefault(item.table if small else item.position, []).append(item)
    return list(groups.values())


def _rebuild(
    number: int,
    group: Sequence[Rebuild],
    needs: frozenset[int],
    cost: float,
    shares: frozenset[Name],
    alone: frozenset[Name],
) -> Task:
    kinds = {"foreign": "foreign key"}
    first = group[0]
    label = ", ".join(f"{kinds.get(r.kind, r.kind)} {r.name}" for r in group)
    return Task(
        number, "rebuild", first.table, label, needs, shares=shares, alone=alone, cost=cost,
        statements=tuple(s for r in group for s in r.statements),
        positions=tuple(r.position for r in group),
    )  # fmt: skip


def in_order(rows: Mapping[Name, int], live: Mapping[Name, Iterable[Name]]) -> list[Name]:
    """The tables, each after those that it waits for."""
    groups = components(rows, lambda name: [n for n in live.get(name, ()) if n in rows])
    return [name for group in groups for name in group]
