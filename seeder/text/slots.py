"""Slots: the facts of a row as text. Each is a column of texts and a number a row into it.

A slot's name in capitals at its beginning ({Pronoun}) is the same text with a capital. Dates are
written in the style that the caller names; all else is the same in every column.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.clinical.knowledge import load
from seeder.clinical.model import VALUE
from seeder.generate import stream
from seeder.generate.data import entries
from seeder.generate.stream import Ints, Key, Words, below
from seeder.text import phrases, tags
from seeder.text.state import State

Column = tuple[pa.Array, Ints]
DAY = 86_400_000_000
_EPOCH = datetime.date(1970, 1, 1)
_FIRST, _DAYS = -25_600, 58_500  # 1899-11-29 to 2060: days that a date table holds
_MINUTES = 1_440
DATES = ("mdy", "iso", "dmy", "long")


class Facts:
    """The state of some rows, with the words that their texts are drawn from.

    ``dates`` is the style of dates: mdy, iso, dmy or long.
    """

    def __init__(self, state: State, seed: Key, dates: str = "mdy") -> None:
        self.state, self.seed, self.dates = state, seed, dates
        last = len(phrases.said()) - 1
        self.condition: Ints = np.where(state.condition < 0, last, state.condition)
        self._numbers = stream.words(seed, state.key.astype(np.int64))
        self._columns: dict[str, Column] = {}

    def __len__(self) -> int:
        return len(self.state)

    def episode(self, draw: int) -> Words:
        """A word for each row that all texts of its episode share."""
        return stream.words(self.seed, self._numbers, draw)

    @cached_property
    def _notes(self) -> Words:
        return self._numbers + self.state.ordinal.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)

    def note(self, draw: int) -> Words:
        """A word for each row, of its own text."""
        return stream.words(self.seed, self._notes, draw)

    @cached_property
    def tags(self) -> Ints:
        """The row's tags: what may be said of it."""
        silent = below(self.episode(90), 4) < phrases.silence()[self.condition]
        found: Ints = tags.of_row(self.state) | phrases.tags()[self.condition]
        return found | np.where(silent, tags.bit("silent"), 0)

    def column(self, name: str) -> Column:
        """Texts and numbers of a slot."""
        if name not in self._columns:
            plain = name[:1].lower() + name[1:]
            if plain != name:
                values, codes = self.column(plain)
                self._columns[name] = (capital(values), codes)
            elif plain in phrases.table_names():
                self._columns[name] = self._phrase(plain)
            else:
                self._columns[name] = SLOTS[plain](self)
        return self._columns[name]

    def _phrase(self, name: str) -> Column:
        table = phrases.table(name)
        place = below(self.episode(_DRAW.get(name, 91)), table.count[self.condition])
        return table.values, table.first[self.condition] + place


# A full text and its terse form say the same things; symptoms are one draw of the episode.
_DRAW = {
    "symptoms": 91, "symptoms_terse": 91, "findings": 92, "findings_terse": 92, "plans": 93,
    "plans_terse": 93, "denied": 94, "denied_terse": 94, "normal": 95, "normal_terse": 95,
    "symptom": 96, "symptom_terse": 96, "finding": 97, "plan": 98,
}  # fmt: skip


def capital(values: pa.Array) -> pa.Array:
    """The texts with their first letter in capitals."""
    return pc.binary_join_element_wise(
        pc.utf8_upper(pc.utf8_slice_codeunits(values, 0, 1)),
        pc.utf8_slice_codeunits(values, 1),
        "",
    )


def names() -> frozenset[str]:
    """All slots that a body may have."""
    return frozenset((*SLOTS, *phrases.table_names()))


# Person ------------------------------------------------------------------------------------------

_OLDEST = 120


def _an(text: str) -> str:
    """The article of a text that begins with a number or a word."""
    number = text.split("-")[0]
    if number.isdigit():
        return "an" if number in ("11", "18") or number[0] == "8" else "a"
    return "an" if text[0] in "aeiou" else "a"


