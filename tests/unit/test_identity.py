"""Nobody's identity: identifiers are well formed, and of ranges that are never given out."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.es import dni
from stdnum.exceptions import InvalidChecksum
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.us import ssn

from seeder.errors import PlanError
from seeder.generate.cells import finish
from seeder.generate.locale import locales
from seeder.generate.makers.national import NATIONAL
from seeder.generate.registry import definition, definitions
from seeder.generate.sample import SampleCall
from seeder.plan.findings import refuse_errors
from seeder.plan.model import Plan
from seeder.plan.planner import make_plan
from seeder.schema import Table, Type
from tests.property.hand_made import options, schema, table

_TEXT = Type("text", "text")
_BIG = Type("integer", "bigint", bits=64)
_REFERENCE = 20_600 * 86_400_000_000
# What may follow a number that is kept for fiction, by country; see docs/explanation/identifiers.md
_FICTION = {
    "en_US": r"\d{3}55501\d\d",
    "en_GB": r"0(1632960\d{3}|207946\d{4}|(1[1-6][1-8]|121|131|141|151|161)496\d{4}|191498\d{4}"
    r"|292018\d{4}|2896496\d{3})",
    "de_DE": r"0(3023125|6990009|4066969|2214710|8999998)\d{3}|017604069\d{3}",
    "fr_FR": r"0(19900|26191|35301|46571|53649)\d{4,5}",
    "es_ES": r"2\d{8}",
}


class Numbered(SampleCall):
    """Rows whose distinct index is as given."""

    def __init__(self, indexes: list[int], kind: Type, params: dict[str, Any]) -> None:
        super().__init__(len(indexes), kind, params, _REFERENCE, True)
        self.indexes = np.asarray(indexes, np.int64)

    def index(self, capacity: int) -> Any:
        return self.indexes % capacity


def make(name: str, indexes: list[int], kind: Type = _TEXT, **params: Any) -> list[Any]:
    """The cells of rows with these indexes, distinct."""
    found = definition(name)
    resolved = found.resolve(params)
    made = found.make(Numbered(indexes, kind, resolved))
    values: list[Any] = finish(made, kind, found, resolved).to_pylist()
    return values


def drawn(name: str, n: int = 3000, kind: Type = _TEXT, **params: Any) -> list[Any]:
    """Cells that may repeat."""
    found = definition(name)
    resolved = found.resolve(params)
    made = found.make(SampleCall(n, kind, resolved, _REFERENCE))
    values: list[Any] = finish(made, kind, found, resolved).to_pylist()
    return values


_INDEXES = st.lists(st.integers(0, (1 << 60) - 1), min_size=1, max_size=40)


def _ssn_is_nobodys(text: str) -> None:
    area, group, serial = text.split("-")
    assert area in ("000", "666")
    assert group != "00"
    assert serial != "0000"
    assert not ssn.is_valid(text)


def _npi_is_nobodys(text: str) -> None:
    assert luhn.is_valid("80840" + text)
    assert text[0] == "2"


def _dea_is_nobodys(text: str) -> None:
    assert re.fullmatch(r"Z[A-Z]\d{7}", text)
    ones = [int(d) for d in text[2:]]
    assert (sum(ones[0:6:2]) + 2 * sum(ones[1:6:2])) % 10 == ones[6]


def _mbi_is_nobodys(text: str) -> None:
    letter, both = "[AC-HJKMNP-RT-Y]", "[0-9AC-HJKMNP-RT-Y]"
    rest = rf"{both}\d{letter}{both}\d{letter}{letter}\d\d"
    assert re.fullmatch(rf"[1-9]S{rest}", text)
    assert not re.fullmatch(rf"[1-9]{letter}{rest}", text)


def _phone_is_nobodys(text: str) -> None:
    assert re.fullmatch(r"\((37|96)\d\) [2-9]\d\d-\d{4}", text)


def _ip_is_nobodys(text: str) -> None:
    assert ipaddress.ip_address(text) in ipaddress.ip_network("2001:db8::/32")


def _gtin_is_nobodys(text: str) -> None:
    found = re.match(r"\(01\)(0952\d{10})\(11\)", text)
    assert found
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(found[1]))
    assert total % 10 == 0


def _mail_is_nobodys(text: str) -> None:
    assert re.fullmatch(r"[a-z.]+\d+@example\.(com|org|net)", text)


def _shaped(pattern: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        assert re.fullmatch(pattern, text), text

    return check


CHECKS: dict[str, Callable[[str], None]] = {
    "id.ssn": _ssn_is_nobodys,
    "id.npi": _npi_is_nobodys,
    "id.dea": _dea_is_nobodys,
    "id.mbi": _mbi_is_nobodys,
    "contact.phone": _phone_is_nobodys,
    "contact.email": _mail_is_nobodys,
    "net.ip": _ip_is_nobodys,
    "id.udi": _gtin_is_nobodys,
    "id.tax": _shaped(r"00-\d{7}"),
    "id.license": _shaped(r"ZZ-[A-Z]\d{6}"),
    "id.driver": _shaped(r"0S0\d{6}"),
    "id.passport": _shaped(r"X99\d{6}X"),
    "id.member": _shaped(r"[A-Z]0[A-Z]\d{9}"),
    "id.mac": _shaped(r"02(:[0-9a-f]{2}){5}"),
    "contact.url": _shaped(r"https://www\.example\.org/.*"),
    "id.taxonomy": _shaped(r"999X\d{5}X"),
}


@pytest.mark.parametrize("name", sorted(CHECKS))
@given(indexes=_INDEXES)
@settings(max_examples=60, deadline=None)
def test_no_identifier_falls_in_a_real_range(name: str, indexes: list[int]) -> None:
    for text in make(name, indexes):
        CHECKS[name](text)


@given(indexes=_INDEXES)
@settings(max_examples=60, deadline=None)
def test_numbers_of_other_countries(indexes: list[int]) -> None:
    for text in make("id.ssn", indexes, locale="en_GB"):
        assert nhs.is_valid(text)
        assert text.startswith("999 ")
    for text in make("id.ssn", indexes, locale="fr_FR", plain=True):
        assert nir.is_valid(text)
        assert text[7:10] == "000"
    for text in make("id.ssn", indexes, locale="es_ES", plain=True):
        assert text[8] in "IOU"
        with pytest.raises(InvalidChecksum):
            dni.validate(text)
    for text in make("id.ssn", indexes, locale="de_DE", plain=True):
        assert re.fullmatch(r"00(0[1-9]|1\d|2[0-8])(0[1-9]|1[0-2])\d\d[A-Z]\d{3}", text)


def test_the_german_check_digit() -> None:
    """15 070649 C 103, the example of the rule that defines it, has the check digit 3."""
    assert all(_german(t) for t in make("id.ssn", list(range(0, 10**7, 99_991)), locale="de_DE"))
    assert _german("15 070649 C 103")
    assert not _german("15 070649 C 104")


def _german(text: str) -> bool:
    plain = text.replace(" ", "")
    digits = plain[:8] + f"{ord(plain[8]) - 64:02}" + plain[9:11]
    products = [int(d) * w for d, w in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1),
                                           strict=True)]  # fmt: skip
    return sum(p // 10 + p % 10 for p in products) % 10 == int(plain[11])


@pytest.mark.parametrize("locale", locales())
def test_national_numbers_are_a_bijection_of_the_index(locale: str) -> None:
    found = definition("id.ssn")
    assert found.capacity is not None
    room = found.capacity(_TEXT, found.resolve({"locale": locale}))
    ends = [*range(20_000), *range(room - 20_000, room)]
    made = [text[1:] if locale == "fr_FR" else text
            for text in make("id.ssn", ends, locale=locale)]  # fmt: skip
    assert len(set(made)) == len(ends)


@pytest.mark.parametrize("locale", locales())
def test_telephones_are_kept_for_fiction(locale: str) -> None:
    wanted = re.compile(_FICTION[locale])
    for kind, params in ((_TEXT, {}), (_TEXT, {"line": "mobile"}), (_TEXT, {"group": "spouse"})):
        for text in drawn("contact.phone", kind=kind, locale=locale, **params):
            assert wanted.fullmatch(re.sub(r"\D", "", text)), text
    for number in make("contact.phone", [0, 5, 10**8 + 7], _BIG, locale=locale):
        assert re.match(r"37\d|96\d|999", str(number))
    for text in make("contact.phone", [0, 5, 10**8 + 7], locale=locale):
        assert re.match(r"\((37|96)\d\)|\+999 ", text), text


@pytest.mark.parametrize("locale", locales())
@pytest.mark.parametrize("length", [6, 7, 8, 9, 10, 11, 13, 16])
def test_telephones_in_short_columns(locale: str, length: int) -> None:
    """A number without its area code would be somebody's in another town: it begins with 0."""
    kind = Type("text", f"varchar({length})", length=length)
    found = definition("contact.phone")
    assert found.width is not None
    if found.width(kind, found.resolve({"locale": locale})) > length:
        return
    for text in drawn("contact.phone", 200, kind, locale=locale):
        plain = re.sub(r"\D", "", text)
        short = re.fullmatch(r"55501\d\d" if locale == "en_US" else r"0000\d\d", plain)
        assert short or re.fullmatch(_FICTION[locale], plain), text


