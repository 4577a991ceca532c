"""How an EXCLUDE constraint is met: by arithmetic, as uniqueness is.

``(room WITH =, during WITH &&)``: the rows of a room have stretches that do not meet. Where the
equal columns tell the owner, its rows have a part of its time each, and nothing is to be added.
Else a permuted row number is split: one digit chooses the group, the other one the place in it.
Equal columns alone are a unique set.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from seeder.generate.makers import apart
from seeder.plan.model import Distinct, Finding
from seeder.plan.operands import column_of, literal_of, name_of
from seeder.plan.uniqueness import Keyed, Short, bounded, meet, met, tells
from seeder.schema import Exclusion, ForeignKey, Table, Type, Unique

_FEW = 4  # stretches of a group, where there are groups enough
_CROWD = 200  # rows of an owner above which its own time, in days, would be too short
_KINDS = frozenset("integer decimal date timestamp timestamptz".split())
_RANGES = frozenset("int4range int8range numrange daterange tsrange tstzrange".split())


@dataclass(frozen=True, slots=True)
class Shape:
    """What a constraint asks: rows with the same ``equal`` columns have stretches that do not
    meet. ``ends``: a range column, or the columns of its start and end; ``closed``: the end
    belongs to the stretch. No ends: the equal columns are unique."""

    equal: tuple[str, ...]
    ends: tuple[str, ...] = ()
    closed: bool = False


def shape(table: Table, exclusion: Exclusion) -> Shape | None:
    """The constraint's shape, or None when it is of another kind."""
    texts = exclusion.expressions or tuple(c for c, _ in exclusion.elements)
    equal: list[str] = []
    overlap: list[str] = []
    for (column, operator), text in zip(exclusion.elements, texts, strict=True):
        if operator == "=" and column:
            equal.append(column)
        elif operator == "&&":
            overlap.append(column or text)
        else:
            return None
    if len(overlap) > 1:
        return None
    if not overlap:
        return Shape(tuple(equal))
    if overlap[0] in table.by_name:
        kind = table.column(overlap[0]).type
        known = kind.kind == "range" and kind.element is not None and kind.element.kind in _KINDS
        return Shape(tuple(equal), (overlap[0],)) if known else None
    return _of_two(table, tuple(equal), overlap[0])


def _of_two(table: Table, equal: tuple[str, ...], expression: str) -> Shape | None:
    """daterange(valid_from, valid_to, '[]')"""
    try:
        node = sqlglot.parse_one(expression, dialect="postgres")
    except SqlglotError:
        return None
    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    if name_of(node).rsplit(".", 1)[-1] not in _RANGES or len(node.expressions) not in (2, 3):
        return None
    ends = tuple(_column(e) for e in node.expressions[:2])
    sides = literal_of(node.expressions[2]) if len(node.expressions) == 3 else "[)"
    if sides not in ("[)", "[]", "()", "(]") or ends[0] == ends[1]:
        return None
    if not all(e in table.by_name and table.column(e).type.kind in _KINDS for e in ends):
        return None
    return Shape(equal, ends, sides.endswith("]"))


def _column(node: exp.Expression) -> str:
    while isinstance(node, exp.Coalesce):
        node = node.this
    return column_of(node, "")


def divides_time(table: Table, owner: ForeignKey | None) -> bool:
    """Whether the rows of an owner must divide its time among them, without gaps or overlaps."""
    if owner is None:
        return False
    shapes = [shape(table, x) for x in table.exclusions]
    return any(s is not None and s.ends and set(owner.columns) & set(s.equal) for s in shapes)


def separate(keyed: Keyed) -> tuple[Keyed, list[Finding]]:
    """Meet every exclusion of the table, after its unique sets."""
    findings: list[Finding] = []
    for exclusion in keyed.table.exclusions:
        keyed, short = _separated(keyed, exclusion)
        if short:
            findings.append(
                Finding(
                    severity="error", code="exclusion", place=str(keyed.table.name),
                    message=f"{exclusion.name}: {short.why}",
                    hint=f"ask for fewer rows, or none: --table {keyed.table.name}=0",
                    most=short.most,
                )
            )  # fmt: skip
    return keyed, findings


def _separated(keyed: Keyed, exclusion: Exclusion) -> tuple[Keyed, Short | None]:
    found = shape(keyed.table, exclusion)
    if found is None:
        return _unlike(keyed, exclusion)
    if keyed.rows[keyed.table.name] <= 1:
        return keyed, None
    if not found.ends:
        return meet(keyed, Unique(exclusion.name, found.equal, predicate=exclusion.predicate))
    if found.equal and met(keyed, Unique(exclusion.name, found.equal)):
        return keyed, None
    if any(e not in keyed.columns for e in found.ends):
        return _unlike(keyed, exclusion)
    owner = keyed.table.keys_by_name[keyed.owner] if keyed.owner else None
    if owner is not None and tells(owner, found.equal, keyed.uniques):
        return _owned(keyed, exclusion, found)
    return _grouped(keyed, exclusion, found)


