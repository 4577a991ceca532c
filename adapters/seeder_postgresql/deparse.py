"""Definitions that the server prints in one way and reads in another."""

from __future__ import annotations

import re

# ``varchar_column IN ('a', 'b')`` is printed as (ARRAY['a'::character varying, ...])::text[]. Read
# again, the parser pushes the outer cast into the elements, and pg_dump then prints another text.
# A cast of the array to its own type in between keeps the parser out, and leaves no trace itself.
_CAST_ARRAY = re.compile(
    r"\((ARRAY\[(?:E?'(?:[^']|'')*'::([a-z ]+)(?:, |(?=\])))+\])\)::([a-z ]+)\[\]"
)


def rereadable(definition: str) -> str:
    """A definition that, read by the server, is printed as ``definition`` again."""
    return _CAST_ARRAY.sub(
        lambda m: f"(({m[1]})::{m[2]}[])::{m[3]}[]" if m[2] != m[3] else m[0], definition
    )
