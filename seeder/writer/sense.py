"""Sentences that are grammar of words and no sense: what a small model writes and nobody says.

The rules (``senseless.txt``) were written for sentences that were read. They judge by wording
alone, and rather lose a good sentence than keep a bad one.
"""

from __future__ import annotations

import re
from functools import cache

from seeder.text.grammar import home
from seeder.text.pool import SLOT
from seeder.writer.lexicon import NEGATION

_MACROS = {
    "<thing>": r"\{(?:condition|short|diagnosis|symptoms?|findings?)(?:_terse)?\}",
    "<fact>": r"\{(?:condition|short|diagnosis|symptoms?|findings?|history|drug|medicine)"
    r"(?:_terse)?\}",
}


def _rule(pattern: str) -> re.Pattern[str]:
    for name, meant in _MACROS.items():
        pattern = pattern.replace(name, meant)
    return re.compile(pattern, re.IGNORECASE)


@cache
def _rules() -> tuple[re.Pattern[str], ...]:
    """The rules of senseless.txt."""
    lines = home().joinpath("senseless.txt").read_text("utf-8").splitlines()
    return tuple(_rule(line) for line in lines if line and line[0] != "#")


_SPLIT = _rule(
    r"^(?P<first>[^.,]*), (?:and the patient to|(?:\{pronoun\}|(?:the )?(?:patient|pt))) "
)
_LEADS = _rule(
    r"^(?:if|when|since|while|although|though|as|after|before|because|until|once|at|in|on|for|over"
    r"|during|per|with|without|by|regarding|despite|today|currently|overall|otherwise|recently"
    r"|initially|unfortunately|fortunately|however|also|additionally|briefly|notably|generally"
    r"|reportedly|typically|usually|sometimes|occasionally|yesterday|then|now|again|instead|other"
    r"|of note|to date|given|prior|following|\{lasting\}|\{date\})\b",
)
_FRAGMENT = _rule(
    r"^(?:in(?! no\b| for\b)|on|at|of(?! note)|most of|during|after|from|all of|some of|because of"
    r"|due to|regarding|with|w/|without|w/o)\b"
)
_HAS_VERB = _rule(
    r"\b(?:is|are|was|were|has|had|have|does|did|do|can|could|will|would|denies|reports|states|says"
    r"|feels|takes|takes|continue|continues|follow|return|began|\w+ed)\b"
)
# Two words again, a word of weight that a sentence says twice, or a lighter one three times.
_AGAIN = _rule(
    r"\b(\w{4,} \w{4,})\b[^.]*\b\1\b|\b(\w{7,})\b[^.]*\b\2\b|\b(\w{4,})\b[^.]*\b\3\b[^.]*\b\3\b"
)
_NO = f"(?:{NEGATION.pattern})"
_NOT_TWICE = _rule(rf"{_NO}[^.,]*{_NO}")


def senseless(text: str) -> bool:
    """Whether one of a text's sentences says nothing that anybody would say."""
    return any(map(_nonsense, re.split(r"(?<=[.!?])\s+", text)))


def _nonsense(sentence: str) -> bool:
    words = SLOT.sub("{}", sentence)
    if _AGAIN.search(words) or _NOT_TWICE.search(words):
        return True
    if any(rule.search(sentence) for rule in _rules()):
        return True
    if _FRAGMENT.match(sentence) and not _HAS_VERB.search(sentence):
        return True
    split = _SPLIT.match(sentence)
    if split is None or _LEADS.match(sentence):
        return False
    return bool(_HAS_VERB.search(split["first"]))
