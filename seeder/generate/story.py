"""What a patient's story says of rows: who, in which episode, and which entries of code tables.

Rows of any table that leads to a patient have one. A row finds its episode along its keys: it is a
visit itself, it lies below one, it names one, or it is the patient's own and is spread over the
visits that the patient has. Whatever the table, the words are those of patient and episode.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from seeder.clinical.chance import Bools
from seeder.clinical.episodes import OUTPATIENT, TURN, others
from seeder.clinical.measures import Patient
from seeder.clinical.population import DAY
from seeder.generate.allergy import allergen, tolerated
from seeder.generate.chart import Chart
from seeder.generate.data import entries
from seeder.generate.data.known import coded, strengths
from seeder.generate.permutation import permute_each
from seeder.generate.stream import Ints, Key, below, chance
from seeder.generate.whose import story_of

if TYPE_CHECKING:
    pass
_ALL = slice(None)
_AGAIN = 4  # draws of a drug before a condition is treated otherwise, for want of a tolerated one
_TREATED, _NEW = 6, 3  # chronic and new conditions of a visit that something is done for
_TRIES = 6  # conditions that are asked for a drug or procedure before a minor one is


class Story(Chart):
    """The story of ``rows``."""

    # Entries -------------------------------------------------------------------------------------

    def condition(self, place: Ints, rows: Ints | slice = _ALL) -> Ints:
        """The condition at a place of the row's list: of a visit the main one first, then others;
        of what is kept with the patient the chronic ones first. ``rows``: only of these, one place
        for each."""
        if self._plan.story in ("spread", "") and not self._is_visit:
            chronic = self.chronic.take(rows)
            inside = place < chronic.count
            rest = np.maximum(place - chronic.count, 0)
            return np.where(inside, chronic.at(place), self._noted(rest, rows))
        return self._noted(place, rows)

    @property
    def _is_visit(self) -> bool:
        return self._rows.population.plan.kind == "encounter"

    def _noted(self, place: Ints, rows: Ints | slice) -> Ints:
        found = self.episodes.condition[rows].copy()
        behind = np.flatnonzero(place != 0)
        at = np.arange(len(self._rows))[rows][behind]
        found[behind] = others(
            self.clinic.course,
            self.episodes.take(at),
            self.chronic.take(at),
            self.cell[at],
            place[behind],
            self.draw,
        )
        return found

    def apart(self, place: Ints, group: Key) -> Ints:
        """The condition at a place, no two places of an owner alike: the list as ``condition`` has
        it, and behind it others that fit the patient, in an order of the owner's own."""
        first = self._distinct_list
        size = self.clinic.rates.fitting[1][self.cell]
        order = self.clinic.rates.fitting[0][self.cell]
        here = np.arange(len(place))
        length = (first >= 0).sum(axis=1)
        found: Ints = first[here, np.minimum(place, first.shape[1] - 1)]
        open_ = np.flatnonzero(place >= length)
        at = place[open_]
        # Walk on while a place of the permutation holds what the list has: still a bijection.
        while len(open_):
            inside = at < size[open_]
            turn = permute_each(group, size[open_], self.episodes.number[open_], at * inside)
            drawn = order[open_, np.where(inside, turn, at)]
            same = first[open_] == drawn[:, None]
            taken = same.any(axis=1)
            found[open_[~taken]] = drawn[~taken]
            at = same.argmax(axis=1)[taken]
            open_ = open_[taken]
        return found

    @cached_property
    def _distinct_list(self) -> Ints:
        """The main condition and the patient's other ones, -1 behind the last."""
        main, listed = self.episodes.condition[:, None], self.chronic.listed
        rest = np.where(listed == main, -1, listed)
        order = np.argsort(rest < 0, axis=1, kind="stable")
        return np.concatenate([main, np.take_along_axis(rest, order, axis=1)], axis=1)

    def diagnosis(self, group: str) -> Ints:
        """The condition that a code of the row names; ``group``: '2' is the second of the row."""
        number = int(group) - 1 if group.isdigit() else 0
        if group in ("secondary", "other", "comorbid"):
            number = 1
        return self.condition(self.listed + number)

    @cached_property
    def _treated(self) -> Ints:
        """The place of the condition that each row of a list of drugs or procedures is for: many
        rows of a long stay are the same again, and not for ever more conditions."""
        found: Ints = self.listed % (np.minimum(self.chronic.count, _TREATED) + _NEW)
        return found

    def _first(self, answer: Callable[[Ints, Ints, int], Ints]) -> Ints:
        """What the first of the row's conditions that has an answer says; -1 for none. ``answer``
        is asked for some of the rows, with a condition for each, and which turn it is."""
        found = np.full(len(self._rows), -1, np.int64)
        open_ = np.arange(len(found))
        for turn in range(_TRIES):
            found[open_] = answer(open_, self.condition(self._treated[open_] + turn, open_), turn)
            open_ = open_[found[open_] < 0]
        if len(open_):
            number = self.episodes.number[open_] * 64 + self.listed[open_] % 64
            minor = self.clinic.course.minor.draw(self.cell[open_], self.draw("minor", number, 0))
            found[open_] = answer(open_, minor, _TRIES)
        return found

    @cached_property
    def _ordered(self) -> tuple[Story, Ints] | None:
        """The story of the orders of drugs that the rows carry out, and where each row's stands."""
        rows = self._rows
        if self._plan.story != "owner" or self._under_visit:
            return None
        above, take = rows.follow(rows.population.plan.owner)
        return (story_of(above), take) if "drugs" in above.population.told else None

    @cached_property
    def drug(self) -> Ints:
        """The drug of each row, the ordered one where there is an order; -1 where nothing fits. A
        chronic condition keeps its drug."""
        if self._ordered is not None:
            story, take = self._ordered
            return story.drug[take]

        def answer(rows: Ints, condition: Ints, turn: int) -> Ints:
            return self.given(rows, condition)

        return self.arm(self._first(answer), self.listed == 0)

    def given(self, rows: Ints, condition: Ints) -> Ints:
        """The drug that each of some rows is given for a condition, -1 for none: one that the
        patient tolerates, and that goes with what the patient takes for good."""
        lasts, known = self.clinic.rates.chronic, np.maximum(condition, 0)
        person, years = self.person[rows], self.people.age(self.when)[rows]
        number = np.where(lasts[known], person * TURN, self.episodes.number[rows]) * 512 + known
        found = self.clinic.treatment.drug(condition, years, self.draw("drug", number, 0))

        def harmful(at: Ints) -> Ints:
            fine = tolerated(person[at], found[at], self.draw)
            fine &= ~self._clashing(rows[at], condition[at], found[at], years[at])
            return at[~fine]

        harm = harmful(np.arange(len(rows)))
        for again in range(1, _AGAIN):
            word = self.draw("drug", number[harm], again)
            found[harm] = self.clinic.treatment.drug(condition[harm], years[harm], word)
            harm = harmful(harm)
        found[harm] = -1
        return found

    def _clashing(self, rows: Ints, condition: Ints, drug: Ints, years: Ints) -> Bools:
        """Whether drugs for conditions of rows do not go with what the patients take for good; of
        two chronic conditions the first has its drug."""
        treatment, listed = self.clinic.treatment, self.chronic.listed[rows]
        out = np.zeros(len(rows), np.bool_)
        maybe = treatment.may_clash[np.maximum(drug, 0)[:, None], np.maximum(listed, 0)]
        maybe &= (listed >= 0) & (drug >= 0)[:, None]
        same = listed == condition[:, None]
        earlier = np.cumsum(same, axis=1) == 0
        maybe &= np.where(same.any(axis=1)[:, None], earlier, True)
        at, place = np.nonzero(maybe)
        if len(at):
            other = listed[at, place].astype(np.int64)
            number = self.person[rows[at]] * TURN * 512 + other
            taken = treatment.drug(other, years[at], self.draw("drug", number, 0))
            hit = (taken >= 0) & treatment.clashes[drug[at], np.maximum(taken, 0)]
            out[at[hit]] = True
        return out

    def arm(self, drug: Ints, first: Bools) -> Ints:
        """Drugs of rows, that of the trial's arm where the row is the ``first`` of a visit that a
        trial planned."""
        if self.cohorts is None or not self.cohorts.scheduled:
            return drug
        study = self.episodes.study
        return self.cohorts.given(drug, self.member, (study > 0) & first, study < 0)

    @cached_property
    def allergen(self) -> Ints:
        """What the row's patient does not tolerate, an entry of the table of allergens."""
        return allergen(self.person, self.listed, self.draw)

    @cached_property
    def dose(self) -> Ints:
        """The row's drug in one of its strengths: an entry of the table of drugs."""
        if self._ordered is not None:
            story, take = self._ordered
            return story.dose[take]
        drug = np.maximum(self.drug, 0)
        age = np.minimum(self.people.age(self.when), 120)
        first, count = (table[drug, age] for table in strengths())
        found = first + below(self.draw("strength", self.person * 512 + drug, 0), count)
        return self._in_list("drugs", found)

    def _in_list(self, system: str, entry: Ints) -> Ints:
        """The entries of a code table, where a key of the rows leads to a list of some of them:
        those that stand for them there."""
        for link in self._rows.population.links.values():
            if link.plan.how == "listed" and link.plan.system == system and not link.plan.group:
                return entry % link.parents if link.entries is None else link.entries[entry]
        return entry

    @cached_property
    def dose_of_owner(self) -> Ints | None:
        """The drug of the event that owns each row, as ``dose``; None where it is a visit's."""
        if self._plan.story != "owner":
            return None
        above, take = self._rows.follow(self._rows.population.plan.owner)
        return None if self._under_visit else story_of(above).dose[take]

    @cached_property
    def _has_code(self) -> Bools:
        known = self.clinic.knowledge.procedures
        return np.asarray([bool(known[name].code) for name in self.clinic.treatment.procedures])

    @cached_property
    def procedure(self) -> Ints:
        number = self.episodes.number * 64 + self.listed % 64

        def answer(rows: Ints, condition: Ints, turn: int) -> Ints:
            drawn = self.clinic.treatment.procedure(
                condition, self.draw("procedure", number[rows], turn)
            )
            return np.where((drawn >= 0) & self._has_code[np.maximum(drawn, 0)], drawn, -1)

        return coded()[np.maximum(self._first(answer), 0)]

    @cached_property
    def placed(self) -> Ints:
        """The entry of the table of encounters that fits each row's setting and main condition."""
        table = entries("encounters")
        of = {name: n for n, name in enumerate(table.columns["code"])}
        condition = self.episodes.condition
        usual = np.asarray([of["AMB"], of["EMER"], of["IMP"], of["VR"]])[self.episodes.setting]
        # A check-up says so; other visits of a chronic condition are mostly follow-ups.
        routine = np.isin(condition, self._routine) & (self.episodes.setting == OUTPATIENT)
        known = self.clinic.rates.chronic[condition] & (self.episodes.setting == OUTPATIENT)
        follow = known & chance(self.draw("follow-up", self.episodes.number, 0), 0.7)
        return np.where(routine, of["WELL"], np.where(follow, of["FUP"], usual))

    @cached_property
    def _routine(self) -> Ints:
        codes = [c.code for c in self.clinic.conditions]
        return np.asarray([n for n, c in enumerate(codes) if c.startswith(("Z00", "Z01"))])

    @cached_property
    def seen_by(self) -> Ints:
        """The specialty that sees each row's main condition, an entry of their table."""
        treatment = self.clinic.treatment
        drawn = treatment.specialty(
            self.episodes.condition, self.draw("specialty", self.episodes.number, 0)
        )
        listed = tuple(self.clinic.knowledge.specialties)
        return np.asarray([listed.index(s) for s in treatment.specialties])[drawn]

    @property
    def of_vaccines(self) -> bool:
        """Whether the rows are immunisations."""
        return any(m.startswith("vaccine.") for m in self._rows.population.meanings)

    @property
    def of_signs(self) -> bool:
        """Whether the rows are vital signs."""
        return any(m.startswith("vital.") for m in self._rows.population.meanings)

    @property
    def of_results(self) -> bool:
        """Whether the rows are laboratory results."""
        mine = self._rows.population
        return "labs" in mine.told and "lab.value" in mine.meanings

    @property
    def ahead(self) -> bool:
        """Whether the rows are appointments."""
        return self._plan.ahead

    @cached_property
    def marital(self) -> Ints:
        """never married, married, separated, divorced, widowed: today, or when they died."""
        people = self.people
        return self.clinic.demography.marital(
            people, people.died_at, self.draw("marital", self.person, 0)
        )

    @cached_property
    def insurance(self) -> Ints:
        """A kind of insurance of the population's file, for the age at the row's visit."""
        return self.clinic.demography.insurance(
            self.people, self.when, self.draw("insurance", self.person, 0)
        )

    @cached_property
    def vaccine(self) -> Ints:
        """A vaccine that is due at the age at the row's visit."""
        days = (self.when - self.people.born) // DAY
        return self.clinic.vaccination.draw(
            days * 12 * 100 // 36525,
            self.draw("vaccine", self.episodes.number * 64 + self.listed % 64, 0),
        )

    # Values --------------------------------------------------------------------------------------

    @cached_property
    def _patient(self) -> Patient:
        return Patient(self.people, self.chronic, self.episodes, self.person, self.when)

    @cached_property
    def test(self) -> Ints:
        """The laboratory test of each row."""
        return self.clinic.measures.test(self._patient, self.event, self.place, self.draw)

    @cached_property
    def result(self) -> tuple[Ints, Ints, Ints]:
        """Value, low and high of the row's test, in 1/10000 of its unit."""
        measures = self.clinic.measures
        value = measures.lab_value(self._patient, self.test, self.event, self.draw)
        return value, *measures.lab_range(self._patient, self.test)

    def vital(self, name: str) -> Ints:
        """A vital sign by its name in the knowledge, in 1/10000 of its unit."""
        occasion = self.place if self._under_visit or self._plan.story != "owner" else self.event
        return self.clinic.measures.vital(self._patient, name, occasion, self.draw)

    @cached_property
    def sign(self) -> Ints:
        """The vital sign that a row of mixed ones tells of: each in turn, from one of the owner's
        own on, as many have fewer rows than there are signs."""
        signs = len(self.clinic.measures.vitals)
        first = self._rows.numbers - self.place
        return (self.place + below(self.draw("sign", first, 0), signs)) % signs

    @cached_property
    def signed(self) -> tuple[Ints, Ints, Ints]:
        """Value, low and high of that vital sign."""
        measures = self.clinic.measures
        value = np.zeros(len(self._rows), np.int64)
        # Signs taken in one round are of one occasion, as many rows as there are signs.
        occasion = self.place // len(measures.vitals)
        for number, vital in enumerate(measures.vitals):
            if (self.sign == number).any():
                made = measures.vital(self._patient, vital.name, occasion, self.draw)
                value = np.where(self.sign == number, made, value)
        return value, *measures.vital_range(self._patient, self.sign)

    @cached_property
    def observed(self) -> Ints:
        """The entry of a table of observations that holds signs and tests: first each sign once,
        then the tests of a panel."""
        signs = len(self.clinic.measures.vitals)
        return np.where(self.place < signs, self.sign, signs + self._tested)

    @cached_property
    def _tested(self) -> Ints:
        signs = len(self.clinic.measures.vitals)
        behind = np.maximum(self.place - signs, 0)
        return self.clinic.measures.test(self._patient, self.event, behind, self.draw)

    @cached_property
    def observation(self) -> tuple[Ints, Ints, Ints]:
        """Value, low and high of what was observed."""
        measures = self.clinic.measures
        value = measures.lab_value(self._patient, self._tested, self.event, self.draw)
        tests = (value, *measures.lab_range(self._patient, self._tested))
        sign = self.observed < len(measures.vitals)
        return (
            np.where(sign, self.signed[0], tests[0]),
            np.where(sign, self.signed[1], tests[1]),
            np.where(sign, self.signed[2], tests[2]),
        )

    def measured(self, system: str) -> tuple[Ints, Ints, Ints]:
        """Value, low and high of the row's entry of a table of tests, signs or both."""
        if system == "labs":
            return self.result
        return self.observation if system == "observations" else self.signed
