"""Texts of rows by a model: asked, judged, frozen by file, and filled like all others."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from seeder.cli.text import text as command
from seeder.errors import PlanError, Refused, SeederError
from seeder.generate.rows import Rows
from seeder.generate.world import World, build
from seeder.load import texts
from seeder.plan import file as plan_file
from seeder.plan.model import Plan
from seeder.plan.overrides import Overrides
from seeder.plan.planner import make_plan
from seeder.text import frozen
from seeder.text.pool import PoolError
from seeder.writer import foreign, sample
from seeder.writer import rows as writing
from seeder.writer.sample import Drawn, Sampling
from seeder.writer.units import Unit
from tests.helpers import models
from tests.property.hand_made import (
    ENCOUNTER,
    ORGANISATION,
    PATIENT,
    PROVIDER,
    name,
    options,
    schema,
    table,
)

NOTE = table(
    "clinical_note", "encounter_id bigint, note_text text, remark code?",
    "encounter_id -> encounter",
)  # fmt: skip
NOTES, SHARD = 150, 64
OTHERS = (ORGANISATION, PROVIDER)
SAID = "again today overnight lately often briefly daily weekly maybe slowly".split()


class Echo:
    """A writer whose course is good, and whose other sections are refused."""

    asked: list[list[Unit]]

    def __init__(self) -> None:
        self.asked = []

    def draw(self, asked: Sequence[Unit]) -> Iterator[Drawn]:
        self.asked.append(list(asked))
        for place, unit in enumerate(asked):
            a, b, c, d = (SAID[place // 10**n % 10] for n in range(4))
            good = f"{{Pronoun}} feels better {a} and then {b} or rather {c} than {d}."
            text = good if unit.section == "course" else "The the patient: takes aspirin #;"
            yield Drawn(unit._replace(text=text), -1.0, 9)


def _plan(seed: int = 0, text: str = "model") -> Plan:
    asked = options(NOTES * 3, seed, clinical_note=NOTES)
    asked = asked.model_copy(update={"overrides": Overrides(text=text)})
    return make_plan(schema(PATIENT, ENCOUNTER, NOTE, *OTHERS), asked)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(frozen, "SHARD", SHARD)


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> list[Echo]:
    made: list[Echo] = []

    def opened(folder: Path, sampling: Sampling) -> Echo:
        made.append(Echo())
        return made[-1]

    monkeypatch.setattr(writing.pooling, "opened", opened)
    monkeypatch.setattr(writing.pairs, "read", lambda folder: frozenset())
    return made


def _wanted(plan: Plan, device: str = "cpu") -> writing.Wanted:
    return writing.Wanted(plan, Sampling(), tries=2, device=device)


def _column(world: World, rows: np.ndarray) -> list[str]:
    found: list[str] = Rows(world, name("clinical_note"), rows).cells("note_text").to_pylist()
    return found


def _files() -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(frozen.FOLDER.rglob("*.texts"))}


def test_rows_get_the_texts_that_were_written_for_them(echo: list[Echo]) -> None:
    plan = _plan()
    world = build(plan)
    done: list[writing.Done] = []
    writing.written(_wanted(plan), lambda d, n: done.append(d), world)
    assert len(done) == len(texts.pieces(plan)) == 3
    assert sum(d.model for d in done) > NOTES / 3
    for each in done:
        assert each.reasons["taken"] - each.reasons["untrue of its row"] == each.model
        assert each.reasons.total() > each.reasons["taken"]
    told = _column(world, np.arange(NOTES))
    better = [t for t in told if re.search(r"(?:He|She) feels better \w+ and then", t)]
    assert len(better) == sum(d.model for d in done)
    assert not any("#" in t or "{" in t for t in told)
    # Everything else of them is the grammar's, and facts are the row's.
    plain = _column(build(_plan(text="grammar")), np.arange(NOTES))
    ages = [(re.search(r"\d+[- ](?:year|yo)", a), re.search(r"\d+[- ](?:year|yo)", b))
            for a, b in zip(told, plain, strict=True)]  # fmt: skip
    assert all(a[0] == b[0] for a, b in ages if a and b)
    assert sum(a == b for a, b in zip(told, plain, strict=True)) == NOTES - len(better)


def test_any_slice_gives_the_same_texts(echo: list[Echo]) -> None:
    plan = _plan()
    world = build(plan)
    writing.written(_wanted(plan), lambda d, n: None, world)
    whole = _column(world, np.arange(NOTES))
    rows = np.array([140, 3, 64, 63, 3])
    assert _column(build(plan), rows) == [whole[i] for i in rows]


def test_sections_of_a_length_are_asked_for_together_and_again(echo: list[Echo]) -> None:
    plan = _plan()
    writing.written(_wanted(plan), lambda d, n: None)
    first, second = echo[0].asked
    sizes = [writing.write.length_of(u) for u in first]
    assert sizes == sorted(sizes)
    assert len(second) < len(first)
    assert {u.section for u in second} >= {"impression", "plan"}


def test_an_interrupted_run_goes_on(echo: list[Echo]) -> None:
    plan = _plan()
    world = build(plan)

    def stop(done: writing.Done, files: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writing.written(_wanted(plan), stop, world)
    assert len(_files()) == 1
    with pytest.raises(PlanError, match="2 of 3 files are missing.*from row 64"):
        texts.refuse_missing(world)
    done: list[writing.Done] = []
    writing.written(_wanted(plan), lambda d, n: done.append(d), world)
    assert [d.kept for d in done] == [True, False, False]
    assert done[0].model > 0
    texts.refuse_missing(world)
    whole = _files()
    for each in frozen.FOLDER.rglob("*.texts"):
        each.unlink()
    writing.written(_wanted(plan), lambda d, n: None, world)
    assert _files() == whole


def test_texts_of_other_rows_are_not_taken(echo: list[Echo]) -> None:
    writing.written(_wanted(_plan()), lambda d, n: None)
    other = build(_plan(seed=1))
    with pytest.raises(PlanError, match="3 of 3 files.*for other rows") as found:
        texts.refuse_missing(other)
    assert "seeder text rows" in found.value.hint
    done: list[writing.Done] = []
    writing.written(_wanted(_plan(seed=1)), lambda d, n: done.append(d), other)
    assert [d.kept for d in done] == [False] * 3
    texts.refuse_missing(other)


def test_another_setting_writes_again(echo: list[Echo]) -> None:
    plan = _plan()
    writing.written(_wanted(plan), lambda d, n: None)
    done: list[writing.Done] = []
    writing.written(writing.Wanted(plan, Sampling(temperature=0.7), 2), lambda d, n: done.append(d))
    assert not any(d.kept for d in done)


def test_a_plan_is_made_before_its_texts_are_written() -> None:
    """What is not written yet is reckoned as the grammar's; only a load refuses."""
    world = build(_plan())
    assert _column(world, np.arange(50)) == _column(build(_plan(text="grammar")), np.arange(50))
    with pytest.raises(PlanError, match="not written yet"):
        texts.refuse_missing(world)


