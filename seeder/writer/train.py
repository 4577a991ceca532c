"""Training: from the grammar and a folder of open notes to a checkpoint, the same on CPU and GPU.

One run is a function of its settings: the order of texts is that of seed and epoch, and a run that
was interrupted goes on from its last checkpoint.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from seeder.text import grammar
from seeder.writer import pairs, steps, units, vocabulary
from seeder.writer.steps import Rows, Task, Text, Told
from seeder.writer.units import Unit


@dataclass(frozen=True)
class Settings:
    """What a training depends on, beside its data."""

    seed: int = 1
    epochs: int = 8
    batch: int = 16
    length: int = 192
    rate: float = 2e-3
    warmup: int = 60
    grammar: int = 8000  # units of the grammar in an epoch
    vocabulary: int = 4096
    width: int = 256
    layers: int = 6
    heads: int = 4
    inner: int = 704


def train(
    notes: Path,
    out: Path,
    settings: Settings,
    *,
    told: Told = lambda line: None,
    minutes: float | None = None,
    device: str = "",
) -> bool:
    """Train, or go on with a training in ``out``; False where the time was over first."""
    torch = vocabulary.library("torch", "train")
    from seeder.writer.network import Network, Shape

    where = steps.place(device)
    real, held = units.split(notes)
    steps.same(out, asdict(settings))
    pieces = _pieces(out, real, settings)
    torch.manual_seed(settings.seed)
    shape = Shape(
        pieces.get_piece_size(), settings.width, settings.layers, settings.heads, settings.inner
    )
    network = Network(shape).to(where)
    task = Task(
        network,
        torch.optim.AdamW(
            network.parameters(), settings.rate, betas=(0.9, 0.98), weight_decay=0.05
        ),
        partial(_rows, pieces, real, settings),
        partial(_losses, torch, network),
        [_text(pieces, u) for u in held[::7]],
        pieces.eos_id(),
        {"shape": shape.to_dict()},
    )
    return steps.run(out, settings, task, told, minutes).whole


def _pieces(out: Path, real: Sequence[Unit], settings: Settings) -> Any:
    file = out / vocabulary.FILE
    if not file.exists():
        texts = [u.text for u in real]
        made = [u.text for u in units.of_grammar(settings.seed)][::3]
        np.save(
            out / pairs.FILE, pairs.known([*texts, *(b.body for b in grammar.load().pool.bodies())])
        )
        file.write_bytes(vocabulary.learn([*texts, *made], settings.vocabulary))
    return vocabulary.read(out)


def _rows(pieces: Any, real: Sequence[Unit], settings: Settings, epoch: int) -> Rows:
    """The texts of an epoch, one after another, cut into rows of one length; all is learnt."""
    seed = settings.seed * 1000 + epoch
    rng = random.Random(seed)  # noqa: S311 - training, no value path
    made = list(units.of_grammar(seed))
    chosen = [*units.varied(real, seed), *rng.sample(made, min(settings.grammar, len(made)))]
    rng.shuffle(chosen)
    given = [tokens(pieces, u) for u in chosen]
    return steps.cut([Text(t, t, 0) for t in given], settings.length + 1)


def tokens(pieces: Any, unit: Unit) -> list[int]:
    """A unit as numbers: its controls, its text, the end."""
    controls = [pieces.piece_to_id(c) for c in vocabulary.prompt(unit)]
    return [pieces.bos_id(), *controls, *pieces.encode(unit.text), pieces.eos_id()]


def _text(pieces: Any, unit: Unit) -> Text:
    """A unit of which the text counts, and the controls do not."""
    given = tokens(pieces, unit)
    head = 1 + len(vocabulary.prompt(unit))
    return Text(given, [steps.NOT_LEARNT] * head + given[head:], len(unit.text) + 1)


def _losses(torch: Any, network: Any, given: Any, labels: Any) -> Any:
    # Products in 16 bits: three times as fast on a CPU that has them, and weights stay in 32.
    with torch.autocast(given.device.type, torch.bfloat16, enabled=network.training):
        logits = network(given[:, :-1])
    wanted = labels[:, 1:]
    learnt = wanted != steps.NOT_LEARNT
    return torch.nn.functional.cross_entropy(
        logits[learnt].float(), wanted[learnt], reduction="none"
    )
