"""Which episode rows tell of, when it was, and which place they have in it.

A row finds its episode along its keys: it is a visit itself, it lies below one, it names one, or it
is the patient's own and is spread over the visits that the patient has.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from seeder.clinical.chance import Bools
from seeder.clinical.episodes import NEWBORN, Episodes, numbered
from seeder.clinical.model import SETTINGS
from seeder.clinical.population import MINUTE
from seeder.clinical.schedule import BEFORE, OTHERS, Planned, Stretch
from seeder.generate import beside, colleagues
from seeder.generate.beside import Place
from seeder.generate.stream import Ints, below
from seeder.generate.whose import Whose, story_of
from seeder.schema import Name

if TYPE_CHECKING:
    from seeder.generate.rows import Rows
    from seeder.text.state import Named


class Chart(Whose):
    """The episodes of ``rows``, as their patients' charts have them."""

    # Which episode -------------------------------------------------------------------------------

    @cached_property
    def episodes(self) -> Episodes:
        """The episode of each row."""
        rows = self._rows
        if self._plan.story == "owner":
            above, take = rows.follow(rows.population.plan.owner)
            return story_of(above).episodes.take(take)
        if self._plan.story == "own":
            return rows.world.memory.of(rows, "episodes", lambda each: story_of(each)._own)
        if self.visit is None:
            return self._own
        above, take, has = self.visit
        told = story_of(above).episodes.take(take)
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
            return story_of(above).event[take]
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
    def beside(self) -> Place | None:
        """Where the rows stand among the others of their visits."""
        return beside.place(self._rows)

    def colleagues(self, role: str) -> Named | None:
        """Family names of staff that the rows' texts speak of."""
        return colleagues.names(self, self._rows, role)

    @cached_property
    def cell(self) -> Ints:
        return self.cell_at(self.people, self.when)

    @cached_property
    def when(self) -> Ints:
        """When the row's visit began."""
        if self._plan.story == "owner":
            above, take = self._rows.follow(self._rows.population.plan.owner)
            return story_of(above).when[take]
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
            return story_of(above).until[take]
        if self._is_root or self.visit is None:
            return self._rows.span[1]
        above, take, has = self.visit
        return np.where(has, above.span[1][take], self._rows.slot[1])
