"""How every foreign key finds its parent, and where two keys of a row must meet.

A row's keys are decided from the most telling to the least: the owner first, then what can be
derived through a parent that is already known, then what must lie below a known ancestor, and only
then free draws. The symbolic form of a path (``canonical``) proves each agreement: two paths are
equal when they reduce to the same links, whatever the rows are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from seeder.plan import apart
from seeder.plan.graph import PEOPLE, Graph, homes, is_relation, one_to_one, qualifiers
from seeder.plan.model import Agreement, FanOutPlan, Finding, KeyPlan
from seeder.plan.overlap import meeting
from seeder.schema import ForeignKey, Name

_NULLS = 0.1  # share of NULL in a nullable reference, where no profile says better
_OWNER_NULLS = 0.05
# What a row is about: two of them in one row is worth a warning. That the author of a row and the
# place of it belong together, or not, is written in the plan alone.
_WARNED = frozenset(("patient", "encounter"))
_ABOUT = _WARNED | {"person"}
_PREVIOUS = frozenset({"previous", "prev", "preceding", "prior"})

Link = tuple[Name, str]  # a table and the name of one of its keys
Path = tuple[str, ...]  # names of keys, the first of the table that the path starts from


@dataclass
class _State:
    """What has been decided so far; local to ``plan_keys``."""

    graph: Graph
    owners: Mapping[Name, ForeignKey]
    rows: Mapping[Name, int]
    limited: frozenset[Link] = frozenset()
    apart: Mapping[Name, Sequence[apart.Pair]] = field(default_factory=dict)
    needed: Mapping[Name, frozenset[str]] = field(default_factory=dict)
    keys: dict[Link, KeyPlan] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    reduced: dict[tuple[Name, Path], tuple[Link, ...]] = field(default_factory=dict)
    parted: set[str] = field(default_factory=set)

    def optional(self, name: Name, key: ForeignKey) -> bool:
        """Whether a row may go without the key's parent."""
        there = self.needed.get(name, frozenset())
        return self.graph.schema[name].nullable(key) and there.isdisjoint(key.columns)

    def target(self, link: Link) -> Name:
        return self.graph.schema[link[0]].keys_by_name[link[1]].target


def plan_keys(
    graph: Graph,
    owners: Mapping[Name, ForeignKey],
    rows: Mapping[Name, int],
    limited: frozenset[Link] = frozenset(),
    differing: Mapping[Name, Sequence[apart.Pair]] | None = None,
    needed: Mapping[Name, frozenset[str]] | None = None,
) -> tuple[dict[Link, KeyPlan], list[Finding]]:
    """The plan of every key among the graph's members. ``limited``: keys that lead to some of the
    parents only, so that no other key can descend along them; ``differing``: keys of a table that
    a CHECK keeps from having the same parent; ``needed``: columns that are never NULL."""
    state = _State(graph, owners, rows, limited, differing or {}, needed or {})
    order = graph.order()
    for name in order:
        if name in owners:
            high = 1 if one_to_one(graph.schema[name], owners[name]) else None
            state.keys[name, owners[name].name] = KeyPlan(
                how="owner",
                fan_out=FanOutPlan(high=high),
                nulls=_OWNER_NULLS if state.optional(name, owners[name]) else 0.0,
                why="one row each"
                if high
                else "the most telling key: its parent leads to the rest",
            )
    for name in order:
        _plan_table(state, name)
    return state.keys, state.findings


def decide_agreements(
    graph: Graph, keys: Mapping[Link, KeyPlan]
) -> tuple[dict[Name, list[Agreement]], list[Finding]]:
    """Whether each two key paths of a table meet, as the final key plans have it, and why not."""
    state = _State(graph, {}, {}, keys=dict(keys))
    found = {name: _agreements(state, name) for name in graph.order()}
    unmet = [f for name in graph.order() for f in _unmet(state, name)]
    return found, state.findings + unmet


def _unmet(state: _State, name: Name) -> Iterator[Finding]:
    """Keys that share a column and are not sure to have the same value there."""
    keys = [k for k in state.graph.keys(name) if state.keys[name, k.name].how != "null"]
    for first, second in combinations(keys, 2):
        differ = second.name in state.keys[name, first.name].apart or (
            first.name in state.keys[name, second.name].apart
        )
        place = meeting(state.graph, first, second, differ)
        if place is None:
            continue
        ends = [_reduced(state, name, p) for p in (place.first, place.second)]
        if not place.first or ends[0] != ends[1]:
            implied = [k.name for k in (second, first) if not k.declared]
            yield Finding(
                severity="error", code="overlap", place=f"{name}: {first.name}, {second.name}",
                message="the keys share a column, and nothing gives both parents the same value "
                "there",
                hint="drop one of the two keys, or leave the table empty: "
                f"--table {name}=0",
                spare=(str(name), implied[0]) if implied else None,
            )  # fmt: skip


