"""A small table for each generator and kind, and the digests of its column."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from seeder.generate.locale import DEFAULT, locales
from seeder.generate.registry import Definition, definitions
from seeder.generate.rows import Rows
from seeder.generate.world import World, build
from seeder.plan.model import ColumnPlan, Distinct, Plan
from seeder.plan.planner import make_plan
from seeder.schema import Column, Name, Table, Type
from tests.property.hand_made import options, schema, table

FILE = Path(__file__).with_name("cells.json")
ROWS = 1000
SUBJECT = Name("h", "encounter")

_TEXT = Type("text", "text")
_DATE = Type("date", "date")
# One type of each kind; several where width or length changes what is written.
TYPES: Mapping[str, tuple[Type, ...]] = {
    "integer": tuple(Type("integer", n, bits=b) for n, b in
                     (("smallint", 16), ("integer", 32), ("bigint", 64))),
    "float": (Type("float", "real", bits=32), Type("float", "double precision", bits=64)),
    "decimal": (Type("decimal", "numeric"),
                Type("decimal", "numeric(8,3)", precision=8, scale=3)),
    "text": (_TEXT, Type("text", "character varying(40)", length=40)),
    "bit": (Type("bit", "bit(9)", length=9, fixed=True),),
    "enum": (Type("enum", "h.mood", values=("low", "fair", "good")),),
    "array": (Type("array", "text[]", element=_TEXT), Type("array", "date[]", element=_DATE)),
    "range": (Type("range", "daterange", element=_DATE),),
    "multirange": (Type("multirange", "datemultirange", element=_DATE),),
    "inet": (Type("inet", "inet"),),
    "geometric": (Type("geometric", "point"), Type("geometric", "polygon")),
}  # fmt: skip

# Values in the kinds' own input form, for the generators that take them from the plan.
_VALUES: Mapping[str, list[Any]] = {
    "boolean": ["true", "false"], "date": ["2020-02-29", "1999-12-31"], "decimal": ["1.50", "20"],
    "enum": ["low", "good"], "float": [0.5, 2.25], "integer": [3, 1, 2], "json": ['{"a": 1}'],
    "text": ["a", "b", "c"], "timestamp": ["2020-02-29 12:00:00"],
    "timestamptz": ["2020-02-29 12:00:00+00"],
    "uuid": ["6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
}  # fmt: skip


def parameters(name: str, subject: Type) -> dict[str, Any] | None:
    """Parameters without which a generator has nothing to write; None where nothing fits."""
    if name == "staff.specialty":
        return {"department": "code"}
    if name == "id.of_type":
        return {"column": "code"}
    if name == "copy":
        return {"column": "code"} if subject.kind == "text" else None
    if name not in ("choice", "constant", "first", "leaf"):
        return {}
    values = _VALUES.get(subject.kind)
    if values is None:
        return None
    if name == "choice":
        return {"values": values}
    if name == "leaf":
        return {"values": [values[:1], values[1:] or values]}
    return {"value": values[0]} | ({"others": values[-1:]} if name == "first" else {})


def types_of(found: Definition) -> Iterator[Type]:
    """One type of each kind that the generator fills, in the order of their names."""
    for kind in sorted(found.accepts):
        yield from TYPES.get(kind, (Type(kind, kind),))


@lru_cache(maxsize=64)
def _plan(subject: Type) -> Plan:
    """Patients with encounters; the encounter's last column is the one that is looked at."""
    encounter = table(
        "encounter", "patient_id bigint, started_at timestamptz, code code", "patient_id -> patient"
    )
    with_subject: Table = Table(
        encounter.name,
        (*encounter.columns, Column("subject", subject, nullable=True)),
        uniques=encounter.uniques,
        foreign_keys=encounter.foreign_keys,
    )
    patient = table("patient", "first_name text, birth_date date, sex char1")
    return make_plan(schema(patient, with_subject), options(seed=20_250_630, encounter=ROWS))


def world(name: str, subject: Type, distinct: bool, locale: str = DEFAULT) -> World:
    """A world in which the subject is made by the named generator."""
    plan = _plan(subject)
    told = {} if locale == DEFAULT else {"locale": locale}
    chosen = ColumnPlan(generator=name, params={**(parameters(name, subject) or {}), **told})
    if distinct:
        found = definitions()[name]
        assert found.capacity is not None
        room = found.capacity(subject, found.resolve(chosen.params))
        chosen = chosen.model_copy(update={"distinct": Distinct(how="shuffled", capacity=room)})
    inner = plan.tables[str(SUBJECT)]
    code = ColumnPlan(generator="code.listed", params={"system": "icd10cm"})
    columns = {**inner.columns, "code": code, "subject": chosen}
    tables = {**plan.tables, str(SUBJECT): inner.model_copy(update={"columns": columns})}
    return build(plan.model_copy(update={"tables": tables}))


def digest(cells: pa.Array) -> str:
    """SHA-256, of type and values: independent of how Arrow lays an array out."""
    text = json.dumps([str(cells.type), [_plain(v) for v in cells.to_pylist()]])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value if value is None or isinstance(value, (int, str)) else str(value)


def all_digests() -> dict[str, str]:
    """Digests by 'generator kind', by 'generator kind distinct' where it has a capacity, and of
    text by 'generator kind locale'."""
    out = {}
    for name in sorted(definitions()):
        found = definitions()[name]
        for subject in types_of(found):
            if parameters(name, subject) is None:
                continue
            for distinct in (False, True) if found.capacity is not None else (False,):
                label = f"{name} {subject.native}{' distinct' if distinct else ''}"
                out[label] = _digest(name, subject, distinct)
        for locale in locales() if "locale" in found.parameters and "text" in found.accepts else ():
            if locale != DEFAULT:
                out[f"{name} text {locale}"] = _digest(name, _TEXT, False, locale)
    return out


def _digest(name: str, subject: Type, distinct: bool, locale: str = DEFAULT) -> str:
    made = world(name, subject, distinct, locale)
    room = made.populations[SUBJECT].plan.columns["subject"].distinct
    if room is not None and room.capacity < ROWS:
        return f"{room.capacity} distinct values"
    try:
        return digest(Rows(made, SUBJECT, np.arange(ROWS)).column("subject"))
    except Exception as error:  # noqa: BLE001  one that fails must not hide the others
        return f"fails: {type(error).__name__}: {error}"


def stored() -> dict[str, str]:
    """The digests in the repository."""
    found: dict[str, str] = json.loads(FILE.read_text())
    return found
