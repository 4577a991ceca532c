"""The plan's file format: pydantic models, versioned, unknown keys refused.

A plan is resolved and complete: `load` needs it, a DSN and nothing else. Table and key names are
strings as ``str(schema.Name)`` writes them.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any, Literal

from pydantic import ConfigDict, Field

from seeder import schema
from seeder.generate.locale import DEFAULT as DEFAULT_LOCALE
from seeder.plan.base import Model
from seeder.plan.joining import Implied, joined
from seeder.plan.overrides import Layer, Locale, Overrides, Role

FORMAT = 1
# Raised whenever the same plan would give other bytes; a load refuses another generation.
GENERATION = 6

Triggers = Literal["off", "on", "route"]


class Distinct(Model):
    """How a column's values are made distinct: a bijection of a number of the row.

    row: the row number. shuffled: a permutation of it over the capacity. siblings: the ordinal,
    permuted over the capacity for each owner, alike for the columns of one ``group``. digit: one
    digit of the permuted row number in the mixed radix of several columns,
    ``row // divide % modulo`` after a permutation of [0, capacity). ``start``: what numbers begin
    with, because earlier batches have those below.
    """

    how: Literal["row", "shuffled", "siblings", "digit"]
    capacity: int = 0
    divide: int = 1
    modulo: int = 0
    group: str = ""
    start: int = Field(default=0, ge=0)


class FanOutPlan(Model):
    """Bounds of the children of one parent. ``by``: what of the parent's story says how many it
    has: how ill a patient is, how long a visit is (of what is ``listed``, as diagnoses are, that
    says little), or that it is of a kind. ``needs``: members of
    scenarios have at least the visits that those plan."""

    low: int = Field(default=0, ge=0)
    high: int | None = None
    by: Literal["", "burden", "stay", "listed", "inpatient", "emergency", "died"] = ""
    needs: bool = False


class ColumnPlan(Model):
    """One column: the generator of its cells and why it was chosen.

    ``nulls``: the share of NULL. ``nulls_at`` last: NULL in the last of an owner's rows instead;
    open: where what the row tells of is still going on.
    ``nulls_with``: columns of one name here are NULL in the same rows, as a code and its text are.
    ``unlike``: columns whose value in the same row it must not have; drawn again where it has.
    ``noise``: kinds of dirt that the user wants, with the share of rows that have it: typos,
    abbreviations, late, units; of second registrations of a patient, who share what is not unique:
    slips (duplicates) and forgotten values (forgotten).
    ``chance``: that the meaning is right, in per cent; 0 where none was read.
    """

    generator: str
    params: dict[str, Any] = Field(default_factory=dict)
    nulls: float = Field(default=0.0, ge=0.0, le=1.0)
    nulls_at: Literal["random", "last", "open"] = "random"
    nulls_with: str = ""
    distinct: Distinct | None = None
    unlike: list[str] = Field(default_factory=list)
    not_before: list[str] = Field(default_factory=list)
    after: list[str] = Field(default_factory=list)
    noise: dict[str, float] = Field(default_factory=dict)
    meaning: str = ""
    chance: int = Field(default=0, ge=0, le=100)
    why: str = ""


class Among(Model):
    """The rows of a parent that a key draws from: ``rows`` of them. Of a kept one they are listed
    in the ``input`` of that name; ``groups``: weight and rows of each group of the list, one after
    the other. Of another one they come in ``turns``: from the first row on each ``of`` rows one, so
    many times."""

    input: str
    rows: int
    groups: list[tuple[int, int]] = Field(default_factory=list)
    turns: list[tuple[int, int]] = Field(default_factory=list)
    of: int = 1


class KeyPlan(Model):
    """One foreign key: how a row finds its parent.

    owner: by fan-out. derived: along ``path`` of keys, the first of this table. within: the
    ancestor at the end of ``path``, or the row itself where that is empty, then down the keys of
    ``down`` (pairs of table and key, from the ancestor's child to the target); in ``turn`` with the
    rows of one owner, so that they come in the order of time. drawn: skewed over
    all parents, evenly if ``skew`` says so, or over those that ``among`` lists; ``regular``: mostly
    one of the few that the row's patient comes back to. strata: fan-out
    behind a permutation. distinct: a permutation, one parent a row. tree: an earlier row, or
    sibling, of the same table. earlier: an earlier row, whoever owns it. previous: the sibling
    before. null: always NULL. ``apart``: keys of the table whose parent in the same row is another
    one; '' stands for the row itself.
    """

    how: Literal[
        "owner",
        "derived",
        "within",
        "drawn",
        "listed",
        "strata",
        "distinct",
        "tree",
        "earlier",
        "previous",
        "null",
    ]
    path: list[str] = Field(default_factory=list)
    down: list[tuple[str, str]] = Field(default_factory=list)
    distinct: Distinct | None = None
    fan_out: FanOutPlan = FanOutPlan()
    among: Among | None = None
    system: str = ""
    group: str = ""
    turn: bool = False
    regular: bool = False
    apart: list[str] = Field(default_factory=list)
    skew: Literal["steep", "even"] = "steep"
    nulls: float = Field(default=0.0, ge=0.0, le=1.0)
    why: str = ""


class Agreement(Model):
    """Two keys of a table that lead to the same other table, and whether they must meet there."""

    first: list[str]
    second: list[str]
    table: str
    decision: Literal["equal", "independent"]
    why: str


class TimePlan(Model):
    """The stretch of time of a row: a life, a slot of its owner's, a visit in it, a moment.

    ``person``: the keys to the row's patient. ``story``: how the row finds the patient's episode.
    own: it has one, as a visit has. owner: that of its owner. visit: that of the row of ``visits``
    at the end of ``visit``. spread: those of its patient's rows of ``visits``, a table and its key
    to the patient. ``heads``: rows of other events belong to it, as results to an order.
    ``ahead``: some rows lie behind the reference date, as appointments do. ``setting``: of all
    visits of a table that says so by its name.
    """

    kind: Literal["life", "slot", "visit", "moment", "window"]
    person: list[str] = Field(default_factory=list)
    story: Literal["", "own", "owner", "visit", "spread"] = ""
    visit: list[str] = Field(default_factory=list)
    visits: list[str] = Field(default_factory=list)
    heads: bool = False
    ahead: bool = False
    setting: Literal["", "inpatient", "emergency"] = ""


class IndexPlan(Model):
    """An index or constraint of the table: kept during the load, or dropped and rebuilt."""

    name: str
    kind: str
    action: Literal["keep", "rebuild"]
    why: str


class CyclePlan(Model):
    """Tables whose keys lead round in a circle, and how each key between them is satisfied."""

    tables: list[str]
    keys: dict[str, str]


class Strategy(Model):
    """How a load goes about it; said for the reader, and decided anew by each load.

    ``text``: tables that travel as text COPY, and why not in binary form. ``careful``: tables
    whose indexes and keys all stay alive, and why; the others' are dropped and rebuilt.
    """

    text: dict[str, str] = Field(default_factory=dict)
    careful: dict[str, str] = Field(default_factory=dict)
    cycles: list[CyclePlan] = Field(default_factory=list)


class Case(Model):
    """Columns that are NULL, and columns that are not, in rows with the ``given`` values."""

    given: dict[str, str] = Field(default_factory=dict)
    null: list[str] = Field(default_factory=list)
    present: list[str] = Field(default_factory=list)


class CaseGroup(Model):
    """The cases of a conditional CHECK: of those whose values a row has it draws one."""

    name: str
    drivers: list[str] = Field(default_factory=list)
    cases: list[Case] = Field(default_factory=list)


class TablePlan(Model):
    role: Role
    kind: str = "other"
    rows: int = Field(default=0, ge=0)
    owner: str = ""
    time: TimePlan | None = None
    keys: dict[str, KeyPlan] = Field(default_factory=dict)
    columns: dict[str, ColumnPlan] = Field(default_factory=dict)
    cases: list[CaseGroup] = Field(default_factory=list)
    agreements: list[Agreement] = Field(default_factory=list)
    why: str = ""


class Finding(Model):
    """Something the user should know before anything is written. For the planner alone: ``most``
    rows of the table with which there would be nothing to say; ``spare``, a table and an implied
    key of it without which there would not."""

    severity: Literal["error", "warning", "info"]
    code: str
    place: str
    message: str
    hint: str = ""
    most: int | None = Field(default=None, exclude=True)
    spare: tuple[str, str] | None = Field(default=None, exclude=True)


class ImpliedChoice(Model):
    """The user's word on one reference that nobody declared: ``use`` it or not, whatever its score.

    With ``use: false`` the target may be left out: whatever the columns seem to reference.
    """

    table: str
    columns: list[str]
    target: str = ""
    target_columns: list[str] = Field(default_factory=list)
    use: bool = True


class ImpliedKey(Model):
    """A reference that nobody declared and that the rows keep all the same; ``key`` is the name
    under which the table's keys have it."""

    key: str
    table: str
    columns: list[str]
    target: str
    target_columns: list[str]
    score: float
    why: str

    @property
    def found(self) -> Implied:
        """The same, with names that are parsed."""
        return Implied(
            schema.Name.parse(self.table), tuple(self.columns), schema.Name.parse(self.target),
            tuple(self.target_columns), self.score, self.why,
        )  # fmt: skip


class Batch(Model):
    """Rows that are added to tables that hold some; by table, unless said otherwise.

    ``number``: which batch this is, the first load being 1. ``held``: the rows that are there.
    ``starts``: the first row number that no earlier batch has had. ``highest``: by table and
    column the highest value of columns of numbers that are to be distinct. ``standing``: tables
    that it would add to and cannot, and why.
    """

    number: int = Field(ge=1)
    held: dict[str, int] = Field(default_factory=dict)
    starts: dict[str, int] = Field(default_factory=dict)
    highest: dict[str, dict[str, int]] = Field(default_factory=dict)
    standing: dict[str, str] = Field(default_factory=dict)


class Options(Model):
    """What the user asked for: with the schema, all that the planner reads.

    ``tables``: rows of single tables. ``kept``: tables whose rows stay and serve as parents, and
    how many they hold; ``selected``: the rows of each group of each selection of them.
    ``triggers``: off while rows come in; or on, as they are; route is off, and a parent that
    sends its rows to tables that inherit from it stays empty, while they are filled.
    ``overrides`` are the user's own, ``packs`` those of the schema packs that know this schema.
    ``locale``: of names, addresses and formats.
    ``infer``: whether references that nobody declared are looked for; ``implied``: those that the
    user turned on or off. ``batch``: what is there already, where rows are to be added to it.
    """

    rows: int = Field(default=1_000_000, gt=0)
    seed: int = 0
    reference_date: dt.date
    tables: dict[str, int] = Field(default_factory=dict)
    namespaces: list[str] = Field(default_factory=list)
    kept: dict[str, int] = Field(default_factory=dict)
    triggers: Triggers = "route"
    selected: dict[str, list[int]] = Field(default_factory=dict)
    packs: dict[str, Layer] = Field(default_factory=dict)
    overrides: Overrides = Overrides()
    locale: Locale = DEFAULT_LOCALE
    infer: bool = True
    implied: list[ImpliedChoice] = Field(default_factory=list)
    batch: Batch | None = None


def reference_instant(options: Options) -> int:
    """Midnight UTC at the end of the reference date, in microseconds since 1970."""
    return ((options.reference_date - dt.date(1970, 1, 1)).days + 1) * 86_400_000_000


class Input(Model):
    """A file that the plan reads beside its seed; ``file`` is relative to the plan's folder."""

    file: str
    digest: str
    rows: int
    columns: list[str]


class Plan(Model):
    """What `seeder plan` writes and `seeder load` does."""

    format: int = FORMAT
    generation: int = GENERATION
    dsn: str = ""
    fingerprint: str
    options: Options
    findings: list[Finding] = Field(default_factory=list)
    inputs: dict[str, Input] = Field(default_factory=dict)
    implied: list[ImpliedKey] = Field(default_factory=list)
    tables: dict[str, TablePlan]
    indexes: dict[str, list[IndexPlan]] = Field(default_factory=dict)
    strategy: Strategy = Strategy()
    schema_: dict[str, Any] = Field(alias="schema")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @cached_property
    def reflected(self) -> schema.Schema:
        """The schema that the plan was made for, as the server has it."""
        return schema.from_data(self.schema_)

    @cached_property
    def database(self) -> schema.Schema:
        """The schema that rows keep: what was reflected, and the implied references."""
        return joined(self.reflected, [key.found for key in self.implied])

    @property
    def rows(self) -> int:
        return sum(t.rows for t in self.tables.values() if t.role == "generate")

    @property
    def generated(self) -> dict[str, TablePlan]:
        return {name: t for name, t in self.tables.items() if t.role == "generate"}
