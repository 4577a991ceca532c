-- Unique over several columns, in part, by expression, with NULLs that count, with few values.
CREATE TABLE ward (id integer PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE bed (
  id integer PRIMARY KEY, ward_id integer NOT NULL REFERENCES ward,
  label varchar(4) NOT NULL, UNIQUE (ward_id, label)
);
CREATE TABLE slot_of_week (
  weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
  kind text NOT NULL CHECK (kind IN ('in', 'out', 'home')),
  note text, PRIMARY KEY (weekday, hour, kind)
);
CREATE TABLE member (
  id bigint PRIMARY KEY, email text NOT NULL, login varchar(20) NOT NULL,
  first_name text NOT NULL, last_name text NOT NULL, deleted_at timestamptz
);
CREATE UNIQUE INDEX member_email ON member (lower(email));
CREATE UNIQUE INDEX member_login ON member (upper(login)) WHERE deleted_at IS NULL;
CREATE TABLE visit (
  id bigint PRIMARY KEY, member_id bigint NOT NULL REFERENCES member,
  status text NOT NULL CHECK (status IN ('open', 'closed', 'void')), is_main boolean NOT NULL,
  number integer
);
CREATE UNIQUE INDEX visit_open ON visit (member_id) WHERE status = 'open';
CREATE UNIQUE INDEX visit_main ON visit (member_id) WHERE is_main;
CREATE UNIQUE INDEX visit_number ON visit (member_id, number) WHERE number IS NOT NULL AND status <> 'void';
CREATE TABLE setting (
  id integer PRIMARY KEY, scope text NOT NULL CHECK (scope IN ('a', 'b')), flag boolean NOT NULL,
  key text NOT NULL
);
CREATE UNIQUE INDEX setting_key ON setting (scope, lower(key));
CREATE UNIQUE INDEX setting_only ON setting ((true)) WHERE key = 'the only one';
-- Few values: the table cannot be large.
CREATE TABLE blood_group (code char(2) PRIMARY KEY CHECK (code IN ('A', 'B', 'AB', 'O')), label text);
CREATE TABLE switch (is_on boolean PRIMARY KEY, label text);
CREATE TABLE tiny (id smallint PRIMARY KEY CHECK (id BETWEEN 1 AND 40), label varchar(1) UNIQUE);
CREATE TYPE side AS ENUM ('left', 'right', 'both');
CREATE TABLE eye (member_id bigint NOT NULL REFERENCES member, side side NOT NULL, diopters numeric(4,2),
  PRIMARY KEY (member_id, side));
CREATE TABLE follows (
  member_id bigint NOT NULL REFERENCES member, friend_id bigint NOT NULL REFERENCES member,
  since date, PRIMARY KEY (member_id, friend_id)
);
CREATE TABLE reading (
  member_id bigint NOT NULL REFERENCES member, taken_on date NOT NULL, value double precision,
  PRIMARY KEY (member_id, taken_on)
);
CREATE TABLE coordinates (x integer NOT NULL, y integer NOT NULL, z numeric(3,1), UNIQUE (x, y));
CREATE TABLE odd_key (k numeric(6,2) PRIMARY KEY, f double precision UNIQUE, i inet UNIQUE, b bytea UNIQUE, t time UNIQUE);
CREATE TABLE two_uniques (
  id integer PRIMARY KEY, a integer NOT NULL, b integer NOT NULL, c text,
  UNIQUE (a, b), UNIQUE (b, c), UNIQUE NULLS NOT DISTINCT (a, c)
);
CREATE TABLE one_null (id integer PRIMARY KEY, code text, UNIQUE NULLS NOT DISTINCT (code));
CREATE TABLE deferred_unique (id integer PRIMARY KEY, place integer NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED);
