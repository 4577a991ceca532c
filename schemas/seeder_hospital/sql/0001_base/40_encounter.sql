CREATE TABLE hospital.encounter (
    encounter_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    encounter_number varchar(12) NOT NULL UNIQUE
        CONSTRAINT encounter_number_format CHECK (encounter_number ~ '^V[0-9]{10}$'),
    patient_id bigint NOT NULL REFERENCES hospital.patient,
    facility_id integer NOT NULL REFERENCES hospital.facility,
    department_id integer NOT NULL REFERENCES hospital.department,
    attending_staff_id integer NOT NULL REFERENCES hospital.staff,
    encounter_class hospital.encounter_class NOT NULL,
    status hospital.encounter_status NOT NULL DEFAULT 'planned',
    priority hospital.order_priority NOT NULL DEFAULT 'routine',
    reason_for_visit varchar(200),
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    duration_minutes integer
        GENERATED ALWAYS AS ((EXTRACT(EPOCH FROM ended_at - started_at) / 60)::integer) STORED,
    discharge_disposition varchar(60),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT encounter_ends_after_start CHECK (ended_at >= started_at)
);
CREATE INDEX encounter_patient_idx
    ON hospital.encounter (patient_id, started_at DESC) INCLUDE (status);
CREATE INDEX encounter_department_idx ON hospital.encounter (department_id, started_at);
CREATE INDEX encounter_facility_idx ON hospital.encounter (facility_id);
CREATE INDEX encounter_attending_idx ON hospital.encounter (attending_staff_id);
CREATE INDEX encounter_open_idx ON hospital.encounter (started_at) WHERE status = 'in_progress';
-- A department belongs to one facility: without this the planner multiplies the selectivities.
CREATE STATISTICS hospital.encounter_place (dependencies)
    ON facility_id, department_id FROM hospital.encounter;

CREATE TABLE hospital.appointment (
    appointment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id bigint NOT NULL REFERENCES hospital.patient,
    department_id integer NOT NULL REFERENCES hospital.department,
    staff_id integer NOT NULL REFERENCES hospital.staff,
    encounter_id bigint UNIQUE REFERENCES hospital.encounter,
    appointment_type text NOT NULL
        CHECK (appointment_type IN ('new_patient', 'follow_up', 'procedure', 'imaging', 'telehealth')),
    status text NOT NULL DEFAULT 'booked'
        CHECK (status IN ('booked', 'confirmed', 'arrived', 'fulfilled', 'cancelled')),
    scheduled_start timestamptz NOT NULL,
    scheduled_end timestamptz NOT NULL,
    reason varchar(200),
    reminder_channels text[] NOT NULL DEFAULT '{sms}',
    CONSTRAINT appointment_ends_after_start CHECK (scheduled_end > scheduled_start)
);
-- Not unique: clinics overbook on purpose.
CREATE INDEX appointment_calendar_idx
    ON hospital.appointment (staff_id, scheduled_start) WHERE status <> 'cancelled';
CREATE INDEX appointment_patient_idx ON hospital.appointment (patient_id, scheduled_start);
CREATE INDEX appointment_department_idx ON hospital.appointment (department_id, scheduled_start);
CREATE INDEX appointment_staff_idx ON hospital.appointment (staff_id);

CREATE TABLE hospital.admission (
    encounter_id bigint PRIMARY KEY REFERENCES hospital.encounter,
    bed_id integer NOT NULL REFERENCES hospital.bed,
    admitting_staff_id integer NOT NULL REFERENCES hospital.staff,
    admission_type text NOT NULL
        CHECK (admission_type IN ('emergency', 'urgent', 'elective', 'newborn', 'trauma')),
    admission_source varchar(80),
    admitted_at timestamptz NOT NULL,
    discharged_at timestamptz,
    drg_code char(3) CONSTRAINT admission_drg_format CHECK (drg_code ~ '^[0-9]{3}$'),
    is_readmission boolean NOT NULL DEFAULT false,
    CONSTRAINT admission_discharged_after_admitted CHECK (discharged_at >= admitted_at)
);
CREATE INDEX admission_bed_idx ON hospital.admission (bed_id);
CREATE INDEX admission_staff_idx ON hospital.admission (admitting_staff_id);
CREATE INDEX admission_current_idx ON hospital.admission (bed_id) WHERE discharged_at IS NULL;
CREATE INDEX admission_admitted_idx ON hospital.admission (admitted_at);

CREATE TABLE hospital.transfer (
    transfer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    encounter_id bigint NOT NULL REFERENCES hospital.admission ON DELETE CASCADE,
    sequence_no smallint NOT NULL CHECK (sequence_no >= 1),
    from_bed_id integer REFERENCES hospital.bed,
    to_bed_id integer NOT NULL REFERENCES hospital.bed,
    ordered_by_staff_id integer NOT NULL REFERENCES hospital.staff,
    reason text NOT NULL
        CHECK (reason IN ('clinical', 'isolation', 'step_down', 'step_up', 'capacity', 'request')),
    requested_at timestamptz NOT NULL,
    transferred_at timestamptz,
    CONSTRAINT transfer_sequence_in_stay UNIQUE (encounter_id, sequence_no),
    CONSTRAINT transfer_after_request CHECK (transferred_at >= requested_at)
);
CREATE INDEX transfer_from_bed_idx ON hospital.transfer (from_bed_id);
CREATE INDEX transfer_to_bed_idx ON hospital.transfer (to_bed_id);
CREATE INDEX transfer_ordered_by_idx ON hospital.transfer (ordered_by_staff_id);

