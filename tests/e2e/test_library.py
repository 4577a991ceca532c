"""The same from Python: a plan and a load without the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.helpers.servers import Databases, query

# No ``if __name__ == "__main__"`` on purpose: what starts the workers must not run again in them.
_SCRIPT = """
import datetime as dt
import sys
from seeder.adapter import find_adapter
from seeder.load.events import LoadOptions
from seeder.load.run import load
from seeder.plan.model import Options
from seeder.plan.planner import make_plan

print("begun")
url = sys.argv[1]
adapter = find_adapter(url)
connection = adapter.connect(url)
schema = adapter.reflect(connection)
connection.close()
plan = make_plan(schema, Options(rows=900, reference_date=dt.date(2024, 5, 1)))
print(load(plan, url, adapter, LoadOptions(workers=2)).rows)
"""


def test_a_script_without_a_guard(embedded_database: Databases, tmp_path: Path) -> None:
    url = embedded_database(
        "CREATE TABLE patient (id int PRIMARY KEY, name text NOT NULL);"
        "CREATE TABLE visit (id int PRIMARY KEY, patient_id int NOT NULL REFERENCES patient)"
    )
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), url], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout.split()) == (0, ["begun", "900"]), done.stderr
    ((rows,),) = query(url, "SELECT (SELECT count(*) FROM patient) + (SELECT count(*) FROM visit)")
    assert rows == 900
