"""The fallbacks by type: what they write fits the type, the bounds and, when asked, is distinct."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeder.errors import PlanError
from seeder.generate import skew, stream
from seeder.generate.defaults import default_generator, wire_type
from seeder.generate.makers.choices import weighted
from seeder.generate.makers.clock import iso_of, moment_of
from seeder.generate.permutation import permute
from seeder.generate.registry import definition
from seeder.schema import Type

DAY = 86_400_000_000
REFERENCE = 1_735_689_600_000_000
TEXT = Type("text", "text")
INTEGER = Type("integer", "integer", bits=32)


class FakeCall:
    """Stands in for the evaluator's call, over plain row numbers."""

    def __init__(
        self,
        n: int = 300,
        kind: Type = TEXT,
        params: Mapping[str, Any] | None = None,
        distinct: bool = False,
        rows: Any = None,
    ) -> None:
        self.rows = np.arange(n, dtype=np.int64) if rows is None else rows
        self.n = len(self.rows)
        self.type, self.params, self.distinct = kind, params or {}, distinct
        self.reference = REFERENCE
        self._key = stream.key(7, "table", "column")

    def words(self, draw: int = 0, stream_: str = "") -> Any:
        return stream.words(self._key, self.rows, draw)

    def below(self, limit: Any, draw: int = 0, stream_: str = "") -> Any:
        return stream.below(self.words(draw), limit)

    def index(self, capacity: int) -> Any:
        return permute(self._key, capacity, self.rows) if self.distinct else self.below(capacity)

    def cells(self, column: str) -> Any:
        return pa.array(self.rows)

    def sibling(self, meaning: str) -> Any:
        return pa.array(self.rows) if meaning else None

    def elsewhere(self, table: str, column: str, draw: int = 0) -> pa.Array:
        raise KeyError(table)

    def once(self, name: str, make: Any) -> Any:
        return make()

    @property
    def person(self) -> Any:
        return None

    def person_words(self, numbers: Any, draw: int = 0, stream: str = "") -> Any:
        raise AssertionError("there is no person")

    @property
    def ordinal(self) -> Any:
        return self.rows % 5

    @property
    def siblings(self) -> Any:
        return np.full(self.n, 5)

    @property
    def span(self) -> Any:
        return np.full(self.n, REFERENCE - 400 * DAY), np.full(self.n, REFERENCE - 5 * DAY)

    @property
    def life(self) -> Any:
        return self.span[0], self.span[1], np.zeros(self.n, bool)


def make(name: str, kind: Type, n: int = 300, distinct: bool = False, **given: Any) -> pa.Array:
    found = definition(name)
    assert kind.kind in found.accepts
    made = found.make(FakeCall(n, kind, found.resolve(given), distinct))
    array = pa.array(made) if isinstance(made, np.ndarray) else made
    cast = array.cast(wire_type(kind))
    cast.validate(full=True)
    return cast


_SPANNED = {
    "int4range": INTEGER,
    "numrange": Type("decimal", "numeric"),
    "daterange": Type("date", "date"),
    "tsrange": Type("timestamp", "timestamp"),
    "tstzrange": Type("timestamptz", "timestamptz"),
}
KINDS = [
    *(Type("integer", f"int{b}", bits=b) for b in (16, 32, 64)),
    Type("decimal", "numeric"),
    *(
        Type("decimal", f"numeric({p},{s})", precision=p, scale=s)
        for p, s in ((10, 2), (38, 10), (2, 2), (3, 5), (20, 0), (50, 3))
    ),
    Type("float", "real", bits=32),
    Type("float", "double precision", bits=64),
    TEXT,
    *(Type("text", f"varchar({n})", length=n) for n in (1, 2, 3, 5, 9, 30, 255)),
    *(Type("text", f"char({n})", length=n, fixed=True) for n in (1, 3, 7, 12, 30, 64)),
    *(Type(k, k) for k in "boolean date time timetz timestamp timestamptz interval uuid".split()),
    *(Type(k, k) for k in "json inet cidr macaddr money xml tsvector oid".split()),
    Type("macaddr", "macaddr8"),
    Type("tsvector", "tsquery"),
    Type("oid", "regclass"),
    Type("bytes", "bytea"),
    Type("bit", "bit(7)", length=7),
    Type("bit", "bit varying(100)", length=100),
    Type("bit", "bit varying"),
    *(Type("range", n, element=e) for n, e in _SPANNED.items()),
    *(Type("multirange", n, element=e) for n, e in _SPANNED.items()),
    *(Type("geometric", n) for n in "point line lseg box path polygon circle".split()),
    Type("enum", "mood", values=("sad", "ok", "happy")),
]
IDS = [k.native for k in KINDS]


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_every_kind_has_values_of_its_wire_type(kind: Type) -> None:
    name, params = default_generator(kind)
    made = make(name, kind, **params)
    assert made.type == wire_type(kind)
    assert (len(made), made.null_count) == (300, 0)
    if kind.kind == "text" and kind.length:
        lengths = {len(t) for t in made.to_pylist()}
        assert max(lengths) <= kind.length
        assert not kind.fixed or lengths == {kind.length}
        width = definition(name).width
        assert width is not None
        assert max(lengths) <= width(kind, definition(name).resolve(params)) <= kind.length


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_a_slice_has_the_same_cells(kind: Type) -> None:
    name, params = default_generator(kind)
    found = definition(name)
    whole = found.make(FakeCall(300, kind, found.resolve(params)))
    rows = np.array([250, 3, 99, 3], np.int64)
    part = found.make(FakeCall(4, kind, found.resolve(params), rows=rows))
    if isinstance(whole, np.ndarray):
        whole, part = pa.array(whole), pa.array(part)
    assert whole.take(pa.array(rows)).equals(part)


