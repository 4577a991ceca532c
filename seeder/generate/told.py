"""Which entry of a code table a row's story tells of: one function for each table that it knows.

A column that holds a code, a name or a unit asks ``entry(call, system, group)`` and gets None where
the row has no story, or the story says nothing of that table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from seeder.clinical.episodes import EMERGENCY, INPATIENT, OUTPATIENT
from seeder.clinical.measures import flags
from seeder.generate import charting
from seeder.generate.data import entries
from seeder.generate.registry import Call
from seeder.generate.story import Story
from seeder.generate.stream import Ints, Words, below, chance


def entry(call: Call, system: str, group: str) -> Ints | None:
    """The entry of each row in the table ``system``, or None."""
    story: Story | None = getattr(call, "story", None)
    if story is None or system not in TOLD:
        return None
    if group and system not in _GROUPED:
        return None  # of somebody else than the row's patient
    return TOLD[system](story, group)


def entry_of(story: Story, system: str, group: str) -> Ints:
    """The entry of each row of a story, in a table that it knows."""
    return TOLD[system](story, group)


def choice(call: Call, of: str, values: tuple[str, ...]) -> Ints | None:
    """Which of a column's allowed values the row's story tells of, -1 where none fits; None without
    a story. ``of``: a table that ``entry`` knows, 'state' of a visit, 'flag' of a result, 'rank' of
    a diagnosis."""
    story: Story | None = getattr(call, "story", None)
    if story is None:
        return None
    if of == "state":
        return _chosen(_states(call, story), meant("state", values), call)
    if of == "flag":
        value, low, high = story.result
        flag = flags(value, low, high, *story.clinic.measures.critical(story.test))
        return _chosen(flag, meant("flag", values), call)
    if of == "rank":
        return _chosen((story.listed > 0).astype(np.int64), meant("rank", values), call)
    if of in _URGENCY:
        return _chosen(_urgency(call.words(3), story, of), meant(of, values), call)
    if of == "note":
        return charting.note_type(call, story, values)
    told = entry(call, of, "")
    if told is None:
        return None
    named = {code: places for code, places in _named(of, values).items() if places}
    table = entries(of).columns["code"]
    return _chosen(told, tuple(named.get(code, ()) for code in table), call)


def _chosen(entry: Ints, places: tuple[tuple[int, ...], ...], call: Call) -> Ints:
    """A value's place for each entry, any of those that mean it; -1 for none."""
    most = max((len(p) for p in places), default=0)
    table = np.full((len(places), max(most, 1)), -1, np.int64)
    for number, mine in enumerate(places):
        table[number, : len(mine)] = mine
    count = np.asarray([max(len(p), 1) for p in places], np.int64)
    return table[entry, below(call.words(1), count[entry])]


def _plain(text: str) -> str:
    return " ".join(re.split(r"[^a-z0-9]+", text.lower())).strip()


