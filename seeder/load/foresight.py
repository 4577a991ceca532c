"""What a plan can say of its load only with an adapter's help: how each table travels."""

from __future__ import annotations

from seeder.adapter import Adapter
from seeder.generate.world import build
from seeder.load.worker import method
from seeder.plan import inputs, strategy
from seeder.plan.model import Plan


def foreseen(plan: Plan, adapter: Adapter) -> Plan:
    """The plan with its strategy written into it, and a finding for each circle that cannot be
    filled. A plan that cannot be loaded anyway stays as it is."""
    if any(f.severity == "error" for f in plan.findings):
        return plan
    found = strategy.strategy(plan, text_tables(plan, adapter))
    findings = [*plan.findings, *strategy.findings(plan)]
    return plan.model_copy(update={"strategy": found, "findings": findings})


def text_tables(plan: Plan, adapter: Adapter) -> dict[str, str]:
    """Tables that have no binary form, and why not."""
    world = build(plan, inputs.opened(plan))
    out = {}
    for name, population in world.populations.items():
        if population.plan.role == "generate" and population.rows:
            how, why = method(world, adapter, name)
            if how != "binary":
                out[str(name)] = why
    return out
