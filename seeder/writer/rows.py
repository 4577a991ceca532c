"""Texts of rows by a model: each section of each row is asked for, judged like a body of a pool,
and frozen by file before the load.

A file is one process's work: a fresh generator, a seed of its own, one batch size, one order. So
the same model, library and kind of machine write the same file, whoever writes which, and a run
that was interrupted goes on with the files that are missing.
"""

from __future__ import annotations

import hashlib
import itertools
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from seeder.errors import Refused
from seeder.generate.world import World, build
from seeder.load import texts
from seeder.load.texts import Piece
from seeder.plan import inputs
from seeder.plan.model import Plan
from seeder.text import frozen, tags
from seeder.text.book import Page
from seeder.text.fill import Draft
from seeder.text.pool import Body
from seeder.writer import foreign, pairs, pooling, sample, write
from seeder.writer.guide import Guide
from seeder.writer.judge import Judge, sections
from seeder.writer.sample import Drawn, Sampling
from seeder.writer.units import ANY, Unit

_TRIED = 96  # sections that tell how fast the model writes here
_LIBRARIES = ("ctranslate2", "transformers")


@dataclass(frozen=True)
class Wanted:
    """A plan's texts, how often a section is tried, in how many processes; the device of an
    imported model: the package's is small, and runs on the CPU."""

    plan: Plan
    sampling: Sampling
    tries: int = 4
    workers: int = 1
    notes: Path | None = None
    device: str = "cpu"


class Writer(Protocol):
    """What writes: our own model, or a user's."""

    def draw(self, asked: Sequence[Unit]) -> Iterator[Drawn]: ...


class Ask(NamedTuple):
    """A section of a row that the model is asked for, and the tags that it must be true of."""

    row: int
    part: int
    tags: int
    unit: Unit


@dataclass(frozen=True)
class Cost:
    """What texts take: measured on a few sections, reckoned for all."""

    rows: int
    bodies: int
    tokens: int
    rate: float  # tokens a second, of one process
    taken: float  # the share of what is written that is taken
    seconds: float


@dataclass(frozen=True)
class Done:
    """What a file took. ``model`` and ``grammar``: bodies by whom."""

    piece: Piece
    model: int
    grammar: int
    tokens: int
    seconds: float
    reasons: Counter[str]
    kept: bool = False


def _asked(draft: Draft, kind: str, rows: Any) -> Iterator[Ask]:
    """The sections of a draft that a model can write."""
    for at, row in enumerate(rows.tolist()):
        page = draft.pages[int(draft.page[at])]
        row_tags = int(draft.tags[at])
        for part, (_, move) in enumerate(page.layout.parts):
            if move in frozen.SECTIONS and move in sections(page.layout.register):
                unit = Unit(
                    kind, move, ANY, _band(row_tags), page.layout.register, write.TONES[row % 2], ""
                )  # fmt: skip
                yield Ask(row, part, row_tags, unit)


def _band(row_tags: int) -> str:
    named = (b for b in ("infant", "child", "elder") if row_tags & tags.bit(b))
    return next(named, "adult")


def _fits(ask: Ask, body: Body) -> bool:
    """Whether a body may be said of the row."""
    need, forbid = tags.masks(body.when)
    return ask.tags & need == need and not ask.tags & forbid


def _written(
    asks: Sequence[Ask], writer: Writer, judge: Judge, tries: int
) -> tuple[dict[tuple[int, int], str], int]:
    """The bodies by row and part, and the tokens that they took. Sections of a length are asked for
    together; what is refused is asked for again."""
    order = sorted(asks, key=lambda a: (write.length_of(a.unit), a.row, a.part))
    waiting: dict[Unit, list[Ask]] = {}
    for ask in order:
        waiting.setdefault(ask.unit, []).append(ask)
    found: dict[tuple[int, int], str] = {}
    tokens = 0
    for _ in range(tries):
        todo = [a.unit for a in order if (a.row, a.part) not in found]
        for drawn in writer.draw(todo):
            tokens += drawn.tokens
            body = judge.body(drawn.unit, drawn.score)
            if body is None:
                continue
            # Whichever row that asked for the like it is true of.
            here = waiting[drawn.unit._replace(text="")]
            place = next((n for n, a in enumerate(here) if _fits(a, body)), None)
            if place is None:
                judge.reasons["untrue of its row"] += 1
            else:
                ask = here.pop(place)
                found[ask.row, ask.part] = body.body
    return found, tokens


