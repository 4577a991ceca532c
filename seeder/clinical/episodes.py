"""What a patient comes for: ``episode(patient, k)`` for any k, whatever table shows it.

An episode's number is ``patient * 4096 + k % 4096``, and its words are words of that number: a
visit, a diagnosis, a drug, a result and a note that lead to one episode tell of the same main
condition.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from seeder.clinical.chance import Bools, Choices, Draw, Floats, exponential, normal, share
from seeder.clinical.conditions import Conditions
from seeder.clinical.model import SETTINGS
from seeder.clinical.population import DAY, People
from seeder.clinical.rates import QUARTERS, Extra, Rates
from seeder.generate.stream import Ints, Words

OUTPATIENT, EMERGENCY, INPATIENT, TELEHEALTH = range(len(SETTINGS))
TURN = 4096
# Of new conditions that need no more than a clinic so many are borne without going there. An
# estimate, so that people come as often as NCHS Data Brief 408 counts (external.csv).
_BORNE = 0.3
_MOST_MINOR = 0.04
_SELDOM = 0.2  # of a condition's visits: a setting that it leads to less often is not its own
NEWBORN = 28 * DAY
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
# Of the children who were born while the database was kept, so many were born in its hospitals.
BORN_HERE = 0.95
# Minutes at nine equal steps of probability: an estimate, of the time in room or department.
_LENGTHS = {
    OUTPATIENT: (10, 15, 15, 20, 20, 25, 30, 40, 75),
    EMERGENCY: (45, 90, 120, 150, 185, 225, 280, 370, 900),
    TELEHEALTH: (5, 8, 10, 12, 15, 15, 20, 25, 40),
}
_SHORTEST_STAY, _LONGEST_STAY = 8 * 60, 120 * 24 * 60


@dataclass(frozen=True)
class Episodes:
    """Episodes, one entry each. ``number`` draws; ``condition`` is the main one's place among the
    knowledge's conditions; ``minutes`` how long it would last; ``birth`` and ``death``: the
    patient's own, in it; ``study``: 1 where a trial planned it, -1
    before the first of those."""

    number: Ints
    condition: Ints
    setting: Ints
    minutes: Ints
    birth: Bools
    death: Bools
    study: Ints

    def take(self, index: Ints | slice) -> Episodes:
        return Episodes(*(getattr(self, name)[index] for name in self.__dataclass_fields__))

    def where(self, mine: Bools, other: Episodes) -> Episodes:
        """These where ``mine`` says so, else the other ones."""
        pairs = ((getattr(self, n), getattr(other, n)) for n in self.__dataclass_fields__)
        return Episodes(*(np.where(mine, one, two) for one, two in pairs))


def numbered(patients: Ints, turns: Ints) -> Ints:
    """The number of each patient's turn-th episode."""
    return patients * TURN + turns % TURN


