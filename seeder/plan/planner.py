"""The pure planner: ``make_plan(schema, options)`` and nothing else decides what a load does."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial

from seeder import schema as sch
from seeder.collector import uncollected
from seeder.errors import UsageError
from seeder.generate.data import entries
from seeder.generate.defaults import default_generator
from seeder.generate.registry import definition
from seeder.plan import batch as batches
from seeder.plan import (
    choosing,
    fitting,
    identity,
    missing,
    noise,
    polymorphic,
    redirect,
    rights,
    wishes,
    wording,
)
from seeder.plan import findings as telling
from seeder.plan.apart import Pair
from seeder.plan.asked import Asked, asked
from seeder.plan.budget import share_out
from seeder.plan.carried import carried
from seeder.plan.columns import plan_columns
from seeder.plan.control import compiled, enough, refuse_abroad, timely
from seeder.plan.exclusion import divides_time, separate
from seeder.plan.graph import Graph, circle, echoes, one_to_one, owners
from seeder.plan.joining import joined
from seeder.plan.keys import Link, decide_agreements, plan_keys
from seeder.plan.model import (
    CaseGroup,
    ColumnPlan,
    Distinct,
    Finding,
    IndexPlan,
    KeyPlan,
    Options,
    Plan,
    TablePlan,
    TimePlan,
    reference_instant,
)  # fmt: skip
from seeder.plan.overrides import Role
from seeder.plan.partitions import divided, undivided
from seeder.plan.pieces import pieces, selected
from seeder.plan.reaching import copies, of_parts, types_of
from seeder.plan.stories import (
    Way,
    counted,
    is_patients,
    is_visits,
    listed,
    listing,
    setting_of,
    ways,
    weighed,
)
from seeder.plan.timing import refuse_other_end
from seeder.plan.uniqueness import Keyed, assign, cap
from seeder.schema import Facts, Name, Schema, Table, Unique
from seeder.semantics import read_table, role_of
from seeder.semantics.roles import table_words

NO_RIGHT = "no right to insert"
_TRIES = 5  # plans of ever fewer rows for the tables that cannot hold theirs
_MOMENTS = ("date", "timestamp", "timestamptz")
_LASTING = ("patient", "person", "staff", "organisation", "place")
_PLACES = frozenset(("diagnosis.rank", "care.position"))
# Parts of an entry by which the others of it are found.
_TELLING = frozenset(("code", "name"))


@uncollected
def make_plan(
    schema: Schema,
    options: Options,
    *,
    facts: Facts | None = None,
    indexes: Mapping[Name, Iterable[IndexPlan]] | None = None,
    dsn: str = "",
) -> Plan:
    """The plan for a schema: a pure function of its arguments.

    ``facts`` says which tables hold rows; ``indexes`` what the adapter found it can rebuild;
    ``dsn`` is written down as given, so it must be without its secret. Raises UsageError when
    the options name unknown tables or contradict each other, PlanError when the rows cannot fit.
    """
    ceilings: dict[Name, tuple[int, str]] = {}
    spared: set[tuple[str, str]] = set()
    for _ in range(_TRIES):
        plan, fixed = _made(schema, options, facts, indexes, dsn, ceilings, spared)
        short = {n: c for n, c in telling.ceilings(plan).items() if n not in fixed}
        spare = {f.spare for f in plan.findings if f.spare is not None}
        if not short and not spare:
            break
        ceilings |= short
        spared |= spare
    return plan


def _made(
    schema: Schema,
    options: Options,
    facts: Facts | None,
    indexes: Mapping[Name, Iterable[IndexPlan]] | None,
    dsn: str,
    ceilings: Mapping[Name, tuple[int, str]],
    spared: Collection[tuple[str, str]],
) -> tuple[Plan, frozenset[Name]]:
    """The plan under ``ceilings``, the most rows that a table was seen to hold and why, and without
    the implied keys that were ``spared``; and the tables whose rows the user gave."""
    reflected = schema
    guessed, doubtful = choosing.implied(schema, options, spared)
    # An override may name an implied key: which of them remain is known with the roles.
    wanted = asked(joined(schema, guessed), options)
    wishes.refuse_contradictions(schema, options, wanted)
    routed = redirect.routed(schema, options)
    bare = {n: why for n, why in undivided(schema).items() if n not in wanted.rows}
    roles = {t.name: _role(t, options, facts, routed, wanted, bare) for t in schema}
    given = {
        n: count
        for n, count in redirect.spread(wanted.rows | _given(schema, options), routed).items()
        if roles[n][0] in ("generate", "empty")
    }
    filled = frozenset(n for n, (role, _) in roles.items() if role == "generate")
    closed = [n for n, (_, why) in roles.items() if why == NO_RIGHT]
    if facts and closed and not filled:
        rights.refuse([*facts.lacks, *rights.missing(schema, closed, facts)])
    if not filled:
        raise UsageError(
            "there is no table to fill",
            "the database has no tables, or all of them are bookkeeping, hold rows already or have "
            "no partitions; "
            "create the schema first, or name other namespaces with --namespace",
        )
    kept = {
        n: options.kept[str(n)]
        for n, (role, _) in roles.items()
        if role == "keep" and options.kept.get(str(n))
    }
    members = filled | frozenset(kept)
    guessed = choosing.among(guessed, members)
    schema = joined(reflected, guessed)
    wanted = wanted.on(schema)
    findings = [choosing.doubt(found) for found in choosing.among(doubtful, members)]
    findings += telling.no_partitions({n: w for n, w in bare.items() if roles[n] == ("empty", w)})
    kinds = {n: role_of(schema[n], schema).kind for n in filled}
    kinds |= {n: wishes.kind_of_kept(wanted, schema[n], schema) for n in kept}
    graph = Graph(schema, kinds, filled | frozenset(kept), frozenset(kept))
    drawn = wishes.chosen_rows(wanted, schema, options, frozenset(kept))
    checked = selected(schema, frozenset(kept), filled, options.selected, drawn)
    drawn = {**drawn, **checked}
    split = pieces(schema, filled)
    chosen = _owners(
        graph, wanted, frozenset([*(p for p, item in drawn.items() if item.by), *split.keys])
    )
    fewer = {place: sum(options.selected[item.label]) for place, item in drawn.items()}
    columns: dict[Name, dict[str, ColumnPlan]] = {}
    scarce, met = options.overrides.clinical.missing, list[missing.Met]()
    copied = copies(schema, filled)
    parts = {n: divided(schema[n], schema) for n in filled}
    plain: dict[Name, dict[str, ColumnPlan]] = {}
    grouped: dict[Name, tuple[CaseGroup, ...]] = {}
    needed: dict[Name, frozenset[str]] = {}
    differing: dict[Name, tuple[Pair, ...]] = {}
    for name in sorted(filled):
        table = schema[name]
        own = echoes(graph, chosen, name)
        printed = table.printed_by(k.name for k in graph.keys(name) if k.name not in own)
        filling = plan_columns(
            table,
            wording.written(
                identity.spoken(
                    fitting.fitted(read_table(worded(table), schema), table, schema, filled),
                    options.locale,
                ),
                options.overrides.text,
            ),
            printed,
            reference_instant(options),
            types_of(copied, schema, name),
            parts[name],
            of_parts(copied, parts, name),
        )
        pointed = frozenset(c for t, c in copied if t == name)
        columns[name] = wishes.fill(wanted, table, filling, printed, options, pointed)
        columns[name], few = missing.sparse(
            scarce, table, columns[name], filling, printed, wanted.columns_of(name)
        )
        met += few
        plain[name], grouped[name] = filling.plain, filling.cases
        needed[name] = pointed | filling.present
        differing |= {name: filling.apart} if filling.apart else {}
        found = filling.findings
        findings += telling.undivided(table, parts[name], printed)
        columns[name] = {
            c: p.model_copy(update={"nulls": 0.0}) if (name, c) in copied and p.nulls < 1 else p
            for c, p in columns[name].items()
        }
        fixed = frozenset(wanted.columns_of(name))
        columns[name] |= {
            c: split.column((t, c), columns[name][c])
            for t, c in split.columns
            if t == name and c in columns[name] and c not in fixed
        }
        columns[name] |= carried(table, chosen.get(name), schema, filled, columns[name], fixed)
        findings += found + telling.outside(graph, table)
        findings += _paired(graph, table, columns[name], fixed)
    missing.refuse_unmatched(scarce, met, columns.values())
    findings += missing.findings(scarce, met)
    names = [n for n in _owners_first(graph, chosen) if n in filled]

    whole = _whole_lists(columns, given, options.rows)
    known = dict(kept)
    uniques = {t.name: t.uniques for t in schema}

    def limit(name: Name, rows: Mapping[Name, int]) -> tuple[int, str] | None:
        own = echoes(graph, chosen, name)
        seen = {**known, **rows}
        targets = {k.name: k.target for k in graph.keys(name) if k.name not in own}
        among = {k: n for (table, k), n in fewer.items() if table == name}
        found = [
            cap(schema[name], targets, columns[name], seen, uniques, plain[name], among,
                differing.get(name, ()), batches.used(options.batch, name, targets, filled))
        ]  # fmt: skip
        found += [
            (seen[k.target], f"each needs a row of its own in {k.target}")
            for k in graph.keys(name)
            if k.name in own and k.target in seen
        ]
        found += [ceilings[name]] if name in ceilings else []
        return min((f for f in found if f is not None), default=None)

    among = {child: len(children) for children in routed.values() for child in children}
    share = partial(
        share_out, graph, chosen, names, options.rows, given, limit, among, whole, split.least
    )
    rows, capped = share()
    # Inside a cycle a table is capped by one whose rows come later: once more, knowing them.
    known |= rows
    rows, capped = share()
    rows |= kept
    limited = frozenset([*drawn, *split.keys])
    keys, found = plan_keys(graph, chosen, rows, limited, differing, needed)
    keys |= split.limited(keys, rows, checked, options)
    findings += found
    keys = wishes.refer(wanted, schema, options, keys, drawn)
    told = ways(graph, chosen)
    refuse_abroad(options.overrides.clinical, options.locale)
    refuse_other_end(options.overrides.clinical.time, options.reference_date)
    cohorts = compiled(options.overrides.clinical).cohorts
    timely(options.overrides.clinical, reference_instant(options))
    enough(
        cohorts,
        {n: c for n, c in rows.items() if n in told and is_patients(graph, chosen, told[n], n)},
        {n: c for n, c in rows.items() if n in told and is_visits(graph, chosen, n)},
    )
    tables: dict[str, TablePlan] = {}
    for name in sorted(schema.by_name):
        role, why = roles[name]
        if role != "generate":
            if schema[name].kind != "partition":
                kind = kinds[name] if name in kept else "other"
                tables[str(name)] = TablePlan(role=role, kind=kind, why=why, rows=kept.get(name, 0))
            continue
        tables[str(name)], found = _table(
            graph, name, chosen, keys, columns[name], rows, needed[name], plain[name],
            frozenset(wanted.columns_of(name)), told.get(name),
        )  # fmt: skip
        if name in capped:
            findings.append(
                Finding(severity="info", code="capped", place=str(name), message=capped[name])
            )
        findings += found
    for name, way in told.items():
        made = listed(graph, way, name, tables[str(name)], columns, rows)
        theirs = {*wanted.columns_of(name), *(m.column for m in met if m.table == name)}
        made = counted(made, cohorts, theirs)
        tables[str(name)] = weighed(graph, told, chosen, name, made, rows, cohorts)
    dirt = options.overrides.clinical.noise
    dirty, said = noise.laid(dirt, schema, {n: tables[str(n)] for n in sorted(filled)}, copied)
    tables |= dirty
    findings += noise.findings(dirt, said)
    final = {(n, k): p for n in filled for k, p in tables[str(n)].keys.items()}
    agreements, found = decide_agreements(graph, final)
    findings += found
    for name in sorted(filled):
        tables[str(name)] = tables[str(name)].model_copy(
            update={
                "agreements": agreements.get(name, []),
                "cases": list(grouped[name]),
            }
        )
    tables = batches.started(tables, options.batch, schema)
    wishes.unfollowed(wanted, tables, schema)
    findings += wishes.findings(wanted, options, schema, tables, frozenset(kept))
    findings += identity.findings(tables)
    findings += telling.feasible(tables, schema) + telling.holding(filled, facts, options)
    findings += batches.findings(tables, options)
    findings += telling.narrow(tables, schema)
    if facts:
        findings += rights.findings(rights.missing(schema, sorted(filled), facts))
        findings += rights.left_out(rights.missing(schema, closed, facts))
    findings += (
        telling.stale(filled, facts)
        + redirect.findings(routed)
        + telling.triggered(schema, filled, facts, options)
    )
    findings += [
        Finding(severity="warning", code=code, place="server", message=message, hint=hint)
        for code, message, hint in (facts.notes if facts else ())
    ]
    return Plan(
        dsn=dsn,
        fingerprint=reflected.fingerprint,
        options=options,
        findings=findings,
        tables=tables,
        indexes={str(n): list(i) for n, i in (indexes or {}).items()},
        implied=[choosing.written(reflected, found) for found in guessed],
        schema=sch.to_data(reflected),
    ), frozenset(given)


def worded(table: Table) -> Table:
    """The table with its enums as text: what a list of words means is read as other words are."""
    if not any(c.type.kind == "enum" for c in table.columns):
        return table
    text = sch.Type("text", "text")
    return replace(
        table,
        columns=tuple(replace(c, type=text) if c.type.kind == "enum" else c for c in table.columns),
    )


# A list of codes is whole where it takes no more than this share of all rows.
_SHARE = 25


def _whole_lists(
    columns: Mapping[Name, Mapping[str, ColumnPlan]], given: Mapping[Name, int], rows: int
) -> dict[Name, int]:
    """Rows of the tables that list a code system: one for each entry."""
    sizes = {n: len(entries(of)) for n, made in columns.items() if (of := listing(made))}
    return {n: size for n, size in sizes.items() if n not in given and size * _SHARE <= rows}


def _paired(
    graph: Graph, table: Table, columns: dict[str, ColumnPlan], fixed: frozenset[str]
) -> list[Finding]:
    """Pairs of a table's name and a row of it are made to agree, or told of; ``fixed`` columns are
    as the user wants them."""
    findings = list(polymorphic.events(table))
    for pair in polymorphic.pairs(graph.schema, table, graph.members - graph.kept):
        if fixed & {pair.kind.name, pair.key.name}:
            continue
        agreed = polymorphic.planned(pair, columns)
        columns.update(agreed)
        if not agreed:
            findings.append(polymorphic.unplanned(table, pair))
    return findings


def _given(schema: Schema, options: Options) -> dict[Name, int]:
    out: dict[Name, int] = {}
    for text, count in options.tables.items():
        name = _find(schema, text)
        if count < 0:
            raise UsageError(f"--table {text}={count}: a count cannot be negative")
        out[name] = count
    return out


def _find(schema: Schema, text: str) -> Name:
    try:
        name = Name.parse(text)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if name in schema:
        return name
    bare = [n for n in schema.by_name if n.name == text]
    if len(bare) == 1:
        return bare[0]
    known = {n.name: n for n in schema.by_name} | {str(n): n for n in schema.by_name}
    close = difflib.get_close_matches(text, known, 1)
    raise UsageError(
        f"there is no table {text!r}",
        f"did you mean {known[close[0]]}?" if close else "see seeder plan",
    )


def _owners(graph: Graph, wanted: Asked, drawn: frozenset[Link]) -> dict[Name, sch.ForeignKey]:
    fixed = wishes.owners(wanted, graph.schema, graph.members - graph.kept)
    if (name := circle(fixed)) is not None:
        wishes.refuse_circle(wanted, name)
    return owners(graph, fixed, drawn)


def _role(
    table: Table,
    options: Options,
    facts: Facts | None,
    routed: Mapping[Name, tuple[Name, ...]],
    wanted: Asked,
    bare: Mapping[Name, str],
) -> tuple[Role, str]:
    if table.bookkeeping:
        return "ignore", table.bookkeeping
    if table.kind == "partition":
        return "ignore", "a partition: loaded through its parent"
    if table.kind == "foreign":
        return "ignore", "a foreign table is left alone"
    if options.namespaces and table.name.namespace not in options.namespaces:
        return "ignore", "outside the namespaces asked for"
    said = _said_role(table.name, options, wanted)
    if said is not None:
        return said
    if str(table.name) in options.kept:
        return "keep", f"holds {options.kept[str(table.name)]:,} rows, which serve as parents"
    if options.tables.get(str(table.name)) == 0:
        return "empty", "zero rows asked for"
    if table.name in bare and str(table.name) not in options.tables:
        return "empty", bare[table.name]
    if table.name in routed:
        return "empty", "its rows are in the tables that inherit from it"
    state = facts.tables.get(table.name) if facts else None
    if state is not None and not state.can_insert:
        return "ignore", NO_RIGHT
    if not any(not c.generated for c in table.columns):
        return "empty", "no column to fill"
    return "generate", ""


def _said_role(name: Name, options: Options, wanted: Asked) -> tuple[Role, str] | None:
    """The role that overrides give a table. Nothing can be kept of a table that is empty: a pack
    then leaves it to the planner, a user has said so."""
    wish = wanted.tables.get(name)
    if wish is None or wish.what.role in (None, "generate"):
        return None
    if wish.what.role != "keep":
        return wish.what.role, f"by {wish.why}"
    if options.kept.get(str(name)):
        rows = options.kept[str(name)]
        return "keep", f"holds {rows:,} rows, which serve as parents, by {wish.why}"
    if str(name) in options.kept or wish.own:
        return "keep", f"by {wish.why}; no rows of it can serve as parents"
    return None


def _owners_first(graph: Graph, chosen: Mapping[Name, sch.ForeignKey]) -> list[Name]:
    """The graph's order, with every owner before its children even inside a cycle."""
    done: dict[Name, None] = {}

    def visit(name: Name) -> None:
        line = [name]
        while line[-1] in chosen and chosen[line[-1]].target not in done:
            line.append(chosen[line[-1]].target)
        for each in reversed(line):
            done[each] = None

    for name in graph.order():
        if name not in done:
            visit(name)
    return list(done)


