"""How each key and unique constraint is met: by arithmetic, never by a set of seen values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from math import prod

from seeder.generate.registry import definitions
from seeder.plan import partial
from seeder.plan.bounds import Bounds
from seeder.plan.model import ColumnPlan, Distinct, FanOutPlan, Finding, KeyPlan
from seeder.plan.overlap import overlapping
from seeder.plan.trial import keeps
from seeder.schema import Column, ForeignKey, Name, Table, Type, Unique

_INTEGER = {16: 2**15 - 1, 32: 2**31 - 1, 64: 2**62}


@dataclass(frozen=True, slots=True)
class Short:
    """Why rows cannot all be told apart, and the ``most`` rows that could; 0 when none is sure."""

    why: str
    most: int = 0


@dataclass(frozen=True)
class Keyed:
    """A table's keys and columns while their uniqueness is decided; replaced, never changed.

    ``ordered``: the rows of an owner divide its stretch of time among them. ``echoes``: keys that
    give a column nothing, because their target has its value from here. ``uniques``: what is
    unique in the tables that keys point at, beside the columns that a key itself names.
    ``plain``: the generator by type of columns that CHECKs narrow.
    """

    table: Table
    owner: str
    keys: Mapping[str, KeyPlan]
    columns: Mapping[str, ColumnPlan]
    rows: Mapping[Name, int]
    ordered: bool = False
    echoes: frozenset[str] = frozenset()
    uniques: Mapping[Name, tuple[Unique, ...]] = field(default_factory=dict)
    plain: Mapping[str, ColumnPlan] = field(default_factory=dict)

    @property
    def printed(self) -> dict[str, str]:
        """Which key prints a column."""
        return self.table.printed_by(k for k in self.keys if k not in self.echoes)

    @property
    def overlapping(self) -> frozenset[str]:
        """Keys that share a column with another one, so that they are not free to be redrawn."""
        return overlapping([self.table.keys_by_name[k] for k in self.keys])

    def distinct(self, column: str) -> tuple[ColumnPlan, int]:
        """The plan under which the column can be distinct, and its capacity."""
        return distinct_capable(
            self.columns[column], self.table.column(column), self.plain.get(column)
        )

    def movable(self, key: str) -> bool:
        """Whether the key may be drawn in another way, to tell rows apart."""
        plan = self.keys[key]
        free = plan.how in ("drawn", "within", "derived") and plan.distinct is None
        return free and key != self.owner and key not in self.overlapping

    def carries(self, key: str, among: Collection[str]) -> bool:
        """Whether the key can tell rows apart that are alike in all the other keys of a set: what
        it avoids must be one of those, or two places would be one parent."""
        return self.movable(key) and set(self.keys[key].apart) <= set(among)

    def parents(self, key: str) -> int:
        """How many rows the key may draw from."""
        plan = self.keys[key]
        if plan.among is not None:
            return max(plan.among.rows - len(plan.apart), 0)
        return max(self.rows[self.table.keys_by_name[key].target] - len(plan.apart), 0)

    def with_column(self, name: str, plan: ColumnPlan) -> Keyed:
        return replace(self, columns={**self.columns, name: plan})

    def with_key(self, name: str, plan: KeyPlan) -> Keyed:
        return replace(self, keys={**self.keys, name: plan})


def capacity(plan: ColumnPlan, kind: Type) -> int:
    """How many distinct values the column's generator can make; 0 when it cannot."""
    found = definitions().get(plan.generator)
    if found is None or found.capacity is None:
        return 0
    return found.capacity(kind, found.resolve(plan.params))


