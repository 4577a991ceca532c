"""The reference pages that are made from the program itself, so that they cannot be out of date.

``python -m tests.docs`` writes them; ``test_reference.py`` compares them. Nothing here depends on
the width of a terminal, a clock, or the version of click.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from seeder.cli import cli
from seeder.cli.output import Count
from seeder.cli.rules import lines
from seeder.generate.registry import Definition, definitions
from seeder.plan import overrides_file
from seeder.plan.file import json_schema
from seeder.text import book, grammar, kinds, slots, tags
from seeder.verify.clinical.rule import FUNCTIONS, rules

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
_MADE = "<!-- Made by `python -m tests.docs`: change the program, not this page. -->\n\n"


def pages() -> dict[str, str]:
    """Every generated file of docs/reference by its name."""
    return {
        "cli.md": _MADE + "\n".join(_cli()) + "\n",
        "generators.md": _MADE + "\n".join(_generators()) + "\n",
        "rules.md": _MADE + "\n".join(_rules()) + "\n",
        "plan-file.md": _MADE + "\n".join(_plan_file(json.loads(json_schema()))) + "\n",
        "plan.schema.json": json_schema(),
        "seeder-yaml.md": _MADE + "\n".join(_seeder_yaml()) + "\n",
        "texts.md": _MADE + "\n".join(_texts()) + "\n",
        "seeder-yaml.schema.json": overrides_file.json_schema(),
    }


# Texts ------------------------------------------------------------------------------------------


def _texts() -> Iterator[str]:
    yield from (
        "# Kinds of text",
        "",
        "What generators `text.note`, `text.comment`, `text.complaint` and `text.sig` write, by",
        "their parameter `kind`. A kind is found by the words of the column, then by those of the",
        "table; where the row has a note type of its own (`note_type`), that wins. Kinds without a",
        "patient are written for any row. [How texts are made](../explanation/texts.md).",
        "",
        "| kind | what it is | found by | sections | styles | bodies | about |",
        "|---|---|---|---|---|---|---|",
    )
    words = dict(kinds.RULES)
    for name, kind in sorted(grammar.load().kinds.items()):
        pages = book.book(name).pages
        sections = dict.fromkeys(move for p in kind.layouts for _, move in p.parts)
        styles = dict.fromkeys(p.style for p in kind.layouts)
        bodies = len(grammar.load().pool.bodies(name))
        longest = max(p.typical for p in pages)
        about = f"{min(p.typical for p in pages)} to {longest} characters"
        title = kind.title if kind.patient else f"{kind.title} (no patient needed)"
        found = words.get(name, "").replace("|", ", ")
        yield (
            f"| `{name}` | {title} | {found} | {', '.join(sections)} | {', '.join(styles)} "
            f"| {bodies} | {about} |"
        )
    yield from ("", "## Slots", "", "A body names facts as slots, and a pool may use these:", "")
    yield ", ".join(f"`{{{name}}}`" for name in sorted(slots.names())) + "."
    yield from (
        "",
        "## Tags",
        "",
        "What a row must be, or with `!` must not be, for a body to be said:",
        "",
    )
    yield ", ".join(f"`{name}`" for name in tags.TAGS) + "."


# Commands -------------------------------------------------------------------------------------


def commands(group: click.Group = cli, path: str = "seeder") -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, with the words that call it, in the order of the help."""
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        words = f"{path} {name}"
        yield words, command
        if isinstance(command, click.Group):
            yield from commands(command, words)


def options(command: click.Command) -> list[click.Option]:
    """The options that a user is meant to see."""
    return [p for p in command.params if isinstance(p, click.Option) and not p.hidden]


def arguments(command: click.Command) -> list[str]:
    """The arguments as the usage line writes them."""
    found = [p for p in command.params if isinstance(p, click.Argument)]
    return [p.metavar or (p.name or "").upper() for p in found]


def _cli() -> Iterator[str]:
    yield "# Commands\n"
    yield "Each command prints the same with `--help`. Results go to standard output, progress and"
    yield "messages to standard error; [exit codes](exit-codes.md) are the same for all.\n"
    for words, command in commands():
        yield f"## {words}\n"
        prose, example = _help(command)
        yield f"{prose}\n"
        if isinstance(command, click.Group):
            continue
        usage = " ".join([words, "[OPTIONS]", *arguments(command)])
        yield f"```text\n{usage}\n```\n"
        if options(command):
            yield "| option | what it does | default |\n|---|---|---|"
            for option in options(command):
                yield _option_row(option)
            yield ""
        if example:
            yield f"Example:\n\n```sh\n{example}\n```\n"


