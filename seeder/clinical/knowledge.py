"""Reads and checks the knowledge. Whatever is wrong is said with file and line.

``load()`` reads the package's files once a process; ``read(folder)`` any folder of the same files.
"""

from __future__ import annotations

import graphlib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources.abc import Traversable

import yaml

from seeder.clinical.course import (
    read_contacts,
    read_families,
    read_limits,
    read_seasons,
    read_stages,
)
from seeder.clinical.files import (
    Cell,
    KnowledgeError,
    Row,
    blocks,
    home,
    mapping,
    once,
    rows,
    scalar,
    sequence,
)
from seeder.clinical.interactions import read_interactions
from seeder.clinical.model import (
    AGE_BANDS,
    DAY,
    MILLI,
    MILLION,
    SETTINGS,
    SEXES,
    Condition,
    Drug,
    Evidence,
    Group,
    Knowledge,
    Profile,
    Scores,
    Stay,
)
from seeder.clinical.people import read_population
from seeder.clinical.practice import (
    read_forms,
    read_frequencies,
    read_placements,
    read_procedures,
    read_routes,
    read_specialties,
    read_vaccines,
    strengths,
)
from seeder.clinical.ranges import read_labs, read_vitals

_CODE = re.compile(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?")
_RATES = "a0 a5 a18 a45 a65 a80"


@cache
def load() -> Knowledge:
    """The knowledge of the package, read once."""
    return read(home())


def read(folder: Traversable) -> Knowledge:
    """The knowledge in a folder. Raises KnowledgeError at the first thing that is wrong."""
    evidence = _evidence(folder)
    population = read_population(folder, evidence)
    labs = read_labs(folder, evidence)
    vitals = read_vitals(folder, evidence)
    routes = read_routes(folder, evidence)
    frequencies = read_frequencies(folder, evidence)
    procedures = read_procedures(folder, evidence)
    specialties = read_specialties(folder, evidence)
    prescribed = {r["drug"].text for r in _drug_rows(folder)}
    known = _Known(evidence, prescribed, set(labs), set(vitals), set(procedures), set(specialties))
    groups = _groups(folder, known)
    drugs = _drugs(folder, evidence, set(groups), routes, frequencies)
    races = {r.name for r in population.races} | {"hispanic"}
    conditions, order = _conditions(folder, known, groups, races)
    _prescribed_for_what_they_treat(folder, conditions, drugs)
    return Knowledge(
        evidence,
        groups,
        conditions,
        drugs,
        labs,
        vitals,
        population,
        order,
        procedures=procedures,
        specialties=specialties,
        vaccines=read_vaccines(folder, evidence, routes),
        placements=read_placements(folder, evidence),
        routes=routes,
        frequencies=frequencies,
        forms=read_forms(folder, evidence, drugs, frequencies),
        interactions=read_interactions(folder, evidence, drugs),
        families=read_families(folder, evidence, conditions),
        seasons=read_seasons(folder, evidence, conditions),
        contacts=read_contacts(folder, evidence, conditions),
        limits=read_limits(folder, evidence, conditions),
        stages=read_stages(folder, evidence, conditions),
    )


@dataclass(frozen=True)
class _Known:
    """The names that a profile may use."""

    evidence: Mapping[str, Evidence]
    drugs: Collection[str]
    labs: Collection[str]
    vitals: Collection[str]
    procedures: Collection[str]
    specialties: Collection[str]


def _evidence(folder: Traversable) -> dict[str, Evidence]:
    found: dict[str, Evidence] = {}
    for row in rows(folder, "evidence.csv", "id kind document place note"):
        kind = row["kind"].one_of(("source", "estimate"), "kind of evidence")
        # A source without its place cannot be looked up; an estimate without reason is a guess.
        for field in ("document", "place") if kind == "source" else ("note",):
            row[field].filled()
        once(found, row["id"])
        found[row["id"].text] = Evidence(*(cell.text for cell in row.values()))
    return found


# Drugs -------------------------------------------------------------------------------------------


def _drug_rows(folder: Traversable) -> tuple[Row, ...]:
    columns = "drug generic strengths form route frequency class min_age max_age indications by"
    return rows(folder, "drugs.csv", columns)


def _drugs(
    folder: Traversable,
    evidence: Mapping[str, Evidence],
    groups: Collection[str],
    routes: Collection[str],
    frequencies: Collection[str],
) -> dict[str, Drug]:
    found: dict[str, Drug] = {}
    for row in _drug_rows(folder):
        once(found, row["drug"])
        row["by"].one_of(evidence, "evidence")
        if not row["indications"].text:
            raise row["indications"].error(f"{row['drug'].text} has no indication")
        found[row["drug"].text] = Drug(
            name=row["drug"].text,
            generic=row["generic"].filled(),
            strengths=strengths(row["strengths"]),
            form=row["form"].filled(),
            route=row["route"].one_of(routes, "route"),
            frequency=row["frequency"].one_of(frequencies, "frequency"),
            drug_class=row["class"].filled(),
            ages=(_age(row["min_age"], 0), _age(row["max_age"], 120)),
            indications=tuple(i.one_of(groups, "group") for i in row["indications"].parts()),
        )
    return found


def _age(cell: Cell, default: int) -> int:
    return cell.fixed(1, 0, 120) if cell.text else default


def _prescribed_for_what_they_treat(
    folder: Traversable, conditions: Mapping[str, Condition], drugs: Mapping[str, Drug]
) -> None:
    for row in rows(folder, "conditions.csv", _CONDITION):
        condition = conditions[row["code"].text]
        for drug, _ in condition.profile.drugs:
            if condition.group not in drugs[drug].indications:
                raise row["group"].error(
                    f"{condition.code} is given {drug}, which has no indication {condition.group}",
                    f"add {condition.group} to the indications of {drug} in drugs.csv",
                )


# Groups and what they bring ----------------------------------------------------------------------

_Nodes = dict[str, tuple[Cell, yaml.Node]]


def _groups(folder: Traversable, known: _Known) -> dict[str, Group]:
    file = "groups.yaml"
    found: dict[str, Group] = {}
    for key, node in blocks(folder, file):
        once(found, key)
        given = _fields(file, node, {"title", "like", "by", *_READERS})
        base = None
        if "like" in given:
            base = found[scalar(file, given["like"][1], "like").one_of(found, "group")].profile
        if "title" not in given:
            raise key.error("has no title")
        title = scalar(file, given["title"][1], "title").filled()
        found[key.text] = Group(key.text, title, _profile(file, key, given, base, known))
    return found


def _fields(file: str, node: yaml.Node, allowed: Collection[str]) -> _Nodes:
    return {k.one_of(allowed, "field"): (k, n) for k, n in mapping(file, node).items()}


def _profile(file: str, key: Cell, given: _Nodes, base: Profile | None, known: _Known) -> Profile:
    _backed(file, key, given, known)
    read = {f: _READERS[f](file, n, known) for f, (_, n) in given.items() if f in _READERS}
    # Each reader returns what its field holds; the types of a mapping by name cannot say so.
    if base is not None:
        return replace(base, **read)  # type: ignore[arg-type]
    missing = [f for f in _REQUIRED if f not in read]
    if missing:
        raise key.error(f"has no {', '.join(missing)}", "name them, or a group by `like`")
    empty: dict[str, object] = dict.fromkeys(("drugs", "labs", "vitals", "procedures"), ())
    return Profile(**(empty | read))  # type: ignore[arg-type]


def _backed(file: str, key: Cell, given: _Nodes, known: _Known) -> None:
    if "by" not in given:
        raise key.error("has no evidence", "by: <an id of evidence.csv>")
    scalar(file, given["by"][1], "by").one_of(known.evidence, "evidence")


def _scores(
    file: str, node: yaml.Node, names: Collection[str], what: str, least: int | None
) -> Scores:
    found: list[tuple[str, int]] = []
    for key, value in mapping(file, node).items():
        name = key.one_of(names, what)
        found.append((name, scalar(file, value, name).fixed(MILLI, least)))
    return tuple(found)


def _stay(file: str, node: yaml.Node, known: _Known) -> Stay:
    given = _fields(file, node, ("days", "sigma", "death", "readmit", "by"))
    cells = {f: scalar(file, n, f) for f, (_, n) in given.items()}
    missing = [f for f in ("days", "sigma", "death", "readmit") if f not in cells]
    if missing:
        line = node.start_mark.line + 1
        raise KnowledgeError(f"{file}:{line}: stay: has no {', '.join(missing)}")
    if "by" in cells:
        cells["by"].one_of(known.evidence, "evidence")
    return Stay(
        minutes=cells["days"].fixed(DAY, 1, 365 * DAY),
        sigma=cells["sigma"].fixed(MILLI, 1, 3 * MILLI),
        death=cells["death"].fixed(MILLION, 0, MILLION),
        readmission=cells["readmit"].fixed(MILLION, 0, MILLION),
    )


def _settings(file: str, node: yaml.Node, known: _Known) -> Scores:
    return _scores(file, node, SETTINGS, "setting", 0)


def _texts(field: str) -> Callable[[str, yaml.Node, _Known], tuple[str, ...]]:
    def reader(file: str, node: yaml.Node, known: _Known) -> tuple[str, ...]:
        return tuple(c.filled() for c in sequence(file, node, field))

    return reader


_READERS: dict[str, Callable[[str, yaml.Node, _Known], object]] = {
    "settings": _settings,
    "stay": _stay,
    "specialties": lambda file, node, known: tuple(
        c.one_of(known.specialties, "specialty") for c in sequence(file, node, "specialties")
    ),
    "drugs": lambda file, node, known: _scores(file, node, known.drugs, "drug", 0),
    "labs": lambda file, node, known: _scores(file, node, known.labs, "lab", None),
    "vitals": lambda file, node, known: _scores(file, node, known.vitals, "vital sign", None),
    "procedures": lambda file, node, known: _scores(file, node, known.procedures, "procedure", 0),
    "symptoms": _texts("symptoms"),
    "findings": _texts("findings"),
    "plan": _texts("plan"),
}
_REQUIRED = ("settings", "stay", "specialties", "symptoms", "findings", "plan")


# Conditions --------------------------------------------------------------------------------------

_CONDITION = f"code description group kind {_RATES} sex female race with by"


def _conditions(
    folder: Traversable, known: _Known, groups: Mapping[str, Group], races: Collection[str]
) -> tuple[dict[str, Condition], tuple[tuple[str, bool], ...]]:
    table = rows(folder, "conditions.csv", _CONDITION)
    base: dict[str, Condition] = {}
    for row in table:
        once(base, row["code"])
        base[row["code"].text] = _condition(row, known, groups, races)
    changed = dict(base)
    file = "overrides.yaml"
    for key, node in blocks(folder, file):
        condition = base[key.one_of(base, "condition")]
        given = _fields(file, node, {"by", *_READERS})
        profile = _profile(file, key, given, condition.profile, known)
        changed[key.text] = replace(condition, profile=profile)
    return changed, _order(table, changed)


def _condition(
    row: Row, known: _Known, groups: Mapping[str, Group], races: Collection[str]
) -> Condition:
    if not _CODE.fullmatch(row["code"].text):
        raise row["code"].error(f"{row['code'].text!r} does not look like an ICD-10-CM code")
    row["by"].one_of(known.evidence, "evidence")
    chronic = row["kind"].one_of(("chronic", "acute"), "kind") == "chronic"
    # More than all of the living cannot have it; of episodes, a year can hold many.
    most = 1000 * MILLI if chronic else 20_000 * MILLI
    sex = row["sex"].one_of(("", *SEXES), "sex")
    if bool(sex) == bool(row["female"].text):
        raise row["female"].error("either a single sex or a ratio female to male is wanted")
    group = row["group"].one_of(groups, "group")
    return Condition(
        code=row["code"].text,
        description=row["description"].filled(),
        group=group,
        chronic=chronic,
        rates=tuple(row[f].fixed(MILLI, 0, most) for f in _RATES.split()),
        sex=sex,
        female=MILLI if sex else row["female"].fixed(MILLI, 1, 1000 * MILLI),
        race=_factors(row["race"], races, "race"),
        comorbidity=_factors(row["with"], groups, "group"),
        profile=groups[group].profile,
    )


def _factors(cell: Cell, names: Collection[str], what: str) -> Scores:
    return tuple(
        (name.one_of(names, what), number.fixed(MILLI, 0, 1000 * MILLI))
        for name, number in cell.scored()
    )


def _order(
    table: tuple[Row, ...], conditions: Mapping[str, Condition]
) -> tuple[tuple[str, bool], ...]:
    """Groups, chronic and acute apart, each after those that its factors name."""
    lasting = {c.group for c in conditions.values() if c.chronic}
    before: dict[tuple[str, bool], set[tuple[str, bool]]] = defaultdict(set)
    for row in table:
        condition = conditions[row["code"].text]
        node = (condition.group, condition.chronic)
        before[node] |= set()
        for name, _ in condition.comorbidity:
            cause = (name, name in lasting)
            if cause == node:
                raise row["with"].error(f"{condition.code} depends on its own group {name}")
            if condition.chronic and not cause[1]:
                raise row["with"].error(f"{name} has no chronic condition to depend on")
            before[node].add(cause)
    try:
        return tuple(graphlib.TopologicalSorter(before).static_order())
    except graphlib.CycleError as error:
        circle = " -> ".join(name for name, _ in error.args[1])
        raise KnowledgeError(
            f"conditions.csv:1: with: factors run in a circle: {circle}", "remove one of them"
        ) from None


def band_of(age: int) -> int:
    """The index in ``AGE_BANDS`` of an age in whole years."""
    return next(i for i, (_, stop) in enumerate(AGE_BANDS) if age <= stop)
