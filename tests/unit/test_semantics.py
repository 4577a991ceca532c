"""Reading columns and tables: each schema below has its own habits of naming."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import pytest

from seeder.generate.registry import definition, definitions
from seeder.schema import Column, ForeignKey, Name, Schema, Table, Type, Unique
from seeder.semantics import Reading, read_every, read_table, role_of
from seeder.semantics.catalogue import ENTRIES
from seeder.semantics.roles import KINDS
from seeder.semantics.words import singular, tokens

_TYPES = {
    "int": Type("integer", "integer", bits=32),
    "big": Type("integer", "bigint", bits=64),
    "small": Type("integer", "smallint", bits=16),
    "text": Type("text", "text"),
    "code": Type("text", "varchar(20)", length=20),
    "char": Type("text", "char(1)", length=1, fixed=True),
    "num": Type("decimal", "numeric(12,2)", precision=12, scale=2),
    "float": Type("float", "double precision", bits=64),
    "bool": Type("boolean", "boolean"),
    "date": Type("date", "date"),
    "time": Type("time", "time"),
    "ts": Type("timestamptz", "timestamptz"),
    "uuid": Type("uuid", "uuid"),
    "json": Type("json", "jsonb"),
    "inet": Type("inet", "inet"),
    "mf": Type("enum", "sex", values=("M", "F")),
    "state": Type("enum", "state", values=("open", "closed")),
}


def table(text: str) -> Table:
    """``name: column kind[!] [pk] [unique] [>target], ...``; '!' is NOT NULL."""
    name, _, body = text.partition(":")
    columns, keys, uniques, primary = [], [], [], []
    for part in (p.split() for p in body.split(",")):
        column, kind, *rest = part
        columns.append(
            Column(
                column,
                _TYPES[kind.rstrip("!")],
                nullable=not (kind.endswith("!") or "pk" in rest),
                comment=" ".join(r[1:] for r in rest if r[0] == "#"),
            )
        )
        if "pk" in rest:
            primary.append(column)
        if "unique" in rest:
            uniques.append(Unique(f"{name}_{column}", (column,)))
        for target in (r[1:] for r in rest if r[0] == ">"):
            keys.append(
                ForeignKey(f"{name}_{column}_fk", (column,), Name("public", target), ("id",))
            )
    if primary:
        uniques.insert(0, Unique(f"{name}_pk", tuple(primary), primary=True))
    return Table(
        Name("public", name), tuple(columns), uniques=tuple(uniques), foreign_keys=tuple(keys)
    )


def schema(*texts: str) -> Schema:
    return Schema("postgresql", tuple(sorted(map(table, texts), key=lambda t: t.name)))


def readings(found: Schema, name: str) -> dict[str, Reading]:
    return read_table(found[Name("public", name)], found)


def meanings(found: Schema, name: str) -> dict[str, str]:
    return {k: v.meaning for k, v in readings(found, name).items()}


def generators(found: Schema, name: str) -> dict[str, str]:
    return {k: v.generator for k, v in readings(found, name).items()}


def every(found: Schema) -> dict[str, dict[str, str]]:
    """The likeliest meaning of every column, however weak, by table."""
    return {t.name.name: {k: r.meaning for k, r in read_every(t, found).items()} for t in found}


def role(found: Schema, name: str) -> str:
    return role_of(found[Name("public", name)], found).kind


SYNTHEA = schema(
    "patients: id uuid pk, birthdate date!, deathdate date, ssn text, first text, last text, "
    "marital text, race text, gender text!, address text, city text, state text, zip text, "
    "lat num, lon num",
    "organizations: id uuid pk, name text!, city text, state text, phone text, revenue num",
    "providers: id uuid pk, organization uuid! >organizations, name text, gender text, "
    "speciality text, state text, city text",
    "payers: id uuid pk, name text!, state_headquartered text, covered_medications int",
    "encounters: id uuid pk, start ts!, stop ts!, patient uuid! >patients, "
    "provider uuid! >providers, encounterclass text, code text, description text, "
    "base_encounter_cost num, payer_coverage num, reasoncode text, reasondescription text",
    "conditions: start date!, stop date, patient uuid! >patients, encounter uuid! >encounters, "
    "code text!, description text!",
    "allergies: start date!, patient uuid! >patients, code text, system text, description text, "
    "category text, reaction1 int, description1 text, severity1 text, reaction2 int, "
    "description2 text",
    "observations: date ts!, patient uuid! >patients, encounter uuid >encounters, category text, "
    "code text, description text, value text, units text, type text",
    "claims: id uuid pk, patientid uuid! >patients, diagnosis1 big, diagnosis2 text, "
    "currentillnessdate ts, lastbilleddatep ts, statusp text, outstandingp num",
    "imaging_studies: id uuid pk, date ts, patient uuid! >patients, bodysite_code text, "
    "bodysite_description text, modality_code text, sop_code text, series_uid text",
)

OMOP = schema(
    "person: person_id int pk, gender_concept_id int! >concept, year_of_birth int!, "
    "month_of_birth int, birth_datetime ts, person_source_value code, gender_source_value code",
    "visit_occurrence: visit_occurrence_id int pk, person_id int! >person, "
    "visit_concept_id int! >concept, visit_start_date date!, visit_end_datetime ts, "
    "visit_source_value code",
    "condition_occurrence: condition_occurrence_id int pk, person_id int! >person, "
    "condition_concept_id int! >concept, condition_start_date date!, condition_source_value code",
    "measurement: measurement_id int pk, person_id int! >person, "
    "measurement_concept_id int! >concept, measurement_date date!, value_as_number num, "
    "range_low num, range_high num, unit_source_value code, measurement_source_value code",
    "drug_exposure: drug_exposure_id int pk, person_id int! >person, drug_source_value code, "
    "route_source_value code, dose_unit_source_value code, days_supply int, sig text, "
    "lot_number code",
    "death: person_id int! >person, death_date date!, death_datetime ts",
    "concept: concept_id int pk, concept_name text!, domain_id code! >domain, concept_code code!, "
    "valid_start_date date!, valid_end_date date!, invalid_reason char",
    "domain: domain_id code pk, domain_name text!, domain_concept_id int! >concept",
    "concept_ancestor: ancestor_concept_id int! >concept, descendant_concept_id int! >concept, "
    "min_levels_of_separation int!, max_levels_of_separation int!",
    "location: location_id int pk, address_1 code, address_2 code, city code, state code, "
    "zip code, latitude num",
)

MIMIC = schema(
    "patients: subject_id int pk, gender char!, anchor_age small, anchor_year small, dod ts",
    "admissions: hadm_id int pk, subject_id int! >patients, admittime ts!, dischtime ts, "
    "deathtime ts, admission_type code, admission_location code, discharge_location code, "
    "insurance code, marital_status code, hospital_expire_flag small, edregtime ts",
    "labevents: labevent_id int pk, subject_id int! >patients, hadm_id int >admissions, "
    "itemid int! >d_labitems, charttime ts, storetime ts, value code, valuenum float, "
    "valueuom code, ref_range_lower float, ref_range_upper float, flag code, priority code, "
    "comments text",
    "d_labitems: itemid int pk, label code!, fluid code, category code",
    "d_icd_diagnoses: icd_code code pk, icd_version small, long_title text",
    "prescriptions: pharmacy_id int pk, subject_id int! >patients, starttime ts, stoptime ts, "
    "drug text, prod_strength text, dose_val_rx code, dose_unit_rx code, route code, ndc code",
    "caregiver: caregiver_id int pk, name text",
)

PAGILA = schema(
    "customer: customer_id int pk, first_name text!, last_name text!, email text, "
    "active bool, create_date date, last_update ts, address_id int! >address",
    "address: address_id int pk, address text!, address2 text, district text, postal_code code, "
    "phone code, city_id int! >city",
    "city: city_id int pk, city text!, country_id int! >country",
    "country: country_id int pk, country text!",
    "language: language_id int pk, name code!",
    "category: category_id int pk, name code!",
    "film: film_id int pk, title text!, description text, release_year int, "
    "language_id int! >language, rental_rate num, length small, replacement_cost num, rating code",
    "film_category: film_id int pk >film, category_id int pk >category, last_update ts",
    "staff: staff_id int pk, first_name text!, last_name text!, username text, password text, "
    "email text, address_id int! >address",
    "rental: rental_id int pk, rental_date ts, customer_id int! >customer, return_date ts, "
    "staff_id int! >staff",
    "payment: payment_id int pk, customer_id int! >customer, amount num, payment_date ts",
)

HOSPITAL = schema(
    "pt_master: pt_id big pk, mrn code! unique, pt_lname text, pt_fname text, dob date, sex mf, "
    "home_tel text, emergency_contact_name text, emergency_contact_phone text, birth_sex char",
    "dept: dept_id int pk, code code! unique, name text! unique, opens_at time, closes_at time",
    "specialty: id int pk, code code! unique, name text! unique, description text",
    "prov: prov_id int pk, npi code! unique, first_nm text, last_nm text, "
    "spec_id int >specialty, dea_num code",
    "enc: enc_id big pk, pt_id big! >pt_master, prov_id int >prov, enc_start ts, enc_end ts, "
    "enc_type text, status state, created_at ts, updated_at ts",
    "enc_dx: enc_id big pk >enc, seq_no small pk, icd10_code code!, dx_desc text",
    "lab_test: id int pk, loinc_code code! unique, test_name text!, unit code, ref_low num, "
    "ref_high num",
    "lab_result: id big pk, enc_id big! >enc, test_id int! >lab_test, ordered_at ts, "
    "collected_at ts, resulted_at ts, result_value num, units code, abnormal_flag char",
    "med_catalog: id int pk, ndc code! unique, generic_name text, strength text, route text",
    "staff_role: prov_id int pk >prov, role_id int pk >role",
    "role: id int pk, code code! unique, name text!",
    "audit_log: id big pk, occurred_at ts, action text, table_name text, ip_address inet, "
    "user_agent text, payload json, changed_by text",
    "vitals: id big pk, enc_id big! >enc, hr small, sbp small, dbp small, temp_c num, spo2 small, "
    "wt_kg num, ht_cm num, bmi num, pain_score small",
    "ward: id int pk, name text! unique, dept_id int! >dept",
    "invoice: id big pk, enc_id big! >enc, invoice_no code unique, total_amount num, "
    "paid_amount num, currency char, issued_on date, due_date date",
    "problem: id big pk, pt_id big! >pt_master, x1 text #date #of #onset, snomed_code code, "
    "cpt_code code, notes text",
)


def test_words() -> None:
    assert tokens("patientDOB") == (("patient", "birth", "date"), "")
    assert tokens("diagnosis8") == (("diagnosis",), "8")
    assert tokens("lastbilleddatep") == (("last", "billed", "date"), "p")
    assert tokens("pt_lname") == (("patient", "last", "name"), "")
    assert tokens("ICD10_Code")[0] == ("icd10", "code")
    assert tokens("SpO2")[0] == ("spo2",)
    assert tokens("encounterclass")[0] == ("encounter", "class")
    assert singular("allergies") == "allergy"
    assert singular("status") == "status"
    assert singular("classes") == "class"


@pytest.mark.parametrize(
    ("found", "name", "kind"),
    [
        (SYNTHEA, "patients", "patient"),
        (SYNTHEA, "providers", "staff"),
        (SYNTHEA, "organizations", "organisation"),
        (SYNTHEA, "payers", "organisation"),
        (SYNTHEA, "encounters", "encounter"),
        (SYNTHEA, "conditions", "event"),
        (SYNTHEA, "claims", "event"),
        (OMOP, "person", "patient"),
        (OMOP, "visit_occurrence", "encounter"),
        (OMOP, "measurement", "event"),
        (OMOP, "concept", "reference"),
        (OMOP, "domain", "reference"),
        (OMOP, "location", "place"),
        (MIMIC, "patients", "patient"),
        (MIMIC, "admissions", "encounter"),
        (MIMIC, "labevents", "event"),
        (MIMIC, "d_labitems", "reference"),
        (MIMIC, "d_icd_diagnoses", "reference"),
        (MIMIC, "caregiver", "staff"),
        (PAGILA, "customer", "person"),
        (PAGILA, "address", "place"),
        (PAGILA, "language", "reference"),
        (PAGILA, "category", "reference"),
        (PAGILA, "film_category", "junction"),
        (PAGILA, "staff", "staff"),
        (HOSPITAL, "pt_master", "patient"),
        (HOSPITAL, "prov", "staff"),
        (HOSPITAL, "dept", "place"),
        (HOSPITAL, "specialty", "reference"),
        (HOSPITAL, "enc", "encounter"),
        (HOSPITAL, "enc_dx", "event"),
        (HOSPITAL, "lab_test", "reference"),
        (HOSPITAL, "lab_result", "event"),
        (HOSPITAL, "med_catalog", "reference"),
        (HOSPITAL, "staff_role", "junction"),
        (HOSPITAL, "role", "reference"),
        (HOSPITAL, "audit_log", "log"),
        (HOSPITAL, "vitals", "event"),
        (HOSPITAL, "ward", "place"),
    ],
)
def test_roles(found: Schema, name: str, kind: str) -> None:
    assert role(found, name) == kind
    assert role_of(found[Name("public", name)], found).why


def test_roles_are_of_the_known_kinds() -> None:
    for found in (SYNTHEA, OMOP, MIMIC, PAGILA, HOSPITAL):
        assert all(role_of(t, found).kind in KINDS for t in found)


def test_synthea() -> None:
    patient = meanings(SYNTHEA, "patients")
    assert patient["birthdate"] == "person.birth_date"
    assert patient["deathdate"] == "person.death"
    assert patient["first"] == "person.first_name"
    assert patient["last"] == "person.last_name"
    assert patient["gender"] == "person.sex"
    assert patient["state"] == "place.state"
    assert patient["lat"] == "place.latitude"
    assert meanings(SYNTHEA, "providers")["name"] == "staff.name"
    assert meanings(SYNTHEA, "providers")["state"] == "place.state"
    assert meanings(SYNTHEA, "organizations")["name"] == "org.name"
    assert meanings(SYNTHEA, "payers")["name"] == "org.payer"
    assert meanings(SYNTHEA, "payers")["covered_medications"] == "number.count"
    assert meanings(SYNTHEA, "encounters")["start"] == "encounter.start"
    assert meanings(SYNTHEA, "encounters")["stop"] == "encounter.end"
    claim = meanings(SYNTHEA, "claims")
    assert claim["lastbilleddatep"] == "claim.time"
    assert claim["outstandingp"] == "money.balance"
    assert claim["statusp"] == "claim.status"


@pytest.mark.parametrize(
    ("name", "column", "system", "part", "group"),
    [
        ("encounters", "code", "encounters", "code", ""),
        ("encounters", "description", "encounters", "name", ""),
        ("encounters", "encounterclass", "encounters", "class", ""),
        ("encounters", "reasoncode", "icd10cm", "code", "reason"),
        ("encounters", "reasondescription", "icd10cm", "name", "reason"),
        ("conditions", "code", "icd10cm", "code", ""),
        ("conditions", "description", "icd10cm", "name", ""),
        ("allergies", "code", "allergens", "code", ""),
        ("allergies", "category", "allergens", "category", ""),
        ("allergies", "system", "allergens", "system", ""),
        ("allergies", "reaction1", "reactions", "code", "1"),
        ("allergies", "description1", "reactions", "name", "1"),
        ("allergies", "description2", "reactions", "name", "2"),
        ("observations", "code", "observations", "code", ""),
        ("observations", "units", "observations", "unit", ""),
        ("observations", "category", "observations", "category", ""),
        ("claims", "diagnosis1", "icd10cm", "code", "1"),
        ("claims", "diagnosis2", "icd10cm", "code", "2"),
        ("imaging_studies", "bodysite_code", "body_sites", "code", ""),
        ("imaging_studies", "modality_code", "modalities", "code", ""),
        ("imaging_studies", "sop_code", "modalities", "sop", ""),
    ],
)
def test_codes_of_a_row_are_one_entry(
    name: str, column: str, system: str, part: str, group: str
) -> None:
    reading = readings(SYNTHEA, name)[column]
    assert reading.generator == "code.drawn"
    assert reading.params["system"] == system
    assert reading.params["part"] == part
    assert reading.params.get("group", "") == group


def test_omop() -> None:
    person = readings(OMOP, "person")
    assert person["year_of_birth"].params == {"form": "year"}
    assert person["gender_source_value"].generator == "person.sex"
    assert person["person_source_value"].meaning == "id.mrn"
    visit = meanings(OMOP, "visit_occurrence")
    assert visit["visit_start_date"] == "encounter.start"
    assert visit["visit_end_datetime"] == "encounter.end"
    lab = readings(OMOP, "measurement")
    assert lab["value_as_number"].generator == "lab.value"
    assert {lab[c].params["system"] for c in lab if "system" in lab[c].params} == {"labs"}
    assert lab["unit_source_value"].params["part"] == "unit"
    drug = readings(OMOP, "drug_exposure")
    assert drug["route_source_value"].params == {"system": "drugs", "part": "route"}
    assert drug["dose_unit_source_value"].params == {"system": "drugs", "part": "dose_unit"}
    assert drug["sig"].generator == "text.sig"
    death = readings(OMOP, "death")
    assert death["death_date"].params["always"]
    assert death["death_datetime"].params["always"]
    assert generators(OMOP, "concept")["concept_name"] == "code.listed"
    assert generators(OMOP, "domain")["domain_id"] == "code.listed"
    assert meanings(OMOP, "location")["address_2"] == "place.unit"


def test_mimic() -> None:
    stay = meanings(MIMIC, "admissions")
    assert stay["admittime"] == "encounter.admission"
    assert stay["dischtime"] == "encounter.discharge"
    assert stay["deathtime"] == "person.death"
    assert stay["hospital_expire_flag"] == "person.died"
    assert stay["admission_type"] == "care.admission_type"
    lab = generators(MIMIC, "labevents")
    assert lab["valuenum"] == "lab.value"
    assert lab["ref_range_lower"] == "code.drawn"
    assert lab["flag"] == "lab.flag"
    assert meanings(MIMIC, "labevents")["valueuom"] == "lab.unit"
    assert generators(MIMIC, "patients")["anchor_age"] == "person.age"
    assert readings(MIMIC, "prescriptions")["drug"].params["system"] == "drugs"


def test_pagila() -> None:
    assert generators(PAGILA, "customer")["email"] == "contact.email"
    assert generators(PAGILA, "address")["address"] == "place.street"
    assert generators(PAGILA, "city")["city"] == "place.city"
    assert readings(PAGILA, "language")["name"].params["system"] == "languages"
    assert generators(PAGILA, "staff")["username"] == "person.user_name"
    assert generators(PAGILA, "film")["rental_rate"] == "money.amount"
    assert generators(PAGILA, "rental")["return_date"] == "moment.end"


def test_abbreviations() -> None:
    patient = readings(HOSPITAL, "pt_master")
    assert patient["pt_lname"].meaning == "person.last_name"
    assert patient["dob"].meaning == "person.birth_date"
    assert patient["mrn"].meaning == "id.mrn"
    assert patient["sex"].params["values"] == ["M", "F"]
    assert patient["emergency_contact_name"].params["group"] == "emergency_contact"
    assert "group" not in patient["birth_sex"].params
    provider = generators(HOSPITAL, "prov")
    assert provider["npi"] == "id.npi"
    assert provider["first_nm"] == "person.first_name"
    assert provider["dea_num"] == "id.dea"
    encounter = meanings(HOSPITAL, "enc")
    assert encounter["enc_start"] == "encounter.start"
    assert encounter["enc_end"] == "encounter.end"
    assert "status" not in encounter, "an enumerated column is drawn from its values"
    vital = readings(HOSPITAL, "vitals")
    signs = {c: vital[c].params["of"] for c in vital}
    assert signs == {
        "hr": "heart_rate", "sbp": "systolic", "dbp": "diastolic", "temp_c": "temperature",
        "spo2": "spo2", "wt_kg": "weight", "ht_cm": "height", "bmi": "bmi", "pain_score": "pain",
    }  # fmt: skip


def test_lookup_tables_hold_their_entries_in_order() -> None:
    for name in ("specialty", "role", "lab_test", "med_catalog", "dept"):
        found = generators(HOSPITAL, name)
        coded = {c: g for c, g in found.items() if g.startswith("code.")}
        assert set(coded.values()) == {"code.listed"}, name
    systems = {r.params["system"] for r in readings(HOSPITAL, "lab_test").values()}
    assert systems == {"labs"}


def test_a_code_in_a_key_gives_its_description() -> None:
    keyed = schema(
        "patient: id int pk, dob date, sex mf",
        "diagnosis: patient_id int pk >patient, icd10_code code pk, description text",
    )
    found = readings(keyed, "diagnosis")
    assert found["icd10_code"].generator == "code.drawn"
    assert found["description"].generator == "code.label"
    assert found["description"].params["of"] == "icd10_code"


def test_events_of_a_row_come_in_their_order() -> None:
    found = readings(HOSPITAL, "lab_result")
    assert found["ordered_at"].generator == "moment.start"
    collected, resulted = found["collected_at"].params, found["resulted_at"].params
    assert 0 < collected["low"] < collected["high"] < resulted["low"] < resulted["high"] <= 1
    encounter = readings(HOSPITAL, "enc")
    assert encounter["created_at"].params["high"] < encounter["updated_at"].params["low"]


def test_licensed_code_systems_get_placeholders() -> None:
    found = generators(HOSPITAL, "problem")
    assert found["snomed_code"] == "code.snomed"
    assert found["cpt_code"] == "code.cpt"


def test_what_others_fill_is_not_read() -> None:
    found = readings(HOSPITAL, "enc")
    assert not {"enc_id", "pt_id", "prov_id"} & set(found)
    assert "created_at" in found


def test_sequence_numbers_in_a_key_are_counted() -> None:
    assert generators(HOSPITAL, "enc_dx")["seq_no"] == "type.integer"


def test_systems_write_about_themselves() -> None:
    found = generators(HOSPITAL, "audit_log")
    assert found["ip_address"] == "net.ip"
    assert found["payload"] == "json.payload"
    assert found["user_agent"] == "net.agent"
    assert found["changed_by"] == "person.user_name"
    assert found["table_name"] == "net.table"


def test_opening_hours() -> None:
    found = readings(HOSPITAL, "dept")
    assert found["opens_at"].params["last"] < found["closes_at"].params["first"]


def test_money() -> None:
    found = readings(HOSPITAL, "invoice")
    assert found["total_amount"].params == {}
    assert found["paid_amount"].params["high"] <= 1
    assert found["due_date"].generator == "moment.after"


def test_readings_explain_themselves() -> None:
    for found in (SYNTHEA, OMOP, MIMIC, PAGILA, HOSPITAL):
        for each in found:
            for reading in read_table(each, found).values():
                assert 0.6 <= reading.score <= 1
                assert reading.why
                definition(reading.generator).resolve(reading.params)


def test_most_columns_are_read() -> None:
    unread = [
        f"{t.name.name}.{c.name}"
        for found in (SYNTHEA, OMOP, MIMIC, PAGILA, HOSPITAL)
        for t in found
        for c in t.columns
        if c.name not in read_table(t, found)
        and c.name not in {x for k in t.foreign_keys for x in k.columns}
        and not (t.primary_key and c.name in t.primary_key.columns)
        and not c.type.values
    ]
    assert len(unread) <= 8, unread


def test_the_catalogue_is_whole() -> None:
    known = definitions()
    assert len({e.meaning for e in ENTRIES}) >= 250
    for item in ENTRIES:
        found = known[item.generator]
        assert item.kind_set <= found.accepts, item.meaning
        params = {k: "labs" if v == "@" else v for k, v in item.params.items()}
        found.resolve(params)
        assert all(words for words, _, _ in item.phrases), item.meaning
        if item.group:
            assert "group" in found.parameters, item.meaning


def test_five_hundred_tables_are_read_quickly() -> None:
    many = schema(
        *(f"t{i}_visit: id big pk, start_time ts, name text, code_{i} code, amount num, "
            "status text, "
          f"notes text, x{i} int, created_at ts, email text" for i in range(500))
    )  # fmt: skip
    begun = time.perf_counter()
    for each in many:
        read_table(each, many)
    assert time.perf_counter() - begun < 5.0


def test_a_code_where_the_name_has_no_room_or_is_not_meant() -> None:
    def part(**change: Any) -> str:
        people = table("patient: patient_id int pk, language text")
        language = dataclasses.replace(people.column("language"), **change)
        people = dataclasses.replace(people, columns=(people.columns[0], language))
        found = read_table(people, Schema("postgresql", (people,)))
        assert found["language"].generator == "code.drawn"
        return str(found["language"].params["part"])

    assert part() == "name"
    assert part(type=Type("text", "varchar(8)", length=8)) == "code"
    assert part(type=Type("text", "varchar(80)", length=80)) == "name"
    assert part(default="'en'::text") == "code"
    assert part(default="'English'::text") == "name"


def test_arrays_hold_what_their_name_says_one_of() -> None:
    def array(column: str, element: Type) -> Column:
        return Column(column, Type("array", f"{element.native}[]", element=element))

    text = Type("text", "text")
    claim = table("claim: claim_id int pk")
    columns = (
        array("diagnosis_codes", text), array("languages", text), array("contact_channels", text),
        array("started_at", Type("timestamptz", "timestamptz")), array("zorgs", text),
    )  # fmt: skip
    claim = dataclasses.replace(claim, columns=(*claim.columns, *columns))
    found = read_table(claim, Schema("postgresql", (claim,)))
    assert found.keys() == {"diagnosis_codes", "languages", "contact_channels"}
    assert {r.generator for r in found.values()} == {"type.array"}
    codes = found["diagnosis_codes"].params
    assert codes["generator"] == "code.drawn"
    assert codes["element"] == {"system": "icd10cm", "part": "code"}
    assert found["languages"].params["element"]["system"] == "languages"


def test_everybody_has_a_mother_and_few_a_birth_name() -> None:
    person = table("patient: patient_id int pk, maiden_name text, mothers_maiden_name text")
    found = read_table(person, Schema("postgresql", (person,)))
    assert found["maiden_name"].params.get("sparse") is True
    assert found["mothers_maiden_name"].generator == "person.maiden_name"
    assert "sparse" not in found["mothers_maiden_name"].params


@pytest.mark.parametrize(
    ("column", "kind", "meaning"),
    [
        ("severity_of_reaction", "code", "care.severity"),  # the head stands before 'of'
        ("number_of_visits", "int", "number.count"),
        ("raw_weight_kg", "num", "vital.weight"),  # neither raw nor the unit says anything
        ("modify_time", "ts", "moment.updated"),
        ("mothers_maiden_name", "text", "person.maiden_name"),
        ("aufnahmedatum", "date", "encounter.admission"),
        ("date_naissance", "date", "person.birth_date"),
        ("fecha_nacimiento", "date", "person.birth_date"),
        ("district", "text", "place.county"),
        ("blood_loss_ml", "int", "vital.fluid"),
    ],
)
def test_a_name_is_read_by_its_head(column: str, kind: str, meaning: str) -> None:
    assert (
        every(schema(f"observation: id int! pk, {column} {kind}"))["observation"][column] == meaning
    )


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("billing: id int! pk, feature_baby_weight num", "feature_baby_weight"),
        ("thing: id int! pk, sort_weight int", "sort_weight"),
        ("ward_stock_item: id int! pk, name text", "name"),
        ("lookup: id int! pk, specimen_action_code code", "specimen_action_code"),
    ],
)
def test_a_word_that_nothing_explains_leaves_a_reading_weak(text: str, column: str) -> None:
    used = meanings(schema(text), text.partition(":")[0])
    assert not used.get(column, "").startswith(("vital.", "org.", "lab."))


def test_habits_of_a_table_tell_its_columns() -> None:
    found = every(
        schema(
            "diagnosis: dx code, dx_type code, admit_date date, admit_time code",
            "note: nr int! pk, ward_nr int, require_result_value small",
            "stay: stayid text, entered_on date",
        )
    )
    assert found["diagnosis"]["dx_type"] == "diagnosis.code_system"
    assert found["diagnosis"]["admit_time"] == "moment.clock"
    assert found["note"]["ward_nr"] == "key.reference"
    assert found["note"]["require_result_value"] == "flag.any"
    assert found["stay"]["stayid"] == "key.surrogate"


def test_letters_that_run_into_the_word_behind_them_say_nothing() -> None:
    found = schema(
        "patient: id int pk, ptlname text, ptfname text, ptdob date, ptsex char, ptcity text, "
        "ptzip text, ptemail text"
    )
    read = meanings(found, "patient")
    assert read["ptlname"] == "person.last_name"
    assert read["ptdob"] == "person.birth_date"
    assert read["ptemail"] == "contact.email"
    assert role_of(found[Name("public", "patient")], found).kind == "patient"


def test_words_that_begin_alike_are_no_prefix() -> None:
    found = schema(
        "stay: id int pk, admission_date date, admission_type text, admission_source text, "
        "admitting_doctor text, admit_note text"
    )
    assert meanings(found, "stay")["admission_date"] == "encounter.admission"


def test_one_character_that_its_name_asks_for_is_a_flag() -> None:
    found = schema("result: id int pk, is_reportable char, mls_lab_flag char, grade char, tpn char")
    assert generators(found, "result")["is_reportable"] == "status.flag"
    assert generators(found, "result")["mls_lab_flag"] == "status.flag"
    assert generators(found, "result")["tpn"] == "status.flag"
    assert "grade" not in generators(found, "result")


def test_a_race_without_room_for_its_code_is_a_letter() -> None:
    found = schema("patient: id int pk, last_name text, birth_date date, race char")
    reading = readings(found, "patient")["race"]
    assert (reading.generator, reading.params["part"]) == ("code.drawn", "letter")


def test_what_happened_in_a_transfer_is_no_action_on_a_row() -> None:
    found = schema("transfers: id int pk, patient_id int, eventtype code, intime ts")
    assert readings(found, "transfers")["eventtype"].params["of"] == "movement"


def test_a_reading_says_how_far_it_is_to_be_trusted() -> None:
    found = schema("patient: id int pk, last_name text, birth_date date, xyzzy_date date")
    read = read_every(found[Name("public", "patient")], found)
    assert read["birth_date"].confident
    assert not read["xyzzy_date"].confident
    assert all(0 <= r.chance <= 99 for r in read.values())


def test_a_moment_that_its_name_asks_for_is_when_it_was_so() -> None:
    found = schema("patients: id int pk, last_name text, birth_date date, is_deleted ts")
    assert meanings(found, "patients")["is_deleted"] == "moment.deleted"


def test_a_description_beside_a_name_is_no_second_name() -> None:
    found = schema("photo_types: id int pk, name text, description text")
    assert generators(found, "photo_types")["description"] == "prose.description"