def _plan_table(state: _State, name: Name) -> None:
    table = state.graph.schema[name]
    owner = state.owners.get(name)
    reach = {k.target: len(state.graph.reach(k.target)) for k in state.graph.outward(name)}
    # Keys that lead far go first: the nearer ones are then derived through them.
    rest = sorted(
        (k for k in state.graph.outward(name) if owner is None or k.name != owner.name),
        key=lambda k: (
            state.graph.kinds[k.target] == "reference",
            is_relation(k),
            state.optional(name, k),
            -reach[k.target],
            len(qualifiers(k)),
            k.name,
        ),
    )
    bound: dict[Name, Path] = {}
    decided: list[ForeignKey] = []
    if owner is not None:
        _bind(state, bound, name, owner)
        decided.append(owner)
    for key in rest:
        meant = _decide(state, name, key, bound)
        state.keys[name, key.name] = _met(state, name, key, decided) or meant
        _bind(state, bound, name, key)
        decided.append(key)
    for key in table.foreign_keys:
        if key.target == name:
            state.keys[name, key.name] = _self_reference(state, name, key)
    if name in state.apart:
        _keep_apart(state, name)


def _keep_apart(state: _State, name: Name) -> None:
    """CHECKs that two keys differ: one of the two avoids the other's parent."""
    table = state.graph.schema[name]

    def last(key: str) -> Link | None:
        down = state.keys[name, key].down
        return (Name.parse(down[-1][0]), down[-1][1]) if down else None

    def roomy(key: str) -> bool:
        link = last(key)
        if state.optional(name, table.keys_by_name[key]) or link is None:
            return link is not None
        return state.rows[link[0]] >= 2 * state.rows[state.target(link)]

    mine = {k: state.keys[name, k] for k in table.keys_by_name if (name, k) in state.keys}
    asking = apart.Asking(
        required=lambda key: not state.optional(name, table.keys_by_name[key]),
        circular=lambda first, second: _depends_on(state, name, (first,), (name, second)),
        roomy=roomy,
    )
    changed, stuck = apart.decided(state.apart[name], mine, asking)
    for key, plan in changed.items():
        state.keys[name, key] = plan
        link = last(key)
        if link is not None and not state.optional(name, table.keys_by_name[key]):
            _make_invertible(state, link, 2)
    for first, second in stuck:
        state.findings.append(_equal_keys(name, first, second))


def _equal_keys(name: Name, first: str, second: str) -> Finding:
    return Finding(
        severity="warning", code="check-not-read", place=str(name),
        message=f"a CHECK wants the parents of {first or 'the row itself'} and {second} to differ, "
        "and neither can be chosen for that",
        hint=f"leave the table empty: --table {name}=0",
    )  # fmt: skip


def _bind(state: _State, bound: dict[Name, Path], name: Name, key: ForeignKey) -> None:
    """Note every table that is known once ``key`` is; the first path to a table stays."""
    if is_relation(key) or state.graph.kinds[key.target] == "reference":
        return
    bound.setdefault(key.target, (key.name,))
    for target, path in state.graph.reach(key.target).items():
        if target != name and state.graph.kinds[target] != "reference":
            bound.setdefault(target, (key.name, *(k.name for k in path)))


def _decide(state: _State, name: Name, key: ForeignKey, bound: Mapping[Name, Path]) -> KeyPlan:
    graph = state.graph
    table = graph.schema[name]
    nulls = _NULLS if state.optional(name, key) else 0.0
    own = _own_child(state, name, key)
    if own is not None:
        return own.model_copy(update={"nulls": nulls})
    if one_to_one(table, key):
        return KeyPlan(how="distinct", nulls=0.0, why="unique: each parent at most once")
    same = _may_equal(state, name, key, bound)
    if same is None and key.target in bound:
        path = bound[key.target]
        sure = state.optional(name, key) or _made_sure(state, (name, path[0]), path[1:])
        if sure and not _depends_on(state, name, path, (name, key.name)):
            return KeyPlan(
                how="derived", path=list(path), nulls=nulls,
                why=f"the same {key.target.name} as along {' > '.join(path)}",
            )  # fmt: skip
    if graph.kinds[key.target] != "reference":
        within = _within(state, name, key, bound)
        if within is not None:
            return within.model_copy(update={"nulls": nulls})
    if homes(graph, key.target) and graph.kinds[name] in PEOPLE:
        return KeyPlan(how="drawn", nulls=nulls, skew="even", why=same or "somebody's home")
    return KeyPlan(how="drawn", nulls=nulls, why=same or "free: no other key leads to it")


