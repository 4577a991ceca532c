"""Languages and countries of names and addresses: a folder of tables each, alike in their columns.

A generator that depends on one has the parameter ``locale``; the planner gives it the one that was
asked for, so that the plan says it column by column.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

from seeder.generate import data
from seeder.generate.data import Entries, entries
from seeder.generate.registry import Call, Parameter

DEFAULT = "en_US"
LOCALE = Parameter(str, DEFAULT, "language and country, such as de_DE")


@cache
def locales() -> tuple[str, ...]:
    """The locales that there are tables of."""
    folders = resources.files(data).iterdir()
    return tuple(sorted(f.name for f in folders if f.joinpath("formats.tsv").is_file()))


def checked(name: str) -> str:
    """The name as it is. Raises ValueError that names the nearest locale."""
    if name in locales():
        return name
    spelled = name.replace("-", "_").partition(".")[0]
    folded = {known.lower(): known for known in locales()}
    close = [folded[k] for k in difflib.get_close_matches(spelled.lower(), folded, 1, 0.7)]
    close += [known for known in locales() if known[:2] == spelled[:2].lower()]
    meant = f"did you mean {close[0]}? " if close else ""
    raise ValueError(f"there is no locale {name!r}; {meant}known: {', '.join(locales())}")


def of(params: Mapping[str, object]) -> str:
    """The locale that parameters ask for."""
    return str(params.get("locale", DEFAULT))


def table(locale: str, name: str) -> Entries:
    """A table of the locale's folder."""
    return entries(f"{locale}/{name}")


def local(call: Call, name: str) -> Entries:
    return table(of(call.params), name)


@lru_cache(maxsize=64)
def formats(locale: str) -> Mapping[str, str]:
    """How the locale writes things; see ``formats.tsv``."""
    columns = table(locale, "formats").columns
    return dict(zip(columns["name"], columns["value"], strict=True))


def several(locale: str, name: str) -> tuple[str, ...]:
    """A format that has several forms."""
    return tuple(formats(locale)[name].split("|"))
