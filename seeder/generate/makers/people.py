"""Who someone is: names that agree with the sex, and what is asked on a registration form.

One row's names share the stream 'person' and its sex the stream 'sex', so that first name, full
name, e-mail and user name of a row tell of one person. A group (contact, spouse, guarantor) has
streams of its own.
"""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.clinical import population
from seeder.generate.cells import without
from seeder.generate.data import draw_among
from seeder.generate.locale import LOCALE, local, of, several, table
from seeder.generate.registry import Call, Parameter, Person, generator
from seeder.generate.skew import is_distinct
from seeder.generate.story import Story
from seeder.generate.stream import Ints, Words, below, chance
from seeder.generate.text import digits, join, limit, number, pick, upto

FEMALE = 0.51
GROUP = Parameter(str, "", "which person of the row, when it names several")
SPARSE = Parameter(bool, False, "NULL for most people, as the sex has it")

# Groups of relatives, by the words of a column's name; whoever else a row names is staff.
_PARENTS = frozenset("mother father guardian".split())
RELATIVES = _PARENTS | frozenset(
    "emergency contact guarantor spouse next kin subscriber holder insured policy caregiver "
    "beneficiary".split()
)
_SAME_NAME = 0.68  # relatives who bear the patient's last name: an estimate
_YEAR = 365 * 86_400_000_000


def _stream(call: Call, name: str) -> str:
    group = call.params.get("group", "")
    return f"{name}:{group}" if group else name


def words_of(call: Call) -> frozenset[str]:
    """Whom the group means: its words without numbers, none for the row's own person."""
    return frozenset(w for w in call.params.get("group", "").split("_") if not w.isdigit() and w)


def household(call: Call, draw: int, stream: str) -> Words:
    """Words that all patients of one household share; the row's own where it is no patient's."""
    person = call.person
    if person is None:
        return call.words(draw, stream)
    number: Ints = call.once("household", lambda: home_number(person))
    return call.person_words(number, draw, f"household:{stream}")


def home_number(person: Person) -> Ints:
    """The number of each row's household."""
    return population.household(person.number)


def relative(call: Call) -> bool:
    """Whether the person is a relative of the row's patient, or whom the patient names."""
    if not words_of(call):
        return call.person is not None and call.person.kin
    return bool(words_of(call) & RELATIVES)


def female(call: Call) -> npt.NDArray[np.bool_]:
    """The sex of each row's person: true for female."""
    named = words_of(call) & {"mother", "father"}
    if len(named) == 1:
        return np.full(call.n, "mother" in named)
    story = getattr(call, "story", None)
    if story is not None and not words_of(call) and not relative(call):
        told: npt.NDArray[np.bool_] = story.people.female
        return told
    return chance(call.words(0, _stream(call, "sex")), FEMALE)


def born(call: Call) -> Ints:
    """When each row's person was born; relatives and staff by what is usual."""
    who = words_of(call)
    word = call.words(3, _stream(call, "person"))
    if who and not who & RELATIVES:
        return call.reference - 23 * _YEAR - below(word, 43 * _YEAR)
    own = call.life[0]
    if not who and not relative(call):
        return own
    if who & _PARENTS:
        return own - 20 * _YEAR - below(word, 16 * _YEAR)
    near = own + below(word, 10 * _YEAR) - 5 * _YEAR
    grown: Ints = np.minimum(near, call.reference - 20 * _YEAR - below(word, 25 * _YEAR))
    return grown


