"""Memory of a load: the sum of PSS over its process tree, the server not included."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import seeder_hospital
from tests.benchmarks.bench import Bench, plan_for
from tests.benchmarks.figure import Figure, figure
from tests.benchmarks.hospital import WORKERS

_SMALL, _LARGE = 1_000_000, 20_000_000
_MEGABYTES = 700.0
_FLAT = 1.10
_PERIOD = 0.1  # seconds

_JOB = """
import sys
from pathlib import Path
from seeder.adapter import find_adapter
from seeder.load.events import LoadOptions
from seeder.load.run import load
from seeder.plan.model import Plan

if __name__ == "__main__":
    url, plan, workers = sys.argv[1:]
    plan = Plan.model_validate_json(Path(plan).read_text())
    load(plan, url, find_adapter(url), LoadOptions(int(workers)))
"""


@dataclass(frozen=True)
class Usage:
    """Megabytes: all pages, and those mapped from files (programs, libraries, inputs)."""

    total: float = 0.0
    mapped: float = 0.0


def memory(bench: Bench) -> list[Figure]:
    """Coordinator and two workers, at one and (``--full``) at twenty million rows."""
    small = _peak(bench, bench.rows(_SMALL))
    out = _figures("1 M rows", small, note="" if not bench.quick else "a quarter of the rows")
    if bench.full:
        large = _peak(bench, _LARGE)
        out += _figures("20 M rows", large)
        out.append(
            figure(
                "memory: growth", "ratio", [large.total / small.total],
                ratio_to="the peak at 1 M rows", target=_FLAT, better="lower",
            )
        )  # fmt: skip
    return out


def _figures(label: str, peak: Usage, note: str = "") -> list[Figure]:
    return [
        figure(
            f"memory: peak at {label}", "MB", [peak.total], target=_MEGABYTES, better="lower",
            note=note or f"sum of PSS, {WORKERS} workers, every {_PERIOD * 1000:.0f} ms",
        ),
        figure(f"memory: of it mapped files, {label}", "MB", [peak.mapped], note="at that peak"),
    ]  # fmt: skip


def _peak(bench: Bench, rows: int) -> Usage:
    bench.say(f"memory: {rows:,} rows")
    job, plan_file = bench.folder / "job.py", bench.folder / "plan.json"
    job.write_text(_JOB)
    with bench.database() as url:
        seeder_hospital.migrate(url)
        plan, _ = plan_for(url, rows)
        plan_file.write_text(plan.model_dump_json(by_alias=True))
        command = [sys.executable, str(job), url, str(plan_file), str(WORKERS)]
        process = subprocess.Popen(command)
        peak = Usage()
        while process.poll() is None:
            peak = max(peak, _usage(process.pid), key=lambda u: u.total)
            time.sleep(_PERIOD)
    assert process.returncode == 0, f"the load of {rows} rows failed"
    return peak


def _usage(pid: int) -> Usage:
    """Of a process and all that it has started."""
    parts = [_of(each) for each in _tree(pid)]
    return Usage(sum(p.total for p in parts), sum(p.mapped for p in parts))


def _tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name stands in parentheses and may hold anything; the parent is two words on.
            parent = int(file.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
        children.setdefault(parent, []).append(int(file.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _of(pid: int) -> Usage:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return Usage()
    fields = {line.split(":")[0]: line.split()[1] for line in lines[1:] if ":" in line}
    return Usage(int(fields.get("Pss", 0)) / 1024, int(fields.get("Pss_File", 0)) / 1024)
