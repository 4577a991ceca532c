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
from seeder.clinical.clinic import Clinic
from seeder.clinical.cohorts import Cohorts
from seeder.clinical.conditions import Conditions, chronic
from seeder.clinical.episodes import NEWBORN, OUTPATIENT, TURN, Episodes, numbered, others
from seeder.clinical.measures import Patient
from seeder.clinical.model import SETTINGS
from seeder.clinical.population import DAY, MINUTE, People
from seeder.clinical.pregnancy import Pregnancy
from seeder.clinical.schedule import BEFORE, OTHERS, Planned, Stretch
from seeder.clinical.twins import persons
from seeder.generate import stream
from seeder.generate.allergy import allergen, tolerated
from seeder.generate.data import entries
from seeder.generate.data.known import coded, strengths
from seeder.generate.permutation import permute, permute_each
from seeder.generate.stream import Ints, Key, Words, below, chance
from seeder.plan.model import TimePlan
from seeder.schema import Name

if TYPE_CHECKING:
    from seeder.generate.rows import Rows

_ALL = slice(None)
_AGAIN = 4  # draws of a drug before a condition is treated otherwise, for want of a tolerated one
_TREATED, _NEW = 6, 3  # chronic and new conditions of a visit that something is done for
_TRIES = 6  # conditions that are asked for a drug or procedure before a minor one is


