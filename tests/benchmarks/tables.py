"""Two tables to measure on: a narrow one of seven columns, a wide one of twenty-seven."""

from __future__ import annotations

from dataclasses import dataclass

_PATIENT = """
CREATE TABLE patient (
  id bigint PRIMARY KEY,
  family_name text NOT NULL,
  given_name text NOT NULL,
  sex text NOT NULL CHECK (sex IN ('female', 'male', 'other', 'unknown')),
  birth_date date NOT NULL
);
"""

_NARROW = (
    _PATIENT
    + """
CREATE TABLE observation (
  id bigint PRIMARY KEY,
  patient_id bigint NOT NULL REFERENCES patient,
  code text NOT NULL,
  value double precision,
  unit text,
  observed_at timestamptz NOT NULL,
  is_final boolean NOT NULL
);
CREATE INDEX ON observation (patient_id);
"""
)

_WIDE = (
    _PATIENT
    + """
CREATE TABLE encounter (
  id bigint PRIMARY KEY,
  patient_id bigint NOT NULL REFERENCES patient,
  visit_number text NOT NULL,
  status text NOT NULL CHECK (status IN ('planned', 'in-progress', 'finished', 'cancelled')),
  class text NOT NULL CHECK (class IN ('inpatient', 'outpatient', 'emergency')),
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  diagnosis_code varchar(10) NOT NULL,
  diagnosis text,
  severity smallint,
  ward text,
  city text,
  state text,
  postal_code text,
  phone text,
  email text,
  body_weight_kg double precision,
  body_height_cm double precision,
  heart_rate integer,
  temperature double precision,
  amount_billed numeric(10, 2) NOT NULL,
  amount_paid numeric(10, 2),
  currency char(3),
  insured boolean NOT NULL,
  external_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX ON encounter (patient_id);
"""
)


@dataclass(frozen=True)
class Measured:
    """A table to measure: its DDL, name, rows, and the targets with one and two connections."""

    ddl: str
    table: str
    rows: int
    parents: int
    targets: tuple[float, float]


NARROW = Measured(_NARROW, "public.observation", 2_000_000, 100_000, (0.95, 0.75))
WIDE = Measured(_WIDE, "public.encounter", 500_000, 100_000, (0.90, 0.80))
