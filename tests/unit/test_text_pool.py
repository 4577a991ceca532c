"""The file of a pool: read as written, refused when it is none, kept when writing fails."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from seeder.text import grammar, pool
from seeder.text.pool import Body, PoolError


def _pool(text: str = "Seen {date}.") -> pool.TextPool:
    return pool.pool_of([Body("note", "says", "full", "*", "*", "", text)], {"writer": "test"})


def test_a_pool_is_read_as_it_was_written(tmp_path: Path) -> None:
    whole = grammar.load().pool
    pool.write(whole, tmp_path / "a.pool")
    found = pool.read(tmp_path / "a.pool")
    assert found.table.equals(whole.table)
    assert found.digest == whole.digest
    assert found.provenance == whole.provenance
    assert (tmp_path / "a.pool").stat().st_size < 2 << 20


def test_the_digest_is_of_the_words() -> None:
    assert _pool().digest == _pool().digest
    assert _pool().digest != _pool("Seen {date} again.").digest


def test_what_is_no_pool_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("not arrow")
    with pytest.raises(PoolError, match="not a text pool"):
        pool.read(tmp_path / "a")
    with pytest.raises(PoolError, match="not a text pool"):
        pool.read(tmp_path / "missing")
    other = pa.table({"a": ["b"]})
    with pa.OSFile(str(tmp_path / "b"), "wb") as sink, pa.ipc.new_file(sink, other.schema) as out:
        out.write_table(other)
    with pytest.raises(PoolError, match="format"):
        pool.read(tmp_path / "b")


def test_a_changed_pool_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    meta = {"format": pool.FORMAT, "sha256": _pool().digest}
    table = _pool("Seen tomorrow.").table.replace_schema_metadata(meta)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
        out.write_table(table)
    with pytest.raises(PoolError, match="digest"):
        pool.read(path)


def test_the_old_pool_stays_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    pool.write(_pool(), path)

    def full(*given: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pool.pa.ipc, "new_file", full)
    with pytest.raises(PoolError, match="No space left") as found:
        pool.write(_pool("Other."), path)
    assert "old pool stays" in found.value.hint
    monkeypatch.undo()
    assert pool.read(path).digest == _pool().digest
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_near_duplicates_have_one_gist() -> None:
    assert pool.gist("Seen for {condition}.") == pool.gist("Seen with a {condition}.")
    assert pool.gist("Seen for {condition}.") != pool.gist("Not seen for {condition}.")
    assert pool.gist("Seen {date}.") != pool.gist("Seen {time}.")
