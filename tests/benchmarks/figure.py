"""A figure: one measured number, what it is a ratio to, and what it should be."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, Literal

import rich.box
from rich.console import Console
from rich.table import Table

Better = Literal["higher", "lower", ""]


@dataclass(frozen=True)
class Figure:
    """``value`` is the median of ``pairs`` (paired ratios, or repeated measurements), ``low`` and
    ``high`` are their range. ``ratio_to`` is '' for a plain quantity. ``target`` is a lower bound
    when ``better`` is 'higher', an upper one when it is 'lower', and None for what is shown only
    to explain the others."""

    name: str
    value: float
    unit: str
    ratio_to: str
    pairs: tuple[float, ...]
    median: float
    low: float
    high: float
    target: float | None = None
    better: Better = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.better == "higher" else self.value <= self.target


def figure(
    name: str,
    unit: str,
    values: Sequence[float],
    *,
    ratio_to: str = "",
    target: float | None = None,
    better: Better = "",
    note: str = "",
) -> Figure:
    """The figure of repeated measurements."""
    pairs = tuple(float(f"{v:.5g}") for v in values)
    middle = median(pairs)
    return Figure(
        name, middle, unit, ratio_to, pairs, middle, min(pairs), max(pairs), target, better, note
    )


def faster(
    name: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    ratio_to: str,
    target: float | None = None,
    note: str = "",
) -> Figure:
    """The ratio of our rate to theirs, from the seconds that each took for the same rows."""
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    better: Better = "higher" if target is not None else ""
    return figure(name, "ratio", ratios, ratio_to=ratio_to, target=target, better=better, note=note)


def rate(name: str, rows: int, seconds: Sequence[float], note: str = "") -> Figure:
    """Thousands of rows a second."""
    return figure(name, "krow/s", [rows / s / 1000 for s in seconds], note=note)


def machine(server: str) -> dict[str, Any]:
    """What the figures depend on besides our code."""
    packages = ("numpy", "pyarrow", "pgpq", "psycopg")
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "server": server,
        "packages": {name: version(name) for name in packages},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def write(path: Path, facts: Mapping[str, Any], figures: Sequence[Figure], extra: Any) -> None:
    """Write ``figures`` into the file; figures of other names that it holds stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(path.read_text())["figures"] if path.exists() else []
    now = [{**dataclasses.asdict(f), "met": f.met, **extra} for f in figures]
    names = {f.name for f in figures}
    kept = [f for f in before if f["name"] not in names]
    path.write_text(json.dumps({"machine": facts, "figures": kept + now}, indent=1) + "\n")


def show(console: Console, figures: Sequence[Figure]) -> None:
    """Print the figures as a table."""
    table = Table(box=rich.box.SIMPLE)
    table.add_column("figure", no_wrap=True)
    for title in ("value", "range", "target"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("")
    for each in figures:
        mark = {None: "", True: "[green]met[/]", False: "[red]missed[/]"}[each.met]
        sign = {"higher": "≥ ", "lower": "≤ ", "": ""}[each.better]
        wanted = "" if each.target is None else f"{sign}{each.target:g}"
        spread = f"{each.low:.4g} - {each.high:.4g}" if len(each.pairs) > 1 else ""
        unit = "" if each.unit == "ratio" else f" {each.unit}"
        what = f"to {each.ratio_to}" if each.ratio_to else ""
        words = "; ".join(w for w in (what, each.note) if w)
        table.add_row(
            each.name, f"{each.value:.4g}{unit}", spread, f"{wanted} {mark}".strip(), words
        )
    console.print(table)
