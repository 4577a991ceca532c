"""The English grammar as compiled beforehand: one file beside its sources.

Every worker of every load needs some of it, and compiling takes each half a second. The file holds
things by name, each a record batch of its own, so that only what is asked for is read: fields of
texts or of integers. It carries a digest of its sources; where they differ, nothing is found here,
and all is compiled from the sources. ``python -m seeder.text.compile`` writes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

FORMAT = "seeder compiled texts 1"
Thing = Mapping[str, Any]  # arrays of texts or of integers, by field
# What is compiled: folders of data files, and the code that makes of them what is kept. Code that
# is not named here is held against the file by a test.
_DATA = (
    ("seeder.text", "data/en", (".yaml", ".tsv")),
    ("seeder.text", "data/en/kinds", (".yaml",)),
    ("seeder.clinical", "data", (".yaml", ".csv")),
    ("seeder.generate", "data", ("specialties.tsv",)),
)
_CODE = tuple("book compile demands grammar parts phrases pool said slots tags".split())
_SCHEMA = pa.schema([
    ("field", pa.string()), ("texts", pa.list_(pa.string())), ("numbers", pa.list_(pa.int64())),
])  # fmt: skip


def path() -> Path:
    """Where the file is."""
    return Path(str(resources.files("seeder.text").joinpath("data/en/compiled.arrow")))


def stamp() -> str:
    """The SHA-256 of all sources, names included."""
    found = hashlib.sha256()
    for source in _sources():
        found.update(f"{source.name}\0".encode())
        found.update(hashlib.sha256(source.read_bytes()).digest())
    return found.hexdigest()


def _sources() -> Iterator[Path]:
    for package, folder, ends in _DATA:
        here = Path(str(resources.files(package).joinpath(folder)))
        yield from sorted(f for f in here.iterdir() if f.name.endswith(ends))
    here = Path(str(resources.files("seeder.text")))
    yield from (here / f"{module}.py" for module in _CODE)


def thing(name: str) -> Thing | None:
    """What is kept under a name; None where nothing is, or not of these sources."""
    if (opened := _opened()) is None or name not in opened[1]:
        return None
    batch = opened[0].get_batch(opened[1][name])
    fields, texts, numbers = batch.columns
    return {
        field: texts[at].values if texts[at].is_valid else np.asarray(numbers[at].values)
        for at, field in enumerate(fields.to_pylist())
    }


@cache
def _opened() -> tuple[pa.RecordBatchFileReader, dict[str, int]] | None:
    """The file and the place of each thing in it, where it is of these sources."""
    try:
        reader = pa.ipc.open_file(pa.memory_map(str(path())))
        meta = reader.schema.metadata or {}
        if meta.get(b"format") != FORMAT.encode() or meta.get(b"sources") != stamp().encode():
            return None
    except (OSError, pa.ArrowException):
        # An installation without the file or the sources beside it has what can be compiled.
        return None
    return reader, {name: at for at, name in enumerate(json.loads(meta[b"things"]))}


def write(things: Iterable[tuple[str, Thing]], to: Path) -> None:
    """Write the file beside the old one and rename: a failure leaves the old one as it was."""
    kept = dict(things)
    meta = {"format": FORMAT, "sources": stamp(), "things": json.dumps(list(kept))}
    schema = _SCHEMA.with_metadata(meta)
    part = to.with_name(to.name + ".part")
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", 19))
    with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, schema, options=options) as out:
        for one in kept.values():
            out.write_batch(_batch(one, schema))
    part.replace(to)


def _batch(one: Thing, schema: pa.Schema) -> pa.RecordBatch:
    texts = [None if isinstance(v, np.ndarray) else v.to_pylist() for v in one.values()]
    numbers = [v.tolist() if isinstance(v, np.ndarray) else None for v in one.values()]
    columns = zip((list(one), texts, numbers), schema.types, strict=True)
    return pa.record_batch([pa.array(cells, type_) for cells, type_ in columns], schema=schema)
