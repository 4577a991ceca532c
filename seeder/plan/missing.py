"""`clinical: missing:` in `seeder.yaml`: how often values are missing, by column or by meaning."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from seeder.plan.asked import split
from seeder.plan.base import OverrideError
from seeder.plan.bounds import Bounds
from seeder.plan.columns import Columns
from seeder.plan.model import ColumnPlan, Finding
from seeder.schema import Column, Name, Table

SECTION = ("clinical", "missing")
_PARTS = 3  # of a column's name; a meaning has two
_SHOWN = 4


@dataclass(frozen=True)
class Met:
    """A column that a glob means, and why it is not followed there; '' where it is."""

    glob: str
    table: Name
    column: str
    reason: str


def sparse(
    shares: Mapping[str, float], table: Table, columns: Mapping[str, ColumnPlan],
    filling: Columns, printed: Collection[str], fixed: Collection[str],
) -> tuple[dict[str, ColumnPlan], list[Met]]:  # fmt: skip
    """The plans of a table's columns with the shares that are asked for; ``fixed`` columns have one
    of their own. Raises OverrideError where a column is named that cannot be NULL."""
    out, met = dict(columns), list[Met]()
    for name, plan in columns.items():
        for glob, share in shares.items():
            if not _meets(glob, table, name, plan.meaning):
                continue
            reason = _reason(table.column(name), filling)
            if name in fixed:
                reason = "columns: says otherwise"
            if reason and _named(glob):
                raise OverrideError((*SECTION, glob), f"{share:g}: {reason}", "take the entry out")
            met.append(Met(glob, table.name, name, reason))
            if not reason:
                change = {"nulls": share, "nulls_at": "random", "nulls_with": "",
                          "why": f"{plan.why}; missing by {glob}"}  # fmt: skip
                out[name] = out[name].model_copy(update=change)
    for glob in shares:
        for name in printed:
            if _named(glob) and _meets(glob, table, name, ""):
                raise OverrideError(
                    (*SECTION, glob), "a key fills this column",
                    f'references: {{"{glob}": {{nulls: {shares[glob]:g}}}}}',
                )  # fmt: skip
    return out, met


def _meets(glob: str, table: Table, column: str, meaning: str) -> bool:
    parts = split(glob)
    if len(parts) != _PARTS:
        return bool(meaning) and fnmatchcase(meaning, glob)
    names = (table.name.namespace, table.name.name, column)
    return all(
        fnmatchcase(n, text) if wild else n == text
        for (text, wild), n in zip(parts, names, strict=True)
    )


def _named(glob: str) -> bool:
    """Whether a glob names one column."""
    parts = split(glob)
    return len(parts) == _PARTS and not any(wild for _, wild in parts)


def _reason(column: Column, filling: Columns) -> str:
    if not column.nullable:
        return "the column is NOT NULL"
    if filling.bounds.get(column.name, Bounds()).not_null:
        return "a CHECK of the column refuses NULL"
    if any(column.name in group.drivers for group in filling.cases):
        return "a conditional CHECK depends on the column"
    return ""


def refuse_unmatched(
    shares: Mapping[str, float], met: Iterable[Met], tables: Iterable[Mapping[str, ColumnPlan]]
) -> None:
    """Raises OverrideError for a glob that no column meets; ``tables``: the columns of each."""
    for glob in set(shares) - {m.glob for m in met}:
        if len(split(glob)) == _PARTS:
            raise OverrideError((*SECTION, glob), "there is no column of that name that is filled",
                                "seeder plan --columns lists them")  # fmt: skip
        known = sorted({c.meaning for t in tables for c in t.values() if c.meaning})
        close = difflib.get_close_matches(glob, known, 1)
        raise OverrideError(
            (*SECTION, glob),
            "no column has that meaning; a column is written ns.table.column",
            f"did you mean {close[0]}?" if close else "seeder plan --columns lists meanings",
        )


def findings(shares: Mapping[str, float], met: Collection[Met]) -> Iterator[Finding]:
    """What is missing where, and where it cannot be."""
    for glob, share in shares.items():
        done, kept = (
            [f"{m.table}.{m.column}" for m in met if m.glob == glob and bool(m.reason) == refused]
            for refused in (False, True)
        )
        message = f"{glob}: {share:.1%} of {_listed(done)} missing" if done else f"{glob}: nothing"
        yield Finding(
            severity="info" if done else "warning", code="missing", place="clinical: missing",
            message=message + (f"; not of {_listed(kept)}" if kept else ""),
            hint="what cannot be NULL stays as it is" if kept else "",
        )  # fmt: skip


def _listed(places: list[str]) -> str:
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return ", ".join(places[:_SHOWN]) + more
