"""Tuning: a pretrained language model of a local directory learns to write slotted notes.

The schedule, the checkpoints and the log are those of a training from scratch; texts are asked for
in words (`foreign.begun`), and only a text and its end are learnt.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from seeder.errors import SeederError, UsageError
from seeder.writer import foreign, steps, units, vocabulary
from seeder.writer.folder import replaced
from seeder.writer.steps import Rows, Task, Text, Told
from seeder.writer.units import Unit

FOLDER = "tuned"  # of a training: the tuned model as a Hugging Face directory
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")


@dataclass(frozen=True)
class Settings:
    """What a tuning depends on, beside its base and its notes."""

    seed: int = 1
    epochs: int = 3
    batch: int = 12
    length: int = 256
    rate: float = 4e-4
    warmup: int = 20
    grammar: int = 1200  # units of the grammar in an epoch
    vignettes: int = 3  # one in so many is in an epoch: they are half of the text, and no notes
    frozen: int = 0  # the lowest layers that stay as they are, and the embeddings with them


def tune(
    base: Path,
    notes: Path,
    out: Path,
    settings: Settings,
    *,
    told: Told = lambda line: None,
    minutes: float | None = None,
    device: str = "",
) -> bool:
    """Tune the model of a directory, or go on with a tuning in ``out``, and leave what it has
    become in ``out/tuned``; False where the time was over first."""
    config = foreign.checked(base)
    torch = vocabulary.library("torch", "import")
    where = steps.place(device)
    tokenizer, network = _opened(base, settings.length)
    _freeze(torch, network, settings.frozen)
    real, held = (_learnable(given) for given in units.split(notes))
    about = {**asdict(settings), "base_sha256": _digests(base)}
    steps.same(out, about)
    torch.manual_seed(settings.seed)
    network.to(where)
    free = [p for p in network.parameters() if p.requires_grad]
    task = Task(
        network,
        torch.optim.AdamW(free, settings.rate, betas=(0.9, 0.98), weight_decay=0.01),
        partial(_rows, tokenizer, real, settings),
        partial(_losses, torch, _logits(torch, network)),
        [_text(tokenizer, u) for u in held[::7]],
        tokenizer.eos_token_id,
    )
    ended = steps.run(out, settings, task, told, minutes)
    card = {"base": config["architectures"][0], **about, "step": ended.step, "steps": ended.steps,
            "held_bits_per_character": round(steps.bits(task), 4)}  # fmt: skip
    _write(out / FOLDER, tokenizer, network, card)
    return ended.whole


def _opened(base: Path, length: int) -> tuple[Any, Any]:
    """Tokenizer and model of a directory, in 32 bits; nothing is downloaded, no code of it runs."""
    torch = vocabulary.library("torch", "import")
    transformers = foreign.transformers()
    try:
        config = transformers.AutoConfig.from_pretrained(
            str(base), local_files_only=True, trust_remote_code=False
        )
        foreign.convertible(base, config)
        tokenizer = foreign.tokenizer_of(base)
        network, about = transformers.AutoModelForCausalLM.from_pretrained(
            str(base),
            dtype=torch.float32,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    except SeederError:
        raise
    except Exception as error:  # noqa: BLE001  broken weights fail in many ways, in libraries
        line = (str(error).splitlines() or [type(error).__name__])[0]
        raise SeederError(
            f"{base}: no language model that can be tuned: {line}",
            "a Hugging Face directory of a causal model: Llama, Qwen2, Mistral, GPT-2 ...",
        ) from None
    # The library fills weights that a file has not with random ones, and says so in passing.
    missing = sorted(about["missing_keys"])
    if missing:
        raise SeederError(
            f"{base}: {len(missing)} weights are missing: {missing[0]} ...", foreign.MEND
        )
    most = getattr(network.config, "max_position_embeddings", None) or length
    if most < length:
        raise SeederError(f"{base}: reads {most} tokens at most, and {length} are wanted")
    return tokenizer, network


def _freeze(torch: Any, network: Any, count: int) -> None:
    """Leave the lowest layers as they are: gradients and moments of those take no memory."""
    if not count:
        return
    lists = [m for m in network.base_model.modules() if isinstance(m, torch.nn.ModuleList)]
    layers: Any = max(lists, key=len, default=[])
    if count > len(layers):
        raise UsageError(f"--frozen {count}: the base has {len(layers)} layers", "say fewer")
    for part in (network.get_input_embeddings(), *layers[:count]):
        part.requires_grad_(False)


def _digests(base: Path) -> dict[str, str]:
    """SHA-256 of the files of the base's weights."""
    found = {}
    for file in sorted({f for pattern in _WEIGHTS for f in base.glob(pattern)}):
        with file.open("rb") as opened:
            found[file.name] = hashlib.file_digest(opened, "sha256").hexdigest()
    return found


