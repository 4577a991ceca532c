"""What the knowledge files hold, as frozen values.

Integers throughout, so that nothing of a platform's floats can reach a row: rates, shares and
probabilities per million, factors, weights and shifts in thousandths, times in minutes, values of
laboratory tests and vital signs in ten-thousandths of their unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

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
    in a year (acute), of all people of the band, both sexes together also where ``sex`` names the
    only one it occurs in. ``female`` is the ratio of the female to the male rate. ``comorbidity``
    multiplies the rate in people who have the group.
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
class Procedure:
    """What is done. ``code`` is of ICD-10-PCS, "" where it has none (then ``description`` too).

    ``modality`` is a DICOM modality, "" where no image is made; ``site`` the part of the body seen.
    """

    name: str
    code: str
    description: str
    minutes: int
    operating_room: bool
    modality: str
    site: str


@dataclass(frozen=True)
class Specialty:
    """What a clinician is trained in, and the department such a clinician works in."""

    code: str
    title: str
    department: str
    pediatric: bool


@dataclass(frozen=True)
class Vaccine:
    """A vaccine by its CVX code: due at ``months`` of age, or ``yearly`` between the two of them.

    ``dose`` is in ten-thousandths of a millilitre.
    """

    code: str
    name: str
    months: tuple[int, ...]
    yearly: bool
    route: str
    dose: int


@dataclass(frozen=True)
class Placement:
    """The words of an encounter of a setting: HL7 code, display and weight of each choice.

    ``types`` say how urgent, ``sources`` where from, ``dispositions`` where to those alive go.
    """

    setting: str
    code: str
    display: str
    types: tuple[tuple[str, str, int], ...]
    sources: tuple[tuple[str, str, int], ...]
    dispositions: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Contact:
    """Visits a year, in thousandths, to which a chronic condition leads by itself.

    ``secondary`` is never the main condition of a visit: it only accompanies another one.
    """

    visits: int
    secondary: bool


@dataclass(frozen=True)
class Stage:
    """Where in a pregnancy a condition belongs; weeks since it began, after birth since then."""

    name: str
    weeks: tuple[int, int]


@dataclass(frozen=True)
class Form:
    """How a drug is given at some ages instead: ages are whole years, both ends included."""

    ages: tuple[int, int]
    strengths: tuple[str, ...]
    form: str
    frequency: str


@dataclass(frozen=True)
class Frequency:
    """How often a drug is taken: in words, and thousandths of a time a day (0: as it comes)."""

    code: str
    words: str
    per_day: int


@dataclass(frozen=True)
class Knowledge:
    """All of it. ``order`` lists (group, chronic) so that a factor's cause stands before it.

    By condition, for every one of them: ``seasons`` (factor by quarter, in thousandths, mean 1000),
    ``contacts``, ``limits`` (whole years of age in which it may be first seen) and ``families``
    (of one family, a person has at most one chronic condition). ``stages`` are of conditions of
    pregnancy only. ``interactions``: pairs of drugs that are not given together, in both orders.
    """

    evidence: dict[str, Evidence]
    groups: dict[str, Group]
    conditions: dict[str, Condition]
    drugs: dict[str, Drug]
    labs: dict[str, Lab]
    vitals: dict[str, Vital]
    population: Population
    order: tuple[tuple[str, bool], ...]
    procedures: dict[str, Procedure] = field(default_factory=dict)
    specialties: dict[str, Specialty] = field(default_factory=dict)
    vaccines: dict[str, Vaccine] = field(default_factory=dict)
    placements: dict[str, Placement] = field(default_factory=dict)
    routes: dict[str, str] = field(default_factory=dict)
    frequencies: dict[str, Frequency] = field(default_factory=dict)
    forms: dict[str, tuple[Form, ...]] = field(default_factory=dict)
    interactions: frozenset[tuple[str, str]] = frozenset()
    families: dict[str, str] = field(default_factory=dict)
    seasons: dict[str, tuple[int, ...]] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    limits: dict[str, tuple[int, int]] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)

    def family(self, code: str) -> str:
        """The family of a condition; of a code that is not known, its category."""
        return self.families.get(code, code[:3])

    def given(self, drug: str, age: int) -> Drug:
        """The drug as it is given at an age: a child of three gets no tablets."""
        adult = self.drugs[drug]
        for each in self.forms.get(drug, ()):
            if each.ages[0] <= age <= each.ages[1]:
                frequency = each.frequency or adult.frequency
                return replace(adult, strengths=each.strengths, form=each.form, frequency=frequency)
        return adult
