"""Reads the grammar: kinds and their sentences, from YAML files that a clinician can review.

A kind's file names ``layouts`` and ``moves``. A layout is a text with ``<move>`` places; a move is
a list of sentences by the tags that they need. In a sentence, ``[a|b|c]`` stands for any of its
alternatives (which may be empty), and ``{name}`` is a slot. Moves of ``shared.yaml`` serve all
kinds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import islice
from typing import Any

import yaml

from seeder.errors import SeederError
from seeder.text import compiled
from seeder.text.pool import SLOT, Body, TextPool, gist, pool_of

LANGUAGES = ("en", "de", "fr", "es")
STYLES = ("plain", "soap", "headed")
_PLACE = re.compile(r"<([a-z_]+)>")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SPACED = {"fr": ":;"}  # marks that the language sets a blank before
_MOST = 512  # expansions of a sentence: more would say the same thing too often
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class GrammarError(SeederError):
    """A file of the grammar is wrong; the message begins with the file."""

    exit_code = 3


@dataclass(frozen=True)
class Layout:
    """How a text is put together: ``parts`` are (literal in front, move); ``style`` is plain, soap
    or headed; ``register`` full or terse."""

    style: str
    register: str
    weight: int
    parts: tuple[tuple[str, str], ...]
    tail: str


@dataclass(frozen=True)
class Kind:
    """A kind of text with its layouts, and whether it needs a patient's state."""

    name: str
    title: str
    layouts: tuple[Layout, ...]
    patient: bool


@dataclass(frozen=True)
class Grammar:
    """Kinds by name, and the pool compiled from their sentences, when it is asked for."""

    kinds: Mapping[str, Kind]
    compile: Callable[[], TextPool]

    @cached_property
    def pool(self) -> TextPool:
        return self.compile()


def data() -> Traversable:
    """The folder of what all languages share."""
    return resources.files("seeder.text").joinpath("data")


def home(language: str = "en") -> Traversable:
    """The folder of a language's files."""
    return data().joinpath(language)


def language_of(locale: str) -> str:
    """The language of a locale, English where there is no grammar of it."""
    language = locale[:2]
    return language if language in LANGUAGES else "en"


def load(language: str = "en") -> Grammar:
    """The grammar of the package, compiled once a process."""
    return _loaded(language)


@cache
def _loaded(language: str) -> Grammar:
    # Behind a function of its own: a cache tells a default that is said from one that is not.
    folder = home(language)
    if language == "en" and (kept := compiled.thing("kinds")):
        return Grammar(_kept(kept), lambda: read(folder, language).pool)
    return read(folder, language)


def _kept(kept: compiled.Thing) -> dict[str, Kind]:
    """The kinds, of the columns that they were compiled into."""
    columns = {name: iter(values.tolist()) for name, values in kept.items()}
    parts = zip(columns["literal"], columns["move"], strict=True)
    layouts = (
        Layout(style, register, weight, tuple(islice(parts, count)), tail)
        for style, register, weight, count, tail in zip(
            *(columns[n] for n in ("style", "register", "weight", "parts", "tail")), strict=True
        )
    )
    return {
        name: Kind(name, title, tuple(islice(layouts, count)), bool(patient))
        for name, title, count, patient in zip(
            *(columns[n] for n in ("name", "title", "layouts", "patient")), strict=True
        )
    }


def read(folder: Traversable, language: str = "en") -> Grammar:
    """The grammar in a folder. Raises GrammarError at the first thing that is wrong."""
    shared = _yaml(folder, "shared.yaml")
    kinds: dict[str, Kind] = {}
    bodies: list[Body] = []
    digest = hashlib.sha256()
    for name in sorted(f.name for f in folder.joinpath("kinds").iterdir()):
        file = _yaml(folder, f"kinds/{name}")
        digest.update(repr(file).encode())
        kind = _kind(name, file)
        kinds[kind.name] = kind
        moves = shared | (file.get("moves") or {})
        bodies += _bodies(name, kind, moves, _SPACED.get(language, ""))
    digest.update(repr(shared).encode())
    provenance = {"writer": "grammar", "language": language, "source": digest.hexdigest()}
    pool = pool_of(bodies, provenance)
    return Grammar(kinds, lambda: pool)


