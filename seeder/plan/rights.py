"""The rights that a load needs and our role has not: all of them at once, each with its grant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from seeder.errors import LoadFailed
from seeder.plan.model import Finding
from seeder.schema import Facts, Lack, Name, Schema

_SHOWN = 5


def missing(
    schema: Schema, names: Iterable[Name], facts: Facts, purposes: Collection[str] = ("load",)
) -> list[Lack]:
    """What stands in the way of the purposes (see ``Lack``) on these tables; each thing once."""
    found: dict[Lack, None] = {}
    for name in names:
        for lack in facts.tables[name].lacks if name in facts.tables else ():
            if lack.purpose in purposes:
                found[lack] = None
        if "load" in purposes and schema[name].row_security:
            found[_secured(name)] = None
    return grouped(found)


def _secured(name: Name) -> Lack:
    help_ = "load as the owner of {}, or as a role with BYPASSRLS"
    return Lack("COPY past row security", "table", str(name), help_)


def grouped(lacks: Iterable[Lack]) -> list[Lack]:
    """One for all that the same grant gives: rights on many tables are one statement."""
    same: dict[Lack, list[str]] = {}
    for lack in lacks:
        same.setdefault(replace(lack, on=""), []).append(lack.on)
    order = ("database", "schema", "table", "sequence")
    return [
        replace(lack, on=", ".join(sorted(on)))
        for lack, on in sorted(same.items(), key=lambda item: order.index(item[0].what))
    ]


def grant(lack: Lack) -> str:
    """The statement, or the words, that mend it."""
    return lack.grant.replace("{}", lack.on)


def refuse(lacks: Iterable[Lack]) -> None:
    """Raise LoadFailed that lists every one of them, unless there is none."""
    found = list(lacks)
    if found:
        lines = "\n".join(f"  {_said(lack)}" for lack in found)
        raise LoadFailed(
            f"the role lacks rights that this needs; nothing was changed:\n{lines}",
            "as somebody who may grant them:\n" + "\n".join(f"  {grant(k)};" for k in found),
        )


def _said(lack: Lack) -> str:
    names = lack.on.split(", ")
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    noun = lack.what if len(names) == 1 else f"{len(names)} {lack.what}s"
    return f"{lack.rights} on {noun} {', '.join(names[:_SHOWN])}{more}"


def findings(lacks: Iterable[Lack], outcome: str = "a load refuses") -> list[Finding]:
    """The same for a plan, which can be made without them; ``outcome`` says what follows."""
    return [
        Finding(
            severity="warning", code="no-right", place="rights",
            message=f"no right to {_said(lack)}: {outcome}", hint=grant(lack),
        )
        for lack in lacks
    ]  # fmt: skip


def left_out(lacks: Iterable[Lack]) -> list[Finding]:
    """Tables that a plan does not fill, because our role may not insert into them."""
    return findings(lacks, "the plan leaves them out")
