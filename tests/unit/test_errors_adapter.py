"""Errors with exit codes, and adapters found by the URL's scheme."""

from __future__ import annotations

import pickle
from importlib.metadata import EntryPoint

import pytest

import seeder.adapter
from seeder import errors
from seeder.adapter import find_adapter


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.SeederError, 1),
        (errors.UsageError, 2),
        (errors.PlanError, 3),
        (errors.Refused, 4),
        (errors.VerificationFailed, 5),
        (errors.Interrupted, 1),
        (errors.ConnectionFailed, 1),
        (errors.LoadFailed, 1),
    ],
)
def test_exit_codes(kind: type[errors.SeederError], code: int) -> None:
    error = kind("what", "mend it")
    assert error.exit_code == code
    assert isinstance(error, errors.SeederError)


def test_an_error_reads_with_its_hint() -> None:
    assert str(errors.PlanError("no such table")) == "no such table"
    assert str(errors.PlanError("no such table", "try ns.t")) == "no such table\n  hint: try ns.t"


def test_errors_travel_between_processes() -> None:
    error = pickle.loads(pickle.dumps(errors.LoadFailed("row 7", "look at it")))
    assert type(error) is errors.LoadFailed
    assert (error.message, error.hint) == ("row 7", "look at it")


class _Engine:
    name = "test"


@pytest.fixture
def _engine(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("enginedb", f"{__name__}:_Engine", "seeder.adapters")
    monkeypatch.setattr(
        seeder.adapter,
        "entry_points",
        lambda group: [_Loaded(point)] if group == "seeder.adapters" else [],
    )


class _Loaded:
    """An entry point whose class is in this file, which nothing can import by name."""

    def __init__(self, point: EntryPoint) -> None:
        self.name = point.name

    def load(self) -> type[_Engine]:
        return _Engine


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize("url", ["enginedb://me@host/db", "enginedb+driver://x", "enginedb:"])
def test_the_scheme_chooses_the_adapter(url: str) -> None:
    assert find_adapter(url).name == "test"


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize("url", ["", "hospital", "mysql://x", "C:\\data"])
def test_an_unknown_scheme_lists_the_known(url: str) -> None:
    with pytest.raises(errors.UsageError, match="installed: enginedb"):
        find_adapter(url)


def test_a_dsn_in_an_error_keeps_its_secret() -> None:
    with pytest.raises(errors.UsageError) as caught:
        find_adapter("nodb://me:hush@host/db")
    assert "hush" not in str(caught.value)


def test_nothing_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeder.adapter, "entry_points", lambda group: [])
    with pytest.raises(errors.UsageError, match="is hospital-seeder installed"):
        find_adapter("postgresql://x")
