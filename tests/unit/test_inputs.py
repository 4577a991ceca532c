"""Key snapshots beside a plan: those of the plan before stay until another is written."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from seeder.errors import PlanError
from seeder.plan import file, inputs
from tests.property.hand_made import CLINIC, planned

KIND = pa.schema([("id", pa.int64())])


def stored(folder: Path, *keys: int) -> dict[str, object]:
    batch = pa.record_batch([pa.array(keys, pa.int64())], schema=KIND)
    return {"h.kept": inputs.store([batch], KIND, folder)}


def test_a_plan_that_is_not_written_leaves_the_old_one_whole(tmp_path: Path) -> None:
    path, folder = tmp_path / "plan.yaml", tmp_path / "plan.inputs"
    old = planned(CLINIC).model_copy(update={"inputs": stored(folder, 1, 2)})
    file.write(old, path)
    new = old.model_copy(update={"inputs": stored(folder, 1, 2, 3)})
    inputs.check(file.read(path))  # planning went wrong behind the snapshot
    file.write(new, path)
    inputs.check(file.read(path))
    assert len(list(folder.iterdir())) == 1
    with pytest.raises(PlanError, match="missing"):
        inputs.check(old)


def test_the_same_rows_are_one_file(tmp_path: Path) -> None:
    assert stored(tmp_path, 5, 6) == stored(tmp_path, 5, 6)
    assert [p.stat().st_mode & 0o777 for p in tmp_path.iterdir()] == [0o600]
