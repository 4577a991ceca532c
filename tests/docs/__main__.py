"""``python -m tests.docs`` writes the generated pages of docs/reference."""

from __future__ import annotations

import sys

from tests.docs.pages import REFERENCE, pages

for name, text in pages().items():
    (REFERENCE / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"docs/reference/{name}\n")
