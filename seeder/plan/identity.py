"""Nobody's identity: identifiers stay in ranges that are never given out, whatever a CHECK asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from seeder.generate.locale import DEFAULT
from seeder.generate.registry import definition, definitions
from seeder.plan.bounds import Bounds
from seeder.plan.model import ColumnPlan, Finding, TablePlan
from seeder.plan.trial import keeps
from seeder.schema import Column, Table
from seeder.semantics import Reading

# Generators whose values are those that a CHECK lists; nobody's by the word of the schema.
_LISTED = frozenset(("choice", "constant", "first", "leaf", "null"))
_OF_ANY_KIND = frozenset(("id.mrn", "id.other", "id.reference", "id.ssn"))
_ASIDE = {"en_US": "the area codes 370 to 379 and 960 to 969"}


def spoken(readings: Mapping[str, Reading], locale: str) -> dict[str, Reading]:
    """The readings with the locale in the parameters of what depends on it."""
    return {
        column: replace(reading, params=localised(reading.generator, reading.params, locale))
        for column, reading in _at_home(typed(readings), locale).items()
    }


def _at_home(readings: Mapping[str, Reading], locale: str) -> dict[str, Reading]:
    """The readings with the country of an address as the locale has it; the table of countries has
    those of American patients."""
    return {
        column: replace(
            reading,
            generator="place.country",
            params={"code": True} if reading.params["part"] == "code" else {},
        )
        if locale != DEFAULT and _country(reading)
        else reading
        for column, reading in readings.items()
    }


def _country(reading: Reading) -> bool:
    drawn = reading.generator == "code.drawn" and reading.params.get("system") == "countries"
    named = drawn and reading.params.get("part") in ("code", "name")
    return named and reading.meaning != "place.nationality"


def typed(readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """The readings with numbers made of the kind that another column of the row names, as in a
    table of identifiers of all kinds."""
    kinds = [column for column, reading in readings.items() if reading.meaning == "id.type"]
    if len(kinds) != 1:
        return dict(readings)
    return {
        column: replace(reading, generator="id.of_type", params={"column": kinds[0]})
        if reading.generator in _OF_ANY_KIND
        else reading
        for column, reading in readings.items()
    }


def localised(generator: str, params: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """Parameters of a generator, and of the one inside an array, with the locale."""
    made = dict(params)
    if locale == DEFAULT:
        return made
    found = definitions().get(generator)
    if found is not None and "locale" in found.parameters:
        made.setdefault("locale", locale)
    inner = made.get("generator")
    if isinstance(inner, str) and "element" in made:
        made["element"] = localised(inner, made["element"], locale)
    return made


def variant(
    generator: str, params: Mapping[str, Any], column: Column, bounds: Bounds, reference: int
) -> dict[str, Any] | None:
    """Parameters under which the generator writes its values as the bounds ask; None for none."""
    for change in definition(generator).variants:
        changed = {**params, **change}
        if keeps(generator, changed, column.type, bounds, reference):
            return changed
    return None


def guarded(
    plan: ColumnPlan, reading: Reading | None, table: Table, column: Column,
    present: Collection[str],
) -> tuple[ColumnPlan, list[Finding]]:  # fmt: skip
    """The plan, unless a CHECK put values that may be somebody's into an identifier's column: then
    the column is left NULL, and a column that must hold a value forbids the load."""
    known = definitions().get(reading.generator) if reading is not None else None
    if reading is None or known is None or not known.identity or plan.generator in _LISTED:
        return plan, []
    if plan.generator == reading.generator or not plan.why.startswith("by CHECK"):
        return plan, []
    empty = column.nullable and column.name not in present
    place = f"{table.name}.{column.name}"
    finding = Finding(
        severity="warning" if empty else "error", code="identity", place=place,
        message=f"a CHECK forbids every value of {reading.generator} that can belong to nobody"
        + (": the column stays NULL" if empty else ", and the column is NOT NULL"),
        hint=f'seeder.yaml: columns: {{"{place}": {{generator: {plan.generator}, params: ...}}}} '
        "fills it all the same, with values that may be somebody's; or relax the CHECK",
    )  # fmt: skip
    if not empty:
        return plan, [finding]
    change = {"generator": "null", "params": {}, "nulls": 1.0, "why": "its CHECK leaves nobody's"}
    return plan.model_copy(update=change), [finding]


def findings(tables: Mapping[str, TablePlan]) -> list[Finding]:
    """Telephones that must not repeat, so that the numbers kept for fiction do not suffice."""
    return [
        Finding(
            severity="info", code="identity", place=f"{name}.{column}",
            message="no two numbers may be alike, and few are kept for fiction: these are of "
            + _ASIDE.get(plan.params.get("locale", DEFAULT), "the country code +999")
            + ", which nobody has been given; they do not tell the row's state",
        )
        for name, table in tables.items()
        for column, plan in table.columns.items()
        if plan.generator == "contact.phone" and plan.distinct is not None
    ]  # fmt: skip
