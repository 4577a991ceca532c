-- The rows of the partition move to the default one.
ALTER TABLE hospital.audit_log DETACH PARTITION hospital.audit_log_y2027;
INSERT INTO hospital.audit_log SELECT * FROM hospital.audit_log_y2027;
DROP TABLE hospital.audit_log_y2027;

DROP INDEX hospital.diagnosis_icd10_idx;
CREATE INDEX diagnosis_icd10_idx ON hospital.diagnosis (icd10_code varchar_pattern_ops);

UPDATE hospital.appointment SET status = 'cancelled' WHERE status = 'no_show';
ALTER TABLE hospital.appointment DROP CONSTRAINT appointment_status_check;
ALTER TABLE hospital.appointment ADD CONSTRAINT appointment_status_check
    CHECK (status IN ('booked', 'confirmed', 'arrived', 'fulfilled', 'cancelled'));

ALTER TABLE hospital.patient DROP COLUMN needs_interpreter;
DROP INDEX hospital.encounter_triage_idx;
ALTER TABLE hospital.encounter DROP COLUMN triage_level;

DROP TABLE hospital.care_team_member;
