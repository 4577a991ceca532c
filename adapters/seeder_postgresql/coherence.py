"""Coherence rules as SQL: facts are cast once, by row, and rules of one table share a scan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from seeder.question import Fact, Listing, Path, Question, Source
from seeder.schema import Name, Table
from seeder_postgresql.connect import Connection, literal, qualified, quote

_NUMBER = r"'^\s*-?\d+(\.\d+)?\s*$'"
_DATE = r"'^\d{4}-\d\d-\d\d'"
# Text becomes a number or a moment only where it looks like one.
_CASTS = {
    "text": "{x}::text",
    "label": "lower(btrim({x}::text))",
    "code": "upper(btrim({x}::text))",
    "icd": "replace(upper(btrim({x}::text)), '.', '')",
    "drug": r"lower(btrim(regexp_replace({x}::text, '\s+\d.*$', '')))",
    "sex": "CASE WHEN lower({x}::text) IN ('m', 'male', '8507') THEN 'M'"
    " WHEN lower({x}::text) IN ('f', 'female', '8532') THEN 'F' END",
    "flag": "CASE WHEN lower({x}::text) IN ('t', 'true', 'y', 'yes', '1') THEN TRUE"
    " WHEN lower({x}::text) IN ('f', 'false', 'n', 'no', '0') THEN FALSE END",
    "raw": "{x}",
    "number": f"CASE WHEN {{x}}::text ~ {_NUMBER} THEN {{x}}::text::numeric END",
    "moment": f"CASE WHEN {{x}}::text ~ {_DATE} THEN {{x}}::text::timestamp END",
    "day": f"CASE WHEN {{x}}::text ~ {_DATE} THEN {{x}}::text::date::timestamp END",
}
_PLAIN = {
    "number": frozenset(("integer", "decimal", "float")),
    "moment": frozenset(("date", "timestamp", "timestamptz")),
}
_ABSENT = {"number": "numeric", "moment": "timestamp", "day": "timestamp", "flag": "boolean"}
_LUHN = (
    "(SELECT sum(CASE WHEN n % 2 = 0 THEN d * 2 - CASE WHEN d > 4 THEN 9 ELSE 0 END ELSE d END)"
    " % 10 = 0 FROM (SELECT n, substr(reverse('80840' || {a}), n, 1)::integer AS d"
    " FROM generate_series(1, length({a}) + 5) AS n) AS digits)"
)
_FUNCTIONS = {
    "years_between": "extract(year FROM age({b}, {a}))",
    "days_between": "(extract(epoch FROM ({b} - {a})) / 86400)",
    "hours_between": "(extract(epoch FROM ({b} - {a})) / 3600)",
    "hour_of": "extract(hour FROM {a})",
    "weekday_of": "extract(isodow FROM {a})",
    "has_time": "({a}::time <> '00:00')",
    "unnumbered": r"regexp_replace({a}, ' \d+$', '')",
    "luhn": f"CASE WHEN {{a}} ~ '^[0-9]+$' THEN {_LUHN} END",
}


@dataclass
class Scan:
    """The FROM of one table with the columns that its rules need, each named once."""

    table: Table
    joins: dict[Path, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)  # SQL by name, in order of use

    def column(self, fact: Fact) -> str:
        """The name under which the scan gives a fact."""
        sql = self._cast(fact)
        return self.columns.setdefault(sql, f"f{len(self.columns)}")

    def named(self, source: Source) -> dict[str, str]:
        """The columns of a source's facts, by their names."""
        return {n: self.column(f) for n, f in source.facts.items()}

    def sql(self, *more: str) -> str:
        shown = [f"{sql} AS {name}" for sql, name in self.columns.items()]
        joins = [self._join(path, alias) for path, alias in self.joins.items()]
        # OFFSET 0 keeps the server from casting anew in each condition.
        only = "ONLY " if self.table.kind == "table" else ""
        return (
            f"SELECT {', '.join((*shown, *more)) or 'NULL'} FROM {only}"
            f"{qualified(self.table.name)} AS t {' '.join(joins)} OFFSET 0"
        )

    def _alias(self, path: Path) -> str:
        if not path:
            return "t"
        self._alias(path[:-1])
        return self.joins.setdefault(path, f"j{len(self.joins)}")

    def _join(self, path: Path, alias: str) -> str:
        here, hop = self._alias(path[:-1]), path[-1]
        on = " AND ".join(f"{alias}.{quote(b)} = {here}.{quote(a)}" for a, b in hop.pairs)
        there = qualified(hop.end)
        if hop.back:
            # At most one row for each, so that none is counted twice.
            keys = ", ".join(quote(b) for _, b in hop.pairs)
            there = f"(SELECT DISTINCT ON ({keys}) * FROM {there} ORDER BY {keys})"
        return f"LEFT JOIN {there} AS {alias} ON {on}"

    def _cast(self, fact: Fact) -> str:
        if not fact.column:
            return f"NULL::{_ABSENT.get(fact.kind, 'text')}"
        column = f"{self._alias(fact.path)}.{quote(fact.column)}"
        kind, native = fact.kind, fact.native
        if native in _PLAIN.get(kind, ()):
            return f"{column}::{'numeric' if kind == 'number' else 'timestamp'}"
        return _CASTS[kind].replace("{x}", column)


