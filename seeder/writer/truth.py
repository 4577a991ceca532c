"""What a text needs of its row to be true, and what may be untrue of any row."""

from __future__ import annotations

import re
from collections.abc import Iterable

from seeder.text import demands
from seeder.text.pool import slots_of
from seeder.writer import lexicon
from seeder.writer.units import Unit

_NO = f"(?:{lexicon.NEGATION.pattern})"
# Slots that a row has only with a tag.
_NEEDS = {
    **dict.fromkeys("medicine drug dose how how_terse sig route often drug_class".split(), "drug"),
    **dict.fromkeys("value lab flag value_two lab_two".split(), "lab"),
    **dict.fromkeys("symptoms symptom symptoms_terse symptom_terse".split(), "!silent"),
    "history": "comorbid",
    "history_terse": "comorbid",
    "stay": "inpatient",
    "end_date": "inpatient",
    "picture": "pictured",
    "image_normal": "imaged",
    "imaging": "imaged",
    "operation": "surgical",
    "tissue": "tissue",
}


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# Words that are true of some settings only; the first that is found.
_SETTINGS = (
    (_rule(r"\b(?:emergency (?:department|room)|ED|ER|ambulance|triage)\b"), "emergency"),
    (_rule(r"\b(?:admitted|admission|hospitali\w+|hospital|discharged?|ward)\b"), "inpatient"),
    (_rule(r"\b(?:clinic|office|visit|follow[ -]?up|f/u|recheck)\b"), "!inpatient !emergency"),
)
# What only those say who can speak for themselves.
_SPEAKS = _rule(
    r"\b(?:stat(?:es|ed)|sa(?:ys|id)|report(?:s|ed)|den(?:ies|ied|y)|describ\w+|feel\w*|felt"
    r"|believe[sd]?|thinks?|recalls?|complain(?:s|ed|ing)|admits?|notes?|mentions?|endorses?|c/o)\b"
)
_FAMILY = _rule(r"\b(?:mother|father|parents?|caregiver|siblings?)\b|\{reporter")
_ILL = _rule(r"\b(?:symptoms?|worse|worsen\w*|episodes?|complain\w*|sx)\b|\{symptom")
_WELL = _rule(
    r"\b(?:no|any|other) (?:\w+ )?(?:complaints?|concerns?|symptoms?|problems?|issues?)\b"
    r"|\b(?:feels|feeling|doing) (?:very |quite |generally )?well\b|\bnothing new\b"
)
_LONG = _rule(r"\b(?:months?|years?|chronic\w*|longstanding|long-standing)\b")
_NONE = (
    (_rule(_NO + r"[^.!?]*\b(?:medical|past) (?:history|hx)"), "!comorbid"),
    (
        _rule(
            _NO + r"[^.!?]*\b(?:serious|chronic|significant|major|medical|health) "
            r"(?:illness\w*|problems?|conditions?|issues?|diseases?|concerns?)"
        ),
        "!comorbid",
    ),
    (_rule(r"(?<!not )(?<!otherwise )\bhealthy\b|\bgood (?:\w+ )?health\b"), "!comorbid"),
    (_rule(r"\bhistory (?:is|was) (?:otherwise )?(?:un\w+|non\w+|within|negative)"), "!comorbid"),
    (_rule(_NO + r"[^.!?]*\b(?:medications?|medicines?|meds)\b"), "!drug"),
)
# A sentence that denies what the row has, or tells it of another person.
_TRUE = r"\{(?:symptom|finding|condition|diagnosis|short|history|picture|medicine|drug)"
_DENIES = _rule(_NO + r"[^.!?]*" + _TRUE)
_OTHERS = _rule(
    r"\b(?:famil\w+|mother|father|parents?|partner|siblings?|brother|sister|friend)\b[^.!?]*"
    + _TRUE
)
_PAINLESS = _rule(_NO + r"[^.!?]*\b(?:pain|hurt)")
_DENIED, _DENYING = _rule(r"\{denied"), _rule(_NO + r"[^.!?]*\{denied")
# What may not agree with values, ages and habits that stand elsewhere in the row.
_CLAIMS = _rule(
    r"\b(?:vital signs|vitals|smok\w+|cigarettes?|tobacco|alcohol|packs?|beers?|wine|drinks?"
    r"|drinking|married|divorced?|widow\w*|retired|unemployed|birthday|pregnan\w+|infant|newborn"
    r"|bab(?:y|ies)|toddler|child|(?:low|lower|upper|mid) back|back (?:pain|hurts)"
    r"|(?:\{possessive\}|the) back|days of age|anger|second opinion|weight (?:is|was|has)"
    r"|children|sons?|daughters?|insurance)\b"
    r"|\b(?:is|was|as|has been) (?:also )?(?:an?|the) (?:\w+ )?(?:mother|father|housewife)\b"
    r"|\b(?:left|right|bilateral\w*)\b(?! (?:now|away|after))"
)
# A time that it has lasted, where the visit has its own; a list whose words go before it.
_TIMED = _rule(
    r"\{lasting\} of \{|\b(?:recent|an?) \{denied|\bwill\b[^.]*\{lasting"
    r"|\{history\}[^.]*for \{lasting"
    r"|\bmiss(?:ed|ing) several\b|\b(?:days|miles) a (?:day|week)\b|\bday a week\b|\ba few hours\b"
    r"|\bunder a month\b|\bprescription med"
    r"|\b(?:for|over|since|lasting|about|almost) (?:the )?(?:past |last )?(?:an?|a few|several|two"
    r"|three|four|five|six|couple of|a couple of|many) (?:hours?|days?|weeks?|months?|years?)\b"
)
_NEVER = _rule(
    r"\{date\}|\bconsistent (?:with|w/) \{possessive\} (?:\w+ )?(?:history|hx)\b|\ba \{(?:who|age)"
    r"|\bfrequent \{symptom|\bperiod\b|\bby the mother\b"
)
_BACK = _rule(r"\{possessive\} back\b")
_DOSED = _rule(  # the row has a dose and an hour of its own
    r"\{(?:medicine|drug)\}[^.]*"
    r"\b(?:every \w+ hours|times (?:a day|daily)|once|twice|daily|nightly)\b"
    r"|\b(?:twice daily|three times (?:a day|daily)|every \w+ hours)\b"
)
_SERIOUS = _rule(r"^(?:(?!\bno\b|\bden|\bnot\b).)*\bhistory of (?:major|serious)")
_BETTER = _rule(
    r"(?<!not )(?<!no )(?<!not been )(?<!not feel )(?<!not feeling )(?<!not doing )"
    r"\b(?:better|improv\w+|well|fine|healthy|resolved|stable|without (?:difficulty|complaints))\b"
)
_WORSE = _rule(r"\b(?:worse\w*|constant|still|not (?:better|improv\w+|well))\b|\{symptom|\bpain")
_CHANGING = _rule(r"\bchanging\b|\b(?:better|worse)\b|\bcomes and goes\b|intermittent")
_CONSTANT = _rule(r"\b(?:constant|unchanged|not changed)\b")
_NO_DRUGS = _rule(_NO + r"[^.!?]*\b(?:medications?|medicines?|meds)\b")
_DRUGS = _rule(r"\b(?:medications?|medicines?|meds)\b|\{(?:drug|medicine)")
_NORMAL = _rule(r"(?<!otherwise )\b(?:unremarkable|normal|no abnormalit\w+)\b")
_GONE = _rule(r"\b(?:past|ago|last)\b")
_SPANS = _rule(r"\b(?:hours?|days?|weeks?|months?|years?|overnight|yesterday|today)\b")
_LASTING = _rule(r"\{lasting")


