"""How care is given: each name that a condition uses is known, each fact the classification's."""

from __future__ import annotations

import csv
import gzip
import itertools
from pathlib import Path

import pytest

from seeder.clinical.knowledge import load
from seeder.clinical.model import SETTINGS, VALUE
from tests.helpers.knowledge import refused
from tests.helpers.shared import shared_data

KNOWN = load()


def test_codes_of_procedures_are_those_of_the_classification() -> None:
    with gzip.open(shared_data("reference") / "icd10pcs_2024.csv.gz", "rt") as file:
        official = {r["code"]: r["description"] for r in csv.DictReader(file)}
    coded = [p for p in KNOWN.procedures.values() if p.code]
    assert len(coded) > 130
    for each in coded:
        assert official[each.code] == each.description, each.name


def test_every_procedure_of_a_condition_is_known_and_every_one_known_is_used() -> None:
    used = {name for c in KNOWN.conditions.values() for name, _ in c.profile.procedures}
    assert used == set(KNOWN.procedures)


def test_what_is_done_where() -> None:
    theatre = {p.name for p in KNOWN.procedures.values() if p.operating_room}
    assert {"Appendectomy", "Cesarean delivery", "Hip fracture repair"} <= theatre
    assert not {"Chest x-ray", "Vaginal delivery", "Colonoscopy"} & theatre
    images = {p.name: (p.modality, p.site) for p in KNOWN.procedures.values() if p.modality}
    assert images["CT of head"] == ("CT", "head")
    assert images["Chest x-ray"] == ("DX", "chest")
    for name in KNOWN.procedures:
        if name.startswith(("CT ", "MRI ", "X-ray ", "Ultrasound ")):
            assert name in images, name


def test_specialties() -> None:
    used = {s for c in KNOWN.conditions.values() for s in c.profile.specialties}
    assert used == set(KNOWN.specialties)
    assert {s.code for s in KNOWN.specialties.values() if s.pediatric} == {"NEO", "PED"}


def test_vaccines_by_age() -> None:
    def due(month: int) -> set[str]:
        return {v.code for v in KNOWN.vaccines.values() if not v.yearly and month in v.months}

    assert "08" in due(0)
    assert {"20", "10"} <= due(2)
    assert {"03", "21"} <= due(12)
    assert "115" in due(132)
    assert not due(1) & {"20", "03"}
    yearly = sorted(
        v.months
        for v in KNOWN.vaccines.values()
        if v.yearly and "flu" in v.name.lower() and v.route == "IM"
    )
    assert all(b[0] == a[1] + 1 for a, b in itertools.pairwise(yearly)), yearly
    assert all(v.dose <= 2 * VALUE for v in KNOWN.vaccines.values())
    assert KNOWN.vaccines["03"].route == "SC"


def test_words_of_encounters() -> None:
    classes = {s: KNOWN.placements[s].code for s in SETTINGS}
    assert classes == {
        "outpatient": "AMB",
        "emergency": "EMER",
        "inpatient": "IMP",
        "telehealth": "VR",
    }
    # Those who die leave by another word, which no table of survivors may draw.
    for placement in KNOWN.placements.values():
        assert "exp" not in {code for code, _, _ in placement.dispositions}


def test_a_child_is_given_what_a_child_can_take() -> None:
    assert "mL" in KNOWN.given("acetaminophen", 3).strengths[0]
    assert KNOWN.given("acetaminophen", 40) is KNOWN.drugs["acetaminophen"]
    assert KNOWN.given("lisinopril", 40) is KNOWN.drugs["lisinopril"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("procedures.csv", "0DTJ4ZZ", "44970", "44970"),
        ("procedures.csv", ",US,heart", ",US,", "modality and site"),
        ("procedures.csv", ",CT,head", ",CAT,head", "CAT"),
        ("procedures.csv", "Appendectomy,", "Appendix removal,", "Appendectomy"),
        ("groups.yaml", "Stool culture: 12", "Stool kulture: 12", "Stool kulture"),
        ("groups.yaml", "[FM, PED, EM]", "[FM, PEDS, EM]", "PEDS"),
        ("specialties.csv", "Pediatrics,1", "Pediatrics,yes", "yes"),
        ("vaccines.csv", "2 4 6 15 48", "2 4 4 15 48", "each above the last"),
        ("vaccines.csv", ",6 779,1", ",6,1", "first and the last age"),
        ("vaccines.csv", ",IM,", ",XX,", "XX"),
        ("placement.csv", "emergency,class,EMER", "emergency,class,", "is empty"),
        (
            "placement.csv",
            "telehealth,disposition,home,Home,1",
            "telehealth,disposition,home,Home,0",
            "has no",
        ),
        ("drugs.csv", ",PO,QD,antiandrogen", ",PO,daily,antiandrogen", "daily"),
        ("drugs.csv", ",PO,QD,antiandrogen", ",oral,QD,antiandrogen", "oral"),
        ("forms.csv", "acetaminophen,0,11", "acetaminofen,0,11", "acetaminophen"),
        ("forms.csv", "acetaminophen,0,11", "acetaminophen,11,0", "before they begin"),
        ("frequencies.csv", "twice daily,2", "twice daily,-2", "-2"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(
    file: str, old: str, new: str, said: str, tmp_path: Path
) -> None:
    message = refused(tmp_path / "data", file, old, new)
    place = "groups.yaml" if old == "Appendectomy," else file
    assert message.startswith(f"{place}:")
    assert said in message, message
