"""What a user, or a schema pack, wants otherwise than the planner would have it: `seeder.yaml`.

Every entry is a glob and what it changes. Everything is optional: None says nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from seeder.generate.locale import checked, locales
from seeder.plan.base import Model
from seeder.plan.control import Clinical

Role = Literal["generate", "keep", "empty", "ignore"]

_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_COUNT = re.compile(r"(\d[\d_]*)(?:\.(\d+))?([kmg]?)", re.I)
_FINEST = 1_000_000  # weights that are no whole numbers are rounded to millionths


def _count(value: Any) -> Any:
    """200k, 5M and 1G as numbers."""
    found = _COUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return value
    whole, part, unit = found[1].replace("_", ""), found[2] or "", _UNITS[found[3].lower()]
    return int(whole) * unit + int(part or "0") * unit // 10 ** len(part)


def _text(value: Any) -> Any:
    # YAML reads yes, 12 and 2024-01-01 as what they look like.
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None or isinstance(value, (str, list, dict)) else str(value)


def _keyed(value: Any) -> Any:
    return {_text(k): v for k, v in value.items()} if isinstance(value, dict) else value


def _values(value: Any) -> Any:
    return [_text(v) for v in value] if isinstance(value, list) else _keyed(value)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_SCALAR = [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]
_COUNTED = WithJsonSchema(
    {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": _COUNT.pattern}]}
)
Count = Annotated[int, BeforeValidator(_count), Field(ge=0), _COUNTED]
_NAMES = WithJsonSchema(
    {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
)
_VALUES = WithJsonSchema(
    {
        "anyOf": [
            {"type": "array", "items": {"anyOf": _SCALAR}},
            {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
        ]
    }
)
Default = Annotated[
    Literal[True] | str,
    BeforeValidator(lambda value: value if value is True else _text(value)),
    WithJsonSchema({"anyOf": _SCALAR}),
]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Weight = Annotated[float, Field(ge=0.0, lt=1 << 32)]
Weights = Annotated[dict[str, Weight], BeforeValidator(_keyed)]


Locale = Annotated[
    str, AfterValidator(checked), WithJsonSchema({"type": "string", "enum": list(locales())})
]


class TableOverride(Model):
    """A table: its role, its rows, and the key that structures it, by name or by column(s)."""

    role: Role | None = None
    rows: Count | None = None
    owner: Annotated[list[str], BeforeValidator(_listed), _NAMES] | None = None

    @model_validator(mode="after")
    def _agree(self) -> TableOverride:
        if self.rows and self.role not in (None, "generate"):
            raise ValueError(f"rows: {self.rows} contradicts role: {self.role}")
        if self.owner is not None and not self.owner:
            raise ValueError("owner: name a key, or its columns")
        return self


class ColumnOverride(Model):
    """A column: what fills it, and the share of NULL.

    ``generator`` with ``params``; or ``values``, a list with the most frequent first, or a mapping
    to weights; or ``default``: true leaves the column to the server's default, anything else is a
    SQL literal.
    """

    generator: str | None = None
    params: dict[str, Any] | None = None
    values: Annotated[list[str] | Weights, BeforeValidator(_values), _VALUES] | None = None
    default: Default | None = None
    nulls: Share | None = None

    @model_validator(mode="after")
    def _agree(self) -> ColumnOverride:
        fillers = [n for n in ("generator", "values", "default") if getattr(self, n) is not None]
        if len(fillers) > 1:
            raise ValueError(f"{' and '.join(fillers)}: only one of them can fill a column")
        if self.params is not None and fillers not in ([], ["generator"]):
            raise ValueError(f"params belong to a generator, not to {fillers[0]}")
        if self.values is not None and not self.values:
            raise ValueError("values: name at least one")
        if isinstance(self.values, dict) and not sum(self.values.values()):
            raise ValueError("values: the weights are all 0")
        if self.default is True and self.nulls is not None:
            raise ValueError("nulls: a column that the server fills has none of ours")
        return self


class ReferenceOverride(Model):
    """A foreign key. ``where`` and ``weights`` choose among the rows of a parent that is kept.

    ``where``: ``column = 'value'``, ``column IN ('a', 'b')``, several joined by AND; '' for none.
    ``weights``: a column of the parent, and how often each of its values is drawn.
    """

    where: str | None = None
    weights: dict[str, Weights] | None = None
    skew: Literal["steep", "even"] | None = None
    nulls: Share | None = None

    @model_validator(mode="after")
    def _agree(self) -> ReferenceOverride:
        if self.weights and len(self.weights) > 1:
            raise ValueError("weights: of one column of the parent")
        if any(not sum(w.values()) for w in (self.weights or {}).values()):
            raise ValueError("weights: they are all 0")
        return self


class Overrides(Model):
    """All of `seeder.yaml`. The command line wins over its first five keys."""

    rows: Annotated[int, BeforeValidator(_count), Field(gt=0), _COUNTED] | None = None
    seed: int | None = None
    reference_date: dt.date | None = None
    namespaces: list[str] | None = None
    locale: Locale | None = None
    text: Annotated[str, Field(min_length=1)] | None = None
    clinical: Clinical = Clinical()
    tables: dict[str, TableOverride] = Field(default_factory=dict)
    columns: dict[str, ColumnOverride] = Field(default_factory=dict)
    references: dict[str, ReferenceOverride] = Field(default_factory=dict)


class Layer(Model):
    """A schema pack's overrides for one schema, and by what it was recognised."""

    why: str = ""
    overrides: Overrides = Overrides()


def whole(weights: dict[str, float]) -> dict[str, int]:
    """Weights as whole numbers, in the same order."""
    if all(w == int(w) for w in weights.values()):
        return {value: int(w) for value, w in weights.items()}
    most = max(weights.values())
    return {value: int(w / most * _FINEST + 0.5) for value, w in weights.items()}
