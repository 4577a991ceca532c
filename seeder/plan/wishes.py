"""Following overrides: owners, columns and keys as asked, or a refusal that says what mends it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from seeder.errors import PlanError, SeederError
from seeder.generate.registry import definition
from seeder.generate.sample import sample
from seeder.plan.asked import Asked, Place, Wish, spellings
from seeder.plan.bounds import NUMBERS, TIMES, Bounds, described
from seeder.plan.columns import Columns, narrowed
from seeder.plan.identity import localised
from seeder.plan.model import ColumnPlan, Finding, KeyPlan, Options, TablePlan, reference_instant
from seeder.plan.overrides import ColumnOverride, ReferenceOverride, whole
from seeder.plan.selecting import Selection, selection
from seeder.plan.trial import keeps
from seeder.plan.wording import written_by
from seeder.schema import Column, ForeignKey, Name, Schema, Table
from seeder.semantics import role_of
from seeder.semantics.catalogue import ENTRIES

_LITERAL = re.compile(
    r"'((?:[^']|'')*)'(?:::[\w \"().\[\]]+)?|(-?\d+(?:\.\d+)?)|(true|false)", re.I
)
_MEANINGS = frozenset(entry.meaning for entry in ENTRIES)
_STRUCTURING = frozenset("patient person encounter staff organisation place".split())
_SHOWN = 5


# Tables ---------------------------------------------------------------------------------------


def refuse_contradictions(schema: Schema, options: Options, asked: Asked) -> None:
    """Raise OverrideError when the command line wants rows where the file wants none."""
    for name, wish in asked.tables.items():
        rows = options.tables.get(str(name), options.tables.get(name.name, 0))
        if rows and wish.own and wish.what.role not in (None, "generate"):
            raise wish.refuse(
                f"role {wish.what.role} contradicts --table {name}={rows}",
                wish.line("role: generate"),
            )


def owners(asked: Asked, schema: Schema, members: frozenset[Name]) -> dict[Name, ForeignKey]:
    """The keys that the user wants to structure their tables."""
    found = {}
    for name, wish in asked.tables.items():
        if wish.what.owner is None or name not in members:
            continue
        said = ",".join(wish.what.owner)
        table = schema[name]
        key = next((k for k in table.foreign_keys if said in spellings(k)), None)
        if key is None or key.target == name or key.target not in members:
            usable = [k for k in table.foreign_keys if k.target in members - {name}]
            known = ", ".join(",".join(k.columns) for k in usable) or "none"
            raise wish.refuse(
                f"{said} is no key of {name} to another table that has rows",
                f"its keys: {known}" + (f"; {_first_owner(wish, usable)}" if usable else ""),
            )
        found[name] = key
    return found


def _first_owner(wish: Wish[Any], usable: list[ForeignKey]) -> str:
    return wish.line(f"owner: [{', '.join(usable[0].columns)}]")


def refuse_circle(asked: Asked, name: Name) -> None:
    """Raise OverrideError: the owners that were asked for lead round in a circle."""
    wish = asked.tables[name]
    raise wish.refuse(
        "the owners that were asked for lead round in a circle", "leave one of them to the planner"
    )


def kind_of_kept(asked: Asked, table: Table, schema: Schema) -> str:
    """What a kept table is to the rows that point at it: a list of codes, unless the user keeps
    what other tables belong to, as patients."""
    wish = asked.tables.get(table.name)
    kind = role_of(table, schema).kind
    return kind if wish is not None and wish.own and kind in _STRUCTURING else "reference"


# Columns --------------------------------------------------------------------------------------


def fill(
    asked: Asked, table: Table, filling: Columns, printed: Collection[str], options: Options,
    needed: frozenset[str],
) -> dict[str, ColumnPlan]:  # fmt: skip
    """The plans of a table's columns with what is asked of them. ``printed``: columns of keys;
    ``needed``: those that other tables' keys point at."""
    columns = dict(filling.made)
    for name, wish in asked.columns_of(table.name).items():
        column = table.column(name)
        if column.generated or name in printed:
            if wish.exact:
                raise _not_ours(wish, table, column)
            continue
        if wish.what.default is True:
            _refuse_default(wish, table, column, filling, needed)
            columns.pop(name, None)
            continue
        plan = _filled(wish, column, columns.get(name), filling.bounds.get(name, Bounds()), options)
        if wish.what.nulls is not None:
            plan = _with_nulls(wish, table, column, plan, filling)
        columns[name] = plan.model_copy(update={"why": f"by {wish.why}", "chance": 0})
    return columns