def _time(
    graph: Graph,
    name: Name,
    chosen: Mapping[Name, sch.ForeignKey],
    columns: Mapping[str, ColumnPlan],
    way: Way | None,
) -> TimePlan:
    """The stretch of a row, and the way to its patient's story."""
    time = _stretch(graph, name, chosen, columns, list(way.person) if way else [])
    if way is None:
        return time
    return time.model_copy(
        update={
            "story": way.story, "visit": list(way.visit), "visits": list(way.visits),
            "heads": way.heads, "ahead": _is_ahead(graph.schema[name]),
            "setting": setting_of(graph, name, way),
        }
    )  # fmt: skip


_AHEAD = frozenset("appointment appt booking reservation".split())


def _is_ahead(table: Table) -> bool:
    """Whether the table is a calendar: it holds what is to come as well."""
    return not _AHEAD.isdisjoint(table_words(table))


def _stretch(
    graph: Graph,
    name: Name,
    chosen: Mapping[Name, sch.ForeignKey],
    columns: Mapping[str, ColumnPlan],
    person: list[str],
) -> TimePlan:
    kind = graph.kinds[name]
    if kind in ("patient", "person"):
        return TimePlan(kind="life", person=person)
    owner = chosen.get(name)
    if owner is None:
        growing = kind in ("event", "log", "encounter")
        return TimePlan(kind="moment" if growing else "window", person=person)
    if not person and kind in ("staff", "place", "organisation", "reference", "junction"):
        return TimePlan(kind="window")
    if one_to_one(graph.schema[name], owner):
        return TimePlan(kind="slot", person=person)
    if kind == "encounter":
        # A part of a visit lasts as long as its part of it.
        part = graph.kinds[owner.target] == "encounter"
        return TimePlan(kind="slot" if part else "visit", person=person)
    made = {c.generator for c in columns.values()}
    if {"moment.start", "moment.end"} <= made and graph.kinds[owner.target] in _LASTING:
        # A period of somebody's life (an address, a coverage): one ends where the next begins.
        return TimePlan(kind="slot", person=person)
    # What has a length in days (a stay on a ward) is more than a moment.
    lasts = any(c.generator == "moment.length" for c in columns.values())
    brief = kind in ("event", "log") and not lasts
    return TimePlan(kind="moment" if brief else "slot", person=person)


