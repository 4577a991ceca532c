"""How often people come: as public figures count it, and as age and illness ask."""

from __future__ import annotations

import numpy as np
import pytest

from seeder.clinical.attendance import ALL
from seeder.clinical.clinic import clinic
from seeder.clinical.conditions import Conditions, chronic
from seeder.clinical.episodes import EMERGENCY, INPATIENT, OUTPATIENT
from seeder.clinical.model import SETTINGS
from seeder.clinical.population import DAY
from seeder.generate import stream
from seeder.generate.stream import Ints, Words
from seeder.verify.clinical.external import figures

CLINIC = clinic()
ATTENDANCE = CLINIC.attendance
REFERENCE = 20_000 * DAY
_WHOLE = (0, 120)


def _draw(purpose: str, numbers: Ints, draw: int) -> Words:
    return stream.words(stream.key(1, purpose), numbers, draw)


@pytest.mark.parametrize("setting", [OUTPATIENT, EMERGENCY, INPATIENT])
def test_people_come_as_often_as_public_figures_count(setting: int) -> None:
    (public,) = [
        f.value
        for f in figures()
        if (f.measure, f.of, f.ages) == ("visit_rate", SETTINGS[setting], _WHOLE)
    ]
    assert 100 * ATTENDANCE.mean(setting) == pytest.approx(public, rel=0.15)


def test_settings_add_up() -> None:
    parts = sum(ATTENDANCE.mean(s) for s in range(len(SETTINGS)))
    assert parts == pytest.approx(ATTENDANCE.mean())


def test_visits_follow_the_years_that_are_filled() -> None:
    one, five, ten = (ATTENDANCE.counted(years) for years in (1, 5, 10))
    assert 3 < one < 4
    assert one * 4 < five < one * 5  # children have lived less
    assert five < ten < five * 2


def test_who_is_in_a_database_of_stays_has_had_one() -> None:
    assert 1 < ATTENDANCE.counted(0.1, INPATIENT) < 1.1
    assert 1.2 < ATTENDANCE.counted(5, INPATIENT) < 2
    assert ATTENDANCE.counted(5, INPATIENT) < ATTENDANCE.counted(10, INPATIENT)


@pytest.mark.parametrize("setting", [ALL, INPATIENT])
def test_patients_together_come_as_often_as_their_population(setting: int) -> None:
    numbers = np.arange(40_000)
    people = CLINIC.demography.draw(numbers, REFERENCE, _draw)
    regions = CLINIC.demography.regions
    cell = CLINIC.rates.cells.of(people, regions, people.age(people.died_at))
    found = chronic(CLINIC.rates, cell, numbers, _draw)
    visits = ATTENDANCE.of(found, cell, setting)
    # But for pregnancies, of which visits are counted apart.
    assert visits.mean() == pytest.approx(ATTENDANCE.yearly(setting)[cell].mean(), rel=0.12)
    ill, well = found.count >= 5, found.count == 0
    assert visits[ill].mean() > 1.5 * visits[well].mean()
    some = np.array([3, 40, 7, 39_999])
    again = ATTENDANCE.of(Conditions(found.listed[some], found.count[some]), cell[some], setting)
    assert again.tolist() == visits[some].tolist()
