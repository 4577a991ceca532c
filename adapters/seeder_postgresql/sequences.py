"""Sequences after a load: the next value is one that no row holds."""

from __future__ import annotations

from seeder.schema import Column, Table
from seeder_postgresql.connect import literal, quote
from seeder_postgresql.verify import source


def fed(table: Table) -> tuple[Column, ...]:
    """Columns whose numbers a sequence hands out."""
    return tuple(c for c in table.columns if c.sequence and c.type.kind in ("integer", "decimal"))


def sequence_statements(table: Table) -> tuple[str, ...]:
    """One SELECT for each such column, which moves its sequence to the column's largest number.

    A sequence is never moved back: several tables may share it, or rows may have come and gone.
    One that counts down is moved to the smallest number; one that is exhausted stops at its end.
    """
    return tuple(_statement(table, column) for column in fed(table))


def _statement(table: Table, column: Column) -> str:
    name = quote(column.name)
    sequence = literal(column.sequence)
    return f"""SELECT pg_catalog.setval({sequence}::regclass, n.value)
FROM (SELECT max({name})::bigint AS high, min({name})::bigint AS low FROM {source(table)}) AS t
CROSS JOIN {column.sequence} AS s
JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = {sequence}::regclass
CROSS JOIN LATERAL (SELECT CASE WHEN q.seqincrement > 0 THEN least(t.high, q.seqmax)
  ELSE greatest(t.low, q.seqmin) END AS value) AS n
WHERE t.high IS NOT NULL AND n.value BETWEEN q.seqmin AND q.seqmax
  AND (CASE WHEN q.seqincrement > 0 THEN n.value > s.last_value ELSE n.value < s.last_value END
    OR (n.value = s.last_value AND NOT s.is_called))"""
