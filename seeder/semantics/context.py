"""What is known of a table while its columns are read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from seeder.schema import Column, Schema, Table
from seeder.semantics.neutral import subject_of
from seeder.semantics.prefix import glued, prefix_of, unprefixed
from seeder.semantics.roles import role_of, table_words
from seeder.semantics.senses import subjects
from seeder.semantics.words import tokens


@dataclass(frozen=True)
class Context:
    """What is known of the table while its columns are read."""

    table: Table
    words: tuple[str, ...]
    role: str
    hints: frozenset[str]
    names: frozenset[str]
    about: frozenset[str]
    prefix: str = ""

    @cached_property
    def own(self) -> frozenset[str]:
        """Words that say nothing in front of a column's name, because they are the table's."""
        people = ("patient", "person") if self.role == "patient" else ()
        return frozenset((*self.words, *people))

    @cached_property
    def heads(self) -> frozenset[str]:
        """What the rows are: the role, the last word of the table's name, the last that tells."""
        return frozenset((self.words[-1], subject_of(self.words), ":" + self.role))

    def plainly(self, rest: set[str]) -> bool:
        """Whether the words are those of the prefix that the table's columns share."""
        return bool(self.prefix) and rest <= set(tokens(self.prefix)[0])

    @cached_property
    def plain(self) -> Table:
        """The table with names that lack the prefix of all."""
        return unprefixed(self.table, self.prefix)


def context(table: Table, schema: Schema) -> Context:
    words = table_words(table)
    role = role_of(table, schema).kind
    prefix = prefix_of(table)
    bare = unprefixed(table, glued(tuple(c.name for c in table.columns)))
    names = frozenset(w for c in bare.columns for w in tokens(c.name)[0])
    return Context(
        table,
        words,
        role,
        frozenset((*words, ":" + role)),
        names,
        _about(words, role, names),
        prefix,
    )


_IMAGED = frozenset("modality accession series image uid dicom radiology body instance".split())


def _about(words: tuple[str, ...], role: str, names: frozenset[str]) -> frozenset[str]:
    """What the rows are about; a study is one of images only where its columns tell of images, and
    who lay in a bed when is told of a stay in it."""
    found = subjects(words, role)
    if "study" in words and not _IMAGED & names:
        found -= {"imaging"}
    return found | {"bed"} if words[-1] == "bed" and role != "place" else found


def within(column: Column, where: Context) -> tuple[str, ...]:
    """The words of a name without the prefix that all columns of its table have."""
    name = column.name
    rest = name[len(where.prefix) :] if where.prefix and name.startswith(where.prefix) else ""
    return tokens(rest)[0] if rest else ()
