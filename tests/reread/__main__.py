"""``python -m tests.reread``: texts loaded, read again and held against their rows, as a table."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from seeder.text import book
from tests.helpers.servers import embedded_server
from tests.reread.loaded import OUTCOMES, measured


def shown(figures: dict[str, dict[str, Any]]) -> str:
    """Rows of Markdown: each kind of fact of each writer and schema, then some contradictions."""
    lines = [("writer", "schema", "fact", *OUTCOMES), ("---",) * (3 + len(OUTCOMES))]
    wrong = []
    for writer, schemas in figures.items():
        for schema, found in schemas.items():
            for kind, of in {**found["kinds"], "all": found}.items():
                lines.append((writer, schema, kind, *(f"{of[o]:,}" for o in OUTCOMES)))
                wrong += [f"{writer} {kind}: {said}" for said in of.get("examples", ())]
    return "\n".join(["| " + " | ".join(line) + " |" for line in lines] + wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", default=10_000, type=int)
    asked = parser.parse_args()
    writers = ("grammar", book.SHIPPED) if book.has_shipped() else ("grammar",)
    with embedded_server() as server:
        figures = measured(server, asked.notes, writers)
    print(shown(figures))
    wrong = sum(f["contradicted"] for of in figures.values() for f in of.values())
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
