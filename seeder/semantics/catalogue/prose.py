"""Free text: notes, comments, titles."""

from __future__ import annotations

from seeder.semantics.entry import entry as e

# fmt: off
# A table of data: filled lines show more of it than one argument a line.
PROSE = (
    # Prose.
    e(
        "prose.note",
        "note text|=note|note body|consultation note|discharge note|nursing note|admission note|"
        "procedure note|surgery note|treatment note|physician note|doctor note|visit note|"
        "encounter note|examination detail|examination note|treatment plan|clinical note|"
        "progress note|report text|=report|=findings|"
        "finding|impression|assessment|plan|history|=narrative|narrative|body|content|=text|hpi|"
        "summary|discharge summary|history of present illness|physical exam|subjective|objective|"
        "conclusion|interpretation text|result note|observation note|recommendation|report body|"
        "operative note|free text|medical history|care plan text|goal|goals|outcome note|"
        "instruction|family history|social history", "prose.note", "text",
        beside="note title author report patient",
    ),
    e(
        "prose.comment",
        "comment|remark|note|annotation|memo|additional information|=info|line note|"
        "special instruction|special request|internal note|comments text|observation|"
        "justification|details|detail|message|message text|response text|feedback|"
        "reason description text|explanation|error message|=body text", "prose.comment", "text",
    ),
    e(
        "prose.snippet", "snippet|excerpt|sentence|lexical variant|context", "prose.complaint",
        "text",
    ),
    e(
        "prose.title",
        "note title|report title|document title|=subject|subject line|headline|=title|file title|"
        "study title|title text", "prose.title", "text",
    ),
    e(
        "prose.name", "=name|=label|=display name", "prose.description", "text",
        never=":patient :staff :person",
    ),
    e(
        "prose.description",
        "description|=definition|long description|short description|=about|notes text|"
        "cohort definition description|purpose|=overview", "prose.description", "text",
    ),
    e(
        "prose.note_type",
        "note source value|note type|document type|note category|note class|report type|doc type",
        "status.word", of="note_type",
    ),
    e(
        "prose.note_type", "=type|=category|=kind|=class", "status.word", of="note_type", only=True,
        tables="note document report",
    ),
    e("nlp.temporal", "term temporal|temporality", "status.word", of="temporal"),
    e("nlp.exists", "term exist|negation|is negated", "status.word", of="term_exists"),
)
# fmt: on
