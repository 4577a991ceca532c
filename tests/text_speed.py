"""CTranslate2 beside transformers: the same weights, prompts and thread; tokens a second of both.

``python -m tests.text_speed TRAINING`` where TRAINING is a folder of ``seeder text train``. Needs
the extras ``train`` and ``import``.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
import transformers

from seeder.writer import convert, sample, vocabulary, write

_TEXTS, _BATCH, _LONGEST = 512, 64, 48


def llama(trained: Path) -> Any:
    """The network of a checkpoint as transformers' Llama."""
    state = torch.load(trained / "checkpoint.pt", map_location="cpu", weights_only=True)
    shape, own = state["shape"], state["network"]
    config = transformers.LlamaConfig(
        vocab_size=shape["vocabulary"], hidden_size=shape["width"],
        num_hidden_layers=shape["layers"], num_attention_heads=shape["heads"],
        num_key_value_heads=1, intermediate_size=shape["inner"], rms_norm_eps=1e-6,
        rope_theta=10_000.0, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2,
        pad_token_id=2,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config)
    names = {"query": "self_attn.q_proj", "key": "self_attn.k_proj", "value": "self_attn.v_proj",
             "out": "self_attn.o_proj", "gate": "mlp.gate_proj", "up": "mlp.up_proj",
             "down": "mlp.down_proj", "before": "input_layernorm",
             "between": "post_attention_layernorm"}  # fmt: skip
    given = {"model.embed_tokens.weight": own["embed.weight"],
             "lm_head.weight": own["embed.weight"],
             "model.norm.weight": own["last.weight"]}  # fmt: skip
    for place in range(shape["layers"]):
        for ours, theirs in names.items():
            given[f"model.layers.{place}.{theirs}.weight"] = own[f"layers.{place}.{ours}.weight"]
    model.load_state_dict(given)
    return model.eval()


def main() -> int:
    trained = Path(sys.argv[1])
    torch.set_num_threads(1)
    model, pieces = llama(trained), vocabulary.read(trained)
    asked = write.asked(1, 0)[:_TEXTS]
    with tempfile.TemporaryDirectory() as folder:
        ours = sample.Model(convert.convert(trained, Path(folder) / "model"), sample.Sampling())
    prompts = [[vocabulary.START, *vocabulary.prompt(u)] for u in asked]
    numbers = torch.tensor([[pieces.piece_to_id(t) for t in p] for p in prompts])
    same = _likely(model, numbers[:32]) == [
        ours.pieces.piece_to_id(r.sequences[0][0])
        for r in ours.generator.generate_batch(
            prompts[:32], max_length=1, include_prompt_in_result=False
        )
    ]
    begun, count = time.process_time(), 0
    for low in range(0, _TEXTS, _BATCH):
        for result in ours.generator.generate_batch(
            prompts[low : low + _BATCH], max_batch_size=_BATCH, max_length=_LONGEST,
            min_length=_LONGEST, sampling_topk=100, include_prompt_in_result=False,
        ):  # fmt: skip
            count += len(result.sequences_ids[0])
    found = {"ctranslate2": round(count / (time.process_time() - begun))}
    begun, count = time.process_time(), 0
    with torch.inference_mode():
        for low in range(0, _TEXTS, _BATCH):
            made = model.generate(
                numbers[low : low + _BATCH], do_sample=True, top_k=100, max_new_tokens=_LONGEST,
                min_new_tokens=_LONGEST,
            )  # fmt: skip
            count += (made.shape[1] - numbers.shape[1]) * made.shape[0]
    found["transformers"] = round(count / (time.process_time() - begun))
    found["ratio"] = round(found["ctranslate2"] / found["transformers"], 2)
    print(json.dumps({"same_first_token": same, "tokens_per_cpu_second": found}, indent=2))
    return 0


def _likely(model: Any, numbers: Any) -> list[int]:
    with torch.inference_mode():
        found: list[int] = model(numbers).logits[:, -1].argmax(-1).tolist()
    return found


if __name__ == "__main__":
    sys.exit(main())
