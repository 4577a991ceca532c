"""The catalogue queries of reflection: each reads one kind of object for the whole database.

They run with ``search_path = pg_catalog``, so that the server qualifies every other name. Rows are
restricted to ``_TABLES``: ordinary, partitioned and foreign tables of users, none temporary.
"""

from __future__ import annotations

_TABLES = """
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.reloftype
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""

TABLES = f"""
WITH t AS ({_TABLES})
SELECT t.oid, t.nspname, t.relname, t.relkind, t.relispartition, row_security_active(t.oid),
       coalesce(obj_description(t.oid, 'pg_class'), ''), coalesce(e.extname, ''),
       pg_get_expr(c.relpartbound, c.oid), p.partstrat, p.partattrs::int2[],
       p.partdefid <> 0, parents.names
FROM t JOIN pg_class c ON c.oid = t.oid
LEFT JOIN pg_partitioned_table p ON p.partrelid = t.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.objsubid = 0
  AND d.deptype = 'e'
LEFT JOIN pg_extension e ON e.oid = d.refobjid
LEFT JOIN (
  SELECT i.inhrelid, array_agg(ARRAY[n.nspname::text, c.relname::text] ORDER BY i.inhseqno) AS names
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent
  JOIN pg_namespace n ON n.oid = c.relnamespace GROUP BY 1
) parents ON parents.inhrelid = t.oid
ORDER BY t.nspname COLLATE "C", t.relname COLLATE "C"
"""

# A default's sequence is known by dependency: nextval('x'::regclass) depends on x whether or not
# the column owns it; an identity column's sequence depends on the column instead.
COLUMNS = f"""
WITH t AS ({_TABLES}), fed AS (
  SELECT def.adrelid AS relid, def.adnum AS num, min(s.oid) AS sequence
  FROM pg_attrdef def JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = def.oid
    AND d.refclassid = 'pg_class'::regclass
  JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S' GROUP BY 1, 2
  UNION ALL
  SELECT d.refobjid, d.refobjsubid, s.oid
  FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.deptype = 'i'
)
SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod,
       format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
       coalesce(pg_get_expr(def.adbin, def.adrelid), ''),
       coalesce(fed.sequence::regclass::text, ''),
       coalesce(col_description(a.attrelid, a.attnum), '')
FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef def ON def.adrelid = a.attrelid AND def.adnum = a.attnum
LEFT JOIN fed ON fed.relid = a.attrelid AND fed.num = a.attnum
ORDER BY a.attrelid, a.attnum
"""

# Row types of tables and their arrays would double the result, and no column uses most of them.
_USED_TYPES = f"""
WITH RECURSIVE t AS ({_TABLES}), used(oid) AS (
  SELECT DISTINCT a.atttypid FROM pg_attribute a JOIN t ON a.attrelid = t.oid
  WHERE a.attnum > 0 AND NOT a.attisdropped
  UNION
  SELECT part.oid FROM used JOIN pg_type y ON y.oid = used.oid
  LEFT JOIN pg_range r ON r.rngtypid = y.oid {{or_multirange}},
  LATERAL (
    VALUES (y.typbasetype), (y.typelem), (r.rngsubtype), ({{range_of}})
    UNION ALL SELECT a.atttypid FROM pg_attribute a
    WHERE a.attrelid = y.typrelid AND y.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
  ) AS part(oid)
  WHERE part.oid <> 0
)
"""


def types(version: int) -> str:
    """Every type that a column uses, and what it is made of."""
    modern = version >= 140000
    used = _USED_TYPES.format(
        or_multirange="OR r.rngmultitypid = y.oid" if modern else "",
        range_of="CASE WHEN r.rngmultitypid = y.oid THEN r.rngtypid END" if modern else "0::oid",
    )
    inner = "CASE WHEN r.rngmultitypid = y.oid THEN r.rngtypid ELSE r.rngsubtype END"
    return f"""{used}
SELECT y.oid, n.nspname, y.typname, y.typtype, y.typcategory, y.typbasetype, y.typtypmod,
       y.typelem, coalesce({inner if modern else "r.rngsubtype"}, 0), y.typnotnull,
       format_type(y.oid, NULL), labels.names, checks.texts, fields.list
