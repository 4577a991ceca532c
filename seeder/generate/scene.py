"""The clinical state of a call's rows, as texts need it, out of the story of their patients."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from seeder.clinical.measures import Patient
from seeder.clinical.population import DAY
from seeder.generate import beside
from seeder.generate.data.known import strengths
from seeder.generate.registry import Call
from seeder.generate.story import Story
from seeder.generate.stream import Ints, below
from seeder.text.state import State

_OLDEST = 120
_TURN = 512  # as the story numbers a patient's drugs


def scene(call: Call, *, own_drug: bool = False) -> State | None:
    """What is true of the rows; None where no patient stands behind them.

    The drug is that of the visit's main condition, or, with ``own_drug``, the row's own.
    """
    story: Story | None = getattr(call, "story", None)
    if story is None:
        return None
    name = "scene of the drug" if own_drug else "scene"
    found: State = call.once(name, lambda: _scene(call, story, own_drug))
    return found


def _scene(call: Call, story: Story, own_drug: bool) -> State:
    people, episodes, when = story.people, story.episodes, story.when
    main = episodes.condition
    others = story.chronic.listed
    return State(
        condition=main,
        comorbid=np.where(others == main[:, None], -1, others),
        female=people.female,
        age_days=np.maximum(when // DAY - people.born // DAY, 0),
        setting=episodes.setting,
        start=when,
        end=story.until,
        key=episodes.number,
        ordinal=call.rows,
        drug=np.where(story.drug >= 0, story.dose, -1) if own_drug else _drug(story),
        vital=cache(_vital(story)),
        lab=cache(_lab(story)),
        chart=story.patient,
        place=call.rows,
        names=cache(story.colleagues),
        moment=call.span[0] if story.beside is not None else None,
    )


def _patient(story: Story) -> Patient:
    return Patient(story.people, story.chronic, story.episodes, story.person, story.when)


def _vital(story: Story) -> Callable[[str], Ints]:
    """Vital signs of the row: its own, or those of a row beside it."""
    at = story.beside
    occasion = None if at is None or story.of_signs else beside.signs(at)
    if occasion is None:
        return story.vital
    measures, patient = story.clinic.measures, _patient(story)
    return lambda name: measures.vital(patient, name, occasion, story.draw)


def _lab(story: Story) -> Callable[[int], tuple[Ints, Ints]]:
    """Results of the row: its own one, or those of rows beside it, or else of the first order that
    the visit would have."""
    measures, patient, zero = story.clinic.measures, _patient(story), np.zeros_like(story.person)
    if story.of_results:
        return lambda number: (story.test, story.result[0])
    found = beside.results(story.beside) if story.beside is not None else None
    event, place, left = found or (zero, zero, zero + 2)

    def lab(number: int) -> tuple[Ints, Ints]:
        test = measures.test(patient, event, place + number, story.draw)
        value = measures.lab_value(patient, test, event, story.draw)
        return np.where(number < left, test, -1), value

    return lab


def _drug(story: Story) -> Ints:
    """The drug that the main condition is given, as the story gives it to the row that lists it;
    none where no row does."""
    age = story.people.age(story.when)
    drug = story.given(np.arange(len(age)), story.episodes.condition)
    drug = story.arm(drug, np.ones(len(drug), np.bool_))
    there = np.maximum(drug, 0)
    first, count = (table[there, np.minimum(age, _OLDEST)] for table in strengths())
    word = story.draw("strength", story.person * _TURN + there, 0)
    ordered = beside.treated(story.beside) if story.beside is not None else None
    return np.where((drug >= 0) & (ordered is None or ordered), first + below(word, count), -1)
