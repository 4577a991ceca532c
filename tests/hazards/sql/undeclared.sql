-- Databases whose references nobody declared: a warehouse of facts, an old medical record, pairs
-- of a table's name and a row of it. The keys are there, the foreign keys are not.
CREATE SCHEMA facts;
CREATE TABLE facts.patient_dimension (
  patient_num integer PRIMARY KEY, birth_date timestamp, sex_cd varchar(50), zip_cd varchar(10));
CREATE TABLE facts.visit_dimension (
  encounter_num integer, patient_num integer, start_date timestamp, end_date timestamp,
  location_cd varchar(100), PRIMARY KEY (encounter_num, patient_num));
CREATE TABLE facts.provider_dimension (
  provider_id varchar(50), provider_path varchar(700), name_char varchar(850),
  PRIMARY KEY (provider_path, provider_id));
CREATE TABLE facts.observation_fact (
  encounter_num integer, patient_num integer, concept_cd varchar(50), provider_id varchar(50),
  start_date timestamp, modifier_cd varchar(100), instance_num integer,
  valtype_cd varchar(50), tval_char varchar(255), nval_num numeric(18, 5), quantity_num numeric,
  PRIMARY KEY (encounter_num, patient_num, concept_cd, provider_id, start_date, modifier_cd,
    instance_num));

CREATE SCHEMA record;
CREATE TABLE record.tbl_patients (
  id serial PRIMARY KEY, mrn varchar(20) UNIQUE, last_name varchar(60), first_name varchar(60),
  dob date, sex char(1));
CREATE TABLE record.tbl_users (
  user_id integer PRIMARY KEY, username varchar(40) UNIQUE, manager_id integer);
CREATE TABLE record.tbl_wards (code varchar(8) PRIMARY KEY, name varchar(80), parent_code varchar(8));
CREATE TABLE record.tbl_visits (
  visit_id uuid PRIMARY KEY, patient_id integer NOT NULL, ward_code varchar(8),
  attending_user_id integer, created_by integer NOT NULL, start_time timestamp NOT NULL,
  end_time timestamp);
CREATE TABLE record.tbl_visit_details (visit_id uuid PRIMARY KEY, summary text);
CREATE TABLE record.tbl_charges (
  charge_no bigint PRIMARY KEY, visit uuid NOT NULL, amount numeric(10, 2),
  payer bigint, reversal_of bigint, parent_charge_no bigint);
COMMENT ON COLUMN record.tbl_charges.reversal_of IS 'references tbl_charges.charge_no';
-- Nothing of this is a reference, whatever it is called.
CREATE TABLE record.tbl_notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, patientid integer, external_patient_id varchar(40),
  total_patients integer, user_id text, username varchar(40), visit_id integer, name varchar(40),
  ward_code varchar(8) CHECK (ward_code IN ('A', 'B')), body text);
CREATE TYPE record.subject_kind AS ENUM ('patient', 'user', 'nobody');
CREATE TABLE record.tbl_comments (
  id serial PRIMARY KEY, entity_type varchar(20) NOT NULL CHECK (entity_type IN ('Patient', 'charges')),
  entity_id bigint NOT NULL, subject_type record.subject_kind, subject_id integer,
  owner_type text, owner_id integer,
  commented_at timestamp NOT NULL, patient_id integer NOT NULL, body text);
