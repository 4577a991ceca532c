"""Users' triggers that a load would fire: off while rows come in, and on again in the same state.

A trigger that never fires on what we do (disabled, for replicas, for updates) is left alone. Each
table of a partition tree is named by itself (ONLY), because a partition's copy of a trigger may
have a state of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from seeder.adapter import Object
from seeder.schema import Name
from seeder_postgresql.connect import Connection, quote

# Bits 4 and 32 of tgtype: INSERT and TRUNCATE, with which an undone load empties its tables.
_TRIGGERS = """
SELECT n.nspname, t.relname, g.tgname, g.tgrelid::regclass::text, g.tgenabled, rn.nspname, r.relname
FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_class r ON r.oid = CASE WHEN t.relispartition THEN pg_partition_root(t.oid) ELSE t.oid END
JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE g.tgrelid = ANY (%s) AND NOT g.tgisinternal AND g.tgenabled IN ('O', 'A')
  AND g.tgtype & 36 <> 0
ORDER BY n.nspname COLLATE "C", t.relname COLLATE "C", g.tgname COLLATE "C"
"""
_BACK = {"O": "ENABLE", "A": "ENABLE ALWAYS"}

# A trigger that is on has not been switched off, or has been switched on again.
PRESENT = """
SELECT n.nspname, t.relname, g.tgname
FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE NOT g.tgisinternal AND g.tgenabled <> 'D' AND g.tgname = ANY (%s)
"""


# What the text of a trigger's function gives away. A word too many only makes us more careful.
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
_DOES = {
    "fills": r"\bnew\s*\.\s*(\w+|\"[^\"]+\")\s*:?=|\binto\s+(strict\s+)?new\b",
    "rejects": r"\braise\s+(exception|'|sqlstate\b|using\b|\w+_\w+)",
    "writes": r"\b(insert|update|delete|merge|truncate|copy|nextval|setval|execute|perform|call"
    r"|create|drop|alter|grant|lo_\w+|dblink\w*|http\w*|pg_notify|notify)\b",
}
_REDIRECTS = r"\breturn\s+null\b"
_BEFORE_EACH_ROW = 1 | 2 | 4  # of tgtype: row, before, insert
_FILLERS = ("tsvector_update_trigger", "tsvector_update_trigger_column")


def does(bits: int, language: str, text: str) -> tuple[str, ...]:
    """See ``seeder.schema.Trigger``; ``bits`` is its tgtype, ``text`` its function's."""
    if text in _FILLERS:
        return ("fills",)
    if language not in ("plpgsql", "sql"):
        return ("unknown",)
    bare = _COMMENT.sub(" ", text)
    found = [name for name, pattern in _DOES.items() if re.search(pattern, bare, re.I)]
    if bits & 7 == _BEFORE_EACH_ROW and re.search(_REDIRECTS, bare, re.I):
        found.append("redirects")
    return tuple(found)


def triggers(connection: Connection, oids: Sequence[int]) -> Iterator[Object]:
    """The triggers of tables and partitions that a load would fire."""
    for namespace, table, name, sql, state, *root in connection.rows(_TRIGGERS, (list(oids),)):
        mine = Name(namespace, table)
        alter = f"ALTER TABLE ONLY {sql}"
        yield Object(
            kind="trigger",
            table=mine,
            name=name,
            drop=(f"{alter} DISABLE TRIGGER {quote(name)}",),
            create=(f"{alter} {_BACK[state]} TRIGGER {quote(name)}",),
            # Rows come in through the root: they must all be there before the trigger is.
            tables=tuple(dict.fromkeys((mine, Name(*root)))),
        )
