CREATE TABLE billing.payer (
    payer_id serial PRIMARY KEY,
    code varchar(12) NOT NULL UNIQUE,
    name varchar(120) NOT NULL,
    payer_type text NOT NULL
        CHECK (payer_type IN ('commercial', 'medicare', 'medicaid', 'self_pay', 'workers_compensation')),
    edi_number char(5) NOT NULL UNIQUE
        CONSTRAINT payer_edi_number_format CHECK (edi_number ~ '^[0-9A-Z]{5}$'),
    phone varchar(25),
    filing_limit_days smallint NOT NULL DEFAULT 180 CHECK (filing_limit_days BETWEEN 30 AND 730),
    is_active boolean NOT NULL DEFAULT true
);

CREATE TABLE billing.insurance_coverage (
    coverage_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id bigint NOT NULL REFERENCES hospital.patient,
    payer_id integer NOT NULL REFERENCES billing.payer,
    filing_order smallint NOT NULL CHECK (filing_order BETWEEN 1 AND 9),
    plan_name varchar(120) NOT NULL,
    member_number varchar(20) NOT NULL CHECK (char_length(member_number) BETWEEN 6 AND 20),
    group_number varchar(20),
    subscriber_relationship text NOT NULL DEFAULT 'self'
        CHECK (subscriber_relationship IN ('self', 'spouse', 'child', 'other')),
    copay_amount billing.amount NOT NULL DEFAULT 0,
    deductible_amount billing.amount NOT NULL DEFAULT 0,
    effective_from date NOT NULL,
    effective_to date,
    CONSTRAINT insurance_coverage_period CHECK (effective_to > effective_from),
    CONSTRAINT insurance_coverage_member UNIQUE (payer_id, member_number),
    CONSTRAINT insurance_coverage_order UNIQUE (patient_id, filing_order)
);
CREATE INDEX insurance_coverage_in_force_idx
    ON billing.insurance_coverage USING gist (daterange(effective_from, effective_to));

CREATE TABLE billing.invoice (
    invoice_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_number varchar(12) NOT NULL UNIQUE
        CONSTRAINT invoice_number_format CHECK (invoice_number ~ '^INV[0-9]{9}$'),
    patient_id bigint NOT NULL REFERENCES hospital.patient,
    encounter_id bigint NOT NULL REFERENCES hospital.encounter,
    status billing.invoice_status NOT NULL DEFAULT 'draft',
    currency_code char(3) NOT NULL DEFAULT 'USD'
        CONSTRAINT invoice_currency_format CHECK (currency_code ~ '^[A-Z]{3}$'),
    subtotal_amount billing.amount NOT NULL,
    discount_amount billing.amount NOT NULL DEFAULT 0,
    total_amount numeric(12, 2)
        GENERATED ALWAYS AS (subtotal_amount - discount_amount) STORED,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    CONSTRAINT invoice_discount_within_subtotal CHECK (discount_amount <= subtotal_amount),
    CONSTRAINT invoice_due_after_issued CHECK (due_on >= issued_on)
);
CREATE INDEX invoice_patient_idx ON billing.invoice (patient_id, issued_on DESC);
CREATE INDEX invoice_encounter_idx ON billing.invoice (encounter_id);
CREATE INDEX invoice_unpaid_idx ON billing.invoice (due_on) WHERE status IN ('open', 'overdue');

CREATE TABLE billing.invoice_line (
    invoice_line_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id bigint NOT NULL REFERENCES billing.invoice ON DELETE CASCADE,
    performed_by_staff_id integer REFERENCES hospital.staff,
    line_no smallint NOT NULL CHECK (line_no BETWEEN 1 AND 999),
    revenue_code char(4) NOT NULL
        CONSTRAINT invoice_line_revenue_code_format CHECK (revenue_code ~ '^0[0-9]{3}$'),
    description varchar(200) NOT NULL,
    service_date date NOT NULL,
    quantity numeric(8, 2) NOT NULL DEFAULT 1 CHECK (quantity > 0 AND quantity <= 1000),
    unit_price numeric(10, 2) NOT NULL CHECK (unit_price >= 0),
    line_total numeric(16, 2) GENERATED ALWAYS AS (round(quantity * unit_price, 2)) STORED,
    CONSTRAINT invoice_line_in_invoice UNIQUE (invoice_id, line_no)
);
CREATE INDEX invoice_line_staff_idx ON billing.invoice_line (performed_by_staff_id);
CREATE INDEX invoice_line_revenue_idx ON billing.invoice_line (revenue_code, service_date);

