"""Schedules of cohorts: surges between their dates, trials by their days, for any slice."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from seeder.clinical.cohorts import Cohort, Group
from seeder.clinical.population import DAY, YEAR
from seeder.clinical.schedule import Planned, Schedule, Stretch, planned
from seeder.errors import UsageError
from seeder.generate import stream
from seeder.generate.calendar import Calendar, Seasons
from seeder.generate.fanout import FanOut, More
from seeder.generate.stream import Ints, Words
from seeder.plan.base import OverrideError
from seeder.plan.control import Clinical, compiled, enough, timely
from seeder.plan.parts import places
from seeder.plan.scenarios import drug_place, ready_made
from seeder.schema import Name

END = 20_000
REFERENCE = END * DAY
PATIENTS, VISITS = 3000, 9
TRIAL = Schedule(END - 700, END - 400, ((0, 0), (14, 3), (28, 3), (84, 7)), trial=True)
SURGE = Schedule(END - 500, END - 470)
SEASONS = Calendar(REFERENCE - 5 * YEAR, REFERENCE, Seasons(100_000, (2000, *[1000] * 11)))


def _draw(purpose: str, numbers: Ints, draw: int) -> Words:
    return stream.words(stream.key(4, purpose), numbers, draw)


def _rows(visits: int = VISITS) -> tuple[Stretch, Ints]:
    patient = np.repeat(np.arange(PATIENTS), visits)
    start = REFERENCE - 5 * YEAR + patient % 700 * DAY
    ordinal = np.tile(np.arange(visits), PATIENTS)
    return Stretch(
        start, np.full(len(patient), REFERENCE), ordinal, np.full(len(patient), visits)
    ), patient


def _laid(schedule: Schedule, calendar: Calendar | None = None, visits: int = VISITS) -> Planned:
    rows, patient = _rows(visits)
    return planned(schedule, rows, patient, REFERENCE, _draw, calendar)


@pytest.mark.parametrize("calendar", [None, SEASONS])
@pytest.mark.parametrize("schedule", [TRIAL, SURGE])
def test_visits_of_members_follow_one_another(
    schedule: Schedule, calendar: Calendar | None
) -> None:
    made = _laid(schedule, calendar)
    start, end = (a.reshape(PATIENTS, VISITS) for a in (made.start, made.end))
    assert (start[:, 1:] >= end[:, :-1]).all()
    assert (end >= start).all()
    assert (end[:, -1] <= REFERENCE).all()
    place = made.place.reshape(PATIENTS, VISITS)
    assert ((place >= 0).sum(axis=1) == len(schedule.visits)).all()
    assert (place[:, 0] < 0).mean() > 0.2  # some came before


def test_visits_of_a_trial_are_on_their_days() -> None:
    made = _laid(TRIAL)
    day = (made.start // DAY).reshape(PATIENTS, VISITS)
    place = made.place.reshape(PATIENTS, VISITS)
    days = np.stack([day[place == n] for n in range(4)], axis=1)
    since = days - days[:, :1]
    for number, (planned_for, window) in enumerate(TRIAL.visits):
        assert (np.abs(since[:, number] - planned_for) <= window).all()
        assert len(np.unique(since[:, number])) > window
    assert ((days[:, 1:] + 3) % 7 < 5).all()
    assert ((days[:, 0] >= END - 700) & (days[:, 0] <= END - 400)).all()


def test_a_surge_lies_between_its_dates_and_has_a_peak() -> None:
    made = _laid(SURGE)
    day = made.start[made.place == 0] // DAY
    assert day.min() >= END - 500
    assert made.latest[made.place == 0].max() <= (END - 470) * DAY
    middle = ((day > END - 493) & (day < END - 477)).mean()
    assert middle > 0.65


def test_few_rows_still_have_the_first_visits() -> None:
    made = _laid(TRIAL, visits=2)
    assert set(made.place.tolist()) == {0, 1}


def test_a_slice_lies_where_the_whole_does() -> None:
    rows, patient = _rows()
    some = np.asarray([26_999, 14, 3, 9000], np.int64)
    whole, part = (
        _laid(TRIAL),
        planned(TRIAL, rows.take(some), patient[some], REFERENCE, _draw, None),
    )
    assert (whole.start[some] == part.start).all()
    assert (whole.place[some] == part.place).all()


def test_words_drawn_for_a_visit_are_few() -> None:
    drawn: list[tuple[str, int]] = []

    def counting(purpose: str, numbers: Ints, draw: int) -> Words:
        drawn.append((purpose, draw))
        return _draw(purpose, numbers, draw)

    rows, patient = _rows()
    planned(TRIAL, rows, patient, REFERENCE, counting, None)
    print(f"words: {len(drawn)} a visit of a member with a schedule, none for others")
    assert len(drawn) == 2


def test_members_have_the_visits_that_they_need_and_the_total_stays() -> None:
    members, needs = np.asarray([7, 3, 400]), np.asarray([5, 2, 9])
    made = FanOut.build(stream.key(1, "fan"), 500, 900, 1, None, None, More.of(members, needs))
    first, last = made.offsets(np.arange(500))
    count = last - first
    assert count.sum() == 900
    assert (count >= 1).all()
    assert (count[members] >= needs + 1).all()
    rows = np.arange(900)
    parent, ordinal, siblings = made.locate(rows)
    assert (first[parent] + ordinal == rows).all()
    assert (siblings == count[parent]).all()
    with pytest.raises(ValueError, match="16 more"):
        FanOut.build(stream.key(1, "fan"), 500, 510, 1, None, None, More.of(members, needs))


def test_arms_divide_exactly_and_know_each_other() -> None:
    asked = {"scenarios": [{"use": "two-arm-drug-trial", "patients": 41}]}
    one, other = compiled(Clinical.model_validate(asked)).cohorts
    assert (one.patients, other.patients) == (20, 21)
    assert one.visits == len(ready_made()["two-arm-drug-trial"]["visits"]) == 6
    assert one.schedule is not None
    assert one.schedule.rivals == (drug_place("empagliflozin"), drug_place("glipizide"))
    unequal = {
        "condition": "E11.9", "ages": "30-60", "patients": 90, "visits": [0, 30],
        "arms": [
            {"name": "a", "drug": "metformin", "share": 2}, {"name": "b", "drug": "Glipizide"}
        ],
    }  # fmt: skip
    made = compiled(Clinical.model_validate({"scenarios": [unequal]})).cohorts
    assert [c.patients for c in made] == [60, 30]


def _trial(**more: object) -> dict[str, object]:
    return {"condition": "E11.9", "ages": "30-60", "patients": 9, **more}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (_trial(start="2025-01-01"), "belong together"),
        (_trial(start="2025-01-02", end="2025-01-01"), "is before start"),
        (_trial(visits={1: 0}), "the first one is day 0"),
        (_trial(visits={0: 0, 7: 4, 14: 3}), r"7 \+ 4 = 11 is not before 14 - 3 = 11"),
        (_trial(arms=[{"name": "a", "drug": "empaglifozin"}]), "near: empagliflozin"),
        (_trial(arms=[{"name": "a", "drug": "glipizide"}] * 2), "two have one name"),
        (_trial(ages="5-60", arms=[{"name": "a", "drug": "glipizide"}]), "from 18 to"),
        ({"use": "sepsis-ward", "ages": "0-9"}, "has its own ages"),
        ({"condition": "E11", "patients": 3}, "not billable; billable codes of it: E11"),
        ({"condition": "E11.9", "patients": 3, "sex": "X"}, "'F' or 'M'"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Clinical.model_validate({"scenarios": [given]})


def test_surges_of_two_winters_may_share_a_condition() -> None:
    flu = {"condition": "J10.1", "patients": 3}
    first = {**flu, "start": "2023-12-01", "end": "2024-02-01"}
    second = {**flu, "start": "2024-12-01", "end": "2025-02-01"}
    assert len(Clinical.model_validate({"scenarios": [first, second]}).scenarios) == 2
    with pytest.raises(ValidationError, match="the dates of two surges"):
        Clinical.model_validate({"scenarios": [first, {**second, "start": "2024-01-15"}]})


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ({"start": "2019-10-05", "end": "2024-10-03"}, "when data begin"),
        ({"start": "2024-06-01", "end": "2024-07-15", "visits": {0: 0, 84: 7}}, "lasts 92 days"),
        ({"start": "2022-04-01", "end": "2022-07-01", "ages": "0-1"}, "was born before"),
    ],
)
def test_schedules_outside_of_the_time_are_refused(scenario: dict[str, object], said: str) -> None:
    asked = {"scenarios": [{"condition": "J10.1", "patients": 3, **scenario}]}
    with pytest.raises(OverrideError, match=said) as caught:
        timely(Clinical.model_validate(asked), REFERENCE)
    assert caught.value.path == ("clinical", "scenarios", "0")


def test_more_visits_than_there_are_is_refused_with_the_arithmetic() -> None:
    cohort = Cohort("c", places(["J10.1"]), Group(), 100, TRIAL)
    patients, visits = {Name("h", "patient"): 500}, {Name("h", "visit"): 399}
    with pytest.raises(UsageError, match="100 x 4 = 400 visits, and h.visit has 399 rows"):
        enough([cohort], patients, visits)
    enough([cohort], patients, {Name("h", "visit"): 400})
