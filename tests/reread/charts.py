"""What the database says of the patient and the visit of each text: rows, by SQL."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg

from seeder.clinical.knowledge import load

Row = tuple[Any, ...]


class Drug(NamedTuple):
    name: str
    strength: str
    route: str
    often: str


class Result(NamedTuple):
    value: Decimal | None
    unit: str | None
    low: Decimal | None
    high: Decimal | None
    flag: str | None


@dataclass
class Visit:
    """The rows of one visit."""

    setting: str = ""
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    conditions: set[str] = field(default_factory=set)
    uncoded: bool = False  # whether a row of a condition has no code
    drugs: list[Drug] = field(default_factory=list)
    results: dict[str, list[Result]] = field(default_factory=lambda: defaultdict(list))
    signs: dict[Any, dict[str, float | None]] = field(default_factory=dict)
    staff: set[str] = field(default_factory=set)
    durations: list[tuple[str, str]] = field(default_factory=list)  # what its texts said first


@dataclass
class Patient:
    """The rows of one patient. ``born``: the earliest and the latest day that the row allows."""

    sex: str = ""
    born: tuple[dt.date, dt.date] | None = None
    conditions: set[str] = field(default_factory=set)
    drugs: list[Drug] = field(default_factory=list)
    allergies: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Text:
    """A text with all that the database says of it."""

    place: str  # table, column and key
    kind: str  # the kind that its row names, else the column
    body: str
    patient: Patient
    visit: Visit
    at: dt.datetime | None  # the row's own moment
    author: str = ""
    own: Mapping[str, Any] = field(default_factory=dict)  # other columns of the row, or its study


@dataclass(frozen=True)
class Shape:
    """The queries of one schema; each gives the columns that ``charts`` names."""

    patients: str  # key, sex, first and last day of birth
    visits: str  # key, patient, setting, start, end
    conditions: str  # visit, patient, code
    drugs: str  # visit, patient, name, strength, route, frequency
    allergies: str  # patient, allergen
    results: str  # visit, code, value, unit, low, high, flag
    signs: str  # visit, key of the occasion, name, value
    staff: str  # family name
    seen_by: str  # visit, family name
    texts: Mapping[str, str]  # key, kind, text, patient, visit, moment, author, other columns


HOSPITAL = Shape(
    patients="SELECT patient_id, sex::text, birth_date, birth_date FROM hospital.patient",
    visits="SELECT encounter_id, patient_id, encounter_class::text, started_at, ended_at"
    " FROM hospital.encounter",
    conditions="SELECT encounter_id, patient_id, icd10_code FROM hospital.diagnosis",
    drugs="SELECT o.encounter_id, o.patient_id, m.generic_name, m.strength, o.route, o.frequency"
    " FROM hospital.medication_order o JOIN hospital.medication m USING (medication_id)",
    allergies="SELECT patient_id, lower(allergen) FROM hospital.allergy",
    results="SELECT o.encounter_id, t.loinc_code, r.value_numeric, coalesce(r.unit, t.unit),"
    " r.reference_low, r.reference_high, r.abnormal_flag FROM hospital.lab_result r"
    " JOIN hospital.lab_order o USING (lab_order_id) JOIN hospital.lab_test t USING (lab_test_id)",
    signs="SELECT v.encounter_id, v.vital_sign_id, s.name, s.value FROM hospital.vital_sign v,"
    " LATERAL (VALUES ('systolic', systolic_bp), ('diastolic', diastolic_bp),"
    " ('pulse', heart_rate), ('respiration', respiratory_rate), ('temperature', temperature_c),"
    " ('oxygen', oxygen_saturation), ('pain', pain_score), ('weight', weight_kg),"
    " ('height', height_cm)) s (name, value)",
    staff="SELECT family_name FROM hospital.staff",
    seen_by="SELECT encounter_id, family_name FROM (SELECT encounter_id, attending_staff_id id"
    " FROM hospital.encounter"
    " UNION SELECT encounter_id, author_staff_id FROM hospital.clinical_note"
    " UNION SELECT encounter_id, diagnosed_by_staff_id FROM hospital.diagnosis"
    " UNION SELECT encounter_id, member_staff_id FROM hospital.care_team_member) x"
    " JOIN hospital.staff s ON s.staff_id = x.id",
    texts={
        "hospital.clinical_note.body": "SELECT n.note_id, n.note_type, n.body, n.patient_id,"
        " n.encounter_id, n.authored_at, s.family_name, '{}'::jsonb FROM hospital.clinical_note n"
        " JOIN hospital.staff s ON s.staff_id = n.author_staff_id",
        "hospital.encounter.reason_for_visit": "SELECT encounter_id, 'complaint', reason_for_visit,"
        " patient_id, encounter_id, started_at, '', '{}'::jsonb FROM hospital.encounter"
        " WHERE reason_for_visit IS NOT NULL",
        "hospital.lab_order.clinical_indication": "SELECT lab_order_id, 'complaint',"
        " clinical_indication, patient_id, encounter_id, ordered_at, '', '{}'::jsonb"
        " FROM hospital.lab_order WHERE clinical_indication IS NOT NULL",
        "hospital.medication_order.instructions": "SELECT medication_order_id, 'sig', instructions,"
        " patient_id, encounter_id, ordered_at, '', jsonb_build_object('route', route,"
        " 'often', frequency, 'form', dose_form, 'drug', lower(generic_name))"
        " FROM hospital.medication_order JOIN hospital.medication USING (medication_id)"
        " WHERE instructions IS NOT NULL",
        **{
            f"hospital.imaging_report.{column}": f"SELECT imaging_report_id, 'imaging', {column},"
            " patient_id, encounter_id, performed_at, family_name, jsonb_build_object("
            "'modality', modality, 'site', lower(body_site)) FROM hospital.imaging_report"
            " JOIN hospital.imaging_study USING (imaging_study_id)"
            " JOIN hospital.staff ON staff_id = radiologist_staff_id"
            for column in ("findings", "impression")
        },
    },
)
_BORN = (
    "coalesce(birth_datetime::date, make_date(year_of_birth, coalesce(month_of_birth, {}), "
    "coalesce(day_of_birth, {})))"
)
OMOP = Shape(
    patients="SELECT person_id, gender_source_value,"
    f" {_BORN.format(1, 1)}, {_BORN.format(12, 28)} + CASE WHEN birth_datetime IS NULL AND"
    " day_of_birth IS NULL THEN 3 ELSE 0 END FROM omop.person",
    # Events belong to the parts of a visit, which begins and ends as a whole.
    visits="SELECT d.visit_detail_id, d.person_id, v.visit_source_value, v.visit_start_datetime,"
    " v.visit_end_datetime FROM omop.visit_detail d"
    " JOIN omop.visit_occurrence v USING (visit_occurrence_id)",
    # Of the part of a visit, or of the visit; a row that names neither may be of any.
    conditions="SELECT visit_detail_id, person_id, condition_source_value"
    " FROM omop.condition_occurrence WHERE visit_detail_id IS NOT NULL"
    " UNION SELECT d.visit_detail_id, d.person_id, c.condition_source_value"
    " FROM omop.condition_occurrence c JOIN omop.visit_detail d USING (visit_occurrence_id)"
    " UNION SELECT d.visit_detail_id, d.person_id, NULL FROM omop.condition_occurrence c"
    " JOIN omop.visit_detail d USING (person_id)"
    " WHERE c.visit_occurrence_id IS NULL AND c.visit_detail_id IS NULL",
    drugs="SELECT visit_detail_id, person_id, drug_source_value, '', route_source_value, ''"
    " FROM omop.drug_exposure",
    allergies="SELECT NULL, NULL WHERE false",
    results="SELECT visit_detail_id, measurement_source_value, value_as_number,"
    " unit_source_value, range_low, range_high, NULL FROM omop.measurement"
    " WHERE measurement_source_value IS NOT NULL",
    signs="SELECT NULL, NULL, NULL, NULL WHERE false",
    staff="SELECT split_part(provider_name, ' ', 2) FROM omop.provider",
    seen_by="SELECT NULL, NULL WHERE false",
    texts={
        "omop.note.note_text": "SELECT note_id, coalesce(note_title, 'note'), note_text,"
        " n.person_id, n.visit_detail_id, note_datetime, split_part(provider_name, ' ', 2),"
        " '{}'::jsonb FROM omop.note n LEFT JOIN omop.provider USING (provider_id)",
    },
)


class Charts:
    """All patients and visits of a database, and its texts."""

    def __init__(self, connection: psycopg.Connection[Row], shape: Shape) -> None:
        self._connection, self._shape = connection, shape
        self.patients: dict[Any, Patient] = defaultdict(Patient)
        self.visits: dict[Any, Visit] = defaultdict(Visit)
        connection.execute("SET TIME ZONE 'UTC'")
        self._people()
        self._events()
        self.staff = {name for (name,) in self._rows(shape.staff)}

    def _rows(self, query: str) -> Iterator[Row]:
        yield from self._connection.execute(query.encode())

    def _people(self) -> None:
        for key, sex, first, last in self._rows(self._shape.patients):
            born = None if first is None else (first, last)
            self.patients[key] = Patient((sex or "")[:1].upper(), born)
        for key, _, setting, start, end in self._rows(self._shape.visits):
            self.visits[key] = Visit(setting or "", _utc(start), _utc(end))

    def _events(self) -> None:
        shape = self._shape
        for visit, patient, code in self._rows(shape.conditions):
            if code is None:
                self.visits[visit].uncoded = True
                continue
            self.visits[visit].conditions.add(code)
            self.patients[patient].conditions.add(code)
        for visit, patient, *drug in self._rows(shape.drugs):
            given = Drug(*((part or "") for part in drug))
            self.visits[visit].drugs.append(given)
            self.patients[patient].drugs.append(given)
        for patient, allergen in self._rows(shape.allergies):
            self.patients[patient].allergies.add(allergen)
        for visit, code, *result in self._rows(shape.results):
            self.visits[visit].results[code].append(Result(*result))
        for visit, key, name, value in self._rows(shape.signs):
            occasion = self.visits[visit].signs.setdefault(key, {})
            occasion[name] = None if value is None else float(value)
        for visit, name in self._rows(shape.seen_by):
            self.visits[visit].staff.add(name)

    def texts(self, place: str, limit: int | None = None) -> Iterator[Text]:
        """The texts of a column in an order that mixes patients, the same each time."""
        query = f"SELECT * FROM ({self._shape.texts[place]}) t ORDER BY md5(t::text)"
        if limit is not None:
            query += f" LIMIT {limit}"
        for key, kind, body, patient, visit, at, author, own in self._rows(query):
            yield Text(
                f"{place} {key}", kind, body, self.patients[patient],
                self.visits[visit] if visit is not None else Visit(), _utc(at), author or "", own,
            )  # fmt: skip

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self._shape.texts)


def _utc(moment: dt.datetime | None) -> dt.datetime | None:
    return moment if moment is None or moment.tzinfo is None else moment.replace(tzinfo=None)


def chronic(codes: set[str]) -> set[str]:
    """Those of the codes that are of conditions that last."""
    known = load().conditions
    return {c for c in codes if c in known and known[c].chronic}


SHAPES = {"hospital": HOSPITAL, "OMOP": OMOP}
