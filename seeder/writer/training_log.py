"""The log of a training: a line of JSON for each report, kept beside the checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Log:
    """Appends to the log and passes each line on."""

    def __init__(self, folder: Path, told: Callable[[dict[str, Any]], None]) -> None:
        self._file, self._told = folder / "training.jsonl", told

    def line(self, line: dict[str, Any]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
        self._told(line)
