"""The protocol between the engine-free core and one database engine.

An adapter reads a catalogue, moves bytes and runs statements. It never decides a value, and the
core never writes SQL. Adapters are found by the URL's scheme through the entry-point group
``seeder.adapters``, and loaded only then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Protocol

import pyarrow as pa

from seeder.errors import UsageError
from seeder.question import Question, Source
from seeder.schema import Check, Column, Facts, ForeignKey, Name, Schema, Table, Unique


@dataclass(frozen=True, slots=True)
class Object:
    """An index, a constraint or a trigger as it stands: enough to take it away (to switch it off)
    and to put it back exactly.

    ``kind`` is index, unique, primary, foreign, exclusion, trigger. ``drop`` and ``create`` are
    statements, run in order. ``tables`` are those that the statements lock (the target of a foreign
    key too). ``kept`` is the reason why it stays during the load, '' when it may go.
    """

    kind: str
    table: Name
    name: str
    drop: tuple[str, ...]
    create: tuple[str, ...]
    tables: tuple[Name, ...]
    kept: str = ""


class Encoder(Protocol):
    """Arrow batches of one table to the bytes of one COPY."""

    method: str  # 'binary' or 'text'
    reason: str  # why not binary, else ''

    def header(self) -> bytes: ...
    def batch(self, batch: pa.RecordBatch) -> bytes:
        """What is ready to be sent; bytes may be kept back for later batches and the footer."""
        ...

    def footer(self) -> bytes: ...


class Connection(Protocol):
    """One session. Every method raises SeederError with the engine's own words and a hint."""

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None: ...
    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...
    def transaction(self) -> AbstractContextManager[Any]: ...
    def copy(
        self,
        table: Table,
        columns: Sequence[str],
        chunks: Iterable[bytes | memoryview],
        method: str,
    ) -> int:
        """Stream the bytes of one COPY; returns the rows that the server counted."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Past:
    """A run that ended well: its number, seed and batch, and the row ranges [start, stop) by
    table."""

    run: int
    seed: int
    batch: int
    ranges: Mapping[str, tuple[int, int]]


class Journal(Protocol):
    """What a run took away and which tables it fills, kept in the target database itself."""

    def create_if_missing(self, connection: Any) -> None: ...
    def open_run(
        self,
        connection: Any,
        plan: str,
        version: str,
        ranges: Mapping[str, Any],
        seed: int,
        batch: int = 1,
    ) -> int: ...
    def history(self, connection: Any) -> tuple[Past, ...]:
        """The runs that ended well, in their order."""
        ...

    def claim(self, connection: Any, run: int) -> bool:
        """Take the run for this session, until it ends; False while another session has it."""
        ...

    def close_run(self, connection: Any, run: int, status: str) -> None: ...
    def save_objects(
        self, connection: Any, run: int, objects: Sequence[Object], schema: Schema
    ) -> tuple[Any, ...]:
        """Commit the objects, in dropping order, before the first DROP."""
        ...

    def mark_restored(self, connection: Any, saved: Iterable[Any]) -> None: ...
    def unfinished(self, connection: Any) -> tuple[Any, ...]:
        """Everything that is to be created again, in creating order."""
        ...

    def present(self, connection: Any, saved: Iterable[Any]) -> tuple[Any, ...]: ...
    def open_runs(self, connection: Any) -> tuple[tuple[int, Mapping[str, Any]], ...]:
        """Runs that neither finished nor were undone: their number and row ranges."""
        ...


class Proofs(Protocol):
    """Questions whose answers prove a load; 0 is the good answer of all that return a number but
    the last."""

    def counts(self, connection: Any, tables: Sequence[Table]) -> dict[Name, int]: ...
    def orphans(
        self,
        connection: Any,
        table: Table,
        key: ForeignKey,
        where: tuple[str, str] | None = None,
    ) -> int:
        """``where``: only the rows whose column has that value, as text."""
        ...

    def check_violations(self, connection: Any, table: Table, check: Check) -> int: ...
    def unique_violations(self, connection: Any, table: Table, unique: Unique) -> int: ...
    def sequence_lag(self, connection: Any, table: Table, column: Column) -> int: ...
    def disagreements(
        self, connection: Any, table: Table, first: Sequence[Step], second: Sequence[Step]
    ) -> int:
        """Rows whose two paths of keys end at different rows of one table."""
        ...

    def constant(self, connection: Any, table: Table, columns: Sequence[str]) -> dict[str, int]:
        """Columns with one value in all rows, NULLs aside, or with none; how many rows have it."""
        ...

    def checksum(self, connection: Any, table: Table) -> int: ...
    def coherence(self, connection: Any, questions: Sequence[Question]) -> list[tuple[int, int]]:
        """Of each question the rows that its rule applies to, and those that break it."""
        ...

    def tally(
        self, connection: Any, sources: Sequence[Source], by: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        """The values of the facts named ``by`` in all sources, and how many keys have them."""
        ...


# A step along a key: the table that holds it, and the key.
Step = tuple[Table, ForeignKey]


@dataclass(frozen=True, slots=True)
class Label:
    """What the parent at the end of a key is called: the text of its columns, told as ``name``."""

    name: str
    key: ForeignKey
    columns: tuple[str, ...]


class Adapter(Protocol):
    """One database engine."""

    name: str
    journal: Journal
    proofs: Proofs

    def connect(self, url: str) -> Any:
        """Open a session (a ``Connection``)."""
        ...

    def worker_settings(self, run: int, workers: int) -> Mapping[str, str]:
        """Session settings of a loading worker; they name the run, so that it can be ended."""
        ...

    def relaxed(self, connection: Any) -> AbstractContextManager[None]:
        """A block whose commits need not wait for the disk: the next one after it does, for all."""
        ...

    def end_workers(self, connection: Any, run: int) -> None:
        """Terminate the sessions of a run's workers, and wait until they are gone."""
        ...

    def truncate(self, connection: Any, tables: Sequence[Table]) -> None:
        """Empty all the tables at once; never CASCADE. Raises LoadFailed when others point here."""
        ...

    def empty(self, connection: Any, tables: Sequence[Table], idle: Sequence[Table]) -> None:
        """Empty tables that were empty before a run filled them, whatever points at them; ``idle``
        are the run's other tables, which may be emptied along with them."""
        ...

    def trial(
        self, connection: Any, off: Sequence[Object], emptied: Sequence[Table]
    ) -> AbstractContextManager[None]:
        """A block that is undone, however it ends. In it the triggers ``off`` are off, the tables
        ``emptied`` empty, and every constraint is checked by the statement that may break it."""
        ...

    def insert_together(
        self, connection: Any, parts: Sequence[tuple[Table, pa.RecordBatch]]
    ) -> None:
        """Rows of tables whose keys form a circle, by one statement; all or none of them."""
        ...

    def snapshot(
        self, connection: Any, table: Table, columns: Sequence[str], carried: Sequence[str] = ()
    ) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """The given columns of all rows, in bytewise order of their text, as a stream; beside them
        those that are ``carried``, which may be NULL."""
        ...

    def highest(self, connection: Any, table: Table, columns: Sequence[str]) -> dict[str, int]:
        """The highest value of each column of numbers; none of one that has none."""
        ...

    def lock(self, connection: Any, tables: Sequence[Table]) -> bool:
        """Keep others from writing to the tables until the transaction ends; False where our
        rights do not reach so far."""
        ...

    def check_deferred(self, connection: Any) -> None:
        """Check now what would be checked when the transaction ends."""
        ...

    def clashes(
        self,
        connection: Any,
        table: Table,
        unique: Unique,
        columns: Sequence[str],
        chunks: Iterable[bytes],
        method: str,
    ) -> int:
        """How many of the new rows, ``chunks`` of a COPY of some columns, have what the unique set
        allows once, and a row of the table has already."""
        ...

    def related(
        self,
        connection: Any,
        table: Table,
        path: Sequence[Step],
        where: Sequence[tuple[str, str]],
        labels: Sequence[Label],
        order: Sequence[str],
        limit: int,
        skip: int = 0,
    ) -> list[dict[str, str | None]]:
        """Rows of a table whose ``path`` of keys ends at the row with the values of ``where``, as
        text by column, and their labels; in an order, at most ``limit`` after ``skip``."""
        ...

    def refresh(self, view: Name) -> str:
        """The statement that brings a materialised view up to date."""
        ...

    def settle(self, table: Table) -> tuple[str, ...]:
        """Statements after a table's rows are in: sequences."""
        ...

    def vacuum(self, table: Table, schema: Schema) -> tuple[str, ...]:
        """Statements, outside a transaction, that bring visibility and statistics up to date."""
        ...

    def public_url(self, url: str) -> str:
        """The URL without its secret, fit for a file."""
        ...

    def reflect(self, connection: Connection, namespaces: Sequence[str] = ()) -> Schema: ...
    def facts(self, connection: Connection, schema: Schema) -> Facts: ...
    def objects(self, connection: Connection, tables: Sequence[Name]) -> Iterator[Object]:
        """Every index and constraint of the tables, every foreign key that points at them, and
        every trigger that a load would fire."""
        ...

    def encoder(self, table: Table, schema: pa.Schema) -> Any:
        """An ``Encoder`` for batches of that Arrow schema."""
        ...


def adapters() -> dict[str, Any]:
    """Entry points by URL scheme."""
    return {point.name: point for point in entry_points(group="seeder.adapters")}


def find_adapter(url: str) -> Adapter:
    """The adapter for a URL. Raises UsageError naming the schemes that are installed."""
    scheme = url.split(":", 1)[0].split("+", 1)[0] if ":" in url else ""
    known = adapters()
    if scheme not in known:
        raise UsageError(
            f"no adapter for {scheme + ':' if scheme else 'this DSN'}",
            "a DSN looks like postgresql://user@host:5432/database; installed: "
            + (", ".join(sorted(known)) or "none (is hospital-seeder installed?)"),
        )
    adapter: Adapter = known[scheme].load()()
    return adapter
