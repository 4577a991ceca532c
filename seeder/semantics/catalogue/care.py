"""Orders, drugs, procedures and the words of care."""

from __future__ import annotations

from seeder.semantics.entry import NUMBER
from seeder.semantics.entry import entry as e

# fmt: off
# A table of data: filled lines show more of it than one argument a line.
CARE = (
    # Care.
    e(
        "drug.dose",
        "dose|dose value|dosage|dose amount|dose val rx|dose given|amount given|dose quantity|"
        "dosage amount|amount value|numerator value|=concentration", "code.drawn",
        "integer decimal float text", system="drugs", part="dose",
    ),
    e(
        "drug.dose", "strength|dose strength|drug strength", "code.drawn", "integer decimal float",
        system="drugs", part="dose",
    ),
    e(
        "drug.product", "brand name|product name|trade name|item name|=brand|=product|=name",
        "code.drawn", only=True, tables="drug medication formulary prescription pharmacy",
        system="drugs", part="name",
    ),
    e(
        "drug.strength", "strength|product strength|prod strength|dose strength|drug strength",
        "code.drawn", system="drugs", part="strength",
    ),
    e(
        "drug.route", "route|administration route|route of administration|dose route|route code",
        "code.drawn", system="drugs", part="route",
    ),
    e(
        "drug.frequency",
        "frequency|dose frequency|dosing frequency|schedule|interval|=freq|timing", "code.drawn",
        system="drugs", part="frequency", only=True,
        tables="drug medication prescription order administration dose dispense pharmacy "
        "medication_order treatment emar",
    ),
    e(
        "drug.form", "dosage form|dose form|drug form|form|form rx|drug type", "code.drawn",
        system="drugs", part="form", only=True,
        tables="drug medication prescription order administration catalog formulary pharmacy",
    ),
    e(
        "drug.class", "drug class|therapeutic class|pharmacologic class|medication class|=class",
        "code.drawn", system="drugs", part="class", only=True,
        tables="drug medication formulary prescription catalog",
    ),
    e(
        "drug.generic",
        "generic name|generic|ingredient|active ingredient|drug name generic|substance name",
        "code.drawn", system="drugs", part="generic",
    ),
    e(
        "drug.sig",
        "sig|direction|dosage text|dose text|dosage direction|medication instruction|"
        "direction for use|usage instruction|sig text|dosage instruction|dose instruction|"
        "administration instruction|"
        "patient instruction", "prose.sig",
    ),
    e(
        "drug.sig", "instruction", "prose.sig", only=True,
        tables="medication prescription drug",
    ),
    e(
        "drug.refills", "refill|number of refill|refill allowed|refills remaining|refill number|"
        "number of repeat allowed|repeat allowed|number of repeat|repeat number|=repeat",
        "number.count", NUMBER, low=0, typical=2, high=11,
    ),
    e(
        "drug.days", "=day count|day count supply|=duration day|day supply|days supplied|"
        "supply day|duration day|day of therapy",
        "number.count", NUMBER, low=7, typical=30, high=90,
    ),
    e("drug.days", "=day|number of day", "number.count", NUMBER, low=7, typical=30, high=90,
      only=True, tables="drug prescription medication medicine pharmacy dispensing dispense"),
    e(
        "drug.dispenses", "dispenses|dispense count|fill count|exposure count|occurrence count",
        "number.count", NUMBER, low=1, typical=4, high=60,
    ),
    e(
        "drug.rate", "infusion rate|=rate|drip rate", "number.share", "decimal float integer",
        low=5.0, high=250.0, digits=1, only=True,
        tables="infusion input administration medication iv",
    ),
    e(
        "drug.controlled", "controlled|is controlled|controlled substance", "status.flag",
        "boolean text integer", share=0.08,
    ),
    e(
        "drug.schedule", "controlled schedule|dea schedule|drug schedule", "number.count",
        "integer text", low=2, typical=4, high=5,
    ),
    e("id.lot", "lot number|lot|batch number|vaccine lot|lot code", "id.lot"),
    e(
        "id.udi", "udi|unique device id|unique device identifier|device identifier|udi carrier",
        "id.udi",
    ),
    e(
        "id.serial",
        "serial number|=serial|device serial|device serial number|production id|serial id",
        "id.serial",
    ),
    e(
        "id.dicom_uid",
        "study uid|series uid|instance uid|study instance uid|series instance uid|"
        "sop instance uid|dicom uid", "id.dicom_uid",
    ),
    e(
        "id.barcode",
        "barcode|bar code|specimen number|specimen id|wristband|specimen source id|sample id|"
        "sample number|label number", "id.barcode", "text integer",
    ),
    e(
        "drug.manufacturer",
        "manufacturer|manufacturer name|vendor|vendor name|maker|supplier name|supplier|brand",
        "org.name", kind="company",
    ),
    e(
        "care.site",
        "body site|injection site|anatomic site|=site|body part|anatomical site|wound site|"
        "surgical site|anatomy|body location|administration site", "code.drawn",
        system="body_sites", part="name",
        tables="imaging procedure immunization administration specimen wound",
    ),
    e("care.laterality", "laterality|=side|body side", "status.word", of="laterality"),
    e(
        "care.modality", "modality|imaging modality|modality type", "code.drawn",
        system="modalities", part="code",
    ),
    e(
        "care.anesthesia", "anesthesia|anesthesia type|anaesthesia type", "status.word",
        of="anesthesia",
    ),
    e("care.wound", "wound class|wound type|wound classification", "status.word", of="wound"),
    e(
        "care.isolation", "isolation|isolation status|isolation precaution|isolation type",
        "status.word", of="isolation",
    ),
    e("care.diet", "diet|diet type|diet order", "status.word", of="diet"),
    e(
        "care.code_status", "code status|resuscitation status|advance directive", "status.word",
        of="code_status",
    ),
    e("care.pregnancy", "pregnancy status|pregnant", "status.word", of="pregnancy"),
    e(
        "care.transport", "arrival mode|mode of arrival|arrival transport|transport mode|transport",
        "status.word", of="transport",
    ),
    e(
        "care.disposition",
        "discharge disposition|disposition|discharge status|discharge destination|"
        "discharge location|discharged to|mode discharge|discharge destination|=destination|"
        "discharge to location|discharged to location|discharge reason", "code.drawn",
        system="dispositions", part="name",
    ),
    e(
        "care.discharge_condition", "discharge condition|condition at discharge", "status.word",
        of="discharge_condition",
    ),
    e(
        "care.admission_source",
        "admission source|admit source|admitting source|mode admission|admission origin|"
        "origin of admission|source of admission|admission location|referral source|"
        "admitted from", "code.drawn", system="admission_sources", part="name",
    ),
    e(
        "care.admission_type", "admission type|admit type|type of admission", "code.drawn",
        system="admission_types", part="name", tables=":encounter admission",
    ),
    e(
        "care.encounter_class",
        "encounter class|visit class|patient class|patient type|care setting|=class|"
        "visit category|encounter category|care class", "code.drawn", system="encounters",
        part="class", tables=":encounter", never="concept vehicle drug",
    ),
    e(
        "care.encounter_type", "encounter type|visit type|appointment type|=type|type of visit|"
        "service type|stay type|"
        "admission class|type of encounter|consultation type|contact type",
        "code.drawn", system="encounters", part="name", only=True,
        tables=":encounter encounter visit appointment",
    ),
    e(
        "care.reason",
        "visit reason|reason for visit|chief complaint|presenting complaint|presenting problem|"
        "appointment reason|admission reason|reason text|clinical indication|indication|"
        "reason for referral|reason for study|complaint|reason for admission|referral reason",
        "prose.complaint", tables=":encounter appointment referral imaging triage order",
    ),
    e(
        "care.reason", "=reason|=purpose", "prose.complaint", only=True,
        tables=":encounter encounter visit appointment referral imaging triage order admission "
        "consultation request",
    ),
    e("care.cancel_reason", "cancellation reason|cancel reason", "status.word", of="cancel_reason"),
    e(
        "care.stop_reason",
        "stop reason|discontinue reason|change reason|status reason|reason for change|hold reason|"
        "transfer reason|override reason|leave reason|termination reason", "status.word",
        of="reason",
    ),
    e(
        "care.severity", "severity|severity level|reaction severity", "code.drawn",
        system="severities", part="name",
    ),
    e("care.criticality", "criticality", "status.word", of="criticality"),
    e(
        "care.reaction", "reaction|allergic reaction|adverse reaction|manifestation", "code.drawn",
        system="reactions", part="name",
    ),
    e(
        "care.allergy_category", "category|allergy category|allergen category|allergen type",
        "code.drawn", system="allergens", part="category", only=True,
        tables="allergy allergen intolerance",
    ),
    e(
        "care.allergy_type", "=type|allergy type|reaction type", "status.word", of="allergy_type",
        only=True, tables="allergy intolerance",
    ),
    e(
        "care.diagnosis_type",
        "diagnosis type|diagnosis role|=rank type|condition category|type of diagnosis",
        "status.word", of="diagnosis_type",
    ),
    e(
        "care.diagnosis_type", "=type|=category|=role|=use", "status.word", of="diagnosis_type",
        only=True, tables="diagnosis condition problem",
    ),
    e(
        "care.verification", "certainty|clinical certainty|diagnosis certainty",
        "status.word", of="verification",
    ),
    e(
        "care.verification", "verification status", "status.word", of="verification", only=True,
        tables="condition diagnosis problem allergy intolerance symptom",
    ),
    e(
        "care.poa", "present on admission|=poa|poa flag|poa indicator", "status.word",
        of="present_on_admission",
    ),
    e(
        "care.dose_number", "dose number|dose sequence|dose in series|series dose",
        "number.count", NUMBER, low=1, typical=1, high=4,
    ),
    e(
        "care.diagnosis_pointer", "diagnosis pointer|diagnosis ref|diagnosis reference",
        "number.count", "integer text", low=1, typical=1, high=4,
    ),
    e(
        "care.vaccine", "vaccine|vaccine name|immunization name", "code.drawn", system="vaccines",
        part="name",
    ),
    e(
        "care.position",
        "rank|call order|filing order|=order|diagnosis rank|diagnosis sequence|sequence|"
        "sequence number|=seq|line number|position|sort order|display order|order index|"
        "step number|item number|ordinal|seq number|=priority number|instance number|"
        "series number|visit number|encounter number|event number|charge id|episode number|"
        "page number|=line|version number|row number|attempt number|component number|"
        "transfer number|sequence id|precedence|image number|slot number", "ordinal", NUMBER,
        never=":staff",
    ),

    e(
        "drug.prn", "prn|as needed|is prn|prn flag|as needed flag|take as needed", "status.flag",
        "boolean text integer", share=0.15,
    ),
    e(
        "drug.dose_unit", "dose unit|dosage unit|dose unit rx|unit of dose|strength unit",
        "code.drawn", system="drugs", part="dose_unit",
    ),
    e(
        "drug.frequency",
        "dose per day|dose per #24 hour|dose per hour|times per day|frequency code|frequency name|"
        "dosing schedule|times daily", "code.drawn", system="drugs", part="frequency",
    ),
    e(
        "drug.rate", "infusion rate|drug rate|drip rate|flow rate|rate of infusion", "number.share",
        "decimal float integer", low=5.0, high=250.0, digits=1,
    ),
    e(
        "drg.code", "drg|drg code|ms drg|apr drg|drg number|drg type code", "number.count",
        "text integer", low=1, typical=392, high=999,
    ),
    e("drg.name", "drg description|drg name|drg title", "prose.description"),
    e(
        "drg.severity",
        "drg severity|severity of illness|risk of mortality|drg mortality|=soi|=rom",
        "number.count", NUMBER + " text", low=1, typical=2, high=4,
    ),
    e(
        "person.age_bound",
        "min age|minimum age|age min|max age|maximum age|age max|age from|age to|lower age|"
        "upper age|"
        "age limit|age low|age high", "number.count", NUMBER + " text", low=0, typical=18, high=99,
    ),
    e("care.stop_reason", "reason for discontinuation|discontinuation reason|reason stopped|"
    "stop code|"
      "discontinued reason", "status.word", of="reason"),
    e(
        "audit.delete_reason",
        "void reason|voided reason|delete reason|deleted reason|deletion reason|retire reason|"
        "retired reason|reason deleted|reason voided|archive reason", "status.word", of="reason",
    ),
    e(
        "encounter.reason_name",
        "reason for visit|visit reason|reason for admission|reason for encounter|consult reason",
        "prose.complaint",
    ),
    e(
        "care.disposition",
        "discharge disp|discharge type|discharge to|discharge outcome|discharge place|"
        "outcome of stay|"
        "visit disposition|ed disposition|referred to|discharge destination", "code.drawn",
        system="dispositions", part="name",
    ),
    e(
        "care.admission_source", "referred from|referred by|admitted by|from facility|"
        "referral from|source of referral|admit from", "code.drawn", system="admission_sources",
        part="name",
    ),
    e(
        "person.died",
        "vital status|vital status code|living status|=alive|is alive|death status|dead or alive|"
        "deceased status|"
        "survival status", "person.died", "boolean text integer",
    ),
    e("diagnosis.code_system", "icd version|code version|icd revision|icd type|code system version",
      "number.count", "integer", low=10, typical=10, high=10),
    e(
        "diagnosis.rank", "diagnosis priority|diagnosis order|diagnosis rank|diagnosis sequence|"
        "condition rank", "ordinal", NUMBER,
    ),
    e(
        "diagnosis.status", "diagnosis status|condition status|disease status|problem status|"
        "clinical status|disease state", "status.word", of="condition",
    ),
    e("note.chief_complaint", "chief complaint|presenting complaint|=cc|presenting problem",
      "prose.complaint"),
    e(
        "vaccine.manufacturer", "vaccine manufacturer|manufacturer", "org.name", kind="company",
        only=True, tables="vaccine immunization vaccination",
    ),
    e("drug.name", "antibiotic|antibiotic name|ab name|antimicrobial", "code.drawn",
      system="drugs", part="name"),
    e("reaction.name", "adverse event|side effect", "code.drawn", system="reactions", part="name"),
    e(
        "person.death_cause",
        "cause of death|death cause|cause death|underlying cause|immediate cause|primary cause",
        "code.drawn", system="icd10cm", part="name",
    ),
    e(
        "care.admission_type", "admission method|admit method|method of admission|arrival type",
        "code.drawn", system="admission_types", part="name",
    ),
    e(
        "care.disposition", "discharge method|method of discharge", "code.drawn",
        system="dispositions", part="name",
    ),
    e("id.encounter", "ipd number|ip number|opd number|op number|case number of patient|"
      "spell number|spell id|attendance number|hospital admission number|"
      "inpatient number|registration number of visit|stay number|"
      "number stay|preadmit number|preadmission number|admission number|episode of care number|"
      "account visit number|hospitalization number|number admission", "id.encounter",
      "text integer"),
    e("id.dicom_uid", "uid|study uid", "id.dicom_uid", only=True,
      tables="imaging study series image dicom instance worklist"),
    e("drug.dose", "=amount|drug amount|dose amount", "code.drawn", "integer decimal float text",
      system="drugs", part="dose", only=True, tables="drug infusion medication administration"),
    e("encounter.reason_name", "hospitalization reason|other hospitalization reason|stay reason",
      "prose.complaint"),
    e("drug.ndc", "ndc number|ndc info|ndc id|national drug code", "code.drawn", system="drugs",
      part="ndc"),
)
# fmt: on
