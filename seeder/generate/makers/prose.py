"""Light prose: sentences composed from phrases, several to a note, never filler text.

Each slot of a sentence is an independent draw, so that a handful of phrases gives millions of
notes. The age is that of the row's person; the sex, which the row does not know, is not told.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeder.clinical.knowledge import load
from seeder.generate.data import entries
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.skew import is_distinct
from seeder.generate.stream import Ints
from seeder.generate.text import (
    codes,
    distinct_phrases,
    fitting,
    join,
    limit,
    number,
    phrase_capacity,
    pick,
    upto,
)
from seeder.generate.told import entry

_OUTSIDE = frozenset(("TOP", "TD", "OPH", "OT", "NAS", "INH"))
_SYMPTOMS = (
    "chest pain|shortness of breath|abdominal pain|headache|fever and cough|back pain|dizziness|"
    "nausea and vomiting|sore throat|joint pain|fatigue|palpitations|rash|ankle swelling|"
    "lower back pain|knee pain|urinary frequency|ear pain|insomnia|shoulder pain|cough|anxiety|"
    "low mood|numbness of the hand|blurred vision|constipation|diarrhea|neck pain|hip pain|itching"
).split("|")
_VISITS = (
    "Annual physical|Medication refill|Follow-up of blood pressure|Follow-up of diabetes|"
    "Suture removal|Vaccination|Review of test results|Preoperative assessment|Well child visit|"
    "Wound check|Prenatal visit|Routine screening"
).split("|")
_DURATIONS = (
    "since this morning|for two days|for three days|for about a week|for two weeks|for a month|"
    "for several months|on and off for a year"
).split("|")
_COURSES = (
    "slowly improving|unchanged|getting worse|worse at night|worse with activity|"
    "relieved by rest|partly relieved by medication|coming and going"
).split("|")
_DENIES = (
    "fever or chills|chest pain|shortness of breath|nausea or vomiting|recent travel|trauma|"
    "weight loss|urinary symptoms|changes in vision|known sick contacts"
).split("|")
_EXAMS = (
    "Lungs are clear to auscultation|Heart sounds are regular without murmur|"
    "Abdomen is soft and not tender|No peripheral edema|Neurologic examination is not focal|"
    "Range of motion is full|Skin is warm and dry|Throat is mildly red without exudate|"
    "Mild tenderness on palpation|Gait is steady|Pupils are equal and reactive|"
    "Breath sounds are reduced at the bases"
).split("|")
_ASSESSMENTS = (
    "Findings are consistent with a viral illness|Symptoms are likely musculoskeletal|"
    "Blood pressure is above target|Condition is stable on current treatment|"
    "Diabetes is moderately controlled|Wound is healing well|Pain is well controlled|"
    "Recovery is on course|Symptoms are improving|Laboratory results are within expected limits|"
    "Mood is stable|Infection is responding to treatment"
).split("|")
_PLANS = (
    "Continue current medication|Increase oral fluids and rest|Order basic metabolic panel|"
    "Start a short course of antibiotics|Refer to physical therapy|Repeat imaging in six weeks|"
    "Adjust the dose and recheck in two weeks|Encourage a low-salt diet and walking|"
    "Arrange an outpatient stress test|Remove sutures in ten days|"
    "Check hemoglobin A1c before the next visit|Discharge home with written instructions"
).split("|")
_RETURNS = (
    "Return if symptoms worsen|Follow up in one week|Follow up in two weeks|"
    "Follow up in three months|Call the clinic with questions|Follow up with primary care"
).split("|")
_REMARKS = (
    "Patient informed by phone|Left a message to call back|Reviewed with the care team|"
    "Identity verified with two identifiers|Family updated at the bedside|"
    "Interpreter was present|Patient tolerated it well|Copy sent to primary care|"
    "Insurance card scanned|Form signed and filed|Rescheduled at the patient's request|"
    "Confirmed by the pharmacy|No concerns reported|Transport arranged|Chart reviewed|"
    "Allergies reviewed|Consent obtained|Results discussed"
).split("|")
_TITLES = (
    "Progress note|Discharge summary|History and physical|Consultation|Nursing note|"
    "Radiology report|Operative note|Follow-up visit|Telephone encounter|Medication review|"
    "Laboratory report|Care plan"
).split("|")
_QUALITIES = (
    "Routine|Initial|Follow-up|Comprehensive|Limited|Annual|Preoperative|Postoperative|Outpatient|"
    "Inpatient|Emergency|Scheduled"
).split("|")
_NOUNS = (
    "assessment|evaluation|visit|screening|review|consultation|examination|service|procedure|"
    "treatment|monitoring|therapy"
).split("|")
_FOCUS = (
    "for adults|for children|with interpretation|at the bedside|by telephone|in the clinic|"
    "with follow-up|without complications|as ordered|per protocol"
).split("|")


@lru_cache(maxsize=32)
def _pool(texts: tuple[str, ...]) -> pa.Array:
    return pa.array(texts)


def _slot(call: Call, texts: list[str], draw: int) -> pa.Array:
    return pick(_pool(tuple(texts)), call.below(len(texts), draw))


def _age(call: Call) -> Ints:
    days = (call.span[0] - call.life[0]) // 86_400_000_000
    years: Ints = np.clip(days * 400 // 146_097, 0, 110)
    return years


@lru_cache(maxsize=1)
def _sentences() -> tuple[pa.Array, pa.Array, pa.Array]:
    """Whole sentences, joined beforehand: fewer joins a row."""
    story = [
        f"-year-old patient presenting with {c} {d}, {k}. "
        for c in _SYMPTOMS
        for d in _DURATIONS
        for k in _COURSES
    ]
    checked = [f"Denies {a}. {b}. " for a in _DENIES for b in _EXAMS]
    decided = [f"{a}. {p}. {r}." for a in _ASSESSMENTS for p in _PLANS for r in _RETURNS]
    return pa.array(story), pa.array(checked), pa.array(decided)


@generator(
    "prose.note",
    "A short clinical note: complaint, examination, assessment, plan.",
    accepts="text json",
    width=upto(420),
    group=Parameter(str, "", "which note of the row"),
)
def note(call: Call) -> pa.Array:
    story, checked, decided = _sentences()
    room = call.type.length or 10_000
    if room < 120:
        return limit(
            _slot(call, [f"{a}." for a in _ASSESSMENTS if len(a) < room] or ["Stable"], 0),
            call.type.length,
        )
    parts: list[pa.Array | str] = []
    if room >= 420:
        parts = [
            number(_age(call)),
            pick(story, call.below(len(story), 0)),
            pick(checked, call.below(len(checked), 1)),
        ]
    parts.append(pick(decided, call.below(len(decided), 2)))
    return limit(join(*parts), call.type.length)


@generator(
    "prose.complaint",
    "A presenting complaint and how long it has lasted.",
    accepts="text",
    width=upto(52),
)
def complaint(call: Call) -> pa.Array:
    room = call.type.length or 999
    long = [f"{c.capitalize()} {d}" for c in _SYMPTOMS for d in _DURATIONS]
    # One visit in four is for no symptom.
    both = long + _VISITS * 6
    short = [c.capitalize() for c in _SYMPTOMS]
    fits = [t for t in both if len(t) <= room] or [t for t in short if len(t) <= room]
    return _slot(call, fits or ["Pain"[:room]], 0)


@generator("prose.comment", "A remark of one sentence or two.", accepts="text", width=upto(90))
def comment(call: Call) -> pa.Array:
    room = call.type.length or 999
    twice = [f"{a}. {b}." for a in _REMARKS for b in _REMARKS if a != b]
    once = [f"{a}." for a in _REMARKS]
    fitting = [t for t in twice + once * 6 if len(t) <= room] or ["Done"[:room]]
    return _slot(call, fitting, 0)


@generator("prose.title", "The title of a note or document.", accepts="text", width=upto(32))
def title(call: Call) -> pa.Array:
    fitting = [t for t in _TITLES if len(t) <= (call.type.length or 99)] or [
        "Note"[: call.type.length]
    ]
    drawn = _slot(call, fitting, 0)
    types = call.sibling("prose.note_type")
    # A note whose type another column tells has that for a title.
    return (
        drawn
        if types is None
        else limit(pc.coalesce(types.cast(pa.string()), drawn), call.type.length)
    )


_DESCRIPTIONS = tuple(f"{q} {n} {f}" for f in _FOCUS for n in _NOUNS for q in _QUALITIES)


@generator(
    "prose.description",
    "What something is, in a few words.",
    accepts="text",
    capacity=lambda kind, params: phrase_capacity(_DESCRIPTIONS, kind.length),
    width=upto(62),
)
def description(call: Call) -> pa.Array:
    if is_distinct(call):
        return distinct_phrases(_DESCRIPTIONS, call.rows, call.type.length)
    pool = fitting(_DESCRIPTIONS, call.type.length)
    if not len(pool):
        pool = fitting(tuple(n.capitalize() for n in _NOUNS), call.type.length)
    if not len(pool):
        return codes(call.below(36), call.type.length or 1)
    return pick(pool, call.below(len(pool)))


@generator(
    "prose.sig",
    "How to take a medicine; agrees with the row's drug.",
    accepts="text",
    width=upto(60),
)
def sig(call: Call) -> pa.Array:
    drugs = entries("drugs")
    told = entry(call, "drugs", "")
    drug = drugs.draw(call.words(0, "code:drugs")) if told is None else told
    return limit(pick(_pool(_sigs()), drug), call.type.length)


@lru_cache(maxsize=1)
def _sigs() -> tuple[str, ...]:
    """One instruction for each entry of the table of drugs."""
    known, drugs = load(), entries("drugs").columns
    made = []
    for form, route, often in zip(drugs["form"], drugs["route"], drugs["frequency"], strict=True):
        unit = form.split()[-1] if form.split()[-1] in ("tablet", "capsule", "film") else "dose"
        verb = "Take" if route in ("PO", "SL") else "Use" if route in _OUTSIDE else "Give"
        made.append(f"{verb} 1 {unit} {known.routes[route]} {known.frequencies[often].words}")
    return tuple(made)


# The keys of such an object, as written below.
PAYLOAD_KEYS = frozenset("source state version reviewed reference".split())


@generator(
    "json.payload",
    "A small JSON object such as an interface or a form would send.",
    accepts="json text",
    width=upto(120),
)
def payload(call: Call) -> pa.Array:
    index = call.below(10**6)
    source = pick(entries("sources").strings("code"), entries("sources").draw(call.words(1)))
    state = pick(pa.array(["new", "changed", "confirmed", "closed"]), call.below(4, 2))
    flags = pick(pa.array(["true", "false"]), call.below(2, 3))
    made = join(
        '{"source": "',
        source,
        '", "state": "',
        state,
        '", "version": ',
        number(call.below(9, 4) + 1),
        ', "reviewed": ',
        flags,
        ', "reference": ',
        number(index + 1_000_000),
        "}",
    )
    if call.type.kind == "text" and (call.type.length or 999) < 120:
        return limit(state, call.type.length)
    return pc.cast(made, pa.string())