def distinct_capable(
    plan: ColumnPlan, column: Column, plain: ColumnPlan | None = None
) -> tuple[ColumnPlan, int]:
    """The column's own generator if it can be distinct, else the type's, and the capacity.

    ``plain`` is the type's generator within what CHECKs leave, where they leave less than all.
    """
    kind = column.type
    if kind.kind == "integer" and plan.generator == "type.integer":
        # A counter, as a sequence would have it, unless its limits leave too few numbers.
        first = plan.params.get("min_value") or 1
        counter = plan.model_copy(
            update={"generator": "counter", "params": {"start": first} if first != 1 else {}}
        )
        last = plan.params.get("max_value")
        room = capacity(counter, kind) if last is None else int(last) - int(first) + 1
        return counter, room
    own = capacity(plan, column.type)
    if own:
        return plan, own
    if plan.generator == "choice" or "pattern" in plan.params:
        return plan, 0
    if plain is not None and plain.generator != plan.generator:
        return distinct_capable(plain, column)
    replacement = {
        "integer": "counter", "decimal": "counter", "text": "type.code", "uuid": "type.uuid",
        "float": "type.float", "boolean": "type.boolean", "time": "type.time",
        "timetz": "type.timetz", "date": "type.date",
        "timestamp": "moment.distinct", "timestamptz": "moment.distinct",
    }.get(kind.kind)  # fmt: skip
    if replacement is None:
        return plan, 0
    known = definitions()[replacement]
    params = {k: v for k, v in plan.params.items() if k in known.parameters}
    new = plan.model_copy(
        update={"generator": replacement, "params": params, "why": "distinct values are needed"}
    )
    return new, capacity(new, kind)


def best_capacity(plan: ColumnPlan, column: Column, plain: ColumnPlan | None = None) -> int:
    """The capacity after a replacement by the type's distinct generator, where that is allowed."""
    room = distinct_capable(plan, column, plain)[1]
    # A counter takes the place of numbers that are drawn, and begins with 1.
    drawn = column.type.kind == "integer" and plan.generator == "type.integer"
    return room if drawn else max(capacity(plan, column.type), room)


def tells(
    key: ForeignKey, columns: Collection[str], uniques: Mapping[Name, tuple[Unique, ...]]
) -> bool:
    """Whether values of ``columns`` tell which parent a row has along ``key``.

    The tenant of a key to (tenant, site) does not; its site does where a site's number alone is
    unique too.
    """
    if set(key.columns) <= set(columns):
        return True
    theirs = {t for c, t in zip(key.columns, key.target_columns, strict=True) if c in columns}
    return any(
        set(u.columns) <= theirs and not u.predicate and not u.expressions
        for u in uniques.get(key.target, ())
    )


@dataclass(frozen=True)
class Used:
    """Row numbers that earlier batches of a table took, ``rows`` of them. Of sets with one of the
    ``fresh`` keys, whose parents come with the batch, they took nothing."""

    rows: int = 0
    fresh: frozenset[str] = frozenset()

    def left(self, total: int, factors: Collection[str]) -> int:
        return total if self.fresh & set(factors) else max(total - self.rows, 0)


NOTHING_USED = Used()


def cap(
    table: Table,
    keys: Mapping[str, Name],
    columns: Mapping[str, ColumnPlan],
    rows: Mapping[Name, int],
    uniques: Mapping[Name, tuple[Unique, ...]] | None = None,
    plain: Mapping[str, ColumnPlan] | None = None,
    among: Mapping[str, int] | None = None,
    differing: Collection[tuple[str, str]] = (),
    used: Used = NOTHING_USED,
) -> tuple[int, str] | None:
    """The most rows that the table's unique sets allow, and the arithmetic; None for no limit.

    ``keys`` are the names and targets of the keys that the plan fills; ``uniques`` and ``plain``
    as in ``Keyed``; ``among`` the rows that a key is left to draw from, where it is not all;
    ``differing`` the keys of which one avoids the other's parent; ``used`` what earlier batches
    took.
    """
    best: tuple[int, str] | None = None
    printed = table.printed_by(keys)
    temporal = {x.name for x in table.exclusions}  # WITHOUT OVERLAPS: not equal, but apart
    for unique in table.uniques:
        if unique.predicate or unique.name in temporal or partial.absent(unique, columns):
            continue
        factors: dict[str, int] = {}
        for column in unique.columns:
            if column in printed:
                target = keys[printed[column]]
                if target == table.name:
                    continue
                if not tells(table.keys_by_name[printed[column]], unique.columns, uniques or {}):
                    continue
                factors[printed[column]] = (among or {}).get(
                    printed[column], rows.get(target, 2**62)
                )
            elif column in columns:
                plan = columns[column]
                factors[column] = (
                    _replaced(plan, table.column(column), (plain or {}).get(column)) or 1
                )
            else:
                factors[column] = 2**62
        if not factors:
            continue
        for first, second in differing:
            if first in factors and second in factors:
                fewer = min(first, second, key=lambda k: factors[k])
                factors[fewer] = max(factors[fewer] - 1, 0)
        total = prod(factors.values())
        left = used.left(total, factors)
        if total < 2**62 and (best is None or left < best[0]):
            terms = " x ".join(f"{n:,} ({what})" for what, n in factors.items())
            said = f"{unique.name} is unique over {terms} = {total:,} distinct values"
            best = left, said + (f", {left:,} of them left" if left < total else "")
    return best


