"""How many rows a visit table gets for each of its patients, and what a visit brings with it.

A budget is shared out by rows for each row of the owner. For visits that is not a number of the
kind of table: it follows from the population, from the years that are filled, and from the setting
where the table's name says one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from seeder.clinical.attendance import Attendance, setting_named
from seeder.clinical.cohorts import Cohort
from seeder.clinical.population import YEAR
from seeder.plan.budget import DEATHS, DIED, VISITS
from seeder.plan.graph import PEOPLE, Graph, one_to_one
from seeder.plan.stories import Way, is_patients, is_visits, setting_said
from seeder.schema import ForeignKey, Name
from seeder.semantics.roles import table_words

# What belongs to a visit comes so much more often in one of these. An estimate, of the order of
# MIMIC-IV: 11 diagnoses an admission.
_RICHER = {"inpatient": 4.0, "emergency": 1.5}
_ROOM = 3  # of a budget the part that cohorts may take


def often(
    graph: Graph, owners: Mapping[Name, ForeignKey], told: Mapping[Name, Way],
    attendance: Attendance, window: int,
) -> dict[Name, float]:  # fmt: skip
    """By table: how much more often its rows come than is usual for its kind. Visits by
    ``attendance`` in a ``window`` of microseconds; with them what a patient has at each visit."""
    settings = _settings(graph, owners, told)
    found = {
        n: attendance.counted(window / YEAR, setting_named(setting)) / VISITS
        for n, setting in settings.items()
    }
    for name, way in told.items():
        owner = owners.get(name)
        if owner is None or graph.kinds[name] not in ("event", "other", "junction"):
            continue
        above = Name.parse(way.visits[0]) if way.visits else owner.target
        richer = _RICHER.get(settings.get(above, ""), 1.0)
        if graph.kinds[owner.target] in PEOPLE:
            # What a patient has may name a visit: then each visit has some.
            if way.story == "visit" and above in settings:
                found[name] = richer * found[above] * VISITS
        elif owner.target in settings:
            found[name] = richer
    return found


def _settings(
    graph: Graph, owners: Mapping[Name, ForeignKey], told: Mapping[Name, Way]
) -> dict[Name, str]:
    """The tables of visits, and the setting that each says: of those of a patient that say none the
    most referenced one, as others tell of the same visits, or of something else."""
    found: dict[tuple[Name, str], Name] = {}
    for name in sorted(told, key=lambda n: (-graph.schema.references.get(n, 0), n)):
        if _counted(graph, owners, name):
            found.setdefault((owners[name].target, setting_said(graph.schema[name])), name)
    return {name: setting for (_, setting), name in found.items()}


def _counted(graph: Graph, owners: Mapping[Name, ForeignKey], name: Name) -> bool:
    return is_visits(graph, owners, name) and not one_to_one(graph.schema[name], owners[name])


def dead(
    graph: Graph, owners: Mapping[Name, ForeignKey], name: Name, rows: Mapping[Name, int],
    cohorts: Sequence[Cohort], given: Collection[Name],
) -> tuple[int, str] | None:  # fmt: skip
    """The most rows of a table of deaths beside cohorts, whose members live; and why. Counts that
    are ``given`` stay."""
    owner, members = owners.get(name), sum(c.patients for c in cohorts)
    if name in given or not members or owner is None or graph.kinds[owner.target] not in PEOPLE:
        return None
    if not DEATHS & set(table_words(graph.schema[name])) or owner.target not in rows:
        return None
    others = max(rows[owner.target] - members, 0)
    return max(int(others * DIED), 1), f"{members:,} patients are in scenarios, and live"


def least(
    graph: Graph, owners: Mapping[Name, ForeignKey], told: Mapping[Name, Way],
    cohorts: Sequence[Cohort], total: int,
) -> dict[Name, int]:  # fmt: skip
    """The patients and visits that cohorts need, where the budget has room for them."""
    patients = sum(c.patients for c in cohorts)
    visits = sum(c.patients * max(c.visits, 1) for c in cohorts)
    if not patients or _ROOM * (patients + visits) > total:
        return {}
    found = {n: patients for n, way in told.items() if is_patients(graph, owners, way, n)}
    return found | dict.fromkeys(_settings(graph, owners, told), visits)