def _learnable(given: Sequence[Unit]) -> list[Unit]:
    """Units without numbers that no slot has taken: a judge refuses what has some."""
    return [u for u in given if "#" not in u.text]


def _chosen(real: Sequence[Unit], settings: Settings, epoch: int) -> list[Unit]:
    """The units of an epoch, in its order."""
    seed = settings.seed * 1000 + epoch
    rng = random.Random(seed)  # noqa: S311 - training, no value path
    made = list(units.of_grammar(seed))
    chosen = [
        u
        for place, u in enumerate(real)
        if u.tone != "vignette" or (place + epoch) % settings.vignettes == 0
    ]
    chosen += rng.sample(made, min(settings.grammar, len(made)))
    rng.shuffle(chosen)
    return chosen


def _rows(tokenizer: Any, real: Sequence[Unit], settings: Settings, epoch: int) -> Rows:
    given = (_text(tokenizer, u) for u in _chosen(real, settings, epoch))
    return steps.cut(given, settings.length)


def _text(tokenizer: Any, unit: Unit) -> Text:
    """A unit as numbers: what asks for it, which is not learnt, its text and its end."""
    begun = foreign.begun(tokenizer, unit)
    said = [*tokenizer.encode(" " + unit.text, add_special_tokens=False), tokenizer.eos_token_id]
    return Text(begun + said, [steps.NOT_LEARNT] * len(begun) + said, len(unit.text) + 1)


def _logits(torch: Any, network: Any) -> Any:
    """What gives the logits of the places that are learnt. A head is applied to those alone, a
    quarter of the memory for a large vocabulary, where it is all that follows the body: some
    architectures scale or cap what it says, and are asked whole."""
    body, head = network.base_model, network.get_output_embeddings()

    def lean(tokens: Any, learnt: Any) -> Any:
        return head(body(tokens, use_cache=False).last_hidden_state[:, :-1][learnt])

    def whole(tokens: Any, learnt: Any) -> Any:
        return network(tokens, use_cache=False).logits[:, :-1][learnt]

    if head is None or body is network:
        return whole
    device = next(network.parameters()).device
    tokens = torch.arange(2, 10, device=device)[None]
    learnt = torch.ones_like(tokens[:, 1:], dtype=torch.bool)
    network.eval()
    with torch.no_grad():
        alike = torch.allclose(lean(tokens, learnt), whole(tokens, learnt), atol=1e-3)
    return lean if alike else whole


def _losses(torch: Any, logits: Any, given: Any, labels: Any) -> Any:
    wanted = labels[:, 1:]
    learnt = wanted != steps.NOT_LEARNT
    # Products in 16 bits: three times as fast on a CPU that has them, and weights stay in 32.
    with torch.autocast(given.device.type, torch.bfloat16):
        found = logits(given, learnt)
    return torch.nn.functional.cross_entropy(found.float(), wanted[learnt], reduction="none")


def _write(folder: Path, tokenizer: Any, network: Any, card: dict[str, Any]) -> None:
    """As a Hugging Face directory: `seeder text import` takes it again, in other bits."""
    with replaced(folder) as part:
        network.save_pretrained(part)
        tokenizer.save_pretrained(part)
        (part / foreign.TUNED).write_text(json.dumps(card, indent=2) + "\n", "utf-8")