class Story:
    """The story of ``rows``; everything is evaluated when first asked for, and kept."""

    def __init__(self, rows: Rows, clinic: Clinic, plan: TimePlan) -> None:
        self._rows, self.clinic, self._plan = rows, clinic, plan

    # Who -----------------------------------------------------------------------------------------

    @cached_property
    def _root(self) -> tuple[Rows, Ints]:
        """The distinct patients, and where each row's stands among them."""
        if not self._plan.person:
            return self._rows, np.arange(len(self._rows))
        rows, take = self._rows.follow(self._plan.person[0])
        for step in self._plan.person[1:]:
            rows, further = rows.follow(step)
            take = further[take]
        return rows, take

    @property
    def _is_root(self) -> bool:
        return not self._plan.person

    def draw(self, purpose: str, numbers: Ints, draw: int) -> Words:
        """Words of numbers of the patients' table: of patients, episodes, tests."""
        root = self._root[0]
        return stream.words(root.world.key(root.population.name, "patient", purpose), numbers, draw)

    @cached_property
    def patient(self) -> Ints:
        """The patient's row number, one a row."""
        rows, take = self._root
        return rows.numbers[take]

    @cached_property
    def person(self) -> Ints:
        """The number of the person that each row's patient is: of another patient, where somebody
        was registered twice."""
        rows, take = self._root
        if not rows.world.twice or not rows.rooted:
            return self.patient
        if not self._is_root:
            return _story(rows).person[take]
        taken = sum(c.patients for c in self.clinic.cohorts)
        key = rows.world.key(rows.population.name, "patient", "cohorts")
        return persons(rows.numbers, key, rows.population.rows, taken, rows.world.twice)

    @cached_property
    def people(self) -> People:
        rows, take = self._root
        if not self._is_root:
            return _story(rows).people.take(take)
        return rows.world.memory.of(rows, "people", lambda each: _story(each)._drawn_people)

    @property
    def _drawn_people(self) -> People:
        rows, reference = self._rows, self._rows.world.reference
        people = self.clinic.demography.draw(self.person, reference, self.draw, rows.world.seen)
        if self.cohorts is None:
            return people
        return self.cohorts.people(people, self.member, rows.numbers, reference, self.draw)

    @cached_property
    def cohorts(self) -> Cohorts | None:
        """The cohorts among the patients, if any are asked for."""
        return self.clinic.enrolled(self._root[0].population.rows)

    @cached_property
    def member(self) -> Ints:
        """The cohort of each row's patient, -1 for none."""
        rows, take = self._root
        if not self._is_root:
            return _story(rows).member[take]
        assert self.cohorts is not None
        key = rows.world.key(rows.population.name, "patient", "cohorts")
        return self.cohorts.member(permute(key, self.cohorts.size, rows.numbers))

    @cached_property
    def enrolled_for(self) -> Ints:
        """The condition that each row's patient is in a cohort for, -1 for none."""
        assert self.cohorts is not None
        return self.cohorts.own(self.member, self.patient, self.draw)

    @cached_property
    def chronic(self) -> Conditions:
        rows, take = self._root
        if not self._is_root:
            return _story(rows).chronic.take(take)
        return rows.world.memory.of(rows, "chronic", lambda each: _story(each)._drawn_chronic)

    @property
    def _drawn_chronic(self) -> Conditions:
        rows, people = self._rows, self.people
        cell = self.cell_at(people, people.died_at)
        found = chronic(self.clinic.rates, cell, self.person, self.draw)
        if self.cohorts is None:
            return found
        own, reference = self.enrolled_for, rows.world.reference
        return self.cohorts.chronic(found, people, self.member, own, reference)

    @cached_property
    def pregnancy(self) -> Pregnancy:
        """The last pregnancy of each row's patient; of members of cohorts none."""
        rows, take = self._root
        if not self._is_root:
            return _story(rows).pregnancy.take(take)
        return rows.world.memory.of(rows, "pregnancy", lambda each: _story(each)._drawn_pregnancy)

    @property
    def _drawn_pregnancy(self) -> Pregnancy:
        rows, world = self._rows, self._rows.world
        found = self.clinic.expecting.draw(
            self.people, rows.span[0], world.reference, world.window, self.person, self.draw
        )
        return found if self.cohorts is None else found.among(self.member < 0)

    def cell_at(self, people: People, when: Ints) -> Ints:
        """The cell of the population of each row's patient at a moment."""
        return self.clinic.rates.cells.of(people, self.clinic.demography.regions, people.age(when))

    # Which episode -------------------------------------------------------------------------------

    @cached_property
    def episodes(self) -> Episodes:
        """The episode of each row."""
        rows = self._rows
        if self._plan.story == "owner":
            above, take = rows.follow(rows.population.plan.owner)
            return _story(above).episodes.take(take)
        if self._plan.story == "own":
            return rows.world.memory.of(rows, "episodes", lambda each: _story(each)._own)
        if self.visit is None:
            return self._own
        above, take, has = self.visit
        told = _story(above).episodes.take(take)
        return told if has.all() else told.where(has, self._own)

    @cached_property
    def _own(self) -> Episodes:
        """Episodes of the rows themselves: in the order of those of their patient, or where there
        are no visits one of the patient."""
        rows, owned = self._rows, self._of_patient
        turns = rows.ordinal if owned else rows.numbers
        since = None
        if self._as_one:
            turns = np.zeros_like(turns)
            above, take = rows.follow(rows.population.plan.owner)
            start, end = above.span
            since = (start + (end - start) // 2)[take]
        drawn = self.clinic.course.draw(
            self.people,
            self.chronic,
            numbered(self.patient, turns),
            rows.arrival,
            (turns == 0) & owned & (rows.slot[0] - self.people.born < NEWBORN),
            ((rows.ordinal == rows.siblings - 1) | self._as_one) & owned,
            self.draw,
            since,
        )
        if self._expecting:
            drawn = self._with_pregnancies(drawn)
        if self._plan.setting:
            setting = SETTINGS.index(self._plan.setting)
            drawn = self.clinic.course.placed(
                drawn, self.cell_at(self.people, rows.arrival), setting, self.draw
            )
        return drawn if self.cohorts is None else self._enrolled(drawn, (turns == 0) & owned)

    @property
    def _expecting(self) -> bool:
        """Whether the rows are visits that a pregnancy may be about."""
        plan = self._plan
        visits = plan.story == "own" and plan.kind == "visit" and self._of_patient
        return visits and plan.setting != "emergency"

    @cached_property
    def ends(self) -> Bools | None:
        """The visits in which a pregnancy ends: of those of a woman the one in whose part of the
        time that is. None of rows that are no such visits."""
        if not self._expecting:
            return None
        low, high = self._rows.slot
        when = self.pregnancy.ended
        return self.pregnancy.there & (low <= when) & (when < high)

    @cached_property
    def due(self) -> Ints | None:
        """When a child is born in each row, -1 where none is; None of rows where none may be."""
        if self.ends is None:
            return None
        births = self.clinic.expecting.births[np.maximum(self.pregnancy.outcome, 0)]
        return np.where(self.ends & births, self.pregnancy.ended // MINUTE * MINUTE, -1)

    def nearer(self, low: Ints, high: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Parts of a patient's time, those of a pregnancy nearer to one another."""
        if not self._expecting or not self.pregnancy.there.any():
            return low, high
        return self.pregnancy.dense(low, start, end), self.pregnancy.dense(high, start, end)

    def _with_pregnancies(self, drawn: Episodes) -> Episodes:
        found, rows = self.pregnancy, self._rows
        if self.ends is None or not found.there.any():
            return drawn
        about = self.clinic.expecting.about(found, rows.arrival, drawn.number, self.draw)
        about = np.where(self.ends, found.outcome, about)
        mine = (about >= 0) & ~drawn.birth & ~drawn.death
        condition = np.where(mine, about, drawn.condition)
        return self.clinic.course.about(drawn, condition, mine, drawn.study, self.draw)

    def _enrolled(self, drawn: Episodes, first: Bools) -> Episodes:
        """Members of a cohort come with its condition the first time, or as it is planned; nobody
        else has it."""
        assert self.cohorts is not None
        own, reference = self.enrolled_for, self._rows.world.reference
        condition = self.cohorts.cleared(
            drawn.condition, self.people, self.member, own, reference,
            lambda: self._rows.begins(drawn),
        )  # fmt: skip
        study = np.zeros(len(first), np.int64)
        if self.planned is not None:
            place = self.planned.place
            first = np.where(place > OTHERS, place >= 0, first)
            study = (place >= 0) - (place == BEFORE).astype(np.int64)
        mine = first & (own >= 0)
        return self.clinic.course.about(
            drawn,
            np.where(mine, own, condition),
            mine | (condition != drawn.condition),
            study * self.cohorts.in_trial(self.member),
            self.draw,
        )

    @cached_property
    def planned(self) -> Planned | None:
        """Where the rows lie whose patients come by a schedule; None where nobody does."""
        rows, plan = self._rows, self._plan
        if self.cohorts is None or not self.cohorts.scheduled:
            return None
        if plan.story != "own" or not self._of_patient:
            return None
        above, take = rows.follow(rows.population.plan.owner)
        start, end = above.span
        stretch = Stretch(start[take], end[take], rows.ordinal, rows.siblings)
        return self.cohorts.planned(
            self.member, self.patient, stretch, rows.world.reference, self.draw,
            rows.world.calendar,
        )  # fmt: skip

    @property
    def _as_one(self) -> bool:
        """Whether the rows of a patient tell of one episode: events that belong to no visit."""
        plan = self._plan
        leaf = self._rows.population.plan.kind == "event" and not plan.heads
        return plan.story == "own" and self._of_patient and leaf

    @property
    def _of_patient(self) -> bool:
        """Whether the rows are numbered among their patient's."""
        owner = self._rows.population.plan.owner
        return bool(owner) and self._plan.person == [owner]

    @cached_property
    def visit(self) -> tuple[Rows, Ints, Bools] | None:
        """The distinct visits that the rows belong to, where each row's is among them, and whether
        it has one: at the end of a key, else the patient's own in turn. None for other rows."""
        plan = self._plan
        if plan.story not in ("visit", "spread"):
            return None
        found = self._rows.along(plan.visit) if plan.story == "visit" else self.spread
        if len(plan.visits) > 1 and (found < 0).any():
            found = np.where(found >= 0, found, self.spread)
        numbers, take = np.unique(np.maximum(found, 0), return_inverse=True)
        return self._rows.at(self._visits, numbers), take, found >= 0

    @property
    def _visits(self) -> Name:
        return Name.parse(self._plan.visits[0])

    @cached_property
    def spread(self) -> Ints:
        """A visit of the row's patient for each row, in turn where the rows are numbered among
        their patient's; -1 where the patient has none."""
        rows = self._rows
        first, count = self._of_visits
        if self._of_patient:
            place = rows.ordinal * count // np.maximum(rows.siblings, 1)
        else:
            place = below(self.draw("visit", rows.numbers, 0), np.maximum(count, 1))
        return np.where(count > 0, first + place, -1)

    @cached_property
    def _of_visits(self) -> tuple[Ints, Ints]:
        """The first visit of each row's patient, and how many there are."""
        visits = self._rows.world.populations[self._visits]
        first, end = visits.links[self._plan.visits[1]].fan_out.offsets(self.patient)
        return first, end - first

    # Places in an episode ------------------------------------------------------------------------

    @cached_property
    def event(self) -> Ints:
        """The number of the row's event in its episode: of its order, where it is a result."""
        rows = self._rows
        if self._plan.story == "owner" and not self._under_visit:
            above, take = rows.follow(rows.population.plan.owner)
            return _story(above).event[take]
        return (
            rows.ordinal
            if self._plan.heads or not self._under_visit
            else np.zeros_like(rows.numbers)
        )

    @cached_property
    def place(self) -> Ints:
        """The row's place in its event."""
        if self._plan.heads:
            return np.zeros(len(self._rows), np.int64)
        return self._rows.ordinal

    @property
    def _under_visit(self) -> bool:
        """Whether the row's owner is the visit itself, and not an event in it."""
        owner = self._rows.population.plan.owner
        if not owner or self._plan.story != "owner":
            return False
        above = self._rows.world.populations[self._rows.population.links[owner].target]
        return above.plan.kind == "encounter"

    @property
    def charted(self) -> bool:
        """Whether the rows stand in their visit one behind the other."""
        return self._plan.story == "owner" and self._under_visit

    @property
    def closing(self) -> Bools:
        """Which rows are the last of their owner's."""
        return np.asarray(self._rows.ordinal == self._rows.siblings - 1)

    @cached_property
    def last(self) -> Bools:
        """Whether the row's visit ends with it: it is none of the parts that others follow."""
        rows = self._rows
        if self._plan.kind == "slot" and self._under_visit:
            return np.asarray(rows.ordinal == rows.siblings - 1)
        return np.ones(len(rows), np.bool_)

    @cached_property
    def listed(self) -> Ints:
        """The place of the row among what an episode lists: its diagnoses, its drugs."""
        rows = self._rows
        if self._plan.story == "owner" or self._as_one:
            return rows.ordinal
        if self._in_turn:
            # The rows of one visit are next to one another: the place behind the first of them.
            _, count = self._of_visits
            many, turn = np.maximum(rows.siblings, 1), rows.ordinal
            visit = turn * count // many
            before = -(-visit * many // np.maximum(count, 1))
            return np.where(count > 0, turn - before, turn)
        if self._plan.story == "visit":
            # Rows of a patient that name a visit each: half of them tell of its main condition.
            word = self.draw("listed", rows.numbers, 0)
            return np.maximum(below(word, 6) - 2, 0)
        return np.zeros(len(rows), np.int64)

    @property
    def _in_turn(self) -> bool:
        """Whether the rows are spread over their patient's visits in their order."""
        plan = self._plan
        if plan.story == "spread":
            return self._of_patient
        links = self._rows.population.links
        return len(plan.visit) == 1 and links[plan.visit[0]].plan.turn

    @cached_property
    def cell(self) -> Ints:
        return self.cell_at(self.people, self.when)

    @cached_property
    def when(self) -> Ints:
        """When the row's visit began."""
        if self._plan.story == "owner":
            above, take = self._rows.follow(self._rows.population.plan.owner)
            return _story(above).when[take]
        if self._is_root:
            return self._rows.span[1]
        if self.visit is None:
            return self._rows.slot[0] if self._plan.story != "own" else self._rows.span[0]
        above, take, has = self.visit
        return np.where(has, above.span[0][take], self._rows.slot[0])

    @cached_property
    def until(self) -> Ints:
        """When the row's visit ended."""
        if self._plan.story == "owner":
            above, take = self._rows.follow(self._rows.population.plan.owner)
            return _story(above).until[take]
        if self._is_root or self.visit is None:
            return self._rows.span[1]
        above, take, has = self.visit
        return np.where(has, above.span[1][take], self._rows.slot[1])

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
        return (_story(above), take) if "drugs" in above.population.told else None

    @cached_property
    def drug(self) -> Ints:
        """The drug of each row, the ordered one where there is an order; -1 where nothing fits. A
        chronic condition keeps its drug."""
        if self._ordered is not None:
            story, take = self._ordered
            return story.drug[take]
        age = self.people.age(self.when)
        lasts = self.clinic.rates.chronic

        def answer(rows: Ints, condition: Ints, turn: int) -> Ints:
            known = np.maximum(condition, 0)
            person, years = self.person[rows], age[rows]
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

        return self.arm(self._first(answer), self.listed == 0)

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
        return first + below(self.draw("strength", self.person * 512 + drug, 0), count)

    @cached_property
    def dose_of_owner(self) -> Ints | None:
        """The drug of the event that owns each row, as ``dose``; None where it is a visit's."""
        if self._plan.story != "owner":
            return None
        above, take = self._rows.follow(self._rows.population.plan.owner)
        return None if self._under_visit else _story(above).dose[take]

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


def _story(rows: Rows) -> Story:
    assert rows.story is not None
    return rows.story