def _table(
    graph: Graph,
    name: Name,
    chosen: Mapping[Name, sch.ForeignKey],
    keys: Mapping[Link, KeyPlan],
    columns: dict[str, ColumnPlan],
    rows: Mapping[Name, int],
    needed: frozenset[str],
    plain: Mapping[str, ColumnPlan],
    fixed: frozenset[str],
    way: Way | None,
) -> tuple[TablePlan, list[Finding]]:
    """``needed``: columns that are never NULL, as other keys point at them or a CHECK or the
    partitions say so; ``plain``: what can be distinct where a column's own generator cannot;
    ``fixed``: columns that overrides name."""
    table = graph.schema[name]
    owner = chosen[name].name if name in chosen else ""
    outside = {
        c for k in table.foreign_keys if k.target not in graph.members for c in k.columns
        if table.column(c).nullable
    }  # fmt: skip
    columns = {
        c: p
        if c not in outside
        else ColumnPlan(generator="null", nulls=1.0, why="its parent is not filled")
        for c, p in columns.items()
    }
    mine = {k: keys[name, k] for k in table.keys_by_name if (name, k) in keys}
    ordered = dict(sorted(mine.items(), key=lambda k: (k[0] != owner, k[0])))
    time = _time(graph, name, chosen, columns, way)
    if divides_time(table, chosen.get(name)) and time.kind in ("window", "visit", "moment"):
        time = time.model_copy(update={"kind": "slot", "visit": [], "visits": []})
        if time.story in ("visit", "spread"):
            time = time.model_copy(update={"story": "own"})
    if time.kind == "window":
        columns = {c: columns[c] if c in fixed else p for c, p in _ended(table, columns).items()}
    if not owner:
        columns = {
            c: p if c in fixed else _numbered(table, c, p, rows[name]) for c, p in columns.items()
        }
    in_turn = bool(owner) and time.kind in ("slot", "visit", "moment")
    keyed, findings = assign(
        Keyed(
            table,
            owner,
            ordered,
            columns,
            rows,
            in_turn,
            echoes(graph, chosen, name),
            _uniques(graph.schema, table),
            plain,
        )
    )
    keyed, unmet = separate(keyed)
    findings += unmet
    final = {
        k: p.model_copy(update={"nulls": 0.0}) if _required(table, k, needed) else p
        for k, p in keyed.keys.items()
    }
    return TablePlan(
        role="generate",
        kind=graph.kinds[name],
        rows=rows[name],
        owner=owner,
        time=time,
        keys=final,
        columns=_following(_in_order(keyed.columns, fixed) if owner else keyed.columns, fixed),
        why="",
    ), findings