def _whole(draft: Draft, at: int, page: Page, own: dict[int, str]) -> str:
    """A row's slotted text: the model's bodies, and the grammar's where there is none."""
    parts = []
    for part, (literal, _) in enumerate(page.layout.parts):
        given = draft.source.text(int(draft.bodies[at, part]))
        parts.append(literal + own[part] if part in own else given)
    return "".join(parts) + page.layout.tail


def _shard(world: World, piece: Piece, wanted: Wanted, writer_key: str) -> Done:
    """Write a file, or keep the one that is there for the same rows by the same writer."""
    began = time.monotonic()
    given = texts.drafts(world, piece)
    rows = texts.digest(given)
    file = frozen.file_of(piece.place, piece.number)
    if file.is_file():
        about = frozen.read(file).about
        if (about.get("rows"), about.get("writer")) == (rows, writer_key):
            return Done(piece, int(about["model"]), int(about["grammar"]), 0, 0.0, Counter(), True)
    folder = _folder(world.plan, piece)
    # A seed of the file: its rows and its place, so that no two files begin alike.
    sampling = wanted.sampling.of(piece.place, piece.number, rows)
    asks = [a for kind, at, draft in given for a in _asked(draft, kind, at)]
    judge = _judge(folder, wanted.notes)
    found, tokens = _written(asks, _opened(folder, sampling, wanted.device), judge, wanted.tries)
    made = _texts(piece, given, found)
    counts = {"model": len(found), "grammar": _parts(given) - len(found)}
    about = {"rows": rows, "writer": writer_key, **{k: str(v) for k, v in counts.items()}}
    frozen.write(frozen.Shard(tuple(made), about), file)
    spent = time.monotonic() - began
    return Done(piece, counts["model"], counts["grammar"], tokens, spent, judge.reasons)


def _texts(
    piece: Piece, given: list[tuple[str, Any, Draft]], found: dict[tuple[int, int], str]
) -> list[str]:
    """The texts of a file's rows in order; '' for rows that no model writes."""
    own: dict[int, dict[int, str]] = {}
    for (row, part), body in found.items():
        own.setdefault(row, {})[part] = body
    made = [""] * (piece.stop - piece.start)
    for _, rows, draft in given:
        for at, row in enumerate(rows.tolist()):
            page = draft.pages[int(draft.page[at])]
            made[row] = _whole(draft, at, page, own.get(row, {}))
    return made


def _parts(given: list[tuple[str, Any, Draft]]) -> int:
    return sum(
        len(draft.pages[int(page)].layout.parts) for _, _, draft in given for page in draft.page
    )


class Guided:
    """Our own model, guided by the runs of words that people wrote. Not every text gets to its
    end; each draw is a function of the seed and of its number."""

    def __init__(self, model: sample.Model, runs: frozenset[int]) -> None:
        self.model, self.guide = model, Guide(model.pieces, runs)
        self._numbers = itertools.count()

    def draw(self, asked: Sequence[Unit]) -> Iterator[Drawn]:
        return self.model.guided(asked, self.guide, next(self._numbers))


def _opened(folder: Path, sampling: Sampling, device: str) -> Writer:
    if device != "cpu" and (folder / foreign.CARD).is_file():
        return foreign.Foreign(folder, sampling, device)
    writer, runs = pooling.opened(folder, sampling), pairs.read(folder)
    return Guided(writer, runs) if runs and isinstance(writer, sample.Model) else writer


def _judge(folder: Path, notes: Path | None) -> Judge:
    runs = write.runs(notes) if notes else frozenset()
    return Judge(runs, pairs.read(folder) or pairs.read(pooling.shipped()))


def _folder(plan: Plan, piece: Piece) -> Path:
    named = str(plan.tables[piece.table].columns[piece.column].params["text"])
    return frozen.folder_of(named) or pooling.shipped()


