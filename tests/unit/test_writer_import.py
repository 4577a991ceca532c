"""Models of users: tiny random ones of several architectures are made here, converted and asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from seeder.cli.text import text as command
from seeder.errors import SeederError
from seeder.text import pool
from seeder.writer import foreign, write
from seeder.writer.sample import Sampling
from tests.helpers.models import ARCHITECTURES, ASKED, random_model

pytest.importorskip("transformers", reason="needs the extra import")
pytest.importorskip("torch", reason="needs the extra import")
pytest.importorskip("ctranslate2", reason="needs the extra text")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_a_model_of_each_architecture_is_converted_and_writes(name: str, tmp_path: Path) -> None:
    source = random_model(tmp_path / "source", name)
    card = foreign.take(source, tmp_path / "out", "int8")
    assert card["architecture"] == ARCHITECTURES[name][1]
    assert card["style"] == "base"
    assert card["encoder_decoder"] == (name == "t5")
    model = foreign.Foreign(tmp_path / "out", Sampling(batch=4, longest=12))
    drawn = list(model.draw([ASKED] * 6))
    assert len(drawn) == 6
    assert all(d.tokens > 0 for d in drawn)
    assert any(d.unit.text for d in drawn)


def test_the_command_converts_and_the_pool_takes_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = random_model(tmp_path / "source", "llama", chat=True)
    line = ["import", str(source), "--out", str(tmp_path / "out"), "--format", "json",
            "--quantization", "float32"]  # fmt: skip
    done = CliRunner().invoke(command, line, standalone_mode=False)
    assert done.exception is None, done.exception
    card = json.loads(done.stdout)
    assert card == {"architecture": "LlamaForCausalLM", "quantization": "float32",
                    "style": "chat", "encoder_decoder": False}  # fmt: skip
    line = ["pool", str(tmp_path / "a"), "--model", str(tmp_path / "out"), "--bodies", "5",
            "--format", "json"]  # fmt: skip
    monkeypatch.setattr(write, "asked", lambda seed, number: [ASKED] * 8)
    done = CliRunner().invoke(command, line, standalone_mode=False)
    assert done.exception is None, done.exception
    # What a random model writes is nonsense, and none of it gets in.
    assert json.loads(done.stdout)["bodies"] == 0
    assert pool.read(tmp_path / "a").bodies() == []


def test_a_prompt_shows_bodies_of_the_section_and_is_the_same_again() -> None:
    assert foreign.prompt(ASKED, 1) == foreign.prompt(ASKED, 1) != foreign.prompt(ASKED, 2)
    assert foreign.prompt(ASKED, 1).count("\n- ") == 5
    assert "asthma" in foreign.prompt(ASKED._replace(condition="asthma"), 1)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeederError, match="config.json"):
        foreign.take(tmp_path / "missing", tmp_path / "out", "int8")
    source = random_model(tmp_path / "source", "gpt2")
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
