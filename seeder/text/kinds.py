"""Which kind of text a column holds, by the words of its name, its table's and its rows' note type.

``RULES`` is read from above: the first kind one of whose phrases stands in the words wins. A
column's own name is asked before its table's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from seeder.semantics.words import tokens

# One a line: the kind, and the phrases of a name or of a note type that mean it.
_LINES = """
discharge_summary: discharge summary|discharge note|hospital course|discharge instruction
history_physical: history physical|history and physical|admission note|admit note
operative_note: operative note|operative report|operation note|surgical note|operative|brief op
radiology_report: radiology|imaging|radiograph|x ray|xray|ct|mri|ultrasound|mammogram|scan
pathology_report: pathology|histology|cytology|biopsy|gross description|microscopic
nursing_note: nursing|nurse
triage_note: triage
consultation: consultation|consult
referral_letter: referral letter|referral note|referral|letter
patient_message: patient message|portal message|secure message|portal|inbox
claim_remark: claim|remittance|invoice|billing|bill|payment|denial|adjudication
audit_message: audit|access log|event log|log|trail
lab_comment: lab|laboratory|specimen|result comment
allergy_reaction: allergy|allergic|reaction|intolerance|adverse
sig: sig|dosage instruction|medication instruction|prescription instruction
appointment_reason: appointment|booking|schedule|slot
chief_complaint: chief complaint|presenting complaint|complaint|presenting problem
present_illness: hpi|history present illness|history of present illness|subjective
past_history: medical history|past history|family history|social history|history
examination: physical exam|examination|exam|objective|finding
assessment: assessment|impression|conclusion|interpretation
plan: plan|recommendation|goal|instruction
progress_note: progress note|progress|soap|clinic note|office visit|visit note
"""
RULES: tuple[tuple[str, str], ...] = tuple(
    (kind, phrases.strip())
    for kind, phrases in (line.split(":") for line in _LINES.strip().splitlines())
)

# Parts of a note that are other parts where the table's rows are pictures.
_PICTURED = {"examination": "image_findings", "assessment": "image_impression"}

# The kinds that each generator of prose may become, and the one that it is otherwise.
_NOTES = (
    "discharge_summary history_physical operative_note radiology_report pathology_report "
    "nursing_note triage_note consultation referral_letter patient_message progress_note"
)
_PARTS = "present_illness past_history examination assessment plan"
_REMARKS = (
    "patient_message claim_remark audit_message lab_comment allergy_reaction appointment_reason"
)
_MAY: Mapping[str, tuple[str, str]] = {
    "prose.note": (f"{_NOTES} {_PARTS}", "progress_note"),
    "prose.comment": (_REMARKS, "comment"),
    "prose.complaint": ("triage_note appointment_reason", "chief_complaint"),
    "prose.sig": ("", "sig"),
}


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    return tuple(
        (kind, tuple(tuple(phrase.split()) for phrase in phrases.split("|")))
        for kind, phrases in RULES
    )


def of_words(words: Iterable[str], among: Iterable[str]) -> str:
    """The kind of these that words name, '' when they name none."""
    given, wanted = tuple(words), frozenset(among)
    for kind, phrases in _rules():
        if kind in wanted and any(_within(phrase, given) for phrase in phrases):
            return kind
    return ""


def _within(phrase: tuple[str, ...], words: tuple[str, ...]) -> bool:
    size = len(phrase)
    return any(words[i : i + size] == phrase for i in range(len(words) - size + 1))


@lru_cache(maxsize=4096)
def of_type(name: str) -> str:
    """The note that a row's note type names ('Discharge summary', 'RADIOLOGY'), '' for none."""
    return of_words(tokens(name)[0], _NOTES.split())


def meant(
    generator: str, params: Mapping[str, Any], column: Iterable[str], table: Iterable[str]
) -> tuple[str, dict[str, Any]]:
    """The generator and the parameters of a column of prose, given the words of its names.

    A generator that makes no prose is returned as it is.
    """
    if generator not in _MAY:
        return generator, dict(params)
    among, otherwise = _MAY[generator]
    column, table, kinds = tuple(column), tuple(table), among.split()
    named, about = of_words(column, kinds), of_words(table, kinds)
    if not about and "message" in table and "patient_message" in kinds:
        about = "patient_message"
    if about == "radiology_report":
        named = _PICTURED.get(named, named)
    # Two texts of a row are told apart by their columns' names.
    told = {"kind": named or about or otherwise, "group": " ".join(column)}
    return f"text.{_FAMILY[generator]}", {**params, **told}


_FAMILY = {
    "prose.note": "note", "prose.comment": "comment", "prose.complaint": "complaint",
    "prose.sig": "sig",
}  # fmt: skip
