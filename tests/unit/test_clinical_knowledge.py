"""The clinical knowledge: whole, plausible, and refused with file and line where it is not."""

from __future__ import annotations

import importlib
import math
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest

from seeder.clinical import sources
from seeder.clinical.files import KnowledgeError, home
from seeder.clinical.knowledge import load, read
from seeder.clinical.model import AGE_BANDS, MILLI, VALUE

KNOWN = load()


@pytest.fixture(scope="module")
def icd() -> Any:
    """The classification itself; the package reads its data in a way that is deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return importlib.import_module("simple_icd_10_cm")


def test_conditions_of_every_chapter_with_codes_that_can_be_billed(icd: Any) -> None:
    conditions = KNOWN.conditions.values()
    assert len(conditions) >= 300
    chapters = set()
    for each in conditions:
        assert icd.is_valid_item(each.code), each.code
        assert icd.is_leaf(each.code), each.code
        assert icd.get_description(each.code) == each.description, each.code
        chapters.add(icd.get_ancestors(each.code)[-1])
    assert len(chapters) == 22


def _rate(code: str, band: int) -> int:
    return KNOWN.conditions[code].rates[band]


def test_what_everybody_knows() -> None:
    """Per million, by age band: 0, 5, 18, 45, 65, 80."""
    assert len(AGE_BANDS) == 6
    assert _rate("I10", 4) > 400_000
    assert _rate("I10", 1) < 20_000
    assert 100_000 < _rate("E11.9", 4) < 300_000
    for each in KNOWN.conditions.values():
        assert each.rates, each.code
        if each.chronic:
            assert max(each.rates) <= 1_000_000, each.code


def test_conditions_of_one_sex() -> None:
    for each in KNOWN.conditions.values():
        if each.code[0] == "O" or each.code.startswith(("C53", "C56", "N80")):
            assert each.sex == "F", each.code
        if each.code.startswith(("C61", "N40")):
            assert each.sex == "M", each.code


def test_groups_bring_what_a_note_and_an_order_need() -> None:
    for each in KNOWN.conditions.values():
        profile = each.profile
        assert len(profile.symptoms) >= 2, each.group
        assert profile.findings, each.group
        assert len(profile.plan) >= 2, each.group
        assert profile.settings, each.group
        assert profile.specialties, each.group


def test_drugs_and_labs() -> None:
    assert len(KNOWN.drugs) >= 150
    assert len(KNOWN.labs) >= 80
    assert all(d.indications and d.strengths for d in KNOWN.drugs.values())
    for lab in KNOWN.labs.values():
        assert lab.adult.low < lab.adult.high, lab.name
        assert lab.unit, lab.name


@pytest.mark.parametrize(
    ("code", "lab", "low", "high"),
    [
        ("I21.4", "troponin", 0.4, 20),
        ("N18.6", "creatinine", 4, 12),
        ("E11.65", "glucose", 180, 350),
        ("E87.5", "potassium", 5.2, 7),
        ("E16.2", "glucose", 40, 65),
        ("K85.90", "lipase", 300, 3000),
        ("A41.9", "crp", 60, 300),
        ("Z34.01", "hcg", 5000, 200_000),
        ("D50.9", "ferritin", 1, 15),
        ("B15.9", "alt", 400, 3000),
    ],
)
def test_a_shift_is_what_a_laboratory_shows(code: str, lab: str, low: float, high: float) -> None:
    """The middle of the value in a woman of forty who has the condition."""
    test = KNOWN.labs[lab]
    women = [r for r in test.ranges if r.sex != "M" and r.ages[0] <= 40 <= r.ages[1]]
    middle, spread = ((women or [test.adult])[0].middle, (women or [test.adult])[0].spread)
    away = dict(KNOWN.conditions[code].profile.labs)[lab] / MILLI * spread / VALUE
    value = middle / VALUE * math.exp(away) if test.lognormal else middle / VALUE + away
    assert low < value < high, value


def test_what_a_clinician_would_laugh_at() -> None:
    def drugs(code: str) -> set[str]:
        return {d for d, _ in KNOWN.conditions[code].profile.drugs}

    assert "loperamide" not in drugs("A04.72")
    assert not drugs("H52.13") & {"ranibizumab", "prednisolone ophthalmic"}
    assert "apixaban" not in drugs("I49.3")
    assert "sofosbuvir and velpatasvir" not in drugs("B15.9")
    assert "alteplase" not in drugs("I69.351")
    assert "epinephrine" not in drugs("J05.0")
    # What is injected at an emergency is no tablet.
    for code in ("I46.9", "R56.9"):
        for drug in drugs(code) - {"levetiracetam"}:
            assert KNOWN.drugs[drug].route == "IV", (code, drug)
    for each in KNOWN.drugs.values():
        assert each.form != "ear drops" or each.route == "OT", each.name
        assert each.form != "patch" or each.route == "TD", each.name


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("conditions.csv", "gut_infection,acute", "gut_infektion,acute", "gut_infektion"),
        ("conditions.csv", ",acute,90,35", ",acute,-90,35", "-90"),
        ("conditions.csv", ",incidence\nA09", ",hearsay\nA09", "hearsay"),
        ("population.csv", "5,9,", "6,9,", "5"),
        ("groups.yaml", "ondansetron: 30", "ondansetrone: 30", "ondansetrone"),
        ("groups.yaml", "death: 0.003", "death: 1.003", "1.003"),
        ("labs.csv", "mg/dL,0,70,99,", "mg/dL,0,99,70,", "glucose|99|70"),
    ],
)
def test_a_gap_is_refused_with_its_place(
    file: str, old: str, new: str, said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(Path(str(home())), folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(KnowledgeError, match=said) as caught:
        read(folder)
    assert str(caught.value).startswith(f"{file}:"), caught.value


def test_the_share_of_figures_with_a_source() -> None:
    said = sources.report(home())
    shares = {line.split()[0]: line.split()[1:] for line in said.splitlines()[1:]}
    assert shares["conditions.csv"][1] == "0"
    assert int(shares["labs.csv"][1]) > 100
    assert int(shares["all"][0]) == sum(int(v[0]) for k, v in shares.items() if k != "all")
