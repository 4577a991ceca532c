"""How many children a parent asks for by what it is: long stays have more results than visits,
the ill more visits than the healthy. One byte a parent, made in one pass when a load starts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from seeder.clinical.episodes import EMERGENCY, INPATIENT, OUTPATIENT, TELEHEALTH
from seeder.generate.fanout import More
from seeder.generate.rows import Rows
from seeder.generate.stream import Ints
from seeder.generate.world import World
from seeder.schema import Name

_CHUNK = 1 << 15
_YEAR = 365 * 86_400_000_000
# What a visit of each setting asks for, and what a day of a stay adds.
_ASKS = {OUTPATIENT: 4, TELEHEALTH: 2, EMERGENCY: 9, INPATIENT: 14}
_A_DAY = 8
_MOST = 120


def weights(world: World, parents: Name, by: str) -> npt.NDArray[np.uint8]:
    """The weight of each row of a table, at least 1; where one is enough 0, 1, or 2."""
    count = world.populations[parents].rows
    found = np.empty(count, np.uint8)
    for start in range(0, count, _CHUNK):
        stop = min(start + _CHUNK, count)
        rows = Rows(world, parents, np.arange(start, stop))
        found[start:stop] = np.clip(_weigh(rows, by), 0, 255)
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


def _weigh(rows: Rows, by: str) -> Ints:
    assert rows.story is not None
    if by == "burden":
        return _burden(rows)
    if by == "died":
        # Whose last visit says so must be among the dead.
        return rows.story.people.died.astype(np.int64) + rows.story.people.last
    episodes = rows.story.episodes
    if by in ("inpatient", "emergency"):
        wanted = INPATIENT if by == "inpatient" else EMERGENCY
        return np.asarray(episodes.setting == wanted, np.int64)
    asks = np.zeros(len(rows), np.int64)
    for setting, weight in _ASKS.items():
        asks = np.where(episodes.setting == setting, weight, asks)
    days = np.where(episodes.setting == INPATIENT, episodes.minutes // 1440, 0)
    return np.asarray(np.minimum(asks + days * _A_DAY, _MOST), np.int64)


def _burden(rows: Rows) -> Ints:
    """Visits of a patient: more with every chronic condition, and in the first and last years; as
    many as the years that the database has seen of the life."""
    story = rows.story
    assert story is not None
    start, end = rows.span
    age = story.people.age(story.people.died_at)
    asks = 8 + 5 * np.minimum(story.chronic.count, 12) + np.where(age < 3, 14, 0)
    asks = asks + np.where(age > 70, 8, 0)
    seen = np.clip((end - start) * 20 // (5 * _YEAR), 2, 20)
    return np.asarray(np.maximum(asks * seen // 20, 1), np.int64)
