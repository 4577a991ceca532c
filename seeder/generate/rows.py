"""Rows of one table, evaluated lazily and only once: keys, times and cells for any row numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.clinical.episodes import INPATIENT, OUTPATIENT, TELEHEALTH, Episodes
from seeder.errors import SeederError
from seeder.generate import noise, spans, stream
from seeder.generate.apart import skipped, stepped
from seeder.generate.calendar import Calendar
from seeder.generate.call import CellCall
from seeder.generate.cells import finish, without
from seeder.generate.permutation import permute, permute_each
from seeder.generate.registry import Person
from seeder.generate.story import Story
from seeder.generate.stream import Ints, Words, below
from seeder.generate.told import entry_of
from seeder.generate.world import Link, Maker, Population, World
from seeder.plan.model import Case, CaseGroup, Distinct, TablePlan, TimePlan
from seeder.schema import Name, Type

Floats = npt.NDArray[np.float64]
Spans = tuple[Ints, Ints]

_NONE = -1
_GROWN = 21 * 365 * spans.DAY  # nobody is hired younger
_AHEAD = 0.25  # the share of appointments of the living that are still to come
_REDRAWS, _REDRAW = 16, 1 << 24  # how often, and how far from one another's draws
# Which of their own few patients come to, -1 to anybody: half of the time their first.
_REGULAR = (0, 0, 0, 0, 0, 1, 1, 2, -1, -1)
_TRIES = 4  # children of an ancestor are drawn at most so often before the row goes without


class Rows:
    """``numbers`` rows of a table of the world. Everything is a pure function of them; what has
    been computed is kept, because columns share parents, spans and codes."""

    def __init__(self, world: World, name: Name, numbers: Ints) -> None:
        self.world = world
        self.population: Population = world.populations[name]
        self.numbers = numbers
        self._parents: dict[str, Ints] = {}
        self._followed: dict[str, tuple[Rows, Ints]] = {}
        self._cells: dict[str, pa.Array] = {}
        self.shared: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def words(self, *purpose: str, draw: int = 0) -> Words:
        """Words of a stream of this table."""
        return stream.words(self.world.key(self.population.name, *purpose), self.numbers, draw)

    def shared_words(self, purpose: str, draw: int) -> Words:
        """Words that several columns of a row share; and the rows of one person."""
        key = self.world.key(self.population.name, "shared", purpose)
        return stream.words(key, self.alike, draw)

    # Keys -------------------------------------------------------------------------------------

    @cached_property
    def _located(self) -> tuple[Ints, Ints, Ints]:
        owner = self.population.plan.owner
        if not owner:
            zero = np.zeros(len(self), np.int64)
            return zero, zero, zero + 1
        return self.population.links[owner].fan_out.locate(self.numbers)

    @property
    def ordinal(self) -> Ints:
        return self._located[1]

    @property
    def siblings(self) -> Ints:
        return self._located[2]

    @cached_property
    def alike(self) -> Ints:
        """The row that each one's values are those of: another patient's, where somebody was
        registered twice; else its own."""
        twice = self.story is not None and self.rooted and self.world.twice
        return self.story.person if twice and self.story is not None else self.numbers

    @property
    def again(self) -> npt.NDArray[np.bool_]:
        """Which rows are second registrations."""
        different: npt.NDArray[np.bool_] = self.alike != self.numbers
        return different

    @property
    def rooted(self) -> bool:
        """Whether the rows are the persons themselves that stories are about, and not relatives."""
        return rooted(self.population.plan)

    def parents(self, key: str) -> Ints:
        """The parent row of each row along a key, -1 where there is none; before NULLs."""
        if key not in self._parents:
            self._parents[key] = self._find(self.population.links[key])
        return self._parents[key]

    def _find(self, link: Link) -> Ints:
        match link.plan.how:
            case "owner":
                return link.named(self._located[0])
            case "derived":
                return self.along(link.plan.path)
            case "within":
                return self._within(link)
            case "strata":
                return link.fan_out.locate(link.shuffle(self.numbers))[0]
            case "distinct":
                return self._one_each(link)
            case "drawn":
                return self._drawn(link)
            case "listed":
                return link.named(self._told(link) % link.parents)
            case "tree" | "earlier":
                return self._tree(link)
            case "previous":
                return np.where(self.ordinal > 0, self.numbers - 1, _NONE)
            case _:
                return np.full(len(self), _NONE)

    def _others(self, link: Link) -> list[Ints]:
        """The parents that must not be those of this key."""
        return [self.parents(key) if key else self.numbers for key in link.plan.apart]

    def _one_each(self, link: Link) -> Ints:
        if link.plan.apart:
            (other,) = self._others(link)
            return np.where(other >= 0, link.follower(other), _NONE)
        # More rows than parents: the last ones have none.
        inside = np.minimum(self.numbers, link.parents - 1)
        return np.where(self.numbers < link.parents, link.named(link.spread(inside)), _NONE)

    def _drawn(self, link: Link) -> Ints:
        others = self._others(link)
        if link.parents <= len(others):
            return np.full(len(self), _NONE)
        if link.plan.distinct is not None:
            how, left = link.plan.distinct, link.parents - len(others)
            places = self.distinct(how, left, link.lasting)
            return link.named(skipped(places, [link.placed(o) for o in others]))
        places = self._popular(link)
        return link.named(stepped(places, 0, link.parents, others, link.named))

    def _popular(self, link: Link) -> Ints:
        """Places of parents by popularity."""
        word = stream.words(link.stream, self.numbers)
        if link.plan.regular and self.story is not None:
            word = self._regulars(link, self.story.patient, word)
        share = (word >> np.uint64(11)).astype(np.float64)
        share *= 2.0**-53
        if link.plan.skew == "steep":
            # The square of a uniform number: the first percent of parents gets a tenth of the rows.
            share *= share
        if link.plan.among is not None and link.plan.among.groups:
            return self._weighted(link, link.plan.among.groups, share)
        return link.spread(np.minimum((share * link.parents).astype(np.int64), link.parents - 1))

    def _regulars(self, link: Link, patient: Ints, word: Words) -> Words:
        """The words of rows, of most of them one of their patient's own few."""
        turn = np.asarray(_REGULAR)[
            below(stream.words(link.stream, self.numbers, 2), len(_REGULAR))
        ]
        own = stream.words(link.stream, patient * len(_REGULAR) + turn, 3)
        return np.where(turn >= 0, own, word)

    def _told(self, link: Link) -> Ints:
        """The entry of a code system that each row's story tells of."""
        assert self.story is not None
        if link.plan.distinct is not None and link.plan.system == "icd10cm":
            return self.story.apart(self.ordinal, link.stream)
        return entry_of(self.story, link.plan.system, link.plan.group)

    def _weighted(self, link: Link, groups: list[tuple[int, int]], share: Floats) -> Ints:
        """A group by its weight, then one of its rows."""
        weights = np.array([w if n else 0 for w, n in groups], np.int64)
        sizes = np.array([n for _, n in groups], np.int64)
        ends = np.cumsum(weights)
        spot = stream.below(stream.words(link.stream, self.numbers, 1), int(ends[-1]))
        group = np.searchsorted(ends, spot, side="right")
        found = np.empty(len(self), np.int64)
        for number, size in enumerate(sizes.tolist()):
            here = np.flatnonzero(group == number)
            if len(here):
                ranks = np.minimum((share[here] * size).astype(np.int64), size - 1)
                found[here] = int(sizes[:number].sum()) + permute(link.stream, size, ranks)
        return found

    def _tree(self, link: Link) -> Ints:
        word = stream.words(link.stream, self.numbers)
        if self.population.plan.owner and link.plan.how == "tree":
            place, first = self.ordinal, self.numbers - self.ordinal
        else:
            place, first = self.numbers, np.zeros(len(self), np.int64)
        earlier = first + stream.below(word, np.maximum(place, 1))
        others = self._others(link)
        earlier = stepped(earlier, first, place, others, link.named)
        nullable = any(self.population.table.column(c).nullable for c in link.columns)
        return np.where(place > len(others), earlier, _NONE if nullable else self.numbers)

    def _within(self, link: Link) -> Ints:
        if link.plan.turn and self.story is not None:
            return self.story.spread
        ancestor = self.along(link.plan.path) if link.plan.path else self.numbers
        steps = [
            self.world.populations[Name.parse(table)].links[key] for table, key in link.plan.down
        ]
        found = np.full(len(self), _NONE)
        others = self._others(link)
        for attempt in range(_TRIES):
            missing = np.flatnonzero((found < 0) & (ancestor >= 0))
            if len(missing) == 0:
                break
            here = ancestor[missing]
            for depth, step in enumerate(steps):
                word = stream.words(
                    link.stream, self.numbers[missing], 2 + attempt * len(steps) + depth
                )
                last = depth == len(steps) - 1
                here = _descend(step, here, word, [o[missing] for o in others if last])
            found[missing] = here
        return found

    def along(self, path: list[str]) -> Ints:
        """The rows that a path of keys leads to, -1 where it breaks off."""
        if len(path) == 1:
            return self.parents(path[0])
        rows, take = self.follow(path[0])
        further = rows.along(path[1:])
        return np.where(self.parents(path[0]) >= 0, further[take], _NONE)

    def follow(self, key: str) -> tuple[Rows, Ints]:
        """The distinct parents along a key, and where each row's stands among them.

        Children of one owner are adjacent, so their parents are a short range, evaluated once.
        """
        if key not in self._followed:
            link = self.population.links[key]
            parents = np.maximum(self.parents(key), 0)
            low = int(parents.min()) if len(parents) else 0
            width = int(parents.max()) - low + 1 if len(parents) else 0
            if width <= 2 * len(parents) + 16:
                distinct, take = np.arange(low, low + width), parents - low
            else:
                distinct, take = np.unique(parents, return_inverse=True)
            self._followed[key] = Rows(self.world, link.target, distinct), take
        return self._followed[key]

    def at(self, table: Name, numbers: Ints) -> Rows:
        """Rows of another table of the world."""
        return Rows(self.world, table, numbers)

    # Time -------------------------------------------------------------------------------------

    @cached_property
    def story(self) -> Story | None:
        """The story of the rows' patients; None where no key leads to one."""
        plan = self.population.plan.time
        if plan is None and self.population.plan.kind in ("patient", "person"):
            plan = TimePlan(kind="life", story="own")  # of a kept table, whose rows are there
        return Story(self, self.world.clinic, plan) if plan is not None and plan.story else None

    @cached_property
    def life(self) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        """(birth, death or reference date, died) of the row's person; the window without one."""
        plan = self.population.plan.time
        reference = self.world.reference
        if self.story is not None and not self._staff:
            people = self.story.people
            return people.born, people.died_at, people.died
        if plan is not None and plan.person:
            rows, take = self.follow(plan.person[0])
            for step in plan.person[1:]:
                rows, further = rows.follow(step)
                take = further[take]
            born, died_at, died = rows.life
            return born[take], died_at[take], died[take]
        adult = self._staff
        born = spans.birth(reference, self.words("life"), self.words("life", draw=1), adult)
        if adult:
            return born, np.full(len(self), reference), np.zeros(len(self), np.bool_)
        died_at, died = spans.death(
            reference, born, self.words("life", draw=2), self.words("life", draw=3)
        )
        return born, died_at, died

    @property
    def _staff(self) -> bool:
        return self.population.plan.kind == "staff"

    @cached_property
    def slot(self) -> tuple[Ints, Ints]:
        """The part of its owner's stretch that is the row's; of the whole window without one."""
        plan, reference = self.population.plan.time, self.world.reference
        if plan is None or plan.kind in ("life", "window"):
            return self.span
        if not self.population.plan.owner:
            return self._alive(*spans.in_order(
                reference, self.numbers, self.population.rows, self.words("time"),
                self.world.calendar, self.world.window,
            ))  # fmt: skip
        rows, take = self.follow(self.population.plan.owner)
        start, end = rows.span
        low, high = spans.slot(start[take], end[take], self.ordinal, self.siblings, self._calendar)
        if self.story is not None and plan.kind == "visit":
            low, high = self.story.nearer(low, high, start[take], end[take])
        laid = self.story.planned if self.story is not None else None
        if laid is not None:
            return laid.laid(low, high, plan.kind == "visit")
        return self._alive(low, high)

    def _alive(self, start: Ints, end: Ints) -> Spans:
        """A stretch of the owner's time, in the life of a patient who is not the owner's."""
        plan = self.population.plan
        if plan.time is None or not plan.time.person or plan.time.person[0] == plan.owner:
            return start, end
        key = plan.keys[plan.time.person[0]]
        if key.how == "derived" and key.path[0] == plan.owner:
            return start, end
        born, died_at, _ = self.life
        first, last = spans.observed(self.world.reference, born, died_at, self.world.window)
        return spans.inside(start, end, first, last, self.words("time", draw=6))

    @property
    def _calendar(self) -> Calendar | None:
        """The calendar, where rows lie in years and not in a visit."""
        above = self.population.links.get(self.population.plan.owner)
        time = self.world.populations[above.target].plan.time if above is not None else None
        return self.world.calendar if above is None or (time and time.kind == "life") else None

    @cached_property
    def arrival(self) -> Ints:
        """About when a visit begins: where in its slot it is put, whatever it is for."""
        start, end = self.slot
        plan = self.population.plan.time
        if plan is None or plan.kind != "visit":
            return start
        word, room = self.words("time", draw=3), np.maximum(end - start, 1)
        if self._calendar is not None:
            return self._calendar.between(start, start + room, word)
        return start + below(word, room)

    @cached_property
    def span(self) -> tuple[Ints, Ints]:
        """(start, end) of the row's stretch of time."""
        if self._visiting:
            return self.world.memory.of(self, "span", lambda rows: rows._span)
        return self._span

    @property
    def _span(self) -> tuple[Ints, Ints]:
        plan = self.population.plan.time
        if plan is None or not plan.ahead:
            return self._past
        start, end = self._past
        coming = stream.chance(self.words("time", draw=4), _AHEAD) & ~self.life[2]
        return spans.booked(self.world.reference, start, end, coming, self.words("time", draw=5))

    @cached_property
    def _past(self) -> tuple[Ints, Ints]:
        """The stretch before the reference date."""
        plan = self.population.plan.time
        reference = self.world.reference
        kind = plan.kind if plan is not None else "window"
        if kind == "life":
            born, died_at, _ = self.life
            return spans.observed(reference, born, died_at, self.world.window)
        owner = self.population.plan.owner
        if kind == "window" or (kind == "slot" and not owner):
            start, end = spans.standing(
                reference, self.numbers, self.words("time"), self.world.window
            )
            if self._staff:
                start = np.minimum(np.maximum(start, self.life[0] + _GROWN), end - spans.DAY)
            if owner:
                rows, take = self.follow(owner)
                start = np.maximum(start, rows.span[0][take])
            return start, end
        start, end = self.slot
        words = (self.words("time", draw=d) for d in (1, 2, 3))
        if kind == "visit":
            return (
                self._stay(start, end, *words)
                if self._visiting
                else spans.visit(start, end, *words, calendar=self._calendar)
            )
        visit = self.story.visit if self.story is not None else None
        if visit is not None:
            above, take, has = visit
            begun, ended = (
                np.where(has, t[take], own) for t, own in zip(above.span, (start, end), strict=True)
            )
            if kind == "moment":
                return self._given(spans.moment(begun, ended, *words))
            return spans.course(begun, ended, np.maximum(self.life[1], ended), *words)
        if kind != "moment":
            return start, end
        return self._given(spans.moment(start, end, *words, calendar=self._calendar))

    def _given(self, span: Spans) -> Spans:
        """Moments of rows; those in which drugs are ordered for a stay last until its end, and with
        them what is given."""
        start, end = span
        if self.story is None or "drug.end" not in self.population.meanings:
            return span
        stay = self.story.episodes.setting == INPATIENT
        return start, np.where(stay, np.maximum(self.story.until, end), end)

    @property
    def _visiting(self) -> bool:
        plan = self.population.plan.time
        return plan is not None and plan.story == "own"

    def _stay(self, start: Ints, end: Ints, word: Words, fine: Words, where: Words) -> Spans:
        """A visit as its episode has it, or where a cohort's schedule put it."""
        assert self.story is not None
        episodes, laid = self.story.episodes, self.story.planned
        begun, ended = self._stayed(episodes, start, end, word, fine, where)
        if laid is None:
            return begun, ended
        by_day = np.isin(episodes.setting, (OUTPATIENT, TELEHEALTH))
        length = episodes.minutes * spans.MINUTE
        put = spans.planned(start, laid.latest, end, length, by_day, fine, where)
        mine = laid.place >= 0
        return np.where(mine, put[0], begun), np.where(mine, put[1], ended)

    def begins(self, episodes: Episodes) -> Spans:
        """Between which moments rows begin that have these episodes."""
        plan = self.population.plan.time
        if plan is None or plan.kind != "visit":
            return self.slot
        words = (self.words("time", draw=d) for d in (1, 2, 3))
        begun, _ = self._stayed(episodes, *self.slot, *words)
        return begun, begun

    def _stayed(
        self, episodes: Episodes, start: Ints, end: Ints, word: Words, fine: Words, where: Words
    ) -> Spans:
        """A stay in a slot: as long as the condition and the setting ask for."""
        born, died_at, _ = self.life
        begun, ended = spans.stay(
            start,
            end,
            episodes.minutes * spans.MINUTE,
            np.isin(episodes.setting, (OUTPATIENT, TELEHEALTH)),
            fine,
            where,
            calendar=self._calendar,
        )
        length = ended - begun
        if self.story is not None and (due := self.story.due) is not None:
            # A birth comes when it comes.
            latest = np.maximum((end - length) // spans.MINUTE * spans.MINUTE, start)
            begun = np.where(due >= 0, np.clip(due, start, latest), begun)
            ended = begun + length
        born_at = np.minimum(
            born + below(word, 12 * spans.HOUR) // spans.MINUTE * spans.MINUTE, end
        )
        begun = np.where(episodes.birth, np.maximum(born_at, start), begun)
        ended = np.where(episodes.birth, np.minimum(begun + length, end), ended)
        begun = np.where(episodes.death, np.maximum(died_at - length, start), begun)
        return begun, np.where(episodes.death, np.maximum(died_at, begun), ended)

    # Persons ----------------------------------------------------------------------------------

    @property
    def persons(self) -> Name:
        """The table of the rows' patients; their own where they have none."""
        owner = self.population.plan.owner
        return self.population.links[owner].target if self._theirs else self.population.name

    @property
    def _theirs(self) -> bool:
        """Whether a patient owns the rows."""
        link = self.population.links.get(self.population.plan.owner)
        return link is not None and self.world.populations[link.target].plan.kind == "patient"

    @property
    def person(self) -> Person | None:
        """The patient of each row; None of rows that are no patients and not a patient's own."""
        kind = self.population.plan.kind
        if self._theirs and kind not in ("encounter", "log"):
            number = self._located[0]
            if self.world.twice:
                above, take = self.follow(self.population.plan.owner)
                number = above.alike[take]
            return Person(number, self.siblings - 1 - self.ordinal, kind == "person")
        if kind not in ("patient", "person") or self._theirs:
            return None
        return Person(self.alike, np.zeros(len(self), np.int64))

    # Cells ------------------------------------------------------------------------------------

    def cells(self, column: str) -> pa.Array:
        """The column's cells in their wire type, before NULLs are put in (an absent parent is
        NULL already)."""
        if column not in self._cells:
            self._cells[column] = self._evaluate(column)
        return self._cells[column]

    def _evaluate(self, column: str) -> pa.Array:
        population = self.population
        snapshot = self.world.snapshots.get(population.name)
        if snapshot is not None:
            return pc.take(snapshot.column(column), pa.array(self.numbers)).combine_chunks()
        if column in population.printed:
            return self._printed(column)
        if column not in population.makers:
            raise SeederError(f"{population.name} has no generator for column {column}")
        maker = population.makers[column]
        kind = population.table.column(column).type
        cells = finish(
            maker.definition.make(CellCall(self, maker, kind)), kind, maker.definition, maker.params
        )
        for other in maker.plan.unlike:
            cells = self._unlike(cells, self.cells(other), maker, kind)
        for earlier in maker.plan.not_before:
            cells = _at_least(cells, self.cells(earlier), strict=False)
        for earlier in maker.plan.after:
            cells = _at_least(cells, self.cells(earlier), strict=True)
        return cells

    def _unlike(self, cells: pa.Array, other: pa.Array, maker: Maker, kind: Type) -> pa.Array:
        """``cells``, drawn again where they are the same as ``other``; NULL when nothing helps."""
        for attempt in range(1, _REDRAWS + 1):
            same = pc.equal(cells, other.cast(cells.type, safe=False))
            if not pc.any(same).as_py():
                return cells
            call = CellCall(self, maker, kind, attempt * _REDRAW)
            again = finish(maker.definition.make(call), kind, maker.definition, maker.params)
            cells = pc.if_else(pc.fill_null(same, False), again, cells)
        same = pc.equal(cells, other.cast(cells.type, safe=False))
        return pc.if_else(pc.fill_null(same, False), pa.scalar(None, cells.type), cells)

    def _printed(self, column: str) -> pa.Array:
        key, theirs = self.population.printed[column]
        link = self.population.links[key]
        parents = self.parents(key)
        if link.plan.how == "owner":
            rows, take = self.follow(key)
            cells = rows.cells(theirs).take(pa.array(take))
        else:
            numbers = np.maximum(parents, 0)
            cells = Rows(self.world, link.target, numbers).cells(theirs)
        cells = finish(cells, self.population.table.column(column).type)
        absent = parents < 0
        # Of a key that is absent the columns that may not be NULL keep the value of some parent.
        may = self.population.table.column(column).nullable
        return without(cells, absent) if may and absent.any() else cells

    @cached_property
    def _cased(self) -> dict[str, npt.NDArray[np.int8]]:
        """By column that a conditional CHECK concerns: 1 where it must be NULL, -1 where it must
        not, 0 where it may be either."""
        found: dict[str, npt.NDArray[np.int8]] = {}
        for group in self.population.plan.cases:
            cells = {c: self.cells(c).cast(pa.string()) for c in group.drivers}
            word = self.words("cases", group.name)
            for given, among in _by_given(group):
                here = np.ones(len(self), np.bool_)
                for column, value in given.items():
                    same = pc.fill_null(pc.equal(cells[column], value), False)
                    here &= np.asarray(same.to_numpy(zero_copy_only=False))
                which = stream.below(word, len(among))
                for number, case in enumerate(among):
                    rows = here & (which == number)
                    for names, state in ((case.null, 1), (case.present, -1)):
                        for name in names:
                            found.setdefault(name, np.zeros(len(self), np.int8))[rows] = state
        return found

    def nulls(self, column: str) -> npt.NDArray[np.bool_] | None:
        """Where the column is NULL by the plan, or None for nowhere."""
        mask = self._drawn_nulls(column)
        if self._noisy(column) and (lost := noise.forgotten(self, column)) is not None:
            mask = lost if mask is None else mask | lost
        if not self.population.plan.cases or column not in self._cased:
            return mask
        state = self._cased[column]
        return (state > 0) if mask is None else (mask & (state >= 0)) | (state > 0)

    def _drawn_nulls(self, column: str) -> npt.NDArray[np.bool_] | None:
        population = self.population
        if column in population.printed:
            key = population.printed[column][0]
            if not population.table.column(column).nullable:
                return None
            share, purpose = population.links[key].plan.nulls, key
        else:
            plan = population.makers[column].plan
            if plan.nulls_at == "last":
                last: npt.NDArray[np.bool_] = self.ordinal == self.siblings - 1
                return last
            if plan.nulls_at == "open":
                # As their state has it.
                open_: npt.NDArray[np.bool_] = self.span[1] > self.world.reference - spans.DAY // 2
                return open_
            share, purpose = plan.nulls, "\x1f" + (plan.nulls_with or column)
        return stream.chance(self.words("nulls", purpose), share) if share > 0 else None

    def column(self, column: str) -> pa.Array:
        """The column as it is loaded."""
        cells = self.cells(column)
        if self._noisy(column):
            maker, kind = self.population.makers[column], self.population.table.column(column).type
            cells = noise.soiled(self, column, cells, lambda: CellCall(self, maker, kind))
        mask = self.nulls(column)
        return cells if mask is None else without(cells, mask)

    def _noisy(self, column: str) -> bool:
        maker = self.population.makers.get(column)
        return maker is not None and bool(maker.plan.noise)

    def batch(self) -> pa.RecordBatch:
        """All columns that are loaded, as one record batch."""
        names = self.population.columns
        return pa.RecordBatch.from_arrays([self.column(c) for c in names], names=list(names))

    def distinct(self, how: Distinct, capacity: int, key: stream.Key) -> Ints:
        numbers = self.numbers + how.start if how.start else self.numbers
        if how.how == "row":
            return numbers
        if how.how == "siblings":
            sizes = np.full(len(self), how.capacity or capacity)
            if how.group:  # columns of one group stand at the same place
                key = self.world.lasting(self.population.name, "group", how.group)
            return permute_each(key, sizes, self._located[0], self.ordinal)
        if how.how == "digit":
            group = self.world.lasting(self.population.name, "group", how.group)
            return permute(group, how.capacity, numbers) // how.divide % how.modulo
        return permute(key, how.capacity or capacity, numbers)


def rooted(plan: TablePlan) -> bool:
    """Whether a table's rows are the patients, or the persons that patients are."""
    whole = plan.time is None or not plan.time.person
    return whole and (plan.kind == "patient" or (plan.kind == "person" and not plan.owner))


def _descend(step: Link, parents: Ints, word: Words, others: Sequence[Ints]) -> Ints:
    """A random child of each parent along an invertible key, none of ``others``; -1 stays -1, no
    child gives -1."""
    first, last = step.fan_out.offsets(np.maximum(parents, 0))
    count = last - first
    place = first + stream.below(word, np.maximum(count, 1))

    def child(places: Ints) -> Ints:
        if step.plan.how != "strata":
            return places
        return step.unshuffle(np.minimum(places, step.children - 1))

    row = child(stepped(place, first, count, others, child))
    free = (count > 0) & (parents >= 0)
    for other in others:
        free &= row != other
    return np.where(free, row, _NONE)


def _by_given(group: CaseGroup) -> list[tuple[dict[str, str], list[Case]]]:
    """The cases of each combination of the drivers' values."""
    found: dict[tuple[tuple[str, str], ...], list[Case]] = {}
    for case in group.cases:
        found.setdefault(tuple(sorted(case.given.items())), []).append(case)
    return [(dict(given), among) for given, among in found.items()]


def _at_least(cells: pa.Array, bound: pa.Array, strict: bool) -> pa.Array:
    """``cells``, raised to ``bound`` (or one unit above it) where they are below."""
    if bound.type != cells.type:
        bound = bound.cast(cells.type, safe=False)
    if strict:
        bound = _next(bound)
    return pc.if_else(pc.less(cells, bound), bound, cells)


def _next(cells: pa.Array) -> pa.Array:
    if pa.types.is_date32(cells.type):
        return pc.add(cells.cast(pa.int32()), pa.scalar(1, pa.int32())).cast(cells.type)
    if pa.types.is_timestamp(cells.type) or pa.types.is_time64(cells.type):
        return pc.add(cells.cast(pa.int64()), spans.SECOND).cast(cells.type)
    if pa.types.is_decimal(cells.type):
        unit = pa.scalar(Decimal(1).scaleb(-cells.type.scale), cells.type)
        return pc.add(cells, unit).cast(cells.type, safe=False)
    return pc.add(cells, pa.scalar(1, cells.type))
