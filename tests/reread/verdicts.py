"""Each fact of a text held against its rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, NamedTuple

from seeder.clinical.knowledge import load
from tests.reread import words
from tests.reread.charts import Result, Text, chronic
from tests.reread.facts import Fact, flaws, instruction, read

# absent: no row says anything of it; null: the row that would has NULL there; skipped: what was
# said is no statement of the patient.
Outcome = Literal["true", "absent", "null", "contradicted", "skipped"]


class Verdict(NamedTuple):
    """What became of one fact."""

    kind: str
    outcome: Outcome
    said: str
    place: str


def judged(text: Text, staff: set[str]) -> Iterator[Verdict]:
    """A verdict for every fact of a text, and for every flaw of its form."""
    facts = [*read(text.body), *(instruction(text.body) if text.kind == "sig" else ())]
    occasion = _occasion(text, facts)
    for fact in facts:
        if fact.kind == "vital sign":
            outcome = _sign(fact, occasion)
        elif fact.kind == "result":
            yield from _result(fact, text)
            continue
        elif fact.kind == "staff":
            outcome = _staff(fact, text, staff)
        elif fact.kind == "fever":
            outcome = _fever(fact, facts, occasion)
        else:
            outcome = _JUDGES[fact.kind](fact, text)
        yield Verdict(fact.kind, outcome, fact.said, text.place)
    whole = text.kind not in ("complaint", "sig")
    for flaw in flaws(text.body, whole):
        yield Verdict("form", "contradicted", f"{flaw.kind}: {flaw.said}", text.place)
    if not text.body.strip():
        yield Verdict("form", "contradicted", "empty", text.place)


def _either(true: bool) -> Outcome:
    return "true" if true else "contradicted"


def _dated(true: bool, text: Text) -> Outcome:
    """Of a fact of the visit's day: where the row does not name its visit, nothing is known."""
    return "true" if true else "absent" if text.visit.start is None else "contradicted"


# People ------------------------------------------------------------------------------------------


def _ages(text: Text) -> Iterator[tuple[dt.date, dt.date]]:
    """(born, today): all that the rows allow."""
    if text.patient.born is None:
        return
    # A note without a moment of its own is of any day of the visit.
    for moment in (text.visit.start, text.at or text.visit.end):
        if moment is not None:
            for born in text.patient.born:
                yield born, moment.date()


def age(born: dt.date, today: dt.date, unit: str) -> int:
    """Whole units of an age, by the calendar."""
    if unit == "day":
        return (today - born).days
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    return months if unit == "month" else months // 12


def _age(fact: Fact, text: Text) -> Outcome:
    number, unit = fact.value
    ages = [age(born, today, unit) for born, today in _ages(text)]
    return _dated(min(ages) <= number <= max(ages), text) if ages else "absent"


def _sex(fact: Fact, text: Text) -> Outcome:
    return _either(fact.value == text.patient.sex) if text.patient.sex in ("M", "F") else "null"


# Until which age the nouns are said, and from which on.
_GROWN = {"man": (18, 200), "woman": (18, 200), "boy": (0, 17), "girl": (0, 17), "baby": (0, 1),
          "infant": (0, 1), "child": (0, 17)}  # fmt: skip


def _noun(fact: Fact, text: Text) -> Outcome:
    low, high = _GROWN[fact.value]
    years = [age(born, today, "year") for born, today in _ages(text)]
    return _dated(max(years) >= low and min(years) <= high, text) if years else "absent"


# Time --------------------------------------------------------------------------------------------

_NEAR = 60  # minutes between what a note tells of and its being written


def _date(fact: Fact, text: Text) -> Outcome:
    visit = text.visit
    if visit.start is None:
        return "absent"
    start, end, own = (
        m.date() if m is not None else None for m in (visit.start, visit.end, text.at)
    )
    allowed = {"start": {start}, "end": {end}, "act": {start, own}}.get(fact.of, {start, end, own})
    if fact.of == "end" and end is None:
        return "contradicted"
    return _either(fact.value in allowed)


def _time(fact: Fact, text: Text) -> Outcome:
    moment = text.visit.start if fact.of == "arrival" else text.at
    if moment is None:
        return "absent"
    hour, minute = fact.value
    since = (moment.hour * 60 + moment.minute - hour * 60 - minute) % 1440
    return _either(since == 0 if fact.of == "arrival" else since <= _NEAR)


