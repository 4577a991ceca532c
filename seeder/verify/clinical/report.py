"""The clinical section of a verification: rules, subgroups, prevalence."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np

from seeder.adapter import Adapter
from seeder.clinical.clinic import clinic
from seeder.clinical.knowledge import load
from seeder.clinical.model import Population
from seeder.generate.rows import Rows
from seeder.generate.world import build
from seeder.plan import inputs
from seeder.plan.control import compiled
from seeder.plan.model import Plan, reference_instant
from seeder.question import Fact, Question, Source
from seeder.schema import Name, Table
from seeder.verify.clinical.lists import icd, listing, names
from seeder.verify.clinical.places import Atlas, Place
from seeder.verify.clinical.rule import Expected, Rule, rules

_BANDS = ((0, 4), (5, 19), (20, 44), (45, 64), (65, 79), (80, 200))
_CHUNK = 1 << 15  # patients evaluated at once
_ERRORS = 3  # standard errors that a share of few rows may be off


@dataclass(frozen=True, slots=True)
class Wanted:
    """Noise that the plan has in the columns that a rule reads: at most in which share of rows."""

    share: float = 0.0
    why: str = ""


UNWANTED = Wanted()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule asked of one place; a rule that found no place, or no row, proves nothing."""

    rule: str
    place: str
    applied: int
    bad: int
    expect: Expected | None = None
    wanted: Wanted = UNWANTED

    @property
    def share(self) -> float:
        return self.bad / self.applied if self.applied else 0.0

    @property
    def kind(self) -> str:
        return "absolute" if self.expect is None else "statistical"

    @property
    def tolerance(self) -> str:
        return "0" if self.expect is None else f"{self.expect.share:.0%} ± {self.expect.within:.0%}"

    @property
    def verdict(self) -> str:
        """holds, broken, or what kept it from an answer: no rows, no such columns; noise where no
        more rows break it than were made dirty on demand."""
        if not self.place:
            return "no such columns"
        if not self.applied:
            return "no rows"
        if self._holds:
            return "holds"
        chance = _ERRORS * sqrt(self.wanted.share / self.applied)
        wanted = self.wanted.why and self.share <= self.wanted.share + chance + _usual(self.expect)
        return "noise" if wanted else "broken"

    @property
    def broken(self) -> bool:
        return self.verdict == "broken"

    @property
    def _holds(self) -> bool:
        if self.expect is None:
            return self.bad == 0
        p = min(max(self.expect.share, self.expect.within), 0.5)
        chance = _ERRORS * sqrt(p * (1 - p) / self.applied)
        return abs(self.share - self.expect.share) <= self.expect.within + chance

    def data(self) -> dict[str, Any]:
        return {
            "rule": self.rule, "place": self.place, "kind": self.kind, "applied": self.applied,
            "violations": self.bad, "share": round(self.share, 6), "tolerance": self.tolerance,
            "verdict": self.verdict, "noise": self.wanted.why,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subgroup:
    """Patients of a group, and the share that the target population has; None: it has no such."""

    by: str
    group: str
    patients: int
    share: float
    target: float | None


@dataclass(frozen=True, slots=True)
class Prevalence:
    """Patients with a code among their recorded diagnoses. ``target``: the share that has it by the
    model, whether it was recorded or not, of the patients that were loaded; None for what comes and
    goes, of which rows alone decide how often it is met."""

    code: str
    description: str
    patients: int
    share: float
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """All that the clinical section says."""

    verdicts: tuple[Verdict, ...]
    subgroups: tuple[Subgroup, ...]
    prevalence: tuple[Prevalence, ...]

    @property
    def broken(self) -> list[Verdict]:
        return [v for v in self.verdicts if v.broken]

    @property
    def violated(self) -> list[Verdict]:
        """The places that break a rule which allows no violation."""
        return [v for v in self.broken if v.kind == "absolute"]

    def data(self) -> dict[str, Any]:
        """The section as plain data."""
        return {
            "rules": [v.data() for v in self.verdicts],
            "subgroups": [dataclasses.asdict(g) for g in self.subgroups],
            "prevalence": [dataclasses.asdict(p) for p in self.prevalence],
        }

    @property
    def proving(self) -> list[str]:
        """The rules that applied to a row somewhere."""
        return list(dict.fromkeys(v.rule for v in self.verdicts if v.applied))


def section(plan: Plan, connection: Any, adapter: Adapter) -> Section:
    """Asks every rule of every place, and counts patients by group and condition."""
    atlas = Atlas(plan)
    return Section(
        tuple(verdicts(atlas, connection, adapter, rules().values())),
        tuple(_subgroups(atlas, connection, adapter)),
        tuple(_prevalence(atlas, connection, adapter)),
    )


def verdicts(
    atlas: Atlas, connection: Any, adapter: Adapter, asked: Sequence[Rule] | Any
) -> Iterator[Verdict]:
    """The answers in the order of the rules."""
    placed = [(rule, place) for rule in asked for place in atlas.places(rule)]
    kept = _merged([(r, p, q) for r, p in placed if (q := question(atlas, r, p)) is not None])
    answers = iter(adapter.proofs.coherence(connection, [q for _, _, q in kept]))
    found: dict[str, list[Verdict]] = {}
    for (rule, place, query), (applied, bad) in zip(kept, answers, strict=True):
        dirt = noise(atlas.plan, [query.source, *query.alike, *query.others])
        verdict = Verdict(rule.rule, place.told, applied, bad, rule.expect, dirt)
        found.setdefault(rule.rule, []).append(verdict)
    for rule in asked:
        yield from found.get(rule.rule) or [Verdict(rule.rule, "", 0, 0, rule.expect)]


def _merged(kept: Sequence[tuple[Rule, Place, Question]]) -> list[tuple[Rule, Place, Question]]:
    """Columns of one table of which a rule asks the same of each row's patient, as one place."""
    found: list[tuple[Rule, Place, Question]] = []
    for rule, place, query in kept:
        before, first, last = found[-1] if found else (None, place, query)
        if before is not rule or query.form != "among" or _of(last) != _of(query):
            found.append((rule, place, query))
            continue
        alike = (*last.alike, query.source)
        told = f"{first.told.partition(' and ')[0]} and {len(alike)} columns like it"
        found[-1] = rule, replace(first, told=told), replace(last, alike=alike)
    return found


def _of(query: Question) -> tuple[Name, tuple[Fact, ...]]:
    return query.source.table.name, query.source.key


def noise(plan: Plan, sources: Sequence[Source]) -> Wanted:
    """The noise in the columns of sources."""
    shares: dict[tuple[str, ...], float] = {}
    twice = plan.options.overrides.clinical.noise.duplicates
    for source in sources:
        for fact in source.facts.values():
            table = str(fact.path[-1].end if fact.path else source.table.name)
            made = plan.tables[table].columns.get(fact.column) if table in plan.tables else None
            for kind, share in (made.noise if made is not None else {}).items():
                rows = share * twice if kind in ("duplicates", "forgotten") else share
                # Value, limits and unit of a result are changed together.
                place = (kind, table) if kind == "units" else (kind, table, fact.column)
                shares[place] = rows
    said = [f"{k[0]} {s:.1%} of {'.'.join(k[1:])}" for k, s in sorted(shares.items()) if s]
    return Wanted(min(sum(shares.values()), 1.0), ", ".join(said))


def _usual(expect: Expected | None) -> float:
    return 0.0 if expect is None else expect.share + expect.within


def question(atlas: Atlas, rule: Rule, place: Place) -> Question | None:
    """What the adapter is asked; None when a schema lacks the other rows that a rule wants."""
    others: tuple[Source, ...] = ()
    if rule.among is not None:
        others = tuple(
            found.source
            for table in atlas.filled
            if not atlas.has(table, rule.among.without)
            for found in atlas.sources(table, rule.among.facts, rule.per, frozenset())
            if len(found.source.key) == len(place.source.key)
        )
        if not others:
            return None
    text = " ".join((rule.when, rule.holds, rule.among.where if rule.among else ""))
    used = {n for n in names() if n in rule.look or f"listed({n}," in text}
    instant = dt.datetime(1970, 1, 1) + dt.timedelta(  # noqa: DTZ001 - UTC, as all of a plan
        microseconds=reference_instant(atlas.plan.options)
    )
    return Question(
        source=place.source, when=rule.when, holds=rule.holds, reference=instant, form=rule.form,
        optional=rule.may_miss, look=rule.look,
        lists={n: listing(n) for n in sorted(used)}, order=rule.order, others=others,
        where=rule.among.where if rule.among else "",
    )  # fmt: skip


# Subgroups --------------------------------------------------------------------------------------


def _patients(atlas: Atlas) -> Table | None:
    """The patients: of several such tables the one with the most rows."""
    rows = {t: atlas.plan.tables[str(t.name)].rows for t in atlas.filled}
    found = [t for t in atlas.filled if atlas.kinds[t.name] == "patient"]
    return max(found, key=lambda t: rows[t], default=None)


# What tells the group of a patient; the dead are no part of a population by age.
_GROUPED = {
    "age": ({"birth": "birth", "death": "death of patient"}, {"birth": "birth"}),
    "sex": ({"sex": "sex"},),
    "race": ({"race": "race"},),
    "region": ({"state": "state"},),
}


def _theirs(atlas: Atlas, patients: Table) -> Iterator[Table]:
    """The tables whose rows are these patients'."""
    for table in atlas.filled:
        path = atlas.patient(table.name)
        if path and path[-1].end == patients.name:
            yield table


def _subgroups(atlas: Atlas, connection: Any, adapter: Adapter) -> Iterator[Subgroup]:
    table = _patients(atlas)
    if table is None:
        return
    targets = _targets(clinic(*compiled(atlas.plan.options.overrides.clinical)).population)
    for by, ways in _GROUPED.items():
        tables = (table, *(_theirs(atlas, table) if by == "region" else ()))
        found = (atlas.sources(t, facts, "patient", frozenset()) for facts in ways for t in tables)
        place = next((p for each in found for p in each), None)
        if place is None:
            continue
        counted = _counted(atlas, by, place.source, connection, adapter)
        total = sum(counted.values())
        for group in sorted({*counted, *targets[by]}, key=_sorted):
            share = counted[group] / total if total else 0.0
            yield Subgroup(by, group, counted[group], share, targets[by].get(group))


def _counted(
    atlas: Atlas, by: str, source: Source, connection: Any, adapter: Adapter
) -> Counter[str]:
    now = atlas.plan.options.reference_date
    wanted = list(source.facts) if by == "age" else [next(iter(source.facts))]
    counted: Counter[str] = Counter()
    for *values, number in adapter.proofs.tally(connection, [source], wanted):
        counted[_group(by, values, now)] += int(number)
    counted.pop("", None)
    return counted


def _sorted(group: str) -> tuple[int, str]:
    first = group.split("-")[0].rstrip("+")
    return (int(first) if first.isdigit() else 0), group


def _band(age: int) -> str:
    low, high = next(b for b in _BANDS if b[0] <= max(age, 0) <= b[1])
    return f"{low}+" if high == 200 else f"{low}-{high}"


def _group(by: str, values: list[Any], now: dt.date) -> str:
    """The name of the group; '' for those that do not count: the dead, and what is not said."""
    first = values[0]
    if first is None or any(v is not None for v in values[1:]):
        return ""
    if by == "age":
        return _band(now.year - first.year - ((now.month, now.day) < (first.month, first.day)))
    if by == "region":
        return _regions().get(str(first), "")
    return _race_names().get(str(first), str(first)) if by == "race" else str(first)


def _race_names() -> dict[str, str]:
    races = load().population.races
    return {key.lower(): r.name for r in races for key in (r.name, r.code, r.title)}


def _regions() -> dict[str, str]:
    return {state.lower(): region for state, region, _ in load().population.regions}


def _targets(people: Population) -> dict[str, dict[str, float]]:
    """The shares of the target population by kind of group."""
    ages: Counter[str] = Counter()
    sexes: Counter[str] = Counter()
    for row in people.pyramid:
        figures = dict(row.figures)
        ages[_band(row.ages[0])] += sum(figures.values())
        sexes["M"] += figures["male"]
        sexes["F"] += figures["female"]
    races = Counter({r.name: r.weight for r in people.races})
    regions: Counter[str] = Counter()
    for _, region, weight in people.regions:
        regions[region] += weight
    counted = {"age": ages, "sex": sexes, "race": races, "region": regions}
    return {by: _shares(c) for by, c in counted.items()}


def _shares(counted: Mapping[str, int]) -> dict[str, float]:
    total = sum(counted.values())
    return {name: number / total for name, number in counted.items()}


# Prevalence -------------------------------------------------------------------------------------


def _prevalence(atlas: Atlas, connection: Any, adapter: Adapter) -> Iterator[Prevalence]:
    """Every condition of the knowledge that a patient has, the most frequent first."""
    table = _patients(atlas)
    if table is None:
        return
    sources = [
        place.source
        for each in _theirs(atlas, table)
        for place in atlas.sources(each, {"code": "diagnosis"}, "patient", frozenset())
    ]
    if not sources:
        return
    patients = atlas.plan.tables[str(table.name)].rows
    known = {icd(c.code): c for c in load().conditions.values()}
    targets = expected(atlas.plan, table.name)
    counted = adapter.proofs.tally(connection, sources, ["code"])
    for code, number in sorted(counted, key=lambda r: (-r[1], str(r[0]))):
        if code in known:
            c = known[code]
            share, target = number / patients, targets.get(c.code)
            yield Prevalence(c.code, c.description, number, share, target)


def expected(plan: Plan, patients: Name) -> dict[str, float]:
    """The share of the plan's patients that each chronic condition is to have, by their ages,
    sexes, races and regions. Empty where the plan tells no story of them."""
    made = plan.tables[str(patients)]
    if made.role != "generate" or not made.time or not made.time.story:
        return {}
    world = build(plan, inputs.opened(plan))
    rates, cells = world.clinic.rates, np.zeros(world.clinic.rates.cells.size, np.int64)
    for start in range(0, made.rows, _CHUNK):
        numbers = np.arange(start, min(start + _CHUNK, made.rows))
        story = Rows(world, patients, numbers).story
        if story is None:
            return {}
        here = story.cell_at(story.people, story.people.died_at)
        cells += np.bincount(here, minlength=len(cells))
    shares = (cells[:, None] * rates.table).sum(axis=0) / max(made.rows, 1)
    return {
        c.code: float(share)
        for c, share in zip(world.clinic.conditions, shares, strict=True)
        if c.chronic
    }
