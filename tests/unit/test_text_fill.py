"""Filling: slots say what the row says, any slice gives the same texts, no chart repeats itself."""

from __future__ import annotations

import datetime
import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from seeder.clinical.knowledge import load
from seeder.generate import stream
from seeder.generate.data import entries
from seeder.text import book, colours, fill, grammar, measures, person, phrases, slots, tags
from seeder.text.facts import Facts
from seeder.text.pool import Body, PoolError, pool_of
from tests import text_report
from tests.helpers.stories import story

_SEED = stream.key(0, "text")
EPOCH = datetime.datetime(1970, 1, 1)
NOTES = ("progress_note", "history_physical", "discharge_summary", "consultation")


def _pooled(written: str, kind: str) -> book.Book:
    return book.pooled(kind, written)


def _in(language: str, kind: str) -> book.Book:
    return book.book(kind, language)


def skeletons(kind: str, notes: int, charts: int) -> list[tuple[int, ...]]:
    """The bodies of each row: its text with all slots masked, as numbers."""
    source = book.book(kind)
    pages = fill.fitting(source, None)
    found: list[tuple[int, ...]] = []
    state = story(notes, charts=charts)
    for low in range(0, notes, fill.CHUNK):
        facts = Facts(state.take(slice(low, low + fill.CHUNK)), _SEED)
        found += map(tuple, fill.choose(pages, facts).tolist())
    return found


@pytest.mark.parametrize("kind", NOTES)
def test_bodies_are_combinations(kind: str) -> None:
    assert len(set(skeletons(kind, 100_000, 20_000))) >= 20_000


SOURCES: dict[str, text_report.Source] = {
    **{language: partial(_in, language) for language in grammar.LANGUAGES},
    "pool": partial(_pooled, book.SHIPPED),
}
PATIENT = sorted(name for name, kind in grammar.load().kinds.items() if kind.patient)


@pytest.mark.parametrize("writer", SOURCES)
@pytest.mark.parametrize("kind", PATIENT)
def test_no_chart_has_a_skeleton_twice(kind: str, writer: str) -> None:
    """As a reader sees it: texts with all slots masked, of charts of 20 notes."""
    found = text_report.skeletons(kind, SOURCES[writer](kind), charts=500)
    assert found["charts_that_repeat"] == 0


@pytest.mark.parametrize("writer", SOURCES)
@pytest.mark.parametrize("kind", PATIENT)
def test_every_layout_has_twenty_skeletons_for_any_row(kind: str, writer: str) -> None:
    """Not by chance: of each layout there are colours for 20 notes, whichever rows they are of."""
    for page in SOURCES[writer](kind).pages:
        fewest = 1
        for part in page.parts:
            rows = colours.rows(part.relevant)
            choice = part.of(page.layout.register, rows, np.full(len(rows), -1))
            fewest *= int(choice.colours.min())
        assert fewest >= 20, page.layout


@pytest.mark.parametrize("kind", ["chief_complaint", "appointment_reason", "sig"])
def test_a_chart_keeps_apart_wherever_its_rows_begin(kind: str) -> None:
    """A chart's notes are neighbours in their table, from any row on, and of many kinds of rows."""
    state = story(20 * 500)
    place = np.tile(np.arange(20), 500) + np.repeat(np.arange(500) * 7919, 20)
    state = replace(state, chart=np.repeat(np.arange(500), 20), place=place)
    chosen = fill.choose(fill.fitting(book.book(kind), None), Facts(state, _SEED))
    for chart in np.split(chosen, 500):
        assert len({row.tobytes() for row in chart}) == 20


@pytest.mark.parametrize(
    ("kind", "length"),
    [("chief_complaint", 40), ("chief_complaint", 80), ("appointment_reason", 40), ("sig", 40)],
)
def test_short_kinds_fit_narrow_columns(kind: str, length: int) -> None:
    """All but a few rows have a text that says something of them."""
    state = story(4000)
    made = fill.write(kind, state, _SEED, length=length)
    assert made.null_count < 100
    full = fill.fitted(kind, made, state, _SEED, length)
    words = {b.body for k in ("word", "sig_word") for b in grammar.load().pool.bodies(k)}
    assert sum(text in words for text in full.to_pylist()) < 60


def test_masked_texts_differ_where_bodies_do() -> None:
    """What ``skeletons`` counts as two is two to a reader: masked bodies of a part are distinct."""
    for kind in NOTES:
        for page in book.book(kind).pages:
            for part in page.parts:
                assert len(set(part.bodies.tolist())) == len(part.bodies)
    masked: dict[tuple[str, ...], set[str]] = {}
    for body in grammar.load().pool.bodies():
        key = body[:6]
        text = re.sub(r"\{\w+\}", "{}", body.body)
        assert text not in masked.setdefault(key, set())
        masked[key].add(text)


