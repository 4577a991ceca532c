"""The words that a reader of clinical texts knows: names of conditions, drugs and tests."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from seeder.clinical.knowledge import load

# Names of tests in notes, by LOINC code; the titles of the tests are known beside these.
TESTS = {
    "2345-7": "glucose", "2160-0": "creatinine", "3094-0": "BUN", "2951-2": "sodium",
    "2823-3": "potassium", "2075-0": "chloride", "2028-9": "bicarbonate", "17861-6": "calcium",
    "2885-2": "total protein", "1751-7": "albumin", "1975-2": "bilirubin",
    "1968-7": "direct bilirubin", "6768-6": "alkaline phosphatase", "1742-6": "ALT",
    "1920-8": "AST", "2324-2": "GGT", "2532-0": "LDH", "1798-8": "amylase", "3040-3": "lipase",
    "2777-1": "phosphate", "19123-9": "magnesium", "3084-1": "uric acid", "2524-7": "lactate",
    "2157-6": "CK", "10839-9": "troponin", "30934-4": "BNP", "1988-5": "CRP",
    "718-7": "hemoglobin", "4544-3": "hematocrit", "789-8": "red cell count", "6690-2": "WBC",
    "777-3": "platelets", "787-2": "MCV", "785-6": "MCH", "786-4": "MCHC",
    "770-8": "neutrophils", "4537-7": "ESR", "5902-2": "prothrombin time", "6301-6": "INR",
    "3255-7": "fibrinogen", "4548-4": "HbA1c", "2093-3": "cholesterol", "2085-9": "HDL",
    "13457-7": "LDL", "2571-8": "triglycerides", "3016-3": "TSH", "3024-7": "free T4",
    "3026-2": "T4", "2276-4": "ferritin", "2498-4": "iron", "2500-7": "TIBC",
    "2502-3": "iron saturation", "2132-9": "vitamin B12", "2284-8": "folate",
    "1989-3": "vitamin D", "2857-1": "PSA", "48642-3": "eGFR",
    "5811-5": "urine specific gravity", "5803-2": "urine pH", "2744-1": "arterial pH",
    "2019-8": "pCO2", "2703-7": "pO2", "1994-3": "ionized calcium", "2143-6": "cortisol",
    "2986-8": "testosterone", "2731-8": "PTH", "2842-3": "prolactin", "736-9": "lymphocytes",
    "5905-5": "monocytes", "713-8": "eosinophils", "706-2": "basophils", "788-0": "RDW",
    "32623-1": "MPV", "14979-9": "aPTT", "48065-7": "D-dimer", "33959-8": "procalcitonin",
    "9318-7": "urine albumin ratio", "19080-1": "hCG", "13969-1": "CK-MB", "16362-6": "ammonia",
    "24467-3": "CD4 count", "4679-7": "reticulocytes", "4542-7": "haptoglobin",
    "3034-6": "transferrin", "10466-1": "anion gap", "2692-2": "osmolality", "3051-0": "free T3",
    "11572-5": "rheumatoid factor", "29512-1": "ketones", "1834-1": "AFP", "10334-1": "CA-125",
    "2039-6": "CEA", "14334-7": "lithium", "10535-3": "digoxin",
    "4092-3": "vancomycin trough", "5643-2": "ethanol level", "3298-7": "acetaminophen level",
    "4024-6": "salicylate level", "1986-9": "C-peptide",
}  # fmt: skip
# Bicarbonate is reported under two codes.
ALSO = {"2028-9": ("1960-4",)}

# What two ways to write a unit have in common.
_UNIT = (
    (r"mcg", "ug"), (r"^k/", "10*3/"), (r"^m/ul$", "10*6/ul"), (r"[\[\]{}]", ""), (r"_", ""),
    (r"1\.73m2$", ""), (r"/$", ""), (r"(?<=ml)feu$", ""), (r"(?<=mg)creat$", ""),
    (r"^(inr|ratio|ph|score)$", ""), (r"\s", ""),
)  # fmt: skip

# Words for how a drug is taken, and how often; codes stand for themselves.
ROUTES = {
    "by mouth": "PO", "intravenously": "IV", "subcutaneously": "SC", "intramuscularly": "IM",
    "by inhalation": "INH", "topically": "TOP", "under the tongue": "SL", "rectally": "PR",
    "vaginally": "PV", "in the eye": "OPH", "in the nose": "NAS", "on the skin": "TD",
    "in the ear": "OT", "by epidural catheter": "EP",
}  # fmt: skip
TIMES = {
    "once daily": "QD", "twice daily": "BID", "three times daily": "TID",
    "four times daily": "QID", "at bedtime": "QHS", "every 4 hours": "Q4H",
    "every 6 hours": "Q6H", "every 8 hours": "Q8H", "every 12 hours": "Q12H",
    "as needed": "PRN", "once weekly": "QW", "every 2 weeks": "Q2W", "every 4 weeks": "Q4W",
    "q4h": "Q4H", "q6h": "Q6H", "q8h": "Q8H", "q12h": "Q12H", "q2w": "Q2W", "q4w": "Q4W",
    "daily": "QD", "weekly": "QW", "x1": "ONCE", "once": "ONCE",
}  # fmt: skip
# Drugs that an allergy rules out, by words of their names; other allergens by their own name.
ALLERGIES = {
    "penicillin": ("penicillin", "cillin"), "sulfonamide antibiotics": ("sulfamethoxazole",),
    "cephalexin": ("cephalexin",), "codeine": ("codeine",),
}  # fmt: skip
MODALITIES = {
    "x-ray": ("DX", "CR"), "CT": ("CT",), "ultrasound": ("US",), "MRI": ("MR",),
    "mammography": ("MG",), "nuclear scan": ("NM",), "PET scan": ("PT",),
    "angiography": ("XA",), "fluoroscopy": ("RF",),
}  # fmt: skip
PLACES = {
    "the clinic": "outpatient", "the emergency department": "emergency",
    "the ward": "inpatient", "a video visit": "virtual",
}  # fmt: skip

# Names of conditions that mean something else as often (a symptom, a plan, a department): believed
# only where they fit.
_AMBIGUOUS = frozenset("ED PE ALL AS AN OD PD AD MR MM HL CP HA SK AK AR IE OE UA RA PH".split())
_EVERYDAY = frozenset((
    "vaccines", "contraception", "fall", "injury", "on insulin", "anxiety", "depression",
    "constipation", "low back pain", "neck pain", "chronic pain", "heavy periods",
    "painful periods", "enlarged tonsils", "acne", "hives", "insomnia", "hearing loss",
    "tinnitus", "dehydration", "hair loss", "muscle pain", "muscle spasm", "delirium",
    "tobacco use", "low bp", "dry eyes", "hypotension", "rectal bleeding", "breast pain",
))  # fmt: skip


class Named(NamedTuple):
    """A name found in a text: where it stands, and what it may mean."""

    start: int
    end: int
    said: str
    codes: frozenset[str]
    sure: bool


class Lexicon:
    """Names of several words, found in a text the longest first."""

    def __init__(self, names: Mapping[str, frozenset[str]]) -> None:
        self._names: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for name, codes in names.items():
            self._names[_first(name)].append((name, codes))
        for group in self._names.values():
            group.sort(key=lambda named: -len(named[0]))

    def found(self, text: str) -> Iterator[Named]:
        """Every name of the text; none inside another."""
        done, small = 0, text.lower()
        for word in _WORD.finditer(text):
            start = word.start()
            if start < done:
                continue
            for name, codes in self._names.get(word[0].lower(), ()):
                end = start + len(name)
                # Abbreviations have their capitals, other names only those of a sentence's start.
                same = text if name.isupper() else small
                whole = name if name.isupper() else name.lower()
                if same.startswith(whole, start) and not text[end : end + 1].isalnum():
                    yield Named(start, end, text[start:end], codes, _is_sure(name))
                    done = end
                    break


_WORD = re.compile(r"[^\W_]+")


def _is_sure(name: str) -> bool:
    return name not in _AMBIGUOUS and name.lower() not in _EVERYDAY


def _first(name: str) -> str:
    found = _WORD.search(name)
    assert found is not None
    return found[0].lower()


def bare(name: str) -> str:
    """A name without its article."""
    return re.sub(r"^(a|an|the) ", "", name)


@cache
def conditions() -> Lexicon:
    """Conditions as clinicians name and abbreviate them, and as the classification does."""
    names: dict[str, set[str]] = defaultdict(set)
    listed = files("seeder.text").joinpath("data/en/names.tsv").read_text("utf-8")
    for line in listed.splitlines():
        code, *said = line.split("\t")
        if code in load().conditions:
            for name in said:
                names[bare(name)].add(code)
    for condition in load().conditions.values():
        names[condition.description].add(condition.code)
    return Lexicon({name: frozenset(codes) for name, codes in names.items() if name})


@cache
def drugs() -> Lexicon:
    """Generic names, each its own code."""
    return Lexicon({d.generic: frozenset({d.generic.lower()}) for d in load().drugs.values()})


@cache
def tests() -> Lexicon:
    """Laboratory tests by code."""
    names = {name: frozenset({code, *ALSO.get(code, ())}) for code, name in TESTS.items()}
    for lab in load().labs.values():
        names.setdefault(lab.title, frozenset({lab.loinc}))
    return Lexicon(names)


def unit(text: str) -> str:
    """A unit in the one way that all its spellings share."""
    text = text.lower()
    for pattern, instead in _UNIT:
        text = re.sub(pattern, instead, text)
    return text