@cache
def _people() -> tuple[str, ...]:
    """'62-year-old woman' for every age and sex: 31 days, 23 months, then years; male first."""
    ages = [f"{d}-day-old" for d in range(31)] + [f"{m}-month-old" for m in range(1, 24)]
    ages += [f"{y}-year-old" for y in range(2, _OLDEST + 1)]
    found = []
    for place, age in enumerate(ages):
        years = place - 52 if place >= 54 else 0
        for child, grown in (("boy", "man"), ("girl", "woman")):
            found.append(f"{age} {grown if years >= 18 else child}")
    return tuple(found)


def age_place(days: Ints) -> Ints:
    """The place of an age in the tables: days to a month, months to two years, then years."""
    days = np.clip(days, 0, None)
    months, years = days * 4_800 // tags.YEAR_400, tags.years(days)
    place: Ints = np.where(
        months < 1,
        np.minimum(days, 30),
        np.where(years < 2, np.minimum(months, 23) + 30, np.minimum(years, _OLDEST) + 52),
    )
    return place


@cache
def _strings(name: str) -> pa.Array:
    match name:
        case "who":
            return pa.array(_people())
        case "a_who":
            return pa.array([f"{_an(p)} {p}" for p in _people()])
        case "age":
            return pa.array([p.rsplit(" ", 1)[0] for p in _people()[::2]])
        case "age_terse":
            short = {"day": "do", "month": "mo", "year": "yo"}
            parts = [p.split(" ")[0].split("-") for p in _people()]
            return pa.array([f"{p[0]} {short[p[1]]} {'MF'[i % 2]}" for i, p in enumerate(parts)])
    raise KeyError(name)


def _person(name: str) -> Callable[[Facts], Column]:
    return lambda f: (_strings(name), age_place(f.state.age_days) * 2 + f.state.female)


def _sexed(male: str, female: str) -> Callable[[Facts], Column]:
    table = pa.array([male, female])
    return lambda f: (table, f.state.female.astype(np.int64))


_NOUNS = pa.array(["boy", "girl", "man", "woman"])
_REPORTERS = pa.array(["the patient", "the mother", "the father", "the caregiver"])


def _noun(f: Facts) -> Column:
    return _NOUNS, (tags.years(f.state.age_days) >= 18) * 2 + f.state.female.astype(np.int64)


def _reporter(f: Facts) -> Column:
    young = tags.years(f.state.age_days) < 12
    # Of six children, four come with the mother.
    who = np.array([1, 1, 1, 1, 2, 3])[below(f.episode(1), 6)]
    return _REPORTERS, np.where(young, who, 0)


# Conditions --------------------------------------------------------------------------------------


def _history(name: str, word: str) -> Callable[[Facts], Column]:
    """Up to three other conditions, as a list."""

    def column(f: Facts) -> Column:
        table = phrases.table(name).values
        others = _compact(f.state.comorbid)[:, :3]
        count = (others >= 0).sum(axis=1)
        parts: list[pa.Array] = []
        for place in range(others.shape[1]):
            here = others[:, place]
            mark = np.where(
                here < 0,
                0,
                np.where(place == 0, 1, np.where(place == count - 1, np.where(count > 2, 3, 2), 4)),
            )
            marks = pa.array(["", "", f" {word} ", f", {word} ", ", "])
            parts.append(pc.take(marks, pa.array(mark)))
            parts.append(pc.if_else(pa.array(here >= 0), pc.take(table, pa.array(np.maximum(here, 0))), ""))
        texts = pc.binary_join_element_wise(*parts, "") if parts else pa.array([""] * len(f))
        return texts, np.arange(len(f))

    return column


def _compact(others: Ints) -> Ints:
    """The conditions of each row in front, -1 behind."""
    if others.shape[1] == 0:
        return others
    order = np.argsort(others < 0, axis=1, kind="stable")
    return np.take_along_axis(others, order, axis=1)


# Drugs -------------------------------------------------------------------------------------------