@lru_cache(maxsize=64)
def _named(of: str, values: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """The places of the values that each code means, by the words for it, the first that fit."""
    table = entries("synonyms").columns
    spoken = [_plain(v) for v in values]
    known = entries(of).columns if of in TOLD else {"code": (), "name": ()}
    found: dict[str, tuple[int, ...]] = {}
    words: dict[str, list[str]] = {
        code: [_plain(code), _plain(name)]
        for code, name in zip(known["code"], known["name"], strict=True)
    }
    for system, code, more in zip(table["system"], table["code"], table["words"], strict=True):
        if system == of:
            words.setdefault(code, []).extend(_plain(w) for w in more.split("|"))
    for code, mine in words.items():
        for word in mine:
            places = tuple(n for n, v in enumerate(spoken) if v == word)
            if places:
                found[code] = places
                break
    return found


def meant(of: str, values: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    """The places of the values by each code of a list of synonyms, in its order."""
    named = _named(of, values)
    codes = [
        c
        for s, c in zip(*(entries("synonyms").columns[k] for k in ("system", "code")), strict=True)
        if s == of
    ]
    return tuple(named.get(code, ()) for code in codes)


def understood(of: str, values: tuple[str, ...]) -> bool:
    """Whether the values of a column say what a story can tell: most of them have a meaning."""
    if of == "note":
        return charting.understood(values)
    if of not in TOLD and of not in ("state", "flag", "rank", *_URGENCY):
        return False
    return 2 * len({p for places in _named(of, values).values() for p in places}) >= len(values)


# Lists of words of state that a story decides, and what they tell.
WORDED = {
    "encounter": "state", "appointment": "state", "diagnosis_type": "rank",
    "priority": "priority", "acuity": "acuity", "note_type": "note",
}  # fmt: skip
# How urgent it is, by setting: of 100 the first of each list of synonyms, the second, ... An
# estimate.
_URGENCY = {
    "priority": ((92, 6, 2), (20, 45, 35), (60, 25, 15), (96, 4, 0)),
    "acuity": ((0, 1, 9, 40, 50), (2, 20, 44, 28, 6), (6, 34, 45, 13, 2), (0, 0, 5, 35, 60)),
}
_DAY = 86_400_000_000
_OFF = 0.015  # visits that have rows of their own were rarely called off
_MISSED = 0.14  # of appointments: cancelled or not kept


def _states(call: Call, story: Story) -> Ints:
    """done, open, ahead or off, as the row's time lies to the reference date."""
    start, end = call.span
    state = np.where(end > call.reference - _DAY // 2, 1, 0)
    state = np.where(start > call.reference, 2, state)
    off = _MISSED if story.ahead else _OFF
    return np.where((state != 1) & chance(call.words(2), off), 3, state)


def _urgency(word: Words, story: Story, of: str) -> Ints:
    """How urgent the row is: much by ambulance, little in a clinic."""
    ends = np.cumsum(np.asarray(_URGENCY[of], np.int64), axis=1)[story.episodes.setting]
    drawn: Ints = (below(word, 100)[:, None] >= ends).sum(axis=1)
    return drawn


def _places(system: str, *codes: str) -> Ints:
    known = entries(system).columns["code"]
    return np.asarray([known.index(code) for code in codes], np.int64)


def _word(story: Story, purpose: str) -> Words:
    return story.draw(purpose, story.episodes.number, 0)


def _disposition(story: Story, group: str) -> Ints:
    """Where patients go: home from a clinic, by weight from a ward, and nowhere when they died:
    that is of the last part of the visit, from those before it they went on."""
    table = entries("dispositions")
    home, expired, on = _places("dispositions", "HOME", "EXP", "TRF")
    stay = story.episodes.setting == INPATIENT
    drawn = table.draw(_word(story, "disposition"))
    drawn = np.where((drawn == expired) | ~stay | story.episodes.birth, home, drawn)
    return np.where(story.episodes.death, np.where(story.last, expired, on), drawn)


def _by_setting(story: Story, system: str, choices: dict[int, tuple[str, ...]], born: str) -> Ints:
    """An entry by setting: the codes of a setting alike, the first one also for other settings."""
    word = _word(story, system)
    found = np.zeros(len(word), np.int64)
    for setting, codes in choices.items():
        drawn = _places(system, *codes)[below(word, len(codes))]
        found = np.where(story.episodes.setting == setting, drawn, found)
    return np.where(story.episodes.birth, _places(system, born)[0], found)


def _admission(story: Story, group: str) -> Ints:
    choices = {
        OUTPATIENT: ("EL",),
        EMERGENCY: ("EM", "EM", "EM", "UR"),
        INPATIENT: ("EM", "EM", "EM", "UR", "EL", "EL"),
        3: ("EL",),
    }
    return _by_setting(story, "admission_types", choices, "NB")


def _source(story: Story, group: str) -> Ints:
    choices = {
        OUTPATIENT: ("PHY", "CLN"),
        EMERGENCY: ("OTH",),
        INPATIENT: ("EMD", "EMD", "EMD", "EMD", "PHY", "CLN", "HOSP", "SNF"),
        3: ("PHY",),
    }
    return _by_setting(story, "admission_sources", choices, "BORN")


_PRIORITIES = ("R", "U", "S")


def _priority(story: Story, group: str) -> Ints:
    """routine, urgent, stat, of the row's own."""
    word = story.draw("priority", story.episodes.number * 64 + story.listed % 64, 0)
    return _places("priorities", *_PRIORITIES)[_urgency(word, story, "priority")]


def _marital(story: Story, group: str) -> Ints:
    return _places("marital", "S", "M", "L", "D", "W")[story.marital]


def _race(story: Story, group: str) -> Ints:
    races = story.clinic.knowledge.population.races
    return np.asarray(_places("races", *(r.code for r in races))[story.people.race], np.int64)


def _ethnicity(story: Story, group: str) -> Ints:
    neither, hispanic = _places("ethnicities", "2186-5", "2135-2")
    return np.asarray(np.where(story.people.hispanic, hispanic, neither), np.int64)


def _language(story: Story, group: str) -> Ints:
    known = entries("languages").columns["code"]
    spoken = story.clinic.demography.languages
    places = [known.index(code) if code in known else 0 for code in spoken]
    return np.asarray(places, np.int64)[story.people.language]


# Payers by the kinds of insurance of the population's file; commercial ones share the others.
_PUBLIC = {"medicare": "MCR", "medicaid": "MCD", "military": "VET", "self_pay": "SLF"}


def _payer(story: Story, group: str) -> Ints:
    table = entries("payers")
    kinds = [name for name, _ in story.clinic.knowledge.population.insurance[0].figures]
    public = {*_PUBLIC.values(), "WCF", "AUT", "STU"}
    commercial = [n for n, c in enumerate(table.columns["code"]) if c not in public]
    weights = np.cumsum([int(table.columns["weight"][n]) for n in commercial])
    word = story.draw("payer", story.person, 0)
    spot = np.searchsorted(weights, below(word, int(weights[-1])), "right")
    found = np.asarray(commercial, np.int64)[spot]
    for number, kind in enumerate(kinds):
        if kind in _PUBLIC:
            code = _places("payers", _PUBLIC[kind])[0]
            found = np.where(story.insurance == number, code, found)
    return found


def _route(story: Story, group: str) -> Ints:
    """How what the row tells of is given: a vaccine, else a drug."""
    if story.of_vaccines:
        given = _places("routes", *(v.route for v in story.clinic.knowledge.vaccines.values()))
        return np.asarray(given[story.vaccine], np.int64)
    given = _places("routes", *entries("drugs").columns["route"])
    return np.asarray(given[story.dose], np.int64)


TOLD: dict[str, Callable[[Story, str], Ints]] = {
    "icd10cm": lambda story, group: story.diagnosis(group),
    "icd10pcs": lambda story, group: story.procedure,
    "drugs": lambda story, group: story.dose,
    "labs": lambda story, group: story.test,
    "vitals": lambda story, group: story.sign,
    "observations": lambda story, group: story.observed,
    "vaccines": lambda story, group: story.vaccine,
    "allergens": lambda story, group: story.allergen,
    "encounters": lambda story, group: story.placed,
    "specialties": lambda story, group: story.seen_by,
    "routes": _route,
    "dispositions": _disposition,
    "admission_types": _admission,
    "admission_sources": _source,
    "marital": _marital,
    "priorities": _priority,
    "races": _race,
    "ethnicities": _ethnicity,
    "languages": _language,
    "payers": _payer,
}
_GROUPED = frozenset(("icd10cm", "icd10pcs", "drugs", "labs", "vitals", "observations"))
