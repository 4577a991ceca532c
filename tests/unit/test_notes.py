"""The generators of texts, by the call that a column makes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from seeder.generate.makers import notes
from seeder.generate.registry import definition
from seeder.schema import Type
from seeder.text import phrases
from seeder.text.state import State
from tests.helpers.stories import story
from tests.unit.test_meaning_makers import FakeCall

_TEXT = Type("text", "text")


class _Call(FakeCall):
    """A call whose rows have a scene, and note types where given."""

    scene: State
    types: pa.Array | None = None

    def sibling(self, meaning: str) -> pa.Array | None:
        return self.types if meaning == "prose.note_type" else None


@pytest.fixture(autouse=True)
def _scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenes made by hand stand for those of a patient's story."""
    monkeypatch.setattr(notes, "scene", lambda call, own_drug: getattr(call, "scene", None))


def _made(call: FakeCall, name: str) -> list[str]:
    made: list[str] = pa.array(definition(name).make(call)).to_pylist()
    return made


def _call(name: str, of: Type = _TEXT, n: int = 400, **given: str) -> _Call:
    call = _Call(of, definition(name).resolve(given), n=n)
    call.scene = story(n)
    return call


def test_a_note_names_its_condition_or_says_its_symptoms() -> None:
    call = _call("text.note")
    said = phrases.said()
    for text, number in zip(_made(call, "text.note"), call.scene.condition, strict=True):
        one = said[number]
        words = (one.name, one.short, phrases.bare(one.name), *one.symptoms, *one.plan)
        assert any(w.lower() in text.lower() for w in words), text


def test_a_row_gets_the_note_that_its_type_names() -> None:
    call = _call("text.note", style="headed")
    types = ["Discharge summary", "Nursing note", None, "Telephone encounter"]
    call.types = pa.array([types[i % 4] for i in range(call.n)])
    texts = _made(call, "text.note")
    for place, text in enumerate(texts):
        if place % 4 == 0:
            assert text.startswith(("Diagnosis:", "Dx:"))
        elif place % 4 == 1:
            assert text.startswith(("Data:", "D:"))
        else:
            assert text.startswith("Interval history:")


def test_a_title_is_the_notes_type() -> None:
    call = _call("prose.title", n=4)
    call.types = pa.array(["Nursing note", None, "Consult", "Nursing note"])
    titles = _made(call, "prose.title")
    assert titles[0] == titles[3] == "Nursing note"
    assert titles[1]
    assert titles[2] == "Consult"


def test_two_texts_of_a_row_are_two_draws() -> None:
    one = _made(_call("text.note", kind="plan", group="plan"), "text.note")
    two = _made(_call("text.note", kind="plan", group="goal"), "text.note")
    assert sum(a == b for a, b in zip(one, two, strict=True)) < 40


@pytest.mark.parametrize("length", [400, 80, 20, 5, 1])
def test_a_narrow_column_is_not_overfilled(length: int) -> None:
    kind = Type("text", f"varchar({length})", length=length)
    for name in ("text.note", "text.comment", "text.complaint", "text.sig"):
        texts = pa.array(_made(_call(name, kind), name))
        assert texts.null_count == 0
        assert pc.max(pc.utf8_length(texts)).as_py() <= length


@pytest.mark.parametrize("name", ["text.note", "text.comment", "text.complaint", "text.sig"])
def test_without_a_patient_there_is_text_all_the_same(name: str) -> None:
    call = FakeCall(_TEXT, definition(name).resolve({}), n=300)
    texts = _made(call, name)
    assert all(texts)
    assert len(set(texts)) > 20


def test_a_claims_remark_needs_no_patient() -> None:
    call = FakeCall(_TEXT, definition("text.comment").resolve({"kind": "claim_remark"}), n=300)
    texts = _made(call, "text.comment")
    assert len(set(texts)) > 60
    assert not any("patient" in t.lower() and "{" in t for t in texts)


def test_texts_do_not_depend_on_the_batch() -> None:
    call = _call("text.note", n=200)
    call.types = pa.array(["Nursing note", "Consult"] * 100)
    whole = _made(call, "text.note")
    rows = np.array([7, 3, 150])
    part = _Call(_TEXT, call.params, n=3)
    part.scene = call.scene.take(rows)
    part.types = pc.take(call.types, pa.array(rows))
    assert _made(part, "text.note") == [whole[i] for i in rows]
