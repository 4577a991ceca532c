"""The key graph: which tables lead where, and which foreign key structures a table (its owner)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from seeder.schema import ForeignKey, Name, Schema, Table

# Words that make a reference mean somebody or something else than the row's own line of owners.
_RELATION = frozenset(
    "parent mother father donor related relative previous prev preceding prior next following "
    "merged replaced replaces guarantor referring referred from to source destination old new "
    "linked original superseded spouse sibling emergency root".split()
)
_WHOLE = 4  # letters of a word that is no chance ending
_NOISE = frozenset("id ids fk key no num code uuid sk ref nr number pk oid".split())


@lru_cache(maxsize=1 << 16)
def qualifiers(key: ForeignKey) -> frozenset[str]:
    """What a key's column says beyond the name of its target: attending_staff_id -> {attending}."""
    target = key.target.name.lower()
    stems = {target, target.rstrip("s"), re.sub("ies$", "y", target), re.sub("es$", "", target)}
    words: set[str] = set()
    for column in key.columns:
        text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column).lower()
        for stem in sorted(stems, key=len, reverse=True):
            text = re.sub(rf"{re.escape(stem)}|{re.escape(stem.replace('_', ''))}", "_", text)
        for word in re.split(r"[^a-z0-9]+", text):
            bare = re.sub(r"(?:id|key|code)$", "", word) if word not in _NOISE else ""
            if bare and bare not in _NOISE:
                words.add(bare)
    parts = {p for stem in stems for p in re.split(r"[^a-z0-9]+", stem)}
    # The end of a compound says no more than it: itemid of d_labitems.
    said = {w for w in words if len(w) >= _WHOLE and any(p.endswith(w) for p in parts)}
    return frozenset(words - parts - said)


def is_relation(key: ForeignKey) -> bool:
    """Whether the key points at a relative or a predecessor, not at the row's own line."""
    return bool(qualifiers(key) & _RELATION)


@dataclass(frozen=True)
class Graph:
    """Foreign keys among the tables that the plan fills or keeps. ``kinds``: semantic role."""

    schema: Schema
    kinds: Mapping[Name, str]
    members: frozenset[Name]
    kept: frozenset[Name] = frozenset()

    def keys(self, name: Name) -> tuple[ForeignKey, ...]:
        """The table's keys to members, itself included; a kept table has its rows already."""
        if name in self.kept:
            return ()
        return tuple(k for k in self.schema[name].foreign_keys if k.target in self.members)

    def outward(self, name: Name) -> tuple[ForeignKey, ...]:
        """The keys to other tables, the plainest first: the order in which paths are tried."""
        if name not in self._outward:
            self._outward[name] = self._plainest_first(name)
        return self._outward[name]

    def _plainest_first(self, name: Name) -> tuple[ForeignKey, ...]:
        table = self.schema[name]
        return tuple(
            sorted(
                (k for k in self.keys(name) if k.target != name),
                key=lambda k: (is_relation(k), len(qualifiers(k)), table.nullable(k), k.name),
            )
        )

    @cached_property
    def _reached(self) -> dict[Name, dict[Name, tuple[ForeignKey, ...]]]:
        return {}

    @cached_property
    def _outward(self) -> dict[Name, tuple[ForeignKey, ...]]:
        return {}

    def reach(self, name: Name) -> Mapping[Name, tuple[ForeignKey, ...]]:
        """Every table that is reachable along keys, with a shortest plain path; not itself.

        Code tables end a path: what lies behind a code says nothing about the row.
        """
        if name not in self._reached:
            self._reached[name] = self._reach(name)
        return self._reached[name]

    def _reach(self, name: Name, depth: int = 5) -> dict[Name, tuple[ForeignKey, ...]]:
        found: dict[Name, tuple[ForeignKey, ...]] = {}
        edge: list[tuple[Name, tuple[ForeignKey, ...]]] = [(name, ())]
        for _ in range(depth):
            following: list[tuple[Name, tuple[ForeignKey, ...]]] = []
            for here, path in edge:
                if path and self.kinds[here] == "reference":
                    continue
                for key in self.outward(here):
                    if key.target == name or key.target in found or is_relation(key):
                        continue
                    found[key.target] = (*path, key)
                    following.append((key.target, found[key.target]))
            edge = following
        return found

    def order(self) -> list[Name]:
        """Parents before children; the members of a cycle in name order, one after the other."""
        done: dict[Name, None] = {}
        for component in components(self.members, lambda n: [k.target for k in self.keys(n)]):
            for name in sorted(component):
                done[name] = None
        return list(done)