def _in_order(columns: Mapping[str, ColumnPlan], fixed: frozenset[str]) -> dict[str, ColumnPlan]:
    """Places among an owner's rows count from 1 and have no gap: also where they are part of a key
    that another member keeps apart already."""
    found = dict(columns)
    for name, plan in columns.items():
        if plan.meaning not in _PLACES or plan.distinct is not None or name in fixed:
            continue
        if plan.generator == "type.integer" and not plan.params:
            found[name] = plan.model_copy(update={"generator": "ordinal"})
        elif plan.generator == "ordinal":
            found[name] = plan.model_copy(update={"nulls": 0.0})
    return found


def _following(columns: Mapping[str, ColumnPlan], fixed: frozenset[str]) -> dict[str, ColumnPlan]:
    """Columns that tell of the entry that another one holds, where a key keeps that apart from the
    row's story: the dose of a drug that the key names is that of the drug."""
    found = dict(columns)
    heads = [
        (name, plan) for name, plan in columns.items()
        if plan.generator == "code.drawn" and plan.distinct is not None
        and plan.distinct.how == "siblings" and plan.params.get("part", "code") in _TELLING
    ]  # fmt: skip
    for head, of in heads:
        for name, plan in columns.items():
            alike = all(plan.params.get(k, "") == of.params.get(k, "") for k in ("system", "group"))
            if plan.generator != "code.drawn" or not alike or plan.distinct or name in fixed:
                continue
            params = {**plan.params, "of": head, "key": of.params.get("part", "code")}
            params.pop("group", None)
            why = f"{plan.why}; looked up from {head}, which a key keeps apart"
            found[name] = plan.model_copy(
                update={"generator": "code.label", "params": params, "why": why}
            )
    return found


