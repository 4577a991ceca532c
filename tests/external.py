"""Two schemas loaded and held against public figures: ``python -m tests.external``.

The sample hospital, and OMOP where its definition is at hand (SEEDER_SHARED_DATA), as they are
planned. Prints each figure with ours, then the most frequent diagnoses.
``--rows N`` (3,000,000: stays of an age are few), ``--markdown`` for the documentation.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from seeder.adapter import find_adapter
from seeder.cli import options
from seeder.clinical.knowledge import load as knowledge
from seeder.load.events import LoadOptions
from seeder.load.run import load
from seeder.plan.findings import refuse_errors
from seeder.verify.clinical.external import Compared, compare, figures
from seeder.verify.clinical.report import Prevalence, section
from seeder_hospital import migrate
from tests.helpers.omop import omop_ddl
from tests.helpers.servers import Databases, embedded_server

_SHARED = Path(os.environ.get("SEEDER_SHARED_DATA", "../shared/data")) / "omop_cdm54"
_TOP = 50


def measured(url: str, rows: int) -> tuple[list[Compared], list[Prevalence]]:
    """A database planned, loaded and compared."""
    adapter = find_adapter(url)
    plan = options.fresh_plan(url, rows)
    refuse_errors(plan)
    load(plan, url, adapter, LoadOptions())
    connection = adapter.connect(url)
    try:
        return compare(plan, connection, adapter), list(
            section(plan, connection, adapter).prevalence
        )
    finally:
        connection.close()


def schemas(databases: Databases) -> Iterator[tuple[str, str]]:
    """(name, URL) of each empty database."""
    url = databases()
    migrate(url)
    yield "hospital", url
    if _SHARED.is_dir():
        yield "OMOP", databases(omop_ddl(_SHARED))


def table(found: dict[str, list[Compared]], markdown: bool) -> str:
    """Every figure: what it is, the public one, and of each schema ours, ratio and judgement."""
    head = ["figure", "ages", "public", "within", *found]
    lines = []
    for at, figure in enumerate(figures()):
        name = " ".join(filter(None, (figure.measure.replace("_", " "), figure.of)))
        ages = f"{figure.ages[0]}-{figure.ages[1]}" if figure.ages != (0, 120) else "all"
        public = f"{figure.value:g} {figure.unit}"
        ours = [_ours(each[at]) for each in found.values()]
        lines.append([name, ages, public, f"{figure.within:.0%}", *ours])
    return _shown([head, *lines], markdown)


def _ours(each: Compared) -> str:
    if each.ours is None or each.ratio is None:
        return each.verdict
    return f"{each.ours:.3g} ({each.ratio:.2f}, {each.verdict})"


def top(prevalence: dict[str, list[Prevalence]], markdown: bool) -> str:
    """The most frequent diagnoses of the first schema, and the share of patients in each."""
    first = next(iter(prevalence.values()))[:_TOP]
    shares = [{p.code: p.share for p in each} for each in prevalence.values()]
    lines = [
        [p.code, knowledge().conditions[p.code].description,
         *(f"{s[p.code]:.1%}" if p.code in s else "-" for s in shares)]
        for p in first
    ]  # fmt: skip
    return _shown([["code", "diagnosis", *prevalence], *lines], markdown)


def _shown(lines: list[list[str]], markdown: bool) -> str:
    if markdown:
        head, *rest = lines
        rows = [head, ["---"] * len(head), *rest]
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)
    widths = [max(len(row[i]) for row in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) for r in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default=3_000_000, type=int)
    parser.add_argument("--markdown", action="store_true")
    asked = parser.parse_args()
    found: dict[str, list[Compared]] = {}
    prevalence: dict[str, list[Prevalence]] = {}
    with embedded_server() as server:
        databases = Databases(server)
        for name, url in schemas(databases):
            found[name], prevalence[name] = measured(url, asked.rows)
        databases.drop()
    sys.stdout.write(table(found, asked.markdown) + "\n\n" + top(prevalence, asked.markdown) + "\n")


if __name__ == "__main__":
    main()