def test_a_broken_file_is_refused(echo: list[Echo]) -> None:
    plan = _plan()
    writing.written(_wanted(plan), lambda d, n: None)
    file = frozen.file_of("h.clinical_note.note_text", 1)
    whole = file.read_bytes()
    file.write_bytes(b"nothing")
    with pytest.raises(PoolError, match="not a file of row texts") as found:
        _column(build(plan), np.arange(70))
    assert "seeder text rows" in found.value.hint
    shard = frozen.Shard(("Seen {date}.",), {})
    frozen.write(shard, file)
    with pytest.raises(PoolError, match="texts of 1 rows only"):
        _column(build(plan), np.arange(70))
    pa.OSFile(str(file), "wb").close()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PoolError, match="not a file of row texts"):
        frozen.read(file)
    changed = pa.schema([("text", pa.string())], metadata={"format": frozen.FORMAT, "sha256": "0"})
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, changed) as out:
        out.write_table(pa.table({"text": ["x"]}, schema=changed))
    with pytest.raises(PoolError, match="digest"):
        frozen.read(file)


def test_an_unknown_slot_names_the_nearest(echo: list[Echo]) -> None:
    plan = _plan()
    writing.written(_wanted(plan), lambda d, n: None)
    file = frozen.file_of("h.clinical_note.note_text", 0)
    frozen.write(frozen.Shard(("Seen {dates}.",) * 64, {}), file)
    with pytest.raises(PoolError, match=r"unknown slot \{dates\}") as found:
        _column(build(plan), np.arange(5))
    assert "did you mean {date}?" in found.value.hint