def test_documents_have_the_number_of_their_kind() -> None:
    kinds = ["ssn", "passport", "driver_license", "mrn", None]

    class Typed(SampleCall):
        def cells(self, column: str) -> pa.Array:
            assert column == "kind"
            return pa.array(kinds)

    found = definition("id.of_type")
    made = found.make(Typed(5, _TEXT, found.resolve({"column": "kind"}), _REFERENCE)).to_pylist()
    patterns = r"(000|666)-\d\d-\d{4}", r"X99\d{7}X", r"0S0\d{9}", r"1\d{8}", r"1\d{8}"
    for text, pattern in zip(made, patterns, strict=True):
        assert re.fullmatch(pattern, text), text
    assert luhn.is_valid(made[3])


def test_the_last_four_digits_are_those_of_the_number() -> None:
    class Beside(SampleCall):
        def sibling(self, meaning: str) -> pa.Array | None:
            return pa.array(["666-12-3456", "000-99-0001"]) if meaning == "id.ssn" else None

    found = definition("id.ssn_last4")
    call = Beside(2, _TEXT, found.resolve({}), _REFERENCE)
    assert found.make(call).to_pylist() == ["3456", "0001"]


# The planner -----------------------------------------------------------------------------------


def _planned(tables: tuple[Table, ...], rows: int) -> Plan:
    return make_plan(schema(*tables), options(rows))


