"""Open notes made slot-safe: what is a fact of their patient becomes a slot, sentence by sentence.

The rules know English clinical prose and no corpus. What no rule makes safe is told by
``seeder.writer.lexicon``, and such sentences teach language and are never asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from seeder.clinical.knowledge import load
from seeder.text import checks, phrases
from seeder.text.pool import SLOT

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_COUNT = (
    r"(?:\d+(?:\s?(?:-|to)\s?\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a few"
    r"|several|a couple(?: of)?|many|an?)"
)
_SPAN = r"(?:minute|hour|day|week|month|year)s?"
_ADJECTIVES = (
    r"(?:(?:very|pleasant|delightful|nice|obese|thin|healthy|otherwise|previously|right|left|handed"
    r"|right-handed|left-handed|white|black|caucasian|african|american|african-american|hispanic"
    r"|latino|asian|native|married|single|retired|gravida|primigravid|pregnant),?\s+)*"
)
_PERSON = r"(?:man|woman|gentleman|lady|boy|girl|patient|infant|child|newborn|primigravida)"
# What a line or sentence of a list is headed by: 'Medical Reasoning: ', 'Respiratory: '.
_HEAD = r"(?:^[ \t]*|(?<=[.!?] ))[A-Z][A-Za-z/-]*(?: [A-Za-z/-]+){0,3}:[ \t]+"
_AGE = r"(\d+|[a-z]+(?:-[a-z]+)?)[\s-](?:years?|months?|weeks?|days?|yr)[\s-]+old"
_TITLE = r"\b(?:Mr|Mrs|Ms|Miss)\b\.?\s+(?:[A-Z][\w'-]*\.?)(?:\s[A-Z][\w'-]+)*"

_DURING = (
    r"\b(for|over|during|in)\s+(?:at least\s+|about\s+|approximately\s+|the\s+)*"
    rf"(?:past|last|previous)?\s*(?:about\s+|approximately\s+)?{_COUNT}\s+{_SPAN}\b"
)
_TEMPERATURE = (
    r"\b(temperature|temp)( is| was| of|:)? \d+(?:\.\d+)?\s*°?\s*[CF]?(?: \([^)]*\))?(?:\s?F)?"
)
# Behind 'her' as an object, and not as a possessive.
_AFTER_OBJECT = (
    "to|and|for|at|in|on|with|that|as|when|about|if|from|by|but|or|because|an?|the|up|off|out|again"
    "|today|is|was"
)
_SEXED = "man|woman|gentleman|lady|boy|girl|male|female"

# Rules in order; a replacement may use groups. Written to be read from above.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, flags), into)
    for pattern, into, flags in (
        (r"[\u2018\u2019]", "'", 0),
        (r"[\u201c\u201d]", '"', 0),
        (r"(?:^|\n)\s*(?:[•\-*]|\d+[.)])\s*", "\n", 0),
        (r"^[A-Z][a-z]+ [A-Z][a-z]+ (?=is an? )", "The patient ", re.M),
        (_TITLE + r"'s", "the patient's", 0),
        (_TITLE, "the patient", 0),
        (r"\bDrs?\.?\s+[A-Z][\w'-]*(?:\s[A-Z][\w'-]+)?", "{provider}", 0),
        (rf"\b(?:{_MONTHS})\s+(?:of\s+)?\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b", "{date}", 0),
        (r"\b\d{1,2}/\d{1,2}/\d{2,4}\b", "{date}", 0),
        (_HEAD, "", re.M),
        (rf"\b[Aa]n?\s+{_ADJECTIVES}{_AGE},?\s+{_ADJECTIVES}(?:fe)?male\b",
         "{an_age} {sex}", re.I),
        (rf"\b{_AGE},?\s+{_ADJECTIVES}(?:fe)?male\b", "{age} {sex}", re.I),
        (rf"\b[Aa]n?\s+{_ADJECTIVES}{_AGE},?\s+{_ADJECTIVES}{_PERSON}\b", "{a_who}", re.I),
        (rf"\b{_AGE},?\s+{_ADJECTIVES}{_PERSON}\b", "{who}", re.I),
        (rf"\b[Aa]n?\s+{_COUNT}[\s-]{_SPAN}\s+history of", "{lasting} of", re.I),
        (_DURING, r"\1 {lasting}", re.I),
        (rf"\b(?:about\s+|approximately\s+)?{_COUNT}\s+{_SPAN}\s+(ago|earlier|prior)\b",
         r"{lasting} ago", re.I),
        (_TEMPERATURE, r"\1\2 {temp} C", re.I),
        (r"\b(pulse|heart rate)( rate)?( is| was| of|:)? \d+(?:/min| bpm| beats/min)?",
         r"\1\2\3 {pulse}", re.I),
        (r"\b(respirations?|respiratory rate)( is| are| was| were| of|:)? \d+(?:/min)?",
         r"\1\2 {rr}", re.I),
        (r"\b(blood pressure|BP)( is| was| of|:)? \d+/\d+(?:\s?mm ?Hg)?", r"\1\2 {bp} mmHg", re.I),
        (r"\b(saturation|sat|sats)( is| was| of|:)? \d+ ?%", r"\1\2 {sat}%", re.I),
        (r"\b([Hh])im(?:self)\b|\b[Hh]erself\b", "{object}self", 0),
        (r"\bShe\b|\bHe\b", "{Pronoun}", 0),
        (r"\bshe\b|\bhe\b", "{pronoun}", 0),
        (r"\bShe's\b|\bHe's\b", "{Pronoun} is", 0),
        (r"\bHis\b", "{Possessive}", 0),
        (r"\bhis\b", "{possessive}", 0),
        (r"\bhim\b", "{object}", 0),
        (r"\bHer(?=\s)", "{Possessive}", 0),
        (rf"\bher(?=\s(?!(?:{_AFTER_OBJECT})\b)[a-z])", "{possessive}", 0),
        (r"\bher\b", "{object}", 0),
        (r"\b(?:wife|husband|boyfriend|girlfriend)\b", "partner", 0),
        (r"\b(?:daughter|son)\b", "child", 0),
        (r"\b(?:mom)\b", "mother", 0),
        (r"\b(?:dad)\b", "father", 0),
        (rf"\b([Tt])he (?:{_SEXED})\b", r"\1he patient", 0),
        (rf"\b([Tt])his (?:{_SEXED})\b", r"\1his {sex_word}", 0),
        (r"\s*\((?:[^()]*)\)", "", 0),
        (r"[ \t]+", " ", 0),
    )
)  # fmt: skip
_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_STOP = re.compile(r"(?<=[.!?])[\"']?\s+(?=[A-Z{\"'])|\n+")

# Names beside those of the knowledge, as notes write them.
_CONDITIONS = """hypertension|high blood pressure|diabetes mellitus type 2
|type 2 diabetes mellitus|type 2 diabetes|diabetes type 2|diabetes type II
|diabetes mellitus|diabetes|depression|anxiety|asthma|coronary artery disease
|congestive heart failure|heart failure|hyperlipidemia|hypercholesterolemia
|high cholesterol|hypothyroidism|reflux|GERD|gastroesophageal reflux disease
|osteoarthritis|arthritis|osteoporosis|atrial fibrillation|COPD
|chronic obstructive pulmonary disease|migraines?|stroke|gout
|chronic kidney disease|kidney stones|allergic rhinitis|seasonal allergies
|anemia|hepatitis C|sleep apnea|obesity|rheumatoid arthritis|prostate cancer
|breast cancer|pneumonia|epilepsy"""
_SYMPTOMS = """chest pain|shortness of breath|nausea|vomiting|fevers?|chills|cough|headaches?
|dizziness|abdominal pain|back pain|low back pain|neck pain|diarrhea
|constipation|dysuria|hematuria|rash|fatigue|weakness|numbness|tingling
|palpitations|weight loss|weight gain|night sweats|blurry vision|sore throat
|runny nose|nasal congestion|congestion|difficulty breathing|dyspnea|wheezing
|swelling|joint pain|muscle aches|malaise|loss of appetite|lightheadedness
|syncope|loss of consciousness|knee pain|shoulder pain|hip pain|leg swelling
|blood in (?:the )?stool|melena|visual changes|orthopnea|edema
|depressive symptoms|trouble sleeping|insomnia|difficulty swallowing|pain"""


def _words(given: str, more: Sequence[str]) -> str:
    names = [n.strip() for n in given.replace("\n", "").split("|")]
    return "|".join(sorted({*names, *map(re.escape, more)}, key=lambda n: (-len(n), n)))


def _list(item: str) -> re.Pattern[str]:
    one = rf"(?:(?:an?|the|some|any|mild|severe|moderate|occasional|chronic|no)\s)?(?:{item})"
    return re.compile(rf"\b{one}(?:(?:,|;)?\s(?:and|or|as well as)\s{one}|,\s{one})*\b", re.I)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    said = phrases.said()
    names = [
        n
        for s in said
        for n in (phrases.bare(s.name), s.short)
        if len(n) > 3 and s.code[:1] not in "RZ" and n not in checks.EVERYDAY
    ]
    symptoms = [b for s in said for b in map(phrases.bare, s.symptoms) if b not in _NOT_ALONE]
    drugs = _words("", [d.generic for d in load().drugs.values()] + ["aspirin"]).strip("|")
    dose = (
        r"(?:\s\d+(?:\.\d+)?\s?(?:mg|mcg|g|grams?|units|mL|milligrams)"
        r"(?:\s(?:tablets?|capsules?))?)"
    )
    often = (
        r"(?:\s(?:by mouth\s|p\.?o\.?\s)?(?:once|twice|two times|three times)?\s?"
        r"(?:a day|per day|daily|q\.?d\.?|b\.?i\.?d\.?|nightly|at night|at bedtime))"
    )
    return (
        _list(_words(_CONDITIONS, names)),
        _list(_words(_SYMPTOMS, symptoms)),
        re.compile(rf"\b(?:{drugs})\b{dose}{often}", re.I),
        re.compile(rf"\b(?:{drugs})\b({dose}?)", re.I),
    )


# Symptoms of the knowledge that are other things in other sentences.
_NOT_ALONE = frozenset("pressure drainage discharge stress worry bruise exposure cold".split())
_DENIED = re.compile(
    r"(?:den(?:y|ies|ied|ying)|negative for|without|no|any|not have|nor|free of)\s(?:\w+\s){0,2}$",
    re.I,
)
_PAST = re.compile(
    r"(?:history|significant|notable|includes?|including|past|has|positive)\W+(?:\w+\W+){0,2}$",
    re.I,
)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a note, slot-safe as far as rules make them."""
    for pattern, into in _RULES:
        text = pattern.sub(into, text)
    for sentence in _STOP.split(text):
        made = facts(sentence.strip())
        if len(made.split()) >= 3:
            yield made


