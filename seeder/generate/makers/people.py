"""Who someone is: names that agree with the sex, and what is asked on a registration form.

One row's names share the stream 'person' and its sex the stream 'sex', so that first name, full
name, e-mail and user name of a row tell of one person. A group (contact, spouse, guarantor) has
streams of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.cells import without
from seeder.generate.data import entries
from seeder.generate.registry import Call, Parameter, generator
from seeder.generate.skew import is_distinct
from seeder.generate.stream import Ints, chance
from seeder.generate.text import digits, join, limit, number, pick, upto

FEMALE = 0.51
GROUP = Parameter(str, "", "which person of the row, when it names several")
SPARSE = Parameter(bool, False, "NULL for most people, as the sex has it")


def _stream(call: Call, name: str) -> str:
    group = call.params.get("group", "")
    return f"{name}:{group}" if group else name


def female(call: Call) -> npt.NDArray[np.bool_]:
    """The sex of each row's person: true for female."""
    story = getattr(call, "story", None)
    if story is not None and not call.params.get("group"):
        told: npt.NDArray[np.bool_] = story.people.female
        return told
    return chance(call.words(0, _stream(call, "sex")), FEMALE)


def first_pool(length: int | None) -> tuple[pa.Array, int]:
    """First names, female ones first, and how many of them are female."""
    girls, boys = entries("first_names_female"), entries("first_names_male")
    pool = pa.concat_arrays(
        [girls.strings("name", length, True), boys.strings("name", length, True)]
    )
    return pool, len(girls)


def first_index(call: Call, draw: int = 0) -> Ints:
    """An index into the two pools of first names, female names first."""
    girls, boys = entries("first_names_female"), entries("first_names_male")
    word = call.words(draw, _stream(call, "person"))
    return np.where(female(call), girls.draw(word), boys.draw(word) + len(girls))


def first(call: Call, draw: int = 0, length: int | None = None) -> pa.Array:
    return pick(first_pool(length)[0], first_index(call, draw))


def last_index(call: Call, draw: int = 1) -> Ints:
    """An index into the last names."""
    return entries("last_names").draw(call.words(draw, _stream(call, "person")))


def last(call: Call, draw: int = 1, length: int | None = None) -> pa.Array:
    return pick(entries("last_names").strings("name", length, True), last_index(call, draw))


@generator(
    "person.first_name",
    "A first name that fits the row's sex.",
    accepts="text",
    width=upto(11),
    group=GROUP,
)
def first_name(call: Call) -> pa.Array:
    return first(call, 0, call.type.length)


@generator(
    "person.middle_name",
    "A middle name, or its initial where the column is short.",
    accepts="text",
    width=upto(11),
    group=GROUP,
)
def middle_name(call: Call) -> pa.Array:
    if call.type.length is not None and call.type.length < 3:
        return digits("@", call.below(26, 2, _stream(call, "person")))
    return first(call, 2, call.type.length)


@generator("person.last_name", "A last name.", accepts="text", width=upto(11), group=GROUP)
def last_name(call: Call) -> pa.Array:
    return last(call, 1, call.type.length)


@generator(
    "person.maiden_name",
    "A birth name, of another family.",
    accepts="text",
    width=upto(11),
    group=GROUP,
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
    form=Parameter(str, "first last", "'first last', 'last, first' or 'title first last'"),
)
def full_name(call: Call) -> pa.Array:
    form = call.params["form"]
    half = None if call.type.length is None else max((call.type.length - 2) // 2, 1)
    given, family = first(call, 0, half), last(call, 1, half)
    if form == "last, first":
        made = join(family, given, separator=", ")
    elif form.startswith("title"):
        made = join("Dr.", given, family, separator=" ")
    else:
        made = join(given, family, separator=" ")
    return limit(made, call.type.length)


@generator(
    "person.initials",
    "Initials of the row's first and last name.",
    accepts="text",
    width=lambda kind, params: 2,
    group=GROUP,
)
def initials(call: Call) -> pa.Array:
    return join(
        pc.utf8_slice_codeunits(first(call), 0, 1), pc.utf8_slice_codeunits(last(call), 0, 1)
    )


@generator(
    "person.prefix",
    "Mr., Mrs. or Ms., by the row's sex; Dr. for staff.",
    accepts="text",
    width=lambda kind, params: 4,
    group=GROUP,
    staff=Parameter(bool, False, "a clinician: Dr."),
)
def prefix(call: Call) -> pa.Array:
    pool = pa.array(["Ms.", "Mrs.", "Mr.", "Mr.", "Dr."])
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
        other = np.asarray(others)[call.below(len(others), 2, _stream(call, "sex"))]
        index = np.where(rare, other, index)
    if call.type.kind == "integer":
        return np.asarray([int(v) for v in values], np.int64)[index]
    return pick(pa.array([str(v) for v in values]), index)


_LOGINS = 10**7


@generator(
    "person.user_name",
    "A log-in name: initial, last name and a number.",
    accepts="text",
    capacity=lambda kind, params: _LOGINS,
    width=lambda kind, params: 19 if (kind.length or 99) >= 19 else 8,
    group=GROUP,
)
def user_name(call: Call) -> pa.Array:
    mark = call.index(_LOGINS) if is_distinct(call) else call.below(100)
    if (call.type.length or 99) < 19:
        return digits("u#######", mark)
    initial = pc.utf8_slice_codeunits(first(call), 0, 1)
    return pc.ascii_lower(join(initial, last(call), number(mark)))
