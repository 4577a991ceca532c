-- CHECKs and domains: sets, ranges, lengths, patterns, comparisons, implications, the clock.
CREATE DOMAIN percentage AS numeric(5,2) CHECK (VALUE >= 0 AND VALUE <= 100);
CREATE DOMAIN email AS text CHECK (VALUE ~ '^[^@\s]+@[^@\s]+\.[a-z]{2,}$');
CREATE DOMAIN postcode AS varchar(8) CHECK (VALUE ~ '^[0-9]{5}$');
CREATE DOMAIN zip_of_city AS postcode NOT NULL CHECK (length(VALUE) = 5);
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN small_positive AS positive CHECK (VALUE < 100) DEFAULT 5;
CREATE DOMAIN shout AS text CHECK (VALUE = upper(VALUE)) CHECK (length(VALUE) BETWEEN 3 AND 9);

CREATE TABLE listed (
  id integer PRIMARY KEY,
  a text NOT NULL CHECK (a IN ('x', 'y', 'z')),
  b char(1) CHECK (b = ANY ('{M,F,U}'::bpchar[])),
  c integer NOT NULL CHECK (c IN (1, 2, 4, 8)),
  d varchar(10) NOT NULL CHECK (d <> '' AND d <> 'none'),
  e boolean CHECK (e IS NOT NULL)
);
CREATE TABLE ranged (
  id integer PRIMARY KEY,
  age smallint NOT NULL CHECK (age BETWEEN 0 AND 130),
  weight numeric(5,1) CHECK (weight > 0 AND weight < 500),
  ph real CHECK (ph >= 0 AND ph <= 14),
  share percentage NOT NULL,
  seat positive, desk small_positive NOT NULL,
  year integer NOT NULL CHECK (year > 1900 AND year <= 2100),
  opened time NOT NULL CHECK (opened >= '08:00' AND opened < '18:00'),
  founded date CHECK (founded >= '1990-01-01' AND founded < '2020-01-01')
);
CREATE TABLE shaped (
  id integer PRIMARY KEY,
  mail email, zip zip_of_city, loud shout,
  code text NOT NULL CHECK (code ~ '^[A-Z]{2}-[0-9]{4}$'),
  phone varchar(20) CHECK (phone ~* '^\+?[0-9 ]{6,15}$'),
  name text NOT NULL CHECK (length(trim(name)) > 0) CHECK (char_length(name) <= 12),
  icd text CHECK (icd LIKE 'A__.%'),
  lower_one text NOT NULL CHECK (lower_one = lower(lower_one)),
  tags text[] CHECK (cardinality(tags) >= 1)
);
CREATE TABLE compared (
  id integer PRIMARY KEY,
  low integer NOT NULL, high integer NOT NULL, CHECK (low <= high),
  started timestamptz NOT NULL, ended timestamptz, CHECK (ended IS NULL OR ended > started),
  admitted date, discharged date, CHECK (discharged >= admitted),
  total numeric(10,2) NOT NULL, paid numeric(10,2) NOT NULL, CHECK (paid >= 0 AND paid <= total),
  first_choice text NOT NULL CHECK (first_choice IN ('a', 'b', 'c')),
  second_choice text NOT NULL CHECK (second_choice IN ('a', 'b', 'c')), CHECK (first_choice <> second_choice)
);
CREATE TABLE implied (
  id integer PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('lab', 'drug', 'visit')),
  lab_value numeric(8,2), drug_code text, visit_days integer,
  CHECK (kind <> 'lab' OR lab_value IS NOT NULL),
  CHECK (kind <> 'drug' OR drug_code IS NOT NULL),
  CHECK (lab_value IS NULL OR lab_value > 0),
  CHECK ((kind = 'visit') = (visit_days IS NOT NULL)),
  phone text, mobile text, CHECK (phone IS NOT NULL OR mobile IS NOT NULL),
  as_text text, as_number numeric, as_date date, CHECK (num_nonnulls(as_text, as_number, as_date) = 1),
  status text NOT NULL CHECK (status IN ('open', 'closed')), closed_at timestamptz, closed_by text,
  CHECK ((status = 'open' AND closed_at IS NULL) OR (status = 'closed' AND closed_at IS NOT NULL)),
  CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
  CHECK (CASE WHEN kind = 'lab' THEN lab_value < 1000 ELSE true END)
);
CREATE TABLE clocked (
  id integer PRIMARY KEY,
  born date NOT NULL CHECK (born <= CURRENT_DATE),
  adult_since date CHECK (adult_since <= CURRENT_DATE - INTERVAL '18 years'),
  seen timestamptz NOT NULL CHECK (seen <= now()),
  expires date CHECK (expires > CURRENT_DATE),
  made timestamp CHECK (made > '2000-01-01' AND made < LOCALTIMESTAMP),
  year integer CHECK (year <= EXTRACT(year FROM CURRENT_DATE))
);
CREATE TABLE unlike (
  id integer PRIMARY KEY,
  a smallint NOT NULL CHECK (a BETWEEN 1 AND 9), b smallint NOT NULL CHECK (b BETWEEN 1 AND 9), CHECK (a <> b),
  c boolean NOT NULL, d boolean, CHECK (c IS DISTINCT FROM d),
  e text, f text, CHECK (e = f)
);
-- One of several parents, and only one.
CREATE TABLE house (id integer PRIMARY KEY, v text);
CREATE TABLE garden (id integer PRIMARY KEY, v text);
CREATE TABLE picture (
  id integer PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('house', 'garden', 'none')),
  house_id integer REFERENCES house, garden_id integer REFERENCES garden,
  CHECK ((house_id IS NOT NULL)::integer + (garden_id IS NOT NULL)::integer <= 1),
  CHECK ((kind = 'house') = (house_id IS NOT NULL)),
  CHECK (CASE kind WHEN 'garden' THEN garden_id IS NOT NULL ELSE garden_id IS NULL END)
);
CREATE TABLE attachment (
  id integer PRIMARY KEY, house_id integer REFERENCES house, garden_id integer REFERENCES garden,
  CHECK (num_nonnulls(house_id, garden_id) = 1)
);
-- Letters of either case, texts that count up, a key that a CHECK wants, ranges in alternatives.
CREATE TABLE folded (
  id integer PRIMARY KEY, line char(2) CHECK (upper(line) = ANY (ARRAY['L', 'M']) OR line IS NULL),
  question text NOT NULL CHECK (question BETWEEN 'PN_0001' AND 'PN_0021'),
  house_id integer REFERENCES house CHECK (house_id IS NOT NULL),
  garden_id integer REFERENCES garden, depth smallint NOT NULL, share numeric(8, 2) NOT NULL,
  CHECK ((garden_id IS NULL AND depth = 0 AND share = 1) OR (garden_id IS NOT NULL AND depth >= 1))
);
