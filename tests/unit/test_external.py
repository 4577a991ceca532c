"""Public figures: what each measure makes of a database, and what is said of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from seeder.clinical.files import KnowledgeError
from seeder.question import Source
from seeder.verify.clinical import external
from seeder.verify.clinical.external import MEASURES, Compared, Figure, compare, figures
from tests.property.hand_made import DATE, planned, table

PATIENT = table("patient", "birth_date date, sex char1, death_date date?")
VISIT = table(
    "encounter",
    "patient_id bigint, encounter_class code, admitted_at timestamptz, discharged_at timestamptz,"
    " reason_code code, disposition code",
    "patient_id -> patient",
)
FIGURE = Figure("age_share", "", (0, 17), 20.0, "%", 0.1, "somebody", "address", "place", "today")


@dataclass
class Answers:
    """An adapter that has only tallies: by the columns that are asked for."""

    of: dict[tuple[str, ...], list[tuple[Any, ...]]]
    asked: list[Source] = field(default_factory=list)

    @property
    def proofs(self) -> Answers:
        return self

    def tally(
        self, connection: Any, sources: Sequence[Source], by: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        self.asked += sources
        return self.of.get(tuple(by), [])


def years(age: int) -> dt.date:
    return dt.date(DATE.year - age, DATE.month, 1)


def found(answers: Answers, *figures_: Figure) -> list[Compared]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(external, "figures", lambda: figures_)
        return compare(planned((PATIENT, VISIT)), None, answers)


LIVING = [(years(10), None, "F", 50), (years(40), None, "M", 100), (years(80), None, "F", 50)]
PEOPLE = {("birth", "death", "sex"): [*LIVING, (years(81), DATE, "F", 1000)]}


def test_every_figure_has_a_document_a_place_and_a_day() -> None:
    assert len(figures()) >= 30
    assert {f.measure for f in figures()} == set(MEASURES)
    for each in figures():
        assert "." in each.source
        assert dt.date.fromisoformat(each.opened)
        assert each.place
        assert each.value > 0


def test_a_measure_that_nobody_knows_is_refused_with_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    head = "measure,of,ages,value,unit,within,population,source,place,opened"
    (tmp_path / "external.csv").write_text(f"{head}\nage_shore,,0-4,6,%,0.1,us,a.b,p,2026-01-01\n")
    monkeypatch.setattr(external, "home", lambda: tmp_path)
    with pytest.raises(KnowledgeError, match=r"external.csv:2: measure: unknown .*age_shore"):
        figures()


def test_ages_and_sexes_are_those_of_the_living() -> None:
    young, women = found(
        Answers(PEOPLE), FIGURE, Figure(**{**FIGURE.__dict__, "measure": "female_share"})
    )
    assert young.ours == pytest.approx(25.0)
    assert (young.rows, young.verdict) == (200, "off")
    assert women.ours == pytest.approx(100.0)


def test_a_year_of_visits_and_the_days_of_stays() -> None:
    day = dt.timedelta(days=1)
    start = dt.datetime(DATE.year, DATE.month, 1)
    before = start - 500 * day
    # start, stop, class, birth, disposition, and how many
    visits = [
        (start, start + 2 * day, "imp", years(40), "exp", 20),
        (start, start + 4 * day, "imp", years(40), "home", 20),
        (start, start, "amb", years(10), "home", 60),
        (before, before + 6 * day, "imp", years(40), "home", 40),
    ]
    by = ("start", "stop", "class", "birth", "disposition")
    answers = Answers({**PEOPLE, by: visits})
    of = {"ages": (0, 120), "of": "inpatient"}
    rate, days, deaths = found(
        answers,
        *(Figure(**{**FIGURE.__dict__, **of, "measure": m})
          for m in ("visit_rate", "stay_days", "stay_deaths")),
    )  # fmt: skip
    assert rate.ours == pytest.approx(100 * 40 / 200)
    assert days.ours == pytest.approx((20 * 2 + 20 * 4 + 40 * 6) / 80)
    assert deaths.ours == pytest.approx(100 * 20 / 80)


def test_what_stays_are_for_is_said_by_the_visit_itself() -> None:
    answers = Answers(
        {("code", "class"): [("A419", "imp", 30), ("I10", "imp", 30), ("A419", "amb", 9)]}
    )
    (sepsis,) = found(
        answers, Figure(**{**FIGURE.__dict__, "measure": "stay_for", "of": "A40 A41"})
    )
    assert sepsis.ours == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("ours", "rows", "verdict"),
    [(21.0, 100, "agrees"), (23.0, 100, "off"), (None, 5, "few rows"), (None, 0, "not told")],
)
def test_verdicts(ours: float | None, rows: int, verdict: str) -> None:
    assert Compared(FIGURE, ours, rows).verdict == verdict
