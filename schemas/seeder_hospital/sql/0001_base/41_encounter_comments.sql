COMMENT ON TABLE hospital.encounter IS 'A contact of a patient with the hospital, from arrival to departure.';
COMMENT ON COLUMN hospital.encounter.encounter_number IS 'Visit number: V and ten digits.';
COMMENT ON COLUMN hospital.encounter.facility_id IS 'The facility of the department, kept here for reports.';
COMMENT ON COLUMN hospital.encounter.attending_staff_id IS 'Responsible clinician.';
COMMENT ON COLUMN hospital.encounter.reason_for_visit IS 'Chief complaint in the words of the patient.';
COMMENT ON COLUMN hospital.encounter.discharge_disposition IS 'Where the patient went.';

COMMENT ON TABLE hospital.appointment IS 'Booked time with a clinician.';
COMMENT ON COLUMN hospital.appointment.encounter_id IS 'The encounter that fulfilled it; NULL until check-in.';
COMMENT ON COLUMN hospital.appointment.reminder_channels IS 'How to remind, e.g. {sms,email}.';

COMMENT ON TABLE hospital.admission IS 'The inpatient part of an encounter: at most one for each.';
COMMENT ON COLUMN hospital.admission.bed_id IS 'First bed; later ones are in transfer.';
COMMENT ON COLUMN hospital.admission.drg_code IS 'MS-DRG code, three digits.';
COMMENT ON COLUMN hospital.admission.is_readmission IS 'Within 30 days of an earlier discharge.';

COMMENT ON TABLE hospital.transfer IS 'Moves from bed to bed during an admission, in order.';
COMMENT ON COLUMN hospital.transfer.sequence_no IS '1, 2, 3, ... within the stay.';

COMMENT ON TABLE hospital.diagnosis IS 'Diagnoses of an encounter, in order of importance.';
COMMENT ON COLUMN hospital.diagnosis.icd10_code IS 'ICD-10-CM code with its dot, e.g. E11.9.';
COMMENT ON COLUMN hospital.diagnosis.present_on_admission IS 'POA indicator: yes, no, unknown, undetermined (W).';

COMMENT ON TABLE hospital.procedure IS 'Operations and other procedures.';
COMMENT ON COLUMN hospital.procedure.icd10_pcs_code IS 'ICD-10-PCS code, seven characters.';
COMMENT ON COLUMN hospital.procedure.blood_loss_ml IS 'Estimated blood loss in millilitres.';

COMMENT ON TABLE hospital.clinical_note IS 'Free text by clinicians.';
COMMENT ON COLUMN hospital.clinical_note.body IS 'The note itself, plain text.';
COMMENT ON COLUMN hospital.clinical_note.tags IS 'Search words given by the author.';

COMMENT ON VIEW hospital.current_inpatient IS 'Who lies in which bed now.';
