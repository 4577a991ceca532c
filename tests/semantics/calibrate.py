"""How far a reading is to be trusted, learned from schemas that the catalogue had not seen.

``firstsight.csv`` holds what the catalogue read in each schema when it first met it: before any of
the schema's errors had been seen. ``python -m tests.semantics.calibrate`` leaves one schema out at
a time, fits the points of each mark (logistic regression with a ridge, by Newton's method) to the
others, and prints how far the chances come true. ``--write`` fits all and writes ``trust.csv``.
``--see SCHEMA`` adds a schema that has just been labelled, before anything is mended for it.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

import seeder.semantics.catalogue
from seeder.schema import Column, Name
from seeder.semantics.roles import role_of, table_words
from seeder.semantics.trust import CONFIDENT, marks, percent
from tests.semantics.labelled import labelled_schemas, schema_of
from tests.semantics.score import answers, joined_schema, mapping

_HERE = Path(__file__).parent
_OUT = Path(seeder.semantics.catalogue.__file__).parent / "trust.csv"
RIDGE = 3.0
_RIDGES = (1.0, 3.0, 10.0)  # tried where the ridge is chosen without the schema that is left out
_WRONG = 0.016  # confidently wrong where the threshold is chosen, so that elsewhere it is under 2 %


@dataclass(frozen=True, slots=True)
class Sight:
    """A reading at first sight: its marks, and whether a label says the same."""

    schema: str
    marks: tuple[str, ...]
    right: bool


@dataclass(frozen=True, slots=True)
class _Told:
    meaning: str
    score: float
    why: str
    runner_up: str


def sights() -> list[Sight]:
    labels, columns, words = {}, dict[tuple[str, str, str], Column](), {}
    for labelled in labelled_schemas():
        schema = schema_of(labelled)
        for c in labelled.columns:
            key = (labelled.name, c.table, c.column)
            table = schema[Name(c.namespace, c.table)]
            labels[key], columns[key] = c.labels, table.column(c.column)
            words[key] = table_words(table)
    with (_HERE / "firstsight.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        key = (row["schema"], row["table"], row["column"])
        told = _Told(row["meaning"], float(row["score"]), row["why"], row["runner_up"])
        seen = marks(told, columns[key], words[key], row["role"], row["implied"] == "yes")
        found.append(Sight(row["schema"], seen, mapping()[row["meaning"]] in labels[key]))
    return found


def fit(found: Sequence[Sight], ridge: float = RIDGE) -> dict[str, int]:
    """Points of each mark, and of 'base'."""
    alike = Counter((s.marks, s.right) for s in found)
    names = sorted({m for marked, _ in alike for m in marked})
    x = _matrix([marked for marked, _ in alike], names)
    y = np.array([right for _, right in alike], float)
    times = np.array(list(alike.values()), float)
    keep = np.full(x.shape[1], ridge)
    keep[-1] = 0.0
    weights = np.zeros(x.shape[1])
    for _ in range(9):  # Newton has long arrived
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (times * (y - p)) - keep * weights
        curve = (x.T * (times * p * (1 - p))) @ x + np.diag(keep + 1e-9)
        weights += np.linalg.solve(curve, slope)
    return dict(zip([*names, "base"], (round(100 * float(w)) for w in weights), strict=True))


def _matrix(rows: Sequence[Sequence[str]], names: Sequence[str]) -> npt.NDArray[np.float64]:
    at = {name: i for i, name in enumerate(names)}
    x = np.zeros((len(rows), len(names) + 1))
    x[:, -1] = 1
    for row, marked in enumerate(rows):
        for mark in marked:
            x[row, at[mark]] += 1
    return x


def left_out(found: Sequence[Sight], ridge: float = RIDGE) -> list[tuple[Sight, int]]:
    """Each reading with its chance, by points fitted to all other schemas."""
    result = []
    for schema in sorted({s.schema for s in found}):
        points = fit([s for s in found if s.schema != schema], ridge)
        result += [(s, percent(s.marks, points)) for s in found if s.schema == schema]
    return result


def nested(found: Sequence[Sight]) -> list[tuple[Sight, bool]]:
    """Whether each reading is confident, with the ridge and the threshold chosen on the other
    schemas too: the least ridge loss, and the lowest chance with at most 1.6 % wrong."""
    result = []
    for schema in sorted({s.schema for s in found}):
        rest = [s for s in found if s.schema != schema]
        tried = {r: left_out(rest, r) for r in _RIDGES}
        ridge = min(tried, key=lambda r: (_loss(tried[r]), r))
        points, least = fit(rest, ridge), threshold(tried[ridge])
        result += [(s, percent(s.marks, points) >= least) for s in found if s.schema == schema]
    return result


def threshold(judged: Sequence[tuple[Sight, int]]) -> int:
    """The lowest chance from which at most 1.6 % of all columns are confidently wrong."""
    wrong = [c for s, c in judged if not s.right]
    return next(t for t in range(101) if sum(c >= t for c in wrong) <= _WRONG * len(judged))


def _loss(judged: Sequence[tuple[Sight, int]]) -> float:
    chances = np.array([(c + 0.5) / 100 if s.right else (99.5 - c) / 100 for s, c in judged])
    return float(-np.log(chances).mean())


def _line(name: str, judged: Sequence[tuple[Sight, bool]]) -> str:
    sure = [s for s, confident in judged if confident]
    wrong = sum(not s.right for s in sure)
    right = sum(s.right for s, _ in judged)
    of = 100 / len(judged)
    return (
        f"{name:20} {len(judged):6} {right * of:7.1f} % {len(sure) * of:9.1f} % {wrong * of:9.1f} %"
    )


def _write(points: Mapping[str, int]) -> None:
    lines = [f"{mark},{points[mark]}" for mark in ["base", *sorted(set(points) - {"base"})]]
    head = "# Written by tests/semantics/calibrate.py: 100 points multiply the odds by e.\n"
    _OUT.write_text(head + "\n".join(["mark,points", *lines]) + "\n", encoding="utf-8")


def _see(name: str) -> None:
    labelled = next(s for s in labelled_schemas() if s.name == name)
    schema = joined_schema(labelled)
    roles = {t.name: role_of(t, schema).kind for t in schema}
    with (_HERE / "firstsight.csv").open("a", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        for answer in answers(labelled):
            column, reading = answer.column, answer.reading
            table = schema[Name(column.namespace, column.table)]
            keys = [k for k in table.foreign_keys if column.column in k.columns]
            implied = bool(keys) and not any(k.declared for k in keys)
            out.writerow(
                (name, column.table, column.column, reading.meaning, reading.score, reading.why,
                 reading.runner_up, roles[table.name], "yes" if implied else "no")
            )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="fit all schemas, write trust.csv")
    parser.add_argument("--see", metavar="SCHEMA", help="add what is read in it now")
    options = parser.parse_args()
    if options.see:
        _see(options.see)
    found = sights()
    if options.write:
        _write(fit(found))
    judged = left_out(found)
    print("chance    columns   right   (points fitted to the other schemas)")
    for low in range(0, 100, 10):
        there = [s.right for s, c in judged if low <= c < low + 10]
        if there:
            print(f"{low:2}-{low + 9:2} %  {len(there):7} {100 * sum(there) / len(there):6.1f} %")
    print(f"\nlowest chance with at most 1.6 % confidently wrong: {threshold(judged)} %")
    print(f"\n{'':20} columns     right   confident   confidently wrong, from {CONFIDENT} %")
    for schema in sorted({s.schema for s in found}):
        print(_line(schema, [(s, c >= CONFIDENT) for s, c in judged if s.schema == schema]))
    print(_line("all", [(s, c >= CONFIDENT) for s, c in judged]))
    print(_line("all, nested", nested(found)))


if __name__ == "__main__":
    main()
