"""Missing rights: all of them at once, each once, with the statement that gives it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seeder.adapter import Object
from seeder.errors import LoadFailed
from seeder.load.run import as_allowed
from seeder.plan import rights
from seeder.plan.planner import make_plan
from seeder.schema import Facts, Lack, Name, TableFacts
from tests.property.hand_made import CLINIC, name, options, schema, table

OPEN = Lack("USAGE", "schema", "h", "GRANT USAGE ON SCHEMA {} TO me")
INTO = Lack("INSERT", "table", "", "GRANT INSERT ON {} TO me")
CLEAR = Lack("TRUNCATE", "table", "h.patient", "GRANT TRUNCATE ON {} TO me", "truncate")
PATIENT, ORGANIZATION = name("patient"), name("organization")


def facts(**lacks: tuple[Lack, ...]) -> Facts:
    """What is missing by table, and everything else granted."""
    tables = {}
    for each in CLINIC:
        mine = lacks.get(each.name.name, ())
        can_insert = all(lack.rights != "INSERT" for lack in mine)
        tables[each.name] = TableFacts(can_insert=can_insert, lacks=mine)
    return Facts("15", tables=tables)


def into(text: str) -> Lack:
    return replace(INTO, on=text)


def test_each_thing_once_and_tables_of_one_grant_together() -> None:
    known = facts(patient=(OPEN, into("h.patient"), CLEAR), organization=(OPEN, into("h.org")))
    found = rights.missing(schema(*CLINIC), [PATIENT, ORGANIZATION], known)
    assert [rights.grant(k) for k in found] == [
        "GRANT USAGE ON SCHEMA h TO me",
        "GRANT INSERT ON h.org, h.patient TO me",
    ]
    found = rights.missing(schema(*CLINIC), [PATIENT], known, ("truncate",))
    assert [rights.grant(k) for k in found] == ["GRANT TRUNCATE ON h.patient TO me"]


def test_row_security_is_a_missing_right() -> None:
    secured = replace(table("secret", "n text"), row_security=True)
    (found,) = rights.missing(schema(secured), [secured.name], Facts("15"))
    assert "h.secret" in rights.grant(found)
    assert "BYPASSRLS" in rights.grant(found)


def test_refusal_lists_all_of_them() -> None:
    rights.refuse([])
    lacks = rights.grouped([OPEN, *(into(f"h.t{i}") for i in range(9))])
    with pytest.raises(
        LoadFailed, match=r"USAGE on schema h\n.*INSERT on 9 tables.* and 4 more"
    ) as e:
        rights.refuse(lacks)
    assert "GRANT USAGE ON SCHEMA h TO me;" in e.value.hint
    assert "h.t0, h.t1, h.t2, h.t3, h.t4, h.t5, h.t6, h.t7, h.t8 TO me;" in e.value.hint
    assert e.value.exit_code == 1


def test_a_plan_says_what_a_load_will_miss() -> None:
    wanted = Lack("UPDATE", "sequence", "h.s", "GRANT UPDATE ON SEQUENCE {} TO me")
    made = make_plan(schema(*CLINIC), options(500), facts=facts(patient=(wanted,)))
    (found,) = [f for f in made.findings if f.code == "no-right"]
    assert (found.severity, found.hint) == ("warning", "GRANT UPDATE ON SEQUENCE h.s TO me")
    assert "h.patient" in made.generated


def test_a_plan_says_what_it_leaves_out() -> None:
    closed = TableFacts(can_insert=False, lacks=(into("h.loose"),))
    known = Facts("15", tables={name("loose"): closed})
    made = make_plan(schema(*CLINIC, table("loose", "n text")), options(500), facts=known)
    assert made.tables["h.loose"].role == "ignore"
    (found,) = [f for f in made.findings if f.code == "no-right"]
    assert "leaves them out" in found.message
    assert found.hint == "GRANT INSERT ON h.loose TO me"


def test_nothing_may_be_filled() -> None:
    known = facts(**{t.name.name: (into(str(t.name)),) for t in CLINIC})
    with pytest.raises(LoadFailed, match="INSERT on") as e:
        make_plan(schema(*CLINIC), options(500), facts=known)
    assert all(str(t.name) in e.value.hint for t in CLINIC)


@pytest.mark.parametrize(
    ("kind", "mine", "other", "says"),
    [
        ("index", TableFacts(), TableFacts(), ""),
        ("index", TableFacts(owned=False), TableFacts(), "do not own"),
        ("index", TableFacts(can_build=False), TableFacts(), "no right to create in namespace h"),
        ("foreign", TableFacts(can_build=False), TableFacts(owned=False), ""),
        ("foreign", TableFacts(), TableFacts(can_reference=False), "no right to reference h.b"),
        ("foreign", TableFacts(owned=False), TableFacts(), "do not own"),
    ],
)
def test_what_could_not_be_brought_back_stays(
    kind: str, mine: TableFacts, other: TableFacts, says: str
) -> None:
    a, b = Name("h", "a"), Name("h", "b")
    tables = (a, b) if kind == "foreign" else (a,)
    found = as_allowed(
        Object(kind, a, "x", (), (), tables), Facts("15", tables={a: mine, b: other}), "route"
    )
    assert says in found.kept
    assert bool(found.kept) == bool(says)
    kept = Object(kind, a, "x", (), (), tables, "a view groups by it")
    facts = Facts("15", tables={a: mine, b: other})
    assert as_allowed(kept, facts, "on").kept == "a view groups by it"


def test_triggers_that_are_asked_to_stay_on() -> None:
    a = Name("h", "a")
    item, facts = Object("trigger", a, "x", (), (), (a,)), Facts("15", tables={a: TableFacts()})
    assert "--triggers on" in as_allowed(item, facts, "on").kept
    assert as_allowed(item, facts, "off").kept == as_allowed(item, facts, "route").kept == ""
