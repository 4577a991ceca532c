"""What the command line says of many things alike."""

from __future__ import annotations

import pytest

from seeder.cli.plan import show_findings
from seeder.plan.model import Finding


def test_many_findings_of_one_kind_do_not_drown_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    many = [
        Finding(severity="warning", code="agreement", place=f"t{i}", message="differ")
        for i in range(1384)
    ]
    errors = [
        Finding(severity="error", code="capacity", place=f"e{i}", message="full") for i in range(20)
    ]
    other = Finding(severity="info", code="trigger", place="t", message="off")
    show_findings([*many, other, *errors])
    lines = capsys.readouterr().out.splitlines()
    assert sum("full" in line for line in lines) == 20
    assert sum("differ" in line for line in lines) == 3
    assert "1,381 more of the kind agreement" in "".join(lines)
    assert "off" in lines[-1]
