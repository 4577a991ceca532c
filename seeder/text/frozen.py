"""Texts of single rows, written before a load and frozen: files of so many rows each, by column.

A text is slotted like a body of a pool, whole, and belongs to one row of one table; the load fills
its slots. So the model runs before the load, and the load stays a function of its inputs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from seeder.generate.stream import Ints
from seeder.text.grammar import Kind
from seeder.text.pool import PoolError

MODEL = "model"  # the word for texts of rows, written by a model; 'model:FOLDER' by that one
FOLDER = Path("seeder-texts")
SHARD = 1024  # rows of a file
FORMAT = "seeder row texts 1"
# The sections that a model writes; all others are the grammar's.
SECTIONS = frozenset(
    "opening course denials background medicines vitals exam results impression plan followup "
    "complaint social".split()
)
_MEND = "write them: seeder text rows"


@dataclass(frozen=True)
class Shard:
    """The texts of one file. ``about``: for which rows, by which model, how many by whom."""

    texts: tuple[str, ...]
    about: Mapping[str, str]


def is_model(text: object) -> bool:
    """Whether a parameter ``text`` asks for texts of rows by a model."""
    return text == MODEL or str(text).startswith(MODEL + ":")


def writes(kind: Kind) -> bool:
    """Whether a model writes anything of a kind's texts."""
    moves = {move for layout in kind.layouts for _, move in layout.parts}
    return kind.patient and not moves.isdisjoint(SECTIONS)


def folder_of(text: str) -> Path | None:
    """The folder of the model; None for the package's."""
    named = text.partition(":")[2]
    return Path(named) if named else None


def file_of(place: str, number: int) -> Path:
    """The file of a column's shard."""
    return FOLDER / place / f"{number:06}.texts"


def digest(texts: Sequence[str]) -> str:
    """SHA-256 over texts, each ended by a byte that no text has."""
    found = hashlib.sha256()
    for text in texts:
        found.update(text.encode() + b"\xff")
    return found.hexdigest()


def write(shard: Shard, path: Path) -> None:
    """Write beside the old file and rename: a failure leaves the old file as it was."""
    about = {"format": FORMAT, "sha256": digest(shard.texts), **shard.about}
    schema = pa.schema([("text", pa.string())], metadata=about)
    part = path.with_name(path.name + ".part")
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            pa.OSFile(str(part), "wb") as sink,
            pa.ipc.new_file(sink, schema, options=options) as out,
        ):
            out.write_table(pa.table({"text": list(shard.texts)}, schema=schema))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PoolError(
            f"{path}: cannot be written: {error}",
            "the files that are whole stay: the same command goes on from them",
        ) from None


def read(path: Path) -> Shard:
    """The texts of a file. Raises PoolError when it is none, or not what was written."""
    try:
        return _read(str(path), path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise PoolError(f"{path}: the texts of these rows are not written", _MEND) from None


@lru_cache(maxsize=32)
def _read(path: str, changed: int) -> Shard:
    try:
        with pa.OSFile(path, "rb") as source:
            table = pa.ipc.open_file(source).read_all()
    except (OSError, pa.ArrowException) as error:
        raise PoolError(f"{path}: not a file of row texts: {error}", _MEND) from None
    about = {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items()}
    if about.get("format") != FORMAT or table.schema.names != ["text"]:
        raise PoolError(f"{path}: not a file of row texts of format {FORMAT!r}", _MEND)
    texts = tuple(table.column("text").to_pylist())
    if digest(texts) != about.get("sha256"):
        raise PoolError(f"{path}: its texts are not those of its digest", _MEND)
    return Shard(texts, about)


def texts(place: str, numbers: Ints) -> list[str] | None:
    """The slotted texts of rows of a column, by row number; None where a file is not written yet:
    a plan reckons with the grammar's then, and a load has refused."""
    if not all(file_of(place, int(n)).is_file() for n in np.unique(numbers // SHARD)):
        return None
    found = np.empty(len(numbers), object)
    of = numbers // SHARD
    for number in np.unique(of):
        file = file_of(place, int(number))
        given = read(file).texts
        here = np.flatnonzero(of == number)
        at = numbers[here] - number * SHARD
        if int(at.max()) >= len(given):
            raise PoolError(f"{file}: it has the texts of {len(given)} rows only", _MEND)
        found[here] = np.array(given, object)[at]
    return list(found)
