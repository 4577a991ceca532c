"""What is given and done for a condition: drugs that fit the age, procedures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seeder.clinical.chance import Bools, Choices
from seeder.clinical.model import Condition, Drug, Knowledge
from seeder.generate.stream import Ints, Words

_OLDEST = 121


@dataclass(frozen=True)
class Treatment:
    """Drugs and procedures of conditions, compiled for drawing."""

    knowledge: Knowledge

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(self.knowledge.conditions.values())

    @cached_property
    def drugs(self) -> tuple[Drug, ...]:
        return tuple(self.knowledge.drugs.values())

    @cached_property
    def _ages(self) -> tuple[Ints, int]:
        """The class of each year of age, in which the same drugs may be given, and how many."""
        edges = sorted({d.ages[0] for d in self.drugs} | {d.ages[1] + 1 for d in self.drugs})
        classes = np.searchsorted(np.asarray(edges), np.arange(_OLDEST), "right")
        return classes.astype(np.int64), len(edges) + 1

    @cached_property
    def _choices(self) -> tuple[Choices, Ints]:
        """Choices among the drugs of each condition and age class, and those drugs."""
        of_age, classes = self._ages
        most = max((len(c.profile.drugs) for c in self.conditions), default=1)
        index = {d.name: n for n, d in enumerate(self.drugs)}
        years = [int(np.argmax(of_age == n)) if (of_age == n).any() else -1 for n in range(classes)]
        weights = np.zeros((len(self.conditions) * classes, most))
        members = np.zeros((len(self.conditions), most), np.int64)
        for number, condition in enumerate(self.conditions):
            for place, (name, weight) in enumerate(condition.profile.drugs):
                drug = self.drugs[index[name]]
                members[number, place] = index[name]
                for kind, year in enumerate(years):
                    if year >= 0 and drug.ages[0] <= year <= drug.ages[1]:
                        weights[number * classes + kind, place] = weight
        return Choices(weights), members

    def drug(self, condition: Ints, age: Ints, word: Words) -> Ints:
        """A drug for each condition at an age in years; -1 where there is none."""
        choices, members = self._choices
        of_age, classes = self._ages
        known = np.maximum(condition, 0)
        drawn = choices.draw(known * classes + of_age[np.minimum(age, _OLDEST - 1)], word)
        return np.where((drawn >= 0) & (condition >= 0), members[known, np.maximum(drawn, 0)], -1)

    @cached_property
    def clashes(self) -> Bools:
        """Which drugs are not given together: (drugs, drugs)."""
        index = {d.name: n for n, d in enumerate(self.drugs)}
        found = np.zeros((len(index), len(index)), np.bool_)
        for one, other in self.knowledge.interactions:
            found[index[one], index[other]] = True
        return found

    @cached_property
    def may_clash(self) -> Bools:
        """Whether a drug clashes with one that a condition is given: (drugs, conditions)."""
        index = {d.name: n for n, d in enumerate(self.drugs)}
        found = np.zeros((len(index), len(self.conditions)), np.bool_)
        for number, condition in enumerate(self.conditions):
            mine = [index[name] for name, _ in condition.profile.drugs]
            found[:, number] = self.clashes[:, mine].any(axis=1)
        return found

    @cached_property
    def procedures(self) -> tuple[str, ...]:
        """All procedures by name, in the order of the conditions that name them first."""
        return tuple(self.knowledge.procedures)

    @cached_property
    def _done(self) -> tuple[Choices, Ints]:
        return _members(
            [c.profile.procedures for c in self.conditions],
            {name: n for n, name in enumerate(self.procedures)},
        )

    def procedure(self, condition: Ints, word: Words) -> Ints:
        """A procedure for each condition; -1 where there is none."""
        choices, members = self._done
        known = np.maximum(condition, 0)
        drawn = choices.draw(known, word)
        return np.where((drawn >= 0) & (condition >= 0), members[known, np.maximum(drawn, 0)], -1)

    @cached_property
    def specialties(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s for c in self.conditions for s in c.profile.specialties))

    @cached_property
    def _seen_by(self) -> tuple[Choices, Ints]:
        return _members(
            [tuple((s, 3 - min(n, 2)) for n, s in enumerate(c.profile.specialties))
             for c in self.conditions],
            {name: n for n, name in enumerate(self.specialties)},
        )  # fmt: skip

    def specialty(self, condition: Ints, word: Words) -> Ints:
        """The specialty that sees each condition, the first named most often."""
        choices, members = self._seen_by
        drawn = choices.draw(condition, word)
        return np.where(drawn >= 0, members[condition, np.maximum(drawn, 0)], 0)


def _members(
    lists: Sequence[tuple[tuple[str, int], ...]], index: dict[str, int]
) -> tuple[Choices, Ints]:
    """Choices among short lists of things, one list a kind, and what stands at each place."""
    most = max((len(pairs) for pairs in lists), default=1)
    weights = np.zeros((len(lists), max(most, 1)))
    members = np.zeros((len(lists), max(most, 1)), np.int64)
    for number, pairs in enumerate(lists):
        for place, (name, weight) in enumerate(pairs):
            weights[number, place], members[number, place] = weight, index[name]
    return Choices(weights), members
