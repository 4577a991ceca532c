"""Synthea's CSV tables as OHDSI/dbt-synthea publishes them: 18 tables, 35 foreign keys."""

from __future__ import annotations

from tests.helpers.shared import shared_data


def synthea_ddl() -> str:
    """Tables, then keys, in the namespace ``synthea``. Skips where the data are absent."""
    folder = shared_data("synthea_csv")
    return "\n".join((folder / name).read_text() for name in ("schema.sql", "constraints.sql"))
