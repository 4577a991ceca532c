"""Pictures: which region a row's own body part is of, and what its study is called.

A row that has a modality or a body part of its own is told by them; else by the usual picture of
its condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.data import entries
from seeder.generate.stream import Ints
from seeder.text import tags
from seeder.text.grammar import _yaml, home

REGIONS = ("pelvis", "head", "breast", "abdomen", "spine", "limb", "chest")
_BITS = {r: tags.bit(f"{r}_image") for r in REGIONS}
_ALL = sum(_BITS.values())
_OF_SITE = {
    "CHEST": "chest", "HEART": "chest", "ABDOMEN": "abdomen", "LIVER": "abdomen",
    "KIDNEY": "abdomen", "HEAD": "head", "BRAIN": "head", "LSPINE": "spine", "CSPINE": "spine",
    "NECK": "spine", "PELVIS": "pelvis", "BREAST": "breast",
}  # fmt: skip
_LIMB = "KNEE SHOULDER HIP ANKLE WRIST HAND FOOT ELBOW".split()
# Words by which schemas name a modality or a part of the body otherwise; the first that is in wins.
_MODALITY_WORDS = {
    "mammo": "MG", "tomosynth": "MG", "positron": "PT", "pet": "PT", "angio": "XA", "fluoro": "RF",
    "ultraso": "US", "sono": "US", "echo": "US", "magnetic": "MR", "mri": "MR", "nuclear": "NM",
    "scinti": "NM", "spect": "NM", "x-ray": "DX", "xray": "DX", "x ray": "DX", "radiograph": "DX",
    "tomogra": "CT", "cat scan": "CT",
}  # fmt: skip
_SITE_WORDS = {
    "lumbar": "LSPINE", "cervical": "CSPINE", "spine": "LSPINE", "thora": "CHEST", "lung": "CHEST",
    "cardiac": "HEART", "skull": "HEAD", "cranial": "HEAD", "hepat": "LIVER", "renal": "KIDNEY",
    "abdom": "ABDOMEN", "mamma": "BREAST", "finger": "HAND", "toe": "FOOT",
}  # fmt: skip


@cache
def modalities() -> tuple[str, ...]:
    return tuple(entries("modalities").columns["code"])


@cache
def sites() -> tuple[str, ...]:
    return tuple(entries("body_sites").columns["code"])


def numbers(cells: pa.Array | None, what: str, n: int) -> Ints:
    """The number of each row's modality or site, -1 where it has none that is known."""
    if cells is None:
        return np.full(n, -1, np.int64)
    coded = pc.dictionary_encode(cells.cast(pa.string()).fill_null(""))
    each = np.array([_number(str(t), what) for t in coded.dictionary.to_pylist()], np.int64)
    found: Ints = each[np.asarray(coded.indices)]
    return found


@cache
def _number(text: str, what: str) -> int:
    """The number of what a text names: by code, by name, or by a word of it."""
    table = entries(what).columns
    folded = text.strip().lower()
    for column in ("code", "name"):
        known = [str(x).lower() for x in table[column]]
        if folded in known:
            return known.index(folded)
    words = _MODALITY_WORDS if what == "modalities" else _SITE_WORDS
    found = next((code for word, code in words.items() if word in folded), None)
    if found is None and what == "body_sites":
        found = next((c for c, n in _named(what) if str(n).lower() in folded), None)
    return list(table["code"]).index(found) if found is not None else -1


def _named(what: str) -> list[tuple[str, str]]:
    table = entries(what).columns
    return list(zip(table["code"], table["name"], strict=True))


@cache
def _regions() -> Ints:
    """The number of the region of each site."""
    of = [_OF_SITE.get(s, "limb" if s in _LIMB else "chest") for s in sites()]
    return np.array([REGIONS.index(r) for r in of], np.int64)


def own_region(row_tags: int) -> str:
    """The region that the tags of a condition name."""
    return next((r for r in REGIONS if row_tags & _BITS[r]), REGIONS[-1])


@cache
def _by_tags(tagged: tuple[int, ...]) -> Ints:
    return np.array([REGIONS.index(own_region(t)) for t in tagged], np.int64)


def usual(condition_tags: Ints) -> Ints:
    """The number of the region of each condition's usual picture."""
    return _by_tags(tuple(condition_tags.tolist()))


def region(site: Ints, own: Ints) -> Ints:
    """The region of each row's picture: of its site, else its condition's."""
    found: Ints = np.where(site < 0, own, _regions()[site])
    return found


_BIT_OF = np.array([_BITS[r] for r in REGIONS], np.int64)
_TOLD = tags.bit("imaged") | tags.bit("pictured")
OF_PICTURES = _ALL | _TOLD  # what may be otherwise in a row that names its picture


def retagged(found: Ints, region: Ints, own: Ints) -> Ints:
    """Tags of rows whose pictures are of a region: elsewhere a condition shows nothing."""
    changed: Ints = found & ~np.int64(_ALL) | _BIT_OF[region]
    return np.where(region == own, changed, changed & ~np.int64(_TOLD))


def picture(words: Mapping[str, Any], modality: str, region: str) -> str:
    """The usual study of a region."""
    return _said(words, words["modalities"][modality], words["regions"][region])


def _said(words: Mapping[str, Any], modality: str, site: str) -> str:
    text = str(words["picture"]).format(modality=modality, site=site)
    return text[:1].upper() + text[1:] if words.get("picture_begins") == "capital" else text


@cache
def _table(language: str) -> pa.Array:
    """The study of each modality (none at the end) and site (regions at the end)."""
    words = _yaml(home(language), "words.yaml")
    where = [words["sites"][s] for s in sites()] + [words["regions"][r] for r in REGIONS]
    return pa.array(
        [_said(words, words["modalities"][m], w) for m in (*modalities(), "") for w in where]
    )


def studies(language: str, modality: Ints, site: Ints, region: Ints) -> tuple[pa.Array, Ints]:
    """What each row's study is called."""
    width = len(sites()) + len(REGIONS)
    place = np.where(site < 0, len(sites()) + region, site)
    kind = np.where(modality < 0, len(modalities()), modality)
    return _table(language), kind * width + place


def flags(modality: Ints | None, site: Ints | None) -> npt.NDArray[np.bool_] | None:
    """Rows that have a modality or a site of their own; None where none has."""
    if modality is None or site is None:
        return None
    found = (modality >= 0) | (site >= 0)
    return found if found.any() else None
