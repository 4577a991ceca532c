"""A kind's bodies made ready for filling: cut into pieces, and found by what is true of a row.

A piece is a literal or a slot. A part of a layout is the bodies of its move behind one literal; of
each row the bodies that its tags, its age band and its condition allow are looked up by number.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.clinical.knowledge import load as knowledge
from seeder.errors import SeederError
from seeder.generate.stream import Ints
from seeder.text import compiled, demands, grammar, slots, tags
from seeder.text.grammar import Kind, Layout
from seeder.text.parts import Part
from seeder.text.pool import SLOT, Body, PoolError, TextPool, read, slots_of

_ANY = "*"
SHIPPED = "pool"  # the word for the package's own pool
_BAND = {"infant": "infant", "child": "child", "adult": "middle", "elder": "elder", _ANY: ""}


@dataclass(frozen=True)
class Cut:
    """Texts in pieces, as ``fill`` takes them: text t has ``lengths[t]`` codes from ``first[t]``
    on; a code is the number of a literal, or below zero of a slot."""

    literals: pa.StringArray
    slots: tuple[str, ...]
    codes: npt.NDArray[np.int32]
    first: Ints
    lengths: Ints


@dataclass
class Pieces:
    """Texts cut into pieces: codes below zero are slots, -1 the first."""

    literals: list[str] = field(default_factory=list)
    slots: list[str] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    _literal: dict[str, int] = field(default_factory=dict)
    _slot: dict[str, int] = field(default_factory=dict)

    def add(self, text: str) -> int:
        """The number of a text; its pieces are kept."""
        self.first.append(len(self.codes))
        last = 0
        for match in SLOT.finditer(text):
            self._say(text[last : match.start()])
            self.codes.append(-1 - self._number(match[1]))
            last = match.end()
        self._say(text[last:])
        self.lengths.append(len(self.codes) - self.first[-1])
        return len(self.first) - 1

    def cut(self) -> Cut:
        return Cut(
            pa.array(self.literals or [""], pa.string()),
            tuple(self.slots),
            np.array(self.codes, np.int32),
            np.array(self.first, np.int64),
            np.array(self.lengths, np.int64),
        )

    def refuse_unknown(self, where: str, language: str) -> None:
        """Raise PoolError where a slot is none of the language's."""
        names = slots.names(language)
        unknown = sorted({s for s in self.slots if s[:1].lower() + s[1:] not in names})
        if unknown:
            raise PoolError(f"{where}: unknown slot {{{unknown[0]}}}", _near(unknown[0], names))

    def _say(self, literal: str) -> None:
        if literal:
            if literal not in self._literal:
                self._literal[literal] = len(self.literals)
                self.literals.append(literal)
            self.codes.append(self._literal[literal])

    def _number(self, slot: str) -> int:
        if slot not in self._slot:
            self._slot[slot] = len(self.slots)
            self.slots.append(slot)
        return self._slot[slot]


@dataclass(frozen=True)
class Page:
    """A layout with its parts, and how many characters it takes, about."""

    layout: Layout
    parts: tuple[Part, ...]
    tail: int
    typical: int

    @property
    def room(self) -> int:
        """How many characters a column needs for it: of one sentence nothing can be cut."""
        return self.typical if len(self.parts) > 1 else self.typical * 3 // 2


@dataclass(frozen=True)
class Book(Cut):
    """All of one kind: pages, and the pieces of its texts."""

    kind: Kind
    pages: tuple[Page, ...]

    def text(self, number: int) -> str:
        """A text as it was before it was cut."""
        first = int(self.first[number])
        codes = self.codes[first : first + int(self.lengths[number])].tolist()
        return "".join(
            self.literals[c].as_py() if c >= 0 else f"{{{self.slots[-1 - c]}}}" for c in codes
        )


def book(kind: str, language: str = "en") -> Book:
    """The book of a kind, from the grammar."""
    return _book(kind, language)


@lru_cache(maxsize=128)
def _book(kind: str, language: str) -> Book:
    known = grammar.load(language)
    if kind not in known.kinds:
        raise SeederError(
            f"there is no kind of text {kind!r}", "known: " + ", ".join(sorted(known.kinds))
        )
    kept = compiled.thing(f"book {kind}") if language == "en" else None
    if kept:
        return _kept(known.kinds[kind], kept)
    return bind(known.kinds[kind], known.pool, language=language)


def _kept(kind: Kind, kept: compiled.Thing) -> Book:
    """The book of a kind, of the columns that it was compiled into."""
    names = dict.fromkeys(part for layout in kind.layouts for part in layout.parts)
    parts, low = {}, 0
    for (literal, move), size in zip(names, kept["sizes"].tolist(), strict=True):
        bodies, terse, need, forbid, same = (
            kept[field][low : low + size] for field in ("bodies", "terse", "need", "forbid", "same")
        )
        parts[literal, move] = Part(
            bodies=bodies.astype(np.int32),
            terse=terse.astype(np.bool_),
            need=need,
            forbid=forbid,
            scope=np.zeros(size, np.int64),
            where=f"{kind.name}: {move}",
            scopes=np.zeros(0, np.int64),
            spare=np.zeros(size, np.bool_),
            same=same,
        )
        low += size
    pages = tuple(
        Page(layout, tuple(parts[part] for part in layout.parts), tail, typical)
        for layout, tail, typical in zip(
            kind.layouts, kept["tail"].tolist(), kept["typical"].tolist(), strict=True
        )
    )
    return Book(
        literals=kept["literals"],
        slots=tuple(kept["slots"].to_pylist()),
        codes=kept["codes"].astype(np.int32),
        first=kept["first"],
        lengths=kept["lengths"],
        kind=kind,
        pages=pages,
    )