def in_order(column: Column) -> bool:
    """Whether the start of a row's stretch of time tells it from its siblings: the stretches do
    not overlap, to the microsecond."""
    return column.type.kind in ("timestamp", "timestamptz") and column.type.precision in (None, 6)


def _replaced(plan: ColumnPlan, column: Column, plain: ColumnPlan | None) -> int:
    """Like ``best_capacity``, but a date can always be told apart by its own means."""
    found = best_capacity(plan, column, plain)
    if in_order(column):
        return 2**40
    if found or plan.generator == "choice":
        return found
    return 2 if column.type.kind == "boolean" else 0


def assign(keyed: Keyed) -> tuple[Keyed, list[Finding]]:
    """Decide every unique set of the table, the primary key first, then the smaller ones."""
    findings: list[Finding] = []
    temporal = {x.name for x in keyed.table.exclusions}
    uniques = sorted(
        (u for u in keyed.table.uniques if u.name not in temporal),
        key=lambda u: (not u.primary, bool(u.predicate), len(u.columns), u.name),
    )
    for unique in uniques:
        if any(keyed.table.column(c).generated for c in unique.columns):
            continue
        if unique.nulls_not_distinct:
            keyed = _without_nulls(keyed, unique)
        if met(keyed, unique):
            continue
        keyed, short = _meet(keyed, unique)
        if short and not _avoided(keyed, unique):
            findings.append(
                Finding(
                    severity="error", code="capacity", place=f"{keyed.table.name}",
                    message=f"{unique.name} ({', '.join(unique.columns)}): {short.why}",
                    hint=f"ask for fewer rows: --table {keyed.table.name}={short.most}",
                    most=short.most,
                )
            )  # fmt: skip
    return keyed, findings


def _without_nulls(keyed: Keyed, unique: Unique) -> Keyed:
    """NULLS NOT DISTINCT allows one NULL; none is simpler, and as good."""
    keys, columns = _members(keyed, unique)
    for key in keys:
        keyed = keyed.with_key(key, keyed.keys[key].model_copy(update={"nulls": 0.0}))
    for column in columns:
        keyed = keyed.with_column(
            column, keyed.columns[column].model_copy(update={"nulls": 0.0, "nulls_with": ""})
        )
    return keyed


def _members(keyed: Keyed, unique: Unique) -> tuple[list[str], list[str]]:
    printed = keyed.printed
    named = dict.fromkeys(printed[c] for c in unique.columns if c in printed)
    keys = [
        k for k in named
        if tells(keyed.table.keys_by_name[k], unique.columns, keyed.uniques)
    ]  # fmt: skip
    columns = [c for c in unique.columns if c not in printed and c in keyed.columns]
    return keys, columns


def met(keyed: Keyed, unique: Unique) -> bool:
    """Whether some member of the set tells all rows apart already."""
    if keyed.rows[keyed.table.name] <= 1 or partial.absent(unique, keyed.columns):
        return True
    keys, columns = _members(keyed, unique)
    for column in columns:
        how = keyed.columns[column].distinct
        if how is not None and how.how in ("row", "shuffled"):
            return True
        if how is not None and how.how == "siblings" and keyed.owner in keys:
            return True
    for key in keys:
        plan = keyed.keys[key]
        if plan.how == "within" and not plan.path:
            return True  # nobody else's child
        if plan.how in ("distinct", "previous") or (plan.how == "owner" and plan.fan_out.high == 1):
            return True
        if plan.distinct is not None and keyed.owner in keys:
            return True
    # A derived key that leads back to a 1:1 owner is as distinct as the owner only when the
    # owner's whole line is; that is decided by the owner itself, so nothing is assumed here.
    return False


