"""What the fork server imports: it says nothing where it cannot, and workers are slow then."""

from __future__ import annotations

import importlib
import multiprocessing
import subprocess
import sys

import pytest

from seeder.load import processes

_ASK = """
import gc, sys
import {module}
assert "seeder.load.worker" in sys.modules
assert gc.isenabled()
assert gc.get_freeze_count() > 10_000, gc.get_freeze_count()
"""


@pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="nothing is forked here"
)
def test_what_is_named_can_be_imported_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[str] = []
    context = multiprocessing.get_context("forkserver")
    monkeypatch.setattr(context, "set_forkserver_preload", named.extend)
    processes.prepare(importlib.import_module("seeder_postgresql").PostgreSQL())
    assert named == ["seeder.load.preload", "seeder_postgresql"]
    subprocess.run([sys.executable, "-c", _ASK.format(module=named[0])], check=True)
