"""Tokens: control tokens that say what is asked for, one token a slot, and pieces of words."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from seeder.clinical.knowledge import load
from seeder.errors import SeederError
from seeder.text import grammar, slots, tags
from seeder.writer.units import ANY, OTHER, TONES, Unit

FILE = "text.model"
START, END, UNKNOWN = "<s>", "</s>", "<unk>"


class Missing(SeederError):
    """A library of an extra is not installed."""

    exit_code = 2


def library(name: str, extra: str) -> Any:
    """A module of an extra, or what to install."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise Missing(
            f"{name} is not installed", f"pip install 'hospital-seeder[{extra}]'"
        ) from None


def control(name: str, value: str) -> str:
    return f"<{name}:{value}>"


def prompt(unit: Unit) -> list[str]:
    """The control tokens in front of a unit's text."""
    named = ("kind", "section", "condition", "band", "style", "tone")
    return [control(n, v.replace(" ", "_")) for n, v in zip(named, unit, strict=False)]


@cache
def symbols() -> tuple[str, ...]:
    """All control tokens and slots, in an order that only the package's data decide."""
    bodies = grammar.load().pool.bodies()
    values = {
        "kind": sorted({b.kind for b in bodies}),
        "section": sorted({b.section.replace(" ", "_") for b in bodies}),
        "condition": [ANY, OTHER, *sorted(load().groups)],
        "band": sorted(tags.BANDS),
        "style": ["full", "terse"],
        "tone": list(TONES),
    }
    controls = [control(n, v) for n, given in values.items() for v in given]
    names = sorted(slots.names())
    both = [n for name in names for n in (name, name[:1].upper() + name[1:])]
    return (*controls, *("{" + n + "}" for n in both))


def learn(texts: Iterable[str], size: int) -> bytes:
    """A sentencepiece model of the texts. One thread, hence the same each time."""
    pieces = library("sentencepiece", "text")
    model = io.BytesIO()
    pieces.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        vocab_size=size,
        model_type="unigram",
        user_defined_symbols=list(symbols()),
        normalization_rule_name="identity",
        character_coverage=1.0,
        bos_id=1,
        eos_id=2,
        unk_id=0,
        pad_id=-1,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def read(folder: Path) -> Any:
    """The tokenizer beside a model."""
    pieces = library("sentencepiece", "text")
    file = folder / FILE
    if not file.is_file():
        raise SeederError(f"{folder}: no tokenizer: {FILE} is missing", "import the model again")
    try:
        return pieces.SentencePieceProcessor(model_proto=file.read_bytes())
    except RuntimeError as error:
        raise SeederError(f"{file}: not a sentencepiece model: {error}") from None