_HOW = {
    "PO": ("by mouth", "PO"), "IV": ("intravenously", "IV"), "SC": ("subcutaneously", "SC"),
    "IM": ("intramuscularly", "IM"), "INH": ("by inhalation", "INH"), "TOP": ("topically", "TOP"),
    "SL": ("under the tongue", "SL"), "PR": ("rectally", "PR"), "PV": ("vaginally", "PV"),
    "OPH": ("in the eye", "OPH"), "NAS": ("in the nose", "NAS"),
}  # fmt: skip
_OFTEN = {
    "QD": ("once daily", "daily"), "BID": ("twice daily", "BID"), "TID": ("three times daily", "TID"),
    "QID": ("four times daily", "QID"), "QHS": ("at bedtime", "QHS"), "Q4H": ("every 4 hours", "q4h"),
    "Q6H": ("every 6 hours", "q6h"), "Q8H": ("every 8 hours", "q8h"),
    "Q12H": ("every 12 hours", "q12h"), "PRN": ("as needed", "PRN"), "QW": ("once weekly", "weekly"),
    "ONCE": ("once", "x1"),
}  # fmt: skip
# Form, by the last word of its name: what is taken, and the verb.
_UNITS = {
    "tablet": "1 tablet", "capsule": "1 capsule", "film": "1 film", "inhaler": "2 puffs",
    "spray": "1 spray", "drops": "1 drop", "patch": "1 patch", "cream": "a thin layer",
    "ointment": "a thin layer", "gel": "a thin layer",
}  # fmt: skip
_VERBS = {"PO": "take", "SL": "place", "INH": "inhale", "TOP": "apply", "OPH": "put", "NAS": "spray"}


@cache
def _drug_texts(name: str) -> pa.Array:
    drugs = load().drugs.values()
    match name:
        case "drug":
            return pa.array([d.name for d in drugs])
        case "drug_class":
            return pa.array([d.drug_class for d in drugs])
        case "route":
            return pa.array([_HOW.get(d.route, (d.route,))[0] for d in drugs])
        case "how":
            return pa.array([f"{_HOW[d.route][0]} {_OFTEN[d.frequency][0]}" for d in drugs])
        case "how_terse":
            return pa.array([f"{_HOW[d.route][1]} {_OFTEN[d.frequency][1]}" for d in drugs])
        case "often":
            return pa.array([_OFTEN[d.frequency][0] for d in drugs])
        case "sig":
            return pa.array([_sig(d.form, d.route, d.frequency) for d in drugs])
        case "sig_terse":
            return pa.array([_sig_terse(d.form, d.route, d.frequency) for d in drugs])
    raise KeyError(name)


def _sig(form: str, route: str, frequency: str) -> str:
    what = _UNITS.get(form.split()[-1], "1 dose")
    verb = _VERBS.get(route, "give")
    verb = "take" if verb == "put" and what == "1 dose" else verb
    return f"{verb} {what} {_HOW[route][0]} {_OFTEN[frequency][0]}"


def _sig_terse(form: str, route: str, frequency: str) -> str:
    what = _UNITS.get(form.split()[-1], "1 dose").replace("tablet", "tab").replace("capsule", "cap")
    return f"{what} {_HOW[route][1]} {_OFTEN[frequency][1]}"


@cache
def _doses() -> tuple[pa.Array, Ints, Ints]:
    """Strengths of all drugs, one after another; first place and number of each drug's."""
    of = [d.strengths for d in load().drugs.values()]
    count = np.array([len(s) for s in of], np.int64)
    return pa.array([x for s in of for x in s]), np.cumsum(count) - count, count


def _drug(name: str) -> Callable[[Facts], Column]:
    return lambda f: (_drug_texts(name), np.maximum(f.state.drug, 0))


def _dose_place(f: Facts) -> Ints:
    _, first, count = _doses()
    drug = np.maximum(f.state.drug, 0)
    return first[drug] + np.clip(f.state.strength, 0, count[drug] - 1)


@cache
def _medicines() -> pa.Array:
    """'lisinopril 10 mg' for every drug and strength."""
    return pa.array([f"{d.name} {s}" for d in load().drugs.values() for s in d.strengths])


# Numbers -----------------------------------------------------------------------------------------


