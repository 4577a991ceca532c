CREATE TABLE hospital.audit_log (
    audit_id bigserial NOT NULL,
    occurred_at timestamptz NOT NULL,
    staff_id integer REFERENCES hospital.staff,
    patient_id bigint REFERENCES hospital.patient,
    action text NOT NULL
        CHECK (action IN ('view', 'create', 'update', 'delete', 'print', 'export', 'break_glass')),
    table_name varchar(63) NOT NULL,
    record_key varchar(64) NOT NULL,
    session_id uuid NOT NULL,
    client_ip inet,
    changes jsonb,
    PRIMARY KEY (audit_id, occurred_at)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE hospital.audit_log_y2021 PARTITION OF hospital.audit_log
    FOR VALUES FROM ('2021-01-01 00:00:00+00') TO ('2022-01-01 00:00:00+00');
CREATE TABLE hospital.audit_log_y2022 PARTITION OF hospital.audit_log
    FOR VALUES FROM ('2022-01-01 00:00:00+00') TO ('2023-01-01 00:00:00+00');
CREATE TABLE hospital.audit_log_y2023 PARTITION OF hospital.audit_log
    FOR VALUES FROM ('2023-01-01 00:00:00+00') TO ('2024-01-01 00:00:00+00');
CREATE TABLE hospital.audit_log_y2024 PARTITION OF hospital.audit_log
    FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00');
CREATE TABLE hospital.audit_log_y2025 PARTITION OF hospital.audit_log
    FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2026-01-01 00:00:00+00');
CREATE TABLE hospital.audit_log_y2026 PARTITION OF hospital.audit_log
    FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');
-- Whatever lies before or after: a clock gone wrong must not stop the ward's work.
CREATE TABLE hospital.audit_log_rest PARTITION OF hospital.audit_log DEFAULT;

CREATE INDEX audit_log_staff_idx ON hospital.audit_log (staff_id, occurred_at DESC);
CREATE INDEX audit_log_patient_idx ON hospital.audit_log (patient_id, occurred_at DESC);
-- Rows arrive in the order of time: a BRIN index finds a day at the price of a few pages.
CREATE INDEX audit_log_occurred_idx ON hospital.audit_log USING brin (occurred_at);

COMMENT ON TABLE hospital.audit_log IS 'Who looked at or changed what, by calendar year.';
COMMENT ON COLUMN hospital.audit_log.patient_id IS 'Whose record it was; NULL for what concerns no patient.';
COMMENT ON COLUMN hospital.audit_log.record_key IS 'Primary key of the row, as text.';
COMMENT ON COLUMN hospital.audit_log.changes IS 'Old and new values of what changed, as a JSON object.';
