"""The pure planner: ``make_plan(schema, options)`` and nothing else decides what a load does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial

from seeder import schema as sch
from seeder.clinical.clinic import clinic
from seeder.collector import uncollected
from seeder.errors import UsageError
from seeder.generate.data import entries
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
    visiting,
    wishes,
    wording,
)
from seeder.plan import findings as telling
from seeder.plan.apart import Pair
from seeder.plan.asked import Asked, asked
from seeder.plan.budget import share_out
from seeder.plan.carried import carried
from seeder.plan.coded import lists
from seeder.plan.columns import plan_columns
from seeder.plan.control import compiled, enough, refuse_abroad, timely
from seeder.plan.graph import Graph, circle, echoes, owners
from seeder.plan.joining import joined
from seeder.plan.keys import Link, decide_agreements, plan_keys
from seeder.plan.model import (
    CaseGroup,
    ColumnPlan,
    Finding,
    IndexPlan,
    Options,
    Plan,
    TablePlan,
    reference_instant,
)  # fmt: skip
from seeder.plan.partitions import divided, undivided
from seeder.plan.pieces import pieces, selected
from seeder.plan.reaching import copies, of_parts, types_of
from seeder.plan.roles import NO_RIGHT, counts, role_for
from seeder.plan.stories import (
    counted,
    is_patients,
    is_visits,
    listed,
    listing,
    ways,
    weighed,
)
from seeder.plan.tables import planned
from seeder.plan.timing import refuse_other_end
from seeder.plan.uniqueness import cap
from seeder.schema import Facts, Name, Schema, Table
from seeder.semantics import read_table, role_of

_TRIES = 5  # plans of ever fewer rows for the tables that cannot hold theirs


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
    roles = {t.name: role_for(t, options, facts, routed, wanted, bare) for t in schema}
    given = {
        n: count
        for n, count in redirect.spread(wanted.rows | counts(schema, options), routed).items()
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
        found.append(visiting.dead(graph, chosen, name, seen, cohorts, given))
        return min((f for f in found if f is not None), default=None)

    told, wish = ways(graph, chosen), compiled(options.overrides.clinical)
    cohorts = wish.cohorts
    window = options.overrides.clinical.time.seen(reference_instant(options))
    more = visiting.often(graph, chosen, told, clinic(*wish).attendance, window)
    least = {**split.least, **visiting.least(graph, chosen, told, cohorts, options.rows)}
    among = {child: len(children) for children in routed.values() for child in children}
    share = partial(
        share_out,
        graph,
        chosen,
        names,
        options.rows,
        given,
        limit,
        among,
        whole,
        least,
        more,
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
    refuse_abroad(options.overrides.clinical, options.locale)
    refuse_other_end(options.overrides.clinical.time, options.reference_date)
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
        tables[str(name)], found = planned(
            graph, name, chosen, keys, columns[name], rows, needed[name], plain[name],
            frozenset(wanted.columns_of(name)), told.get(name),
        )  # fmt: skip
        if name in capped:
            findings.append(
                Finding(severity="info", code="capped", place=str(name), message=capped[name])
            )
        findings += found
    staying = lists(options)
    for name, way in told.items():
        made = listed(graph, way, name, tables[str(name)], columns, rows, staying)
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
    findings += telling.narrow(tables, schema) + telling.spoken(tables)
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


def _owners(graph: Graph, wanted: Asked, drawn: frozenset[Link]) -> dict[Name, sch.ForeignKey]:
    fixed = wishes.owners(wanted, graph.schema, graph.members - graph.kept)
    if (name := circle(fixed)) is not None:
        wishes.refuse_circle(wanted, name)
    return owners(graph, fixed, drawn)


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
