"""Databases loaded with the texts of one writer, and read again."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg

from seeder.adapter import find_adapter
from seeder.cli import options
from seeder.load.events import LoadOptions
from seeder.load.run import load
from seeder.plan.findings import refuse_errors
from seeder_hospital import migrate
from tests.helpers.omop import omop_ddl
from tests.helpers.servers import Databases, run_sql
from tests.reread.charts import SHAPES, Charts
from tests.reread.verdicts import Verdict, judged, table

OUTCOMES = ("stated", "true", "null", "absent", "contradicted")
_REFERENCE = dt.datetime(2025, 6, 30)
_ROWS = {"hospital": 32, "OMOP": 20}  # of all tables, a note


def omop_folder() -> Path | None:
    """The folder of OMOP's definition, where it is at hand."""
    given = os.environ.get("SEEDER_SHARED_DATA")
    folder = (Path(given) if given else Path("../shared/data")) / "omop_cdm54"
    return folder if folder.is_dir() else None


def create(url: str, schema: str) -> None:
    """The tables of a schema in an empty database."""
    if schema == "hospital":
        migrate(url)
    else:
        run_sql(url, omop_ddl(omop_folder()))


def fill(url: str, schema: str, writer: str, notes: int) -> None:
    """Fill a database so that it has about so many notes, by a writer of texts."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "seeder.yaml"
        config.write_text(f"text: {writer}\n")
        rows = notes * _ROWS[schema]
        plan = options.fresh_plan(url, rows, reference_date=_REFERENCE, config=config)
        refuse_errors(plan)
        load(plan, url, find_adapter(url), LoadOptions())


def reread(
    connection: psycopg.Connection[Any], schema: str, most: int, columns: Sequence[str] = ()
) -> dict[str, Any]:
    """What became of the facts of so many texts of each column, or of some columns: by kind, and
    in all."""
    charts = Charts(connection, SHAPES[schema])
    texts = dict.fromkeys(columns or charts.columns, 0)

    def verdicts() -> Iterator[Verdict]:
        for column in texts:
            for text in charts.texts(column, most):
                texts[column] += 1
                yield from judged(text, charts.staff)

    kinds = table(verdicts())
    facts = {o: sum(of[o] for of in kinds.values()) for o in OUTCOMES}
    return {"texts": texts, **facts, "kinds": kinds}


def measured(server: str, notes: int, writers: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The figures of each writer and schema."""
    found: dict[str, dict[str, Any]] = {}
    for writer in writers:
        for schema in SHAPES:
            if schema == "OMOP" and omop_folder() is None:
                continue
            databases = Databases(server)
            url = databases()
            create(url, schema)
            fill(url, schema, writer, notes)
            with psycopg.connect(url) as connection:
                found.setdefault(writer, {})[schema] = reread(connection, schema, notes)
            databases.drop()
    return found
