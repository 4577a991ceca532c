"""A checkpoint as a CTranslate2 model: 8-bit weights that run on any CPU without PyTorch."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from seeder.errors import SeederError
from seeder.writer import pairs, steps, vocabulary
from seeder.writer.folder import replaced

CARD = "card.json"
Weights = Mapping[str, npt.NDArray[np.float32]]


def convert(trained: Path, out: Path, quantization: str = "int8") -> Path:
    """The model of a training's folder, written beside and renamed: a failure keeps the old."""
    torch = vocabulary.library("torch", "train")
    file = trained / steps.CHECKPOINT
    if not file.is_file():
        raise SeederError(f"{trained}: no checkpoint", "train first: seeder text train")
    state = torch.load(file, map_location="cpu", weights_only=True)
    # A copy: quantising changes arrays in place, and these share memory with the checkpoint.
    weights = {name: np.array(w.float().numpy(), copy=True) for name, w in state["network"].items()}
    pieces = vocabulary.read(trained)
    tokens = [pieces.id_to_piece(i) for i in range(pieces.get_piece_size())]
    spec = specification(weights, state["shape"], tokens)
    spec.validate()
    spec.optimize(quantization=quantization)
    with replaced(out) as part:
        part.mkdir(parents=True)
        spec.save(str(part))
        shutil.copy(trained / vocabulary.FILE, part / vocabulary.FILE)
        if (trained / pairs.FILE).is_file():
            shutil.copy(trained / pairs.FILE, part / pairs.FILE)
        card = {"writer": "seeder text train", "shape": state["shape"], "step": state["step"],
                "quantization": quantization,
                "settings": json.loads((trained / steps.SETTINGS).read_text("utf-8"))}  # fmt: skip
        (part / CARD).write_text(json.dumps(card, indent=2) + "\n", "utf-8")
    return out


def specification(weights: Weights, shape: Mapping[str, Any], tokens: list[str]) -> Any:
    """The decoder as CTranslate2 describes it."""
    found = vocabulary.library("ctranslate2", "text").specs
    common = vocabulary.library("ctranslate2.specs.common_spec", "text")
    spec = found.TransformerDecoderModelSpec.from_config(
        shape["layers"], shape["heads"], pre_norm=True, activation=common.Activation.SWISH,
        ffn_glu=True, rms_norm=True, rotary_dim=0, rotary_interleave=False, rotary_base=10_000,
        num_heads_kv=1,
    )  # fmt: skip
    spec.decoder.scale_embeddings = False
    spec.decoder.embeddings.weight = weights["embed.weight"]
    # Quantising is in place: the projection is the embedding's values, and not its memory.
    spec.decoder.projection.weight = weights["embed.weight"].copy()
    spec.decoder.layer_norm.gamma = weights["last.weight"]
    for place, layer in enumerate(spec.decoder.layer):
        own = {n: weights[f"layers.{place}.{n}.weight"] for n in _NAMES}
        layer.self_attention.layer_norm.gamma = own["before"]
        layer.ffn.layer_norm.gamma = own["between"]
        joined = np.concatenate([own["query"], own["key"], own["value"]])
        layer.self_attention.linear[0].weight = joined
        layer.self_attention.linear[1].weight = own["out"]
        layer.ffn.linear_0.weight = own["gate"]
        layer.ffn.linear_0_noact.weight = own["up"]
        layer.ffn.linear_1.weight = own["down"]
    spec.register_vocabulary(tokens)
    spec.config.bos_token = vocabulary.START
    spec.config.eos_token = vocabulary.END
    spec.config.unk_token = vocabulary.UNKNOWN
    spec.config.layer_norm_epsilon = 1e-6
    return spec


_NAMES = "before between query key value out gate up down".split()