@cache
def _decimals(places: int, most: int) -> pa.Array:
    """0, 1, ... ``most`` units of the last place as text."""
    numbers = pa.array(np.arange(most + 1, dtype=np.int64))
    if places == 0:
        return pc.cast(numbers, pa.string())
    whole = pc.cast(pa.array(np.arange(most + 1) // 10**places), pa.string())
    part = pc.utf8_lpad(pc.cast(pa.array(np.arange(most + 1) % 10**places), pa.string()), places, "0")
    return pc.binary_join_element_wise(whole, part, ".")


def rounded(value: Ints, places: int) -> Ints:
    """Ten-thousandths as units of the last of so many places, rounded half up."""
    step = VALUE // 10**places
    found: Ints = (np.maximum(value, 0) + step // 2) // step
    return found


_VITALS = {
    "temp": ("temperature", 1, 450), "pulse": ("pulse", 0, 350), "rr": ("respiration", 0, 120),
    "sat": ("oxygen", 0, 100), "weight": ("weight", 1, 4000), "height": ("height", 0, 260),
    "bmi": ("bmi", 1, 999), "pain": ("pain", 0, 10),
}  # fmt: skip


def _vital(name: str) -> Callable[[Facts], Column]:
    of, places, most = _VITALS[name]
    return lambda f: (
        _decimals(places, most),
        np.minimum(rounded(f.state.vital(of), places), most),
    )


@cache
def _pressures() -> pa.Array:
    over, under = np.divmod(np.arange(300 * 200), 200)
    parts = (pc.cast(pa.array(x), pa.string()) for x in (over, under))
    return pc.binary_join_element_wise(*parts, "/")


def _bp(f: Facts) -> Column:
    over = np.minimum(rounded(f.state.vital("systolic"), 0), 299)
    under = np.minimum(rounded(f.state.vital("diastolic"), 0), 199)
    return _pressures(), over * 200 + under


_FEVER = 380_000  # 38.0 degrees Celsius
_FEBRILE = pa.array(["afebrile", "febrile"])
_COUNTS = pa.array(["less than a day", "1 day", *(f"{d} days" for d in range(2, 400))])


def _fever(f: Facts) -> Column:
    return _FEBRILE, (f.state.vital("temperature") >= _FEVER).astype(np.int64)


def _stay(f: Facts) -> Column:
    return _COUNTS, np.clip((f.state.end - f.state.start + DAY // 2) // DAY, 0, 399)


_ACUTE = "1 day|2 days|3 days|4 days|5 days|a week|about 10 days|2 weeks|a few days|several days"
_SUDDEN = "2 hours|3 hours|4 hours|6 hours|12 hours|a few hours|several hours|half a day"
_LONG = "2 months|3 months|6 months|a year|several months|2 years|several years|the past few months"
_LAST = pa.array([t for texts in (_SUDDEN, _ACUTE, _LONG) for t in texts.split("|")])


def _lasting(f: Facts) -> Column:
    sudden, acute, long = (len(t.split("|")) for t in (_SUDDEN, _ACUTE, _LONG))
    # A small child has not had anything for years.
    most = np.where(tags.years(f.state.age_days) < 6, 2, long)
    kinds = [(f.tags & tags.bit(n)) != 0 for n in ("sudden", "chronic")]
    count = np.select(kinds, [np.full(len(f), sudden), most], acute)
    first = np.select(kinds, [0, sudden + acute], sudden)
    return _LAST, first + below(f.episode(2), count)


# Laboratory --------------------------------------------------------------------------------------

_NAMES = {
    "bun": "BUN", "co2": "bicarbonate", "protein": "total protein", "bilirubin_direct": "direct bilirubin",
    "alp": "alkaline phosphatase", "alt": "ALT", "ast": "AST", "ggt": "GGT", "ldh": "LDH",
    "urate": "uric acid", "ck": "CK", "bnp": "BNP", "crp": "CRP", "rbc": "red cell count",
    "wbc": "WBC", "mcv": "MCV", "mch": "MCH", "mchc": "MCHC", "esr": "ESR", "pt": "prothrombin time",
    "inr": "INR", "a1c": "HbA1c", "hdl": "HDL", "ldl": "LDL", "tsh": "TSH", "ft4": "free T4",
    "t4": "T4", "tibc": "TIBC", "iron_saturation": "iron saturation", "b12": "vitamin B12",
    "vitamin_d": "vitamin D", "psa": "PSA", "egfr": "eGFR", "urine_sg": "urine specific gravity",
    "urine_ph": "urine pH", "ph": "arterial pH", "pco2": "pCO2", "po2": "pO2",
    "ionized_calcium": "ionized calcium", "pth": "PTH", "rdw": "RDW", "mpv": "MPV", "aptt": "aPTT",
    "ddimer": "D-dimer", "urine_albumin_ratio": "urine albumin ratio", "hcg": "hCG", "ckmb": "CK-MB",
    "cd4": "CD4 count", "anion_gap": "anion gap", "ft3": "free T3",
    "rheumatoid_factor": "rheumatoid factor", "afp": "AFP", "ca125": "CA-125", "cea": "CEA",
    "vancomycin_trough": "vancomycin trough", "ethanol": "ethanol level",
    "acetaminophen": "acetaminophen level", "salicylates": "salicylate level", "c_peptide": "C-peptide",
}  # fmt: skip
_UNIT = {
    "10*3/uL": "K/uL", "10*6/uL": "M/uL", "{INR}": "", "{ratio}": "", "[pH]": "",
    "mm[Hg]": "mmHg", "mL/min/{1.73_m2}": "mL/min", "ug/mL{FEU}": "mcg/mL", "ug/mg{creat}": "mcg/mg",
    "m[IU]/mL": "mIU/mL", "[IU]/mL": "IU/mL", "ug/dL": "mcg/dL", "ug/mL": "mcg/mL",
}  # fmt: skip
_FLAGS = pa.array(["low", "normal", "high"])


@cache
def _lab_names() -> pa.Array:
    return pa.array([_NAMES.get(lab.name, lab.name) for lab in load().labs.values()])


@cache
def _units() -> pa.Array:
    units = [_UNIT.get(lab.unit, lab.unit) for lab in load().labs.values()]
    return pa.array([u if u in ("", "%") else f" {u}" for u in units])


@cache
def _places() -> Ints:
    return np.array([lab.decimals for lab in load().labs.values()], np.int64)


def _lab(number: int) -> Callable[[Facts], Column]:
    return lambda f: (_lab_names(), np.maximum(f.state.lab(number)[0], 0))


def _value(number: int) -> Callable[[Facts], Column]:
    def column(f: Facts) -> Column:
        lab, value = f.state.lab(number)
        lab = np.maximum(lab, 0)
        texts = pc.binary_join_element_wise(
            plain_numbers(value, _places()[lab]), pc.take(_units(), pa.array(lab)), ""
        )
        return texts, np.arange(len(f))

    return column


def plain_numbers(value: Ints, places: Ints) -> pa.Array:
    """Ten-thousandths as text with each row's number of places, rounded half up."""
    step = np.array([VALUE // 10**p for p in range(5)], np.int64)[places]
    units = (np.maximum(value, 0) + step // 2) // step
    whole, part = np.divmod(units, VALUE // step)
    text = pc.cast(pa.array(whole), pa.string())
    if not places.any():
        return text
    # 10**p + part has p digits behind its first: leading zeros without padding by row.
    digits = pc.utf8_slice_codeunits(pc.cast(pa.array(VALUE // step + part), pa.string()), 1)
    return pc.if_else(pa.array(places == 0), text, pc.binary_join_element_wise(text, digits, "."))


@cache
def _limits() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Low and high of each test by sex and whole year of age: arrays (test, sex, age)."""
    labs = tuple(load().labs.values())
    low = np.empty((len(labs), 2, _OLDEST + 1), np.int64)
    high = np.empty_like(low)
    for place, lab in enumerate(labs):
        low[place], high[place] = lab.adult.low, lab.adult.high
        for r in lab.ranges[::-1]:  # the first that fits wins
            sexes = slice(None) if not r.sex else int(r.sex == "F")
            ages = slice(r.ages[0], r.ages[1] + 1)
            low[place, sexes, ages], high[place, sexes, ages] = r.low, r.high
    return low, high


def _flag(number: int) -> Callable[[Facts], Column]:
    def column(f: Facts) -> Column:
        lab, value = f.state.lab(number)
        low, high = _limits()
        at = (
            np.maximum(lab, 0),
            f.state.female.astype(np.int64),
            np.minimum(tags.years(f.state.age_days), _OLDEST),
        )
        # What is shown is compared, as a reader would.
        step = np.array([VALUE // 10**p for p in range(5)], np.int64)[_places()[at[0]]]
        shown = (np.maximum(value, 0) + step // 2) // step * step
        return _FLAGS, np.where(shown < low[at], 0, np.where(shown > high[at], 2, 1))

    return column


# Time --------------------------------------------------------------------------------------------


@cache
def _dates(style: str) -> pa.Array:
    days = [_EPOCH + datetime.timedelta(days=d) for d in range(_FIRST, _FIRST + _DAYS)]
    months = "January February March April May June July August September October November December"
    name = months.split()
    match style:
        case "iso":
            return pa.array([d.isoformat() for d in days])
        case "dmy":
            return pa.array([f"{d.day:02}.{d.month:02}.{d.year}" for d in days])
        case "long":
            return pa.array([f"{name[d.month - 1]} {d.day}, {d.year}" for d in days])
        case _:
            return pa.array([f"{d.month:02}/{d.day:02}/{d.year}" for d in days])


@cache
def _clock() -> pa.Array:
    return pa.array([f"{m // 60:02}:{m % 60:02}" for m in range(_MINUTES)])


_WEEK = pa.array("Thursday Friday Saturday Sunday Monday Tuesday Wednesday".split())


def _date(end: bool) -> Callable[[Facts], Column]:
    def column(f: Facts) -> Column:
        day = (f.state.end if end else f.state.start) // DAY
        return _dates(f.dates), np.clip(day - _FIRST, 0, _DAYS - 1)

    return column


def _time(f: Facts) -> Column:
    return _clock(), f.state.start // 60_000_000 % _MINUTES


def _weekday(f: Facts) -> Column:
    return _WEEK, f.state.start // DAY % 7


# People around -----------------------------------------------------------------------------------


@cache
def _staff(before: str, after: str) -> pa.Array:
    return pa.array([f"{before}{n}{after}" for n in entries("last_names").columns["name"]])


def _staffed(before: str, after: str, draw: int) -> Callable[[Facts], Column]:
    return lambda f: (_staff(before, after), entries("last_names").draw(f.episode(draw)))


_PLACES = pa.array(["the clinic", "the emergency department", "the ward", "a video visit"])


def _place(f: Facts) -> Column:
    return _PLACES, f.state.setting


SLOTS: Mapping[str, Callable[[Facts], Column]] = {
    "who": _person("who"),
    "a_who": _person("a_who"),
    "age_terse": _person("age_terse"),
    "age": lambda f: (_strings("age"), age_place(f.state.age_days)),
    "sex": _sexed("male", "female"),
    "pronoun": _sexed("he", "she"),
    "possessive": _sexed("his", "her"),
    "object": _sexed("him", "her"),
    "sex_word": _noun,
    "reporter": _reporter,
    "history": _history("diagnosis", "and"),
    "history_terse": _history("short", "and"),
    "drug": _drug("drug"),
    "drug_class": _drug("drug_class"),
    "dose": lambda f: (_doses()[0], _dose_place(f)),
    "medicine": lambda f: (_medicines(), _dose_place(f)),
    "route": _drug("route"),
    "often": _drug("often"),
    "how": _drug("how"),
    "how_terse": _drug("how_terse"),
    "sig": _drug("sig"),
    "sig_terse": _drug("sig_terse"),
    "bp": _bp,
    **{name: _vital(name) for name in _VITALS},
    "fever": _fever,
    "stay": _stay,
    "lasting": _lasting,
    "lab": _lab(0),
    "value": _value(0),
    "flag": _flag(0),
    "lab_two": _lab(1),
    "value_two": _value(1),
    "flag_two": _flag(1),
    "date": _date(end=False),
    "end_date": _date(end=True),
    "time": _time,
    "weekday": _weekday,
    "provider": _staffed("Dr ", "", 3),
    "consultant": _staffed("Dr ", "", 4),
    "nurse": _staffed("", " RN", 5),
    "place": _place,
}