def test_any_slice_gives_the_same_texts() -> None:
    state = story(3000)
    whole = fill.write("progress_note", state, _SEED)
    rows = np.array([2999, 5, 700, 5])
    assert (
        fill.write("progress_note", state.take(rows), _SEED).to_pylist()
        == pc.take(whole, pa.array(rows)).to_pylist()
    )


def test_texts_are_the_same_everywhere() -> None:
    texts = fill.write("progress_note", story(500), _SEED).to_pylist()
    again = fill.write("progress_note", story(500), _SEED).to_pylist()
    assert texts == again
    assert len(hashlib.sha256("".join(texts).encode()).hexdigest()) == 64
    assert fill.write("progress_note", story(500), stream.key(1, "text")).to_pylist() != texts


@pytest.mark.parametrize("kind", sorted(grammar.load().kinds))
def test_no_slot_is_left_open(kind: str) -> None:
    texts = fill.write(kind, story(400), _SEED)
    assert texts.null_count == 0
    for text in texts.to_pylist():
        assert text
        assert not re.search(r"[{}<>\[\]|]|\bnan\b|  | \.|\.\.|,,", text), text


@pytest.mark.parametrize("kind", ["progress_note", "discharge_summary", "referral_letter"])
@pytest.mark.parametrize("length", [1000, 400, 255, 120, 80, 40, 12, 3])
def test_a_text_fits_its_column_and_ends_where_a_sentence_does(kind: str, length: int) -> None:
    state = story(600)
    made = fill.write(kind, state, _SEED, length=length)
    for text in made.drop_null().to_pylist():
        assert len(text) <= length
        assert text[-1] in ".!?"
    full = fill.fitted(kind, made, state, _SEED, length)
    assert full.null_count == 0
    assert pc.max(pc.utf8_length(full)).as_py() <= length


def test_a_cut_keeps_decimals_and_whole_sentences() -> None:
    texts = pa.array(
        ["Temperature 37.5 C today. Well.", "One. Two. Three.", "No stop anywhere here"]
    )
    assert fill.cut(texts, 26).to_pylist() == [
        "Temperature 37.5 C today.",
        "One. Two. Three.",
        "No stop anywhere here",
    ]
    assert fill.cut(texts, 14).to_pylist() == [None, "One. Two.", None]
    assert fill.cut(texts, 9).to_pylist() == [None, "One. Two.", None]


def test_what_a_note_says_is_true_of_its_row() -> None:
    """A reader finds the row's own condition, person, values, drug and date in every text."""
    n = 10_000
    state = story(n)
    body = (
        "{A_who}: {condition}. {medicine} {how_terse}. BP {bp}, pulse {pulse}, T {temp} ({fever}), "
        "{sat}%. {Lab} {value} {flag}. {date} {time} to {end_date}, {stay}. {Pronoun} {possessive}."
    )
    shape = re.compile(
        r"(An?) (\d+)-(day|month|year)-old (\w+): (.+?)\. (.+?)\. BP (\d+)/(\d+), pulse (\d+), "
        r"T ([\d.]+) \((\w+)\), (\d+)%\. (.+?) ([\d.]+)([^ ]* ?[^ ]*) (low|normal|high)\. "
        r"(\d\d)/(\d\d)/(\d{4}) (\d\d):(\d\d) to .+?, .+?\. (He|She) (his|her)\."
    )
    known = load()
    conditions, drugs = tuple(known.conditions.values()), entries("drugs").columns
    texts = _fill(body, state)
    lab, value = state.lab(0)
    at = 0
    for row, text in enumerate(texts):
        found = shape.fullmatch(text)
        assert found, text
        at += 1
        article, number, unit, noun = found.group(1, 2, 3, 4)
        assert article.lower() == person.article(number)
        days = int(state.age_days[row])
        today = EPOCH + datetime.timedelta(microseconds=int(state.start[row]))
        born = today.date() - datetime.timedelta(days=days)
        months = (today.year - born.year) * 12 + today.month - born.month
        months -= today.day < born.day
        years = months // 12
        assert {"day": days, "month": months, "year": years}[unit] == int(number)
        assert (unit == "year") == (years >= 2)
        female = bool(state.female[row])
        assert noun == (("boy", "girl"), ("man", "woman"))[years >= 18][female]
        assert found[5] == phrases.said()[state.condition[row]].name
        assert conditions[state.condition[row]].code == phrases.said()[state.condition[row]].code
        drug = max(int(state.drug[row]), 0)
        assert found[6].lower().startswith(drugs["generic"][drug].lower())
        assert f" {drugs['strength'][drug]} " in found[6]
        for group, name in ((7, "systolic"), (8, "diastolic"), (9, "pulse"), (12, "oxygen")):
            assert int(found[group]) == (int(state.vital(name)[row]) + 5000) // 10_000
        assert round(float(found[10]) * 10) == (int(state.vital("temperature")[row]) + 500) // 1000
        assert found[11] == (
            "febrile" if state.vital("temperature")[row] >= 380_000 else "afebrile"
        )
        if lab[row] >= 0:
            test = tuple(known.labs.values())[lab[row]]
            shown = round(float(found[14]) * 10_000)
            assert abs(shown - int(value[row])) <= 10_000 // 10**test.decimals // 2 + 1
        day = np.datetime64(int(state.start[row]), "us").astype("datetime64[D]")
        assert f"{found[19]}-{found[17]}-{found[18]}" == str(day)
        assert (found[22], found[23]) == (("He", "his"), ("She", "her"))[female]
    assert at == n