@pytest.mark.parametrize(
    "kind", [k for k in KINDS if definition(default_generator(k)[0]).capacity], ids=str
)
def test_distinct_where_it_is_promised(kind: Type) -> None:
    name, params = default_generator(kind)
    capacity = definition(name).capacity
    assert capacity is not None
    count = min(capacity(kind, definition(name).resolve(params)), 500)
    assert len(make(name, kind, count, True, **params).unique()) == count


@pytest.mark.parametrize("kind", [Type("composite", "pair"), Type("other", "box3d")])
def test_what_nobody_knows_is_null(kind: Type) -> None:
    assert default_generator(kind) == ("null", {})
    assert default_generator(Type("array", "x[]", element=kind)) == ("null", {})
    assert make("null", kind).null_count == 300


def test_a_range_of_something_strange_is_null() -> None:
    assert default_generator(Type("range", "textrange", element=TEXT)) == ("null", {})


@pytest.mark.parametrize("kind", [k for k in KINDS if k.kind != "oid"], ids=str)
def test_arrays_of_every_kind(kind: Type) -> None:
    array = Type("array", f"{kind.native}[]", element=kind)
    made = make("type.array", array)
    lengths = {len(v) for v in made.to_pylist()}
    assert lengths == set(range(5))


@given(st.integers(0, 6), st.integers(0, 6))
def test_array_lengths_hold(least: int, more: int) -> None:
    array = Type("array", "integer[]", element=INTEGER)
    made = make("type.array", array, 50, min_length=least, max_length=least + more)
    assert all(least <= len(v) <= least + more for v in made.to_pylist())


# Bounds ---------------------------------------------------------------------------------------

whole = st.integers(-(1 << 63), (1 << 63) - 1)


@given(whole, whole, st.booleans())
def test_integer_bounds_hold(one: int, two: int, distinct: bool) -> None:
    low, high = sorted((one, two))
    count = min(high - low + 1, 20)
    kind = Type("integer", "bigint", bits=64)
    made = make("type.integer", kind, count, distinct, min_value=low, max_value=high).to_pylist()
    assert all(low <= v <= high for v in made)
    assert not distinct or len(set(made)) == count


@given(st.sampled_from([16, 32, 64]), st.none() | whole, st.none() | whole)
def test_integers_fit_their_width(bits: int, low: int | None, high: int | None) -> None:
    given_ = {k: v for k, v in (("min_value", low), ("max_value", high)) if v is not None}
    limit = 1 << (bits - 1)
    made = make("type.integer", Type("integer", "int", bits=bits), 20, **given_).to_pylist()
    assert all(-limit <= v < limit for v in made)


@given(st.integers(1, 38), st.integers(0, 12), st.floats(-99, 99), st.floats(0, 99))
def test_decimal_bounds_and_digits_hold(digits: int, scale: int, low: float, more: float) -> None:
    kind = Type("decimal", "numeric", precision=digits, scale=min(scale, digits))
    limit = Decimal(10) ** (digits - min(scale, digits))
    made = make("type.decimal", kind, 20, min_value=low, max_value=low + more).to_pylist()
    step = Decimal(1).scaleb(-min(scale, digits, 6 if digits > 18 else 18))
    first, last = Decimal(repr(low)), Decimal(repr(low + more))
    for value in made:
        assert abs(value) < limit
        if last - first >= step and first < limit - step and last > -limit + step:
            assert first <= value <= last


