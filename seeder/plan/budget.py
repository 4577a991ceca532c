"""The row budget: shared out by kind and ownership, capped by capacity, exact in sum."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isqrt

from seeder.errors import PlanError, UsageError
from seeder.plan.graph import Graph, homes, one_to_one
from seeder.schema import ForeignKey, Name
from seeder.semantics.senses import subjects
from seeder.semantics.words import tokens

# Rows for each row of the owner: estimates; a profile replaces them. How many visits a patient has
# depends on the population and its years: see ``visiting``.
VISITS = 4.0
_CHILDREN = {
    "encounter": VISITS, "event": 2.5, "log": 4.0, "junction": 2.0, "place": 5.0, "staff": 8.0,
    "organisation": 3.0, "patient": 1.0, "person": 1.5, "reference": 4.0, "other": 1.5,
}  # fmt: skip
_ROOT = {"patient": 1.0, "person": 1.0, "encounter": 4.0, "event": 4.0, "log": 4.0}
# What a table's name says about how often its rows come, relative to its kind.
_OFTEN = {
    "observation": 3.0, "observations": 3.0, "measurement": 3.0, "result": 1.6, "results": 1.6,
    "vital": 2.4, "vitals": 2.4, "administration": 1.6, "line": 1.2, "transaction": 1.2,
    "transactions": 1.2, "medication": 1.2, "medications": 1.2, "drug": 1.2, "note": 0.7,
    "notes": 0.7, "order": 1.0, "report": 0.4, "reports": 0.4, "imaging": 0.3, "specimen": 0.5,
    "immunization": 0.5, "immunizations": 0.5, "immunisation": 0.5, "allergy": 0.3,
    "allergies": 0.3, "device": 0.15, "devices": 0.15, "supply": 0.2, "supplies": 0.2,
    "careplan": 0.3, "careplans": 0.3, "consent": 0.4, "payment": 0.7,
    "invoice": 0.5, "claim": 0.5, "claims": 0.5, "procedure": 0.6, "procedures": 0.6,
    "lab": 2.4, "chart": 4.0, "period": 0.6, "era": 1.0, "registration": 0.5, "transfer": 0.8,
    "appointment": 1.0,
}  # fmt: skip
_ONE_TO_ONE = 0.4
# Tables that are about stays, and how many of all visits are ones: no more than there are.
STAYS = frozenset("admission inpatient hospitalization hospitalisation stay icustay icu".split())
_ADMITTED = 0.03
DEATHS = frozenset("death deaths mortality deceased".split())
DIED = 0.042
_VISIT_IN_VISIT = 1.2
_HOME = 0.6  # addresses for each patient: households share one
_GROWING = frozenset(_ROOT)
_SHOWN = 5  # reasons in one message

# The most rows that a table can hold given the rows of the tables before it, and why.
Caps = Callable[[Name, Mapping[Name, int]], tuple[int, str] | None]


@dataclass(frozen=True)
class Share:
    """What a table asks of the budget: a fixed number of rows, or a weight."""

    fixed: int = 0
    weight: float = 0.0


def _fixed(kind: str, total: int) -> int:
    root = isqrt(total)
    if kind == "staff":
        return min(max(root, 10), 50_000)
    if kind in ("organisation", "place"):
        return min(max(root // 25, 3), 2_000)
    return min(max(root // 5, 8), 2_000)


def _share(
    graph: Graph, owners: Mapping[Name, ForeignKey], name: Name, total: int,
    known: Mapping[Name, Share], everything_grows: bool, often: Mapping[Name, float],
) -> Share:  # fmt: skip
    kind = graph.kinds[name]
    owner = owners.get(name)
    if owner is None:
        if kind in _ROOT:
            return Share(weight=_ROOT[kind])
        if kind == "other":
            return Share(weight=1.0 if everything_grows else 0.2)
        if homes(graph, name):
            return Share(weight=_HOME)
        return Share(fixed=_fixed(kind, total))
    parent = known.get(owner.target, Share(fixed=1))
    factor = _factor(graph, name, owner) * often.get(name, 1.0)
    above = owners.get(owner.target)
    if above is not None and {graph.kinds[owner.target], graph.kinds[above.target]} == {"event"}:
        # What belongs to an event of an event is a detail of it: few rows each.
        factor = min(factor, 1 + (factor - 1) / 3)
    at_home = kind not in _GROWING and homes(graph, owner.target)
    if kind in ("staff", "reference") or at_home:
        return Share(fixed=_fixed(kind, total))
    if parent.weight:
        return Share(weight=parent.weight * factor)
    if kind in _GROWING:
        return Share(weight=_ROOT[kind])
    return Share(fixed=max(1, int(parent.fixed * factor)))


def _factor(graph: Graph, name: Name, owner: ForeignKey) -> float:
    kind = graph.kinds[name]
    words = set(re.split(r"[^a-z]+", name.name.lower()))
    if one_to_one(graph.schema[name], owner):
        stays = graph.kinds[owner.target] == "encounter" and words & STAYS
        return _ADMITTED if stays else _ONE_TO_ONE
    if words & DEATHS and graph.kinds[owner.target] in ("patient", "person"):
        return DIED
    if kind == "encounter" and graph.kinds[owner.target] == "encounter":
        return _VISIT_IN_VISIT
    return _CHILDREN.get(kind, 1.5) * _often(name)


def _often(name: Name) -> float:
    """What the words of a table's name say. The last one names the thing, the ones before it only
    say which: imaging_report. Words that run together (labevents) speak where no other does."""
    plain = re.split(r"[^a-z]+", name.name.lower())
    joined = tokens(name.name)[0]
    said = [_OFTEN[w] for w in plain if w in _OFTEN] or [
        _OFTEN[w] for w in (*sorted(subjects(joined)), *joined) if w in _OFTEN
    ]
    return said[-1] if said else 1.0


def _shares(
    graph: Graph, owners: Mapping[Name, ForeignKey], names: list[Name], total: int,
    often: Mapping[Name, float],
) -> dict[Name, Share]:  # fmt: skip
    for everything_grows in (False, True):
        shares: dict[Name, Share] = {}
        for name in names:
            shares[name] = _share(graph, owners, name, total, shares, everything_grows, often)
        if any(s.weight for s in shares.values()) and (
            everything_grows or any(graph.kinds[n] in _GROWING for n in names)
        ):
            return shares
    # Nothing but small tables: let all of them grow alike.
    return {n: Share(weight=1.0) for n in names}


def _divided(shares: Mapping[Name, Share], parts: Mapping[Name, int]) -> dict[Name, Share]:
    return {
        n: Share(s.fixed // parts.get(n, 1), s.weight / parts.get(n, 1)) for n, s in shares.items()
    }


def _wanted(share: Share, scale: float, squeeze: float) -> int:
    return max(1, int(share.weight * scale if share.weight else share.fixed * squeeze))


def share_out(
    graph: Graph,
    owners: Mapping[Name, ForeignKey],
    names: list[Name],
    total: int,
    given: Mapping[Name, int],
    caps: Caps,
    parts: Mapping[Name, int] | None = None,
    whole: Mapping[Name, int] | None = None,
    least: Mapping[Name, int] | None = None,
    often: Mapping[Name, float] | None = None,
) -> tuple[dict[Name, int], dict[Name, str]]:
    """Rows of each table of ``names`` (owners before children), summing to ``total``.

    ``given`` counts are the user's and stay. ``caps(name, rows so far)`` returns the most rows
    that a table can hold and why, or None; ``parts`` how many tables share what one would get;
    ``whole`` the rows of tables that list all there is of something, which give way to a cap;
    ``least`` the fewest rows of a table that serve others; ``often`` how much more often a table's
    rows come than those of its kind.
    Returns the rows and, for each capped table, the reason. Raises UsageError when the given
    counts contradict the total, PlanError when the tables together cannot hold it.
    """
    asked = sum(given.values())
    if asked > total:
        raise UsageError(
            f"the counts given for single tables sum to {asked:,} rows, more than --rows {total:,}",
            "raise --rows or lower the counts",
        )
    if asked < total and all(n in given for n in names):
        raise UsageError(
            f"every table's count is given, and they sum to {asked:,} rows, not --rows {total:,}",
            f"ask for --rows {asked}, or leave a table to the planner",
        )
    shares = _divided(_shares(graph, owners, names, total, often or {}), parts or {})
    whole = whole if whole and asked + sum(whole.values()) <= total else {}
    exact = {**whole, **given}
    free = [n for n in names if n not in exact]
    fixed_sum = sum(max(shares[n].fixed, 1) for n in free if not shares[n].weight)
    room = total - sum(exact.values())
    # Small budgets: the fixed tables give way, so that rows remain for what grows.
    squeeze = min(1.0, room / 3 / fixed_sum) if fixed_sum else 1.0
    scale = 0.0
    rows: dict[Name, int] = {}
    reasons: dict[Name, str] = {}
    weights = sum(shares[n].weight for n in free)
    fixed_total = sum(max(1, int(shares[n].fixed * squeeze)) for n in free if not shares[n].weight)
    scale = max(room - fixed_total, 0) / weights if weights else 0.0
    growing: list[Name] = []
    for _ in range(40):
        rows, reasons, growing = {}, {}, []
        for name in names:
            share = shares[name]
            wanted = exact[name] if name in exact else _wanted(share, scale, squeeze)
            if name not in given:
                wanted = max(wanted, (least or {}).get(name, 0))
            cap = caps(name, rows)
            if cap and wanted > cap[0]:
                if name in given:
                    raise PlanError(
                        f"{name}: {wanted:,} rows were asked for, but {cap[1]}",
                        f"ask for at most {cap[0]:,}: --table {name}={cap[0]}",
                    )
                wanted, reasons[name] = cap
            elif share.weight and name not in exact:
                growing.append(name)
            rows[name] = wanted
        rest = total - sum(rows.values())
        weight = sum(shares[n].weight for n in growing)
        if not weight or abs(rest) <= len(names):
            break
        scale += rest / weight
        if scale < 0:
            scale = 0.0
    parents = {key.target for key in owners.values()}
    last = growing or [n for n in free if n not in reasons]
    # Tables without children first: a parent's count bounds that of its subtypes.
    last.sort(key=lambda n: (n in parents, -rows[n], n))
    return _settle(rows, last, total, caps, reasons), reasons


def _settle(
    rows: dict[Name, int],
    growing: list[Name],
    total: int,
    caps: Caps,
    reasons: Mapping[Name, str],
) -> dict[Name, int]:
    """Give or take the last rows, in the order of ``growing``, until the sum is exact."""
    full = dict(reasons)
    for name in growing:
        rest = total - sum(rows.values())
        if not rest:
            break
        cap = caps(name, rows)
        full |= {name: cap[1]} if cap else {}
        new = max(1, rows[name] + rest)
        rows[name] = min(new, cap[0]) if cap else new
    rest = total - sum(rows.values())
    if rest > 0:
        raise PlanError(
            f"the tables can hold {sum(rows.values()):,} rows, not {total:,}: every table that "
            f"could grow is at the capacity of its unique columns{_listed(full)}",
            f"lower --rows to {sum(rows.values())}",
        )
    if rest < 0:
        raise UsageError(
            f"--rows {total:,} is too few for {len(rows)} tables and the counts given",
            f"ask for at least {sum(rows.values()):,} rows",
        )
    return rows


def _listed(reasons: Mapping[Name, str]) -> str:
    lines = [f"\n  {name}: {why}" for name, why in reasons.items()]
    more = f"\n  and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return ":" + "".join(lines[:_SHOWN]) + more if lines else ""
