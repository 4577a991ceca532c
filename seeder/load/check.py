"""Everything that could stop a load, asked at once; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from seeder.adapter import Adapter, Object
from seeder.errors import LoadFailed, PlanError, Refused, SeederError
from seeder.generate.world import build
from seeder.load.batch import refuse_stale
from seeder.load.drift import difference
from seeder.load.emptying import refuse_cascade
from seeder.load.preflight import Preflight, Terms, preflight
from seeder.load.run import (
    UNWRITABLE,
    decided,
    holding,
    needed,
    refuse_unfinished,
    refuse_unwritable,
)
from seeder.plan import inputs, rights
from seeder.plan.model import Finding, Plan
from seeder.schema import Facts, Name

_UNREAD = "check-not-read"


@dataclass(frozen=True)
class Report:
    """What was found. ``code`` is the exit code with which a load would refuse, 0 when it would
    not; ``rows`` those that the database took on trial, by table, None when none was tried."""

    findings: tuple[Finding, ...]
    server: Mapping[str, Any]
    code: int = 0
    rows: Mapping[str, int] | None = field(default=None)


def check(
    plan: Plan, connection: Any, adapter: Adapter, terms: Terms, try_rows: bool = True
) -> Report:
    """Ask what a load would ask, in its order, and do not stop at the first answer.

    Rows are tried only where nothing else stands in the way of a load.
    """
    asked = _Asked()
    schema = adapter.reflect(connection)
    facts = adapter.facts(connection, schema)
    server = {"engine": adapter.name, "version": facts.version, "encoding": facts.encoding}
    asked.unless(lambda: refuse_unfinished(connection, adapter), "unfinished")
    asked.unless(lambda: refuse_unwritable(facts), "server")
    asked.unless(lambda: _drifted(plan, schema), "drift")
    asked.unless(lambda: inputs.check(plan), "input")
    noted = {code for code, _, _ in facts.notes}
    # What the plan says of server, rights and rows may be old: asked again below.
    told = [f for f in plan.findings if f.code not in {*noted, "no-right", "holds-rows"}]
    told = [f for f in told if f.place != "server"]
    asked.errors([f for f in told if f.severity == "error"], PlanError.exit_code)
    names = [Name.parse(n) for n in plan.generated]
    ours = [n for n in names if n in facts.tables]
    lacks = [*facts.lacks, *rights.missing(schema, ours, facts, needed(plan, terms.truncate))]
    asked.errors(
        [f.model_copy(update={"severity": "error"}) for f in rights.findings(lacks)],
        LoadFailed.exit_code,
    )
    if terms.truncate:
        asked.unless(lambda: refuse_cascade(schema, ours, facts), "cascade")
    elif plan.options.batch is not None:
        asked.unless(lambda: refuse_stale(plan, connection, adapter), "stale")
    else:
        asked.unless(lambda: holding(ours, facts), "holds-rows")
    notes = [
        Finding(severity="warning", code=code, place="server", message=message, hint=hint)
        for code, message, hint in facts.notes
        if code not in ("no-create", "row-security", *UNWRITABLE)
    ]
    done: Preflight | None = None
    if try_rows and not asked.code:
        objects = decided(list(adapter.objects(connection, sorted(names))), plan, facts)
        done = _tried(plan, connection, adapter, objects, facts, terms)
        asked.errors([f for f in done.findings if f.severity == "error"], PlanError.exit_code)
        told = [answered(f, done) for f in told]
    found = [*asked.findings, *(f for f in told if f.severity != "error"), *notes]
    found += [f for f in done.findings if f.severity != "error"] if done else []
    return Report(tuple(found), server, asked.code, done.rows if done else None)


class _Asked:
    """Answers so far; the first that forbids a load gives the exit code."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.code = 0

    def unless(self, question: Any, code: str) -> None:
        try:
            question()
        except (PlanError, Refused) as error:
            self.errors([_as_finding(error, code)], error.exit_code)

    def errors(self, found: Sequence[Finding], exit_code: int) -> None:
        self.findings += found
        if found:
            self.code = self.code or exit_code


def _as_finding(error: SeederError, code: str) -> Finding:
    return Finding(
        severity="error", code=code, place="database", message=error.message, hint=error.hint
    )


def _drifted(plan: Plan, schema: Any) -> None:
    if schema.fingerprint != plan.fingerprint:
        raise PlanError(
            "the database's schema is not the one that the plan was made for"
            + difference(plan.reflected, schema),
            "bring the plan up to date, edits kept: seeder plan --update",
        )


def _tried(
    plan: Plan,
    connection: Any,
    adapter: Adapter,
    objects: Sequence[Object],
    facts: Facts,
    terms: Terms,
) -> Preflight:
    world = build(plan, inputs.opened(plan))
    return preflight(world, connection, adapter, objects, facts, terms)


def answered(finding: Finding, done: Preflight) -> Finding:
    """A CHECK that was not read, with what the preflight says of it."""
    rows = done.rows.get(finding.place, 0)
    if finding.code != _UNREAD or not rows:
        return finding
    named = finding.message.split(" is not understood", 1)[0]
    broken = [
        f for f in done.findings
        if f.code == "refused-row"
        and (f.place == finding.place or f.place.startswith(finding.place + "."))
        and f.message.startswith(named + ":")
    ]  # fmt: skip
    if broken:
        return finding.model_copy(update={"message": f"{finding.message}; broken, see above"})
    return finding.model_copy(
        update={
            "severity": "info",
            "message": f"{finding.message}; held in all {rows:,} sample rows",
        }
    )
