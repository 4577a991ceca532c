"""Schema packs: what is known of a schema that many have, recognised by its shape.

A pack is data: a file ``pack.yaml`` in the package that an entry point of the group
``seeder.schemas`` names. It only adjusts plans, as `seeder.yaml` does; the user's file wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from seeder.errors import PlanError
from seeder.plan.asked import spellings, split
from seeder.plan.base import Model
from seeder.plan.overrides import (
    ColumnOverride,
    Layer,
    Overrides,
    ReferenceOverride,
    TableOverride,
)
from seeder.schema import Name, Schema, Table

_FILE = "pack.yaml"


class Shape(Model):
    """Tables and some of their columns. A database has the shape when it has ``share`` of the
    tables, each with at least half of its columns; the case of letters does not count."""

    share: float = Field(gt=0, le=1)
    tables: dict[str, list[str]]


class Pack(Model):
    """The globs of a pack have no namespace: it is found where the tables are."""

    title: str
    shape: Shape
    tables: dict[str, TableOverride] = Field(default_factory=dict)
    columns: dict[str, ColumnOverride] = Field(default_factory=dict)
    references: dict[str, ReferenceOverride] = Field(default_factory=dict)


def packs() -> dict[str, Pack]:
    """Every pack that is installed, by the name of its entry point. Raises PlanError for one that
    cannot be read."""
    out = {}
    for point in sorted(entry_points(group="seeder.schemas"), key=lambda p: p.name):
        source = _source(point.value.partition(":")[0])
        if source is None:
            continue
        try:
            out[point.name] = parse(source.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise PlanError(
                f"schema pack {point.name} cannot be read: {source}: {error}",
                "tell who made the pack, and uninstall it until it is mended",
            ) from None
    return out


def _source(package: str) -> Path | None:
    """A package's pack, found without running the package, which may import much (alembic)."""
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    found = [Path(folder) / _FILE for folder in folders or ()]
    return next((path for path in found if path.is_file()), None)


def parse(text: str) -> Pack:
    """A pack's file. Raises ValidationError: a defect of the pack, not of its user."""
    return Pack.model_validate(yaml.safe_load(text))


def layers(schema: Schema, known: Mapping[str, Pack]) -> dict[str, Layer]:
    """What the packs that recognise the schema would have, by pack."""
    found = {name: layer(schema, pack) for name, pack in known.items()}
    return {name: made for name, made in found.items() if made is not None}


def layer(schema: Schema, pack: Pack) -> Layer | None:
    """A pack's overrides with the names that they have here; None for another schema."""
    tables = dict(_alike(schema, pack.shape))
    there = {name.name.lower() for name in tables}
    if len(there) < pack.shape.share * len(pack.shape.tables):
        return None
    return Layer(
        why=f"{pack.title}, by {len(there)} of {len(pack.shape.tables)} tables",
        overrides=Overrides(
            tables=dict(_on_tables(tables, pack.tables)),
            columns=dict(_on_parts(tables, pack.columns, _columns)),
            references=dict(_on_parts(tables, pack.references, _keys)),
        ),
    )


def _alike(schema: Schema, shape: Shape) -> Iterator[tuple[Name, Table]]:
    for table in schema.countable:
        asked = shape.tables.get(table.name.name.lower())
        if asked is None or table.kind in ("partition", "foreign"):
            continue
        columns = {c.name.lower() for c in table.columns}
        if 2 * len(columns & set(asked)) >= len(asked):
            yield table.name, table


def _on_tables(tables: Iterable[Name], entries: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for glob, entry in entries.items():
        for name in tables:
            if name.name.lower() == glob:
                yield _quoted(*name), entry


def _on_parts(
    tables: Mapping[Name, Table], entries: Mapping[str, Any], parts: Any
) -> Iterator[tuple[str, Any]]:
    for glob, entry in entries.items():
        (wanted, _), (part, _) = split(glob)
        for name, table in tables.items():
            if name.name.lower() == wanted or wanted == "*":
                for found in parts(table, part):
                    yield _quoted(*name, found), entry


def _columns(table: Table, part: str) -> list[str]:
    return [c.name for c in table.columns if c.name.lower() == part]


def _keys(table: Table, part: str) -> list[str]:
    return [k.name for k in table.foreign_keys if part in (s.lower() for s in spellings(k))]


def _quoted(*parts: str) -> str:
    """A glob that stands for these parts alone."""
    plain = [p if p.replace("_", "").isalnum() else '"' + p.replace('"', '""') + '"' for p in parts]
    return ".".join(plain)