FROM used JOIN pg_type y ON y.oid = used.oid JOIN pg_namespace n ON n.oid = y.typnamespace
LEFT JOIN pg_range r ON r.rngtypid = y.oid {"OR r.rngmultitypid = y.oid" if modern else ""}
LEFT JOIN (SELECT enumtypid, array_agg(enumlabel::text ORDER BY enumsortorder) AS names
           FROM pg_enum GROUP BY 1) labels ON labels.enumtypid = y.oid
LEFT JOIN (SELECT contypid, array_agg(pg_get_expr(conbin, 0) ORDER BY conname COLLATE "C") AS texts
           FROM pg_constraint WHERE contypid <> 0 AND contype = 'c' GROUP BY 1
          ) checks ON checks.contypid = y.oid
LEFT JOIN (SELECT a.attrelid, json_agg(json_build_array(a.attname, a.atttypid::bigint,
             a.atttypmod, format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum) AS list
           FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'c'
           WHERE a.attnum > 0 AND NOT a.attisdropped GROUP BY 1
          ) fields ON fields.attrelid = y.typrelid
"""


CONSTRAINTS = f"""
WITH t AS ({_TABLES})
SELECT k.conrelid, k.conname, k.contype, k.conkey, k.confrelid, k.confkey,
       k.condeferrable, k.condeferred, k.convalidated, k.confmatchtype = 'f',
       coalesce(pg_get_expr(k.conbin, k.conrelid), ''),
       CASE WHEN k.conexclop IS NOT NULL THEN pg_get_constraintdef(k.oid) END,
       (SELECT array_agg(o.oprname::text ORDER BY u.place)
        FROM unnest(k.conexclop) WITH ORDINALITY u(op, place) JOIN pg_operator o ON o.oid = u.op),
       k.conindid
FROM t JOIN pg_constraint k ON k.conrelid = t.oid
WHERE k.contype IN ('c', 'x', 'f', 'p', 'u')
  AND NOT (k.contype = 'f' AND k.conparentid <> 0)
  AND NOT (k.contype = 'c' AND t.relispartition AND NOT k.conislocal)
ORDER BY k.conrelid, k.conname COLLATE "C"
"""


def indexes(version: int) -> str:
    """Every index, with the text of each key element and the columns that expressions read."""
    distinct = "i.indnullsnotdistinct" if version >= 150000 else "false"
    return f"""
WITH t AS ({_TABLES}), reads AS (
  SELECT d.objid, array_agg(DISTINCT a.attname::text) AS names
  FROM pg_depend d JOIN pg_index i ON i.indexrelid = d.objid AND i.indexprs IS NOT NULL
  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.refobjsubid > 0 AND d.refobjid = i.indrelid GROUP BY 1
)
SELECT i.indrelid, i.indexrelid, x.relname, i.indisunique, i.indisprimary, m.amname,
       (i.indkey::int2[])[0:i.indnkeyatts - 1], coalesce(pg_get_expr(i.indpred, i.indrelid), ''),
       {distinct}, coalesce(k.conname, ''),
       CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(
         SELECT pg_get_indexdef(i.indexrelid, n, false)
         FROM generate_series(1, i.indnkeyatts) n ORDER BY n) END,
       reads.names
FROM t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am m ON m.oid = x.relam
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
  AND k.conrelid = i.indrelid
LEFT JOIN reads ON reads.objid = i.indexrelid
ORDER BY i.indrelid, x.relname COLLATE "C"
"""


TRIGGERS = f"""
WITH t AS ({_TABLES})
SELECT g.tgrelid, g.tgname, g.tgtype, g.tgenabled, g.tgfoid::regprocedure::text, l.lanname, p.prosrc
FROM t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
JOIN pg_proc p ON p.oid = g.tgfoid JOIN pg_language l ON l.oid = p.prolang
ORDER BY g.tgrelid, g.tgname COLLATE "C"
"""

ENUMS = """
SELECT format_type(e.enumtypid, NULL), array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
FROM pg_enum e GROUP BY 1 ORDER BY 1
"""
