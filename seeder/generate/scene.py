"""The clinical state of a call's rows, as texts need it, out of the story of their patients."""

from __future__ import annotations

from functools import cache

import numpy as np

from seeder.clinical.episodes import TURN
from seeder.clinical.measures import Patient
from seeder.clinical.population import DAY
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
    patient = Patient(people, story.chronic, episodes, story.person, when)
    first = np.zeros(call.n, np.int64)

    @cache
    def lab(number: int) -> tuple[Ints, Ints]:
        """Results of the visit's first order."""
        measures = story.clinic.measures
        test = measures.test(patient, first, first + number, story.draw)
        return test, measures.lab_value(patient, test, first, story.draw)

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
        vital=cache(story.vital),
        lab=lab,
        chart=story.patient,
        place=call.rows,
    )


def _drug(story: Story) -> Ints:
    """The drug that the main condition is given, as the story gives it to the row that lists it."""
    condition, age = story.episodes.condition, story.people.age(story.when)
    known = np.maximum(condition, 0)
    of = np.where(story.clinic.rates.chronic[known], story.person * TURN, story.episodes.number)
    drug = story.clinic.treatment.drug(condition, age, story.draw("drug", of * _TURN + known, 0))
    drug = story.arm(drug, np.ones(len(drug), np.bool_))
    there = np.maximum(drug, 0)
    first, count = (table[there, np.minimum(age, _OLDEST)] for table in strengths())
    word = story.draw("strength", story.person * _TURN + there, 0)
    return np.where(drug >= 0, first + below(word, count), -1)
