"""What the model is trained on: texts with their controls, of the grammar and of open notes."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from seeder.clinical.knowledge import load
from seeder.errors import SeederError
from seeder.text import grammar, phrases
from seeder.text.pool import SLOT
from seeder.writer import lexicon, safe

ANY, OTHER = "*", "other"
# Who writes: the grammar, a section dictated, a note of a visit, an examiner, a triage nurse.
TONES = ("made", "section", "visit", "vignette", "triage")


class Unit(NamedTuple):
    """A text with its controls; ``condition`` is a group, '*', or 'other': not to be asked for."""

    kind: str
    section: str
    condition: str
    band: str
    style: str
    tone: str
    text: str


def asked_in_words(unit: Unit) -> str:
    """What a model without control tokens is asked a unit's text with."""
    about = "any" if unit.condition == ANY else unit.condition
    return f"{unit.tone} {unit.section} {about.replace('_', ' ')} {unit.band}:"


class Note(NamedTuple):
    """An open note's section: its document, its name, its text, its tone, and whether it is held
    out."""

    document: str
    section: str
    text: str
    tone: str
    held: bool


# Sections of the grammar, and the names of the sections of open notes that they are like.
SECTIONS: Mapping[str, str] = {
    "course": "genhx|hpi|history of present illness|subjective|edcourse|case_vignette"
    "|other_history",
    "background": "pastmedicalhx|past medical history|medical history|past history|pastsurgical",
    "social": "fam/sochx|social history|family history",
    "exam": "exam|physical exam|physical examination",
    "impression": "assessment|impression|assessment and plan|diagnosis",
    "plan": "plan|instructions",
    "followup": "disposition",
    "results": "results|labs|imaging|laboratory test",
    "medicines": "medications|current medications",
    "denials": "ros|review of systems",
    "complaint": "cc|chief complaint|triage_chief_complaint",
}
_HEADING = re.compile(r"^([A-Z][A-Za-z /]{2,40}):?$|^([A-Z /]{3,40}):?\s*$", re.M)


@cache
def _section(name: str) -> str:
    return next((s for s, names in SECTIONS.items() if name in names.split("|")), "")


