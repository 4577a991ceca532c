"""Each generator writes the bytes that it has always written."""

from __future__ import annotations

import pytest

from seeder.generate.registry import definitions
from tests.golden.cells import all_digests, stored


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return all_digests()


def test_each_generator_has_its_digests(found: dict[str, str]) -> None:
    """A new generator or kind: run `python -m tests.golden`."""
    assert sorted(found) == sorted(stored())
    assert {label.split()[0] for label in found} == set(definitions())


@pytest.mark.parametrize("name", sorted(definitions()))
def test_cells_are_as_they_were(name: str, found: dict[str, str]) -> None:
    """If this change is meant: raise GENERATION in seeder/plan/model.py, then regenerate."""
    wanted = {k: v for k, v in stored().items() if k.split()[0] == name}
    assert {k: v for k, v in found.items() if k.split()[0] == name} == wanted


def test_none_fails(found: dict[str, str]) -> None:
    assert [f"{label}: {d}" for label, d in found.items() if d.startswith("fails")] == []