@cache
def _eras(locale: str) -> tuple[tuple[str, ...], Ints]:
    """The columns of a table of first names, and when each but the first begins."""
    names = tuple(table(locale, "first_names_female").columns)[1:]
    days = [(dt.date(int(year), 1, 1) - dt.date(1970, 1, 1)).days for year in names[1:]]
    return names, np.asarray(days, np.int64) * (_YEAR // 365)


@lru_cache(maxsize=64)
def _first_pool(locale: str, length: int | None) -> tuple[pa.Array, int]:
    """First names, female ones first, and how many of them are female."""
    girls, boys = table(locale, "first_names_female"), table(locale, "first_names_male")
    pool = pa.concat_arrays(
        [girls.strings("name", length, True), boys.strings("name", length, True)]
    )
    return pool, len(girls)


def first_pool(call: Call, length: int | None = None) -> tuple[pa.Array, int]:
    return _first_pool(of(call.params), length)


def first_index(call: Call, draw: int = 0) -> Ints:
    """An index into the two pools of first names, female names first: by sex and birth."""
    locale, name = of(call.params), _stream(call, "person")
    eras, begins = _eras(locale)

    def make() -> Ints:
        which = np.searchsorted(begins, born(call), "right")
        which += np.where(female(call), 0, len(eras))
        return draw_among(_first_ladders(locale), which, call.words(draw, name))

    made: Ints = call.once(f"first {name} {locale} {draw}", make)
    return made


@cache
def _first_ladders(locale: str) -> npt.NDArray[np.int16]:
    """A ladder for each era of girls, then of boys, into the two pools."""
    eras = _eras(locale)[0]
    girls, boys = table(locale, "first_names_female"), table(locale, "first_names_male")
    return np.concatenate([girls.ladders(eras), boys.ladders(eras) + np.int16(len(girls))])


def first(call: Call, draw: int = 0, length: int | None = None) -> pa.Array:
    return pick(first_pool(call, length)[0], first_index(call, draw))


def last_index(call: Call, draw: int = 1) -> Ints:
    """An index into the last names: a household's, and usually its relatives' too."""
    name, kin = _stream(call, "person"), relative(call)

    def make() -> Ints:
        if draw != 1 or (words_of(call) and not kin):
            word = call.words(draw, name)
        elif not kin:
            word = household(call, 1, "person")
        else:
            kept = chance(call.words(4, name), _SAME_NAME)
            word = np.where(kept, household(call, 1, "person"), call.words(draw, name))
        return local(call, "last_names").draw(word)

    made: Ints = call.once(f"last {name} {of(call.params)} {draw}", make)
    return made


def last(call: Call, draw: int = 1, length: int | None = None) -> pa.Array:
    return pick(local(call, "last_names").strings("name", length, True), last_index(call, draw))


@generator(
    "person.first_name",
    "A first name that fits the row's sex and the decade of its birth.",
    accepts="text",
    width=upto(16),
    group=GROUP,
    locale=LOCALE,
)
def first_name(call: Call) -> pa.Array:
    return first(call, 0, call.type.length)


@generator(
    "person.middle_name",
    "A middle name, or its initial where the column is short.",
    accepts="text",
    width=upto(16),
    group=GROUP,
    locale=LOCALE,
)
def middle_name(call: Call) -> pa.Array:
    if call.type.length is not None and call.type.length < 3:
        return digits("@", call.below(26, 2, _stream(call, "person")))
    return first(call, 2, call.type.length)


@generator(
    "person.last_name", "A last name.", accepts="text", width=upto(11), group=GROUP, locale=LOCALE
)
def last_name(call: Call) -> pa.Array:
    return last(call, 1, call.type.length)


@generator(
    "person.maiden_name",
    "A birth name, of another family.",
    accepts="text",
    width=upto(16),
    group=GROUP,
    locale=LOCALE,
    sparse=SPARSE,
)
def maiden_name(call: Call) -> pa.Array:
    made = last(call, 3, call.type.length)
    if not call.params["sparse"]:
        return made
    changed = female(call) & chance(call.words(), 0.4)
    return without(made, ~changed)


@generator(
    "person.full_name",
    "First and last name.",
    accepts="text",
    width=upto(30),
    group=GROUP,
    locale=LOCALE,
    form=Parameter(str, "first last", "'first last', 'last, first' or 'title first last'"),
)
def full_name(call: Call) -> pa.Array:
    form = call.params["form"]
    half = None if call.type.length is None else max((call.type.length - 2) // 2, 1)
    given, family = first(call, 0, half), last(call, 1, half)
    if form == "last, first":
        made = join(family, given, separator=", ")
    elif form.startswith("title"):
        made = join(several(of(call.params), "titles")[-1], given, family, separator=" ")
    else:
        made = join(given, family, separator=" ")
    return limit(made, call.type.length)


@generator(
    "person.initials",
    "Initials of the row's first and last name.",
    accepts="text",
    width=lambda kind, params: 2,
    group=GROUP,
    locale=LOCALE,
)
def initials(call: Call) -> pa.Array:
    return join(
        pc.utf8_slice_codeunits(first(call), 0, 1), pc.utf8_slice_codeunits(last(call), 0, 1)
    )


@generator(
    "person.prefix",
    "Mr., Mrs. or Ms., or the like, by the row's sex; Dr. for staff.",
    accepts="text",
    width=lambda kind, params: 4,
    group=GROUP,
    locale=LOCALE,
    staff=Parameter(bool, False, "a clinician: Dr."),
)
def prefix(call: Call) -> pa.Array:
    pool = pa.array(several(of(call.params), "titles"))
    woman = female(call)
    index = np.where(woman, 0, 2) + chance(call.words(), 0.5)
    if call.params["staff"]:
        index = np.where(chance(call.words(1), 0.7), 4, index)
    return pick(pool, index)


@generator(
    "person.suffix",
    "Jr., Sr., II, III; MD, RN for staff.",
    accepts="text",
    width=upto(5),
    group=GROUP,
    staff=Parameter(bool, False, "a clinician's credentials"),
    sparse=SPARSE,
)
def suffix(call: Call) -> pa.Array:
    plain, degrees = ["Jr.", "Sr.", "II", "III"], ["MD", "DO", "RN", "NP", "PA-C", "PharmD"]
    values = degrees if call.params["staff"] else plain
    fitting = [v for v in values if len(v) <= (call.type.length or 9)] or [values[2][:1]]
    made = pick(pa.array(fitting), call.below(len(fitting)))
    if not call.params["sparse"]:
        return made
    return without(made, female(call) | chance(call.words(1), 0.96))


_SEX = {
    **dict.fromkeys(("f", "female", "w", "woman", "fem", "2", "8532", "girl", "frau"), 0),
    **dict.fromkeys(("m", "male", "man", "masc", "1", "8507", "boy", "h"), 1),
}


def _spread(values: list[Any]) -> tuple[list[int], list[int], list[int]]:
    """Positions of the values that mean female, male and neither."""
    kinds: tuple[list[int], list[int], list[int]] = ([], [], [])
    for position, value in enumerate(values):
        kinds[_SEX.get(str(value).strip().lower(), 2)].append(position)
    return kinds


@generator(
    "person.sex",
    "The row's sex as the column writes it; agrees with its first name.",
    accepts="text integer enum boolean",
    width=lambda kind, params: max([len(str(v)) for v in params.get("values", [])] or [1]),
    group=GROUP,
    values=Parameter(list, [], "the values allowed, such as M, F, U"),
    words=Parameter(bool, False, "Female and Male, not F and M"),
)
def sex(call: Call) -> Any:
    woman = female(call)
    if call.type.kind == "boolean":
        return woman
    values = list(call.params["values"]) or list(call.type.values)
    if not values:
        whole = call.params["words"] and (call.type.length or 6) >= 6
        values = ["Female", "Male"] if whole else ["F", "M"]
        if call.type.kind == "integer":
            values = [2, 1]
    girls, boys, others = _spread(values)
    first_girl = girls[0] if girls else (others or boys)[0]
    first_boy = boys[0] if boys else (others or girls)[-1]
    index = np.where(woman, first_girl, first_boy)
    if others and girls and boys:
        rare = chance(call.words(1, _stream(call, "sex")), 0.004 * len(others))
        story: Story | None = getattr(call, "story", None)
        if story is not None and story.cohorts is not None:
            rare &= story.member < 0  # who is counted by the sex has one
        other = np.asarray(others)[call.below(len(others), 2, _stream(call, "sex"))]
        index = np.where(rare, other, index)
    if call.type.kind == "integer":
        return np.asarray([int(v) for v in values], np.int64)[index]
    return pick(pa.array([str(v) for v in values]), index)


# Letters that names here have, as addresses and log-in names write them.
_PLAIN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "œ": "oe", "ç": "c", "ñ": "n", "ı": "i"}
    | dict.fromkeys("áàâ", "a") | dict.fromkeys("éèêë", "e") | dict.fromkeys("íìîï", "i")
    | dict.fromkeys("óòô", "o") | dict.fromkeys("úùû", "u") | dict.fromkeys(" '-", "")
)  # fmt: skip