def notes(folder: Path) -> Iterator[Note]:
    """The sections of the open notes of a folder: ``*.jsonl`` of ``text``, ``kind``, ``meta``.

    Documents whose split is a test are held out: no training sees them.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise SeederError(f"{folder}: no *.jsonl with open notes", "name the folder with --notes")
    for file in files:
        vignettes = "vignette" in file.stem
        for number, line in enumerate(file.read_text("utf-8").splitlines()):
            try:
                found = json.loads(line)
                kind, text = str(found.get("kind", "")), str(found["text"])
            except (ValueError, KeyError, AttributeError) as error:
                raise SeederError(f"{file}:{number + 1}: not an open note: {error}") from None
            split = str((found.get("meta") or {}).get("split") or "")
            held = "test" in split and not vignettes
            yield from _parts(f"{file.stem} {number}", kind, text, held)


def _tone(kind: str) -> str:
    named = ("section", "vignette", "triage")
    return next((tone for tone in named if tone in kind), "visit")


def _parts(document: str, kind: str, text: str, held: bool) -> Iterator[Note]:
    tone = _tone(kind)
    if kind != "visit_note":
        yield Note(document, kind.removeprefix("section:").lower(), text, tone, held)
        return
    parts = _HEADING.split(text)
    for place in range(1, len(parts) - 2, 3):
        heading = (parts[place] or parts[place + 1] or "").strip().lower()
        if parts[place + 2].strip():
            yield Note(document, heading, parts[place + 2].strip(), tone, held)


_BAND = re.compile(r"(\d+|newborn|infant)[\s-](year|month|week|day|boy|girl)", re.I)


def band_of(text: str) -> str:
    """The age band that a note tells of itself, 'adult' where it does not."""
    found = _BAND.search(text)
    if found is None:
        return "adult"
    if found[2].lower() != "year" or not found[1].isdigit():
        return "infant"
    years = int(found[1])
    return "infant" if years < 1 else "child" if years < 18 else "elder" if years >= 65 else "adult"


@cache
def kinds_of(section: str) -> tuple[str, ...]:
    """The kinds of text that have a section."""
    return tuple(
        dict.fromkeys(b.kind for b in grammar.load().pool.bodies() if b.section == section)
    )


def of_note(note: Note) -> Iterator[Unit]:
    """The units of an open note: neighbouring sentences that suit the same conditions."""
    section = _section(note.section) or "course"
    terse = note.section == "gp_consultation_note"
    band = band_of(note.text)
    run: list[str] = []
    last: tuple[str, str] = ("", "")
    for place, text in enumerate(safe.sentences(note.text)):
        here = _place(section, text, place, note.section)
        kind = kinds_of(here)[0]
        said = re.sub(r"\d+", "#", text)
        suits = lexicon.of(text, kind, here) if said == text else ()
        label = suits[len(text) % len(suits)] if suits else OTHER
        most = 3 if label != OTHER else 4
        if (here, label) != last or len(run) >= most or here in ("opening", "denials"):
            yield from _unit(run, last, band, terse, note.tone)
            run = []
        run.append(said)
        last = (here, label)
    yield from _unit(run, last, band, terse, note.tone)


def split(folder: Path) -> tuple[list[Unit], list[Unit]]:
    """The units of the open notes of a folder: those that may be learnt, and those held out."""
    given = list(notes(folder))
    real = [u for n in given if not n.held for u in of_note(n)]
    return real, [u for n in given if n.held for u in of_note(n)]


def _place(section: str, text: str, place: int, name: str) -> str:
    """The section of a sentence."""
    low = text.lower()
    if section in ("course", "denials") and "{denied}" in low:
        return "denials"
    if section == "course":
        if place == 0 and name != "edcourse":
            return "opening"
        if "{bp}" in low or "{pulse}" in low:
            return "vitals"
        if "examination" in low or "{findings}" in low:
            return "exam"
        if "{history}" in low:
            return "background"
        if "{medicine}" in low or "{drug}" in low:
            return "medicines"
    if section == "plan" and re.search(r"\b(?:follow|return|call|recheck)\b", low):
        return "followup"
    if section == "impression" and re.search(r"\b(?:will|recommend|continue|advised?)\b", low):
        return "plan"
    return section


def _unit(
    run: list[str], last: tuple[str, str], band: str, terse: bool, tone: str
) -> Iterator[Unit]:
    if run:
        kind, style = kinds_of(last[0])[0], "terse" if terse else "full"
        yield Unit(kind, last[0], last[1], band, style, tone, " ".join(run))


# The grammar -------------------------------------------------------------------------------------

_TOLD = "symptoms symptom findings finding symptoms_terse findings_terse symptom_terse".split()


@cache
def _of_group() -> Mapping[str, tuple[int, ...]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, condition in enumerate(load().conditions.values()):
        found[condition.group].append(place)
    return {g: tuple(p) for g, p in found.items()}


def told(text: str, group: str, rng: random.Random) -> str:
    """The text with its symptoms and findings told in words: those of a condition of the group."""
    condition = rng.choice(_of_group()[group])

    def words(match: re.Match[str]) -> str:
        name = match[1][:1].lower() + match[1][1:]
        if name not in _TOLD:
            return match[0]
        table = phrases.table(name)
        first, count = int(table.first[condition]), int(table.count[condition])
        found = str(table.values[first + rng.randrange(count)])
        return found[:1].upper() + found[1:] if match[1] != name else found

    return SLOT.sub(words, text)


def _band_of(when: str, band: str) -> str:
    if band != "*":
        return band
    tags = when.split()
    return next((t for t in ("infant", "child", "elder") if t in tags), "adult")


def of_grammar(seed: int, share: float = 0.4) -> Iterator[Unit]:
    """One unit of every body of the grammar; a share of them tells a group's symptoms in words."""
    rng = random.Random(seed)  # noqa: S311 - training, no value path
    all_groups = sorted(_of_group())
    for body in grammar.load().pool.bodies():
        band = _band_of(body.when, body.band)
        text, condition = body.body, ANY
        if rng.random() < share and any(s.lower() in _TOLD for s in SLOT.findall(text)):
            condition = rng.choice(all_groups)
            text = told(text, condition, rng)
        yield Unit(body.kind, body.section, condition, band, body.style, "made", text)


def varied(units: Iterable[Unit], seed: int) -> Iterator[Unit]:
    """Real units for one more epoch: of another kind that has the section, some of them terse, some
    with the words of a group in place of its slots. Vignettes come every second time: they are
    most of the text, and no notes."""
    rng = random.Random(seed)  # noqa: S311 - training, no value path
    all_groups = sorted(_of_group())
    for place, unit in enumerate(units):
        if unit.tone == "vignette" and (place + seed) % 2:
            continue
        one = unit._replace(kind=rng.choice(kinds_of(unit.section)))
        told_here = any(s.lower() in _TOLD for s in SLOT.findall(one.text))
        if one.condition == ANY and told_here and rng.random() < 0.3:
            group = rng.choice(all_groups)
            one = one._replace(condition=group, text=told(one.text, group, rng))
        if one.style == "full" and rng.random() < 0.2:
            one = one._replace(style="terse", text=safe.terse(one.text))
        yield one