@dataclass(frozen=True)
class Course:
    """How episodes come about: rates and what conditions bring, compiled for drawing."""

    rates: Rates
    regions: Ints

    @cached_property
    def settings(self) -> Choices:
        return Choices(self.leading)

    @cached_property
    def _asked(self) -> Floats:
        """The share of each condition's episodes by the setting that they ask for."""
        found = np.zeros((len(self.rates.conditions), len(SETTINGS)))
        for number, condition in enumerate(self.rates.conditions):
            total = max(sum(w for _, w in condition.profile.settings), 1)
            for name, weight in condition.profile.settings:
                found[number, SETTINGS.index(name)] = weight / total
        return found

    @cached_property
    def brought(self) -> Floats:
        """The share of each condition's episodes that somebody is seen for."""
        borne = self._asked[:, OUTPATIENT] * _BORNE
        return np.where(self.rates.chronic | self.newborn, 1.0, 1 - borne)

    @cached_property
    def stays(self) -> tuple[Floats, Floats]:
        """Median minutes and log-sigma of an inpatient stay, by condition."""
        stays = [c.profile.stay for c in self.rates.conditions]
        return (
            np.asarray([s.minutes for s in stays], np.float64),
            np.asarray([s.sigma for s in stays], np.float64) / 1000,
        )

    @cached_property
    def newborn(self) -> Bools:
        return self.rates.newborn

    @cached_property
    def acute(self) -> Choices:
        """New conditions by quarter and cell: kind = quarter * cells + cell."""
        mine = ~self.rates.chronic & ~self.newborn & ~self.rates.pregnancy & self.rates.main
        rates = np.where(mine, self.rates.shared * self.brought, 0.0)
        return Choices(
            np.concatenate([rates * self.rates.seasons[q][None, :] for q in range(QUARTERS)])
        )

    @cached_property
    def births(self) -> Choices:
        """How a child is born, and what newborns come back for: kind 0 and 1."""
        table = self.rates.shared.sum(axis=0)
        liveborn = np.asarray([c.code.startswith("Z38") for c in self.rates.conditions])
        ill = self.newborn & ~liveborn
        return Choices(np.stack([np.where(liveborn, table, 0.0), np.where(ill, table, 0.0)]))

    @cached_property
    def deadly(self) -> Choices:
        """What people die of as inpatients: by rate, share of stays and deaths in them."""
        weight = np.zeros(len(self.rates.conditions))
        for number, condition in enumerate(self.rates.conditions):
            inpatient = dict(condition.profile.settings).get("inpatient", 0)
            weight[number] = inpatient * condition.profile.stay.death
        spared = self.newborn | self.rates.pregnancy
        return Choices(np.where(spared, 0.0, self.rates.table * weight))

    def draw(
        self,
        people: People,
        chronic: Conditions,
        number: Ints,
        start: Ints,
        first: Bools,
        last: Bools,
        draw: Draw,
        since: Ints | None = None,
    ) -> Episodes:
        """The episodes of ``people`` that begin about ``start``; ``first``: those that may be the
        patient's own birth; ``last`` of all that the patient has. ``since``: the moment that
        decides what they are about, where it is another one."""
        since = start if since is None else since
        cell = self.rates.cells.of(people, self.regions, people.age(since))
        quarter = since.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) % 12 // 3
        condition = self._main(chronic, cell, quarter, number, draw)
        condition = self.rates.plausible(condition, people.age(start))
        birth = first & (share(draw("born here", number, 0)) < BORN_HERE)
        young = (start - people.born < NEWBORN) | birth
        nursery = self.births.draw((~birth).astype(np.int64), draw("main", number, 2))
        condition = np.where(young, nursery, condition)
        death = people.last & last & ~birth
        deadly = self.deadly.draw(cell, draw("main", number, 3))
        condition = np.where(death & (deadly >= 0), deadly, condition)
        setting = self.settings.draw(condition, draw("setting", number, 0))
        setting = np.where(birth | death, INPATIENT, setting)
        minutes = self._minutes(condition, setting, draw("length", number, 0))
        return Episodes(number, condition, setting, minutes, birth, death, np.zeros_like(number))

    @cached_property
    def leading(self) -> Floats:
        """The share of each condition's visits by setting: (conditions, settings)."""
        found = self._asked.copy()
        found[:, OUTPATIENT] -= 1 - self.brought
        return found / self.brought[:, None]

    @cached_property
    def _by_setting(self) -> Choices:
        """What people come to each setting for: kind = setting * cells + cell."""
        visits = np.where(self.rates.chronic, self.rates.contacts, self.brought)
        fits = self.rates.main & ~self.newborn & ~self.rates.pregnancy & ~self.rates.counted
        rates = np.where(fits, self.rates.table * visits, 0.0)
        return Choices(np.concatenate([rates * self.leading[:, s] for s in range(len(SETTINGS))]))

    def placed(self, drawn: Episodes, cell: Ints, setting: int, draw: Draw) -> Episodes:
        """Episodes that are all of one setting: a condition that seldom leads there gives way to
        one that does."""
        keep = (self.leading[drawn.condition, setting] >= _SELDOM) | drawn.birth | drawn.death
        kind = setting * self.rates.cells.size + cell
        other = self._by_setting.draw(kind, draw("main", drawn.number, 4))
        condition = np.where(keep | (other < 0), drawn.condition, other)
        always = np.full(len(condition), setting, np.int64)
        minutes = self._minutes(condition, always, draw("length", drawn.number, 0))
        return replace(drawn, condition=condition, setting=always, minutes=minutes)

    def about(
        self, drawn: Episodes, condition: Ints, changed: Bools, study: Ints, draw: Draw
    ) -> Episodes:
        """Episodes with other main conditions where they have ``changed``: with the setting and the
        length of those; the visits of a ``study`` are outpatient."""
        setting = self.settings.draw(condition, draw("setting", drawn.number, 0))
        setting = np.where(study > 0, OUTPATIENT, setting)
        minutes = self._minutes(condition, setting, draw("length", drawn.number, 0))
        return replace(
            drawn,
            condition=condition,
            setting=np.where(changed, setting, drawn.setting),
            minutes=np.where(changed, minutes, drawn.minutes),
            birth=drawn.birth & ~changed,
            death=drawn.death & ~changed,
            study=study,
        )

    def _main(
        self, chronic: Conditions, cell: Ints, quarter: Ints, number: Ints, draw: Draw
    ) -> Ints:
        """The main condition: something new, something new because of what the patient has, or
        one of the patient's chronic conditions, as often as each of them leads to a visit."""
        kind = quarter * self.rates.cells.size + cell
        visits = np.where(chronic.listed >= 0, self.rates.contacts[chronic.listed], 0.0)
        spot = share(draw("main", number, 0))
        fresh = self.acute.total[kind]
        groups = chronic.groups(self.rates)
        caused = [
            np.where(groups[:, e.group], e.choices.total[cell], 0.0)
            for e in self.rates.complications
        ]
        # Place by place: as long as a list is, whoever else is asked for, the sum is the same.
        total = fresh + sum(caused) + sum(visits.T)
        spot = spot * total - fresh
        word = draw("main", number, 1)
        found = self.acute.draw(kind, word)
        for extra, weight in zip(self.rates.complications, caused, strict=True):
            mine = np.flatnonzero((spot >= 0) & (spot < weight))
            if len(mine):
                found[mine] = extra.members[extra.choices.draw(cell[mine], word[mine])]
            spot = np.where(spot >= 0, spot - weight, spot)
        for place in range(visits.shape[1]):
            weight = visits[:, place]
            found = np.where((spot >= 0) & (spot < weight), chronic.listed[:, place], found)
            spot = np.where(spot >= 0, spot - weight, spot)
        return found

    def _minutes(self, condition: Ints, setting: Ints, word: Words) -> Ints:
        median, sigma = (s[condition] for s in self.stays)
        stay = median * exponential(sigma * normal(word))
        minutes = np.clip(stay, _SHORTEST_STAY, _LONGEST_STAY).astype(np.int64)
        place = share(word) * 8
        at = place.astype(np.int64)
        for kind, table in _LENGTHS.items():
            knots = np.asarray(table, np.float64)
            between = knots[at] + (knots[at + 1] - knots[at]) * (place - at)
            minutes = np.where(setting == kind, between.astype(np.int64), minutes)
        return minutes

    def complication(self, episodes: Episodes, cell: Ints, draw: Draw) -> Ints:
        """An acute condition that the main condition of a stay brought with it; -1 for none."""
        found = np.full(len(cell), -1, np.int64)
        stays = np.flatnonzero(episodes.setting == INPATIENT)
        group = self.rates.group[episodes.condition[stays]]
        word = draw("complication", episodes.number[stays], 0)
        for extra in self._brought:
            mine = np.flatnonzero(group == extra.group)
            if len(mine):
                drawn = extra.choices.draw(cell[stays[mine]], word[mine])
                found[stays[mine]] = np.where(drawn >= 0, extra.members[drawn], -1)
        return np.where(found == episodes.condition, -1, found)

    @cached_property
    def _brought(self) -> tuple[Extra, ...]:
        return self.rates.complications

    @cached_property
    def minor(self) -> Choices:
        """What else a visit may note in somebody without chronic conditions: mostly outpatient."""
        outpatient = np.asarray(
            [dict(c.profile.settings).get("outpatient", 0) for c in self.rates.conditions]
        ) / np.asarray(
            [max(sum(w for _, w in c.profile.settings), 1) for c in self.rates.conditions]
        )
        rates = self.rates
        plain = ~(rates.chronic | rates.newborn | rates.pregnancy | rates.counted) & rates.illness
        found = np.where(plain, self.rates.table * outpatient**2, 0.0)
        # None so often that the list of a long stay would have it twice.
        return Choices(np.minimum(found, found.sum(axis=1, keepdims=True) * _MOST_MINOR))