def coherence(connection: Connection, questions: Sequence[Question]) -> list[tuple[int, int]]:
    """(rows that it applied to, rows that break it) of each question."""
    found: dict[int, tuple[int, int]] = {}
    shared: dict[Name, list[int]] = {}
    for at, question in enumerate(questions):
        if question.form == "row":
            shared.setdefault(question.source.table.name, []).append(at)
        else:
            ((applied, bad),) = connection.rows(single(question))
            found[at] = (int(applied), int(bad))
    for group in shared.values():
        ((*numbers,),) = connection.rows(batch([questions[at] for at in group]))
        for place, at in enumerate(group):
            found[at] = (int(numbers[2 * place]), int(numbers[2 * place + 1]))
    return [found[at] for at in range(len(questions))]


def batch(questions: Sequence[Question]) -> str:
    """One scan for questions about single rows of the same table."""
    scan = Scan(questions[0].source.table)
    looks: dict[tuple[str, str], str] = {}
    counts = []
    for question in questions:
        applies, holds = _conditions(question, scan.named(question.source), looks)
        counts.append(f"count(*) FILTER (WHERE {applies})")
        counts.append(f"count(*) FILTER (WHERE {applies} AND ({holds}) IS FALSE)")
    return (
        f"{_lists(questions)}SELECT {', '.join(counts)} FROM ({scan.sql()}) AS r"
        f"{_looked(questions, looks)}"
    )


def single(question: Question) -> str:
    """One query for a question about several rows at once."""
    return {"next": _next, "group": _group, "among": _among}[question.form](question)


def tally(
    connection: Connection, sources: Sequence[Source], by: Sequence[str]
) -> list[tuple[object, ...]]:
    """The facts named, over all sources, and how many different keys have them."""
    values = ", ".join(f"v{i}" for i in range(len(by)))
    parts = []
    for each in _by_table(sources):
        keys = ", ".join(f"k{i}::text" for i in range(len(each[0].key)))
        rows = _unpivoted(each, by)
        parts.append(f"SELECT DISTINCT {values}, ROW({keys})::text AS k FROM ({rows}) AS r")
    union = " UNION ".join(parts)
    return connection.rows(f"SELECT {values}, count(*) FROM ({union}) AS u GROUP BY {values}")


def _next(question: Question) -> str:
    scan = Scan(question.source.table)
    facts = scan.named(question.source)
    keys = [scan.column(k) for k in question.source.key]
    order = facts[question.order]
    present = " AND ".join(f"{c} IS NOT NULL" for c in (*keys, order))
    over = f"OVER (PARTITION BY {', '.join(keys)} ORDER BY {order})"
    before = ", ".join(f"lag({c}) {over} AS p{c}" for c in dict.fromkeys(facts.values()))
    looks: dict[tuple[str, str], str] = {}
    applies, holds = _conditions(question, facts, looks, previous="r.p")
    needed = [f"r.p{facts[n]} IS NOT NULL" for n in facts if n not in question.optional]
    applies = " AND ".join((applies, *needed))
    return (
        f"{_lists([question])}SELECT count(*) FILTER (WHERE {applies}),"
        f" count(*) FILTER (WHERE {applies} AND ({holds}) IS FALSE) FROM"
        f" (SELECT *, {before} FROM ({scan.sql()}) AS q WHERE {present}) AS r"
        f"{_looked([question], looks)}"
    )


