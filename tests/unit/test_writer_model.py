"""A tiny model is trained, converted, asked, and writes a pool; needs the extra `train`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from seeder.cli.text import text as command
from seeder.errors import SeederError
from seeder.text import pool
from seeder.writer import (
    convert,
    lexicon,
    pairs,
    pooling,
    sample,
    steps,
    train,
    units,
    vocabulary,
    write,
)
from seeder.writer.guide import Guide
from seeder.writer.sample import Sampling
from seeder.writer.train import Settings
from seeder.writer.units import Unit

torch = pytest.importorskip("torch", reason="needs the extra train")
pytest.importorskip("ctranslate2", reason="needs the extra text")
pytest.importorskip("sentencepiece", reason="needs the extra text")
pytestmark = pytest.mark.filterwarnings("ignore")

SETTINGS = Settings(epochs=2, batch=4, grammar=60, vocabulary=700, width=32, layers=1, heads=2,
                    inner=64, length=64)  # fmt: skip
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
        for n in range(20, 80)
    ]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


@pytest.fixture(scope="module")
def trained(notes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("training")
    lines: list[dict[str, object]] = []
    assert train.train(notes, out, SETTINGS, told=lines.append, device="cpu")
    assert [line["epoch"] for line in lines if "epoch" in line] == [1, 2]
    assert lines[-1]["held_bits_per_character"] > 0
    return out


@pytest.fixture(scope="module")
def model(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert.convert(trained, tmp_path_factory.mktemp("model") / "made")


def _weights(folder: Path) -> dict[str, np.ndarray]:
    state = torch.load(folder / steps.CHECKPOINT, weights_only=True)
    return {name: w.numpy() for name, w in state["network"].items()}


def test_an_interrupted_training_ends_where_a_whole_one_does(
    notes: Path, trained: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        assert not train.train(notes, tmp_path / "t", SETTINGS, minutes=1e-9, device="cpu")
    assert train.train(notes, tmp_path / "t", SETTINGS, device="cpu")
    mine, whole = _weights(tmp_path / "t"), _weights(trained)
    assert all(np.array_equal(mine[name], whole[name]) for name in whole)


def test_a_folder_holds_one_training(notes: Path, trained: Path) -> None:
    with pytest.raises(SeederError, match="other settings"):
        train.train(notes, trained, Settings(epochs=3))


def test_a_checkpoint_that_is_none_is_refused(notes: Path, tmp_path: Path) -> None:
    train.train(notes, tmp_path, SETTINGS, minutes=1e-9, device="cpu")
    (tmp_path / steps.CHECKPOINT).write_bytes(b"nothing")
    with pytest.raises(SeederError, match="not a checkpoint"):
        train.train(notes, tmp_path, SETTINGS, device="cpu")


def test_the_converted_model_says_what_the_trained_one_says(trained: Path, tmp_path: Path) -> None:
    import ctranslate2

    from seeder.writer.network import Network, Shape

    state = torch.load(trained / steps.CHECKPOINT, weights_only=True)
    network = Network(Shape(**state["shape"]))
    network.load_state_dict(state["network"])
    network.eval()
    pieces = vocabulary.read(trained)
    unit = Unit("present_illness", "course", "*", "adult", "full", "visit", "{Pronoun} is better.")
    row = train.tokens(pieces, unit)
    with torch.no_grad():
        logits = network(torch.tensor([row[:-1]])).log_softmax(-1)[0]
    ours = [float(logits[place, token]) for place, token in enumerate(row[1:])]
    convert.convert(trained, tmp_path / "exact", "float32")
    generator = ctranslate2.Generator(str(tmp_path / "exact"), compute_type="float32")
    theirs = generator.score_batch([[pieces.id_to_piece(t) for t in row]])[0].log_probs
    assert np.allclose(ours, theirs, atol=1e-3)
    # The checkpoint is as it was: quantising works on copies.
    convert.convert(trained, tmp_path / "small", "int8")
    again = torch.load(trained / steps.CHECKPOINT, weights_only=True)
    assert torch.equal(again["network"]["embed.weight"], state["network"]["embed.weight"])


def test_the_same_seed_and_batch_give_the_same_texts(model: Path) -> None:
    asked = write.asked(7, 0)[:96]

    def drawn(seed: int) -> list[str]:
        one = sample.Model(model, Sampling(seed=seed, batch=32, longest=300, temperature=1.6))
        return [d.unit.text for d in one.draw(asked)]

    first = drawn(1)
    assert first == drawn(1)
    assert drawn(2) != first
    assert len(set(first)) > 2


def test_a_guided_text_has_words_of_its_section_and_runs_that_people_wrote(model: Path) -> None:
    known = pairs.read(model)
    asked = write.asked(7, 0)[:256]
    one = sample.Model(model, Sampling(batch=64, floor=1e-6))
    guide = Guide(one.pieces, known)
    found = list(one.guided(asked, guide, 3))
    assert len(found) > 10
    assert len({d.unit.text for d in found}) > 5
    for drawn in found:
        text = drawn.unit.text
        assert text.endswith((".", "?"))
        assert known.issuperset(pairs.of(text)), text
        assert known.issuperset(pairs.of(text, 3)), text
        assert known.issuperset(pairs.together(text)), text
        assert lexicon.of(text, drawn.unit.kind, drawn.unit.section) or "no" in text.lower()
    # A round is a function of its number, whatever was drawn before, and whoever draws it.
    other = sample.Model(model, Sampling(batch=64, floor=1e-6))
    assert list(other.guided(asked, Guide(other.pieces, known), 3)) == found
    assert list(one.guided(asked, guide, 4)) != found


def test_several_processes_write_the_pool_that_one_writes(model: Path, tmp_path: Path) -> None:
    found = []
    for workers in (1, 2):
        file = tmp_path / f"{workers}.pool"
        sampling = Sampling(batch=64, floor=1e-6)
        wanted = pooling.Wanted(file, model, 30, None, None, sampling, workers)
        found.append(pooling.written(wanted, lambda p: None))
    assert {**found[0], "file": ""} == {**found[1], "file": ""}


def test_a_pool_that_grows_loses_what_its_judge_refuses_now(echo: Path, tmp_path: Path) -> None:
    bad = pool.Body("*", "course", "full", "*", "*", "", "{Pronoun} is able to find it.")
    good = bad._replace(body="{Pronoun} is better.")
    pool.write(pool.pool_of([bad, good]), tmp_path / "a")
    wanted = pooling.Wanted(tmp_path / "a", echo, 20, None, None, Sampling())
    pooling.written(wanted, lambda p: None)
    assert good in (held := pool.read(tmp_path / "a").bodies())
    assert bad not in held


def test_what_is_asked_for_covers_sections_registers_and_conditions() -> None:
    found = write.asked(1, 0)
    assert found == write.asked(1, 0)
    assert found != write.asked(1, 1)
    # What was examined and decided is the grammar's.
    assert {u.section for u in found} <= write.SECTIONS
    assert {"opening", "course", "followup", "medicines"} <= {u.section for u in found}
    assert {u.style for u in found} == {"full"}  # the abbreviated ones are made of these
    assert {u.band for u in found} == {"adult", "elder", "child", "infant"}
    assert len({u.condition for u in found}) > 50
    assert {u.tone for u in found} <= set(units.TONES)


class Echo:
    """A writer of bodies that are good, for pools without a trained model."""

    words = "again today overnight lately often briefly daily weekly maybe slowly".split()

    def draw(self, asked: list[Unit]) -> object:
        for place, unit in enumerate(asked):
            a, b, c = (self.words[place // d % 10] for d in (1, 10, 100))
            text = f"{{Pronoun}} feels better {a} and then {b} or rather {c}."
            yield sample.Drawn(unit._replace(text=text), -1.0, 9)


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch, model: Path) -> Path:
    monkeypatch.setattr(pooling, "opened", lambda folder, sampling: Echo())
    # The pairs of the tiny notes know none of these words.
    monkeypatch.setattr(pooling.pairs, "read", lambda folder: frozenset())
    return model


def test_a_pool_is_written_grown_and_the_same_again(echo: Path, tmp_path: Path) -> None:
    def run(name: str, *given: str) -> dict[str, object]:
        line = ["pool", str(tmp_path / name), "--model", str(echo), "--format", "json", *given]
        done = CliRunner().invoke(command, line, standalone_mode=False)
        assert done.exception is None, done.exception
        found: dict[str, object] = json.loads(done.stdout)
        return found

    first = run("a", "--bodies", "40")
    assert first["bodies"] == 40
    assert run("b", "--bodies", "40")["sha256"] == first["sha256"]
    grown = run("a", "--grow", "--bodies", "90")
    assert grown["bodies"] == 90
    held = pool.read(tmp_path / "a")
    assert held.digest == grown["sha256"]
    assert held.provenance["writer"] == "model"
    assert set(pool.read(tmp_path / "b").bodies()) <= set(held.bodies())


def test_a_pool_that_is_there_is_not_written_over(echo: Path, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    done = CliRunner().invoke(command, ["pool", str(tmp_path / "a")], standalone_mode=False)
    assert "there already" in str(done.exception)
    assert (tmp_path / "a").read_text() == "mine"


def test_the_old_pool_stays_when_the_disk_is_full(
    echo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = pooling.Wanted(tmp_path / "a", echo, 20, None, None, Sampling())
    pooling.written(wanted, lambda p: None)
    before = pool.read(tmp_path / "a").digest

    def full(*given: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pa.ipc, "new_file", full)
    with pytest.raises(SeederError, match="No space left"):
        pooling.written(pooling.Wanted(tmp_path / "a", echo, 60, None, None, Sampling()), print)
    monkeypatch.undo()
    assert pool.read(tmp_path / "a").digest == before


def test_a_model_that_is_broken_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(SeederError, match=r"model\.bin is missing"):
        sample.Model(tmp_path, Sampling())
    (tmp_path / "model.bin").write_bytes(b"nothing")
    with pytest.raises(SeederError, match="no tokenizer"):
        sample.Model(tmp_path, Sampling())
    (tmp_path / vocabulary.FILE).write_bytes((model / vocabulary.FILE).read_bytes())
    with pytest.raises(SeederError, match="cannot be read"):
        sample.Model(tmp_path, Sampling())
    (tmp_path / vocabulary.FILE).write_bytes(b"nothing")
    with pytest.raises(SeederError, match="not a sentencepiece model"):
        vocabulary.read(tmp_path)


def test_a_group_with_few_bodies_has_those_of_all() -> None:
    body = pool.Body("*", "course", "full", "asthma", "*", "", "{Pronoun} is better.")
    many = [body._replace(body=f"{{Pronoun}} is better {n}.") for n in range(20)]
    assert write.settled([body, body._replace(condition="*")]) == [body._replace(condition="*")]
    assert len(write.settled(many)) == 20