def others(
    course: Course,
    episodes: Episodes,
    chronic: Conditions,
    cell: Ints,
    place: Ints,
    draw: Draw,
) -> Ints:
    """The condition that is noted at ``place`` 1, 2, ... behind the main one: what it brought, the
    patient's chronic conditions from a place of their own on, then minor ones."""
    at = place - 1
    brought = course.complication(episodes, cell, draw)
    at = at - (brought >= 0)
    listed = chronic.listed
    same = (listed == episodes.condition[:, None]) & (listed >= 0)
    has = same.any(axis=1) if listed.shape[1] else np.zeros(len(cell), np.bool_)
    own = same.argmax(axis=1) if listed.shape[1] else np.zeros(len(cell), np.int64)
    left = chronic.count - has
    offset = (draw("others", episodes.number, 0) >> np.uint64(33)).view(np.int64)
    turn = (offset + at) % np.maximum(left, 1)
    turn = turn + (has & (turn >= own))
    found = np.where(at < 0, brought, chronic.at(turn))
    rest = np.flatnonzero((at >= 0) & (at >= left))
    # Steps of the golden ratio: the places of an episode hardly ever meet.
    step = np.maximum(place[rest], 0).astype(np.uint64) * _GOLDEN
    word = draw("others", episodes.number[rest], 1) + step
    found[rest] = course.minor.draw(cell[rest], word)
    return found