CREATE TABLE hospital.diagnosis (
    diagnosis_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    encounter_id bigint NOT NULL REFERENCES hospital.encounter,
    patient_id bigint NOT NULL REFERENCES hospital.patient,
    diagnosed_by_staff_id integer NOT NULL REFERENCES hospital.staff,
    sequence_no smallint NOT NULL CHECK (sequence_no >= 1),
    icd10_code varchar(8) NOT NULL
        CONSTRAINT diagnosis_icd10_format
        CHECK (icd10_code ~ '^[A-Z][0-9][0-9AB]([.][0-9A-Z]{1,4})?$'),
    description varchar(255) NOT NULL,
    diagnosis_type text NOT NULL
        CHECK (diagnosis_type IN ('admitting', 'working', 'principal', 'secondary', 'discharge')),
    present_on_admission char(1) CHECK (present_on_admission IN ('Y', 'N', 'U', 'W')),
    onset_date date,
    diagnosed_at timestamptz NOT NULL,
    CONSTRAINT diagnosis_sequence_in_encounter UNIQUE (encounter_id, sequence_no)
);
CREATE INDEX diagnosis_patient_idx ON hospital.diagnosis (patient_id, diagnosed_at DESC);
CREATE INDEX diagnosis_icd10_idx ON hospital.diagnosis (icd10_code varchar_pattern_ops);
CREATE INDEX diagnosis_staff_idx ON hospital.diagnosis (diagnosed_by_staff_id);

CREATE TABLE hospital.procedure (
    procedure_id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    encounter_id bigint NOT NULL REFERENCES hospital.encounter,
    patient_id bigint NOT NULL REFERENCES hospital.patient,
    performed_by_staff_id integer NOT NULL REFERENCES hospital.staff,
    icd10_pcs_code char(7) NOT NULL
        CONSTRAINT procedure_icd10_pcs_format CHECK (icd10_pcs_code ~ '^[0-9A-HJ-NP-Z]{7}$'),
    description varchar(255) NOT NULL,
    status hospital.order_status NOT NULL,
    body_site varchar(60),
    laterality text CHECK (laterality IN ('left', 'right', 'bilateral', 'none')),
    anesthesia_type text
        CHECK (anesthesia_type IN ('none', 'local', 'regional', 'sedation', 'general')),
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    blood_loss_ml smallint CHECK (blood_loss_ml BETWEEN 0 AND 10000),
    CONSTRAINT procedure_ends_after_start CHECK (ended_at >= started_at)
);
CREATE INDEX procedure_encounter_idx ON hospital.procedure (encounter_id);
CREATE INDEX procedure_patient_idx ON hospital.procedure (patient_id, started_at DESC);
CREATE INDEX procedure_code_idx ON hospital.procedure (icd10_pcs_code);
CREATE INDEX procedure_staff_idx ON hospital.procedure (performed_by_staff_id);

CREATE TABLE hospital.clinical_note (
    note_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    encounter_id bigint NOT NULL REFERENCES hospital.encounter,
    patient_id bigint NOT NULL REFERENCES hospital.patient,
    author_staff_id integer NOT NULL REFERENCES hospital.staff,
    note_type text NOT NULL
        CHECK (note_type IN ('progress', 'history_and_physical', 'consultation', 'nursing',
                             'operative', 'discharge_summary')),
    title varchar(120) NOT NULL,
    body text NOT NULL CHECK (char_length(body) BETWEEN 1 AND 100000),
    body_length integer GENERATED ALWAYS AS (char_length(body)) STORED,
    tags text[] NOT NULL DEFAULT '{}',
    authored_at timestamptz NOT NULL,
    signed_at timestamptz,
    CONSTRAINT clinical_note_signed_after_authored CHECK (signed_at >= authored_at)
);
CREATE INDEX clinical_note_encounter_idx ON hospital.clinical_note (encounter_id);
CREATE INDEX clinical_note_patient_idx ON hospital.clinical_note (patient_id, authored_at DESC);
CREATE INDEX clinical_note_author_idx ON hospital.clinical_note (author_staff_id);
CREATE INDEX clinical_note_unsigned_idx
    ON hospital.clinical_note (author_staff_id, authored_at) WHERE signed_at IS NULL;

CREATE VIEW hospital.current_inpatient AS
SELECT f.code AS facility, w.name AS ward, b.bed_label, p.mrn, p.family_name, p.given_name,
       a.admitted_at, e.attending_staff_id
FROM hospital.admission a
JOIN hospital.encounter e ON e.encounter_id = a.encounter_id
JOIN hospital.patient p ON p.patient_id = e.patient_id
JOIN hospital.facility f ON f.facility_id = e.facility_id
JOIN hospital.bed b ON b.bed_id = a.bed_id
JOIN hospital.ward w ON w.ward_id = b.ward_id
WHERE a.discharged_at IS NULL;