def _group(question: Question) -> str:
    scan = Scan(question.source.table)
    looks: dict[tuple[str, str], str] = {}
    applies, holds = _conditions(question, scan.named(question.source), looks)
    keys = [f"r.{scan.column(k)}" for k in question.source.key]
    known = " AND ".join((applies, *(f"{k} IS NOT NULL" for k in keys)))
    return (
        f"{_lists([question])}SELECT count(*), count(*) FILTER (WHERE NOT good) FROM"
        f" (SELECT ({holds}) IS NOT FALSE AS good FROM ({scan.sql()}) AS r"
        f"{_looked([question], looks)} WHERE {known} GROUP BY {', '.join(keys)}) AS g"
    )


def _among(question: Question) -> str:
    """Joined by the key and made distinct, where EXISTS would look anew for each row."""
    names = list(question.source.facts)
    mine = {n: f"v{i}" for i, n in enumerate(names)}
    looks: dict[tuple[str, str], str] = {}
    applies, holds = _conditions(question, mine, looks)
    keys = [f"k{i}" for i in range(len(question.source.key))]
    rows = _unpivoted((question.source, *question.alike), names)
    tables: dict[str, Callable[[str], str]] = {"mine": lambda name: f"m.{mine[name]}"}
    where = _expression(question.where, question.reference, lambda n: f"o.{quote(n)}", tables)
    same = " AND ".join(f"o.k{i} = m.{key}" for i, key in enumerate(keys))
    known = " AND ".join((applies, *(f"r.{k} IS NOT NULL" for k in keys)))
    lists = _lists([question]) or "WITH "
    return (
        f"{lists}{', ' if question.lists else ''}m AS MATERIALIZED"
        f" (SELECT r.*, row_number() OVER () AS rid FROM ({rows}) AS r"
        f"{_looked([question], looks)} WHERE {known}),"
        f" o AS MATERIALIZED ({_others(question.others)}),"
        f" r AS (SELECT m.rid, d.rid IS NOT NULL AS found FROM m LEFT JOIN"
        f" (SELECT DISTINCT m.rid FROM m JOIN o ON {same} WHERE {where}) AS d ON d.rid = m.rid)"
        f" SELECT count(*), count(*) FILTER (WHERE ({holds}) IS FALSE) FROM r"
    )


def _others(sources: Sequence[Source]) -> str:
    """The rows of all sources, each once."""
    names = list(sources[0].facts)
    shown = ", ".join(f"v{i} AS {quote(n)}" for i, n in enumerate(names))
    keys = ", ".join(f"k{i}" for i in range(len(sources[0].key)))
    parts = (
        f"SELECT DISTINCT {shown}, {keys} FROM ({_unpivoted(each, names)}) AS r"
        for each in _by_table(sources)
    )
    return " UNION ".join(parts)


def _by_table(sources: Sequence[Source]) -> list[list[Source]]:
    """Sources whose rows are the same, together."""
    grouped: dict[tuple[Name, tuple[Fact, ...]], list[Source]] = {}
    for source in sources:
        grouped.setdefault((source.table.name, source.key), []).append(source)
    return list(grouped.values())


def _unpivoted(sources: Sequence[Source], names: Sequence[str]) -> str:
    """The facts v0, v1, ... of a table's rows and whose they are, k0, k1, ...: one scan, whatever
    the number of columns that have a fact."""
    scan = Scan(sources[0].table)
    rows = [f"({', '.join(scan.column(s.facts[n]) for n in names)})" for s in sources]
    keys = [f"s.{scan.column(k)} AS k{i}" for i, k in enumerate(sources[0].key)]
    values = ", ".join(f"v{i}" for i in range(len(names)))
    return (
        f"SELECT {', '.join((values, *keys))} FROM ({scan.sql()}) AS s"
        f" CROSS JOIN LATERAL (VALUES {', '.join(rows)}) AS v({values})"
        f" WHERE num_nonnulls({values}) > 0"
    )