@given(st.floats(-1e30, 1e30), st.floats(0, 1e30), st.sampled_from([32, 64]))
def test_float_bounds_hold(low: float, more: float, bits: int) -> None:
    kind = Type("float", "float", bits=bits)
    made = make("type.float", kind, 20, min_value=low, max_value=low + more)
    if bits == 64 or more > abs(low) / 1e6 + 1e-30:
        assert all(low <= v <= low + more for v in made.to_pylist())


@pytest.mark.parametrize("given_", [{"min_value": 5.0}, {"max_value": -5.0}, {"max_value": 9.5}])
@pytest.mark.parametrize("name", ["float", "money", "decimal"])
def test_one_bound_is_enough(name: str, given_: dict[str, float]) -> None:
    values = [float(v) for v in make(f"type.{name}", Type(name, name), **given_).to_pylist()]
    assert min(values) >= given_.get("min_value", -1e9)
    assert max(values) <= given_.get("max_value", 1e9)


@given(st.integers(1, 300), st.integers(0, 60))
def test_text_lengths_hold(least: int, more: int) -> None:
    made = make("type.text", TEXT, 20, min_length=least, max_length=least + more).to_pylist()
    assert all(least <= len(t) <= least + more and t.strip() == t for t in made)


def test_text_is_made_of_words() -> None:
    made = make("type.text", TEXT).to_pylist()
    assert all(t.replace(" ", "").isalpha() for t in made)
    assert len(set(made)) > 200


def test_text_tells_what_its_column_is() -> None:
    made = make("type.text", TEXT, about="Billing group").to_pylist()
    assert all(re.fullmatch(r"Billing group [1-9]\d{0,2}", t) for t in made)
    assert 20 < len(set(made)) < len(made)
    narrow = make("type.text", Type("text", "varchar(12)", length=12), about="Billing group")
    assert all(re.fullmatch(r"Billing \d{1,3}", t) for t in narrow.to_pylist())
    for length in range(1, 20):
        kind = Type("text", f"varchar({length})", length=length)
        assert all(
            0 < len(t) <= length for t in make("type.text", kind, about="Billing group").to_pylist()
        )


def test_arrays_of_distinct_elements() -> None:
    kind = Type("array", "text[]", element=TEXT)
    values = {"generator": "status.word", "element": {"of": "channel"}}
    plain = make("type.array", kind, **values).to_pylist()
    once = make("type.array", kind, once=True, **values).to_pylist()
    assert any(len(set(cell)) < len(cell) for cell in plain)
    assert [list(dict.fromkeys(cell)) for cell in plain] == once


def test_a_pattern_makes_distinct_texts() -> None:
    made = make("type.text", TEXT, 500, True, pattern=r"^[A-Z]{2}\d{3}$").to_pylist()
    assert len(set(made)) == 500


def test_a_pattern_that_does_not_fit_is_refused() -> None:
    with pytest.raises(PlanError, match="no text can be made"):
        make("type.text", Type("text", "varchar(3)", length=3), pattern=r"^\d{5}$")


@given(st.integers(1, 40), st.booleans())
def test_codes_fit_and_are_distinct(length: int, fixed: bool) -> None:
    kind = Type("text", "code", length=length, fixed=fixed)
    capacity = definition("type.code").capacity
    assert capacity is not None
    count = min(capacity(kind, definition("type.code").resolve({})), 100)
    made = make("type.code", kind, count, True).to_pylist()
    assert len(set(made)) == count
    assert all(len(t) == length if fixed else 0 < len(t) <= length for t in made)


def test_hashes_are_filled_to_the_left() -> None:
    made = make("type.code", Type("text", "char(64)", length=64, fixed=True)).to_pylist()
    assert len({t[:8] for t in made}) == 300


@given(st.integers(0, 40), st.integers(0, 20))
def test_byte_lengths_hold(least: int, more: int) -> None:
    kind = Type("bytes", "bytea")
    made = make("type.bytes", kind, 20, min_length=least, max_length=least + more).to_pylist()
    assert all(least <= len(v) <= least + more for v in made)


def test_uuids_are_random_ones() -> None:
    made = [uuid.UUID(bytes=v) for v in make("type.uuid", Type("uuid", "uuid")).to_pylist()]
    assert {u.version for u in made} == {4}
    assert {u.variant for u in made} == {uuid.RFC_4122}