def _not_ours(wish: Wish[ColumnOverride], table: Table, column: Column) -> SeederError:
    if column.generated:
        return wish.refuse("the server generates this column", "take the entry out")
    key = next(k for k in table.foreign_keys if column.name in k.columns)
    glob = f'"{table.name}.{key.name}"'
    return wish.refuse(
        f"the key {key.name} fills this column", f"references: {{{glob}: {{nulls: 0.1}}}}"
    )


def _filled(
    wish: Wish[ColumnOverride], column: Column, plan: ColumnPlan | None, bounds: Bounds,
    options: Options,
) -> ColumnPlan:  # fmt: skip
    """The plan with another generator, or other parameters; tried, so that the load never fails."""
    generator, params = _asked_for(wish, column, plan)
    params = localised(generator, params, options.locale)
    params = written_by(generator, params, options.overrides.text)
    if plan is not None and (generator, params) == (plan.generator, plan.params):
        return plan
    _refuse_unfit(wish, column, generator, params, bounds, reference_instant(options))
    same = plan is not None and plan.generator == generator
    meaning = plan.meaning if same and plan else generator if generator in _MEANINGS else ""
    change = {
        "generator": generator,
        "params": params,
        "meaning": meaning,
        "nulls": 1.0 if generator == "null" else plan.nulls if plan and plan.nulls < 1 else 0.0,
    }
    return (plan or ColumnPlan(generator=generator)).model_copy(update=change)


def _asked_for(
    wish: Wish[ColumnOverride], column: Column, plan: ColumnPlan | None
) -> tuple[str, dict[str, Any]]:
    what = wish.what
    if isinstance(what.values, list):
        return "choice", {"values": list(what.values)}
    if what.values is not None:
        return "choice", {
            "values": list(what.values), "weights": list(whole(what.values).values())
        }  # fmt: skip
    if what.default is not None:
        return _literal(wish, column, str(what.default))
    if what.generator is not None:
        return what.generator, dict(what.params or {})
    if plan is None:
        raise wish.refuse("nothing fills this column yet", wish.line("generator: NAME"))
    return plan.generator, {**plan.params, **(what.params or {})}


def _literal(wish: Wish[ColumnOverride], column: Column, text: str) -> tuple[str, dict[str, Any]]:
    if text.strip().upper() == "NULL":
        if not column.nullable:
            raise wish.refuse("the column is NOT NULL", wish.line("default: true"))
        return "null", {}
    found = _LITERAL.fullmatch(text.strip())
    if found is None:
        hint = "a literal is a number, true, false, NULL, or a text: default: \"'new'\""
        if column.default:
            hint = f"{wish.line('default: true')} leaves it to the server: {column.default}"
        raise wish.refuse(f"default: {text!r} is an expression, not a literal", hint)
    if found[1] is not None:
        return "constant", {"value": found[1].replace("''", "'")}
    return "constant", {"value": (found[2] or found[3]).lower()}


