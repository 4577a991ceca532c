"""What a reading means in its table, and what is said of columns that nothing tells of."""

from __future__ import annotations

import pytest

from seeder.schema import Name
from seeder.semantics import known_meanings, read_every, read_table
from seeder.semantics.read import THRESHOLD
from seeder.semantics.senses import sense, subjects
from seeder.semantics.words import tokens
from tests.unit.test_semantics import schema


def test_the_first_line_that_fits_wins() -> None:
    about = subjects(("drug", "order"), "event")
    assert sense("moment.start", "", ("start", "date"), about, "date") == "drug.start"
    assert sense("moment.start", "", ("onset", "date"), about, "date") == "diagnosis.start"
    assert sense("moment.start", "", ("start",), subjects(("bed",), "place"), "date") == (
        "moment.start"
    )
    assert sense("moment.start", "", ("start",), about, "time") == "moment.clock"


def test_a_code_is_named_after_its_table_of_codes() -> None:
    assert sense("code.code", "icd10cm", ("dx", "code"), frozenset(), "text") == "diagnosis.code"
    assert sense("code.description", "labs", ("name",), frozenset(), "text") == "lab.name"
    assert sense("code.code", "unheard of", (), frozenset(), "text") == "code.code"


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ("adm: adm_id big pk, pt_id big, adm_dt ts, disch_dt ts, dx_cd code, disch_disp text",
         {"adm_dt": "encounter.admission", "disch_dt": "encounter.discharge",
          "dx_cd": "diagnosis.code", "disch_disp": "care.disposition"}),
        ("visit: id big pk, date_created ts, date_voided ts, creator text",
         {"date_created": "moment.created", "date_voided": "moment.deleted",
          "creator": "audit.created_by"}),
        ("oh_ward: WRD_ID big pk, WRD_NAME text, WRD_TELE text, WRD_FAX text",
         {"WRD_TELE": "contact.phone", "WRD_FAX": "contact.fax"}),
        ("lims_result: id big pk, tst_cd code, coll_dttm ts, rslt_dttm ts, uom code, ref_lo num",
         {"tst_cd": "lab.code", "coll_dttm": "lab.collected", "rslt_dttm": "lab.resulted",
          "uom": "lab.unit", "ref_lo": "lab.low"}),
        ("claim: id big pk, prvdr_npi text, dschrg_dt date, primarydx code, paidamt num",
         {"dschrg_dt": "encounter.discharge", "primarydx": "diagnosis.name",
          "paidamt": "money.paid"}),
    ],
)  # fmt: skip
def test_names_of_many_houses(table: str, wanted: dict[str, str]) -> None:
    found = schema(table)
    (only,) = found
    readings = read_every(only, found)
    assert {c: readings[c].meaning for c in wanted} == wanted
    assert {c for c in wanted if readings[c].score < THRESHOLD} == set()


def test_keys_and_guesses_are_read_too_but_never_used() -> None:
    found = schema(
        "patient: id big pk, name text", "thing: id big pk, patient_id big >patient, "
        "is_odd code, wibble_type text, wibble text",
    )  # fmt: skip
    table = found[Name("public", "thing")]
    every = read_every(table, found)
    assert every["id"].meaning == "key.surrogate"
    assert every["patient_id"].meaning == "key.reference"
    assert every["is_odd"].meaning == "flag.any"
    assert every["wibble_type"].meaning == "thing.category"
    assert every["wibble"].meaning == "none"
    assert not {"is_odd", "wibble_type", "wibble"} & set(read_table(table, found))
    assert all(every[c].score < THRESHOLD for c in ("is_odd", "wibble_type", "wibble"))


def test_every_reading_is_of_a_known_meaning() -> None:
    found = schema("visit: id big pk, a text, start_at ts, sex text, total num, x bool")
    for table in found:
        assert {r.meaning for r in read_every(table, found).values()} <= known_meanings()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("prvdr_srvc", ("provider", "service")),
        ("collecteddt", ("collected", "date")),
        ("SEX_C", ("sex",)),
        ("UPDT_DT_TM", ("updated", "datetime")),
        ("abatementDateTime", ("abatement", "datetime")),
        ("ndc", ("ndc",)),
    ],
)
def test_words(name: str, words: tuple[str, ...]) -> None:
    assert tokens(name)[0] == words