@given(st.lists(st.integers(0, skew.WIDEST - 1), min_size=2, max_size=30, unique=True))
def test_uuids_are_a_bijection_of_the_index(numbers: list[int]) -> None:
    call = FakeCall(len(numbers), Type("uuid", "uuid"))
    call.index = lambda capacity: np.array(numbers, np.int64)  # type: ignore[method-assign]
    call.words = lambda draw=0, stream_="": np.zeros(len(numbers), np.uint64)  # type: ignore[method-assign]
    made = definition("type.uuid").make(call)
    assert len(pa.array(made).unique()) == len(numbers)


# Time -----------------------------------------------------------------------------------------


def micros(kind: str, **given_: Any) -> list[int]:
    made = make("type.date" if kind == "date" else "type.timestamp", Type(kind, kind), **given_)
    numbers = made.view(pa.int32() if kind == "date" else pa.int64()).to_pylist()
    return [n * (DAY if kind == "date" else 1) for n in numbers]


@pytest.mark.parametrize("kind", ["date", "timestamp", "timestamptz"])
def test_times_lie_in_the_stretch_of_the_row(kind: str) -> None:
    made = micros(kind)
    assert min(made) >= REFERENCE - 400 * DAY
    assert max(made) <= REFERENCE - 5 * DAY


@given(
    st.sampled_from(["date", "timestamp", "timestamptz"]),
    st.dates(dt.date(1800, 1, 1), dt.date(2200, 1, 1)),
    st.integers(0, 50_000),
)
def test_time_bounds_hold(kind: str, first: dt.date, days: int) -> None:
    last = first + dt.timedelta(days=days)
    made = micros(kind, min_value=first.isoformat(), max_value=last.isoformat())
    low, high = moment_of(first.isoformat(), 0), moment_of(last.isoformat(), 0)
    assert low <= min(made)
    assert max(made) <= high


@pytest.mark.parametrize("kind", ["date", "timestamp"])
def test_one_end_may_lie_outside_of_the_stretch(kind: str) -> None:
    assert min(micros(kind, min_value="reference + 366 days")) >= REFERENCE + 366 * DAY
    assert max(micros(kind, max_value="1950-01-01")) <= moment_of("1950-01-01", 0)


def test_distinct_dates() -> None:
    kind = Type("date", "date")
    made = make("type.date", kind, 300, True, min_value="2020-01-01", max_value="2020-12-31")
    assert len(made.unique()) == 300
    assert min(made.to_pylist()) >= dt.date(2020, 1, 1)
    assert max(made.to_pylist()) <= dt.date(2020, 12, 31)


@given(st.times(), st.times())
def test_bounds_of_a_time_of_day_hold(one: dt.time, two: dt.time) -> None:
    low, high = sorted((one, two))
    kind = Type("time", "time")
    given_ = {"min_value": low.isoformat(), "max_value": high.isoformat()}
    assert all(low <= v <= high for v in make("type.time", kind, 30, **given_).to_pylist())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("reference", "2025-01-01"),
        ("reference - 18 years", "2007-01-01"),
        ("reference - 30 days + 1 day", "2024-12-03"),
        ("reference - 1 months", "2024-12-01"),
        ("reference + 30 days + 1 month", "2025-02-28"),
    ],
)
def test_relative_bounds(text: str, day: str) -> None:
    assert iso_of(moment_of(text, REFERENCE), date_only=True) == day


@pytest.mark.parametrize("name", ["date", "timestamp", "time"])
def test_a_bound_that_is_none(name: str) -> None:
    with pytest.raises(PlanError, match="'soon' is no"):
        make(f"type.{name}", Type(name, name), min_value="soon")


# Choices --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (TEXT, ["a", "b"]),
        (Type("enum", "mood", values=("a", "b")), ["a", "b"]),
        (INTEGER, ["1", "-2"]),
        (Type("decimal", "numeric(6,2)", precision=6, scale=2), ["1.5", "2"]),
        (Type("float", "real", bits=32), ["0.5", "1e3"]),
        (Type("boolean", "boolean"), ["t", "false"]),
        (Type("date", "date"), ["2020-01-31", "1999-12-31"]),
        (Type("time", "time"), ["08:00:00", "09:30:00"]),
        (Type("timestamp", "timestamp"), ["2020-01-31 08:00:00", "1999-12-31 00:00:00"]),
        (Type("timestamptz", "timestamptz"), ["2020-01-31 08:00:00+00", "1999-12-31"]),
        (Type("uuid", "uuid"), [str(uuid.UUID(int=1)), str(uuid.UUID(int=2))]),
        (Type("bytes", "bytea"), ["\\x0102", "ab"]),
        (Type("inet", "inet"), ["10.0.0.1", "10.0.0.2"]),
        (Type("array", "integer[]", element=INTEGER), ["{}", "{1,NULL}"]),
    ],
    ids=lambda v: v.native if isinstance(v, Type) else "",
)
def test_choice_reads_the_text_form(kind: Type, values: list[str]) -> None:
    made = make("choice", kind, values=values)
    assert len(set(map(str, made.to_pylist()))) == 2
    assert len(set(map(str, make("choice", kind, 2, True, values=values).to_pylist()))) == 2
    assert make("constant", kind, 3, value=values[0]).to_pylist()[0] in made.to_pylist()


