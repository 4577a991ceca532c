"""The catalogue of meanings: data, a file for each field of life.

Order matters only between equal scores of one meaning; the scores are in ``semantics.entry``.
"""

from __future__ import annotations

from seeder.semantics.catalogue.care import CARE
from seeder.semantics.catalogue.documents import DOCUMENTS
from seeder.semantics.catalogue.money import MONEY
from seeder.semantics.catalogue.organisation import ORGANISATION
from seeder.semantics.catalogue.people import PEOPLE
from seeder.semantics.catalogue.prose import PROSE
from seeder.semantics.catalogue.results import RESULTS
from seeder.semantics.catalogue.states import STATES
from seeder.semantics.catalogue.systems import SYSTEMS
from seeder.semantics.catalogue.time import TIME
from seeder.semantics.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    *PEOPLE,
    *TIME,
    *RESULTS,
    *CARE,
    *PROSE,
    *ORGANISATION,
    *DOCUMENTS,
    *MONEY,
    *STATES,
    *SYSTEMS,
)

__all__ = ["ENTRIES"]
