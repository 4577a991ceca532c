"""Training: from the grammar and a folder of open notes to a checkpoint, the same on CPU and GPU.

One run is a function of its settings: the order of texts is that of seed and epoch, and a run that
was interrupted goes on from its last checkpoint.
"""

from __future__ import annotations

import json
import math
import pickle
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seeder.errors import SeederError
from seeder.text import grammar
from seeder.writer import pairs, units, vocabulary
from seeder.writer.units import Unit

CHECKPOINT = "checkpoint.pt"
LOG = "training.jsonl"


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


Told = Callable[[dict[str, Any]], None]


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

    out.mkdir(parents=True, exist_ok=True)
    _same(out, settings)
    given = list(units.notes(notes))
    real = [u for n in given if not n.held for u in units.of_note(n)]
    held = [u for n in given if n.held for u in units.of_note(n)]
    pieces = _pieces(out, real, settings)
    where = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    torch.manual_seed(settings.seed)
    shape = Shape(
        pieces.get_piece_size(), settings.width, settings.layers, settings.heads, settings.inner
    )
    network = Network(shape).to(where)
    optimizer = torch.optim.AdamW(
        network.parameters(), settings.rate, betas=(0.9, 0.98), weight_decay=0.05
    )
    first = _resume(torch, out, network, optimizer)
    steps = len(_rows(pieces, real, settings, 0)) // settings.batch
    until = None if minutes is None else time.monotonic() + 60 * minutes
    begun, seen = time.monotonic(), 0
    rows = np.zeros((0, 0), np.int64)
    for step in range(first, steps * settings.epochs):
        epoch, place = divmod(step, steps)
        if place == 0 or len(rows) == 0:
            rows = _rows(pieces, real, settings, epoch)
        here = torch.from_numpy(rows[place * settings.batch : (place + 1) * settings.batch])
        loss = _step(torch, network, optimizer, here.to(where), _rate(settings, step, steps))
        seen += here.numel()
        if (step + 1) % 25 == 0:
            rate = round(seen / (time.monotonic() - begun))
            told({"step": step + 1, "of": steps * settings.epochs, "loss": round(loss, 4),
                  "tokens_per_second": rate, "device": where.type})  # fmt: skip
        over = until is not None and time.monotonic() > until
        if (step + 1) % 100 == 0 or place == steps - 1 or over:
            _save(torch, out, network, optimizer, step + 1)
        if place == steps - 1:
            bits = held_bits(network, pieces, held[::7])
            told({"epoch": epoch + 1, "held_bits_per_character": round(bits, 4)})
        if over:
            return False
    return True


def _same(out: Path, settings: Settings) -> None:
    """A folder holds one training: other settings would make a mixture of two."""
    file = out / "settings.json"
    text = json.dumps(asdict(settings), indent=2) + "\n"
    if file.exists() and file.read_text("utf-8") != text:
        raise SeederError(
            f"{out}: holds a training with other settings", "name another folder with --out"
        )
    file.write_text(text, "utf-8")


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


def _rows(
    pieces: Any, real: Sequence[Unit], settings: Settings, epoch: int
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The texts of an epoch, one after another, cut into rows of one length."""
    seed = settings.seed * 1000 + epoch
    rng = random.Random(seed)  # noqa: S311 - training, no value path
    made = list(units.of_grammar(seed))
    chosen = [*units.varied(real, seed), *rng.sample(made, min(settings.grammar, len(made)))]
    rng.shuffle(chosen)
    flat = np.array([t for u in chosen for t in tokens(pieces, u)], np.int64)
    row = settings.length + 1
    return flat[: len(flat) // row * row].reshape(-1, row)


def tokens(pieces: Any, unit: Unit) -> list[int]:
    """A unit as numbers: its controls, its text, the end."""
    controls = [pieces.piece_to_id(c) for c in vocabulary.prompt(unit)]
    return [pieces.bos_id(), *controls, *pieces.encode(unit.text), pieces.eos_id()]


def _rate(settings: Settings, step: int, steps: int) -> float:
    warm = min(1.0, (step + 1) / settings.warmup)
    part = step / (steps * settings.epochs)
    return settings.rate * warm * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * part)))


def _step(torch: Any, network: Any, optimizer: Any, rows: Any, rate: float) -> float:
    network.train()
    for group in optimizer.param_groups:
        group["lr"] = rate
    # Products in 16 bits: three times as fast on a CPU that has them, and weights stay in 32.
    with torch.autocast(rows.device.type, torch.bfloat16):
        logits = network(rows[:, :-1])
    loss = torch.nn.functional.cross_entropy(
        logits.float().reshape(-1, logits.shape[-1]), rows[:, 1:].reshape(-1)
    )
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def held_bits(network: Any, pieces: Any, held: Sequence[Unit]) -> float:
    """Bits per character of texts that were held out, the end of the text counted as one."""
    torch = vocabulary.library("torch", "train")
    network.eval()
    where = next(network.parameters()).device
    bits, characters = 0.0, 0
    with torch.no_grad():
        for batch in _batches(sorted((tokens(pieces, u), len(u.text)) for u in held), 32):
            longest = max(len(t) for t, _ in batch)
            rows = torch.full((len(batch), longest), pieces.eos_id(), dtype=torch.long)
            counts = torch.zeros((len(batch), longest - 1), dtype=torch.bool)
            for place, (row, size) in enumerate(batch):
                rows[place, : len(row)] = torch.tensor(row)
                counts[place, 6 : len(row) - 1] = True
                characters += size + 1
            rows = rows.to(where)
            logits = network(rows[:, :-1])
            losses = torch.nn.functional.cross_entropy(
                logits.transpose(1, 2), rows[:, 1:], reduction="none"
            )
            bits += float(losses[counts.to(where)].sum()) / math.log(2)
    return bits / max(characters, 1)


def _batches(given: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    given = sorted(given, key=lambda pair: len(pair[0]))
    for low in range(0, len(given), size):
        yield given[low : low + size]


def _save(torch: Any, out: Path, network: Any, optimizer: Any, step: int) -> None:
    """Beside the old checkpoint and renamed: an interruption leaves one that is whole."""
    part = out / (CHECKPOINT + ".part")
    state = {"shape": network.shape.to_dict(), "network": network.state_dict(),
             "optimizer": optimizer.state_dict(), "step": step,
             "random": torch.get_rng_state()}  # fmt: skip
    torch.save(state, part)
    part.replace(out / CHECKPOINT)


def _resume(torch: Any, out: Path, network: Any, optimizer: Any) -> int:
    file = out / CHECKPOINT
    if not file.exists():
        return 0
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        if "random" in state:
            torch.set_rng_state(state["random"])
    except (OSError, RuntimeError, KeyError, ValueError, pickle.UnpicklingError) as error:
        line = str(error).splitlines()[0]
        raise SeederError(f"{file}: not a checkpoint of this training: {line}") from None
    return int(state["step"])
