"""What a plan tells its reader beside its choices: what forbids a load, what to know before it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from seeder.errors import PlanError
from seeder.generate import locale
from seeder.generate.fanout import widest_spread
from seeder.plan.graph import Graph
from seeder.plan.model import ColumnPlan, Finding, Options, Plan, TablePlan
from seeder.plan.partitions import Divided
from seeder.schema import Facts, Name, Schema, Table, Trigger
from seeder.text.book import shortest
from seeder.text.grammar import language_of
from seeder.text.tongue import name as language_name


def undivided(table: Table, parts: Divided, printed: Collection[str]) -> list[Finding]:
    """Partitions that would refuse rows, and nothing that a generator can do about it."""
    problem = parts.problem
    if not set(parts.together).isdisjoint(printed):
        problem = "its partitions choose by a key's column together with another one"
    if not problem:
        return []
    return [
        Finding(
            severity="error", code="partitions", place=str(table.name), message=problem,
            hint=f"CREATE TABLE ... PARTITION OF {table.name} DEFAULT, or --table {table.name}=0",
        )
    ]  # fmt: skip


def no_partitions(bare: Mapping[Name, str]) -> list[Finding]:
    """Tables that stay empty, as no partition would take their rows."""
    return [
        Finding(
            severity="warning", code="partitions", place=str(name),
            message=f"{why}: it stays empty",
            hint=f"CREATE TABLE ... PARTITION OF {name} DEFAULT, and plan again",
        )
        for name, why in bare.items()
    ]  # fmt: skip


def outside(graph: Graph, table: Table) -> list[Finding]:
    """Keys to tables that are not filled."""
    found = []
    for key in table.foreign_keys:
        if key.target in graph.members:
            continue
        required = not table.nullable(key)
        found.append(
            Finding(
                severity="error" if required else "warning",
                code="parent-not-filled",
                place=f"{table.name}.{key.name}",
                message=f"the key points at {key.target}, which this plan does not fill"
                + ("" if required else ": it stays NULL"),
                hint="fill that table too" if required else "",
            )
        )
    return found


def feasible(tables: Mapping[str, TablePlan], schema: Schema) -> list[Finding]:
    """Every fan-out's total must fit its bounds."""
    findings = []
    for text, plan in tables.items():
        for key, key_plan in plan.keys.items():
            table = schema[Name.parse(text)]
            target = tables.get(str(table.keys_by_name[key].target))
            parents = target.rows if target is not None else 0
            parents = key_plan.among.rows if key_plan.among is not None else parents
            if not parents:
                continue
            if (
                key_plan.how == "distinct"
                and not table.nullable(table.keys_by_name[key])
                and plan.rows > parents
            ):
                findings.append(_too_many(text, key, plan.rows, parents))
            if key_plan.how not in ("owner", "strata"):
                continue
            bounds = key_plan.fan_out
            try:
                widest_spread(parents, plan.rows, bounds.low, bounds.high)
            except ValueError as error:
                findings.append(
                    Finding(
                        severity="error", code="fan-out", place=f"{text}.{key}",
                        message=str(error), hint=f"change the rows: --table {text}=N",
                        most=None if bounds.high is None else parents * bounds.high,
                    )
                )  # fmt: skip
    return findings


def ceilings(plan: Plan) -> dict[Name, tuple[int, str]]:
    """The most rows of each table that cannot hold those planned, and why: at least one row."""
    found: dict[Name, tuple[int, str]] = {}
    for each in plan.findings:
        if each.severity != "error" or not each.most:
            continue
        text = max((t for t in plan.tables if _within(each.place, t)), key=len)
        name = Name.parse(text)
        if each.most < min(plan.tables[text].rows, found.get(name, (2**62, ""))[0]):
            found[name] = each.most, f"{each.message}: reduced to {each.most:,} rows"
    return found


def _within(place: str, table: str) -> bool:
    return place == table or place.startswith(f"{table}.")


def _too_many(text: str, key: str, rows: int, parents: int) -> Finding:
    return Finding(
        severity="error",
        code="capacity",
        place=f"{text}.{key}",
        message=f"{rows:,} rows each need a parent of their own, and there are {parents:,}",
        hint=f"ask for fewer rows: --table {text}={parents}",
        most=parents,
    )


