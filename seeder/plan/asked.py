"""Overrides laid over a schema: what is asked of each table, column and key, and by which line.

A glob has as many parts as the name that it stands for, joined by dots: ``ns.table``,
``ns.table.column``, ``ns.table.key``. Each part is matched by itself: ``*`` any text, ``?`` one
character, ``[ab]`` one of these; a part in double quotes is taken as it is. Later entries are laid
over earlier ones, key by key; schema packs come first, the user's file last.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import translate
from typing import Any, Generic, TypeVar

from seeder.plan.base import Model, OverrideError
from seeder.plan.model import Options
from seeder.plan.overrides import ColumnOverride, ReferenceOverride, TableOverride
from seeder.schema import ForeignKey, Name, Schema, Table

M = TypeVar("M", bound=Model)
_PARTS = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')
_WILD = frozenset("*?[")
_FILLERS = ("generator", "values", "default")

Place = tuple[Name, str]


@dataclass(frozen=True)
class Wish(Generic[M]):
    """What is asked of one thing. ``path``: the section and glob of the last entry that says
    something; ``exact``: that glob names this thing alone; ``packs``: those that had a say, and
    ``own``: whether the user had one."""

    what: M
    path: tuple[str, str]
    exact: bool
    packs: tuple[str, ...] = ()
    own: bool = False

    @property
    def why(self) -> str:
        """Who asks, for the plan."""
        said = [f"{self.path[0]}: {self.path[1]}" if self.own else ""]
        return ", ".join(p for p in (*said, *(f"pack {p}" for p in self.packs)) if p)

    def refuse(self, message: str, hint: str = "") -> OverrideError:
        return OverrideError(self.path, message, hint)

    def line(self, text: str) -> str:
        """The line of YAML that says ``text`` here instead."""
        return f'{self.path[0]}: {{"{self.path[1]}": {{{text}}}}}'


@dataclass(frozen=True)
class Asked:
    """Every wish, by table, by table and column, by table and name of key."""

    tables: Mapping[Name, Wish[TableOverride]] = field(default_factory=dict)
    columns: Mapping[Place, Wish[ColumnOverride]] = field(default_factory=dict)
    keys: Mapping[Place, Wish[ReferenceOverride]] = field(default_factory=dict)

    def role(self, name: Name) -> str | None:
        wish = self.tables.get(name)
        return wish.what.role if wish else None

    def on(self, schema: Schema) -> Asked:
        """Without the wishes for keys that the schema has not."""
        keys = {(n, k): w for (n, k), w in self.keys.items() if k in schema[n].keys_by_name}
        return replace(self, keys=keys)

    def columns_of(self, name: Name) -> dict[str, Wish[ColumnOverride]]:
        return {c: w for (n, c), w in self.columns.items() if n == name}

    @property
    def rows(self) -> dict[Name, int]:
        """The rows given for tables that are to be generated."""
        return {
            n: w.what.rows
            for n, w in self.tables.items()
            if w.what.rows is not None and w.what.role in (None, "generate")
        }


@dataclass(frozen=True)
class _Known:
    """The names that globs of one section are matched against: of each table its parts by their
    spellings, or the table alone under ''."""

    section: str
    noun: str
    tables: Mapping[tuple[str, ...], Mapping[str, Any]]

    def matching(self, glob: str) -> list[Any]:
        """What the glob stands for. Raises OverrideError when that is nothing."""
        parts = split(glob)
        names = (
            ("namespace", "table") if self.noun == "table" else ("namespace", "table", self.noun)
        )
        if len(parts) != len(names):
            hint = self._near(glob)
            raise OverrideError((self.section, glob), f"a glob here reads {'.'.join(names)}", hint)
        tests = [_test(*part) for part in parts]
        found = [
            place
            for spelt, inside in self._alike(parts)
            if all(test(text) for test, text in zip(tests, spelt, strict=False))
            for part, place in inside.items()
            if len(parts) == 2 or tests[2](part)
        ]
        if not found:
            raise OverrideError(
                (self.section, glob), f"there is no {self.noun} of that name", self._near(glob)
            )
        return list(dict.fromkeys(found))

    def _alike(
        self, parts: list[tuple[str, bool]]
    ) -> Iterable[tuple[tuple[str, ...], Mapping[str, Any]]]:
        """The tables to look through: one, where the glob names one."""
        if any(wild for _, wild in parts[:2]):
            return self.tables.items()
        named = tuple(text for text, _ in parts[:2])
        return [(named, self.tables[named])] if named in self.tables else []

    def _near(self, glob: str) -> str:
        known = [
            ".".join((*spelt, part) if part else spelt)
            for spelt, inside in self.tables.items()
            for part in inside
        ]
        close = difflib.get_close_matches(glob, known, 1, 0.4)
        return f"did you mean {close[0]}?" if close else "seeder plan --columns lists them"


def _test(text: str, wild: bool) -> Callable[[str], Any]:
    return re.compile(translate(text)).match if wild else text.__eq__


def split(glob: str) -> list[tuple[str, bool]]:
    """The parts of a glob, each with whether it has wildcards."""
    found = []
    for match in _PARTS.finditer(glob):
        if match[1] is not None:
            found.append((match[1].replace('""', '"'), False))
        else:
            found.append((match[2], bool(_WILD & set(match[2]))))
    return found


def asked(schema: Schema, options: Options) -> Asked:
    """What packs and user ask of the schema. Raises OverrideError for a glob without a match."""
    if not options.packs and options.overrides == type(options.overrides)():
        return Asked()
    tables = [t for t in schema.countable if t.kind not in ("partition", "foreign")]
    layers = [(name, layer.overrides) for name, layer in sorted(options.packs.items())]
    layers.append(("", options.overrides))
    return Asked(
        _laid(_tables(tables), ((pack, o.tables) for pack, o in layers)),
        _laid(_columns(tables), ((pack, o.columns) for pack, o in layers)),
        _laid(_keys(tables), ((pack, o.references) for pack, o in layers)),
    )


def _tables(tables: Iterable[Table]) -> _Known:
    return _Known("tables", "table", {tuple(t.name): {"": t.name} for t in tables})


def _columns(tables: Iterable[Table]) -> _Known:
    places = {tuple(t.name): {c.name: (t.name, c.name) for c in t.columns} for t in tables}
    return _Known("columns", "column", places)


def _keys(tables: Iterable[Table]) -> _Known:
    places: dict[tuple[str, ...], dict[str, Place]] = {}
    for table in tables:
        inside = places.setdefault(tuple(table.name), {})
        for key in table.foreign_keys:
            for spelt in spellings(key):
                inside.setdefault(spelt, (table.name, key.name))
    return _Known("references", "key", places)


def spellings(key: ForeignKey) -> tuple[str, str]:
    """How a file may name a key: by its name, or by its columns."""
    return key.name, ",".join(key.columns)


def _laid(known: _Known, layers: Iterable[tuple[str, Mapping[str, M]]]) -> dict[Any, Wish[M]]:
    found: dict[Any, Wish[M]] = {}
    for pack, entries in layers:
        for glob, entry in entries.items():
            exact = not any(wild for _, wild in split(glob))
            for place in known.matching(glob):
                new = Wish(entry, (known.section, glob), exact, (pack,) if pack else (), not pack)
                old = found.get(place)
                found[place] = new if old is None else _over(old, new)
    return found


def _over(old: Wish[M], new: Wish[M]) -> Wish[M]:
    """What the later entry says wins; of what fills a column it takes all or nothing."""
    said = dict(_said(new.what))
    before = dict(_said(old.what))
    if any(f in said for f in _FILLERS):
        before = {k: v for k, v in before.items() if k not in (*_FILLERS, "params")}
    if said.get("role") not in (None, "generate"):
        before.pop("rows", None)
    if said.get("default") is True:
        before.pop("nulls", None)
    what = type(new.what).model_construct(**{**before, **said})
    packs = tuple(dict.fromkeys((*old.packs, *new.packs))) if before else new.packs
    return Wish(what, new.path, new.exact, packs, new.own or old.own)


def _said(what: Model) -> Iterator[tuple[str, Any]]:
    return ((k, v) for k, v in what if v is not None)
