"""Printing: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from rich.console import Console

from seeder.errors import SeederError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def failure(error: SeederError) -> None:
    """An error as the user sees it: what, then how to mend it."""
    err.print(f"[bold red]error:[/] {_escape(error.message)}")
    if error.hint:
        err.print(f"[cyan]hint:[/]  {_escape(error.hint)}")


def note(text: str) -> None:
    err.print(_escape(text))


def data(value: Any) -> None:
    """JSON on standard output, for programs."""
    json.dump(value, sys.stdout, indent=2, default=str)
    sys.stdout.write("\n")


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def count(text: str) -> int:
    """Rows from text: 5000, 200k, 5M, 1G, 1_000_000. Raises click.BadParameter otherwise."""
    units = {"k": 1_000, "m": 1_000_000, "g": 1_000_000_000, "b": 1_000_000_000}
    bare = text.strip().replace("_", "").replace(",", "")
    unit = units.get(bare[-1:].lower(), 1)
    digits = bare[:-1] if unit > 1 else bare
    try:
        whole, _, part = digits.partition(".")
        if not (whole + part).isascii() or not (whole + part).isdigit():
            raise ValueError
        value: int = int(whole or "0") * unit + int(part or "0") * unit // 10 ** len(part)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not a number of rows; write 200000, 200k, 5M or 1G"
        ) from None
    if value <= 0:
        raise click.BadParameter(f"{text!r} rows cannot be loaded; ask for at least 1")
    return value


class Count(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases
    """A number of rows with an optional k, M or G."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        return count(str(value))


def rough(number: float) -> str:
    """A number for people: 1.2 k, 3.4 M."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= limit:
            return f"{number / limit:.1f} {unit}"
    return f"{number:.0f} "


def size(number: float) -> str:
    """Bytes for people."""
    for limit, unit in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if number >= limit:
            return f"{number / limit:.1f} {unit}"
    return f"{number:.0f} B"


def duration(seconds: float) -> str:
    """A guessed time for people: 20 s, 3 min, 1.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def lasting(seconds: float) -> str:
    """A length of time, in the unit that suits it."""
    if seconds < 120:
        return f"{seconds:,.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} h"
