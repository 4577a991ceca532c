"""How many children a parent asks for by what it is: long stays have more results than visits,
the ill more visits than the healthy. One byte a parent, made in one pass when a load starts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seeder.clinical.attendance import setting_named
from seeder.clinical.episodes import EMERGENCY, INPATIENT, OUTPATIENT, TELEHEALTH
from seeder.clinical.population import YEAR
from seeder.generate.fanout import More
from seeder.generate.rows import Rows
from seeder.generate.stream import Ints
from seeder.generate.world import World
from seeder.schema import Name

_CHUNK = 1 << 15
# What a visit of each setting asks for, and what a day of a stay adds.
_ASKS = {OUTPATIENT: 4, TELEHEALTH: 2, EMERGENCY: 9, INPATIENT: 14}
_A_DAY = 8
_MOST = 120
# How many diagnoses are noted: of the order of MIMIC-IV's 11 an admission.
_NOTED = {OUTPATIENT: 8, TELEHEALTH: 6, EMERGENCY: 12, INPATIENT: 36}
_NOTED_A_DAY = 2


_USUAL = 48  # the weight of a patient with as many visits as others, of 255


def weights(world: World, parents: Name, by: str, setting: str = "") -> npt.NDArray[np.uint8]:
    """The weight of each row of a table, at least 1; where one is enough 0, 1, or 2. ``setting``:
    of the visits that patients are weighed by."""
    count = world.populations[parents].rows
    found = np.empty(count, np.uint8)
    for start in range(0, count, _CHUNK):
        stop = min(start + _CHUNK, count)
        rows = Rows(world, parents, np.arange(start, stop))
        found[start:stop] = np.clip(_weigh(rows, by, setting), 0, 255)
    return found


def needs(world: World, parents: Name, low: int) -> More | None:
    """The visits that members of cohorts need beyond ``low``."""
    count = world.populations[parents].rows
    found = np.zeros(count, np.int64)
    for start in range(0, count, _CHUNK):
        stop = min(start + _CHUNK, count)
        story = Rows(world, parents, np.arange(start, stop)).story
        if story is None or story.cohorts is None:
            return None
        wanted = np.asarray([*(c.visits for c in story.cohorts.cohorts), 0], np.int64)
        found[start:stop] = np.maximum(wanted[story.member] - low, 0)
    return More.of(np.arange(count), found)


def _weigh(rows: Rows, by: str, setting: str) -> Ints:
    assert rows.story is not None
    if by == "burden":
        return _burden(rows, setting_named(setting))
    if by == "died":
        # Whose last visit says so must be among the dead.
        return rows.story.people.died.astype(np.int64) + rows.story.people.last
    episodes = rows.story.episodes
    if by in ("inpatient", "emergency"):
        wanted = INPATIENT if by == "inpatient" else EMERGENCY
        return np.asarray(episodes.setting == wanted, np.int64)
    table, day = (_NOTED, _NOTED_A_DAY) if by == "listed" else (_ASKS, _A_DAY)
    asks = np.zeros(len(rows), np.int64)
    for place, weight in table.items():
        asks = np.where(episodes.setting == place, weight, asks)
    days = np.where(episodes.setting == INPATIENT, episodes.minutes // 1440, 0)
    return np.asarray(np.minimum(asks + days * day, _MOST), np.int64)


def _burden(rows: Rows, setting: int) -> Ints:
    """Visits of a patient: as many as age and conditions lead to, in the part of the time that the
    database has seen of the life."""
    story = rows.story
    assert story is not None
    start, end = rows.span
    attendance, people = rows.world.clinic.attendance, story.people
    visits = attendance.of(story.chronic, story.cell_at(people, people.died_at), setting)
    seen = (end - start) / rows.world.window
    care = np.where(story.pregnancy.there, attendance.expecting(setting), 0.0)
    visits = visits * seen + care * YEAR / rows.world.window
    weight = visits / attendance.mean(setting) * _USUAL
    return np.asarray(np.maximum(weight, 1).astype(np.int64), np.int64)