def claims(text: str) -> bool:
    """Whether a text says what may not agree with the row's values, ages and habits."""
    return bool(_CLAIMS.search(text))


def untrue(section: str, text: str) -> bool:
    """Whether a text may contradict its row, or another section of the note."""
    if any(rule.search(text) for rule in (_DENIES, _OTHERS, _CLAIMS, _PAINLESS)):
        return True
    if demands.refused(text):
        return True
    if _DENIED.search(text) and not _DENYING.search(text):
        return True
    if section == "exam" and _NORMAL.search(text):
        return True
    if section in ("plan", "followup") and _GONE.search(text):
        return True
    if _WELL.search(text) and "{symptom" in text.lower():
        return True
    if _NEVER.search(text) or (section != "followup" and _TIMED.search(text)):
        return True
    if _BACK.search(text) or _DOSED.search(text) or _SERIOUS.search(text):
        return True
    if _disagree(re.split(r"(?<=[.!?])\s+", text)):
        return True
    lasts = _LASTING.search(text)
    return bool(lasts and (section in ("plan", "followup") or _SPANS.search(text)))


def _disagree(sentences: list[str]) -> bool:
    """Whether one sentence says the contrary of another."""
    if len(sentences) < 2:
        return False
    better, worse, none, some = (
        [bool(rule.search(s)) for s in sentences] for rule in (_BETTER, _WORSE, _NO_DRUGS, _DRUGS)
    )
    changing = [bool(_CHANGING.search(s)) for s in sentences]
    constant = [bool(_CONSTANT.search(s)) for s in sentences]
    drugs = any(none) and any(a and not b for a, b in zip(some, none, strict=True))
    return drugs or (any(better) and any(worse)) or (any(changing) and any(constant))


def when(unit: Unit) -> str:
    """The tags that a row needs for the text to be true of it."""
    text = unit.text
    tags = {_NEEDS[n] for s in slots_of(text) if (n := s[:1].lower() + s[1:]) in _NEEDS}
    words = lexicon.words(text)
    grown = bool(words & lexicon.lists()["grown"] or _SPEAKS.search(text))
    if unit.band in ("infant", "child") and not grown:
        tags.add(unit.band)
    elif grown or not _FAMILY.search(text):
        tags.update(("!infant", "!child"))
    if words & lexicon.lists()["injury"] - lexicon.everyday():
        tags.add("injury")
    if words & lexicon.lists()["hurting"] or "physical therapy" in text.lower():
        tags.add("pain")
    tags.update(tag for rule, tag in _NONE if rule.search(text))
    if unit.section in ("opening", "course"):
        tags.update(_course(text))
    tags.update(_setting(text))
    return " ".join(_order(tags))


def _course(text: str) -> set[str]:
    """An account of symptoms is not one of a visit without any, nor of months where it is new."""
    tags = {"chronic"} if _LONG.search(text) else set()
    if _WELL.search(text):
        return tags | {"silent"}
    return tags | {"!silent"} if _ILL.search(text) or _LASTING.search(text) else tags


def _setting(text: str) -> tuple[str, ...]:
    return next((tuple(tags.split()) for rule, tags in _SETTINGS if rule.search(text)), ())


def _order(tags: Iterable[str]) -> list[str]:
    """The tags in order, without what is ruled out and needed at once."""
    given = set(tags)
    kept = {t for t in given if not (t.startswith("!") and t[1:] in given)}
    if kept & {"infant", "child"}:
        kept -= {"!infant", "!child"}
    return sorted(kept, key=lambda tag: (tag.lstrip("!"), tag))
