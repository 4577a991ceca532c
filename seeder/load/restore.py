"""Undoing what an unfinished load left behind."""

from __future__ import annotations

import time
from typing import Any

from seeder.adapter import Adapter
from seeder.errors import Refused
from seeder.schema import Name

# A killed coordinator's session may finish a statement before it lets go of its run; a statement
# that waits for a lock gives up after ten seconds.
_CLAIM_SECONDS = 15.0


def _claim(connection: Any, adapter: Adapter, run: int) -> None:
    """Raise Refused while the run is somebody's: it is not left over, it is going on."""
    deadline = time.monotonic() + _CLAIM_SECONDS
    while not adapter.journal.claim(connection, run):
        if time.monotonic() > deadline:
            raise Refused(
                f"run {run} is still going on in another session",
                "wait until it is done, or stop it with Ctrl-C where it runs",
            )
        time.sleep(0.2)


def restore(connection: Any, adapter: Adapter) -> list[str]:
    """End what unfinished runs left: empty the tables that they were filling, create every index
    and key that is missing, mark the runs undone. Returns what was done, a line each.

    Raises Refused while such a run is still going on."""
    done: list[str] = []
    journal = adapter.journal
    runs = journal.open_runs(connection)
    for run, _ in runs:
        _claim(connection, adapter, run)
    # Asked again: what was going on may have come to its own end meanwhile.
    runs = journal.open_runs(connection)
    schema = adapter.reflect(connection)
    for run, ranges in runs:
        adapter.end_workers(connection, run)
        # Only what holds rows: a load that was stopped before its first row needs no lock for it.
        state = adapter.facts(connection, schema).tables
        ours = [schema[n] for n in map(Name.parse, ranges) if n in state]
        tables = [t for t in ours if state[t.name].holds_rows]
        if tables:
            idle = [t for t in ours if not state[t.name].holds_rows]
            adapter.empty(connection, tables, idle)
            done.append(f"emptied {len(tables)} tables of run {run}")
    saved = journal.unfinished(connection)
    there = journal.present(connection, saved)
    journal.mark_restored(connection, there)
    present = {id(item) for item in there}
    for item in saved:
        if id(item) not in present:
            with connection.transaction():
                for statement in item.object.create:
                    connection.execute(statement)
                journal.mark_restored(connection, [item])
            done.append(f"created {item.object.kind} {item.object.name} on {item.object.table}")
    for run, _ in runs:
        journal.close_run(connection, run, "undone")
    return done
