"""`seeder plan`: reflect, plan, show, write the plan file. Nothing in the database is changed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.tree import Tree

from seeder.cli import options, output
from seeder.errors import SeederError, UsageError
from seeder.load.drift import difference
from seeder.load.planning import next_batch, updated_plan
from seeder.plan import explain as explanation
from seeder.plan import file, overrides_file
from seeder.plan.compare import changes
from seeder.plan.model import ColumnPlan, Finding, Plan, TablePlan
from seeder.schema import Name, Table
from seeder.semantics.trust import CONFIDENT

_SHOWN = 4  # names on one line
_LINES = 40  # changes of a plan that is brought up to date
_ALIKE, _FEW = 8, 3  # so many findings of one kind are shown; else the first few
_MARK = {"error": "[bold red]error[/]", "warning": "[yellow]warning[/]", "info": "[dim]info[/]"}


@click.command()
@options.dsn_option
@options.planning_options
@click.option(
    "--output",
    "-o",
    "path",
    type=click.Path(path_type=Path),
    default=file.DEFAULT,
    show_default=True,
    help="Where to write the plan.",
)
@click.option(
    "--update",
    is_flag=True,
    help="Bring the plan at --output up to date with the database: its options, your edits; with "
    "--config that file's overrides in the place of its own.",
)
@click.option("--append", is_flag=True, help="Plan a batch: rows beside those that are there.")
@click.option(
    "--columns",
    is_flag=True,
    help="Show each column's generator, what it is read as, and the chance that this is right.",
)
@click.option("--dry-run", is_flag=True, help="Show the plan, write no file.")
@click.option(
    "--explain",
    metavar="NS.TABLE.COLUMN",
    default=None,
    help="Say why a column or key is planned as it is; write no file.",
)
@click.option("--config-schema", is_flag=True, help="Print the JSON Schema of seeder.yaml.")
@click.option("--json-schema", is_flag=True, help="Print the JSON Schema of the plan file.")
@options.format_option
def plan(
    dsn: str | None, path: Path, update: bool, append: bool, columns: bool, dry_run: bool,
    explain: str | None, json_schema: bool, config_schema: bool, form: str, **planning: Any,
) -> int:  # fmt: skip
    """Reflect a database and plan its rows.

    \b
    Example:
      seeder plan --dsn postgresql://me@localhost/staging --rows 5M --columns
    """
    if json_schema:
        click.echo(file.json_schema(), nl=False)
        return 0
    if config_schema:
        click.echo(overrides_file.json_schema(), nl=False)
        return 0
    inputs = None if dry_run or explain is not None else path.with_suffix(".inputs")
    if update and append:
        raise UsageError("--update is of a plan, and --append makes one", "choose one")
    if update:
        made = _updated(path, dsn, planning, inputs)
    elif append and path.exists() and not _asked(planning, "rows"):
        old = file.read(path)
        made = next_batch(options.resolve_dsn(dsn, old), old, planning["rows"], inputs)
    else:
        planning["config"] = options.user_file(planning.get("config"))
        made = options.fresh_plan(
            options.resolve_dsn(dsn), **planning, inputs=inputs, append=append
        )
    if explain is not None:
        _explain(made, explain, form)
        return 0
    if not dry_run:
        file.write(made, path)
    if form == "json":
        data = made.model_dump(mode="json", by_alias=True, exclude={"schema_"})
        output.data(data | {"estimate": estimates(made)})
    else:
        show(made, columns)
        if not dry_run:
            output.note(f"wrote {path}; load it with: seeder load" + " --append" * append)
    return 3 if any(f.severity == "error" for f in made.findings) else 0


def _asked(planning: Mapping[str, Any], *but: str) -> bool:
    """Whether an option of planning is given other than some."""
    return any(v not in (None, ()) for k, v in planning.items() if k not in but)


def _updated(path: Path, dsn: str | None, planning: Mapping[str, Any], inputs: Path | None) -> Plan:
    """The plan at ``path``, planned anew for the database as it is; says what changed."""
    config = planning.get("config")
    if _asked(planning, "config"):
        raise UsageError(
            "--update keeps the options of the plan: it takes no --rows, --table, --seed, "
            "--reference-date, --namespace, --locale or --triggers",
            f"edit options in {path}, or make a new plan without --update",
        )
    old = file.read(path)
    made, notes = updated_plan(options.resolve_dsn(dsn, old), old, inputs, config)
    schema = difference(old.reflected, made.reflected)
    output.note(f"schema:{schema}" if schema else "schema: as it was planned")
    changed = changes(old, made)
    for line in changed[:_LINES]:
        output.note(f"  {line}")
    if len(changed) > _LINES:
        output.note(f"  and {len(changed) - _LINES} more")
    for line in notes:
        output.note(line)
    return made


def _explain(made: Plan, target: str, form: str) -> None:
    found = explanation.explain(made, target)
    if form == "json":
        output.data(found)
        return
    for label, value in found.items():
        if isinstance(value, list):
            output.out.print(f"[bold]{label}[/]:" + ("" if value else " [dim]none[/]"))
            for item in value:
                output.out.print(f"  {escape(str(item)) if item is not None else '[dim]NULL[/]'}")
        else:
            shown = (
                ", ".join(f"{k}={v}" for k, v in value.items()) or "none"
                if isinstance(value, dict)
                else str(value)
            )
            output.out.print(f"[bold]{label}[/]: {escape(shown)}")


def show(made: Plan, columns: bool, workers: int = options.WORKERS) -> None:
    """The plan as a tree of owners, with rows, agreements, strategy, estimates and findings."""
    schema = made.database
    children: dict[str, list[str]] = {}
    roots: list[str] = []
    for name, table in made.generated.items():
        if table.owner:
            target = str(schema[Name.parse(name)].keys_by_name[table.owner].target)
            children.setdefault(target, []).append(name)
        else:
            roots.append(name)
    total = f"[bold]{made.rows:,} rows[/] in {len(made.generated)} tables"
    tree = Tree(f"{total}, seed {made.options.seed}, as of {made.options.reference_date}")

    def add(branch: Tree, name: str) -> None:
        node = branch.add(_line(name, made.tables[name]))
        if columns:
            _keys(node, made, name)
            _implied(node, made, name)
            _columns(node, schema[Name.parse(name)], made.tables[name])
        for child in sorted(children.get(name, []), key=lambda n: (-made.tables[n].rows, n)):
            add(node, child)

    for root in sorted(roots, key=lambda n: (-_weight(made, children, n), n)):
        add(tree, root)
    output.out.print(tree)
    _others(made)
    if made.implied:
        references = _number(len(made.implied), "reference")
        output.out.print(
            f"implied: {references} that nobody declared"
            + ("" if columns else "; seeder plan --columns shows each with its reason")
        )
    _meanings(made, columns)
    _agreements(made)
    _indexes(made)
    _strategy(made)
    _estimates(made, workers)
    show_findings(made.findings)


def show_findings(findings: Iterable[Finding]) -> None:
    """A line each, the gravest first, with what mends it; of many of one kind a few and their
    number, except for errors."""
    ranked = sorted(findings, key=lambda f: (list(_MARK).index(f.severity), f.code))
    for (severity, code), alike in groupby(ranked, lambda f: (f.severity, f.code)):
        among = list(alike)
        shown = among if severity == "error" or len(among) <= _ALIKE else among[:_FEW]
        for finding in shown:
            output.out.print(
                f"{_MARK[severity]} {escape(finding.place)}: {escape(finding.message)}"
                + (f"\n        [cyan]{escape(finding.hint)}[/]" if finding.hint else "")
            )
        if len(shown) < len(among):
            output.out.print(
                f"{_MARK[severity]} {len(among) - len(shown):,} more of the kind {code}; "
                "--format json lists them all"
            )


def _weight(made: Plan, children: dict[str, list[str]], name: str) -> int:
    return made.tables[name].rows + sum(_weight(made, children, c) for c in children.get(name, []))


def _line(name: str, table: TablePlan) -> str:
    hows = Counter(plan.how for plan in table.keys.values() if plan.how != "owner")
    keys = ", ".join(f"{count} {how}" for how, count in hows.items())
    return f"[bold]{escape(name)}[/] {table.rows:,} [dim]{table.kind}[/]" + (
        f" [dim]keys: {keys}[/]" if keys else ""
    )


def _keys(node: Tree, made: Plan, name: str) -> None:
    declared = made.database[Name.parse(name)].keys_by_name
    for key, plan in made.tables[name].keys.items():
        foreign = declared[key]
        target = f"{foreign.target} ({', '.join(foreign.target_columns)})"
        node.add(
            f"{escape(', '.join(foreign.columns))} -> {escape(target)}: [cyan]{plan.how}[/] "
            f"[dim]{escape(key)}: {escape(plan.why)}[/]"
        )


def _implied(node: Tree, made: Plan, name: str) -> None:
    for key in made.implied:
        if key.table == name:
            target = f"{key.target} ({', '.join(key.target_columns)})"
            node.add(
                f"{escape(', '.join(key.columns))} -> {escape(target)} "
                f"[green]implied {key.score:.2f}[/] [dim]{escape(key.why)}[/]"
            )


def _meanings(made: Plan, columns: bool) -> None:
    """How many columns are filled by what they mean, and of how many that is only likely."""
    chances = [c.chance for t in made.generated.values() for c in t.columns.values()
               if c.meaning and c.chance]  # fmt: skip
    if not chances:
        return
    sure = sum(c >= CONFIDENT for c in chances)
    output.out.print(
        f"meanings: {_number(sure, 'column')} read with confidence, {len(chances) - sure} likely"
        + ("" if columns else "; seeder plan --columns shows each with its chance")
    )


def _columns(node: Tree, of: Table, table: TablePlan) -> None:
    for column, plan in table.columns.items():
        params = ", ".join(f"{k}={_short(v)}" for k, v in plan.params.items())
        unique = f" [green]distinct by {plan.distinct.how}[/]" if plan.distinct else ""
        nulls = f" [dim]{plan.nulls:.0%} NULL[/]" if plan.nulls else ""
        shown = node.add(
            f"{escape(column)}: [cyan]{plan.generator}[/]{escape(f'({params})') if params else ''}"
            f"{unique}{nulls} {_chance(plan)}[dim]{escape(plan.why)}[/]"
        )
        if plan.meaning and 0 < plan.chance < CONFIDENT:
            line = explanation.change(of, of.column(column), plan)
            shown.add(f"[dim]if it is not: {escape(line)}[/]")


def _chance(plan: ColumnPlan) -> str:
    if not plan.meaning or not plan.chance:
        return ""
    colour = "green" if plan.chance >= CONFIDENT else "yellow"
    return f"[{colour}]{plan.meaning} {plan.chance} %[/] "


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) < 50 else text[:47] + "..."


def _others(made: Plan) -> None:
    """The tables that are not filled, those of one reason together."""
    reasons = {n: f"{t.role}: {t.why}" for n, t in made.tables.items() if t.role != "generate"}
    for why, names in _by_reason(reasons).items():
        output.out.print(f"[dim]{escape(_some(names))}: {escape(why)}[/]")


def _agreements(made: Plan) -> None:
    equal = [
        (n, a) for n, t in made.generated.items() for a in t.agreements if a.decision == "equal"
    ]
    free = [
        (n, a) for n, t in made.generated.items() for a in t.agreements
        if a.decision == "independent"
    ]  # fmt: skip
    if equal or free:
        output.out.print(
            f"agreements: {len(equal)} pairs of key paths meet in every row, "
            f"{len(free)} are independent, each with its reason in the plan"
        )


def _indexes(made: Plan) -> None:
    every = [(n, i) for n, items in made.indexes.items() for i in items]
    kept = [(n, i) for n, i in every if i.action == "keep"]
    output.out.print(
        f"indexes and keys: {len(every) - len(kept)} rebuilt after the load, {len(kept)} kept"
    )
    # What stays on a whole table is one line of the strategy.
    here = [(n, i) for n, i in kept if n not in made.strategy.careful]
    for why in dict.fromkeys(i.why for _, i in here):
        alike = [(n, i) for n, i in here if i.why == why]
        if len(alike) > _ALIKE:
            tables = list(dict.fromkeys(n for n, _ in alike))
            output.out.print(
                f"  [dim]kept {len(alike):,} on {escape(_some(tables))}: {escape(why)}[/]"
            )
            continue
        for name, item in alike:
            output.out.print(f"  [dim]kept {escape(item.name)} on {escape(name)}: {escape(why)}[/]")


def _strategy(made: Plan) -> None:
    """One line, and one for each exception."""
    found = made.strategy
    tables, careful = len(made.generated), len(found.careful)
    copied = f"{_number(tables, 'table')} by binary COPY"
    if found.text:
        copied = f"{tables - len(found.text)} tables by binary COPY, {len(found.text)} by text COPY"
    paths = "indexes and keys dropped and rebuilt"
    if careful:
        paths = f"fast path ({paths}) for {tables - careful}, careful path for {careful}"
    circles = f"; {_number(len(found.cycles), 'cycle')} of keys" if found.cycles else ""
    output.out.print(f"strategy: {copied}; {paths}{circles}")
    for name, why in found.text.items():
        output.out.print(f"  [dim]text COPY for {escape(name)}: {escape(why)}[/]")
    for why, names in _by_reason(found.careful).items():
        output.out.print(f"  [dim]careful path for {escape(_some(names))}: {escape(why)}[/]")
    for cycle in found.cycles:
        hows = "; ".join(f"{_some(keys)} {how}" for how, keys in _by_reason(cycle.keys).items())
        output.out.print(f"  [dim]cycle of {escape(_some(cycle.tables))}: {escape(hows)}[/]")


def _by_reason(reasons: Mapping[str, str]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for name, why in reasons.items():
        out.setdefault(why, []).append(name)
    return out


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def estimates(made: Plan, workers: int = options.WORKERS) -> dict[str, Any]:
    """Bytes and seconds that a load of the plan will take; empty when it cannot be loaded."""
    from seeder.plan import duration, size

    if any(f.severity == "error" for f in made.findings):
        return {}
    found = size.estimate(made)
    cores = os.cpu_count() or 1
    took = duration.estimate(made, found.encoded, workers, cores)
    return {
        **_row_texts(made, workers),
        "heap_bytes": found.heap,
        "index_bytes": found.indexes,
        "wal_bytes": found.wal,
        "copy_bytes": took.bytes,
        "index_entries": took.entries,
        "key_checks": took.checks,
        "seconds": round(took.seconds, 1),
        "workers": workers,
        "measured": duration.MEASURED,
    }


def _row_texts(made: Plan, workers: int) -> dict[str, Any]:
    """What texts of rows by a model take, measured on a few; nothing where none are asked for."""
    from seeder.load.texts import columns

    asked = columns(made)
    if not asked:
        return {}
    from seeder.writer import rows
    from seeder.writer.sample import Sampling

    rows_asked = sum(count for _, _, count, _ in asked)
    try:
        return {"texts": asdict(rows.cost(rows.Wanted(made, Sampling(), workers=workers)))}
    except SeederError as error:  # the extra, or the model, is not there
        return {"texts": {"rows": rows_asked, "unknown": error.message}}


def _said_texts(texts: Mapping[str, Any], workers: int) -> None:
    if "unknown" in texts:
        output.out.print(
            f"texts: {texts['rows']:,} rows by a model before the load; how long, is not known: "
            f"{escape(texts['unknown'])}"
        )
        return
    output.out.print(
        f"texts: {texts['rows']:,} rows by a model before the load, {texts['tokens']:,} tokens at "
        f"{texts['rate']:,.0f} a second: about {output.lasting(texts['seconds'])} with {workers} "
        "workers; write them with: seeder text rows"
    )


def _estimates(made: Plan, workers: int) -> None:
    found = estimates(made, workers)
    if not found:
        return
    if "texts" in found:
        _said_texts(found["texts"], workers)
    output.out.print(
        f"disk: about {output.size(found['heap_bytes'])} of tables and "
        f"{output.size(found['index_bytes'])} of indexes; WAL while loading up to "
        f"{output.size(found['wal_bytes'])}"
    )
    output.out.print(
        f"time: about {output.duration(found['seconds'])} with {_number(workers, 'worker')} (a "
        f"guess from {made.rows:,} rows, {output.size(found['copy_bytes'])} of COPY, "
        f"{output.rough(found['index_entries']).strip()} index entries and "
        f"{output.rough(found['key_checks']).strip()} key checks; "
        f"rates measured on {found['measured']})"
    )