def narrow(tables: Mapping[str, TablePlan], schema: Schema) -> list[Finding]:
    """Columns of text that are too narrow for a sentence of their kind."""
    found = []
    for text, plan in tables.items():
        table = schema[Name.parse(text)]
        for name, column in plan.columns.items():
            length = table.column(name).type.length
            kind = str(column.params.get("kind", ""))
            language = language_of(locale.of(column.params))
            least = shortest(kind, language) if _prose(column) and kind else 0
            if length is not None and length < least:
                found.append(
                    Finding(
                        severity="info", code="text-short", place=f"{text}.{name}",
                        message=f"{length} characters have no room for most texts of kind {kind}, "
                        f"of which the shortest take about {least}: words are written instead",
                        hint="nothing, or a wider column, or a generator of codes",
                    )
                )  # fmt: skip
    return found


def _prose(column: ColumnPlan) -> bool:
    return column.generator.startswith("text.")


def spoken(tables: Mapping[str, TablePlan]) -> list[Finding]:
    """Texts in languages that have a grammar only."""
    found: dict[str, list[str]] = {}
    for text, plan in tables.items():
        for name, column in plan.columns.items():
            language = language_of(locale.of(column.params))
            if _prose(column) and language != "en":
                found.setdefault(language, []).append(f"{text}.{name}")
    return [
        Finding(
            severity="info", code="text-language", place=places[0],
            message=f"texts of {len(places)} column{'s' if len(places) > 1 else ''} are in "
            f"{language_name(language)}, which has a grammar only: the commonest conditions have "
            "names, others are told in the words of their group",
            hint="nothing; pools and models write English",
        )
        for language, places in sorted(found.items())
    ]  # fmt: skip


def holding(filled: frozenset[Name], facts: Facts | None, options: Options) -> list[Finding]:
    """Tables that hold rows and do not look like reference data: a load would refuse."""
    if options.batch is not None:
        return []
    names = sorted(n for n in filled if facts and n in facts.tables and facts.tables[n].holds_rows)
    return [
        Finding(
            severity="warning", code="holds-rows", place=str(name),
            message="the table holds rows already: a load refuses to touch it",
            hint="empty it, load with --truncate --yes, or add a batch: --append",
        )
        for name in names
    ]  # fmt: skip


def stale(filled: frozenset[Name], facts: Facts | None) -> list[Finding]:
    """Materialised views that will not show the new rows by themselves."""
    names = [str(d.name) for d in facts.stale(filled)] if facts else []
    if not names:
        return []
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return [
        Finding(
            severity="info", code="stale-view", place=names[0],
            message=f"materialised views that read filled tables stay as they are: {shown}",
            hint="seeder load --refresh reads them again after the load",
        )
    ]  # fmt: skip


_DOING = {
    "fills": "fills columns",
    "rejects": "may reject rows",
    "redirects": "keeps rows out of the table",
    "writes": "writes elsewhere",
    "unknown": "is not in SQL or PL/pgSQL",
}


def triggered(
    schema: Schema, filled: frozenset[Name], facts: Facts | None, options: Options
) -> list[Finding]:
    """Triggers that new rows fire: ours to switch off for the load, or not."""
    findings = []
    for name in sorted(filled):
        fired = [_doing(t) for t in schema[name].triggers if t.fires]
        if not fired:
            continue
        ours = facts is None or name not in facts.tables or facts.tables[name].owned
        off = ours and options.triggers != "on"
        hint = "load as the owner of the table, so that it can be off"
        findings.append(
            Finding(
                severity="info" if off else "warning", code="trigger", place=str(name),
                message=f"{', '.join(fired)}: "
                + ("off during the load, so that rows stay as planned" if off
                   else "fires for the rows that are loaded, and may change or refuse them"),
                hint="--triggers on leaves it alive" if off else "--triggers off" if ours else hint,
            )
        )  # fmt: skip
    return findings


def _doing(trigger: Trigger) -> str:
    said = ", ".join(_DOING[what] for what in trigger.does)
    return f"{trigger.name} ({said})" if said else trigger.name


def refuse_errors(plan: Plan) -> None:
    """Raise PlanError when the plan holds findings that forbid a load."""
    errors = [f for f in plan.findings if f.severity == "error"]
    if errors:
        lines = "\n".join(f"  {f.place}: {f.message}" for f in errors)
        raise PlanError(f"the plan cannot be loaded:\n{lines}", errors[0].hint)
