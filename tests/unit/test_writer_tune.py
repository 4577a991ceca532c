"""A tiny pretrained model is tuned, goes on, is converted, and writes; needs the extra `import`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from seeder.cli.text import text as command
from seeder.errors import SeederError, UsageError
from seeder.writer import foreign, pooling, steps, tune, write
from seeder.writer.sample import Drawn, Sampling
from seeder.writer.tune import Settings
from tests.helpers.models import ASKED, random_model

torch = pytest.importorskip("torch", reason="needs the extra import")
transformers = pytest.importorskip("transformers", reason="needs the extra import")
ctranslate2 = pytest.importorskip("ctranslate2", reason="needs the extra text")
pytestmark = pytest.mark.filterwarnings("ignore")

SETTINGS = Settings(epochs=2, batch=4, length=64, rate=5e-3, warmup=2, grammar=12)
_SAID = "pain cough fever nausea dizziness fatigue headache".split()


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notes")
    lines = [
        {
            "text": f"Ms. Smith is a {n}-year-old female with {_SAID[n % 7]}. She denies fever. "
            f"She has been feeling {'better' if n % 2 else 'worse'} since the last visit.",
            "kind": "section:genhx",
            "meta": {"split": "test" if n % 5 == 0 else "train"},
        }
        for n in range(20, 40)
    ]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_model(tmp_path_factory.mktemp("base") / "llama", "llama", chat=True)


@pytest.fixture(scope="module")
def tuned(base: Path, notes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tuning")
    lines: list[dict[str, Any]] = []
    assert tune.tune(base, notes, out, SETTINGS, told=lines.append, device="cpu")
    bits = [line["held_bits_per_character"] for line in lines if "epoch" in line]
    assert len(bits) == 2
    assert 0 < bits[1] < bits[0]
    return out


@pytest.fixture(scope="module")
def model(tuned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("model") / "made"
    foreign.take(tuned / tune.FOLDER, out, "int8")
    return out


def _weights(folder: Path) -> dict[str, np.ndarray]:
    state = torch.load(folder / steps.CHECKPOINT, weights_only=True)
    return {name: w.numpy() for name, w in state["network"].items()}


def test_an_interrupted_tuning_ends_where_a_whole_one_does(
    base: Path, notes: Path, tuned: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        assert not tune.tune(base, notes, tmp_path / "t", SETTINGS, minutes=1e-9, device="cpu")
    card = json.loads((tmp_path / "t" / tune.FOLDER / foreign.TUNED).read_text())
    assert card["step"] == 2 < card["steps"]
    assert tune.tune(base, notes, tmp_path / "t", SETTINGS, device="cpu")
    mine, whole = _weights(tmp_path / "t"), _weights(tuned)
    assert all(np.array_equal(mine[name], whole[name]) for name in whole)


def test_a_folder_holds_one_tuning_of_one_base(
    base: Path, notes: Path, tuned: Path, tmp_path: Path
) -> None:
    with pytest.raises(SeederError, match="other settings"):
        tune.tune(base, notes, tuned, Settings(epochs=5), device="cpu")
    other = random_model(tmp_path / "other", "qwen2")
    with pytest.raises(SeederError, match="other settings"):
        tune.tune(other, notes, tuned, SETTINGS, device="cpu")


def test_only_the_text_and_its_end_are_learnt(base: Path) -> None:
    tokenizer = foreign.tokenizer_of(base)
    unit = ASKED._replace(condition="heart_failure", tone="visit", text="{Pronoun} is better.")
    text = tune._text(tokenizer, unit)
    assert tokenizer.decode(text.tokens) == (
        "</s>visit course heart failure adult: {Pronoun} is better.</s>"
    )
    learnt = [t for t in text.labels if t != steps.NOT_LEARNT]
    assert tokenizer.decode(learnt) == " {Pronoun} is better.</s>"
    assert text.tokens[-len(learnt) :] == learnt
    asked = tokenizer.decode(foreign.begun(tokenizer, ASKED))
    assert asked == "</s>section course any adult:"


def test_an_epoch_has_all_notes_and_a_part_of_what_is_made() -> None:
    made = [ASKED._replace(tone=t, text=str(n)) for n in range(9) for t in ("visit", "vignette")]
    found = [tune._chosen(made, SETTINGS, epoch) for epoch in (0, 1, 0)]
    assert found[0] == found[2] != found[1]
    for chosen in found:
        tones = [u.tone for u in chosen]
        assert {t: tones.count(t) for t in tones} == {"visit": 9, "vignette": 3, "made": 12}
    learnable = tune._learnable([ASKED._replace(text="# days."), ASKED._replace(text="Well.")])
    assert [u.text for u in learnable] == ["Well."]


@pytest.mark.parametrize("name", ["gpt2", "llama", "mistral", "qwen2"])
def test_losses_at_the_places_that_count_are_those_of_the_whole_model(
    name: str, tmp_path: Path
) -> None:
    source = random_model(tmp_path / name, name)
    _, network = tune._opened(source, 64)
    network.eval()
    rows = torch.arange(40).reshape(2, 20) + 5
    labels = rows.clone()
    labels[:, :7] = steps.NOT_LEARNT
    with torch.no_grad():
        logits = tune._logits(torch, network)
        assert logits.__name__ == "lean"
        mine = tune._losses(torch, logits, rows, labels)
        whole = network(rows).logits[:, :-1].flatten(0, 1)
        theirs = torch.nn.functional.cross_entropy(
            whole, labels[:, 1:].flatten(), reduction="none", ignore_index=steps.NOT_LEARNT
        )
    assert len(mine) == 26
    assert torch.allclose(mine, theirs[theirs > 0], rtol=0.02)


def test_frozen_layers_stay_as_they_are(base: Path, notes: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, epochs=1, frozen=1)
    assert tune.tune(base, notes, tmp_path, settings, device="cpu")
    first = tune._opened(base, 64)[1].state_dict()
    last = _weights(tmp_path)
    changed = {n for n, w in first.items() if not np.array_equal(w.numpy(), last[n])}
    assert changed == {"model.norm.weight", "lm_head.weight"}
    with pytest.raises(UsageError, match="the base has 1 layers"):
        tune.tune(base, notes, tmp_path / "t", replace(settings, frozen=2), device="cpu")


def test_a_head_that_is_not_all_is_asked_whole(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, network = tune._opened(base, 64)
    head = network.get_output_embeddings()
    monkeypatch.setattr(network, "get_output_embeddings", lambda: lambda hidden: 2 * head(hidden))
    assert tune._logits(torch, network).__name__ == "whole"


def test_the_converted_model_has_a_card_and_writes_what_it_learnt(
    base: Path, model: Path, tuned: Path
) -> None:
    card = json.loads((model / foreign.CARD).read_text())
    assert card["style"] == "tuned"
    assert card["base"] == "LlamaForCausalLM"
    assert card["epochs"] == 2
    assert card["step"] == card["steps"]
    assert card["held_bits_per_character"] > 0
    assert list(card["base_sha256"]) == ["model.safetensors"]
    assert card["base_sha256"] == tune._digests(base)
    writer = foreign.Foreign(model, Sampling(batch=16, longest=40))
    drawn = list(writer.draw([ASKED] * 48))
    assert len(drawn) == 48
    assert all(d.tokens <= 80 and d.score < 0 for d in drawn)
    assert all("</s>" not in d.unit.text for d in drawn)
    assert all(d.unit.text == "" for d in drawn if d.tokens == 80)


def _round(folder: Path, number: int) -> list[Drawn]:
    return pooling._freely(folder, Sampling(batch=8), number)


def test_a_round_is_a_function_of_its_number(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = write.asked(1, 0)[:24]
    monkeypatch.setattr(write, "asked", lambda seed, number: asked)
    second = _round(model, 2)
    assert [d.unit.text for d in second] != [d.unit.text for d in _round(model, 1)]
    assert _round(model, 2) == second
    with pooling._rounds(model, Sampling(batch=8), frozenset(), 1) as rounds:
        assert list(rounds(iter([1, 2])))[1] == second


def test_several_processes_write_the_pool_that_one_writes(model: Path, tmp_path: Path) -> None:
    found = []
    for workers in (1, 2):
        with pooling._rounds(model, Sampling(batch=64), frozenset(), workers) as rounds:
            drawn = rounds(iter(range(9)))
            found.append([next(drawn) for _ in range(2)])
    assert found[0] == found[1]
    assert found[0][0] != found[0][1]


def test_a_score_is_the_mean_logarithm_of_the_text_and_its_end(tuned: Path, tmp_path: Path) -> None:
    foreign.take(tuned / tune.FOLDER, tmp_path / "exact", "float32")
    # Neither the temperature nor what is left out of the drawing changes it.
    sampling = Sampling(batch=32, temperature=0.7, likely=50, mass=0.9)
    writer = foreign.Foreign(tmp_path / "exact", sampling)
    prompts = [writer._tokens(ASKED, 0)] * 32
    results = writer._run(prompts, set())
    ended = [r for r in results if len(r.sequences[0]) < writer.sampling.longest]
    assert ended
    head = len(prompts[0])
    whole = [[*prompts[0], *r.sequences[0], "</s>"] for r in ended]
    found = [np.mean(s.log_probs[head - 1 :]) for s in writer.model.score_batch(whole)]
    assert np.allclose(found, [r.scores[0] for r in ended], atol=1e-3)


def test_abbreviations_are_made_of_what_is_written_in_full(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = foreign.Foreign(model, Sampling())
    said = "The patient is without shortness of breath."

    class Result:
        sequences = (writer.tokenizer.tokenize(" " + said),)
        scores = (-1.0,)

    full, terse = (writer._said(ASKED._replace(style=s), Result(), True) for s in ("full", "terse"))
    assert full.unit.text == said
    assert terse.unit.text not in ("", said)
    assert writer._said(ASKED, Result(), False).unit.text == ""


def _invoke(*line: object) -> Any:
    return CliRunner().invoke(command, [str(x) for x in line], standalone_mode=False)


def test_the_command_tunes_goes_on_and_converts(base: Path, notes: Path, tmp_path: Path) -> None:
    line = ["train", "--base", base, "--notes", notes, "--out", tmp_path / "t", "--model",
            tmp_path / "m", "--epochs", 1, "--batch", 200, "--rate", "0.001", "--device", "cpu",
            "--format", "json"]  # fmt: skip
    first = _invoke(*line, "--minutes", "1e-9")
    assert first.exception is None, first.exception
    assert json.loads(first.stdout)["finished"] in (True, False)
    done = _invoke(*line)
    assert done.exception is None, done.exception
    assert json.loads(done.stdout)["finished"] is True
    card = json.loads((tmp_path / "m" / foreign.CARD).read_text())
    assert (card["style"], card["rate"], card["quantization"]) == ("tuned", 0.001, "int8")
    again = _invoke("import", tmp_path / "t" / tune.FOLDER, "--out", tmp_path / "n", "--format",
                    "json", "--quantization", "float32")  # fmt: skip
    assert json.loads(again.stdout) == {**card, "quantization": "float32"}


def test_bad_input_is_refused_before_anything_is_written(
    base: Path, notes: Path, tmp_path: Path
) -> None:
    def refused(given: Path, match: str, *more: object) -> None:
        line = ["train", "--base", given, "--notes", notes, "--out", tmp_path / "t",
                "--model", tmp_path / "m", *more]  # fmt: skip
        error = _invoke(*line).exception
        assert isinstance(error, SeederError), error
        assert match in str(error)
        assert "hint: " in str(error)
        assert not (tmp_path / "t").exists()
        assert not (tmp_path / "m").exists()

    refused(tmp_path / "none", "not a model's directory")
    refused(base, "--width", "--width", "64")
    refused(base, "--frozen 9", "--frozen", 9)
    refused(base, "no *.jsonl", "--notes", tmp_path)
    refused(base, "no device", "--device", "abacus")
    bare = random_model(tmp_path / "bare", "llama")
    (bare / "tokenizer.json").rename(bare / "mine.json")
    refused(bare, "no tokenizer")
    (bare / "tokenizer.json").write_text("{}")
    refused(bare, "the tokenizer cannot be read")
    (bare / "mine.json").replace(bare / "tokenizer.json")
    (bare / "model.safetensors").write_bytes(b"nothing")
    refused(bare, "no language model that can be tuned")
    (bare / "config.json").write_text("[]")
    refused(bare, "an object is wanted")
    refused(random_model(tmp_path / "t5", "t5"), "no decoder")
    other = random_model(tmp_path / "gpt2", "gpt2")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "model_type": "bert"}))
    refused(other, "BertConfig is no decoder")
    (other / "config.json").write_text(json.dumps({**config, "n_layer": 2}))
    refused(other, "weights are missing: transformer.h.1.")
    (other / "config.json").write_text(json.dumps({**config, "n_positions": 32}))
    refused(other, "")


def test_a_model_from_scratch_has_no_frozen_layers(notes: Path, tmp_path: Path) -> None:
    error = _invoke("train", "--notes", notes, "--out", tmp_path / "t", "--frozen", 1).exception
    assert isinstance(error, UsageError)
    assert "name a --base" in str(error)
    assert not (tmp_path / "t").exists()


def test_what_cannot_be_asked_as_tuned_is_refused(base: Path, tmp_path: Path) -> None:
    with pytest.raises(SeederError, match="it has an encoder"):
        foreign.take(random_model(tmp_path / "t5", "t5"), tmp_path / "out", "int8", "tuned")
    endless = random_model(tmp_path / "llama", "llama")
    file = endless / "tokenizer_config.json"
    given = json.loads(file.read_text())
    file.write_text(json.dumps({k: v for k, v in given.items() if k != "eos_token"}))
    with pytest.raises(SeederError, match="no token of the end"):
        foreign.take(endless, tmp_path / "out", "int8", "tuned")
    assert not (tmp_path / "out").exists()
    assert foreign.take(base, tmp_path / "out", "int8", "tuned")["style"] == "tuned"


def test_an_architecture_that_cannot_be_converted_is_refused_before_it_is_tuned(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ctranslate2.converters.transformers as converter

    monkeypatch.setattr(converter, "_MODEL_LOADERS", {})
    with pytest.raises(SeederError, match="LlamaConfig is no decoder"):
        tune._opened(base, 64)


def test_a_full_disk_leaves_the_last_checkpoint(
    base: Path, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not tune.tune(base, notes, tmp_path, SETTINGS, minutes=1e-9, device="cpu")
    kept = (tmp_path / steps.CHECKPOINT).read_bytes()

    def full(state: object, file: Path) -> None:
        file.write_bytes(b"half")
        raise RuntimeError("PytorchStreamWriter failed writing file")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(SeederError, match="checkpoint cannot be written"):
        tune.tune(base, notes, tmp_path, SETTINGS, minutes=1e-9, device="cpu")
    assert (tmp_path / steps.CHECKPOINT).read_bytes() == kept
    assert not list(tmp_path.glob("*.part"))


def test_notes_that_fill_no_row_are_refused(base: Path, notes: Path, tmp_path: Path) -> None:
    with pytest.raises(SeederError, match="shorter than a row"):
        steps.cut([steps.Text([1, 2], [1, 2], 1)], 64)
