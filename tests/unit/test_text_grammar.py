"""The grammar and what the pool that is compiled from it may hold."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from seeder.clinical.knowledge import load as knowledge
from seeder.errors import SeederError
from seeder.text import book, checks, grammar, phrases, tags
from seeder.text.pool import Body

KINDS = sorted(grammar.load().kinds)


def test_alternatives_are_all_written() -> None:
    assert grammar.expand("x", "[A|The] {drug}[ once| twice|].") == [
        "A {drug} once.", "A {drug} twice.", "A {drug}.",
        "The {drug} once.", "The {drug} twice.", "The {drug}.",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["[a|b", "[" + "|".join("ab" * 300) + "]"])
def test_a_sentence_that_cannot_be_written_is_refused(text: str) -> None:
    with pytest.raises(grammar.GrammarError, match="bracket|more than"):
        grammar.expand("kinds/x.yaml: opening", text)


def test_the_pool_passes_every_check() -> None:
    found = checks.of_grammar()
    assert [(p.code, p.body.body) for p in found[:5]] == []
    assert len(grammar.load().pool) > 15_000


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_finds_a_text(kind: str) -> None:
    """Whatever tags a row has: all combinations of those that a move asks for."""
    rows = 0
    for page in book.book(kind).pages:
        for part in page.parts:
            bits = [tags.bit(n) for n in tags.TAGS if part.relevant & tags.bit(n)]
            cells = np.array([sum(c) for c in product(*((0, b) for b in bits))], np.int64)
            # Of ages there is one, and of settings.
            for group in ("infant child elder", "inpatient emergency telehealth"):
                alone = sum((cells & tags.bit(n)) != 0 for n in group.split()) <= 1
                cells = cells[alone]
            choice = part.of(page.layout.register, cells, np.zeros(len(cells), np.int64))
            # Whatever colour is asked for: of rows that there cannot be any body.
            for colour in (choice.colours - choice.colours, choice.colours - 1):
                assert np.isin(part.body(choice.at + colour, colour), part.bodies).all()
            rows += len(cells)
    assert rows > 0


def test_all_conditions_are_covered() -> None:
    known = knowledge().conditions
    said = phrases.said()
    assert [s.code for s in said[:-1]] == list(known)
    for name in phrases.table_names():
        assert phrases.table(name).count.min() >= 1
    for s in said:
        assert all((s.name, s.symptoms, s.plan, s.normal))
        assert len(s.denied) >= 5


def test_no_phrase_tells_a_sex_that_the_condition_leaves_open() -> None:
    words = "uter ovar vagin pregnan menstr prostat testic scrot".split()
    for s, c in zip(phrases.said(), knowledge().conditions.values(), strict=False):
        if not c.sex:
            text = " ".join((*s.symptoms, *s.findings)).lower()
            assert not [w for w in words if w in text], c.code


def test_what_a_condition_has_is_neither_denied_nor_called_normal() -> None:
    by_code = {s.code: s for s in phrases.said()}
    pneumonia = by_code["J18.9"]
    assert "shortness of breath" not in pneumonia.denied
    assert not [t for _, t in pneumonia.normal if "lungs" in t]
    stroke = by_code["I63.9"]
    assert not [t for _, t in stroke.normal if "neuro" in t]
    assert "There is no acute hemorrhage" not in by_code["I61.9"].image_normal


def _folder(path: Path, shared: str, kind: str) -> Path:
    (path / "kinds").mkdir()
    (path / "shared.yaml").write_text(shared)
    (path / "kinds" / "letter.yaml").write_text(kind)
    return path


_LETTER = "title: Letter\nlayouts:\n  - {text: '<says>'}\nmoves:\n  says: ['Seen {date}.']\n"


def test_a_folder_of_files_is_read(tmp_path: Path) -> None:
    made = grammar.read(_folder(tmp_path, "{}", _LETTER))
    assert made.pool.bodies() == [Body("letter", "says", "full", "*", "*", "", "Seen {date}.")]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (_LETTER.replace("<says>", "<tells>"), "no move 'tells'"),
        (_LETTER.replace("<says>", "says"), "without <move>"),
        (_LETTER + "colour: red\n", "unknown field colour"),
        (_LETTER.replace("{text", "{style: html, text"), "style 'html'"),
        ("- a\n", "a mapping is wanted"),
        ("a: [", "kinds/letter.yaml"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, kind: str, message: str) -> None:
    with pytest.raises(grammar.GrammarError, match=message):
        grammar.read(_folder(tmp_path, "{}", kind))


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(SeederError, match="no kind of text 'poem'") as found:
        book.book("poem")
    assert "progress_note" in found.value.hint
