"""What the knowledge files hold, as frozen values.

Integers throughout, so that nothing of a platform's floats can reach a row: rates, shares and
probabilities per million, factors, weights and shifts in thousandths, times in minutes, values of
laboratory tests and vital signs in ten-thousandths of their unit.
"""

from __future__ import annotations

from dataclasses import dataclass

MILLION = 1_000_000
MILLI = 1_000
VALUE = 10_000
DAY = 1_440

AGE_BANDS = ((0, 4), (5, 17), (18, 44), (45, 64), (65, 79), (80, 120))
SETTINGS = ("outpatient", "emergency", "inpatient", "telehealth")
SEXES = ("M", "F")

# Names with a weight, a factor or a shift in thousandths.
Scores = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Evidence:
    """Where figures come from: a document that was opened (``source``), or an ``estimate``."""

    id: str
    kind: str
    document: str
    place: str
    note: str


@dataclass(frozen=True)
class Stay:
    """An inpatient stay: log-normal around the median; death in it and return within 30 days."""

    minutes: int
    sigma: int
    death: int
    readmission: int


@dataclass(frozen=True)
class Profile:
    """What a condition brings with it, wherever it is met."""

    settings: Scores
    stay: Stay
    specialties: tuple[str, ...]
    drugs: Scores
    labs: Scores
    vitals: Scores
    procedures: Scores
    symptoms: tuple[str, ...]
    findings: tuple[str, ...]
    plan: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Conditions that are treated alike, and what a condition of it brings by default."""

    name: str
    title: str
    profile: Profile


@dataclass(frozen=True)
class Condition:
    """An ICD-10-CM code: how often, in whom, and what it brings.

    ``rates`` are per million by ``AGE_BANDS``: living people who have it (chronic), or new episodes
    in a year (acute). ``sex`` names the only sex it occurs in; ``female`` is the ratio of the
    female to the male rate. ``comorbidity`` multiplies the rate in people who have the group.
    """

    code: str
    description: str
    group: str
    chronic: bool
    rates: tuple[int, ...]
    sex: str
    female: int
    race: Scores
    comorbidity: Scores
    profile: Profile


@dataclass(frozen=True)
class Drug:
    """A generic drug in one form. Ages are whole years, both ends included."""

    name: str
    generic: str
    strengths: tuple[str, ...]
    form: str
    route: str
    frequency: str
    drug_class: str
    ages: tuple[int, int]
    indications: tuple[str, ...]


@dataclass(frozen=True)
class Range:
    """Limits and spread of a value for a sex ("" is both) and ages, both ends included."""

    sex: str
    ages: tuple[int, int]
    low: int
    high: int
    middle: int
    spread: int


@dataclass(frozen=True)
class Lab:
    """A laboratory test. ``spread`` is of the value, or of its logarithm when ``lognormal``."""

    name: str
    loinc: str
    title: str
    panel: str
    unit: str
    decimals: int
    critical: tuple[int | None, int | None]
    lognormal: bool
    adult: Range
    ranges: tuple[Range, ...]


@dataclass(frozen=True)
class Vital:
    """A vital sign with a range for each sex and age."""

    name: str
    loinc: str
    title: str
    unit: str
    decimals: int
    ranges: tuple[Range, ...]


@dataclass(frozen=True)
class Aged:
    """Figures of one row that begins with a sex ("" is both) and an age band."""

    sex: str
    ages: tuple[int, int]
    figures: Scores


@dataclass(frozen=True)
class Race:
    """A race of the CDC's code set, and the share of Hispanic origin in it, per million."""

    name: str
    code: str
    title: str
    weight: int
    hispanic: int


@dataclass(frozen=True)
class Population:
    """Who lives in the region served. Figures are per million unless a name says otherwise."""

    pyramid: tuple[Aged, ...]
    mortality: tuple[Aged, ...]
    births: tuple[Aged, ...]
    marital: tuple[Aged, ...]
    insurance: tuple[Aged, ...]
    newborn: Scores
    races: tuple[Race, ...]
    languages: tuple[tuple[str, str, int], ...]
    regions: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Knowledge:
    """All of it. ``order`` lists (group, chronic) so that a factor's cause stands before it."""

    evidence: dict[str, Evidence]
    groups: dict[str, Group]
    conditions: dict[str, Condition]
    drugs: dict[str, Drug]
    labs: dict[str, Lab]
    vitals: dict[str, Vital]
    population: Population
    order: tuple[tuple[str, bool], ...]
