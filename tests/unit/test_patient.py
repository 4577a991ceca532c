"""One patient's rows, without a server: which keys are followed, what is told, what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from seeder.adapter import Label, Step
from seeder.errors import UsageError
from seeder.schema import Table
from seeder.verify.patient import Event, Story, lines, show_patient
from tests.property.hand_made import CLINIC, planned, table

Row = dict[str, str | None]
WARD = table("ward", "name text")
NOTE = table("note", "encounter_id bigint, note_text text", "encounter_id -> encounter")
PATIENT: Row = {"id": "7", "first_name": "Ada", "birth_date": "1980-01-02", "sex": "F"}


@dataclass
class Shelf:
    """An adapter that only relates: rows by table, and what it was asked."""

    rows: dict[str, list[Row]]
    asked: list[tuple[str, list[str], list[tuple[str, str]], list[str]]] = field(
        default_factory=list
    )
    limits: set[int] = field(default_factory=set)

    def related(
        self,
        connection: Any,
        table: Table,
        path: Sequence[Step],
        where: Sequence[tuple[str, str]],
        labels: Sequence[Label],
        order: Sequence[str],
        limit: int,
        skip: int = 0,
    ) -> list[Row]:
        self.asked.append(
            (table.name.name, [k.name for _, k in path], list(where), [x.name for x in labels])
        )
        self.limits.add(limit)
        rows = self.rows.get(table.name.name, [])
        if not path:
            rows = [r for r in rows if all(r.get(c) == v for c, v in where)]
        return rows[skip : skip + limit]


def story(shelf: Shelf, **options: Any) -> Story:
    plan = planned((*CLINIC, NOTE, WARD))
    return show_patient(plan, None, shelf, **options)


def visited() -> Shelf:
    long = "seen and sent home " * 10
    return Shelf(
        {
            "patient": [PATIENT],
            "encounter": [
                {"id": "1", "patient_id": "7", "started_at": "2024-05-02 10:00:00",
                 "organization": "General", "provider": "Grey"},
                {"id": "2", "patient_id": "7", "started_at": "2023-01-01 09:00:00",
                 "organization": "General", "provider": None},
            ],
            "note": [{"id": "3", "encounter_id": "1", "note_text": long}],
        }
    )  # fmt: skip


def test_the_keys_to_the_patient_are_followed_from_every_table() -> None:
    shelf = visited()
    story(shelf, nth=1, limit=9)
    paths = {name: (path, where) for name, path, where, _ in shelf.asked if path}
    assert paths["encounter"] == (["encounter_patient_id_fkey"], [("id", "7")])
    assert paths["note"][0] == ["note_encounter_id_fkey", "encounter_patient_id_fkey"]
    assert "ward" not in paths
    assert shelf.limits == {1, 9}


def test_rows_stand_in_the_order_of_time_and_without_keys() -> None:
    told = story(visited())
    assert told.patient == {"first_name": "Ada", "birth_date": "1980-01-02", "sex": "F"}
    visits = [e for e in told.events if e.table == "h.encounter"]
    assert [e.when for e in visits] == ["2023-01-01 09:00:00", "2024-05-02 10:00:00"]
    assert visits[1].says == {"organization": "General", "provider": "Grey"}
    assert visits[0].says == {"organization": "General"}
    (note,) = (e for e in told.events if e.table == "h.note")
    assert not note.says
    assert note.texts["note_text"].startswith("seen")


def test_names_are_asked_of_what_has_one() -> None:
    shelf = visited()
    story(shelf)
    labels = {name: labels for name, path, _, labels in shelf.asked if path}
    assert labels["encounter"] == ["organization", "provider"]
    assert labels["note"] == []


def test_keys_are_told_when_all_columns_are_asked_for() -> None:
    told = story(visited(), everything=True)
    assert told.patient["id"] == "7"


def test_by_key_or_identifier() -> None:
    assert story(visited(), identifier="7").patient["first_name"] == "Ada"
    with pytest.raises(UsageError, match=r"has no row '8' by id"):
        story(visited(), identifier="8")


@pytest.mark.parametrize(
    ("options", "said"),
    [({"nth": 2}, "no row number 2"), ({"table": "wards"}, "no table 'wards' in the plan")],
)
def test_what_is_not_there(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        story(visited(), **options)


def test_a_plan_without_patients_wants_a_table() -> None:
    plan = planned((WARD,))
    with pytest.raises(UsageError, match="no table of patients") as refused:
        show_patient(plan, None, Shelf({}))
    assert "--table" in str(refused.value.hint)
    shown = show_patient(plan, None, Shelf({"ward": [{"id": "1", "name": "A"}]}), table="ward")
    assert (shown.table, shown.events) == ("h.ward", ())


def test_lines_are_short() -> None:
    event = Event("2024-05-02 10:00:00.123", "h.note", {"kind": "SOAP"}, {"body": "a  b\n" * 200})
    ((when, name, says, texts),) = lines(Story("h.patient", {}, (event,)))
    assert (when, name, says) == ("2024-05-02 10:00", "note", "kind SOAP")
    assert texts[0].startswith("body: a b a b")
    assert len(texts[0]) <= 246
