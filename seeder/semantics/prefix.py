"""What the names of a table's columns begin with, and that so says nothing: PAT_NAME, ptlname."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache

from seeder.schema import Table
from seeder.semantics.words import KNOWN, SPELLED, tokens

_SHARED = 0.6  # of a table's columns, at least three, begin with its prefix: PAT_NAME, PAT_SEX
_HEAD = re.compile(r"[A-Za-z]{1,6}?_(?=[A-Za-z])|[A-Z]{2,4}(?=[A-Z][a-z])")
_RUN = re.compile(r"[a-z]{2,8}")
_MEANT = frozenset(w for text in SPELLED.values() for w in text.split()) | KNOWN


def prefix_of(table: Table) -> str:
    """'PAT_', 'VEO', or letters that run into the word behind them, 'pt'; '' without."""
    return _prefix_of(tuple(c.name for c in table.columns))


@lru_cache(maxsize=4096)
def _prefix_of(names: tuple[str, ...]) -> str:
    first = Counter(m[0] for name in names if (m := _HEAD.match(name)))
    prefix, count = first.most_common(1)[0] if first else ("", 0)
    return prefix if count >= max(3, _SHARED * len(names)) else glued(names)


@lru_cache(maxsize=4096)
def glued(names: tuple[str, ...]) -> str:
    """Letters that most names begin with and without which they become words: ptlname, ptdob."""
    runs = Counter(
        run[0][:size]
        for name in names
        if (run := _RUN.match(name))
        for size in range(2, len(run[0]) + 1)
    )
    often = max(5, _SHARED * len(names))
    # Of those that as many names share, the longest.
    for prefix, count in sorted(runs.items(), key=lambda r: (-r[1], -len(r[0]), r[0])):
        if count < often:
            return ""
        if _tells(prefix, names):
            return prefix
    return ""


def _tells(prefix: str, names: tuple[str, ...]) -> bool:
    """Whether most names that begin with it are words without it, and few are with it."""
    those = [n for n in names if n.startswith(prefix) and n != prefix]
    without = sum(_meant(n.removeprefix(prefix)) for n in those)
    return without >= 0.4 * len(those) and sum(map(_meant, those)) <= 0.3 * len(those)


def _meant(name: str) -> bool:
    return all(w in _MEANT for w in tokens(name)[0])


def unprefixed(table: Table, prefix: str) -> Table:
    """The table as it would be without that prefix."""

    def bare(name: str) -> str:
        return name.removeprefix(prefix) or name

    return replace(
        table,
        columns=tuple(replace(c, name=bare(c.name)) for c in table.columns),
        uniques=tuple(replace(u, columns=tuple(map(bare, u.columns))) for u in table.uniques),
    )