def _refuse_unfit(
    wish: Wish[ColumnOverride], column: Column, generator: str, params: Mapping[str, Any],
    bounds: Bounds, reference: int,
) -> None:  # fmt: skip
    try:
        found = definition(generator)
        resolved = found.resolve(params)
    except PlanError as error:
        raise wish.refuse(error.message, error.hint) from None
    kind = column.type
    if kind.kind not in found.accepts:
        raise wish.refuse(
            f"generator {generator} does not fill {kind.native} ({column.name})",
            f"it fills {' '.join(sorted(found.accepts))}; seeder generators list shows all",
        )
    if generator == "null" and not column.nullable:
        raise wish.refuse("the column is NOT NULL", "choose another generator")
    if generator != "copy":
        try:
            sample(found, params, kind, reference, 64)
        except SeederError as error:
            raise wish.refuse(error.message, error.hint) from None
        except (KeyError, ValueError, TypeError, ArithmeticError) as error:
            raise wish.refuse(
                f"generator {generator} cannot work with these parameters: {error}",
                f"seeder generators show {generator}",
            ) from None
    if kind.values and generator in ("choice", "constant", "first"):
        strange = sorted(set(_texts(resolved)) - set(kind.values))
        if strange:
            raise wish.refuse(
                f"{', '.join(strange)}: no value of {kind.native} ({column.name})",
                wish.line(f"values: [{', '.join(kind.values[:_SHOWN])}]"),
            )
    if kind.kind == "text" and kind.length and found.width is not None:
        width = found.width(kind, resolved)
        if width > kind.length and generator in ("choice", "constant", "first"):
            raise wish.refuse(
                f"{width} characters do not fit into {kind.native} ({column.name})",
                f"write values of at most {kind.length} characters",
            )
    if _decidable(bounds, kind.kind) and not keeps(generator, params, kind, bounds, reference):
        raise wish.refuse(
            f"a CHECK, domain or partition of {column.name} allows {described(bounds)}, and "
            f"generator {generator} makes other values",
            _inside(wish, bounds),
        )


def _texts(params: Mapping[str, Any]) -> Iterator[str]:
    """The values that parameters name."""
    for name in ("value", "values", "others"):
        value = params.get(name, [])
        yield from map(str, value if isinstance(value, list) else [value])


def _decidable(bounds: Bounds, kind: str) -> bool:
    """Whether a trial that fails is a proof."""
    if not narrowed(bounds):
        return False
    ends = bounds.low is not None or bounds.high is not None
    texts = bounds.values is not None or bool(bounds.never) or bounds.pattern is not None
    lengths = bounds.min_length is not None or bounds.max_length is not None
    if ends and kind not in (NUMBERS | TIMES) - {"money", "time", "timetz"}:
        return False
    return not (texts or lengths) or kind in ("text", "integer", "enum")


def _inside(wish: Wish[ColumnOverride], bounds: Bounds) -> str:
    if bounds.values:
        return wish.line(f"values: [{', '.join(bounds.values[:_SHOWN])}]")
    ends = [f"{n}: {v}" for n, v in (("min_value", bounds.low), ("max_value", bounds.high)) if v]
    return wish.line(f"params: {{{', '.join(ends)}}}") if ends else "choose values that keep it"


def _with_nulls(
    wish: Wish[ColumnOverride], table: Table, column: Column, plan: ColumnPlan, filling: Columns
) -> ColumnPlan:
    nulls = wish.what.nulls or 0.0
    drivers = {d for g in filling.cases for d in g.drivers}
    reason = ""
    if nulls and not column.nullable:
        reason = "the column is NOT NULL"
    elif nulls and filling.bounds.get(column.name, Bounds()).not_null:
        reason = "a CHECK of the column refuses NULL"
    elif nulls and column.name in drivers:
        reason = "a conditional CHECK depends on the column"
    if reason:
        if wish.exact:
            raise wish.refuse(f"nulls: {nulls:g}: {reason}", wish.line("nulls: 0"))
        return plan
    return plan.model_copy(update={"nulls": nulls, "nulls_at": "random", "nulls_with": ""})


