"""What a reading means in its table: the begin of an admission, of a drug, of a coverage.

The catalogue tells kinds of values apart (a begin, an end, a code of the table of drugs); the lines
of ``catalogue/senses.csv`` name what they are where they stand. Generators follow the base.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from seeder.semantics.words import tokens

Words = tuple[str, ...]

# Which words of a table's name say what its rows are about.
_SUBJECTS: Mapping[str, str] = {
    word: subject
    for subject, words in {
        "patient": "patient person insuree beneficiary subject",
        "encounter": "encounter visit admission stay icustay appointment hospitalization opd adt "
        "attendance transfer emergency consultation",
        "diagnosis": "diagnosis condition problem disease illness icd comorbidity symptom",
        "procedure": "procedure surgery operation intervention treatment careplan "
        "hcpcs hcpcsevent cpt",
        "drug": "drug medication prescription pharmacy dispense administration emar infusion "
        "medicine therapy ingredient medicament prescribing dispensing",
        "lab": "lab laboratory test result measurement observation obs analyte assay panel "
        "investigation labevent labitem microbiology culture susceptibility",
        "vital": "vital chartevent examination",
        "specimen": "specimen sample",
        "imaging": "imaging radiology modality dicom image study series",
        "allergy": "allergy allergen intolerance",
        "vaccine": "vaccine immunization vaccination",
        "insurance": "payer insurance insurer coverage policy plan eligibility",
        "claim": "claim bill billing invoice remittance adjudication preauthorization",
        "payment": "payment transaction receipt",
        "drg": "drg drgcode",
        "device": "device equipment implant asset",
        "supply": "supply stock inventory movement warehouse",
        "note": "note document report narrative",
        "death": "death mortality",
        "staff": "staff provider practitioner doctor physician nurse employee officer user "
        "caregiver",
        "organisation": "organization hospital facility clinic supplier vendor hf site institution",
        "place": "location address ward department room bed",
    }.items()
    for word in words.split()
}


@dataclass(frozen=True, slots=True)
class Sense:
    """A line of the table: the conditions, and the meaning."""

    named: tuple[tuple[str, ...], ...]
    about: frozenset[str]
    kinds: frozenset[str]
    meaning: str

    def fits(self, words: Words, about: frozenset[str], kind: str) -> bool:
        return (
            (not self.named or any(all(w in words for w in each) for each in self.named))
            and (not self.about or bool(self.about & about))
            and (not self.kinds or kind in self.kinds)
        )


@lru_cache(maxsize=1)
def _senses() -> Mapping[str, tuple[Sense, ...]]:
    text = (files("seeder.semantics") / "catalogue" / "senses.csv").read_text(encoding="utf-8")
    found: dict[str, list[Sense]] = defaultdict(list)
    for row in csv.DictReader(x for x in text.splitlines() if not x.startswith("#")):
        named = tuple(
            tuple(w for part in each.split("+") for w in tokens(part)[0])
            for each in row["named"].split()
        )
        about, kinds = frozenset(row["about"].split()), frozenset(row["kind"].split())
        found[row["base"]].append(Sense(named, about, kinds, row["meaning"]))
    return {base: tuple(lines) for base, lines in found.items()}


def meanings() -> frozenset[str]:
    """Every meaning that a line names."""
    return frozenset(meaning for _, meaning, _ in lines())


def lines() -> Iterator[tuple[str, str, str]]:
    """Base, meaning and part, code or name, of each line."""
    for base, found in _senses().items():
        for line in found:
            for part in ("code", "name"):
                yield base, line.meaning.replace("*", part), part


@lru_cache(maxsize=4096)
def subjects(words: Words, role: str = "") -> frozenset[str]:
    """What the rows of a table are about, and ':' with its role."""
    return frozenset({*(s for w in words if (s := _SUBJECTS.get(w))), f":{role}"})


def sense(base: str, system: str, words: Words, about: frozenset[str], kind: str) -> str:
    """The meaning of a column whose base is known. ``system``: its table of codes, or ''."""
    known = _senses()
    for key in (base, f"code:{system}"):
        for line in known.get(key, ()):
            if line.fits(words, about, kind):
                part = "code" if base == "code.code" else "name"
                return line.meaning.replace("*", part)
    return base