def meet(keyed: Keyed, unique: Unique) -> tuple[Keyed, Short | None]:
    """Make one more set of columns unique, if it is not yet; and why that cannot be, if so."""
    return (keyed, None) if met(keyed, unique) else _meet(keyed, unique)


def _meet(keyed: Keyed, unique: Unique) -> tuple[Keyed, Short | None]:
    keys, columns = _members(keyed, unique)
    if keyed.owner and keyed.owner in keys:
        singled = _singled_out(keyed, unique)
        if singled is not None:
            return singled, None
        return _among_siblings(keyed, unique, keys, columns)
    rows = keyed.rows[keyed.table.name]
    ranked = sorted(columns, key=lambda c: _preference(keyed, c))
    for column in ranked:
        plan, room = keyed.distinct(column)
        if room >= rows:
            by_row = plan.generator in ("counter", "key.pieces")
            distinct = Distinct(how="row" if by_row else "shuffled", capacity=room)
            nulls = 0.0 if unique.primary else plan.nulls
            plan = plan.model_copy(update={"distinct": distinct, "nulls": nulls})
            return keyed.with_column(column, plan), None
    return _mixed_radix(keyed, unique, keys, columns)


def _singled_out(keyed: Keyed, unique: Unique) -> Keyed | None:
    """A partial unique index of an owner's rows: only one of them meets its predicate."""
    asked = partial.condition(unique)
    if asked is None or asked.column not in keyed.columns:
        return None
    column = keyed.table.column(asked.column)
    plan = partial.one_of_siblings(keyed.columns[asked.column], column, asked, unique.name)
    return None if plan is None else keyed.with_column(asked.column, plan)


def _avoided(keyed: Keyed, unique: Unique) -> bool:
    """Whether no row meets the predicate: it asks for a value that the column never has."""
    asked = partial.condition(unique)
    if asked is None or asked.column not in keyed.columns or asked.test != "in":
        return False
    plan, column = keyed.columns[asked.column], keyed.table.column(asked.column)
    return column.type.kind == "text" and keeps(
        plan.generator, plan.params, column.type, Bounds(never=asked.values), 0
    )


def _preference(keyed: Keyed, column: str) -> tuple[bool, int, str]:
    """What means something and would lose that comes last; then by type."""
    kind, plan = keyed.table.column(column).type.kind, keyed.columns[column]
    loses = bool(plan.meaning) and plan.generator != "type.integer"
    loses = loses and not capacity(plan, keyed.table.column(column).type)
    order = ("integer", "uuid", "text", "decimal", "timestamp", "timestamptz", "date")
    return (loses, order.index(kind) if kind in order else len(order), column)


