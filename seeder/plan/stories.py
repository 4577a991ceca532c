"""How the rows of each table find the episode of their patient: see ``TimePlan.story``."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from seeder.clinical.cohorts import Cohort
from seeder.generate.data import entries
from seeder.generate.told import TOLD
from seeder.plan.budget import DEATHS, STAYS
from seeder.plan.graph import PEOPLE, Graph, one_to_one, qualifiers
from seeder.plan.model import Among, ColumnPlan, KeyPlan, TablePlan
from seeder.schema import ForeignKey, Name, Table
from seeder.semantics.roles import table_words
from seeder.semantics.topics import SYSTEMS

# Systems of which a story names one entry a row; who somebody is follows from other columns.
LISTED = frozenset(
    "icd10cm icd10pcs drugs labs vitals observations vaccines encounters payers".split()
)
# Those of which the rows of one owner can each tell of another entry.
_APART = frozenset("icd10cm labs vitals observations".split())
_HAPPENED = LISTED - {"encounters", "payers"}
_KEYED = frozenset("code name short generic".split())
_RANKS = frozenset(
    "primary secondary principal admitting discharge main other comorbid final".split()
)
_NUMBERED = re.compile(r"([a-z]*?)(?:id)?(\d+)")
_RETURNED_TO = frozenset(("staff", "organisation", "place"))  # by the patients who know them
_OTHERS = frozenset(("secondary", "other", "comorbid"))


@dataclass(frozen=True)
class Way:
    """A table's way to its patient and to the patient's episode; fields as in ``TimePlan``."""

    person: tuple[str, ...] = ()
    story: str = ""
    visit: tuple[str, ...] = ()
    visits: tuple[str, ...] = ()
    heads: bool = False


def ways(graph: Graph, owners: Mapping[Name, ForeignKey]) -> dict[Name, Way]:
    """The way of each table that leads to a patient, or is one."""
    filled = graph.members - graph.kept
    people = {n: _person(graph, owners, n) for n in sorted(filled)}
    seen = _visits(graph, owners, people)
    heads = {k.target for n, k in owners.items() if graph.kinds[n] in ("event", "other", "log")}
    out: dict[Name, Way] = {}
    for name in sorted(filled):
        path = people[name]
        if path is None:
            continue
        way = _way(graph, owners, people, seen, name, path)
        event = graph.kinds[name] in ("event", "other") and name in heads
        out[name] = Way(path, *way, heads=event)
    return out


def _person(graph: Graph, owners: Mapping[Name, ForeignKey], name: Name) -> tuple[str, ...] | None:
    """The keys from a table to its patient, as far as there is only one; () for patients, None
    for what leads to no patient."""
    if graph.kinds[name] in PEOPLE:
        return _as_one(graph, owners, name)
    found = [(p, n) for n, p in graph.reach(name).items() if graph.kinds[n] == "patient"]
    owner = owners.get(name)
    # The patient of the row's own line comes first: others are relatives, donors, contacts.
    own = [f for f in found if owner is not None and f[0][0].name == owner.name]
    for path, target in own or found:
        return tuple(k.name for k in path) + _as_one(graph, owners, target)
    return None


def _as_one(graph: Graph, owners: Mapping[Name, ForeignKey], name: Name) -> tuple[str, ...]:
    """The keys from a patient to the person that the patient is, where that is a table too."""
    owner = owners.get(name)
    if owner is None or graph.kinds[owner.target] not in PEOPLE or owner.target in graph.kept:
        return ()
    if not one_to_one(graph.schema[name], owner):
        return ()
    return (owner.name, *_as_one(graph, owners, owner.target))


def _visits(
    graph: Graph, owners: Mapping[Name, ForeignKey], people: Mapping[Name, tuple[str, ...] | None]
) -> dict[tuple[str, ...], tuple[str, str]]:
    """The table of visits that each patient table owns, most referenced first, and its key."""
    found: dict[Name, tuple[int, Name, str]] = {}
    for name, path in people.items():
        owner = owners.get(name)
        if owner is None or path is None or graph.kinds[name] != "encounter":
            continue
        if graph.kinds[owner.target] not in PEOPLE:
            continue
        rank = (-graph.schema.references.get(name, 0), name, owner.name)
        found[owner.target] = min(found.get(owner.target, rank), rank)
    return {(str(target),): (str(n), key) for target, (_, n, key) in found.items()}


def _way(
    graph: Graph,
    owners: Mapping[Name, ForeignKey],
    people: Mapping[Name, tuple[str, ...] | None],
    visits: Mapping[tuple[str, ...], tuple[str, str]],
    name: Name,
    path: tuple[str, ...],
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    owner = owners.get(name)
    if not path or graph.kinds[name] in PEOPLE:
        return "own", (), ()
    below = owner is not None and _has_story(graph, people, owner.target)
    if owner is not None and below and _visited(graph, owners, owner.target):
        return "owner", (), ()
    if graph.kinds[name] == "encounter":
        return ("owner" if below else "own"), (), ()
    target = _target(graph, name, path)
    own = visits.get((str(target),), ())
    for end, steps in graph.reach(name).items():
        if graph.kinds[end] == "encounter" and _has_story(graph, people, end):
            same = own if own and own[0] == str(end) and len(path) == 1 else (str(end),)
            return "visit", tuple(k.name for k in steps), same
    if below:
        return "owner", (), ()
    if own and len(path) == 1:
        return "spread", (), own
    return "own", (), ()


def _visited(graph: Graph, owners: Mapping[Name, ForeignKey], name: Name) -> bool:
    """Whether a table is one of visits, or its line of owners leads to one."""
    while graph.kinds[name] != "encounter":
        if name not in owners:
            return False
        name = owners[name].target
    return True


def _target(graph: Graph, name: Name, path: tuple[str, ...]) -> Name:
    """The first patient table along a path."""
    for step in path:
        name = graph.schema[name].keys_by_name[step].target
        if graph.kinds[name] == "patient":
            break
    return name


def _has_story(graph: Graph, people: Mapping[Name, tuple[str, ...] | None], name: Name) -> bool:
    """Whether rows of the table have an episode of their own patient: not the patients."""
    return people.get(name) is not None and graph.kinds[name] not in PEOPLE


def listing(columns: Mapping[str, ColumnPlan]) -> str:
    """The code system whose entries a table lists, a row each in their order, or ''."""
    for plan in columns.values():
        of = plan.params.get("system", "")
        keyed = plan.generator == "code.listed" and plan.params.get("part", "code") in _KEYED
        # Distinct or not, the entries come in the order of the rows; not so under an owner.
        in_order = plan.distinct is None or plan.distinct.how in ("row", "shuffled")
        if keyed and of in TOLD and of in LISTED and in_order:
            return str(of)
    return ""


def _group(key: ForeignKey, of: str) -> str | None:
    """What tells a key from others to the same list: '', secondary, or its number behind the first;
    None of a key that, of one list for many things, names another kind of them."""
    said = {w for w in qualifiers(key) if w != "version" and SYSTEMS.get(w) != of}
    numbers = {m[2] for w in said if (m := _NUMBERED.fullmatch(w)) and SYSTEMS.get(m[1], of) == of}
    if len(numbers) == 1 and len(said) == 1:
        return str(int(numbers.pop()) + 1)
    if said - _RANKS:
        return None
    others = sorted(said & _OTHERS)
    return others[0] if others else ""


def listed(
    graph: Graph,
    way: Way,
    name: Name,
    plan: TablePlan,
    columns: Mapping[Name, Mapping[str, ColumnPlan]],
    rows: Mapping[Name, int],
    kept: Mapping[Name, tuple[str, Among, bool]],
) -> TablePlan:
    """Keys to tables that list a code system lead to the entry that the row's story tells of;
    ``kept``: those whose rows stay, as ``coded.lists`` has them."""
    keys = dict(plan.keys)
    for key, how in plan.keys.items():
        foreign = graph.schema[name].keys_by_name[key]
        of, among, own = listing(columns.get(foreign.target, {})), None, True
        if foreign.target in kept:
            of, among, own = kept[foreign.target]
        if (
            how.how == "within" and way.story == "visit" and way.visit == (key,)
            and way.visits == (str(foreign.target), *(k for _, k in how.down))
            and list(way.person) == [plan.owner] and how.distinct is None
        ):  # fmt: skip
            keys[key] = how.model_copy(update={"turn": True})
        if how.how != "drawn" or how.among is not None:
            continue
        if not of:
            back = graph.kinds.get(foreign.target) in _RETURNED_TO and how.distinct is None
            if back and way.story == "own" and plan.kind == "encounter":
                keys[key] = how.model_copy(update={"regular": True})
            continue
        group = _group(foreign, of)
        if group is None:
            continue
        if how.distinct is not None and not (
            how.distinct.how == "siblings" and of in _APART and way.story == "owner"
            and not way.heads and own and rows[foreign.target] >= len(entries(of))
        ):  # fmt: skip
            continue
        keys[key] = how.model_copy(
            update={
                "how": "listed", "system": of, "group": group, "among": among,
                "why": f"the entry of {foreign.target.name} that fits the patient's story",
            }
        )  # fmt: skip
    told = [k for k, how in keys.items() if how.how == "listed" and how.system in _HAPPENED]
    if len(told) == 1 and graph.kinds[name] in ("event", "junction"):
        # What happened stands in no other column.
        keys[told[0]] = keys[told[0]].model_copy(update={"nulls": 0.0})
    return plan.model_copy(update={"keys": keys})


def is_patients(graph: Graph, owners: Mapping[Name, ForeignKey], way: Way, name: Name) -> bool:
    """Whether a table's rows are the patients, or the persons that patients are: no relatives."""
    return not way.person and (graph.kinds[name] == "patient" or name not in owners)


