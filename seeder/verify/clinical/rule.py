"""Rules as the files of ``rules/`` write them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml
from pydantic import Field, model_validator

from seeder.errors import UsageError
from seeder.plan.base import Model

# What expressions may call beside the comparisons, LIKE, ~, left, length, lower, abs, count, round.
FUNCTIONS = {
    "years_between": "whole years from the first moment to the second",
    "days_between": "days from the first moment to the second, with their fraction",
    "hours_between": "hours from the first moment to the second, with their fraction",
    "hour_of": "hour of the day of a moment, 0 to 23",
    "weekday_of": "day of the week of a moment, 1 is Monday",
    "has_time": "whether a moment is at another time than midnight",
    "unnumbered": "a text less the number behind it that tells cut texts apart",
    "luhn": "whether the digits of a text have a valid check digit by Luhn",
    "listed": "whether the values, in order, are a row of the list named first",
    "reference": "the reference date of the plan",
}
_PLACED = re.compile(r"(?P<fact>[a-z_0-9]+)(?: of (?P<place>patient|visit))?\Z")


class Expected(Model):
    """Of a statistical rule: the share of violations, and how far from it is still good."""

    share: float = Field(ge=0, le=1)
    within: float = Field(gt=0, le=1)


class Among(Model):
    """Other rows of the same patient (or visit), and which of them are sought; ``without``: of
    tables with none of these facts."""

    facts: dict[str, str]
    without: list[str] = Field(default_factory=list)
    where: str = "TRUE"


Row = dict[str, Any]


class Example(Model):
    """Rows that keep the rule and rows that break it, a patient each; ``*_others``: of Among."""

    clean: list[Row]
    bad: list[Row]
    clean_others: list[Row] = Field(default_factory=list)
    bad_others: list[Row] = Field(default_factory=list)


class Rule(Model):
    """One rule. ``facts``: a name for each fact of facts.yaml that it reads, of the row itself, or
    'of patient', or 'of visit'. ``of``: the kinds of table whose rows are asked, any if empty;
    ``theirs``: of tables that lead to a patient; ``without``: of tables with none of these facts.
    ``optional``: facts of which one has a column, and a row may have NULL; ``lacking``: facts that
    a schema may lack.
    ``per``: rows belong together by their patient, their visit, or the value of a fact."""

    rule: str
    says: str
    facts: dict[str, str]
    holds: str
    when: str = "TRUE"
    of: list[str] = Field(default_factory=list)
    theirs: bool = False
    without: list[str] = Field(default_factory=list)
    optional: list[str] = Field(default_factory=list)
    lacking: list[str] = Field(default_factory=list)
    look: dict[str, str] = Field(default_factory=dict)
    per: str = ""
    order: str = ""
    among: Among | None = None
    expect: Expected | None = None
    example: Example
    topic: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        known = facts()
        others = self.among.facts if self.among else {}
        without = (*self.without, *(self.among.without if self.among else ()))
        for written in (*self.facts.values(), *others.values(), *without):
            found = _PLACED.match(written)
            if not found or found["fact"] not in known:
                raise ValueError(f"{self.rule}: no fact {written!r} in facts.yaml")
        per = {self.per} - {"", "patient", "visit"}
        unknown = per | self.may_miss | {*self.look.values(), *filter(None, [self.order])}
        unknown -= {*self.facts}
        if unknown:
            raise ValueError(f"{self.rule}: reads {sorted(unknown)}, which it does not name")
        return self

    @property
    def may_miss(self) -> frozenset[str]:
        """Facts that a row need not have."""
        return frozenset((*self.optional, *self.lacking))

    @property
    def form(self) -> str:
        if self.among:
            return "among"
        return "next" if self.order else "group" if self.per else "row"


class FactDefinition(Model):
    """How a fact is read and which meanings have it, best first; ``every``: of a table with several
    such columns each is asked; ``once``: a patient has it
    once, though another table has it, and no key says so. ``entry``: the entry of a list of codes
    that the row names may have it; ``lent``: an organisation that it names. ``whole``: an amount
    that is no part of another one."""

    kind: Literal["moment", "number", "text", "label", "icd", "code", "drug", "sex", "flag"]
    meanings: list[str]
    every: bool = False
    once: bool = False
    entry: bool = False
    lent: bool = False
    whole: bool = False


def placed(written: str) -> tuple[str, str]:
    """(fact, place) of 'birth of patient'; the place is '' for the row itself."""
    found = _PLACED.match(written)
    assert found is not None  # rules are validated
    return found["fact"], found["place"] or ""


@cache
def facts() -> dict[str, FactDefinition]:
    """The facts that rules may name."""
    text = resources.files(__package__).joinpath("facts.yaml").read_text(encoding="utf-8")
    return {n: FactDefinition.model_validate(d) for n, d in yaml.safe_load(text).items()}


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its name, in the order of the files."""
    found: dict[str, Rule] = {}
    for rule in _read():
        if rule.rule in found:
            raise ValueError(f"two rules are called {rule.rule!r}")
        found[rule.rule] = rule
    return found


def _read() -> Iterator[Rule]:
    folder = resources.files(__package__).joinpath("rules")
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        for item in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield Rule.model_validate({**item, "topic": file.name.removesuffix(".yaml")})


def rule(name: str) -> Rule:
    """One rule. Raises UsageError naming the nearest."""
    if name not in rules():
        close = difflib.get_close_matches(name, rules(), 1)
        hint = f"did you mean {close[0]!r}?" if close else "seeder rules list shows them all"
        raise UsageError(f"there is no rule {name!r}", hint)
    return rules()[name]