def facts(text: str) -> str:
    """A sentence with its drugs, symptoms and conditions as slots."""
    conditions, symptoms, taken, drugs = _patterns()
    text = taken.sub("{medicine} {how}", text)
    text = drugs.sub(lambda m: "{medicine}" if m[1] else "{drug}", text)
    text = _told(text, symptoms, _symptom)
    text = _told(text, conditions, _condition)
    text = re.sub(r"(?<![\w./{-])(\d{1,2})(?![\w./%:-]|\.\d)", _spelled, text)
    text = re.sub(r"\s+([.,;:?!])", r"\1", re.sub(r"\s{2,}", " ", text)).strip(" ,;-")
    if text[:1] == "{":
        return "{" + text[1:2].upper() + text[2:]
    return text[:1].upper() + text[1:]


def _told(text: str, pattern: re.Pattern[str], slot: Callable[[str, bool], str]) -> str:
    """The first list of the pattern as a slot."""
    found = pattern.search(text)
    if found is None or found[0].lower() in ("pain", "no pain", "the pain"):
        return text
    many = bool(re.search(r",|\band\b|\bor\b", found[0]))
    name = slot(text[: found.start()], many)
    return text[: found.start()] + name + text[found.end() :]


def _symptom(before: str, many: bool) -> str:
    if _DENIED.search(before):
        return "{denied}"
    return "{symptoms}" if many else "{symptom}"