def _refuse_default(
    wish: Wish[ColumnOverride], table: Table, column: Column, filling: Columns,
    needed: frozenset[str],
) -> None:  # fmt: skip
    """Raise OverrideError where the server's default cannot fill a column, or we must know it."""
    name = column.name
    fed = column.default or column.identity or column.sequence
    if not fed and not column.nullable:
        raise wish.refuse(
            f"{table.name}.{name} has no default, and is NOT NULL", wish.line("default: \"'...'\"")
        )
    if name in needed:
        raise wish.refuse(
            f"keys point at {table.name}.{name}, so its values must be known before they are there"
        )
    unique = next((u.name for u in table.uniques if name in u.columns), "")
    if unique:
        raise wish.refuse(
            f"{unique} is unique, and the server's default is not known to be",
            "leave the column to the planner",
        )
    if table.partitioning is not None and name in table.partitioning.columns:
        raise wish.refuse("the partitions are chosen by this column")
    for other, plan in filling.made.items():
        if other != name and name in {*plan.unlike, *plan.not_before, *plan.after,
                                      plan.params.get("column")}:  # fmt: skip
            raise wish.refuse(f"a CHECK compares {other} with this column")
    if any(name in (*g.drivers, *(c for k in g.cases for c in (*k.null, *k.present)))
           for g in filling.cases):  # fmt: skip
        raise wish.refuse("a conditional CHECK depends on this column")


def unfollowed(asked: Asked, tables: Mapping[str, TablePlan], schema: Schema) -> None:
    """Raise OverrideError where keys and uniqueness left nothing of what a line asks for."""
    for (name, column), wish in asked.columns.items():
        table = tables.get(str(name))
        plan = table.columns.get(column) if table is not None else None
        if plan is None or wish.what.default is True:
            continue
        generator, _ = _asked_for(wish, schema[name].column(column), plan)
        unique = _unique(schema[name], column)
        if plan.generator != generator or not _within(wish.what.params or {}, plan.params):
            raise wish.refuse(
                f"{name}.{column} must be distinct{unique}, and generator {generator} cannot make "
                "it so",
                "choose one that can: seeder generators list --format json says which",
            )
        if wish.exact and wish.what.nulls and plan.nulls != wish.what.nulls:
            raise wish.refuse(
                f"{name}.{column} cannot be NULL{unique or ': keys point at it'}",
                wish.line("nulls: 0"),
            )
    for (name, key), asks in asked.keys.items():
        table = tables.get(str(name))
        made = table.keys.get(key) if table is not None else None
        if made is not None and asks.exact and asks.what.nulls and made.nulls != asks.what.nulls:
            raise asks.refuse(
                f"{name}.{key} cannot be NULL: keys and uniqueness need a value in every row",
                asks.line("nulls: 0"),
            )