def test_choice_prefers_the_first() -> None:
    made = make("choice", TEXT, 5000, values=list("abcdefghijklmnopqrst")).to_pylist()
    counts = [made.count(v) for v in "abt"]
    assert counts[0] > counts[1] > counts[2] > 0


def test_choice_by_weights() -> None:
    made = make("choice", TEXT, 5000, values=["a", "b", "c"], weights=[0, 1, 3]).to_pylist()
    assert made.count("a") == 0
    assert 2.5 < made.count("c") / made.count("b") < 3.5


@given(st.lists(st.integers(0, 9), min_size=1).filter(any))
def test_weights_of_nothing_are_never_drawn(weights: list[int]) -> None:
    drawn = weighted(FakeCall(100).words(), weights)
    assert all(weights[k] > 0 for k in drawn)


@pytest.mark.parametrize(
    ("kind", "given_", "words"),
    [
        (INTEGER, {"values": ["one"]}, "'one' is no value of type integer"),
        (INTEGER, {"values": ["99999999999"]}, "does not fit"),
        (INTEGER, {"values": []}, "no values"),
        (TEXT, {"values": ["a"], "weights": [1, 2]}, "2 weights for 1 values"),
        (TEXT, {"values": ["a"], "weights": [0]}, "weights"),
        (Type("boolean", "boolean"), {"values": ["maybe"]}, "'maybe'"),
        (Type("array", "text[]", element=TEXT), {"values": ['{"a"}']}, "is no value"),
        (Type("decimal", "numeric"), {"values": ["x"]}, "'x'"),
    ],
)
def test_bad_choices_are_refused(kind: Type, given_: dict[str, Any], words: str) -> None:
    with pytest.raises(PlanError, match=words):
        make("choice", kind, **given_)


# Numbers of the row ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "given_", "first"),
    [
        (INTEGER, {}, 1),
        (INTEGER, {"start": 10, "step": 5}, 10),
        (INTEGER, {"start": -1, "step": -1}, -1),
        (Type("decimal", "numeric(10,0)", precision=10, scale=0), {}, Decimal(1)),
        (Type("float", "real", bits=32), {}, 1.0),
        (TEXT, {"prefix": "P-", "digits": 6}, "P-000001"),
        (Type("text", "varchar(9)", length=9), {"prefix": "P"}, "P1"),
    ],
)
def test_counter(kind: Type, given_: dict[str, Any], first: Any) -> None:
    found = definition("counter")
    params = found.resolve(given_)
    assert found.capacity is not None
    capacity = found.capacity(kind, params)
    call = FakeCall(4, kind, params)
    call.index = lambda limit: np.array([0, 1, 2, capacity - 1])  # type: ignore[method-assign]
    made = found.make(call)
    array = (pa.array(made) if isinstance(made, np.ndarray) else made).cast(wire_type(kind))
    assert array[0].as_py() == first
    assert len(array.unique()) == 4
    if kind.kind == "text":
        assert found.width is not None
        longest = max(map(len, array.to_pylist()))
        assert longest <= found.width(kind, params) <= (kind.length or 99)


def test_ordinal() -> None:
    assert make("ordinal", INTEGER, 6).to_pylist() == [1, 2, 3, 4, 5, 1]
    assert make("ordinal", TEXT, 2, start=0).to_pylist() == ["0", "1"]


def test_boolean_shares() -> None:
    made = make("type.boolean", Type("boolean", "boolean"), 4000, share=0.1).to_pylist()
    assert 300 < sum(made) < 500


# Skew -----------------------------------------------------------------------------------------


@given(whole, st.integers(0, skew.WIDEST))
def test_shapes_stay_inside(low: int, width: int) -> None:
    high = min(low + width, (1 << 63) - 1)
    call = FakeCall(50)
    for made in (
        skew.tail(call.words(), low, high),
        skew.bell(call.words(0), call.words(1), low, high),
    ):
        assert low <= made.min()
        assert made.max() <= high


def test_a_tail_is_skewed() -> None:
    made = skew.tail(FakeCall(4000).words(), 0, 1000)
    assert np.sort(made)[2000] < 60
    assert made.max() > 800
