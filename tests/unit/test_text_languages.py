"""Languages with a grammar only: every kind is filled, with true slots, and in its own words."""

from __future__ import annotations

import datetime
import re
from itertools import product

import numpy as np
import pyarrow as pa
import pytest

from seeder.clinical.knowledge import load as knowledge
from seeder.generate import stream
from seeder.generate.data import entries
from seeder.generate.locale import locales
from seeder.generate.makers import notes
from seeder.generate.registry import definition
from seeder.plan import findings
from seeder.plan.model import ColumnPlan, TablePlan
from seeder.schema import Type
from seeder.text import abroad, book, checks, fill, grammar, phrases, pictures, slots, tags, tongue
from seeder.text.facts import Facts
from seeder.text.pool import SLOT, slots_of
from tests.helpers.stories import story
from tests.unit.test_meaning_makers import FakeCall

LANGUAGES = [x for x in grammar.LANGUAGES if x != "en"]
LOCALES = {"de": "de_DE", "fr": "fr_FR", "es": "es_ES"}
KINDS = sorted(grammar.load().kinds)
_SEED = stream.key(0, "text")
_ENGLISH = re.compile(
    r"\b(?:the|of|and|with|from|this|that|has|been|were|are|which|after|before|not|reports|"
    r"presenting|unremarkable|years?|days?|months?|weeks?|old)\b",
    re.I,
)
# Words that tell a sex, which is a slot's to tell.
_SEXED = {
    "de": r"\b(?:er|sie|ihn|ihm|Patient|Patientin|Junge|Mädchen|Mann|Frau)\b",
    "fr": r"\b(?<![a-z]-)(?:il|elle|le patient|la patiente|homme|femme)\b(?! (?:y a|n'y a))",
    "es": r"\b(?:él|ella|el paciente|la paciente|varón|mujer|hombre)\b",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_all_kinds(language: str) -> None:
    assert sorted(grammar.load(language).kinds) == KINDS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_filled_in_its_language(language: str, kind: str) -> None:
    texts = fill.write(kind, story(3000), _SEED, language=language, dates="dmy").to_pylist()
    for text in texts:
        assert text
        assert "{" not in text
        found = _ENGLISH.search(text)
        assert found is None, (found, text)
        assert not re.search(
            r"\d\.\d(?!\d?\.)(?!\d?\d\.)", re.sub(r"\d\d\.\d\d\.\d{4}", "", text)
        ), text
    few = 3 if kind in ("sig_word", "word") else 100
    assert len(set(texts)) >= few


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_finds_a_text(language: str, kind: str) -> None:
    for page in book.book(kind, language).pages:
        for part in page.parts:
            bits = [tags.bit(n) for n in tags.TAGS if part.relevant & tags.bit(n)]
            cells = np.array([sum(c) for c in product(*((0, b) for b in bits))], np.int64)
            for group in ("infant child elder", "inpatient emergency telehealth"):
                alone = sum((cells & tags.bit(n)) != 0 for n in group.split()) <= 1
                cells = cells[alone]
            choice = part.of(page.layout.register, cells, np.zeros(len(cells), np.int64))
            assert np.isin(part.body(choice.at, cells), part.bodies).all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_bodies_leave_facts_to_slots(language: str) -> None:
    for body in grammar.load(language).pool.bodies():
        text = SLOT.sub("", body.body)
        assert not re.search(r"\d", text.replace("SpO2", "")), body
        assert not re.search(_SEXED[language], text), body
        if body.kind not in checks.PHRASES:
            end = ("{Plans}", "{plans}", "ormal}", "{Image_normal}", "{image_normal}", ",")
            assert text.rstrip()[-1:] in ".?:" or body.body.endswith(end), body


@pytest.mark.parametrize("language", LANGUAGES)
def test_slots_say_what_the_row_says(language: str) -> None:
    state = story(2000)
    mine, english = Facts(state, _SEED, "dmy/", language), Facts(state, _SEED, "dmy/")

    def texts(facts: Facts, name: str) -> list[str]:
        values, at = slots.column(facts, name)
        found: list[str] = values.take(pa.array(at)).to_pylist()
        return found

    for name in ("bp", "pulse", "rr", "sat", "time", "date", "end_date"):
        assert texts(mine, name) == texts(english, name)
    for name in ("temp", "weight", "value"):
        assert texts(mine, name) == [t.replace(".", ",") for t in texts(english, name)]
    start = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=int(state.start[0]))
    assert texts(mine, "date")[0] == f"{start:%d/%m/%Y}"
    sexes = tongue.words(language)["sexed"]["the_patient"]
    assert texts(mine, "the_patient") == [sexes[int(f)] for f in state.female]
    for text, plain in zip(texts(mine, "age"), texts(english, "age"), strict=True):
        assert text.split()[0] == plain.split("-")[0]
    labs = list(knowledge().labs)
    at = state.lab(0)[0]
    named = [tongue.words(language)["labs"][labs[max(i, 0)]] for i in at.tolist()]
    assert texts(mine, "lab") == named
    drugs = entries("drugs").columns["generic"]
    told = [tongue.drug_name(tongue.words(language), drugs[max(i, 0)]) for i in state.drug.tolist()]
    assert texts(mine, "drug") == told
    assert [t.index(" ") for t in texts(mine, "stay")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_slots_of_all_bodies_are_known(language: str) -> None:
    known = slots.names(language)
    used = {s for b in grammar.load(language).pool.bodies() for s in slots_of(b.body)}
    assert {s[:1].lower() + s[1:] for s in used} <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commonest_conditions_have_names(language: str) -> None:
    known = sorted(knowledge().conditions.values(), key=lambda c: -sum(c.rates))
    named = abroad.names(language)
    assert [c.code for c in known[:60] if c.code not in named] == []
    assert set(named) <= set(knowledge().conditions)
    said = {s.code: s.name for s in phrases.said(language)}
    assert said["I10"] == named["I10"]
    assert all(said.values())


def test_every_group_is_in_one_cluster() -> None:
    groups = {c.group for c in knowledge().conditions.values()}
    assert groups <= set(abroad.clusters())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_cluster_has_is_neither_denied_nor_called_normal(language: str) -> None:
    by_code = {s.code: s for s in phrases.said(language)}
    pneumonia, stroke = by_code["J18.9"], by_code["I63.9"]
    healthy = by_code["Z23"]
    assert len(pneumonia.denied) < len(healthy.denied) + 2
    assert pneumonia.normal[0] != healthy.normal[0]
    assert not set(stroke.image_normal) & set(by_code["C71.9"].image_normal) - set(
        by_code["G43.909"].image_normal
    )
    for one in phrases.said(language):
        assert len(one.denied) >= 3
        assert len(one.symptoms) >= 3


def test_a_row_tells_a_condition_of_its_history_once() -> None:
    """Conditions without a name of their own share that of their cluster."""
    state = story(3000)
    for language in LANGUAGES:
        values, at = slots.column(Facts(state, _SEED, language=language), "history")
        joined = tongue.words(language)["and"]
        for text in values.take(pa.array(at)).to_pylist():
            parts = re.split(rf", | (?:{joined}|e) ", text)
            assert len(parts) == len(set(parts)), text


def test_spanish_says_e_before_i() -> None:
    assert phrases.speech("es").spoken(("dolor", "insomnio"), "y") == "dolor e insomnio"
    assert phrases.speech("es").spoken(("dolor", "hielo"), "y") == "dolor y hielo"
    assert phrases.speech("fr").bare("une toux") == "toux"
    assert phrases.speech("fr").bare("de l'asthme") == "asthme"


@pytest.mark.parametrize("locale", locales())
def test_a_column_writes_in_the_language_of_its_locale(
    locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "scene", lambda call, own_drug: story(300))
    params = definition("text.note").resolve({"locale": locale, "kind": "nursing_note"})
    made = definition("text.note").make(FakeCall(Type("text", "text"), params, n=300))
    language = grammar.language_of(locale)
    want = fill.write(
        "nursing_note", story(300), _SEED, language=language, dates=notes.moments.dates_of(locale)
    )
    assert pa.array(made).equals(want)


@pytest.mark.parametrize("length", [300, 60, 12, 4])
@pytest.mark.parametrize("language", LANGUAGES)
def test_narrow_columns_are_filled(
    language: str, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "scene", lambda call, own_drug: story(400))
    params = definition("text.note").resolve({"locale": LOCALES[language]})
    kind = Type("text", f"varchar({length})", length=length)
    texts = pa.array(definition("text.note").make(FakeCall(kind, params, n=400))).to_pylist()
    assert max(map(len, texts)) <= length
    assert all(texts)


def test_without_a_patient_the_language_is_kept() -> None:
    params = definition("text.note").resolve({"locale": "de_DE"})
    call = FakeCall(Type("text", "text"), params, n=300)
    for text in pa.array(definition("text.note").make(call)).to_pylist():
        assert _ENGLISH.search(text) is None, text


def test_the_plan_says_that_a_language_has_a_grammar_only() -> None:
    column = ColumnPlan(generator="text.note", params={"kind": "progress_note", "locale": "de_DE"})
    plain = ColumnPlan(generator="text.note", params={"kind": "progress_note"})
    tables = {"h.note": TablePlan(role="generate", rows=5, columns={"a": column, "b": plain})}
    (found,) = findings.spoken(tables)
    assert (found.code, found.severity, found.place) == ("text-language", "info", "h.note.a")
    assert "German" in found.message
    assert "grammar only" in found.message


@pytest.mark.parametrize("language", grammar.LANGUAGES)
def test_studies_have_names_in_all_languages(language: str) -> None:
    n = len(pictures.modalities())
    modality = np.arange(-1, n)
    site = np.full(n + 1, pictures.sites().index("KNEE"))
    own = np.zeros(n + 1, np.int64)
    values, at = pictures.studies(language, modality, site, pictures.region(site, own))
    texts = values.take(pa.array(at)).to_pylist()
    assert len(set(texts)) >= n - 1
    knee = {"en": "knee", "de": "Knie", "fr": "genou", "es": "rodilla"}[language]
    assert all(knee in t for t in texts)
