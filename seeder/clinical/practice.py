"""Reads and checks the files about how care is given: procedures, vaccines, encounters."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from importlib.resources.abc import Traversable

from seeder.clinical.files import Cell, KnowledgeError, Row, once, rows
from seeder.clinical.model import (
    DAY,
    MILLI,
    SETTINGS,
    VALUE,
    Drug,
    Form,
    Frequency,
    Placement,
    Procedure,
    Specialty,
    Vaccine,
)

_PCS = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_CVX = re.compile(r"\d{2,3}")
# DICOM: bone density, computed tomography, digital radiography, mammography, magnetic resonance,
# nuclear medicine, optical coherence tomography, positron emission, ultrasound, angiography.
MODALITIES = ("BMD", "CT", "DX", "MG", "MR", "NM", "OPT", "PT", "US", "XA")
_OLDEST = 120 * 12


def read_procedures(folder: Traversable, evidence: Collection[str]) -> dict[str, Procedure]:
    """Procedures by name."""
    found: dict[str, Procedure] = {}
    columns = "procedure code description minutes or modality site by"
    for row in rows(folder, "procedures.csv", columns):
        once(found, row["procedure"])
        row["by"].one_of(evidence, "evidence")
        if row["code"].text and not _PCS.fullmatch(row["code"].text):
            raise row["code"].error(f"{row['code'].text!r} does not look like an ICD-10-PCS code")
        _both(row, "code", "description")
        _both(row, "modality", "site")
        found[row["procedure"].text] = Procedure(
            name=row["procedure"].text,
            code=row["code"].text,
            description=row["description"].text,
            minutes=row["minutes"].fixed(1, 1, 7 * DAY),
            operating_room=row["or"].one_of(("0", "1"), "answer") == "1",
            modality=row["modality"].one_of(("", *MODALITIES), "modality"),
            site=row["site"].text,
        )
    return found


def _both(row: Row, first: str, second: str) -> None:
    if bool(row[first].text) != bool(row[second].text):
        raise row[second].error(f"{first} and {second} are both wanted, or none of them")


def read_specialties(folder: Traversable, evidence: Collection[str]) -> dict[str, Specialty]:
    """Specialties by code."""
    found: dict[str, Specialty] = {}
    for row in rows(folder, "specialties.csv", "specialty name department pediatric by"):
        once(found, row["specialty"])
        row["by"].one_of(evidence, "evidence")
        found[row["specialty"].text] = Specialty(
            code=row["specialty"].text,
            title=row["name"].filled(),
            department=row["department"].filled(),
            pediatric=row["pediatric"].one_of(("0", "1"), "answer") == "1",
        )
    return found


def read_vaccines(
    folder: Traversable, evidence: Collection[str], routes: Collection[str]
) -> dict[str, Vaccine]:
    """Vaccines by CVX code."""
    found: dict[str, Vaccine] = {}
    columns = "cvx name months yearly route dose dose_by by"
    for row in rows(folder, "vaccines.csv", columns):
        once(found, row["cvx"])
        row["by"].one_of(evidence, "evidence")
        row["dose_by"].one_of(evidence, "evidence")
        if not _CVX.fullmatch(row["cvx"].text):
            raise row["cvx"].error(f"{row['cvx'].text!r} is not of the form 08 or 140")
        months = tuple(m.fixed(1, 0, _OLDEST) for m in row["months"].parts())
        if not months or any(a >= b for a, b in itertools.pairwise(months)):
            raise row["months"].error("wants one age or more in months, each above the last")
        yearly = row["yearly"].one_of(("0", "1"), "answer") == "1"
        if yearly and len(months) != 2:
            raise row["months"].error("of a yearly vaccine wants the first and the last age")
        found[row["cvx"].text] = Vaccine(
            code=row["cvx"].text,
            name=row["name"].filled(),
            months=months,
            yearly=yearly,
            route=row["route"].one_of(routes, "route"),
            dose=row["dose"].fixed(VALUE, 1, 10 * VALUE),
        )
    return found


def read_placements(folder: Traversable, evidence: Collection[str]) -> dict[str, Placement]:
    """The words of encounters by setting, each kind of word for each setting."""
    kinds = ("class", "type", "source", "disposition")
    found: dict[tuple[str, str], list[tuple[str, str, int]]] = defaultdict(list)
    table = rows(folder, "placement.csv", "setting kind code display weight by")
    for row in table:
        row["by"].one_of(evidence, "evidence")
        place = (row["setting"].one_of(SETTINGS, "setting"), row["kind"].one_of(kinds, "kind"))
        word = (row["code"].filled(), row["display"].filled(), row["weight"].fixed(1, 0))
        if word[0] in (code for code, _, _ in found[place]):
            raise row["code"].error(f"{word[0]!r} stands there twice")
        found[place].append(word)
    for setting in SETTINGS:
        for kind in kinds:
            _words(found[setting, kind], setting, kind)
    return {s: _placement(s, {k: tuple(found[s, k]) for k in kinds}) for s in SETTINGS}


def _words(words: list[tuple[str, str, int]], setting: str, kind: str) -> None:
    if kind == "class" and len(words) != 1:
        raise KnowledgeError(f"placement.csv:1: {setting} wants exactly one class")
    if not sum(weight for _, _, weight in words):
        raise KnowledgeError(f"placement.csv:1: {setting} has no {kind}")


def _placement(setting: str, words: Mapping[str, tuple[tuple[str, str, int], ...]]) -> Placement:
    code, display, _ = words["class"][0]
    return Placement(setting, code, display, words["type"], words["source"], words["disposition"])


def read_routes(folder: Traversable, evidence: Collection[str]) -> dict[str, str]:
    """Routes in words by code."""
    found: dict[str, str] = {}
    for row in rows(folder, "routes.csv", "route words by"):
        once(found, row["route"])
        row["by"].one_of(evidence, "evidence")
        found[row["route"].text] = row["words"].filled()
    return found


def read_frequencies(folder: Traversable, evidence: Collection[str]) -> dict[str, Frequency]:
    """Frequencies by code."""
    found: dict[str, Frequency] = {}
    for row in rows(folder, "frequencies.csv", "frequency words per_day by"):
        once(found, row["frequency"])
        row["by"].one_of(evidence, "evidence")
        found[row["frequency"].text] = Frequency(
            row["frequency"].text, row["words"].filled(), row["per_day"].fixed(MILLI, 0, 24 * MILLI)
        )
    return found


def read_forms(
    folder: Traversable,
    evidence: Collection[str],
    drugs: Mapping[str, Drug],
    frequencies: Collection[str],
) -> dict[str, tuple[Form, ...]]:
    """The forms that a drug takes at some ages, by drug."""
    found: dict[str, list[Form]] = defaultdict(list)
    columns = "drug from_age to_age strengths form frequency by"
    for row in rows(folder, "forms.csv", columns):
        row["by"].one_of(evidence, "evidence")
        drug = drugs[row["drug"].one_of(drugs, "drug")]
        ages = (row["from_age"].fixed(1, 0, 120), row["to_age"].fixed(1, 0, 120))
        _within(row["from_age"], ages, drug, [f.ages for f in found[drug.name]])
        found[drug.name].append(
            Form(
                ages=ages,
                strengths=strengths(row["strengths"]),
                form=row["form"].filled(),
                frequency=row["frequency"].one_of(("", *frequencies), "frequency"),
            )
        )
    return {name: tuple(forms) for name, forms in found.items()}


def _within(place: Cell, ages: tuple[int, int], drug: Drug, before: list[tuple[int, int]]) -> None:
    if ages[0] > ages[1]:
        raise place.error("the ages end before they begin")
    if ages[0] < drug.ages[0] or ages[1] > drug.ages[1]:
        raise place.error(f"{drug.name} is given at {drug.ages[0]} to {drug.ages[1]} years only")
    if before and ages[0] <= before[-1][1]:
        raise place.error("begins before the form above it ends")


def strengths(cell: Cell) -> tuple[str, ...]:
    """The strengths of a drug, at least one."""
    found = tuple(s.text for s in cell.parts("|"))
    if not found:
        raise cell.error("is empty")
    return found
