"""`seeder.yaml`: read, checked, and every complaint led back to its line."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from seeder.errors import UsageError
from seeder.plan.base import OverrideError
from seeder.plan.control import Clinical, Prevalence
from seeder.plan.demographics import Demographics
from seeder.plan.dirt import Noise
from seeder.plan.overrides import ColumnOverride, Overrides, ReferenceOverride, TableOverride
from seeder.plan.scenarios import Scenario
from seeder.plan.timing import Timing

DEFAULT = Path("seeder.yaml")
_ENTRIES: Mapping[str, type[BaseModel]] = {
    "tables": TableOverride,
    "columns": ColumnOverride,
    "references": ReferenceOverride,
}
_CLINICAL: Mapping[str, type[BaseModel]] = {
    "noise": Noise,
    "population": Demographics,
    "prevalence": Prevalence,
    "scenarios": Scenario,
    "time": Timing,
}
_REFERENCE = "docs: reference/seeder-yaml.md, or seeder plan --config-schema"

Path_ = tuple[str, ...]


@dataclass(frozen=True)
class Given:
    """Overrides and the file that they come from; ``lines``: where each key of it stands."""

    overrides: Overrides = field(default_factory=Overrides)
    file: str = ""
    lines: Mapping[Path_, int] = field(default_factory=dict)

    def place(self, path: Path_) -> str:
        """``file:line`` of a key, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.file}:{self.lines[path]}" if path else self.file

    @contextmanager
    def located(self) -> Iterator[None]:
        """A block whose complaints about overrides name the line."""
        try:
            yield
        except OverrideError as error:
            if error.path not in self.lines:
                raise
            raise UsageError(f"{self.place(error.path)}: {error.message}", error.hint) from None


def read(path: Path) -> Given:
    """Read a file of overrides. Raises UsageError that says where it is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}", "name another: --config FILE"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text") from None
    return parse(text, str(path))


def parse(text: str, file: str) -> Given:
    """The overrides that a text holds. Raises UsageError with the line."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{file}:{mark.line + 1}" if mark is not None else file
        raise UsageError(f"{where}: not YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise UsageError(f"{file}: not YAML: {error}") from None
    lines = dict(_lines(root, (), file)) if root is not None else {}
    given = Given(file=file, lines=lines)
    if data is None:
        return given
    if not isinstance(data, dict):
        raise UsageError(f"{file}: a mapping is expected, with tables:, columns: or references:",
                         _REFERENCE)  # fmt: skip
    try:
        return Given(Overrides.model_validate(data), file, lines)
    except ValidationError as error:
        raise _complaint(error, given) from None


def _lines(node: Any, path: Path_, file: str) -> Iterator[tuple[Path_, int]]:
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield (*path, str(number)), item.start_mark.line + 1
            yield from _lines(item, (*path, str(number)), file)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        line = key.start_mark.line + 1
        if name in seen:
            raise UsageError(
                f"{file}:{line}: {': '.join((*path, name))} is there twice", "merge the two"
            )
        seen.add(name)
        yield (*path, name), line
        yield from _lines(value, (*path, name), file)


def _complaint(error: ValidationError, given: Given) -> UsageError:
    problems, hint = [], ""
    for problem in error.errors()[:10]:
        beneath = getattr(problem.get("ctx", {}).get("error"), "path", ())
        path = _path((*problem["loc"], *beneath), given)
        told = _names(path)
        said = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            said = f"there is no key {path[-1]!r} here"
            hint = hint or _nearest(path)
        problems.append(f"{given.place(path)}: {': '.join(told[:-1] or told)}: {said}"
                        if problem["type"] == "extra_forbidden" and len(told) > 1
                        else f"{given.place(path)}: {': '.join(told)}: {said}")  # fmt: skip
    return UsageError("\n".join(dict.fromkeys(problems)), hint or _REFERENCE)


def _path(loc: tuple[int | str, ...], given: Given) -> Path_:
    """The keys of the file that a complaint is about; what is ours alone is left out."""
    path: Path_ = ()
    for step in map(str, loc):
        if (*path, step) in given.lines:
            path = (*path, step)
    return path


def _names(path: Path_) -> Path_:
    """The path without the numbers of lists: the line says which."""
    return tuple(step for step in path if not step.isdecimal())


def _nearest(path: Path_) -> str:
    path = _names(path)
    known = Overrides if len(path) == 1 else _ENTRIES.get(path[0], Overrides)
    if path[0] == "clinical" and len(path) > 1:
        known = _CLINICAL.get(path[1] if len(path) > 2 else "", Clinical)
    close = difflib.get_close_matches(path[-1], known.model_fields, 1)
    if close:
        return f"did you mean {close[0]}?"
    return "known here: " + ", ".join(known.model_fields)


def json_schema() -> str:
    """The published JSON Schema of `seeder.yaml`."""
    data = Overrides.model_json_schema()
    data["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    data["title"] = "seeder.yaml"
    return json.dumps(data, indent=2, sort_keys=True) + "\n"
