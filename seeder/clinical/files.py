"""The package's CSV and YAML files as cells that remember their place.

All numbers stay text until ``Cell.fixed`` turns them into integers, exactly: no float ever stands
between a file and a value.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from seeder.errors import SeederError

_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")
# The C loader is nine times as fast (35 ms for all groups).
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class KnowledgeError(SeederError):
    """A file of knowledge is wrong; the message begins with ``file:line``."""

    exit_code = 3


def home() -> Traversable:
    """The folder of the files that come with the package."""
    return resources.files("seeder.clinical").joinpath("data")


@dataclass(frozen=True)
class Cell:
    """A piece of text and where it stands. Every question answers with a value or an error."""

    text: str
    file: str
    line: int
    field: str

    def error(self, message: str, hint: str = "") -> KnowledgeError:
        return KnowledgeError(f"{self.file}:{self.line}: {self.field}: {message}", hint)

    def filled(self) -> str:
        if not self.text:
            raise self.error("is empty")
        return self.text

    def one_of(self, known: Collection[str], what: str) -> str:
        if self.text not in known:
            close = difflib.get_close_matches(self.text, sorted(known), 1)
            hint = f"nearest: {close[0]}" if close else ""
            raise self.error(f"unknown {what} {self.text!r}", hint)
        return self.text

    def fixed(self, scale: int, least: int | None = None, most: int | None = None) -> int:
        """The number times ``scale``, which must be whole; bounds are in scaled units."""
        if not _DECIMAL.fullmatch(self.text):
            raise self.error(f"{self.text!r} is not a decimal number")
        whole, _, part = self.text.partition(".")
        scaled = int(whole + part) * scale
        unit = int("1" + "0" * len(part))
        value, rest = divmod(abs(scaled), unit)
        if rest:
            raise self.error(f"{self.text} is finer than 1/{scale}")
        value = -value if self.text[0] == "-" else value
        if (least is not None and value < least) or (most is not None and value > most):
            low = "-" if least is None else f"{least / scale:g}"
            high = "-" if most is None else f"{most / scale:g}"
            raise self.error(f"{self.text} is not within {low} to {high}")
        return value

    def parts(self, separator: str | None = None) -> tuple[Cell, ...]:
        """The pieces of a list in one cell."""
        return tuple(
            Cell(p.strip(), self.file, self.line, self.field)
            for p in self.text.split(separator)
            if p.strip()
        )

    def scored(self) -> tuple[tuple[Cell, Cell], ...]:
        """``name*number`` pieces, apart."""
        return tuple(self._pair(p) for p in self.parts())

    def _pair(self, piece: Cell) -> tuple[Cell, Cell]:
        name, star, number = piece.text.partition("*")
        if not star:
            raise self.error(f"{piece.text!r} is not of the form name*number")
        return (
            Cell(name, self.file, self.line, self.field),
            Cell(number, self.file, self.line, self.field),
        )


Row = Mapping[str, Cell]


def once(found: Collection[str], key: Cell) -> None:
    """Refuses a key that is empty or was there before."""
    if key.filled() in found:
        raise key.error(f"{key.text!r} stands there twice")


def rows(folder: Traversable, name: str, columns: str) -> tuple[Row, ...]:
    """The rows of a CSV file that must have exactly these columns."""
    wanted = columns.split()
    # Of a file with a quoted line break, the reader counts lines where ``enumerate`` would not.
    reader = csv.reader(io.StringIO(_text(folder, name)), strict=True)
    header = next(reader, [])
    if header != wanted:
        raise KnowledgeError(
            f"{name}:1: columns are {','.join(header)}", f"want {','.join(wanted)}"
        )
    return tuple(_row(name, reader.line_num, wanted, values) for values in reader)


def _row(name: str, line: int, header: list[str], values: list[str]) -> Row:
    if len(values) != len(header):
        raise KnowledgeError(f"{name}:{line}: {len(values)} of {len(header)} fields")
    return {h: Cell(v, name, line, h) for h, v in zip(header, values, strict=True)}


def blocks(folder: Traversable, name: str) -> Iterator[tuple[Cell, yaml.MappingNode]]:
    """The entries of a YAML file: the key of each and its mapping."""
    try:
        root = yaml.compose(_text(folder, name), _Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise KnowledgeError(f"{name}:{line}: {error.problem}") from None
    if root is None:
        return
    for key, value in mapping(name, root).items():
        if not isinstance(value, yaml.MappingNode):
            raise key.error("is not a mapping")
        yield key, value


def mapping(name: str, node: yaml.Node) -> dict[Cell, yaml.Node]:
    """Keys and values of a node, each key once."""
    if not isinstance(node, yaml.MappingNode):
        raise KnowledgeError(f"{name}:{node.start_mark.line + 1}: a mapping is wanted here")
    found: dict[Cell, yaml.Node] = {}
    seen: set[str] = set()
    for key_node, value in node.value:
        key = scalar(name, key_node, "key")
        if key.text in seen:
            raise key.error(f"{key.text!r} stands there twice")
        seen.add(key.text)
        found[Cell(key.text, name, key.line, key.text)] = value
    return found


def scalar(name: str, node: yaml.Node, field: str) -> Cell:
    """A node's text."""
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.ScalarNode):
        raise KnowledgeError(f"{name}:{line}: {field}: a single value is wanted here")
    return Cell(str(node.value), name, line, field)


def sequence(name: str, node: yaml.Node, field: str) -> tuple[Cell, ...]:
    """A node's list of texts."""
    if not isinstance(node, yaml.SequenceNode):
        raise KnowledgeError(f"{name}:{node.start_mark.line + 1}: {field}: a list is wanted here")
    return tuple(scalar(name, n, field) for n in node.value)


def _text(folder: Traversable, name: str) -> str:
    try:
        return folder.joinpath(name).read_text("utf-8")
    except FileNotFoundError:
        raise KnowledgeError(f"{name}:1: the file is missing") from None
