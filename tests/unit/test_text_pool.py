"""The file of a pool: read as written, refused when it is none, kept when writing fails."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from seeder.errors import PlanError
from seeder.generate import stream
from seeder.plan import wording
from seeder.text import book, checks, fill, grammar, pool
from seeder.text.facts import Facts
from seeder.text.pool import Body, PoolError
from tests.helpers.stories import story

KEY = stream.key(3, "pools")


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


def _course(count: int) -> list[Body]:
    body = Body("*", "course", "full", "*", "*", "", "")
    return [body._replace(body=f"Told {'very ' * n}well.") for n in range(count)]


def _told(path: Path, bodies: list[Body]) -> set[str]:
    """The courses that histories of present illness have with a pool of these bodies."""
    pool.write(pool.pool_of(bodies), path)
    source = book.pooled("present_illness", str(path))
    texts = fill.write("present_illness", story(400), KEY, styles=("plain",), from_book=source)
    return {t for text in texts.to_pylist() for t in text.split(". ") if "Told" in t}


def _suiting(page: book.Page, place: int, facts: Facts) -> list[stream.Ints]:
    """The bodies that each row may have at a place."""
    part, told = page.parts[place], zip(facts.tags.tolist(), facts.condition.tolist(), strict=True)
    return [part.of_row(page.layout.register, *one) for one in told]


def test_bodies_of_all_kinds_are_used_alone_where_there_are_enough(tmp_path: Path) -> None:
    many = _told(tmp_path / "a", _course(60))
    assert 30 < len(many) <= 60
    full = grammar.load().kinds["present_illness"].layouts[0]
    source = book.pooled("present_illness", str(tmp_path / "a"))
    page = next(p for p in source.pages if p.layout == full)
    tagged = Facts(story(400), KEY)
    assert {len(b) for b in _suiting(page, 1, tagged)} == {60}


def test_a_row_that_few_bodies_suit_has_the_grammars_too(tmp_path: Path) -> None:
    _told(tmp_path / "a", _course(3))
    source = book.pooled("present_illness", str(tmp_path / "a"))
    assert min(len(b) for b in _suiting(source.pages[0], 1, Facts(story(400), KEY))) > 3


def test_the_packages_pool_is_whole_and_passes_the_checks() -> None:
    if not book.has_shipped():
        pytest.skip("this checkout has no written pool")
    found = pool.read(book.shipped())
    assert book.shipped().stat().st_size < 15 << 20
    assert found.provenance["writer"] == "model"
    assert found.provenance["checked_against_notes"] == "yes"
    assert checks.problems(found.bodies()) == []


def test_the_writer_of_the_users_file_is_in_the_parameters(tmp_path: Path) -> None:
    assert wording.written_by("text.note", {}, "a.pool") == {"text": "a.pool"}
    assert wording.written_by("text.note", {"text": "grammar"}, "a.pool") == {"text": "grammar"}
    assert wording.written_by("serial", {}, "a.pool") == {}
    assert wording.written_by("text.note", {}, None) == {}
    with pytest.raises(PlanError, match="no such pool"):
        wording.written({}, str(tmp_path / "missing"))
