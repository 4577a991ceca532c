COMMENT ON TABLE billing.payer IS 'Insurers and programmes that pay for care.';
COMMENT ON COLUMN billing.payer.edi_number IS 'Payer number in X12 transactions.';
COMMENT ON COLUMN billing.payer.filing_limit_days IS 'Days after service within which a claim must arrive.';

COMMENT ON TABLE billing.insurance_coverage IS 'A policy that covers a patient.';
COMMENT ON COLUMN billing.insurance_coverage.filing_order IS '1 is billed first.';
COMMENT ON COLUMN billing.insurance_coverage.member_number IS 'As printed on the card.';

COMMENT ON TABLE billing.invoice IS 'What an encounter costs.';
COMMENT ON COLUMN billing.invoice.total_amount IS 'Subtotal less discount, computed.';
COMMENT ON COLUMN billing.invoice.currency_code IS 'ISO 4217.';

COMMENT ON TABLE billing.invoice_line IS 'One service or article on an invoice.';
COMMENT ON COLUMN billing.invoice_line.revenue_code IS 'UB-04 revenue code with its leading zero.';

COMMENT ON TABLE billing.claim IS 'An invoice, as sent to a payer.';
COMMENT ON COLUMN billing.claim.payer_id IS 'The payer of the coverage, kept here because coverages change hands.';
COMMENT ON COLUMN billing.claim.billing_facility_id IS 'Who bills: the facility of the encounter.';
COMMENT ON COLUMN billing.claim.diagnosis_codes IS 'ICD-10-CM codes, the principal one first.';

COMMENT ON TABLE billing.claim_line IS 'One service on a claim.';
COMMENT ON COLUMN billing.claim_line.rendering_staff_id IS 'Rendering provider.';
COMMENT ON COLUMN billing.claim_line.line_no IS '1, 2, 3, ... within the claim.';

COMMENT ON TABLE billing.claim_adjustment IS 'Why a payer paid less (or more) than billed.';
COMMENT ON COLUMN billing.claim_adjustment.group_code IS 'CAS group: contractual, patient, other, payer initiated.';
COMMENT ON COLUMN billing.claim_adjustment.reason_code IS 'Claim adjustment reason code (CARC).';

COMMENT ON TABLE billing.payment IS 'Money received, from patients or payers.';
COMMENT ON COLUMN billing.payment.payer_id IS 'NULL when the patient paid.';
