"""Who writes the texts: the grammar, a pool or a model, as `text:` of seeder.yaml says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from seeder.errors import PlanError
from seeder.generate import locale
from seeder.generate.registry import definitions
from seeder.semantics import Reading
from seeder.text import book, frozen, grammar


def written(readings: Mapping[str, Reading], text: str | None) -> dict[str, Reading]:
    """The readings with the writer in the parameters of generators of text."""
    _there(text)
    return {
        column: replace(reading, params=written_by(reading.generator, reading.params, text))
        for column, reading in readings.items()
    }


def _there(text: str | None) -> None:
    """Raise PlanError where the writer is none, before anything is planned with it."""
    if text in (None, "grammar", frozen.MODEL):
        return
    if frozen.is_model(text):
        if not (Path(str(frozen.folder_of(str(text)))) / "model.bin").is_file():
            raise PlanError(
                f"text: {text}: there is no model in that folder",
                "import one: seeder text import PATH --out FOLDER",
            )
        return
    if text == book.SHIPPED:
        book.shipped()
    elif not Path(str(text)).is_file():
        raise PlanError(
            f"text: {text}: there is no such pool",
            "grammar, pool, model, model:FOLDER, or the path of a pool: seeder text pool",
        )
    else:
        book.whole(str(text))


def written_by(generator: str, params: Mapping[str, Any], text: str | None) -> dict[str, Any]:
    """Parameters of a generator with the writer, where it is one of text and none is named."""
    made = dict(params)
    found = definitions().get(generator)
    if text and found is not None and "text" in found.parameters:
        spoken = grammar.language_of(locale.of(made))
        # Pools and models write English.
        made.setdefault("text", text if spoken == "en" else "grammar")
    return made
