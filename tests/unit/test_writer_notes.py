"""Open notes made slot-safe, and the judge of what a model writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from seeder.errors import SeederError
from seeder.text import checks, pool
from seeder.writer import couples, guide, judge, lexicon, pairs, safe, sense, truth, units
from seeder.writer.units import Unit

NOTE = (
    "Ms. Jane Doe is a 62-year-old white female who presents with a 3-day history of chest pain "
    "and shortness of breath. She denies nausea, vomiting or fever. Her blood pressure was 142/88 "
    "mm Hg and her pulse is 92/min. She takes metformin 500 mg twice a day. Dr. Smith saw her 2 "
    "weeks ago. She has a history of hypertension and asthma. He hurt himself with 2 hammers."
)


def test_facts_of_a_note_become_slots() -> None:
    assert list(safe.sentences(NOTE)) == [
        "The patient is {an_age} {sex} who presents with {lasting} of {symptoms}.",
        "{Pronoun} denies {denied}.",
        "{Possessive} blood pressure was {bp} mmHg and {possessive} pulse is {pulse}.",
        "{Pronoun} takes {medicine} {how}.",
        "{Provider} saw {object} {lasting} ago.",
        "{Pronoun} has a history of {history}.",
        "{Pronoun} hurt {object}self with two hammers.",
    ]


def test_a_terse_sentence_says_the_same_in_abbreviations() -> None:
    text = "The patient has a history of {history} and complains of {symptoms} without treatment."
    assert safe.terse(text) == "Hx of {history_terse} and c/o {symptoms_terse} w/o tx."


@pytest.mark.parametrize(
    ("text", "suits"),
    [
        ("{Pronoun} has been feeling better since then.", ("*",)),
        ("The spleen was removed.", ()),
        ("{Pronoun} sails yachts.", ()),
    ],
)
def test_a_sentence_suits_all_conditions_or_none(text: str, suits: tuple[str, ...]) -> None:
    assert lexicon.of(text, "present_illness", "course") == suits


def test_a_sentence_with_a_groups_own_words_suits_that_group_unless_it_denies_them() -> None:
    assert "asthma" in lexicon.of("The wheeze is worse.", "present_illness", "course")
    assert lexicon.of("There is no wheeze.", "present_illness", "course") == ()


def test_documents_of_test_splits_are_held_out(tmp_path: Path) -> None:
    lines = [
        {"text": "It hurts.", "kind": "section:genhx", "meta": {"split": "train"}},
        {"text": "It hurts.", "kind": "section:genhx", "meta": {"split": "test1"}},
        {"text": "PLAN\n\nRest.", "kind": "visit_note", "meta": {"split": "clef_test3"}},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert [(n.section, n.held) for n in units.notes(tmp_path)] == [
        ("genhx", False), ("genhx", True), ("plan", True),
    ]  # fmt: skip


def test_notes_that_are_none_are_refused_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(SeederError, match="no \\*.jsonl"):
        list(units.notes(tmp_path))
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n{"kind": 1}')
    with pytest.raises(SeederError, match=r"a\.jsonl:2"):
        list(units.notes(tmp_path))


def test_units_have_a_section_a_band_and_a_condition() -> None:
    found = list(units.of_note(units.Note("d", "genhx", NOTE, "section", False)))
    assert found[0].section == "opening"
    assert found[0].band == "adult"
    assert found[0].tone == "section"
    assert {"denials", "vitals", "medicines"} <= {u.section for u in found}


# The judge ---------------------------------------------------------------------------------------


def _unit(text: str, section: str = "course", condition: str = "*") -> Unit:
    return Unit("present_illness", section, condition, "adult", "full", "real", text)


def test_a_good_text_becomes_a_body_with_the_tags_that_it_needs() -> None:
    found = judge.Judge().body(_unit("{Pronoun} reports that {symptom} is worse at night."), -1.0)
    assert found is not None
    assert found.kind == "*"
    assert set(found.when.split()) == {"!infant", "!child", "!silent"}
    assert checks.problems([found]) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Well.", "length"),
        ("{Pronoun} was given yachts to sail.", "foreign"),
        ("{Pronoun} had the the same again.", "broken"),
        ("{Pronoun} saw Boston again.", "foreign"),
        ("{Pronoun} has {symptom} and {symptom} again.", "broken"),
        ("{Pronoun} was seen for {colour} again.", "slot"),
        ("{Pronoun} was seen again and", "sentence"),
        ("{Pronoun} is told that {value} is good.", "section"),
    ],
)
def test_a_bad_text_is_refused_with_its_reason(text: str, reason: str) -> None:
    one = judge.Judge()
    assert one.body(_unit(text), -1.0) is None
    assert one.reasons[reason] == 1, one.reasons


@pytest.mark.parametrize(
    ("asked", "text", "filed"),
    [
        ("impression", "{Pronoun} denies {denied}.", "denials"),
        ("course", "{A_who} presents today for {symptom}.", "opening"),
        ("exam", "{Pronoun} takes {medicine} {how}.", "medicines"),
        ("opening", "All questions were answered.", "plan"),
        ("results", "{Pronoun} is tired again.", "course"),
        ("course", "{Pronoun} is tired again.", "course"),
    ],
)
def test_a_text_goes_to_the_section_that_it_belongs_to(asked: str, text: str, filed: str) -> None:
    made = judge.Judge().body(_unit(text)._replace(section=asked), -1.0)
    assert made is not None
    assert (made.section, made.body) == (filed, text)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("Seen for right ankle {symptom}.", "Seen for {symptom}."),
        ("{Pronoun} has {symptom} in {possessive} left leg.", "{Pronoun} has {symptom}."),
        (
            "{Pronoun} was diagnosed with an {condition}.",
            "{Pronoun} was diagnosed with {condition}.",
        ),
        ("{Pronoun} has some {symptom}.", "{Pronoun} has {symptom}."),
        ("The {symptom} is worse.", "{Symptom} is worse."),
        ("Here for followup.", "Here for follow-up."),
    ],
)
def test_a_slot_keeps_its_own_place_and_article(text: str, mended: str) -> None:
    assert judge.tidy(text) == mended


def test_a_fluent_model_is_asked_for_what_stands_around_facts_only() -> None:
    known = frozenset(pairs.known(["{Pronoun} reports {symptom} today."]).tolist())
    fluent, strict = judge.Judge(pairs=known, fluent=True), judge.Judge(pairs=known)
    for text, heard in (
        ("{Pronoun} reports {symptom} today.", (True, True)),
        ("{Pronoun} slept well and is going home.", (True, False)),
        ("{Pronoun} slept for {symptom} today.", (False, False)),
    ):
        assert (fluent._prose(text), strict._prose(text)) == heard


def test_what_is_unlikely_copied_or_known_is_refused() -> None:
    text = "{Pronoun} was then told to wait and see how it would go on."
    run = frozenset(checks.runs_of(text.replace("{Pronoun}", "|")))
    for one, score, reason in (
        (judge.Judge(), -9.0, "unlikely"),
        (judge.Judge(runs=run), -1.0, "copied"),
        (judge.Judge(pairs=frozenset({1})), -1.0, "unheard"),
    ):
        assert one.body(_unit(text), score) is None
        assert one.reasons[reason] == 1, one.reasons
    one = judge.Judge()
    assert one.body(_unit(text), -1.0) is not None
    assert one.body(_unit(text), -1.0) is None
    assert one.reasons["near-duplicate"] == 1


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("{Pronoun} takes {medicine} {how}.", {"drug"}),
        ("Background of {history}.", {"comorbid"}),
        ("Brought to the emergency department.", {"emergency"}),
        ("{Pronoun} fell at home.", {"injury"}),
        ("{Pronoun} works at a bank.", {"!infant", "!child"}),
    ],
)
def test_a_text_needs_the_tags_of_what_it_says(text: str, tags: set[str]) -> None:
    assert tags <= set(truth.when(_unit(text)).split())


def test_a_body_has_its_like_in_abbreviations() -> None:
    one = judge.Judge()
    full, short = one.bodies(_unit("{Pronoun} reports a history of chest pain."), -1.0)
    assert (full.style, full.body) == ("full", "{Pronoun} reports a history of {symptom}.")
    assert (short.style, short.body) == ("terse", "Reports hx of {symptom_terse}.")
    assert short.when == full.when
    assert one.reasons == {"taken": 1, "abbreviated": 1}


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("the  pain is worsening {condition} .", "The pain is worsening {diagnosis}."),
        ("{symptom} with severe {symptom}", "{Symptom} with severe {symptom_terse}"),
        ("seen for {condition}.", "Seen for {condition}."),
    ],
)
def test_lists_with_articles_stand_behind_no_adjective(text: str, body: str) -> None:
    assert judge.tidy(text) == body


@pytest.mark.parametrize(
    "text",
    [
        "{Pronoun} has no {symptom}.",
        "{Possessive} mother has {condition}.",
        "{Pronoun} reports {denied}.",
        "{Pronoun} smokes.",
        "{Pronoun} feels well and has {symptom}.",
        "It has gone on for {lasting} since last week.",
        "The left one is worse.",
    ],
)
def test_what_may_contradict_the_row_is_untrue(text: str) -> None:
    assert truth.untrue("course", text)
    assert not truth.untrue("course", "{Pronoun} has had {symptom} for {lasting}.")


@pytest.mark.parametrize(
    "text",
    [
        "{Pronoun} is taking any medications.",
        "The patient presents today with the patient.",
        "{Pronoun} has been taking {drug} {lasting} ago.",
        "In the morning.",
        "The patient states that {pronoun} has been able to find it.",
        "Continue {medicine} {how}, {pronoun} is here today.",
        "It is not better. The patient is in today.",
    ],
)
def test_wordings_that_say_nothing_are_senseless(text: str) -> None:
    assert sense.senseless(text)
    one = judge.Judge()
    assert one.body(_unit(text), -1.0) is None


@pytest.mark.parametrize(
    "text",
    [
        "{Pronoun} takes {medicine} {how}.",
        "The pain is worse in the morning. It does not radiate.",
        "Since then, {pronoun} has felt tired.",
        "In no acute distress.",
        "{Pronoun} was started on {drug} {lasting} ago.",
    ],
)
def test_what_people_say_is_no_nonsense(text: str) -> None:
    assert not sense.senseless(text)


@pytest.mark.parametrize(
    "text",
    [
        "{Pronoun} takes no medications. {Pronoun} is taking {drug}.",
        "{Pronoun} is feeling better. The pain is worse.",
    ],
)
def test_sentences_that_say_the_contrary_of_one_another_are_untrue(text: str) -> None:
    assert truth.untrue("course", text)
    assert not truth.untrue("course", text.split(". ")[1])


def test_the_guide_goes_on_only_as_people_did() -> None:
    class Letters:
        def encode(self, text: str, out_type: type) -> list[str]:
            return ["_", *text]

    said = ["The patient feels better.", "The patient is worse today."]
    one = guide.Guide(Letters(), frozenset(pairs.known(said).tolist()))
    unit = _unit("")

    def ends(text: str) -> set[str]:
        state = one.begin(unit)
        for letter in text:
            moves = one.moves(state)
            assert letter in moves, (text, letter, moves)
            state = one.take(state, letter)
        return set(one.moves(state))

    assert ends("_The_patient") == {"_"}
    assert ends("_The_patient_") == {"f", "i"}
    assert ends("_The_patient_is_worse_today.") == {"</s>"}
    assert ends("_The_patient_feels_better") == {"."}
    state = one.begin(unit, 9)
    assert one.moves(state) == ["_"]


def test_bodies_of_one_sentence_are_put_together_as_the_model_finds_them_to_go_on() -> None:
    times = "today lately often overnight daily weekly briefly again".split()
    told = [f"{{Pronoun}} feels {how} {t}." for how in ("worse", "tired", "sick") for t in times]
    given = [pool.Body("*", "course", "full", "*", "*", "", t) for t in told]

    class Liking:
        """It likes whatever comes behind 'worse', and nothing else."""

        def sums(self, texts: Sequence[Unit]) -> list[tuple[float, int]]:
            liked = [" worse " in t.text.split(". ")[0] and ". " in t.text for t in texts]
            return [(-1.0 if like else -9.0, 5) for like in liked]

    one = judge.Judge()
    found = next(couples.couples(Liking(), one, given, 1))
    assert found
    assert all(" worse " in b.body.split(". ")[0] for b in found)
    assert all(len(judge.sentences(b.body)) == 2 for b in found)
    again = next(couples.couples(Liking(), judge.Judge(), given, 1))
    assert again == found