def _numbered(table: Table, name: str, plan: ColumnPlan, rows: int) -> ColumnPlan:
    """Places among an owner's rows, where there is no owner: places in the table, if its type and
    CHECKs have room for them; and any row for the first of an owner's."""
    column = table.column(name)
    counted = definition("counter")
    if plan.generator == "status.first" and plan.distinct is None:
        return plan.model_copy(
            update={
                "generator": "status.flag", "params": {},
                "why": f"{plan.why}; some rows, as the table has no owner",
            }
        )  # fmt: skip
    if plan.generator != "ordinal" or plan.params or plan.distinct is not None:
        return plan
    if column.type.checks or any(name in check.columns for check in table.checks):
        return plan
    if counted.capacity is None or counted.capacity(column.type, counted.resolve({})) < rows:
        return plan
    return plan.model_copy(
        update={
            "generator": "counter", "distinct": Distinct(how="row"),
            "why": f"{plan.why}; of the whole table, which has no owner",
        }
    )  # fmt: skip


def _ended(table: Table, columns: Mapping[str, ColumnPlan]) -> dict[str, ColumnPlan]:
    """What stands for years stands until today, in every row: an end that has come is some moment
    since the start."""
    starts = [c for c, p in columns.items() if p.generator == "moment.start" and not p.params]
    out = dict(columns)
    for name, plan in columns.items():
        kind = table.column(name).type.kind
        if plan.generator in ("moment.start", "moment.end", "moment.day") and kind == "time":
            # What stands for years begins and ends at midnight: the clock is of something else.
            generator, params = default_generator(table.column(name).type)
            out[name] = plan.model_copy(update={"generator": generator, "params": params})
            continue
        if plan.generator == "moment.end" and not plan.params and kind == "text":
            # A text is not put behind the start when it is earlier: some later part of the stretch.
            later = {"generator": "moment.within", "params": {"low": 0.1, "high": 1.0}}
            out[name] = plan.model_copy(update=later)
        if plan.generator == "moment.end" and not plan.params and kind in _MOMENTS:
            generator, params = default_generator(table.column(name).type)
            before = sorted({*plan.not_before, *starts})
            out[name] = plan.model_copy(
                update={"generator": generator, "params": params, "not_before": before}
            )
    return out


def _uniques(schema: Schema, table: Table) -> dict[Name, tuple[Unique, ...]]:
    return {k.target: schema[k.target].uniques for k in table.foreign_keys if k.target in schema}


def _required(table: Table, key: str, needed: frozenset[str] = frozenset()) -> bool:
    foreign = table.keys_by_name[key]
    return not table.nullable(foreign) or not needed.isdisjoint(foreign.columns)