def _among_siblings(
    keyed: Keyed, unique: Unique, keys: list[str], columns: list[str]
) -> tuple[Keyed, Short | None]:
    """One member tells the children of an owner apart; its capacity bounds the fan-out."""
    owner = keyed.keys[keyed.owner]
    fewest = -(-keyed.rows[keyed.table.name] // max(keyed.parents(keyed.owner), 1))
    carriers: list[tuple[int, Keyed]] = []
    counted = 0
    for column in sorted(columns, key=lambda c: _preference(keyed, c)):
        plan, room = keyed.columns[column], 0
        kind = keyed.table.column(column).type
        if kind.kind == "integer" and plan.generator in (
            "type.integer", "counter", "id.version",
        ):  # fmt: skip
            room = min(_INTEGER[kind.bits or 32], plan.params.get("max_value") or 2**62)
            plan = plan.model_copy(update={"generator": "ordinal", "params": {}})
        elif keyed.ordered and in_order(keyed.table.column(column)):
            plan, room = plan.model_copy(update={"generator": "moment.start", "params": {}}), 2**40
        else:
            plan, room = keyed.distinct(column)
        if room:
            distinct = Distinct(how="siblings", capacity=room)
            plan = plan.model_copy(update={"distinct": distinct, "nulls": 0.0})
            # What counts an owner's rows by its meaning does so before anything else.
            counts = plan.generator == "ordinal" and plan.meaning
            carriers.insert(
                counted if counts else len(carriers), (room, keyed.with_column(column, plan))
            )
            counted += bool(counts)
    for key in keys:
        plan_ = keyed.keys[key]
        if not keyed.carries(key, keys):
            continue
        room = keyed.parents(key)
        found = (
            room,
            keyed.with_key(
                key,
                plan_.model_copy(
                    update={
                        "how": "drawn",
                        "path": [],
                        "down": [],
                        "distinct": Distinct(how="siblings", capacity=room),
                        "why": f"tells the rows of one {unique.name} apart",
                    }
                ),
            ),
        )
        # A derived key is the owner's own by nature: it gives way only when nothing else can.
        carriers.insert(len(carriers) if plan_.how == "derived" else counted, found)
    for room, after in carriers:
        if room >= 2 * fewest:
            return bounded(after, owner, room), None
    if carriers:
        room, after = max(carriers, key=lambda c: c[0])
        if room >= fewest:
            return bounded(after, owner, room), None
    if fewest <= 1:
        return bounded(keyed, owner, 1), None
    most = max((c[0] for c in carriers), default=1)
    parents = keyed.parents(keyed.owner)
    return keyed, Short(
        f"{keyed.rows[keyed.table.name]:,} rows over {parents:,} parents need "
        f"{fewest} distinct values for each, and there are {most}",
        parents * most,
    )


def bounded(keyed: Keyed, owner: KeyPlan, high: int) -> Keyed:
    """At most ``high`` rows of an owner."""
    old = owner.fan_out.high
    bound = high if old is None else min(old, high)
    if bound >= 2**31:
        return keyed
    return keyed.with_key(
        keyed.owner,
        keyed.keys[keyed.owner].model_copy(
            update={"fan_out": FanOutPlan(low=owner.fan_out.low, high=bound)}
        ),
    )


def _digits(keyed: Keyed, keys: list[str], columns: list[str], *, derived: bool) -> dict[str, int]:
    """How many values each member may take in turn. A strata key stays as it is: another table
    descends along it; a derived one gives way only where nothing else can."""
    sizes: dict[str, int] = {}
    for key in keys:
        if (derived or keyed.keys[key].how != "derived") and keyed.carries(key, keys):
            sizes[key] = keyed.parents(key)
    for column in columns:
        plan, room = keyed.distinct(column)
        if room and not plan.distinct:
            sizes[column] = room
    return sizes


def _mixed_radix(
    keyed: Keyed, unique: Unique, keys: list[str], columns: list[str]
) -> tuple[Keyed, Short | None]:
    """Several members together tell the rows apart: digits of a permuted row number."""
    rows = keyed.rows[keyed.table.name]
    sizes = _digits(keyed, keys, columns, derived=False)
    if prod(sizes.values()) < rows or not sizes:
        sizes = _digits(keyed, keys, columns, derived=True)
    total = prod(sizes.values())
    if total < rows or not sizes:
        terms = " x ".join(f"{n:,} ({what})" for what, n in sizes.items()) or "1"
        return keyed, Short(f"{rows:,} rows, but only {terms} = {total:,} distinct values", total)
    divide, used = 1, dict(sorted(sizes.items(), key=lambda s: -s[1]))
    kept: dict[str, int] = {}
    for name, size in used.items():
        kept[name] = size
        if prod(kept.values()) >= rows * 2:
            break
    whole = prod(kept.values())
    for name, size in kept.items():
        digit = Distinct(how="digit", capacity=whole, divide=divide, modulo=size, group=unique.name)
        divide *= size
        if name in keyed.columns:
            plan, _ = keyed.distinct(name)
            keyed = keyed.with_column(
                name, plan.model_copy(update={"distinct": digit, "nulls": 0.0})
            )
        else:
            key_plan = keyed.keys[name].model_copy(
                update={"how": "drawn", "path": [], "down": [], "distinct": digit, "nulls": 0.0}
            )
            keyed = keyed.with_key(name, key_plan)
    return keyed, None
