"""Reads and checks the files about the population."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.resources.abc import Traversable

from seeder.clinical.files import Cell, Row, rows
from seeder.clinical.model import MILLION, SEXES, Aged, Evidence, Population, Race, Scores

# Columns, and of what number of people the figures are; 110 is the greatest age of the tables.
_AGED = {
    "population.csv": ("male female", 1),
    "mortality.csv": ("male female", 10),
    "births.csv": ("per_1000_women", 1000),
    "marital.csv": ("never married separated divorced widowed", 1),
    "insurance.csv": ("commercial medicare medicaid military self_pay", 1),
}
_LAST = 110


def read_population(folder: Traversable, evidence: Collection[str]) -> Population:
    """The population in a folder. Raises KnowledgeError."""
    return Population(
        pyramid=_aged(folder, "population.csv", evidence),
        mortality=_aged(folder, "mortality.csv", evidence),
        births=_aged(folder, "births.csv", evidence),
        marital=_aged(folder, "marital.csv", evidence),
        insurance=_aged(folder, "insurance.csv", evidence),
        newborn=_newborn(folder, evidence),
        races=_races(folder, evidence),
        languages=_weighted(folder, "language.csv", "group language", evidence),
        regions=_weighted(folder, "regions.csv", "state region", evidence),
    )


def _aged(folder: Traversable, file: str, evidence: Collection[str]) -> tuple[Aged, ...]:
    columns, factor = _AGED[file]
    sexed = "sex " if file == "marital.csv" else ""
    found: list[Aged] = []
    for row in rows(folder, file, f"{sexed}from_age to_age {columns} by"):
        row["by"].one_of(evidence, "evidence")
        sex = row["sex"].one_of(SEXES, "sex") if sexed else ""
        ages = (row["from_age"].fixed(1, 0, _LAST), row["to_age"].fixed(1, 0, _LAST))
        _follows(row["from_age"], ages, [a.ages for a in found if a.sex == sex], file)
        figures = tuple((c, row[c].fixed(factor, 0, MILLION)) for c in columns.split())
        found.append(Aged(sex, ages, figures))
        last = row["to_age"]
    for sex in dict.fromkeys(a.sex for a in found):
        if file != "births.csv" and [a.ages[1] for a in found if a.sex == sex][-1] != _LAST:
            raise last.error(f"a gap in the age bands up to {_LAST} years")
    return tuple(found)


def _follows(place: Cell, ages: tuple[int, int], before: list[tuple[int, int]], file: str) -> None:
    if ages[0] > ages[1]:
        raise place.error("the band ends before it begins")
    # Births begin with the first mothers; everything else with the first day.
    wanted = before[-1][1] + 1 if before else (ages[0] if file == "births.csv" else 0)
    if ages[0] != wanted:
        what = "a gap" if ages[0] > wanted else "an overlap"
        raise place.error(f"{what} in the age bands at {min(ages[0], wanted)} years")


def _newborn(folder: Traversable, evidence: Collection[str]) -> Scores:
    found: list[tuple[str, int]] = []
    for row in rows(folder, "newborn.csv", "figure value by"):
        row["by"].one_of(evidence, "evidence")
        most = 10 * MILLION if row["figure"].text.endswith("_kg") else MILLION
        found.append((row["figure"].filled(), row["value"].fixed(MILLION, 0, most)))
    return tuple(found)


def _races(folder: Traversable, evidence: Collection[str]) -> tuple[Race, ...]:
    return tuple(
        _race(row, evidence)
        for row in rows(folder, "race.csv", "race code name weight hispanic by")
    )


def _race(row: Row, evidence: Collection[str]) -> Race:
    row["by"].one_of(evidence, "evidence")
    return Race(
        row["race"].filled(),
        row["code"].filled(),
        row["name"].filled(),
        row["weight"].fixed(1, 0),
        row["hispanic"].fixed(MILLION, 0, MILLION),
    )


def _weighted(
    folder: Traversable, file: str, columns: str, evidence: Collection[str]
) -> tuple[tuple[str, str, int], ...]:
    first, second = columns.split()
    found: list[tuple[str, str, int]] = []
    for row in rows(folder, file, f"{columns} weight by"):
        row["by"].one_of(evidence, "evidence")
        found.append((row[first].filled(), row[second].filled(), row["weight"].fixed(1, 0)))
    return tuple(found)


def shares(evidence: Mapping[str, Evidence], used: Mapping[str, int]) -> tuple[int, int]:
    """Figures with a source, and all, of counts by evidence."""
    sourced = sum(n for by, n in used.items() if evidence[by].kind == "source")
    return sourced, sum(used.values())
