"""Models of users: tiny random ones of several architectures are made here, converted and asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from seeder.cli.text import text as command
from seeder.errors import SeederError
from seeder.text import pool
from seeder.writer import foreign, write
from seeder.writer.sample import Sampling
from seeder.writer.units import Unit

transformers = pytest.importorskip("transformers", reason="needs the extra import")
torch = pytest.importorskip("torch", reason="needs the extra import")
pytest.importorskip("ctranslate2", reason="needs the extra text")
pytestmark = pytest.mark.filterwarnings("ignore")

_SIZES: dict[str, Any] = {
    "llama": ("LlamaConfig", "LlamaForCausalLM", {}),
    "mistral": ("MistralConfig", "MistralForCausalLM", {"sliding_window": None}),
    "qwen2": ("Qwen2Config", "Qwen2ForCausalLM", {}),
    "gpt2": ("GPT2Config", "GPT2LMHeadModel", {}),
    "t5": ("T5Config", "T5ForConditionalGeneration", {}),
}
_ASKED = Unit("present_illness", "course", "*", "adult", "full", "section", "")


def _tokenizer(folder: Path, chat: bool) -> int:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE(unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    special = ["<unk>", "<s>", "</s>", "<pad>"]
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=special, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())  # fmt: skip
    made.train_from_iterator([foreign.prompt(_ASKED, n) for n in range(20)], trainer)
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


def _random(folder: Path, name: str, chat: bool = False) -> Path:
    torch.manual_seed(1)
    size = _tokenizer(folder, chat)
    config, model, more = _SIZES[name]
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


@pytest.mark.parametrize("name", sorted(_SIZES))
def test_a_model_of_each_architecture_is_converted_and_writes(name: str, tmp_path: Path) -> None:
    source = _random(tmp_path / "source", name)
    card = foreign.take(source, tmp_path / "out", "int8")
    assert card["architecture"] == _SIZES[name][1]
    assert card["style"] == "base"
    assert card["encoder_decoder"] == (name == "t5")
    model = foreign.Foreign(tmp_path / "out", Sampling(batch=4, longest=12))
    drawn = list(model.draw([_ASKED] * 6))
    assert len(drawn) == 6
    assert all(d.tokens > 0 for d in drawn)
    assert any(d.unit.text for d in drawn)


def test_the_command_converts_and_the_pool_takes_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = _random(tmp_path / "source", "llama", chat=True)
    line = ["import", str(source), "--out", str(tmp_path / "out"), "--format", "json",
            "--quantization", "float32"]  # fmt: skip
    done = CliRunner().invoke(command, line, standalone_mode=False)
    assert done.exception is None, done.exception
    card = json.loads(done.stdout)
    assert card == {"architecture": "LlamaForCausalLM", "quantization": "float32",
                    "style": "chat", "encoder_decoder": False}  # fmt: skip
    line = ["pool", str(tmp_path / "a"), "--model", str(tmp_path / "out"), "--bodies", "5",
            "--format", "json"]  # fmt: skip
    monkeypatch.setattr(write, "asked", lambda seed, number: [_ASKED] * 8)
    done = CliRunner().invoke(command, line, standalone_mode=False)
    assert done.exception is None, done.exception
    # What a random model writes is nonsense, and none of it gets in.
    assert json.loads(done.stdout)["bodies"] == 0
    assert pool.read(tmp_path / "a").bodies() == []


def test_a_prompt_shows_bodies_of_the_section_and_is_the_same_again() -> None:
    assert foreign.prompt(_ASKED, 1) == foreign.prompt(_ASKED, 1) != foreign.prompt(_ASKED, 2)
    assert foreign.prompt(_ASKED, 1).count("\n- ") == 5
    assert "asthma" in foreign.prompt(_ASKED._replace(condition="asthma"), 1)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeederError, match="config.json"):
        foreign.take(tmp_path / "missing", tmp_path / "out", "int8")
    source = _random(tmp_path / "source", "gpt2")
    out = foreign.take(source, tmp_path / "out", "int8") and (tmp_path / "out" / "model.bin")
    kept = out.read_bytes()
    (source / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(SeederError, match="cannot be read"):
        foreign.take(source, tmp_path / "out", "int8")
    config = json.loads((source / "config.json").read_text())
    (source / "config.json").write_text(
        json.dumps({**config, "architectures": ["BertModel"], "model_type": "bert"})
    )
    with pytest.raises(SeederError, match="BertModel|cannot be"):
        foreign.take(source, tmp_path / "out", "int8")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (source / name).unlink()
    with pytest.raises(SeederError, match="no tokenizer"):
        foreign.take(source, tmp_path / "out", "int8")
    assert out.read_bytes() == kept
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "source"]