def _owned(keyed: Keyed, exclusion: Exclusion, found: Shape) -> tuple[Keyed, Short | None]:
    """The owner's rows divide its time; where they are too many for days, twenty years."""
    mean = keyed.rows[keyed.table.name] // max(keyed.parents(keyed.owner), 1)
    kind = _element(keyed, found).kind
    if kind != "date" or mean <= _CROWD:
        return _stretched(keyed, found, None), None
    count = 5 * mean + 8  # the fan-out's own skew gives a parent 4.6 times the mean at most
    if count > apart.places(kind):
        count = mean + 1
    if count > apart.places(kind):
        return keyed, Short(
            f"{mean:,} rows an owner need as many days, and a century has fewer",
            keyed.parents(keyed.owner) * (apart.places(kind) - 1),
        )
    distinct = Distinct(how="siblings", capacity=count, modulo=count, group=exclusion.name)
    return bounded(_stretched(keyed, found, distinct), keyed.keys[keyed.owner], count), None


def _element(keyed: Keyed, found: Shape) -> Type:
    kind = keyed.table.column(found.ends[0]).type
    return kind.element or kind


def _unlike(keyed: Keyed, exclusion: Exclusion) -> tuple[Keyed, Short | None]:
    """Whatever the other operators say, rows that differ in an equal column never conflict."""
    equal = tuple(c for c, operator in exclusion.elements if c and operator == "=")
    if keyed.rows[keyed.table.name] <= 1:
        return keyed, None
    if not equal:
        return keyed, Short(f"{exclusion.definition} is not understood")
    after, short = meet(keyed, Unique(exclusion.name, equal, predicate=exclusion.predicate))
    if short is None:
        return after, None
    why = f"{exclusion.definition} is met by distinct values only: {short.why}"
    return after, Short(why, short.most)


def _stretched(keyed: Keyed, found: Shape, distinct: Distinct | None) -> Keyed:
    """The generators of the ends: of a place of the group, or of the owner's time."""
    parts = ("range",) if len(found.ends) == 1 else ("start", "last" if found.closed else "end")
    for name, part in zip(found.ends, parts, strict=True):
        plan = keyed.columns[name]
        whole = part == "range"
        params: dict[str, object] = {} if whole else {"part": part}
        if distinct is not None:
            params["places"] = distinct.modulo
        last = distinct is None and part not in ("range", "start") and plan.nulls > 0
        plan = plan.model_copy(
            update={
                "generator": "apart",
                "params": params,
                "distinct": distinct,
                # An open end overlaps all that comes after: only the last of an owner has one.
                "nulls": plan.nulls if whole else 0.0,
                "nulls_at": "last" if last else "random",
                "nulls_with": "",
                "not_before": [],
                "after": [],
                "meaning": "",
                "why": "apart from the others of its group",
            }
        )
        keyed = keyed.with_column(name, plan)
    return keyed


def _grouped(keyed: Keyed, exclusion: Exclusion, found: Shape) -> tuple[Keyed, Short | None]:
    """One digit of a permuted row number chooses the group, the other the place in it."""
    rows = keyed.rows[keyed.table.name]
    kind = _element(keyed, found)
    room = apart.places(kind.kind)
    carriers = _carriers(keyed, found.equal)
    most, carrier = max(carriers, default=(1, ""))
    groups = max(min(most, -(-rows // _FEW)), 1)
    count = -(-rows // groups)
    if count > room:
        return keyed, Short(
            f"{rows:,} rows in {groups:,} groups need {count:,} stretches of {kind.native} each, "
            f"and there are {room:,}",
            groups * room,
        )
    whole = groups * count
    digit = Distinct(how="digit", capacity=whole, modulo=groups, group=exclusion.name)
    if carrier in keyed.columns:
        plan, _ = keyed.distinct(carrier)
        keyed = keyed.with_column(carrier, plan.model_copy(update={"distinct": digit}))
    elif carrier:
        drawn = {"how": "drawn", "path": [], "down": [], "distinct": digit}
        keyed = keyed.with_key(carrier, keyed.keys[carrier].model_copy(update=drawn))
    place = Distinct(how="digit", capacity=whole, divide=groups, modulo=count, group=exclusion.name)
    return _stretched(keyed, found, place), None


def _carriers(keyed: Keyed, equal: tuple[str, ...]) -> list[tuple[int, str]]:
    """Keys and columns that can choose the group, with how many groups they make."""
    printed = keyed.printed
    found: list[tuple[int, str]] = []
    for column in equal:
        key = printed.get(column, "")
        if key and keyed.carries(key, ()) and keyed.keys[key].how != "derived":
            found.append((keyed.parents(key), key))
        elif not key and column in keyed.columns and keyed.columns[column].distinct is None:
            room = keyed.distinct(column)[1]
            found += [(room, column)] if room else []
    return found
