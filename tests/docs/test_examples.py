"""The commands that README and tutorial show run, on the embedded server and with fewer rows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from seeder import embedded
from seeder.plan import file, overrides_file
from tests.docs.examples import Example, edited, every_page, examples
from tests.docs.pages import ROOT, commands
from tests.e2e.tool import environment, hospital
from tests.helpers.servers import Databases, query

_DEMO_ROWS = 20_000


@dataclass(frozen=True)
class Reader:
    """Somebody who types what a page says, in a folder of their own."""

    folder: Path
    url: str

    def follow(self, page: str) -> None:
        for example in examples(ROOT / page):
            if example.kind == "sh":
                for line in example.lines:
                    self.type(line, example.code)
            elif example.kind == "diff":
                plan = self.folder / "seeder-plan.yaml"
                plan.write_text(edited(plan.read_text(), example.text))

    def type(self, line: str, code: int) -> None:
        done = subprocess.run(
            ["bash", "-c", self.adapted(line)],
            cwd=self.folder,
            env=environment(PATH=f"{self.folder / 'bin'}:/usr/bin:/bin"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, f"{line}\n{done.stdout}"

    def adapted(self, line: str) -> str:
        """The same with this test's database, and with rows that take no time."""
        if line == "make demo":
            return f"seeder demo --rows {_DEMO_ROWS}"
        if line == "make test":
            return "true"
        line = re.sub(r"postgresql://\S+", f"'{self.url}'", line)
        return re.sub(r"--rows \S+", "--rows 15k", line)


@pytest.fixture
def reader(embedded_database: Databases, tmp_path: Path) -> Iterator[Reader]:
    """``seeder`` is on the path, and there is a hospital without rows."""
    command = tmp_path / "bin" / "seeder"
    command.parent.mkdir()
    code = "from seeder.cli import main; main()"
    command.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{code}' \"$@\"\n")
    command.chmod(0o755)
    try:
        yield Reader(tmp_path, hospital(embedded_database()))
    finally:
        embedded.remove(tmp_path / ".seeder" / "postgresql")
        shutil.rmtree(tmp_path / ".seeder", ignore_errors=True)


@pytest.mark.slow
def test_readme(reader: Reader) -> None:
    reader.follow("README.md")
    assert query(reader.url, "SELECT count(*) FROM seeder.run WHERE status = 'done'") == [(1,)]


@pytest.mark.slow
def test_tutorial(reader: Reader) -> None:
    reader.follow("docs/tutorial/1-first-load.md")
    plan = reader.folder / ".seeder" / "hospital-plan.yaml"
    demo = next(
        line.removeprefix("dsn: ") for line in plan.read_text().splitlines() if "dsn: " in line
    )
    for statement in _queries("docs/tutorial/1-first-load.md"):
        assert len(query(demo, statement)) == 5
    reader.follow("docs/tutorial/2-edit-the-plan.md")
    assert query(demo, "SELECT count(*) FROM hospital.allergy") == [(12_000,)]
    for statement in _queries("docs/tutorial/2-edit-the-plan.md"):
        assert {row[0] for row in query(demo, statement)} <= {"O+", "A+", "B+", "AB+", None}
    reader.follow("docs/tutorial/3-your-own-database.md")
    assert query(reader.url, "SELECT count(*) FROM seeder.run WHERE status = 'done'") == [(1,)]
    assert not embedded.running(reader.folder / ".seeder" / "postgresql")


def _queries(page: str) -> list[str]:
    return [e.text for e in examples(ROOT / page) if e.kind == "sql"]


# Every page, without running it -----------------------------------------------------------------

_KNOWN = dict(commands())
_CALL = re.compile(r"(?:^|\brun: |&& |; )(?:\.venv/bin/)?(seeder(?: [^|;&]*)?)")


def _calls(page: Path) -> Iterator[str]:
    for example in examples(page):
        if example.kind in ("sh", "yaml"):
            for line in example.lines:
                yield from (found.strip() for found in _CALL.findall(line))


@pytest.mark.parametrize("page", every_page(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_call_parses(page: Path) -> None:
    """Commands, options and their values exist, on pages that are not run too."""
    for call in _calls(page):
        words = re.sub(r"['\"]", "", call).split()
        path = max((k for k in _KNOWN if call.startswith(k)), key=len, default=None)
        assert path is not None, f"{page.name}: {call}"
        command = _KNOWN[path]
        if isinstance(command, click.Group):
            continue
        command.make_context(path, words[len(path.split()) :])


_OVERRIDES = (
    "docs/how-to/override.md",
    "docs/explanation/schema-packs.md",
    "docs/how-to/scenarios.md",
    "docs/how-to/population.md",
    "docs/how-to/dirty-data.md",
)


@pytest.mark.parametrize("page", _OVERRIDES)
def test_every_override_is_one(page: str) -> None:
    found = [e.text for e in examples(ROOT / page) if e.kind == "yaml"]
    assert found
    for text in found:
        overrides_file.parse(text, page)


def test_the_first_overrides_of_the_guide_fit_the_sample_hospital(reader: Reader) -> None:
    text = next(e.text for e in examples(ROOT / _OVERRIDES[0]) if e.kind == "yaml")
    (reader.folder / "seeder.yaml").write_text(text)
    reader.type("seeder plan --dsn postgresql://x", 0)
    plan = file.read(reader.folder / "seeder-plan.yaml")
    assert plan.rows == 5_000_000
    assert plan.tables["hospital.patient"].rows == 200_000
    assert plan.tables["billing.claim"].role == "empty"


def test_every_make_target_exists() -> None:
    known = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    for page in every_page():
        for line in _lines(page):
            if line.startswith("make "):
                targets = [w for w in line.split()[1:] if "=" not in w]
                assert set(targets) <= known, f"{page.name}: {line}"


def _lines(page: Path) -> list[str]:
    return [line for e in examples(page) if e.kind == "sh" for line in e.lines]


def test_every_command_has_an_example_somewhere() -> None:
    calls = [call for page in every_page() for call in _calls(page)]
    for path, command in _KNOWN.items():
        if not isinstance(command, click.Group):
            assert any(call.startswith(path) for call in calls), path


def test_an_edit_is_applied_whatever_the_rows() -> None:
    plan = "tables:\n  a:\n    rows: 7\n"
    assert edited(plan, "   a:\n-    rows: 1\n+    rows: 2\n") == "tables:\n  a:\n    rows: 2\n"


def test_comments_and_continued_lines() -> None:
    assert Example("sh", "a \\\n  b  # why\n# c\n").lines == ["a    b"]
