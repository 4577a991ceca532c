"""The catalogue read against the labels. The floors are a little under what was measured, so that a
change which makes the catalogue worse is seen; docs/explanation/meanings.md has the figures."""

from __future__ import annotations

import pytest

from seeder.semantics import known_meanings
from seeder.semantics.roles import KINDS
from tests.semantics.labelled import labelled_schemas, meanings
from tests.semantics.score import PARTS, answers, mapping, parts, role_answers, score

_BY_PART = {
    part: [a for s in labelled_schemas() if parts()[s.name] == part for a in answers(s)]
    for part in PARTS
}


def test_every_meaning_has_its_label() -> None:
    assert known_meanings() - set(mapping()) == set()
    assert set(mapping()) - known_meanings() == set()


def test_labels_of_the_mapping_are_of_the_list() -> None:
    assert set(mapping().values()) <= {m.name for m in meanings()}


def test_every_schema_is_of_one_part() -> None:
    assert set(parts()) == {s.name for s in labelled_schemas()}
    assert set(parts().values()) == set(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_coverage(part: str) -> None:
    found = score(_BY_PART[part])
    assert found.covered >= 0.95 * found.columns


@pytest.mark.parametrize(
    ("part", "right", "wrong"),
    [
        ("tuning", 0.91, 0.005),
        ("second round", 0.88, 0.005),
        ("third round", 0.83, 0.022),
        ("fourth round", 0.86, 0.012),
        ("fifth round", 0.81, 0.015),
        ("eighth round", 0.87, 0.012),
        ("seventh round", 0.6, 0.005),
        ("sixth round", 0.85, 0.028),
    ],
)
def test_accuracy(part: str, right: float, wrong: float) -> None:
    found = score(_BY_PART[part])
    assert found.right >= right * found.columns
    assert found.confidently_wrong <= wrong * found.columns


@pytest.mark.parametrize(("part", "least"), [("tuning", 0.96), ("second round", 0.92)])
def test_roles(part: str, least: float) -> None:
    found = [a for s in labelled_schemas() if parts()[s.name] == part for a in role_answers(s)]
    assert all(wanted <= set(KINDS) for _, _, wanted, _ in found)
    assert sum(kind in wanted for _, kind, wanted, _ in found) >= least * len(found)
