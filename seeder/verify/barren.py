"""Columns that tell nothing, constant or NULL in every row, and the reason why each must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from seeder.adapter import Adapter
from seeder.errors import SeederError
from seeder.generate.registry import definition
from seeder.generate.sample import sample
from seeder.plan.asked import Asked, asked
from seeder.plan.model import ColumnPlan, KeyPlan, Plan, TablePlan, reference_instant
from seeder.plan.planner import make_plan
from seeder.schema import Name, Table, Type

FEWEST = 50  # rows from which on a column has no excuse but a reason
_HOMEWARD = 500  # visits that may all have ended at home
_PLACES = frozenset(("ordinal", "status.first"))  # generators that tell rows of one owner apart
_RARE = 0.75  # share of people without, from which on those who have one are few
_LUCK = 1e-3  # how unlikely a column of one value may be before it is no accident


@dataclass(frozen=True, slots=True)
class Barren:
    """A column with one value, in ``there`` rows, or with none; ``why`` is '' when nothing explains
    it."""

    table: Name
    column: str
    there: int
    why: str

    @property
    def told(self) -> str:
        return f"{'one value' if self.there else 'NULL'} in every row"


def barren(
    reasons: Reasons, connection: Any, adapter: Adapter, table: Table, rows: int
) -> Iterator[Barren]:
    """The barren columns of a table of FEWEST rows and more; of a smaller one nothing is asked."""
    if rows < FEWEST:
        return
    names = [c.name for c in table.columns]
    for column, there in sorted(adapter.proofs.constant(connection, table, names).items()):
        why = reasons.why(table.name, column) or reasons.luck(table.name, column, there)
        yield Barren(table.name, column, there, why)


@dataclass(frozen=True)
class Reasons:
    """What a plan knows of the columns that it leaves with one value, or with none."""

    plan: Plan

    def why(self, name: Name, column: str) -> str:
        """Why the column must be barren; '' when it need not."""
        return self._why(name, column, frozenset())

    def _why(self, name: Name, column: str, seen: frozenset[tuple[Name, str]]) -> str:
        if (name, column) in seen:
            return ""
        table, made = self.plan.database[name], self.plan.tables[str(name)]
        known = table.column(column)
        if known.generated:
            return "the server computes it"
        printing = table.printed_by(made.keys).get(column)
        if printing is not None:
            found = self._by_key(table, made.keys[printing], printing, column, made, seen)
        elif column in made.columns:
            found = self._by_plan(table, made, made.columns[column], column, seen)
        else:
            found = "nothing but the server's default fills it"
        return found or self._wished(name, column, printing) or _by_cases(made, column)

    def _by_key(
        self, table: Table, plan: KeyPlan, key: str, column: str, made: TablePlan,
        seen: frozenset[tuple[Name, str]],
    ) -> str:  # fmt: skip
        if plan.how == "null":
            return plan.why
        foreign = table.keys_by_name[key]
        target = self.plan.tables[str(foreign.target)]
        if target.rows <= 1:
            return f"{foreign.target} has one row"
        if few := self._few(plan) or self._narrow(table, plan):
            return few
        theirs = dict(zip(foreign.columns, foreign.target_columns, strict=True))[column]
        if target.role != "generate":
            return ""
        why = self._why(foreign.target, theirs, seen | {(table.name, column)})
        return f"as in {foreign.target}: {why}" if why else ""

    def _narrow(self, table: Table, plan: KeyPlan) -> str:
        """Whether a derived key leads through so few rows that one value is no wonder."""
        for step in plan.path if plan.how == "derived" else ():
            table = self.plan.database[table.keys_by_name[step].target]
            rows = self.plan.tables[str(table.name)].rows
            if rows < FEWEST:
                return f"it follows {table.name}, which has {rows} rows"
        return ""

    def _few(self, plan: KeyPlan) -> str:
        """Whether most of those that a key's parent must belong to have none."""
        for text, key in plan.down if plan.how == "within" else ():
            above = self.plan.database[Name.parse(text)].keys_by_name[key].target
            if 2 * self.plan.tables[text].rows < self.plan.tables[str(above)].rows:
                return f"few rows of {above} have one in {text}"
        return ""

    def _by_plan(
        self, table: Table, made: TablePlan, plan: ColumnPlan, column: str,
        seen: frozenset[tuple[Name, str]],
    ) -> str:  # fmt: skip
        known = table.column(column)
        if plan.generator == "null" or plan.nulls == 1:
            return f"no generator makes {known.type.native}" if _by_type(plan) else plan.why
        if plan.generator == "constant" and known.type.kind == "oid":
            return "the name of an object, of which none is sure to exist"
        if plan.generator in _PLACES and (why := self._alone(table, made)):
            return why
        found = definition(plan.generator)
        if found.single is not None and (why := found.single(found.resolve(plan.params))):
            return why
        if plan.generator == "copy":
            other = str(plan.params.get("column", ""))
            why = self._why(table.name, other, seen | {(table.name, column)})
            return f"a copy of {other}: {why}" if why else ""
        if plan.nulls_at == "open" and plan.generator == "code.drawn" and made.rows < _HOMEWARD:
            return "nearly everybody goes home, and there are few visits"
        if _single(plan.params):
            kind = known.type
            if len(kind.values) == 1:
                return "its type has one value"
            if kind.checks or any(column in c.columns for c in table.checks):
                return "its CHECK allows one value"
            if table.partitioning and column in table.partitioning.columns:
                return "its partitions take one value"
        return ""

    def _alone(self, table: Table, made: TablePlan) -> str:
        """Whether a row is, as a rule, its owner's only one."""
        if not made.owner:
            return ""
        target = table.keys_by_name[made.owner].target
        high = made.keys[made.owner].fan_out.high
        alone = high == 1 or made.rows <= self.plan.tables[str(target)].rows
        return f"a place among the rows of one {target}, which seldom has two" if alone else ""

    def luck(self, name: Name, column: str, there: int) -> str:
        """Whether one value in ``there`` rows, or none in all of them, is an accident that happens:
        the generator, tried on rows of its own, tells how often."""
        if there == 1:
            return "one row has a value"
        made = self.plan.tables[str(name)]
        if column not in made.columns:
            return ""
        plan, kind = made.columns[column], self.plan.database[name].column(column).type
        seen = _tried(plan, kind, reference_instant(self.plan.options))
        absent = plan.nulls + (1 - plan.nulls) * seen[None] / (seen.total() or 1)
        values = [count for value, count in seen.items() if value is not None]
        if len(values) < 2:
            return ""
        if plan.generator.startswith("person.") and absent > _RARE:
            return "few people have one, and they come more than once"
        chance = float((max(values) / sum(values)) ** (there - 1) if there else absent**made.rows)
        rows = there or made.rows
        return f"a matter of chance in {rows} rows" if chance > _LUCK else ""

    def _wished(self, name: Name, column: str, key: str | None) -> str:
        """Whether the plan was edited here: what the user wants needs no other reason."""
        wish = self._asked.columns.get((name, column))
        if wish is not None:
            return f"asked for: {wish.why}"
        base = self._base.tables.get(str(name))
        made = self.plan.tables[str(name)]
        if base is None:
            return ""
        if key is not None:
            edited = base.keys.get(key) != made.keys.get(key)
        else:
            edited = base.columns.get(column) != made.columns.get(column)
        return "the plan was edited to say so" if edited else ""

    @cached_property
    def _asked(self) -> Asked:
        return asked(self.plan.database, self.plan.options)

    @cached_property
    def _base(self) -> Plan:
        return make_plan(self.plan.reflected, self.plan.options)


def _by_type(plan: ColumnPlan) -> bool:
    return plan.why.startswith("by type")


def _single(params: Mapping[str, Any]) -> bool:
    """Whether parameters leave one value."""
    values = params.get("values")
    if isinstance(values, list):
        return len({str(v) for v in values}) == 1
    low, high = params.get("min_value"), params.get("max_value")
    return "value" in params or (low is not None and low == high)


def _by_cases(made: TablePlan, column: str) -> str:
    """Conditional CHECKs under every case of which the column is NULL."""
    for group in made.cases:
        if group.cases and all(column in case.null for case in group.cases):
            return f"{group.name} leaves it NULL"
    return ""


def _tried(plan: ColumnPlan, kind: Type, reference: int) -> Counter[str | None]:
    """How often each value, or NULL, came in a few thousand rows of no table; nothing where the
    generator needs the columns beside it."""
    try:
        cells = sample(definition(plan.generator), plan.params, kind, reference)
    except (KeyError, ValueError, SeederError):
        return Counter()
    return Counter(None if v is None else str(v) for v in cells.to_pylist())
