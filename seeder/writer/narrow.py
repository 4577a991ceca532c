"""A tuned model's vocabulary, narrowed to what it is asked in and to what a body may say.

A general vocabulary has fifty thousand pieces and bodies use eight thousand of them: a model
without the others is smaller, draws half as fast again, and names fewer foreign things.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from seeder.clinical.knowledge import load
from seeder.text import grammar, slots
from seeder.writer import lexicon, units, vocabulary
from seeder.writer.units import ANY, OTHER

_LONGEST = 3  # pieces of a word; one of more is seldom said, and its pieces make up words
_MARKS = (". ", ", ", "; ", "? ", ' "', '." ', "-", "/", "'s", "'t", "don't isn't patient's")
_BANDS = ("infant", "child", "adult", "elder")


def pieces(tokenizer: Any) -> list[str]:
    """The pieces that prompts and bodies have, in the order of the tokenizer's own numbers."""
    found = set(tokenizer.all_special_tokens)
    for text in (*_prompts(), *_slots(), *_MARKS):
        found.update(tokenizer.tokenize(text))
    around = set(tokenizer.tokenize("of of."))
    for word in sorted(lexicon.allowed()):
        for spelled in (word, word[:1].upper() + word[1:]):
            # In the middle of a sentence: how a word begins differs from tokenizer to tokenizer.
            own = tokenizer.tokenize(f"of {spelled}.")
            if len(own) <= len(around) + _LONGEST:
                found.update(own)
    return sorted(found, key=tokenizer.convert_tokens_to_ids)


def _prompts() -> Iterator[str]:
    sections = {b.section for b in grammar.load().pool.bodies()}
    conditions = ("any", OTHER, *sorted(load().groups))
    for about in conditions:
        yield units.asked_in_words(units.Unit("", "course", about, "adult", "", "visit", ""))
    for section in sorted(sections):
        for tone in units.TONES:
            for band in _BANDS:
                yield units.asked_in_words(units.Unit("", section, ANY, band, "", tone, ""))


def _slots() -> Iterator[str]:
    for name in sorted(slots.names()):
        for spelled in (name, name[:1].upper() + name[1:]):
            yield from (f"of {{{spelled}}}{mark}" for mark in ("", ".", ",", "?", " "))


def converter(path: Path, tokenizer: Any) -> Any:
    """What converts a model of a directory for CTranslate2, with these pieces only."""
    given = vocabulary.library("ctranslate2", "text").converters
    kept = pieces(tokenizer)

    # Its base is of a library that says no types.
    class Narrowed(given.TransformersConverter):  # type: ignore[misc, name-defined]
        def _load(self) -> Any:
            spec = super()._load()
            numbers = tokenizer.convert_tokens_to_ids(kept)
            decoder = spec.decoder
            decoder.embeddings.weight = _rows(decoder.embeddings.weight, numbers)
            decoder.projection.weight = _rows(decoder.projection.weight, numbers)
            bias = getattr(decoder.projection, "bias", None)
            if hasattr(bias, "shape"):
                decoder.projection.bias = _rows(bias, numbers)
            spec.register_vocabulary(kept)
            return spec

    return Narrowed(str(path), low_cpu_mem_usage=False)


def _rows(weights: Any, numbers: list[int]) -> Any:
    """A copy: quantising changes arrays in place."""
    found = weights.detach().float().numpy() if hasattr(weights, "detach") else np.asarray(weights)
    return np.ascontiguousarray(found[numbers])
