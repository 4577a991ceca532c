"""The reference says what the program does: generated pages are compared, codes are complete."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from seeder import errors
from seeder.generate.registry import definitions
from tests.docs.pages import REFERENCE, ROOT, arguments, commands, options, pages


@pytest.mark.parametrize("name", sorted(pages()))
def test_generated_pages_are_up_to_date(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == pages()[name], (
        "the program has changed: run python -m tests.docs"
    )


def test_every_command_option_and_argument_is_documented() -> None:
    sections = re.split(r"(?m)^## ", (REFERENCE / "cli.md").read_text(encoding="utf-8"))
    for words, command in commands():
        (section,) = [s for s in sections if s.splitlines()[0] == words]
        for option in options(command):
            assert all(f"`{name}`" in section for name in option.opts), (words, option.opts)
            assert option.help, f"{words} {option.opts[0]} has no help"
        assert all(argument in section for argument in arguments(command)), words


def test_every_generator_and_parameter_is_documented() -> None:
    text = (REFERENCE / "generators.md").read_text(encoding="utf-8")
    for name, found in definitions().items():
        assert f"### {name}\n" in text
        assert found.summary
        assert all(p.help for p in found.parameters.values()), name


def test_the_json_schema_is_one() -> None:
    data = json.loads((REFERENCE / "plan.schema.json").read_text(encoding="utf-8"))
    assert data["additionalProperties"] is False
    assert {"format", "generation", "tables", "options"} <= set(data["properties"])


def test_exit_codes() -> None:
    """Every code that an error carries is in the table, and no other but 0 and 6."""
    page = (REFERENCE / "exit-codes.md").read_text(encoding="utf-8")
    listed = {int(n) for n in re.findall(r"(?m)^\| (\d) \|", page)}
    kinds = [k for k in vars(errors).values() if isinstance(k, type)]
    raised = {k.exit_code for k in kinds if issubclass(k, errors.SeederError)}
    assert raised | {0, 6} == listed


def test_every_finding_is_explained() -> None:
    page = (REFERENCE / "findings.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"(?m)^\| `([a-z-]+)` \|", page))
    assert set(_codes()) == listed


def _codes() -> Iterator[str]:
    """Codes in ``Finding(code=...)``, of the questions of `seeder check`, and of the notes that
    adapters yield."""
    for path in sorted(ROOT.glob("seeder/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                yield from (_text(k.value) for k in node.keywords if k.arg == "code")
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "unless":
                yield _text(node.args[1])
    for path in sorted(Path(ROOT / "adapters").glob("*/facts.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
                yield _text(node.value.elts[0])


def _text(node: ast.expr) -> str:
    # The planner passes on what the adapter noted: a name there, a literal everywhere else.
    return str(node.value) if isinstance(node, ast.Constant) else "version"
