"""The command that writes a pool: which model, which old pool, what is recorded of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from seeder.errors import SeederError
from seeder.text import pool
from seeder.writer import convert, foreign, pairs, sample, write
from seeder.writer.judge import Judge
from seeder.writer.sample import Sampling


@dataclass(frozen=True)
class Wanted:
    """A pool that is to be written or grown."""

    file: Path
    model: Path | None
    bodies: int
    minutes: float | None
    notes: Path | None
    sampling: Sampling


def shipped() -> Path:
    """The folder of the package's model."""
    found = Path(str(resources.files("seeder.text").joinpath("data/model")))
    if not (found / "model.bin").is_file():
        raise SeederError("this package has no model", "name one with --model")
    return found


def opened(folder: Path, sampling: Sampling) -> write.Writer:
    """The model in a folder: ours, or an imported one."""
    card = folder / foreign.CARD
    return foreign.Foreign(folder, sampling) if card.is_file() else sample.Model(folder, sampling)


def written(wanted: Wanted, told: Callable[[write.Progress], None]) -> dict[str, Any]:
    """Write the pool, and say what it has."""
    folder = wanted.model or shipped()
    old = pool.read(wanted.file) if wanted.file.exists() else None
    bodies = old.bodies() if old else []
    # A pool that grows is asked other things than it was before: its digest is in the seed.
    seed = wanted.sampling.seed if old is None else int(old.digest[:12], 16)
    sampling = Sampling(**{**asdict(wanted.sampling), "seed": seed % (1 << 31)})
    writer = opened(folder, sampling)
    runs = write.runs(wanted.notes) if wanted.notes else frozenset()
    judge = Judge(runs, pairs.read(folder) or pairs.read(_own()))
    made = write.grow(writer, judge, bodies, most=wanted.bodies, seed=seed,
                      minutes=wanted.minutes, told=told)  # fmt: skip
    found = write.frozen(
        made, {**(old.provenance if old else {}), **_provenance(folder, wanted, seed)}
    )
    pool.write(found, wanted.file)
    taken = ("taken", "abbreviated")
    return {
        "file": str(wanted.file),
        "bodies": len(found),
        "bytes": wanted.file.stat().st_size,
        "sha256": found.digest,
        **{name: judge.reasons[name] for name in taken},
        "refused": {k: v for k, v in judge.reasons.most_common() if k not in taken},
    }


def _own() -> Path:
    return Path(str(resources.files("seeder.text").joinpath("data/model")))


def _provenance(folder: Path, wanted: Wanted, seed: int) -> dict[str, str]:
    card = folder / convert.CARD
    return {
        "writer": "model",
        "model_sha256": write.digest_of(folder),
        "card": card.read_text("utf-8") if card.is_file() else "",
        "sampling": json.dumps({**asdict(wanted.sampling), "seed": seed}),
        "checked_against_notes": "yes" if wanted.notes else "no",
    }
