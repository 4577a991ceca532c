"""The meanings that a column's name, type and table speak for, each with its best score."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from seeder.schema import Column
from seeder.semantics.catalogue import ENTRIES
from seeder.semantics.context import Context, within
from seeder.semantics.entry import Entry, match
from seeder.semantics.neutral import NEUTRAL, plainly
from seeder.semantics.words import headed, tokens

# Words of a moment; date_created is a created date.
WHEN = frozenset("date time datetime".split())
_SOURCE = ("source", "value")


@lru_cache(maxsize=1)
def _by_phrase() -> dict[tuple[str, ...], tuple[tuple[Entry, int], ...]]:
    """Entries, with the number of the phrase, by the phrase's words."""
    found: dict[tuple[str, ...], list[tuple[Entry, int]]] = defaultdict(list)
    for item in ENTRIES:
        for place, (words, _, _) in enumerate(item.phrases):
            found[words].append((item, place))
    return {words: tuple(items) for words, items in found.items()}


@dataclass(frozen=True, slots=True)
class _Match:
    """A phrase of an entry that stands in a name. ``number``: the one that the phrase asks for."""

    item: Entry
    phrase: tuple[str, ...]
    whole: bool
    number: str
    score: float


@lru_cache(maxsize=32768)
def _matches(words: tuple[str, ...]) -> tuple[_Match, ...]:
    """The phrases of entries that stand in a name, whatever column has it."""
    size, index = len(words), _by_phrase()
    runs = dict.fromkeys(words[i:j] for i in range(size) for j in range(i + 1, size + 1))
    return tuple(
        _Match(item, run, whole, number, score)
        for run in runs
        if _tells(words, run)
        for item, place in index.get(run, ())
        for _, whole, number in [item.phrases[place]]
        if (score := match(words, run, whole)) > 0
    )


def _tells(words: tuple[str, ...], run: tuple[str, ...]) -> bool:
    """Whether words of a name say what it holds: not what a source's value or an 'of' is of."""
    if words[-2:] == _SOURCE and run[-2:] != _SOURCE:
        return False
    return "of" not in words or "of" in run or words[0] in run


# Last words that only say the type: age_num, name_char.
_TYPED: Mapping[str, tuple[str, ...]] = {
    "integer": ("number",), "decimal": ("number",), "float": ("number",),
    "text": ("char", "string", "text"),
}  # fmt: skip
# Units that a name gives behind what it measures: weight_kg, spo2_pct.
_MEASURES = frozenset(
    "ml l cc mg mcg gram g kg lb cm mm inch mmhg bpm percent celsius lpm mmol meq iu dl".split()
)
_NUMBERED = "name of a number"
_MOMENTS = frozenset("date timestamp timestamptz".split())
_WITHIN = "name within its table"


# What is done to a row, as it is named and as the catalogue names it; an id is of who did it.
_DONE: Mapping[str, str] = {
    "create": "created", "insert": "inserted", "enter": "entered", "modify": "modified",
    "update": "updated", "change": "changed", "edit": "modified", "delete": "deleted",
    "cancel": "cancelled", "void": "voided", "archive": "archived",
}  # fmt: skip
_DOERS = frozenset("id user by person".split())


def _done(words: tuple[str, ...]) -> tuple[str, ...]:
    """modify_time is a modified time, create_id says by whom a row was created."""
    if len(words) != 2 or words[0] not in _DONE:
        return ()
    if words[1] in _DOERS:
        return (_DONE[words[0]], "by")
    return (_DONE[words[0]], words[1]) if words[1] in WHEN or words[1] in ("at", "on") else ()


