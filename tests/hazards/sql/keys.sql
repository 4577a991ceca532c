-- Foreign keys of every shape: composite, overlapping, to unique constraints and bare unique
-- indexes, MATCH FULL, across namespaces, between types that differ, as primary keys, in chains.
CREATE SCHEMA main;
CREATE SCHEMA billing;

-- A tenant column that composite keys share.
CREATE TABLE main.tenant (id integer PRIMARY KEY, label text NOT NULL);
CREATE TABLE main.site (
  tenant_id integer NOT NULL REFERENCES main.tenant,
  site_no integer NOT NULL,
  label text NOT NULL,
  PRIMARY KEY (tenant_id, site_no)
);
CREATE TABLE main.device_type (
  tenant_id integer NOT NULL REFERENCES main.tenant,
  type_no integer NOT NULL,
  label text,
  PRIMARY KEY (tenant_id, type_no)
);
CREATE TABLE main.device (
  tenant_id integer NOT NULL,
  device_no integer NOT NULL,
  site_no integer NOT NULL,
  type_no integer NOT NULL,
  bought date,
  PRIMARY KEY (tenant_id, device_no),
  FOREIGN KEY (tenant_id, site_no) REFERENCES main.site,
  FOREIGN KEY (tenant_id, type_no) REFERENCES main.device_type
);
-- One of its overlapping keys may be absent, MATCH FULL and MATCH SIMPLE.
CREATE TABLE main.repair (
  id bigint PRIMARY KEY,
  tenant_id integer NOT NULL REFERENCES main.tenant,
  device_no integer,
  cost numeric(10,2),
  FOREIGN KEY (tenant_id, device_no) REFERENCES main.device
);
CREATE TABLE main.pairing (
  id bigint PRIMARY KEY,
  left_tenant integer, left_no integer,
  right_tenant integer NOT NULL, right_no integer NOT NULL,
  since date,
  FOREIGN KEY (left_tenant, left_no) REFERENCES main.device MATCH FULL,
  FOREIGN KEY (right_tenant, right_no) REFERENCES main.device MATCH FULL
);

-- Keys to what is not the primary key.
CREATE TABLE main.drug (
  id uuid PRIMARY KEY,
  code varchar(12) NOT NULL UNIQUE,
  barcode bigint,
  maker text NOT NULL, maker_no integer NOT NULL,
  CONSTRAINT drug_maker UNIQUE (maker_no, maker)
);
CREATE UNIQUE INDEX drug_barcode ON main.drug (barcode);
CREATE TABLE billing.sale (
  id integer PRIMARY KEY,
  drug_code varchar(12) NOT NULL REFERENCES main.drug (code) ON UPDATE CASCADE ON DELETE RESTRICT,
  scanned bigint REFERENCES main.drug (barcode) ON DELETE SET NULL,
  maker text NOT NULL, maker_no integer NOT NULL,
  FOREIGN KEY (maker, maker_no) REFERENCES main.drug (maker, maker_no) ON DELETE CASCADE
);

-- Chains of keys that are primary keys too.
CREATE TABLE main.person (id bigint PRIMARY KEY, born date NOT NULL);
CREATE TABLE main.worker (person_id bigint PRIMARY KEY REFERENCES main.person, hired date);
CREATE TABLE main.nurse (
  worker_id bigint PRIMARY KEY REFERENCES main.worker, ward text
);
CREATE TABLE main.head_nurse (
  nurse_id bigint PRIMARY KEY REFERENCES main.nurse ON DELETE CASCADE, since date
);
-- Several keys to one table, one of them twice.
CREATE TABLE main.shift (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  nurse_id bigint NOT NULL REFERENCES main.nurse,
  replaced_by bigint REFERENCES main.nurse,
  approved_by bigint NOT NULL REFERENCES main.head_nurse,
  started timestamptz NOT NULL,
  CONSTRAINT again FOREIGN KEY (nurse_id) REFERENCES main.nurse DEFERRABLE INITIALLY DEFERRED
);

-- Types that differ from their target's.
CREATE TABLE main.ledger (no numeric PRIMARY KEY, label text);
CREATE TABLE main.account (code text PRIMARY KEY, small smallint NOT NULL UNIQUE, big bigint UNIQUE);
CREATE TABLE billing.entry (
  id integer PRIMARY KEY,
  ledger_no numeric(10,0) NOT NULL REFERENCES main.ledger,
  account_code varchar(30) NOT NULL REFERENCES main.account,
  account_small integer NOT NULL REFERENCES main.account (small),
  account_big smallint REFERENCES main.account (big),
  amount money
);
CREATE TABLE main.region (code char(6) PRIMARY KEY, label text);
CREATE TABLE main.town (
  id integer PRIMARY KEY,
  region_code char(6) NOT NULL REFERENCES main.region,
  other_region char(10) REFERENCES main.region
);
-- Not valid, and it stays so.
CREATE TABLE main.note (id integer PRIMARY KEY, town_id integer, body text);
ALTER TABLE main.note ADD CONSTRAINT note_town FOREIGN KEY (town_id) REFERENCES main.town NOT VALID;
