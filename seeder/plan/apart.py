"""CHECKs that two keys of a row differ: which keys they concern, and which of the two gives way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seeder.plan.model import KeyPlan
from seeder.plan.narrowing import Narrowing
from seeder.schema import Table

OWN = ""  # stands for the row itself, where a key of others names its key

Pair = tuple[str, str]  # two keys of a table; the second may be OWN

# How readily a key takes another parent than it would; others take none.
_YIELDS = {
    "drawn": 0,
    "within": 1,
    "tree": 2,
    "earlier": 2,
    "previous": 3,
    "derived": 4,
    "distinct": 5,
}


def pairs(table: Table, narrowing: Narrowing, printing: Mapping[str, str]) -> tuple[Pair, ...]:
    """The keys whose parents must differ; ``printing``: the key that gives a column its value."""
    found = (
        _pair(table, relation.left, relation.right, printing)
        for relation in narrowing.relations if relation.op == "<>"
    )  # fmt: skip
    return tuple(dict.fromkeys(p for p in found if p is not None))


def unmet(
    table: Table, narrowing: Narrowing, printing: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """CHECKs that compare a key's column in a way that no parent is chosen by: the name of each,
    and why."""
    compared = [
        *((r.left, r.right) for r in narrowing.relations
          if r.op == "=" or _pair(table, r.left, r.right, printing) is None),
        *((o.left, o.right) for o in narrowing.orders),
    ]  # fmt: skip
    for left, right in compared:
        which = [c for c in (left, right) if c in printing]
        if not which:
            continue
        why = f"it compares {left} and {right}, and keys fill {' and '.join(which)}"
        yield from (
            (c.name, why) for c in table.checks if {left, right} <= set(c.columns)
        )  # fmt: skip


def _pair(table: Table, left: str, right: str, printing: Mapping[str, str]) -> Pair | None:
    """The keys that differ exactly where two columns do: they lead to one table, and all their
    other columns are the same."""
    if left not in printing:
        left, right = right, left
    if left not in printing:
        return None
    key = table.keys_by_name[printing[left]]
    mine = dict(zip(key.target_columns, key.columns, strict=True))
    if right in printing:
        other = table.keys_by_name[printing[right]]
        theirs, target, name = (
            dict(zip(other.target_columns, other.columns, strict=True)), other.target, other.name,
        )  # fmt: skip
    else:
        theirs, target, name = {c: c for c in mine}, table.name, OWN
    differing = {(mine[c], theirs[c]) for c in mine if mine[c] != theirs.get(c)}
    same = key.target == target and set(mine) == set(theirs)
    return (key.name, name) if same and differing == {(left, right)} else None


@dataclass(frozen=True)
class Asking:
    """What a choice between the keys of a table asks of the whole: whether a key is never absent;
    whether the parent of the first is found along the second; whether one that is drawn below an
    ancestor has two parents there to choose from."""

    required: Callable[[str], bool]
    circular: Callable[[str, str], bool]
    roomy: Callable[[str], bool]


def decided(
    asked: Sequence[Pair], plans: Mapping[str, KeyPlan], asking: Asking
) -> tuple[dict[str, KeyPlan], list[Pair]]:
    """The plans of the keys that give way to others, and the pairs of which neither can."""
    order = sorted(plans, key=lambda k: (-_YIELDS.get(plans[k].how, 9), k))
    changed, stuck = dict(plans), []
    for pair in asked:
        first, second = sorted(pair, key=lambda k: order.index(k) if k else -1)
        if first and asking.circular(first, second):
            first, second = second, first
        after = _apart(changed[second], second, first, changed.get(first), asking)
        if after is None:
            stuck.append((first, second))
        else:
            changed[second] = after
    return {k: p for k, p in changed.items() if p != plans[k]}, stuck


def _apart(
    plan: KeyPlan, key: str, other: str, theirs: KeyPlan | None, asking: Asking
) -> KeyPlan | None:
    required = asking.required(key)
    if plan.how in ("tree", "earlier", "previous") and other == OWN and not required:
        return plan  # an earlier row is another row
    why = f"{plan.why}; never the row itself" if other == OWN else f"{plan.why}; never as {other}"
    kept = plan.model_copy(update={"apart": sorted({*plan.apart, other}), "why": why})
    if plan.how == "distinct":
        each = theirs is None or theirs.how == "distinct" or theirs.fan_out.high == 1
        return kept if each and not plan.apart else None
    if plan.how not in _YIELDS:
        return None
    if plan.how in ("tree", "earlier") and not required:
        return kept
    if plan.how == "within" and asking.roomy(key):
        return kept
    return kept.model_copy(update={"how": "drawn", "path": [], "down": []})