# Expressions ------------------------------------------------------------------------------------


def _conditions(
    question: Question,
    facts: Mapping[str, str],
    looks: dict[tuple[str, str], str],
    previous: str = "",
) -> tuple[str, str]:
    """(when the question applies to a row, what must hold there); ``facts``: their columns."""
    tables: dict[str, Callable[[str], str]] = {}
    if previous:
        tables["previous"] = lambda name: f"{previous}{facts[name]}"
    needed = [f"r.{c} IS NOT NULL" for n, c in facts.items() if n not in question.optional]
    for listing, fact in question.look.items():
        alias = looks.setdefault((listing, facts[fact]), f"l{len(looks)}")
        tables[listing] = lambda name, alias=alias: f"{alias}.{quote(name)}"  # type: ignore[misc]
        needed.append(f"{alias}.{quote(question.lists[listing].columns[0])} IS NOT NULL")

    def name(fact: str) -> str:
        return "r.found" if fact == "found" else f"r.{facts[fact]}"

    when = _expression(question.when, question.reference, name, tables)
    holds = _expression(question.holds, question.reference, name, tables)
    return " AND ".join((*needed, f"({when})")), holds


def _expression(
    text: str,
    reference: dt.datetime,
    name: Callable[[str], str],
    tables: Mapping[str, Callable[[str], str]],
) -> str:
    """A rule's expression with columns for its facts and SQL for its functions."""
    # Not at the top: a worker asks no rule, and starts a twelfth of a second sooner without.
    from sqlglot import exp, parse_one

    def turned(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column):
            found = tables[node.table](node.name) if node.table else name(node.name)
            return exp.Var(this=found)
        if isinstance(node, exp.Anonymous):
            return exp.Var(this=called(node))
        return node

    def called(node: exp.Anonymous) -> str:
        function = str(node.this).lower()
        if function == "reference":
            return f"timestamp {literal(reference.isoformat(sep=' '))}"
        if function == "listed":
            listing, *rest = node.expressions
            values = ", ".join(rendered(e) for e in rest)
            columns = ", ".join(f"c{i}" for i in range(1, len(rest) + 1))
            return f"(({values}) IN (SELECT {columns} FROM {quote(listing.name)} AS k({columns})))"
        a, b = ([rendered(e) for e in node.expressions] + [""])[:2]
        return _FUNCTIONS[function].format(a=a, b=b)

    def rendered(node: exp.Expression) -> str:
        return str(node.copy().transform(turned).sql(dialect="postgres"))

    tree: Any = parse_one(text, dialect="postgres")
    return rendered(tree)


# Lists ------------------------------------------------------------------------------------------


def _lists(questions: Sequence[Question]) -> str:
    used: dict[str, Listing] = {}
    for question in questions:
        used.update(question.lists)
    parts = [f"{quote(n)} ({_columns(v)}) AS MATERIALIZED ({_values(v)})" for n, v in used.items()]
    return f"WITH {', '.join(parts)} " if parts else ""


def _columns(listing: Listing) -> str:
    return ", ".join(quote(c) for c in listing.columns)


def _values(listing: Listing) -> str:
    return "VALUES " + ", ".join(f"({', '.join(_value(v) for v in row)})" for row in listing.rows)


def _value(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return literal(value)
    return f"{value}::numeric"


def _looked(questions: Sequence[Question], looks: Mapping[tuple[str, str], str]) -> str:
    lists = {n: v for q in questions for n, v in q.lists.items()}
    return "".join(
        f" LEFT JOIN {quote(listing)} AS {alias}"
        f" ON {alias}.{quote(lists[listing].columns[0])} = r.{column}"
        for (listing, column), alias in looks.items()
    )