@cache
def plain_pools(locale: str) -> tuple[pa.Array, pa.Array]:
    """First and last names in small letters of ASCII."""
    pools = _first_pool(locale, None)[0], table(locale, "last_names").strings("name")
    one, two = (pa.array([str(n).lower().translate(_PLAIN) for n in p.to_pylist()]) for p in pools)
    return one, two


_LOGINS = 10**7


@generator(
    "person.user_name",
    "A log-in name: initial, last name and a number.",
    accepts="text",
    capacity=lambda kind, params: _LOGINS,
    width=lambda kind, params: 19 if (kind.length or 99) >= 19 else 8,
    group=GROUP,
    locale=LOCALE,
    staff=Parameter(bool, False, "somebody who works here, not the row's person"),
)
def user_name(call: Call) -> pa.Array:
    mark = call.index(_LOGINS) if is_distinct(call) else call.below(100)
    if (call.type.length or 99) < 19:
        return digits("u#######", mark)
    firsts, lasts = plain_pools(of(call.params))
    given, family = first_index(call), last_index(call)
    if call.params["staff"]:
        given = call.below(len(firsts), 5, "actor")
        family = local(call, "last_names").draw(call.words(6, "actor"))
    initial = pc.utf8_slice_codeunits(pick(firsts, given), 0, 1)
    return join(initial, pick(lasts, family), number(mark))
