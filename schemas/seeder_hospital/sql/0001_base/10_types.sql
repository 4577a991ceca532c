CREATE SCHEMA hospital;
CREATE SCHEMA billing;

COMMENT ON SCHEMA hospital IS 'Clinical record: who was treated where, by whom, for what.';
COMMENT ON SCHEMA billing IS 'Payers, invoices, claims and payments.';

-- Enums where the set belongs to the model itself; CHECKs where it grows with the business.
CREATE TYPE hospital.sex AS ENUM ('female', 'male', 'other', 'unknown');
CREATE TYPE hospital.encounter_class AS ENUM
    ('outpatient', 'emergency', 'inpatient', 'observation', 'virtual');
CREATE TYPE hospital.encounter_status AS ENUM
    ('planned', 'in_progress', 'completed', 'cancelled');
CREATE TYPE hospital.order_status AS ENUM
    ('draft', 'active', 'on_hold', 'completed', 'cancelled');
CREATE TYPE hospital.order_priority AS ENUM ('routine', 'urgent', 'stat');
CREATE TYPE hospital.severity AS ENUM ('mild', 'moderate', 'severe');
CREATE TYPE billing.invoice_status AS ENUM ('draft', 'open', 'paid', 'overdue', 'written_off');
CREATE TYPE billing.claim_status AS ENUM
    ('draft', 'submitted', 'accepted', 'denied', 'paid', 'appealed');

COMMENT ON TYPE hospital.sex IS 'Administrative sex, as in HL7 FHIR AdministrativeGender.';

CREATE DOMAIN hospital.mrn AS text
    CONSTRAINT mrn_format CHECK (VALUE ~ '^[0-9]{8}$');
CREATE DOMAIN hospital.npi AS text
    CONSTRAINT npi_format CHECK (VALUE ~ '^[12][0-9]{9}$');
CREATE DOMAIN hospital.email AS text
    CONSTRAINT email_format CHECK (VALUE ~ '^[a-z0-9._%+-]+@[a-z0-9.-]+[.][a-z]{2,}$')
    CONSTRAINT email_length CHECK (char_length(VALUE) <= 254);
CREATE DOMAIN billing.amount AS numeric(12, 2)
    CONSTRAINT amount_not_negative CHECK (VALUE >= 0);

COMMENT ON DOMAIN hospital.mrn IS 'Medical record number: eight digits, one for each patient.';
COMMENT ON DOMAIN hospital.npi IS 'National Provider Identifier: ten digits, the last a Luhn check digit.';
COMMENT ON DOMAIN hospital.email IS 'E-mail address, in lower case so that equal ones are equal.';
COMMENT ON DOMAIN billing.amount IS 'An amount of money that is never negative.';
