COMMENT ON TABLE hospital.patient IS 'A person who is or was treated, or is registered for treatment.';
COMMENT ON COLUMN hospital.patient.patient_uuid IS 'Identity towards other systems; never reused.';
COMMENT ON COLUMN hospital.patient.mrn IS 'Medical record number, the same at every facility.';
COMMENT ON COLUMN hospital.patient.sex IS 'Administrative sex.';
COMMENT ON COLUMN hospital.patient.preferred_language IS 'ISO 639-1 language code.';
COMMENT ON COLUMN hospital.patient.preferences IS 'Reminders, diet and the like, as a JSON object.';

COMMENT ON TABLE hospital.patient_registration IS 'At which facilities a patient is known.';
COMMENT ON COLUMN hospital.patient_registration.chart_number IS 'Number of the paper chart, unique in the facility.';
COMMENT ON COLUMN hospital.patient_registration.primary_care_staff_id IS 'Primary care provider there, when one of ours.';

COMMENT ON TABLE hospital.patient_identifier IS 'Numbers by which others know the patient.';
COMMENT ON COLUMN hospital.patient_identifier.assigning_authority IS 'Who issued the number.';

COMMENT ON TABLE hospital.patient_address IS 'Addresses over time; at most one of each type is current.';
COMMENT ON COLUMN hospital.patient_address.valid_to IS 'First day on which it no longer holds; NULL while current.';

COMMENT ON TABLE hospital.patient_contact IS 'Relatives and friends to be called.';
COMMENT ON COLUMN hospital.patient_contact.call_order IS 'Who is called first: 1, 2, 3, ...';
COMMENT ON COLUMN hospital.patient_contact.may_receive_information IS 'Whether the patient released us from secrecy towards them.';

COMMENT ON TABLE hospital.allergy IS 'Allergies and intolerances.';
COMMENT ON COLUMN hospital.allergy.allergen IS 'Substance, e.g. Penicillin or Peanut.';

COMMENT ON TABLE hospital.immunization IS 'Vaccine doses given here or reported.';
COMMENT ON COLUMN hospital.immunization.cvx_code IS 'CVX vaccine code.';

COMMENT ON TABLE hospital.consent IS 'What the patient agreed to, and until when.';
COMMENT ON COLUMN hospital.consent.scope IS 'What exactly was agreed to, as a JSON object.';