def _key(wanted: Wanted, folder: Path) -> str:
    """By whom texts are written: model, settings, libraries."""
    found = [write.digest_of(folder), str(sorted(asdict(wanted.sampling).items()))]
    found += [str(wanted.tries), "notes" if wanted.notes else "", wanted.device]
    found += [f"{name} {_version(name)}" for name in _LIBRARIES]
    return hashlib.sha256("\xff".join(found).encode()).hexdigest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "-"


def cost(wanted: Wanted, world: World | None = None) -> Cost:
    """What all texts take, by a few sections that are written now."""
    world = world or build(wanted.plan, inputs.opened(wanted.plan))
    todo = texts.pieces(wanted.plan)
    if not todo:
        return Cost(0, 0, 0, 0.0, 0.0, 0.0)
    rows = sum(p.stop - p.start for p in todo)
    bodies, tried = 0.0, list[tuple[Path, Ask]]()
    for place in dict.fromkeys(p.place for p in todo):
        mine = [p for p in todo if p.place == place]
        given = texts.drafts(world, mine[0])
        asks = [a for kind, at, draft in given for a in _asked(draft, kind, at)]
        each = len(asks) / max(mine[0].stop - mine[0].start, 1)
        bodies += each * sum(p.stop - p.start for p in mine)
        folder = _folder(wanted.plan, mine[0])
        tried += [(folder, a) for a in asks[:: max(len(asks) // _TRIED, 1)][:_TRIED]]
    if not tried:
        return Cost(rows, 0, 0, 0.0, 0.0, 0.0)
    taken, tokens, spent = _measured(wanted, tried)
    # Asked again and again, a section is written so often on the average.
    times = sum((1 - taken) ** n for n in range(wanted.tries))
    all_tokens = int(bodies * times * tokens / len(tried))
    rate = tokens / spent
    # A file is one process's work.
    seconds = all_tokens / rate / max(min(wanted.workers, len(todo)), 1)
    return Cost(rows, int(bodies), all_tokens, rate, taken, seconds)


def _measured(wanted: Wanted, tried: list[tuple[Path, Ask]]) -> tuple[float, int, float]:
    """The share that is taken, tokens and seconds of some sections that are written now."""
    taken = tokens = 0
    spent = 0.0
    for folder in dict.fromkeys(f for f, _ in tried):
        asks = [a for f, a in tried if f == folder]
        writer = _opened(folder, wanted.sampling, wanted.device)
        judge = _judge(folder, None)
        began = time.monotonic()
        found, written = _written(asks, writer, judge, 1)
        spent += time.monotonic() - began
        taken, tokens = taken + len(found), tokens + written
    return taken / len(tried), max(tokens, 1), max(spent, 1e-3)


def refuse_absurd(found: Cost, hours: float) -> None:
    """Raise Refused where the texts take longer than is agreed to."""
    if found.seconds > hours * 3600:
        raise Refused(
            f"{found.rows:,} rows take about {found.seconds / 3600:,.0f} hours of this model: "
            f"{found.tokens:,} tokens at {found.rate:,.0f} a second",
            "text: pool or grammar fills them in seconds; --hours agrees to more",
        )


_world: list[World] = []


def _begin(plan: Plan) -> None:
    """In a process of its own: the plan compiled once for all its files."""
    _world.append(build(plan, inputs.opened(plan)))


def _one(piece: Piece, wanted: Wanted, key: str) -> Done:
    return _shard(_world[0], piece, wanted, key)


def written(wanted: Wanted, told: Callable[[Done, int], None], world: World | None = None) -> None:
    """Write the files that are missing; ``told`` hears of each, and of how many there are."""
    todo = texts.pieces(wanted.plan)
    keys = {str(f): _key(wanted, f) for f in {_folder(wanted.plan, p) for p in todo}}
    jobs = [(p, keys[str(_folder(wanted.plan, p))]) for p in todo]
    if wanted.workers <= 1:
        world = world or build(wanted.plan, inputs.opened(wanted.plan))
        for piece, key in jobs:
            told(_shard(world, piece, wanted, key), len(jobs))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(wanted.workers, context, _begin, (wanted.plan,)) as pool:
        running = [pool.submit(_one, piece, wanted, key) for piece, key in jobs]
        try:
            for each in as_completed(running):
                told(each.result(), len(jobs))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
