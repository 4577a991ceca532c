"""Keys of rows of other tables, where the row itself says of which table."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from seeder.generate.defaults import wire_type
from seeder.generate.registry import Call, Parameter, generator


@generator(
    "key.typed",
    "The key of a row of the table that another column names; NULL where that names none.",
    accepts="integer decimal text uuid",
    of=Parameter(str, "", "the column that names the table"),
    tables=Parameter(
        dict, {}, "by value of that column the table and its key: {visit: [public.visit, id]}"
    ),
)
def typed(call: Call) -> pa.Array:
    made = pa.nulls(call.n, wire_type(call.type))
    if not call.params["tables"]:
        return made
    named = call.cells(call.params["of"]).cast(pa.string())
    for draw, (value, (table, column)) in enumerate(sorted(call.params["tables"].items())):
        keys = call.elsewhere(table, column, draw).cast(made.type, safe=False)
        made = pc.if_else(pc.fill_null(pc.equal(named, value), False), keys, made)
    return made