def _yaml(folder: Traversable, name: str) -> dict[str, Any]:
    try:
        text = folder.joinpath(name).read_text("utf-8")
        found = yaml.load(text, _Loader)  # noqa: S506 - the loader is the safe one
    except (OSError, yaml.YAMLError) as error:
        raise GrammarError(f"{name}: {error}") from None
    if not isinstance(found, dict):
        raise GrammarError(f"{name}: a mapping is wanted here")
    return found


def _kind(name: str, file: Mapping[str, Any]) -> Kind:
    unknown = set(file) - {"title", "layouts", "moves", "patient"}
    if unknown:
        raise GrammarError(f"{name}: unknown field {sorted(unknown)[0]}")
    if not file.get("layouts") or not file.get("title"):
        raise GrammarError(f"{name}: title and layouts are wanted")
    layouts = tuple(_layout(name, given) for given in file["layouts"])
    return Kind(name.removesuffix(".yaml"), file["title"], layouts, bool(file.get("patient", True)))


def _layout(name: str, given: Mapping[str, Any]) -> Layout:
    text = str(given["text"]).rstrip("\n")
    parts, last = [], 0
    for place in _PLACE.finditer(text):
        parts.append((text[last : place.start()], place[1]))
        last = place.end()
    if not parts:
        raise GrammarError(f"{name}: a layout without <move>: {text!r}")
    style, register = given.get("style", "plain"), given.get("register", "full")
    if style not in STYLES or register not in ("full", "terse"):
        raise GrammarError(f"{name}: style {style!r}, register {register!r}")
    return Layout(style, register, int(given.get("weight", 1)), tuple(parts), text[last:])


def section_of(moves: Mapping[str, Any], move: str, register: str) -> str:
    """The move's name in a register: 'exam terse' where there is one, else 'exam'."""
    own = f"{move} {register}"
    return own if own in moves else move


def _bodies(file: str, kind: Kind, moves: Mapping[str, Any], spaced: str) -> Iterator[Body]:
    done: set[tuple[str, str]] = set()
    for layout in kind.layouts:
        for _, move in layout.parts:
            if (move, layout.register) in done:
                continue
            done.add((move, layout.register))
            name = section_of(moves, move, layout.register)
            if name not in moves:
                raise GrammarError(f"{file}: there is no move {move!r}")
            yield from _move(file, kind.name, move, layout.register, moves[name], spaced)


def _move(
    file: str, kind: str, move: str, register: str, given: Any, spaced: str
) -> Iterator[Body]:
    """Bodies of a move, no two that are near-duplicates or alike where their slots are masked."""
    groups = given if isinstance(given, dict) else {"": given}
    for when, sentences in groups.items():
        seen: set[object] = set()
        for sentence in sentences:
            for text in expand(f"{file}: {move}", str(sentence), spaced):
                keys = (SLOT.sub("{}", text), gist(text))
                if seen.isdisjoint(keys):
                    seen.update(keys)
                    yield Body(kind, move, register, "*", "*", when.replace("*", "").strip(), text)


def expand(place: str, sentence: str, spaced: str = "") -> list[str]:
    """All texts of a sentence with alternatives, the first alternatives first; ``spaced``: marks
    that a blank may stand before."""
    texts = [sentence]
    while any("[" in t for t in texts):
        grown: list[str] = []
        for text in texts:
            found = _CHOICE.search(text)
            if found is None:
                grown.append(text)
                continue
            before, after = text[: found.start()], text[found.end() :]
            grown += [before + option + after for option in found[1].split("|")]
        if len(grown) > _MOST:
            raise GrammarError(f"{place}: more than {_MOST} texts in one sentence: {sentence!r}")
        if len(grown) == len(texts) and grown == texts:
            raise GrammarError(f"{place}: a bracket is not closed: {sentence!r}")
        texts = grown
    return [_tidy(t, spaced) for t in texts]


_UNTIDY = re.compile(r"^ | [ .,;:)]| $")


def _tidy(text: str, spaced: str) -> str:
    """Without the doubled blanks that an empty alternative leaves, and begun with a capital."""
    if _UNTIDY.search(text):
        text = re.sub(r" {2,}", " ", text).strip()
        marks = "".join(m for m in ".,;:)" if m not in spaced)
        text = re.sub(rf" +([{marks}])", r"\1", text)
    return text[:1].upper() + text[1:]
