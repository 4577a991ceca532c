"""``python -m tests.golden`` writes the digests anew; ``--check`` only compares them.

Rewriting them means that every database ever made from a plan changes: raise
``seeder.plan.model.GENERATION`` in the same commit.
"""

from __future__ import annotations

import json
import sys

from tests.golden.cells import FILE, all_digests, stored


def main() -> int:
    found = all_digests()
    if "--check" in sys.argv:
        old = stored()
        wrong = sorted(k for k in {*found, *old} if found.get(k) != old.get(k))
        print("\n".join(wrong) or f"{len(found)} digests are as they were")
        return 1 if wrong else 0
    FILE.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n")
    print(f"wrote {len(found)} digests to {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