def test_a_full_disk_leaves_what_is_whole(
    echo: list[Echo], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = _plan()
    writing.written(_wanted(plan), lambda d, n: None)
    before = _files()

    def full(*given: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pa.ipc, "new_file", full)
    with pytest.raises(PoolError, match="No space left") as found:
        writing.written(_wanted(_plan(seed=1)), lambda d, n: None)
    assert "goes on" in found.value.hint
    assert _files() == before


def test_an_imported_model_runs_on_the_device_that_is_named(
    echo: list[Echo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Path, str]] = []

    def imported(folder: Path, sampling: Sampling, device: str) -> Echo:
        seen.append((folder, device))
        return Echo()

    monkeypatch.setattr(writing.foreign, "Foreign", imported)
    mine = tmp_path / "qwen"
    mine.mkdir()
    (mine / "model.bin").write_bytes(b"weights")
    (mine / writing.foreign.CARD).write_text("{}")
    plan = _plan(text=f"model:{mine}")
    writing.written(_wanted(plan, device="cuda"), lambda d, n: None)
    assert seen == [(mine, "cuda")] * 3
    assert echo == []


def test_what_takes_too_long_is_refused(echo: list[Echo]) -> None:
    found = writing.cost(_wanted(_plan()))
    assert found.rows == NOTES
    assert found.bodies > NOTES
    assert 0 < found.taken < 1
    assert found.tokens > found.bodies
    writing.refuse_absurd(found, 1e6)
    with pytest.raises(Refused, match="150 rows take about") as said:
        writing.refuse_absurd(found, 0.0)
    assert "--hours" in said.value.hint


def test_a_plan_without_such_texts_costs_nothing() -> None:
    assert writing.cost(_wanted(_plan(text="grammar"))).rows == 0
    texts.refuse_missing(build(_plan(text="grammar")))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no model in that folder"):
        _plan(text=f"model:{tmp_path}")


def test_models_write_english_only() -> None:
    asked = options(3000).model_copy(update={"overrides": Overrides(text="model")})
    plan = make_plan(
        schema(PATIENT, ENCOUNTER, NOTE, *OTHERS),
        asked.model_copy(update={"locale": "de_DE"}),
    )
    texts_of = plan.tables["h.clinical_note"].columns["note_text"]
    assert texts_of.params["text"] == "grammar"
    assert texts.columns(plan) == []


def test_the_command_says_what_it_takes_writes_and_goes_on(
    echo: list[Echo], tmp_path: Path
) -> None:
    plan_file.write(_plan(), tmp_path / "seeder-plan.yaml")

    def run(*given: str) -> tuple[dict[str, object], str]:
        done = CliRunner().invoke(
            command, ["rows", "--workers", "1", "--format", "json", *given], standalone_mode=False
        )
        assert done.exception is None, done.exception
        found: dict[str, object] = json.loads(done.stdout)
        return found, done.stderr

    dry, said = run("--dry-run")
    assert "tokens" in str(dry["cost"])
    assert "measured now" in said
    assert not frozen.FOLDER.exists()
    first, _ = run()
    assert (first["files"], first["kept"]) == (3, 0)
    assert first["refused"]
    again, _ = run()
    assert (again["files"], again["kept"], again["model"]) == (3, 3, first["model"])
    done = CliRunner().invoke(command, ["rows", "--hours", "0"], standalone_mode=False)
    assert isinstance(done.exception, Refused)
    plan_file.write(_plan(text="grammar"), tmp_path / "other.yaml")
    done = CliRunner().invoke(command, ["rows", "other.yaml"], standalone_mode=False)
    assert "no column of this plan" in str(done.exception)


@pytest.mark.slow
def test_the_packages_model_writes_the_same_files_in_any_number_of_processes(
    tmp_path: Path,
) -> None:
    pytest.importorskip("ctranslate2", reason="needs the extra text")
    pytest.importorskip("sentencepiece", reason="needs the extra text")
    asked = options(600, clinical_note=100)
    asked = asked.model_copy(update={"overrides": Overrides(text="model")})
    plan = make_plan(schema(PATIENT, ENCOUNTER, NOTE, *OTHERS), asked)
    kept: list[dict[str, bytes]] = []
    counts: Counter[str] = Counter()
    for workers in (1, 2):
        wanted = writing.Wanted(plan, Sampling(), tries=1, workers=workers)
        writing.written(wanted, lambda d, n: counts.update(model=d.model))
        kept.append(_files())
        for each in frozen.FOLDER.rglob("*.texts"):
            each.unlink()
    assert kept[0] == kept[1]
    assert counts["model"] > 20


def test_a_tokenizer_that_is_missing_is_named(tmp_path: Path) -> None:
    pytest.importorskip("ctranslate2", reason="needs the extra text")
    pytest.importorskip("sentencepiece", reason="needs the extra text")
    (tmp_path / "model.bin").write_bytes(b"nothing")
    plan = _plan(text=f"model:{tmp_path}")
    with pytest.raises(SeederError, match="no tokenizer"):
        writing.cost(_wanted(plan))
    assert sample.Model is not None


def test_rows_are_written_by_a_model_that_was_tuned(tmp_path: Path) -> None:
    for library in ("torch", "transformers", "ctranslate2"):
        pytest.importorskip(library, reason="needs the extra import")
    source = models.random_model(tmp_path / "source", "llama")
    foreign.take(source, tmp_path / "tuned", "int8", "tuned")
    plan = _plan(text=f"model:{tmp_path / 'tuned'}")
    world = build(plan)
    done: list[writing.Done] = []
    wanted = writing.Wanted(plan, Sampling(longest=10), tries=1)
    assert writing.cost(wanted, world).tokens > 0
    writing.written(wanted, lambda d, n: done.append(d), world)
    assert len(done) == 3
    assert all(d.tokens > 0 for d in done)
    # Nothing of random weights is taken: the texts are the grammar's.
    assert sum(d.model for d in done) == 0
    texts.refuse_missing(world)
    assert _column(world, np.arange(9)) == _column(build(_plan(text="grammar")), np.arange(9))
    first = _files()
    for each in frozen.FOLDER.rglob("*.texts"):
        each.unlink()
    writing.written(wanted, lambda d, n: None, world)
    assert _files() == first
    asked = [a.unit for k, at, d in texts.drafts(world, texts.pieces(plan)[0])
             for a in writing._asked(d, k, at)]  # fmt: skip
    assert {u.tone for u in asked} == {"section", "visit"}
