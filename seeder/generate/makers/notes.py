"""Text of a kind: slotted sentences, filled from the row's clinical state.

Where the row has no state, because no patient stands behind it, kinds that need none are written
all the same; the others are the light prose of ``prose``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.errors import PlanError
from seeder.generate import locale, stream
from seeder.generate.makers import prose
from seeder.generate.registry import Call, Make, Parameter, generator
from seeder.generate.scene import scene
from seeder.generate.stream import Ints
from seeder.generate.text import upto
from seeder.text import book, fill, frozen, grammar, kinds, moments, pictures, state

_SEED = stream.key(0, "text")
_ROOM = 4000  # characters of the longest text that a kind writes
_LEAST = 6  # characters: of fewer all texts have the same ones


def _text(call: Call, otherwise: Make) -> pa.Array:
    """The texts of a call, by kind: the parameter's, or that of the row's own note type."""
    _check(call)
    story = _scene(call)
    parts, places = [], []
    for kind, rows in _by_kind(call):
        needs = grammar.load().kinds[kind].patient
        if needs and story is None and _language(call) != "en":
            made = _written(call, "comment", state.blank(_numbers(call)).take(rows))
        elif needs and story is None:
            made = pc.take(pa.array(otherwise(call)).cast(pa.string()), pa.array(rows))
        else:
            one = story if needs and story is not None else state.blank(_numbers(call))
            one = _pictured(call, kind, one).take(rows)
            modelled = needs and _modelled(call)
            made = _frozen(call, kind, one, rows) if modelled else _written(call, kind, one)
        parts.append(made)
        places.append(rows)
    if not parts:
        return pa.array([], pa.string())
    if len(parts) == 1:
        return parts[0]
    back = np.empty(call.n, np.int64)
    back[np.concatenate(places)] = np.arange(call.n)
    return pc.take(pa.concat_arrays(parts), pa.array(back))


# Kinds that tell of the moment at which they are written, and not of the visit.
_OF_THE_HOUR = frozenset(("nursing_note",))
# Kinds that whoever writes them signs, and who that is in their bodies.
_SIGNED = {
    "referral_letter": "provider", "operative_note": "provider",
    "radiology_report": "consultant", "pathology_report": "consultant",
}  # fmt: skip
_PICTURES = frozenset(("radiology_report", "image_findings", "image_impression"))


def _pictured(call: Call, kind: str, story: state.State) -> state.State:
    """The state with the modality and the part of the body that the row, or its owner, names; and
    of a note of its own hour, or with its own author, that."""
    if kind in _OF_THE_HOUR:
        return story.of_moment()
    if (names := story.names) is not None and (mine := _SIGNED.get(kind)):
        story = replace(story, names=lambda of: names("author" if of == mine else of))
    if kind not in _PICTURES:
        return story
    return replace(
        story,
        modality=pictures.numbers(call.nearby("care.modality"), "modalities", call.n),
        site=pictures.numbers(call.nearby("care.site"), "body_sites", call.n),
    )


def _scene(call: Call) -> state.State | None:
    return scene(call, own_drug=call.params["kind"] == "sig")


def _by_kind(call: Call) -> Iterator[tuple[str, Ints]]:
    """Each kind of the call with the places of its rows."""
    which = _kinds(call)
    names = which.dictionary.to_pylist()
    for number, kind in enumerate(names):
        rows = np.flatnonzero(np.asarray(which.indices) == number)
        if len(rows):
            yield kind, rows


def drafts(call: Call) -> Iterator[tuple[str, Ints, fill.Draft]]:
    """What is to be written for rows whose texts are a model's: by kind, the places of the rows and
    their texts as the grammar would have them. Rows without a patient have none."""
    story = _scene(call)
    for kind, rows in _by_kind(call):
        if story is not None and grammar.load().kinds[kind].patient:
            one = _pictured(call, kind, story).take(rows)
            yield kind, rows, fill.draft(kind, one, _seed(call), call.type.length, _styles(call))


def _kinds(call: Call) -> pa.DictionaryArray:
    kind = call.params["kind"]
    types = None
    for meaning in ("prose.note_type", "prose.title") if kind == "progress_note" else ():
        types = call.sibling(meaning) if types is None else types
    if types is None:
        names = pa.array([kind])
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(call.n, np.int32)), names)
    coded = pc.dictionary_encode(types.cast(pa.string()).fill_null(""))
    named = pa.array([kinds.of_type(t) or kind for t in coded.dictionary.to_pylist()])
    # Two note types can mean one kind.
    return pc.dictionary_encode(pc.take(named, coded.indices))


def _numbers(call: Call) -> Ints:
    """A number for each row, of the column's own stream."""
    return call.words(0).view(np.int64)


