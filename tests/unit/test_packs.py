"""Schema packs: recognised by shape, whatever the namespace and case, and laid below the user."""

from __future__ import annotations

import csv
import dataclasses
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from seeder.errors import PlanError
from seeder.plan import packs
from seeder.plan.model import Options
from seeder.plan.overrides import Overrides
from seeder.plan.planner import make_plan
from seeder.schema import Name, Schema, Table
from tests.helpers.omop import omop_folder
from tests.property.hand_made import options, schema, table

PACK = packs.parse("""
title: a clinic
shape:
  share: 0.6
  tables:
    person: [person_id, sex_code]
    visit: [visit_id, person_id, kind_code]
    code: [code_id, domain]
tables:
  code: {role: keep}
columns:
  person.name: {values: [Ada]}
  person.not_there: {values: [Ada]}
references:
  visit.kind_code: {where: "domain = 'visit'"}
""")
PERSON = table("person", "sex_code code, name text", primary="person_id")
CODE = table("code", "domain text, title text", primary="code_id")
VISIT = table("visit", "person_id bigint, kind_code bigint", "person_id -> person(person_id)",
              "kind_code -> code(code_id)", primary="visit_id")  # fmt: skip


def shouted(found: Table) -> Table:
    """The table as a database that quotes everything in upper case has it."""
    return dataclasses.replace(
        found,
        name=Name("CDM", found.name.name.upper()),
        columns=tuple(dataclasses.replace(c, name=c.name.upper()) for c in found.columns),
        uniques=(),
        foreign_keys=tuple(
            dataclasses.replace(
                k,
                columns=tuple(c.upper() for c in k.columns),
                target=Name("CDM", k.target.name.upper()),
                target_columns=tuple(c.upper() for c in k.target_columns),
            )
            for k in found.foreign_keys
        ),
    )


def with_pack(found: Schema, rows: int = 1000, **more: object) -> Options:
    return options(rows).model_copy(update={"packs": packs.layers(found, {"p": PACK}), **more})


@pytest.mark.parametrize(
    ("tables", "known"),
    [
        ((PERSON, CODE, VISIT), True),
        ((PERSON, VISIT, table("code", "other text")), True),  # two of three
        ((PERSON, table("visit", "when text"), table("code", "other text")), False),
        ((PERSON,), False),
        ((), False),
    ],
)
def test_recognised_by_its_share_of_tables(tables: tuple[Table, ...], known: bool) -> None:
    assert (packs.layer(schema(*tables), PACK) is not None) is known


def test_entries_get_the_names_of_the_database() -> None:
    made = packs.layer(Schema("postgresql", tuple(map(shouted, (CODE, PERSON, VISIT)))), PACK)
    assert made is not None
    assert made.why == "a clinic, by 3 of 3 tables"
    assert list(made.overrides.tables) == ["CDM.CODE"]
    assert list(made.overrides.columns) == ["CDM.PERSON.NAME"]
    assert list(made.overrides.references) == ["CDM.VISIT.visit_kind_code_fkey"]


def test_a_pack_keeps_only_what_is_there() -> None:
    made = schema(PERSON, CODE, VISIT)
    plan = make_plan(made, with_pack(made))
    assert plan.tables["h.code"].role == "generate"
    assert plan.tables["h.visit"].keys["visit_kind_code_fkey"].among is None
    assert plan.tables["h.person"].columns["name"].params == {"values": ["Ada"]}
    (said,) = [f for f in plan.findings if f.code == "pack"]
    assert said.severity == "info"
    assert "1 columns have its generators" in said.message
    plan = make_plan(made, with_pack(made, kept={"h.code": 10},
                                     selected={"h.code where domain = 'visit'": [4]}))  # fmt: skip
    assert plan.tables["h.code"].role == "keep"
    among = plan.tables["h.visit"].keys["visit_kind_code_fkey"].among
    assert among is not None
    assert among.rows == 4


def test_a_filter_that_no_row_meets_is_said_and_left_out() -> None:
    made = schema(PERSON, CODE, VISIT)
    plan = make_plan(made, with_pack(made, kept={"h.code": 10},
                                     selected={"h.code where domain = 'visit'": [0]}))  # fmt: skip
    assert plan.tables["h.visit"].keys["visit_kind_code_fkey"].among is None
    assert [f.place for f in plan.findings if f.code == "filter-empty"] == [
        "h.visit.visit_kind_code_fkey"
    ]


def test_the_users_file_wins() -> None:
    made = schema(PERSON, CODE, VISIT)
    said = Overrides.model_validate({
        "columns": {"h.person.name": {"values": ["Bo"]}},
        "references": {"h.visit.kind_code": {"where": ""}},
    })  # fmt: skip
    plan = make_plan(made, with_pack(made, overrides=said, kept={"h.code": 10},
                                     selected={"h.code where domain = 'visit'": [4]}))  # fmt: skip
    assert plan.tables["h.person"].columns["name"].params == {"values": ["Bo"]}
    assert plan.tables["h.visit"].keys["visit_kind_code_fkey"].among is None


def test_a_pack_with_unknown_keys_is_no_pack() -> None:
    with pytest.raises(ValidationError):
        packs.parse("title: x\nshape: {share: 1, tables: {}}\ntabels: {}\n")


class _Point:
    """An entry point."""

    def __init__(self, name: str) -> None:
        self.name = self.value = name


def test_a_pack_is_read_without_running_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "strangers_pack"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    source = folder / "pack.yaml"
    source.write_text("title: A clinic\nshape: {share: 0.5, tables: {visit: [id]}}\n")
    monkeypatch.syspath_prepend(tmp_path)
    points = [_Point("strangers_pack"), _Point("no_such_package")]
    monkeypatch.setattr("seeder.plan.packs.entry_points", lambda group: points)
    assert packs.packs()["strangers_pack"].title == "A clinic"
    source.write_text("title: [unclosed")
    with pytest.raises(PlanError, match="strangers_pack cannot be read"):
        packs.packs()


def test_omop_knows_only_fields_of_the_standard() -> None:
    """Every table, column and key that the pack names is one of OHDSI's; domains are theirs."""
    pack = packs.parse((files("seeder_omop") / "pack.yaml").read_text(encoding="utf-8"))
    with (omop_folder() / "OMOP_CDMv5.4_Field_Level.csv").open(encoding="utf-8-sig") as file:
        fields = {
            (r["cdmTableName"].lower(), r["cdmFieldName"].strip('"').lower()): r
            for r in csv.DictReader(file)
        }
    assert set(pack.shape.tables) == {t for t, _ in fields}
    assert {(t, c) for t, cs in pack.shape.tables.items() for c in cs} <= set(fields)
    assert {tuple(g.split(".")) for g in (*pack.columns, *pack.references)} <= set(fields)
    for glob, entry in pack.references.items():
        table, _, column = glob.partition(".")
        field = fields[table, column]
        assert field["fkTableName"].lower() == "concept"
        domain = field["fkDomain"]
        assert domain in ("NA", "") or f"'{domain}'" in (entry.where or ""), glob
    # Every key whose domain the standard names has a filter, but one that names two.
    named = {
        k for k, r in fields.items() if r["fkDomain"] not in ("NA", "") and "," not in r["fkDomain"]
    }
    assert named <= {tuple(g.split(".")) for g in pack.references}
