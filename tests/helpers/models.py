"""Tiny random models of several architectures, as Hugging Face directories: no weights are
downloaded. Needs the extra `import`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from seeder.writer import foreign
from seeder.writer.units import Unit

ARCHITECTURES: dict[str, Any] = {
    "llama": ("LlamaConfig", "LlamaForCausalLM", {}),
    "mistral": ("MistralConfig", "MistralForCausalLM", {"sliding_window": None}),
    "qwen2": ("Qwen2Config", "Qwen2ForCausalLM", {}),
    "gpt2": ("GPT2Config", "GPT2LMHeadModel", {}),
    "t5": ("T5Config", "T5ForConditionalGeneration", {}),
}
ASKED = Unit("present_illness", "course", "*", "adult", "full", "section", "")


def _tokenizer(folder: Path, chat: bool) -> int:
    transformers, tokenizers = (import_module(n) for n in ("transformers", "tokenizers"))
    models, pre_tokenizers = tokenizers.models, tokenizers.pre_tokenizers
    made = tokenizers.Tokenizer(models.BPE(unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    special = ["<unk>", "<s>", "</s>", "<pad>"]
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=500, special_tokens=special, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    made.train_from_iterator([foreign.prompt(ASKED, n) for n in range(20)], trainer)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, unk_token="<unk>", bos_token="<s>", eos_token="</s>",
        pad_token="<pad>",
    )  # fmt: skip
    if chat:
        fast.chat_template = (
            "{% for m in messages %}<s>{{ m['content'] }}</s>{% endfor %}"
            "{% if add_generation_prompt %}<s>{% endif %}"
        )
    fast.save_pretrained(folder)
    return len(fast)


def random_model(folder: Path, name: str, chat: bool = False) -> Path:
    """A directory of a model with random weights."""
    torch, transformers = (import_module(n) for n in ("torch", "transformers"))
    torch.manual_seed(1)
    size = _tokenizer(folder, chat)
    config, model, more = ARCHITECTURES[name]
    common = {"vocab_size": size, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 3, **more}
    if name == "gpt2":
        shape = {"n_embd": 32, "n_layer": 1, "n_head": 2, "n_positions": 512}
    elif name == "t5":
        shape = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 1, "num_heads": 2,
                 "decoder_start_token_id": 3}  # fmt: skip
    else:
        shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1,
                 "num_attention_heads": 2, "num_key_value_heads": 1,
                 "max_position_embeddings": 512}  # fmt: skip
    made = getattr(transformers, model)(getattr(transformers, config)(**common, **shape))
    made.save_pretrained(folder)
    return folder
