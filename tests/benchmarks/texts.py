"""Texts: a hospital with a note of some 600 characters on every encounter; filling alone."""

from __future__ import annotations

import json
import subprocess
import sys

import psycopg

import seeder_hospital
from seeder.plan.overrides import Overrides
from tests.benchmarks.bench import Bench, execute, plan_for
from tests.benchmarks.figure import Figure, faster, figure, rate
from tests.benchmarks.hospital import WORKERS, raced
from tests.benchmarks.replay import render

ROWS = 1_000_000
_TARGET = 0.75
_NOTES, _FILL = 1_000_000, 5.0
_FLAT = 1.10
_NOTE = "ALTER TABLE hospital.encounter ADD COLUMN note_text text NOT NULL"

# Seconds of a thread's CPU for the clinical state of so many notes, and for their texts; characters
# and the peak of memory beside them. In a process of its own, so that nothing else counts.
_JOB = """
import json, resource, sys, time
import numpy as np
import pyarrow.compute as pc
from seeder.generate import stream
from seeder.text import fill
from tests.helpers.stories import story

notes, kind = int(sys.argv[1]), sys.argv[2]
seed, step = stream.key(0, "text"), 1 << 16
state_seconds = text_seconds = characters = 0.0
fill.write(kind, story(step), seed)
for low in range(0, notes, step):
    began = time.process_time()
    state = story(min(step, notes - low), first=low)
    middle = time.process_time()
    texts = fill.write(kind, state, seed)
    text_seconds += time.process_time() - middle
    state_seconds += middle - began
    characters += pc.sum(pc.utf8_length(texts)).as_py()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([state_seconds, text_seconds, characters / notes, peak]))
"""


def texts(bench: Bench) -> list[Figure]:
    """Notes of 600 characters end to end, and filled without a database."""
    return [*_loaded(bench), *_filled(bench)]


def _loaded(bench: Bench) -> list[Figure]:
    with bench.database() as url:
        seeder_hospital.migrate(url)
        execute(url, _NOTE)
        plan, adapter = plan_for(url, bench.rows(ROWS), overrides=Overrides(text="grammar"))
        notes = plan.tables["hospital.encounter"].rows
        bench.say(f"texts: rendering {plan.rows:,} rows, {notes:,} of them with a note")
        rendered = render(plan, adapter, bench.folder / "texts")

        seconds = raced(bench, url, plan, adapter, rendered)
        with psycopg.connect(url) as session:
            (wide,) = session.execute(
                "SELECT avg(length(note_text)) FROM hospital.encounter"
            ).fetchone() or (0,)
    to = f"COPY of the same bytes, same rebuild, {WORKERS} connections"
    return [
        faster("texts: whole load", seconds["ours"], seconds["raw"], to, _TARGET,
               f"a note of {float(wide):.0f} characters on each of {notes:,} encounters"),
        rate("texts: ours", plan.rows, seconds["ours"]),
        rate("texts: bytes rendered before", plan.rows, seconds["raw"]),
    ]  # fmt: skip


def _filled(bench: Bench) -> list[Figure]:
    notes = bench.rows(_NOTES)
    bench.say(f"texts: filling {notes:,} notes")
    runs = [_job(notes) for _ in range(1 if bench.quick else 3)]
    small = _job(notes // 4)
    each = _NOTES / notes
    wide = runs[0][2]
    return [
        figure("texts: filling", "s", [r[1] * each for r in runs], target=_FILL, better="lower",
               note=f"1 M progress notes of {wide:.0f} characters, one core, slots included"),
        figure("texts: clinical state", "s", [r[0] * each for r in runs],
               note="made by hand for the notes, not the patients' story"),
        figure("texts: memory", "ratio", [runs[0][3] / small[3]], target=_FLAT, better="lower",
               ratio_to="the peak of a quarter of the notes", note=f"{runs[0][3]:.0f} MB"),
    ]  # fmt: skip


def _job(notes: int) -> list[float]:
    command = [sys.executable, "-c", _JOB, str(notes), "progress_note"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: list[float] = json.loads(done.stdout)
    return found
