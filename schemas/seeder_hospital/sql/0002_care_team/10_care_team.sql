-- A table: more than the attending clinician takes part in an encounter.
CREATE TABLE hospital.care_team_member (
    encounter_id bigint NOT NULL REFERENCES hospital.encounter ON DELETE CASCADE,
    member_staff_id integer NOT NULL REFERENCES hospital.staff,
    care_role text NOT NULL
        CHECK (care_role IN ('nurse', 'resident', 'consultant', 'therapist', 'pharmacist', 'social_worker')),
    joined_at timestamptz NOT NULL,
    left_at timestamptz,
    PRIMARY KEY (encounter_id, member_staff_id),
    CONSTRAINT care_team_member_left_after_joined CHECK (left_at >= joined_at)
);
CREATE INDEX care_team_member_staff_idx
    ON hospital.care_team_member (member_staff_id, joined_at DESC);
COMMENT ON TABLE hospital.care_team_member IS 'Who takes part in an encounter beside the attending.';

-- Columns: triage, and who needs an interpreter.
ALTER TABLE hospital.encounter
    ADD COLUMN triage_level smallint
        CONSTRAINT encounter_triage_level CHECK (triage_level BETWEEN 1 AND 5);
COMMENT ON COLUMN hospital.encounter.triage_level IS
    'Emergency Severity Index: 1 resuscitation to 5 non-urgent.';
CREATE INDEX encounter_triage_idx ON hospital.encounter (triage_level, started_at)
    WHERE triage_level <= 2;
ALTER TABLE hospital.patient ADD COLUMN needs_interpreter boolean NOT NULL DEFAULT false;

-- A CHECK: patients who did not come are no longer booked as cancelled.
ALTER TABLE hospital.appointment DROP CONSTRAINT appointment_status_check;
ALTER TABLE hospital.appointment ADD CONSTRAINT appointment_status_check
    CHECK (status IN ('booked', 'confirmed', 'arrived', 'fulfilled', 'cancelled', 'no_show'));

-- An index: quality reports ask for a code and a period.
DROP INDEX hospital.diagnosis_icd10_idx;
CREATE INDEX diagnosis_icd10_idx
    ON hospital.diagnosis (icd10_code varchar_pattern_ops, diagnosed_at);

-- A partition: the yearly chore.
CREATE TABLE hospital.audit_log_y2027 PARTITION OF hospital.audit_log
    FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2028-01-01 00:00:00+00');
