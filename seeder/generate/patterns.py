"""Texts that match a regular expression, made column-wise.

The common subset that schemas use: literals, classes, ``\\d \\w \\s``, POSIX classes, groups,
alternation, ``? * + {n,m}``, anchors at the ends. Look-around, back references and word
boundaries are refused with ValueError. An open repetition is bounded.

Each node writes a fixed number of columns of a byte matrix, 0 where it writes nothing; the zeros
are squeezed out at the end, so that no row is looped over.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seeder.generate.registry import Call
from seeder.generate.stream import Ints, below
from seeder.generate.vocabulary import fitting

Bytes = npt.NDArray[np.uint8]

_PRINTABLE = string.ascii_letters + string.digits + " !#$%&()*+,-./:;<=>?@[]^_{|}~\"'`\\"
_NAMED = {
    "alpha": string.ascii_letters,
    "digit": string.digits,
    "alnum": string.ascii_letters + string.digits,
    "upper": string.ascii_uppercase,
    "lower": string.ascii_lowercase,
    "space": " ",
    "xdigit": "0123456789abcdef",
    "punct": "-_.",
    "word": string.ascii_letters + string.digits + "_",
}
_ESCAPES = {
    "d": string.digits,
    "w": _NAMED["word"],
    "s": " ",
    "D": string.ascii_letters,
    "W": "-",
    "S": string.ascii_letters + string.digits,
}
_CONTROL = {"t": "\t", "n": "\n", "r": "\r"}
# What an open repetition may add to its minimum, and the most that any may add.
_OPEN, _MOST = 7, 64
CAPACITY = (1 << 62) - 1


@dataclass(frozen=True, slots=True)
class Chars:
    """One of these characters."""

    letters: str


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    part: Node
    low: int
    high: int


Node = Chars | Sequence | Either | Repeat


class _Reader:
    """A recursive-descent parser over the pattern's text."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def peek(self, width: int = 1) -> str:
        return self.text[self.at : self.at + width]

    def take(self) -> str:
        if self.at >= len(self.text):
            raise ValueError(f"the pattern {self.text!r} ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def refuse(self, what: str) -> ValueError:
        return ValueError(f"the pattern {self.text!r} uses {what}")

    def either(self) -> Node:
        options = [self.sequence()]
        while self.peek() == "|":
            self.take()
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Either(tuple(options))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.peek() and self.peek() not in "|)":
            if self.peek() == "^":
                if parts:
                    raise self.refuse("an anchor inside")
                self.take()
            elif self.peek() == "$":
                self.take()
                if self.peek() and self.peek() not in "|)":
                    raise self.refuse("an anchor inside")
            elif self.peek(2) in ("\\A", "\\Z"):
                self.at += 2
            else:
                parts.append(self.repeated())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def repeated(self) -> Node:
        part = self.atom()
        while self.peek() and (self.peek() in "?*+" or self._counted()):
            low, high = self.count()
            if self.peek() == "+":
                raise self.refuse("a possessive repetition")
            self.at += self.peek() == "?"  # a lazy repetition matches the same texts
            part = Repeat(part, low, high)
        return part

    def _counted(self) -> bool:
        return self.peek() == "{" and self.text[self.at + 1 : self.at + 2].isdigit()

    def count(self) -> tuple[int, int]:
        sign = self.take()
        if sign != "{":
            return {"?": (0, 1), "*": (0, _OPEN), "+": (1, 1 + _OPEN)}[sign]
        end = self.text.find("}", self.at)
        if end < 0:
            raise self.refuse("an open brace")
        low, comma, high = self.text[self.at : end].partition(",")
        self.at = end + 1
        if not low.isdigit() or (high and not high.isdigit()):
            raise self.refuse("a brace that is no count")
        least = int(low)
        if least > 1000:
            raise self.refuse("a repetition of more than 1,000")
        if not comma:
            return least, least
        most = int(high) if high else least + _OPEN
        if most < least:
            raise self.refuse("a count that runs backwards")
        return least, min(most, least + _MOST)

    def atom(self) -> Node:
        sign = self.take()
        if sign == "(":
            if self.peek() == "?":
                if self.peek(2) != "?:":
                    raise self.refuse("look-around or flags")
                self.at += 2
            inner = self.either()
            if self.take() != ")":
                raise self.refuse("an open group")
            return inner
        if sign == "[":
            return Chars(self.letters())
        if sign == ".":
            return Chars(string.ascii_lowercase + string.digits)
        if sign == "\\":
            return Chars(self.escape())
        if sign in "*+?":
            raise self.refuse(f"{sign!r} with nothing to repeat")
        return Chars(sign)

    def escape(self) -> str:
        sign = self.take()
        if sign in _ESCAPES:
            return _ESCAPES[sign]
        if sign in _CONTROL:
            return _CONTROL[sign]
        if sign.isalnum():
            raise self.refuse(f"\\{sign}")
        return sign

    def letters(self) -> str:
        negated = self.peek() == "^"
        self.at += negated
        found: list[str] = []
        first = True
        while first or self.peek() != "]":
            first = False
            if self.peek(2) == "[:":
                end = self.text.find(":]", self.at)
                name = self.text[self.at + 2 : end]
                if end < 0 or name not in _NAMED:
                    raise self.refuse("an unknown class")
                found.extend(_NAMED[name])
                self.at = end + 2
                continue
            sign = self.take()
            start = self.escape() if sign == "\\" else sign
            if len(start) == 1 and self.peek() == "-" and self.peek(2)[1:] not in ("]", ""):
                self.take()
                sign = self.take()
                stop = self.escape() if sign == "\\" else sign
                if len(stop) != 1 or stop < start:
                    raise self.refuse("a class that runs backwards")
                last = min(ord(stop), ord(start) + 500)
                found.extend(chr(c) for c in range(ord(start), last + 1))
            else:
                found.extend(start)
        self.take()
        if negated:
            found = [c for c in _PRINTABLE if c not in found]
        if not found:
            raise self.refuse("an empty class")
        return _readable("".join(dict.fromkeys(found)))


def _readable(letters: str) -> str:
    """The part of a wide class that people type: a small-letter class stays one."""
    plain = [c for c in letters if c in string.ascii_lowercase + string.digits]
    if len(plain) < len(letters) and set(string.ascii_lowercase) <= set(letters):
        return "".join(plain)
    return letters


@lru_cache(maxsize=256)
def parse(pattern: str) -> Node:
    """The tree of a pattern. Raises ValueError on what is not understood."""
    reader = _Reader(pattern)
    tree = reader.either()
    if reader.at != len(pattern):
        raise reader.refuse("a closing bracket too many")
    return tree


def widths(node: Node) -> tuple[int, int]:
    """The fewest and the most characters of a text."""
    if isinstance(node, Chars):
        return 1, 1
    if isinstance(node, Repeat):
        low, high = widths(node.part)
        return low * node.low, high * node.high
    sizes = [widths(n) for n in (node.parts if isinstance(node, Sequence) else node.options)]
    if isinstance(node, Sequence):
        return sum(s[0] for s in sizes), sum(s[1] for s in sizes)
    return min(s[0] for s in sizes), max(s[1] for s in sizes)


def _bent(node: Node, lift: int, room: int) -> Node:
    """Every repetition at least ``lift`` above its minimum, at most ``room`` more."""
    if isinstance(node, Repeat):
        low = min(node.low + lift, node.high if node.high - node.low < _OPEN else node.low + lift)
        high = max(min(node.high, low + room), low)
        return Repeat(_bent(node.part, lift, room), low, high)
    if isinstance(node, Sequence):
        return Sequence(tuple(_bent(n, lift, room) for n in node.parts))
    if isinstance(node, Either):
        return Either(tuple(_bent(n, lift, room) for n in node.options))
    return node


@lru_cache(maxsize=256)
def fit(pattern: str, shortest: int, longest: int | None) -> Node:
    """The pattern's tree with its repetitions chosen so that every text has a length in bounds.

    Raises ValueError where that cannot be.
    """
    tree = parse(pattern)
    for lift in range(shortest + 1):
        for room in (_MOST, 16, 8, 4, 2, 1, 0):
            bent = _bent(tree, lift, room)
            low, high = widths(bent)
            if low >= shortest and (longest is None or high <= longest):
                return bent
    options = tree.options if isinstance(tree, Either) else ()
    inside = tuple(
        o
        for o in options
        if widths(o)[0] >= shortest and (longest is None or widths(o)[1] <= longest)
    )
    if inside:
        return Either(inside) if len(inside) > 1 else inside[0]
    raise ValueError(f"no text of {shortest} to {longest} characters matches {pattern!r}")


def places(node: Node) -> tuple[str, ...]:
    """One class a place: a part of the language with one length, in which texts are distinct."""
    if isinstance(node, Chars):
        return (node.letters,)
    if isinstance(node, Repeat):
        return places(node.part) * node.high
    if isinstance(node, Sequence):
        return tuple(p for part in node.parts for p in places(part))
    return max((places(o) for o in node.options), key=count)


def count(classes: tuple[str, ...]) -> int:
    """How many texts the places have together, at most 2**62 - 1."""
    total = 1
    for letters in classes:
        total = min(total * len(letters), CAPACITY)
    return total


def squeeze(cells: Bytes) -> pa.StringArray:
    """Texts of a byte matrix without its zeros; ASCII or UTF-8."""
    kept = cells != 0
    offsets = np.zeros(len(cells) + 1, np.int32)
    np.cumsum(kept.sum(axis=1), out=offsets[1:])
    return pa.StringArray.from_buffers(len(cells), pa.py_buffer(offsets), pa.py_buffer(cells[kept]))


def _encoded(texts: tuple[str, ...]) -> Bytes:
    """One row a text, padded by zeros on the right."""
    raw = [t.encode() for t in texts]
    wide = max(map(len, raw), default=0)
    table = np.zeros((len(raw), wide), np.uint8)
    for at, text in enumerate(raw):
        table[at, : len(text)] = np.frombuffer(text, np.uint8)
    return table


class _Writer:
    """Draws words of the call's stream, one a choice, in the order of the pattern."""

    def __init__(self, call: Call) -> None:
        self.call, self.next = call, 0

    def below(self, limit: int) -> Ints:
        self.next += 1
        return below(self.call.words(self.next - 1, ""), limit)

    def write(self, node: Node) -> Bytes:
        if isinstance(node, Chars):
            table = _encoded(tuple(node.letters))
            if len(table) == 1:
                return np.broadcast_to(table[0], (self.call.n, table.shape[1]))
            return table[self.below(len(table))]
        if isinstance(node, Sequence):
            blocks = [self.write(part) for part in node.parts]
            return np.hstack(blocks) if blocks else np.zeros((self.call.n, 0), np.uint8)
        if isinstance(node, Either):
            return self.choose(node)
        return self.repeat(node)

    def choose(self, node: Either) -> Bytes:
        blocks = [self.write(option) for option in node.options]
        out = np.zeros((self.call.n, max(b.shape[1] for b in blocks)), np.uint8)
        picked = self.below(len(blocks))
        for number, block in enumerate(blocks):
            here = picked == number
            out[here, : block.shape[1]] = block[here]
        return out

    def repeat(self, node: Repeat) -> Bytes:
        letters = node.part.letters if isinstance(node.part, Chars) else ""
        whole = fitting(max(node.low, 1), node.high)
        if node.high > max(node.low, 3) and set(string.ascii_lowercase) <= set(letters) and whole:
            table = _encoded(whole)
            return table[self.below(len(table))]
        blocks = [self.write(node.part).copy() for _ in range(node.high)]
        if node.high > node.low:
            times = node.low + self.below(node.high - node.low + 1)
            for number in range(node.low, node.high):
                blocks[number][times <= number] = 0
        return np.hstack(blocks) if blocks else np.zeros((self.call.n, 0), np.uint8)


def write(call: Call, node: Node) -> pa.StringArray:
    """A random text a row."""
    return squeeze(_Writer(call).write(node))


def write_distinct(classes: tuple[str, ...], index: Ints) -> pa.StringArray:
    """The text of each index of [0, count(classes)), the last place fastest."""
    blocks: list[Bytes] = []
    rest = index
    for letters in reversed(classes):
        table = _encoded(tuple(letters))
        above = rest // len(table)
        blocks.append(table[rest - above * len(table)])
        rest = above
    if not blocks:
        return pa.array([""] * len(index), pa.string())
    return squeeze(np.hstack(blocks[::-1]))
