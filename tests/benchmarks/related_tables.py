"""Seven related tables, and how people fill such tables today."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

DDL = """
CREATE TABLE organisation (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  city text,
  state text,
  postal_code text,
  phone text
);
CREATE TABLE provider (
  id bigint PRIMARY KEY,
  organisation_id bigint NOT NULL REFERENCES organisation,
  given_name text NOT NULL,
  family_name text NOT NULL,
  specialty text
);
CREATE TABLE patient (
  id bigint PRIMARY KEY,
  given_name text NOT NULL,
  family_name text NOT NULL,
  sex text NOT NULL,
  birth_date date NOT NULL,
  street text,
  city text,
  phone text,
  email text
);
CREATE TABLE encounter (
  id bigint PRIMARY KEY,
  patient_id bigint NOT NULL REFERENCES patient,
  provider_id bigint NOT NULL REFERENCES provider,
  organisation_id bigint NOT NULL REFERENCES organisation,
  class text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE TABLE diagnosis (
  id bigint PRIMARY KEY,
  encounter_id bigint NOT NULL REFERENCES encounter,
  patient_id bigint NOT NULL REFERENCES patient,
  code text NOT NULL,
  description text,
  recorded_at timestamptz NOT NULL
);
CREATE TABLE observation (
  id bigint PRIMARY KEY,
  encounter_id bigint NOT NULL REFERENCES encounter,
  patient_id bigint NOT NULL REFERENCES patient,
  code text NOT NULL,
  value double precision,
  unit text,
  observed_at timestamptz NOT NULL
);
CREATE TABLE note (
  id bigint PRIMARY KEY,
  encounter_id bigint NOT NULL REFERENCES encounter,
  provider_id bigint NOT NULL REFERENCES provider,
  written_at timestamptz NOT NULL,
  title text NOT NULL,
  body text NOT NULL
);
CREATE INDEX ON provider (organisation_id);
CREATE INDEX ON encounter (patient_id);
CREATE INDEX ON encounter (provider_id);
CREATE INDEX ON encounter (organisation_id);
CREATE INDEX ON diagnosis (encounter_id);
CREATE INDEX ON diagnosis (patient_id);
CREATE INDEX ON observation (encounter_id);
CREATE INDEX ON observation (patient_id);
CREATE INDEX ON note (encounter_id);
CREATE INDEX ON note (provider_id);
"""

# Parents first.
TABLES = (
    "organisation", "provider", "patient", "encounter", "diagnosis", "observation", "note",
)  # fmt: skip

_MOMENT = "timestamptz '2016-01-01' + random() * interval '3650 days'"


def _pick(table: str) -> str:
    return f"1 + floor(random() * <{table}>)::bigint"


# The rows of each table by its number g; <table> stands for the number of rows of a table.
INSERTS: Mapping[str, str] = {
    "organisation": """SELECT g, 'Organisation ' || g, 'City ' || g % 500, 'MA',
        lpad((g % 99999)::text, 5, '0'), '555-' || lpad((g % 9999)::text, 4, '0')""",
    "provider": f"SELECT g, {_pick('organisation')}, 'Given' || g % 900, 'Family' || g % 5000,"
    " (ARRAY['cardiology', 'surgery', 'family medicine'])[1 + g % 3]",
    "patient": """SELECT g, 'Given' || g % 900, 'Family' || g % 5000,
        (ARRAY['female', 'male'])[1 + g % 2], date '1930-01-01' + (random() * 32000)::int,
        g % 900 || ' Main Street', 'City ' || g % 500,
        '555-' || lpad((g % 9999)::text, 4, '0'), 'p' || g || '@example.org'""",
    "encounter": f"SELECT g, {_pick('patient')}, {_pick('provider')}, {_pick('organisation')},"
    " (ARRAY['ambulatory', 'inpatient', 'emergency'])[1 + g % 3],"
    f" m, m + random() * interval '5 days' FROM (SELECT g, {_MOMENT} AS m",
    "diagnosis": f"SELECT g, {_pick('encounter')}, {_pick('patient')},"
    f" 'I' || g % 90, 'Diagnosis ' || g % 90, {_MOMENT}",
    "observation": f"SELECT g, {_pick('encounter')}, {_pick('patient')},"
    f" g % 90000 || '-' || g % 10, random() * 200, 'mg/dL', {_MOMENT}",
    "note": f"SELECT g, {_pick('encounter')}, {_pick('provider')}, {_MOMENT},"
    " 'Progress note', repeat('The patient is well. ', 10)",
}


def insert(table: str, counts: Mapping[str, int]) -> str:
    """``INSERT ... SELECT generate_series`` of one table."""
    select = INSERTS[table]
    closing = ") AS s" if " FROM (" in select else ""
    text = f"INSERT INTO {table} {select} FROM generate_series(1, <{table}>) AS g{closing}"
    return re.sub("<([a-z]+)>", lambda match: str(counts[match[1]]), text)


def faker_rows(counts: Mapping[str, int]) -> Mapping[str, Iterator[tuple[Any, ...]]]:
    """Rows as scripts with Faker make them: a call for each field, a random parent.

    Raises ImportError when Faker is not installed.
    """
    from faker import Faker  # type: ignore[import-not-found, unused-ignore]

    fake = Faker()
    Faker.seed(1)
    random.seed(1)
    first, last = dt.datetime(2016, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    def parent(table: str) -> int:
        return random.randint(1, counts[table])

    def moment() -> dt.datetime:
        made: dt.datetime = fake.date_time_between(first, last, tzinfo=dt.UTC)
        return made

    def visit(i: int) -> tuple[Any, ...]:
        start = moment()
        kind = fake.random_element(("ambulatory", "inpatient", "emergency"))
        end = start + dt.timedelta(hours=fake.random_int(1, 120))
        return i, parent("patient"), parent("provider"), parent("organisation"), kind, start, end

    makers: Mapping[str, Callable[[int], tuple[Any, ...]]] = {
        "organisation": lambda i: (
            i, fake.company(), fake.city(), fake.state_abbr(), fake.postcode(),
            fake.phone_number(),
        ),
        "provider": lambda i: (
            i, parent("organisation"), fake.first_name(), fake.last_name(), fake.job(),
        ),
        "patient": lambda i: (
            i, fake.first_name(), fake.last_name(), fake.random_element(("female", "male")),
            fake.date_of_birth(maximum_age=95), fake.street_address(), fake.city(),
            fake.phone_number(), fake.email(),
        ),
        "encounter": visit,
        "diagnosis": lambda i: (
            i, parent("encounter"), parent("patient"), fake.bothify("?##.#"),
            fake.sentence(nb_words=4), moment(),
        ),
        "observation": lambda i: (
            i, parent("encounter"), parent("patient"), fake.numerify("#####-#"),
            fake.pyfloat(min_value=0, max_value=200), "mg/dL", moment(),
        ),
        "note": lambda i: (
            i, parent("encounter"), parent("provider"), moment(), fake.sentence(nb_words=3),
            fake.text(max_nb_chars=200),
        ),
    }  # fmt: skip
    return {t: map(makers[t], range(1, counts[t] + 1)) for t in TABLES}
