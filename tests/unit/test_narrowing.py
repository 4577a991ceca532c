"""CHECKs as the engine prints them, what is left of the columns, generators that stay inside."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeder.generate.registry import definition
from seeder.plan.narrowing import (
    Alternatives,
    Bounds,
    Narrowing,
    Order,
    Presence,
    Relation,
    merge,
    narrow,
    params_for,
)
from seeder.schema import Check, Column, Name, Table, Type
from tests.unit.test_type_makers import DAY, REFERENCE, make, micros

TYPES = {
    **dict.fromkeys("abc", Type("integer", "integer", bits=32)),
    "status": Type("text", "text"),
    "code": Type("text", "character varying(20)", length=20),
    "amount": Type("decimal", "numeric(10,2)", precision=10, scale=2),
    "any_amount": Type("decimal", "numeric"),
    "weight": Type("float", "double precision", bits=64),
    "flag": Type("boolean", "boolean"),
    "mood": Type("enum", "mood", values=("sad", "ok", "happy")),
    "born": Type("date", "date"),
    "admitted": Type("timestamptz", "timestamp with time zone"),
    "discharged": Type("timestamptz", "timestamp with time zone"),
    "opens": Type("time", "time without time zone"),
    "lasts": Type("interval", "interval"),
    "digest": Type("bytes", "bytea"),
    "tags": Type("array", "text[]", element=Type("text", "text")),
    "data": Type("json", "jsonb"),
    "span": Type("range", "int4range", element=Type("integer", "integer", bits=32)),
    "Odd name": Type("integer", "integer", bits=32),
}
COLUMNS = {name: Column(name, kind) for name, kind in TYPES.items()}


def narrowed(*expressions: str) -> Narrowing:
    checks = tuple(Check(f"check{n}", e) for n, e in enumerate(expressions))
    return narrow(Table(Name("public", "t"), tuple(COLUMNS.values()), checks=checks))


def bounds(column: str, *expressions: str) -> Bounds:
    found = narrowed(*expressions)
    assert found.unsolved == ()
    assert set(found.columns) == {column}
    return found.columns[column]


# Bounds of one column -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "expression", "expected"),
    [
        ("status", "((status)::text = ANY ((ARRAY['M'::varchar, 'F'::character varying])::text[]))",
         Bounds(values=("M", "F"))),
        ("status", "((status)::text = ANY (ARRAY[('M'::character varying)::text, 'F'::text]))",
         Bounds(values=("M", "F"))),
        ("status", "(status = ANY ('{p,q}'::text[]))", Bounds(values=("p", "q"))),
        ("a", "(COALESCE(a, 0) > 0)", Bounds(low="0", low_open=True, not_null=True)),
        ("status", "((status = 'M'::text) OR (status = 'F'::text) OR (status IS NULL))",
         Bounds(values=("M", "F"))),
        ("status", "(status <> ALL (ARRAY['x'::text, 'y'::text]))", Bounds(never=("x", "y"))),
        ("status", "(NOT (status = ANY (ARRAY['x'::text])))", Bounds(never=("x",))),
        ("status", "(status IS DISTINCT FROM 'q'::text)", Bounds(never=("q",))),
        ("status", "(status <> ''::text)", Bounds(never=("",))),
        ("status", "(lower(status) = 'open'::text)", Bounds(values=("open",))),
        ("a", "((a >= 0) AND (a <= 100))", Bounds(low="0", high="100")),
        ("a", "((a > '-5'::integer) AND (10 > a))",
         Bounds(low="-5", high="10", low_open=True, high_open=True)),
        ("a", "(a BETWEEN 1 AND 5)", Bounds(low="1", high="5")),
        ("a", "(NOT (a > 5))", Bounds(high="5")),
        ("a", "((a IS NULL) OR ((a > 1) AND (a < 4)))",
         Bounds(low="1", high="4", low_open=True, high_open=True)),
        ("a", "(a IS NOT NULL)", Bounds(not_null=True)),
        ("a", "(a IS NULL)", Bounds(values=())),
        ("Odd name", '("Odd name" >= 3)', Bounds(low="3")),
        ("amount", "(amount > (0)::numeric)", Bounds(low="0", low_open=True)),
        ("weight", "(weight >= ('1000'::numeric)::double precision)", Bounds(low="1000")),
        ("weight", "(weight < 'Infinity'::double precision)", Bounds()),
        ("flag", "flag", Bounds(values=("true",))),
        ("flag", "(NOT flag)", Bounds(values=("false",))),
        ("flag", "(flag IS TRUE)", Bounds(values=("true",), not_null=True)),
        ("flag", "(flag = true)", Bounds(values=("true",))),
        ("born", "(born <= CURRENT_DATE)", Bounds(high="reference")),
        ("born", "(CURRENT_TIMESTAMP > born)", Bounds(high="reference", high_open=True)),
        ("born", "(born >= (CURRENT_DATE - '120 years'::interval))",
         Bounds(low="reference - 120 years")),
        ("born", "(born <= (CURRENT_DATE - 30))", Bounds(high="reference - 30 days")),
        ("born", "(EXTRACT(year FROM born) >= (1900)::numeric)", Bounds(low="1900-01-01")),
        ("born", "(date_part('year'::text, born) = (1999)::double precision)",
         Bounds(low="1999-01-01", high="1999-12-31")),
        ("born", "((born >= '1900-01-01'::date) AND (born >= '1950-01-01'::date))",
         Bounds(low="1950-01-01")),
        ("admitted", "(admitted <= timezone('utc'::text, now()))", Bounds(high="reference")),
        ("opens", "(opens >= '08:00:00'::time without time zone)", Bounds(low="08:00:00")),
        ("lasts", "(lasts > '00:00:00'::interval)", Bounds()),
        ("code", "(char_length((code)::text) = 5)", Bounds(min_length=5, max_length=5)),
        ("code", "((length(TRIM(BOTH FROM code)) > 2) AND (length(code) < 9))",
         Bounds(min_length=3, max_length=8)),
        ("code", "((length((code)::text) = 3) OR (length((code)::text) = 5))",
         Bounds(min_length=3, max_length=3)),
        ("code", r"((code)::text ~ '^\d{5}$'::text)", Bounds(pattern=r"^\d{5}$")),
        ("code", "((code)::text ~* '^[a-f]+$'::text)",
         Bounds(pattern="^[a-f]+$", pattern_insensitive=True)),
        ("code", r"((code)::text ~~ 'A\_%'::text)", Bounds(pattern="^A_.*$")),
        ("code", "(upper((code)::text) = (code)::text)", Bounds(pattern="^[A-Z0-9]+$")),
        ("digest", "(octet_length(digest) = 32)", Bounds(min_length=32, max_length=32)),
        ("tags", "(cardinality(tags) > 0)", Bounds(min_length=1)),
        ("tags", "(array_length(tags, 1) <= 3)", Bounds(max_length=3)),
    ],
)  # fmt: skip
def test_bounds(column: str, expression: str, expected: Bounds) -> None:
    assert bounds(column, expression) == expected


def test_a_document_that_must_be_an_object_is_one_already() -> None:
    assert narrowed("(jsonb_typeof(data) = 'object'::text)") == Narrowing()


def test_checks_add_up() -> None:
    found = bounds("a", "(a >= 0)", "(a > 0)", "(a <= 9)", "(a < 20)", "(a <> 3)", "(a >= '-3')")
    assert found == Bounds(low="0", low_open=True, high="9", never=("3",))
    assert bounds("status", "(status IN ('a', 'b'))", "(status IN ('b', 'c'))").values == ("b",)


def test_what_is_not_validated_counts() -> None:
    check = Check("c", "(a > 3)", validated=False)
    table = Table(Name("public", "t"), tuple(COLUMNS.values()), checks=(check,))
    assert narrow(table).columns["a"].low == "3"


def test_domains_narrow_by_value() -> None:
    kind = Type(
        "text", "text", domains=("public.zip",),
        checks=(r"((VALUE)::text ~ '^\d{5}$'::text)", "(VALUE IS NOT NULL)", "(f(VALUE) > 1)"),
    )  # fmt: skip
    found = narrow(Table(Name("public", "t"), (Column("zip", kind),)))
    assert found.columns["zip"] == Bounds(pattern=r"^\d{5}$", not_null=True)
    assert [name for name, _ in found.unsolved] == ["public.zip"]


# Several columns ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "orders"),
    [
        ("((discharged IS NULL) OR (discharged >= admitted))",
         [Order("admitted", "<=", "discharged")]),
        ("((a IS NULL) OR (b IS NULL) OR (a < b))", [Order("a", "<", "b")]),
        ("((a < b) AND (b <= c))", [Order("a", "<", "b"), Order("b", "<=", "c")]),
        ("(NOT (a >= b))", [Order("a", "<", "b")]),
        ("(a <= a)", []),
    ],
)  # fmt: skip
def test_orders(expression: str, orders: list[Order]) -> None:
    assert narrowed(expression) == Narrowing(orders=tuple(orders))


def test_relations() -> None:
    found = narrowed("(a = b)", "(b <> c)", "(a IS DISTINCT FROM c)")
    assert found.relations == (
        Relation("a", "=", "b"),
        Relation("b", "<>", "c"),
        Relation("a", "<>", "c"),
    )


@pytest.mark.parametrize(
    ("expression", "columns", "counts"),
    [
        ("((a IS NULL) = (b IS NULL))", "ab", (0, 2)),
        ("((a IS NULL) <> (b IS NULL))", "ab", (1,)),
        ("((a IS NULL) = (b IS NOT NULL))", "ab", (1,)),
        ("(num_nonnulls(a, b) = 1)", "ab", (1,)),
        ("(num_nulls(a, b, c) <= 1)", "abc", (2, 3)),
        ("(num_nonnulls(VARIADIC ARRAY[a, b]) > 0)", "ab", (1, 2)),
        ("((a IS NOT NULL) OR (b IS NOT NULL) OR (c IS NOT NULL))", "abc", (1, 2, 3)),
        ("(((a IS NULL) AND (b IS NULL)) OR ((a IS NOT NULL) AND (b IS NOT NULL)))", "ab", (0, 2)),
        ("(NOT (num_nonnulls(a, b) = 1))", "ab", (0, 2)),
    ],
)
def test_presence(expression: str, columns: str, counts: tuple[int, ...]) -> None:
    assert narrowed(expression).implications == (Presence(tuple(columns), counts),)


def shapes(found: Narrowing) -> list[Any]:
    assert found.unsolved == ()
    (only,) = found.implications
    assert isinstance(only, Alternatives)
    return [[(c.column, c.test, *c.values) for c in option] for option in only.options]


def test_implications() -> None:
    assert shapes(narrowed("((status <> 'x'::text) OR (a IS NOT NULL))")) == [
        [("status", "not in", "x")],
        [("a", "not null")],
    ]
    assert shapes(narrowed("((status = 'closed'::text) = (discharged IS NOT NULL))")) == [
        [("status", "in", "closed"), ("discharged", "not null")],
        [("status", "not in", "closed"), ("discharged", "null")],
    ]
    # a's NULLs pass by themselves; of two comparisons one is kept by all rows.
    found = narrowed("((a > 5) OR (b > 3) OR (a IS NULL))")
    assert found.implications == ()
    assert found.columns == {"a": Bounds(low="5", low_open=True)}
    assert len(shapes(narrowed("((a IS NULL) OR (b IS NOT NULL))"))) == 2


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("(a >< 3 ??", "cannot be parsed"),
        ("", "cannot be parsed|not understood"),
        ("((a * b) > 5)", "is not understood"),
        ("((a % 2) = 0)", "is not understood"),
        ("(coalesce(a, abs(b)) > abs(c))", "is not understood"),
        ("(discharged > (admitted + '01:00:00'::interval))", "is not understood"),
        ("(lower(span) >= 3)", "is not understood"),
        ("(span = '[1,3)'::int4range)", "single values of span"),
        ("(status > 'm'::text)", "a range of status"),
        ("(length(data) > 3)", "the length of data"),
        (r"(status ~ '\yword\y'::text)", "uses"),
        ("(status !~ '^x'::text)", "the opposite of a pattern"),
        ("((a)::text ~ '^1'::text)", "a pattern on a"),
        ("(code ~ '^[0-9]{40}$'::text)", "no text of 0 to 20"),
        ("(nobody > 3)", "no column"),
        ("((nobody > 3) OR (a > 3))", "no such column"),
        ("(a IN (1, 'x'))", "'x' is no number"),
        ("(a > 'NaN')", "finite"),
        ("(born > 'tomorrow'::date)", "is no date"),
        ("(a < a)", "never true"),
        ("false", "never true"),
        ("((a = 1) AND (a = 2) AND (a <> 3) AND f(a))", "not understood"),
        ("((a > 5) AND (a < 3))", "nothing is left"),
        ("((length(code) > 5) AND (length(code) < 3))", "nothing is left"),
        ("(" + " AND ".join(f"((a = {n}) OR (b = {n}))" for n in range(8)) + " OR c = 1)", "many"),
    ],
)
def test_what_is_not_solved_says_why(expression: str, reason: str) -> None:
    found = narrowed(expression)
    assert [name for name, _ in found.unsolved][:1] == ["check0"]
    assert re.search(reason, found.unsolved[0][1])


@given(st.text(max_size=40))
def test_nothing_raises(text: str) -> None:
    narrowed(text)


def test_the_solved_part_of_a_check_is_kept() -> None:
    found = narrowed("((a > 3) AND (f(a) > 1))")
    assert found.columns["a"].low == "3"
    assert len(found.unsolved) == 1


# Generators within the bounds -----------------------------------------------------------------


def values(column: str, found: Bounds) -> list[Any]:
    chosen = params_for(found, COLUMNS[column])
    assert chosen is not None
    made: list[Any] = make(chosen[0], TYPES[column], 60, **chosen[1]).to_pylist()
    return made


@pytest.mark.parametrize(
    ("column", "found", "expected"),
    [
        ("status", Bounds(values=("a", "b", "c"), never=("a",)),
         ("choice", {"values": ["b", "c"]})),
        ("status", Bounds(values=("aa", "B"), pattern="^b", pattern_insensitive=True),
         ("choice", {"values": ["B"]})),
        ("status", Bounds(values=("a", "bb", "ccc"), min_length=2, max_length=2),
         ("choice", {"values": ["bb"]})),
        ("a", Bounds(values=("1", "5", "9"), low="1", low_open=True, high="9", high_open=True),
         ("choice", {"values": ["5"]})),
        ("a", Bounds(values=()), ("null", {})),
        ("mood", Bounds(never=("ok",)), ("choice", {"values": ["sad", "happy"]})),
        ("a", Bounds(low="0", low_open=True), ("type.integer", {"min_value": 1})),
        ("a", Bounds(low="0.5", high="7.5"), ("type.integer", {"min_value": 1, "max_value": 7})),
        ("a", Bounds(never=("0",)), ("type.integer", {"min_value": 1})),
        ("a", Bounds(high="3", never=("0",)), ("type.integer", {"max_value": -1})),
        ("a", Bounds(low="0", high="9", never=("2", "5")),
         ("type.integer", {"min_value": 6, "max_value": 9})),
        ("amount", Bounds(low="0", low_open=True, high="1000", high_open=True),
         ("type.decimal", {"min_value": 0.01, "max_value": 999.99})),
        ("any_amount", Bounds(low="0", low_open=True), ("type.decimal", {"min_value": 0.01})),
        ("born", Bounds(low="2020-01-01", high="2021-01-01", high_open=True),
         ("type.date", {"min_value": "2020-01-01", "max_value": "2020-12-31"})),
        ("born", Bounds(high="reference", high_open=True),
         ("type.date", {"max_value": "reference - 1 days"})),
        ("born", Bounds(low="reference - 120 years", high="reference"),
         ("type.date", {"min_value": "reference - 120 years + 366 days",
                        "max_value": "reference"})),
        ("born", Bounds(low="reference"), ("type.date", {"min_value": "reference + 366 days"})),
        ("admitted", Bounds(low="2020-01-01 00:00:00+00", low_open=True),
         ("type.timestamp", {"min_value": "2020-01-01 00:00:01"})),
        ("opens", Bounds(low="08:00:00", high="18:00:00", high_open=True),
         ("type.time", {"min_value": "08:00:00", "max_value": "17:59:59"})),
        ("code", Bounds(pattern="^A+$", min_length=2),
         ("type.text", {"pattern": "^A+$", "min_length": 2})),
        ("tags", Bounds(min_length=1), ("type.array", {"min_length": 1})),
        ("status", Bounds(never=("",), not_null=True), None),
        ("a", Bounds(not_null=True), None),
        ("data", Bounds(), None),
    ],
)  # fmt: skip
def test_params(column: str, found: Bounds, expected: Any) -> None:
    assert params_for(found, COLUMNS[column]) == expected
    if expected is not None:
        make(expected[0], TYPES[column], 20, **expected[1])


numbers = st.decimals(-99999, 99999, places=3)


@given(numbers, numbers, st.booleans(), st.booleans(), st.sets(st.integers(-9, 9), max_size=3))
def test_numbers_stay_inside(
    one: Decimal, two: Decimal, low_open: bool, high_open: bool, never: set[int]
) -> None:
    low, high = sorted((one, two))
    high += 30
    found = Bounds(
        low=str(low), high=str(high), low_open=low_open, high_open=high_open,
        never=tuple(map(str, never)),
    )  # fmt: skip
    for column in ("a", "amount", "any_amount", "weight"):
        for value in values(column, found):
            exact = Decimal(repr(value)) if isinstance(value, float) else value
            assert low <= exact <= high
            assert not (low_open and exact == low)
            assert not (high_open and exact == high)
            assert exact not in never


@given(st.dates(), st.integers(2, 9999), st.booleans(), st.booleans())
def test_dates_stay_inside(first: Any, days: int, low_open: bool, high_open: bool) -> None:
    low = min(first.toordinal(), 3_640_000)
    ends = [type(first).fromordinal(low), type(first).fromordinal(low + days)]
    found = Bounds(
        low=str(ends[0]), high=str(ends[1]), low_open=low_open, high_open=high_open
    )  # fmt: skip
    for value in values("born", found):
        assert ends[0] <= value <= ends[1]
        assert not (low_open and value == ends[0])
        assert not (high_open and value == ends[1])


def test_a_bound_above_the_clock_holds_a_year_later() -> None:
    chosen = params_for(Bounds(low="reference", low_open=True), COLUMNS["born"])
    assert chosen is not None
    assert min(micros("date", **chosen[1])) > REFERENCE + 365 * DAY


# Meanings bent to the bounds ------------------------------------------------------------------


def test_merge_narrows_what_the_generator_knows() -> None:
    integer, code, choice = (definition(n) for n in ("type.integer", "type.code", "choice"))
    assert merge({}, Bounds(low="3", low_open=True), integer) == {"min_value": 4}
    assert merge({"min_value": 9}, Bounds(low="3"), integer) == {"min_value": 9}
    assert merge({"max_value": 9}, Bounds(high="3.5"), integer) == {"max_value": 3}
    assert merge({}, Bounds(max_length=4), code, COLUMNS["code"]) == {"max_length": 4}
    given_ = {"values": ["a", "b", "c"], "weights": [1, 2, 3]}
    assert merge(given_, Bounds(values=("c", "a")), choice) == {"values": ["a", "c"]}
    assert merge(given_, Bounds(values=("a", "b", "c")), choice) == given_
    assert merge(given_, Bounds(values=("z",)), choice) == {"values": ["z"]}
    assert merge(given_, Bounds(never=("z", "")), choice) == given_
    dates = definition("type.date")
    assert merge({"max_value": "reference"}, Bounds(high="2020-01-01"), dates) == {
        "max_value": "2020-01-01"
    }
    assert merge({"a": 1}, Bounds(not_null=True), integer) == {"a": 1}


def test_merge_says_when_it_cannot() -> None:
    boolean, integer = definition("type.boolean"), definition("type.integer")
    assert merge({}, Bounds(low="3"), boolean, COLUMNS["a"]) is None
    assert merge({}, Bounds(values=("3",)), integer) is None
    assert merge({}, Bounds(never=("x",)), boolean) is None
    assert merge({}, Bounds(values=("a",), never=("a",)), definition("choice")) is None
    text = definition("type.text")
    assert merge({"pattern": "^a$"}, Bounds(pattern="^b$"), text) is None
    assert merge({}, Bounds(pattern="^b$"), text) == {"pattern": "^b$"}


def test_a_text_that_is_short_enough_stays() -> None:
    counter = definition("counter")
    column = Column("code", Type("text", "character varying(9)", length=9))
    assert merge({"digits": 5}, Bounds(max_length=5), counter, column) == {"digits": 5}
    assert merge({"digits": 6}, Bounds(max_length=5), counter, column) is None


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("status >= 'PN_08' AND status <= 'PN_11'", ("PN_08", "PN_09", "PN_10", "PN_11")),
        ("status >= 'A' AND status <= 'C'", ("A", "B", "C")),
        ("upper(status) = ANY (ARRAY['L', 'M', 'x'])", ("L", "M")),
    ],
)
def test_texts_that_count_up_or_fold_their_case(expression: str, values: tuple[str, ...]) -> None:
    columns = (COLUMNS["status"],)
    found = narrow(Table(Name("public", "t"), columns, checks=(Check("k", expression),)))
    assert found.columns["status"].values == values
    assert not found.unsolved


def test_a_range_of_texts_that_do_not_count_stays_unsolved() -> None:
    check = Check("k", "status >= 'apple' AND status <= 'zebra'")
    assert narrow(Table(Name("public", "t"), (COLUMNS["status"],), checks=(check,))).unsolved
