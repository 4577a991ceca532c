"""The grammar as it is shipped, compiled, is what its sources say now."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from seeder.text import book, compiled, grammar, phrases
from seeder.text.compile import things

ANEW = "run: make texts"
_CACHES = (
    compiled._opened, grammar._loaded, phrases._table, phrases._elsewhere, phrases._of_conditions,
    book._book,
)  # fmt: skip


def _forget() -> None:
    for one in _CACHES:
        one.cache_clear()


@pytest.fixture
def anew() -> Iterator[None]:
    """Nothing has been read yet, and nothing read here stays."""
    _forget()
    yield
    _forget()


@pytest.fixture(scope="module")
def fresh() -> dict[str, compiled.Thing]:
    return dict(things())


def test_the_file_is_of_these_sources() -> None:
    assert compiled._opened() is not None, ANEW


def test_what_is_shipped_is_what_the_sources_say(fresh: dict[str, compiled.Thing]) -> None:
    opened = compiled._opened()
    assert opened is not None, ANEW
    assert list(opened[1]) == list(fresh), ANEW
    for name, thing in fresh.items():
        kept = compiled.thing(name)
        assert kept is not None
        assert list(kept) == list(thing)
        for field, values in thing.items():
            assert kept[field].tolist() == values.tolist(), f"{name}: {field}: {ANEW}"


def test_what_is_read_is_what_is_compiled(anew: None) -> None:
    known = grammar.read(grammar.home())
    read = grammar.load()
    assert read.kinds == known.kinds
    assert list(read.kinds) == list(known.kinds)
    assert read.pool.digest == known.pool.digest
    for name, kind in known.kinds.items():
        _same(book.book(name), book.bind(kind, known.pool))
    for name in phrases.table_names():
        _same(phrases.table(name), phrases.compile_table(name))
    _same(phrases.elsewhere(), phrases.compile_elsewhere())
    assert phrases.tags().tolist() == [s.tags for s in phrases.said()]


def _same(read: object, made: object) -> None:
    """Field by field, types included."""
    assert type(read) is type(made)
    for field in fields(made):  # type: ignore[arg-type]
        one, other = getattr(read, field.name), getattr(made, field.name)
        if isinstance(other, np.ndarray):
            assert one.dtype == other.dtype, field.name
            assert one.tolist() == other.tolist(), field.name
        elif isinstance(other, pa.Array):
            assert one.equals(other), field.name
        elif field.name in ("pages", "parts"):
            for mine, theirs in zip(one, other, strict=True):
                _same(mine, theirs)
        else:
            assert one == other, field.name


def test_pages_share_parts_as_they_do_when_compiled(anew: None) -> None:
    known = grammar.read(grammar.home())
    for name in ("progress_note", "consultation", "triage_note"):
        read, made = book.book(name), book.bind(known.kinds[name], known.pool)
        places = [[id(p) for page in one.pages for p in page.parts] for one in (read, made)]
        shared = [[each.index(p) for p in each] for each in places]
        assert shared[0] == shared[1]


def test_a_load_reads_no_source(anew: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> object:
        raise AssertionError("a source was parsed")

    monkeypatch.setattr(grammar, "_yaml", refused)
    monkeypatch.setattr(phrases, "said", refused)
    assert book.book("progress_note").pages
    assert len(phrases.table("denied").first) == len(phrases.tags()) == len(phrases.silence())
    assert len(phrases.elsewhere().first)


@pytest.mark.parametrize("content", [None, b"", b"ARROW1\0\0 and no more"])
def test_without_a_file_all_is_compiled(
    anew: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "compiled.arrow"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(compiled, "path", lambda: file)
    assert compiled.thing("kinds") is None
    assert book.book("word").pages


_ASK = """
from seeder.text import book, compiled, grammar, phrases
print(grammar.__file__)
print(compiled.thing("kinds") is None)
print(*(t for t in book.book("word").literals.to_pylist()), sep="|")
print(len(phrases.table("tissue").first))
"""


@pytest.mark.parametrize(
    "source", ["data/en/kinds/word.yaml", "data/en/names.tsv", "phrases.py", None]
)
def test_an_edited_source_is_not_served_stale(tmp_path: Path, source: str | None) -> None:
    package = Path(grammar.__file__).parents[1]
    ignored = shutil.ignore_patterns("model", "__pycache__", "*.pool", "de", "fr", "es")
    shutil.copytree(package, tmp_path / "seeder", ignore=ignored)
    if source is not None:
        file = tmp_path / "seeder" / "text" / source
        before = file.read_text("utf-8")
        file.write_text(before.replace("[Seen,", "[Zebra, Seen,") + "# read again\n", "utf-8")
    out = subprocess.run(
        [sys.executable, "-c", _ASK], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)},
        check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    assert out[0].startswith(str(tmp_path))
    assert out[1] == str(source is not None)
    assert ("zebra" in out[2].lower()) == (source is not None and source.endswith("word.yaml"))
    assert out[3] == str(len(phrases.tags()))