def _weekday(fact: Fact, text: Text) -> Outcome:
    days = {m.weekday() for m in (text.visit.start, text.at) if m is not None}
    return _dated(fact.value in days, text)


def _stay(fact: Fact, text: Text) -> Outcome:
    start, end = text.visit.start, text.visit.end
    if start is None:
        return "absent"
    if end is None:
        return "contradicted"
    days = (end - start) / dt.timedelta(days=1)
    return _either(abs(days - fact.value) <= 0.5)


def _duration(fact: Fact, text: Text) -> Outcome:
    """Symptoms last as long in every text of a visit."""
    said = text.visit.durations
    said.append((fact.value, text.place))
    if len(said) == 1:
        return "skipped"
    return _either(fact.value == said[0][0])


# Measurements ------------------------------------------------------------------------------------


def _occasion(text: Text, facts: list[Fact]) -> Mapping[str, float | None]:
    """The row of the visit's vital signs that the text tells of: the one that says most of the
    same; of none, where no row says half."""
    stated = {f.of: f.value for f in facts if f.kind == "vital sign"}
    best: Mapping[str, float | None] = {}
    most = 0.0
    for signs in text.visit.signs.values():
        told = [(signs.get(name), value) for name, value in stated.items()]
        known = [(row, value) for row, value in told if row is not None]
        same = sum(row == value for row, value in known)
        score = same / len(known) if known else 0.0
        if score >= 0.5 and score + same / 100 > most:
            best, most = signs, score + same / 100
    return best


def _sign(fact: Fact, occasion: Mapping[str, float | None]) -> Outcome:
    row = occasion.get(fact.of)
    if row is None:
        return "null" if fact.of in occasion else "absent"
    return _either(row == fact.value)


def _fever(fact: Fact, facts: list[Fact], occasion: Mapping[str, float | None]) -> Outcome:
    said = [f.value for f in facts if f.kind == "vital sign" and f.of == "temperature"]
    row = occasion.get("temperature")
    values = [*said, *([row] if row is not None else [])]
    return _either(all((v >= 38.0) == fact.value for v in values)) if values else "absent"


_FLAGS = {"L": "low", "LL": "low", "H": "high", "HH": "high", "N": "normal"}


def _result(fact: Fact, text: Text) -> Iterator[Verdict]:
    value, unit, flag = fact.value
    rows = [r for code in fact.of for r in text.visit.results.get(code, ())]
    known = [r for r in rows if r.value is not None]
    same = [r for r in known if _same(r.value, value)]
    # A name of two tests is believed of either.
    other: Outcome = "contradicted" if len(fact.of) == 1 else "absent"
    number: Outcome = "true" if same else other if known else "absent"
    yield Verdict("result", number, fact.said, text.place)
    if not same:
        return
    units = {words.unit(r.unit) for r in same if r.unit is not None}
    measured: Outcome = _either(words.unit(unit) in units) if units else "null"
    yield Verdict("unit of a result", measured, fact.said, text.place)
    if flag:
        flags = {f for r in same if r.value == Decimal(value) for f in _flag(r)}
        judged_: Outcome = _either(flag in flags) if flags else "null"
        yield Verdict("flag of a result", judged_, fact.said, text.place)


def _same(row: Decimal | None, said: str) -> bool:
    """Whether a value is the row's, which may have fewer decimals."""
    if row is None:
        return False
    step = Decimal(1).scaleb(int(row.as_tuple().exponent))
    return row in (Decimal(said), Decimal(said).quantize(step, ROUND_HALF_UP))


def _flag(row: Result) -> Iterator[str]:
    if row.flag in _FLAGS:
        yield _FLAGS[row.flag or ""]
    elif row.low is not None and row.high is not None and row.value is not None:
        yield "low" if row.value < row.low else "high" if row.value > row.high else "normal"


# Conditions and drugs ----------------------------------------------------------------------------


def _condition(fact: Fact, text: Text) -> Outcome:
    known, sexes = load().conditions, {"M": "F", "F": "M"}
    if fact.of not in ("denied", "ambiguous"):
        only = {known[c].sex for c in fact.value}
        if only == {sexes.get(text.patient.sex)}:
            return "contradicted"
    if fact.value & text.visit.conditions:
        return "true"
    # What a classification has as symptoms is said as a symptom.
    if fact.of in ("denied", "ambiguous") or all(c[0] == "R" for c in fact.value):
        return "skipped"
    if fact.of == "main":
        if text.visit.uncoded:
            return "null"
        return "contradicted" if text.visit.conditions else "absent"
    return "true" if fact.value & text.patient.conditions else "absent"


