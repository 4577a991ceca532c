"""One patient's rows in the order of time, on whatever schema.

The plan says which tables lead to a patient and along which keys, which column says when, and what
the others mean. Nothing is known of a table's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from seeder.adapter import Adapter, Label, Step
from seeder.errors import UsageError
from seeder.plan.model import Plan, TablePlan
from seeder.schema import ForeignKey, Name, Table

# When a row was: the first of these meanings that it has.
_MOMENTS = (
    "encounter.start", "encounter.admission", "encounter.unit_in", "diagnosis.start", "drug.start",
    "procedure.start", "vaccine.time", "claim.service_date", "moment.start", "moment.performed",
    "lab.resulted", "moment.resulted", "lab.collected", "moment.collected", "moment.ordered",
    "moment.entered", "moment.any", "moment.day", "claim.time", "moment.created",
)  # fmt: skip
# What is not told: keys, and columns that say how a row is kept.
_SILENT = ("key.", "audit.", "moment.created", "moment.updated", "id.hash", "flag.active")
_NAMES = ("name", "full_name", "last_name", "description", "display", "title", "label")
_KINDS = frozenset("reference place organisation staff other".split())
_LONG = 60


@dataclass(frozen=True)
class Event:
    """A row: its moment ('' for none), table, what it says by column, and its long texts."""

    when: str
    table: str
    says: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """A patient: the table, the row's own columns, and everything that leads to it."""

    table: str
    patient: Mapping[str, str]
    events: tuple[Event, ...]


def show_patient(
    plan: Plan,
    connection: Any,
    adapter: Adapter,
    *,
    table: str = "",
    identifier: str = "",
    nth: int = 1,
    limit: int = 50,
    everything: bool = False,
) -> Story:
    """The story of one patient: the ``nth`` row of the patients, or that of a key or identifier.

    Raises UsageError when the plan has no patients, or the database no such one.
    """
    reader = _Reader(plan, connection, adapter, limit, everything)
    root = reader.root(table)
    row = reader.patient(root, identifier, nth)
    events = [e for name in plan.generated for e in reader.events(Name.parse(name), root, row)]
    ordered = sorted(events, key=lambda e: (e.when != "", e.when, e.table))
    return Story(str(root.name), reader.told(root, row, {}), tuple(ordered))