def _written(call: Call, kind: str, story: state.State) -> pa.Array:
    length = call.type.length
    language = _language(call)
    source = _source(kind, call.params["text"], language)
    seed = _seed(call)
    made = fill.write(
        kind,
        story,
        seed,
        length=length,
        dates=_dates(call),
        styles=_styles(call),
        language=language,
        from_book=source,
    )
    return made if length is None else fill.fitted(kind, made, story, seed, length, language)


def _modelled(call: Call) -> bool:
    """Whether a model writes the column."""
    known = grammar.load().kinds[call.params["kind"]]
    return bool(call.place) and frozen.is_model(call.params["text"]) and frozen.writes(known)


def _frozen(call: Call, kind: str, story: state.State, rows: Ints) -> pa.Array:
    """The texts that a model has written for these rows, filled."""
    given = frozen.texts(call.place, call.rows[rows])
    if given is None:
        return _written(call, kind, story)
    made = fill.told(given, story, _seed(call), _dates(call), call.place)
    length = call.type.length
    if length is None:
        return made
    return fill.fitted(kind, fill.cut(made, length), story, _seed(call), length)


def _seed(call: Call) -> stream.Key:
    # Two texts of one row, such as assessment and plan, are two draws.
    return stream.key(0, "text", call.params["group"]) if call.params["group"] else _SEED


def _styles(call: Call) -> tuple[str, ...]:
    return (call.params["style"],) if call.params["style"] else ()


def _dates(call: Call) -> str:
    return str(call.params["dates"] or moments.dates_of(locale.of(call.params)))


def _source(kind: str, text: str, language: str) -> book.Book:
    """The bodies: the grammar's, or those of a pool, which are English."""
    if text == "grammar" or frozen.is_model(text) or language != "en":
        return book.book(kind, language)
    return book.pooled(kind, text)


def _language(call: Call) -> str:
    return grammar.language_of(locale.of(call.params))


def _check(call: Call) -> None:
    """Raise PlanError at a parameter that names nothing that there is."""
    _known("kind", call.params["kind"], tuple(grammar.load(_language(call)).kinds))
    _known("style", call.params["style"], ("", *grammar.STYLES))
    _known("dates", call.params["dates"], ("", *moments.DATES))
    # A pool is read here, so that what is wrong with it is said before any row is made.
    _source(call.params["kind"], call.params["text"], _language(call))
    if frozen.is_model(call.params["text"]) and _language(call) != "en":
        raise PlanError(
            "models write English, and the texts are of " + locale.of(call.params),
            "text: grammar, or another locale for this column",
        )


def _known(name: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        close = difflib.get_close_matches(given, known, 1)
        meant = f"did you mean {close[0]}? " if close else ""
        listed = ", ".join(sorted(k for k in known if k))
        raise PlanError(f"parameter {name} of a text is {given!r}", f"{meant}known: {listed}")


def _register(name: str, kind: str, summary: str, accepts: str, otherwise: Make) -> None:
    @generator(
        name,
        summary,
        accepts=accepts,
        width=lambda kind, params: max(upto(_ROOM)(kind, params), _LEAST),
        kind=Parameter(str, kind, "kind of text: docs/reference/texts.md lists them"),
        style=Parameter(str, "", "plain, soap or headed; '' is any of them"),
        dates=Parameter(
            str, "", "how dates are written: mdy, iso, dmy, dmy/ or long; '' as the locale has it"
        ),
        text=Parameter(str, "grammar", "who writes: grammar, pool, a pool's file, model"),
        group=Parameter(str, "", "which text of the row"),
        locale=locale.LOCALE,
    )
    def make(call: Call) -> pa.Array | npt.NDArray[np.generic]:
        return _text(call, otherwise)


_register(
    "text.note",
    "progress_note",
    "A clinical note that says what the row says: its condition, person, drug, values, dates.",
    "text json",
    prose.note,
)
_register(
    "text.comment",
    "comment",
    "A remark of a sentence or two: on a result, a claim, a message, an access.",
    "text",
    prose.comment,
)
_register(
    "text.complaint",
    "chief_complaint",
    "Why somebody comes: the symptoms of the row's condition.",
    "text",
    prose.complaint,
)
_register(
    "text.sig",
    "sig",
    "How to take the row's drug.",
    "text",
    prose.sig,
)