def _identity(check: str, column: str) -> list[tuple[str, str]]:
    made = _planned((table("person", f"first_name text, {column}", checks=[check]),), 500)
    return [(f.severity, f.place) for f in made.findings if f.code == "identity"]


def test_a_check_that_forbids_what_is_nobodys_is_told() -> None:
    check = "ssn ~ '^[1-5][0-9]{2}-[0-9]{2}-[0-9]{4}$'"
    assert _identity(check, "ssn text?") == [("warning", "h.person.ssn")]
    assert _identity(check, "ssn text") == [("error", "h.person.ssn")]
    made = _planned((table("person", "first_name text, ssn text?", checks=[check]),), 500)
    assert made.tables["h.person"].columns["ssn"].generator == "null"
    refused = _planned((table("person", "first_name text, ssn text", checks=[check]),), 500)
    with pytest.raises(PlanError, match="can belong to nobody"):
        refuse_errors(refused)


@pytest.mark.parametrize(
    ("check", "column", "params"),
    [
        ("phone ~ '^[0-9]{10}$'", "phone text", {"form": 3}),
        (r"phone ~ '^\+1[0-9]{10}$'", "phone text", {"form": 4}),
        ("phone ~ '^[0-9]{3}-[0-9]{3}-[0-9]{4}$'", "phone text", {"form": 2}),
        ("ssn ~ '^[0-9]{9}$'", "ssn text", {"plain": True}),
    ],
)
def test_a_check_on_the_form_chooses_the_form(
    check: str, column: str, params: dict[str, Any]
) -> None:
    made = _planned((table("person", f"first_name text, {column}", checks=[check]),), 500)
    assert made.tables["h.person"].columns[column.split()[0]].params == params
    assert not [f for f in made.findings if f.code == "identity"]


def test_telephones_that_must_differ_are_told() -> None:
    made = _planned((table("person", "first_name text, phone text", unique=["phone"]),), 500)
    told = [f for f in made.findings if f.code == "identity"]
    assert [f.severity for f in told] == ["info"]
    assert "370 to 379" in told[0].message


def test_the_page_tells_of_every_identifier() -> None:
    page = Path(__file__).parents[2] / "docs/explanation/identifiers.md"
    told = set(re.findall(r"`((?:id|contact|net|type)\.[a-z_0-9]+)`", page.read_text("utf-8")))
    assert told <= set(definitions())
    assert {n for n, found in definitions().items() if found.identity} <= told
    assert set(CHECKS) <= told
    assert all(f"`{locale}`" in page.read_text("utf-8") for locale in set(locales()) - {"en_US"})


def test_every_national_number_has_a_locale() -> None:
    assert len(NATIONAL) == len(locales())
