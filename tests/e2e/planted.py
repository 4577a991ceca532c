"""A schema for each coherence rule, with the rows of its example: some keep it, some break it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg import sql

from seeder.plan.model import ColumnPlan, Options, Plan, TablePlan
from seeder.schema import Name, Schema, to_data
from seeder.verify.clinical.rule import Row, Rule, facts, placed

REFERENCE = dt.date(2025, 6, 30)
_TYPES = {"moment": "timestamp", "number": "numeric", "flag": "boolean"}
_ROLE = {"patient": "patient", "visit": "visit", "": "row"}


@dataclass(frozen=True)
class Planted:
    """The tables of one rule, in a namespace of its own."""

    rule: Rule
    namespace: str

    @property
    def kind(self) -> str:
        return self.rule.of[0] if self.rule.of else "event"

    def columns(self) -> dict[str, dict[str, str]]:
        """Of each table the names that the rule has for its columns, and their facts."""
        found: dict[str, dict[str, str]] = {"patient": {}, "visit": {}, "row": {}, "other": {}}
        for name, written in self.rule.facts.items():
            fact, place = placed(written)
            found[_ROLE[place]][name] = fact
        for name, written in self.rule.among.facts.items() if self.rule.among else ():
            found["other"][name] = placed(written)[0]
        return found

    def ddl(self) -> Iterator[sql.Composed]:
        yield sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self.namespace))
        links = {
            "patient": "",
            "visit": ", patient_id integer REFERENCES {n}.patient",
            "row": ", patient_id integer REFERENCES {n}.patient"
            ", visit_id integer REFERENCES {n}.visit",
            "other": ", patient_id integer REFERENCES {n}.patient",
        }
        for table, columns in self.columns().items():
            cells = sql.SQL("").join(
                sql.SQL(", {} " + _TYPES.get(facts()[fact].kind, "text")).format(
                    sql.Identifier(f"c {name}")
                )
                for name, fact in columns.items()
            )
            namespace = sql.Identifier(self.namespace)
            head = sql.SQL("CREATE TABLE {n}.{t} (id serial PRIMARY KEY" + links[table]).format(
                n=namespace, t=sql.Identifier(table)
            )
            yield head + cells + sql.SQL(")")

    def rows(self) -> Iterator[tuple[sql.Composed, list[Any]]]:
        """INSERTs: a patient and a visit for the rows that keep the rule, others for the rest."""
        example = self.rule.example
        both = ((1, example.clean, example.clean_others), (2, example.bad, example.bad_others))
        for number, rows, others in both:
            yield self._insert("patient", rows[0], {"id": number})
            yield self._insert("visit", rows[0], {"id": number, "patient_id": number})
            links = {"patient_id": number, "visit_id": number}
            for row in rows:
                yield self._insert("row", row, links)
            for other in others:
                yield self._insert("other", other, {"patient_id": number})

    def _insert(self, table: str, row: Row, links: Row) -> tuple[sql.Composed, list[Any]]:
        cells = {f"c {name}": row[name] for name in self.columns()[table]} | links
        statement = sql.SQL("INSERT INTO {}.{} ({}) VALUES ({})").format(
            sql.Identifier(self.namespace),
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, cells)),
            sql.SQL(", ").join([sql.Placeholder()] * len(cells)),
        )
        return statement, list(cells.values())

    def plan(self, schema: Schema) -> Plan:
        """A plan that says what the columns mean, and of the rule's own tables alone."""
        mine = tuple(t for t in schema if t.name.namespace == self.namespace)
        kinds = {"patient": "patient", "visit": "encounter", "row": self.kind, "other": "event"}
        tables = {}
        for table, columns in self.columns().items():
            made = {f"c {name}": _meant(fact) for name, fact in columns.items()}
            tables[str(Name(self.namespace, table))] = TablePlan(
                role="generate", kind=kinds[table], rows=2, columns=made
            )
        return Plan(
            fingerprint="", options=Options(reference_date=REFERENCE), tables=tables,
            schema=to_data(replace(schema, tables=mine)),
        )  # fmt: skip

    @property
    def broken(self) -> int:
        """How many of the rows break the rule."""
        return len(self.rule.example.bad) if self.rule.form in ("row", "among") else 1


def _meant(fact: str) -> ColumnPlan:
    meaning, _, system = facts()[fact].meanings[0].partition("/")
    return ColumnPlan(
        generator="type.text", meaning=meaning, params={"system": system} if system else {}
    )


def planted(rules: Sequence[Rule]) -> list[Planted]:
    return [Planted(rule, f"rule {number}") for number, rule in enumerate(rules)]
