"""A loaded database beside public figures: ages, sexes, visits, stays and what they are for.

The figures are data (``external.csv`` of the clinical knowledge), each with the document that it
was read in. What the database says is counted in it, by meaning, on any schema.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from seeder.adapter import Adapter
from seeder.clinical.files import home, rows
from seeder.plan.model import Plan
from seeder.question import Fact, Source
from seeder.schema import Table
from seeder.verify.clinical.lists import icd, listing
from seeder.verify.clinical.places import Atlas

_COLUMNS = "measure of ages value unit within population source place opened"
_ENOUGH = 30  # rows behind a figure, less of which say nothing


@dataclass(frozen=True)
class Figure:
    """A public figure: what it measures, of which class of visit or codes, and of which ages."""

    measure: str
    of: str
    ages: tuple[int, int]
    value: float
    unit: str
    within: float  # how far from it, as a share of it, is still good
    population: str
    source: str
    place: str
    opened: str


@dataclass(frozen=True)
class Compared:
    """A public figure and ours; ``ours`` None: the schema does not tell it, or has few rows."""

    figure: Figure
    ours: float | None
    rows: int

    @property
    def ratio(self) -> float | None:
        return None if self.ours is None else self.ours / self.figure.value

    @property
    def verdict(self) -> str:
        if self.ratio is None:
            return "few rows" if self.rows else "not told"
        return "agrees" if abs(self.ratio - 1) <= self.figure.within else "off"


def figures() -> tuple[Figure, ...]:
    """The public figures. Raises KnowledgeError for what no measure knows, or without a source."""
    return tuple(_figure(row) for row in rows(home(), "external.csv", _COLUMNS))


def _figure(row: Mapping[str, Any]) -> Figure:
    low, _, high = row["ages"].filled().partition("-")
    return Figure(
        row["measure"].one_of(MEASURES, "measure"),
        row["of"].text,
        (int(low), int(high)),
        row["value"].fixed(10_000, 1) / 10_000,
        row["unit"].filled(),
        row["within"].fixed(1_000, 1, 1_000) / 1_000,
        *(row[name].filled() for name in ("population", "source", "place", "opened")),
    )


def compare(plan: Plan, connection: Any, adapter: Adapter) -> list[Compared]:
    """Every figure beside what the database says."""
    seen = Seen(Atlas(plan), connection, adapter)
    found = []
    for figure in figures():
        part, whole = MEASURES[figure.measure](seen, figure)
        scale = 1 if figure.measure == "stay_days" else 100
        told = whole >= _ENOUGH
        found.append(Compared(figure, scale * part / whole if told else None, int(whole)))
    return found


@dataclass(frozen=True)
class Visit:
    """A visit as the database has it."""

    group: str  # outpatient, emergency, inpatient, or '' for others
    age: int | None
    start: dt.datetime
    days: float | None
    died: bool


@dataclass(frozen=True)
class Seen:
    """What the figures are counted from, read once each."""

    atlas: Atlas
    connection: Any
    adapter: Adapter

    @property
    def now(self) -> dt.date:
        return self.atlas.plan.options.reference_date

    def tally(self, source: Source, by: list[str]) -> list[tuple[Any, ...]]:
        return self.adapter.proofs.tally(self.connection, [source], by)

    def _tables(self, kind: str) -> list[Table]:
        """The tables of a kind, that with the most rows first; parts of visits are none."""
        atlas = self.atlas
        found = (t for t in atlas.filled if atlas.kinds[t.name] == kind)
        whole = (t for t in found if t.name not in atlas.parts)
        return sorted(whole, key=lambda t: -atlas.plan.tables[str(t.name)].rows)

    def source(
        self, table: Table, wanted: dict[str, str], optional: str, per: str
    ) -> Source | None:
        places = self.atlas.sources(table, wanted, per, frozenset(optional.split()))
        place = next(places, None)
        return place.source if place else None

    @cached_property
    def living(self) -> Counter[tuple[int, str]]:
        """The living patients by age and sex."""
        found = Counter[tuple[int, str]]()
        named = {"birth": "birth", "death": "death of patient", "sex": "sex"}
        for table in self._tables("patient")[:1]:
            source = self.source(table, named, "death sex", "patient")
            if source is None:
                continue
            for birth, death, sex, number in self.tally(source, ["birth", "death", "sex"]):
                if birth is not None and death is None:
                    found[_years(birth, self.now), str(sex)] += number
        return found

    def people(self, ages: tuple[int, int], sex: str = "") -> int:
        return sum(
            n for (age, of), n in self.living.items() if _within(age, ages) and sex in ("", of)
        )

    @cached_property
    def _visited(self) -> tuple[Table, Source] | None:
        """The visits: of several such tables first those that tell a class of visit."""
        named = {
            "start": "visit_start", "stop": "visit_end", "class": "class",
            "birth": "birth of patient", "disposition": "disposition",
        }  # fmt: skip
        for table in self._tables("encounter"):
            found = self.source(table, named, "stop birth disposition", "")
            if found and table.primary_key:
                return table, replace(found, key=_key(table))
        return None

    @cached_property
    def visits(self) -> list[tuple[Visit, int]]:
        """Visits, and how many are alike."""
        if self._visited is None:
            return []
        source = self._visited[1]
        return [(_visit(row), row[-1]) for row in self.tally(source, [*source.facts]) if row[0]]

    def chosen(self, figure: Figure, group: str) -> Iterator[tuple[Visit, int]]:
        """Visits of a class by patients of the ages."""
        for visit, number in self.visits:
            whole = figure.ages == (0, 120)
            aged = visit.age is not None and _within(visit.age, figure.ages)
            if visit.group == group and (whole or aged):
                yield visit, number

    @cached_property
    def reasons(self) -> Counter[str]:
        """Inpatient stays by their main diagnosis: the visit's own, or that of the first rank."""
        found: Counter[str] = Counter()
        inpatient = _words()["inpatient"]
        table = self._visited[0] if self._visited else None
        source = table and self.source(table, {"code": "reason_code", "class": "class"}, "", "")
        if table and source:
            source = replace(source, key=_key(table))
            for code, group, number in self.tally(source, ["code", "class"]):
                if code and group in inpatient:
                    found[code] += number
            return found
        for source, by in self._ranked():
            for code, group, first, number in self.tally(source, ["code", "class", by]):
                if code and group in inpatient and first in (1, True):
                    found[code] += number
        return found

    def _ranked(self) -> Iterator[tuple[Source, str]]:
        for table in self.atlas.filled:
            for by in ("primary", "rank"):
                named = {"code": "diagnosis", "class": "class of visit", by: by}
                source = self.source(table, named, "", "visit")
                if source:
                    yield source, by
                    break

    @cached_property
    def recorded(self) -> dict[str, set[tuple[str, int]]]:
        """The living patients, each with an age, who have a code among their diagnoses."""
        found: dict[str, set[tuple[str, int]]] = {}
        named = {"code": "diagnosis", "birth": "birth of patient", "death": "death of patient"}
        for table in self.atlas.filled:
            for place in self.atlas.sources(table, named, "patient", frozenset({"death"})):
                source = place.source
                facts = {**source.facts, **{f"key{i}": k for i, k in enumerate(source.key)}}
                by = [*named, *(f"key{i}" for i in range(len(source.key)))]
                for code, birth, death, *key, _ in self.tally(replace(source, facts=facts), by):
                    if code and birth is not None and death is None:
                        age = _years(birth, self.now)
                        found.setdefault(code, set()).add((str(key), age))
        return found


