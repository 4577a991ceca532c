-- By name and without CASCADE: what somebody else built on these tables stops the downgrade.
DROP VIEW hospital.current_inpatient;
DROP TABLE
    billing.payment, billing.claim_adjustment, billing.claim_line, billing.claim,
    billing.invoice_line, billing.invoice, billing.insurance_coverage, billing.payer,
    hospital.audit_log, hospital.imaging_report, hospital.imaging_study, hospital.vital_sign,
    hospital.lab_result, hospital.lab_order, hospital.lab_test,
    hospital.medication_administration, hospital.medication_order, hospital.medication,
    hospital.clinical_note, hospital.procedure, hospital.diagnosis, hospital.transfer,
    hospital.admission, hospital.appointment, hospital.encounter,
    hospital.consent, hospital.immunization, hospital.allergy, hospital.patient_contact,
    hospital.patient_address, hospital.patient_identifier, hospital.patient_registration,
    hospital.patient,
    hospital.staff_role, hospital.staff, hospital.bed, hospital.ward, hospital.department,
    hospital.role, hospital.specialty, hospital.facility;
DROP DOMAIN billing.amount, hospital.email, hospital.npi, hospital.mrn;
DROP TYPE
    billing.claim_status, billing.invoice_status, hospital.severity, hospital.order_priority,
    hospital.order_status, hospital.encounter_status, hospital.encounter_class, hospital.sex;
DROP SCHEMA billing, hospital;
