"""What a model wrote, judged: the body that it is, or why it is none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from seeder.text import checks, grammar
from seeder.text.pool import SLOT, Body, gist, slots_of
from seeder.writer import guide, lexicon, pairs, safe, sense, truth, units
from seeder.writer.units import ANY, OTHER, Unit

LEAST, MOST = 3, 70  # words of a body
_WORN = 6  # bodies that a sentence may stand in
# What a section's text must have, a slot or a word, to be one of that section.
_ABOUT = {
    section: re.compile(pattern, re.I)
    for section, pattern in {
        "background": r"\{history|history|condition|medical|surger|hospital",
        "medicines": r"\{medicine|\{drug|medic|\bmeds\b|prescri|tak(?:es|ing)",
        "vitals": r"\{(?:bp|pulse|temp|rr|sat)\}",
        "exam": r"exam|\{finding|\{normal|appear|alert|inspect|distress|unremarkable|o/e",
        "impression": r"\{condition|\{diagnosis|\{short|diagnos|impression|stable|improv"
        r"|control|worsen|doing well|resolv|consistent|progress|agree",
        "results": r"\{lab|\{value|\blabs?\b|results?|tests?|stud(?:y|ies)|level",
        "denials": r"\{denied|den(?:y|ies)|no\b|negative|neg\b",
        "social": r"liv(?:es|ing)|work|famil|partner|child|home|exercis|job|employ|social",
        "plan": r"\{plan|will|continue|recommend|advis|discuss|start|follow|return|monitor|should"
        r"|need|treat|refer|plan|order|schedul|instruct|encourag|review|questions|agree|return",
        "followup": r"follow|return|recheck|call|weeks?|review|see\b|appointment|f/u|discharg|home"
        r"|\{lasting|\{date",
        "complaint": r"\{symptom|\{diagnosis|\{condition|\{short|follow|visit|check|\{lasting",
        "opening": r"\{(?:a_who|who|an_age|age|symptom|condition|short|diagnosis|lasting)|present"
        r"|\bcom(?:es|ing)|\bhere\b|\bseen\b|refer|brought|evaluat|visit|return|follow|appointment",
    }.items()
}
# What other sections say.
_PLANNED = re.compile(
    r"\bagree|questions were|^continue\b|\bwill (?:follow|call|refer|continue|start|order)"
    r"|\bI (?:also )?(?:advis|recommend|discuss|encourag|explain|review)"
    r"|\bexplained\b|\b(?:we|was) discuss|\bplan\b|prescri", re.I,
)  # fmt: skip
_ELSEWHERE = {"opening": _PLANNED, "course": _PLANNED, "background": _PLANNED,
              "medicines": re.compile(r"\bagree|questions were|\bdiagnos")}  # fmt: skip
# Where a text belongs that was asked for elsewhere: the first section whose words it has.
_HOMES = tuple(
    (section, re.compile(pattern, re.I))
    for section, pattern in (
        (
            "opening",
            r"\{(?:an_age|a_who|age|who)\}|^\S+(?: \S+)? presents? (?:with|for|to|today)\b",
        ),
        ("vitals", r"\{(?:bp|pulse|temp|rr|sat)\}"),
        ("denials", r"\{denied|\bden(?:y|ies)\b"),
        ("medicines", r"\{(?:medicine|drug)|\bmedications?\b"),
        ("background", r"\{history|\bpast medical history\b"),
        ("followup", r"\bwill (?:follow|return|call|see|be seen)\b|\bfollow up with\b"),
        (
            "plan",
            r"\bwill\b|\brecommend|\badvised?\b|\bdiscussed\b|\bagree|questions were|^continue",
        ),
        (
            "impression",
            r"\{(?:condition|diagnosis)\}[^.]*\b(?:stable|control|improv|resolv|worsen)",
        ),
        ("course", r""),
    )
)
# How examinations for students are worded, and notes are not.
_VIGNETTE = re.compile(
    r"\b(?:comes? to|presents? to|brought to) (?:the |\{possessive\} (?:\w+ )*)physician"
    r"|physician because|\bphysical examination shows\b|is diagnosed with", re.I,
)  # fmt: skip
# Sections whose sentences have a verb, where they are written in full.
_TOLD = ("opening", "course", "exam", "social", "vitals", "denials")
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|had|have|do|does|did|can|could|will|would|may|might|should|must|seems?"
    r"|denies|reports|states|says|notes|feels|felt|takes|took|lives|comes|came|goes|went|gets|got"
    r"|makes|made|began|begins|became|becomes|describes|complains|presents|appears|works|keeps|kept"
    r"|finds|found|thinks|thought|knows|knew|saw|sees|says|said|told|tells|wakes|woke|ate|eats|slept"
    r"|sleeps|drank|ran|runs|fell|hit|lost|left|stands|sits|walks|wants|needs|tries|uses|returns"
    r"|remains|continues|lasts|occurs|improves|worsens|helps|starts|stops|believes|mentions"
    r"|endorses|admits|recalls|remembers|follows|enjoys|likes|exercises|\w+ed)\b|n't\b", re.I,
)  # fmt: skip
_MEASURED = re.compile(r"\{(?:bp|pulse|temp|rr|sat|weight|height|bmi|value|lab)", re.I)


@dataclass
class Judge:
    """Bodies that were taken, and what was wrong with those that were not.

    ``runs`` are those of the open notes that no body may repeat; ``pairs`` the neighbours that a
    text may have, any where there are none.
    """

    runs: frozenset[int] = frozenset()
    pairs: frozenset[int] = frozenset()
    fluent: bool = False  # by a model that has read enough: only what stands around facts is asked
    wanted: frozenset[str] = frozenset()  # the sections that are taken; all where there are none
    least: float = -3.0  # mean logarithm of a token's probability
    likely: float = -3.0  # and of a text that has runs of four words that nobody wrote
    reasons: Counter[str] = field(default_factory=Counter)
    _seen: set[tuple[object, ...]] = field(default_factory=set)
    _worn: Counter[str] = field(default_factory=Counter)

    def known(self, bodies: Iterable[Body]) -> None:
        """Bodies that there are already: they are not taken again."""
        for body in bodies:
            self._seen.add(_key(body))

    def keeps(self, body: Body) -> bool:
        """Whether a body of an older pool passes what can be read off it alone."""
        text = body.body
        if body.style == "full":
            text = with_articles(text)
        return not (
            (self.wanted and body.section not in self.wanted)
            or _broken(text)
            or not _fits(body.section, text)
            or _VIGNETTE.search(text)
            or truth.untrue(body.section, text)
            or sense.senseless(text)
            or (body.style == "full" and not self._prose(text))
        )

    def bodies(self, unit: Unit, score: float) -> list[Body]:
        """The body, and its like in the abbreviations of clinicians where the section has them."""
        made = self.body(unit, score)
        if made is None or unit.style == "terse" or unit.section not in sections("terse"):
            return [] if made is None else [made]
        short = made._replace(style="terse", body=safe.terse(made.body))
        words = len(short.body.split())
        if short.body == made.body or words < LEAST or self._refused(short, unit.kind):
            return [made]
        self.reasons["abbreviated"] += 1
        return [made, short]

    def body(self, unit: Unit, score: float) -> Body | None:
        """The body, or None with a reason counted."""
        unit = _suited(filed(unit._replace(text=tidy(unit.text))))
        made = Body("*", unit.section, unit.style, _scope(unit), "*", "", unit.text)
        reason = self._wrong(unit, made, score)
        if not reason:
            made = made._replace(when=truth.when(unit), body=owned(unit.text))
            reason = self._refused(made, unit.kind)
        self.reasons[reason or "taken"] += 1
        return None if reason else made

    def _refused(self, made: Body, kind: str) -> str:
        """What the checks say of a body; one that they pass is kept in mind."""
        found = checks.problems([made._replace(kind=kind)], self._known())
        if found:
            return found[0].code
        if _key(made) in self._seen:
            return "near-duplicate"
        said = [f"{made.style} {s}" for s in sentences(made.body)]
        if len(said) > 1 and any(self._worn[s] >= _WORN for s in said):
            return "worn"
        self._worn.update(said)
        self._seen.add(_key(made))
        return ""

    def _wrong(self, unit: Unit, body: Body, score: float) -> str:
        text = body.body
        count = len(text.split())
        if not LEAST <= count <= MOST:
            return "length"
        if not self.trusts(text, score):
            return "unlikely"
        if unit.condition == OTHER or _scope(unit) not in lexicon.of(text, unit.kind, unit.section):
            return "foreign"
        if _broken(text):
            return "broken"
        if (self.wanted and unit.section not in self.wanted) or not _fits(unit.section, text):
            return "section"
        if (
            unit.style == "full"
            and unit.section in _TOLD
            and not all(map(_VERB.search, sentences(text)))
        ):
            return "no verb"
        if _VIGNETTE.search(text):
            return "vignette"
        if truth.untrue(unit.section, text):
            return "untrue"
        if sense.senseless(text):
            return "senseless"
        return "" if self._prose(text) else "unheard"

    def _prose(self, text: str) -> bool:
        """Whether people write these words beside one another: every two and three, most of every
        four, and any two of a sentence that say something."""
        if not self.pairs:
            return True
        return all(map(self._placed if self.fluent else self._heard, sentences(text)))

    def _placed(self, text: str) -> bool:
        """Whether people put such words around a fact."""
        words = pairs.words(text)
        runs = (
            run for size in (2, 3) for run in zip(*(words[i:] for i in range(size)), strict=False)
        )
        return all(pairs.number(run) in self.pairs for run in runs if not _FACTS.isdisjoint(run))

    def _heard(self, text: str) -> bool:
        if not all(self.pairs.issuperset(pairs.of(text, size)) for size in (2, 3)):
            return False
        if not self.pairs.issuperset(pairs.together(text)):
            return False
        fours = [f in self.pairs for f in pairs.of(text, 4)]
        return fours.count(False) <= 1 + guide.NEW * len(fours)

    def trusts(self, text: str, score: float) -> bool:
        """Whether a text is likely enough by the model that wrote it."""
        return score >= self.likely or (score >= self.least and self.sure(text))

    def sure(self, text: str) -> bool:
        """Whether people wrote every four words of its sentences in a row."""
        return all(self.pairs.issuperset(pairs.of(s, 4)) for s in sentences(text))

    def _known(self) -> checks.Lexicon:
        base = checks.lexicon()
        return checks.Lexicon(base.drugs, base.conditions, self.runs)


def filed(unit: Unit) -> Unit:
    """A text in the section that it belongs to: a model often begins anew, or runs ahead."""
    begins = unit.section != "opening" and _HOMES[0][1].search(unit.text)
    if not begins and _fits(unit.section, unit.text):
        return unit
    for section, own in _HOMES:
        if own.search(unit.text) and _fits(section, unit.text):
            return unit._replace(section=section, kind=units.kinds_of(section)[0])
    return unit


_FACTS = frozenset(
    "{symptom} {symptoms} {condition} {diagnosis} {short} {history} {medicine} {drug} {finding}"
    " {findings} {lasting} {date} {provider} {a_who} {an_age} {plan} {plans}".split()
)


def _suited(unit: Unit) -> Unit:
    """A text that was asked for a group, and says nothing of its own, suits all conditions."""
    if unit.condition in (ANY, OTHER) or ANY not in lexicon.of(unit.text, unit.kind, unit.section):
        return unit
    return unit._replace(condition=ANY)


def _scope(unit: Unit) -> str:
    return ANY if unit.condition == ANY else unit.condition


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return re.split(r"(?<=[.!?])\s+", text)


def _key(body: Body) -> tuple[object, ...]:
    return (body.section, body.style, *gist(body.body))


# Lists of the knowledge have articles of their own: behind an adjective the bare words stand.
_ALONE = re.compile(r"\b([a-z]+) \{(symptoms?|condition|findings?)\}")
_BARE = {"symptom": "symptom_terse", "condition": "diagnosis"}
_BEFORE = frozenset(
    """
    of with for has had have having report reports reported reporting describes described note
    notes noted noticed notices experiences experienced experiencing develop develops developed
    developing about by from and or to is was are were be been including includes include after
    since treat treated treating cause causes caused causing felt feels mentions mentioned
    endorses shows showed reveals revealed suggests suggested regarding like likely evaluate
    manage managed remains then when but because that where which also still during between
    against as on in via monitor discuss discussed describe describing presents presenting
    presented diagnose
    """.split()
)


_SIDE = r"(?:left|right|bilateral|upper|lower|mid)(?:[ -]sided)?"
_PART = rf"(?:{'|'.join(sorted(checks.PARTS))}|side|leg|hand)s?"
_SIDES = rf"(?:{_SIDE}(?:[ ,-]| and )+)"
# Where a symptom is felt, which its slot says itself; an article or a word of number before a slot
# that has its own.
_MENDED = tuple(
    (re.compile(pattern, re.I), into)
    for pattern, into in (
        (rf"\b{_SIDES}+(?:{_PART} )?(?=\{{symptom)", ""),
        (rf"(?<=\}}) (?:in|of|to|on|along) (?:the |\{{possessive\}} )?{_SIDES}+{_PART}\b", ""),
        (r"\b(?:an?|some|any|the|this) (?=\{(?:symptoms|condition|history|medicine)\})", ""),
        (r"\b(?:an?|some|any) (?=\{(?:symptom|finding|findings)\})", ""),
        (r"\b(?:the|this|that|a bit of an?|a little) (?=\{(symptom|finding)\})", ""),
        (r"\bfollowup\b", "follow-up"),
        (r"\bcheckup\b", "check-up"),
    )
)  # fmt: skip


def tidy(text: str) -> str:
    """The text as bodies are written: facts as slots, single blanks, a capital in front."""
    parts = sentences(re.sub(r"\s+", " ", text).strip())
    text = " ".join(safe.facts(p) for p in parts if p)
    for pattern, into in _MENDED:
        text = pattern.sub(into, text)
    text = _ALONE.sub(_bare, text)
    text = re.sub(r"\s+([.,;:?!])", r"\1", text)
    if text[:1] == "{":
        return "{" + text[1:2].upper() + text[2:]
    return text[:1].upper() + text[1:]


_OWNED = re.compile(r"(?<=\{[Pp]ossessive\}) \{(condition|symptom)\}")
_UNOWNED = re.compile(r"(?<=\{[Pp]ossessive\}) \{(diagnosis|symptom_terse)\}")
_WITH = {"diagnosis": "condition", "symptom_terse": "symptom"}  # and without its article


def owned(text: str) -> str:
    """The text with no article behind 'her'."""
    return _OWNED.sub(lambda m: f" {{{_BARE[m[1]]}}}", text)


def with_articles(text: str) -> str:
    """The text as it was before."""
    return _UNOWNED.sub(lambda m: f" {{{_WITH[m[1]]}}}", text)


def _fits(section: str, text: str) -> bool:
    about, elsewhere = _ABOUT.get(section), _ELSEWHERE.get(section)
    if elsewhere and elsewhere.search(text):
        return False
    if section not in ("vitals", "results", "exam") and _MEASURED.search(text):
        return False
    return about is None or bool(about.search(text))


def _bare(match: re.Match[str]) -> str:
    before, slot = match[1], match[2]
    if before in _BEFORE:
        return match[0]
    return f"{before} {{{_BARE.get(slot, slot)}}}"


_INSIDE = re.compile(r"(?<![.!?:]\s)(?<!^)(?<!\")\b(?!I\b)[A-Z][a-z]+")
_DOUBLED = re.compile(r"\b(\w+)\s+\1\b", re.I)
_ODD = re.compile(
    r"[#;:]|\{\w+\}\w|\w\{\w+\}"
    r"|\b(?:an?|the|some|any|this) \{(?:symptom|condition|diagnosis|finding|short)"
    r"|\{[Pp]ossessive\} \{(?:symptoms|findings?)\}"
    r"|\b(?:an?|the) \{(?:[Pp]ronoun|[Pp]ossessive|[Rr]eporter|[Aa]_who|history|lasting)\}"
    r"|\{possessive\} (?:\{possessive\}|\{pronoun\}|\{object\}|is\b|was\b|has\b|had\b)"
    r"|\{[Pp]ronoun\} (?:\{(?!fever)|(?:of|and|that|with|for|or)\b)"
    r"|\b(?:of|with|and|or|for|to|the|an?|in)[.,]|\bcontinue to continue|\bof (?:for|with|of)\b"
    r"|\{(?:[Cc]ondition|[Dd]iagnosis|[Ss]hort)\} (?:of|who|ago)\b|\b(\w+) (?:or|and) \1\b"
)


def _broken(text: str) -> bool:
    """Whether a text is no prose: odd marks, names, doubled words, a slot told twice."""
    if (
        _ODD.search(text.replace("{object}self", "it"))
        or _DOUBLED.search(text)
        or text.count('"') % 2
    ):
        return True
    if _INSIDE.search(SLOT.sub("x", text)):
        return True
    if any(m[1] not in _BEFORE and m[2] not in _BARE for m in _ALONE.finditer(text)):
        return True
    names = [s[:1].lower() + s[1:] for s in slots_of(text)]
    told = [n.split("_")[0].rstrip("s") for n in names if n not in _FREE]
    return len(told) != len(set(told)) or len(names) > 9


_FREE = frozenset("pronoun possessive object reporter".split())


@cache
def sections(style: str) -> tuple[str, ...]:
    """The sections of the grammar that several kinds share, in a register."""
    kinds: dict[str, set[str]] = {}
    for body in grammar.load().pool.bodies():
        if body.style == style:
            kinds.setdefault(body.section, set()).add(body.kind)
    return tuple(s for s, of in kinds.items() if len(of) > 1)