# Measures: (part, whole) -------------------------------------------------------------------------


def _age_share(seen: Seen, figure: Figure) -> tuple[float, float]:
    return seen.people(figure.ages), seen.people((0, 200))


def _female_share(seen: Seen, figure: Figure) -> tuple[float, float]:
    female = seen.people(figure.ages, "F")
    return female, female + seen.people(figure.ages, "M")


def _visit_rate(seen: Seen, figure: Figure) -> tuple[float, float]:
    """Visits of the last year, and the living."""
    until = dt.datetime.combine(seen.now, dt.time())
    since = until - dt.timedelta(days=365)
    found = seen.chosen(figure, figure.of)
    number = sum(n for visit, n in found if since < visit.start <= until)
    return number, seen.people(figure.ages) if number else 0


def _stay_days(seen: Seen, figure: Figure) -> tuple[float, float]:
    stays = [(v.days, n) for v, n in seen.chosen(figure, "inpatient") if v.days is not None]
    return sum(days * n for days, n in stays), sum(n for _, n in stays)


def _stay_deaths(seen: Seen, figure: Figure) -> tuple[float, float]:
    stays = list(seen.chosen(figure, "inpatient"))
    return sum(n for v, n in stays if v.died), sum(n for _, n in stays)


def _stay_for(seen: Seen, figure: Figure) -> tuple[float, float]:
    begin = tuple(map(icd, figure.of.split()))
    return (
        sum(n for code, n in seen.reasons.items() if code.startswith(begin)),
        sum(seen.reasons.values()),
    )


def _recorded(seen: Seen, figure: Figure) -> tuple[float, float]:
    begin = tuple(map(icd, figure.of.split()))
    having: set[tuple[str, int]] = set()
    for code, patients in seen.recorded.items():
        if code.startswith(begin):
            having.update(p for p in patients if _within(p[1], figure.ages))
    return len(having), seen.people(figure.ages) if seen.recorded else 0


MEASURES: dict[str, Callable[[Seen, Figure], tuple[float, float]]] = {
    "age_share": _age_share,
    "female_share": _female_share,
    "visit_rate": _visit_rate,
    "stay_days": _stay_days,
    "stay_deaths": _stay_deaths,
    "stay_for": _stay_for,
    "recorded": _recorded,
}


def _words() -> dict[str, frozenset[object]]:
    names = ("inpatient", "emergency", "outpatient")
    return {name: frozenset(row[0] for row in listing(name).rows) for name in names}


def _visit(row: tuple[Any, ...]) -> Visit:
    start, stop, group, birth, disposition, _ = row
    return Visit(
        next((name for name, words in _words().items() if group in words), ""),
        None if birth is None else _years(birth, start),
        start,
        None if stop is None else (stop - start).total_seconds() / 86_400,
        disposition in {r[0] for r in listing("expired").rows},
    )


def _years(birth: dt.date, at: dt.date) -> int:
    return at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day))


def _within(age: int, ages: tuple[int, int]) -> bool:
    return ages[0] <= age <= ages[1]


def _key(table: Table) -> tuple[Fact, ...]:
    primary = table.primary_key
    assert primary is not None  # asked by those who call
    return tuple(Fact((), c, "raw") for c in sorted(primary.columns))
