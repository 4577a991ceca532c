"""Inputs of a plan that are no function of its seed: key snapshots of tables that are kept, and
lists of the rows of one that a key may draw from.

Each is an Arrow file beside the plan, readable by its owner alone, named in the plan with its
SHA-256. Workers map it into memory, so that seven million codes are one copy for all of them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from seeder.errors import PlanError
from seeder.plan.model import Input, Plan
from seeder.schema import Name, Schema

_CHUNK = 1 << 20


def pointed_at(schema: Schema, kept: Iterable[Name]) -> dict[Name, tuple[str, ...]]:
    """The columns of each kept table that foreign keys of other tables point at."""
    names = frozenset(kept)
    out: dict[Name, dict[str, None]] = {}
    for table in schema:
        for key in table.foreign_keys:
            if key.target in names and table.name not in names:
                out.setdefault(key.target, {}).update(dict.fromkeys(key.target_columns))
    return {name: tuple(columns) for name, columns in out.items()}


def store(batches: Iterable[pa.RecordBatch], schema: pa.Schema, folder: Path) -> Input:
    """Write a snapshot, whole or not at all, with mode 0600; returns what the plan says of it.

    Its name is that of its content: what another plan rests on stays until ``sweep``.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f"{os.getpid()}.part"
    rows = 0
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += len(batch)
    found = digest(part)
    path = part.replace(folder / f"{found[:16]}.arrow")
    return Input(file=str(path), digest=found, rows=rows, columns=list(schema.names))


def sweep(folder: Path, plan: Plan) -> None:
    """Remove the snapshots of earlier plans from the folder of a plan that is written now."""
    mine = {Path(item.file).name for item in plan.inputs.values()}
    for path in folder.glob("*.arrow"):
        if path.name not in mine:
            path.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def check(plan: Plan) -> None:
    """Raise PlanError when a snapshot is missing, or is not the one that the plan was made with."""
    for name, item in plan.inputs.items():
        path = Path(item.file)
        if not path.exists():
            raise PlanError(f"the input {name} is missing: {path}", "make a new plan: seeder plan")
        if digest(path) != item.digest:
            raise PlanError(
                f"the input {name} is not the one of this plan: {path}",
                "make a new plan: seeder plan",
            )


def opened(plan: Plan) -> Mapping[str, pa.Table]:
    """The inputs by name, mapped into memory."""
    return {name: mapped(item) for name, item in plan.inputs.items()}


def mapped(item: Input) -> pa.Table:
    """One input, mapped into memory."""
    return pa.ipc.open_file(pa.memory_map(item.file)).read_all()
