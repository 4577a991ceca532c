"""Generators by meaning: what their values look like, how columns of a row agree, and speed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from seeder.generate import decimals, registry, stream, text
from seeder.generate.data import entries
from seeder.generate.makers.identifiers import FORMS
from seeder.generate.makers.moments import DAY
from seeder.generate.permutation import permute
from seeder.generate.registry import Call, Person, definition, definitions
from seeder.generate.stream import Ints, Words
from seeder.schema import Type

FAMILIES = (
    "people contact place clinical codes money status identifiers national organisation prose "
    "moments staff"
).split()
_YEAR = 365 * DAY


class FakeCall:
    """A Call over rows [0, n), whose spans and lives are drawn from streams of its own."""

    place = ""

    def __init__(
        self,
        kind: Type,
        params: Mapping[str, Any],
        n: int = 500,
        unique: bool = True,
        first: int = 0,
        column: str = "c",
    ) -> None:
        self.n = n
        self.rows: Ints = np.arange(first, first + n, dtype=np.int64)
        self.type = kind
        self.params = params
        self.reference = 20_000 * DAY
        self.distinct = unique
        self.column = column
        self.others: dict[str, pa.Array] = {}

    def words(self, draw: int = 0, stream: str = "") -> Words:
        return _words(stream or f"column {self.column}", self.rows, draw)

    def below(self, limit: int, draw: int = 0, stream: str = "") -> Ints:
        return _below(self.words(draw, stream), limit)

    def index(self, capacity: int) -> Ints:
        if not self.distinct:
            return self.below(capacity)
        return permute(stream.key(7, self.column), capacity, self.rows)

    def cells(self, column: str) -> pa.Array:
        return self.others[column]

    def sibling(self, meaning: str) -> pa.Array | None:
        return None

    def nearby(self, meaning: str) -> pa.Array | None:
        return self.sibling(meaning)

    def elsewhere(self, table: str, column: str, draw: int = 0) -> pa.Array:
        raise KeyError(table)

    def once(self, name: str, make: Any) -> Any:
        return make()

    def parent(self, key: str, column: str) -> pa.Array:
        return self.others[column]

    @property
    def person(self) -> Person | None:
        return Person(self.rows, np.zeros(self.n, np.int64))

    def person_words(self, numbers: Ints, draw: int = 0, stream: str = "") -> Words:
        return _words(stream, numbers, draw)

    @property
    def ordinal(self) -> Ints:
        return self.rows % 4

    @property
    def siblings(self) -> Ints:
        return np.full(self.n, 4, np.int64)

    @property
    def span(self) -> tuple[Ints, Ints]:
        begun = self.life[0] + self.below(10 * _YEAR, 0, "span")
        return begun, begun + self.below(30 * DAY, 1, "span")

    @property
    def life(self) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        born = self.below(60 * _YEAR, 0, "life") - 40 * _YEAR
        died = stream.chance(self.words(1, "life"), 0.2)
        return born, born + 25 * _YEAR, died


def _words(name: str, rows: Ints, draw: int) -> Words:
    return stream.words(stream.key(1, name), rows, draw)


def _below(words: Words, limit: int) -> Ints:
    return stream.below(words, limit)


def make(
    name: str,
    kind: Type | None = None,
    *,
    n: int = 500,
    unique: bool = False,
    column: str = "c",
    others: dict[str, pa.Array] | None = None,
    first: int = 0,
    **params: Any,
) -> pa.Array:
    found = definition(name)
    kind = kind or Type("text", "text")
    call = FakeCall(kind, found.resolve(params), n, unique, first, column)
    call.others = others or {}
    checked: Call = call
    made = found.make(checked)
    return made if isinstance(made, pa.Array) else pa.array(made)


def of_families() -> list[str]:
    return sorted(
        n for n, d in definitions().items() if d.make.__module__.rsplit(".", 1)[1] in FAMILIES
    )


SAMPLES = {
    "boolean": [Type("boolean", "boolean")],
    "integer": [Type("integer", "integer", bits=b) for b in (16, 32, 64)],
    "decimal": [
        Type("decimal", "numeric", precision=p, scale=s)
        for p, s in ((10, 2), (5, 2), (12, 4), (3, 0), (None, None))
    ],
    "float": [Type("float", "double precision", bits=64)],
    "money": [Type("money", "money")],
    "text": [Type("text", "varchar", length=n) for n in (None, 255, 50, 20, 10, 5, 2, 1)],
    "date": [Type("date", "date")],
    "time": [Type("time", "time")],
    "timestamp": [Type("timestamp", "timestamp")],
    "timestamptz": [Type("timestamptz", "timestamptz")],
    "json": [Type("json", "jsonb")],
    "inet": [Type("inet", "inet")],
    "macaddr": [Type("macaddr", "macaddr")],
    "bytes": [Type("bytes", "bytea")],
    "bit": [Type("bit", "bit", length=1)],
    "enum": [Type("enum", "sex", values=("M", "F"))],
}


@pytest.mark.parametrize("name", of_families())
def test_every_generator_fits_every_type_that_it_accepts(name: str) -> None:
    found = definition(name)
    for kind in (k for kinds in found.accepts for k in SAMPLES[kinds]):
        others = {"code": pa.array(["I10"] * 500)}
        made = make(name, kind, others=others)
        assert len(made) == 500, kind
        if name != "person.death":
            assert made.null_count == 0, kind
        if kind.kind == "text":
            assert made.type == pa.string(), kind
            if kind.length is not None and usable(name, kind):
                assert pc.max(pc.utf8_length(made)).as_py() <= kind.length, kind
        if kind.kind == "integer":
            assert pa.types.is_integer(made.type), kind
            limit = 1 << ((kind.bits or 64) - 1)
            bounds = pc.min_max(made).as_py()
            if name not in NOT_SMALL or (kind.bits or 64) == 64:
                assert -limit <= (bounds["min"] or 0), kind
                assert (bounds["max"] or 0) < limit, kind


def usable(name: str, kind: Type) -> bool:
    """Whether the planner would take the generator for the column: what it writes fits."""
    found = definition(name)
    if kind.kind != "text" or kind.length is None or found.width is None:
        return True
    return found.width(kind, found.resolve({})) <= kind.length


# Numbers that need 32 or 64 bits whatever the column has: the planner refuses narrower ones.
NOT_SMALL = {
    "contact.phone",
    "id.ssn",
    "id.npi",
    "code.snomed",
    "code.cpt",
    "moment.start",
    "moment.end",
    "moment.within",
    "moment.after",
    "moment.before",
    "person.birth",
    "person.death",
    "place.zip",
    "id.mrn",
}


@pytest.mark.parametrize("name", [n for n in of_families() if definition(n).capacity])
def test_distinct_where_a_capacity_is_given(name: str) -> None:
    found = definition(name)
    for kind in (k for kinds in found.accepts for k in SAMPLES[kinds]):
        assert found.capacity is not None
        room = found.capacity(kind, found.resolve({}))
        n = min(room, 3000)
        if not usable(name, kind) or ((kind.bits or 64) < 64 and name in NOT_SMALL):
            continue
        made = make(name, kind, n=n, unique=True)
        assert len(pc.unique(made)) == n, (name, kind, room)


@pytest.mark.parametrize("name", of_families())
def test_rows_do_not_depend_on_their_batch(name: str) -> None:
    found = definition(name)
    kind = SAMPLES[sorted(found.accepts)[0]][0]
    others = {"code": pa.array(["I10"] * 100)}
    whole = make(name, kind, n=100, others=others)
    part = make(name, kind, n=40, first=60, others={"code": pa.array(["I10"] * 40)})
    assert whole.slice(60).equals(part)


@pytest.mark.parametrize("name", of_families())
def test_width_is_never_exceeded(name: str) -> None:
    found = definition(name)
    if found.width is None or "text" not in found.accepts:
        return
    for kind in (k for k in SAMPLES["text"] if usable(name, k)):
        made = make(name, kind, others={"code": pa.array(["I10"] * 500)})
        assert pc.max(pc.utf8_length(made)).as_py() <= found.width(kind, found.resolve({})), kind


def test_first_names_agree_with_sex() -> None:
    names, sexes = make("person.first_name", n=4000), make("person.sex", n=4000)
    girls = set(entries("en_US/first_names_female").columns["name"])
    boys = set(entries("en_US/first_names_male").columns["name"])
    for name, sex in zip(names.to_pylist(), sexes.to_pylist(), strict=True):
        assert name in (girls if sex == "F" else boys)
    share = sum(s == "F" for s in sexes.to_pylist()) / 4000
    assert 0.48 < share < 0.54


@pytest.mark.parametrize(
    "values",
    [["M", "F", "U"], ["male", "female"], ["1", "2", "9"], ["Male", "Female", "Other", "Unknown"]],
)
def test_sex_uses_the_values_given(values: list[str]) -> None:
    made = make("person.sex", n=6000, values=values).to_pylist()
    plain = make("person.sex", n=6000).to_pylist()
    assert set(made) == set(values)
    woman = {"F": values.index(next(v for v in values if v.lower() in ("f", "female", "2")))}
    same = sum((m == values[woman["F"]]) == (p == "F") for m, p in zip(made, plain, strict=True))
    assert same / 6000 > 0.96


def test_name_email_and_user_name_tell_of_one_person() -> None:
    first, last = make("person.first_name").to_pylist(), make("person.last_name").to_pylist()
    emails = make("contact.email").to_pylist()
    for a, b, email in zip(first, last, emails, strict=True):
        assert email.startswith(f"{a}.{b}".lower())
        assert email.rpartition("@")[2] in ("example.com", "example.org", "example.net")
    assert make("person.full_name").to_pylist() == [
        f"{a} {b}" for a, b in zip(first, last, strict=True)
    ]


def test_groups_are_other_people() -> None:
    assert not make("person.last_name").equals(make("person.last_name", group="contact"))


def test_a_row_has_one_place() -> None:
    table = entries("en_US/places")
    known = {
        (c, s): (z, a)
        for c, s, z, a in zip(
            *(table.columns[k] for k in ("city", "state", "zip", "area")), strict=True
        )
    }
    rows = zip(
        make("place.city").to_pylist(),
        make("place.state").to_pylist(),
        make("place.zip").to_pylist(),
        make("contact.phone", unique=False).to_pylist(),
        strict=True,
    )
    for city, state, code, phone in rows:
        assert code[:3] == known[city, state][0]
        assert phone[1:4] == known[city, state][1]
        assert phone[4:].startswith(") 555-01")


def test_identifiers_are_never_real() -> None:
    for ssn in make("id.ssn", unique=True).to_pylist():
        assert ssn[:3] in ("000", "666")
        assert ssn[4:6] != "00"
        assert ssn[7:] != "0000"
    for address in make("net.ip", unique=False).to_pylist():
        assert address.startswith(("192.0.2.", "198.51.100.", "203.0.113."))
    assert all(t.startswith("00-") for t in make("id.tax").to_pylist())


def _luhn(number: str) -> bool:
    total = 0
    for place, sign in enumerate(reversed(number)):
        digit = int(sign) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def test_check_digits() -> None:
    assert all(_luhn("80840" + n) and n[0] == "2" for n in make("id.npi").to_pylist())
    assert all(_luhn(n) for n in make("id.mrn").to_pylist())


@pytest.mark.parametrize("system", ["icd10cm", "icd10pcs", "labs", "drugs", "vaccines"])
def test_code_and_description_agree(system: str) -> None:
    table = entries(system)
    known = dict(zip(table.columns["code"], table.columns["name"], strict=True))
    for group in ("", "2"):
        codes = make("code.drawn", system=system, group=group).to_pylist()
        names = make("code.drawn", system=system, part="name", group=group).to_pylist()
        assert [known[c] for c in codes] == names
    label = make(
        "code.label", system=system, part="name", others={"code": pa.array(codes)}
    ).to_pylist()
    assert label == names


def test_listed_entries_agree_and_are_numbered_past_the_end() -> None:
    size = len(entries("specialties"))
    codes = make("code.listed", n=size * 2 + 3, system="specialties").to_pylist()
    names = make("code.listed", n=size * 2 + 3, system="specialties", part="name").to_pylist()
    assert codes[:size] == list(entries("specialties").columns["code"])
    assert names[size] == names[0] + " 2"
    assert codes[size] == codes[0] + "-2"
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)


def test_results_lie_about_their_ranges_and_flags_say_where() -> None:
    kind = Type("float", "double precision", bits=64)
    value, low, high = (
        make(g, kind, n=5000, **p).to_pylist()
        for g, p in (
            ("lab.value", {}),
            ("code.drawn", {"system": "labs", "part": "low"}),
            ("code.drawn", {"system": "labs", "part": "high"}),
        )
    )
    flags = make("lab.flag", n=5000).to_pylist()
    inside = 0
    for v, a, b, flag in zip(value, low, high, flags, strict=True):
        inside += a <= v <= b
        assert (flag == "N") == (a <= v <= b)
        assert flag[0] != "L" or v < a
        assert flag[0] != "H" or v > b
    assert 0.65 < inside / 5000 < 0.9


def test_body_measures_agree() -> None:
    kind = Type("float", "double precision", bits=64)
    height, weight, bmi = (
        make("vital.sign", kind, of=o).to_pylist() for o in ("height", "weight", "bmi")
    )
    for h, w, b in zip(height, weight, bmi, strict=True):
        assert abs(w / (h / 100) ** 2 - b) < 0.3
    upper, lower = (make("vital.sign", kind, of=o).to_pylist() for o in ("systolic", "diastolic"))
    assert all(a > b for a, b in zip(upper, lower, strict=True))


def test_moments_keep_their_order() -> None:
    kind = Type("timestamptz", "timestamptz")
    steps = [
        ("moment.start", {}),
        ("moment.within", {"low": 0.03, "high": 0.1}),
        ("moment.within", {"low": 0.3, "high": 0.45}),
        ("moment.within", {"low": 0.87, "high": 0.97}),
        ("moment.end", {}),
        ("moment.after", {}),
    ]
    made = [
        make(name, kind, column=str(i), **params).cast(pa.int64()).to_numpy()
        for i, (name, params) in enumerate(steps)
    ]
    for before, after in pairwise(made):
        assert (before <= after).all()


def test_moments_in_other_types() -> None:
    call = FakeCall(Type("date", "date"), {})
    days = call.span[0] // DAY
    assert make("moment.start", Type("date", "date")).cast(pa.int32()).to_pylist() == days.tolist()
    years = make("person.birth", Type("integer", "integer", bits=16), form="year").to_pylist()
    texts = make("person.birth", Type("text", "text", length=10)).to_pylist()
    assert [int(t[:4]) for t in texts] == years
    assert make("moment.start", Type("time", "time")).type == pa.time64("us")


def test_death_is_null_for_the_living() -> None:
    kind = Type("date", "date")
    died = make("person.died", Type("boolean", "boolean")).to_pylist()
    assert [d is not None for d in make("person.death", kind).to_pylist()] == died
    assert make("person.death", kind, always=True).null_count == 0


def test_minors_are_single_and_at_school(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows by turns 10 and 40 years old."""

    def life(call: FakeCall) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        born = np.zeros(call.n, np.int64)
        return born, born + np.where(call.rows % 2, 40, 10) * _YEAR, np.zeros(call.n, np.bool_)

    monkeypatch.setattr(FakeCall, "life", property(life))
    for system, only in (("marital", "Never Married"), ("occupations", "Student")):
        made = make("code.drawn", system=system, part="name").to_pylist()
        assert set(made[::2]) == {only}
        assert len(set(made[1::2])) > 4


