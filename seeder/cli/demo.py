"""`seeder demo`: the sample hospital in an embedded PostgreSQL, from nothing to proven."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from urllib.parse import urlsplit

import click

from seeder.adapter import find_adapter
from seeder.cli import load as loading
from seeder.cli import options, output, verify
from seeder.cli.plan import show
from seeder.errors import SeederError, VerificationFailed
from seeder.load.events import LoadOptions
from seeder.plan import file

_FOLDER = Path(".seeder")


@click.command()
@click.option("--rows", type=output.Count(), default=1_000_000, help="Rows to load [default: 1M].")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=options.WORKERS,
    show_default=True,
    help="Processes, each with a connection.",
)
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=_FOLDER,
    show_default=True,
    help="Where the server keeps its data.",
)
@click.option("--stop", is_flag=True, help="Stop the demo's server and delete its data.")
def demo(rows: int, workers: int, directory: Path, stop: bool) -> int:
    """Start a PostgreSQL 18, make a sample hospital, fill it, prove it.

    \b
    Example:
      seeder demo --rows 1M
    """
    from seeder import embedded

    directory.mkdir(exist_ok=True)
    if stop:
        embedded.remove(directory / "postgresql")
        output.note("the demo's server is stopped and its data deleted")
        return 0
    began = time.monotonic()
    output.note("starting the embedded PostgreSQL ...")
    maintenance = embedded.start(directory / "postgresql")
    url = _hospital(maintenance)
    output.note("planning ...")
    made = options.fresh_plan(url, rows)
    path = directory / "hospital-plan.yaml"
    file.write(made, path)
    show(made, False, workers)
    loading.perform(made, url, LoadOptions(workers))
    output.note("verifying ...")
    proofs, _ = verify.run(made, url)
    verify.show(proofs, {})
    if any(not p.passed for p in proofs):
        raise VerificationFailed("the sample hospital is not as planned: a defect of seeder")
    output.note(f"\n{made.rows:,} rows, loaded and proven, {time.monotonic() - began:.0f} s in all")
    _next(url, path, embedded.binaries())
    return 0


def _hospital(maintenance: str) -> str:
    """A new database `hospital` with the sample schema; an earlier demo's is replaced."""
    from importlib.metadata import entry_points

    packs = {p.name: p for p in entry_points(group="seeder.schemas")}
    if "hospital" not in packs:
        raise SeederError(
            "the sample hospital is not installed", "pip install 'hospital-seeder[embedded]'"
        )
    connection = find_adapter(maintenance).connect(maintenance)
    try:
        connection.execute("DROP DATABASE IF EXISTS hospital WITH (FORCE)")
        connection.execute("CREATE DATABASE hospital")
    finally:
        connection.close()
    url = urlsplit(maintenance)._replace(path="/hospital").geturl()
    output.note("applying the sample hospital's migrations ...")
    packs["hospital"].load().migrate(url)
    return url


def _next(url: str, plan: Path, programs: Path) -> None:
    quoted = shlex.quote(url)
    output.note(
        f"look inside:   {shlex.quote(str(programs / 'psql'))} {quoted}\n"
        f"the plan:      {plan}\n"
        f"prove again:   seeder verify {plan} --checksum\n"
        f"your own:      seeder plan --dsn postgresql://you@host/database\n"
        f"stop:          seeder demo --stop"
    )
