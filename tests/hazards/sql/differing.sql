-- CHECKs that two keys of a row differ: no row has one parent in both places.
CREATE TABLE part (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE bill_of_materials (
  id integer PRIMARY KEY,
  whole_id integer REFERENCES part, part_id integer NOT NULL REFERENCES part,
  since date NOT NULL, CHECK (whole_id <> part_id), UNIQUE (whole_id, part_id, since)
);
-- Told apart by nothing else: as many pairs as there are rows, less those of equals.
CREATE TABLE interaction (
  first_id integer NOT NULL REFERENCES part, second_id integer NOT NULL REFERENCES part,
  severity text, PRIMARY KEY (first_id, second_id), CHECK (second_id <> first_id)
);
CREATE TABLE mixture (
  id integer PRIMARY KEY, a integer NOT NULL REFERENCES part, b integer NOT NULL REFERENCES part,
  c integer NOT NULL REFERENCES part, CHECK (a <> b AND b <> c AND a <> c), UNIQUE (a, b, c)
);
-- Three parts, three pairs: hardly any choice.
CREATE TABLE colour (code text PRIMARY KEY CHECK (code IN ('red', 'green', 'blue')));
CREATE TABLE flag (
  id integer PRIMARY KEY, field text NOT NULL REFERENCES colour,
  cross_of text NOT NULL REFERENCES colour, CHECK (field <> cross_of)
);
-- Parents of the same table, and rows that are not their own.
CREATE TABLE animal (
  id integer PRIMARY KEY, sire_id integer REFERENCES animal, dam_id integer REFERENCES animal,
  CHECK (sire_id <> dam_id), CHECK (sire_id <> id), CHECK (dam_id <> id)
);
CREATE TABLE ring (
  id integer PRIMARY KEY, next_id integer NOT NULL UNIQUE REFERENCES ring, CHECK (next_id <> id)
);
CREATE TABLE buddy (
  id integer PRIMARY KEY, other_id integer NOT NULL REFERENCES buddy, CHECK (id <> other_id)
);
-- One of each, twice.
CREATE TABLE seat (id integer PRIMARY KEY, label text);
CREATE TABLE swap (
  from_id integer PRIMARY KEY REFERENCES seat, to_id integer NOT NULL UNIQUE REFERENCES seat,
  CHECK (from_id <> to_id)
);
-- Inside one tenant, and between the beds of one ward.
CREATE TABLE tenant (id integer PRIMARY KEY, label text);
CREATE TABLE account (
  tenant_id integer NOT NULL REFERENCES tenant, no integer NOT NULL, label text,
  PRIMARY KEY (tenant_id, no)
);
CREATE TABLE transfer (
  id bigint PRIMARY KEY, tenant_id integer NOT NULL, from_no integer NOT NULL, to_no integer NOT NULL,
  amount numeric(10, 2), CHECK (from_no <> to_no),
  FOREIGN KEY (tenant_id, from_no) REFERENCES account, FOREIGN KEY (tenant_id, to_no) REFERENCES account
);
