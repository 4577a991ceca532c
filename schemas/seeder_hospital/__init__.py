"""A hospital's database, empty: forty-two tables in two namespaces, for PostgreSQL 13 to 18.

``migrate(url)`` creates it by alembic migrations, ``python -m seeder_hospital URL`` does so from
a shell. There is not one row in the migrations, reference tables included: filling them is what
``seeder`` is for. Revision 0001 is the base; 0002 adds a table, columns, an index and a partition
and changes a CHECK, so that drift can be shown: plan at 0001, migrate, load.

An arrow points from a table to its parent; ``*`` marks small reference tables::

    NAMESPACE hospital

    facility ◄── department ◄── ward ◄── bed
                   │  ▲ └─ (parent department)
                   │  └──────── staff ──► specialty*      staff ◄── staff_role ──► role*
                   ▼            └─ (supervisor)
                 specialty*

    patient ◄─┬─ patient_identifier, patient_address, patient_contact, consent
              ├─ patient_registration ──► facility, staff (primary care)
              ├─ allergy, immunization ──► staff
              │
              └─ encounter ──► facility, department, staff (attending)
                   ▲
                   ├─ appointment (0..1) ──► department, staff
                   ├─ care_team_member (0002) ──► staff
                   ├─ admission (1:1 subtype) ──► bed    ◄── transfer ──► bed (from, to)
                   ├─ diagnosis, procedure, clinical_note, vital_sign ──► staff
                   ├─ medication_order ──► medication*   ◄── medication_administration ──► staff
                   ├─ lab_order ◄── lab_result ──► lab_test*
                   └─ imaging_study ◄── imaging_report ──► staff

    audit_log (partitioned by year) ──► staff, patient

    NAMESPACE billing

    patient, encounter ◄── invoice ◄── invoice_line ──► staff
                             ▲              ▲
              payment ───────┤              └─────── claim_line ◄── claim_adjustment
                 │           │                        │   (composite key claim_id, line_no)
                 └──────► claim ◄─────────────────────┘
                             │
                             └──► insurance_coverage ──► payer, patient

Paths that meet must agree, as they do in a real hospital: the patient of a diagnosis, an order, a
result or an invoice is that of its encounter; the facility of an encounter is that of its
department, and so is that of its bed's ward; a claim's patient is that of its invoice and of its
coverage, and its payer the coverage's; a payment's claim is for the payment's invoice. In
lab_result a composite key proves it.
"""

from __future__ import annotations

from seeder_hospital.migration import migrate

__all__ = ["migrate"]