def test_what_most_people_do_not_have() -> None:
    women = [s == "F" for s in make("person.sex", n=4000).to_pylist()]
    for name, low, high, theirs in (
        ("person.maiden_name", 0.15, 0.25, True),
        ("person.suffix", 0.01, 0.03, False),
    ):
        made = make(name, n=4000, sparse=True)
        has = [m is not None for m in made.to_pylist()]
        assert low < sum(has) / 4000 < high
        assert {w for w, h in zip(women, has, strict=True) if h} == {theirs}
        assert make(name, n=4000).null_count == 0


def test_amounts_of_a_row_share_a_base() -> None:
    kind = Type("decimal", "numeric", precision=12, scale=2)
    charge = make("money.amount", kind).to_pylist()
    paid = make("money.amount", kind, low=0.3, high=0.55).to_pylist()
    assert all(0 < p <= c for p, c in zip(paid, charge, strict=True))


@pytest.mark.parametrize("name", sorted(FORMS))
def test_identifier_forms(name: str) -> None:
    for kind in (k for k in SAMPLES["text"] if usable(name, k)):
        assert len(set(make(name, kind, n=10, unique=True).to_pylist())) == 10


def test_templates() -> None:
    index = np.asarray([0, 7, 4321, 99_999], np.int64)
    assert text.digits("a-##/###", index).to_pylist() == [
        "a-00/000",
        "a-00/007",
        "a-04/321",
        "a-99/999",
    ]
    assert text.digits("@@#", np.asarray([0, 10, 260], np.int64)).to_pylist() == [
        "AA0",
        "AB0",
        "BA0",
    ]
    assert text.capacity("##@-*") == 10 * 10 * 26 * 32
    assert text.digits("", index).to_pylist() == [""] * 4
    assert text.shorten("one two three", 9) == "one two"
    assert text.limit(pa.array(["one two"]), 4).to_pylist() == ["one"]


