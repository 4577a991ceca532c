"""People, how to reach them, and where they live."""

from __future__ import annotations

from seeder.semantics.entry import entry as e

_NAMED = ":patient :staff :person person name patient contact guarantor relative"

# fmt: off
# A table of data: filled lines show more of it than one argument a line.
PEOPLE = (
    # Names.
    e(
        "person.first_name",
        "first name|given name|=first|=f name|=given|nick name|preferred name|christian name",
        "person.first_name", group=True, beside="last family",
    ),
    e(
        "person.middle_name", "middle name|=middle|=m name|middle initial|=mi|second name",
        "person.middle_name", group=True,
    ),
    e(
        "person.last_name", "last name|family name|=sname|=l name|=last|second surname|=family",
        "person.last_name", group=True, beside="first given", never="note_nlp family_history",
    ),
    e(
        "person.maiden_name", "maiden name|=maiden|birth name",
        "person.maiden_name",
    ),
    e("person.mother_name", "mother maiden name|mother birth name", "person.maiden_name"),
    e("person.maiden_name", "last name birth|name birth", "person.maiden_name"),
    e(
        "person.full_name",
        "=patient full name|patient name|contact name|person name|provider name|doctor name|"
        "physician name|"
        "owner name|guarantor name|subscriber name|employee name|practitioner name|author name|"
        "nurse name|surgeon name|staff name|caregiver name|insured name|holder name|"
        "kin name|spouse name|mother name|father name|guardian name|next of kin|ordering provider|"
        "attending physician|signed by name|patient alias|=alias|alias name|policy holder|insured|"
        "subscriber|beneficiary name|participant name|client name|child name|partner name|"
        "husband name|"
        "wife name|relative name|donor name|phonetic name|alphabetic name|ideographic name|"
        "payee name|recipient name|card holder name|next kin name", "person.full_name",
        group=True,
    ),
    e(
        "person.full_name", "=name|=names|full name|display name|complete name|formatted name|"
        "name text|"
        "name of person", "person.full_name", group=True, only=True,
        tables=":patient :staff :person user author party signer patient provider doctor contact "
            "guarantor actor relative "
        "kin",
    ),
    e("person.initials", "initials", "person.initials", group=True),
    e(
        "person.prefix",
        "name prefix|=prefix|salutation|honorific|=title|courtesy title|prefix name",
        "person.prefix", only=True, tables=_NAMED, group=True,
    ),
    e("person.suffix", "name suffix|=suffix|suffix name", "person.suffix", group=True),
    e(
        "person.credentials", "credential|=degree|post nominal|provider suffix|qualification",
        "person.suffix",
        staff=True,
    ),
    e(
        "person.user_name",
        "user name|=login|login name|=user|account name|=username|=performed by user",
        "person.user_name", group=True, tables=":staff user",
    ),
    e(
        "person.actor",
        "created by|updated by|modified by|entered by|changed by|deleted by|recorded by|"
        "performed by|verified by|signed by|reviewed by|approved by|author|stored by|"
        "registered by|captured by|submitted by|collected by|"
        "ordered by|requested by|last modified by|cancelled by|caller|operator name|uploaded by|"
        "administered by|given by|taken by|completed by|assigned to|received by|dispensed by|"
        "transcribed by|db user|changed user|session user|actor", "person.user_name", staff=True,
    ),
    # What a form asks.
    e(
        "person.sex", "sex|=gender|birth sex|patient sex|administrative sex|sex at birth|sex code",
        "person.sex", "text integer enum boolean", group=True,
    ),
    e(
        "person.gender_identity", "gender identity|sex identity", "status.word",
        of="gender_identity",
    ),
    e("person.orientation", "sexual orientation", "status.word", of="orientation"),
    e(
        "person.living", "living arrangement|living situation|housing status", "status.word",
        of="living",
    ),
    e(
        "person.smoking", "smoking status|tobacco use|smoking|tobacco status|smoker status",
        "status.word", of="smoking",
    ),
    e("person.alcohol", "alcohol use|alcohol|alcohol status", "status.word", of="alcohol"),
    e(
        "person.race", "race|=race1|race name", "code.drawn", system="races",
        part="name",
    ),
    e("person.ethnicity", "ethnic category|ethnicity|=ethnic|ethnic group|ethnic origin|"
    "=ethnoracial", "code.drawn", system="ethnicities", part="name"),
    e(
        "person.marital", "marital status|=marital|civil status|marriage status|situation marital|"
        "status civil|"
        "marital state", "code.drawn",
        system="marital", part="code", tables=":patient",
    ),
    e(
        "person.language", "language|preferred language|primary language|spoken language|=locale",
        "code.drawn", system="languages", part="name",
    ),
    e("person.language_code", "language code|iso language", "code.drawn", system="languages"),
    e(
        "person.religion", "religion|faith|religious affiliation", "code.drawn", system="religions",
        part="name",
    ),
    e(
        "person.occupation", "occupation|profession|employment", "code.drawn",
        system="occupations", part="name",
    ),
    e(
        "person.education", "education|education type|education level|"
        "highest education", "code.drawn",
        system="education", part="name",
    ),
    e(
        "person.relationship",
        "relationship|relationship type|relation|relationship to patient|relation to patient|"
        "relationship to insured|relationship to subscriber|relation to subscriber|"
        "relationship to holder|relation|kinship|relationship code", "code.drawn",
        system="relationships",
        part="name", never="relationship concept",
    ),
    e("person.ownership", "ownership", "status.word", of="ownership"),
    e("person.employer", "employer|employer name|workplace", "org.name", kind="company"),
    e(
        "person.job_title",
        "designation|job title|position title|=role|staff role|=job|=position|=occupation|"
        "role name|"
        "provider type|job role|=profession|employee title|=title", "code.drawn", system="roles",
        part="name", only=True, tables=":staff staff employee provider user team",
    ),
    e(
        "person.specialty", "specialty|medical specialty|provider specialty|=taxonomy",
        "code.drawn", system="specialties", part="name",
    ),
    # How to reach them.
    e(
        "contact.phone",
        "phone|phone number|home phone|contact number|emergency phone|phone home|contact phone|"
        "=phone1|phone extension number|telephone number",
        "contact.phone", "text integer", bits=64, group=True,
    ),
    e(
        "contact.phone", "cell phone|mobile number|=mobile|phone mobile|=cell", "contact.phone",
        "text integer", bits=64, group=True, line="mobile",
    ),
    e(
        "contact.phone", "work phone|phone work|office phone", "contact.phone", "text integer",
        bits=64, group=True, line="work",
    ),
    e(
        "contact.phone", "fax|fax number|pager|pager number", "contact.phone", "text integer",
        bits=64, group=True, line="fax",
    ),
    e(
        "contact.extension", "phone extension|=extension|phone ext", "number.count", "text integer",
        low=1000, typical=4200, high=9999,
    ),
    e(
        "contact.email",
        "email|email address|e mail|mail address|electronic mail|=email1|contact email",
        "contact.email", group=True,
    ),
    e(
        "contact.preferred",
        "preferred contact method|contact preference|communication preference|contact method",
        "status.word", of="channel",
    ),
    e(
        "contact.kind", "phone type|telecom use|contact use|phone use|telecom type", "status.word",
        of="contact_type",
    ),
    e(
        "contact.url",
        "url|website|web site|=web|home page|web address|uri|link|=homepage|internet address|"
        "image url|photo url|"
        "endpoint|=href|picture url", "contact.url",
    ),
    # Places.
    e(
        "place.street",
        "address|street|street address|address line|address line #1|address #1|home address|"
        "mailing address|billing address|street name|=address1|=street1|postal address|residence|"
        "street line|add line #1|add line|address street|=line #1|"
        "=addressline", "place.street", group=True,
        never="ip email mac",
    ),
    e(
        "place.unit",
        "add line #2|address #2|address line #2|address unit|apartment|suite|=line #2|street #2|"
        "apt number|"
        "address two", "place.unit",
    ),
    e("place.unit", "address #3|address line #3", "place.unit"),
    e(
        "place.full_address", "full address|complete address|formatted address|address text",
        "place.full_address", group=True,
    ),
    e(
        "place.city", "city|=town|municipality|city name|town name|suburb|locality|village|"
        "village name", "place.city",
        group=True,
    ),
    e(
        "place.state",
        "state|province|state code|state province|state abbreviation|=region|state headquartered|"
        "license state|issuing state|state of licensure|=st", "place.state", group=True,
        beside="city zip address country", never="hl7 workflow",
    ),
    e("place.state_name", "state name|province name", "place.state", group=True, full=True),
    e("place.county", "county|parish|county name|district|district name|subdistrict|county code",
      "place.county", group=True),
    e(
        "place.zip", "zip|zip code|postal code|postcode|=zip5|post code|=postal|code zip|"
        "zip postal|pin code|pincode|=pin", "place.zip",
        "text integer", group=True, bits=32,
    ),
    e(
        "place.country", "country code", "place.country", beside="city zip state address",
        code=True,
    ),
    e(
        "place.country", "country|nation|country name", "place.country",
        beside="city zip state address",
    ),
    e(
        "place.nationality",
        "nationality|citizenship|country of birth|birth country|country of origin", "code.drawn",
        system="countries", part="name",
    ),
    e(
        "place.birthplace", "place birth|birth place|birthplace|place of birth|birth city|"
        "city of birth",
        "place.birthplace",
    ),
    e(
        "place.latitude", "latitude|=lat|geo lat|=y coordinate", "place.latitude",
        "decimal float text", group=True,
    ),
    e(
        "place.longitude", "longitude|=lon|=long|=lng|geo long|=x coordinate", "place.longitude",
        "decimal float text", group=True,
    ),
    e("place.time_zone", "time zone|timezone|=tz", "place.time_zone"),
    # Who they are to the authorities.
    e(
        "id.ssn", "ssn|social security|social security number|number security social|"
        "security social|"
        "social insurance number|national insurance number|nhs number|aadhaar|aadhaar number|"
        "personal identity number|personal number|civil id|citizen number|national identity number|"
        "national id|national identifier",
        "id.ssn", "text integer", bits=32,
    ),
    e(
        "id.ssn_last4", "ssn last4|ssn last|last ssn|ssn #4|ssn last #4", "id.ssn_last4",
        "text integer",
    ),
    e(
        "id.mrn",
        "unique patient identifier|subject identifier|participant identifier|mrd number|"
        "number patient|mrn|medical record number|medical record|patient number|chart number|"
        "hospital number|"
        "patient identifier|=pid|medical number|person source value|patient source value|"
        "unit number|patient mrn|record number|medical record department number|=mrd", "id.mrn",
        "text integer", tables=":patient", bits=32,
    ),
    e(
        "id.mrn", "=identifier|identifier value", "id.mrn", "text integer", bits=32, only=True,
        tables=":patient :organisation :staff patient person organization hospital facility clinic",
    ),
    e(
        "id.npi", "npi|national provider identifier|npi number|provider npi", "id.npi",
        "text integer", bits=64,
    ),
    e("id.dea", "dea|dea number", "id.dea"),
    e("id.mbi", "mbi|medicare beneficiary identifier|medicare beneficiary number", "id.mbi"),
    e(
        "id.license",
        "license number|=license|license|registration number|medical council registration|"
        "council registration|certificate number|license code|"
        "medical license|license id", "id.license",
    ),
    e("id.driver", "driver license|driver|driver license number|=drivers", "id.driver"),
    e("id.passport", "passport|passport number", "id.passport"),
    e(
        "id.employee",
        "employee number|staff number|employee id|staff code|payroll number|personnel number|"
        "employee code|staff id|badge number|consultant code|referrer code|physician code|"
        "nurse code|"
        "doctor id number|practitioner code|clinician code|surgeon code", "id.employee",
        "text integer",
    ),
    e(
        "id.type", "identifier type|id type|identifier use|type of identifier", "status.word",
        of="id_type",
    ),
    e("person.photo", "photo|picture|avatar|photo path|image path", "file.path"),

    e("person.age_unit", "age unit|age type|unit of age|approximate age type|age uom",
      "status.word", of="age_unit"),
    e(
        "person.contact_name",
        "attendant name|next kin|next of kin|kin|contact person|emergency contact|=guardian|"
        "contact full name|"
        "responsible person|emergency contact name", "person.full_name", group=True,
    ),
    e("person.first_name", "other name|given|fore name|"
    "first names", "person.first_name", group=True,
      only=True, tables=":patient :staff :person person insuree officer user"),
    e(
        "place.house_number", "house number|building number|door number|street number|=house",
        "number.count", "text integer", low=1, typical=40, high=999,
    ),
    e("id.ssn", "tax code|fiscal code|tax identification number|citizen id|identity number|"
      "national number|national health number|national health id|nhs number|aadhaar|cpf|"
      "id card number", "id.ssn",
      "text integer", bits=32, only=True, tables=":patient :person patient person"),
    e(
        "contact.email", "email id|email addr|mail id", "contact.email", group=True,
    ),
    e("audit.updated_by", "audit user|audit user id|last user|update user|updated user|modify user|"
      "changed user id|last modified user|update by", "person.user_name"),
    e("audit.created_by", "creator|create user|created user|insert user|entry user|creating user|"
      "created user id|create by|record creator", "person.user_name"),
    e("audit.deleted_by", "void by|voided by|retired by|delete user|deleted user|archived by",
      "person.user_name"),
    e(
        "staff.name",
        "reported by|responsible doctor|responsible person name|consultant|attending doctor|"
        "ordering doctor|prescriber|prescriber name|pathologist|radiologist|technician name|"
        "performed by name|clinician|clinician name|resident name|ordering physician|surgeon|"
        "referring physician|referring doctor|examiner|collector|interviewer|"
        "verifier|reviewer|doctor|physician|clinician|surgeon|nurse|midwife|anesthetist|"
        "anesthesiologist|pharmacist|therapist|technologist|technician|observer|"
        "requester|requester name|reporter name|reporter|"
        "interpreter of result|result interpreter|investigator|cashier name|radiologist name|"
        "operator name|witness|witness name|personnel name|"
        "supervisor|supervisor name|doctor name|nurse in charge|head nurse|ward sister|operator|"
        "registrar|social worker|dentist|paramedic|dispenser|practitioner|medical officer|"
        "therapist name|referrer|referrer name|collector identifier|care manager|case manager|"
        "primary care physician|anesthetist name", "person.full_name", group=True,
    ),
    e("person.occupation", "=profession|profession|occupation detail|occupation type|=work",
      "code.drawn", system="occupations", part="name", only=True,
      tables=":patient patient person insuree"),
    e("person.education", "level of education|education level|=ledu|schooling|literacy",
      "code.drawn", system="education", part="name"),
)
# fmt: on