CREATE TABLE billing.claim (
    claim_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_number varchar(14) NOT NULL UNIQUE
        CONSTRAINT claim_number_format CHECK (claim_number ~ '^CLM[0-9]{10}$'),
    invoice_id bigint NOT NULL REFERENCES billing.invoice,
    patient_id bigint NOT NULL REFERENCES hospital.patient,
    coverage_id bigint NOT NULL REFERENCES billing.insurance_coverage,
    payer_id integer NOT NULL REFERENCES billing.payer,
    billing_facility_id integer NOT NULL REFERENCES hospital.facility,
    claim_type text NOT NULL CHECK (claim_type IN ('professional', 'institutional', 'pharmacy')),
    status billing.claim_status NOT NULL DEFAULT 'draft',
    diagnosis_codes varchar(8)[] NOT NULL DEFAULT '{}',
    billed_amount billing.amount NOT NULL,
    allowed_amount billing.amount,
    paid_amount billing.amount,
    submitted_at timestamptz,
    adjudicated_at timestamptz,
    CONSTRAINT claim_allowed_within_billed CHECK (allowed_amount <= billed_amount),
    CONSTRAINT claim_paid_within_allowed CHECK (paid_amount <= allowed_amount),
    CONSTRAINT claim_adjudicated_after_submitted CHECK (adjudicated_at >= submitted_at)
);
CREATE INDEX claim_invoice_idx ON billing.claim (invoice_id);
CREATE INDEX claim_patient_idx ON billing.claim (patient_id);
CREATE INDEX claim_coverage_idx ON billing.claim (coverage_id);
CREATE INDEX claim_payer_idx ON billing.claim (payer_id, status);
CREATE INDEX claim_facility_idx ON billing.claim (billing_facility_id, submitted_at);

CREATE TABLE billing.claim_line (
    claim_id bigint NOT NULL REFERENCES billing.claim ON DELETE CASCADE,
    line_no smallint NOT NULL CHECK (line_no BETWEEN 1 AND 999),
    invoice_line_id bigint REFERENCES billing.invoice_line,
    rendering_staff_id integer REFERENCES hospital.staff,
    procedure_code varchar(7) NOT NULL CHECK (char_length(procedure_code) BETWEEN 3 AND 7),
    units numeric(8, 2) NOT NULL DEFAULT 1 CHECK (units > 0),
    service_date date NOT NULL,
    billed_amount billing.amount NOT NULL,
    allowed_amount billing.amount,
    paid_amount billing.amount,
    PRIMARY KEY (claim_id, line_no),
    CONSTRAINT claim_line_allowed_within_billed CHECK (allowed_amount <= billed_amount)
);
CREATE INDEX claim_line_invoice_line_idx ON billing.claim_line (invoice_line_id);
CREATE INDEX claim_line_rendering_idx ON billing.claim_line (rendering_staff_id);
CREATE INDEX claim_line_procedure_idx ON billing.claim_line (procedure_code, service_date);

CREATE TABLE billing.claim_adjustment (
    adjustment_id bigserial PRIMARY KEY,
    claim_id bigint NOT NULL,
    line_no smallint NOT NULL,
    adjustment_no smallint NOT NULL CHECK (adjustment_no BETWEEN 1 AND 99),
    group_code char(2) NOT NULL CHECK (group_code IN ('CO', 'PR', 'OA', 'PI')),
    reason_code varchar(4) NOT NULL
        CONSTRAINT claim_adjustment_reason_format CHECK (reason_code ~ '^[A-Z]?[0-9]{1,3}$'),
    amount numeric(12, 2) NOT NULL,
    CONSTRAINT claim_adjustment_of_line FOREIGN KEY (claim_id, line_no)
        REFERENCES billing.claim_line (claim_id, line_no) ON DELETE CASCADE,
    CONSTRAINT claim_adjustment_in_line UNIQUE (claim_id, line_no, adjustment_no)
);
CREATE INDEX claim_adjustment_reason_idx ON billing.claim_adjustment (group_code, reason_code);

CREATE TABLE billing.payment (
    payment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    receipt_number varchar(14) NOT NULL UNIQUE
        CONSTRAINT payment_receipt_number_format CHECK (receipt_number ~ '^RCP[0-9]{10}$'),
    invoice_id bigint NOT NULL REFERENCES billing.invoice,
    claim_id bigint REFERENCES billing.claim,
    payer_id integer REFERENCES billing.payer,
    payment_method text NOT NULL
        CHECK (payment_method IN ('card', 'cash', 'check', 'bank_transfer', 'remittance')),
    amount numeric(12, 2) NOT NULL CHECK (amount > 0),
    currency_code char(3) NOT NULL DEFAULT 'USD'
        CONSTRAINT payment_currency_format CHECK (currency_code ~ '^[A-Z]{3}$'),
    received_at timestamptz NOT NULL,
    refunded_at timestamptz,
    CONSTRAINT payment_refunded_after_received CHECK (refunded_at >= received_at)
);
CREATE INDEX payment_invoice_idx ON billing.payment (invoice_id);
CREATE INDEX payment_claim_idx ON billing.payment (claim_id);
CREATE INDEX payment_payer_idx ON billing.payment (payer_id);
CREATE INDEX payment_received_idx ON billing.payment (received_at);
