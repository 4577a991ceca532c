"""What the words of a body ask of a row, whatever tags it has: pools are older than rules, and some
are the user's own."""

from __future__ import annotations

import re
from functools import cache

# No illness beside the one that the text is of.
_ALONE = re.compile(
    r"(?<!family )\b(?:history|hx) (?:is|was) (?:otherwise )?"
    r"(?:un\w+|non\w+|not contributory|negative|without)"
    r"|\bno (?:record of )?other (?:chronic|long-term) conditions"
    r"|\bno known medical problems|\bnot have any other (?:illness|medical|chronic)",
    re.I,
)
# In the clinic, which a visit by video is not.
_THERE = re.compile(
    r"\b(?:in|at|(?:presents|presented|comes|came|returns) to) (?:the |our )?"
    r"(?:clinic|office)\b(?!')",
    re.I,
)
# Who speaks for a patient who is no child.
_PARENT = re.compile(
    r"\b(?:the|her|his) (?:mother|father|parents?) (?:stat|sa[yi]|report|den)", re.I
)
_SPAN = (
    r"\b(?:past|last|several|few|two|three|since)\s(?:\w+\s){0,3}?"
    r"(?:hours?|days?|weeks?|months?|years?|yesterday)\b"
)
# Nothing at all, where only the row's own condition is known to have nothing; a dose or a duration
# beside those that the row has.
_NEVER = re.compile(
    r"\b(?:no (?:rx|regular (?:meds|medicines)|prescription (?:medicines|was needed))"
    r"|nothing was prescribed|no medicines are listed)\b(?![^.;]*\bfor this\b)"
    r"|\{how(?:_terse)?\} (?:prn|as needed)\b"
    r"|\{(?:medicine|drug)\}[^.]*\bfor (?:\{possessive\} |the |\w+ )?(?:pain|sleep|mood)\b"
    r"|\{history\} \{lasting\} ago\b"
    r"|\bonly (?:medications?|medicines?|meds)\b"
    r"|\b(?:discontinu\w+|stop(?:ped|ping)?|holding|held)\b[^.]*\{(?:medicine|drug)\}"
    r"|\{(?:medicine|drug)\}[^.]*\b(?:times|twice|once|nightly)\b"
    r"|\{symptoms?(?:_terse)?\}[^.]*" + _SPAN + "|" + _SPAN + r"[^.]*\{symptoms?(?:_terse)?\}"
    r"|\b(?:began|started|first noticed|getting worse|worsening) (?:over|for|in)\b[^.]*"
    r"\b(?:past|last|several|few) (?:\w+ ){0,3}?(?:days|weeks?|months?|years?)\b",
    re.I,
)


@cache
def refused(body: str) -> bool:
    """Whether no row is known to be as the body says."""
    return bool(_NEVER.search(body))


# What one of the rules for tags needs, at the least: most bodies have none of it.
_SOME = re.compile(r"history|hx|no |not |clinic|office|mother|father|parent", re.I)


def tags(body: str, given: str) -> str:
    """The tags of a body, with those that its words ask for."""
    if not (found := _asked(body)):
        return given
    named = given.split()
    if "infant" in named or "child" in named:
        found = tuple(tag for tag in found if tag != "child")
    return " ".join((given, *found))


@cache
def _asked(body: str) -> tuple[str, ...]:
    """Kinds share bodies: each is read once."""
    if not _SOME.search(body):
        return ()
    rules = ((_ALONE, "!comorbid"), (_THERE, "!telehealth"), (_PARENT, "child"))
    return tuple(tag for rule, tag in rules if rule.search(body))