def _fill(body: str, state: object) -> Sequence[str]:
    kind = grammar.Kind(
        "one", "One", (grammar.Layout("plain", "full", 1, (("", "says"),), ""),), True
    )
    pool = pool_of([Body("one", "says", "full", "*", "*", "", body)])
    made = fill.write("one", state, _SEED, from_book=book.bind(kind, pool))  # type: ignore[arg-type]
    texts: list[str] = made.to_pylist()
    return texts


def test_a_flag_is_that_of_the_range_of_sex_and_age() -> None:
    state = story(4000)
    texts = _fill("{lab} {value} {flag}", state)
    labs = tuple(load().labs.values())
    which, value = state.lab(0)
    checked = 0
    for row, text in enumerate(texts):
        if which[row] < 0:
            continue
        lab = labs[which[row]]
        years = int(state.age_days[row]) * 400 // 146_097
        sex = "F" if state.female[row] else "M"
        fits = (r for r in lab.ranges if r.sex in ("", sex) and r.ages[0] <= years <= r.ages[1])
        limit = next(fits, lab.adult)
        step = 10_000 // 10**lab.decimals
        shown = (int(value[row]) + step // 2) // step * step
        flag = "low" if shown < limit.low else "high" if shown > limit.high else "normal"
        assert text.endswith(flag), text
        checked += 1
    assert checked > 1000


@pytest.mark.parametrize(
    ("style", "shape"),
    [
        ("mdy", r"\d\d/\d\d/\d{4}"),
        ("iso", r"\d{4}-\d\d-\d\d"),
        ("dmy", r"\d\d\.\d\d\.\d{4}"),
        ("long", r"[A-Z][a-z]+ \d{1,2}, \d{4}"),
    ],
)
def test_dates_are_in_the_style_asked_for(style: str, shape: str) -> None:
    facts = Facts(story(50), _SEED, style)
    texts, codes = slots.column(facts, "date")
    for text in pc.take(texts, pa.array(codes)).to_pylist():
        assert re.fullmatch(shape, text)


@pytest.mark.parametrize(
    ("days", "text"),
    [(0, "a 0-day-old boy"), (8, "an 8-day-old boy"), (45, "a 1-month-old boy"),
     (240, "a 7-month-old boy"), (350, "an 11-month-old boy"), (600, "a 19-month-old boy"),
     (731, "a 2-year-old boy"), (8 * 366, "an 8-year-old boy"), (18 * 366, "an 18-year-old man"),
     (80 * 366, "an 80-year-old man"), (101 * 366, "a 101-year-old man")],
)  # fmt: skip
def test_an_age_is_written_as_clinicians_do(days: int, text: str) -> None:
    state = replace(story(1), age_days=np.array([days]), female=np.array([False]))
    texts, codes = slots.column(Facts(state, _SEED), "a_who")
    assert texts[int(codes[0])].as_py() == text


def test_numbers_keep_their_places() -> None:
    value = np.array([12_345, 100_000, 1_050, 0, 99_999], np.int64)
    places = np.array([2, 0, 1, 3, 1], np.int64)
    assert measures.plain_numbers(value, places).to_pylist() == [
        "1.23",
        "10",
        "0.1",
        "0.000",
        "10.0",
    ]


def test_the_texts_of_an_episode_tell_the_same_symptoms() -> None:
    state = replace(story(200), ordinal=np.zeros(200, np.int64))
    later = replace(state, ordinal=np.ones(200, np.int64))
    assert _fill("{symptoms} {reporter} {lasting}", state) == _fill(
        "{symptoms} {reporter} {lasting}", later
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (Body("one", "says", "full", "*", "*", "", "See {colour}."), "unknown slot {colour}"),
        (Body("one", "says", "full", "*", "teen", "", "Seen."), "unknown age band 'teen'"),
        (Body("one", "says", "full", "Q00", "*", "", "Seen."), "'Q00' is no condition"),
        (Body("one", "asks", "full", "*", "*", "", "Seen."), "no full says"),
    ],
)
def test_a_pool_that_cannot_be_filled_is_refused(body: Body, message: str) -> None:
    kind = grammar.Kind(
        "one", "One", (grammar.Layout("plain", "full", 1, (("", "says"),), ""),), True
    )
    with pytest.raises(PoolError, match=re.escape(message)):
        book.bind(kind, pool_of([body]))