def is_visits(graph: Graph, owners: Mapping[Name, ForeignKey], name: Name) -> bool:
    """Whether a table's rows are visits that a patient owns."""
    owner = owners.get(name)
    return (
        owner is not None and graph.kinds[name] == "encounter"
        and graph.kinds[owner.target] in PEOPLE
    )  # fmt: skip


# What a query for members of a cohort reads.
_COUNTED = frozenset(
    "person.sex person.race person.ethnicity place.state diagnosis.code diagnosis.name drug.code "
    "drug.name drug.generic".split()
)


def counted(plan: TablePlan, cohorts: Sequence[Cohort], fixed: Collection[str]) -> TablePlan:
    """With cohorts, no row lacks what they are counted by; ``fixed``: columns that are as the user
    wants them."""
    if not cohorts:
        return plan
    columns = {
        name: made.model_copy(update={"nulls": 0.0, "nulls_with": ""})
        if 0 < made.nulls < 1 and name not in fixed
        and (made.meaning in _COUNTED or made.meaning.startswith("person.birth"))
        else made
        for name, made in plan.columns.items()
    }  # fmt: skip
    return plan.model_copy(update={"columns": columns})


_URGENT = frozenset("emergency triage ed er edstay edstays".split())


def setting_of(graph: Graph, name: Name, way: Way) -> Literal["", "inpatient", "emergency"]:
    """The setting of all rows of a table of visits, where its name says so."""
    if graph.kinds[name] != "encounter" or way.story != "own":
        return ""
    return setting_said(graph.schema[name])


