"""The queue of a load: every row once, nothing before its needs, no two locks on one table."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from seeder.load.tasks import Queue, Rebuild, Task, build_tasks, partitions
from seeder.schema import Name

A, B, C = (Name("h", n) for n in "abc")


@given(st.integers(1, 10**9), st.integers(1, 10**8))
def test_partitions_cover_every_row_once(rows: int, size: int) -> None:
    size = max(size, rows // 1000 + 1)
    found = partitions(rows, size)
    assert found[0][0] == 0
    assert found[-1][1] == rows
    assert all(a[1] == b[0] for a, b in pairwise(found))
    sizes = [b - a for a, b in found]
    assert max(sizes) <= size
    assert max(sizes) - min(sizes) <= 1


def tasks(live: dict[Name, set[Name]] | None = None, times: int = 1000) -> list[Task]:
    rebuilds = [
        Rebuild(0, "primary", A, "a_pkey", (A,), ("create a_pkey",)),
        Rebuild(1, "index", B, "b_i", (B,), ("create b_i",)),
        Rebuild(2, "index", B, "b_j", (B,), ("create b_j",)),
        Rebuild(3, "foreign", B, "b_a_fkey", (B, A), ("create b_a_fkey",)),
    ]
    rows = {A: 100 * times, B: 1000 * times, C: 10 * times}
    each = {A: 30 * times, B: 300 * times, C: 30 * times}
    settle = {A: ("setval",)}
    vacuum = dict.fromkeys(rows, ("vacuum",))
    return build_tasks(rows, each, dict.fromkeys(rows, 10.0), rebuilds, settle, vacuum, live or {})


def run(made: list[Task], workers: int) -> list[Task]:
    """Work the queue off; checks the locks at each step. Returns the order of ends."""
    queue, ended = Queue.of(made), []
    while not queue.empty:
        while len(queue.running) < workers and (task := queue.next()) is not None:
            others = [t for t in queue.running.values() if t.number != task.number]
            for other in others:
                assert not task.alone & (other.alone | other.shares)
                assert not task.shares & other.alone
            assert task.needs <= queue.done
        assert queue.running, "the tasks wait for one another"
        number = max(queue.running)
        ended.append(queue.running[number])
        queue.finish(number)
    return ended


def test_every_task_runs_once_whatever_the_workers() -> None:
    for workers in (1, 2, 5):
        ended = run(tasks(), workers)
        assert sorted(t.number for t in ended) == [t.number for t in tasks()]


def test_the_order_of_phases() -> None:
    """Rows, then indexes, then vacuum, then foreign keys over both ends."""
    ended = run(tasks(), 3)
    place = {t.label: i for i, t in enumerate(ended)}
    last = {t.table: i for i, t in enumerate(ended) if t.kind == "copy"}
    assert place["primary a_pkey"] > last[A]
    assert place["index b_i"] > last[B]
    assert place["vacuum h.b"] > place["index b_j"]
    assert place["foreign key b_a_fkey"] > max(place["primary a_pkey"], place["index b_j"])


def test_objects_of_a_small_table_are_rebuilt_together() -> None:
    made = [t for t in run(tasks(times=1), 3) if t.kind == "rebuild"]
    assert sorted(p for t in made for p in t.positions) == [0, 1, 2, 3]
    (indexes,) = (t for t in made if t.label == "index b_i, index b_j")
    assert indexes.statements == ("create b_i", "create b_j")
    assert made[-1].label == "foreign key b_a_fkey"


def test_keys_that_stay_alive_make_children_wait() -> None:
    made = tasks({B: {A}, A: {A}})
    copies = {n: [t for t in made if t.kind == "copy" and t.table == n] for n in (A, B)}
    first = {t.number for t in copies[A]}
    assert all(first <= t.needs for t in copies[B])
    for before, after in pairwise(copies[A]):
        assert before.number in after.needs
    run(made, 4)


def test_an_empty_queue() -> None:
    assert Queue.of([]).empty
    assert Queue.of([]).next() is None
