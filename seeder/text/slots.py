"""Slots: the facts of a row as text. Each is a column of texts and a number a row into it.

A slot's name in capitals at its beginning ({Pronoun}) is the same text with a capital. Dates are
written in the style that the caller names; all else is the same in every column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.stream import Ints, below
from seeder.text import drugs, measures, moments, person, phrases, pictures, tongue
from seeder.text.facts import NOTHING, Column, Facts


def column(facts: Facts, name: str) -> Column:
    """Texts and numbers of a slot."""
    if name not in facts.columns:
        plain = name[:1].lower() + name[1:]
        if plain != name:
            values, codes = column(facts, plain)
            whole = plain in phrases.table_names() and plain not in _PICTURED
            begun = _begun(plain, facts.language) if whole else capital(values)
            facts.columns[name] = (begun, codes)
        elif plain in _PICTURED and facts.pictured is not None:
            facts.columns[name] = _PICTURED[plain](facts, _phrase(facts, plain))
        elif plain in phrases.table_names():
            facts.columns[name] = _phrase(facts, plain)
        else:
            facts.columns[name] = of(facts.language)[plain](facts)
    return facts.columns[name]


def of(language: str) -> Mapping[str, Callable[[Facts], Column]]:
    """The slots of a language that are no phrases of a condition."""
    return SLOTS if language == "en" else tongue.slots(language, SLOTS)


def _imaging(f: Facts, usual: Column) -> Column:
    """The study as the row names it, where it does."""
    state = f.state
    assert state.modality is not None
    assert state.site is not None
    texts, at = pictures.studies(f.language, state.modality, state.site, f.region)
    return _either(f, (texts, at), usual)


def _image_normal(f: Facts, usual: Column) -> Column:
    """What is normal in the region of the row's picture; of the condition's own as ever."""
    table = phrases.elsewhere(f.language)
    at = f.condition * len(pictures.REGIONS) + f.region
    place = below(f.episode(91), table.count[at])
    return _either(f, (table.values, table.first[at] + place), usual)


def _either(f: Facts, own: Column, usual: Column) -> Column:
    """The row's own text where it names its picture, else the usual one."""
    texts = pa.concat_arrays([usual[0], own[0]])
    assert f.pictured is not None
    return texts, np.where(f.pictured, own[1] + len(usual[0]), usual[1])


_PICTURED = {"imaging": _imaging, "image_normal": _image_normal}


def _phrase(facts: Facts, name: str) -> Column:
    table = phrases.table(name, facts.language)
    place = below(facts.episode(_DRAW.get(name, 91)), table.count[facts.condition])
    return table.values, table.first[facts.condition] + place


# A full text and its terse form say the same things; one symptom and several are one draw.
_DRAW = {
    "symptoms": 91, "symptoms_terse": 91, "findings": 92, "findings_terse": 92, "plans": 93,
    "plans_terse": 93, "denied": 94, "denied_terse": 94, "normal": 95, "normal_terse": 95,
    "symptom": 91, "symptom_terse": 91, "finding": 97, "plan": 98,
}  # fmt: skip


def capital(values: pa.Array) -> pa.Array:
    """The texts with their first letter in capitals."""
    return pc.binary_join_element_wise(
        pc.utf8_upper(pc.utf8_slice_codeunits(values, 0, 1)),
        pc.utf8_slice_codeunits(values, 1),
        NOTHING,
    )


@cache
def _begun(name: str, language: str) -> pa.Array:
    return capital(phrases.table(name, language).values)


def names(language: str = "en") -> frozenset[str]:
    """All slots that a body may have."""
    return frozenset((*of(language), *phrases.table_names()))


# Characters of a slot, as measured over all conditions; others have some ten.
_WIDTHS = {
    "a_who": 18, "condition": 19, "denied": 30, "denied_terse": 27, "diagnosis": 19, "findings": 38,
    "findings_terse": 35, "finding": 16, "history": 32, "history_terse": 16, "how": 21,
    "image_normal": 90, "imaging": 16, "medicine": 19, "normal": 58, "normal_terse": 21,
    "operation": 36, "picture": 22, "plans": 44, "plans_terse": 43, "plan": 16, "sig": 35,
    "specialty": 16, "symptoms": 32, "symptoms_terse": 29, "symptom": 13, "tissue": 14, "who": 16,
}  # fmt: skip
_SHORT = frozenset(
    "age_terse bmi bp flag flag_two height pronoun possessive object pulse rr sat temp".split()
)


def width(name: str) -> int:
    """How many characters a slot takes, about."""
    plain = name[:1].lower() + name[1:]
    return 5 if plain in _SHORT else _WIDTHS.get(plain, 10)


def _history(name: str) -> Callable[[Facts], Column]:
    """Up to three other conditions, as a list."""

    def column(f: Facts) -> Column:
        words = phrases.speech(f.language)
        marks = pa.array(["", "", f" {words.and_} ", f"{words.last}{words.and_} ", ", "])
        table = phrases.table(name, f.language).values
        others = f.state.comorbid
        if f.language != "en":
            others = _told_once(others, phrases.table(name, f.language).values)
        others = _compact(others)[:, :3]
        count = (others >= 0).sum(axis=1)
        parts: list[pa.Array] = []
        for place in range(others.shape[1]):
            here = others[:, place]
            mark = np.where(
                here < 0,
                0,
                np.where(place == 0, 1, np.where(place == count - 1, np.where(count > 2, 3, 2), 4)),
            )
            parts.append(pc.take(marks, pa.array(mark)))
            parts.append(
                pc.if_else(
                    pa.array(here >= 0), pc.take(table, pa.array(np.maximum(here, 0))), NOTHING
                )
            )
        texts = pc.binary_join_element_wise(*parts, NOTHING) if parts else pa.array([""] * len(f))
        for pattern, instead in words.mend:
            texts = pc.replace_substring_regex(texts, pattern, instead)
        return texts, np.arange(len(f))

    return column


def _told_once(others: Ints, names: pa.Array) -> Ints:
    """Without the conditions that have the name of an earlier one."""
    alike = np.asarray(pc.dictionary_encode(names).indices, np.int64)
    said = np.where(others < 0, -1, alike[others])
    found = others.copy()
    for place in range(1, others.shape[1]):
        again = (said[:, :place] == said[:, place, None]).any(axis=1)
        found[again, place] = -1
    return found


def _compact(others: Ints) -> Ints:
    """The conditions of each row in front, -1 behind."""
    if others.shape[1] == 0:
        return others
    order = np.argsort(others < 0, axis=1, kind="stable")
    return np.take_along_axis(others, order, axis=1)


_PLACES = pa.array(["the clinic", "the emergency department", "the ward", "a video visit"])


def _place(f: Facts) -> Column:
    return _PLACES, f.state.setting


SLOTS: Mapping[str, Callable[[Facts], Column]] = {
    **person.SLOTS,
    **drugs.SLOTS,
    **measures.SLOTS,
    **moments.SLOTS,
    "history": _history("diagnosis"),
    "history_terse": _history("short"),
    "place": _place,
}