def setting_said(table: Table) -> Literal["", "inpatient", "emergency"]:
    """The setting of visits that the name of their table says."""
    words = set(table_words(table))
    return "emergency" if words & _URGENT else "inpatient" if words & STAYS else ""


_DIAGNOSES = 60  # of one visit, at most, where rows are not wanted to be many


def _lists(plan: TablePlan) -> bool:
    """Whether a table's rows are the diagnoses of a visit."""
    keys = (k.how == "listed" and k.system == "icd10cm" for k in plan.keys.values())
    return any(keys) or any(c.meaning == "diagnosis.code" for c in plan.columns.values())


def _few(key: KeyPlan, plan: TablePlan, visits: int) -> KeyPlan:
    """A key of diagnoses with the most that a visit has."""
    most = min(key.fan_out.high or _DIAGNOSES, _DIAGNOSES)
    if 2 * plan.rows > most * visits:
        return key
    return key.model_copy(update={"fan_out": key.fan_out.model_copy(update={"high": most})})


_MANY = 1 << 16  # children of one owner, which no patient has


def _only(graph: Graph, owners: Mapping[Name, ForeignKey], name: Name) -> bool:
    """Whether no other table has visits of the same patients."""
    mine = owners[name].target
    return not any(n != name and is_visits(graph, owners, n) and k.target == mine
                   for n, k in owners.items())  # fmt: skip


def weighed(
    graph: Graph, told: Mapping[Name, Way], owners: Mapping[Name, ForeignKey], name: Name,
    plan: TablePlan,
    rows: Mapping[Name, int],
    cohorts: Sequence[Cohort],
) -> TablePlan:  # fmt: skip
    """The owner's fan-out follows the owner's story: how ill the patient is, how long the stay."""
    owner, way = owners.get(name), told.get(name)
    if owner is None or way is None or plan.keys[plan.owner].how != "owner":
        return plan
    above, key = told.get(owner.target), plan.keys[plan.owner]
    visit = graph.kinds[owner.target] == "encounter" and above is not None
    by = ""
    if above is None:
        return plan
    if graph.kinds[name] == "encounter" and graph.kinds[owner.target] in PEOPLE:
        by = "burden" if key.fan_out.high is None or key.fan_out.high >= _MANY else ""
    elif graph.kinds[owner.target] in PEOPLE and set(table_words(graph.schema[name])) & DEATHS:
        # Nobody dies twice, whatever the table's keys would allow.
        by, key = "died", key.model_copy(
            update={"fan_out": key.fan_out.model_copy(update={"high": 1})}
        )  # fmt: skip
    elif visit and key.fan_out.high == 1:
        words = set(table_words(graph.schema[name]))
        by = "inpatient" if words & STAYS else "emergency" if words & _URGENT else ""
    elif visit and graph.kinds[name] in ("event", "other", "encounter"):
        by, key = ("listed", _few(key, plan, rows[owner.target])) if _lists(plan) else ("stay", key)
    if not by or (key.fan_out.high == 1 and key.fan_out.low):
        return plan
    # Members of a cohort must be seen: each patient has a visit, each visit its diagnosis. Who is
    # in a database of nothing but stays has had one.
    only = by == "burden" and setting_of(graph, name, way) and _only(graph, owners, name)
    seen = ((cohorts and by in ("burden", "stay", "listed")) or only) and plan.rows >= rows[
        owner.target
    ]
    low = max(1 if seen else 0, key.fan_out.low)
    more = sum(c.patients * max(c.visits - low, 0) for c in cohorts)
    needs = by == "burden" and 0 < more <= plan.rows - low * rows[owner.target]
    bounds = key.fan_out.model_copy(update={"by": by, "low": low, "needs": needs})
    keys = {**plan.keys, plan.owner: key.model_copy(update={"fan_out": bounds})}
    return plan.model_copy(update={"keys": keys})
