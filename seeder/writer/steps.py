"""The steps of a training, from scratch or of a model that is tuned: their order, their rate, the
checkpoint that an interrupted run goes on from, and what is said on the way."""

from __future__ import annotations

import json
import math
import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from seeder.errors import SeederError
from seeder.writer import vocabulary

CHECKPOINT = "checkpoint.pt"
SETTINGS = "settings.json"
NOT_LEARNT = -100  # the label of a token that is shown and not learnt

Told = Callable[[dict[str, Any]], None]
Rows = npt.NDArray[np.int64]


class Schedule(Protocol):
    """The settings that the steps depend on."""

    @property
    def seed(self) -> int: ...
    @property
    def epochs(self) -> int: ...
    @property
    def batch(self) -> int: ...
    @property
    def rate(self) -> float: ...
    @property
    def warmup(self) -> int: ...


class Text(NamedTuple):
    """A text as numbers, the label of each (itself, or NOT_LEARNT), and its characters, its end
    counted as one."""

    tokens: list[int]
    labels: list[int]
    characters: int


class Ended(NamedTuple):
    """How far a training is."""

    step: int
    steps: int

    @property
    def whole(self) -> bool:
        return self.step == self.steps


@dataclass(frozen=True)
class Task:
    """What is trained, on what. ``rows``: an epoch's tokens and labels, in the shape (rows, 2,
    length). ``losses``: of the tokens of a batch that are learnt. ``kept``: what a checkpoint has
    beside the weights."""

    network: Any
    optimizer: Any
    rows: Callable[[int], Rows]
    losses: Callable[[Any, Any], Any]
    held: Sequence[Text]
    end: int
    kept: Mapping[str, Any] = field(default_factory=dict)


def same(out: Path, settings: Mapping[str, Any]) -> None:
    """A folder holds one training: other settings would make a mixture of two."""
    out.mkdir(parents=True, exist_ok=True)
    file = out / SETTINGS
    text = json.dumps(settings, indent=2) + "\n"
    if file.exists() and file.read_text("utf-8") != text:
        raise SeederError(
            f"{out}: holds a training with other settings", "name another folder with --out"
        )
    file.write_text(text, "utf-8")


def cut(texts: Iterable[Text], length: int) -> Rows:
    """Tokens and labels of texts, one after another, cut into rows of one length."""
    both = np.array(
        [pair for t in texts for pair in zip(t.tokens, t.labels, strict=True)], np.int64
    ).reshape(-1, 2)
    whole = both[: len(both) // length * length].reshape(-1, length, 2)
    if not len(whole):
        raise SeederError(
            f"the texts are shorter than a row of {length} tokens", "train on more open notes"
        )
    return whole.transpose(0, 2, 1)


def place(device: str) -> Any:
    """Where to train: the device that was named, or a GPU where there is one."""
    torch = vocabulary.library("torch", "train")
    found = device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.zeros(1, device=found).device
    except (RuntimeError, AssertionError) as error:
        line = str(error).splitlines()[0]
        raise SeederError(
            f"no device {found!r} here: {line}", "leave --device out, or say cpu"
        ) from None


def run(
    out: Path, schedule: Schedule, task: Task, told: Told, minutes: float | None = None
) -> Ended:
    """Train, or go on with a training in ``out``, until it is whole or the time is over."""
    torch = vocabulary.library("torch", "train")
    where = next(task.network.parameters()).device
    first = _resume(torch, out, task)
    rows, held = task.rows(0), 0  # of which epoch
    steps = max(len(rows) // schedule.batch, 1)
    until = None if minutes is None else time.monotonic() + 60 * minutes
    begun, seen = time.monotonic(), 0
    for step in range(first, steps * schedule.epochs):
        epoch, at = divmod(step, steps)
        if epoch != held:
            rows, held = task.rows(epoch), epoch
        # An epoch has some rows more or less than the first: a last batch begins again.
        mine = np.arange(at * schedule.batch, (at + 1) * schedule.batch)
        here = torch.from_numpy(rows.take(mine, axis=0, mode="wrap")).to(where)
        loss = _step(torch, task, here, _rate(schedule, step, steps))
        seen += here[:, 0].numel()
        if (step + 1) % 25 == 0:
            speed = round(seen / (time.monotonic() - begun))
            told({"step": step + 1, "of": steps * schedule.epochs, "loss": round(loss, 4),
                  "tokens_per_second": speed, "device": where.type})  # fmt: skip
        over = until is not None and time.monotonic() > until
        if (step + 1) % 100 == 0 or at == steps - 1 or over:
            _save(torch, out, task, step + 1)
        if at == steps - 1:
            told({"epoch": epoch + 1, "held_bits_per_character": round(bits(task), 4)})
        if over:
            return Ended(step + 1, steps * schedule.epochs)
    return Ended(steps * schedule.epochs, steps * schedule.epochs)


def _rate(schedule: Schedule, step: int, steps: int) -> float:
    warm = min(1.0, (step + 1) / schedule.warmup)
    part = step / (steps * schedule.epochs)
    return schedule.rate * warm * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * part)))