@dataclass(frozen=True)
class _Reader:
    plan: Plan
    connection: Any
    adapter: Adapter
    limit: int
    everything: bool

    def root(self, named: str) -> Table:
        """The table of patients: the one that is named, or the one with most rows."""
        found = {
            n: t for n, t in self.plan.tables.items()
            if t.role in ("generate", "keep") and t.kind == "patient"
        }  # fmt: skip
        if named:
            found = {
                n: t for n, t in self.plan.tables.items()
                if n == named or Name.parse(n).name == named
            }  # fmt: skip
        if not found:
            raise UsageError(
                f"there is no table {named!r} in the plan" if named else
                "the plan has no table of patients",
                "name the table whose rows are patients: --table namespace.table",
            )  # fmt: skip
        name = max(sorted(found), key=lambda n: found[n].rows)
        return self.plan.database[Name.parse(name)]

    def patient(self, root: Table, identifier: str, nth: int) -> dict[str, str | None]:
        key = root.primary_key.columns if root.primary_key else (root.columns[0].name,)
        if not identifier:
            rows = self.adapter.related(self.connection, root, (), (), (), key, 1, nth - 1)
            if rows:
                return rows[0]
            raise UsageError(
                f"{root.name} has no row number {nth}",
                "load it first (seeder load), or ask for a smaller number",
            )
        columns = (*key[:1], *self._identifiers(root))
        for column in columns:
            where = ((column, identifier),)
            rows = self.adapter.related(self.connection, root, (), where, (), key, 1)
            if rows:
                return rows[0]
        raise UsageError(
            f"{root.name} has no row {identifier!r} by {', '.join(columns)}",
            "ask for one by its place: seeder show patient --nth 1",
        )

    def _identifiers(self, root: Table) -> tuple[str, ...]:
        columns = self.plan.tables[str(root.name)].columns
        return tuple(c for c, p in columns.items() if p.meaning.startswith("id."))

    def events(self, name: Name, root: Table, row: Mapping[str, str | None]) -> Iterator[Event]:
        """The rows of a table that lead to the patient."""
        plan, table = self.plan.tables[str(name)], self.plan.database[name]
        path = self._path(table, plan, root)
        if not path:
            return
        labels = self._labels(table, {k.name for _, k in path[:1]})
        target = path[-1][1].target_columns
        where = [(c, row[c] or "") for c in target]
        when = _moment(plan)
        order = [when] if when else []
        for found in self.adapter.related(
            self.connection, table, path, where, labels, order, self.limit
        ):
            silent = {c for k in table.foreign_keys for c in k.columns} | {when}
            says = self.told(table, found, {label.name: label.name for label in labels}, silent)
            texts = {c: v for c, v in says.items() if len(v) > _LONG}
            short = {c: v for c, v in says.items() if c not in texts}
            yield Event((found.get(when) or "") if when else "", str(name), short, texts)

    def _path(self, table: Table, plan: TablePlan, root: Table) -> list[Step]:
        """The keys from a table to the patients, as far as the table of patients."""
        steps: list[Step] = []
        here = table
        for key in plan.time.person if plan.time else []:
            foreign = here.keys_by_name[key]
            steps.append((here, foreign))
            here = self.plan.database[foreign.target]
            if here.name == root.name:
                return steps
        return []

    def _labels(self, table: Table, path: set[str]) -> list[Label]:
        """Keys to things that have a name."""
        found = []
        for key in table.foreign_keys:
            named = self._named(key)
            if key.name not in path and named:
                found.append(Label(_called(key), key, named))
        return found

    def _named(self, key: ForeignKey) -> tuple[str, ...]:
        plan = self.plan.tables.get(str(key.target))
        if plan is None or plan.kind not in _KINDS or key.target not in self.plan.database:
            return ()
        columns = [c.name for c in self.plan.database[key.target].columns]
        first = [c for c, p in plan.columns.items() if p.meaning == "person.first_name"]
        last = [c for c, p in plan.columns.items() if p.meaning == "person.last_name"]
        if first and last:
            return (first[0], last[0])
        for word in _NAMES:
            for column in columns:
                if column.lower() == word or column.lower().endswith("_" + word):
                    return (column,)
        return ()

    def told(
        self,
        table: Table,
        row: Mapping[str, str | None],
        labels: Mapping[str, str],
        silent: set[str] | frozenset[str] = frozenset(),
    ) -> dict[str, str]:
        """What a row says: its columns with a value, without keys and bookkeeping."""
        columns = self.plan.tables[str(table.name)].columns
        keys = set(table.primary_key.columns if table.primary_key else ())
        out = {}
        for name, value in row.items():
            if value is None or name in silent:
                continue
            meaning = columns[name].meaning if name in columns else ""
            hidden = name in keys or meaning.startswith(_SILENT) or (
                name not in labels and name not in columns
            )  # fmt: skip
            if self.everything or not hidden:
                out[name] = value
        return out


def _called(key: ForeignKey) -> str:
    return key.columns[-1].removesuffix("_id").removesuffix("Id") or key.target.name


def _moment(plan: TablePlan) -> str:
    """The column that says when a row was, '' for none."""
    by_meaning: dict[str, str] = {}
    for column, made in plan.columns.items():
        by_meaning.setdefault(made.meaning, column)
    for meaning in _MOMENTS:
        if meaning in by_meaning:
            return by_meaning[meaning]
    starts = [c for c, p in plan.columns.items() if p.generator == "moment.start"]
    return starts[0] if starts else ""


def lines(story: Story) -> Iterator[tuple[str, str, str, Sequence[str]]]:
    """(when, table, what it says, texts) of each event, ready to be printed."""
    for event in story.events:
        short = Name.parse(event.table).name
        says = ", ".join(f"{name} {value}" for name, value in event.says.items())
        texts = [f"{name}: {' '.join(value.split())[:240]}" for name, value in event.texts.items()]
        yield event.when[:16], short, says, texts
