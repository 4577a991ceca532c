"""Which table of codes the words of a name speak of."""

from __future__ import annotations

# What a word says about the code table. Earlier words of a phrase win where several match.
SYSTEMS: dict[str, str] = {
    word: system
    for system, words in {
        "icd10cm": "diagnosis condition problem disease icd icd10 icd10cm icd9 reason cause "
        "complaint indication finding comorbidity illness",
        "icd10pcs": "opcs procedure surgery operation pcs icd10pcs intervention",
        "drugs": "drug medication prescription ndc rxnorm pharmacy medicine formulary ingredient "
        "dispense administration emar prescribing dispensing",
        "vaccines": "vaccine immunization cvx vaccination",
        "labs": "investigation lab laboratory test loinc analyte measurement result assay panel "
        "component "
        "labevent labitem",
        "observations": "observation chart",
        "vitals": "vital",
        "allergens": "allergy allergen substance",
        "reactions": "reaction manifestation",
        "devices": "device equipment implant",
        "supplies": "supply",
        "careplans": "care plan",
        "encounters": "encounter visit admission",
        "modalities": "modality",
        "body_sites": "site anatomic",
        "sop_classes": "sop",
        "specialties": "specialty",
        "departments": "department ward service",
        "roles": "role staff job position profession",
        "payers": "payer insurance insurer plan sponsor",
        "languages": "language",
        "countries": "country nationality citizenship",
        "races": "race",
        "ethnicities": "ethnicity",
        "marital": "marital",
        "religions": "religion",
        "currencies": "currency",
        "specimens": "specimen sample",
        "dispositions": "disposition discharged",
        "admission_sources": "admitted",
        "relationships": "relationship kinship",
        "units": "unit uom",
        "routes": "route",
        "frequencies": "frequency",
        "severities": "severity",
        "priorities": "priority urgency",
        "education": "education",
        "occupations": "occupation",
        "categories": "category",
        "statuses": "status",
        "places_of_service": "placeofservice",
        "organisms": "organism microorganism pathogen",
        "vocabularies": "vocabulary codesystem",
        "domains": "domain",
    }.items()
    for word in words.split()
}
PHRASES: dict[tuple[str, ...], str] = {
    ("care", "plan"): "careplans",
    ("procedure", "icd"): "icd10pcs",
    ("hcpcs",): "icd10pcs",
    ("body", "site"): "body_sites",
    ("chief", "complaint"): "icd10cm",
    ("place", "of", "service"): "places_of_service",
    ("discharge", "disposition"): "dispositions",
    ("admission", "source"): "admission_sources",
    ("admit", "source"): "admission_sources",
    ("admission", "type"): "admission_types",
    ("admit", "type"): "admission_types",
    ("discharge", "location"): "dispositions",
    ("admission", "location"): "admission_sources",
    ("imaging", "study"): "modalities",
    ("encounter", "class"): "encounters",
    ("visit", "type"): "encounters",
    ("encounter", "type"): "encounters",
    ("appointment", "type"): "encounters",
    ("lab", "test"): "labs",
    ("vital", "sign"): "vitals",
    ("discharge", "to"): "dispositions",
    ("discharged", "to"): "dispositions",
    ("dosage", "form"): "drugs",
    ("dose", "unit"): "drugs",
    ("marital", "status"): "marital",
    ("vital", "status"): "",
    ("specialty", "type"): "",
    ("condition", "status"): "statuses",
    ("disease", "status"): "statuses",
    ("blood", "type"): "",
    ("stop", "reason"): "statuses",
    ("admitted", "from"): "admission_sources",
    ("concept",): "icd10cm",
    ("concept", "class"): "categories",
    ("unit", "type"): "units",
    ("job", "title"): "roles",
    ("provider", "type"): "roles",
    ("source", "system"): "",
    ("payment", "method"): "",
    ("insurance", "plan"): "",
    ("service", "line"): "specialties",
    ("hospital", "service"): "departments",
    ("claim", "type"): "encounters",
}


def system_of(words: tuple[str, ...]) -> str | None:
    """The code table that words speak of; phrases before single words, the last word first."""
    for size in (3, 2, 1):
        for start in range(len(words) - size, -1, -1):
            known = PHRASES.get(words[start : start + size])
            if known is not None:
                return known or None
    for word in reversed(words):
        if SYSTEMS.get(word):
            return SYSTEMS[word]
    return None