@lru_cache(maxsize=64)
def pooled(kind: str, path: str) -> Book:
    """The book of a kind from a pool's file; rows and sections that the file has too little for are
    the grammar's."""
    known = grammar.load().kinds.get(kind)
    if known is None:
        return book(kind)
    return bind(known, read(shipped() if path == SHIPPED else Path(path)), grammar.load().pool)


def whole(path: str) -> None:
    """Raise PoolError where a pool's file is none, or a body has a slot that there is not."""
    pieces = Pieces()
    for body in read(Path(path)).bodies():
        pieces.add(body.body)
    pieces.refuse_unknown(path, "en")


def shipped() -> Path:
    """The pool that comes with the package. Raises SeederError where there is none."""
    if not has_shipped():
        raise SeederError("this package has no written pool", "set text: grammar, or name a pool")
    return _file()


def has_shipped() -> bool:
    return _file().is_file()


def _file() -> Path:
    return Path(str(grammar.home().joinpath("written.pool")))


def bind(kind: Kind, pool: TextPool, spare: TextPool | None = None, language: str = "en") -> Book:
    """A book of a kind's layouts and a pool's bodies. Raises PoolError for an unknown slot, tag,
    condition or band, and for a section without bodies."""
    by_section: dict[tuple[str, str], list[Body]] = defaultdict(list)
    for body in pool.bodies(kind.name):
        if not demands.refused(body.body):
            by_section[body.section, body.style].append(body)
    own = {key: len(given) for key, given in by_section.items()}
    for body in spare.bodies(kind.name) if spare is not None else ():
        by_section[body.section, body.style].append(body)
    # A place of full layouts and of terse ones is one part.
    registers: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for layout in kind.layouts:
        for literal, move in layout.parts:
            registers[literal, move][layout.register] = None
            if not by_section.get((move, layout.register)):
                raise PoolError(f"{kind.name}: the pool has no {layout.register} {move}")
    pieces = Pieces()
    parts = {}
    for (literal, move), of in registers.items():
        bodies = [b for register in of for b in by_section[move, register]]
        extra = [
            place >= own.get((move, register), 0)
            for register in of
            for place in range(len(by_section[move, register]))
        ]
        parts[literal, move] = _part(kind.name, literal, bodies, extra, pieces)
    pages = []
    for layout in kind.layouts:
        typical = len(layout.tail) + sum(
            len(literal) + _usual(by_section[move, layout.register])
            for literal, move in layout.parts
        )
        mine = tuple(parts[place] for place in layout.parts)
        pages.append(Page(layout, mine, pieces.add(layout.tail), typical))
    pieces.refuse_unknown(kind.name, language)
    return Book(**vars(pieces.cut()), kind=kind, pages=tuple(pages))


def _near(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name.lower(), sorted(known), 1)
    meant = f"did you mean {{{close[0]}}}? " if close else ""
    return f"{meant}known: " + ", ".join(sorted(known))


def _part(
    kind: str, literal: str, bodies: Sequence[Body], spare: Sequence[bool], pieces: Pieces
) -> Part:
    """A part of bodies of which some are spare."""
    where = f"{kind}: {bodies[0].section}"
    masks = [tags.masks(f"{demands.tags(b.body, b.when)} {_band(where, b.band)}") for b in bodies]
    need = np.array([m[0] for m in masks], np.int64)
    forbid = np.array([m[1] for m in masks], np.int64)
    names = sorted({b.condition for b in bodies if b.condition != _ANY})
    number = {name: place + 1 for place, name in enumerate(names)}
    return Part(
        bodies=np.array([pieces.add(_behind(literal, b.body)) for b in bodies], np.int32),
        terse=np.array([b.style == "terse" for b in bodies], np.bool_),
        need=need,
        forbid=forbid,
        scope=np.array([number.get(b.condition, 0) for b in bodies], np.int64),
        where=where,
        scopes=_scopes(where, number),
        spare=np.array(spare, np.bool_),
        same=_same(bodies),
    )


def _same(bodies: Sequence[Body]) -> Ints:
    """A number for each body, that of others that differ from it in nothing but their slots."""
    numbers: dict[str, int] = {}
    masked = (SLOT.sub("{}", b.body) for b in bodies)
    return np.array([numbers.setdefault(m, len(numbers)) for m in masked], np.int64)


def _behind(literal: str, body: str) -> str:
    """The body behind the literal; small where the literal does not end a sentence."""
    inside = literal.rstrip().endswith((",", ";"))
    return literal + (body[:1].lower() + body[1:] if inside else body)


def _band(where: str, band: str) -> str:
    if band not in _BAND:
        raise PoolError(f"{where}: unknown age band {band!r}", f"known: {', '.join(_BAND)}")
    return _BAND[band]


def _scopes(where: str, number: Mapping[str, int]) -> Ints:
    """For each condition, and for none at the end, the scope of bodies that is its own."""
    if not number:
        return np.zeros(0, np.int64)
    known = knowledge()
    for name in number:
        if name not in known.conditions and name not in known.groups:
            raise PoolError(f"{where}: {name!r} is no condition and no group of the knowledge")
    of = [number.get(c.code, number.get(c.group, 0)) for c in known.conditions.values()]
    return np.array([*of, 0], np.int64)


def _usual(bodies: Iterable[Body]) -> int:
    """The mean length of bodies, slots taken as of their usual width."""
    sizes = [len(SLOT.sub("", b.body)) + sum(map(slots.width, slots_of(b.body))) for b in bodies]
    return sum(sizes) // max(len(sizes), 1)


def shortest(kind: str, language: str = "en") -> int:
    """How many characters the shortest texts of a kind take, about; 0 for an unknown kind."""
    if kind not in grammar.load(language).kinds:
        return 0
    return min(page.typical for page in book(kind, language).pages)