def _harms(drug: str, text: Text) -> bool:
    """Whether the patient has an allergy to a drug."""
    stems = (s for a in text.patient.allergies for s in words.ALLERGIES.get(a, (a,)))
    return any(stem in drug for stem in stems)


def _drug(fact: Fact, text: Text) -> Outcome:
    if _harms(fact.value, text):
        return "contradicted"
    if "drug" in text.own:
        return _either(text.own["drug"] == fact.value)
    for drugs in (text.visit.drugs, text.patient.drugs):
        same = [d for d in drugs if d.name.lower() == fact.value]
        if same:
            number = fact.of[:1].isdigit() and any(d.strength for d in same)
            return _either(not number or any(fact.of.startswith(d.strength) for d in same))
    return "absent"


def _taken(fact: Fact, text: Text) -> Outcome:
    route, often = fact.value
    if "route" in text.own:
        row = text.own["route"], text.own["often"]
        return _either(all(said in ("", own) for said, own in zip(fact.value, row, strict=True)))
    same = [d for d in text.patient.drugs if d.name.lower() == fact.of and d.route]
    if not same:
        return "absent"
    return _either(any(d.route == route and often in ("", d.often or often) for d in same))


def _no_drug(fact: Fact, text: Text) -> Outcome:
    if "for this" in fact.said:
        return "skipped"
    return _either(not text.visit.drugs)


def _no_result(fact: Fact, text: Text) -> Outcome:
    return _either(not text.visit.results)


def _no_history(fact: Fact, text: Text) -> Outcome:
    """No chronic condition is on record beside those of the visit's own list."""
    first = chronic(text.visit.conditions)
    return _either(len(first) <= 1)


# The others --------------------------------------------------------------------------------------


def _staff(fact: Fact, text: Text, staff: set[str]) -> Outcome:
    if fact.of == "author" and text.author:
        return _either(fact.value == text.author)
    return (
        "true"
        if fact.value in text.visit.staff | {text.author} or fact.value in staff
        else "absent"
    )


_SETTINGS = {"AMB": "outpatient", "EMER": "emergency", "IMP": "inpatient", "VR": "virtual",
             "WELL": "outpatient", "FUP": "outpatient"}  # fmt: skip


def _place(fact: Fact, text: Text) -> Outcome:
    setting = _SETTINGS.get(text.visit.setting, text.visit.setting)
    return _either(setting == fact.value) if setting else "absent"


def _picture(fact: Fact, text: Text) -> Outcome:
    modalities, site = fact.value
    if "modality" not in text.own:
        return "absent"
    return _either(text.own["modality"] in modalities and text.own["site"] == site)


def _article(fact: Fact, text: Text) -> Outcome:
    return _either(fact.value)


_JUDGES: Mapping[str, Callable[[Fact, Text], Outcome]] = {
    "age": _age, "article": _article, "sex": _sex, "age of the noun": _noun, "date": _date,
    "time of day": _time, "weekday": _weekday, "length of stay": _stay, "duration": _duration,
    "condition": _condition, "drug": _drug, "how it is taken": _taken, "place": _place,
    "picture": _picture, "no drug": _no_drug, "no result": _no_result, "no history": _no_history,
}  # fmt: skip


def table(verdicts: Iterator[Verdict]) -> dict[str, dict[str, Any]]:
    """Counts by kind: stated, true, null, absent, contradicted; and some that are contradicted."""
    counts: dict[str, Counter[str]] = {}
    wrong: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.outcome == "skipped":
            continue
        counts.setdefault(verdict.kind, Counter())[verdict.outcome] += 1
        if verdict.outcome == "contradicted":
            wrong.setdefault(verdict.kind, []).append(f"{verdict.place}: {verdict.said}")
    return {
        kind: {
            "stated": of.total(), "true": of["true"], "null": of["null"], "absent": of["absent"],
            "contradicted": of["contradicted"], "examples": wrong.get(kind, [])[:10],
        }
        for kind, of in sorted(counts.items())
    }  # fmt: skip