def _made_sure(state: _State, start: Link, path: Path) -> bool:
    """Whether a path can lead somewhere wherever its first step does, as a key that is never NULL
    asks; its other steps are then never NULL."""
    steps, here = [], state.target(start)
    for step in path:
        steps.append((here, step))
        here = state.target((here, step))
    sure: list[Link] = []
    while steps:
        link = steps.pop()
        plan = state.keys.get(link)
        optional = state.optional(link[0], state.graph.schema[link[0]].keys_by_name[link[1]])
        if plan is None or (optional and plan.how not in ("owner", "strata", "drawn", "derived")):
            return False
        sure += [link] if optional else []
        inner = link[0]
        for step in plan.path if plan.how == "derived" else ():
            steps.append((inner, step))
            inner = state.target((inner, step))
    for link in sure:
        state.keys[link] = state.keys[link].model_copy(update={"nulls": 0.0})
    return True


def _own_child(state: _State, name: Name, key: ForeignKey) -> KeyPlan | None:
    """A key to a table whose rows belong to ours: one of the row's own, as the latest of many, or
    the other of two that have each other."""
    back = state.owners.get(key.target)
    if back is None or back.target != name or is_relation(key):
        return None
    link = (key.target, back.name)
    if link in state.limited:
        return None
    if not state.optional(name, key) and not _all_have_children(state, [link]):
        return None
    _make_invertible(state, link)
    return KeyPlan(
        how="within", down=[(str(key.target), back.name)],
        why=f"one of the {key.target.name} rows that belong to the row itself",
    )  # fmt: skip


def _met(
    state: _State, name: Name, key: ForeignKey, decided: Sequence[ForeignKey]
) -> KeyPlan | None:
    """The plan of a key that shares columns with one before: its parent must have their values."""
    graph = state.graph
    nulls = _NULLS if state.optional(name, key) else 0.0
    differing = {k for pair in state.apart.get(name, ()) if key.name in pair for k in pair}
    met = (meeting(graph, other, key, other.name in differing) for other in decided)
    found = [m for m in met if m is not None and m.first]
    for place in sorted(found, key=lambda m: (len(m.second), len(m.first))):
        if _depends_on(state, name, place.first, (name, key.name)):
            continue
        why = f"shares {place.column} with {place.first[0]}"
        if len(place.second) == 1:
            return KeyPlan(how="derived", path=list(place.first), nulls=nulls, why=why)
        links = _invertible(state, key.target, place.second[1:])
        if not links or any(link[0] == name for link in links):
            continue
        if not state.optional(name, key) and not _all_have_children(state, links):
            continue
        for link in links:
            _make_invertible(state, link)
        down = [(str(table), step) for table, step in reversed(links)]
        return KeyPlan(how="within", path=list(place.first), down=down, nulls=nulls, why=why)
    return None


def _may_equal(
    state: _State, name: Name, key: ForeignKey, bound: Mapping[Name, Path]
) -> str | None:
    """None when the key should meet the bound path at its target, else the reason why not."""
    kind = state.graph.kinds[key.target]
    if kind == "reference":
        return "a code table: each column has a meaning of its own"
    if is_relation(key):
        return f"another one by name: {', '.join(sorted(qualifiers(key)))}"
    if key.target not in bound:
        return None
    if homes(state.graph, key.target) and state.graph.kinds[name] in PEOPLE:
        return "people live elsewhere than where the work is"
    mine, theirs = qualifiers(key), qualifiers(_last(state, name, bound[key.target]))
    if kind == "staff" and mine and theirs and mine != theirs:
        return f"different parts: {', '.join(sorted(mine))} and {', '.join(sorted(theirs))}"
    if len(bound[key.target]) == 1 and mine != theirs:
        return "two keys of one row to the same table"
    return None


def _last(state: _State, name: Name, path: Path) -> ForeignKey:
    key: ForeignKey | None = None
    for step in path:
        key = state.graph.schema[name].keys_by_name[step]
        name = key.target
    assert key is not None
    return key