def test_decimals() -> None:
    units = np.asarray([0, -1, 12345, -(2**62)], np.int64)
    made = decimals.from_units(units, 38, 2)
    assert [str(v) for v in made.to_pylist()] == [
        "0.00",
        "-0.01",
        "123.45",
        "-46116860184273879.04",
    ]
    assert decimals.rescale(np.asarray([149, 150, -150]), 2, 0).tolist() == [1, 2, -1]
    kind = Type("decimal", "numeric", precision=3, scale=1)
    assert str(decimals.numeric(np.asarray([999_999]), 2, kind)[0]) == "99.9"


def test_quantiles_stay_between_their_ends() -> None:
    words = np.asarray([0, 1 << 63, (1 << 64) - 1], np.uint64)
    assert decimals.quantile(words, (10, 20, 40)).tolist() == [10, 20, 39]
    values = decimals.quantile(_words("q", np.arange(20_000), 0), (-700, 0, 4200))
    assert values.min() >= -700
    assert values.max() < 4200


def test_tables_of_data_are_whole() -> None:
    for name in ("icd10cm", "icd10pcs", "labs", "drugs", "en_US/places", "specialties"):
        table = entries(name)
        assert len(table) >= 35
        if "code" in table.columns:
            assert len(set(table.columns["code"])) == len(table)


def test_fast_enough() -> None:
    """Far below the aim of 5 M cells a second, so that a busy machine does not fail the test."""
    for name in ("person.first_name", "contact.phone", "id.mrn", "code.drawn", "moment.within"):
        kind = Type("timestamptz", "timestamptz") if name.startswith("moment") else None
        make(name, kind, n=1000)
        begun = time.perf_counter()
        make(name, kind, n=65_536)
        assert time.perf_counter() - begun < 1.0, name


def test_registry_has_no_name_twice() -> None:
    assert len(of_families()) >= 100
    assert registry.definition("person.first_name").summary


def test_listed_codes_and_their_running_number_fit_a_short_column() -> None:
    kind = Type("text", "character varying(10)", length=10)
    made = make("code.listed", kind, n=60_000, system="labs", part="code")
    assert max(map(len, made.to_pylist())) <= 10