@lru_cache(maxsize=32768)
def _turned(words: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The words of a name in other orders and forms, and why: a date_created is a created date."""
    found = []
    if len(words) > 2 and words[-2:] == _SOURCE:
        found.append((words[:-2], "name without 'source value'"))
    if len(words) > 1 and words[0] in WHEN and words[-1] not in WHEN:
        found.append(((*words[1:], words[0]), "name, turned round"))
    if len(words) > 1 and words[-1] in _MEASURES:
        found.append((words[:-1], f"name without '{words[-1]}'"))
    if _done(words):
        found.append((_done(words), "name of what was done"))
    if headed(words) != words:
        found.append((headed(words), "name, its head last:"))
    if len(words) > 1 and words[-1] in ("number", "id"):
        found.append((words[:-1], _NUMBERED))
    return tuple(found)


def _names(column: Column, where: Context) -> list[tuple[tuple[str, ...], str, str]]:
    """The column's words, and again without the table's own name in front of them."""
    words, group = tokens(column.name)
    words = plainly(words)
    found = [(words, group, "name"), *((w, group, why) for w, why in _turned(words))]
    if column.type.kind in _MOMENTS and len(words) == 2 and words[0] in ("is", "has"):
        found.append(((words[1], "at"), group, "name of when it was so,"))
    rest = words
    while len(rest) > 1 and rest[0] in where.own:
        rest = rest[1:]
    if rest != words:
        found.append((rest, group, _WITHIN))
    if len(words) > 1 and words[-1] in _TYPED.get(column.type.kind, ()):
        found.append((words[:-1], group, f"name without '{words[-1]}'"))
    bare = within(column, where)
    if bare and bare not in (rest, words):
        found.append((bare, group, "name without the table's prefix"))
    return found


# Meanings whose words say what a column holds whatever stands in front of them: any e-mail, amount,
# date or remark is one. The others need their whole name.
_PLAIN = re.compile(
    r"contact\.|money\.|moment\.|flag\.|audit\.|key\.|file\.|status\.|id\.|place\.(?!longitude|latitude)"
    r"|number\.|prose\.(comment|description)|care\.position|person\.(first|last|middle)_name"
    r"|person\.(sex|birth_date|died|death|prefix|suffix)|stock\.|score\."
)
_LOOSE = 0.2  # off for a word that nothing explains


def _unexplained(
    item: Entry, words: tuple[str, ...], phrase: tuple[str, ...], where: Context
) -> float:
    """What a match loses for words of the name that it leaves unexplained."""
    if len(phrase) == len(words) or _PLAIN.match(item.meaning):
        return 0.0
    rest = {w for w in words if w not in phrase and w not in NEUTRAL and w not in where.words}
    return _LOOSE if rest and not where.plainly(rest) else 0.0


_ASIDE = 0.35  # off for a bare word in a table that is of something of the entry's: ward_stock.name


def _score(found: _Match, column: Column, where: Context) -> float:
    item, base = found.item, found.score + (0.05 if found.number else 0.0)
    aside = item.only and found.whole and not item.table_words & where.heads
    return _placed(item, base - (_ASIDE if aside else 0.0), column, where)


def _placed(item: Entry, base: float, column: Column, where: Context) -> float:
    """The score with what the table and its columns add, 0 where they rule the meaning out."""
    if item.table_words & where.hints:
        # The last word of a table's name says what its rows are.
        base += 0.06 if where.words[-1] in item.table_words else 0.05
    elif item.only:
        return 0.0
    if item.never_words & where.hints:
        return 0.0
    if item.without_words & where.names:
        return 0.0
    if item.needs:
        if not item.needs_words & where.names:
            return 0.0
        base += 0.03
    if item.beside_words & where.names:
        base += 0.03
    if item.comment_words and item.comment_words <= _comment(column):
        base += 0.05
    return base


Best = dict[str, tuple[float, Entry, str, str]]


def candidates(column: Column, where: Context) -> Best:
    """The best score of each meaning that fits the column's type."""
    best: Best = {}
    for words, group, why in _names(column, where):
        for found in _matches(words):
            item = found.item
            if not _may_be(item, column) or (found.number and found.number != group):
                continue
            if why == _NUMBERED and not (words == found.phrase and item.meaning[:3] == "id."):
                continue
            score = _score(found, column, where)
            if not score:
                continue
            score -= _unexplained(item, words, found.phrase, where)
            if why == _WITHIN and len(words) == 1:
                score -= 0.03  # patient_type of a visit: its two words say more than one
            if score > best.get(item.meaning, (0.0,))[0]:
                best[item.meaning] = (score, item, group, f"{why} '{' '.join(found.phrase)}'")
    return best | _said(column, where, best)


def _may_be(item: Entry, column: Column) -> bool:
    """Whether the column's type can hold the meaning."""
    return column.type.kind in item.kind_set and item.bits <= (column.type.bits or 64)


def _said(column: Column, where: Context, best: Best) -> Best:
    """Meanings that only the column's comment names."""
    said = _comment(column)
    found: Best = {}
    for item in ENTRIES if said else ():
        if not item.comment or item.meaning in best or not _may_be(item, column):
            continue
        if item.comment_words <= said:
            score = _placed(item, 0.58, column, where)
            if score > 0:
                found[item.meaning] = (score, item, "", f"comment: {item.comment}")
    return found


@lru_cache(maxsize=1024)
def _words_of(comment: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", comment.lower()))


def _comment(column: Column) -> frozenset[str]:
    return _words_of(column.comment) if column.comment else frozenset()
