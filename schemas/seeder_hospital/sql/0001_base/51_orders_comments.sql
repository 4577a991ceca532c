COMMENT ON TABLE hospital.medication IS 'Reference: drugs of the formulary and beyond.';
COMMENT ON COLUMN hospital.medication.rxnorm_code IS 'RxNorm concept identifier (RXCUI).';
COMMENT ON COLUMN hospital.medication.strength IS 'As printed on the package, e.g. 500 mg.';
COMMENT ON COLUMN hospital.medication.atc_code IS 'WHO ATC code of the substance.';
COMMENT ON COLUMN hospital.medication.dea_schedule IS 'Controlled substance schedule; NULL when not controlled.';

COMMENT ON TABLE hospital.medication_order IS 'Prescriptions for the ward or for home.';
COMMENT ON COLUMN hospital.medication_order.frequency IS 'E.g. BID, Q6H.';
COMMENT ON COLUMN hospital.medication_order.is_prn IS 'To be taken as needed.';

COMMENT ON TABLE hospital.medication_administration IS 'Each dose: given, or why not.';
COMMENT ON COLUMN hospital.medication_administration.patient_id IS 'The patient of the order, as scanned at the bedside.';

COMMENT ON TABLE hospital.lab_test IS 'Reference: analyses of the laboratory.';
COMMENT ON COLUMN hospital.lab_test.loinc_code IS 'LOINC code.';
COMMENT ON COLUMN hospital.lab_test.unit IS 'UCUM unit.';
COMMENT ON COLUMN hospital.lab_test.turnaround IS 'Promised time from receipt to result.';

COMMENT ON TABLE hospital.lab_order IS 'A specimen and what was asked of it.';
COMMENT ON COLUMN hospital.lab_order.accession_number IS 'Number on the tube: L and ten digits.';

COMMENT ON TABLE hospital.lab_result IS 'One analysis of an order.';
COMMENT ON COLUMN hospital.lab_result.patient_id IS 'The patient of the order; the composite key proves it.';
COMMENT ON COLUMN hospital.lab_result.reference_low IS 'Lower reference limit in force when resulted.';
COMMENT ON COLUMN hospital.lab_result.abnormal_flag IS 'HL7 table 0078: normal, low, high, critical.';

COMMENT ON TABLE hospital.vital_sign IS 'One round of measurements at the bedside.';
COMMENT ON COLUMN hospital.vital_sign.oxygen_saturation IS 'SpO2 in percent.';
COMMENT ON COLUMN hospital.vital_sign.pain_score IS 'Numeric rating scale, 0 to 10.';
COMMENT ON COLUMN hospital.vital_sign.bmi IS 'Body mass index in kg/m2, computed.';

COMMENT ON TABLE hospital.imaging_study IS 'A radiological examination.';
COMMENT ON COLUMN hospital.imaging_study.study_instance_uid IS 'DICOM Study Instance UID.';
COMMENT ON COLUMN hospital.imaging_study.modality IS 'DICOM modality code.';
COMMENT ON COLUMN hospital.imaging_study.dicom_tags IS 'Selected DICOM attributes.';

COMMENT ON TABLE hospital.imaging_report IS 'What the radiologist saw: the report, then its addenda.';
COMMENT ON COLUMN hospital.imaging_report.sequence_no IS '1 is the report, later ones are addenda.';
COMMENT ON COLUMN hospital.imaging_report.is_critical IS 'A finding that was telephoned through.';
