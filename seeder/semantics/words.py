"""Names of columns and tables as words: split, spelled out, singular."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from importlib.resources import files

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _data(name: str) -> str:
    return (files("seeder.semantics") / "catalogue" / name).read_text(encoding="utf-8")


# Abbreviations of clinical and everyday schemas, spelled out. One word may become several.
SPELLED: dict[str, str] = dict(line.split("=") for line in _data("spelled.txt").splitlines())

_KEEP = frozenset(
    "status diagnosis address series dispenses gps sms his dos uses loss cross process analysis "
    "prognosis class basis gas mass access ms us axis is has was as bus virus canvas".split()
)

# Words that stand run together in names without separators (patientid, lastbilleddate).
KNOWN = frozenset(_data("known.txt").split())


def singular(word: str) -> str:
    """A plural noun's singular, by the rules that English column names need."""
    if (
        len(word) <= 3
        or word in _KEEP
        or not word.endswith("s")
        or word.endswith(("ss", "is", "us"))
    ):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


# Short words that only end a name: collecteddt, lotno, primarydx.
_LAST = frozenset("dt no cd nm tm ts dx".split())


@lru_cache(maxsize=16384)
def _joined(word: str) -> tuple[str, ...]:
    """A word that is several known words run together, else itself; a last letter may be left."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for stop in range(2, len(word) + 1):
        for start in range(max(stop - 14, 0), stop - 1):
            piece, before = word[start:stop], best[start]
            # mothersname: of the mother.
            known = piece in KNOWN or piece in SPELLED
            known = known or (piece[-1] == "s" and len(piece) > 4 and piece[:-1] in KNOWN)
            if before is None or not known:
                continue
            last = stop == len(word) and piece in _LAST and start
            if len(piece) < 3 and not last and piece not in ("id", "at", "by", "to", "of"):
                continue
            here = best[stop]
            if here is None or len(before) + 1 < len(here):
                best[stop] = (*before, piece)
    whole = best[len(word)]
    if whole:
        return whole
    most = best[len(word) - 1]
    # 'p' marks the patient's share in statusp, lastbilleddatep.
    return (*most, "p") if most and len(word) > 6 and word[-1] == "p" else (word,)


_WITH_NUMBER = frozenset("hba hb spo vo po pco fio t b o".split())


def _numbered(word: str, number: str) -> bool:
    """Whether the number belongs to the word: icd10, hba1c, but not the first icd of several."""
    return word in _WITH_NUMBER or (word == "icd" and number in ("9", "10", "11"))


@lru_cache(maxsize=32768)
def tokens(name: str) -> tuple[tuple[str, ...], str]:
    """The words of a name, and the number at its end ('' when it has none).

    ``diagnosis_code_2`` -> (('diagnosis', 'code'), '2'); ``patientDOB`` -> (('patient', 'birth',
    'date'), '').
    """
    found: list[str] = []
    group = ""
    for part in _CAMEL.findall(name.replace("SpO2", "spo2").replace("O2", "o2")):
        if part.isdigit():
            if found and _numbered(found[-1], part):
                found[-1] += part
            else:
                group = part
            continue
        found.append(part.lower())
    words: list[str] = []
    for word in found:
        words += _spell(word)
    if "and" in words:
        words = [w for w in words if w != "and"]  # date and time
    while ("date", "time") in itertools.pairwise(words):
        at = list(itertools.pairwise(words)).index(("date", "time"))
        words[at : at + 2] = ["datetime"]
    if len(words) > 1 and words[-1] == "p" and not group:
        group = words.pop()
    if len(words) > 1 and words[-1] == "c" and not group:
        words.pop()  # the code of a category, as in SEX_C
    # A name without a Latin letter is a word of its own.
    return tuple(words) or (name.lower(),), group


# Words that stand behind what they tell of in some names, and before it in others.
_BEFORE = frozenset(
    "short long full primary secondary home formal alternate alternative official local".split()
)


def headed(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words with the one last that says what the column holds: name_short is a short name, the
    severity of a reaction is a reaction severity, and a number of beds is a bed count."""
    if "of" in words[1:-1]:
        at = words.index("of", 1)
        head = ("count",) if words[:at] == ("number",) else words[:at]
        return (*words[at + 1 :], *head)
    if len(words) > 1 and words[-1] in _BEFORE and words[0] not in _BEFORE:
        return (words[-1], *words[:-1])
    return words


_VOWELS = re.compile(r"[aeiou]")


@lru_cache(maxsize=1)
def _skeletons() -> dict[str, str]:
    """Known words by what is left without their vowels: prvdr, srvc, dschrg. Of several, none."""
    found: dict[str, str] = {}
    for word in sorted(KNOWN):
        bare = _bare(word)
        found[bare] = "" if bare in found else word
    return {bare: word for bare, word in found.items() if word and len(bare) >= 4}


def _bare(word: str) -> str:
    return word[0] + re.sub(r"(.)\1", r"\1", _VOWELS.sub("", word[1:]))


@lru_cache(maxsize=32768)
def _spell(word: str) -> tuple[str, ...]:
    if word in SPELLED:
        return tuple(SPELLED[word].split())
    one = singular(word)
    if one in SPELLED:
        return tuple(SPELLED[one].split())
    if one not in KNOWN and len(one) >= 4 and not _VOWELS.search(one[1:]):
        return (_skeletons().get(_bare(one), one),)
    if one in KNOWN or one in _KEEP or len(one) < 6:
        return (one,)
    pieces = _joined(word) if _joined(word) != (word,) else _joined(one)
    if len(pieces) == 1:
        return (one,)
    spelled: list[str] = []
    for piece in pieces:
        spelled += SPELLED.get(piece, singular(piece)).split()
    return tuple(spelled)
