"""What a text states, found by patterns: each fact with its kind, its value and its words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.reread import words


class Fact(NamedTuple):
    """One statement. ``of``: what is stated in detail (a test's codes, which date it is)."""

    kind: str
    value: Any
    said: str
    of: Any = None


def read(text: str) -> Iterator[Fact]:
    """All facts of a text that the reader knows."""
    for reader in (_persons, _dates, _stays, _signs, _tests, _conditions, _drugs, _staff, _others):
        yield from reader(text)


# People ------------------------------------------------------------------------------------------

_AGE = re.compile(r"(?:\b([Aa]n?) )?\b(\d+)-(day|month|year)-old\b(?: (man|woman|boy|girl))?")
_SHORT_AGE = re.compile(r"\b(\d+) (do|mo|yo)\b(?: ([MF])\b)?")
_UNITS = {"do": "day", "mo": "month", "yo": "year"}
_SEX = {
    **dict.fromkeys(("man", "boy", "male", "he", "his", "him", "himself", "gentleman"), "M"),
    **dict.fromkeys(("woman", "girl", "female", "she", "her", "hers", "herself", "lady"), "F"),
}
_SEXED = re.compile(rf"(?<!well )\b({'|'.join(_SEX)})\b", re.I)
_NOUN = re.compile(r"(?<!well )\b(man|woman|boy|girl|baby|infant|child)\b", re.I)
_REPORTER = re.compile(r"\b(?:the|with|per|by|from|parent|My) (mother|father|caregiver)\b", re.I)


def _persons(text: str) -> Iterator[Fact]:
    for found in _AGE.finditer(text):
        yield Fact("age", (int(found[2]), found[3]), found[0])
        if found[1]:
            yield Fact("article", found[1].lower() == _article(found[2]), found[0])
    for found in _SHORT_AGE.finditer(text):
        yield Fact("age", (int(found[1]), _UNITS[found[2]]), found[0])
        if found[3]:
            yield Fact("sex", found[3], found[0])
    for found in _SEXED.finditer(text):
        yield Fact("sex", _SEX[found[1].lower()], found[0])
    for found in _NOUN.finditer(text):
        yield Fact("age of the noun", found[1].lower(), found[0])
    for found in _REPORTER.finditer(text):
        yield Fact("age of the noun", "child", found[0])


def _article(number: str) -> str:
    """Eight, eleven, eighteen, eighty, eight hundred are said with a vowel."""
    return "an" if number[0] == "8" or number in ("11", "18") else "a"


# Time --------------------------------------------------------------------------------------------

_DATE = re.compile(r"\b(\d\d)/(\d\d)/(\d{4})\b")
_BEGUN = re.compile(
    r"\b(admitted|taken in|began|visit|seen|came in|was in|care|appointment)\b", re.I
)
_OVER = re.compile(r"\b(ended|left|leaving|leave|home|d/c|discharge)\b", re.I)
_DONE = re.compile(r"\b(performed|obtained|done|underwent|carried out|collected|received)\b", re.I)
_CLOCK = re.compile(r"\b(\d\d):(\d\d)\b")
_ARRIVED = re.compile(
    r"\b(start|arriv\w*|walked in|came in|brought|checked in|triage|carried in)\b", re.I
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_WEEKDAY = re.compile(rf"\b({'|'.join(_DAYS)})\b")


def _dates(text: str) -> Iterator[Fact]:
    for found in _DATE.finditer(text):
        month, day, year = map(int, found.groups())
        before = _sentence(text, found.start())
        yield Fact("date", dt.date(year, month, day), found[0], _which(before))
    for found in _CLOCK.finditer(text):
        which = "arrival" if _ARRIVED.search(_sentence(text, found.start())) else "now"
        yield Fact("time of day", (int(found[1]), int(found[2])), found[0], which)
    for found in _WEEKDAY.finditer(text):
        yield Fact("weekday", _DAYS.index(found[1]), found[0])


def _which(before: str) -> str:
    """Which date the words before it promise: the nearest of them."""
    last, name = -1, ""
    for pattern, one in ((_BEGUN, "start"), (_OVER, "end"), (_DONE, "act")):
        for found in pattern.finditer(before):
            if found.start() > last:
                last, name = found.start(), one
    return name


def _sentence(text: str, until: int) -> str:
    """What stands in the same sentence before a place."""
    return re.split(r"[.;!?]\s|\n", text[:until])[-1]


_LENGTH = r"less than a day|\d+ days?"
_STAY = re.compile(
    r"\b(?:LOS|[Ss]tay|lasted|[Cc]ourse|[Tt]ime here|with us|our care|[Ii]mproved|[Pp]rogress|tx"
    r"|[Dd]uring)"
    rf"\b[^.;:\d]*?\b({_LENGTH})\b"
)
_LASTING = re.compile(
    r"\b(?:(\d+) (hours?|days?|weeks?|months?|years?)|(a|several|half a|a few)"
    r" (day|hours|days|week|month|months|year|years))\b(?! old| in\b)",
    re.I,
)
# What is not said of symptoms.
_OTHER_SPAN = re.compile(
    r"(?:\b(?:every|in|within|after|next|per|q|repeat|than|times|for the last)\s|/)$", re.I
)


def _stays(text: str) -> Iterator[Fact]:
    taken = []
    for found in _STAY.finditer(text):
        taken.append(found.span(1))
        days = 0 if found[1].startswith("less") else int(found[1].split()[0])
        yield Fact("length of stay", days, found[0])
    for found in _LASTING.finditer(text):
        inside = any(low <= found.start() < high for low, high in taken)
        if not inside and not _OTHER_SPAN.search(text[: found.start()]):
            yield Fact("duration", found[0].lower(), found[0])


# Measurements ------------------------------------------------------------------------------------

_IS = r"(?: is| was| of|:)?"
_SIGNS = {
    "systolic": r"(?:\bBP|[Bb]lood pressure)\D{0,12}?(\d+)/\d+",
    "diastolic": r"(?:\bBP|[Bb]lood pressure)\D{0,12}?\d+/(\d+)",
    "pulse": rf"(?:\bHR|\bP\b|[Pp]ulse|[Hh]eart rate){_IS} (\d+)\b(?![-/]| yo| mo| do)",
    "respiration": rf"(?:\bRR|\b[Rr]esp(?:irations|iratory rate)?)\b{_IS} (\d+)\b",
    "temperature": rf"(?:\bT|\b[Tt]emp(?:erature)?|febrile at)\b{_IS} (\d+\.\d)\b",
    "oxygen": rf"(?:SpO2|O2 sat|[Ss]ats?|[Ss]aturation)\b{_IS} (\d+)%",
    "pain": r"(?<![/\d])(\d+)(?: of 10|/10)\b(?!/)",
    "weight": r"\b(\d+(?:\.\d)?) kg\b",
    "height": r"\b(\d+) cm\b",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _SIGNS.items()}
_FEVER = re.compile(r"\b(afebrile|febrile)\b", re.I)


def _signs(text: str) -> Iterator[Fact]:
    for name, pattern in _PATTERNS.items():
        for found in pattern.finditer(text):
            yield Fact("vital sign", float(found[1]), found[0], name)
    for found in _FEVER.finditer(text):
        yield Fact("fever", found[1].lower() == "febrile", found[0])


_UNIT = r"%|/uL|[A-Za-z][\w*]*/[\w.]+|mmHg|fL|pg|s\b"
_RESULT = re.compile(
    rf"(?: (?:is|was|of|at|came back|measured|returned|stands|back|result))*:? "
    rf"(\d+(?:\.\d+)?)(?: ?({_UNIT}))?(?:[^.;\d\n]{{0,30}}?\b(low|normal|high)\b)?"
)


def _tests(text: str) -> Iterator[Fact]:
    for name, found in _results(text):
        value = (found[1], found[2] or "", found[3] or "")
        yield Fact("result", value, text[name.start : found.end()], name.codes)


def _results(text: str) -> Iterator[tuple[words.Named, re.Match[str]]]:
    """Tests with their values. Some drugs are measured, too: a strength is no concentration."""
    given = list(words.drugs().found(text))
    for name in words.tests().found(text):
        found = _RESULT.match(text, name.end)
        inside = [d for d in given if d.start <= name.start < d.end]
        measured = not inside or (inside[0].end <= name.end and "L" in ((found and found[2]) or ""))
        if found is not None and measured:
            yield name, found


# Conditions and drugs ----------------------------------------------------------------------------

_DENIED = re.compile(
    r"(?<!\w)(no|not|denies|without|neg|-ve|never|exclude\w*|rule\w*|risk|screen\w*|watch|if|against|"
    r"prevent\w*|check|look|test\w*|vaccine|nor|free of|warning|signs of|avoid)\b",
    re.I,
)


# What is said of the condition that a visit is for, right before its name or right behind it.
_MAIN = re.compile(
    r"(?:(?<!other )\b(?:diagnosis|dx|imp(?:ression)?|assessment|picture|presentation"
    r"|history fits|c/w|fits|consistent with|compatible with|points to|supports"
    r"|in keeping with|admitted|taken in|here for|visit for|managed as|treating)\b|^A:)"
    r"[^.,;\n]{0,25}$",
    re.I | re.M,
)
_FOCUS = re.compile(r"\s(?:remains the main|is the (?:leading|working|focus)|explains the)")


def _conditions(text: str) -> Iterator[Fact]:
    for name in words.conditions().found(text):
        before = _sentence(text, name.start)
        role = "said"
        if not name.sure:
            role = "ambiguous"
        elif _DENIED.search(before[-60:]):
            role = "denied"
        elif _MAIN.search(before) or _FOCUS.match(text, name.end):
            role = "main"
        yield Fact("condition", name.codes, name.said, role)


_WAYS = "|".join((*words.ROUTES, *words.ROUTES.values()))
_OFTEN = "|".join((*words.TIMES, *words.TIMES.values()))
_ROUTE = re.compile(rf"\s({_WAYS})\b(?:\s({_OFTEN})\b)?")
_STRENGTH = re.compile(r" (\d[\d.,]*(?:%| ?[A-Za-z]+)(?:/[\d.]* ?[A-Za-z]+)?)")


def _drugs(text: str) -> Iterator[Fact]:
    measured = list(_results(text))
    for name in words.drugs().found(text):
        if any(test.start == name.start for test, _ in measured):
            continue
        strength = _STRENGTH.match(text, name.end)
        end = strength.end() if strength else name.end
        (code,) = name.codes
        yield Fact("drug", code, text[name.start : end], text[name.end : name.end + 40].strip())
        if strength is None:
            continue
        how = _ROUTE.match(text, name.end + _given(text[name.end :]))
        if how is not None:
            route = words.ROUTES.get(how[1], how[1])
            often = words.TIMES.get(how[2] or "", how[2] or "")
            yield Fact("how it is taken", (route, often), text[name.start : how.end()], code)


def _given(rest: str) -> int:
    """How long the strength is: up to the words of the route."""
    found = re.search(rf"\s(?=(?:{_WAYS})\b)", rest[:60])
    return found.start() if found else 0


_BY = re.compile(rf"\b({_WAYS})\b")
_EACH = re.compile(rf"\b({_OFTEN})\b(?! (?:dose|order))", re.I)


def instruction(text: str) -> Iterator[Fact]:
    """Route and frequency of an instruction that names no drug."""
    route, often = _BY.search(text), _EACH.search(text)
    if route is not None:
        yield Fact("how it is taken", (words.ROUTES.get(route[1], route[1]), ""), route[0])
    if often is not None:
        name = often[1] if often[1].isupper() else often[1].lower()
        yield Fact("how it is taken", ("", words.TIMES.get(name, name)), often[0])


# The others --------------------------------------------------------------------------------------

_DOCTOR = re.compile(r"\bDr ([A-Z][\w'-]+(?: [A-Z][\w'-]+)?)(?=[ ,.;:)\n]|$)")
_NURSE = re.compile(r"\b([A-Z][\w'-]+) RN\b")
_SIGNED = re.compile(
    r"(?:regards|sincerely|thanks),\s*$|\b(?:read|reported|interpreted) by $", re.I
)


def _staff(text: str) -> Iterator[Fact]:
    for pattern in (_DOCTOR, _NURSE):
        for found in pattern.finditer(text):
            role = "author" if _SIGNED.search(text[: found.start()]) else ""
            yield Fact("staff", found[1], found[0], role)


_SEEN_IN = re.compile(rf"\b(?:in|at) ({'|'.join(words.PLACES)})\b")
_PICTURE = re.compile(rf"\b({'|'.join(words.MODALITIES)}) of the ([a-z]+(?: spine)?)")
_NO_DRUG = re.compile(
    r"\bno (?:regular|prescription) (?:medicines|meds)[^.;]*|\bno medicines (?:are|were)[^.;]*"
    r"|\bmeds: none[^.;]*|\bno Rx\b[^.;]*"
    r"|\b(?:nothing was prescribed|no prescription was needed)\b[^.;]*",
    re.I,
)
_NO_TEST = re.compile(r"\bno (?:new|recent|new laboratory) (?:results|labs|tests)\b[^.;]*", re.I)
_NO_HISTORY = re.compile(
    r"(?<!family )(?:PMHx?|past hx|history)(?:\sis)?:? ?(?:otherwise )?"
    r"(?:nil of note|neg\b|none\b|unremarkable)"
    r"|no (?:other|record of other) (?:chronic|long-term) conditions"
    r"|without other chronic conditions|no chronic dz on file|no other PMH",
    re.I,
)


def _others(text: str) -> Iterator[Fact]:
    for found in _SEEN_IN.finditer(text):
        yield Fact("place", words.PLACES[found[1]], found[0])
    for found in _PICTURE.finditer(text):
        yield Fact("picture", (words.MODALITIES[found[1]], found[2]), found[0])
    for kind, pattern in (
        ("no drug", _NO_DRUG), ("no result", _NO_TEST), ("no history", _NO_HISTORY),
    ):  # fmt: skip
        for found in pattern.finditer(text):
            yield Fact(kind, None, found[0])


# Form --------------------------------------------------------------------------------------------

_FLAWS = {
    "open slot": r"[{}<>\[\]|]",
    "doubled article": r"\b(?:a|an|the) (?:a|an|the)\b",
    "wrong article": r"\b[Aa] (?=[aeio]\w)(?!one|once|eu|uni|use|usual)"
    r"|\b[Aa]n (?=[bcdfgjkpqtvwz]\w)",
    "doubled word": r"\b([A-Za-z]{2,}) \1\b",
    "space": r" {2,}| [.,;:](?!\d)|,,|\.\.|\.,",
    "empty": r":\s*$|\bnan\b",
}
_FORMS = {
    name: re.compile(pattern, re.I if name.startswith("doubled") else 0)
    for name, pattern in _FLAWS.items()
}


def flaws(text: str, whole: bool) -> Iterator[Fact]:
    """What is wrong with the form of a text. ``whole``: it should end where a sentence does."""
    for name, pattern in _FORMS.items():
        for found in pattern.finditer(text):
            yield Fact(name, None, text[max(found.start() - 20, 0) : found.end() + 20])
    if whole and text.rstrip()[-1:] not in ".!?":
        yield Fact("no end", None, text[-40:])
