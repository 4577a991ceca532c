"""`seeder.yaml`: what is read from it, and what is refused with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seeder.errors import UsageError
from seeder.plan.base import OverrideError
from seeder.plan.overrides import whole
from seeder.plan.overrides_file import json_schema, parse, read

GOOD = """\
rows: 5M
seed: 7
reference_date: 2025-06-30
namespaces: [h]
tables:
  h.patient: {rows: 200k}
  "h.code_*": {role: keep}
columns:
  h.patient.sex: {values: {M: 0.25, F: 0.75}}
  h.patient.active: {values: [true, false]}
  h.patient.kind: {default: "'new'"}
references:
  h.visit.code_id: {where: "kind = 'a'", weights: {grade: {1: 3, 2: 1}}}
"""


def test_everything_that_can_be_said() -> None:
    given = parse(GOOD, "seeder.yaml").overrides
    assert (given.rows, given.seed, given.namespaces) == (5_000_000, 7, ["h"])
    assert given.tables["h.patient"].rows == 200_000
    assert given.columns["h.patient.sex"].values == {"M": 0.25, "F": 0.75}
    assert given.columns["h.patient.active"].values == ["true", "false"]
    assert given.references["h.visit.code_id"].weights == {"grade": {"1": 3, "2": 1}}


@pytest.mark.parametrize("text", ["", "# nothing\n", "tables: {}\n"])
def test_an_empty_file_says_nothing(text: str) -> None:
    given = parse(text, "seeder.yaml").overrides
    assert (given.tables, given.columns, given.rows) == ({}, {}, None)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("rows: 5\ntabels: {}\n", "f.yaml:2", "tabels.*did you mean tables"),
        ("tables:\n  h.t:\n    row: 3\n", "f.yaml:3", "'row'.*did you mean rows"),
        ("tables:\n  h.t: {role: kept}\n", "f.yaml:2", "role.*keep"),
        ("tables:\n  h.t: {role: keep, rows: 3}\n", "f.yaml:2", "rows: 3 contradicts role: keep"),
        ("tables:\n  h.t: {rows: -1}\n", "f.yaml:2", "rows"),
        ("rows: 0\n", "f.yaml:1", "rows"),
        ("rows: many\n", "f.yaml:1", "rows"),
        ("columns:\n  h.t.c: {nulls: 2}\n", "f.yaml:2", "nulls"),
        ("columns:\n  h.t.c: {generator: null, values: []}\n", "f.yaml:2", "at least one"),
        ("columns:\n  h.t.c: {generator: x, values: [a]}\n", "f.yaml:2", "only one of them"),
        ("columns:\n  h.t.c: {values: [a], params: {}}\n", "f.yaml:2", "params belong"),
        ("columns:\n  h.t.c: {values: {a: 0}}\n", "f.yaml:2", "all 0"),
        ("columns:\n  h.t.c: {default: true, nulls: 0.1}\n", "f.yaml:2", "nulls"),
        ("references:\n  h.t.c: {skew: odd}\n", "f.yaml:2", "skew"),
        ("references:\n  h.t.c: {weights: {a: {x: 1}, b: {}}}\n", "f.yaml:2", "one column"),
        ("tables:\n  h.t: {}\n  h.t: {}\n", "f.yaml:3", "twice"),
        ("tables: [\n", "f.yaml", "not YAML"),
        ("- a\n", "f.yaml", "a mapping"),
        ("tables: 3\n", "f.yaml:1", "dictionary"),
    ],
)
def test_what_is_refused_and_where(text: str, place: str, says: str) -> None:
    with pytest.raises(UsageError, match=f"(?s){says}") as error:
        parse(text, "f.yaml")
    assert error.value.message.startswith(place)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read(tmp_path / "none.yaml")
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="UTF-8"):
        read(tmp_path / "odd.yaml")


def test_what_the_planner_refuses_gets_its_line() -> None:
    given = parse("tables:\n  h.a: {}\n  h.b: {}\n", "f.yaml")
    with pytest.raises(UsageError, match=r"f\.yaml:3: tables: h\.b: no"), given.located():
        raise OverrideError(("tables", "h.b"), "no", "but")
    # What a pack asked for stands in no file of the user's.
    with pytest.raises(OverrideError), given.located():
        raise OverrideError(("tables", "h.c"), "no")


def test_weights_become_whole_numbers() -> None:
    assert whole({"a": 3.0, "b": 1.0}) == {"a": 3, "b": 1}
    assert whole({"a": 0.5, "b": 0.25}) == {"a": 1_000_000, "b": 500_000}


def test_the_json_schema_refuses_unknown_keys() -> None:
    data = json.loads(json_schema())
    assert data["additionalProperties"] is False
    assert {"tables", "columns", "references", "rows"} <= set(data["properties"])
