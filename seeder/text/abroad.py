"""What is said of each condition in a language that has a grammar only.

There is no translation of the classification: the commonest conditions have names, written by hand;
all others are told by the cluster of their group, in words that are true of it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from seeder.clinical.knowledge import load
from seeder.clinical.model import Condition
from seeder.text import pictures
from seeder.text.grammar import GrammarError, _yaml, data, home
from seeder.text.said import Said


@cache
def clusters() -> Mapping[str, str]:
    """The cluster of each group of the knowledge."""
    given = _yaml(data(), "clusters.yaml")
    found = {group: name for name, groups in given.items() for group in groups}
    missing = sorted({c.group for c in load().conditions.values()} - found.keys())
    if missing:
        raise GrammarError(f"clusters.yaml: group {missing[0]} is in no cluster")
    return found


def names(language: str) -> Mapping[str, str]:
    """Names of conditions by code: those that were written by hand."""
    text = home(language).joinpath("names.tsv").read_text("utf-8")
    rows = csv.reader(io.StringIO(text), delimiter="\t")
    return {r[0]: r[1] for r in rows if r and r[0][:1] != "#"}


def said(language: str, english: Sequence[Said]) -> tuple[Said, ...]:
    """What is said of each condition, and last of none; tags are those of the English."""
    given, named = _yaml(home(language), "phrases.yaml"), names(language)
    words = _yaml(home(language), "words.yaml")
    known = tuple(load().conditions.values())
    found = [
        _said(c, one, given, words, named.get(c.code))
        for c, one in zip(known, english, strict=False)
    ]
    name = given["none"]["name"]
    like = next(s for s in found if s.code == "Z00.00")
    return (*found, replace(like, code="", name=name, short=name))


def _said(
    c: Condition, one: Said, given: Mapping[str, Any], words: Mapping[str, Any], name: str | None
) -> Said:
    cluster = clusters()[c.group]
    own = given["clusters"][cluster]
    region = pictures.own_region(one.tags)
    there = given["regions"][region]
    name = name or own["name"]
    return replace(
        one,
        name=name,
        short=name,
        symptoms=tuple(own["symptoms"]),
        findings=tuple(own["findings"]),
        plan=tuple(own["plan"]),
        denied=tuple(_far(given["denied"], cluster, "say")),
        normal=tuple((n, n) for n in _far(given["normal"], cluster, "full"))
        or ((given["well"],) * 2,),
        operations=tuple(given["operation"]),
        imaging=(pictures.picture(words, there["usual"], region),),
        image_normal=tuple(_far(there["normal"], cluster, "say")) or (given["well_picture"],),
        pictures=tuple(given["pictures"].get(c.group, ())),
        tissue=given["tissues"].get(c.group, given["tissue"]),
        specialties=tuple(words["specialties"][s] for s in c.profile.specialties)
        or (words["specialties"]["IM"],),
    )


def _far(phrases: Iterable[Mapping[str, Any]], cluster: str, field: str) -> list[str]:
    """Phrases that may be said of the cluster's conditions."""
    return [p[field] for p in phrases if cluster not in p["near"]]


def normal_pictures(language: str) -> list[list[tuple[str, ...]]]:
    """What is normal in a picture, by condition (none at the end) and region."""
    given = _yaml(home(language), "phrases.yaml")
    groups = [clusters()[c.group] for c in load().conditions.values()]
    return [
        [
            tuple(_far(_any_site(given, r), cluster, "say")) or (given["well_picture"],)
            for r in pictures.REGIONS
        ]
        for cluster in (*groups, "")
    ]


def _any_site(given: Mapping[str, Any], region: str) -> list[Mapping[str, Any]]:
    """What is normal in a region, whichever of its parts the picture is of."""
    return [n for n in given["regions"][region]["normal"] if not n.get("own")]