def _depends_on(state: _State, name: Name, path: Path, goal: Link) -> bool:
    """Whether evaluating the path would need ``goal`` itself."""
    seen: set[Link] = set()
    work: list[Link] = []

    def push(here: Name, steps: Path) -> None:
        for step in steps:
            work.append((here, step))
            here = state.target((here, step))

    push(name, path)
    while work:
        link = work.pop()
        if link == goal:
            return True
        if link in seen:
            continue
        seen.add(link)
        plan = state.keys.get(link)
        if plan is not None and plan.path:
            push(link[0], tuple(plan.path))
        for other in plan.apart if plan is not None else ():
            push(link[0], (other,) if other else ())
    return False


def _invertible(state: _State, start: Name, path: Path) -> list[Link] | None:
    """The links of a path with derived ones expanded, when each can be followed downwards."""
    links: list[Link] = []
    here = start
    for step in path:
        plan = state.keys.get((here, step))
        if plan is None or (here, step) in state.limited:
            return None
        if plan.how == "derived":
            inner = _invertible(state, here, tuple(plan.path))
            if inner is None:
                return None
            links += inner
        elif plan.how in ("owner", "strata", "drawn") and not plan.apart:
            links.append((here, step))
        else:
            return None
        here = state.target((here, step))
    return links


def _within(
    state: _State, name: Name, key: ForeignKey, bound: Mapping[Name, Path]
) -> KeyPlan | None:
    """Draw the parent from those below an ancestor that the row already has."""
    graph = state.graph
    best: tuple[int, int, Name, Path, list[Link]] | None = None
    for ancestor, up in graph.reach(key.target).items():
        path = bound.get(ancestor)
        if path is None or ancestor == name or graph.kinds[ancestor] == "reference":
            continue
        if _depends_on(state, name, path, (name, key.name)):
            continue
        links = _invertible(state, key.target, tuple(k.name for k in up))
        if not links or any(link[0] == name for link in links):
            continue
        if not state.optional(name, key) and not _all_have_children(state, links):
            continue
        if graph.kinds[ancestor] not in _ABOUT and not _most_have_children(state, links):
            continue
        rank = (-len(graph.reach(ancestor)), len(links), ancestor, path, links)
        if best is None or rank[:3] < best[:3]:
            best = rank
    if best is None:
        return None
    _, _, ancestor, path, links = best
    for link in links:
        _make_invertible(state, link)
    return KeyPlan(
        how="within",
        path=list(path),
        down=[(str(table), step) for table, step in reversed(links)],
        why=f"one of the {key.target.name} rows of the same {ancestor.name}",
    )


def _all_have_children(state: _State, links: list[Link]) -> bool:
    """Whether every parent along the links can have a child, so that a descent never ends."""
    return all(state.rows[link[0]] >= state.rows[state.target(link)] for link in links)


def _most_have_children(state: _State, links: list[Link]) -> bool:
    """Whether a descent seldom ends: else nearly every row would go without."""
    return all(2 * state.rows[link[0]] >= state.rows[state.target(link)] for link in links)


def _make_invertible(state: _State, link: Link, fewest: int = 1) -> None:
    """Let other keys descend along a link; ``fewest`` children of each parent, if there are."""
    plan = state.keys[link]
    child, parent = state.rows.get(link[0], 0), state.rows.get(state.target(link), 0)
    low = fewest if child >= fewest * parent else 0
    high = plan.fan_out.high
    state.keys[link] = plan.model_copy(
        update={
            "how": "strata" if plan.how == "drawn" else plan.how,
            "fan_out": FanOutPlan(low=max(low, plan.fan_out.low), high=high),
        }
    )


def _self_reference(state: _State, name: Name, key: ForeignKey) -> KeyPlan:
    table = state.graph.schema[name]
    optional = state.optional(name, key)
    if one_to_one(table, key) or qualifiers(key) & _PREVIOUS:
        if optional:
            return KeyPlan(how="previous", why="the row before, of the same owner")
        return KeyPlan(how="distinct", why="unique: each row pointed at once")
    if table.nullable(key) and not optional:
        return KeyPlan(how="drawn", why="never absent: any row of the table")
    siblings = _has_siblings(state, name, key)
    return KeyPlan(
        how="tree" if siblings or name not in state.owners else "earlier",
        nulls=0.0,
        why="a tree: an earlier row"
        + (" of the same owner" if siblings else "")
        + ("" if optional else "; the first one points at itself"),
    )


def _has_siblings(state: _State, name: Name, key: ForeignKey) -> bool:
    """Whether the rows of an owner are enough for a tree of their own, or must be one."""
    owner = state.owners.get(name)
    if owner is None:
        return False
    enough = state.rows.get(name, 0) >= 2 * state.rows.get(owner.target, 0)
    return not set(owner.columns).isdisjoint(key.columns) or (
        enough and not one_to_one(state.graph.schema[name], owner)
    )


