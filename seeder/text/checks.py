"""What is wrong with a body: the checks that a text passes before it may enter a pool.

They read words only, and know nothing of how a body was written: a grammar's, a person's and a
model's are held to the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from seeder.clinical.knowledge import load
from seeder.errors import SeederError
from seeder.text import grammar, phrases, slots, tags
from seeder.text.pool import SLOT, Body, gist, slots_of

RUN = 8  # words of an open note that no body repeats in a row
_WORD = re.compile(r"[a-z][a-z'-]*")
_MARKUP = re.compile(r"[<>*#`_\[\]{}|\\]")
_NAMED = re.compile(r"\b(?:SpO2|O2|HbA1c|B12|COVID-19)\b")  # names that have a digit
_END = re.compile(r"[.!?:]$|[.!?]\"$")
# Words that tell a sex, where the sex is a slot.
SEX = frozenset(
    "he she his her him hers himself herself man woman men women male female boy girl mr mrs ms "
    "gentleman lady son daughter".split()
)
# Parts of the body; a body names only those of its own condition.
PARTS = frozenset(
    "abdomen ankle arm breast chest ear elbow eye foot hand heart hip kidney knee leg liver lung "
    "lungs neck pelvis prostate scalp shoulder skull spine stomach testicle throat thyroid toe "
    "uterus wrist".split()
)
# Names of conditions that are everyday words too.
EVERYDAY = frozenset({"injury", "minor injury"})
_DRUGS = frozenset({"drug", "once"})
# What a section must say with a slot, if it is said at all.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "vitals": ("bp", "pulse"),
    "diagnosis": ("diagnosis", "short"),
    "asks letter": ("condition",),
}
# Slots that a row has only with a tag: one of these.
NEEDED: Mapping[str, frozenset[str]] = {
    **dict.fromkeys("medicine drug dose amount route often how sig".split(), _DRUGS),
    **dict.fromkeys(("how_terse", "sig_terse", "drug_class"), _DRUGS),
    "value": frozenset({"lab"}),
    "history": frozenset({"comorbid"}),
    "history_terse": frozenset({"comorbid"}),
}
# Kinds whose texts are words and no sentences, and that name complaints themselves.
PHRASES = frozenset(
    "allergy_reaction appointment_reason audit_message chief_complaint sig sig_word word".split()
)


@dataclass(frozen=True)
class Problem:
    """What is wrong with which body."""

    body: Body
    code: str
    message: str


@dataclass(frozen=True)
class Lexicon:
    """Words that only some bodies may have. ``runs`` are the runs of open notes."""

    drugs: frozenset[str]
    conditions: Mapping[str, frozenset[str]]
    runs: frozenset[int] = field(default_factory=frozenset)


@cache
def lexicon() -> Lexicon:
    """Drugs and conditions of the knowledge. A condition's name of a single common word, such as
    a symptom, is left out: sentences need it."""
    known = load()
    names: dict[str, set[str]] = {}
    symptoms = {phrases.bare(x) for s in phrases.said() for x in s.symptoms}
    for said, condition in zip(phrases.said(), known.conditions.values(), strict=False):
        name = phrases.bare(said.name).lower()
        if name not in symptoms and condition.code[0] not in "RZ" and name not in EVERYDAY:
            names.setdefault(name, set()).update((said.code, condition.group))
    return Lexicon(
        frozenset(d.generic.lower() for d in known.drugs.values()) - {"oxygen"},
        {name: frozenset(of) for name, of in names.items()},
    )


def runs_of(text: str, size: int = RUN) -> Iterator[int]:
    """A number for each run of so many words. Numbers are kept and not texts: notes are large."""
    words = _WORD.findall(text.lower())
    for place in range(len(words) - size + 1):
        yield _number(" ".join(words[place : place + size]))


def _number(text: str) -> int:
    value = 14695981039346656037  # FNV-1a of 64 bits
    for byte in text.encode():
        value = (value ^ byte) * 1099511628211 & 0xFFFFFFFFFFFFFFFF
    return value


def problems(bodies: Iterable[Body], known: Lexicon | None = None) -> list[Problem]:
    """All that is wrong with these bodies, near-duplicates included."""
    words = known or lexicon()
    found: list[Problem] = []
    seen: dict[tuple[str, ...], str] = {}
    for body in bodies:
        found += [Problem(body, code, message) for code, message in _of(body, words)]
        key = (*body[:6], *gist(body.body))
        if key in seen:
            found.append(Problem(body, "near-duplicate", f"says the same as {seen[key]!r}"))
        seen.setdefault(key, body.body)
    return found


def _of(body: Body, known: Lexicon) -> Iterator[tuple[str, str]]:
    text = SLOT.sub("", body.body)
    yield from _slots(body)
    yield from _tags(body)
    if re.search(r"\d", _NAMED.sub("", text)):
        yield "digit", "a digit outside a slot: facts are slots"
    if _MARKUP.search(text):
        yield "markup", f"markup or a broken slot: {_MARKUP.search(text)[0]!r}"  # type: ignore[index]
    if body.kind not in PHRASES and not _ends(body.body):
        yield "sentence", "does not end as a sentence"
    if re.search(r"\.\s+\{?[a-z]", body.body):
        yield "sentence", "a stop inside a sentence"
    yield from _foreign(body, text.lower(), known)
    if known.runs and not known.runs.isdisjoint(runs_of(SLOT.sub("|", body.body))):
        yield "copied", f"{RUN} words in a row stand in an open note"


def _ends(text: str) -> bool:
    """Whether a body ends a sentence; a slot that holds whole sentences does, a greeting too."""
    return bool(_END.search(text)) or text.endswith((",", "{plans}", "{Plans}", "ormal}"))


def _slots(body: Body) -> Iterator[tuple[str, str]]:
    used = {s[:1].lower() + s[1:] for s in slots_of(body.body)}
    for name in sorted(used - slots.names()):
        yield "slot", f"unknown slot {{{name}}}"
    wanted = REQUIRED.get(body.section, ())
    if wanted and not used.intersection(wanted):
        yield "required", f"says none of {', '.join('{' + w + '}' for w in wanted)}"
    for name, needed in NEEDED.items():
        if name in used and needed.isdisjoint(body.when.split()):
            yield "required", f"{{{name}}} needs the tag {' or '.join(sorted(needed))}"


def _tags(body: Body) -> Iterator[tuple[str, str]]:
    try:
        tags.masks(body.when)
    except SeederError as error:
        yield "tag", str(error)
    if body.band != "*" and body.band not in tags.BANDS:
        yield "tag", f"unknown age band {body.band!r}"


def _foreign(body: Body, text: str, known: Lexicon) -> Iterator[tuple[str, str]]:
    words = set(_WORD.findall(text))
    for word in sorted(words & SEX):
        yield "sex", f"{word!r} tells a sex: that is a slot"
    for drug in sorted(known.drugs):
        if drug in text and re.search(rf"\b{re.escape(drug)}\b", text):
            yield "drug", f"names the drug {drug}"
    for name, of in known.conditions.items():
        if (
            name in text
            and body.kind not in PHRASES
            and body.condition not in of
            and re.search(rf"\b{re.escape(name)}\b", text)
        ):
            yield "condition", f"names {name}, which is not its condition"
    if body.condition == "*" and body.kind not in PHRASES:
        for part in sorted(words & PARTS):
            if not _usual(text, part):
                yield "part", f"names a part of the body: {part}"


# The body parts that everybody's examination has.
_USUAL = ("heart rate", "crib", "hand over")


def _usual(text: str, part: str) -> bool:
    return any(part in phrase and phrase in text for phrase in _USUAL)


def of_grammar(language: str = "en") -> list[Problem]:
    """All that is wrong with the grammar's own pool."""
    return problems(grammar.load(language).pool.bodies())