def test_bodies_of_a_condition_are_said_of_it_alone() -> None:
    kind = grammar.Kind(
        "one", "One", (grammar.Layout("plain", "full", 1, (("", "says"),), ""),), True
    )
    pool = pool_of(
        [
            Body("one", "says", "full", "*", "*", "", "Seen."),
            Body("one", "says", "full", "sepsis", "*", "", "Septic."),
            Body("one", "says", "full", "I10", "elder", "", "Old and hypertensive."),
        ]
    )
    state = story(20_000)
    texts = fill.write("one", state, _SEED, from_book=book.bind(kind, pool)).to_pylist()
    known = tuple(load().conditions.values())
    said = set()
    for text, number, days in zip(texts, state.condition, state.age_days, strict=True):
        condition = known[number]
        elder = days * 400 // 146_097 >= 65
        wanted = "Seen."
        if condition.group == "sepsis":
            wanted = "Septic."
        elif condition.code == "I10" and elder:
            wanted = "Old and hypertensive."
        assert text == wanted
        said.add(text)
    assert len(said) == 3


def test_an_instruction_is_true_of_its_drug() -> None:
    """Amount, route and frequency are the order's; a small child is given what others take."""
    columns = entries("drugs").columns
    of = [columns[c] for c in ("form", "route", "frequency")]
    often = dict(zip(*(entries("frequencies").columns[c] for c in ("code", "name")), strict=True))
    n = len(of[0])
    for years in (3, 40):
        state = replace(story(n), drug=np.arange(n), age_days=np.full(n, years * 366, np.int64))
        for text, form, route, frequency in zip(_fill("{sig}", state), *of, strict=True):
            assert text.endswith(often[frequency].lower())
            assert ("by mouth" in text) == (route == "PO")
            assert (" 1 tablet " in text) == form.endswith("tablet")
            assert not re.search(r"inhale .* by inhalation|spray 1 spray|give .* on the skin", text)
            if route == "PO":
                assert text.startswith("give " if years < 12 else "take ")


def test_single_doses_and_what_staff_gives_are_tags() -> None:
    columns = entries("drugs").columns
    n = len(columns["form"])
    found = tags.of_row(replace(story(n), drug=np.arange(n)))
    for row, route, frequency in zip(found, columns["route"], columns["frequency"], strict=True):
        assert bool(row & tags.bit("once")) == (frequency == "ONCE")
        assert bool(row & tags.bit("drug")) == (frequency != "ONCE")
        assert row & tags.bit("given") or route != "IV"
        assert not row & tags.bit("given") or route not in ("PO", "TOP", "INH", "OPH")
    none = tags.of_row(replace(story(4), drug=np.full(4, -1)))
    assert not (none & (tags.bit("drug") | tags.bit("once") | tags.bit("given"))).any()


def test_widths_of_slots_are_as_measured() -> None:
    facts = Facts(story(4000), _SEED)
    for name in sorted(slots.names() - {"history", "history_terse"}):
        texts, at = slots.column(facts, name)
        mean = pc.mean(pc.utf8_length(pc.take(texts, pa.array(at)))).as_py()
        assert abs(slots.width(name) - mean) <= max(mean / 3, 6), name


def test_tags_are_read_and_refused() -> None:
    assert tags.masks("drug !infant") == (tags.bit("drug"), tags.bit("infant"))
    with pytest.raises(Exception, match="'sunny' is no tag"):
        tags.masks("sunny")


def test_a_million_notes_take_seconds() -> None:
    """Measured: 3.2 s a million of 540 characters on one core; the bound leaves room."""
    state = story(1 << 16)
    parts = [state.take(slice(low, low + fill.CHUNK)) for low in range(0, 1 << 16, fill.CHUNK)]
    fill.write("progress_note", parts[0], _SEED)
    begun = time.process_time()
    for part in parts:
        fill.write("progress_note", part, _SEED)
    assert (time.process_time() - begun) / (1 << 16) * 1e6 < 15
