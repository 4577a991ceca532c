"""`seeder text`: train a small model, write pools of bodies with it, take a model of your own."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from seeder.cli import options, output
from seeder.errors import UsageError

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group()
def text() -> None:
    """Bodies of texts: train a model, write a pool with it, import a model of your own.

    Training needs the extra `train`, writing the extra `text`. Nothing is downloaded.
    """


_SAMPLED = (
    click.option(
        "--notes",
        type=_FOLDER,
        default=None,
        help="Open notes of which no text may repeat eight words in a row.",
    ),
    click.option("--seed", type=int, default=1, show_default=True, help="Seed of the sampling."),
    click.option(
        "--temperature",
        type=click.FloatRange(0.05, 2.0),
        default=1.0,
        show_default=True,
        help="How boldly words are chosen; below 1 more alike, and more often taken.",
    ),
    click.option(
        "--batch",
        type=click.IntRange(1, 256),
        default=64,
        show_default=True,
        help="Texts that are written at once; another number, other texts.",
    ),
)


def _sampled(command: Callable[..., int]) -> Callable[..., int]:
    """The options of a command that asks a model for texts."""
    for option in reversed(_SAMPLED):
        command = option(command)
    return command


@text.command()
@click.option("--notes", type=_FOLDER, required=True, help="Folder of open notes, *.jsonl.")
@click.option(
    "--base",
    type=_FOLDER,
    default=None,
    help="Tune the model of this Hugging Face directory, in place of one from scratch.",
)
@click.option(
    "--out",
    type=_FOLDER,
    default=Path("text-training"),
    show_default=True,
    help="Folder of checkpoints and log; a training that is there goes on.",
)
@click.option(
    "--model",
    "model",
    type=_FOLDER,
    default=Path("text-model"),
    show_default=True,
    help="Where the finished model is written.",
)
@click.option("--seed", type=int, default=None, help="Seed of the training.  [default: 1]")
@click.option("--epochs", type=click.IntRange(1), default=None,
              help="[default: 8; 3 with --base]")  # fmt: skip
@click.option("--width", type=click.IntRange(32), default=None, help="[default: 256]")
@click.option("--layers", type=click.IntRange(1), default=None, help="[default: 6]")
@click.option("--heads", type=click.IntRange(1), default=None, help="[default: 4]")
@click.option("--inner", type=click.IntRange(32), default=None, help="[default: 704]")
@click.option("--frozen", type=click.IntRange(0), default=None,
              help="Lowest layers of the base that stay as they are, to save memory and time.  "
              "[default: 0]")  # fmt: skip
@click.option("--batch", type=click.IntRange(1), default=None,
              help="Rows a step.  [default: 16; 12 with --base]")  # fmt: skip
@click.option("--rate", type=click.FloatRange(0, min_open=True), default=None,
              help="Learning rate.  [default: 0.002; 0.0004 with --base]")  # fmt: skip
@click.option("--minutes", type=float, default=None, help="Stop then, with a checkpoint.")
@click.option("--device", default="", help="cpu or cuda; default cuda where there is one.")
@options.format_option
def train(base: Path | None, model: Path, out: Path, form: str, minutes: float | None,
          **given: Any) -> int:  # fmt: skip
    """Train a model on the grammar and a folder of open notes, from scratch or a checkpoint.

    With --base, a pretrained model of a local directory is tuned on them; it needs the extra
    `import`. Each line of a notes file has `text`, `kind`, and `meta.split`; documents of test
    splits are held out. The same command trains on a CPU and on a GPU.

    \b
    Example:
      seeder text train --notes corpora --minutes 60
      seeder text train --base ~/models/SmolLM2-135M --notes corpora --model tuned
    """
    from seeder.writer import training_log

    log = training_log.Log(out, _line(form))
    given |= {"out": out, "told": log.line, "minutes": minutes}
    done = _train(model, **given) if base is None else _tune(base, model, **given)
    if not done:
        output.note(f"stopped; the same command goes on from {out}")
    if form == "json":
        output.data({"finished": done, "model": str(model), "training": str(out)})
    else:
        output.out.print(f"{model}: the model{'' if done else ', as far as it is trained'}")
    return 0


def _train(model: Path, *, notes: Path, out: Path, device: str, told: Any, minutes: float | None,
           **given: Any) -> bool:  # fmt: skip
    """Train from scratch, and convert what there is."""
    from seeder.writer import convert, train

    if given.pop("frozen") is not None:
        raise UsageError("--frozen: a model from scratch learns in all its layers",
                         "leave --frozen out, or name a --base")  # fmt: skip
    settings = train.Settings(**{k: v for k, v in given.items() if v is not None})
    if settings.width % (2 * settings.heads):
        raise UsageError(f"--width {settings.width} is no multiple of twice --heads")
    done = train.train(notes, out, settings, told=told, minutes=minutes, device=device)
    convert.convert(out, model)
    return done


def _tune(base: Path, model: Path, *, notes: Path, out: Path, device: str, told: Any,
          minutes: float | None, **given: Any) -> bool:  # fmt: skip
    """Tune a base, and convert what it has become."""
    from seeder.writer import foreign, tune

    asked = {k: v for k, v in given.items() if v is not None}
    shape = next((k for k in ("width", "layers", "heads", "inner") if k in asked), None)
    if shape:
        raise UsageError(f"--{shape}: a model that is tuned has the shape of its base",
                         f"leave --{shape} out, or --base")  # fmt: skip
    settings = tune.Settings(**asked)
    done = tune.tune(base, notes, out, settings, told=told, minutes=minutes, device=device)
    foreign.take(out / tune.FOLDER, model, "int8")
    return done


def _line(form: str) -> Callable[[dict[str, Any]], None]:
    if form == "json":
        return lambda line: None
    return lambda line: output.note("  ".join(f"{k} {v}" for k, v in line.items()))


@text.command()
@click.argument("file", metavar="POOL", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--model",
    "folder",
    type=_FOLDER,
    default=None,
    help="Folder of the model; default the one of the package.",
)
@click.option(
    "--bodies",
    type=click.IntRange(1),
    default=40_000,
    show_default=True,
    help="How many bodies the pool is to have.",
)
@click.option("--grow", is_flag=True, help="Go on with a pool that is there.")
@click.option("--minutes", type=float, default=None, help="Stop then, with what there is.")
@_sampled
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Processes that write; the pool is the same with any number.",
)
@options.format_option
def pool(file: Path, folder: Path | None, bodies: int, grow: bool, minutes: float | None,
         notes: Path | None, seed: int, temperature: float, batch: int, workers: int,
         form: str) -> int:  # fmt: skip
    """Write a pool of bodies with a model; each is judged before it enters.

    Without --minutes the same model, seed and batch write the same pool. The old file stays until
    the new one is whole.

    \b
    Example:
      seeder text pool my.pool --bodies 10000
      seeder text pool my.pool --grow --minutes 30 --model my-model
    """
    from seeder.writer import pooling
    from seeder.writer.sample import Sampling

    if file.exists() and not grow:
        raise UsageError(f"{file} is there already", "--grow goes on with it; or name another file")
    if grow and not file.exists():
        raise UsageError(f"{file}: there is no pool to grow", "leave --grow out")
    asked = pooling.Wanted(file, folder, bodies, minutes, notes,
                           Sampling(seed=seed, temperature=temperature, batch=batch),
                           workers)  # fmt: skip
    columns = (
        BarColumn(),
        TextColumn("{task.completed}/{task.total} bodies"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=output.err, transient=True) as bar:
        task = bar.add_task("pool", total=bodies, rate="")

        def told(at: Any) -> None:
            rate = f"{at.tokens / max(at.seconds, 0.001):,.0f} tokens/s"
            bar.update(task, completed=at.bodies, rate=rate)

        found = pooling.written(asked, told)
    if form == "json":
        output.data(found)
    else:
        output.out.print(f"{file}: {found['bodies']:,} bodies, SHA-256 {found['sha256']}")
        output.note("not taken: " + ", ".join(f"{k} {v:,}" for k, v in found["refused"].items()))
    return 0


@text.command()
@options.plan_argument
@click.option(
    "--hours",
    type=click.FloatRange(0),
    default=12.0,
    show_default=True,
    help="Refuse what takes longer.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=options.WORKERS,
    show_default=True,
    help="Processes, each with a model.",
)
@click.option(
    "--tries",
    type=click.IntRange(1, 32),
    default=4,
    show_default=True,
    help="How often a section that is refused is asked for; then the grammar writes it.",
)
@_sampled
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda", "auto"]),
    default="cpu",
    show_default=True,
    help="Where an imported model runs; the package's own runs on the CPU.",
)
@click.option("--dry-run", is_flag=True, help="Say what it takes, write nothing.")
@options.format_option
def rows(plan_file: Path | None, hours: float, workers: int, tries: int, seed: int,
         temperature: float, batch: int, notes: Path | None, device: str, dry_run: bool,
         form: str) -> int:  # fmt: skip
    """Write the texts of a plan's rows where `text: model` asks for it, before the load.

    Each section of each row is asked for and judged; files of 1,024 rows go to seeder-texts/, and
    an interrupted run goes on. Small loads and fast machines only.

    \b
    Example:
      seeder text rows seeder-plan.yaml --dry-run
      seeder text rows seeder-plan.yaml --workers 2
    """
    from seeder.plan.file import DEFAULT, read
    from seeder.writer import rows as writing
    from seeder.writer.sample import Sampling

    sampling = Sampling(seed=seed, temperature=temperature, batch=batch)
    plan = read(plan_file or DEFAULT)
    wanted = writing.Wanted(plan, sampling, tries, workers, notes, device)
    cost = writing.cost(wanted)
    if not cost.rows:
        raise UsageError("no column of this plan is written by a model", "text: model asks for it")
    output.note(
        f"{cost.rows:,} rows, {cost.bodies:,} sections, {cost.tokens:,} tokens at "
        f"{cost.rate:,.0f} a second (measured now, {cost.taken:.0%} taken): "
        f"about {output.lasting(cost.seconds)} with {workers} worker{'s' if workers > 1 else ''}"
    )
    found: dict[str, Any] = {"cost": asdict(cost)}
    if not dry_run:
        writing.refuse_absurd(cost, hours)
        found |= _write_rows(wanted)
    if form == "json":
        output.data(found)
    elif not dry_run:
        output.out.print(
            f"{found['files']:,} files, {found['kept']:,} of them there before; "
            f"{found['model']:,} sections by the model, {found['grammar']:,} by the grammar"
        )
        refused = sorted(found["refused"].items(), key=lambda item: -item[1])
        if refused:
            output.note("not taken: " + ", ".join(f"{k} {v:,}" for k, v in refused))
    return 0


def _write_rows(wanted: Any) -> dict[str, Any]:
    """Write with a progress bar, and say what was written by whom."""
    from seeder.writer import rows as writing

    found: dict[str, Any] = {"files": 0, "kept": 0, "model": 0, "grammar": 0, "tokens": 0}
    reasons: Counter[str] = Counter()
    began = time.monotonic()
    columns = (
        BarColumn(),
        TextColumn("{task.completed}/{task.total} files"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=output.err, transient=True) as bar:
        task = bar.add_task("rows", total=None, rate="")

        def told(done: writing.Done, files: int) -> None:
            for name in ("model", "grammar", "tokens"):
                found[name] += getattr(done, name)
            found["files"] += 1
            found["kept"] += done.kept
            reasons.update(done.reasons)
            rate = f"{found['tokens'] / max(time.monotonic() - began, 1e-3):,.0f} tokens/s"
            bar.update(task, completed=found["files"], total=files, rate=rate)

        writing.written(wanted, told)
    seconds = time.monotonic() - began
    refused = {k: v for k, v in reasons.items() if k not in ("taken", "abbreviated")}
    return {**found, "seconds": round(seconds, 1), "refused": refused}


@text.command("import")
@click.argument("path", type=_FOLDER)
@click.option(
    "--out",
    type=_FOLDER,
    default=Path("text-model"),
    show_default=True,
    help="Where the converted model is written.",
)
@click.option(
    "--quantization",
    default="int8",
    show_default=True,
    type=click.Choice(["int8", "int8_float16", "int16", "float16", "bfloat16", "float32"]),
    help="How the weights are stored: fewer bits are smaller and faster on a CPU.",
)
@click.option(
    "--style",
    type=click.Choice(["auto", "base", "chat", "tuned"]),
    default="auto",
    show_default=True,
    help="How it is asked: auto is tuned where seeder tuned it, else chat where it has a template.",
)
@options.format_option
def import_(path: Path, out: Path, quantization: str, style: str, form: str) -> int:
    """Convert a local Hugging Face directory, to write pools with it.

    \b
    Example:
      seeder text import ~/models/Qwen2.5-1.5B-Instruct --out qwen
      seeder text pool my.pool --model qwen --minutes 60
    """
    from seeder.writer import foreign

    found = foreign.take(path, out, quantization, style)
    if form == "json":
        output.data(found)
    else:
        output.out.print(
            f"{out}: {found['architecture']}, {found['quantization']}, asked as {found['style']}"
        )
    return 0
