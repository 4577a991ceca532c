"""``python -m seeder.text.compile`` compiles the English grammar into the file that loads read.

Run it whenever a source has changed (``seeder.text.compiled`` names them); until then loads compile
from the sources themselves, half a second of CPU in each worker.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from seeder.generate.stream import Ints
from seeder.text import book, compiled, grammar, phrases
from seeder.text.compiled import Thing
from seeder.text.grammar import Grammar


def main() -> int:
    to = compiled.path()
    compiled.write(things(), to)
    sys.stdout.write(f"wrote {to.stat().st_size:,} bytes to {to}\n")
    return 0


def things() -> Iterator[tuple[str, Thing]]:
    """All that is kept, compiled from the sources."""
    known = grammar.read(grammar.home())
    yield "kinds", _kinds(known)
    yield "conditions", phrases.compile_conditions()
    for name in phrases.table_names():
        yield f"table {name}", _table(phrases.compile_table(name))
    yield "elsewhere", _table(phrases.compile_elsewhere())
    for name, kind in known.kinds.items():
        yield f"book {name}", _book(book.bind(kind, known.pool))


def _kinds(known: Grammar) -> Thing:
    """Kinds, their layouts and the parts of these, each one column of all."""
    kinds = known.kinds.values()
    layouts = [layout for kind in kinds for layout in kind.layouts]
    parts = [part for layout in layouts for part in layout.parts]
    return {
        "name": _texts(k.name for k in kinds),
        "title": _texts(k.title for k in kinds),
        "patient": _ints(k.patient for k in kinds),
        "layouts": _ints(len(k.layouts) for k in kinds),
        "style": _texts(x.style for x in layouts),
        "register": _texts(x.register for x in layouts),
        "weight": _ints(x.weight for x in layouts),
        "parts": _ints(len(x.parts) for x in layouts),
        "tail": _texts(x.tail for x in layouts),
        "literal": _texts(literal for literal, _ in parts),
        "move": _texts(move for _, move in parts),
    }


def _table(table: phrases.Table) -> Thing:
    return {"values": table.values, "first": table.first, "count": table.count}


def _book(one: book.Book) -> Thing:
    """A book without what its kind says: which parts a page has, and their names."""
    named = {
        name: part
        for page in one.pages
        for name, part in zip(page.layout.parts, page.parts, strict=True)
    }
    parts = list(named.values())
    # Of the grammar's own bodies all suit any condition, and none is spare.
    assert not any(p.scope.any() or p.spare.any() or len(p.scopes) for p in parts)
    return {
        "literals": one.literals,
        "slots": _texts(one.slots),
        "codes": one.codes.astype(np.int64),
        "first": one.first,
        "lengths": one.lengths,
        "sizes": _ints(len(p.bodies) for p in parts),
        **{
            field: np.concatenate([getattr(p, field) for p in parts]).astype(np.int64)
            for field in ("bodies", "terse", "need", "forbid", "same")
        },
        "tail": _ints(page.tail for page in one.pages),
        "typical": _ints(page.typical for page in one.pages),
    }


def _texts(given: Iterable[str]) -> pa.StringArray:
    return pa.array(list(given), pa.string())


def _ints(given: Iterable[int]) -> Ints:
    return np.array(list(given), np.int64)


if __name__ == "__main__":
    sys.exit(main())