def _condition(before: str, many: bool) -> str:
    return "{history}" if many or _PAST.search(before) else "{condition}"


def _spelled(match: re.Match[str]) -> str:
    number = int(match[1])
    return _NUMBERS[number] if number < len(_NUMBERS) else match[0]


_TERSE = tuple(
    (re.compile(pattern), into)
    for pattern, into in (
        (r"^(?:\{Pronoun\}|The patient|Patient) (?:has been |has |is |was |had |)(?=[\w{])", ""),
        (r"\b[Tt]he patient's\b", "pt's"),
        (r"\b(?:[Tt]he )?[Pp]atient\b", "pt"),
        (r"(?<!{)\bhistory\b", "hx"),
        (r"(?<!{)\bwithout\b", "w/o"),
        (r"(?<!{)\bwith\b", "w/"),
        (r"(?<!{)\bsymptoms\b", "sx"),
        (r"(?<!{)\btreatment\b", "tx"),
        (r"(?<!{)\bdiagnosis\b", "dx"),
        (r"\b(?:complains|complaining) of\b", "c/o"),
        (r"\bmedications?\b", "meds"),
        (r"\bfollow(?:ed)?[ -]?up\b", "f/u"),
        (r"\bemergency (?:department|room)\b", "ED"),
        (r"\bas needed\b", "PRN"),
        (r"\b(?:approximately|about)(?= \{lasting| \d)", "approx"),
        (r"\bthe |\ba (?=[a-z])", ""),
    )
)  # fmt: skip
_TERSE_SLOTS = {
    **{
        n: f"{n}_terse" for n in "symptom symptoms findings denied normal plans history how".split()
    },
    "condition": "short",
}


def terse(text: str) -> str:
    """A sentence in the abbreviations of clinicians."""
    for pattern, into in _TERSE:
        text = pattern.sub(into, text)
    text = SLOT.sub(lambda m: "{" + _TERSE_SLOTS.get(m[1], m[1]) + "}", text)
    head = SLOT.match(text)
    if head:
        return "{" + head[1][:1].upper() + text[2:]
    return text[:1].upper() + text[1:]
