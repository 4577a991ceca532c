"""The OMOP Common Data Model 5.4 as PostgreSQL DDL, built from OHDSI's tables of tables and fields.

The result equals the DDL that OHDSI generates from the same two files: 39 tables, 28 primary keys
named ``xpk_...``, 176 foreign keys named ``fpk_...``. Every foreign key points at the primary key
of its target; concept, domain, vocabulary and concept_class reference one another in a cycle
without NULLs. Eleven tables have no primary key, as in OHDSI's own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from tests.helpers.shared import shared_data

_Field = dict[str, str]

# OHDSI's rendering of its neutral types for PostgreSQL; the others are the same in both.
_TYPES = {"datetime": "timestamp", "float": "numeric", "varchar(max)": "text"}

# Column names that PostgreSQL reserves are quoted; the file quotes some itself.
_RESERVED = frozenset({"offset"})


def omop_folder() -> Path:
    """The folder of the two files. Skips the test where it is absent."""
    return shared_data("omop_cdm54")


def omop_ddl(folder: Path | None = None, namespace: str = "omop") -> str:
    """All tables with columns, types, NOT NULL, primary and foreign keys."""
    folder = folder or omop_folder()
    tables = [row["cdmTableName"].lower() for row in _rows(folder / "OMOP_CDMv5.4_Table_Level.csv")]
    fields = _rows(folder / "OMOP_CDMv5.4_Field_Level.csv")
    of_table = {t: [f for f in fields if f["cdmTableName"].lower() == t] for t in tables}
    statements = [f"CREATE SCHEMA IF NOT EXISTS {namespace}"]
    statements += [_create(f"{namespace}.{t}", of_table[t]) for t in tables]
    for kind in (_primary_keys, _foreign_keys):
        statements += [s for t in tables for s in kind(namespace, t, of_table[t])]
    return ";\n".join(statements) + ";\n"


def _rows(path: Path) -> list[_Field]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _is(field: _Field, property_: str) -> bool:
    return field[property_].strip().lower() == "yes"


def _column(field: _Field) -> str:
    name = field["cdmFieldName"].strip().strip('"').lower()
    return f'"{name}"' if name in _RESERVED else name


def _create(table: str, fields: list[_Field]) -> str:
    lines = []
    for field in fields:
        kind = field["cdmDatatype"].strip().lower()
        required = " NOT NULL" if _is(field, "isRequired") else ""
        lines.append(f"  {_column(field)} {_TYPES.get(kind, kind)}{required}")
    return f"CREATE TABLE {table} (\n" + ",\n".join(lines) + "\n)"


def _primary_keys(namespace: str, table: str, fields: list[_Field]) -> Iterator[str]:
    columns = [_column(f) for f in fields if _is(f, "isPrimaryKey")]
    if columns:
        yield (
            f"ALTER TABLE {namespace}.{table} ADD CONSTRAINT xpk_{table} "
            f"PRIMARY KEY ({', '.join(columns)})"
        )


def _foreign_keys(namespace: str, table: str, fields: list[_Field]) -> Iterator[str]:
    for field in fields:
        if _is(field, "isForeignKey"):
            name = re.sub(r"\W", "", f"fpk_{table}_{_column(field)}")
            yield (
                f"ALTER TABLE {namespace}.{table} ADD CONSTRAINT {name} "
                f"FOREIGN KEY ({_column(field)}) "
                f"REFERENCES {namespace}.{field['fkTableName'].lower()} "
                f"({field['fkFieldName'].lower()})"
            )
