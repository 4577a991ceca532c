COMMENT ON TABLE hospital.facility IS 'A site of the hospital group, licensed by itself.';
COMMENT ON COLUMN hospital.facility.code IS 'Short code used on wristbands and worklists, e.g. STM001.';
COMMENT ON COLUMN hospital.facility.npi IS 'Organisational NPI, used on claims.';
COMMENT ON COLUMN hospital.facility.time_zone IS 'IANA name; timestamps are stored with time zone.';
COMMENT ON COLUMN hospital.facility.services IS 'Services offered, e.g. {emergency,dialysis}.';

COMMENT ON TABLE hospital.specialty IS 'Reference: medical specialties.';
COMMENT ON COLUMN hospital.specialty.taxonomy_code IS 'Health care provider taxonomy code (NUCC).';

COMMENT ON TABLE hospital.role IS 'Reference: what a member of staff may do in the application.';

COMMENT ON TABLE hospital.department IS 'A unit of a facility with a cost center of its own.';
COMMENT ON COLUMN hospital.department.parent_department_id IS 'The department that this one is part of; NULL at the top.';
COMMENT ON COLUMN hospital.department.cost_center IS 'Six digits, from the general ledger.';

COMMENT ON TABLE hospital.ward IS 'Beds that are staffed together, in one department.';
COMMENT ON COLUMN hospital.ward.floor IS 'Storey; negative below ground.';
COMMENT ON COLUMN hospital.ward.nurse_to_patient_ratio IS 'Nurses for each patient by day: 0.25 is one to four.';

COMMENT ON TABLE hospital.bed IS 'A bed space, whether a bed stands there or not.';
COMMENT ON COLUMN hospital.bed.bed_label IS 'What the sign says, e.g. 12-B; unique in its ward.';

COMMENT ON TABLE hospital.staff IS 'Everybody who works here, clinical or not.';
COMMENT ON COLUMN hospital.staff.department_id IS 'Home department.';
COMMENT ON COLUMN hospital.staff.supervisor_id IS 'Line manager; NULL for the chief officers.';
COMMENT ON COLUMN hospital.staff.npi IS 'Individual NPI; only clinicians have one.';
COMMENT ON COLUMN hospital.staff.languages IS 'Languages spoken with patients, ISO 639-1.';

COMMENT ON TABLE hospital.staff_role IS 'Which roles a member of staff holds, or has held.';
