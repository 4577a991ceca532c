"""Words of state: statuses by the kind of table, priorities, flags, categories.

A list is words with weights; where a column allows only some values, the planner passes them and
``choice`` draws, so these never meet a CHECK.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.generate.data import entries
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.stream import chance
from seeder.generate.text import pick, upto
from seeder.generate.told import WORDED
from seeder.generate.told import choice as told_choice

# Words by the kind of record, with weights; one-letter columns take the initial.
WORDS: dict[str, str] = {
    "record": "active:80 inactive:12 pending:5 archived:3",
    "encounter": "finished:78 in-progress:8 planned:8 cancelled:4 arrived:2",
    "order": "completed:70 active:16 pending:6 cancelled:6 on-hold:2",
    "result": "final:88 preliminary:6 corrected:4 cancelled:2",
    "claim": "paid:60 submitted:14 pending:10 denied:10 adjusted:4 rejected:2",
    "invoice": "paid:66 sent:14 overdue:9 draft:6 void:5",
    "payment": "posted:86 pending:8 reversed:3 refunded:3",
    "appointment": "completed:62 scheduled:16 cancelled:11 no-show:8 checked-in:3",
    "condition": "active:46 resolved:44 inactive:6 recurrence:4",
    "allergy": "active:90 inactive:7 resolved:3",
    "medication": "active:42 completed:40 stopped:14 on-hold:4",
    "administration": "given:90 held:4 refused:3 missed:3",
    "bed": "occupied:68 available:20 cleaning:8 out-of-service:4",
    "note": "signed:86 draft:6 addended:6 cosigned:2",
    "referral": "completed:52 accepted:20 sent:14 declined:8 draft:6",
    "consent_type": "treatment:52 privacy:24 research:10 procedure:14",
    "consent": "active:82 withdrawn:8 expired:10",
    "message": "delivered:88 read:6 failed:4 queued:2",
    "task": "done:60 open:26 in-progress:11 cancelled:3",
    "device": "active:78 inactive:14 maintenance:6 retired:2",
    "employment": "active:86 on leave:5 terminated:9",
    "verification": "confirmed:74 provisional:14 unconfirmed:9 refuted:3",
    "priority": "routine:70 urgent:16 asap:8 stat:6",
    "severity": "mild:46 moderate:38 severe:16",
    "age_unit": "years:95 months:4 days:1",
    "acuity": "3:42 2:22 4:24 1:4 5:8",
    "triage": "3:42 2:22 4:24 1:4 5:8",
    "criticality": "low:62 high:30 unable-to-assess:8",
    "laterality": "left:38 right:40 bilateral:16 unspecified:6",
    "interpretation": "N:78 H:12 L:8 HH:1 LL:1",
    "payment_method": "card:48 check:20 ach:18 cash:8 eft:6",
    "claim_type": "professional:62 institutional:26 pharmacy:10 dental:2",
    "plan_type": "PPO:40 HMO:28 EPO:10 POS:8 HDHP:14",
    "coverage": "primary:80 secondary:17 tertiary:3",
    "contact_type": "home:46 mobile:40 work:14",
    "address_type": "home:78 mailing:12 work:6 temporary:4",
    "id_type": "MRN:60 SSN:12 DL:14 PPN:4 MB:10",
    "name_use": "official:80 maiden:8 nickname:12",
    "blood_type": "O+:374 A+:357 B+:85 AB+:34 O-:66 A-:63 B-:15 AB-:6",
    "smoking": "never:58 former:24 current:14 unknown:4",
    "alcohol": "none:36 occasional:44 moderate:14 heavy:6",
    "pregnancy": "not pregnant:88 pregnant:6 unknown:6",
    "code_status": "Full code:86 DNR:9 DNR/DNI:5",
    "isolation": "none:84 contact:9 droplet:4 airborne:3",
    "diet": "regular:46 cardiac:18 diabetic:18 renal:5 soft:7 NPO:6",
    "dosage_form": "tablet:54 capsule:22 injection:12 solution:6 inhaler:4 cream:2",
    "adherence": "taking:84 not taking:8 unknown:8",
    "diagnosis_type": "principal:22 secondary:56 admitting:12 working:10",
    "present_on_admission": "Y:80 N:12 U:5 W:3",
    "note_type": "Progress note:44 History and physical:12 Discharge summary:10 Consult note:11 "
    "Operative note:4 Nursing note:14 Radiology report:5",
    "transaction_type": "CHARGE:44 PAYMENT:32 ADJUSTMENT:12 TRANSFERIN:6 TRANSFEROUT:6",
    "allergy_type": "allergy:86 intolerance:14",
    "allergy_category": "medication:46 food:28 environment:26",
    "bed_type": "standard:70 ICU:12 bariatric:6 isolation:6 pediatric:6",
    "room_type": "semi-private:46 private:38 ward:10 ICU:6",
    "ward_type": "medical:34 surgical:24 ICU:10 pediatric:8 maternity:8 emergency:10 psychiatric:6",
    "facility_type": "hospital:36 clinic:40 laboratory:9 imaging center:7 pharmacy:8",
    "shift": "day:52 evening:26 night:22",
    "transport": "walk-in:64 ambulance:26 wheelchair:6 helicopter:1 police:3",
    "insurance_type": "commercial:44 medicare:30 medicaid:20 self-pay:6",
    "result_type": "numeric:82 text:14 coded:4",
    "specimen_condition": "adequate:90 hemolyzed:5 insufficient:3 clotted:2",
    "culture": "no growth:66 growth:34",
    "susceptibility": "S:66 I:10 R:24",
    "anesthesia": "general:44 spinal:12 local:18 sedation:12 none:14",
    "wound": "clean:64 clean-contaminated:24 contaminated:9 dirty:3",
    "asa": "1:18 2:44 3:30 4:7 5:1",
    "action": "SELECT:52 UPDATE:26 INSERT:17 DELETE:5",
    "movement": "transfer:48 admit:24 discharge:22 ED:6",
    "event_type": "created:34 updated:38 viewed:22 deleted:6",
    "log_level": "INFO:82 WARN:11 ERROR:5 DEBUG:2",
    "direction": "inbound:56 outbound:44",
    "channel": "phone:34 portal:30 in person:26 fax:10",
    "mime": "application/pdf:52 image/jpeg:18 text/plain:20 application/dicom:10",
    "format": "PDF:54 HL7:22 CDA:14 TXT:10",
    "protocol": "HL7v2:48 FHIR:34 DICOM:12 X12:6",
    "ownership": "Guardian:24 Self:62 Spouse:14",
    "modifier": "25:30 59:26 LT:14 RT:14 26:10 TC:6",
    "operator": "=:94 <:3 >:3",
    "standard": "S:88 C:12",
    "invalid": "D:60 U:40",
    "reason": "Patient request:24 Clinical improvement:24 Side effects:16 Completed:26 Other:10",
    "cancel_reason": "Patient cancelled:44 Provider unavailable:22 Rescheduled:26 Weather:8",
    "denial_reason": "Not covered:30 Missing authorization:26 Duplicate claim:16 Coding error:28",
    "employment_type": "full-time:66 part-time:20 per diem:9 contract:5",
    "gender_identity": "female:50 male:48 non-binary:1 transgender:1",
    "orientation": "straight:90 gay:3 lesbian:2 bisexual:4 other:1",
    "living": "with family:58 alone:28 assisted living:8 nursing home:6",
    "temporal": "Present:70 Past:24 Future:6",
    "term_exists": "Y:88 N:12",
    "rating": "PG:22 G:18 R:24 PG-13:24 NC-17:12",
    "weekday": "Monday:15 Tuesday:15 Wednesday:15 Thursday:15 Friday:15 Saturday:13 Sunday:12",
    "color": "red:20 blue:24 green:20 yellow:14 orange:12 purple:10",
    "size": "small:28 medium:44 large:28",
    "os": "Windows:62 macOS:22 iOS:10 Android:6",
    "browser": "Chrome:64 Edge:18 Safari:12 Firefox:6",
    "environment": "production:86 staging:9 test:5",
    "outcome": "success:91 failure:6 partial:3",
    "discharge_condition": "good:60 stable:30 fair:7 poor:3",
    "position": "sitting:58 supine:30 standing:12",
    "method": "automated:64 manual:36",
    "body_position": "sitting:58 supine:30 standing:12",
    "tube": "EDTA:36 SST:44 citrate:12 heparin:8",
}
_PLACES = 1 << 12


def _parse(name: str) -> tuple[list[str], list[int]]:
    words, weights = [], []
    held = ""
    for part in WORDS.get(name, WORDS["record"]).split(" "):
        held = f"{held} {part}".strip()
        text, _, weight = held.rpartition(":")
        if text and weight.isdigit():
            words.append(text)
            weights.append(int(weight))
            held = ""
    return words, weights


def usual(generator: str, params: Mapping[str, Any]) -> dict[str, int]:
    """The words that a generator of words or of codes writes, in plain form, and how often."""
    if generator == "status.word" and params.get("of") in WORDS:
        return {_plain(w): n for w, n in zip(*_parse(params["of"]), strict=True)}
    if not generator.startswith("code.") or not params.get("system"):
        return {}
    table = entries(params["system"]).columns
    often = list(map(int, table.get("weight", ())))
    columns = (table[c] for c in ("name", "code") if c in table and often)
    return {_plain(w): n for words in columns for w, n in zip(words, often, strict=True)}


def weights(known: Mapping[str, int], values: Sequence[str]) -> list[int]:
    """How often each of a column's own values is met, where half of them are known words; else
    nothing. What is not known is rare, but for a word that says 'none'."""
    plain = [_plain(v) for v in values]
    none = next((known[w] for w in _NONE if w in known), 0)
    found = [known.get(w, none if w in _NONE else 0) for w in plain]
    if 2 * sum(1 for f in found if f) < len(values):
        return []
    rare, half = max(sum(found) // 25, 1), sum(found)
    # Of those who may be somebody's relative most are themselves: subscribers, informants.
    return [f or (half if w == "self" else rare) for f, w in zip(found, plain, strict=True)]


_NONE = ("none", "unspecified", "not specified", "n a", "unknown")


def _plain(text: str) -> str:
    """Small words and signs of blood groups, of one spelling."""
    words = re.split(r"[^a-z0-9+]+", text.lower().replace("canceled", "cancelled"))
    return " ".join(words).strip()


def _written(word: str, form: str, length: int | None) -> str:
    """A word in the column's form, or its initials where it would not fit."""
    text = {"upper": word.upper(), "title": word[:1].upper() + word[1:]}.get(form, word)
    if length is None or len(text) <= length:
        return text
    initials = "".join(p[0] for p in word.replace("-", " ").split()).upper()
    return initials[:length] if length < 4 else text[:length].rstrip("- ")


