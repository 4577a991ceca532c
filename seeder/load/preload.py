"""What the process that workers are forks of imports first. All of it stays: a collector that looks
for what does not takes a tenth of a second of CPU. The coordinator never imports this."""

from __future__ import annotations

import gc

from seeder.collector import paused

with paused():
    from seeder.load import worker  # noqa: F401  imported for those that are forked

gc.freeze()
