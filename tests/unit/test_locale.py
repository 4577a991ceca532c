"""Locales: tables alike in their columns, names by birth, households, and places that agree."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from seeder.errors import UsageError
from seeder.generate.locale import checked, formats, locales, table
from seeder.generate.registry import definition
from seeder.generate.rows import Rows
from seeder.generate.sample import SampleCall
from seeder.generate.world import build
from seeder.plan.model import Plan
from seeder.plan.overrides_file import parse
from seeder.plan.planner import make_plan
from seeder.schema import Type
from tests.property.hand_made import DATE, options, schema
from tests.property.hand_made import name as named
from tests.property.hand_made import table as hand_made

_TEXT = Type("text", "text")
_REFERENCE = 20_600 * 86_400_000_000
_TABLES = "first_names_female first_names_male last_names places streets formats".split()
# ZIP prefixes of each state, from the table of the United States Postal Service.
_ZIPS = (
    "AK 995-999 AL 350-369 AR 716-729 AZ 850-865 CA 900-961 CO 800-816 CT 060-069 DC 200-205 "
    "DE 197-199 FL 320-349 GA 300-319 HI 967-968 IA 500-528 ID 832-838 IL 600-629 IN 460-479 "
    "KS 660-679 KY 400-427 LA 700-714 MA 010-027 MD 206-219 ME 039-049 MI 480-499 MN 550-567 "
    "MO 630-658 MS 386-397 MT 590-599 NC 270-289 ND 580-588 NE 680-693 NH 030-038 NJ 070-089 "
    "NM 870-884 NV 889-898 NY 100-149 OH 430-459 OK 730-749 OR 970-979 PA 150-196 RI 028-029 "
    "SC 290-299 SD 570-577 TN 370-385 TX 750-799 UT 840-847 VA 220-246 VT 050-059 WA 980-994 "
    "WI 530-549 WV 247-268 WY 820-831"
).split()
# Area codes of each state, from the North American Numbering Plan Administrator.
_AREAS = (
    "AK:907 AL:205,251,256,334,659,938 AR:479,501,870 AZ:480,520,602,623,928 "
    "CA:209,213,310,323,408,415,510,530,559,562,619,626,650,661,707,714,760,805,818,831,858,909,"
    "916,925,949,951 CO:303,719,720,970 CT:203,475,860,959 DC:202,771 DE:302 "
    "FL:239,305,321,352,386,407,561,727,754,772,786,813,850,863,904,941,954 "
    "GA:229,404,470,478,678,706,762,770,912 HI:808 IA:319,515,563,641,712 ID:208,986 "
    "IL:217,309,312,618,630,708,773,815,847 IN:219,260,317,463,574,765,812,930 "
    "KS:316,620,785,913 KY:270,364,502,606,859 LA:225,318,337,504,985 "
    "MA:339,351,413,508,617,774,781,857,978 MD:240,301,410,443,667 ME:207 "
    "MI:231,248,269,313,517,586,616,734,810,906,947,989 MN:218,320,507,612,651,763,952 "
    "MO:314,417,573,636,660,816 MS:228,601,662,769 MT:406 NC:252,336,704,828,910,919,980,984 "
    "ND:701 NE:308,402,531 NH:603 NJ:201,551,609,732,848,856,862,908,973 NM:505,575 "
    "NV:702,725,775 NY:212,315,332,347,516,518,585,607,631,646,680,716,718,845,914,917,929 "
    "OH:216,220,234,330,380,419,440,513,567,614,740,937 OK:405,539,580,918 OR:458,503,541,971 "
    "PA:215,267,272,412,484,570,610,717,724,814,878 RI:401 SC:803,839,843,854,864 SD:605 "
    "TN:423,615,629,731,865,901,931 "
    "TX:210,214,254,281,325,346,361,409,430,432,469,512,682,713,737,806,817,830,832,903,915,936,"
    "940,956,972,979 UT:385,435,801 VA:276,434,540,571,703,757,804 VT:802 "
    "WA:206,253,360,425,509,564 WI:262,414,534,608,715,920 WV:304,681 WY:307"
).split()


def make(name: str, n: int = 4000, **params: Any) -> list[Any]:
    found = definition(name)
    made = found.make(SampleCall(n, _TEXT, found.resolve(params), _REFERENCE))
    values: list[Any] = (made if isinstance(made, pa.Array) else pa.array(made)).to_pylist()
    return values


def test_the_tables_of_all_locales_are_alike() -> None:
    assert set(locales()) >= {"en_US", "en_GB", "de_DE", "fr_FR", "es_ES"}
    for locale in locales():
        for name in ("last_names", "places", "streets"):
            assert set(table(locale, name).columns) == set(table("en_US", name).columns)
        assert set(formats(locale)) == set(formats("en_US"))
        assert all(len(table(locale, name)) >= 19 for name in _TABLES), locale


def test_zip_and_area_code_are_of_the_state() -> None:
    zips = dict(zip(_ZIPS[::2], _ZIPS[1::2], strict=True))
    areas = {s[:2]: s[3:].split(",") for s in _AREAS}
    places = table("en_US", "places").columns
    for city, state, code, area in zip(
        *(places[k] for k in ("city", "state", "zip", "area")), strict=True
    ):
        low, high = zips[state].split("-")
        assert low <= code <= high, city
        assert area in areas[state], city


@pytest.mark.parametrize("group", ["", "guarantor", "employer", "emergency_contact"])
@pytest.mark.parametrize("locale", locales())
def test_city_state_postal_code_and_telephone_agree(locale: str, group: str) -> None:
    places = table(locale, "places").columns
    known: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for city, state, code, area in zip(
        *(places[k] for k in ("city", "state", "zip", "area")), strict=True
    ):
        known.setdefault((city, state), set()).add((code, area))
    rows = zip(
        *(make(f"place.{n}", locale=locale, group=group) for n in ("city", "state", "zip")),
        make("contact.phone", locale=locale, group=group),
        strict=True,
    )
    for city, state, code, phone in rows:
        assert any(
            code.startswith(c) and phone.lstrip("(").startswith(a) for c, a in known[city, state]
        ), (city, state, code, phone)


@pytest.mark.parametrize("locale", locales())
def test_first_names_are_those_of_the_birth_decade(locale: str) -> None:
    names = table(locale, "first_names_female"), table(locale, "first_names_male")
    eras = [int(e) for e in list(names[0].columns)[1:]]
    given = {
        (str(era), name)
        for each in names
        for era in map(str, eras)
        for name, weight in zip(each.columns["name"], each.columns[era], strict=True)
        if int(weight)
    }
    call = SampleCall(4000, _TEXT, {}, _REFERENCE)
    born = [dt.date(1970, 1, 1) + dt.timedelta(days=int(b) // 86_400_000_000)
            for b in call.life[0]]  # fmt: skip
    for birth, name in zip(born, make("person.first_name", locale=locale), strict=True):
        era = max([e for e in eras if e <= birth.year], default=eras[0])
        assert (str(era), name) in given, (birth, name)


def test_relatives_are_of_other_generations() -> None:
    mothers, own = make("person.first_name", group="mother"), make("person.first_name")
    assert sum(a == b for a, b in zip(mothers, own, strict=True)) < 100
    assert set(mothers) <= set(table("en_US", "first_names_female").columns["name"])


# Households -------------------------------------------------------------------------------------

_FAMILY = (
    hand_made(
        "patient",
        "first_name text, last_name text, birth_date date, sex char1, phone text, mobile text, "
        "address text, city text, state char1, zip text, emergency_contact_name text, "
        "emergency_contact_phone text",
    ),
    hand_made(
        "patient_address",
        "patient_id bigint, address text, city text, zip text",
        "patient_id -> patient",
    ),
    hand_made(
        "encounter",
        "patient_id bigint, started_at timestamptz, ended_at timestamptz, created_by text",
        "patient_id -> patient",
    ),
)


def rows_of(plan: Plan, label: str, numbers: Any = None) -> Rows:
    """Rows of a table, all of them unless said."""
    world = build(plan)
    found = world.populations[named(label)]
    return Rows(world, found.name, np.arange(found.rows) if numbers is None else numbers)


def _cells(label: str, *columns: str) -> list[tuple[Any, ...]]:
    made = rows_of(make_plan(schema(*_FAMILY), options(40_000)), label)
    return list(zip(*(made.cells(c).to_pylist() for c in columns), strict=True))


def test_a_share_of_patients_live_together() -> None:
    told = _cells("patient", "last_name", "phone", "address", "city", "zip")
    homes = Counter(row[2:] for row in told)
    shared = [row for row in told if homes[row[2:]] > 1]
    assert 0.35 < len(shared) / len(told) < 0.55
    for home in {row[2:] for row in shared}:
        assert len({row[:2] for row in shared if row[2:] == home}) == 1
    mobiles = _cells("patient", "phone", "mobile")
    assert sum(a == b for a, b in mobiles) / len(mobiles) < 0.05


def test_the_latest_address_of_a_patient_is_its_households() -> None:
    plan = make_plan(schema(*_FAMILY), options(40_000))
    homes = rows_of(plan, "patient").cells("address").to_pylist()
    rows = rows_of(plan, "patient_address")
    owners, last = rows._located[0], rows.siblings - 1 == rows.ordinal
    latest = [(o, a) for o, a, here in zip(owners, rows.cells("address").to_pylist(), last,
                                           strict=True) if here]  # fmt: skip
    assert latest
    assert all(homes[owner] == address for owner, address in latest)


def test_emergency_contacts_usually_share_the_last_name() -> None:
    told = _cells("patient", "last_name", "emergency_contact_name")
    share = sum(name.endswith(f" {last}") for last, name in told) / len(told)
    assert 0.6 < share < 0.8


def test_who_signed_is_not_of_the_patients_family() -> None:
    plan = make_plan(schema(*_FAMILY), options(40_000))
    rows = rows_of(plan, "encounter")
    names = rows_of(plan, "patient").cells("last_name").to_pylist()
    signed = rows.cells("created_by").to_pylist()
    same = sum(names[o].lower() in s for o, s in zip(rows._located[0], signed, strict=True))
    assert same / len(signed) < 0.05


def test_any_slice_gives_the_same_households() -> None:
    plan = make_plan(schema(*_FAMILY), options(40_000))
    whole = rows_of(plan, "patient")
    for column in ("last_name", "address", "phone", "emergency_contact_name"):
        part = rows_of(plan, "patient", np.arange(100, 40, -3))
        assert part.cells(column).to_pylist() == [
            whole.cells(column)[i].as_py() for i in range(100, 40, -3)
        ]


# Control ----------------------------------------------------------------------------------------


def test_an_unknown_locale_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean de_DE"):
        checked("de_AT")
    with pytest.raises(UsageError, match=r"seeder.yaml:1: locale: .*did you mean fr_FR"):
        parse("locale: fr-FR\n", "seeder.yaml")


def test_the_plan_says_the_locale_column_by_column() -> None:
    made = make_plan(schema(*_FAMILY), options(500).model_copy(update={"locale": "de_DE"}))
    columns = made.tables["h.patient"].columns
    assert columns["city"].params["locale"] == "de_DE"
    assert columns["last_name"].params["locale"] == "de_DE"
    assert "locale" not in columns["sex"].params
    assert made.options.locale == "de_DE"


def test_the_country_of_an_address_is_the_locales() -> None:
    place = hand_made("location", "address text, city text, zip text, country_code code")
    made = make_plan(schema(place), options(50).model_copy(update={"locale": "es_ES"}))
    assert set(rows_of(made, "location").cells("country_code").to_pylist()) == {"ES"}


def test_the_reference_date_stays() -> None:
    made = make_plan(schema(*_FAMILY), options(500))
    assert made.options.reference_date == DATE
