"""``python -m tests.benchmarks [--quick] [--full] [--only NAME] [--dsn URL] [--output FILE]``."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
from rich.console import Console

from tests.benchmarks import copying, hospital, memory, planning, related, restore, texts
from tests.benchmarks.bench import Bench, opened
from tests.benchmarks.figure import Figure, machine, show, write

BENCHMARKS: Mapping[str, Callable[[Bench], list[Figure]]] = {
    "narrow": copying.narrow,
    "wide": copying.wide,
    "hospital": hospital.hospital,
    "restore": restore.restore,
    "memory": memory.memory,
    "planning": planning.planning,
    "related": related.related,
    "texts": texts.texts,
}


def main() -> None:
    """Run what was asked for; figures are written as they come, so that none is lost."""
    options = _options()
    # Wide enough for the notes where the output is a file.
    console = Console(width=None if Console().is_terminal else 160)
    chosen = options.only or list(BENCHMARKS)
    found: list[Figure] = []
    with opened(options.dsn, console, quick=options.quick, full=options.full) as bench:
        with psycopg.connect(bench.server) as connection:
            server = f"PostgreSQL {connection.info.parameter_status('server_version')}"
        facts = machine(server + ("" if options.dsn else ", embedded"))
        for name in chosen:
            console.rule(name)
            when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            figures = BENCHMARKS[name](bench)
            write(options.output, facts, figures, {"quick": options.quick, "when": when})
            found += figures
    show(console, found)
    console.print(f"{facts['cores']} cores, {facts['processor']}, {facts['server']}")
    console.print(f"written to {options.output}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a quarter of the rows, 3 pairs: does it work at all?"
    )
    parser.add_argument("--full", action="store_true", help="the 20 M rows of 'memory' as well")
    names = ", ".join(BENCHMARKS)
    parser.add_argument(
        "--only", action="append", choices=list(BENCHMARKS), metavar="NAME",
        help=f"one benchmark, may be repeated: {names}",
    )  # fmt: skip
    parser.add_argument("--dsn", help="another server than the embedded one")
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"))
    return parser.parse_args()