def components(
    nodes: Iterable[Name], following: Callable[[Name], Sequence[Name]]
) -> list[list[Name]]:
    """Strongly connected components, targets first (Tarjan 1972), without recursion."""
    index: dict[Name, int] = {}
    low: dict[Name, int] = {}
    stack: list[Name] = []
    on_stack: set[Name] = set()
    out: list[list[Name]] = []
    for root in sorted(nodes):
        if root in index:
            continue
        work: list[tuple[Name, list[Name]]] = [(root, sorted(set(following(root))))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            if rest:
                child = rest.pop(0)
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    on_stack.add(child)
                    work.append((child, sorted(set(following(child)))))
                elif child in on_stack:
                    low[node] = min(low[node], index[child])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == index[node]:
                cut = stack.index(node)
                out.append(stack[cut:])
                on_stack -= set(stack[cut:])
                del stack[cut:]
    return out


def one_to_one(table: Table, key: ForeignKey) -> bool:
    """Whether at most one row of the table can point at one row of the target."""
    columns = set(key.columns)
    return any(
        set(u.columns) <= columns and not u.predicate and not u.expressions for u in table.uniques
    )


PEOPLE = frozenset(("patient", "person"))
_ADDRESS = frozenset("street address address1 address2 zip zipcode postal postcode city".split())


def homes(graph: Graph, name: Name) -> bool:
    """Whether a table holds the addresses of people, who point at it themselves."""
    if graph.kinds[name] != "place":
        return False
    words = {w for c in graph.schema[name].columns for w in re.split(r"[^a-z0-9]+", c.name.lower())}
    return len(words & _ADDRESS) > 1 and any(
        k.target == name
        for n in graph.members
        if graph.kinds[n] in PEOPLE
        for k in graph.schema[n].foreign_keys
    )


_TARGET = {
    "encounter": 45, "patient": 40, "person": 30, "event": 30, "other": 20, "log": 5,
    "junction": 10, "place": -8, "organisation": -15, "staff": -25, "reference": -60,
}  # fmt: skip


def _score(
    graph: Graph, table: Table, key: ForeignKey, reaches: Mapping[Name, frozenset[Name]]
) -> int:
    score = _TARGET.get(graph.kinds[key.target], 0)
    others = {k.target for k in graph.outward(table.name)} - {key.target}
    score += 20 * len(others & reaches[key.target])
    score += 25 if any(graph.kinds[n] == "patient" for n in reaches[key.target]) else 0
    score += 8 if not table.nullable(key) else 0
    score -= 40 if is_relation(key) else 4 * len(qualifiers(key))
    if one_to_one(table, key):
        score += 100
    elif any(set(key.columns) <= set(u.columns) for u in table.uniques):
        score += 12
    return score


def owners(
    graph: Graph,
    fixed: Mapping[Name, ForeignKey] | None = None,
    never: Collection[tuple[Name, str]] = (),
) -> dict[Name, ForeignKey]:
    """The owner of each table that has one: the key that structures it. A forest, never a cycle,
    if the ``fixed`` ones are none. ``never``: keys (table and name) that are no owners."""
    reaches = {n: frozenset(graph.reach(n)) for n in sorted(graph.members)}
    candidates: list[tuple[int, Name, str, ForeignKey]] = []
    for name in sorted(graph.members):
        table = graph.schema[name]
        kind = graph.kinds[name]
        for key in graph.outward(name):
            target = graph.kinds[key.target]
            keyed = any(set(key.columns) <= set(u.columns) for u in table.uniques)
            if (target == "reference" and not keyed) or (name, key.name) in never:
                continue
            if kind == "patient" and target not in ("person", "patient") and not keyed:
                continue
            if kind == "reference" and not keyed:
                continue
            candidates.append((-_score(graph, table, key, reaches), name, key.name, key))
    chosen: dict[Name, ForeignKey] = dict(fixed or {})
    for _, name, _, key in sorted(candidates, key=lambda c: c[:3]):
        if name in chosen or _leads_to(chosen, key.target, name):
            continue
        chosen[name] = key
    return chosen


def echoes(graph: Graph, chosen: Mapping[Name, ForeignKey], name: Name) -> frozenset[str]:
    """Keys of a table that point at what their target has from this very row: two tables that
    share one primary key, each referencing the other."""
    backs = ((k, chosen.get(k.target)) for k in graph.keys(name))
    return frozenset(
        k.name for k, back in backs if back is not None and back.target == name and k.returns(back)
    )


def circle(chosen: Mapping[Name, ForeignKey]) -> Name | None:
    """A table whose line of owners leads back to it, or None."""
    return next((n for n, k in sorted(chosen.items()) if _leads_to(chosen, k.target, n)), None)


def _leads_to(chosen: Mapping[Name, ForeignKey], start: Name, goal: Name) -> bool:
    while start != goal and start in chosen:
        start = chosen[start].target
    return start == goal
