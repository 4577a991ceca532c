"""Pregnancies as a sequence: prenatal visits by week, the birth once, visits after it.

A pregnancy is a function of the patient: when it ends, how, and how long it was. A visit asks in
which week it is. In a pregnancy a woman is seen more often, so the time of her visits runs slower
there, as a map between two lines that every visit can ask for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from seeder.clinical.chance import Bools, Choices, Draw, Floats, share
from seeder.clinical.model import MILLION
from seeder.clinical.population import DAY, YEAR, People
from seeder.clinical.rates import Rates
from seeder.generate.stream import Ints, chance

WEEK = 7 * DAY
CARE = 10.0  # visits more than other women have, of a pregnancy; as customary in US practice
_DENSE = 5  # how much nearer to one another visits are while pregnant
_KNOWN = 6  # the week in which a pregnancy is first seen
_AFTER = 8  # weeks after birth in which visits are about it
_ABOUT = 0.85  # of the visits in these weeks so many are about the pregnancy
_LATEST = 45
_ELDERLY = 35  # years
# A pregnancy is supervised as a normal one, as a first one, or as one of the elderly, from its
# beginning to its end; the first two in women under 35. Codes of each begin so.
_SERIES = ("Z34.9", "Z34.0", "O09.5")
_FIRST = 0.38  # of births so many are first ones: an estimate
_ENDS = ("delivery", "loss")
_BEFORE = ("first", "second", "third", "prenatal")
_OLDEST = 111


@dataclass(frozen=True)
class Pregnancy:
    """Of each patient the last one: when it began and ended, in microseconds, and with which
    condition; -1 for none. ``series``: how it is called, see ``_SERIES``."""

    began: Ints
    ended: Ints
    outcome: Ints
    series: Ints

    def take(self, index: Ints) -> Pregnancy:
        return Pregnancy(*(getattr(self, name)[index] for name in self.__dataclass_fields__))

    @property
    def there(self) -> Bools:
        found: Bools = self.outcome >= 0
        return found

    def among(self, some: Bools) -> Pregnancy:
        """Only those of some patients."""
        return replace(self, outcome=np.where(some, self.outcome, -1))

    def dense(self, low: Ints, start: Ints, end: Ints) -> Ints:
        """Moments of a life's even course moved so that more of them fall into the pregnancy."""
        begin = np.clip(self.began + _KNOWN * WEEK, start, end)
        over = np.clip(self.ended + _AFTER * WEEK, begin, end)
        before, within = begin - start, (over - begin) * _DENSE
        # In steps of a second, so that nothing overflows.
        whole = np.maximum((end - start) // DAY, 1)
        length = (before + within + end - over) // DAY
        at = (low - start) // whole * length + (low - start) % whole * length // whole
        moved = np.where(
            at < before,
            start + at,
            np.where(at < before + within, begin + (at - before) // _DENSE, at - within - before
                     + over),
        )  # fmt: skip
        return np.where(self.there, np.clip(moved, start, end), low)


@dataclass(frozen=True)
class Expecting:
    """How pregnancies come about, compiled for drawing."""

    rates: Rates

    def _stage(self, *names: str) -> Ints:
        stages = self.rates.cells.knowledge.stages
        found = [
            n for n, c in enumerate(self.rates.conditions)
            if c.code in stages and stages[c.code].name in names
        ]  # fmt: skip
        return np.asarray(found, np.int64)

    @cached_property
    def _rate(self) -> Floats:
        """How often each condition is met in the population."""
        return np.asarray((self.rates.table * self.rates.cells.weights[:, None]).sum(axis=0))

    @cached_property
    def _ends(self) -> tuple[Ints, Choices, Ints, Ints]:
        """Ways to end, how often each, and the weeks between which it does."""
        members = self._stage(*_ENDS)
        stages = self.rates.cells.knowledge.stages
        weeks = [stages[self.rates.conditions[n].code].weeks for n in members.tolist()]
        low, high = (np.asarray(w, np.int64) for w in zip(*weeks, strict=True))
        return members, Choices(self._rate[members][None, :]), low, high

    @cached_property
    def births(self) -> Bools:
        """The conditions that are a birth."""
        found = np.zeros(len(self.rates.conditions), np.bool_)
        found[self._stage("delivery")] = True
        return found

    @cached_property
    def _yearly(self) -> Floats:
        """The probability that a pregnancy ends within a year, by age: a birth by the file, or a
        loss."""
        found = np.zeros(_OLDEST)
        for row in self.rates.cells.knowledge.population.births:
            found[row.ages[0] : row.ages[1] + 1] = dict(row.figures)["per_1000_women"] / MILLION
        births, losses = (self._rate[self._stage(n)].sum() for n in _ENDS)
        return np.asarray(np.minimum(found * (1 + losses / max(births, 1e-12)), 1.0), np.float64)

    def draw(
        self, people: People, start: Ints, reference: int, seen: int, numbers: Ints, draw: Draw
    ) -> Pregnancy:
        """The pregnancies of patients seen from ``start`` on; the coming year's, too."""
        # One a woman, and yet as many in each year as there are: years do not shadow one another.
        spot, before = share(draw("pregnancy", numbers, 0)), np.zeros(len(numbers))
        ended = np.full(len(numbers), -1)
        for back in range(-(-seen // YEAR), -1, -1):
            year = reference - back * YEAR
            age = np.clip((year + YEAR // 2 - people.born) // YEAR, 0, _OLDEST - 1)
            risk = np.where(people.female, self._yearly[age], 0.0)
            ends = (before <= spot) & (spot < before + risk)
            part = (spot - before) / np.where(risk > 0, risk, 1)
            ended = np.where(ends, year + (part * YEAR).astype(np.int64), ended)
            before = before + risk
        members, ways, low, high = self._ends
        which = ways.draw(np.zeros(len(numbers), np.int64), draw("pregnancy", numbers, 1))
        word = draw("pregnancy", numbers, 2)
        weeks = low[which] + (share(word) * (high - low + 1)[which]).astype(np.int64)
        began = ended - weeks * WEEK - 3 * DAY
        alive = ~people.died | (people.died_at > ended + 2 * _AFTER * WEEK)
        there = (ended >= 0) & (ended > start + DAY) & alive
        elderly = (began - people.born) // YEAR >= _ELDERLY
        series = np.where(elderly, 2, chance(draw("pregnancy", numbers, 3), _FIRST))
        return Pregnancy(began, ended, np.where(there, members[which], -1), series)

    @cached_property
    def _care(self) -> tuple[Ints, Choices]:
        """What a prenatal visit is about: kind = week, behind the weeks of the series before."""
        return self._by_week(self._stage(*_BEFORE))

    @cached_property
    def _later(self) -> tuple[Ints, Choices]:
        """What a visit after a birth is about, by the weeks since."""
        return self._by_week(self._stage("postpartum"))

    def _by_week(self, members: Ints) -> tuple[Ints, Choices]:
        stages = self.rates.cells.knowledge.stages
        codes = [self.rates.conditions[n].code for n in members.tolist()]
        table = np.zeros((len(_SERIES) * _LATEST, len(members)))
        for place, code in enumerate(codes):
            first, last = stages[code].weeks
            for number, series in enumerate(_SERIES):
                if code.startswith(_SERIES) and not code.startswith(series):
                    continue
                row = number * _LATEST
                weight = self._rate[members[place]] / max(last - first + 1, 1)
                table[row + first : row + last + 1, place] = weight
        return members, Choices(table)

    def about(self, found: Pregnancy, start: Ints, number: Ints, draw: Draw) -> Ints:
        """What visits that begin at ``start`` are about by a pregnancy; -1 where by none."""
        out = np.full(len(start), -1, np.int64)
        before = (start >= found.began + _KNOWN * WEEK) & (start < found.ended)
        after = (start >= found.ended) & (start < found.ended + _AFTER * WEEK)
        after &= self.births[np.maximum(found.outcome, 0)]
        rows = np.flatnonzero(found.there & (before | after))
        if not len(rows):
            return out
        rows = rows[chance(draw("prenatal", number[rows], 0), _ABOUT)]
        for (members, choices), since, mine in (
            (self._care, found.began, before),
            (self._later, found.ended, after),
        ):
            some = rows[mine[rows]]
            week = np.clip((start[some] - since[some]) // WEEK, 0, _LATEST - 1)
            kind = week + found.series[some] * _LATEST
            drawn = choices.draw(kind, draw("prenatal", number[some], 1))
            out[some] = np.where(drawn >= 0, members[drawn], -1)
        return out
