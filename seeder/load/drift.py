"""What changed in a database since its plan was made, in words."""

from __future__ import annotations

import dataclasses
from typing import Any

from seeder.schema import Schema


def difference(old: Schema, schema: Schema) -> str:
    """Tables that are gone, new or changed, a line each; '' when none is."""
    before = {t.name: t for t in old.countable}
    now = {t.name: t for t in schema.countable}
    lines = [f"\n  gone: {n}" for n in before if n not in now]
    lines += [f"\n  new: {n}" for n in now if n not in before]
    for name in before:
        if name in now and before[name] != now[name]:
            lines.append(f"\n  changed: {name}{_changes(before[name], now[name])}")
    return "".join(lines[:20]) + ("\n  ..." if len(lines) > 20 else "")


def _changes(before: Any, now: Any) -> str:
    parts = []
    for f in dataclasses.fields(before):
        old, new = getattr(before, f.name), getattr(now, f.name)
        if old == new:
            continue
        if isinstance(old, tuple) and isinstance(new, tuple):
            parts.append(f"{f.name}: {', '.join(_items(old, new))}")
        elif dataclasses.is_dataclass(old) and dataclasses.is_dataclass(new):
            parts.append(f"{f.name}{_changes(old, new)}")
        else:
            parts.append(f"{f.name}: {old!r} -> {new!r}")
    return f" ({'; '.join(parts)})" if parts else ""


def _items(before: tuple[Any, ...], now: tuple[Any, ...]) -> list[str]:
    """What came, went or changed among things with names, or among plain values."""
    old = {str(getattr(i, "name", i)): i for i in before}
    new = {str(getattr(i, "name", i)): i for i in now}
    return [
        *(f"new {n}" for n in new if n not in old),
        *(f"gone {n}" for n in old if n not in new),
        *(f"changed {n}" for n in new if n in old and old[n] != new[n]),
    ] or ["another order"]
