"""Pools of slotted bodies: what they hold, their file, and its digest.

A pool is an Arrow table of text columns (``COLUMNS``), one row a body. The file is Arrow IPC
compressed by zstd, with provenance and the SHA-256 of the rows in its metadata. The same filling
works with any pool, whoever wrote it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from seeder.errors import SeederError

SLOT = re.compile(r"\{([A-Za-z][a-z_]*)\}")
FORMAT = "seeder text pool 1"


class PoolError(SeederError):
    """A pool cannot be used; the message names file and row."""

    exit_code = 3


class Body(NamedTuple):
    """One slotted text. ``kind`` is '*' for all kinds that have the section;
    ``condition`` is an ICD-10-CM code, a group of the knowledge or '*';
    ``band`` an age band of ``tags.BANDS`` or '*'; ``style`` 'full' or 'terse'; ``when`` tags that
    the row must have, or with '!' must not have."""

    kind: str
    section: str
    style: str
    condition: str
    band: str
    when: str
    body: str


COLUMNS = Body._fields


@dataclass(frozen=True)
class TextPool:
    """Bodies with where they come from. ``digest`` is the SHA-256 of the rows."""

    table: pa.Table
    provenance: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def digest(self) -> str:
        """SHA-256 over all cells in order, each ended by a byte that no text has."""
        sum_ = hashlib.sha256()
        for name in COLUMNS:
            for cell in self.table.column(name).to_pylist():
                sum_.update(cell.encode() + b"\xff")
        return sum_.hexdigest()

    def bodies(self, kind: str | None = None) -> list[Body]:
        """The bodies, or those of one kind and of all kinds, in the pool's order."""
        table = self.table
        if kind is not None:
            table = table.filter(pc.is_in(table.column("kind"), pa.array([kind, "*"])))
        columns = (table.column(name).to_pylist() for name in COLUMNS)
        return [Body(*cells) for cells in zip(*columns, strict=True)]


def pool_of(bodies: Iterable[Body], provenance: Mapping[str, str] | None = None) -> TextPool:
    """A pool of these bodies."""
    rows = list(bodies)
    columns = {name: [b[place] for b in rows] for place, name in enumerate(COLUMNS)}
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    return TextPool(pa.table(columns, schema=schema), dict(provenance or {}))


def write(pool: TextPool, path: Path) -> None:
    """Write beside the old file and rename: a failure leaves the old pool as it was."""
    meta = {"format": FORMAT, "sha256": pool.digest, **pool.provenance}
    table = pool.table.replace_schema_metadata(meta).combine_chunks()
    part = path.with_name(path.name + ".part")
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    try:
        with (
            pa.OSFile(str(part), "wb") as sink,
            pa.ipc.new_file(sink, table.schema, options=options) as out,
        ):
            out.write_table(table)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PoolError(f"{path}: cannot be written: {error}", "the old pool stays") from None


def read(path: Path) -> TextPool:
    """The pool in a file. Raises PoolError when it is not a pool, or not what was written."""
    try:
        with pa.OSFile(str(path), "rb") as source:
            table = pa.ipc.open_file(source).read_all()
    except (OSError, pa.ArrowException) as error:
        raise PoolError(f"{path}: not a text pool: {error}") from None
    meta = {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items()}
    if meta.get("format") != FORMAT or tuple(table.schema.names) != COLUMNS:
        raise PoolError(f"{path}: not a text pool of format {FORMAT!r}")
    pool = TextPool(
        table.replace_schema_metadata(None),
        {k: v for k, v in meta.items() if k not in ("format", "sha256")},
    )
    if pool.digest != meta.get("sha256"):
        raise PoolError(f"{path}: its rows are not those of its digest", "write the pool again")
    return pool


def slots_of(text: str) -> tuple[str, ...]:
    """The names of a text's slots, in order."""
    return tuple(SLOT.findall(text))


# Words that say little: two bodies that differ in nothing else say the same.
LIGHT = frozenset(
    "a an the of to for with and or in on at by is are was were be been has have had this that it "
    "as from per".split()
)


def gist(text: str) -> tuple[str, ...]:
    """The words that count and the slots, in alphabetical order: near-duplicates have one gist."""
    words = re.findall(r"[a-z{}_'-]+|[^a-z\s]", text.lower())
    return tuple(sorted(w for w in words if w not in LIGHT))