def _help(command: click.Command) -> tuple[str, str]:
    """A command's help text and its example."""
    text = re.sub(r"(?m)^\s+", "", command.help or "").replace("\b\n", "")
    prose, _, example = text.partition("Example:\n")
    return " ".join(prose.split()), example.strip()


def _option_row(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    value = "" if option.is_flag else f" {_value(option)}"
    help_text = re.sub(r"\s*\[default: .*\]", "", option.help or "")
    return f"| {names}{value} | {_cell(help_text)} | {_default(option)} |"


def _value(option: click.Option) -> str:
    kind = option.type
    if option.metavar:
        return option.metavar
    if isinstance(kind, click.Choice):
        return "\\|".join(str(c) for c in kind.choices)
    if isinstance(kind, click.DateTime):
        return "YYYY-MM-DD"
    if isinstance(kind, click.IntRange):
        top = "" if kind.max is None else f" to {kind.max}"
        return f"N (from {kind.min}{top})"
    return {"integer": "N", "text": "TEXT", "path": "PATH"}.get(kind.name, kind.name)


def _default(option: click.Option) -> str:
    value = option.default
    if option.is_flag or option.multiple or not isinstance(value, (int, str, Path)):
        return ""
    if isinstance(option.type, Count):
        return f"{int(str(value)):,}"
    return f"`{value}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


# Generators -----------------------------------------------------------------------------------


def _generators() -> Iterator[str]:
    known = definitions()
    rooms: dict[str, list[Definition]] = {}
    for name in sorted(known):
        room = name.partition(".")[0] if "." in name else "any column"
        rooms.setdefault(room, []).append(known[name])
    yield "# Generators\n"
    yield f"{len(known)} generators. A plan names one under each column:\n"
    yield "```yaml\nblood_type:\n  generator: choice\n  params:\n    values: [O+, A+, B+]\n```\n"
    yield "*Fills* lists the kinds of type that a generator accepts. One that *can be distinct* may"
    yield "fill a unique column. `seeder generators show NAME` prints the same.\n"
    for room in sorted(rooms, key=lambda r: (r != "any column", r)):
        yield f"## {room}\n"
        for found in rooms[room]:
            yield from _generator(found)


def _generator(found: Definition) -> Iterator[str]:
    yield f"### {found.name}\n"
    yield f"{_cell(found.summary)}\n"
    kinds = sorted(found.accepts)
    shown = " ".join(kinds) if len(kinds) < 20 else "every kind of type"
    yield f"Fills: {shown}. Can be distinct: {'yes' if found.capacity else 'no'}.\n"
    if found.parameters:
        yield "| parameter | type | default | what it is |\n|---|---|---|---|"
        for name, p in found.parameters.items():
            default = json.dumps(p.default, ensure_ascii=False)
            yield f"| `{name}` | {p.type.__name__} | `{_cell(default)}` | {_cell(p.help)} |"
        yield ""


# Rules ----------------------------------------------------------------------------------------

_RULES = """\
# Coherence rules

`seeder verify` asks them of every table that has what a rule reads, found by the meaning of columns
and by the keys that lead to the row's patient and visit. A rule allows no violation, or a share of
them within a tolerance, to which three standard errors of that many rows are added; one that
applied to no row proves nothing, and the report says so. `seeder rules show NAME` prints the same.
How to read the answers: [Check what a clinician would](../how-to/coherence-rules.md).

Expressions are comparisons of plain SQL over the names that a rule reads; *previous* is the row
before in the order named, *found* whether another row was, *mine* the row itself beside it.
Functions:

| function | what it is |
|---|---|
"""


def _rules() -> Iterator[str]:
    yield _RULES + "\n".join(f"| `{n}` | {text} |" for n, text in FUNCTIONS.items()) + "\n"
    for topic in dict.fromkeys(r.topic for r in rules().values()):
        yield f"## {topic}\n"
        for rule in rules().values():
            if rule.topic == topic:
                yield f"### {rule.rule}\n"
                yield f"{_cell(rule.says[0].upper() + rule.says[1:])}.\n"
                yield from (f"- {label}: `{_cell(text)}`" for label, text in lines(rule))
                yield ""


# Plan file ------------------------------------------------------------------------------------

_ORDER = ("Plan", "Options", "Input", "Finding", "TablePlan", "ColumnPlan", "Distinct", "KeyPlan",
          "FanOutPlan", "Agreement", "TimePlan", "IndexPlan", "Strategy", "CyclePlan")  # fmt: skip
_INTRODUCTION = """\
# The plan file

`seeder plan` writes it as YAML; defaults are left out. Unknown keys are refused, with the nearest
known one. Its JSON Schema is [plan.schema.json](plan.schema.json), which `seeder plan
--json-schema` prints too: an editor that knows it completes and checks the file as you type.

Table names are written `namespace.table`. What is meant for editing: `rows`, `role`, the
generator, parameters and `nulls` of a column. `schema` is what was reflected, and `fingerprint`
guards it: a plan whose schema part was edited, or that no longer fits the database, is refused with
exit 3.
"""


_WISHES = (
    "TableOverride",
    "ColumnOverride",
    "ReferenceOverride",
    "Clinical",
    "Demographics",
    "Timing",
    "Prevalence",
    "Scenario",
    "Arm",
    "Noise",
)
_OVERRIDES = """\
# seeder.yaml

The user's own small file of overrides: everything in it is optional. `seeder plan` reads
`./seeder.yaml` where it exists, or `--config FILE`; so does `seeder load` when it has to plan
first. A plan keeps what it was made with, so that another number of rows keeps it too. Unknown
keys are refused with file, line and the nearest known one. The JSON Schema is
[seeder-yaml.schema.json](seeder-yaml.schema.json), which `seeder plan --config-schema` prints
too. How to use it: [Override what the planner chooses](../how-to/override.md).

A *glob* has as many parts as the name that it stands for, joined by dots: `ns.table`,
`ns.table.column`, `ns.table.key`, where a key is written by its name or by its columns
(`ns.table.a,b`). Each part is matched by itself and with its case: `*` is any text, `?` one
character, `[ab]` one of these; a part in double quotes is taken as it is. Write a glob that
begins with `*` in quotes, as YAML wants it.

- Entries that match the same thing are laid over one another in the order of the file: what the
  later one says wins, the rest stays. Of `generator`, `values` and `default` the later one
  replaces the earlier.
- A glob that matches nothing is an error.
- What cannot be followed is refused before anything is written. A glob with wildcards leaves out
  columns that keys fill, and `nulls` where a column takes none.
- Below the user's file lie the [schema packs](../explanation/schema-packs.md).
"""


def _plan_file(schema: Mapping[str, Any]) -> Iterator[str]:
    models = {**schema["$defs"], "Plan": schema}
    yield _INTRODUCTION
    yield from _models(models, (*_ORDER, *sorted(set(models) - set(_ORDER))))


def _seeder_yaml() -> Iterator[str]:
    schema = json.loads(overrides_file.json_schema())
    models = {**schema["$defs"], "Overrides": schema}
    yield _OVERRIDES
    yield from _models(models, ("Overrides", *_WISHES))


def _models(models: Mapping[str, Any], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if "properties" not in models[name]:
            continue
        yield f"## {name}\n"
        if description := models[name].get("description"):
            yield f"{_prose(description)}\n"
        yield "| key | type | default |\n|---|---|---|"
        required = models[name].get("required", [])
        for key, field in models[name]["properties"].items():
            default = "required" if key in required else _shown_default(field)
            yield f"| `{key}` | {_type(field)} | {default} |"
        yield ""


def _prose(text: str) -> str:
    return text.replace("``", "`").strip()


def _shown_default(field: Mapping[str, Any]) -> str:
    return f"`{json.dumps(field['default'])}`" if "default" in field else "empty"


def _type(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in field:
        return " \\| ".join(f"`{v}`" for v in field["enum"])
    if "anyOf" in field:
        return " or ".join(_type(f) for f in field["anyOf"])
    if field.get("type") == "array":
        if "prefixItems" in field:
            return "pair of " + ", ".join(_type(f) for f in field["prefixItems"])
        return "list of " + _type(field.get("items", {}))
    if "pattern" in field:
        return "text like `200k`, `5M`"
    if field.get("type") == "object":
        inner = field.get("additionalProperties")
        return "by name: " + _type(inner) if isinstance(inner, dict) else "mapping"
    plain: str = field.get("format") or field.get("type") or "anything"
    return plain