def _within(asked: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    return all(made.get(k) == v for k, v in asked.items())


def _unique(table: Table, column: str) -> str:
    names = [u.name for u in table.uniques if column in u.columns]
    return f" ({', '.join(names)})" if names else ""


# Keys -----------------------------------------------------------------------------------------


def chosen_rows(
    asked: Asked, schema: Schema, options: Options, kept: frozenset[Name]
) -> dict[Place, Selection]:
    """The selection of each key that has one, less those of packs that no row meets.

    Raises OverrideError for a filter on a parent that is not kept, or that no row meets."""
    found = {}
    for place, wish in asked.keys.items():
        target = schema[place[0]].keys_by_name[place[1]].target
        if target not in kept:
            if wish.own and (wish.what.where or wish.what.weights):
                raise wish.refuse(
                    f"{target} is filled by this plan: only rows that are there can be chosen "
                    "among",
                    f'tables: {{"{target}": {{role: keep}}}} keeps its rows, if it holds any',
                )
            continue
        made = selection(wish, schema[target])
        if made is None:
            continue
        if sum(options.selected.get(made.label, ())):
            found[place] = made
        elif wish.own:
            raise wish.refuse(f"no row: {made.label}", "look at the values that the table holds")
    return found


def refer(
    asked: Asked, schema: Schema, options: Options, keys: Mapping[Place, KeyPlan],
    chosen: Mapping[Place, Selection],
) -> dict[Place, KeyPlan]:  # fmt: skip
    """The plans of keys with what is asked of them."""
    out = dict(keys)
    for place, wish in asked.keys.items():
        if place not in out:
            continue
        plan, table = out[place], schema[place[0]]
        item = chosen.get(place)
        changed: dict[str, Any] = {}
        if item is not None or wish.what.skew is not None:
            if plan.how not in ("drawn", "distinct") and (item is None or plan.how != "owner"):
                if wish.own and (wish.exact or item is not None):
                    raise wish.refuse(
                        f"the parent of {place[0]}.{place[1]} is not drawn, but {plan.how}: "
                        f"{plan.why}",
                        "take the entry out, or choose another owner",
                    )
                continue
            if item is not None:
                among = item.among(options.selected[item.label])
                changed |= {"among": among, "why": f"{plan.why}; {among.input}, by {wish.why}"}
            if wish.what.skew is not None and plan.how == "drawn":
                changed["skew"] = wish.what.skew
        if wish.what.nulls is not None:
            if wish.what.nulls and not table.nullable(table.keys_by_name[place[1]]):
                if wish.exact:
                    raise wish.refuse("the key is NOT NULL", wish.line("nulls: 0"))
            else:
                changed["nulls"] = wish.what.nulls
        changed.setdefault("why", f"{plan.why}; by {wish.why}")
        out[place] = plan.model_copy(update=changed)
    return out


def findings(
    asked: Asked, options: Options, schema: Schema, tables: Mapping[str, TablePlan],
    kept: frozenset[Name],
) -> Iterator[Finding]:  # fmt: skip
    """Which pack adjusted what, and which of its filters no row meets."""
    for pack, layer in sorted(options.packs.items()):
        roles = sorted(str(n) for n, w in asked.tables.items() if pack in w.packs)
        generated = {n for n, t in tables.items() if t.role == "generate"}
        columns = [
            p for p, w in asked.columns.items() if pack in w.packs and str(p[0]) in generated
        ]
        keys = {p: w for p, w in asked.keys.items() if pack in w.packs and str(p[0]) in generated}
        filtered = [
            p for p in keys
            if (k := tables[str(p[0])].keys.get(p[1])) is not None and k.among is not None
        ]  # fmt: skip
        said = [
            f"{len(filtered)} keys draw by a filter" if filtered else "",
            f"{len(columns)} columns have its generators" if columns else "",
            f"{len([r for r in roles if tables[r].role == 'keep'])} of {len(roles)} tables that it "
            "would keep hold rows" if roles else "",
        ]  # fmt: skip
        done = "; ".join(s for s in said if s) or "nothing to adjust"
        yield Finding(
            severity="info", code="pack", place=f"pack {pack}", message=f"{layer.why}: {done}",
            hint="your own seeder.yaml wins over it",
        )  # fmt: skip
        yield from _unmet(keys, options, schema, kept)


def _unmet(
    keys: Mapping[Place, Wish[ReferenceOverride]], options: Options, schema: Schema,
    kept: frozenset[Name],
) -> Iterator[Finding]:  # fmt: skip
    """A pack's filters that no row meets."""
    found: dict[str, list[str]] = {}
    for place, wish in sorted(keys.items()):
        target = schema[place[0]].keys_by_name[place[1]].target
        made = selection(wish, schema[target]) if target in kept else None
        if made is not None and not sum(options.selected.get(made.label, ())):
            found.setdefault(made.label, []).append(f"{place[0]}.{place[1]}")
    for label, names in sorted(found.items()):
        yield Finding(
            severity="warning", code="filter-empty", place=names[0],
            message=f"no row: {label}; {_listed(names)} from all rows instead",
            hint="load the codes that are missing, or give a filter of your own in seeder.yaml",
        )  # fmt: skip


def _listed(names: list[str]) -> str:
    return "the key draws" if len(names) == 1 else f"it and {len(names) - 1} more keys draw"
