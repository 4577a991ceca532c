"""What a page tells its reader to do, in order: commands, edits of the plan, queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import ROOT

_FENCE = re.compile(
    r"(?:<!-- exit (?P<code>\d) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.S | re.M
)


@dataclass(frozen=True)
class Example:
    """A fenced block: its kind (sh, diff, sql, yaml, text), its text, the exit code it promises."""

    kind: str
    text: str
    code: int = 0

    @property
    def lines(self) -> list[str]:
        """A script's commands: no comments, continued lines joined."""
        joined = self.text.replace("\\\n", " ").splitlines()
        bare = (re.sub(r"\s+#.*", "", line).strip() for line in joined)
        return [line for line in bare if line and not line.startswith("#")]


def examples(page: Path) -> Iterator[Example]:
    """The fenced blocks of a page."""
    for found in _FENCE.finditer(page.read_text(encoding="utf-8")):
        yield Example(found["kind"], found["text"], int(found["code"] or 0))


def every_page() -> list[Path]:
    """README, CONTRIBUTING and all pages of docs/."""
    top = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    return top + sorted((ROOT / "docs").glob("**/*.md"))


def edited(plan: str, diff: str) -> str:
    """A plan file with a page's edit applied; numbers of rows may differ from the page's."""
    old = "".join(line[1:] + "\n" for line in diff.splitlines() if line[:1] in " -")
    new = "".join(line[1:] + "\n" for line in diff.splitlines() if line[:1] in " +")
    pattern = re.sub(r"rows: \d+", r"rows: \\d+", re.escape(old).replace("\\ ", " "))
    text, count = re.subn(pattern, lambda _: new, plan, count=1)
    assert count == 1, f"the page's edit does not fit the plan:\n{diff}"
    return text