def _reduced(state: _State, name: Name, path: Path) -> tuple[Link, ...]:
    """``canonical`` of keys that are final, which remembers: paths of many tables end alike."""
    return canonical(state.keys, state.graph, name, path, state.reduced)


def canonical(
    keys: Mapping[Link, KeyPlan],
    graph: Graph,
    name: Name,
    path: Path,
    known: dict[tuple[Name, Path], tuple[Link, ...]] | None = None,
) -> tuple[Link, ...]:
    """The links that a path reduces to. Equal canonical paths lead to equal rows. ``known``: what
    other paths of the same keys have been reduced to; more is added."""
    if not path:
        return ()
    known = {} if known is None else known
    if (name, path) not in known:
        known[name, path] = _canonical(keys, graph, name, path, known)
    return known[name, path]


def _canonical(
    keys: Mapping[Link, KeyPlan],
    graph: Graph,
    name: Name,
    path: Path,
    known: dict[tuple[Name, Path], tuple[Link, ...]],
) -> tuple[Link, ...]:
    first, rest = path[0], path[1:]
    plan = keys[name, first]
    target = graph.schema[name].keys_by_name[first].target
    if plan.how == "derived":
        return canonical(keys, graph, name, (*plan.path, *rest), known)
    tail = canonical(keys, graph, target, rest, known)
    if plan.how == "within":
        up = tuple((Name.parse(table), step) for table, step in reversed(plan.down))
        if tail[: len(up)] == up:
            rest = tuple(key for _, key in tail[len(up) :])
            return canonical(keys, graph, name, (*plan.path, *rest), known)
    if plan.how in ("tree", "previous") and tail and keys[tail[0]].how == "owner":
        return tail  # a sibling has the same owner
    return ((name, first), *tail)


def _agreements(state: _State, name: Name) -> list[Agreement]:
    graph = state.graph
    ends: dict[Name, list[Path]] = {}
    for key in (*graph.outward(name), *(k for k in graph.keys(name) if k.target == name)):
        if key.target != name:
            ends.setdefault(key.target, []).append((key.name,))
        if graph.kinds[key.target] == "reference":
            continue
        for target, path in graph.reach(key.target).items():
            if target != name and graph.kinds[target] != "reference":
                ends.setdefault(target, []).append((key.name, *(k.name for k in path)))
    out: list[Agreement] = []
    # Nearer targets first: where two keys part, everything behind parts too, and is said once.
    for target in sorted(ends, key=lambda t: (min(len(p) for p in ends[t]), t)):
        paths = sorted(ends[target], key=lambda p: (len(p), p))
        places = [_reduced(state, name, p) for p in paths]
        for (first, one), (second, other) in combinations(zip(paths, places, strict=True), 2):
            if first[0] != second[0]:
                out.append(_agreement(state, name, target, (first, second), one == other))
    return out


def _agreement(
    state: _State, name: Name, target: Name, paths: tuple[Path, Path], equal: bool
) -> Agreement:
    first, second = paths
    why = "derived from one another" if equal else _why_not(state, name, target, first, second)
    return Agreement(
        first=list(first),
        second=list(second),
        table=str(target),
        decision="equal" if equal else "independent",
        why=why,
    )


def _why_not(state: _State, name: Name, target: Name, first: Path, second: Path) -> str:
    table = state.graph.schema[name]
    kind = state.graph.kinds[target]
    if kind == "reference":
        return "a code table: each column has a meaning of its own"
    for path in (first, second):
        if is_relation(table.keys_by_name[path[0]]) or is_relation(_last(state, name, path)):
            return "one of the two names a relative or a predecessor"
    if any(table.keys_by_name[path[0]].target == name for path in (first, second)):
        return "one of the two leads through another row of the table"
    mine, theirs = qualifiers(_last(state, name, first)), qualifiers(_last(state, name, second))
    if mine != theirs:
        return f"different parts: {_words(mine)} and {_words(theirs)}"
    place = f"{name}: {first[0]}, {second[0]}"
    if kind in _WARNED and place not in state.parted:
        state.parted.add(place)
        state.findings.append(_parting(place, target, first, second))
    return "no key can satisfy both"


def _parting(place: str, target: Name, first: Path, second: Path) -> Finding:
    return Finding(
        severity="warning",
        code="agreement",
        place=place,
        message=f"{' > '.join(first)} and {' > '.join(second)} may lead to different rows of "
        f"{target}: no key can satisfy both",
        hint="choose another owner, or accept that the two differ",
    )


def _words(words: frozenset[str]) -> str:
    return " ".join(sorted(words)) or "(plain)"
