"""What changed in a database since its plan was made, in words."""

from __future__ import annotations

import dataclasses
from typing import Any

from seeder.plan.model import Plan


def difference(plan: Plan, schema: Any) -> str:
    """Tables that are gone, new or changed, a line each; '' when none is."""
    before = {t.name: t for t in plan.database.countable}
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
        if old != new and isinstance(old, tuple):
            names = {
                getattr(i, "name", str(i)) for i in (*old, *new) if i not in old or i not in new
            }
            parts.append(f"{f.name}: {', '.join(sorted(map(str, names)))}")
        elif old != new:
            parts.append(f"{f.name}: {old!r} -> {new!r}")
    return f" ({'; '.join(parts)})" if parts else ""