def _step(torch: Any, task: Task, rows: Any, rate: float) -> float:
    task.network.train()
    for group in task.optimizer.param_groups:
        group["lr"] = rate
    loss = task.losses(rows[:, 0], rows[:, 1]).mean()
    task.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(task.network.parameters(), 1.0)
    task.optimizer.step()
    return float(loss.detach())


def bits(task: Task) -> float:
    """Bits per character of the texts that were held out."""
    torch = vocabulary.library("torch", "train")
    task.network.eval()
    where = next(task.network.parameters()).device
    total, characters = 0.0, 0
    with torch.no_grad():
        for batch in _batches(task.held, 16):
            longest = max(len(t.tokens) for t in batch)
            tokens = torch.full((len(batch), longest), task.end, dtype=torch.long)
            labels = torch.full((len(batch), longest), NOT_LEARNT, dtype=torch.long)
            for at, text in enumerate(batch):
                tokens[at, : len(text.tokens)] = torch.tensor(text.tokens)
                labels[at, : len(text.labels)] = torch.tensor(text.labels)
                characters += text.characters
            total += float(task.losses(tokens.to(where), labels.to(where)).sum()) / math.log(2)
    return total / max(characters, 1)


def _batches(given: Sequence[Text], size: int) -> Iterator[Sequence[Text]]:
    given = sorted(given, key=lambda text: (len(text.tokens), text))
    for low in range(0, len(given), size):
        yield given[low : low + size]


def _save(torch: Any, out: Path, task: Task, step: int) -> None:
    """Beside the old checkpoint and renamed: an interruption leaves one that is whole."""
    part = out / (CHECKPOINT + ".part")
    state = {**task.kept, "network": task.network.state_dict(),
             "optimizer": task.optimizer.state_dict(), "step": step,
             "random": torch.get_rng_state()}  # fmt: skip
    try:
        torch.save(state, part)
        part.replace(out / CHECKPOINT)
    except (OSError, RuntimeError) as error:
        part.unlink(missing_ok=True)
        line = str(error).splitlines()[0]
        raise SeederError(f"{out}: the checkpoint cannot be written: {line}") from None


def _resume(torch: Any, out: Path, task: Task) -> int:
    file = out / CHECKPOINT
    if not file.exists():
        return 0
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
        task.network.load_state_dict(state["network"])
        task.optimizer.load_state_dict(state["optimizer"])
        if "random" in state:
            torch.set_rng_state(state["random"])
        return int(state["step"])
    except (OSError, RuntimeError, KeyError, ValueError, pickle.UnpicklingError) as error:
        line = str(error).splitlines()[0]
        raise SeederError(f"{file}: not a checkpoint of this training: {line}") from None
