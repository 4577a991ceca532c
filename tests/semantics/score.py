"""How well the catalogue reads the labelled schemas.

``python -m tests.semantics.score`` prints coverage, accuracy and the share that is
confidently wrong, by schema and by part (when its errors were first seen).
``--errors SCHEMA ...`` lists what is wrong in those.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from seeder.plan.implied import THRESHOLD as JOINED
from seeder.plan.implied import infer
from seeder.plan.joining import joined
from seeder.schema import Name, Schema
from seeder.semantics import Reading, known_meanings, read_every, role_of
from seeder.semantics.catalogue import ENTRIES
from seeder.semantics.read import THRESHOLD
from seeder.semantics.senses import lines
from tests.semantics.labelled import (
    LabelledColumn,
    LabelledSchema,
    labelled_schemas,
    meanings,
    schema_of,
)

_HERE = Path(__file__).parent
PARTS = (
    *("tuning", "second round", "third round", "fourth round", "fifth round", "sixth round"),
    *("seventh round", "eighth round"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A labelled column, what the catalogue says of it, and the label that this comes to."""

    schema: str
    column: LabelledColumn
    reading: Reading
    label: str

    @property
    def right(self) -> bool:
        return self.label in self.column.labels

    @property
    def confidently_wrong(self) -> bool:
        """Wrong, and relied on."""
        return not self.right and self.reading.confident

    @property
    def misfilled(self) -> bool:
        """Wrong, and filled by a generator that no meaning with one of its labels has."""
        reading = self.reading
        if self.right or reading.score < THRESHOLD or not reading.generator:
            return False
        made = made_by(reading.generator, reading.params)
        return not any(made in generators().get(label, ()) for label in self.column.labels)

    @property
    def key(self) -> bool:
        return self.column.label in ("foreign_key", "surrogate_key") or _domain(
            self.column.label
        ) in ("audit",)


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over some columns."""

    columns: int
    covered: int
    right: int
    confident: int
    confidently_wrong: int
    misfilled: int

    def __str__(self) -> str:
        def share(part: int) -> str:
            return f"{100 * part / self.columns:6.1f} %" if self.columns else "      -"

        return (
            f"{self.columns:7} {share(self.covered)} {share(self.right)} {share(self.confident)} "
            f"{share(self.confidently_wrong)} {share(self.misfilled)}"
        )


@cache
def _domain(label: str) -> str:
    return next(m.domain for m in meanings() if m.name == label)


@cache
def mapping() -> Mapping[str, str]:
    """The label that each meaning of the catalogue comes to."""
    with (_HERE / "mapping.csv").open(encoding="utf-8", newline="") as file:
        return {row["meaning"]: row["label"] for row in csv.DictReader(file)}


@cache
def parts() -> Mapping[str, str]:
    """In which round the errors of a schema were first seen."""
    with (_HERE / "split.csv").open(encoding="utf-8", newline="") as file:
        return {row["schema"]: row["part"] for row in csv.DictReader(file)}


def made_by(generator: str, params: Mapping[str, Any]) -> str:
    """A generator, with the part of the code table where it draws of one."""
    if generator in ("code.drawn", "code.listed", "code.label"):
        return f"code {params.get('system')} {params.get('part')}"
    return generator


@cache
def generators() -> Mapping[str, frozenset[str]]:
    """The generators of the meanings that come to each label."""
    base: dict[str, set[str]] = defaultdict(set)
    for item in ENTRIES:
        base[item.meaning].add(made_by(item.generator, item.params))
    found: dict[str, set[str]] = defaultdict(set)
    for meaning, made in base.items():
        found[mapping()[meaning]] |= made
    for key, meaning, part in lines():
        if key.startswith("code:"):
            found[mapping()[meaning]].add(f"code {key[5:]} {part}")
        else:
            found[mapping()[meaning]] |= base.get(key, set())
    return {label: frozenset(made) for label, made in found.items()}


def answers(labelled: LabelledSchema) -> list[Answer]:
    """What a plan reads: with the references that nobody declared but that it infers."""
    schema = joined_schema(labelled)
    by_table = {str(t.name): read_every(t, schema) for t in schema}
    return [
        Answer(labelled.name, c, reading, mapping()[reading.meaning])
        for c in labelled.columns
        for reading in [by_table[str(Name(c.namespace, c.table))][c.column]]
    ]


def role_answers(labelled: LabelledSchema) -> list[tuple[str, str, frozenset[str], str]]:
    """(table, role read, roles that are right, why) of each labelled table."""
    schema = joined_schema(labelled)
    with (_HERE / "roles.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["schema"] == labelled.name]
    by_name = {t.name.name: t for t in schema}
    read = {r["table"]: role_of(by_name[r["table"]], schema) for r in rows}
    return [
        (t, read[t].kind, frozenset({r["role"], r["second"]} - {""}), read[t].why)
        for r in rows
        for t in [r["table"]]
    ]


def joined_schema(labelled: LabelledSchema) -> Schema:
    """The schema with the references that a plan infers."""
    schema = schema_of(labelled)
    return joined(schema, [i for i in infer(schema) if i.score >= JOINED])


def score(found: Iterable[Answer]) -> Score:
    known = {label for m, label in mapping().items() if m in known_meanings()}
    every = list(found)
    return Score(
        len(every),
        sum(bool(a.column.labels & known) for a in every),
        sum(a.right for a in every),
        sum(a.reading.confident for a in every),
        sum(a.confidently_wrong for a in every),
        sum(a.misfilled for a in every),
    )


def confusions(found: Iterable[Answer]) -> list[tuple[tuple[str, str], int]]:
    """(label, answer) by how often."""
    return Counter((a.column.label, a.label) for a in found if not a.right).most_common()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--errors", nargs="*", default=[], metavar="SCHEMA")
    parser.add_argument("--part", choices=PARTS, help="this part alone")
    options = parser.parse_args()
    every = {
        s.name: answers(s) for s in labelled_schemas() if options.part in (None, parts()[s.name])
    }
    print(f"{'':24} columns  coverage    right  confident  and wrong  misfilled")
    for part in [options.part] if options.part else [*PARTS]:
        within = [n for n in every if parts()[n] == part]
        for name in within:
            print(f"{name:24} {score(every[name])}")
        both = [a for n in within for a in every[n]]
        print(f"{part:24} {score(both)}")
        print(f"{'  without bookkeeping':24} {score(a for a in both if not a.key)}")
        print(f"{'  labels that are sure':24} {score(a for a in both if a.column.sure)}")
    if not options.part:
        print(f"{'all':24} {score(a for found in every.values() for a in found)}")
    print("\nroles of tables")
    for part in [options.part] if options.part else [*PARTS]:
        found = [a for s in labelled_schemas() if parts()[s.name] == part for a in role_answers(s)]
        right = sum(kind in wanted for _, kind, wanted, _ in found)
        if found:
            print(f"{part:24} {len(found):7} {100 * right / len(found):6.1f} % right")
    for name in options.errors:
        _errors(every[name])
        _role_errors(next(s for s in labelled_schemas() if s.name == name))


def _role_errors(labelled: LabelledSchema) -> None:
    for table, kind, wanted, why in role_answers(labelled):
        if kind not in wanted:
            print(f"{table}: {', '.join(sorted(wanted))}, read as {kind} ({why})")


def _errors(found: list[Answer]) -> None:
    for answer in found:
        if not answer.right:
            column, reading = answer.column, answer.reading
            print(
                f"{column.table}.{column.column} {column.type.native}: {column.label}"
                f"{'/' + column.second if column.second else ''}, read as {answer.label} "
                f"({reading.meaning} {reading.chance} %, {reading.why}; "
                f"else {reading.runner_up or 'none'})"
            )
    for (label, said), count in confusions(found)[:20]:
        print(f"{count:4}  {label} read as {said}")


if __name__ == "__main__":
    main()