@lru_cache(maxsize=512)
def ladder(name: str, form: str, length: int | None) -> tuple[pa.Array, np.ndarray[Any, Any]]:
    """The words of a list, and a table from the top bits of a word to them."""
    words, weights = _parse(name)
    total = np.cumsum(np.asarray(weights, np.int64))
    places = np.arange(_PLACES, dtype=np.int64) * total[-1] // _PLACES
    return (
        pa.array([_written(w, form, length) for w in words]),
        np.searchsorted(total, places, "right").astype(np.int64),
    )


@generator(
    "status.word",
    "A word of state from a weighted list, such as the statuses of a claim.",
    accepts="text integer decimal float",
    width=lambda kind, params: max(map(len, _parse(params.get("of", "record"))[0])),
    of=Parameter(str, "record", "the list: encounter, order, claim, priority, blood_type, ..."),
    form=Parameter(str, "", "upper or title"),
)
def word(call: Call) -> Any:
    if call.type.kind != "text":
        size = len(_parse(call.params["of"])[0])
        _, table = ladder(call.params["of"], "", None)
        return np.minimum(table[call.words() >> np.uint64(52)], size - 1) + 1
    pool, table = ladder(call.params["of"], call.params["form"], call.type.length)
    of = call.params["of"]
    told = told_choice(call, WORDED[of], tuple(_parse(of)[0])) if of in WORDED else None
    if told is not None:
        drawn = table[call.words() >> np.uint64(52)]
        return pick(pool, np.where(told < 0, drawn, told))
    return pick(pool, table[call.words() >> np.uint64(52)])


@generator(
    "status.flag",
    "Yes or no: a boolean, 1 or 0, Y or N.",
    accepts="boolean integer text bit",
    width=upto(1),
    share=Parameter(float, 0.5, "the share of rows that say yes"),
)
def flag(call: Call) -> Any:
    yes = chance(call.words(), call.params["share"])
    if call.type.kind == "boolean":
        return yes
    if call.type.kind == "integer":
        return yes.astype(np.int64)
    pair = ["0", "1"] if call.type.kind == "bit" else ["N", "Y"]
    return pick(pa.array(pair), yes.astype(np.int64))


@generator(
    "status.first",
    "Yes for the first row of an owner, no for the others.",
    accepts="boolean integer text",
    width=upto(1),
)
def first(call: Call) -> Any:
    yes = call.ordinal == 0
    if call.type.kind == "boolean":
        return yes
    if call.type.kind == "integer":
        return yes.astype(np.int64)
    return pick(pa.array(["N", "Y"]), yes.astype(np.int64))
