"""Conditional CHECKs as cases: what each row leaves NULL and what it must have.

``kind <> 'lab' OR value IS NOT NULL``, ``num_nonnulls(a, b) = 1`` and their like join columns into
groups. The columns that are compared with values (the drivers) keep their own generators; for each
combination of their values the plan lists which other columns are NULL and which are there. Where
several answers are right, a row draws one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from seeder.plan.model import Case, CaseGroup
from seeder.plan.narrowing import Alternatives, Bounds, Narrowing, Presence, settle
from seeder.plan.operands import Unsolved
from seeder.plan.predicates import Condition, alternatives
from seeder.schema import Table

_MOST_COMBINATIONS = 64
_MOST_ANSWERS = 8

Options = tuple[tuple[Condition, ...], ...]
State = Mapping[str, bool]  # column -> whether it is there


@dataclass(frozen=True)
class Cases:
    """Groups of columns; values that a driver must not have; and why something is not solved, with
    the rules that are left ``open``."""

    groups: tuple[CaseGroup, ...] = ()
    without: Mapping[str, tuple[str, ...]] | None = None
    unsolved: tuple[str, ...] = ()
    open: tuple[Options, ...] = ()

    @property
    def named(self) -> list[tuple[str, str]]:
        """What is not solved; it may come from several CHECKs together."""
        return [("of several columns", reason) for reason in self.unsolved]


def cases(table: Table, narrowing: Narrowing, made: frozenset[str]) -> Cases:
    """The cases of a table. ``made``: columns that have a generator, so that a driver's values are
    known; the others are filled by keys."""
    groups: list[CaseGroup] = []
    without: dict[str, tuple[str, ...]] = {}
    unsolved: list[str] = []
    left: list[Options] = []
    for number, rules in enumerate(_joined([_options(i) for i in narrowing.implications])):
        try:
            group, barred = _group(table, narrowing.columns, made, rules, f"case {number}")
        except Unsolved as why:
            unsolved.append(why.reason)
            left += rules
            continue
        groups += [group] if any(c.null or c.present for c in group.cases) else []
        without |= barred
    return Cases(tuple(groups), without, tuple(unsolved), tuple(left))


def settled(table: Table, narrowing: Narrowing, made: frozenset[str], found: Cases) -> Narrowing:
    """The narrowing with one answer to each open rule for all rows, where one can be chosen."""
    for rule in found.open:
        met = settle(narrowing, table, made, rule)
        if met is not None:
            rest = tuple(i for i in met.implications if _options(i) != rule)
            narrowing = replace(met, implications=rest)
    return narrowing


def _options(implication: Presence | Alternatives) -> Options:
    if isinstance(implication, Presence):
        return alternatives(implication)
    return implication.options


def _columns(rule: Options) -> set[str]:
    return {name for option in rule for c in option for name in c.columns}


def _joined(rules: Sequence[Options]) -> list[list[Options]]:
    """Rules that share a column belong together."""
    groups: list[list[Options]] = []
    for rule in rules:
        mine = [g for g in groups if any(_columns(r) & _columns(rule) for r in g)]
        groups = [g for g in groups if g not in mine] + [[r for g in mine for r in g] + [rule]]
    return groups


def _group(
    table: Table,
    known: Mapping[str, Bounds],
    made: frozenset[str],
    rules: Sequence[Options],
    name: str,
) -> tuple[CaseGroup, dict[str, tuple[str, ...]]]:
    every = [c for rule in rules for option in rule for c in option]
    drivers = {
        c.column: _values(table, known, c.column)
        for c in every
        if c.test in ("in", "not in") and c.column in made
    }
    drivers = {column: values for column, values in sorted(drivers.items()) if values}
    count = 1
    for values in drivers.values():
        count *= len(values)
    if count > _MOST_COMBINATIONS:
        raise Unsolved(f"{', '.join(drivers)} have {count} combinations of values")
    found: list[Case] = []
    barred: list[dict[str, str]] = []
    for chosen in product(*drivers.values()):
        given = dict(zip(drivers, chosen, strict=True))
        answers = list(islice(_answers(table, rules, given, made), _MOST_ANSWERS))
        if not answers:
            barred.append(given)
        for state in answers:
            found.append(
                Case(
                    given=given,
                    null=sorted(c for c, there in state.items() if not there),
                    present=sorted(c for c, there in state.items() if there),
                )
            )
    if barred and (len(drivers) != 1 or len(barred) == count):
        raise Unsolved(f"no row can have {barred[0] or 'all that it asks for'}")
    driver = next(iter(drivers), "")
    gone = {driver: tuple(b[driver] for b in barred)} if barred else {}
    return CaseGroup(name=name, drivers=list(drivers), cases=found), gone


def _values(table: Table, known: Mapping[str, Bounds], column: str) -> tuple[str, ...]:
    bounds, kind = known.get(column, Bounds()), table.column(column).type
    if bounds.values:
        return tuple(v for v in bounds.values if v not in bounds.never)
    return kind.values or (("true", "false") if kind.kind == "boolean" else ())


def _answers(
    table: Table, rules: Sequence[Options], given: Mapping[str, str], made: frozenset[str]
) -> Iterator[State]:
    """Every consistent choice of what is NULL and what is there, the same only once."""
    asked = []
    for rule in rules:
        left = [s for option in rule if (s := _state(table, option, given, made)) is not None]
        if {} not in left:
            asked.append(left)
    seen: list[State] = []
    for states in product(*asked):
        whole: dict[str, bool] = {}
        agree = all(whole.setdefault(c, there) == there for s in states for c, there in s.items())
        if agree and whole not in seen:
            seen.append(whole)
            yield whole


def _state(
    table: Table, option: tuple[Condition, ...], given: Mapping[str, str], made: frozenset[str]
) -> State | None:
    """What an option asks to be NULL and there, given the drivers; None where it cannot hold."""
    state: dict[str, bool] = {}
    for condition in option:
        column = condition.column
        if condition.test in ("null", "not null"):
            there = condition.test == "not null"
            fixed = column in given or not table.column(column).nullable
            if fixed and not there:
                return None
            if not fixed and state.setdefault(column, there) != there:
                return None
        elif condition.test in ("in", "not in") and column in given:
            if (given[column] in condition.values) != (condition.test == "in"):
                return None
        elif not (condition.test == "not in" and column in made and not condition.other):
            return None  # a value that nobody draws by chance is never met, and never missed
    return state
