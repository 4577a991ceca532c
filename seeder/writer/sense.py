"""Sentences that are grammar of words and no sense: what a small model writes and nobody says.

Each rule was written for sentences that were read and made none. They judge by wording alone, and
rather lose a good sentence than keep a bad one.
"""

from __future__ import annotations

import re

from seeder.writer.lexicon import NEGATION

_THING = r"\{(?:condition|short|diagnosis|symptoms?|findings?)(?:_terse)?\}"
_FACT = r"\{(?:condition|short|diagnosis|symptoms?|findings?|history|drug|medicine)(?:_terse)?\}"
_SUBJECT = r"(?:\{pronoun\}|(?:the )?(?:patient|pt))"


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_SENSELESS = tuple(
    map(
        _rule,
        (
            # What is no sentence of a note
            r"^(?:and|or|but|if|so|that|which|who|because|than|then)\b(?![^.]*,)",
            r"\b(?:you|your|yours)\b",
            r"\bI (?:am|do|was|feel|felt|can|take)\b|\b(?:if|when)\b[^.,]*$",
            r"\b(?:and|or|but|of|with|for|to|the|an?|at|from|w/|any|some|very"
            r"|was|were|is|are|has|had|have|been|be|being|which|who|when|while|if|as|than|no|not"
            r"|\{possessive\})[.?]",
            r"\b(?:for|over|in|during|within|of) the (?:past|last)[.,?]",
            r"\bin (?:the|car|pt)[.,]|\bprior to\b[^.]*\bprior to\b|\bin today\b|\bin city\b",
            # Words for a thing where none can stand
            r"\b(?:an?|any|this|some|each|every|another) \{(?:drug|medicine|symptom|lasting)",
            rf"\b(?:in|on|up to|all of|to|at|by|into|is|was) \{{possessive\}} {_THING}",
            rf"\b(?:taking|takes|took|take|given|gives|able to|continue to|need to) {_THING}",
            rf"\b(?:lives?|living|works?|working|worked|walks?|eats?|sleeps?|left|home) (?:with )?{_FACT}",
            rf"{_FACT} (?:\{{(?!how|lasting|date|fever|dose|route|often)|for \{{history|of \{{|is \{{(?:pronoun|a_who|who)|(?:has|had|have|takes) \{{)",
            r"\{(?:drug|medicine)\} (?:is|was|has) (?:here|seen|doing|a|an|in no)\b",
            r"\{(?:symptoms?|condition|history|short)(?:_terse)?\} (?:for|of|by|at|to) \{(?!lasting|date)",
            rf"\bbeen {_FACT}|\bnoticed it\.|\bis at time\b|\bup and down the stairs\b(?<!walk up and down the stairs)"
            r"|\bperiod of time\b|\bpresents?(?: \w+)? with (?:the patient|\{possessive\} (?:primary|partner|doctor))|\b(?:is|are|was|were|be) \{{(?:history|symptoms?|drug|medicine)",
            r"\bhas \{(?:pronoun|possessive|a_who|who|age|an_age)\}",
            rf"\b(?:seen|followed|treated|brought|referred|evaluated|noted|provided) (?:by|to) {_FACT}",
            r"\b(?:by|to|with|for) (?:the patient|pt)[.,]|\bto \{reporter\}",
            r"\{pronoun\} (?:patient|has a \{drug|had a \{drug)",
            r"\{(?:an_age|a_who)\}(?: \{sex\})?,? (?:for|to|is|was|has|had|of|in|and|does|did)\b",
            r"\bis (?:present|presents?|reports?|states?|denies|has|had|was|have|complains)\b",
            # Times that do not go with the verb
            r"\b(?:taking|takes|is|are|will|to be|been|continues?|denies)\b[^.,]*\{lasting\} ago",
            r"\bago\b[^.]*\{(?:pronoun)\} (?:is|has been|will|takes)\b|\bago\b[^.]*\bago\b",
            r"\bwill\b[^.,]*\b(?:yesterday|in the past|last|has been|had|was|ago)\b",
            r"\bthe (?:onset|start|beginning) of\b[^.]*\b(?:is|are|has been|was) (?!grad|sudden|about)",
            r"\bbegan\b[^.]*\b(?:better|worse|improv\w+|well)\b",
            r"\bhistory of having had\b|\bhistory of [^.,]*\b(?:today|at this time|this morning)\b",
            # Turns that lost what they were about
            r"\b(?:be|been|is|was|are) going(?: on)?(?:[.,?]| for\b| in\b| at\b| with\b)",
            r"\bgoing to be (?:a |an |in |for |on |with |the )|\bgoing to continue\b",
            r"\bable to (?:get|find|take|have|make|do)(?: it| \{possessive\} (?:weight|mood))?[.,]",
            r"\bup to \{possessive\}|\bset \{object\} up\b|\bwoke \{object\}|\bgets? up to\b",
            r"\b(?:a |an )?(?:small|large|certain|significant|little) amounts? of\b",
            r"\b(?:been|is|was|are|were) in (?:the |an? |\{possessive\} )?(?:interval|past|meantime|usual"
            r"|routine|condition|distress level|event)\b",
            r"\b(?:is|was|has been|had been) (?:a|an|the) (?:very|long|little|new|short|good|lot|bit)\b",
            r"\bhas had a (?:long time|year|month|week|day|visit|lengthy|patient|very|new)\b",
            r"\b(?:had|has) (?:a )?lengthy discussion with the patient\b",
            r"\bbeing (?:a|an|the|able|in)\b|\bdoing (?:a|an|any|the|it|that|this|so|no)\b",
            r"\bfeels? (?:that )?\{pronoun\} has had\b|\bsays that \{pronoun\} says\b",
            r"\b(?:states?|reports?|says?|notes?|denies|feels?|denied) (?:that )?(?:\{pronoun\} )?"
            r"(?:states?|reports?|says?|denies|denied|complains?)\b",
            r"\b(?:patient|pt)\b[^.]*\b(?:with|that|by|from|of|to|on) (?:the )?(?:patient|pt)\b(?!')",
            r"\b(\w{4,})\b[^.]*\b\1\b[^.]*\b\1\b",
            r"\btreated with (?:\{(?!drug|medicine)|the|\{possessive\})|\bquestions were\b[^.]*\{",
            r"\b(?:physical )?exam(?:ination)?,? (?:is|are|was) (?:notable|consistent|significant) for (?:a\b"
            r"|\{history)",
            r"\bon (?:physical )?exam(?:ination)?,[^.]*\b(?:states|reports|denies|will|feels|says|has had)",
            r"\bfollow(?:ed|s)?[ -]up (?:of|in|with) \{possessive\} (?!primary|chronic|regular|family"
            r"|doctor|pcp|physician|usual|specialist|\{)",
            r"\bcomplain\w* of (?:\{condition|\{short|a\b|an\b|the\b|\{history)",
            r"\bhave (?:worsened|improved)\b|\bas it is\b|\bhas been (?:at|on|to|it|an?)\b",
            r"\bdoes not (?:walk|work|sleep|eat)[.,]|\bdid not (?:improve|help)[.,]",
            r"\ban? (?:lot|bit) of (?:time|that|this|it|the)\b|\bas well as \{possessive\}",
            r"\b(?:to|will) (?:help|manage|proceed) with the (?:clinic|patient|office)\b",
            r"\bin the (?:morning|evening|night) to\b|^continue\b[^.]*\b(?:is|was) continue"
            r"|\bdiscussed that\b|\bby \{date\}|\bno one\b|\bin no\b(?! (?:acute |apparent )?distress)|\bno other\b[^.]*\bhistory is\b",
        ),
    )
)
_SPLIT = _rule(rf"^(?P<first>[^.,]*), (?:and the patient to|{_SUBJECT}) ")
_LEADS = _rule(
    r"^(?:if|when|since|while|although|though|as|after|before|because|until|once|at|in|on|for|over"
    r"|during|per|with|without|by|regarding|despite|today|currently|overall|otherwise|recently"
    r"|initially|unfortunately|fortunately|however|also|additionally|briefly|notably|generally"
    r"|reportedly|typically|usually|sometimes|occasionally|yesterday|then|now|again|instead|other"
    r"|of note|to date|given|prior|following|\{lasting\}|\{date\})\b",
)
_HAS_VERB = _rule(
    r"\b(?:is|are|was|were|has|had|have|does|did|do|can|could|will|would|denies|reports|states|says"
    r"|feels|takes|takes|continue|continues|follow|return|began|\w+ed)\b"
)
_NO = f"(?:{NEGATION.pattern})"
_NOT_TWICE = _rule(rf"{_NO}[^.,]*{_NO}")


def senseless(text: str) -> bool:
    """Whether one of a text's sentences says nothing that anybody would say."""
    return any(map(_nonsense, re.split(r"(?<=[.!?])\s+", text)))


def _nonsense(sentence: str) -> bool:
    if any(rule.search(sentence) for rule in _SENSELESS) or _NOT_TWICE.search(sentence):
        return True
    split = _SPLIT.match(sentence)
    if split is None or _LEADS.match(sentence):
        return False
    return bool(_HAS_VERB.search(split["first"]))
